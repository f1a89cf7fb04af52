/** The nouns that screens draw, taken from what the commands answer, under the names used here. */
import type { CommandName, Commands } from "./generated";

export type { CommandName };
export type Params<N extends CommandName> = Commands[N]["input"];
export type Answer<N extends CommandName> = Commands[N]["output"];

export type ExecutionSummary = Answer<"executions.list">["items"][number];
export type ExecutionId = ExecutionSummary["id"];
export type ExecutionStatus = ExecutionSummary["status"];
export type ExecutionDetail = Answer<"executions.show">;
export type StepView = ExecutionDetail["steps"][number];
export type StepStatus = StepView["status"];
export type AttemptView = StepView["attempts"][number];
export type FailureView = NonNullable<ExecutionDetail["cause"]>;
export type LogLine = Answer<"executions.logs">["items"][number];
export type ApprovalView = Answer<"approvals.list">["items"][number];
export type ApprovalId = ApprovalView["id"];
export type ThreadView = Answer<"threads.list">["items"][number];
export type PlaybookSummary = Answer<"playbooks.list">["items"][number];
export type CompressionRuleView = Answer<"compression.list">["items"][number];
export type KnowledgeView = Answer<"knowledge.list">["items"][number];
export type MadeBriefing = Answer<"briefings.make">;
export type WrittenBriefing = Answer<"briefings.write">;
export type HandoffView = Answer<"handoffs.list">["items"][number];
export type HandoffDetail = Answer<"handoffs.show">;
export type HandoffId = HandoffView["id"];
export type Briefing = HandoffDetail["briefing"];
export type HandoffPlan = Answer<"handoffs.plan">;
export type DraftId = DraftView["id"];
export type DraftView = NonNullable<ThreadView["draft"]>;
export type SentHandoff = NonNullable<ThreadView["handoff"]>;
export type GitState = NonNullable<ProjectDetail["git"]>;
export type SessionId = SessionView["id"];
export type ProjectId = ProjectView["id"];
export type KnowledgeId = KnowledgeView["id"];
export type SearchView = Answer<"search">;
export type MeaningView = Answer<"meaning.show">;
export type MeaningPreview = Answer<"meaning.preview">;
export type HitView = SearchView["hits"][number];
export type FoundView = Answer<"executions.context">["found"][number];
export type MetricsView = Answer<"executions.metrics">;
export type StepMetricsView = MetricsView["steps"][number];
export type SpanView = Answer<"executions.trace">["spans"][number];
export type PlanProposal = Answer<"plans.propose">;
export type PlanCheck = Answer<"plans.check">;
export type StepPreview = PlanCheck["preview"][number];
export type FoundFolder = Answer<"projects.found">["items"][number];
export type ProjectView = Answer<"projects.list">["items"][number];
export type ProjectDetail = Answer<"projects.show">;
export type SessionView = Answer<"sessions.list">["items"][number];
export type MessageView = Answer<"sessions.messages">["items"][number];
export type ImportView = NonNullable<Answer<"imports.upload">["imported"]>;
export type AccountView = Answer<"accounts.list">["items"][number];
export type AccountId = AccountView["id"];
export type ReasonView = Answer<"accounts.choose">["ranked"][number]["reasons"][number];

export type BudgetView = Answer<"budgets.list">["items"][number];
export type RefusedView = Answer<"budgets.refused">["items"][number];
export type LimitView = AccountView["limits"][number];
export type SnapshotView = Answer<"snapshots.list">["items"][number];
export type SnapshotId = SnapshotView["id"];
export type SnapshotDiff = Answer<"snapshots.diff">;
export type RestoredView = Answer<"snapshots.restore">;
export type VaultView = Answer<"vault.show">;
export type Form = NonNullable<Params<"briefings.make">["form"]>;
export type BackupsView = Answer<"backups.list">;
export type ExportedView = Answer<"capsules.export">;
export type CapsulePreviewView = Answer<"capsules.preview">;
export type UndoneView = Answer<"capsules.undo">;
export type SecretPolicyView = Answer<"secrets.policy">;
export type RescanView = Answer<"secrets.rescanned">;
export type KeptSecretView = Answer<"secrets.list">["items"][number];
export type PolicyView = Answer<"policies.list">["items"][number];
export type StatsView = Answer<"stats">;
export type UsageView = Answer<"insights.usage">;
export type UsageBy = UsageView["by"];
export type SumView = UsageView["rows"][number];
export type PartView = SumView["both"];
export type SavedView = Answer<"insights.saved">;
export type RecommendationView = Answer<"insights.recommendations">["items"][number];

/** Days of a person: the first, the last, and the time zone that they are of. */
export interface Days {
  from: string;
  to: string;
  zone: string;
}
