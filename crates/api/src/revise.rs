//! The plan of an execution, its versions, and how it is changed while nothing of it moves.

use krake_domain::id::ExecutionId;
use krake_domain::plan::Author;
use krake_domain::principal::Principal;
use krake_engine::plan::to_text;
use krake_runtime::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::orchestrate::{absolute, plan_of, sent_by};
use crate::plans::PlanText;
use crate::view::moment::Moment;

/// What is changed: the plan, inputs, or both.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviseExecution {
    pub id: ExecutionId,
    /// A plan: its text (YAML or JSON), or the same as an object. Steps that have started must be
    /// there as they are.
    pub plan: Option<PlanText>,
    /// The version that the change was made from. Given, it must be the one that holds now; absent,
    /// that one is taken. Either way nobody's change in between is overwritten.
    pub version: Option<u32>,
    /// Inputs that get another value.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// The folder that relative paths in these inputs are taken from: where the caller stands.
    pub folder: Option<String>,
}

/// The version that holds now.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Revised {
    pub execution_id: ExecutionId,
    pub version: u32,
}

/// Which version of the plan.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadPlan {
    pub id: ExecutionId,
    /// From 1; the one that holds now when absent.
    pub version: Option<u32>,
}

/// One version of a plan.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlanOfExecution {
    pub execution_id: ExecutionId,
    pub version: u32,
    /// A plan file in YAML, as it can be checked, run and given back.
    pub text: String,
    pub planned_by: Author,
    pub inputs: Map<String, Value>,
    pub versions: Vec<PlanVersion>,
}

/// Who made a version, and when.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlanVersion {
    pub version: u32,
    pub at: Moment,
    pub by: Principal,
}

/// `executions.revise`
pub async fn revise(ctx: Ctx, input: ReviseExecution) -> Result<Revised, ApiError> {
    let by = ctx.known()?;
    let runtime = ctx.owner()?;
    if input.plan.is_none() && input.inputs.is_empty() {
        return Err(ApiError::new(
            Code::BadInput,
            "expected `plan` or `inputs`: there is nothing to change",
        ));
    }
    let plan = match input.plan {
        Some(plan) => Some(sent_by(&by, plan_of(&ctx, Some(plan), None, None)?.0)),
        None => None,
    };
    let change = Change {
        version: input.version,
        plan,
        inputs: input.inputs,
        folder: input.folder.map(absolute).transpose()?,
        by,
    };
    Ok(Revised {
        execution_id: input.id,
        version: runtime.revise(input.id, change).await?,
    })
}

/// `executions.plan`
pub async fn plan(ctx: Ctx, input: ReadPlan) -> Result<PlanOfExecution, ApiError> {
    let state = ctx.state(input.id).await?;
    let number = |place: usize| u32::try_from(place + 1).unwrap_or(u32::MAX);
    let versions = state.revisions.iter().enumerate();
    let version = input.version.unwrap_or(number(state.revisions.len() - 1));
    let (_, shown) = versions
        .clone()
        .find(|(place, _)| number(*place) == version)
        .ok_or_else(|| ApiError::not_found("version of this plan", version.to_string()))?;
    Ok(PlanOfExecution {
        execution_id: state.id,
        version,
        text: to_text(&shown.plan),
        planned_by: shown.plan.planned_by,
        inputs: shown.inputs.clone(),
        versions: versions
            .map(|(place, revision)| PlanVersion {
                version: number(place),
                at: revision.at.into(),
                by: revision.by.clone(),
            })
            .collect(),
    })
}
