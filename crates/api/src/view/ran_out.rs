//! An account that cannot go on because a log said so: since when, until when, and where it stands.

use krake_domain::draft::RunOut;
use krake_domain::id::SessionId;
use serde::Serialize;

use super::moment::Moment;
use crate::visible::visible_line;

/// When an account ran out, and until when as far as anybody said.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RanOutView {
    pub at: Moment,
    /// Absent where nobody said.
    pub resets_at: Option<Moment>,
    /// The time zone that was assumed for `resets_at`: a time of day was told without one.
    pub resets_zone: Option<String>,
    /// When it is taken to work again: at the reset, and a day later where nobody said.
    pub until: Option<Moment>,
    /// What the tool said.
    pub said: String,
    /// The session that ended with it.
    pub session_id: Option<SessionId>,
}

impl From<&RunOut> for RanOutView {
    fn from(run_out: &RunOut) -> Self {
        Self {
            at: run_out.at.into(),
            resets_at: run_out.resets_at.map(Moment),
            resets_zone: run_out.resets_zone.clone(),
            until: run_out.lasts_until().map(Moment),
            said: visible_line(&run_out.said),
            session_id: run_out.session,
        }
    }
}
