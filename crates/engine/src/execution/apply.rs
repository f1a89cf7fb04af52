use std::sync::Arc;

use krake_domain::approval::{ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::event::Event;
use krake_domain::plan::{OnError, StepId};
use krake_domain::rule::{Pattern, Scope};
use krake_domain::time::Timestamp;

use super::expand;
use super::revise;
use super::rules::Allowed;
use super::state::{Attempt, Gate, Outcome, Phase, State};
use super::step_phase::StepPhase;
use super::stop::Grant;
use super::transition::ARROWS;

/// The only way state changes, live and in recovery. Events were decided on, so nothing is checked
/// here; an event of a step that the plan lacks changes nothing.
pub(super) fn apply(state: &mut State, at: Timestamp, event: &Event) {
    match event {
        // A rule belongs to all executions, and this one only tells of it; what is said about secrets
        // and about machines belongs to none.
        Event::ExecutionCreated { .. }
        | Event::RuleMade { .. }
        | Event::SecretRevealed { .. }
        | Event::SecretsRescanned { .. }
        | Event::MachineCalled { .. } => {}
        Event::ExecutionStarted {} => {
            state.phase = Phase::Running;
            state.started_at = Some(at);
        }
        Event::ExecutionPaused { because, .. } => {
            state.phase = Phase::Paused;
            state.held.clone_from(because);
        }
        Event::ExecutionResumed { .. } => {
            state.phase = Phase::Running;
            state.held = None;
        }
        Event::CancelRequested { .. } => state.phase = Phase::Cancelling,
        Event::ExecutionStopped { cause } => {
            state.phase = Phase::Stopped;
            state.cause = Some(cause.clone());
        }
        Event::LimitsGranted {
            attempts,
            time_s,
            by,
        } => {
            state.cause = None;
            state.grants.push(Grant {
                at,
                by: by.clone(),
                attempts: *attempts,
                time_s: *time_s,
            });
        }
        Event::PlanRevised {
            plan,
            inputs,
            roots,
            by,
            ..
        } => revise::apply(state, at, plan, inputs, roots, by),
        Event::ExecutionRecovered { epoch, after_crash } => {
            recovered(state, at, *epoch, *after_crash)
        }
        Event::ExecutionEnded {
            status,
            output,
            cause,
        } => {
            state.phase = Phase::Ended(*status);
            state.ended_at = Some(at);
            state.output = output.clone();
            state.cause = cause.clone();
        }
        Event::ApprovalEnded { approval, status } => end_gate(state, *approval, *status),
        Event::ApprovalAnswered { approval, .. } => {
            if let Some(place) = state.gates.get(approval).map(|gate| gate.place) {
                apply_step(state, place, at, event);
            }
        }
        Event::ApprovalAsked { approval } => with_place(state, &approval.step, at, event),
        Event::StepAssessing { step }
        | Event::StepReturned { step }
        | Event::ArgsEdited { step, .. }
        | Event::AttemptStarted { step, .. }
        | Event::AttemptSucceeded { step, .. }
        | Event::AttemptFailed { step, .. }
        | Event::RetryScheduled { step, .. }
        | Event::LookStarted { step, .. }
        | Event::EffectAbsent { step, .. }
        | Event::ResultAdopted { step, .. }
        | Event::AlternativeChosen { step, .. }
        | Event::StepExpanded { step, .. }
        | Event::StepGathered { step, .. }
        | Event::StepFailed { step, .. }
        | Event::StepSkipped { step, .. }
        | Event::StepCancelled { step, .. } => with_place(state, step, at, event),
    }
    count_idle_time(state, at);
}

fn with_place(state: &mut State, step: &StepId, at: Timestamp, event: &Event) {
    if let Some(place) = state.graph.find(step.as_str()) {
        apply_step(state, place, at, event);
    }
}

fn apply_step(state: &mut State, place: usize, at: Timestamp, event: &Event) {
    match event {
        Event::StepAssessing { .. } => {
            state.steps[place].started_at.get_or_insert(at);
            go(state, place, event, StepPhase::Assessing);
        }
        Event::ArgsEdited { args, .. } => {
            state.steps[place].edited = Some(args.clone());
            go(state, place, event, StepPhase::Ready { approval: None });
        }
        Event::StepReturned { .. } => go(state, place, event, StepPhase::Ready { approval: None }),
        Event::ApprovalAsked { approval } => {
            let id = approval.id;
            let gate = Gate {
                approval: (**approval).clone(),
                place,
                status: ApprovalStatus::Waiting,
                answer: None,
                consumed: false,
            };
            let step = &mut state.steps[place];
            step.because = Some(gate.approval.because.clone());
            // Also what failed before it ran.
            if let Some(failure) = &gate.approval.failure {
                step.failure = Some(failure.clone());
            }
            state.gates.insert(id, gate);
            go(
                state,
                place,
                event,
                StepPhase::WaitingApproval { approval: id },
            );
        }
        Event::ApprovalAnswered { approval, answer } => {
            let failed = state
                .gates
                .get(approval)
                .is_some_and(|gate| gate.approval.kind == ApprovalKind::Failed);
            let (status, next) = match answer.verdict {
                // Everything anew: what asks for an approval asks again.
                Verdict::Approve if failed => (
                    ApprovalStatus::Approved,
                    StepPhase::Ready { approval: None },
                ),
                Verdict::Approve | Verdict::Allow { .. } | Verdict::Answer { .. } => (
                    ApprovalStatus::Approved,
                    StepPhase::Ready {
                        approval: Some(*approval),
                    },
                ),
                Verdict::Reject { .. } => (ApprovalStatus::Rejected, StepPhase::Failing),
                Verdict::Happened | Verdict::Skip => (ApprovalStatus::Approved, StepPhase::Failing),
            };
            if let Some(gate) = state.gates.get_mut(approval) {
                if answer.verdict
                    == (Verdict::Allow {
                        scope: Scope::Execution,
                    })
                    && let Some(pattern) = Pattern::of(Scope::Execution, &gate.approval.assessment)
                {
                    state.allowed.push(Allowed {
                        approval: *approval,
                        tool: gate.approval.tool.clone(),
                        definition: gate.approval.definition,
                        pattern,
                    });
                }
                gate.status = status;
                gate.answer = Some(answer.clone());
            }
            go(state, place, event, next);
        }
        Event::AttemptStarted { .. } => start_attempt(state, place, at, event),
        Event::AttemptSucceeded {
            output, tainted, ..
        } => {
            end_attempt(state, place, at, Outcome::Succeeded);
            let step = &mut state.steps[place];
            (step.output, step.tainted, step.because) = (Some(output.clone()), *tainted, None);
            go(state, place, event, StepPhase::Done);
            release(state, place, event);
        }
        Event::AttemptFailed { failure, .. } => {
            end_attempt(state, place, at, Outcome::Failed(failure.clone()));
            state.steps[place].failure = Some(failure.clone());
            go(state, place, event, StepPhase::Failing);
        }
        Event::RetryScheduled {
            at: when, because, ..
        } => {
            state.steps[place].because = Some(because.clone());
            go(state, place, event, StepPhase::WaitingRetry { at: *when });
        }
        Event::LookStarted { .. } => go(state, place, event, StepPhase::Looking),
        Event::EffectAbsent { .. } => {
            if let Some(attempt) = state.steps[place].attempts.last_mut() {
                (attempt.outcome, attempt.ended_at) = (Outcome::Running, None);
            }
            go(state, place, event, StepPhase::Running { wait: false });
        }
        Event::ResultAdopted {
            output, tainted, ..
        } => {
            let step = &mut state.steps[place];
            (step.output, step.tainted, step.ended_at) = (Some(output.clone()), *tainted, Some(at));
            go(state, place, event, StepPhase::Done);
            release(state, place, event);
        }
        Event::AlternativeChosen {
            number, because, ..
        } => {
            let step = &mut state.steps[place];
            step.alternative = *number;
            step.chosen_because = Some(because.clone());
            step.attempts_before = step.attempts.len();
            // What a person wrote was meant for the call before.
            (step.failure, step.ended_at, step.edited) = (None, None, None);
            go(state, place, event, StepPhase::Ready { approval: None });
        }
        Event::StepExpanded { items, .. } => {
            expand::grow(state, place, at, items);
            go(state, place, event, StepPhase::Expanded);
        }
        Event::StepGathered { tainted, .. } => {
            let output = Arc::new(expand::outputs(state, place));
            let step = &mut state.steps[place];
            (step.output, step.tainted, step.ended_at) = (Some(output), *tainted, Some(at));
            go(state, place, event, StepPhase::Done);
            release(state, place, event);
        }
        Event::StepFailed { failure, .. } => {
            let step = &mut state.steps[place];
            (step.failure, step.because, step.ended_at) = (Some(failure.clone()), None, Some(at));
            go(state, place, event, StepPhase::Failed);
            if state.plan.steps[place].on_error == OnError::Continue {
                release(state, place, event);
            }
        }
        Event::StepSkipped {
            condition, because, ..
        } => {
            let step = &mut state.steps[place];
            (step.because, step.ended_at) = (Some(because.clone()), Some(at));
            step.by_condition = *condition;
            go(state, place, event, StepPhase::Skipped);
            if *condition {
                release(state, place, event);
            }
        }
        Event::StepCancelled { unknown, .. } => {
            if state.steps[place]
                .attempt()
                .is_some_and(|attempt| attempt.outcome == Outcome::Running)
            {
                end_attempt(state, place, at, Outcome::Cancelled);
            }
            state.steps[place].ended_at = Some(at);
            go(
                state,
                place,
                event,
                if *unknown {
                    StepPhase::CancelledUnknown
                } else {
                    StepPhase::Cancelled
                },
            );
        }
        _ => {}
    }
}

fn start_attempt(state: &mut State, place: usize, at: Timestamp, event: &Event) {
    let Event::AttemptStarted {
        attempt,
        args_hash,
        definition,
        key,
        class,
        approval,
        allowed_by,
        target_state,
        wakes_at,
        epoch,
        ..
    } = event
    else {
        return;
    };
    if let Some(gate) = approval.and_then(|id| state.gates.get_mut(&id)) {
        gate.consumed = true;
    }
    state.epoch = *epoch;
    state.attempts += 1;
    let step = &mut state.steps[place];
    step.started_at.get_or_insert(at);
    step.because = None;
    step.attempts.push(Attempt {
        number: *attempt,
        alternative: step.alternative,
        class: *class,
        key: key.clone(),
        args_hash: *args_hash,
        definition: *definition,
        approval: *approval,
        allowed_by: *allowed_by,
        target_state: *target_state,
        wakes_at: *wakes_at,
        started_at: at,
        ended_at: None,
        outcome: Outcome::Running,
    });
    go(
        state,
        place,
        event,
        StepPhase::Running {
            wait: wakes_at.is_some(),
        },
    );
}

fn end_attempt(state: &mut State, place: usize, at: Timestamp, outcome: Outcome) {
    let step = &mut state.steps[place];
    step.ended_at = Some(at);
    if let Some(attempt) = step.attempts.last_mut() {
        (attempt.outcome, attempt.ended_at) = (outcome, Some(at));
    }
}

fn end_gate(state: &mut State, approval: krake_domain::id::ApprovalId, status: ApprovalStatus) {
    let Some(gate) = state.gates.get_mut(&approval) else {
        return;
    };
    gate.status = status;
    let place = gate.place;
    if state.steps[place].phase == (StepPhase::WaitingApproval { approval })
        && status == ApprovalStatus::Expired
    {
        cross(state, place, "approval_ended", StepPhase::Failing);
    }
}

/// What ran in a process that is gone is interrupted; what only looked starts over. A `wait` goes
/// on: its end is in the journal.
fn recovered(state: &mut State, at: Timestamp, epoch: u64, after_crash: bool) {
    state.epoch = epoch;
    for place in 0..state.steps.len() {
        match state.steps[place].phase {
            StepPhase::Assessing => cross(
                state,
                place,
                "execution_recovered",
                StepPhase::Ready { approval: None },
            ),
            StepPhase::Running { wait: false } | StepPhase::Looking => {
                if state.steps[place]
                    .attempt()
                    .is_some_and(|attempt| attempt.outcome == Outcome::Running)
                {
                    end_attempt(state, place, at, Outcome::Interrupted);
                }
                state.steps[place].ended_at = None;
                state.steps[place].crashes += u32::from(after_crash);
                cross(state, place, "execution_recovered", StepPhase::Interrupted);
            }
            _ => {}
        }
    }
}

/// Tells those who wait for this step that it has ended.
fn release(state: &mut State, place: usize, event: &Event) {
    let graph = state.graph.clone();
    for &dependent in &graph.node(place).dependents {
        let step = &mut state.steps[dependent];
        step.missing = step.missing.saturating_sub(1);
        if step.missing == 0 && step.phase == StepPhase::Pending {
            go(state, dependent, event, StepPhase::Ready { approval: None });
        }
    }
}

fn go(state: &mut State, place: usize, event: &Event, to: StepPhase) {
    cross(state, place, event.kind(), to);
}

fn cross(state: &mut State, place: usize, kind: &'static str, to: StepPhase) {
    let arrow = (name(state.steps[place].phase), kind, name(to));
    debug_assert!(ARROWS.contains(&arrow), "no such arrow: {arrow:?}");
    #[cfg(test)]
    super::transition_test::crossed(arrow);
    let _ = arrow;
    state.set_phase(place, to);
}

fn name(phase: StepPhase) -> &'static str {
    match phase {
        StepPhase::Pending => "pending",
        StepPhase::Ready { .. } => "ready",
        StepPhase::Expanded => "expanded",
        StepPhase::Assessing => "assessing",
        StepPhase::WaitingApproval { .. } => "waiting_approval",
        StepPhase::Running { .. } => "running",
        StepPhase::Failing => "failing",
        StepPhase::WaitingRetry { .. } => "waiting_retry",
        StepPhase::Interrupted => "interrupted",
        StepPhase::Looking => "looking",
        StepPhase::Done => "done",
        StepPhase::Failed => "failed",
        StepPhase::Skipped => "skipped",
        StepPhase::Cancelled => "cancelled",
        StepPhase::CancelledUnknown => "cancelled_unknown",
    }
}

fn count_idle_time(state: &mut State, at: Timestamp) {
    let idle = state.is_still();
    match state.idle_since {
        None if idle => state.idle_since = Some(at),
        Some(since) if !idle => {
            state.waited += at.since(since);
            state.idle_since = None;
        }
        _ => {}
    }
}
