use std::sync::Arc;

use krake_domain::approval::{ApprovalKind, ApprovalStatus};
use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::{ApprovalMode, StepId};
use krake_domain::principal::Principal;
use krake_domain::tool::{Assessment, EffectClass, Finding};
use serde_json::Value;

use super::adopt;
use super::advance::fail;
use super::ask::{self, Wanted};
use super::edit::edit;
use super::effect::{Effect, Timer};
use super::failed::{Origin, give_up};
use super::gate::{self, Ruling};
use super::input::{Input, Refusal};
use super::ladder::{self, Rung};
use super::state::{Phase, State};
use super::step_phase::StepPhase;
use super::timers::timers;
use super::verdict::answer;
use super::{Env, Turn, schemas, stop};
use super::{begin, revise, rules};

/// What an input leads to. Pure: the state is only read.
///
/// # Errors
/// The input does not fit the state.
pub(super) fn decide(state: &State, input: Input, env: &Env<'_>) -> Result<Turn, Refusal> {
    let mut turn = Turn::default();
    match input {
        Input::Start => match state.phase {
            Phase::Proposed => turn.events.push(Event::ExecutionStarted {}),
            _ => return Err(Refusal::Status(state.status())),
        },
        Input::Pause { by } => match state.phase {
            Phase::Running => turn
                .events
                .push(Event::ExecutionPaused { by, because: None }),
            _ => return Err(Refusal::Status(state.status())),
        },
        Input::Resume { by } => match state.phase {
            Phase::Paused => {
                turn.events.push(Event::ExecutionResumed { by });
                timers(state, &mut turn);
            }
            // To allow as much again is a person's word.
            Phase::Stopped if !by.is_person() => return Err(Refusal::NotAPerson),
            Phase::Stopped => {
                stop::grant(state, by.clone(), env, &mut turn);
                turn.events.push(Event::ExecutionResumed { by });
                timers(state, &mut turn);
            }
            _ => return Err(Refusal::Status(state.status())),
        },
        Input::Cancel { by } => cancel(state, by, &mut turn)?,
        Input::Revise {
            version,
            plan,
            inputs,
            roots,
            by,
        } => turn
            .events
            .push(revise::revise(state, version, plan, inputs, roots, by)?),
        Input::Recover { epoch, after_crash } => {
            if !matches!(state.phase, Phase::Proposed | Phase::Ended(_)) {
                turn.events
                    .push(Event::ExecutionRecovered { epoch, after_crash });
                timers(state, &mut turn);
            }
        }
        Input::Edit { approval, args, by } => edit(state, approval, args, by, env, &mut turn)?,
        Input::Answer {
            approval,
            verdict,
            by,
        } => answer(state, approval, verdict, by, env, &mut turn)?,
        Input::Assessed { step, result } => at_step(state, &step, &mut turn, |place, turn| {
            assessed(state, place, result, env, turn)
        }),
        Input::Finished {
            step,
            attempt,
            result,
        } => at_step(state, &step, &mut turn, |place, turn| {
            if state.steps[place].phase == (StepPhase::Running { wait: false })
                && is_current(state, place, attempt)
            {
                finished(state, place, attempt, result, env, turn);
            }
        }),
        Input::Looked {
            step,
            attempt,
            finding,
        } => at_step(state, &step, &mut turn, |place, turn| {
            if state.steps[place].phase == StepPhase::Looking && is_current(state, place, attempt) {
                looked(state, place, attempt, finding, env, turn);
            }
        }),
        Input::TimerFired { timer } => timer_fired(state, timer, env, &mut turn),
    }
    Ok(turn)
}

/// Results of a step that the plan lacks, or that has moved on, change nothing: they come from an
/// attempt that was given up.
fn at_step(state: &State, step: &StepId, turn: &mut Turn, act: impl FnOnce(usize, &mut Turn)) {
    if matches!(
        state.phase,
        Phase::Running | Phase::Paused | Phase::Stopped | Phase::Cancelling
    ) && let Some(place) = state.graph.find(step.as_str())
    {
        act(place, turn);
    }
}

fn is_current(state: &State, place: usize, attempt: u32) -> bool {
    state.steps[place]
        .attempt()
        .is_some_and(|current| current.number == attempt)
}

fn cancel(state: &State, by: Principal, turn: &mut Turn) -> Result<(), Refusal> {
    if !matches!(
        state.phase,
        Phase::Proposed | Phase::Running | Phase::Paused | Phase::Stopped
    ) {
        return Err(Refusal::Status(state.status()));
    }
    turn.events.push(Event::CancelRequested { by });
    stop_everything(state, turn);
    Ok(())
}

/// Ends every step at which no hand is at work, and tells the hands to stop.
fn stop_everything(state: &State, turn: &mut Turn) {
    for (id, gate) in &state.gates {
        if gate.status == ApprovalStatus::Waiting {
            turn.events.push(Event::ApprovalEnded {
                approval: *id,
                status: ApprovalStatus::Withdrawn,
            });
        }
    }
    for (place, step) in state.steps.iter().enumerate() {
        let id = state.plan.steps[place].id.clone();
        match step.phase {
            StepPhase::Running { wait: false } => {
                let attempt = step.attempt().map_or(0, |attempt| attempt.number);
                turn.effects.push(Effect::CancelRun { step: id, attempt });
            }
            StepPhase::Assessing | StepPhase::Looking | StepPhase::Interrupted => {}
            phase if phase.is_ended() => {}
            StepPhase::WaitingApproval { approval } => {
                let unknown = state
                    .gates
                    .get(&approval)
                    .is_some_and(|gate| gate.approval.kind == ApprovalKind::UnknownOutcome);
                turn.events.push(Event::StepCancelled { step: id, unknown });
            }
            _ => turn.events.push(Event::StepCancelled {
                step: id,
                unknown: false,
            }),
        }
    }
}

fn assessed(
    state: &State,
    place: usize,
    result: Result<Assessment, Failure>,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    if state.steps[place].phase != StepPhase::Assessing {
        return;
    }
    let step = &state.plan.steps[place];
    let assessment = match result {
        _ if state.phase == Phase::Cancelling => {
            return turn.events.push(Event::StepCancelled {
                step: step.id.clone(),
                unknown: false,
            });
        }
        _ if matches!(state.phase, Phase::Paused | Phase::Stopped) => {
            return turn.events.push(Event::StepReturned {
                step: step.id.clone(),
            });
        }
        Ok(assessment) => assessment,
        Err(failure) => return give_up(state, place, failure, Origin::Before, env, turn),
    };
    let tool = state.tool_of(place);
    let Some(entry) = env.catalog.find(tool) else {
        return fail(state, place, begin::no_such_tool(tool), turn);
    };
    let args = match state.args_of(place) {
        Ok(args) => args,
        Err(message) => {
            return fail(
                state,
                place,
                Failure::new(FailureClass::BadInput, message),
                turn,
            );
        }
    };
    let edited = state.steps[place].edited.is_some();
    let ran_before = adopt::ran_before(state, place);
    let mode = if ran_before.is_some() {
        ApprovalMode::Always
    } else {
        step.approval
    };
    let ruling = match gate::rule(
        mode,
        &entry.spec,
        &assessment,
        &state.roots,
        begin::reads_taint(state, place),
        state.plan.planned_by,
    ) {
        Ruling::Go if edited => Ruling::Ask("a person changed its arguments".to_owned()),
        ruling => ruling,
    };
    match ruling {
        Ruling::Go if stop::attempts_used_up(state).is_some() => {
            turn.events.push(Event::StepReturned {
                step: step.id.clone(),
            });
        }
        Ruling::Go => begin::start(state, place, args, &assessment, None, env, turn),
        Ruling::Ask(because) => {
            let before = rules::allowed_by(state, place, entry.definition, &assessment, env);
            // What a person has just written, or what happened before, is looked at once more.
            match before.filter(|_| !edited && ran_before.is_none()) {
                Some(_) if stop::attempts_used_up(state).is_some() => {
                    return turn.events.push(Event::StepReturned {
                        step: step.id.clone(),
                    });
                }
                Some(leave) => {
                    return begin::start(state, place, args, &assessment, leave, env, turn);
                }
                None => {}
            }
            let tainted = begin::reads_taint(state, place);
            let wanted = Wanted {
                scopes: rules::scopes(mode, &assessment, tainted),
                assessment,
                because: ran_before.unwrap_or(because),
                ..Wanted::of(ApprovalKind::Call)
            };
            ask::ask(state, place, &args, wanted, env, turn);
        }
        Ruling::Refuse(because) => {
            let message = format!(
                "this step needs an approval ({because}), and the plan says `approval: never`"
            );
            fail(
                state,
                place,
                Failure::new(FailureClass::NoAccess, message),
                turn,
            );
        }
    }
}

fn finished(
    state: &State,
    place: usize,
    attempt: u32,
    result: Result<Arc<Value>, Failure>,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    let result = result.and_then(|output| match &state.as_written(place).output {
        Some(schema) => schemas::check(schema, &output, "output")
            .map(|()| output)
            .map_err(|fault| Failure::new(FailureClass::BadOutput, fault)),
        None => Ok(output),
    });
    let failure = match result {
        Ok(output) => return succeed(state, place, attempt, output, env, turn),
        Err(failure) => failure,
    };
    let class = state.steps[place]
        .attempt()
        .map_or(EffectClass::Unsafe, |attempt| attempt.class);
    turn.events.push(Event::AttemptFailed {
        step: step.id.clone(),
        attempt,
        failure: failure.clone(),
    });
    if state.phase == Phase::Cancelling {
        let may_have_happened = matches!(
            failure.class,
            FailureClass::Cancelled | FailureClass::Timeout | FailureClass::UnknownOutcome
        );
        return turn.events.push(Event::StepCancelled {
            step: step.id.clone(),
            unknown: may_have_happened && !class.is_harmless(),
        });
    }
    climb(state, place, attempt, &failure, class, env, turn);
}

fn climb(
    state: &State,
    place: usize,
    attempt: u32,
    failure: &Failure,
    class: EffectClass,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    match ladder::next(
        failure,
        class,
        state.steps[place].tries(attempt),
        &step.retry,
    ) {
        Rung::Retry { wait, because } => {
            let at = env.now.plus(wait);
            turn.events.push(Event::RetryScheduled {
                step: step.id.clone(),
                at,
                because,
            });
            turn.effects.push(Effect::SetTimer {
                timer: Timer::Retry {
                    step: step.id.clone(),
                },
                at,
            });
        }
        Rung::Look => begin::look(state, place, attempt, turn),
        Rung::AskUnknown { because } => ask::ask_unknown(state, place, because, env, turn),
        Rung::AssessAgain => begin::assess(state, place, turn),
        Rung::Fail => give_up(state, place, failure.clone(), Origin::Run, env, turn),
    }
}

fn looked(
    state: &State,
    place: usize,
    attempt: u32,
    finding: Finding,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = state.plan.steps[place].id.clone();
    match finding {
        Finding::Happened { output } => {
            finished(state, place, attempt, Ok(Arc::new(output)), env, turn);
        }
        Finding::NotHappened if state.phase == Phase::Cancelling => {
            turn.events.push(Event::StepCancelled {
                step,
                unknown: false,
            })
        }
        Finding::NotHappened => {
            turn.events.push(Event::EffectAbsent { step, attempt });
            match begin::run_again(state, place, env) {
                Ok(effect) => turn.effects.push(effect),
                Err(failure) => {
                    turn.events.push(Event::AttemptFailed {
                        step: state.plan.steps[place].id.clone(),
                        attempt,
                        failure: failure.clone(),
                    });
                    fail(state, place, failure, turn);
                }
            }
        }
        Finding::Unclear { .. } if state.phase == Phase::Cancelling => {
            turn.events.push(Event::StepCancelled {
                step,
                unknown: true,
            })
        }
        Finding::Unclear { because } => ask::ask_unknown(state, place, because, env, turn),
    }
}

pub(super) fn succeed(
    state: &State,
    place: usize,
    attempt: u32,
    output: Arc<Value>,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    let untrusted = env
        .catalog
        .find(state.tool_of(place))
        .is_some_and(|entry| entry.spec.untrusted_output);
    let tainted = untrusted || begin::reads_taint(state, place);
    turn.events.push(Event::AttemptSucceeded {
        step: step.id.clone(),
        attempt,
        output,
        tainted,
    });
}

fn timer_fired(state: &State, timer: Timer, env: &Env<'_>, turn: &mut Turn) {
    match timer {
        Timer::Wake { step, attempt } => at_step(state, &step, turn, |place, turn| {
            if state.steps[place].phase == (StepPhase::Running { wait: true })
                && is_current(state, place, attempt)
            {
                let output = Arc::new(Value::Object(serde_json::Map::new()));
                finished(state, place, attempt, Ok(output), env, turn);
            }
        }),
        Timer::Retry { step } => at_step(state, &step, turn, |place, turn| {
            let due =
                matches!(state.steps[place].phase, StepPhase::WaitingRetry { at } if at <= env.now);
            if due && state.phase == Phase::Running {
                match stop::limit_reached(state, env) {
                    Some(cause) => turn.events.push(Event::ExecutionStopped { cause }),
                    None => begin::begin(state, place, env, turn),
                }
            }
        }),
        Timer::Expiry { approval } => {
            let Some(gate) = state.gates.get(&approval) else {
                return;
            };
            if gate.status == ApprovalStatus::Waiting && gate.approval.expires_at <= env.now {
                turn.events.push(Event::ApprovalEnded {
                    approval,
                    status: ApprovalStatus::Expired,
                });
                let failure = gate.approval.failure.clone().unwrap_or_else(|| {
                    Failure::new(
                        FailureClass::Rejected,
                        "nobody answered the approval in time",
                    )
                });
                fail(state, gate.place, failure, turn);
            }
        }
    }
}
