//! `POST /api/orchestrate`: a plan, a playbook or a request in plain words becomes an execution.

use std::path::PathBuf;

use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::{Author, Plan};
use krake_domain::principal::Principal;
use krake_runtime::NewExecution;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::plans::{Candidate, PlanText, Source, invalid};
use crate::proposal::plan_for;

/// What to run: exactly one of `query`, `plan` and `playbook`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Orchestrate {
    /// A request in plain words, at most 4,000 bytes. Where no plan is sure enough, or an input is
    /// missing, nothing runs.
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
    /// Sent by older clients and not used: the plan's inputs say what it works on.
    #[expect(dead_code, reason = "accepted and deliberately not used")]
    pub project_name: Option<String>,
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
    let folder = input.folder.map(absolute).transpose()?;
    let (plan, source, inputs) = match (input.query, input.plan, input.playbook) {
        (Some(query), None, None) => {
            let (plan, inputs) = plan_for(&ctx, &query, &input.inputs).await?;
            (plan, input.source.unwrap_or(query), inputs)
        }
        (None, plan, playbook) => {
            let is_sent = plan.is_some();
            let (plan, source) = plan_of(&ctx, plan, playbook, input.source)?;
            let plan = if is_sent { sent_by(&by, plan) } else { plan };
            (plan, source, input.inputs)
        }
        _ => {
            return Err(ApiError::new(
                Code::BadInput,
                "expected exactly one of `query`, `plan` and `playbook`",
            ));
        }
    };
    let new = NewExecution {
        plan,
        inputs,
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

/// The plan with the mark of its author. What a machine sends, a model may have written, whatever
/// the text says about itself; a playbook that it names was written by a person.
pub(crate) fn sent_by(by: &Principal, plan: Plan) -> Plan {
    if by.is_person() {
        return plan;
    }
    Plan {
        planned_by: Author::Model,
        ..plan
    }
}

pub(crate) fn plan_of(
    ctx: &Ctx,
    plan: Option<PlanText>,
    playbook: Option<String>,
    source: Option<String>,
) -> Result<(Plan, String), ApiError> {
    let source_of = Source {
        plan,
        playbook,
        inputs: Map::new(),
    };
    let candidate = Candidate::find(ctx, source_of)?;
    let name = source.unwrap_or_else(|| candidate.name.clone());
    match candidate.check(ctx.catalog()) {
        Ok((plan, _)) => Ok((plan, name)),
        Err(faults) => Err(invalid(&name, &faults)),
    }
}

/// A folder that a caller names.
pub fn absolute(folder: String) -> Result<PathBuf, ApiError> {
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
