//! Another plan for what has not started. What has started stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use krake_domain::event::Event;
use krake_domain::plan::{OnError, Plan};
use krake_domain::principal::Principal;
use krake_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::adopt::{reads_changed, written};
use super::expand::instances;
use super::input::Refusal;
use super::state::{Count, Phase, State, StepState};
use super::step_phase::StepPhase;
use crate::plan::graph::Graph;

/// One version of an execution's plan.
#[derive(Debug, Clone)]
pub struct Revision {
    pub plan: Arc<Plan>,
    pub inputs: Map<String, Value>,
    pub by: Principal,
    pub at: Timestamp,
}

/// Decides whether the new plan can take the place of the old one.
pub(super) fn revise(
    state: &State,
    from: u32,
    plan: Box<Plan>,
    inputs: Map<String, Value>,
    roots: Vec<String>,
    by: Principal,
) -> Result<Event, Refusal> {
    if !matches!(state.phase, Phase::Proposed | Phase::Paused) {
        return Err(Refusal::Status(state.status()));
    }
    let found = state.version();
    if from != found {
        return Err(Refusal::Version { from, found });
    }
    let refused = |why: String| Err(Refusal::Revision(why));
    let graph = match Graph::build(&plan) {
        Ok(graph) => graph,
        Err(errors) => {
            return refused(errors.first().map_or_else(String::new, ToString::to_string));
        }
    };
    let changed = |name: &str| state.inputs.get(name) != inputs.get(name);
    for place in written(state).filter(|place| has_begun(state, *place)) {
        let step = &state.plan.steps[place];
        match graph.find(step.id.as_str()).map(|place| &plan.steps[place]) {
            None => return refused(format!("step `{}` has started and must stay", step.id)),
            Some(new) if new != step => {
                return refused(format!(
                    "step `{}` has started and must stay as it is",
                    step.id
                ));
            }
            Some(_) if reads_changed(state.graph.node(place), &changed) => {
                return refused(format!(
                    "step `{}` has started and reads an input that would have another value",
                    step.id
                ));
            }
            Some(_) => {}
        }
    }
    let begun = |id: &str| {
        state
            .graph
            .find(id)
            .filter(|place| has_begun(state, *place))
    };
    for (place, step) in plan.steps.iter().enumerate() {
        if begun(step.id.as_str()).is_some() {
            continue;
        }
        for need in &graph.node(place).needs {
            let need = &plan.steps[*need].id;
            if let Some(old) = begun(need.as_str())
                && state.steps[old].phase.is_ended()
                && !releases(&state.steps[old], state.plan.steps[old].on_error)
            {
                return refused(format!(
                    "step `{}` needs `{need}`, which did not end well",
                    step.id
                ));
            }
        }
    }
    let items: usize = written(state)
        .filter(|place| has_begun(state, *place))
        .map(|place| state.graph.node(place).instances.len())
        .sum();
    if plan.steps.len() + items > plan.limits.steps as usize {
        return refused(format!(
            "with the {items} items that are there the plan has more than the {} steps of `limits.steps`",
            plan.limits.steps
        ));
    }
    Ok(Event::PlanRevised {
        plan,
        inputs,
        roots,
        version: found.saturating_add(1),
        by,
    })
}

/// Puts the new plan in place. Steps that have begun keep their state under their names; places
/// may change.
pub(super) fn apply(
    state: &mut State,
    at: Timestamp,
    plan: &Plan,
    inputs: &Map<String, Value>,
    roots: &[String],
    by: &Principal,
) {
    let Ok(mut graph) = Graph::build(plan) else {
        return;
    };
    state.revisions.push(Revision {
        plan: Arc::new(plan.clone()),
        inputs: inputs.clone(),
        by: by.clone(),
        at,
    });
    let mut kept = begun_states(state);
    let mut plan = plan.clone();
    let mut steps: Vec<StepState> = plan
        .steps
        .iter()
        .map(|step| {
            kept.remove(step.id.as_str())
                .unwrap_or_else(|| StepState::new(0))
        })
        .collect();
    for place in 0..plan.steps.len() {
        let Some(items) = steps[place].items.clone() else {
            continue;
        };
        let added = instances(&plan, &graph, place, items.len());
        graph.expand(place, added.iter().map(|step| step.id.clone()).collect());
        steps.extend(added.iter().map(|step| {
            kept.remove(step.id.as_str())
                .unwrap_or_else(|| StepState::new(0))
        }));
        plan.steps.extend(added);
    }
    for gate in state.gates.values_mut() {
        gate.place = graph
            .find(gate.approval.step.as_str())
            .unwrap_or(gate.place);
    }
    (state.plan, state.graph) = (Arc::new(plan), Arc::new(graph));
    (state.inputs, state.roots) = (inputs.clone(), roots.to_vec());
    recount(state, steps);
}

/// Everything that is kept about where steps stand, from nothing.
fn recount(state: &mut State, steps: Vec<StepState>) {
    let phases: Vec<StepPhase> = steps.iter().map(|step| step.phase).collect();
    state.steps = steps;
    state.ready = BTreeSet::new();
    state.interrupted = BTreeSet::new();
    state.gathering = BTreeSet::new();
    state.count = Count {
        open: phases.len(),
        ..Count::default()
    };
    for place in 0..phases.len() {
        let node = state.graph.node(place);
        let missing = match phases[place] {
            StepPhase::Expanded => node.instances.len(),
            _ => {
                let waits = |need: &&usize| {
                    let on_error = state.plan.steps[**need].on_error;
                    !releases_as(phases[**need], state.steps[**need].by_condition, on_error)
                };
                node.needs.iter().filter(waits).count()
            }
        };
        state.steps[place].missing = missing;
        state.steps[place].phase = StepPhase::Pending;
    }
    for (place, phase) in phases.into_iter().enumerate() {
        let fresh = matches!(
            phase,
            StepPhase::Pending | StepPhase::Ready { approval: None }
        );
        state.set_phase(
            place,
            match phase {
                _ if fresh && state.steps[place].missing == 0 => {
                    StepPhase::Ready { approval: None }
                }
                _ if fresh => StepPhase::Pending,
                phase => phase,
            },
        );
    }
}

fn begun_states(state: &State) -> BTreeMap<String, StepState> {
    let whole = |place: usize| {
        state
            .graph
            .node(place)
            .instance_of
            .map_or(place, |(whole, _)| whole)
    };
    (0..state.steps.len())
        .filter(|place| has_begun(state, whole(*place)))
        .map(|place| {
            let id = state.plan.steps[place].id.to_string();
            (id, state.steps[place].clone())
        })
        .collect()
}

fn has_begun(state: &State, place: usize) -> bool {
    let step = &state.steps[place];
    let waits = matches!(
        step.phase,
        StepPhase::Pending | StepPhase::Ready { approval: None }
    );
    !waits || !step.attempts.is_empty() || state.gates.values().any(|gate| gate.place == place)
}

fn releases(step: &StepState, on_error: OnError) -> bool {
    releases_as(step.phase, step.by_condition, on_error)
}

/// Whether what needs a step in this phase may run.
fn releases_as(phase: StepPhase, by_condition: bool, on_error: OnError) -> bool {
    match phase {
        StepPhase::Done => true,
        StepPhase::Failed => on_error == OnError::Continue,
        StepPhase::Skipped => by_condition,
        _ => false,
    }
}
