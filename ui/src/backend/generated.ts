declare const brand: unique symbol;
/** A string that is the id of one noun and of no other. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };
export type ExecutionId = Branded<"ExecutionId">;
export type ApprovalId = Branded<"ApprovalId">;
export type StepId = string;
export type Moment = string;
export type ExecutionStatus = "proposed" | "running" | "waiting" | "paused" | "cancelling" | "done" | "failed" | "cancelled" | "stopped";
export type StepStatus = "pending" | "ready" | "assessing" | "waiting_approval" | "running" | "waiting_retry" | "looking" | "done" | "failed" | "skipped" | "cancelled" | "cancelled_unknown";
export type FailureClass = "rate_limited" | "timeout" | "unavailable" | "bad_input" | "bad_output" | "too_large" | "no_access" | "not_found" | "target_changed" | "rejected" | "cancelled" | "unknown_outcome" | "disk_full" | "internal";
export type ExecutionSummary = {
  id: ExecutionId;
  name: string;
  title: string;
  source: string;
  status: ExecutionStatus;
  created_at: Moment;
  started_at: Moment | null;
  ended_at: Moment | null;
  steps_total: number;
  steps_done: number;
  steps_failed: number;
  waiting: number;
};
export type FailureView = { class: FailureClass; message: string };
export type AttemptView = {
  number: number;
  started_at: Moment;
  ended_at: Moment | null;
  outcome: "running" | "succeeded" | "failed" | "interrupted" | "cancelled";
  failure: FailureView | null;
};
export type StepView = {
  id: StepId;
  name: string;
  tool: string;
  needs: StepId[];
  status: StepStatus;
  attempts: AttemptView[];
  started_at: Moment | null;
  ended_at: Moment | null;
  args: unknown;
  output: unknown;
  failure: FailureView | null;
  because: string | null;
  approval_id: ApprovalId | null;
  untrusted: boolean;
  critical: boolean;
};
export type ExecutionDetail = {
  execution: ExecutionSummary;
  inputs: Record<string, unknown>;
  output: unknown;
  cause: FailureView | null;
  steps: StepView[];
  critical_path: StepId[];
  waves: StepId[][];
};
export type LogView = { execution_id: ExecutionId; seq: number; at: Moment; level: string; step: string | null; text: string };
export type ApprovalView = {
  id: ApprovalId;
  execution_id: ExecutionId;
  execution_name: string;
  step: StepId;
  kind: "call" | "unknown_outcome";
  tool: string;
  args: string;
  target: string;
  summary: string;
  diff: string | null;
  class: "pure" | "read" | "keyed" | "checkable" | "unsafe";
  reversible: boolean;
  because: string;
  status: "waiting" | "approved" | "rejected" | "expired" | "withdrawn";
  asked_at: Moment;
  expires_at: Moment;
  answer: unknown;
};
export type Span = {
  span_id: string;
  parent_id: string | null;
  name: string;
  started_at: Moment;
  ended_at: Moment | null;
  status: string;
  attributes: Record<string, unknown>;
};
export type Commands = {
  health: { input: { challenge?: string | null }; output: { status: string; version: string; epoch: number; running: number; proof: string | null } };
  stats: { input: Record<string, never>; output: { running: number; waiting: number } };
  "executions.list": { input: { status?: ExecutionStatus | null; text?: string | null; limit?: number | null; cursor?: string | null }; output: { items: ExecutionSummary[]; next: string | null } };
  "executions.show": { input: { execution_id: ExecutionId }; output: ExecutionDetail };
  "executions.start": { input: { execution_id: ExecutionId }; output: { execution_id: ExecutionId; status: ExecutionStatus } };
  "executions.pause": { input: { execution_id: ExecutionId }; output: { execution_id: ExecutionId; status: ExecutionStatus } };
  "executions.resume": { input: { execution_id: ExecutionId }; output: { execution_id: ExecutionId; status: ExecutionStatus } };
  "executions.cancel": { input: { execution_id: ExecutionId }; output: { execution_id: ExecutionId; status: ExecutionStatus } };
  "executions.logs": { input: { execution_id: ExecutionId; after?: number | null; limit?: number | null }; output: { items: LogView[]; next: number | null } };
  "executions.trace": { input: { execution_id: ExecutionId }; output: { trace_id: string; spans: Span[] } };
  "approvals.list": { input: { status?: "waiting" | "approved" | "rejected" | "expired" | "withdrawn" | null; limit?: number | null }; output: { items: ApprovalView[]; next: string | null } };
  "approvals.show": { input: { approval_id: ApprovalId }; output: ApprovalView };
  "approvals.approve": { input: { execution_id: ExecutionId; approval_id: ApprovalId; happened?: boolean }; output: ApprovalView };
  "approvals.reject": { input: { execution_id: ExecutionId; approval_id: ApprovalId; reason?: string }; output: ApprovalView };
  "events.stream": { input: { after?: number | null; kinds?: string | null }; output: unknown };
};

export type CommandName = keyof Commands;

export const commands = {
  health: { name: "health", method: "GET", path: "/health", kind: "query", provides: ["executions"] },
  stats: { name: "stats", method: "GET", path: "/api/stats", kind: "query", provides: ["executions", "approvals"] },
  "executions.list": { name: "executions.list", method: "GET", path: "/api/orchestrate", kind: "query", provides: ["executions"] },
  "executions.show": { name: "executions.show", method: "GET", path: "/api/orchestrate/{execution_id}", kind: "query", provides: ["execution"] },
  "executions.start": { name: "executions.start", method: "POST", path: "/api/orchestrate/{execution_id}/start", kind: "command", provides: [] },
  "executions.pause": { name: "executions.pause", method: "POST", path: "/api/orchestrate/{execution_id}/pause", kind: "command", provides: [] },
  "executions.resume": { name: "executions.resume", method: "POST", path: "/api/orchestrate/{execution_id}/resume", kind: "command", provides: [] },
  "executions.cancel": { name: "executions.cancel", method: "POST", path: "/api/orchestrate/{execution_id}/cancel", kind: "command", provides: [] },
  "executions.logs": { name: "executions.logs", method: "GET", path: "/api/orchestrate/{execution_id}/logs", kind: "query", provides: ["execution"] },
  "executions.trace": { name: "executions.trace", method: "GET", path: "/api/orchestrate/{execution_id}/trace", kind: "query", provides: ["execution"] },
  "approvals.list": { name: "approvals.list", method: "GET", path: "/api/approvals", kind: "query", provides: ["approvals"] },
  "approvals.show": { name: "approvals.show", method: "GET", path: "/api/approvals/{approval_id}", kind: "query", provides: ["approvals"] },
  "approvals.approve": { name: "approvals.approve", method: "POST", path: "/api/orchestrate/{execution_id}/approvals/{approval_id}/approve", kind: "command", provides: [] },
  "approvals.reject": { name: "approvals.reject", method: "POST", path: "/api/orchestrate/{execution_id}/approvals/{approval_id}/reject", kind: "command", provides: [] },
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
