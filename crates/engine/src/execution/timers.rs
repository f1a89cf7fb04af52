use krake_domain::approval::ApprovalStatus;

use super::Turn;
use super::effect::{Effect, Timer};
use super::state::State;
use super::step_phase::StepPhase;

/// The timers that the journal holds: set again after a pause or in a new process.
pub(super) fn timers(state: &State, turn: &mut Turn) {
    for (place, step) in state.steps.iter().enumerate() {
        let id = &state.plan.steps[place].id;
        match step.phase {
            StepPhase::WaitingRetry { at } => turn.effects.push(Effect::SetTimer {
                timer: Timer::Retry { step: id.clone() },
                at,
            }),
            StepPhase::Running { wait: true } => {
                if let Some(attempt) = step.attempt()
                    && let Some(at) = attempt.wakes_at
                {
                    turn.effects.push(Effect::SetTimer {
                        timer: Timer::Wake {
                            step: id.clone(),
                            attempt: attempt.number,
                        },
                        at,
                    });
                }
            }
            _ => {}
        }
    }
    for (id, gate) in &state.gates {
        if gate.status == ApprovalStatus::Waiting {
            turn.effects.push(Effect::SetTimer {
                timer: Timer::Expiry { approval: *id },
                at: gate.approval.expires_at,
            });
        }
    }
}
