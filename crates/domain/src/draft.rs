//! A handoff that was drafted because an account ran out. Nothing is handed over before a person
//! says so.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::briefing::Briefing;
use crate::id::{AccountId, DraftId, HandoffId, ProjectId, SessionId, WorkspaceId};
use crate::time::Timestamp;

/// How long an account is taken to be out where nobody said when it is filled again.
const UNKNOWN_SPAN: Duration = Duration::from_secs(24 * 3_600);

/// One draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub workspace: WorkspaceId,
    /// The work that could be handed over; absent where nobody knows which.
    pub project: Option<ProjectId>,
    pub run_out: RunOut,
    /// As it was when the account ran out; absent where there was nothing to brief.
    pub briefing: Option<Briefing>,
    /// Tokens of the whole history that the briefing stands for.
    pub history_tokens: Option<u64>,
    /// Of what the briefing lost, what a person put back, as it was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
    /// Why there is no briefing.
    pub trouble: Option<String>,
    pub state: DraftState,
    /// Why not, in the words of a person.
    pub reason: Option<String>,
    /// What was made of it.
    pub handoff: Option<HandoffId>,
    pub created_at: Timestamp,
    /// When the same account went on.
    pub over_at: Option<Timestamp>,
}

/// An account that cannot go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunOut {
    pub source: RunOutSource,
    /// The session that ended with it.
    pub session: Option<SessionId>,
    /// The message of that session which says so.
    pub position: Option<u64>,
    /// Absent where a log does not say whose it is.
    pub account: Option<AccountId>,
    /// The name of the account, or else of the tool.
    pub who: String,
    /// What the tool or the provider said.
    pub said: String,
    pub at: Timestamp,
    pub resets_at: Option<Timestamp>,
    /// The time zone that was assumed for `resets_at`, where a time of day was told without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_zone: Option<String>,
}

/// Where it was seen.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RunOutSource {
    /// The log of a tool on this machine.
    ToolLog,
    /// A provider refused calls until its window is filled again.
    Refusal,
    /// A provider refused a call because nothing is left of what was paid for.
    Credit,
}

/// What a person said to it.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    Open,
    HandedOver,
    Rejected,
}

impl Draft {
    /// Whether a person can still choose who goes on: nobody has answered, and the account is out.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.state == DraftState::Open && self.over_at.is_none() && !self.run_out.has_reset(now)
    }
}

impl RunOut {
    /// Whether a later look sees the same limit: in the same place, before it was filled again.
    #[must_use]
    pub fn is_same(&self, later: &Self) -> bool {
        let same_place = match (self.session, later.session) {
            (Some(one), Some(other)) => one == other,
            (None, None) => self.account == later.account && self.source == later.source,
            _ => false,
        };
        same_place && self.lasts_until().is_none_or(|until| later.at < until)
    }

    /// Whether the window is filled again at `now`, as far as anybody said when.
    #[must_use]
    pub fn has_reset(&self, now: Timestamp) -> bool {
        self.resets_at.is_some_and(|reset| reset <= now)
    }

    /// Whether the account is taken to be out at `now`.
    #[must_use]
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.lasts_until().is_none_or(|until| now < until)
    }

    /// Nothing: until somebody pays.
    #[must_use]
    pub fn lasts_until(&self) -> Option<Timestamp> {
        match (self.source, self.resets_at) {
            (_, Some(reset)) => Some(reset),
            (RunOutSource::Credit, None) => None,
            (_, None) => Some(self.at.plus(UNKNOWN_SPAN)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    fn in_session(session: &[u8], at: i64, resets_at: Option<i64>) -> RunOut {
        RunOut {
            source: RunOutSource::ToolLog,
            session: Some(SessionId::from_parts(Timestamp(1), Hash::of(session))),
            position: Some(3),
            account: None,
            who: "Claude Code".to_owned(),
            said: "limit reached".to_owned(),
            at: Timestamp(at),
            resets_at: resets_at.map(Timestamp),
            resets_zone: None,
        }
    }

    #[test]
    fn a_limit_is_the_same_one_until_it_is_filled_again() {
        let first = in_session(b"a", 100, Some(500));
        assert!(first.is_same(&in_session(b"a", 499, None)));
        assert!(!first.is_same(&in_session(b"a", 500, None)));
        assert!(!first.is_same(&in_session(b"b", 200, Some(500))));
        let unknown = in_session(b"a", 100, None);
        assert!(unknown.is_same(&in_session(b"a", 100 + 86_399_999, None)));
        assert!(!unknown.is_same(&in_session(b"a", 100 + 86_400_000, None)));
        let credit = RunOut {
            source: RunOutSource::Credit,
            session: None,
            ..in_session(b"a", 100, None)
        };
        let later = RunOut {
            at: Timestamp(i64::MAX),
            ..credit.clone()
        };
        assert!(credit.is_same(&later), "until somebody pays");
        assert!(!credit.is_same(&RunOut {
            source: RunOutSource::Refusal,
            ..later
        }));
    }
}
