// Made from the table of commands by `KRAKE_BLESS=1 cargo test -p krake-api --lib generated`.
// Changes are lost.

declare const brand: unique symbol;
/** A string that is the id of one noun and of no other. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Limits with what was granted beyond them. */
export type Allowance = {
  attempts_used: number;
  attempts_allowed: number;
  /** Seconds of work. */
  time_allowed_s: number;
  grants: GrantView[];
};

/** What a person allowed before, as an attempt names it. */
export type AllowedBy = {
  kind: "answer";
  approval: ApprovalId;
} | {
  kind: "rule";
  rule: RuleId;
};

/** The alternative that a step is at. */
export type AlternativeView = {
  /** From 1, in the order of the plan. */
  number: number;
  because: string;
};

/** Who answered what, and when. */
export type AnswerView = {
  verdict: Verdict;
  by: Principal;
  at: Moment;
};

/** What every command answers when it cannot do what was asked. */
export type ApiError = {
  code: Code;
  /** What was wrong and where: names the field and what was expected. */
  message: string;
  /** What can be done about it. */
  hint?: string | null;
  /** Facts to decide on: the state that is there, the positions in a plan. */
  details?: unknown;
};

export type ApprovalId = Branded<"ApprovalId">;

/** What kind of answer is wanted. */
export type ApprovalKind = "call" | "unknown_outcome" | "question" | "failed";

/** Where an approval stands. */
export type ApprovalStatus = "waiting" | "approved" | "rejected" | "expired" | "withdrawn";

/** What a person is asked, and what was answered. */
export type ApprovalView = {
  id: ApprovalId;
  execution_id: ExecutionId;
  execution_name: string;
  step: StepId;
  kind: ApprovalKind;
  tool: string;
  /** JSON text of the arguments, keys sorted: these bytes run, hidden characters as JSON escapes. */
  args: string;
  /** What will be touched: a path, a branch, an address. */
  target: string;
  /** One sentence that says what will happen, written by the tool's code. */
  summary: string;
  /** Unified diff against now, where the target is text. */
  diff: string | null;
  class: EffectClass;
  reversible: boolean;
  /** The rule that asks, in plain words. */
  because: string;
  /** What is asked, where the answer is a word. */
  question: QuestionView | null;
  /** What went wrong, where a step failed. */
  failure: FailureView | null;
  /** How far a yes may reach beyond this call. */
  scopes: Scope[];
  status: ApprovalStatus;
  asked_at: Moment;
  expires_at: Moment;
  answer: AnswerView | null;
};

/** Items, and the cursor of the next page where there is one. */
export type ApprovalViewList = {
  items: ApprovalView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** How far a yes reaches. */
export type ApproveScope = "once" | "execution" | "always" | "always_under";

/** A step that may wait for a person, and why. */
export type Asks = {
  step: StepId;
  tool: string;
  /** Asked for certain; else it depends on the arguments. */
  certain: boolean;
  because: string;
};

/** Whether a step stops for a person. */
export type AsksWhen = "never" | "always" | "perhaps";

/** A part of one attempt's own log. */
export type AttemptLog = {
  /** Hidden characters are written out. */
  text: string;
  /** Give it back as `offset`, in bytes. */
  next: number;
  total: number;
};

/** How a try ended. */
export type AttemptOutcome = "running" | "succeeded" | "failed" | "cancelled" | "interrupted";

/** One try. */
export type AttemptView = {
  number: number;
  /** What it called. */
  tool: string;
  started_at: Moment;
  ended_at: Moment | null;
  outcome: AttemptOutcome;
  /** What a person allowed before, where nobody was asked for this one. */
  allowed_by: AllowedBy | null;
  failure: FailureView | null;
};

/** One event, whole. */
export type AuditEvent = {
  seq: number;
  at: Moment;
  workspace_id: WorkspaceId;
  execution_id: ExecutionId;
  kind: string;
  /** The stored event. */
  event: unknown;
};

/** Events as they lie in the journal. */
export type AuditPage = {
  items: AuditEvent[];
  /** Give it back as `after`; absent at the end. */
  next: number | null;
  head: HeadView;
};

/** What the check of the whole chain found. */
export type AuditView = {
  /** Whether no fault was found. */
  intact: boolean;
  events: number;
  head: HeadView;
  faults: FaultView2[];
  /** What such a check cannot find. */
  limits: string;
};

/** Who wrote a plan. The mark lies in the plan itself, so that it stays where the plan is shown, edited, kept as a playbook and run later. */
export type Author = "person" | "model";

/** A briefing within a token budget. */
export type Briefing = {
  /** The rendered text, within the budget. */
  text: string;
  /** Tokens of `text` by the offline estimator. */
  tokens: number;
  budget: number;
  items: BriefingItem[];
  coverage: Coverage;
};

/** One line of a briefing. */
export type BriefingItem = {
  kind: ItemKind;
  text: string;
  /** At least one; a line without a source is not printed. */
  sources: Source[];
};

/** How it is different. */
export type Change = "added" | "removed" | "changed";

/** One thing that is different. */
export type ChangedKnowledgeId = {
  id: KnowledgeId;
  title: string;
  change: Change;
  /** Messages more than before, of a session. */
  more?: number | null;
};

/** One thing that is different. */
export type ChangedSessionId = {
  id: SessionId;
  title: string;
  change: Change;
  /** Messages more than before, of a session. */
  more?: number | null;
};

/** What went wrong, sorted by what the caller can do. Each has a page in `docs/errors`. */
export type Code = "bad_input" | "not_json" | "too_large" | "too_deep" | "no_token" | "no_access" | "wrong_host" | "wrong_origin" | "not_found" | "no_route" | "wrong_method" | "conflict" | "already_answered" | "expired" | "plan_invalid" | "planning_unavailable" | "model_failed" | "key_reused" | "key_unfinished" | "read_only" | "ownership_lost" | "stopping" | "busy" | "disk_full" | "corrupt" | "internal";

/** The compressed context, and its place in the queue. */
export type CompressedHandoff = {
  handoff_id: HandoffId;
  text: string;
  tokens: number;
  budget: number;
  /** Each line with its sources. */
  items: BriefingItem[];
  coverage: Coverage;
};

export type CompressionRuleId = Branded<"CompressionRuleId">;

/** A rule. */
export type CompressionRuleView = {
  id: CompressionRuleId;
  project_id: string | null;
  effect: Retention;
  subject: Subject;
  created_at: Moment;
};

/** Items, and the cursor of the next page where there is one. */
export type CompressionRuleViewList = {
  items: CompressionRuleView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** How much of what was found is in the briefing. */
export type Coverage = {
  /** Items that were candidates after duplicates were removed. */
  candidates: number;
  /** Items that fit into the budget. */
  kept: number;
  /** Share of the candidates' weight that was kept, 0 to 1. */
  weight: number;
  /** What must not be lost, measured on the text; absent where nobody measured. */
  loss?: Loss | null;
};

/** What became of an edit. */
export type Edited = {
  /** The new question about the new arguments; absent where it is not asked yet. */
  approval_id: ApprovalId | null;
};

/** What a step does to the world. */
export type Effect = "computes" | "reads" | "writes";

/** What a crash between intent and result means for a tool; see the step protocol. */
export type EffectClass = "pure" | "read" | "keyed" | "checkable" | "unsafe";

/** An event of the journal, small: what is large is fetched by a query. */
export type EventView = {
  seq: number;
  at: Moment;
  execution_id: ExecutionId;
  /** The kind in the journal, for example `attempt_started`. */
  kind: string;
  /** One sentence for people; hidden characters are written out. */
  message: string;
  step?: StepId | null;
  attempt?: number | null;
  approval_id?: ApprovalId | null;
  /** How the execution ended; only in its last event. */
  status?: ExecutionStatus | null;
  /** What changed: answers of queries that provide one of these tags are old. */
  tags: string[];
};

/** What each step found. */
export type ExecutionContext = {
  execution_id: ExecutionId;
  inputs: Record<string, unknown>;
  found: Found[];
};

export type ExecutionId = Branded<"ExecutionId">;

/** Durations are in milliseconds; what still runs is counted up to now. */
export type ExecutionMetrics = {
  execution_id: ExecutionId;
  steps_total: number;
  steps_started: number;
  attempts: number;
  /** Attempts after the first one of each step. */
  repeats: number;
  /** From the start to the end, all waits counted. */
  wall_ms: number;
  /** All attempts one after another. */
  run_ms: number;
  /** Time in which at least one attempt ran. */
  busy_ms: number;
  /** `run_ms` less `busy_ms`: saved against one after another. */
  saved_ms: number;
  /** Time in which at least one step waited for a person. */
  waited_for_person_ms: number;
  /** Time in which at least one step waited for its next attempt. */
  waited_for_retry_ms: number;
  /** The chain of needs that took longest; nothing shortens the execution but shortening this. */
  critical_path: StepId[];
  critical_path_ms: number;
  steps: StepMetrics[];
};

/** The state of an execution, as people see it. */
export type ExecutionStatus = "running" | "done" | "failed" | "cancelled" | "proposed" | "waiting" | "paused" | "cancelling" | "stopped";

/** One line of the list. */
export type ExecutionSummary = {
  id: ExecutionId;
  name: string;
  /** One line that says what it is about. */
  title: string;
  /** The playbook or the file that it came from. */
  source: string;
  status: ExecutionStatus;
  created_at: Moment;
  started_at: Moment | null;
  ended_at: Moment | null;
  steps_total: number;
  steps_done: number;
  steps_failed: number;
  /** Steps that wait for a person. */
  waiting: number;
};

/** Items, and the cursor of the next page where there is one. */
export type ExecutionSummaryList = {
  items: ExecutionSummary[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** One execution with its steps. */
export type ExecutionView = {
  execution: ExecutionSummary;
  /** 1 for the plan that it was created with. */
  plan_version: number;
  /** The execution that this one repeats. */
  rerun_of: RerunView | null;
  inputs: Record<string, unknown>;
  output: unknown;
  /** Why it is paused, where Krake itself paused it. */
  held: string | null;
  /** Paused, or stopped by a limit, and no hand is at work any more. */
  at_rest: boolean;
  /** What it may use, and what was allowed beyond the plan's limits. */
  allowance: Allowance;
  /** Why it did not end as done, or why it is stopped. */
  cause: FailureView | null;
  /** In the order of the plan; what a `for_each` step does for its items stands behind it. */
  steps: StepView[];
  /** The chain of needs that takes longest, by what was measured and, before that, by a guess. */
  critical_path: StepId[];
  /** What could run side by side; a step starts as soon as its own needs are done. What a `for_each` step does for its items is not listed. */
  waves: StepId[][];
};

/** The rung of the recovery ladder that a failure starts on. */
export type FailureClass = "rate_limited" | "timeout" | "unavailable" | "bad_input" | "bad_output" | "too_large" | "no_access" | "not_found" | "target_changed" | "rejected" | "cancelled" | "unknown_outcome" | "disk_full" | "internal";

/** A failure with its hidden characters written out. */
export type FailureView = {
  class: FailureClass;
  message: string;
};

/** One fault and its place in the text. */
export type FaultView = {
  line: number;
  column: number;
  code: string;
  message: string;
  expected: string | null;
};

/** One fault. */
export type FaultView2 = {
  seq: number;
  what: string;
};

/** One step's part of the context. */
export type Found = {
  step: StepId;
  tool: string;
  status: StepStatus;
  output: unknown;
  /** It holds, or rests on, text that others wrote. */
  untrusted: boolean;
};

/** A value and the words that it was read from. */
export type FoundView = {
  input: string;
  text: string;
};

/** A session as it was. Messages are only ever added, so their number and hash say which they were. */
export type FrozenSession = {
  id: SessionId;
  title: string | null;
  messages: number;
  /** Over the messages in order. */
  hash: Hash;
};

/** Somebody allowed more after a limit had stopped it. */
export type GrantView = {
  at: Moment;
  by: Principal;
  attempts: number;
  time_s: number;
};

/** A handoff with its briefing. */
export type HandoffDetail = {
  id: HandoffId;
  state: HandoffState;
  project_id: string | null;
  folder: string | null;
  from_account_id: string | null;
  to_account_id: string | null;
  goal: string | null;
  tokens: number;
  budget: number;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  credits_used: number | null;
  snapshot_id: SnapshotId | null;
  created_at: Moment;
  claimed_at: Moment | null;
  claimed_by: string | null;
  done_at: Moment | null;
  note: string | null;
  briefing: Briefing;
};

export type HandoffId = Branded<"HandoffId">;

/** Where it stands. */
export type HandoffState = "done" | "pending" | "claimed";

/** A handoff in the queue. */
export type HandoffView = {
  id: HandoffId;
  state: HandoffState;
  project_id: string | null;
  folder: string | null;
  from_account_id: string | null;
  to_account_id: string | null;
  goal: string | null;
  tokens: number;
  budget: number;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  credits_used: number | null;
  snapshot_id: SnapshotId | null;
  created_at: Moment;
  claimed_at: Moment | null;
  claimed_by: string | null;
  done_at: Moment | null;
  note: string | null;
};

/** Items, and the cursor of the next page where there is one. */
export type HandoffViewList = {
  items: HandoffView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

export type Hash = string;

/** The last event and its hash. A copy kept elsewhere is the anchor that proves a later cut. */
export type HeadView = {
  seq: number;
  hash: Hash;
};

/** The answer of a living process. */
export type HealthView = {
  /** Always `ok`; a process that cannot work does not answer. */
  status: string;
  version: string;
  /** Rises at each start of an owner. */
  epoch: number;
  /** Executions that are alive in this process: they run, or wait for something. */
  living: number;
  /** The proof for the challenge; absent without one. */
  proof: string | null;
};

/** The section that a line belongs to. */
export type ItemKind = "goal" | "last_request" | "constraint" | "decision" | "open_item" | "file" | "command" | "error" | "change" | "statement" | "kept" | "shortened" | "session";

/** How far the items of a `for_each` step are. */
export type ItemsView = {
  total: number;
  done: number;
  failed: number;
  skipped: number;
  cancelled: number;
  /** Items that wait for a person. */
  waiting: number;
};

export type KnowledgeId = Branded<"KnowledgeId">;

/** One entry. */
export type KnowledgeView = {
  id: KnowledgeId;
  category: string;
  title: string;
  text: string;
  /** Citations (`[#12]`, `[a1b2c3d]`, `[src/x.rs:12]`) or paths. */
  sources: string[];
  created_at: Moment;
  /** The entry that replaced this one. */
  superseded_by: KnowledgeId | null;
};

/** Items, and the cursor of the next page where there is one. */
export type KnowledgeViewList = {
  items: KnowledgeView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** How much a line wants to be read. */
export type Level = "info" | "warn" | "error" | "output";

/** One line. */
export type LogLineView = {
  /** The event that it is, or follows. */
  seq: number;
  at: Moment;
  level: Level;
  step: StepId | null;
  attempt: number | null;
  /** Hidden characters are written out. */
  text: string;
};

/** Lines in the order in which they happened. */
export type LogPage = {
  items: LogLineView[];
  /** Give it back as `after`; absent at the end. */
  next: number | null;
};

/** How much of what must not be lost stands in a text. */
export type Loss = {
  /** 0 to 1: the mean over the kinds of facts and over the probes, so that forty files do not hide a lost goal. 1 where there is nothing to lose. */
  score: number;
  /** Facts that must be kept. */
  facts: number;
  facts_kept: number;
  /** Questions that the next account would ask. */
  probes: number;
  probes_answered: number;
  /** What is missing, the most needed first. */
  lost: LostFact[];
};

/** One thing that the text does not say. */
export type LostFact = {
  kind: ItemKind;
  /** As it would be printed. */
  text: string;
  sources: Source[];
  /** Tokens of the line that says it. */
  tokens: number;
  /** The question that went without an answer; absent: the fact itself is missing. */
  probe: string | null;
};

/** An input that nobody gave and that has no default. */
export type MissingInput = {
  name: string;
  description: string;
  schema: unknown;
};

/** Which model would be asked. */
export type ModelChosen = {
  provider: string;
  model: string;
  place: string;
  /** The variable that led here. */
  from: string;
};

/** Which model wrote a plan, and what that cost. */
export type ModelUsed = {
  /** `anthropic`, `openai` or `ollama`. */
  provider: string;
  model: string;
  /** Whom the request went to: scheme, host and port. */
  place: string;
  /** Tokens of all questions together. */
  usage: Usage;
  /** Questions: 2 where the first plan had faults. */
  questions: number;
};

/** RFC 3339 in UTC with milliseconds. */
export type Moment = string;

/** A playbook that the request has something in common with. */
export type NearPlaybook = {
  playbook: string;
  description: string;
  /** A sentence that asks for it. */
  example: string;
  /** From 0 to 1. */
  score: number;
  /** Why it was not taken. */
  because: string | null;
};

/** The new execution. */
export type Orchestrated = {
  execution_id: ExecutionId;
};

/** Whether there is a plan. */
export type Outcome = "planned" | "unsure";

/** What a rule covers. */
export type Pattern = {
  kind: "exact";
  target: string;
  folder?: string | null;
} | {
  kind: "folder";
  folder: string;
};

/** What the check found. */
export type PlanCheck = {
  /** Whether it can run. */
  ok: boolean;
  name: string;
  steps: number;
  /** Who wrote it; every step of a model's plan that changes something asks. */
  planned_by: Author;
  /** Input name → JSON Schema. */
  inputs: Record<string, unknown>;
  /** Every fault, in the order of the text. */
  faults: FaultView[];
  /** What could run side by side; a step starts as soon as its own needs are done. */
  waves: StepId[][];
  /** The chain of needs that is taken to last longest. */
  critical_path: StepId[];
  /** Steps at which a person is asked, or may be. */
  asks: Asks[];
  /** Steps that run once for each item of a list. */
  repeats: Repeats[];
  /** Each step with what it will touch, in the order of the plan. */
  preview: StepPreview[];
  /** How much sooner it ends than one step after another, by guess. */
  saved_ms: number;
};

/** One version of a plan. */
export type PlanOfExecution = {
  execution_id: ExecutionId;
  version: number;
  /** A plan file in JSON, as it can be checked, run and given back. */
  text: string;
  inputs: Record<string, unknown>;
  versions: PlanVersion[];
};

/** What came of it. */
export type PlanProposal = {
  outcome: Outcome;
  /** Who made the plan: `offline` matches playbooks by their words, `model` asked a model. */
  planner: string | null;
  /** The model that wrote it, whom it was asked at, and what that cost. */
  model: ModelUsed | null;
  /** What the model wanted in the plan and did not get. */
  notes: string[];
  /** Why a model gave no plan, where one was asked or is wrongly set. */
  model_fault: string | null;
  /** The playbook that it is, where it is one. */
  playbook: string | null;
  /** Why this plan, or why none. */
  because: string;
  /** From 0 to 1. */
  confidence: number | null;
  /** Values of the plan's inputs, as the request gives them. */
  inputs: Record<string, unknown>;
  /** Which words each value was read from. */
  found: FoundView[];
  /** Inputs that must be given before it can run. */
  missing: MissingInput[];
  /** Words and values of the request that have no place in the plan. */
  unknown: string[];
  /** Values of the request that an input does not take, and why. */
  refused: string[];
  /** Playbooks with something in common, the best first. */
  nearest: NearPlaybook[];
  /** The same look at the plan that `plans.check` gives. */
  plan: PlanCheck | null;
  /** The plan file. */
  plan_text: string | null;
};

/** A plan as text (YAML or JSON), or the same as an object. */
export type PlanText = string | Record<string, unknown>;

/** Who made a version, and when. */
export type PlanVersion = {
  version: number;
  at: Moment;
  by: Principal;
};

/** Whether a model would be asked. */
export type PlannerState = "ready" | "off" | "none" | "broken";

/** The planner by models, as the environment of the process that plans sets it. */
export type PlannerView = {
  state: PlannerState;
  /** The model that would be asked. */
  chosen: ModelChosen | null;
  /** Why none would be. */
  because: string | null;
};

/** One playbook of the list. */
export type PlaybookSummary = {
  /** What `krake run` calls it. */
  name: string;
  description: string;
  /** Sentences that ask for it. */
  examples: string[];
  steps: number;
  /** Input name → JSON Schema. */
  inputs: Record<string, unknown>;
  /** The file of the user's own; absent for one that ships with Krake. */
  path: string | null;
  /** Why it cannot be read; empty when it can. */
  faults: FaultView[];
};

/** Items, and the cursor of the next page where there is one. */
export type PlaybookSummaryList = {
  items: PlaybookSummary[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** One playbook with its text. */
export type PlaybookView = {
  playbook: PlaybookSummary;
  /** The plan file. */
  text: string;
};

/** A rule, and whether it holds. */
export type PolicyView = {
  id: RuleId;
  tool: string;
  pattern: Pattern;
  in_force: boolean;
  created_at: Moment;
  by: Principal;
  /** The approval whose answer made it. */
  approval_id: ApprovalId;
  expires_at: Moment;
  revoked_at: Moment | null;
  revoked_by: Principal | null;
  /** Attempts that it allowed. */
  times_used: number;
  last_used_at: Moment | null;
};

/** Items, and the cursor of the next page where there is one. */
export type PolicyViewList = {
  items: PolicyView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** A person (window, terminal, owner's token) or a machine (issued token, MCP, webhook, model). Only a person answers approvals. */
export type Principal = {
  kind: "person";
  name: string;
} | {
  kind: "machine";
  name: string;
};

/** Which answers fit. */
export type QuestionKind = "text" | "choice" | "confirm";

/** A question of the plan; hidden characters are written out. */
export type QuestionView = {
  text: string;
  kind: QuestionKind;
  /** The answers of a choice and of a confirmation; suggestions for a text. */
  choices: string[];
  /** What an empty answer means. */
  default: string | null;
};

/** A step with `for_each`. */
export type Repeats = {
  step: StepId;
  /** The list as it is written. */
  over: unknown;
  /** How many items it has, where that is known before the run. */
  items: number | null;
};

/** What an execution repeats. */
export type RerunView = {
  execution: ExecutionId;
  /** Absent: whatever had not ended well. */
  from: StepId | null;
};

/** What a restore did. */
export type RestoredView = {
  /** Entries that were gone and are back. */
  added: number;
  /** Entries that are current or superseded again as they were. */
  changed: number;
  /** The state before, to take the restore back. */
  before: SnapshotId;
  /** Sessions that do not hold any more what was frozen; an import brings them back. */
  missing_sessions: FrozenSession[];
};

/** What happens to what a rule speaks of. */
export type Retention = "always_keep" | "never_keep";

/** The version that holds now. */
export type Revised = {
  execution_id: ExecutionId;
  version: number;
};

export type RuleId = Branded<"RuleId">;

/** How far a yes reaches. */
export type Scope = "execution" | "always" | "always_under";

export type SessionId = Branded<"SessionId">;

/** A snapshot with the sessions that it holds. */
export type SnapshotDetail = {
  id: SnapshotId;
  name: string;
  project_id: string | null;
  folder: string | null;
  created_at: Moment;
  sessions: number;
  messages: number;
  /** Entries of the knowledge base. */
  knowledge: number;
  frozen_sessions: FrozenSession[];
};

/** What is different from one moment to another. */
export type SnapshotDiff = {
  sessions: ChangedSessionId[];
  knowledge: ChangedKnowledgeId[];
};

export type SnapshotId = Branded<"SnapshotId">;

/** A snapshot in a list. */
export type SnapshotView = {
  id: SnapshotId;
  name: string;
  project_id: string | null;
  folder: string | null;
  created_at: Moment;
  sessions: number;
  messages: number;
  /** Entries of the knowledge base. */
  knowledge: number;
};

/** Items, and the cursor of the next page where there is one. */
export type SnapshotViewList = {
  items: SnapshotView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** What a line rests on. */
export type Source = {
  kind: SourceKind;
  /** As printed between brackets: `#12` or an id, `a1b2c3d`, `src/x.rs:12`. */
  ref: string;
};

/** What a source points at. */
export type SourceKind = "message" | "commit" | "file";

/** One stretch of work or waiting. */
export type Span = {
  /** 16 hexadecimal digits. */
  span_id: string;
  parent_id: string | null;
  name: string;
  started_at: Moment;
  /** Absent while it lasts. */
  ended_at: Moment | null;
  status: SpanStatus;
  /** Names of OpenTelemetry where it has them (`gen_ai.…`, `error.type`), else `krake.…`. */
  attributes: Record<string, unknown>;
};

/** The three states that OpenTelemetry knows. */
export type SpanStatus = "unset" | "ok" | "error";

/** Numbers of one data folder. */
export type StatsView = {
  /** Executions that are at work. */
  running: number;
  /** Approvals that wait for a person. */
  waiting: number;
  /** Executions by status; a status that none has is absent. */
  executions: Record<string, number>;
  /** Sessions that were imported. */
  sessions: number;
  /** Projects that are active. */
  projects: number;
  /** Knowledge entries, those that were superseded not counted. */
  knowledge: number;
  /** What is wrong with the storage; absent when nothing is. */
  trouble: string | null;
};

/** The name of a step, unique in its plan: letters, digits, `-` and `_`, at most 64 of them. What a `for_each` step does for its item number 3 is a step of its own, with the name `b[3]`. */
export type StepId = string;

/** One step's share. */
export type StepMetrics = {
  step: StepId;
  attempts: number;
  run_ms: number;
  waited_for_person_ms: number;
  waited_for_retry_ms: number;
  critical: boolean;
};

/** A step, looked at before it runs. */
export type StepPreview = {
  id: StepId;
  name: string;
  tool: string;
  /** What the tool does, in its own words. */
  about: string;
  /** The worst class where it depends on the arguments. */
  class: EffectClass;
  effect: Effect;
  /** What it reads or writes: a file, an address, a command. What only a run can know stands as `‹step›`, an input that was not given as `‹input›`. */
  target: string;
  /** With the inputs filled in, in the same way. */
  args: unknown;
  asks: AsksWhen;
  /** Why it asks, or when. */
  because: string | null;
  /** With the needs that references make. */
  needs: StepId[];
  /** From 0; steps of one wave could run side by side. */
  wave: number;
  critical: boolean;
  /** How long it is taken to last. */
  guess_ms: number;
};

/** The state of one step, as people see it. */
export type StepStatus = "running" | "done" | "failed" | "cancelled" | "pending" | "ready" | "assessing" | "waiting_approval" | "waiting_retry" | "looking" | "skipped" | "cancelled_unknown";

/** Where a step stands, what it was given and what came out. */
export type StepView = {
  id: StepId;
  name: string;
  /** Of the call that it is at: its own or an alternative. */
  tool: string;
  /** Only where an alternative was chosen. */
  alternative: AlternativeView | null;
  /** With the needs that references make. */
  needs: StepId[];
  /** Only of what a `for_each` step does for one item: that step. */
  instance_of: StepId | null;
  /** Only of what a `for_each` step does for one item: the item. */
  item: unknown;
  /** Only of a `for_each` step that has its list: how far its items are. */
  items: ItemsView | null;
  status: StepStatus;
  /** It did not run: its result is the one of the execution that this one repeats. */
  adopted: boolean;
  attempts: AttemptView[];
  waits: WaitView[];
  started_at: Moment | null;
  ended_at: Moment | null;
  /** References are replaced once the step has started; before that they stand as written. */
  args: unknown;
  output: unknown;
  failure: FailureView | null;
  /** Why it waits or was skipped. */
  because: string | null;
  /** The question that it waits for. */
  approval_id: ApprovalId | null;
  /** The output holds, or rests on, text that others wrote. */
  untrusted: boolean;
  /** On the critical path. */
  critical: boolean;
};

/** What a rule speaks of. */
export type Subject = {
  by: "pattern";
  text: string;
} | {
  by: "file";
  path: string;
} | {
  by: "kind";
  kind: ItemKind;
};

/** The definition of a tool: what the planner, the checks, the policy and the person see. */
export type ToolSpec = {
  /** `area.verb`, for example `fs.write`. */
  name: string;
  /** One sentence in the imperative. */
  description: string;
  /** JSON Schema of the arguments (an object; unknown fields refused). */
  args_schema: unknown;
  /** JSON Schema of the output. */
  output_schema: unknown;
  /** The class, or the worst class where it depends on the arguments. */
  class: EffectClass;
  /** Asks a person by default, whatever the arguments. */
  asks: boolean;
  /** The output holds text that others wrote (files, transcripts, web pages). */
  untrusted_output: boolean;
  /** Time limit of one attempt where the step sets none, in milliseconds. */
  timeout_ms: number;
};

/** Items, and the cursor of the next page where there is one. */
export type ToolSpecList = {
  items: ToolSpec[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** One trace: the execution is its root span. */
export type Trace = {
  /** 32 hexadecimal digits, the same for the life of the execution. */
  trace_id: string;
  spans: Span[];
};

/** Tokens of one call. What was not told, or told absurdly, is unknown and never zero. */
export type Usage = {
  /** Everything that the model read, from a cache or not. */
  input: number | null;
  /** Of the input: read from a cache. */
  cache_read: number | null;
  /** Of the input: written to a cache. */
  cache_write: number | null;
  /** Everything that the model wrote, thinking included. */
  output: number | null;
};

/** A person's answer. */
export type Verdict = {
  verdict: "approve";
} | {
  verdict: "allow";
  scope: Scope;
} | {
  verdict: "reject";
  reason: string;
} | {
  verdict: "happened";
} | {
  verdict: "answer";
  text: string;
} | {
  verdict: "skip";
};

/** What a step waited for. */
export type WaitOn = "approval" | "retry";

/** A stretch in which it did not run. */
export type WaitView = {
  on: WaitOn;
  from: Moment;
  /** Absent while it waits. */
  until: Moment | null;
};

export type WorkspaceId = Branded<"WorkspaceId">;

/** Input and output of every command, by name. */
export type Commands = {
  /** Liveness and version */
  health: { input: {
    /** 64 hexadecimal digits. */
    challenge?: string | null;
  }; output: HealthView };
  /** What there is and what runs */
  stats: { input: Record<string, never>; output: StatsView };
  /** Run a plan, a playbook or a request in plain words */
  "executions.orchestrate": { input: {
    /** A request in plain words, at most 4,000 bytes. Where no plan is sure enough, or an input is missing, nothing runs. */
    query?: string | null;
    /** A plan: its text (YAML or JSON), or the same as an object. */
    plan?: PlanText | null;
    /** The name of a playbook. */
    playbook?: string | null;
    /** Values of the plan's inputs. */
    inputs?: Record<string, unknown>;
    /** The folder that relative paths in inputs are taken from: where the caller stands. */
    folder?: string | null;
    /** `false` leaves it proposed for a look. */
    start?: boolean;
    /** Where the plan comes from, for people. */
    source?: string | null;
    /** Sent by older clients and not used: who asks is known from the token alone. */
    user_id?: string | null;
  }; output: Orchestrated };
  /** Executions, newest first */
  "executions.list": { input: {
    status?: ExecutionStatus | null;
    /** Words in the name or the title. */
    text?: string | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
  }; output: ExecutionSummaryList };
  /** One execution with its steps */
  "executions.show": { input: {
    id: ExecutionId;
  }; output: ExecutionView };
  /** What each step found */
  "executions.context": { input: {
    id: ExecutionId;
  }; output: ExecutionContext };
  /** Start a proposed execution */
  "executions.start": { input: {
    id: ExecutionId;
  }; output: ExecutionSummary };
  /** Let running steps finish and start nothing new */
  "executions.pause": { input: {
    id: ExecutionId;
  }; output: ExecutionSummary };
  /** Go on after a pause; after a limit, with as much again as the plan allows */
  "executions.resume": { input: {
    id: ExecutionId;
  }; output: ExecutionSummary };
  /** Cancel running steps and end */
  "executions.cancel": { input: {
    id: ExecutionId;
  }; output: ExecutionSummary };
  /** Run it again from a step, or what did not end well, with the results of the rest */
  "executions.rerun": { input: {
    id: ExecutionId;
    from?: StepId | null;
    /** Inputs that get another value; steps that read them run again. */
    inputs?: Record<string, unknown>;
    /** The folder that relative paths in these inputs are taken from: where the caller stands. */
    folder?: string | null;
    /** `false` leaves it proposed for a look. */
    start?: boolean;
  }; output: Orchestrated };
  /** Its plan as text, and the versions with who and when */
  "executions.plan": { input: {
    id: ExecutionId;
    /** From 1; the one that holds now when absent. */
    version?: number | null;
  }; output: PlanOfExecution };
  /** Change what has not started of a proposed or paused one */
  "executions.revise": { input: {
    id: ExecutionId;
    /** A plan: its text (YAML or JSON), or the same as an object. Steps that have started must be there as they are. */
    plan?: PlanText | null;
    /** The version that the change was made from. Given, it must be the one that holds now; absent, that one is taken. Either way nobody's change in between is overwritten. */
    version?: number | null;
    /** Inputs that get another value. */
    inputs?: Record<string, unknown>;
    /** The folder that relative paths in these inputs are taken from: where the caller stands. */
    folder?: string | null;
  }; output: Revised };
  /** Durations, waits, critical path, time saved */
  "executions.metrics": { input: {
    id: ExecutionId;
  }; output: ExecutionMetrics };
  /** The span tree */
  "executions.trace": { input: {
    id: ExecutionId;
  }; output: Trace };
  /** Log lines of all attempts */
  "executions.logs": { input: {
    id: ExecutionId;
    /** Lines of events after this sequence number; 0 when absent. */
    after?: number | null;
    /** Events per page, at most 500; 50 when absent. */
    limit?: number | null;
  }; output: LogPage };
  /** What one attempt wrote, by offset */
  "executions.attempt_log": { input: {
    id: ExecutionId;
    step: StepId;
    attempt: number;
    /** In bytes; 0 when absent. */
    offset?: number | null;
  }; output: AttemptLog };
  /** Events of one execution, past and live */
  "executions.stream": { input: {
    id: ExecutionId;
    /** Events after this sequence number; 0 when absent: from its beginning. */
    after?: number | null;
  }; output: EventView };
  /** What a person is asked, over all executions */
  "approvals.list": { input: {
    status?: ApprovalStatus | null;
    execution_id?: ExecutionId | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: ApprovalViewList };
  /** One approval: the exact call, the diff, the reason */
  "approvals.show": { input: {
    approval_id: ApprovalId;
  }; output: ApprovalView };
  /** The approvals of one execution */
  "approvals.of": { input: {
    id: ExecutionId;
  }; output: ApprovalViewList };
  /** Yes, once, to exactly what is shown */
  "approvals.approve": { input: {
    id: ExecutionId;
    approval_id: ApprovalId;
    /** Only for an unknown outcome: it did happen, so go on without running it again. */
    happened?: boolean;
    /** How far the yes reaches; one of the approval's `scopes`, or absent for this call alone. */
    scope?: ApproveScope;
  }; output: ApprovalView };
  /** Go on without a failed step */
  "approvals.skip": { input: {
    id: ExecutionId;
    approval_id: ApprovalId;
  }; output: ApprovalView };
  /** Other arguments: the question is withdrawn and asked anew */
  "approvals.edit": { input: {
    id: ExecutionId;
    approval_id: ApprovalId;
    /** The whole of them; what is left out is not passed. */
    args: Record<string, unknown>;
  }; output: Edited };
  /** A person's word in answer to a question of the plan */
  "approvals.answer": { input: {
    id: ExecutionId;
    approval_id: ApprovalId;
    /** For a choice one of `choices`, for a confirmation `yes` or `no`; empty: the default. */
    answer: string;
  }; output: ApprovalView };
  /** No, with a reason */
  "approvals.reject": { input: {
    id: ExecutionId;
    approval_id: ApprovalId;
    reason?: string;
  }; output: ApprovalView };
  /** Standing rules, newest first */
  "policies.list": { input: Record<string, never>; output: PolicyViewList };
  /** Take a standing rule back */
  "policies.revoke": { input: {
    id: RuleId;
  }; output: PolicyView };
  /** Whether a plan can run, and where it cannot */
  "plans.check": { input: {
    /** A plan: its text (YAML or JSON), or the same as an object. */
    plan?: PlanText | null;
    /** The name of a playbook. */
    playbook?: string | null;
    /** Values of its inputs, as far as they are known, for the look at its steps. */
    inputs?: Record<string, unknown>;
  }; output: PlanCheck };
  /** The plan that a request in plain words asks for */
  "plans.propose": { input: {
    /** What should be done; at most 4,000 bytes. */
    query: string;
    /** The folder that relative paths are taken from, when the plan runs. */
    folder?: string | null;
    /** Values of inputs; they come before those that the words give. */
    inputs?: Record<string, unknown>;
  }; output: PlanProposal };
  /** Which model would be asked for a plan */
  "planner.show": { input: Record<string, never>; output: PlannerView };
  /** Plans kept for reuse */
  "playbooks.list": { input: Record<string, never>; output: PlaybookSummaryList };
  /** One playbook with its plan */
  "playbooks.show": { input: {
    name: string;
  }; output: PlaybookView };
  /** What may run, with schemas and effect classes */
  "tools.list": { input: Record<string, never>; output: ToolSpecList };
  /** Knowledge entries, newest first */
  "knowledge.list": { input: {
    category?: string | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: KnowledgeViewList };
  /** Knowledge entries that hold these words */
  "knowledge.search": { input: {
    query: string;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: KnowledgeViewList };
  /** Keep a new entry */
  "knowledge.add": { input: {
    /** `pattern`, `solution`, `practice`, or a word of your own. */
    category?: string;
    title: string;
    text: string;
    sources?: string[];
  }; output: KnowledgeView };
  /** The queue of handoffs, newest first */
  "handoffs.list": { input: {
    state?: HandoffState | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: HandoffViewList };
  /** One handoff with its briefing */
  "handoffs.show": { input: {
    id: HandoffId;
  }; output: HandoffDetail };
  /** Brief the next account and put it into the queue */
  "handoffs.create": { input: {
    project_id?: string | null;
    /** Stored sessions of this folder and below. */
    folder?: string | null;
    /** Stored sessions. */
    sessions?: SessionId[] | null;
    /** A transcript in any known format, a plain text, or messages as `{role, content}`. */
    context?: unknown;
    from_account_id?: string | null;
    to_account_id?: string | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** Put back what scores as lost; true when absent. */
    repair?: boolean | null;
    credits_used?: number | null;
  }; output: HandoffDetail };
  /** Take a pending handoff; only one gets it */
  "handoffs.claim": { input: {
    id: HandoffId;
    /** The account that goes on; absent: the one that it is meant for. */
    account_id?: string | null;
  }; output: HandoffDetail };
  /** End a claimed handoff */
  "handoffs.done": { input: {
    id: HandoffId;
    note?: string | null;
  }; output: HandoffView };
  /** Compress a context for the next account; it waits in the queue */
  "handoff.compress": { input: {
    project_id?: string | null;
    /** A transcript in any known format, a plain text, or messages as `{role, content}`. */
    context: unknown;
    credits_used?: number | null;
    from_account_id?: string | null;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
  }; output: CompressedHandoff };
  /** What a briefing always or never keeps */
  "compression.list": { input: Record<string, never>; output: CompressionRuleViewList };
  /** Keep something always, or never: by pattern, file or kind */
  "compression.add": { input: {
    /** For all projects when absent. */
    project_id?: string | null;
    effect: Retention;
    subject: Subject;
  }; output: CompressionRuleView };
  /** Take a rule away */
  "compression.remove": { input: {
    id: CompressionRuleId;
  }; output: CompressionRuleViewList };
  /** Frozen contexts, newest first */
  "snapshots.list": { input: {
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: SnapshotViewList };
  /** One snapshot with its sessions */
  "snapshots.show": { input: {
    id: SnapshotId;
  }; output: SnapshotDetail };
  /** What is different since, or in a later snapshot */
  "snapshots.diff": { input: {
    id: SnapshotId;
    /** A later snapshot; the present when absent. */
    other?: SnapshotId | null;
  }; output: SnapshotDiff };
  /** Freeze the context */
  "snapshots.create": { input: {
    name?: string;
    project_id?: string | null;
    /** Sessions of this folder and below; all when absent. */
    folder?: string | null;
  }; output: SnapshotView };
  /** Bring the knowledge base back to what was frozen; what came later stays */
  "snapshots.restore": { input: {
    id: SnapshotId;
  }; output: RestoredView };
  /** The last event and its hash */
  "audit.head": { input: Record<string, never>; output: HeadView };
  /** Check the whole hash chain */
  "audit.verify": { input: Record<string, never>; output: AuditView };
  /** The events of the journal, in order */
  "audit.export": { input: {
    /** Events after this sequence number; 0 when absent. */
    after?: number | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: AuditPage };
  /** Everything that happens */
  "events.stream": { input: {
    /** Events after this sequence number; absent: only what happens from now on. */
    after?: number | null;
    /** Only these names, with commas between: `progress,log,partial,approval,complete,change`. */
    kinds?: string | null;
  }; output: EventView };
};

export type CommandName = keyof Commands;

/** How each command is carried, and the tags of change that its answer depends on. */
export const commands = {
  health: { name: "health", method: "GET", path: "/health", kind: "query", provides: ["executions"] },
  stats: { name: "stats", method: "GET", path: "/api/stats", kind: "query", provides: ["executions", "approvals", "threads", "knowledge", "sessions", "projects"] },
  "executions.orchestrate": { name: "executions.orchestrate", method: "POST", path: "/api/orchestrate", kind: "command", provides: [] },
  "executions.list": { name: "executions.list", method: "GET", path: "/api/orchestrate", kind: "query", provides: ["executions"] },
  "executions.show": { name: "executions.show", method: "GET", path: "/api/orchestrate/{id}", kind: "query", provides: ["execution"] },
  "executions.context": { name: "executions.context", method: "GET", path: "/api/orchestrate/{id}/context", kind: "query", provides: ["execution"] },
  "executions.start": { name: "executions.start", method: "POST", path: "/api/orchestrate/{id}/start", kind: "command", provides: [] },
  "executions.pause": { name: "executions.pause", method: "POST", path: "/api/orchestrate/{id}/pause", kind: "command", provides: [] },
  "executions.resume": { name: "executions.resume", method: "POST", path: "/api/orchestrate/{id}/resume", kind: "command", provides: [] },
  "executions.cancel": { name: "executions.cancel", method: "POST", path: "/api/orchestrate/{id}/cancel", kind: "command", provides: [] },
  "executions.rerun": { name: "executions.rerun", method: "POST", path: "/api/orchestrate/{id}/rerun", kind: "command", provides: [] },
  "executions.plan": { name: "executions.plan", method: "GET", path: "/api/orchestrate/{id}/plan", kind: "query", provides: ["execution"] },
  "executions.revise": { name: "executions.revise", method: "POST", path: "/api/orchestrate/{id}/revise", kind: "command", provides: [] },
  "executions.metrics": { name: "executions.metrics", method: "GET", path: "/api/orchestrate/{id}/metrics", kind: "query", provides: ["execution"] },
  "executions.trace": { name: "executions.trace", method: "GET", path: "/api/orchestrate/{id}/trace", kind: "query", provides: ["execution"] },
  "executions.logs": { name: "executions.logs", method: "GET", path: "/api/orchestrate/{id}/logs", kind: "query", provides: ["execution"] },
  "executions.attempt_log": { name: "executions.attempt_log", method: "GET", path: "/api/orchestrate/{id}/logs/{step}/{attempt}", kind: "query", provides: [] },
  "executions.stream": { name: "executions.stream", method: "GET", path: "/api/orchestrate/stream/{id}", kind: "stream", provides: [] },
  "approvals.list": { name: "approvals.list", method: "GET", path: "/api/approvals", kind: "query", provides: ["approvals"] },
  "approvals.show": { name: "approvals.show", method: "GET", path: "/api/approvals/{approval_id}", kind: "query", provides: ["approvals"] },
  "approvals.of": { name: "approvals.of", method: "GET", path: "/api/orchestrate/{id}/approvals", kind: "query", provides: ["approvals"] },
  "approvals.approve": { name: "approvals.approve", method: "POST", path: "/api/orchestrate/{id}/approvals/{approval_id}/approve", kind: "command", provides: [] },
  "approvals.skip": { name: "approvals.skip", method: "POST", path: "/api/orchestrate/{id}/approvals/{approval_id}/skip", kind: "command", provides: [] },
  "approvals.edit": { name: "approvals.edit", method: "POST", path: "/api/orchestrate/{id}/approvals/{approval_id}/edit", kind: "command", provides: [] },
  "approvals.answer": { name: "approvals.answer", method: "POST", path: "/api/orchestrate/{id}/approvals/{approval_id}/answer", kind: "command", provides: [] },
  "approvals.reject": { name: "approvals.reject", method: "POST", path: "/api/orchestrate/{id}/approvals/{approval_id}/reject", kind: "command", provides: [] },
  "policies.list": { name: "policies.list", method: "GET", path: "/api/policies", kind: "query", provides: ["policies"] },
  "policies.revoke": { name: "policies.revoke", method: "POST", path: "/api/policies/{id}/revoke", kind: "command", provides: [] },
  "plans.check": { name: "plans.check", method: "POST", path: "/api/plans/check", kind: "query", provides: [] },
  "plans.propose": { name: "plans.propose", method: "POST", path: "/api/plans/propose", kind: "query", provides: [] },
  "planner.show": { name: "planner.show", method: "GET", path: "/api/planner", kind: "query", provides: [] },
  "playbooks.list": { name: "playbooks.list", method: "GET", path: "/api/playbooks", kind: "query", provides: ["playbooks"] },
  "playbooks.show": { name: "playbooks.show", method: "GET", path: "/api/playbooks/{name}", kind: "query", provides: ["playbooks"] },
  "tools.list": { name: "tools.list", method: "GET", path: "/api/tools", kind: "query", provides: [] },
  "knowledge.list": { name: "knowledge.list", method: "GET", path: "/api/knowledge", kind: "query", provides: ["knowledge"] },
  "knowledge.search": { name: "knowledge.search", method: "GET", path: "/api/knowledge/search", kind: "query", provides: ["knowledge"] },
  "knowledge.add": { name: "knowledge.add", method: "POST", path: "/api/knowledge", kind: "command", provides: [] },
  "handoffs.list": { name: "handoffs.list", method: "GET", path: "/api/handoffs", kind: "query", provides: ["handoffs"] },
  "handoffs.show": { name: "handoffs.show", method: "GET", path: "/api/handoffs/{id}", kind: "query", provides: ["handoffs"] },
  "handoffs.create": { name: "handoffs.create", method: "POST", path: "/api/handoffs", kind: "command", provides: [] },
  "handoffs.claim": { name: "handoffs.claim", method: "POST", path: "/api/handoffs/{id}/claim", kind: "command", provides: [] },
  "handoffs.done": { name: "handoffs.done", method: "POST", path: "/api/handoffs/{id}/done", kind: "command", provides: [] },
  "handoff.compress": { name: "handoff.compress", method: "POST", path: "/api/handoff/compress", kind: "command", provides: [] },
  "compression.list": { name: "compression.list", method: "GET", path: "/api/compression-rules", kind: "query", provides: ["compression_rules"] },
  "compression.add": { name: "compression.add", method: "POST", path: "/api/compression-rules", kind: "command", provides: [] },
  "compression.remove": { name: "compression.remove", method: "POST", path: "/api/compression-rules/{id}/remove", kind: "command", provides: [] },
  "snapshots.list": { name: "snapshots.list", method: "GET", path: "/api/snapshots", kind: "query", provides: ["snapshots"] },
  "snapshots.show": { name: "snapshots.show", method: "GET", path: "/api/snapshots/{id}", kind: "query", provides: ["snapshots"] },
  "snapshots.diff": { name: "snapshots.diff", method: "GET", path: "/api/snapshots/{id}/diff", kind: "query", provides: ["snapshots", "sessions", "knowledge"] },
  "snapshots.create": { name: "snapshots.create", method: "POST", path: "/api/snapshots", kind: "command", provides: [] },
  "snapshots.restore": { name: "snapshots.restore", method: "POST", path: "/api/snapshots/{id}/restore", kind: "command", provides: [] },
  "audit.head": { name: "audit.head", method: "GET", path: "/api/audit/head", kind: "query", provides: ["executions"] },
  "audit.verify": { name: "audit.verify", method: "GET", path: "/api/audit/verify", kind: "query", provides: ["executions"] },
  "audit.export": { name: "audit.export", method: "GET", path: "/api/audit", kind: "query", provides: ["executions"] },
  "events.stream": { name: "events.stream", method: "GET", path: "/api/events/stream", kind: "stream", provides: [] },
} as const satisfies Record<
  CommandName,
  {
    name: CommandName;
    method: "GET" | "POST";
    path: string;
    kind: "query" | "command" | "stream";
    provides: readonly string[];
  }
>;
