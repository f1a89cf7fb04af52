//! When a step did not run, and for what it waited, read off the state of its execution.

use krake_domain::time::Timestamp;
use krake_engine::execution::{Gate, Outcome, State, StepPhase};
use serde::Serialize;

/// A stretch in which a step waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    pub on: WaitOn,
    pub from: Timestamp,
    /// Absent while it waits.
    pub until: Option<Timestamp>,
}

/// What a step waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitOn {
    /// A person.
    Approval,
    /// The time of the next attempt.
    Retry,
}

/// All waits of all steps, by place in the plan, each step's in their order.
#[must_use]
pub fn of(state: &State) -> Vec<Vec<Wait>> {
    let mut waits: Vec<Vec<Wait>> = (0..state.steps.len())
        .map(|place| between_attempts(state, place))
        .collect();
    for gate in state.gates.values() {
        waits[gate.place].push(for_person(state, gate));
    }
    waits
        .iter_mut()
        .for_each(|waits| waits.sort_by_key(|wait| wait.from));
    waits
}

fn for_person(state: &State, gate: &Gate) -> Wait {
    let step = &state.steps[gate.place];
    let still = matches!(step.phase, StepPhase::WaitingApproval { approval } if approval == gate.approval.id);
    let from = gate.approval.asked_at;
    // A question that ended without an answer ended with its step, or with the execution.
    let ended = || step.ended_at.or(state.ended_at).unwrap_or(from);
    let until = gate
        .answer
        .as_ref()
        .map(|answer| answer.at)
        .or_else(|| (!still).then(ended));
    Wait {
        on: WaitOn::Approval,
        from,
        until,
    }
}

/// After a failed attempt the step waits for its next one, unless a person was asked between.
fn between_attempts(state: &State, place: usize) -> Vec<Wait> {
    let step = &state.steps[place];
    let next = step
        .attempts
        .iter()
        .skip(1)
        .map(|attempt| Some(attempt.started_at))
        .chain([None]);
    let asked = |from: Timestamp, until: Option<Timestamp>| {
        state.gates.values().any(|gate| {
            gate.place == place
                && gate.approval.asked_at >= from
                && until.is_none_or(|until| gate.approval.asked_at <= until)
        })
    };
    let mut waits = Vec::new();
    for (attempt, next) in step.attempts.iter().zip(next) {
        let waits_now = matches!(step.phase, StepPhase::WaitingRetry { .. });
        if let (Outcome::Failed(_), Some(from)) = (&attempt.outcome, attempt.ended_at)
            && (next.is_some() || waits_now)
            && !asked(from, next)
        {
            waits.push(Wait {
                on: WaitOn::Retry,
                from,
                until: next,
            });
        }
    }
    waits
}
