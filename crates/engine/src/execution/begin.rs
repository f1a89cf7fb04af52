//! How a step begins, goes on after a crash, and is looked after: the intent with its effect.

use std::sync::Arc;
use std::time::Duration;

use krake_domain::approval::{Approval, ApprovalKind, ApprovalStatus};
use krake_domain::canonical_json;
use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::id::ApprovalId;
use krake_domain::plan::{ApprovalMode, Author};
use krake_domain::tool::{Assessment, EffectClass};
use serde_json::Value;

use super::advance::fail;
use super::ask::ask_unknown;
use super::effect::{Effect, Timer};
use super::expand;
use super::failed::{Origin, give_up};
use super::rules::Leave;
use super::state::State;
use super::step_phase::StepPhase;
use super::{Env, Turn, question};
use crate::expr::Expr;

/// After so many abnormal ends in the same step, a person decides whether it may run again.
const MOST_CRASHES: u32 = 5;

/// Starts a ready step, as far as no person and no look is needed.
pub(super) fn begin(state: &State, place: usize, env: &Env<'_>, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    let node = state.graph.node(place);
    // The condition of a `for_each` step that names `item` is asked for each item.
    let asked_here = |when: &&Arc<Expr>| node.for_each.is_none() || !when.names_item();
    if let Some(when) = node.when.as_ref().filter(asked_here) {
        match when.eval(&state.at(place)) {
            Ok(value) if crate::expr::truthy(&value) => {}
            Ok(_) => {
                let because = format!(
                    "its condition `{}` is false",
                    step.when.as_deref().unwrap_or_default()
                );
                return turn.events.push(Event::StepSkipped {
                    step: step.id.clone(),
                    condition: true,
                    because,
                });
            }
            Err(error) => {
                let failure = Failure::new(FailureClass::BadInput, format!("when: {error}"));
                return refuse(state, place, failure, env, turn);
            }
        }
    }
    if let Some(list) = &node.for_each {
        return expand::expand(state, place, list, turn)
            .unwrap_or_else(|failure| refuse(state, place, failure, env, turn));
    }
    let args = match checked_args(state, place, env) {
        Ok(args) => args,
        Err(failure) => return refuse(state, place, failure, env, turn),
    };
    let tool = state.tool_of(place);
    let Some(entry) = env.catalog.find(tool) else {
        return fail(state, place, no_such_tool(tool), turn);
    };
    if tool == question::ASK_USER {
        return question::ask_user(state, place, &args, env, turn)
            .unwrap_or_else(|failure| refuse(state, place, failure, env, turn));
    }
    let phase = state.steps[place].phase;
    if let StepPhase::Ready {
        approval: Some(approval),
    } = phase
    {
        return begin_approved(state, place, approval, args, entry.definition, env, turn);
    }
    if let Some(attempt) = state.steps[place]
        .attempt_at_call()
        .filter(|attempt| attempt.class == EffectClass::Keyed)
    {
        // The receiver knows the key: the approval that was given covers every sending of it.
        return start(
            state,
            place,
            args,
            &plain(attempt.class, tool),
            attempt,
            env,
            turn,
        );
    }
    if entry.spec.class.is_harmless() && step.approval != ApprovalMode::Always {
        return start(
            state,
            place,
            args,
            &plain(entry.spec.class, tool),
            None,
            env,
            turn,
        );
    }
    assess_args(state, place, args, turn);
}

/// It cannot begin. Only from the ready ones a person can be asked about that; a repetition that no
/// longer fits its tool fails.
fn refuse(state: &State, place: usize, failure: Failure, env: &Env<'_>, turn: &mut Turn) {
    match state.steps[place].phase {
        StepPhase::Ready { .. } => give_up(state, place, failure, Origin::Before, env, turn),
        _ => fail(state, place, failure, turn),
    }
}

/// Goes on with a step that ran when a process ended, by its effect class.
pub(super) fn resume(state: &State, place: usize, env: &Env<'_>, turn: &mut Turn) {
    let step = &state.steps[place];
    let Some(attempt) = step.attempt() else {
        return;
    };
    if step.crashes >= MOST_CRASHES {
        let because = format!(
            "Krake ended abnormally {} times while this step ran",
            step.crashes
        );
        return ask_unknown(state, place, because, env, turn);
    }
    match attempt.class {
        EffectClass::Pure | EffectClass::Read | EffectClass::Keyed => {
            match checked_args(state, place, env) {
                Ok(args) => start(
                    state,
                    place,
                    args,
                    &plain(attempt.class, state.tool_of(place)),
                    attempt,
                    env,
                    turn,
                ),
                Err(failure) => ask_unknown(state, place, failure.message, env, turn),
            }
        }
        EffectClass::Checkable => look(state, place, attempt.number, turn),
        EffectClass::Unsafe => {
            let because = "Krake ended while this step ran; it may have happened or not".to_owned();
            ask_unknown(state, place, because, env, turn);
        }
    }
}

/// Starts with an approval, if what was approved is still exactly what would run.
fn begin_approved(
    state: &State,
    place: usize,
    approval: ApprovalId,
    args: Value,
    definition: Hash,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    let gate = &state.gates[&approval];
    let asked = &gate.approval;
    let text = canonical_json(&args);
    let binding = Approval::binding(
        state.id,
        &step.id,
        state.tool_of(place),
        definition,
        &text,
        &asked.assessment,
        asked.expires_at,
    );
    if gate.consumed || gate.status != ApprovalStatus::Approved || binding != asked.binding {
        turn.events.push(Event::ApprovalEnded {
            approval,
            status: ApprovalStatus::Withdrawn,
        });
        return assess_args(state, place, args, turn);
    }
    let mut assessment = asked.assessment.clone();
    if asked.kind == ApprovalKind::UnknownOutcome {
        // The first try may have changed the target, and the person knows that.
        assessment.target_state = None;
    }
    start(state, place, args, &assessment, Some(approval), env, turn);
}

/// The intent and the effect of one attempt.
pub(super) fn start(
    state: &State,
    place: usize,
    args: Value,
    assessment: &Assessment,
    leave: impl Into<Leave>,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let leave = leave.into();
    let step = &state.plan.steps[place];
    let tool = state.tool_of(place);
    let Some(entry) = env.catalog.find(tool) else {
        return fail(state, place, no_such_tool(tool), turn);
    };
    let attempt = state.steps[place]
        .attempt()
        .map_or(0, |attempt| attempt.number)
        + 1;
    let wakes_at = (tool == "wait").then(|| {
        env.now.plus(Duration::from_millis(
            args.get("ms").and_then(Value::as_u64).unwrap_or(0),
        ))
    });
    let key = idempotency_key(state, place);
    turn.events.push(Event::AttemptStarted {
        step: step.id.clone(),
        attempt,
        epoch: env.epoch,
        args_hash: Hash::of(canonical_json(&args).as_bytes()),
        definition: entry.definition,
        key: key.clone(),
        class: assessment.class,
        approval: leave.approval,
        allowed_by: leave.allowed_by,
        target_state: assessment.target_state,
        wakes_at,
    });
    turn.effects.push(match wakes_at {
        Some(at) => Effect::SetTimer {
            timer: Timer::Wake {
                step: step.id.clone(),
                attempt,
            },
            at,
        },
        None => Effect::Run {
            step: step.id.clone(),
            attempt,
            tool: tool.to_owned(),
            args: Arc::new(args),
            key,
            class: assessment.class,
            target_state: assessment.target_state,
            timeout: Duration::from_millis(step.timeout_ms.unwrap_or(entry.spec.timeout_ms)),
        },
    });
}

/// The same attempt once more, after the world said that it did not happen.
pub(super) fn run_again(state: &State, place: usize, env: &Env<'_>) -> Result<Effect, Failure> {
    let step = &state.plan.steps[place];
    let args = checked_args(state, place, env)?;
    let tool = state.tool_of(place);
    let entry = env.catalog.find(tool).ok_or_else(|| no_such_tool(tool))?;
    let attempt = state.steps[place]
        .attempt()
        .ok_or_else(|| Failure::new(FailureClass::Internal, "an attempt to repeat is missing"))?;
    Ok(Effect::Run {
        step: step.id.clone(),
        attempt: attempt.number,
        tool: tool.to_owned(),
        args: Arc::new(args),
        key: attempt.key.clone(),
        class: attempt.class,
        target_state: attempt.target_state,
        timeout: Duration::from_millis(step.timeout_ms.unwrap_or(entry.spec.timeout_ms)),
    })
}

pub(super) fn assess(state: &State, place: usize, turn: &mut Turn) {
    match state.args_of(place) {
        Ok(args) => assess_args(state, place, args, turn),
        Err(message) => fail(
            state,
            place,
            Failure::new(FailureClass::BadInput, message),
            turn,
        ),
    }
}

fn assess_args(state: &State, place: usize, args: Value, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    turn.events.push(Event::StepAssessing {
        step: step.id.clone(),
    });
    turn.effects.push(Effect::Assess {
        step: step.id.clone(),
        tool: state.tool_of(place).to_owned(),
        args: Arc::new(args),
    });
}

pub(super) fn look(state: &State, place: usize, attempt: u32, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    turn.events.push(Event::LookStarted {
        step: step.id.clone(),
        attempt,
    });
    let current = state.steps[place].attempt();
    turn.effects.push(Effect::Look {
        step: step.id.clone(),
        attempt,
        tool: state.tool_of(place).to_owned(),
        args: Arc::new(state.args_of(place).unwrap_or(Value::Null)),
        key: idempotency_key(state, place),
        target_state: current.and_then(|attempt| attempt.target_state),
    });
}

fn checked_args(state: &State, place: usize, env: &Env<'_>) -> Result<Value, Failure> {
    let bad = |message| Failure::new(FailureClass::BadInput, message);
    let args = state.args_of(place).map_err(bad)?;
    env.schemas
        .check_args(state.tool_of(place), &args)
        .map_err(bad)?;
    Ok(args)
}

pub(super) fn plain(class: EffectClass, tool: &str) -> Assessment {
    Assessment {
        class,
        target: tool.to_owned(),
        summary: format!("call {tool}"),
        reversible: class.is_harmless(),
        writes_under: None,
        reaches: None,
        target_state: None,
        diff: None,
    }
}

/// The same for every attempt at a call of a step, and for no other call of any execution.
pub(super) fn idempotency_key(state: &State, place: usize) -> String {
    let id = state.id.uuid();
    let number = state.steps[place].alternative.to_le_bytes();
    let mut parts: Vec<&[u8]> = vec![
        b"krake effect",
        id.as_bytes(),
        state.plan.steps[place].id.as_str().as_bytes(),
    ];
    if state.steps[place].alternative > 0 {
        parts.push(&number);
    }
    let hash = Hash::of_parts(&parts);
    format!("krk_{}", &hash.to_string()[..32])
}

pub(super) fn no_such_tool(tool: &str) -> Failure {
    Failure::new(
        FailureClass::NoAccess,
        format!("tool `{tool}` is not in this version"),
    )
}

/// Whether what this step is given rests on text that others wrote. Of a plan that a model wrote,
/// everything does.
pub(super) fn reads_taint(state: &State, place: usize) -> bool {
    if state.steps[place].edited.is_some() {
        return false;
    }
    state.plan.planned_by == Author::Model
        || state
            .graph
            .node(place)
            .reads
            .iter()
            .any(|read| state.steps[*read].tainted)
}
