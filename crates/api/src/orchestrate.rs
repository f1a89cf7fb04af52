//! `POST /api/orchestrate`: a plan or a playbook becomes an execution.

use std::path::PathBuf;

use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::Plan;
use krake_runtime::NewExecution;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::plans::{Candidate, PlanText, Source};

/// What to run: exactly one of `plan` and `playbook`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Orchestrate {
    /// A request in plain words. Refused in this version, with the playbooks named.
    pub query: Option<String>,
    /// A plan: its text (YAML or JSON), or the same as an object.
    pub plan: Option<PlanText>,
    /// The name of a playbook.
    pub playbook: Option<String>,
    /// Values of the plan's inputs.
    #[serde(default)]
    pub inputs: Map<String, Value>,
    /// The folder that relative paths in inputs are taken from: where the caller stands.
    pub folder: Option<String>,
    /// `false` leaves it proposed for a look.
    #[serde(default = "yes")]
    pub start: bool,
    /// Where the plan comes from, for people.
    pub source: Option<String>,
    /// Sent by older clients and not used: who asks is known from the token alone.
    #[expect(dead_code, reason = "accepted and deliberately not used")]
    pub user_id: Option<String>,
}

/// The new execution.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Orchestrated {
    pub execution_id: ExecutionId,
}

/// `executions.orchestrate`
pub async fn orchestrate(ctx: Ctx, input: Orchestrate) -> Result<Orchestrated, ApiError> {
    let by = ctx.known()?;
    let runtime = ctx.owner()?;
    if input.query.is_some() {
        return Err(cannot_plan(&ctx));
    }
    let folder = input.folder.map(absolute).transpose()?;
    let (plan, source) = plan_of(&ctx, input.plan, input.playbook, input.source)?;
    let new = NewExecution {
        plan,
        inputs: input.inputs,
        source,
        folder,
        by,
        workspace: WorkspaceId::PERSONAL,
        start: input.start,
    };
    Ok(Orchestrated {
        execution_id: runtime.propose(new).await?,
    })
}

pub(crate) fn plan_of(
    ctx: &Ctx,
    plan: Option<PlanText>,
    playbook: Option<String>,
    source: Option<String>,
) -> Result<(Plan, String), ApiError> {
    let candidate = Candidate::find(ctx, Source { plan, playbook })?;
    let name = source.unwrap_or_else(|| candidate.name.clone());
    match candidate.check(ctx.catalog()) {
        Ok((plan, _)) => Ok((plan, name)),
        Err(faults) => {
            let first = faults.first().map_or_else(String::new, ToString::to_string);
            Err(ApiError::new(Code::PlanInvalid, format!("{name}:{first}"))
                .hint("`krake plan check` shows every fault with its place")
                .details(serde_json::json!({ "faults": faults })))
        }
    }
}

fn cannot_plan(ctx: &Ctx) -> ApiError {
    let names: Vec<String> = ctx
        .playbooks()
        .list()
        .into_iter()
        .map(|playbook| playbook.name)
        .collect();
    ApiError::new(
        Code::PlanningUnavailable,
        "this version does not make plans from words yet",
    )
    .hint(format!(
        "run a playbook by its name ({}), or send a plan",
        names.join(", ")
    ))
}

pub(crate) fn absolute(folder: String) -> Result<PathBuf, ApiError> {
    let path = PathBuf::from(folder);
    if path.is_absolute() {
        Ok(path)
    } else {
        Err(ApiError::new(
            Code::BadInput,
            "field `folder`: expected an absolute path",
        ))
    }
}

pub(crate) fn yes() -> bool {
    true
}
