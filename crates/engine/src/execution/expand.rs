//! A step that runs once for each item of a list: its instances are steps of their own, and it ends
//! when they have all ended.

use std::sync::Arc;

use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::output;
use krake_domain::plan::{OnError, Plan, Step};
use krake_domain::time::Timestamp;
use serde_json::{Map, Value};

use super::Turn;
use super::advance::fail;
use super::begin::reads_taint;
use super::state::{State, StepState};
use super::step_phase::StepPhase;
use crate::expr::{Template, kind_of};
use crate::plan::graph::Graph;

/// The list is evaluated once and written down.
///
/// # Errors
/// It is no list, or too long.
pub(super) fn expand(
    state: &State,
    place: usize,
    list: &Template,
    turn: &mut Turn,
) -> Result<(), Failure> {
    let items = items(state, list, turn)?;
    turn.events.push(Event::StepExpanded {
        step: state.plan.steps[place].id.clone(),
        items: Arc::new(items),
    });
    Ok(())
}

/// Ends a step whose instances have all ended.
pub(super) fn gather(state: &State, place: usize, turn: &mut Turn) {
    let step = &state.plan.steps[place];
    let instances = state.graph.node(place).instances.clone();
    if step.on_error != OnError::Continue
        && let Some(failure) = failure(state, place)
    {
        return fail(state, place, failure, turn);
    }
    let size: usize = instances
        .clone()
        .filter_map(|instance| state.steps[instance].output.as_deref())
        .map(output::size)
        .sum();
    if size > output::MOST_BYTES {
        let message = format!(
            "the outputs of its {} items have about {size} bytes together, and a step may return {}; ask for less, or write them to files",
            instances.len(),
            output::MOST_BYTES
        );
        return fail(
            state,
            place,
            Failure::new(FailureClass::TooLarge, message),
            turn,
        );
    }
    let tainted = instances
        .into_iter()
        .any(|place| state.steps[place].tainted);
    turn.events.push(Event::StepGathered {
        step: step.id.clone(),
        tainted: tainted || reads_taint(state, place),
    });
}

/// The plan and its graph with the instances behind all other steps, so that no place changes.
pub(super) fn grow(state: &mut State, place: usize, at: Timestamp, items: &Arc<Vec<Value>>) {
    let steps = instances(&state.plan, &state.graph, place, items.len());
    let ids = steps.iter().map(|step| step.id.clone()).collect();
    Arc::make_mut(&mut state.plan).steps.extend(steps);
    Arc::make_mut(&mut state.graph).expand(place, ids);
    state.count.open += items.len();
    let step = &mut state.steps[place];
    (step.items, step.missing) = (Some(items.clone()), items.len());
    step.started_at.get_or_insert(at);
    for instance in state.graph.node(place).instances.clone() {
        state.steps.push(StepState::new(0));
        state.set_phase(instance, StepPhase::Ready { approval: None });
    }
}

/// What a `for_each` step does for so many items, as steps. What may be large stays with the whole
/// step, see [`State::as_written`].
pub(super) fn instances(plan: &Plan, graph: &Graph, place: usize, count: usize) -> Vec<Step> {
    let whole = &plan.steps[place];
    let per_item = graph.node(place).when.as_ref();
    let per_item = per_item.is_some_and(|when| when.names_item());
    let instance = Step {
        id: whole.id.clone(),
        name: None,
        tool: whole.tool.clone(),
        args: Map::new(),
        needs: whole.needs.clone(),
        for_each: None,
        when: whole.when.clone().filter(|_| per_item),
        approval: whole.approval,
        retry: whole.retry,
        alternatives: Vec::new(),
        timeout_ms: whole.timeout_ms,
        on_error: whole.on_error,
        output: None,
    };
    (0..count)
        .map(|number| Step {
            id: whole.id.instance(number),
            name: whole.name.as_ref().map(|name| format!("{name} [{number}]")),
            ..instance.clone()
        })
        .collect()
}

/// What the instances returned, in the order of the items; null for one that failed or was skipped.
pub(super) fn outputs(state: &State, place: usize) -> Value {
    let instances = state.graph.node(place).instances.clone();
    let output = |place: usize| state.steps[place].output.as_deref().cloned();
    Value::Array(
        instances
            .map(|place| output(place).unwrap_or_default())
            .collect(),
    )
}

fn items(state: &State, list: &Template, turn: &Turn) -> Result<Vec<Value>, Failure> {
    let bad = |message| Failure::new(FailureClass::BadInput, message);
    let value = list
        .fill(state)
        .map_err(|error| bad(format!("for_each: {error}")))?;
    let Value::Array(items) = value else {
        return Err(bad(format!(
            "for_each: expected a list, found {}",
            kind_of(&value)
        )));
    };
    // Other lists of the same turn are written down and not yet in the state.
    let added = turn.events.iter().map(|event| match event {
        Event::StepExpanded { items, .. } => items.len(),
        _ => 0,
    });
    let (most, others) = (
        state.plan.limits.steps as usize,
        state.steps.len() + added.sum::<usize>(),
    );
    if others + items.len() > most {
        return Err(bad(format!(
            "for_each: its list has {} items; with the {others} steps that are there these are more than the {most} of `limits.steps`",
            items.len()
        )));
    }
    let bytes: usize = items.iter().map(output::size).sum();
    if bytes > output::MOST_BYTES {
        let most = output::MOST_BYTES;
        return Err(Failure::new(
            FailureClass::TooLarge,
            format!("for_each: its list has about {bytes} bytes, and at most {most} are kept"),
        ));
    }
    Ok(items)
}

/// How many instances failed, and why the first one did.
fn failure(state: &State, place: usize) -> Option<Failure> {
    let instances = state.graph.node(place).instances.clone();
    let failed: Vec<usize> = instances
        .clone()
        .filter(|instance| state.steps[*instance].phase == StepPhase::Failed)
        .collect();
    let first = *failed
        .iter()
        .min_by_key(|instance| state.steps[**instance].ended_at)?;
    let cause = state.steps[first].failure.clone()?;
    let message = format!(
        "{} of {} items failed; the first was `{}`: {}",
        failed.len(),
        instances.len(),
        state.plan.steps[first].id,
        cause.message
    );
    Some(Failure { message, ..cause })
}
