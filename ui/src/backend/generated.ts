// Made from the table of commands by `KRAKE_BLESS=1 cargo test -p krake-api --lib generated`.
// Changes are lost.

declare const brand: unique symbol;
/** A string that is the id of one noun and of no other. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

/** All accounts, the best first. */
export type AccountChoice = {
  /** The account that would be asked. */
  first: AccountId | null;
  ranked: RankedAccount[];
};

export type AccountId = Branded<"AccountId">;

/** What became of a removal. */
export type AccountRemoved = {
  id: AccountId;
  /** Its key is still in the vault; it is taken out at a later start. */
  key_left: boolean;
  /** Why it still is. */
  because: string | null;
  /** What takes it out. */
  next: string | null;
};

/** What a person wants. */
export type AccountRule = {
  kind: AccountRuleKind;
  /** The accounts that are meant: by id, by a word of their tags or by the word of their provider. */
  accounts: string;
  /** Only for work whose purpose or words hold this; absent: for all. */
  when?: string | null;
};

/** What a rule does with the accounts that it means. */
export type AccountRuleKind = "first" | "last" | "never";

/** Whether a person wants it used. */
export type AccountStatus = "active" | "paused";

/** What an account was used for. */
export type AccountUsage = {
  account: AccountView;
  /** The last seven and thirty days, up to now. */
  week: UseView;
  month: UseView;
  /** The newest calls. */
  calls: CallView[];
  /** Every look at its limits, oldest first. */
  looks: LookView[];
  /** Where prices come from, and of which day they are. */
  prices: string;
};

/** One account with what is known about it now. */
export type AccountView = {
  id: AccountId;
  name: string;
  email: string | null;
  provider: Provider;
  plan: string | null;
  /** What it is best at, in the person's words. */
  specialization: string | null;
  tags: string[];
  status: AccountStatus;
  /** Where it is called, where that is not the provider's own place. */
  base_url: string | null;
  model: string | null;
  format: OpenAiFormat | null;
  /** What its model costs; absent: nobody knows, which is not nothing. */
  price: PriceView | null;
  /** What a person said about prices, the last word on each model. */
  prices: PriceView[];
  /** Whether the vault keeps a key for it. */
  has_key: boolean;
  /** Whether Krake can call it by itself. */
  is_called: boolean;
  health: Health;
  /** The last try to reach it. */
  check: CheckView | null;
  /** Its limits, the newest look at each. */
  limits: LimitView[];
  /** A log said that it ran out, and that still lasts. */
  ran_out: RanOutView | null;
  /** Since midnight, UTC. */
  today: UseView;
  created_at: Moment;
  updated_at: Moment;
};

/** Items, and the cursor of the next page where there is one. */
export type AccountViewList = {
  items: AccountView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** What became of a look at all accounts. */
export type AccountsTested = {
  /** Accounts that were tried. */
  tested: number;
  /** What the logs of tools on this machine told about limits, in a sentence for each tool. */
  learned: string[];
};

/** One recommendation, with its evidence. */
export type Advice = {
  kind: "use_account";
  from: AccountId;
  span: LimitSpan;
  /** The used part of the window, from 0 to 1. */
  used: number;
  runs_out_at: string;
  resets_at: string | null;
  to: AccountId;
  /** The part that is left of the other's tightest window, from 0 to 1. */
  left: number;
} | {
  kind: "use_model";
  purpose: string;
  from: ModelRecord;
  to: ModelRecord;
} | {
  kind: "change_plan";
  account: AccountId;
  hits: number;
  days: number;
  last_at: string;
} | {
  kind: "make_playbook";
  repeated: Repeated;
  /** What was asked, or the commands in their order. */
  lines: string[];
  sessions: SessionId[];
  days: number;
} | {
  kind: "set_budget";
  last_week: Amount;
  week_before: Amount;
  /** For a day, in USD. */
  cap: Amount;
};

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

/** An alternative, looked at before anything runs. */
export type AlternativeLook = {
  tool: string;
  class: EffectClass;
  effect: Effect;
  target: string;
  asks: AsksWhen;
  because: string | null;
};

/** The alternative that a step is at. */
export type AlternativeView = {
  /** From 1, in the order of the plan. */
  number: number;
  because: string;
};

export type Amount = string;

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

/** One backup. */
export type BackupView = {
  name: string;
  made_at: Moment;
  /** `schedule`, `hand`, or `restore` for the state before a backup was put back. */
  why: string;
  bytes: number;
  /** A damaged database that was set aside; it cannot be put back. */
  is_damaged: boolean;
};

/** Backups, and how they are made. */
export type BackupsView = {
  /** Newest first. */
  items: BackupView[];
  /** Hours from one to the next that is made by itself; 0: never. */
  hours: number;
  /** How many of those are kept. */
  keep: number;
  /** The folder that they lie in. */
  folder: string;
  is_making: boolean;
  /** Why the last one was not made as it should. */
  trouble: string | null;
  /** The backup that is put back when Krake starts next. */
  restoring: string | null;
  /** Why a backup was not put back; everything is as it was. */
  restore_failed: string | null;
};

/** One branch of this repository. */
export type Branch = {
  name: string;
  /** Short id of its last commit. */
  commit: string;
  subject: string;
  /** Seconds since 1970. */
  committed_s: number | null;
  current: boolean;
  /** What git says about its upstream: `ahead 1, behind 2`, `gone`; absent where they are equal or there is none. */
  track: string | null;
  /** Another work tree that has it checked out. */
  elsewhere: string | null;
};

/** The branches of a repository. */
export type Branches = {
  /** The last committed to first. */
  items: Branch[];
};

/** A briefing within a token budget. */
export type Briefing = {
  /** The rendered text, within the budget. */
  text: string;
  /** Tokens of `text` by the offline estimator. */
  tokens: number;
  budget: number;
  items: BriefingItem[];
  coverage: Coverage;
  /** The stored sessions that its lines cite, by their labels. */
  cited?: Cited[];
};

/** One line of a briefing. */
export type BriefingItem = {
  kind: ItemKind;
  text: string;
  /** At least one; a line without a source is not printed. */
  sources: Source[];
  /** A model wrote the line, and it was held against its sources. */
  by_model?: boolean;
};

/** What would be sent, to whom, and at what price. Nothing has been sent. */
export type BriefingPreview = {
  account: Writer;
  /** Lines of the sessions that are sent. */
  lines: number;
  /** Tokens that are sent, by the offline estimator. */
  sent_tokens: number;
  most_answer_tokens: number;
  /** What it will cost about, in USD; absent: the price is not known. */
  usd: Amount | null;
  /** What is reserved against the budgets until it is done. */
  most_usd: Amount | null;
  /** The rules that the model is told, the same each time. */
  page: string;
  /** The lines, as they are sent. */
  material: string;
};

/** What became of the file. */
export type BriefingSaved = {
  path: string;
  tokens: number;
  /** Whether the file is another one now. */
  changed: boolean;
};

export type BudgetId = Branded<"BudgetId">;

/** What a budget counts. */
export type BudgetOver = {
  kind: "everything";
} | {
  kind: "account";
  account_id: AccountId;
} | {
  kind: "project";
  project_id: string;
} | {
  kind: "run";
};

/** For how long it counts. */
export type BudgetPeriod = "day" | "month" | "always";

/** What is counted. */
export type BudgetUnit = "usd" | "tokens";

/** A budget, and how far it is spent. */
export type BudgetView = {
  id: BudgetId;
  over: BudgetOver;
  /** The name of the account or the project that it counts; absent where it counts none, or where that one is gone. */
  name: string | null;
  period: BudgetPeriod;
  unit: BudgetUnit;
  cap: Amount;
  /** Spent or reserved in this period; absent where each run is counted for itself. */
  spent: Amount | null;
  /** The part of `spent` that calls which are being made now have reserved. */
  reserved: Amount | null;
  /** The part of `spent` of calls that have ended without anybody telling what they cost: the most that they can have cost. */
  at_most: Amount | null;
  /** What is left in this period. */
  left: Amount | null;
  /** Calls of this period whose cost is not known at all. They were made before the budget was set, and are in no sum. */
  unpriced: number;
  /** When it counts anew; absent where it never does. */
  starts_anew: Moment | null;
  /** The newest call that it refused. */
  refused: RefusedCall | null;
  created_at: Moment;
};

/** All budgets. */
export type Budgets = {
  items: BudgetView[];
  /** USD of all calls since midnight, UTC, as far as their cost is known. */
  today: Amount;
};

export type CallId = Branded<"CallId">;

/** One call. */
export type CallView = {
  at: Moment;
  purpose: string;
  model: string;
  /** `reserved`, `done`, `lost` (its process ended) or `returned` (it cost nothing). */
  state: string;
  outcome: string | null;
  /** Absent: not known. */
  usd: Amount | null;
  input: number | null;
  output: number | null;
  took_ms: number | null;
};

/** An import of a capsule. */
export type CapsuleImportView = {
  id: ImportId;
  file: string;
  content_hash: string;
  made_at: Moment | null;
  imported_at: Moment;
  undone_at: Moment | null;
  /** Things that it brought. */
  brought: number;
};

/** Imports, newest first. */
export type CapsuleImports = {
  items: CapsuleImportView[];
};

/** What an import would do, or did. */
export type CapsulePreviewView = {
  /** The import; absent in a preview. */
  import_id: ImportId | null;
  capsule: CapsuleView;
  nouns: NounVerdict[];
  /** What is here already with other content: both are kept. */
  differing: DifferingView[];
  more_differing: number;
};

/** What a capsule says of itself. */
export type CapsuleView = {
  /** The project's name; absent for everything. */
  project: string | null;
  made_by: string;
  made_at: string;
  /** The same for the same content, whenever and wherever it was made. */
  content_hash: string;
  /** Lines by noun. */
  counts: Record<string, number>;
  /** Secrets that were replaced on the way out, by kind. */
  replaced: Record<string, number>;
  left_out: string[];
};

/** All categories in use. */
export type Categories = {
  items: CategoryView[];
};

/** A category in use. */
export type CategoryView = {
  category: string;
  /** Entries; only those that are current are counted. */
  count: number;
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
  /** Whether another took its place, of an entry that changed or came. */
  superseded?: boolean | null;
  /** Whether a restore withdrew it, of an entry that changed or came. It counts where it is neither. */
  withdrawn?: boolean | null;
};

/** One thing that is different. */
export type ChangedSessionId = {
  id: SessionId;
  title: string;
  change: Change;
  /** Messages more than before, of a session. */
  more?: number | null;
  /** Whether another took its place, of an entry that changed or came. */
  superseded?: boolean | null;
  /** Whether a restore withdrew it, of an entry that changed or came. It counts where it is neither. */
  withdrawn?: boolean | null;
};

/** How a check ended, sorted by what can be done about it. */
export type CheckOutcome = "reached" | "rate_limited" | "out_of_credit" | "unreachable" | "no_access" | "unreadable" | "no_key";

/** What came of a try to reach it. */
export type CheckView = {
  at: Moment;
  outcome: CheckOutcome;
  said: string;
  took_ms: number;
};

/** The model that was chosen. */
export type ChosenMeaning = {
  account_id: AccountId;
  /** Absent: the account was removed. */
  account: string | null;
  model: string;
  /** Whom the texts go to: scheme, host and port. */
  place: string;
  /** Whether no text leaves this machine. */
  stays_here: boolean;
  /** How many numbers a text has. */
  dimension: number;
  chosen_at: Moment;
};

/** A stored session under the label that citations have for it. */
export type Cited = {
  /** `s2` in `[s2#12]`; empty in `[#12]`. */
  label: string;
  session: SessionId;
};

/** A stored session under the label of its citations: `s2` in `[s2#12]`, empty in `[#12]`. */
export type CitedSession = {
  label: string;
  id: SessionId;
  title: string | null;
  messages: number;
};

/** What went wrong, sorted by what the caller can do. Each has a page in `docs/errors`. */
export type Code = "bad_input" | "not_json" | "too_large" | "too_deep" | "no_token" | "no_access" | "wrong_host" | "wrong_origin" | "not_found" | "no_route" | "wrong_method" | "conflict" | "already_answered" | "expired" | "plan_invalid" | "planning_unavailable" | "model_failed" | "vault_locked" | "vault_denied" | "vault_missing" | "budget_spent" | "commit_failed" | "key_reused" | "key_unfinished" | "read_only" | "ownership_lost" | "stopping" | "busy" | "disk_full" | "corrupt" | "internal";

/** Whether the work is committed before it is handed over. */
export type CommitChoice = "no" | "yes" | "as_ruled";

/** What a person said once about commits of a project. */
export type CommitRuleView = {
  when: CommitWhen;
  /** With `{date}`, `{time}` and `{account}`; empty: the branch that is checked out. */
  branch: string;
};

/** When a commit is made. */
export type CommitWhen = "never" | "always" | "ask";

/** The compressed context, and its place in the queue. */
export type CompressedHandoff = {
  handoff_id: HandoffId;
  text: string;
  tokens: number;
  budget: number;
  /** Each line with its sources. */
  items: BriefingItem[];
  coverage: Coverage;
  /** Secrets in the context that tokens stand for now, by kind. */
  redactions?: Record<string, number>;
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

/** What is left of one unit over all accounts that tell it. */
export type CreditsView = {
  /** `USD`, `credits`: the provider's own. */
  unit: string;
  remaining: Amount;
  accounts: number;
  /** The oldest look that it rests on. */
  seen_at: Moment;
};

/** One part. */
export type DeliveryPart = "commit" | "snapshot" | "file";

/** Something that is kept on both sides. */
export type DifferingView = {
  noun: string;
  id: string;
  title: string;
  /** Under which id and name it comes in. */
  kept_as: string;
  why: string;
};

/** A draft with its briefing. */
export type DraftDetail = {
  draft: DraftView;
  /** Absent where there was nothing to brief. */
  briefing: Briefing | null;
};

export type DraftId = Branded<"DraftId">;

/** What a person said to it. */
export type DraftState = "open" | "handed_over" | "rejected";

/** One draft. */
export type DraftView = {
  id: DraftId;
  state: DraftState;
  /** The work that could be handed over; absent where nobody knows which. */
  project_id: ProjectId | null;
  /** The name of the project. */
  project: string | null;
  /** What a project is called that would be made before it is handed over, where it belongs to none; absent where it does, and where nobody knows which work it is. */
  becomes: string | null;
  /** The folder of that project; absent where it is gone, or holds other work as well. */
  folder: string | null;
  source: RunOutSource;
  /** The session that ended with it. */
  session_id: SessionId | null;
  /** All sessions that met this limit, that one first. */
  sessions: SessionAtLimit[];
  /** Absent where a log does not say whose it is. */
  account_id: AccountId | null;
  /** The account that ran out, or the tool where no account can be told. */
  who: string;
  /** What the tool or the provider said. */
  said: string;
  ran_out_at: Moment;
  /** Absent where nobody said. */
  resets_at: Moment | null;
  /** The time zone that was assumed for `resets_at`: a time of day was told without one. */
  resets_zone: string | null;
  /** The same account can go on. */
  has_reset: boolean;
  tokens: number | null;
  budget: number | null;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  /** Of what its briefing lost, what a person put back, as it was told. */
  wanted: string[];
  /** Why there is no briefing. */
  trouble: string | null;
  /** The account that is proposed; absent where none could go on, and `ranked` says why. */
  to_account_id: AccountId | null;
  /** All accounts, the best first, with reasons. */
  ranked: RankedAccount[];
  /** Why not, in the words of a person. */
  reason: string | null;
  handoff_id: HandoffId | null;
};

/** A line that was not taken over. */
export type DroppedLine = {
  text: string;
  /** As they stood between the brackets. */
  sources: string[];
  why: WhyDropped;
  /** The word, the name or the source that it is about. */
  what: string | null;
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
  /** It counts as running and no process works on it: `executions.resume` takes it up again, and so does the start of the app or of `krake serve`. */
  undriven: boolean;
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

/** A capsule that was made. */
export type ExportedView = {
  /** Where it lies; absent where it waits to be downloaded. */
  path: string | null;
  /** For `capsules.download`; absent where it has a path. */
  download: string | null;
  /** The name of its file. */
  name: string;
  bytes: number;
  capsule: CapsuleView;
};

/** The rung of the recovery ladder that a failure starts on. */
export type FailureClass = "rate_limited" | "timeout" | "unavailable" | "bad_input" | "bad_output" | "too_large" | "no_access" | "not_found" | "target_changed" | "rejected" | "cancelled" | "unknown_outcome" | "limit_reached" | "disk_full" | "internal";

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

/** How the text of a briefing is written. */
export type Form = "markdown" | "json" | "agents-md" | "messages";

/** One step's part of the context. */
export type Found = {
  step: StepId;
  tool: string;
  status: StepStatus;
  output: unknown;
  /** It holds, or rests on, text that others wrote. */
  untrusted: boolean;
};

/** A folder that could become a project. */
export type FoundFolderView = {
  folder: string;
  /** What the project would be called. */
  name: string;
  /** The tools whose sessions were found, such as `claude_code`. */
  tools: string[];
  sessions: number;
  last_session_at: Moment | null;
};

/** Items, and the cursor of the next page where there is one. */
export type FoundFolderViewList = {
  items: FoundFolderView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** A variable that holds a key; never the key. */
export type FoundKeyView = {
  variable: string;
  provider: Provider;
};

/** A value and the words that it was read from. */
export type FoundView = {
  input: string;
  text: string;
};

/** What was found. */
export type FoundView2 = {
  /** Messages that were looked at. */
  messages: number;
  /** Messages there are, while it is under way. */
  messages_in_all: number | null;
  changed_messages: number;
  /** Sessions in which something was changed. */
  sessions: number;
  /** Other rows that were changed. */
  records: number;
  /** Raw parts of files that were looked at. */
  parts: number;
  changed_parts: number;
  /** Secrets that were replaced, by kind. */
  secrets: Record<string, number>;
  /** Those whose words are kept encrypted from now on. */
  kept_secrets: number;
  /** Those whose words were to be kept and could not be, and why. */
  lost_secrets: number;
  lost_because: string | null;
  /** Accounts whose keys could not be had, so that they were not looked for. */
  missing_keys: number;
  left: LeftView;
};

/** A session as it was. Messages are only ever added, so their number and hash say which they were. */
export type FrozenSession = {
  id: SessionId;
  title: string | null;
  messages: number;
  /** Over the messages in order. */
  hash: Hash;
};

/** The state of a work tree. */
export type GitState = {
  /** Null where no branch is checked out. */
  branch: string | null;
  /** Short id of the last commit; null on a repository without commits. */
  commit: string | null;
  /** First line of the last commit's message. */
  subject: string | null;
  /** Paths that differ from the last commit or are untracked. */
  changed: number;
  /** Commits that the upstream lacks; null without an upstream. */
  ahead: number | null;
  /** Commits of the upstream that are lacking here. */
  behind: number | null;
  /** What was begun and not finished: `merge`, `rebase`, `cherry-pick`, `revert`. */
  unfinished: string | null;
};

/** One file that differs. */
export type GitWorkFile = {
  /** Relative to the folder. */
  path: string;
  state: string;
  /** Whether a session of the project edited it. */
  touched: boolean;
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
  /** Tokens of the whole history that the briefing stands for; absent where nobody measured it. */
  history_tokens: number | null;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  credits_used: number | null;
  snapshot_id: SnapshotId | null;
  created_at: Moment;
  claimed_at: Moment | null;
  claimed_by: string | null;
  done_at: Moment | null;
  note: string | null;
  /** The draft that it answers. */
  draft_id: DraftId | null;
  /** What happened before it went into the queue, in order. */
  parts: PartView[];
  /** Secrets in the texts of this call that tokens stand for now, by kind. */
  redactions?: Record<string, number>;
  briefing: Briefing;
};

export type HandoffId = Branded<"HandoffId">;

/** What would happen. */
export type HandoffPlanView = {
  /** The file that gets the briefing between its marks; absent where the project has no folder. */
  file: PlannedFileView | null;
  /** Absent where the folder is part of no work tree. */
  git: GitState | null;
  /** Why there is no state of a work tree. */
  git_trouble: string | null;
  /** Why nothing can be committed now. */
  blocked: string | null;
  /** What differs from the last commit, files that the project's sessions edited first. */
  files: GitWorkFile[];
  /** Files that are not listed. */
  more: number;
  /** Absent where nobody was asked yet. */
  rule: CommitRuleView | null;
  /** The branch that a commit would begin; absent: the one that is checked out. */
  branch: string | null;
  /** What a rule says about branches where a person does not. */
  usual_branch: string;
};

/** Where it stands. */
export type HandoffState = "done" | "preparing" | "pending" | "claimed" | "withdrawn" | "not_sent";

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
  /** Tokens of the whole history that the briefing stands for; absent where nobody measured it. */
  history_tokens: number | null;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  credits_used: number | null;
  snapshot_id: SnapshotId | null;
  created_at: Moment;
  claimed_at: Moment | null;
  claimed_by: string | null;
  done_at: Moment | null;
  note: string | null;
  /** The draft that it answers. */
  draft_id: DraftId | null;
  /** What happened before it went into the queue, in order. */
  parts: PartView[];
  /** Secrets in the texts of this call that tokens stand for now, by kind. */
  redactions?: Record<string, number>;
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

/** The worst that is known. */
export type Health = "healthy" | "used_up" | "out_of_credit" | "no_access" | "unreachable" | "unreadable" | "no_key" | "paused" | "unknown" | "runs_out_early" | "rate_limited" | "ran_out";

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

/** A message that was found. */
export type HitView = {
  /** The session's id and the position: `ses_…#12`. */
  id: string;
  /** Above 1 where the words stand in their order, else the share of the best hit's; where meaning finds as well, 0.7 of that and 0.3 of how near it is. */
  score: number;
  /** None of the words stands there or beside it: it only means the same. */
  by_meaning: boolean;
  /** None of the words stands in it, and one beside it holds them. */
  beside: boolean;
  /** The piece of the message that holds the most of what was looked for, on one line. A call of a tool is told by its name and what it was called with; what was found elsewhere in it follows. */
  snippet: string;
  /** Where it stands in the snippet: first letter and the letter after, counted in characters. */
  marks: number[][];
  session: SessionId;
  /** The session's title. */
  title: string | null;
  /** The project's name. */
  project: string | null;
  /** The folder that the session worked in. */
  folder: string | null;
  position: number;
  role: Role;
  kind: MessageKind;
  tool: string | null;
  at: Moment | null;
};

export type ImportId = Branded<"ImportId">;

/** What came in, and what did not. */
export type ImportView = {
  sessions: ImportedView[];
  /** Files that were read or known to be unchanged. */
  files: number;
  /** Those of them that nothing was new in. */
  unchanged: number;
  new_messages: number;
  /** Lines that could not be read; their bytes are kept. */
  broken_lines: number;
  skipped: SkippedView[];
  /** More that was left out than is named. */
  more_skipped: number;
  /** Secrets that were replaced, by kind. */
  redactions: Record<string, number>;
  /** Those whose words are kept encrypted from now on. */
  kept_secrets: number;
  /** Those whose words were to be kept, and had to be dropped. */
  lost_secrets: number;
  /** Why they had to. */
  lost_because: string | null;
};

/** A session that came in or grew. */
export type ImportedView = {
  id: SessionId;
  source: string;
  title: string | null;
  messages: number;
  new_messages: number;
  started_at: Moment | null;
  ended_at: Moment | null;
  broken_lines: number;
  /** The project that it was in already and stays in, where another one was asked for. `sessions.change` moves it. */
  kept_in: KeptIn | null;
};

/** What the sums are told apart by. */
export type InsightsBy = "day" | "account" | "project" | "model";

/** What briefings saved in a range of days. */
export type InsightsSaved = {
  from: string;
  to: string;
  zone: string;
  /** Handoffs that an account took. */
  handoffs: number;
  /** Handoffs whose history or loss nobody measured: they are in no sum. */
  unmeasured: number;
  /** Handoffs whose briefing is no shorter than the history: they saved nothing and are in no sum. */
  longer: number;
  /** Tokens of all histories, and of the briefings that stood for them. */
  history_tokens: number;
  briefing_tokens: number;
  /** Tokens of the histories less those of the briefings. */
  tokens: number;
  /** These tokens as input, at the list price of the account that took the handoff; absent where none is known. */
  usd: Amount | null;
  /** Handoffs to accounts whose price is not known: the sum is "at least" where there are any. */
  unpriced: number;
  /** These tokens at what a token cost the account in sessions that told their credits; absent where none did. */
  credits: number | null;
  /** Handoffs to accounts that told no credits. */
  uncredited: number;
  /** Tokens of the briefings that were measured as kept, as if they had been typed. */
  minutes: number;
  /** How many tokens a person types in a minute. */
  typed_tokens_per_minute: number;
};

/** What was spent in a range of days. */
export type InsightsUsage = {
  from: string;
  to: string;
  zone: string;
  by: InsightsBy;
  /** Every day in order, or accounts, projects or models, most tokens first. */
  rows: SumView[];
  total: SumView;
  /** Where list prices come from, and of which day they are. */
  prices: string;
};

/** The section that a line belongs to. */
export type ItemKind = "goal" | "last_request" | "constraint" | "decision" | "open_item" | "file" | "command" | "error" | "change" | "statement" | "kept" | "pinned" | "captured" | "shortened" | "session";

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

/** A project by its name. */
export type KeptIn = {
  id: ProjectId;
  name: string;
};

export type KeptSecretId = Branded<"KeptSecretId">;

/** Something that stays, and why. */
export type KeptView = {
  noun: string;
  id: string;
  title: string;
  why: string;
};

export type KnowledgeId = Branded<"KnowledgeId">;

/** One entry with what it replaced. */
export type KnowledgeLine = {
  entry: KnowledgeView;
  /** What stood there before, the newest first. */
  older: KnowledgeView[];
};

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
  /** When a restore took it out of what is current, because it came later. */
  withdrawn_at: Moment | null;
  /** Secrets in the text of this call that tokens stand for now, by kind. */
  redactions?: Record<string, number>;
};

/** Items, and the cursor of the next page where there is one. */
export type KnowledgeViewList = {
  items: KnowledgeView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** What became of the file. */
export type KnowledgeWritten = {
  path: string;
  /** Entries in the block; without any, the block is taken out. */
  entries: number;
  /** Whether the file is another one now. */
  changed: boolean;
};

/** What holds a secret and was not changed. */
export type LeftView = {
  /** Events of the journal, and the first of the executions that they belong to. */
  events: number;
  executions: ExecutionId[];
  /** Large results of steps. */
  results: number;
  /** Logs of steps, by where they lie in the data folder. */
  logs: string[];
  more_logs: number;
  playbooks: string[];
  /** Raw parts and results that could not be looked at. */
  unreadable: number;
  /** The log of the database could not be emptied yet. */
  log: boolean;
};

/** How much a line wants to be read. */
export type Level = "info" | "warn" | "error" | "output";

/** Who said so. */
export type LimitSource = "headers" | "refusal" | "tool_log" | "manual";

/** The stretch of time that a limit holds for. */
export type LimitSpan = "minute" | "five_hours" | "day" | "week" | "month" | "balance";

/** One limit. */
export type LimitView = {
  span: LimitSpan;
  /** `requests`, `tokens`, `percent`, `credits`, `USD`: the provider's own. */
  unit: string;
  limit: Amount | null;
  /** What is left now, as far as is known. */
  remaining: Amount | null;
  /** The used part, from 0 to 1. */
  used: number | null;
  resets_at: Moment | null;
  seen_at: Moment;
  source: LimitSource;
  /** Units an hour. */
  per_hour: number | null;
  /** When nothing is left, if it goes on like this. */
  runs_out_at: Moment | null;
  /** Whether that is before it is filled again. */
  before_reset: boolean;
};

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

/** One look at one limit. */
export type LookView = {
  span: LimitSpan;
  unit: string;
  limit: Amount | null;
  remaining: Amount | null;
  seen_at: Moment;
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

/** A briefing with the sessions that it cites. */
export type MadeBriefing = {
  /** The rendered text, within the budget. */
  text: string;
  /** Tokens of `text` by the offline estimator. */
  tokens: number;
  budget: number;
  items: BriefingItem[];
  coverage: Coverage;
  /** The stored sessions that its lines cite, by their labels. */
  cited?: Cited[];
  /** In the order of their labels. */
  sessions: CitedSession[];
  /** Tokens of everything that was read for it, by the same estimator. */
  history_tokens: number;
};

/** What switching it on would send, to whom, and at what price. Nothing has been sent. */
export type MeaningPreviewView = {
  account_id: AccountId;
  account: string;
  model: string;
  /** Whom the texts go to: scheme, host and port. */
  place: string;
  /** Whether no text leaves this machine. */
  stays_here: boolean;
  messages: number;
  /** Of each message so many letters are sent, from its start. */
  letters: number;
  /** About so many, by the offline estimator. */
  tokens: number;
  /** What it will cost about, in USD; absent: the price is not known. Questions and new messages come on top. */
  usd: Amount | null;
};

/** What it does. */
export type MeaningState = "off" | "making" | "ready" | "paused" | "waiting" | "stuck" | "not_running";

/** How the search by meaning stands. */
export type MeaningView = {
  state: MeaningState;
  /** Absent where it is off. */
  chosen: ChosenMeaning | null;
  /** Messages that are wanted: the newest, at most 100,000. */
  messages: number;
  /** Those that have their numbers. */
  there: number;
  /** Messages without words, and those that the model did not take. */
  passed_over: number;
  /** What is in the way. */
  why: string | null;
  /** When it is tried again. */
  until: Moment | null;
};

/** What a message is. */
export type MessageKind = "text" | "thinking" | "tool_call" | "tool_result" | "meta" | "summary" | "limit";

/** One message. */
export type MessageView = {
  /** What `[#12]` cites. */
  position: number;
  role: Role;
  kind: MessageKind;
  text: string;
  /** The text is longer than what is shown here. */
  cut: boolean;
  /** The tool that it calls or answers. */
  tool: string | null;
  /** What a call was called with that tells it from others, on one line; paths are told from the folder of the session on. */
  gist: string | null;
  call_id: string | null;
  error: boolean;
  at: Moment | null;
  /** Off the line that the user last saw: an abandoned branch or a subagent. */
  sidechain: boolean;
  /** By the offline estimator, of the whole text. */
  tokens: number;
};

/** Messages in order, and the position to go on with. */
export type Messages = {
  items: MessageView[];
  /** Give it back as `cursor`; absent at the end. */
  next: number | null;
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

/** A model with what was measured of it. */
export type ModelRecord = {
  account: AccountId;
  model: string;
  calls: number;
  done: number;
  /** What a call cost on average. */
  usd_a_call: Amount;
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

/** What becomes of the lines of a noun. */
export type NounVerdict = {
  noun: string;
  new: number;
  equal: number;
  /** What is here is the beginning of it, and is extended. */
  grown: number;
  kept_both: number;
};

/** Something to be reached. */
export type Objective = {
  text: string;
  done: boolean;
};

/** How many of the objectives are reached. */
export type ObjectivesReached = {
  done: number;
  total: number;
};

/** What Krake freezes a context before. */
export type Occasion = "handoff" | "restore";

/** Which of OpenAI's two formats is spoken. */
export type OpenAiFormat = "chat" | "responses";

/** The new execution. */
export type Orchestrated = {
  execution_id: ExecutionId;
};

/** Whether there is a plan. */
export type Outcome = "planned" | "unsure";

/** One part of a delivery. */
export type PartView = {
  part: DeliveryPart;
  /** Whether it stands. */
  ok: boolean;
  /** The snapshot, the commit or the path; why not, where it does not stand. */
  said: string;
  at: Moment;
};

/** What one kind of work came to. Nothing is counted in both kinds. */
export type PartView2 = {
  answers: number;
  /** Input that was neither read from a cache nor written into one. */
  input: number;
  cache_read: number;
  cache_write: number;
  output: number;
  /** All of them. */
  tokens: number;
  /** Calls or sessions that do not tell their tokens. */
  untold: number;
  /** Whether there are any: the counts are then "at least". */
  tokens_at_least: boolean;
  /** Of the answers whose price is known; absent where none is. */
  usd: Amount | null;
  /** Answers whose price is not known. */
  unpriced: number;
  /** Whether some price or count is not known: the cost is then "at least". */
  usd_at_least: boolean;
};

/** What a rule covers. */
export type Pattern = {
  kind: "exact";
  target: string;
  folder?: string | null;
} | {
  kind: "folder";
  folder: string;
};

/** The bytes of a piece. */
export type PieceView = {
  /** In base64. */
  data: string;
  /** Where the next piece begins; absent after the last one. */
  next: number | null;
};

/** Whether keys can be kept and had. */
export type PlaceState = "ready" | "locked" | "denied" | "broken" | "missing";

/** How one place stands. */
export type PlaceView = {
  state: PlaceState;
  /** Why it gives nothing. */
  because: string | null;
  /** What can be done about that. */
  next: string | null;
  /** What the system itself said. */
  detail: string | null;
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
  /** A plan file in YAML, as it can be checked, run and given back. */
  text: string;
  planned_by: Author;
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
  /** Inputs that keep their default, although sentences that ask for the plan give them a value. */
  assumed: string[];
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

/** A file between whose marks a briefing goes. */
export type PlannedFileView = {
  path: string;
  name: string;
  /** Whether it is there already; the rest of it stays. */
  exists: boolean;
};

/** Whether a model would be asked. */
export type PlannerState = "ready" | "off" | "none" | "broken";

/** The planner by models, as the environment of the process that plans sets it, else by its accounts. */
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

/** What a person wants. */
export type PolicyChoice = "drop" | "encrypt" | "default";

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

/** Who says so. */
export type PriceSource = "by_hand" | "table" | "own_machine";

/** A price, in USD for a million tokens. */
export type PriceView = {
  /** Absent: every model that has no price of its own. */
  model: string | null;
  input: Amount;
  output: Amount;
  source: PriceSource;
  /** From when on it was said. */
  since: Moment | null;
  /** The day of the table. */
  as_of: string | null;
};

/** A person (window, terminal, owner's token) or a machine (issued token, MCP, webhook, model). Only a person answers approvals. */
export type Principal = {
  kind: "person";
  name: string;
} | {
  kind: "machine";
  name: string;
};

/** A project with what belongs to it. */
export type ProjectDetail = {
  project: ProjectView;
  /** The last ended first; `sessions.list` has them all. */
  sessions: SessionView[];
  /** Absent where the folder is part of no work tree. */
  git: GitState | null;
  /** Why there is no state of a work tree. */
  git_trouble: string | null;
  /** What a person said about commits before a handoff; absent where nobody was asked yet. */
  commit_rule: CommitRuleView | null;
  /** What becomes of the words of secrets that are found in its sessions. */
  secret_policy: SecretPolicy;
  /** Whether that is its own; else it is what holds for all. */
  has_own_secret_policy: boolean;
};

export type ProjectId = Branded<"ProjectId">;

/** What becomes of them in one project. */
export type ProjectPolicyView = {
  project_id: ProjectId;
  project: string;
  policy: SecretPolicy;
};

/** Where a project stands. */
export type ProjectStatus = "planned" | "active" | "paused" | "done";

/** A project in a list. */
export type ProjectView = {
  id: ProjectId;
  name: string;
  description: string;
  status: ProjectStatus;
  folder: string | null;
  objectives: Objective[];
  /** Absent without objectives, because then nobody knows. */
  progress: ObjectivesReached | null;
  pinned: string[];
  created_at: Moment;
  updated_at: Moment;
  sessions: number;
  /** Accounts that worked on it, by their ids. */
  accounts: string[];
  last_session_at: Moment | null;
};

/** Items, and the cursor of the next page where there is one. */
export type ProjectViewList = {
  items: ProjectView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** Who answers, and how it is spoken to. */
export type Provider = "anthropic" | "openai" | "gemini" | "ollama" | "chatgpt_app" | "gemini_app" | "other" | "openai_compatible" | "claude_app";

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

/** When an account ran out, and until when as far as anybody said. */
export type RanOutView = {
  at: Moment;
  /** Absent where nobody said. */
  resets_at: Moment | null;
  /** The time zone that was assumed for `resets_at`: a time of day was told without one. */
  resets_zone: string | null;
  /** When it is taken to work again: at the reset, and a day later where nobody said. */
  until: Moment | null;
  /** What the tool said. */
  said: string;
  /** The session that ended with it. */
  session_id: SessionId | null;
};

/** One account in its place. */
export type RankedAccount = {
  id: AccountId;
  name: string;
  usable: boolean;
  /** What put it there, in the order in which it counted; why it is not used, where it is not. In English, with times in UTC. */
  because: string[];
  /** The same as data, for whoever has a language and a time zone. */
  reasons: Reason[];
};

/** One thing that counted. */
export type Reason = {
  kind: "paused";
} | {
  kind: "not_called";
} | {
  kind: "left_out";
} | {
  kind: "rule";
  says: AccountRuleKind;
  number: number;
} | {
  kind: "budget";
  said: string;
} | {
  kind: "used_up";
  span: LimitSpan;
  resets_at: Moment | null;
} | {
  kind: "ran_out";
  out: RanOutView;
} | {
  kind: "check";
  outcome: CheckOutcome;
} | {
  kind: "left";
  span: LimitSpan;
  part: number;
} | {
  kind: "runs_out_early";
  span: LimitSpan;
} | {
  kind: "no_limit_seen";
} | {
  kind: "best_at";
} | {
  kind: "measured";
  done: number;
  calls: number;
} | {
  kind: "in_flight";
  calls: number;
} | {
  kind: "price";
  usd: Amount | null;
} | {
  kind: "in_plan";
} | {
  kind: "latency";
  ms: number;
};

/** One recommendation. */
export type RecommendationView = {
  /** The same advice about the same things has the same key, whatever its numbers are. */
  key: string;
  advice: Advice;
  /** Names of the accounts in it, by their ids. */
  names: Record<string, string>;
  /** What to do, in a sentence. */
  says: string;
  /** What it rests on. */
  because: string;
  /** It was dismissed. */
  dismissed: boolean;
  /** It sleeps until then. */
  snoozed_until: Moment | null;
};

/** Recommendations, the most pressing first. */
export type Recommendations = {
  items: RecommendationView[];
  /** How many were dismissed or sleep. */
  hidden: number;
};

/** A call that a budget refused. It was not made, and cost nothing. */
export type RefusedCall = {
  id: CallId;
  at: Moment;
  budget_id: BudgetId;
  account_id: AccountId;
  /** The name of the account; absent where it is gone. */
  account: string | null;
  project_id: string | null;
  /** The name of the project. */
  project: string | null;
  /** The execution that it was for. */
  execution_id: string | null;
  /** What it was for: `planner`, `briefing`, `check`. */
  purpose: string;
  /** Absent where nothing was left for any. */
  model: string | null;
  reason: RefusedFor;
  /** The budget as it was then. */
  unit: BudgetUnit;
  cap: Amount;
  /** Spent or reserved then. */
  spent: Amount | null;
  /** What the call could have cost at most; absent where that is not known. */
  wanted: Amount | null;
};

/** Items, and the cursor of the next page where there is one. */
export type RefusedCallList = {
  items: RefusedCall[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** Why a budget refused a call. */
export type RefusedFor = "spent" | "price_unknown";

/** It is gone. */
export type Removed = {
  removed: string;
};

/** What was repeated. */
export type Repeated = "request" | "commands";

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

/** What is done, in this order. */
export type RescanStage = "messages" | "ended" | "records" | "parts" | "journal" | "index" | "file";

/** What is done about it. */
export type RescanState = "working" | "done" | "never" | "waiting" | "stopped";

/** How it stands. */
export type RescanView = {
  state: RescanState;
  /** What is done now, or where it stands still; absent where none was begun. */
  stage: RescanStage | null;
  begun_at: Moment | null;
  ended_at: Moment | null;
  /** Why it stands still. */
  trouble: string | null;
  /** The rules of today find more than those by which some of what is stored was looked through. */
  rules_are_newer: boolean;
  /** Keys of accounts that were added after all was looked through. */
  keys_since: number;
  /** What the last one found; absent where none was begun. */
  found: FoundView2 | null;
  /** Backups from before it, which still hold what it replaced. */
  older_backups: string[];
  /** The same for copies of the database in the data folder. */
  older_copies: string[];
};

/** What a restore did. */
export type RestoredView = {
  /** Entries that were gone and are back. */
  added: number;
  /** Entries that are current, superseded or withdrawn again as they were. */
  changed: number;
  /** Entries that came later and count no more; the state before brings them back. */
  withdrawn: number;
  /** The state before, to take the restore back. */
  before: SnapshotId;
  /** Sessions that do not hold any more what was frozen; an import brings them back. */
  missing_sessions: FrozenSession[];
};

/** What happens to what a rule speaks of. */
export type Retention = "always_keep" | "never_keep";

/** A secret as it was. */
export type RevealedView = {
  secret: SecretView;
  words: string;
};

/** The version that holds now. */
export type Revised = {
  execution_id: ExecutionId;
  version: number;
};

/** Who speaks. */
export type Role = "user" | "assistant" | "tool" | "system";

/** The rules by which accounts are chosen, first to last. */
export type Routing = {
  rules: AccountRule[];
};

export type RuleId = Branded<"RuleId">;

/** Where it was seen. */
export type RunOutSource = "tool_log" | "refusal" | "credit";

/** How far a yes reaches. */
export type Scope = "execution" | "always" | "always_under";

/** What was found, best first. */
export type SearchView = {
  hits: HitView[];
  /** Sessions whose titles hold the words; on the first page, and where no filter chooses. */
  sessions: TitleView[];
  /** Knowledge entries that hold all of the words; as `sessions`. */
  knowledge: KnowledgeView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
  /** Whether meaning found as well; absent where it is off, or was not asked. */
  meaning: SearchedMeaning | null;
};

/** What the search by meaning did for a query. */
export type SearchedMeaning = {
  used: boolean;
  /** Why words found alone. */
  why: string | null;
};

/** Kept secrets, the last found first. */
export type SecretPage = {
  items: SecretView[];
  /** Give it back as `after`; absent at the end. */
  next: KeptSecretId | null;
};

/** What becomes of the words of a secret when a token takes their place. */
export type SecretPolicy = "drop" | "encrypt";

/** What becomes of the words of secrets. */
export type SecretPolicyView = {
  /** For all projects that have none of their own. */
  policy: SecretPolicy;
  /** Projects that have their own, by name. */
  projects: ProjectPolicyView[];
  /** How many are kept. */
  kept: number;
  /** Where the key that opens them rests, or would rest. */
  place: VaultPlace;
  /** Why none can be kept now although they should be: such secrets are dropped. */
  because: string | null;
  /** How many this call has forgotten. */
  forgotten: number;
  /** A key that opens nothing any more could not be taken out of the vault yet; it is tried again. */
  key_left: boolean;
};

/** A kept secret without its words. */
export type SecretView = {
  id: KeptSecretId;
  kind: string;
  /** What stands in its place. Two secrets may share one: they are told apart by where they were found. */
  token: string;
  /** The session that it was first found in; absent where it stood in no message. */
  session_id: SessionId | null;
  session_title: string | null;
  found_at: Moment;
};

/** A handoff that waits for somebody, with names for people. */
export type SentHandoff = {
  id: HandoffId;
  state: HandoffState;
  project_id: string | null;
  folder: string | null;
  from_account_id: string | null;
  to_account_id: string | null;
  goal: string | null;
  tokens: number;
  budget: number;
  /** Tokens of the whole history that the briefing stands for; absent where nobody measured it. */
  history_tokens: number | null;
  /** Share of what must not be lost that the briefing holds, 0 to 1. */
  score: number | null;
  credits_used: number | null;
  snapshot_id: SnapshotId | null;
  created_at: Moment;
  claimed_at: Moment | null;
  claimed_by: string | null;
  done_at: Moment | null;
  note: string | null;
  /** The draft that it answers. */
  draft_id: DraftId | null;
  /** What happened before it went into the queue, in order. */
  parts: PartView[];
  /** Secrets in the texts of this call that tokens stand for now, by kind. */
  redactions?: Record<string, number>;
  /** The name of the project. */
  project: string | null;
  /** The name of the account that it is meant for. */
  to: string | null;
};

/** A session that met the limit. */
export type SessionAtLimit = {
  id: SessionId;
  title: string | null;
};

export type SessionId = Branded<"SessionId">;

/** One session. */
export type SessionView = {
  id: SessionId;
  project_id: ProjectId | null;
  account_id: string | null;
  /** The tool or format that it was read from; `krake` where it was recorded here. */
  source: string;
  session_type: string;
  title: string | null;
  objectives: Objective[];
  started_at: Moment | null;
  ended_at: Moment | null;
  credits_used: number | null;
  usage: Usage2;
  model: string | null;
  messages: number;
  /** The last thing that happened: its account ran out. */
  limited: boolean;
  /** Lines that could not be read; their bytes are kept. */
  broken_lines: number;
  /** Secrets that were replaced, by kind. */
  redactions: Record<string, number>;
  cwd: string | null;
  git_branch: string | null;
  git_commit: string | null;
  /** The session that it was forked from, by its id in its own tool. */
  forked_from: string | null;
  /** Its id in its own tool. */
  native_id: string;
  path: string;
};

/** Items, and the cursor of the next page where there is one. */
export type SessionViewList = {
  items: SessionView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** Something that was left out. */
export type SkippedView = {
  path: string;
  why: string;
};

/** A snapshot with the sessions that it holds. */
export type SnapshotDetail = {
  id: SnapshotId;
  /** What a person called it; before a restore, what is restored is called. */
  name: string;
  /** Why Krake froze it by itself; absent: a person did. */
  occasion: Occasion | null;
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
  /** What a person called it; before a restore, what is restored is called. */
  name: string;
  /** Why Krake froze it by itself; absent: a person did. */
  occasion: Occasion | null;
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
export type SourceKind = "message" | "commit" | "file" | "project";

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
  /** Threads of the inbox that wait for a person and do not sleep: questions, what a limit of a plan stopped, and accounts that ran out. */
  waiting: number;
  /** Executions by status; a status that none has is absent. */
  executions: Record<string, number>;
  /** Sessions that were imported. */
  sessions: number;
  /** Projects that are active, and all. */
  projects: number;
  all_projects: number;
  /** Accounts, and those that can work now. */
  accounts: number;
  accounts_usable: number;
  /** What is left of balances, each unit for itself; empty where nobody saw any. */
  credits: CreditsView[];
  today: TodayView;
  /** Knowledge entries; only those that are current are counted. */
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
  /** Other calls, tried in this order when the one before has failed for good. */
  alternatives: AlternativeLook[];
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

/** A store of another tool. */
export type StoreView = {
  path: string;
  /** The format's word. */
  format: string;
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

/** One group. */
export type SumView = {
  /** The day, or the account, project or model; absent: it is not known. */
  key: string | null;
  /** Its name for people. */
  label: string | null;
  /** Calls that Krake made, at what they cost. */
  calls: PartView2;
  /** Answers in sessions of other tools, at list prices: a subscription costs what it costs. */
  sessions: PartView2;
  /** Both together. */
  both: PartView2;
  /** As somebody told for sessions, each account in its own unit; absent where nobody told any. */
  credits: number | null;
};

/** What became of the file. */
export type TakenOut = {
  /** Whether its briefing stood there, and is gone now. */
  changed: boolean;
};

export type ThreadId = Branded<"ThreadId">;

/** What a thread is about. */
export type ThreadKind = "approval" | "unknown_outcome" | "question" | "failed_step" | "failed" | "stopped" | "ran_out" | "handoff";

/** Where a thread stands. */
export type ThreadState = "open" | "snoozed" | "done";

/** One thread. */
export type ThreadView = {
  /** The id of the approval, the execution, the draft or the handoff that it is about. */
  id: ThreadId;
  kind: ThreadKind;
  /** Something stands still until a person says how to go on. Else it is done once it was looked at. */
  needs_answer: boolean;
  /** It waits for a person, asleep or not: what needs an answer, and a drafted handoff of an account that is still out. `stats.waiting` counts those that do not sleep. */
  waits: boolean;
  /** When it was asked, ended, stopped, ran out or was sent. */
  since: Moment;
  /** Absent where it does not sleep, or not any more. */
  snoozed_until: Moment | null;
  done_at: Moment | null;
  /** What is asked. */
  approval: ApprovalView | null;
  /** What asks, failed or was stopped. */
  execution: ExecutionSummary | null;
  /** The handoff that is drafted because an account ran out. */
  draft: DraftView | null;
  /** The handoff that nobody has claimed yet. */
  handoff: SentHandoff | null;
};

/** Items, and the cursor of the next page where there is one. */
export type ThreadViewList = {
  items: ThreadView[];
  /** Give it back as `cursor`; absent at the end. */
  next: string | null;
};

/** A session whose title was found. */
export type TitleView = {
  session: SessionId;
  title: string;
  /** The project's name. */
  project: string | null;
  /** The folder that the session worked in. */
  folder: string | null;
  ended_at: Moment | null;
};

/** What Krake's own calls cost since midnight, UTC. */
export type TodayView = {
  calls: number;
  /** Of the calls whose cost is known. */
  usd: Amount;
  /** Whether the cost of some call is not known. */
  at_least: boolean;
  /** The tightest daily budget in USD that counts every call. */
  cap: Amount | null;
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

/** What an undo did. */
export type UndoneView = {
  id: ImportId;
  /** By noun. */
  removed: Record<string, number>;
  /** What was extended and is as it was, by noun. */
  shortened: Record<string, number>;
  kept: KeptView[];
};

/** How far an upload is. */
export type UploadView = {
  /** Bytes that arrived. */
  received: number;
  /** What came in; absent before the last piece. */
  imported: ImportView | null;
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

/** Tokens, as the tool reported them. */
export type Usage2 = {
  /** Input without what was read from a cache. */
  input: number;
  output: number;
  cache_read: number;
  cache_write: number;
  reasoning: number;
};

/** What an account was used for in a stretch of time. */
export type UseView = {
  calls: number;
  done: number;
  failed: number;
  /** Of the calls whose cost is known. */
  usd: Amount;
  /** Calls whose cost is not known. */
  unpriced: number;
  input: number;
  cache_read: number;
  cache_write: number;
  output: number;
};

/** Where a secret is kept. */
export type VaultPlace = "keychain" | "file";

/** How both places stand. */
export type VaultView = {
  /** Where a new key goes. */
  place: VaultPlace;
  keychain: PlaceView;
  file: PlaceView;
  /** Keys that lie in the environment of this process and could be kept. */
  found: FoundKeyView[];
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

/** The watcher of other tools' stores. */
export type WatchedView = {
  /** It runs in the process that answers. */
  is_running: boolean;
  /** The first look at everything goes on. */
  is_scanning: boolean;
  stores: StoreView[];
  /** Files that belong to a project. */
  files: number;
  /** Since the process began. */
  new_messages: number;
  /** Why changes are only seen every now and then. */
  trouble: string | null;
};

/** Why a line was not taken over. */
export type WhyDropped = "no_source" | "unknown_source" | "not_in_source" | "turned_round" | "other_words" | "no_room";

export type WorkspaceId = Branded<"WorkspaceId">;

/** An account with its model. */
export type Writer = {
  id: AccountId;
  name: string;
  provider: string;
  model: string;
  /** Whom the request goes to: scheme, host and port. */
  place: string;
};

/** A briefing after a model was asked. */
export type WrittenBriefing = {
  /** The rendered text, within the budget. */
  text: string;
  /** Tokens of `text` by the offline estimator. */
  tokens: number;
  budget: number;
  items: BriefingItem[];
  coverage: Coverage;
  /** The stored sessions that its lines cite, by their labels. */
  cited?: Cited[];
  /** In the order of their labels. */
  sessions: CitedSession[];
  /** Tokens of everything that was read for it, by the same estimator. */
  history_tokens: number;
  /** Who wrote; absent: nobody did, and the briefing is the one made without a model. */
  model: WrittenBy | null;
  /** Why nobody wrote. */
  fault: string | null;
};

/** What a model wrote, and what became of it. */
export type WrittenBy = {
  account: Writer;
  usage: Usage;
  usd: Amount | null;
  /** Who was asked before and gave no answer. */
  tried: string[];
  /** Lines that the model wrote. */
  written: number;
  /** Lines of it that are grounded and found room; they stand in the briefing where it is `used`. */
  kept: number;
  /** The others, in the model's order. */
  dropped: DroppedLine[];
  /** What the briefing with the model's lines scores, 0 to 1. */
  score: number;
  /** What the one made without a model scores. */
  offline_score: number;
  /** Whether the model's lines are in the briefing: with a lower score they are not. */
  used: boolean;
  /** The answer as it came. `handoffs.create` and `briefings.save` take it and hold it against the sources again. */
  answer: string;
};

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
    /** Sent by older clients and not used: the plan's inputs say what it works on. */
    project_name?: string | null;
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
  /** The inbox: what waits for a person, what ended badly, what was drafted, what waits for others */
  "threads.list": { input: {
    /** Open and snoozed ones when absent. */
    state?: ThreadState | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: ThreadViewList };
  /** One thread of the inbox */
  "threads.show": { input: {
    id: ThreadId;
  }; output: ThreadView };
  /** Looked at: for what needs no answer */
  "threads.done": { input: {
    ids: ThreadId[];
  }; output: ThreadViewList };
  /** Not before a moment; what expires does so all the same */
  "threads.snooze": { input: {
    ids: ThreadId[];
    /** RFC 3339, with any offset; at most a year from now. */
    until: string;
  }; output: ThreadViewList };
  /** Back among what is open: takes done and snooze back */
  "threads.wake": { input: {
    ids: ThreadId[];
  }; output: ThreadViewList };
  /** A handoff that was drafted because an account ran out, with its briefing */
  "drafts.show": { input: {
    id: DraftId;
  }; output: DraftDetail };
  /** Freeze, commit where that is allowed, write the file, and put it into the queue */
  "drafts.hand_over": { input: {
    id: DraftId;
    /** The account that goes on; absent: the one that is proposed. */
    to_account_id?: string | null;
    /** Put the briefing between its marks into the file that the receiver reads; true when absent. */
    write_file?: boolean | null;
    /** As the project's rule says when absent. */
    commit?: CommitChoice;
    /** Files for the commit, relative to the project's folder; absent: those that its sessions edited. */
    commit_paths?: string[] | null;
    /** The branch of the commit; absent: as the project's rule says; empty: the one that is checked out. */
    commit_branch?: string | null;
  }; output: HandoffDetail };
  /** Make a project of the folder that the drafted work was done in */
  "drafts.make_project": { input: {
    id: DraftId;
    /** No other project has it; absent: the name of the folder. */
    name?: string | null;
  }; output: DraftView };
  /** Put back what a draft's briefing lost; it stays with the draft */
  "drafts.want": { input: {
    id: DraftId;
    /** As in `briefings.make`, in place of what was wanted before. */
    wanted: string[];
  }; output: DraftView };
  /** Put a draft away, with a reason */
  "drafts.reject": { input: {
    id: DraftId;
    /** Why not. */
    reason: string;
  }; output: DraftView };
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
    /** Without entries that were superseded or withdrawn; with them when absent. */
    current?: boolean | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
  }; output: KnowledgeViewList };
  /** Knowledge entries that hold these words */
  "knowledge.search": { input: {
    query: string;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: KnowledgeViewList };
  /** Categories in use, with how many entries each has */
  "knowledge.categories": { input: Record<string, never>; output: Categories };
  /** One entry with what it replaced */
  "knowledge.show": { input: {
    id: KnowledgeId;
  }; output: KnowledgeLine };
  /** A correction in place of an entry, which stays readable */
  "knowledge.supersede": { input: {
    id: KnowledgeId;
    category?: string | null;
    title?: string | null;
    text?: string | null;
    sources?: string[] | null;
  }; output: KnowledgeView };
  /** Put what was learned between its marks in a file such as AGENTS.md */
  "knowledge.write": { input: {
    /** An absolute path, or one from the home folder (`~/…`). */
    path: string;
    /** Only entries of this category; all when absent. */
    category?: string | null;
  }; output: KnowledgeWritten };
  /** Keep a new entry */
  "knowledge.add": { input: {
    /** `pattern`, `solution`, `practice`, or a word of your own. */
    category?: string;
    title: string;
    text: string;
    sources?: string[];
  }; output: KnowledgeView };
  /** Messages, sessions and knowledge by words, phrases and filters */
  search: { input: {
    /** Words, `"phrases"`, `-unwanted`, a beginning such as `brief*`, and the filters `project:`, `account:`, `session:`, `role:`, `tool:`, `after:` and `before:`. */
    query: string;
    /** At most 100; 20 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
    /** By words alone, also where a model is chosen for the search by meaning. */
    words_only?: boolean | null;
  }; output: SearchView };
  /** Projects, those last worked on first */
  "projects.list": { input: {
    status?: ProjectStatus | null;
    /** At most 500; all when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
  }; output: ProjectViewList };
  /** Folders that AI tools on this machine worked in and that no project holds */
  "projects.found": { input: Record<string, never>; output: FoundFolderViewList };
  /** One project with its sessions, accounts and the state of its folder */
  "projects.show": { input: {
    /** Its id or its name. */
    id: string;
  }; output: ProjectDetail };
  /** Begin a project */
  "projects.add": { input: {
    /** No other project has it; absent: the name of its folder. */
    name?: string | null;
    description?: string;
    /** `active` when absent. */
    status?: ProjectStatus;
    /** A folder that is there; `~` is the home folder. Sessions of AI tools that worked in it become the project's. */
    folder?: string | null;
    /** Objectives: one text a line, or a list of texts or of `{text, done}`. */
    objectives?: string | (string | {
      text: string;
      done?: boolean;
    })[];
    /** Paths that every briefing is to mention. */
    pinned?: string[];
  }; output: ProjectView };
  /** Change what is named of a project */
  "projects.change": { input: {
    /** Its id or its name. */
    id: string;
    name?: string | null;
    description?: string | null;
    status?: ProjectStatus | null;
    /** Empty: none. */
    folder?: string | null;
    objectives?: string | (string | {
      text: string;
      done?: boolean;
    })[] | null;
    pinned?: string[] | null;
  }; output: ProjectView };
  /** The branches of its repository, the last committed to first */
  "projects.branches": { input: {
    /** Its id or its name. */
    id: string;
  }; output: Branches };
  /** Check out another branch, where nothing would be lost */
  "projects.switch": { input: {
    /** A project's id or name. */
    id: string;
    branch: string;
  }; output: GitState };
  /** Whether its work is committed before it is handed over: never, ask or always */
  "projects.set_commit_rule": { input: {
    /** Its id or its name. */
    id: string;
    when: CommitWhen;
    /** With `{date}`, `{time}` and `{account}`; empty: the branch that is checked out; absent: as it was, or `krake/handoff-{date}-{time}`. */
    branch?: string | null;
  }; output: CommitRuleView };
  /** Forget a project; its sessions stay */
  "projects.remove": { input: {
    /** Its id or its name. */
    id: string;
  }; output: Removed };
  /** Sessions of a project or an account, the last ended first */
  "sessions.list": { input: {
    /** A project's id or name. */
    project_id?: string | null;
    account_id?: string | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
  }; output: SessionViewList };
  /** One session */
  "sessions.show": { input: {
    id: SessionId;
  }; output: SessionView };
  /** Messages of a session in order, by position */
  "sessions.messages": { input: {
    /** A session, or a message of it: `ses_…` or `ses_…#12`. */
    id: string;
    /** `next` of the page before, or the position to begin with. Absent: from 0, or a few messages before the one that is named. */
    cursor?: number | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** Long texts as a whole; a page of at most 20 messages then. */
    whole?: boolean;
  }; output: Messages };
  /** Record that a session begins */
  "sessions.start": { input: {
    /** A project's id or name. */
    project_id?: string | null;
    account_id?: string | null;
    /** A word of your own; `work` when absent. */
    session_type?: string | null;
    /** Objectives: one text a line, or a list of texts or of `{text, done}`. */
    objectives?: string | (string | {
      text: string;
      done?: boolean;
    })[];
    title?: string | null;
  }; output: SessionView };
  /** End a session, or change what is named of it */
  "sessions.change": { input: {
    id: SessionId;
    /** RFC 3339. */
    ended_at?: string | null;
    /** It ends now. */
    end?: boolean;
    /** In the unit of its account. */
    credits_used?: number | null;
    objectives?: string | (string | {
      text: string;
      done?: boolean;
    })[] | null;
    account_id?: string | null;
    /** A project's id or name. */
    project_id?: string | null;
    title?: string | null;
  }; output: SessionView };
  /** Import a file, an archive or a folder of this machine */
  "imports.path": { input: {
    /** Absolute, or with `~` for the home folder. */
    path: string;
    /** The project that all of it goes to, by id or name; without one the folders decide. What is in another project stays there. */
    project_id?: string | null;
    account_id?: string | null;
    /** `auto` when absent; else `claude_code`, `codex`, `gemini_cli`, `goose`, `chatgpt`, `claude_ai`, `cursor`, `messages`, `neutral` or `markdown`. */
    format?: string | null;
  }; output: ImportView };
  /** Import a file that is sent in pieces */
  "imports.upload": { input: {
    /** The same for all pieces of one file: 8 to 64 letters, digits and hyphens. */
    upload: string;
    /** The file's own name. */
    name: string;
    /** Where this piece begins; pieces come in order. */
    offset: number;
    /** The bytes, in base64. */
    data: string;
    /** It is the last piece: the file is imported. */
    last?: boolean;
    /** The project that all of it goes to, by id or name; without one the folders decide. What is in another project stays there. */
    project_id?: string | null;
    account_id?: string | null;
    /** `auto` when absent. */
    format?: string | null;
  }; output: UploadView };
  /** Which stores of other tools are followed */
  "imports.watched": { input: Record<string, never>; output: WatchedView };
  /** Keep a piece of text in a project */
  capture: { input: {
    /** By id or name. */
    project_id: string;
    text: string;
    title?: string | null;
    account_id?: string | null;
    /** Where it comes from: an address, a program. */
    origin?: string | null;
  }; output: ImportView };
  /** All accounts with their limits, by name */
  "accounts.list": { input: {
    /** Words in the name, the e-mail, the provider, the specialization or the tags. */
    text?: string | null;
    /** At most 500; all when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
  }; output: AccountViewList };
  /** Add an account; its key goes into the vault */
  "accounts.add": { input: {
    name?: string | null;
    account_name?: string | null;
    email?: string | null;
    account_email?: string | null;
    /** `anthropic`, `openai`, `gemini`, `openai_compatible`, `ollama`, `claude_app`, `chatgpt_app`, `gemini_app` or `other`. */
    provider?: string | null;
    platform?: string | null;
    /** What was bought, for example `Pro`. */
    plan?: string | null;
    /** What it is best at. */
    specialization?: string | null;
    tags?: string[];
    /** Another place than the provider's own. */
    base_url?: string | null;
    model?: string | null;
    /** Which of OpenAI's formats is spoken: `responses` at OpenAI and `chat` elsewhere, when absent. */
    format?: OpenAiFormat | null;
    /** The key. It goes into the vault and comes back in no answer. */
    key?: string | null;
  }; output: AccountView };
  /** Which account would be asked, and why */
  "accounts.choose": { input: {
    /** `planner`, `handoff`, or another word. */
    purpose?: string | null;
    /** Words about the work, for example `code`. */
    words?: string | null;
    /** Only accounts that Krake can call by itself. */
    called?: boolean | null;
    /** Not this one. */
    without?: AccountId | null;
  }; output: AccountChoice };
  /** The rules by which accounts are chosen */
  "accounts.rules": { input: Record<string, never>; output: Routing };
  /** Put other rules in place of them */
  "accounts.set_rules": { input: {
    rules: AccountRule[];
  }; output: Routing };
  /** Try to reach every account that Krake can call */
  "accounts.test_all": { input: Record<string, never>; output: AccountsTested };
  /** One account */
  "accounts.show": { input: {
    id: AccountId;
  }; output: AccountView };
  /** Change an account or its key */
  "accounts.change": { input: {
    id: AccountId;
    name?: string | null;
    email?: string | null;
    plan?: string | null;
    specialization?: string | null;
    tags?: string[] | null;
    status?: AccountStatus | null;
    base_url?: string | null;
    model?: string | null;
    format?: OpenAiFormat | null;
    /** Another key in place of the one that is kept. */
    key?: string | null;
  }; output: AccountView };
  /** Remove an account and its key */
  "accounts.remove": { input: {
    id: AccountId;
  }; output: AccountRemoved };
  /** Try to reach it */
  "accounts.test": { input: {
    id: AccountId;
  }; output: AccountView };
  /** Say that an account that ran out works again */
  "accounts.works_again": { input: {
    id: AccountId;
  }; output: AccountView };
  /** Say what its models cost, where no table knows */
  "accounts.set_price": { input: {
    id: AccountId;
    /** The model as its server calls it; absent: every model that has no price of its own. */
    model?: string | null;
    /** What is read, from a cache or not. */
    input: Amount;
    /** What is written. */
    output: Amount;
  }; output: AccountView };
  /** Forget what was said of a price */
  "accounts.forget_price": { input: {
    id: AccountId;
    /** Absent: the price of every model that has none of its own. */
    model?: string | null;
  }; output: AccountView };
  /** What it was used for, and every look at its limits */
  "accounts.usage": { input: {
    id: AccountId;
  }; output: AccountUsage };
  /** Write down what a person read about a limit */
  "accounts.note_limit": { input: {
    id: AccountId;
    /** `minute`, `five_hours`, `day`, `week`, `month` or `balance`. */
    span: LimitSpan;
    /** The provider's own: `percent`, `messages`, `credits`, `USD`. */
    unit: string;
    limit?: Amount | null;
    remaining: Amount;
    /** RFC 3339. */
    resets_at?: string | null;
  }; output: AccountView };
  /** Budgets, and how far they are spent */
  "budgets.list": { input: Record<string, never>; output: Budgets };
  /** Set a budget */
  "budgets.add": { input: {
    /** What it counts; everything when absent. */
    over?: BudgetOver | null;
    /** `day`, `month` or `always`. */
    period: BudgetPeriod;
    /** `usd` or `tokens`. */
    unit: BudgetUnit;
    cap: Amount;
  }; output: BudgetView };
  /** Change what a budget says */
  "budgets.change": { input: {
    id: BudgetId;
    over?: BudgetOver | null;
    period?: BudgetPeriod | null;
    unit?: BudgetUnit | null;
    cap?: Amount | null;
  }; output: BudgetView };
  /** The newest calls that budgets refused */
  "budgets.refused": { input: {
    /** Those that this budget refused. */
    budget_id?: BudgetId | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: RefusedCallList };
  /** Take a budget away */
  "budgets.remove": { input: {
    id: BudgetId;
  }; output: BudgetView };
  /** Where keys rest, and whether they can be had */
  "vault.show": { input: Record<string, never>; output: VaultView };
  /** Make the encrypted vault, where no keychain runs */
  "vault.create": { input: {
    /** At least eight letters where it is new. Whoever forgets it adds the keys anew. */
    passphrase: string;
  }; output: VaultView };
  /** Open the encrypted vault until this process ends */
  "vault.unlock": { input: {
    /** At least eight letters where it is new. Whoever forgets it adds the keys anew. */
    passphrase: string;
  }; output: VaultView };
  /** Whether the words of secrets that are found are dropped or kept encrypted */
  "secrets.policy": { input: Record<string, never>; output: SecretPolicyView };
  /** Drop them from now on or keep them encrypted, for all or for one project */
  "secrets.set_policy": { input: {
    policy: PolicyChoice;
    /** A project's id or name; absent: all that have no policy of their own. */
    project_id?: string | null;
    /** With `drop` for all: also forget what is kept. */
    forget?: boolean;
  }; output: SecretPolicyView };
  /** When what is stored was looked through once more for secrets, and what that came to */
  "secrets.rescanned": { input: Record<string, never>; output: RescanView };
  /** Look through all that is stored once more, with the rules and the keys that are known today */
  "secrets.rescan": { input: Record<string, never>; output: RescanView };
  /** Secrets that are kept, without their words */
  "secrets.list": { input: {
    /** Only those that this token stands for, such as `[secret:openai_key:1a2b]`. */
    token?: string | null;
    /** Those found before this one. */
    after?: KeptSecretId | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
  }; output: SecretPage };
  /** Forget kept secrets for good */
  "secrets.forget": { input: {
    /** These; at most 500. */
    ids?: KeptSecretId[] | null;
    /** All of them. */
    all?: boolean;
  }; output: SecretPolicyView };
  /** Show one kept secret to a person; the journal says so */
  "secrets.reveal": { input: {
    id: KeptSecretId;
  }; output: RevealedView };
  /** A briefing of a project, of sessions, of a folder or of a given context, measured */
  "briefings.make": { input: {
    /** A project's id or name: its stored sessions. */
    project_id?: string | null;
    /** Stored sessions of this folder and below. */
    folder?: string | null;
    /** Stored sessions. */
    sessions?: SessionId[] | null;
    /** A transcript in any known format, a plain text, or messages as `{role, content}`. */
    context?: unknown;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** Put back what scores as lost; true when absent. */
    repair?: boolean | null;
    /** Texts of `coverage.loss.lost` of an earlier answer: put in before all else, as far as they fit. */
    wanted?: string[];
    /** What a model answered for this briefing (`briefings.write`); each of its lines is held against its sources, and nobody is asked again. */
    answer?: string | null;
    form?: Form;
  }; output: MadeBriefing };
  /** What would be sent to whom, and at what price, for a briefing with a model's prose */
  "briefings.preview": { input: {
    /** A project's id or name: its stored sessions. */
    project_id?: string | null;
    /** Stored sessions of this folder and below. */
    folder?: string | null;
    /** Stored sessions. */
    sessions?: SessionId[] | null;
    /** A transcript in any known format, a plain text, or messages as `{role, content}`. */
    context?: unknown;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** As in `briefings.make`. */
    wanted?: string[];
    form?: Form;
    /** An account's id or name, or `auto`: the one that comes first by your rules. */
    with: string;
  }; output: BriefingPreview };
  /** A briefing with prose by an account's model, each line held against its sources */
  "briefings.write": { input: {
    /** A project's id or name: its stored sessions. */
    project_id?: string | null;
    /** Stored sessions of this folder and below. */
    folder?: string | null;
    /** Stored sessions. */
    sessions?: SessionId[] | null;
    /** A transcript in any known format, a plain text, or messages as `{role, content}`. */
    context?: unknown;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** As in `briefings.make`. */
    wanted?: string[];
    form?: Form;
    /** An account's id or name, or `auto`: the one that comes first by your rules. */
    with: string;
  }; output: WrittenBriefing };
  /** Put a briefing between its marks in a file such as AGENTS.md */
  "briefings.save": { input: {
    /** A project's id or name: its stored sessions. */
    project_id?: string | null;
    /** Stored sessions. */
    sessions?: SessionId[] | null;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** What a model answered for this briefing; each of its lines is held against its sources. */
    answer?: string | null;
    /** As in `briefings.make`. */
    wanted?: string[];
    /** A file of its own in this form, where none lies yet; absent: between its marks. */
    form?: Form | null;
    /** An absolute path, or one from the home folder (`~/…`), such as that of an `AGENTS.md`. */
    path: string;
  }; output: BriefingSaved };
  /** The queue of handoffs, newest first */
  "handoffs.list": { input: {
    state?: HandoffState | null;
    /** Those of this project, by its id or its name. */
    project_id?: string | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
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
    /** What a model answered for this briefing (`briefings.write`); each of its lines is held against its sources. */
    answer?: string | null;
    /** As in `briefings.make`. */
    wanted?: string[];
  }; output: HandoffDetail };
  /** What a handoff of a project would do: the file that changes, what could be committed */
  "handoffs.plan": { input: {
    /** A project's id or name. */
    project_id: string;
    /** The account that would go on. */
    to_account_id?: string | null;
  }; output: HandoffPlanView };
  /** Freeze, commit where that is allowed, write the file, and put it into the queue */
  "handoffs.send": { input: {
    /** A project's id or name. */
    project_id: string;
    from_account_id?: string | null;
    to_account_id?: string | null;
    /** What the next account is to do. */
    goal?: string | null;
    /** Tokens; 4,000 when absent. */
    budget?: number | null;
    /** What a model answered for this briefing (`briefings.write`); each of its lines is held against its sources. */
    answer?: string | null;
    /** As in `briefings.make`. */
    wanted?: string[];
    /** The draft that it answers. */
    draft_id?: DraftId | null;
    /** Put the briefing between its marks into the file that the receiver reads; false when absent. */
    write_file?: boolean | null;
    /** As the project's rule says when absent. */
    commit?: CommitChoice;
    /** Files for the commit, relative to the project's folder; absent: those that its sessions edited. */
    commit_paths?: string[] | null;
    /** The branch of the commit; absent: as the project's rule says; empty: the one that is checked out. */
    commit_branch?: string | null;
  }; output: HandoffDetail };
  /** Take back what nobody has claimed, out of the file as well; a commit stays */
  "handoffs.withdraw": { input: {
    id: HandoffId;
  }; output: HandoffView };
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
  /** Take its briefing out of the file that it was written into, where it still stands there */
  "handoffs.take_out": { input: {
    id: HandoffId;
  }; output: TakenOut };
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
    /** Those of this project, by its id or its name. */
    project_id?: string | null;
    /** At most 500; 50 when absent. */
    limit?: number | null;
    /** `next` of the page before. */
    cursor?: string | null;
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
  /** How the search by meaning stands */
  "meaning.show": { input: Record<string, never>; output: MeaningView };
  /** What switching the search by meaning on would send, to whom, and at what price */
  "meaning.preview": { input: {
    /** An account's id or name. Accounts at Anthropic and those of apps have no such call. */
    account: string;
    /** The provider's name for a model that turns texts into numbers; the usual one when absent. */
    model?: string | null;
  }; output: MeaningPreviewView };
  /** Find by meaning with this account's model: it is asked what each message means */
  "meaning.set": { input: {
    /** An account's id or name. Accounts at Anthropic and those of apps have no such call. */
    account: string;
    /** The provider's name for a model that turns texts into numbers; the usual one when absent. */
    model?: string | null;
  }; output: MeaningView };
  /** Find by words alone, and drop what the model gave */
  "meaning.off": { input: Record<string, never>; output: MeaningView };
  /** Ask the model about no further messages for now */
  "meaning.pause": { input: Record<string, never>; output: MeaningView };
  /** Go on after a pause or after what was in the way */
  "meaning.resume": { input: Record<string, never>; output: MeaningView };
  /** Tokens, credits and cost by day, account, project or model */
  "insights.usage": { input: {
    /** The first day, such as 2026-11-01; 29 days before the last when absent. */
    from?: string | null;
    /** The last day; today when absent. */
    to?: string | null;
    /** The time zone that days are of, such as Europe/Berlin; UTC when absent. */
    zone?: string | null;
    /** `day` when absent. */
    by?: InsightsBy | null;
    /** Only this account, by its id, its name or the word that sessions have. */
    account_id?: string | null;
    /** Only this project, by its id or its name. */
    project_id?: string | null;
    model?: string | null;
  }; output: InsightsUsage };
  /** What briefings saved: tokens, cost, credits and minutes */
  "insights.saved": { input: {
    /** The first day, such as 2026-11-01; 29 days before the last when absent. */
    from?: string | null;
    /** The last day; today when absent. */
    to?: string | null;
    /** The time zone that days are of; UTC when absent. */
    zone?: string | null;
  }; output: InsightsSaved };
  /** What could be done better, each with its evidence */
  "insights.recommendations": { input: {
    /** Also those that were dismissed or snoozed. */
    all?: boolean | null;
  }; output: Recommendations };
  /** Never recommend this again */
  "insights.dismiss": { input: {
    /** As `insights.recommendations` lists it. */
    key: string;
  }; output: Recommendations };
  /** Not before a moment */
  "insights.snooze": { input: {
    /** As `insights.recommendations` lists it. */
    key: string;
    /** RFC 3339, with any offset; at most a year from now. */
    until: string;
  }; output: Recommendations };
  /** Take back what was said to a recommendation */
  "insights.restore": { input: {
    /** As `insights.recommendations` lists it. */
    key: string;
  }; output: Recommendations };
  /** A project or everything into one file of open formats, without secrets */
  "capsules.export": { input: {
    /** A new file or a folder, absolute or with `~`; without one it waits to be downloaded. */
    path?: string | null;
    /** One project, by id or name; everything when absent. */
    project_id?: string | null;
  }; output: ExportedView };
  /** A capsule that was made to be downloaded, piece by piece; after the last one it is gone */
  "capsules.download": { input: {
    id: string;
    offset?: number;
  }; output: PieceView };
  /** What taking a capsule in would do; nothing is changed */
  "capsules.preview": { input: {
    /** Absolute, or with `~`. */
    path?: string | null;
    /** The `upload` of `imports.upload`, whose last piece was not marked as such. */
    upload?: string | null;
  }; output: CapsulePreviewView };
  /** Take a capsule in: what is new, and what differs beside what is here */
  "capsules.import": { input: {
    /** Absolute, or with `~`. */
    path?: string | null;
    /** The `upload` of `imports.upload`, whose last piece was not marked as such. */
    upload?: string | null;
  }; output: CapsulePreviewView };
  /** Capsules that were taken in, newest first */
  "capsules.imports": { input: Record<string, never>; output: CapsuleImports };
  /** Take an import back; what was changed since stays */
  "capsules.undo": { input: {
    /** The last one when absent. */
    id?: ImportId | null;
  }; output: UndoneView };
  /** Backups, newest first, and when they are made */
  "backups.list": { input: Record<string, never>; output: BackupsView };
  /** Make a backup now */
  "backups.make": { input: Record<string, never>; output: BackupView };
  /** When backups are made by themselves, and how many are kept */
  "backups.schedule": { input: {
    /** From one to the next, at most 8760; 0: never. */
    hours: number;
    /** How many are kept, 1 to 1000; as before when absent. */
    keep?: number | null;
  }; output: BackupsView };
  /** Do not put a backup back at the next start */
  "backups.forget_restore": { input: Record<string, never>; output: BackupsView };
  /** Remove a backup */
  "backups.remove": { input: {
    name: string;
  }; output: BackupsView };
  /** Put a backup back when Krake starts next; the state before is backed up */
  "backups.restore": { input: {
    name: string;
  }; output: BackupsView };
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
  stats: { name: "stats", method: "GET", path: "/api/stats", kind: "query", provides: ["executions", "approvals", "threads", "knowledge", "sessions", "projects", "accounts", "budgets"] },
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
  "threads.list": { name: "threads.list", method: "GET", path: "/api/threads", kind: "query", provides: ["threads", "accounts"] },
  "threads.show": { name: "threads.show", method: "GET", path: "/api/threads/{id}", kind: "query", provides: ["threads", "accounts"] },
  "threads.done": { name: "threads.done", method: "POST", path: "/api/threads/done", kind: "command", provides: [] },
  "threads.snooze": { name: "threads.snooze", method: "POST", path: "/api/threads/snooze", kind: "command", provides: [] },
  "threads.wake": { name: "threads.wake", method: "POST", path: "/api/threads/wake", kind: "command", provides: [] },
  "drafts.show": { name: "drafts.show", method: "GET", path: "/api/drafts/{id}", kind: "query", provides: ["threads", "accounts"] },
  "drafts.hand_over": { name: "drafts.hand_over", method: "POST", path: "/api/drafts/{id}/hand-over", kind: "command", provides: [] },
  "drafts.make_project": { name: "drafts.make_project", method: "POST", path: "/api/drafts/{id}/make-project", kind: "command", provides: [] },
  "drafts.want": { name: "drafts.want", method: "POST", path: "/api/drafts/{id}/want", kind: "command", provides: [] },
  "drafts.reject": { name: "drafts.reject", method: "POST", path: "/api/drafts/{id}/reject", kind: "command", provides: [] },
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
  "knowledge.categories": { name: "knowledge.categories", method: "GET", path: "/api/knowledge/categories", kind: "query", provides: ["knowledge"] },
  "knowledge.show": { name: "knowledge.show", method: "GET", path: "/api/knowledge/{id}", kind: "query", provides: ["knowledge"] },
  "knowledge.supersede": { name: "knowledge.supersede", method: "POST", path: "/api/knowledge/{id}/supersede", kind: "command", provides: [] },
  "knowledge.write": { name: "knowledge.write", method: "POST", path: "/api/knowledge/write", kind: "command", provides: [] },
  "knowledge.add": { name: "knowledge.add", method: "POST", path: "/api/knowledge", kind: "command", provides: [] },
  search: { name: "search", method: "GET", path: "/api/search", kind: "query", provides: ["sessions", "knowledge"] },
  "projects.list": { name: "projects.list", method: "GET", path: "/api/projects", kind: "query", provides: ["projects", "sessions"] },
  "projects.found": { name: "projects.found", method: "GET", path: "/api/projects/found", kind: "query", provides: ["projects"] },
  "projects.show": { name: "projects.show", method: "GET", path: "/api/projects/{id}", kind: "query", provides: ["projects", "sessions"] },
  "projects.add": { name: "projects.add", method: "POST", path: "/api/projects", kind: "command", provides: [] },
  "projects.change": { name: "projects.change", method: "PATCH", path: "/api/projects/{id}", kind: "command", provides: [] },
  "projects.branches": { name: "projects.branches", method: "GET", path: "/api/projects/{id}/branches", kind: "query", provides: ["projects"] },
  "projects.switch": { name: "projects.switch", method: "POST", path: "/api/projects/{id}/switch", kind: "command", provides: [] },
  "projects.set_commit_rule": { name: "projects.set_commit_rule", method: "POST", path: "/api/projects/{id}/commit-rule", kind: "command", provides: [] },
  "projects.remove": { name: "projects.remove", method: "DELETE", path: "/api/projects/{id}", kind: "command", provides: [] },
  "sessions.list": { name: "sessions.list", method: "GET", path: "/api/sessions", kind: "query", provides: ["sessions"] },
  "sessions.show": { name: "sessions.show", method: "GET", path: "/api/sessions/{id}", kind: "query", provides: ["sessions"] },
  "sessions.messages": { name: "sessions.messages", method: "GET", path: "/api/sessions/{id}/messages", kind: "query", provides: ["sessions"] },
  "sessions.start": { name: "sessions.start", method: "POST", path: "/api/sessions", kind: "command", provides: [] },
  "sessions.change": { name: "sessions.change", method: "PATCH", path: "/api/sessions/{id}", kind: "command", provides: [] },
  "imports.path": { name: "imports.path", method: "POST", path: "/api/imports", kind: "command", provides: [] },
  "imports.upload": { name: "imports.upload", method: "POST", path: "/api/imports/upload", kind: "command", provides: [] },
  "imports.watched": { name: "imports.watched", method: "GET", path: "/api/imports/watched", kind: "query", provides: ["sessions"] },
  capture: { name: "capture", method: "POST", path: "/api/capture", kind: "command", provides: [] },
  "accounts.list": { name: "accounts.list", method: "GET", path: "/api/accounts", kind: "query", provides: ["accounts"] },
  "accounts.add": { name: "accounts.add", method: "POST", path: "/api/accounts", kind: "command", provides: [] },
  "accounts.choose": { name: "accounts.choose", method: "GET", path: "/api/accounts/choose", kind: "query", provides: ["accounts", "budgets"] },
  "accounts.rules": { name: "accounts.rules", method: "GET", path: "/api/accounts/rules", kind: "query", provides: ["accounts"] },
  "accounts.set_rules": { name: "accounts.set_rules", method: "POST", path: "/api/accounts/rules", kind: "command", provides: [] },
  "accounts.test_all": { name: "accounts.test_all", method: "POST", path: "/api/accounts/test", kind: "command", provides: [] },
  "accounts.show": { name: "accounts.show", method: "GET", path: "/api/accounts/{id}", kind: "query", provides: ["accounts"] },
  "accounts.change": { name: "accounts.change", method: "POST", path: "/api/accounts/{id}", kind: "command", provides: [] },
  "accounts.remove": { name: "accounts.remove", method: "POST", path: "/api/accounts/{id}/remove", kind: "command", provides: [] },
  "accounts.test": { name: "accounts.test", method: "POST", path: "/api/accounts/{id}/test", kind: "command", provides: [] },
  "accounts.works_again": { name: "accounts.works_again", method: "POST", path: "/api/accounts/{id}/works", kind: "command", provides: [] },
  "accounts.set_price": { name: "accounts.set_price", method: "POST", path: "/api/accounts/{id}/prices", kind: "command", provides: [] },
  "accounts.forget_price": { name: "accounts.forget_price", method: "POST", path: "/api/accounts/{id}/prices/forget", kind: "command", provides: [] },
  "accounts.usage": { name: "accounts.usage", method: "GET", path: "/api/accounts/{id}/usage", kind: "query", provides: ["accounts"] },
  "accounts.note_limit": { name: "accounts.note_limit", method: "POST", path: "/api/accounts/{id}/limits", kind: "command", provides: [] },
  "budgets.list": { name: "budgets.list", method: "GET", path: "/api/budgets", kind: "query", provides: ["budgets", "accounts"] },
  "budgets.add": { name: "budgets.add", method: "POST", path: "/api/budgets", kind: "command", provides: [] },
  "budgets.change": { name: "budgets.change", method: "POST", path: "/api/budgets/{id}", kind: "command", provides: [] },
  "budgets.refused": { name: "budgets.refused", method: "GET", path: "/api/budgets/refused", kind: "query", provides: ["budgets", "accounts"] },
  "budgets.remove": { name: "budgets.remove", method: "POST", path: "/api/budgets/{id}/remove", kind: "command", provides: [] },
  "vault.show": { name: "vault.show", method: "GET", path: "/api/vault", kind: "query", provides: [] },
  "vault.create": { name: "vault.create", method: "POST", path: "/api/vault", kind: "command", provides: [] },
  "vault.unlock": { name: "vault.unlock", method: "POST", path: "/api/vault/unlock", kind: "command", provides: [] },
  "secrets.policy": { name: "secrets.policy", method: "GET", path: "/api/secrets/policy", kind: "query", provides: ["secrets", "projects"] },
  "secrets.set_policy": { name: "secrets.set_policy", method: "POST", path: "/api/secrets/policy", kind: "command", provides: [] },
  "secrets.rescanned": { name: "secrets.rescanned", method: "GET", path: "/api/secrets/rescan", kind: "query", provides: ["secrets", "backups"] },
  "secrets.rescan": { name: "secrets.rescan", method: "POST", path: "/api/secrets/rescan", kind: "command", provides: [] },
  "secrets.list": { name: "secrets.list", method: "GET", path: "/api/secrets", kind: "query", provides: ["secrets", "sessions"] },
  "secrets.forget": { name: "secrets.forget", method: "POST", path: "/api/secrets/forget", kind: "command", provides: [] },
  "secrets.reveal": { name: "secrets.reveal", method: "POST", path: "/api/secrets/{id}/reveal", kind: "command", provides: [] },
  "briefings.make": { name: "briefings.make", method: "POST", path: "/api/briefings", kind: "query", provides: [] },
  "briefings.preview": { name: "briefings.preview", method: "POST", path: "/api/briefings/preview", kind: "query", provides: [] },
  "briefings.write": { name: "briefings.write", method: "POST", path: "/api/briefings/write", kind: "command", provides: [] },
  "briefings.save": { name: "briefings.save", method: "POST", path: "/api/briefings/save", kind: "command", provides: [] },
  "handoffs.list": { name: "handoffs.list", method: "GET", path: "/api/handoffs", kind: "query", provides: ["handoffs"] },
  "handoffs.show": { name: "handoffs.show", method: "GET", path: "/api/handoffs/{id}", kind: "query", provides: ["handoffs"] },
  "handoffs.create": { name: "handoffs.create", method: "POST", path: "/api/handoffs", kind: "command", provides: [] },
  "handoffs.plan": { name: "handoffs.plan", method: "POST", path: "/api/handoffs/plan", kind: "query", provides: [] },
  "handoffs.send": { name: "handoffs.send", method: "POST", path: "/api/handoffs/send", kind: "command", provides: [] },
  "handoffs.withdraw": { name: "handoffs.withdraw", method: "POST", path: "/api/handoffs/{id}/withdraw", kind: "command", provides: [] },
  "handoffs.claim": { name: "handoffs.claim", method: "POST", path: "/api/handoffs/{id}/claim", kind: "command", provides: [] },
  "handoffs.done": { name: "handoffs.done", method: "POST", path: "/api/handoffs/{id}/done", kind: "command", provides: [] },
  "handoffs.take_out": { name: "handoffs.take_out", method: "POST", path: "/api/handoffs/{id}/take-out", kind: "command", provides: [] },
  "handoff.compress": { name: "handoff.compress", method: "POST", path: "/api/handoff/compress", kind: "command", provides: [] },
  "compression.list": { name: "compression.list", method: "GET", path: "/api/compression-rules", kind: "query", provides: ["compression_rules"] },
  "compression.add": { name: "compression.add", method: "POST", path: "/api/compression-rules", kind: "command", provides: [] },
  "compression.remove": { name: "compression.remove", method: "POST", path: "/api/compression-rules/{id}/remove", kind: "command", provides: [] },
  "snapshots.list": { name: "snapshots.list", method: "GET", path: "/api/snapshots", kind: "query", provides: ["snapshots"] },
  "snapshots.show": { name: "snapshots.show", method: "GET", path: "/api/snapshots/{id}", kind: "query", provides: ["snapshots"] },
  "snapshots.diff": { name: "snapshots.diff", method: "GET", path: "/api/snapshots/{id}/diff", kind: "query", provides: ["snapshots", "sessions", "knowledge"] },
  "snapshots.create": { name: "snapshots.create", method: "POST", path: "/api/snapshots", kind: "command", provides: [] },
  "snapshots.restore": { name: "snapshots.restore", method: "POST", path: "/api/snapshots/{id}/restore", kind: "command", provides: [] },
  "meaning.show": { name: "meaning.show", method: "GET", path: "/api/search/meaning", kind: "query", provides: ["meaning", "accounts", "sessions"] },
  "meaning.preview": { name: "meaning.preview", method: "POST", path: "/api/search/meaning/preview", kind: "query", provides: [] },
  "meaning.set": { name: "meaning.set", method: "POST", path: "/api/search/meaning", kind: "command", provides: [] },
  "meaning.off": { name: "meaning.off", method: "POST", path: "/api/search/meaning/off", kind: "command", provides: [] },
  "meaning.pause": { name: "meaning.pause", method: "POST", path: "/api/search/meaning/pause", kind: "command", provides: [] },
  "meaning.resume": { name: "meaning.resume", method: "POST", path: "/api/search/meaning/resume", kind: "command", provides: [] },
  "insights.usage": { name: "insights.usage", method: "GET", path: "/api/insights/usage", kind: "query", provides: ["sessions", "accounts", "projects"] },
  "insights.saved": { name: "insights.saved", method: "GET", path: "/api/insights/saved", kind: "query", provides: ["handoffs", "accounts", "sessions"] },
  "insights.recommendations": { name: "insights.recommendations", method: "GET", path: "/api/insights/recommendations", kind: "query", provides: ["recommendations", "budgets"] },
  "insights.dismiss": { name: "insights.dismiss", method: "POST", path: "/api/insights/recommendations/dismiss", kind: "command", provides: [] },
  "insights.snooze": { name: "insights.snooze", method: "POST", path: "/api/insights/recommendations/snooze", kind: "command", provides: [] },
  "insights.restore": { name: "insights.restore", method: "POST", path: "/api/insights/recommendations/restore", kind: "command", provides: [] },
  "capsules.export": { name: "capsules.export", method: "POST", path: "/api/capsules", kind: "command", provides: [] },
  "capsules.download": { name: "capsules.download", method: "POST", path: "/api/capsules/downloads/{id}", kind: "command", provides: [] },
  "capsules.preview": { name: "capsules.preview", method: "POST", path: "/api/capsules/preview", kind: "query", provides: [] },
  "capsules.import": { name: "capsules.import", method: "POST", path: "/api/capsules/import", kind: "command", provides: [] },
  "capsules.imports": { name: "capsules.imports", method: "GET", path: "/api/capsules/imports", kind: "query", provides: ["capsules"] },
  "capsules.undo": { name: "capsules.undo", method: "POST", path: "/api/capsules/undo", kind: "command", provides: [] },
  "backups.list": { name: "backups.list", method: "GET", path: "/api/backups", kind: "query", provides: ["backups"] },
  "backups.make": { name: "backups.make", method: "POST", path: "/api/backups", kind: "command", provides: [] },
  "backups.schedule": { name: "backups.schedule", method: "POST", path: "/api/backups/schedule", kind: "command", provides: [] },
  "backups.forget_restore": { name: "backups.forget_restore", method: "POST", path: "/api/backups/forget-restore", kind: "command", provides: [] },
  "backups.remove": { name: "backups.remove", method: "POST", path: "/api/backups/{name}/remove", kind: "command", provides: [] },
  "backups.restore": { name: "backups.restore", method: "POST", path: "/api/backups/{name}/restore", kind: "command", provides: [] },
  "audit.head": { name: "audit.head", method: "GET", path: "/api/audit/head", kind: "query", provides: ["executions"] },
  "audit.verify": { name: "audit.verify", method: "GET", path: "/api/audit/verify", kind: "query", provides: ["executions"] },
  "audit.export": { name: "audit.export", method: "GET", path: "/api/audit", kind: "query", provides: ["executions"] },
  "events.stream": { name: "events.stream", method: "GET", path: "/api/events/stream", kind: "stream", provides: [] },
} as const satisfies Record<
  CommandName,
  {
    name: CommandName;
    method: "GET" | "POST" | "PATCH" | "DELETE";
    path: string;
    kind: "query" | "command" | "stream";
    provides: readonly string[];
  }
>;
