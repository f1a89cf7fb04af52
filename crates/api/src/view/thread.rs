//! A thread of the inbox: what it is about, whether it needs an answer, and what a person said to it.

use krake_domain::approval::ApprovalKind;
use krake_domain::thread::{Mark, ThreadId};
use krake_domain::time::Timestamp;
use krake_store::{About, ThreadRow};
use serde::Serialize;

use super::approval::ApprovalView;
use super::draft::DraftView;
use super::execution::ExecutionSummary;
use super::handoff::SentHandoff;
use super::moment::Moment;

/// One thread.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ThreadView {
    /// The id of the approval, the execution, the draft or the handoff that it is about.
    pub id: ThreadId,
    pub kind: ThreadKind,
    /// Something stands still until a person says how to go on. Else it is done once it was looked at.
    pub needs_answer: bool,
    /// It waits for a person, asleep or not: what needs an answer, and a drafted handoff of an account
    /// that is still out. `stats.waiting` counts those that do not sleep.
    pub waits: bool,
    /// When it was asked, ended, stopped, ran out or was sent.
    pub since: Moment,
    /// Absent where it does not sleep, or not any more.
    pub snoozed_until: Option<Moment>,
    pub done_at: Option<Moment>,
    /// What is asked.
    pub approval: Option<ApprovalView>,
    /// What asks, failed or was stopped.
    pub execution: Option<ExecutionSummary>,
    /// The handoff that is drafted because an account ran out.
    pub draft: Option<DraftView>,
    /// The handoff that nobody has claimed yet.
    pub handoff: Option<SentHandoff>,
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
    /// An account ran out, and a handoff is drafted.
    RanOut,
    /// A handoff that waits for somebody else.
    Handoff,
}

/// What a thread is about, as it is shown.
#[derive(Debug)]
pub enum AboutView {
    /// The execution that asks, failed or was stopped.
    Execution(ExecutionSummary),
    Draft(DraftView),
    Handoff(SentHandoff),
}

impl ThreadView {
    /// The thread as it stands at this moment.
    #[must_use]
    pub fn of(row: &ThreadRow, about: AboutView, now: Timestamp) -> Self {
        let mut view = Self {
            id: row.id,
            kind: kind(&row.about),
            needs_answer: row.needs_answer(),
            waits: row.waits(now),
            since: row.since.into(),
            snoozed_until: match row.mark {
                Some(Mark::Snoozed { until }) if until > now => Some(until.into()),
                _ => None,
            },
            done_at: match row.mark {
                Some(Mark::Done { at }) => Some(at.into()),
                _ => None,
            },
            approval: match &row.about {
                About::Approval(asked) => Some(ApprovalView::of(&asked.0, &asked.1.summary.name)),
                _ => None,
            },
            execution: None,
            draft: None,
            handoff: None,
        };
        match about {
            AboutView::Execution(execution) => view.execution = Some(execution),
            AboutView::Draft(draft) => view.draft = Some(draft),
            AboutView::Handoff(handoff) => view.handoff = Some(handoff),
        }
        view
    }
}

fn kind(about: &About) -> ThreadKind {
    match about {
        About::Approval(asked) => match asked.0.approval.kind {
            ApprovalKind::Call => ThreadKind::Approval,
            ApprovalKind::UnknownOutcome => ThreadKind::UnknownOutcome,
            ApprovalKind::Question => ThreadKind::Question,
            ApprovalKind::Failed => ThreadKind::FailedStep,
        },
        About::Execution(execution) if execution.summary.is_over() => ThreadKind::Failed,
        About::Execution(_) => ThreadKind::Stopped,
        About::Draft(_) => ThreadKind::RanOut,
        About::Handoff(_) => ThreadKind::Handoff,
    }
}
