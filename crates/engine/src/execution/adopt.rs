//! Running an execution again: which results are adopted, and what runs once more.

use std::collections::BTreeSet;
use std::sync::Arc;

use krake_domain::event::Event;
use krake_domain::execution::Rerun;
use krake_domain::plan::{Plan, StepId};
use krake_domain::tool::EffectClass;
use serde_json::{Map, Value};

use super::state::{Phase, State, StepState};
use super::step_phase::StepPhase;
use crate::expr::Expr;
use crate::plan::graph::{Graph, Node};

/// What an execution that repeats another one begins with.
#[derive(Debug)]
pub struct Adoption {
    /// As it was written, without what `for_each` added.
    pub plan: Plan,
    pub rerun: Rerun,
    /// Follow the creation, in the same commit.
    pub events: Vec<Event>,
}

/// Why an execution cannot be run again like that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAdopted {
    #[error("the execution is {}; pause it or wait for its end before it runs again", .0.as_str())]
    StillRuns(krake_domain::execution::ExecutionStatus),
    #[error(
        "steps of the execution are still at work; wait until they have ended before it runs again"
    )]
    StillAtWork,
    #[error("the plan has no step `{0}`")]
    NoSuchStep(StepId),
}

/// Everything that ended well is adopted, but `from`, what reads an input that has another value
/// now, and whatever rests on a step that runs again.
///
/// # Errors
/// The execution still runs, a hand is at work for it, or it has no such step.
pub fn adopt(
    state: &State,
    from: Option<&StepId>,
    inputs: &Map<String, Value>,
) -> Result<Adoption, NotAdopted> {
    if !matches!(
        state.phase,
        Phase::Ended(_) | Phase::Paused | Phase::Stopped
    ) {
        return Err(NotAdopted::StillRuns(state.status()));
    }
    // What they do would be done twice.
    if !matches!(state.phase, Phase::Ended(_)) && !state.is_at_rest() {
        return Err(NotAdopted::StillAtWork);
    }
    let from_place = from
        .map(|step| {
            let found = state.graph.find(step.as_str());
            found.ok_or_else(|| NotAdopted::NoSuchStep(step.clone()))
        })
        .transpose()?;
    let changed = |name: &str| state.inputs.get(name) != inputs.get(name);
    let again = again(state, from_place, &changed);
    let mut events = Vec::new();
    let mut in_order: Vec<usize> = written(state).collect();
    in_order.sort_by_key(|place| state.graph.node(*place).wave);
    for place in in_order {
        if again.contains(&place) {
            adopt_items(state, place, from_place, &again, &changed, &mut events);
        } else {
            events.extend(adopted(state, place));
        }
    }
    // Also of what is adopted: the next repetition may run it.
    let asks_again = written(state).filter(|place| was_unsafe(state, *place));
    Ok(Adoption {
        plan: Plan {
            steps: written(state)
                .map(|place| state.plan.steps[place].clone())
                .collect(),
            ..(*state.plan).clone()
        },
        rerun: Rerun {
            execution: state.id,
            from: from.cloned(),
            asks_again: asks_again
                .map(|place| state.plan.steps[place].id.clone())
                .collect(),
        },
        events,
    })
}

/// Why a person is asked about this step although the plan or the policy would not: the execution
/// that this one repeats made a call that nobody can take back.
pub(super) fn ran_before(state: &State, place: usize) -> Option<String> {
    let rerun = state.rerun.as_ref()?;
    let whole = state
        .graph
        .node(place)
        .instance_of
        .map_or(place, |(whole, _)| whole);
    rerun
        .asks_again
        .contains(&state.plan.steps[whole].id)
        .then(|| {
            format!(
                "it ran before, in {}, and may have an effect twice",
                rerun.execution
            )
        })
}

/// The steps that run again, as far as they stand in the plan.
fn again(state: &State, from: Option<usize>, changed: &dyn Fn(&str) -> bool) -> BTreeSet<usize> {
    let graph: &Graph = &state.graph;
    let mut queue: Vec<usize> = written(state)
        .filter(|place| !ended_well(state, *place) || reads_changed(graph.node(*place), changed))
        .collect();
    queue.extend(from.map(|place| {
        graph
            .node(place)
            .instance_of
            .map_or(place, |(whole, _)| whole)
    }));
    let mut again = BTreeSet::new();
    while let Some(place) = queue.pop() {
        if again.insert(place) {
            queue.extend(&graph.node(place).dependents);
        }
    }
    again
}

/// Of a `for_each` step that runs again for the same list, the items that ended well.
fn adopt_items(
    state: &State,
    place: usize,
    from: Option<usize>,
    again: &BTreeSet<usize>,
    changed: &dyn Fn(&str) -> bool,
    events: &mut Vec<Event>,
) {
    let node = state.graph.node(place);
    let another_list = from == Some(place)
        || reads_changed(node, changed)
        || node.needs.iter().any(|need| again.contains(need));
    let Some(items) = state.steps[place].items.as_ref().filter(|_| !another_list) else {
        return;
    };
    events.push(Event::StepExpanded {
        step: state.plan.steps[place].id.clone(),
        items: items.clone(),
    });
    let others = node.instances.clone().filter(|place| from != Some(*place));
    events.extend(others.filter_map(|place| adopted(state, place)));
}

fn adopted(state: &State, place: usize) -> Option<Event> {
    let (step, now) = (state.plan.steps[place].id.clone(), &state.steps[place]);
    match now.phase {
        StepPhase::Done => Some(Event::ResultAdopted {
            step,
            output: now.output.clone().unwrap_or_else(|| Arc::new(Value::Null)),
            tainted: now.tainted,
        }),
        StepPhase::Skipped if skipped_well(now) => Some(Event::StepSkipped {
            step,
            condition: true,
            because: now.because.clone().unwrap_or_default(),
        }),
        _ => None,
    }
}

/// A list in which an item failed has not ended well, even where the plan or a person went on
/// without it.
fn ended_well(state: &State, place: usize) -> bool {
    let step = &state.steps[place];
    let mut items = state.graph.node(place).instances.clone();
    match step.phase {
        StepPhase::Done => items.all(|item| match state.steps[item].phase {
            StepPhase::Failed => false,
            StepPhase::Skipped => skipped_well(&state.steps[item]),
            _ => true,
        }),
        StepPhase::Skipped => skipped_well(step),
        _ => false,
    }
}

/// By its own condition, and not because it failed and a person went on without it.
fn skipped_well(step: &StepState) -> bool {
    step.by_condition && step.failure.is_none()
}

/// Here, or in an execution that this one repeats.
fn was_unsafe(state: &State, place: usize) -> bool {
    let before = state.rerun.as_ref();
    if before.is_some_and(|rerun| rerun.asks_again.contains(&state.plan.steps[place].id)) {
        return true;
    }
    let instances = state.graph.node(place).instances.clone();
    std::iter::once(place).chain(instances).any(|place| {
        let attempts = &state.steps[place].attempts;
        attempts
            .iter()
            .any(|attempt| attempt.class == EffectClass::Unsafe)
    })
}

/// The steps of the plan as it was written.
pub(super) fn written(state: &State) -> impl Iterator<Item = usize> {
    (0..state.graph.len()).filter(|place| state.graph.node(*place).instance_of.is_none())
}

pub(super) fn reads_changed(node: &Node, changed: &dyn Fn(&str) -> bool) -> bool {
    let mut reads = false;
    let mut look = |expr: &Expr| expr.each_input(&mut |name| reads |= changed(name));
    for template in std::iter::once(&node.args)
        .chain(&node.alternatives)
        .chain(&node.for_each)
    {
        template.each_expr(&mut |expr| look(expr));
    }
    if let Some(when) = &node.when {
        look(when);
    }
    reads
}
