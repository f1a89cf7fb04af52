//! A drafted handoff: who ran out, until when, and who could go on.

use krake_domain::draft::{Draft, DraftState, RunOutSource};
use krake_domain::id::{AccountId, DraftId, HandoffId, ProjectId, SessionId};
use krake_domain::time::Timestamp;
use serde::Serialize;

use super::moment::Moment;
use crate::account_limits::RankedAccount;
use crate::visible::{visible, visible_line};

/// A session that met the limit.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct SessionAtLimit {
    pub id: SessionId,
    pub title: Option<String>,
}

/// One draft.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DraftView {
    pub id: DraftId,
    pub state: DraftState,
    /// The work that could be handed over; absent where nobody knows which.
    pub project_id: Option<ProjectId>,
    /// The name of the project.
    pub project: Option<String>,
    /// What a project is called that would be made before it is handed over, where it belongs to none;
    /// absent where it does, and where nobody knows which work it is.
    pub becomes: Option<String>,
    /// The folder of that project; absent where it is gone, or holds other work as well.
    pub folder: Option<String>,
    pub source: RunOutSource,
    /// The session that ended with it.
    pub session_id: Option<SessionId>,
    /// All sessions that met this limit, that one first.
    pub sessions: Vec<SessionAtLimit>,
    /// Absent where a log does not say whose it is.
    pub account_id: Option<AccountId>,
    /// The account that ran out, or the tool where no account can be told.
    pub who: String,
    /// What the tool or the provider said.
    pub said: String,
    pub ran_out_at: Moment,
    /// Absent where nobody said.
    pub resets_at: Option<Moment>,
    /// The time zone that was assumed for `resets_at`: a time of day was told without one.
    pub resets_zone: Option<String>,
    /// The same account can go on.
    pub has_reset: bool,
    pub tokens: Option<u64>,
    pub budget: Option<u64>,
    /// Share of what must not be lost that the briefing holds, 0 to 1.
    pub score: Option<f64>,
    /// Of what its briefing lost, what a person put back, as it was told.
    pub wanted: Vec<String>,
    /// Why there is no briefing.
    pub trouble: Option<String>,
    /// The account that is proposed; absent where none could go on, and `ranked` says why.
    pub to_account_id: Option<AccountId>,
    /// All accounts, the best first, with reasons.
    pub ranked: Vec<RankedAccount>,
    /// Why not, in the words of a person.
    pub reason: Option<String>,
    pub handoff_id: Option<HandoffId>,
}

impl DraftView {
    /// The draft as it stands at this moment, with the accounts in the order of the router.
    #[must_use]
    pub fn of(
        draft: &Draft,
        project: Option<&str>,
        work: Option<(&str, Option<&str>)>,
        sessions: Vec<SessionAtLimit>,
        first: Option<AccountId>,
        ranked: Vec<RankedAccount>,
        now: Timestamp,
    ) -> Self {
        let run_out = &draft.run_out;
        let briefing = draft.briefing.as_ref();
        let loss = briefing.and_then(|briefing| briefing.coverage.loss.as_ref());
        Self {
            id: draft.id,
            state: draft.state,
            project_id: draft.project,
            project: project.map(visible_line),
            becomes: work.map(|(called, _)| visible_line(called)),
            folder: work.and_then(|(_, folder)| folder).map(visible_line),
            source: run_out.source,
            session_id: run_out.session,
            sessions,
            account_id: run_out.account,
            who: visible_line(&run_out.who),
            said: visible_line(&run_out.said),
            ran_out_at: run_out.at.into(),
            resets_at: run_out.resets_at.map(Moment),
            resets_zone: run_out.resets_zone.clone(),
            has_reset: run_out.has_reset(now),
            tokens: briefing.map(|briefing| briefing.tokens),
            budget: briefing.map(|briefing| briefing.budget),
            score: loss.map(|loss| loss.score),
            wanted: draft.wanted.clone(),
            trouble: draft
                .trouble
                .as_deref()
                .map(|text| visible(text).into_owned()),
            to_account_id: first,
            ranked,
            reason: draft.reason.as_deref().map(visible_line),
            handoff_id: draft.handoff,
        }
    }
}
