//! Another plan, or other inputs, for what has not started.

use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use krake_engine::execution::{Input, Refusal, State};
use krake_engine::plan::{BindError, bind_inputs};
use serde_json::{Map, Value};

use crate::handle::CommandError;
use crate::propose::{absent_repository, resolve_paths};
use crate::rerun::roots;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Change {
    /// The version that the change was made from; absent: the one that is there.
    pub version: Option<u32>,
    /// A plan that passed the check; absent: the one that is there.
    pub plan: Option<Plan>,
    /// Inputs that get another value.
    pub inputs: Map<String, Value>,
    /// The folder that relative paths in these inputs are taken from.
    pub folder: Option<std::path::PathBuf>,
    pub by: Principal,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ReviseError {
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Inputs(#[from] BindError),
    /// An input is given a repository that is not there.
    #[error("{0}")]
    Absent(String),
    /// It would change what has started.
    #[error("{0}")]
    Refused(String),
    /// Somebody else has changed it meanwhile.
    #[error("{refusal}")]
    Outdated { refusal: Refusal, version: u32 },
}

/// The input for the actor. It is made from a look at the state; the version lets the engine see
/// when that look is out of date.
pub(crate) fn input(state: &State, change: Change) -> Result<Input, ReviseError> {
    let last = state.revisions.last().map(|revision| &*revision.plan);
    let plan = change
        .plan
        .or_else(|| last.cloned())
        .unwrap_or_else(|| (*state.plan).clone());
    let mut given = state.inputs.clone();
    given.retain(|name, _| plan.inputs.contains_key(name));
    given.extend(change.inputs.clone());
    let mut inputs = bind_inputs(&plan, &given)?;
    let more = resolve_paths(&plan, &change.inputs, change.folder.as_deref(), &mut inputs);
    // What is not changed here may be gone: the new plan may be there because of that.
    let mut changed = inputs.clone();
    changed.retain(|name, _| change.inputs.contains_key(name));
    if let Some(fault) = absent_repository(&plan, &changed) {
        return Err(ReviseError::Absent(fault));
    }
    Ok(Input::Revise {
        version: change.version.unwrap_or_else(|| state.version()),
        plan: Box::new(plan),
        roots: roots(state, &inputs, more),
        inputs,
        by: change.by,
    })
}
