//! A handoff that was drafted because an account ran out. Nothing is handed over before a person
//! says so.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::briefing::Briefing;
use crate::id::{AccountId, DraftId, HandoffId, ProjectId, SessionId, WorkspaceId};
use crate::time::Timestamp;

/// How long an account is taken to be out where nobody said when it is filled again.
const UNKNOWN_SPAN: Duration = Duration::from_secs(24 * 3_600);

/// Resets of one window, as two sessions tell them, lie so close together: some tools count the seconds
/// from now on.
const SAME_RESET: Duration = Duration::from_secs(600);

/// One draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub id: DraftId,
    pub workspace: WorkspaceId,
    /// The work that could be handed over; absent where nobody knows which.
    pub project: Option<ProjectId>,
    pub run_out: RunOut,
    /// Further sessions that met the same limit, in the order in which they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Met>,
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

/// A session that met a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    pub session: SessionId,
    /// The message of that session which says so.
    pub position: u64,
    pub at: Timestamp,
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

    /// The sessions that met the limit, the one that it was drafted for first.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        let joined = self.joined.iter().map(|met| met.session);
        self.run_out.session.into_iter().chain(joined)
    }

    /// The limit as it was met last: until then at least the account was out.
    #[must_use]
    pub fn met_last(&self) -> RunOut {
        let last = self.joined.iter().map(|met| met.at).max();
        RunOut {
            at: last.map_or(self.run_out.at, |last| last.max(self.run_out.at)),
            ..self.run_out.clone()
        }
    }

    /// Whether a later look sees the limit of this draft in one of its sessions, or where it was
    /// refused.
    #[must_use]
    pub fn is_same(&self, later: &RunOut) -> bool {
        let met = self.met_last();
        let in_joined = later
            .session
            .is_some_and(|session| self.joined.iter().any(|met| met.session == session));
        met.is_same(later) || in_joined && met.lasts(later.at)
    }

    /// Whether another session met this very limit: of the same account, or of the same tool where
    /// nobody knows whose it is, for the same window, while it lasted.
    #[must_use]
    pub fn is_met_by(&self, other: &RunOut) -> bool {
        let met = self.met_last();
        let is_of_log =
            met.source == RunOutSource::ToolLog && other.source == RunOutSource::ToolLog;
        let same_account =
            met.account == other.account && (met.account.is_some() || met.who == other.who);
        let same_window = match (met.resets_at, other.resets_at) {
            (Some(one), Some(other)) => {
                one.since(other) <= SAME_RESET && other.since(one) <= SAME_RESET
            }
            _ => true,
        };
        let together = met.lasts(other.at) && other.lasts(met.at);
        is_of_log && same_account && same_window && together
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
        same_place && self.lasts(later.at)
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

    fn draft(run_out: RunOut) -> Draft {
        Draft {
            id: DraftId::from_parts(run_out.at, Hash::of(b"d")),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            run_out,
            joined: Vec::new(),
            briefing: None,
            history_tokens: None,
            wanted: Vec::new(),
            trouble: None,
            state: DraftState::Open,
            reason: None,
            handoff: None,
            created_at: Timestamp(1),
            over_at: None,
        }
    }

    #[test]
    fn one_limit_is_met_by_many_sessions_of_its_account_while_it_lasts() {
        let (hour, of) = (3_600_000, |name: &[u8]| {
            Some(AccountId::from_parts(Timestamp(1), Hash::of(name)))
        });
        let first = draft(in_session(b"a", 10 * hour, Some(15 * hour)));
        let other = |at, resets_at| in_session(b"b", at * hour, resets_at);
        assert!(first.is_met_by(&other(11, Some(15 * hour))));
        assert!(
            first.is_met_by(&other(9, Some(15 * hour + 600_000))),
            "seen later"
        );
        assert!(first.is_met_by(&other(11, None)));
        for another in [
            other(11, Some(15 * hour + 600_001)),
            other(15, Some(15 * hour)),
            other(15, None),
            RunOut {
                who: "Codex".to_owned(),
                ..other(11, None)
            },
            RunOut {
                account: of(b"max"),
                ..other(11, None)
            },
            RunOut {
                source: RunOutSource::Refusal,
                ..other(11, None)
            },
        ] {
            assert!(!first.is_met_by(&another), "{another:?}");
        }
        let max = draft(RunOut {
            account: of(b"max"),
            ..first.run_out.clone()
        });
        let renamed = RunOut {
            account: of(b"max"),
            who: "Max of Ada".to_owned(),
            ..other(11, None)
        };
        assert!(max.is_met_by(&renamed));
        let team = RunOut {
            account: of(b"team"),
            ..other(11, None)
        };
        assert!(!max.is_met_by(&team));
    }

    #[test]
    fn a_session_that_joined_is_one_of_the_draft_and_moves_its_end_where_none_was_told() {
        let (hour, day) = (3_600_000, 86_400_000);
        let mut first = draft(in_session(b"a", hour, None));
        let second = in_session(b"b", 3 * hour, None);
        assert!(!first.is_same(&second));
        first.joined.push(Met {
            session: second.session.unwrap(),
            position: 7,
            at: second.at,
        });
        let sessions: Vec<SessionId> = first.sessions().collect();
        assert_eq!(
            sessions,
            [first.run_out.session, second.session].map(Option::unwrap)
        );
        let again = |at| RunOut {
            at: Timestamp(at),
            ..second.clone()
        };
        assert!(first.is_same(&again(2 * hour + day)));
        assert!(!first.is_same(&again(3 * hour + day)));
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
