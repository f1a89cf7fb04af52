/** Executions and questions as the core answers them, for tests of screens. */
import type {
  ApprovalView,
  DraftView,
  ExecutionDetail,
  ExecutionId,
  ExecutionSummary,
  HandoffPlan,
  HandoffView,
  HitView,
  PlaybookSummary,
  StepView,
  ThreadView,
} from "../backend/views";

export const AT = "2026-11-20T10:00:00.000Z";

export function execution(fields: Partial<ExecutionSummary> = {}): ExecutionSummary {
  return {
    id: "exe_1" as ExecutionId,
    name: "brief-repo",
    title: "the cart",
    source: "brief-repo",
    status: "running",
    created_at: AT,
    started_at: AT,
    ended_at: null,
    steps_total: 3,
    steps_done: 1,
    steps_failed: 0,
    waiting: 0,
    undriven: false,
    ...fields,
  };
}

export function step(fields: Partial<StepView> = {}): StepView {
  return {
    id: "history",
    name: "history",
    tool: "git.log",
    needs: [],
    status: "done",
    attempts: [
      {
        number: 1,
        started_at: AT,
        ended_at: "2026-11-20T10:00:02.000Z",
        outcome: "succeeded",
        tool: "git.log",
        allowed_by: null,
        failure: null,
      },
    ],
    waits: [],
    started_at: AT,
    ended_at: "2026-11-20T10:00:02.000Z",
    args: { root: "/code" },
    output: { commits: 3 },
    failure: null,
    because: null,
    approval_id: null,
    untrusted: false,
    critical: true,
    alternative: null,
    instance_of: null,
    item: null,
    items: null,
    adopted: false,
    ...fields,
  };
}

export function detail(steps: StepView[], fields: Partial<ExecutionDetail> = {}): ExecutionDetail {
  return {
    execution: execution({ steps_total: steps.length }),
    inputs: {},
    output: null,
    held: null,
    plan_version: 1,
    rerun_of: null,
    at_rest: false,
    allowance: { attempts_used: 1, attempts_allowed: 10_000, time_allowed_s: 86_400, grants: [] },
    cause: null,
    steps,
    critical_path: steps.filter((each) => each.critical).map((each) => each.id),
    waves: [],
    ...fields,
  };
}

export function approval(fields: Partial<ApprovalView> = {}): ApprovalView {
  return {
    id: "apr_1" as ApprovalView["id"],
    execution_id: "exe_1" as ExecutionId,
    execution_name: "brief-repo",
    step: "handoff",
    kind: "call",
    tool: "fs.write",
    args: '{"path":"HANDOFF.md","root":"/code","text":"one\\u202etwo"}',
    target: "/code/HANDOFF.md",
    summary: "create HANDOFF.md (6 B)",
    diff: "--- /dev/null\n+++ b/HANDOFF.md\n@@ -0,0 +1 @@\n+one\n",
    class: "checkable",
    reversible: true,
    question: null,
    failure: null,
    scopes: [],
    because: "it writes outside the folders that this run was given",
    status: "waiting",
    asked_at: AT,
    expires_at: new Date(Date.now() + 7_200_000).toISOString(),
    answer: null,
    ...fields,
  };
}

/** A question as the inbox has it; without one, how an execution ended. */
export function thread(about: ApprovalView | null, fields: Partial<ThreadView> = {}): ThreadView {
  const kinds = {
    call: "approval",
    unknown_outcome: "unknown_outcome",
    question: "question",
    failed: "failed_step",
  } as const;
  return {
    id: (about?.id ?? "exe_9") as unknown as ThreadView["id"],
    kind: about === null ? "failed" : kinds[about.kind],
    needs_answer: about !== null,
    waits: fields.needs_answer ?? about !== null,
    since: about?.asked_at ?? AT,
    snoozed_until: null,
    done_at: null,
    approval: about,
    execution:
      about === null
        ? execution({
            id: "exe_9" as ExecutionId,
            name: "nightly",
            title: "numbers.csv does not exist",
            status: "failed",
            ended_at: AT,
          })
        : execution({ id: about.execution_id, name: about.execution_name, status: "waiting" }),
    draft: null,
    handoff: null,
    ...fields,
  };
}

/** An account that ran out an hour ago, with a draft for the next one. */
export function draft(fields: Partial<DraftView> = {}): DraftView {
  return {
    id: "dft_1" as DraftView["id"],
    state: "open",
    project_id: "prj_1" as NonNullable<DraftView["project_id"]>,
    project: "shop",
    becomes: null,
    folder: null,
    source: "tool_log",
    session_id: "ses_1" as NonNullable<DraftView["session_id"]>,
    sessions: [{ id: "ses_1" as NonNullable<DraftView["session_id"]>, title: "Exact totals" }],
    account_id: "acc_1" as NonNullable<DraftView["account_id"]>,
    who: "Claude Max",
    said: "You've hit your limit",
    ran_out_at: AT,
    resets_at: new Date(Date.now() + 7_200_000).toISOString(),
    resets_zone: null,
    has_reset: false,
    tokens: 962,
    budget: 2_000,
    score: 0.94,
    wanted: [],
    trouble: null,
    to_account_id: "acc_2" as NonNullable<DraftView["to_account_id"]>,
    ranked: [
      {
        id: "acc_2" as NonNullable<DraftView["to_account_id"]>,
        name: "ChatGPT Pro",
        usable: true,
        because: ["91 % of its week left"],
        reasons: [{ kind: "left", span: "week", part: 0.91 }],
      },
      {
        id: "acc_1" as NonNullable<DraftView["to_account_id"]>,
        name: "Claude Max",
        usable: false,
        because: ["it is left out"],
        reasons: [{ kind: "left_out" }],
      },
    ],
    reason: null,
    handoff_id: null,
    ...fields,
  };
}

/** Its thread. */
export function ranOut(about: DraftView, fields: Partial<ThreadView> = {}): ThreadView {
  return thread(null, {
    id: about.id as unknown as ThreadView["id"],
    kind: "ran_out",
    waits: !about.has_reset,
    since: about.ran_out_at,
    execution: null,
    draft: about,
    ...fields,
  });
}

/** A handoff in the queue. */
export function handoff(fields: Partial<HandoffView> = {}): HandoffView {
  return {
    id: "hnd_1" as HandoffView["id"],
    state: "pending",
    project_id: "prj_1",
    folder: null,
    from_account_id: null,
    to_account_id: "acc_2",
    goal: "finish the cart",
    tokens: 962,
    budget: 1_000,
    score: 0.94,
    credits_used: null,
    history_tokens: 300_000,
    snapshot_id: null,
    created_at: AT,
    claimed_at: null,
    claimed_by: null,
    done_at: null,
    note: null,
    draft_id: null,
    parts: [],
    ...fields,
  };
}

/** What a handoff of a repository with two changed files would do. */
export function plan(fields: Partial<HandoffPlan> = {}): HandoffPlan {
  return {
    file: { path: "/code/shop/AGENTS.md", name: "AGENTS.md", exists: true },
    git: {
      branch: "main",
      commit: "a1b2c3d",
      subject: "first",
      changed: 2,
      ahead: null,
      behind: null,
      unfinished: null,
    },
    git_trouble: null,
    blocked: null,
    files: [
      { path: "cart.ts", state: "modified", touched: true },
      { path: "notes.md", state: "modified", touched: false },
    ],
    more: 0,
    rule: null,
    branch: "krake/handoff-2026-11-20-1000",
    usual_branch: "krake/handoff-{date}-{time}",
    ...fields,
  };
}

export function playbook(fields: Partial<PlaybookSummary> = {}): PlaybookSummary {
  return {
    name: "brief-repo",
    description: "Briefs a git repository for the next account",
    examples: ["brief the repository in ~/code/foo"],
    steps: 7,
    inputs: {
      budget: { type: "integer", default: 1000, description: "Tokens that the briefing may have" },
      path: { type: "string", slot: "repo" },
    },
    path: null,
    faults: [],
    ...fields,
  };
}

export function hit(fields: Partial<HitView> = {}): HitView {
  return {
    id: "ses_1#12",
    score: 1,
    by_meaning: false,
    beside: false,
    snippet: "… the cart total is rounded",
    marks: [
      [6, 10],
      [11, 16],
    ],
    session: "ses_1" as HitView["session"],
    title: "Rounding of carts",
    project: "shop",
    folder: "/code/shop",
    position: 12,
    role: "user",
    kind: "text",
    tool: null,
    at: AT,
    ...fields,
  };
}
