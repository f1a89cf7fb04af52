//! What one execution cost in time: counts, durations, waits with their names, the critical path,
//! and what running side by side saved.

use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_domain::time::Timestamp;
use krake_engine::execution::{State, StepState};
use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::executions::ExecutionRef;
use crate::view::moment::now;
use crate::waits::{self, Wait, WaitOn};

/// Durations are in milliseconds; what still runs is counted up to now.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExecutionMetrics {
    pub execution_id: ExecutionId,
    pub steps_total: u32,
    pub steps_started: u32,
    pub attempts: u32,
    /// Attempts after the first one of each step.
    pub repeats: u32,
    /// From the start to the end, all waits counted.
    pub wall_ms: u64,
    /// All attempts one after another.
    pub run_ms: u64,
    /// Time in which at least one attempt ran.
    pub busy_ms: u64,
    /// `run_ms` less `busy_ms`: saved against one after another.
    pub saved_ms: u64,
    /// Time in which at least one step waited for a person.
    pub waited_for_person_ms: u64,
    /// Time in which at least one step waited for its next attempt.
    pub waited_for_retry_ms: u64,
    /// The chain of needs that took longest; nothing shortens the execution but shortening this.
    pub critical_path: Vec<StepId>,
    pub critical_path_ms: u64,
    pub steps: Vec<StepMetrics>,
}

/// One step's share.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StepMetrics {
    pub step: StepId,
    pub attempts: u32,
    pub run_ms: u64,
    pub waited_for_person_ms: u64,
    pub waited_for_retry_ms: u64,
    pub critical: bool,
}

/// `executions.metrics`
pub async fn metrics(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionMetrics, ApiError> {
    Ok(ExecutionMetrics::of(&*ctx.state(input.id).await?, now()))
}

impl ExecutionMetrics {
    /// The metrics of an execution that stands like this.
    #[must_use]
    pub fn of(state: &State, now: Timestamp) -> Self {
        let waits = waits::of(state);
        let run: Vec<u64> = state.steps.iter().map(|step| run_ms(step, now)).collect();
        let path = state.graph.critical_path(&|place| run[place]);
        let attempts: usize = state.steps.iter().map(|step| step.attempts.len()).sum();
        let started = state
            .steps
            .iter()
            .filter(|step| !step.attempts.is_empty())
            .count();
        let run_ms = run.iter().sum();
        let busy_ms = covered(
            state
                .steps
                .iter()
                .flat_map(|step| stretches(step, now))
                .collect(),
        );
        let all_waits = || waits.iter().flatten();
        let steps = state.graph.in_order().map(|place| StepMetrics {
            step: state.plan.steps[place].id.clone(),
            attempts: count(state.steps[place].attempts.len()),
            run_ms: run[place],
            waited_for_person_ms: waited(waits[place].iter(), WaitOn::Approval, now),
            waited_for_retry_ms: waited(waits[place].iter(), WaitOn::Retry, now),
            critical: path.contains(&place),
        });
        Self {
            execution_id: state.id,
            steps_total: count(state.steps.len()),
            steps_started: count(started),
            attempts: count(attempts),
            repeats: count(attempts - started),
            wall_ms: state
                .started_at
                .map_or(0, |from| ms(from, state.ended_at.unwrap_or(now))),
            run_ms,
            busy_ms,
            saved_ms: run_ms.saturating_sub(busy_ms),
            waited_for_person_ms: waited(all_waits(), WaitOn::Approval, now),
            waited_for_retry_ms: waited(all_waits(), WaitOn::Retry, now),
            critical_path: path
                .iter()
                .map(|place| state.plan.steps[*place].id.clone())
                .collect(),
            critical_path_ms: path.iter().map(|place| run[*place]).sum(),
            steps: steps.collect(),
        }
    }
}

fn run_ms(step: &StepState, now: Timestamp) -> u64 {
    step.attempts
        .iter()
        .map(|attempt| ms(attempt.started_at, attempt.ended_at.unwrap_or(now)))
        .sum()
}

fn stretches(step: &StepState, now: Timestamp) -> impl Iterator<Item = (i64, i64)> {
    step.attempts
        .iter()
        .map(move |attempt| (attempt.started_at.0, attempt.ended_at.unwrap_or(now).0))
}

fn waited<'a>(waits: impl Iterator<Item = &'a Wait>, on: WaitOn, now: Timestamp) -> u64 {
    covered(
        waits
            .filter(|wait| wait.on == on)
            .map(|wait| (wait.from.0, wait.until.unwrap_or(now).0))
            .collect(),
    )
}

/// How much time these stretches cover together, each moment counted once.
fn covered(mut stretches: Vec<(i64, i64)>) -> u64 {
    stretches.sort_unstable();
    let (mut total, mut reached) = (0, i64::MIN);
    for (from, until) in stretches {
        total += (until - from.max(reached)).max(0);
        reached = reached.max(until);
    }
    u64::try_from(total).unwrap_or(0)
}

fn ms(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.since(from).as_millis()).unwrap_or(u64::MAX)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_in_which_two_ran_count_once() {
        assert_eq!(covered(vec![(0, 10), (5, 12), (20, 30), (21, 22)]), 22);
        assert_eq!(covered(vec![]), 0);
    }
}
