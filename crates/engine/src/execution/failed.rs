//! The last rung of the ladder: a person says whether a failed step is tried again, left out, or
//! fails.

use krake_domain::approval::ApprovalKind;
use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::{ApprovalMode, OnError, Step};
use krake_domain::tool::EffectClass;
use serde_json::Value;

use super::advance::fail;
use super::alternative;
use super::ask::{Wanted, ask};
use super::begin::plain;
use super::state::{Gate, Phase, State};
use super::{Env, Turn};

/// Where a failure comes from: what was refused before anything ran is not asked about by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Before,
    Run,
}

/// Repeating helps no more: another call is made where the plan has one, else a person is asked where
/// the plan or the failure says so, else the step fails.
pub(super) fn give_up(
    state: &State,
    place: usize,
    failure: Failure,
    origin: Origin,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    if alternative::choose(state, place, &failure, turn) {
        return;
    }
    let moves = matches!(state.phase, Phase::Running | Phase::Paused | Phase::Stopped);
    let known = env.catalog.find(state.tool_of(place));
    let (true, Some(entry)) = (moves && asks(step, &failure, origin), known) else {
        return fail(state, place, failure, turn);
    };
    let class = state.steps[place]
        .attempt()
        .map_or(entry.spec.class, |attempt| attempt.class);
    let mut assessment = plain(class, state.tool_of(place));
    assessment.summary = format!("try `{}` again", step.id);
    assessment.reversible = class <= EffectClass::Read;
    let wanted = Wanted {
        assessment,
        because: because(state.steps[place].attempts.len(), step, &failure),
        failure: Some(failure),
        ..Wanted::of(ApprovalKind::Failed)
    };
    let args = state.args_of(place).unwrap_or(Value::Null);
    ask(state, place, &args, wanted, env, turn);
}

/// A person has just said no, or stopped it: that is not asked again.
fn asks(step: &Step, failure: &Failure, origin: Origin) -> bool {
    if matches!(
        failure.class,
        FailureClass::Rejected | FailureClass::Cancelled | FailureClass::LimitReached
    ) {
        return false;
    }
    match step.on_error {
        OnError::Ask => true,
        OnError::Usual => {
            origin == Origin::Run
                && failure.class == FailureClass::NoAccess
                && step.approval != ApprovalMode::Never
        }
        OnError::Fail | OnError::Continue => false,
    }
}

fn because(attempts: usize, step: &Step, failure: &Failure) -> String {
    let tried = match attempts {
        0 => "it failed before it ran".to_owned(),
        1 => "it was tried once and failed".to_owned(),
        more => format!("it was tried {more} times and failed"),
    };
    let why = match (step.on_error, failure.class) {
        (OnError::Ask, _) => "the plan asks what to do then",
        _ => "whoever can give access may let it be tried again",
    };
    format!("{tried}; {why}")
}

/// It is left out: what needs it runs and sees null.
pub(super) fn skip(gate: &Gate, turn: &mut Turn) {
    turn.events.push(Event::StepSkipped {
        step: gate.approval.step.clone(),
        condition: true,
        because: "it failed, and a person went on without it".to_owned(),
    });
}
