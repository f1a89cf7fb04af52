//! `POST /api/orchestrate/{id}/rerun`: an execution runs again, with the results of what ended well.

use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_runtime::Again;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::ApiError;
use crate::orchestrate::{Orchestrated, absolute, yes};

/// What runs again: this step and everything that rests on it, or whatever did not end well.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RerunExecution {
    pub id: ExecutionId,
    pub from: Option<StepId>,
    /// Inputs that get another value; steps that read them run again.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// The folder that relative paths in these inputs are taken from: where the caller stands.
    pub folder: Option<String>,
    /// `false` leaves it proposed for a look.
    #[serde(default = "yes")]
    pub start: bool,
}

/// `executions.rerun`
pub async fn rerun(ctx: Ctx, input: RerunExecution) -> Result<Orchestrated, ApiError> {
    let by = ctx.known()?;
    let runtime = ctx.owner()?;
    let state = ctx.state(input.id).await?;
    let again = Again {
        from: input.from,
        inputs: input.inputs,
        folder: input.folder.map(absolute).transpose()?,
        by,
        start: input.start,
    };
    Ok(Orchestrated {
        execution_id: runtime.rerun(&state, again).await?,
    })
}
