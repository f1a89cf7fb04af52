//! A limit of the plan stops an execution: running hands finish, nothing new starts, and somebody
//! may allow as much again.

use std::time::Duration;

use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::principal::Principal;
use krake_domain::time::Timestamp;

use super::state::{Phase, State};
use super::{Env, Turn};

/// What was allowed beyond the plan's own limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub at: Timestamp,
    pub by: Principal,
    pub attempts: u32,
    pub time_s: u64,
}

impl State {
    /// Attempts of all steps together: the plan's limit with what was granted.
    #[must_use]
    pub fn attempts_allowed(&self) -> u32 {
        self.grants
            .iter()
            .fold(self.plan.limits.attempts, |sum, grant| {
                sum.saturating_add(grant.attempts)
            })
    }

    /// Seconds of work: the plan's limit with what was granted.
    #[must_use]
    pub fn time_allowed_s(&self) -> u64 {
        self.grants
            .iter()
            .fold(self.plan.limits.time_s, |sum, grant| {
                sum.saturating_add(grant.time_s)
            })
    }

    /// Paused, or stopped by a limit, and no hand is at work any more: nothing happens until somebody
    /// acts.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        matches!(self.phase, Phase::Paused | Phase::Stopped) && self.count.busy == 0
    }
}

/// The limit that forbids to start anything, if one does.
pub(super) fn limit_reached(state: &State, env: &Env<'_>) -> Option<Failure> {
    attempts_used_up(state).or_else(|| {
        let seconds = state.time_allowed_s();
        let too_long = || {
            let message = format!("the plan allows {seconds} s of work, and that time is over");
            Failure::new(FailureClass::LimitReached, message)
        };
        (state.at_work(env.now) > Duration::from_secs(seconds)).then(too_long)
    })
}

pub(super) fn attempts_used_up(state: &State) -> Option<Failure> {
    let most = state.attempts_allowed();
    let message = || match most {
        1 => "the plan allows 1 attempt, and it is used up".to_owned(),
        _ => format!("the plan allows {most} attempts, and they are used up"),
    };
    (state.attempts >= most).then(|| Failure::new(FailureClass::LimitReached, message()))
}

/// Allows as much again as the plan does, counted from here: a long last step may have taken more
/// than was allowed.
pub(super) fn grant(state: &State, by: Principal, env: &Env<'_>, turn: &mut Turn) {
    let limits = &state.plan.limits;
    let over = state.attempts.saturating_sub(state.attempts_allowed());
    let over_s = state
        .at_work(env.now)
        .as_secs()
        .saturating_sub(state.time_allowed_s());
    turn.events.push(Event::LimitsGranted {
        attempts: limits.attempts.saturating_add(over),
        time_s: limits.time_s.saturating_add(over_s),
        by,
    });
}
