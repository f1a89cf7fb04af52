//! A handoff in the queue, and what came of its parts.

use krake_domain::delivery::{Part, PartDone};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{DraftId, HandoffId, SnapshotId};
use serde::Serialize;

use super::moment::Moment;
use crate::screen::Replaced;
use crate::visible::{visible, visible_line};

/// A handoff in the queue.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HandoffView {
    pub id: HandoffId,
    pub state: HandoffState,
    pub project_id: Option<String>,
    pub folder: Option<String>,
    pub from_account_id: Option<String>,
    pub to_account_id: Option<String>,
    pub goal: Option<String>,
    pub tokens: u64,
    pub budget: u64,
    /// Tokens of the whole history that the briefing stands for; absent where nobody measured it.
    pub history_tokens: Option<u64>,
    /// Share of what must not be lost that the briefing holds, 0 to 1.
    pub score: Option<f64>,
    pub credits_used: Option<f64>,
    pub snapshot_id: Option<SnapshotId>,
    pub created_at: Moment,
    pub claimed_at: Option<Moment>,
    pub claimed_by: Option<String>,
    pub done_at: Option<Moment>,
    pub note: Option<String>,
    /// The draft that it answers.
    pub draft_id: Option<DraftId>,
    /// What happened before it went into the queue, in order.
    pub parts: Vec<PartView>,
    /// Secrets in the texts of this call that tokens stand for now, by kind.
    #[serde(default, skip_serializing_if = "Replaced::is_empty")]
    pub redactions: Replaced,
}

/// One part of a delivery.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PartView {
    pub part: Part,
    /// Whether it stands.
    pub ok: bool,
    /// The snapshot, the commit or the path; why not, where it does not stand.
    pub said: String,
    pub at: Moment,
}

/// A handoff that waits for somebody, with names for people.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SentHandoff {
    #[serde(flatten)]
    pub handoff: HandoffView,
    /// The name of the project.
    pub project: Option<String>,
    /// The name of the account that it is meant for.
    pub to: Option<String>,
}

impl From<&Handoff> for HandoffView {
    fn from(handoff: &Handoff) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(visible_line);
        let loss = handoff.briefing.coverage.loss.as_ref();
        Self {
            id: handoff.id,
            state: handoff.state,
            project_id: shown(&handoff.project),
            folder: shown(&handoff.folder),
            from_account_id: shown(&handoff.from_account),
            to_account_id: shown(&handoff.to_account),
            goal: shown(&handoff.goal),
            tokens: handoff.briefing.tokens,
            budget: handoff.briefing.budget,
            history_tokens: handoff.history_tokens,
            score: loss.map(|loss| loss.score),
            credits_used: handoff.credits_used,
            snapshot_id: handoff.snapshot,
            created_at: handoff.created_at.into(),
            claimed_at: handoff.claimed_at.map(Moment),
            claimed_by: shown(&handoff.claimed_by),
            done_at: handoff.done_at.map(Moment),
            note: shown(&handoff.note),
            draft_id: handoff.delivery.draft,
            parts: handoff.delivery.done.iter().map(PartView::from).collect(),
            redactions: Replaced::new(),
        }
    }
}

impl From<&PartDone> for PartView {
    fn from(done: &PartDone) -> Self {
        Self {
            part: done.part,
            ok: done.ok,
            said: visible(&done.said).into_owned(),
            at: done.at.into(),
        }
    }
}
