//! An execution: one line of a list, and the whole of it.

use std::sync::Arc;

use krake_domain::execution::ExecutionStatus;
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_domain::time::Timestamp;
use krake_engine::execution::{State, StepPhase};
use krake_engine::plan::graph::guess_ms;
use krake_runtime::Life;
use krake_store::ExecutionRow;
use serde::Serialize;
use serde_json::{Map, Value};

use super::allowance::Allowance;
use super::moment::{Moment, now};
use super::step::{FailureView, StepView};
use crate::visible::visible_line;
use crate::waits;

/// One line of the list.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExecutionSummary {
    pub id: ExecutionId,
    pub name: String,
    /// One line that says what it is about.
    pub title: String,
    /// The playbook or the file that it came from.
    pub source: String,
    pub status: ExecutionStatus,
    pub created_at: Moment,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub steps_total: u32,
    pub steps_done: u32,
    pub steps_failed: u32,
    /// Steps that wait for a person.
    pub waiting: u32,
    /// It counts as running and no process works on it: `executions.resume` takes it up again, and
    /// so does the start of the app or of `krake serve`.
    pub undriven: bool,
}

/// One execution with its steps.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExecutionView {
    pub execution: ExecutionSummary,
    /// 1 for the plan that it was created with.
    pub plan_version: u32,
    /// The execution that this one repeats.
    pub rerun_of: Option<RerunView>,
    pub inputs: Map<String, Value>,
    pub output: Arc<Value>,
    /// Why it is paused, where Krake itself paused it.
    pub held: Option<String>,
    /// Paused, or stopped by a limit, and no hand is at work any more.
    pub at_rest: bool,
    /// What it may use, and what was allowed beyond the plan's limits.
    pub allowance: Allowance,
    /// Why it did not end as done, or why it is stopped.
    pub cause: Option<FailureView>,
    /// In the order of the plan; what a `for_each` step does for its items stands behind it.
    pub steps: Vec<StepView>,
    /// The chain of needs that takes longest, by what was measured and, before that, by a guess.
    pub critical_path: Vec<StepId>,
    /// What could run side by side; a step starts as soon as its own needs are done. What a
    /// `for_each` step does for its items is not listed.
    pub waves: Vec<Vec<StepId>>,
}

/// What an execution repeats.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RerunView {
    pub execution: ExecutionId,
    /// Absent: whatever had not ended well.
    pub from: Option<StepId>,
}

impl ExecutionSummary {
    /// The line of a row. The row is written when the status changes; how far it is in between is
    /// known where it lives.
    #[must_use]
    pub fn of(row: &ExecutionRow, life: Life) -> Self {
        let summary = &row.summary;
        let (done, failed) = match life {
            Life::Here(progress) => (progress.done, progress.failed),
            Life::Awaited | Life::Nowhere => (summary.steps_done, summary.steps_failed),
        };
        let moves = matches!(
            summary.status,
            ExecutionStatus::Running | ExecutionStatus::Cancelling
        );
        Self {
            id: row.id,
            name: visible_line(&summary.name),
            title: visible_line(&summary.title),
            source: visible_line(&summary.source),
            status: summary.status,
            created_at: summary.created_at.into(),
            started_at: summary.started_at.map(Moment),
            ended_at: summary.ended_at.map(Moment),
            steps_total: summary.steps_total,
            steps_done: done,
            steps_failed: failed,
            waiting: summary.waiting,
            undriven: moves && matches!(life, Life::Nowhere),
        }
    }
}

impl ExecutionSummary {
    /// How far this state is.
    pub fn follow(&mut self, state: &State) {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.steps_done = count(state.done());
        self.steps_failed = count(state.failed());
    }
}

impl ExecutionView {
    /// The whole of an execution that stands like this.
    #[must_use]
    pub fn of(row: &ExecutionRow, life: Life, state: &State) -> Self {
        let moment = now();
        let path = state
            .graph
            .critical_path(&|place| length_ms(state, place, moment));
        let id_of = |place: &usize| state.plan.steps[*place].id.clone();
        let mut critical = vec![false; state.steps.len()];
        path.iter().for_each(|place| critical[*place] = true);
        let waits = waits::of(state);
        let steps = state
            .graph
            .in_order()
            .map(|place| StepView::of(state, place, &waits[place], critical[place]));
        let mut execution = ExecutionSummary::of(row, life);
        execution.follow(state);
        Self {
            execution,
            plan_version: state.version(),
            rerun_of: state.rerun.as_ref().map(|rerun| RerunView {
                execution: rerun.execution,
                from: rerun.from.clone(),
            }),
            inputs: state.inputs.clone(),
            output: state.output.clone(),
            held: state.held.as_deref().map(visible_line),
            at_rest: state.is_at_rest(),
            allowance: Allowance::of(state),
            cause: state.cause.as_ref().map(FailureView::from),
            steps: steps.collect(),
            critical_path: path.iter().map(id_of).collect(),
            waves: state
                .graph
                .waves()
                .iter()
                .map(|wave| wave.iter().map(id_of).collect())
                .collect(),
        }
    }
}

/// How long a step took so far, or is taken to last while it has not run.
fn length_ms(state: &State, place: usize, now: Timestamp) -> u64 {
    let step = &state.steps[place];
    let ran = |until: Timestamp, from: Timestamp| {
        u64::try_from(until.since(from).as_millis()).unwrap_or(u64::MAX)
    };
    match (step.started_at, step.ended_at) {
        (Some(from), Some(until)) => ran(until, from),
        (Some(from), None) => ran(now, from).max(guess_ms(state.as_written(place))),
        (None, _) if matches!(step.phase, StepPhase::Skipped | StepPhase::Cancelled) => 0,
        (None, _) => guess_ms(state.as_written(place)),
    }
}
