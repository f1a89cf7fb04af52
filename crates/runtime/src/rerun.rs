//! An execution runs again: a new one adopts what ended well.

use std::sync::Arc;

use krake_domain::event::{Event, Stamped};
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_domain::principal::Principal;
use krake_domain::thread::ThreadId;
use krake_engine::execution::{NotAdopted, State, adopt};
use krake_engine::plan::bind_inputs;
use serde_json::{Map, Value};

use crate::propose::{ProposeError, absent_repository, bring_in, resolve_paths};
use crate::start::Deps;
use crate::{clock, ids, threads};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Again {
    /// This step and everything behind it; absent: whatever had not ended well.
    pub from: Option<StepId>,
    /// Inputs that get another value.
    pub inputs: Map<String, Value>,
    /// The folder that relative paths in these inputs are taken from.
    pub folder: Option<std::path::PathBuf>,
    pub by: Principal,
    /// Start at once, or leave it `proposed` for a look.
    pub start: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RerunError {
    #[error(transparent)]
    NotAdopted(#[from] NotAdopted),
    #[error(transparent)]
    Propose(#[from] ProposeError),
}

pub(crate) async fn rerun(
    deps: &Arc<Deps>,
    state: &State,
    again: Again,
) -> Result<ExecutionId, RerunError> {
    if deps.tasks.stopping.is_cancelled() {
        return Err(ProposeError::Stopping.into());
    }
    let mut inputs = state.inputs.clone();
    inputs.extend(again.inputs.clone());
    let mut inputs = bind_inputs(&state.plan, &inputs).map_err(ProposeError::from)?;
    let more_roots = resolve_paths(
        &state.plan,
        &again.inputs,
        again.folder.as_deref(),
        &mut inputs,
    );
    if let Some(fault) = absent_repository(&state.plan, &inputs) {
        return Err(ProposeError::Absent(fault).into());
    }
    let adoption = adopt(state, again.from.as_ref(), &inputs)?;
    let now = clock::now();
    let created = Event::ExecutionCreated {
        plan: Box::new(adoption.plan),
        roots: roots(state, &inputs, more_roots),
        inputs,
        source: state.source.clone(),
        by: again.by,
        rerun: Some(Box::new(adoption.rerun)),
    };
    let events = std::iter::once(created).chain(adoption.events);
    let events = events.map(|event| Stamped { at: now, event }).collect();
    let id = ids::execution();
    bring_in(deps, id, state.workspace, events, again.start).await?;
    if let Err(error) = threads::looked_at(deps, ThreadId::Execution(state.id)).await {
        tracing::warn!(%error, "what runs again stays in the inbox");
    }
    Ok(id)
}

/// The folders that the run was given, without those of inputs that have another value now.
pub(crate) fn roots(state: &State, inputs: &Map<String, Value>, more: Vec<String>) -> Vec<String> {
    let gone = |root: &String| {
        let was = |(_, value): &(&String, &Value)| value.as_str() == Some(root);
        let mut named = state.inputs.iter().filter(was).peekable();
        named.peek().is_some() && named.all(|(name, value)| inputs.get(name) != Some(value))
    };
    let kept = state.roots.iter().filter(|root| !gone(root)).cloned();
    let mut roots: Vec<String> = kept.chain(more).collect();
    roots.dedup();
    roots
}
