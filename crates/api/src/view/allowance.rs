//! What an execution may use, and who allowed more.

use krake_domain::principal::Principal;
use krake_engine::execution::{Grant, State};
use serde::Serialize;

use super::moment::Moment;

/// Limits with what was granted beyond them.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Allowance {
    pub attempts_used: u32,
    pub attempts_allowed: u32,
    /// Seconds of work.
    pub time_allowed_s: u64,
    pub grants: Vec<GrantView>,
}

/// Somebody allowed more after a limit had stopped it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct GrantView {
    pub at: Moment,
    pub by: Principal,
    pub attempts: u32,
    pub time_s: u64,
}

impl Allowance {
    /// As it stands.
    #[must_use]
    pub fn of(state: &State) -> Self {
        Self {
            attempts_used: state.attempts,
            attempts_allowed: state.attempts_allowed(),
            time_allowed_s: state.time_allowed_s(),
            grants: state.grants.iter().map(GrantView::from).collect(),
        }
    }
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        Self {
            at: grant.at.into(),
            by: grant.by.clone(),
            attempts: grant.attempts,
            time_s: grant.time_s,
        }
    }
}
