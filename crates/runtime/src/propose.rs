//! A new execution: inputs bound, folders resolved, the first event written.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use krake_domain::event::{Event, Stamped};
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use krake_engine::execution::State;
use krake_engine::plan::{BindError, bind_inputs, given_paths};
use krake_store::{Batch, StoreError};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

use crate::start::Deps;
use crate::{actor, clock, ids};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewExecution {
    /// A plan that passed the check.
    pub plan: Plan,
    /// Values of the inputs, as far as somebody gave them.
    pub inputs: Map<String, Value>,
    /// Name of the playbook or path of the file, for people.
    pub source: String,
    /// The folder that relative paths in path inputs are taken from: where the command was given.
    pub folder: Option<std::path::PathBuf>,
    pub by: Principal,
    pub workspace: WorkspaceId,
    /// Start at once, or leave it `proposed` for a look.
    pub start: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ProposeError {
    #[error(transparent)]
    Inputs(#[from] BindError),
    #[error("the plan cannot be run: {0}")]
    Plan(String),
    /// An input names a repository where there is none.
    #[error("{0}")]
    Absent(String),
    #[error("Krake is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn propose(
    deps: &Arc<Deps>,
    new: NewExecution,
) -> Result<ExecutionId, ProposeError> {
    if deps.tasks.stopping.is_cancelled() {
        return Err(ProposeError::Stopping);
    }
    let mut bound = bind_inputs(&new.plan, &new.inputs)?;
    let roots = resolve_paths(&new.plan, &new.inputs, new.folder.as_deref(), &mut bound);
    if let Some(fault) = absent_repository(&new.plan, &bound) {
        return Err(ProposeError::Absent(fault));
    }
    let id = ids::execution();
    let created = Stamped {
        at: clock::now(),
        event: Event::ExecutionCreated {
            plan: Box::new(new.plan),
            inputs: bound,
            source: new.source,
            roots,
            by: new.by,
            rerun: None,
        },
    };
    bring_in(deps, id, new.workspace, vec![created], new.start).await
}

/// Writes the first events of an execution down and, if asked to, starts it.
pub(crate) async fn bring_in(
    deps: &Arc<Deps>,
    id: ExecutionId,
    workspace: WorkspaceId,
    events: Vec<Stamped>,
    start: bool,
) -> Result<ExecutionId, ProposeError> {
    let state = State::begin_with(id, workspace, &events)
        .map_err(|fault| ProposeError::Plan(fault.to_string()))?;
    if !start {
        let summary = Some(actor::summary(&state));
        deps.store
            .append(Batch {
                workspace,
                execution: id,
                events,
                summary,
            })
            .await?;
        return Ok(id);
    }
    let (mailbox, actor) = actor::create(deps.clone(), state);
    deps.hub
        .enter(id, mailbox)
        .map_err(|_| ProposeError::Plan("two executions drew the same id".to_owned()))?;
    let (ready, answer) = oneshot::channel();
    deps.tasks.actor(actor.create_and_run(events, ready));
    answer.await.map_err(|_| ProposeError::Stopping)??;
    Ok(id)
}

/// Makes path inputs absolute, so that the execution means the same folder wherever it goes on;
/// returns the folders that somebody named, for the policy. A path that does not exist stays as it
/// is, and the step that needs it says so.
pub(crate) fn resolve_paths(
    plan: &Plan,
    given: &Map<String, Value>,
    folder: Option<&Path>,
    bound: &mut Map<String, Value>,
) -> Vec<String> {
    // Without a folder a relative default means the folder of this process, which nobody named.
    let named: Vec<String> = given_paths(plan, given, bound)
        .into_iter()
        .filter(|path| folder.is_some() || path.starts_with('~') || Path::new(path).is_absolute())
        .map(str::to_owned)
        .collect();
    let mut roots = Vec::new();
    for (name, schema) in &plan.inputs {
        let is_path = matches!(
            schema.get("slot").and_then(Value::as_str),
            Some("path" | "repo")
        );
        let Some(Value::String(path)) = bound.get(name).filter(|_| is_path) else {
            continue;
        };
        let expanded =
            krake_edge::home::expand_home(path).unwrap_or_else(|_| std::path::PathBuf::from(path));
        let absolute = match folder {
            Some(folder) => folder.join(expanded),
            None => expanded,
        };
        let canonical =
            std::fs::canonicalize(&absolute).unwrap_or_else(|_| absolute.components().collect());
        let text = canonical.to_string_lossy().into_owned();
        if named.contains(path) {
            roots.push(text.clone());
        }
        bound.insert(name.clone(), Value::String(text));
    }
    roots
}

/// The first of these values that names a repository where no folder is, in words. A `path` may be
/// made by the plan itself; a repository must be there before. Of a relative one nothing is said:
/// whoever gave it stands elsewhere.
#[must_use]
pub fn absent_repository(plan: &Plan, values: &Map<String, Value>) -> Option<String> {
    let is_repository = |schema: &Value| schema.get("slot").and_then(Value::as_str) == Some("repo");
    let named = plan
        .inputs
        .iter()
        .filter(|(_, schema)| is_repository(schema));
    named.into_iter().find_map(|(name, _)| {
        let path = krake_edge::home::expand_home(values.get(name)?.as_str()?).ok()?;
        let why = match std::fs::metadata(&path) {
            _ if path.is_relative() => return None,
            Ok(found) if found.is_dir() => return None,
            Ok(_) => "is no folder",
            Err(error) if error.kind() == ErrorKind::NotFound => "does not exist",
            // The step that reads it says what stands in the way.
            Err(_) => return None,
        };
        Some(format!("input `{name}`: {} {why}", path.display()))
    })
}
