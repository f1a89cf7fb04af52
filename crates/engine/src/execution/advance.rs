use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use krake_domain::approval::{Approval, ApprovalKind, ApprovalStatus};
use krake_domain::canonical_json;
use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::id::ApprovalId;
use krake_domain::plan::{ApprovalMode, OnError};
use krake_domain::tool::{Assessment, EffectClass};
use serde_json::{Map, Value};

use super::decide::stop_everything;
use super::effect::{Effect, Timer};
use super::state::{Phase, State, StepPhase};
use super::{Env, Turn};

/// After so many abnormal ends in the same step, a person decides whether it may run again.
const MOST_CRASHES: u32 = 5;
/// How long a person may take to answer.
const TIME_TO_ANSWER: Duration = Duration::from_secs(24 * 3_600);
/// How long it may stay open whether an effect happened.
const TIME_TO_SETTLE: Duration = Duration::from_secs(30 * 24 * 3_600);

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
        Phase::Paused | Phase::Running if state.count.open == 0 => finish(state, &mut turn),
        Phase::Paused => {}
        Phase::Running if env.hold => {}
        Phase::Running => {
            if let Some(cause) = limit_reached(state, env) {
                stop_everything(state, &mut turn);
                give_up_busy(state, &mut turn);
                end(
                    ExecutionStatus::Stopped,
                    Value::Null,
                    Some(cause),
                    &mut turn,
                );
                return turn;
            }
            for &place in &state.interrupted {
                resume(state, place, env, &mut turn);
            }
            let left = state.plan.limits.attempts.saturating_sub(state.attempts) as usize;
            let room = (state.plan.limits.parallel as usize)
                .saturating_sub(state.count.busy)
                .min(left);
            for &(_, place) in state.ready.iter().take(room) {
                begin(state, place, env, &mut turn);
            }
            drop_repeated_ends(&mut turn);
        }
    }
    turn
}

/// Starts a ready step, as far as no person and no look is needed.
pub(super) fn begin(state: &State, place: usize, env: &Env<'_>, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    if let Some(when) = &state.graph.node(place).when {
        match when.eval(state) {
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
                return fail(
                    state,
                    place,
                    Failure::new(FailureClass::BadInput, format!("when: {error}")),
                    turn,
                );
            }
        }
    }
    let args = match checked_args(state, place, env) {
        Ok(args) => args,
        Err(failure) => return fail(state, place, failure, turn),
    };
    let Some(entry) = env.catalog.find(&step.tool) else {
        return fail(state, place, no_such_tool(&step.tool), turn);
    };
    let phase = state.steps[place].phase;
    if let StepPhase::Ready {
        approval: Some(approval),
    } = phase
    {
        return begin_approved(state, place, approval, args, entry.definition, env, turn);
    }
    if let Some(attempt) = state.steps[place]
        .attempt()
        .filter(|attempt| attempt.class == EffectClass::Keyed)
    {
        // The receiver knows the key: the approval that was given covers every sending of it.
        return start(
            state,
            place,
            args,
            &plain(attempt.class, &step.tool),
            attempt.approval,
            env,
            turn,
        );
    }
    if entry.spec.class.is_harmless() && step.approval != ApprovalMode::Always {
        return start(
            state,
            place,
            args,
            &plain(entry.spec.class, &step.tool),
            None,
            env,
            turn,
        );
    }
    assess_args(state, place, args, turn);
}

/// Goes on with a step that ran when a process ended, by its effect class.
fn resume(state: &State, place: usize, env: &Env<'_>, turn: &mut Turn) {
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
                    &plain(attempt.class, &state.plan.steps[place].tool),
                    attempt.approval,
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
        &step.tool,
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
    approval: Option<ApprovalId>,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    let Some(entry) = env.catalog.find(&step.tool) else {
        return fail(state, place, no_such_tool(&step.tool), turn);
    };
    let attempt = state.steps[place]
        .attempt()
        .map_or(0, |attempt| attempt.number)
        + 1;
    let wakes_at = (step.tool == "wait").then(|| {
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
        approval,
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
            tool: step.tool.clone(),
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
    let entry = env
        .catalog
        .find(&step.tool)
        .ok_or_else(|| no_such_tool(&step.tool))?;
    let attempt = state.steps[place]
        .attempt()
        .ok_or_else(|| Failure::new(FailureClass::Internal, "an attempt to repeat is missing"))?;
    Ok(Effect::Run {
        step: step.id.clone(),
        attempt: attempt.number,
        tool: step.tool.clone(),
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
        tool: step.tool.clone(),
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
        tool: step.tool.clone(),
        args: Arc::new(state.args_of(place).unwrap_or(Value::Null)),
        key: idempotency_key(state, place),
        target_state: current.and_then(|attempt| attempt.target_state),
    });
}

/// Asks a person whether a call, whose outcome is unknown, may run again.
pub(super) fn ask_unknown(
    state: &State,
    place: usize,
    because: String,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let class = state.steps[place]
        .attempt()
        .map_or(EffectClass::Unsafe, |attempt| attempt.class);
    let before = state.steps[place]
        .attempt()
        .and_then(|attempt| attempt.approval)
        .and_then(|id| state.gates.get(&id));
    let assessment = before.map_or_else(
        || plain(class, &state.plan.steps[place].tool),
        |gate| gate.approval.assessment.clone(),
    );
    let args = state.args_of(place).unwrap_or(Value::Null);
    ask(
        state,
        place,
        ApprovalKind::UnknownOutcome,
        &args,
        assessment,
        because,
        env,
        turn,
    );
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the question")]
pub(super) fn ask(
    state: &State,
    place: usize,
    kind: ApprovalKind,
    args: &Value,
    assessment: Assessment,
    because: String,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let step = &state.plan.steps[place];
    let Some(entry) = env.catalog.find(&step.tool) else {
        return fail(state, place, no_such_tool(&step.tool), turn);
    };
    let expires_at = env.now.plus(match kind {
        ApprovalKind::Call => TIME_TO_ANSWER,
        ApprovalKind::UnknownOutcome => TIME_TO_SETTLE,
    });
    let args = canonical_json(args);
    let binding = Approval::binding(
        state.id,
        &step.id,
        &step.tool,
        entry.definition,
        &args,
        &assessment,
        expires_at,
    );
    let number = (state.gates.len() as u64).to_le_bytes();
    let id = ApprovalId::from_parts(
        env.now,
        Hash::of_parts(&[
            state.id.uuid().as_bytes(),
            step.id.as_str().as_bytes(),
            &number,
        ]),
    );
    turn.events.push(Event::ApprovalAsked {
        approval: Box::new(Approval {
            id,
            execution: state.id,
            step: step.id.clone(),
            kind,
            tool: step.tool.clone(),
            args,
            binding,
            definition: entry.definition,
            assessment,
            because,
            asked_at: env.now,
            expires_at,
        }),
    });
    turn.effects.push(Effect::SetTimer {
        timer: Timer::Expiry { approval: id },
        at: expires_at,
    });
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

/// Whether what this step is given rests on text that others wrote.
pub(super) fn reads_taint(state: &State, place: usize) -> bool {
    state
        .graph
        .node(place)
        .reads
        .iter()
        .any(|read| state.steps[*read].tainted)
}

pub(super) fn no_such_tool(tool: &str) -> Failure {
    Failure::new(
        FailureClass::NoAccess,
        format!("tool `{tool}` is not in this version"),
    )
}

fn checked_args(state: &State, place: usize, env: &Env<'_>) -> Result<Value, Failure> {
    let bad = |message| Failure::new(FailureClass::BadInput, message);
    let args = state.args_of(place).map_err(bad)?;
    env.schemas
        .check_args(&state.plan.steps[place].tool, &args)
        .map_err(bad)?;
    Ok(args)
}

fn plain(class: EffectClass, tool: &str) -> Assessment {
    Assessment {
        class,
        target: tool.to_owned(),
        summary: format!("call {tool}"),
        reversible: class.is_harmless(),
        writes_under: None,
        target_state: None,
        diff: None,
    }
}

/// The same for every attempt of a step, and for no other step of any execution.
fn idempotency_key(state: &State, place: usize) -> String {
    let hash = Hash::of_parts(&[
        b"krake effect",
        state.id.uuid().as_bytes(),
        state.plan.steps[place].id.as_str().as_bytes(),
    ]);
    format!("krk_{}", &hash.to_string()[..32])
}

fn limit_reached(state: &State, env: &Env<'_>) -> Option<Failure> {
    if state.ready.is_empty() && state.interrupted.is_empty() {
        return None;
    }
    let seconds = state.plan.limits.time_s;
    let too_long = || {
        Failure::new(
            FailureClass::Cancelled,
            format!("the plan allows {seconds} s of work, and they are used up"),
        )
    };
    attempts_used_up(state)
        .or_else(|| (state.at_work(env.now) > Duration::from_secs(seconds)).then(too_long))
}

pub(super) fn attempts_used_up(state: &State) -> Option<Failure> {
    let most = state.plan.limits.attempts;
    let message = || format!("the plan allows {most} attempts, and they are used up");
    (state.attempts >= most).then(|| Failure::new(FailureClass::Cancelled, message()))
}

/// Marks what still runs as given up; the hands were told to stop and nobody waits for them.
fn give_up_busy(state: &State, turn: &mut Turn) {
    for (place, step) in state.steps.iter().enumerate() {
        if matches!(
            step.phase,
            StepPhase::Assessing
                | StepPhase::Looking
                | StepPhase::Interrupted
                | StepPhase::Running { wait: false }
        ) {
            let unknown = step.phase != StepPhase::Assessing
                && step
                    .attempt()
                    .is_some_and(|attempt| !attempt.class.is_harmless());
            turn.events.push(Event::StepCancelled {
                step: state.plan.steps[place].id.clone(),
                unknown,
            });
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
        step.phase == StepPhase::Failed && state.plan.steps[*place].on_error == OnError::Fail
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
    let last =
        (0..state.graph.len()).filter(|place| state.graph.node(*place).dependents.is_empty());
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
