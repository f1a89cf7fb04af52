//! One step of an execution.

use std::sync::Arc;

use krake_domain::event::AllowedBy;
use krake_domain::execution::StepStatus;
use krake_domain::failure::Failure;
use krake_domain::id::ApprovalId;
use krake_domain::plan::StepId;
use krake_engine::execution::{Attempt, Outcome, State, StepPhase};
use serde::Serialize;
use serde_json::Value;

use super::moment::Moment;
use crate::visible::visible;
use crate::waits::{Wait, WaitOn};

/// Where a step stands, what it was given and what came out.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StepView {
    pub id: StepId,
    pub name: String,
    /// Of the call that it is at: its own or an alternative.
    pub tool: String,
    /// Only where an alternative was chosen.
    pub alternative: Option<AlternativeView>,
    /// With the needs that references make.
    pub needs: Vec<StepId>,
    /// Only of what a `for_each` step does for one item: that step.
    pub instance_of: Option<StepId>,
    /// Only of what a `for_each` step does for one item: the item.
    pub item: Option<Value>,
    /// Only of a `for_each` step that has its list: how far its items are.
    pub items: Option<ItemsView>,
    pub status: StepStatus,
    /// It did not run: its result is the one of the execution that this one repeats.
    pub adopted: bool,
    pub attempts: Vec<AttemptView>,
    pub waits: Vec<WaitView>,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// References are replaced once the step has started; before that they stand as written.
    pub args: Value,
    pub output: Option<Arc<Value>>,
    pub failure: Option<FailureView>,
    /// Why it waits or was skipped.
    pub because: Option<String>,
    /// The question that it waits for.
    pub approval_id: Option<ApprovalId>,
    /// The output holds, or rests on, text that others wrote.
    pub untrusted: bool,
    /// On the critical path.
    pub critical: bool,
}

/// The alternative that a step is at.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AlternativeView {
    /// From 1, in the order of the plan.
    pub number: u32,
    pub because: String,
}

/// How far the items of a `for_each` step are.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
pub struct ItemsView {
    pub total: u32,
    pub done: u32,
    pub failed: u32,
    pub skipped: u32,
    pub cancelled: u32,
    /// Items that wait for a person.
    pub waiting: u32,
}

/// One try.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AttemptView {
    pub number: u32,
    /// What it called.
    pub tool: String,
    pub started_at: Moment,
    pub ended_at: Option<Moment>,
    pub outcome: AttemptOutcome,
    /// What a person allowed before, where nobody was asked for this one.
    pub allowed_by: Option<AllowedBy>,
    pub failure: Option<FailureView>,
}

/// A stretch in which it did not run.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WaitView {
    pub on: WaitOn,
    pub from: Moment,
    /// Absent while it waits.
    pub until: Option<Moment>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    Running,
    Succeeded,
    Failed,
    /// The process that ran it ended before the outcome was written down.
    Interrupted,
    Cancelled,
}

/// A failure with its hidden characters written out.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct FailureView {
    pub class: krake_domain::failure::FailureClass,
    pub message: String,
}

impl From<&Failure> for FailureView {
    fn from(failure: &Failure) -> Self {
        Self {
            class: failure.class,
            message: visible(&failure.message).into_owned(),
        }
    }
}

impl StepView {
    /// The step at `place` of this state.
    #[must_use]
    pub fn of(state: &State, place: usize, waits: &[Wait], critical: bool) -> Self {
        let (step, now) = (&state.plan.steps[place], &state.steps[place]);
        let call = state.call_of(place);
        let id_of = |place: &usize| state.plan.steps[*place].id.clone();
        let has_args =
            !now.attempts.is_empty() || matches!(now.phase, StepPhase::WaitingApproval { .. });
        let filled = has_args.then(|| state.args_of(place).ok()).flatten();
        Self {
            id: step.id.clone(),
            name: visible(step.name.as_deref().unwrap_or(step.id.as_str())).into_owned(),
            tool: call.tool.to_owned(),
            alternative: now
                .chosen_because
                .as_deref()
                .map(|because| AlternativeView {
                    number: now.alternative,
                    because: visible(because).into_owned(),
                }),
            needs: state.graph.node(place).needs.iter().map(id_of).collect(),
            instance_of: state
                .graph
                .node(place)
                .instance_of
                .map(|(whole, _)| id_of(&whole)),
            item: state.item_of(place).cloned(),
            items: now.items.as_ref().map(|_| ItemsView::of(state, place)),
            status: now.status(),
            adopted: now.phase == StepPhase::Done && now.attempts.is_empty() && now.items.is_none(),
            attempts: now
                .attempts
                .iter()
                .map(|attempt| AttemptView::of(state, place, attempt))
                .collect(),
            waits: waits.iter().map(WaitView::from).collect(),
            started_at: now.started_at.map(Moment),
            ended_at: now.ended_at.map(Moment),
            args: filled.unwrap_or_else(|| Value::Object(call.written.clone())),
            output: now.output.clone(),
            failure: now.failure.as_ref().map(FailureView::from),
            because: now
                .because
                .as_deref()
                .map(|text| visible(text).into_owned()),
            approval_id: match now.phase {
                StepPhase::WaitingApproval { approval } => Some(approval),
                _ => None,
            },
            untrusted: now.tainted,
            critical,
        }
    }
}

impl ItemsView {
    fn of(state: &State, place: usize) -> Self {
        let mut items = Self::default();
        for instance in state.graph.node(place).instances.clone() {
            items.total += 1;
            let number = match state.steps[instance].status() {
                StepStatus::Done => &mut items.done,
                StepStatus::Failed => &mut items.failed,
                StepStatus::Skipped => &mut items.skipped,
                StepStatus::Cancelled | StepStatus::CancelledUnknown => &mut items.cancelled,
                StepStatus::WaitingApproval => &mut items.waiting,
                _ => continue,
            };
            *number += 1;
        }
        items
    }
}

impl From<&Wait> for WaitView {
    fn from(wait: &Wait) -> Self {
        Self {
            on: wait.on,
            from: wait.from.into(),
            until: wait.until.map(Moment),
        }
    }
}

impl AttemptView {
    fn of(state: &State, place: usize, attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            tool: state.call(place, attempt.alternative).tool.to_owned(),
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.map(Moment),
            outcome: match attempt.outcome {
                Outcome::Running => AttemptOutcome::Running,
                Outcome::Succeeded => AttemptOutcome::Succeeded,
                Outcome::Failed(_) => AttemptOutcome::Failed,
                Outcome::Interrupted => AttemptOutcome::Interrupted,
                Outcome::Cancelled => AttemptOutcome::Cancelled,
            },
            allowed_by: attempt.allowed_by,
            failure: match &attempt.outcome {
                Outcome::Failed(failure) => Some(failure.into()),
                _ => None,
            },
        }
    }
}
