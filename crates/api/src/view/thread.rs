//! A thread of the inbox: what it is about, whether it needs an answer, and what a person said to it.

use krake_domain::approval::ApprovalKind;
use krake_domain::thread::{Mark, ThreadId};
use krake_domain::time::Timestamp;
use krake_runtime::Life;
use krake_store::ThreadRow;
use serde::Serialize;

use super::approval::ApprovalView;
use super::execution::ExecutionSummary;
use super::moment::Moment;

/// One thread.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ThreadView {
    /// The id of the approval or of the execution that it is about.
    pub id: ThreadId,
    pub kind: ThreadKind,
    /// Something stands still until a person says how to go on. Else it is done once it was looked at.
    pub needs_answer: bool,
    /// When it was asked, ended or stopped.
    pub since: Moment,
    /// Absent where it does not sleep, or not any more.
    pub snoozed_until: Option<Moment>,
    pub done_at: Option<Moment>,
    /// What is asked; absent where the execution itself is what to look at.
    pub approval: Option<ApprovalView>,
    pub execution: ExecutionSummary,
}

/// What a thread is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadKind {
    /// May this call run?
    Approval,
    /// Did this call happen?
    UnknownOutcome,
    /// A question of the plan.
    Question,
    /// A step failed and asks how to go on.
    FailedStep,
    /// An execution ended as failed.
    Failed,
    /// A limit of the plan stopped an execution.
    Stopped,
}

impl ThreadView {
    /// The thread as it stands at this moment.
    #[must_use]
    pub fn of(row: &ThreadRow, life: Life, now: Timestamp) -> Self {
        let kind = match &row.approval {
            Some(asked) => match asked.approval.kind {
                ApprovalKind::Call => ThreadKind::Approval,
                ApprovalKind::UnknownOutcome => ThreadKind::UnknownOutcome,
                ApprovalKind::Question => ThreadKind::Question,
                ApprovalKind::Failed => ThreadKind::FailedStep,
            },
            None if row.execution.summary.is_over() => ThreadKind::Failed,
            None => ThreadKind::Stopped,
        };
        Self {
            id: row.id,
            kind,
            needs_answer: row.needs_answer(),
            since: row.since.into(),
            snoozed_until: match row.mark {
                Some(Mark::Snoozed { until }) if until > now => Some(until.into()),
                _ => None,
            },
            done_at: match row.mark {
                Some(Mark::Done { at }) => Some(at.into()),
                _ => None,
            },
            approval: row
                .approval
                .as_ref()
                .map(|asked| ApprovalView::of(asked, &row.execution.summary.name)),
            execution: ExecutionSummary::of(&row.execution, life),
        }
    }
}
