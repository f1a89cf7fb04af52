//! A person who is asked too much stops reading: then the execution waits instead of asking on.

use krake_domain::approval::ApprovalKind;
use krake_domain::event::Event;
use krake_domain::principal::Principal;

use super::Turn;
use super::state::{Phase, State};
use super::step_phase::StepPhase;

/// So many questions of one execution may be open.
const MOST_OPEN: usize = 20;

/// Whether one more question would be too much. What has run already must be asked about all the
/// same: without the answer nobody knows where it stands.
pub(super) fn is_too_much(state: &State, kind: ApprovalKind, turn: &Turn) -> bool {
    let can_wait = matches!(kind, ApprovalKind::Call | ApprovalKind::Question);
    can_wait && state.phase == Phase::Running && open(state, turn) >= MOST_OPEN
}

/// Pauses the execution with the reason; the step asks when it is resumed.
pub(super) fn hold(state: &State, place: usize, turn: &mut Turn) {
    if state.steps[place].phase == StepPhase::Assessing {
        turn.events.push(Event::StepReturned {
            step: state.plan.steps[place].id.clone(),
        });
    }
    pause(turn);
}

/// What failed has run and is asked about; with too many open questions nothing else starts.
pub(super) fn hold_after(state: &State, kind: ApprovalKind, turn: &mut Turn) {
    let too_much = state.phase == Phase::Running && open(state, turn) >= MOST_OPEN;
    if kind == ApprovalKind::Failed && too_much {
        pause(turn);
    }
}

fn pause(turn: &mut Turn) {
    let paused = |event: &Event| matches!(event, Event::ExecutionPaused { .. });
    if !turn.events.iter().any(paused) {
        let because = format!(
            "{MOST_OPEN} questions wait for an answer, and no more are asked; answer them, then resume"
        );
        turn.events.push(Event::ExecutionPaused {
            by: Principal::Machine {
                name: "krake".to_owned(),
            },
            because: Some(because),
        });
    }
}

fn open(state: &State, turn: &Turn) -> usize {
    let asked = |event: &&Event| matches!(event, Event::ApprovalAsked { .. });
    state.waiting() + turn.events.iter().filter(asked).count()
}
