//! Which call a step is at, and when the next one is tried.

use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::Step;
use krake_domain::tool::EffectClass;
use serde_json::{Map, Value};

use super::Turn;
use super::state::{Attempt, Outcome, State, StepState};
use crate::expr::Template;

/// The call that a step is at: its own or one of its alternatives.
#[derive(Debug, Clone, Copy)]
pub struct Call<'s> {
    pub tool: &'s str,
    /// The arguments as the plan has them.
    pub written: &'s Map<String, Value>,
    pub(super) args: &'s Template,
    /// 0 for the step's own, else the number of the alternative.
    pub number: u32,
}

impl State {
    /// The step as the plan has it; what a `for_each` step does for an item has that of the whole.
    #[must_use]
    pub fn as_written(&self, place: usize) -> &Step {
        let whole = self.graph.node(place).instance_of;
        &self.plan.steps[whole.map_or(place, |(whole, _)| whole)]
    }

    /// The call that a step is at.
    #[must_use]
    pub fn call_of(&self, place: usize) -> Call<'_> {
        self.call(place, self.steps[place].alternative)
    }

    /// The call of that number: 0 is the step's own.
    #[must_use]
    pub fn call(&self, place: usize, number: u32) -> Call<'_> {
        let (step, node) = (self.as_written(place), self.graph.node(place));
        let other = (number as usize)
            .checked_sub(1)
            .and_then(|at| Some((step.alternatives.get(at)?, node.alternatives.get(at)?)));
        match other {
            Some((other, args)) => Call {
                tool: &other.tool,
                written: &other.args,
                args,
                number,
            },
            None => Call {
                tool: &step.tool,
                written: &step.args,
                args: &node.args,
                number: 0,
            },
        }
    }

    pub(super) fn tool_of(&self, place: usize) -> &str {
        self.call_of(place).tool
    }
}

impl StepState {
    /// The last attempt at the call that the step is at.
    pub(super) fn attempt_at_call(&self) -> Option<&Attempt> {
        self.attempts_at_call().last()
    }

    fn attempts_at_call(&self) -> &[Attempt] {
        self.attempts
            .get(self.attempts_before..)
            .unwrap_or_default()
    }

    /// How many attempts at this call there were when the attempt of that number ended.
    pub(super) fn tries(&self, attempt: u32) -> u32 {
        attempt.saturating_sub(u32::try_from(self.attempts_before).unwrap_or(u32::MAX))
    }
}

/// Goes on with the next alternative, where there is one and nothing is in doubt; false where not.
pub(super) fn choose(state: &State, place: usize, failure: &Failure, turn: &mut Turn) -> bool {
    let (step, now) = (&state.plan.steps[place], &state.steps[place]);
    let next = state.call(place, now.alternative + 1);
    // A list is no call: another one for each item makes it no better.
    let is_list = state.graph.node(place).for_each.is_some();
    if next.number == 0 || is_list || !helps(failure) || in_doubt(now, failure) {
        return false;
    }
    turn.events.push(Event::AlternativeChosen {
        step: step.id.clone(),
        number: next.number,
        because: format!(
            "`{}` gave up: {}; `{}` is tried instead",
            state.tool_of(place),
            failure.message,
            next.tool
        ),
    });
    true
}

/// Whether another call may do better. Not where a person or a stop decided, where the plan itself
/// is wrong, and not where Krake or its disk is at fault.
fn helps(failure: &Failure) -> bool {
    use FailureClass as F;
    match failure.class {
        F::RateLimited
        | F::Timeout
        | F::Unavailable
        | F::BadOutput
        | F::NotFound
        | F::NoAccess
        | F::TooLarge => true,
        F::BadInput
        | F::TargetChanged
        | F::Rejected
        | F::Cancelled
        | F::LimitReached
        | F::UnknownOutcome
        | F::DiskFull
        | F::Internal => false,
    }
}

/// Whether an attempt at this call may have changed something: then no other call may be made for
/// the same purpose. The attempt that still counts as running is the one that failed now.
fn in_doubt(step: &StepState, failure: &Failure) -> bool {
    step.attempts_at_call().iter().any(|attempt| {
        let failure = match &attempt.outcome {
            Outcome::Running => Some(failure),
            Outcome::Failed(before) => Some(before),
            _ => None,
        };
        may_have_acted(attempt.class, failure)
    })
}

/// A call that was turned away did nothing. A service that was not available may have broken off in
/// the middle, and an output that does not fit comes from a call that was made.
fn may_have_acted(class: EffectClass, failure: Option<&Failure>) -> bool {
    let turned_away = failure.is_some_and(|failure| {
        matches!(
            failure.class,
            FailureClass::RateLimited | FailureClass::NotFound | FailureClass::NoAccess
        )
    });
    !class.is_harmless() && !turned_away
}
