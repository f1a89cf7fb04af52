use std::collections::BTreeSet;
use std::sync::Arc;

use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::OnError;
use serde_json::{Map, Value};

use super::begin::{begin, resume};
use super::effect::Effect;
use super::expand;
use super::state::{Phase, State};
use super::step_phase::StepPhase;
use super::{Env, Turn, stop};

/// What follows from the state alone: steps that can start, steps that a crash interrupted, the end.
/// Nothing when there is nothing to do.
pub(super) fn advance(state: &State, env: &Env<'_>) -> Turn {
    let mut turn = Turn::default();
    match state.phase {
        Phase::Proposed | Phase::Ended(_) => {}
        Phase::Cancelling => {
            for &place in &state.interrupted {
                let unknown = state.steps[place]
                    .attempt()
                    .is_some_and(|attempt| !attempt.class.is_harmless());
                turn.events.push(Event::StepCancelled {
                    step: state.plan.steps[place].id.clone(),
                    unknown,
                });
            }
            if turn.events.is_empty() && state.count.open == 0 {
                end(ExecutionStatus::Cancelled, Value::Null, None, &mut turn);
            }
            if turn.events.is_empty() && state.count.busy == 0 && state.count.open > 0 {
                cancel_the_rest(state, &mut turn);
            }
        }
        Phase::Paused | Phase::Stopped | Phase::Running if state.count.open == 0 => {
            finish(state, &mut turn);
        }
        Phase::Paused | Phase::Stopped | Phase::Running if !state.gathering.is_empty() => {
            for &place in &state.gathering {
                expand::gather(state, place, &mut turn);
            }
            drop_repeated_ends(&mut turn);
        }
        Phase::Paused | Phase::Stopped => {}
        Phase::Running if env.hold => {}
        Phase::Running => {
            let wants_to_start = !state.ready.is_empty() || !state.interrupted.is_empty();
            if wants_to_start && let Some(cause) = stop::limit_reached(state, env) {
                turn.events.push(Event::ExecutionStopped { cause });
                return turn;
            }
            for &place in &state.interrupted {
                resume(state, place, env, &mut turn);
            }
            let left = state.attempts_allowed().saturating_sub(state.attempts) as usize;
            let room = (state.plan.limits.parallel as usize)
                .saturating_sub(state.count.busy)
                .min(left);
            for &(_, place) in state.ready.iter().take(room) {
                begin(state, place, env, &mut turn);
                let held = |event: &Event| {
                    matches!(
                        event,
                        Event::ExecutionPaused { .. } | Event::ExecutionStopped { .. }
                    )
                };
                if turn.events.last().is_some_and(held) {
                    break;
                }
            }
            drop_repeated_ends(&mut turn);
        }
    }
    turn
}

/// Ends a step as failed, and what cannot run without it as skipped.
pub(super) fn fail(state: &State, place: usize, failure: Failure, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    turn.events.push(Event::StepFailed {
        step: step.id.clone(),
        failure,
    });
    if step.on_error == OnError::Continue {
        return;
    }
    let mut skipped: BTreeSet<usize> = BTreeSet::new();
    let mut queue = vec![place];
    while let Some(from) = queue.pop() {
        for &dependent in &state.graph.node(from).dependents {
            if !state.steps[dependent].phase.is_ended() && skipped.insert(dependent) {
                let because = format!(
                    "it needs `{}`, which {}",
                    state.plan.steps[from].id,
                    if from == place {
                        "failed"
                    } else {
                        "was skipped"
                    }
                );
                turn.events.push(Event::StepSkipped {
                    step: state.plan.steps[dependent].id.clone(),
                    condition: false,
                    because,
                });
                queue.push(dependent);
            }
        }
    }
}

fn cancel_the_rest(state: &State, turn: &mut Turn) {
    for (place, step) in state.steps.iter().enumerate() {
        if !step.phase.is_ended() && !matches!(step.phase, StepPhase::Interrupted) {
            turn.events.push(Event::StepCancelled {
                step: state.plan.steps[place].id.clone(),
                unknown: false,
            });
        }
    }
}

fn finish(state: &State, turn: &mut Turn) {
    let first_failure = state.steps.iter().enumerate().filter(|(place, step)| {
        // The step that has a failed instance says so itself.
        step.phase == StepPhase::Failed
            && state.plan.steps[*place].on_error != OnError::Continue
            && state.graph.node(*place).instance_of.is_none()
    });
    let cause = first_failure
        .min_by_key(|(_, step)| step.ended_at)
        .map(|(place, step)| {
            let failure = step
                .failure
                .clone()
                .unwrap_or_else(|| Failure::new(FailureClass::Internal, "the step failed"));
            Failure {
                message: format!("step `{}`: {}", state.plan.steps[place].id, failure.message),
                ..failure
            }
        });
    match cause {
        Some(cause) => end(ExecutionStatus::Failed, Value::Null, Some(cause), turn),
        None => match output(state) {
            Ok(output) => end(ExecutionStatus::Done, output, None, turn),
            Err(message) => end(
                ExecutionStatus::Failed,
                Value::Null,
                Some(Failure::new(FailureClass::BadInput, message)),
                turn,
            ),
        },
    }
}

/// What the plan says it returns, or the outputs of its last steps by their ids.
fn output(state: &State) -> Result<Value, String> {
    if let Some(template) = &state.plan.output {
        let template = crate::expr::Template::parse(template)
            .map_err(|error| format!("output: {}", error.error))?;
        return template
            .fill(state)
            .map_err(|error| format!("output: {error}"));
    }
    let last = (0..state.graph.len()).filter(|place| {
        let node = state.graph.node(*place);
        node.dependents.is_empty() && node.instance_of.is_none()
    });
    let outputs: Map<String, Value> = last
        .map(|place| {
            (
                state.plan.steps[place].id.to_string(),
                state.steps[place]
                    .output
                    .as_deref()
                    .cloned()
                    .unwrap_or_default(),
            )
        })
        .collect();
    Ok(Value::Object(outputs))
}

fn end(status: ExecutionStatus, output: Value, cause: Option<Failure>, turn: &mut Turn) {
    turn.events.push(Event::ExecutionEnded {
        status,
        output: Arc::new(output),
        cause,
    });
    turn.effects.push(Effect::Close);
}

/// Two steps that fail in the same pass may both end what needs them; it ends once.
fn drop_repeated_ends(turn: &mut Turn) {
    let mut ended = BTreeSet::new();
    turn.events.retain(|event| match event {
        Event::StepSkipped { step, .. } => ended.insert(step.clone()),
        _ => true,
    });
}
