//! `plans.propose`: a request in plain words becomes a plan to look at. Nothing runs.

use std::path::{Path, PathBuf};

use krake_domain::plan::Plan;
use krake_engine::planner::{Found, Near};
use krake_runtime::planner::model::{DraftError, ModelUsed};
use krake_runtime::planner::{MOST_REQUEST, PlannedBy, Unsure};
use krake_runtime::{PlanAnswer, PlanRequest, Planned, absent_repository, plan_request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::orchestrate::absolute;
use crate::plans::{Candidate, PlanCheck};
use crate::visible::{visible_json, visible_line};

/// A request in plain words.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// What should be done; at most 4,000 bytes.
    pub query: String,
    /// The folder that relative paths are taken from, when the plan runs.
    pub folder: Option<String>,
    /// Values of inputs; they come before those that the words give.
    #[serde(default)]
    pub inputs: Map<String, Value>,
}

/// What came of it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlanProposal {
    pub outcome: Outcome,
    /// Who made the plan: `offline` matches playbooks by their words, `model` asked a model.
    pub planner: Option<String>,
    /// The model that wrote it, whom it was asked at, and what that cost.
    pub model: Option<ModelUsed>,
    /// What the model wanted in the plan and did not get.
    pub notes: Vec<String>,
    /// Why a model gave no plan, where one was asked or is wrongly set.
    pub model_fault: Option<String>,
    /// The playbook that it is, where it is one.
    pub playbook: Option<String>,
    /// Why this plan, or why none.
    pub because: String,
    /// From 0 to 1.
    pub confidence: Option<f64>,
    /// Values of the plan's inputs, as the request gives them.
    pub inputs: Map<String, Value>,
    /// Which words each value was read from.
    pub found: Vec<FoundView>,
    /// Inputs that must be given before it can run.
    pub missing: Vec<MissingInput>,
    /// Inputs that keep their default, although sentences that ask for the plan give them a value.
    pub assumed: Vec<String>,
    /// Words and values of the request that have no place in the plan.
    pub unknown: Vec<String>,
    /// Values of the request that an input does not take, and why.
    pub refused: Vec<String>,
    /// Playbooks with something in common, the best first.
    pub nearest: Vec<NearPlaybook>,
    /// The same look at the plan that `plans.check` gives.
    pub plan: Option<PlanCheck>,
    /// The plan file.
    pub plan_text: Option<String>,
}

/// Whether there is a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Planned,
    Unsure,
}

/// A value and the words that it was read from.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct FoundView {
    pub input: String,
    pub text: String,
}

/// An input that nobody gave and that has no default.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct MissingInput {
    pub name: String,
    pub description: String,
    pub schema: Value,
}

/// A playbook that the request has something in common with.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct NearPlaybook {
    pub playbook: String,
    pub description: String,
    /// A sentence that asks for it.
    pub example: String,
    /// From 0 to 1.
    pub score: f64,
    /// Why it was not taken.
    pub because: Option<String>,
}

/// `plans.propose`
pub async fn propose(ctx: Ctx, input: Ask) -> Result<PlanProposal, ApiError> {
    let folder = input.folder.map(absolute).transpose()?;
    Ok(match ask(&ctx, &input.query, &input.inputs).await? {
        PlanAnswer::Planned(planned) => PlanProposal::planned(*planned, &ctx, folder.as_deref()),
        PlanAnswer::Unsure(unsure, fault) => PlanProposal::unsure(unsure, fault.as_ref()),
    })
}

/// The plan that a request asks for, ready to run.
///
/// # Errors
/// [`Code::PlanningUnavailable`] where no plan is sure enough, [`Code::ModelFailed`] where a model
/// was asked and gave none, [`Code::PlanInvalid`] where inputs are missing or do not fit.
pub async fn plan_for(
    ctx: &Ctx,
    query: &str,
    inputs: &Map<String, Value>,
) -> Result<(Plan, Map<String, Value>), ApiError> {
    let planned = match ask(ctx, query, inputs).await? {
        PlanAnswer::Planned(planned) => planned,
        PlanAnswer::Unsure(unsure, fault) => return Err(cannot_plan(unsure, fault.as_ref())),
    };
    if !planned.missing.is_empty() {
        return Err(missing(&planned));
    }
    if let Some(fault) = planned.refused.first() {
        return Err(ApiError::new(Code::BadInput, visible_line(fault)));
    }
    let text = planned.text.clone();
    let candidate = Candidate::new(planned.plan.name.clone(), text);
    match candidate.check(ctx.catalog()) {
        Ok((plan, _)) => Ok((plan, planned.inputs)),
        Err(faults) => Err(crate::plans::invalid(&planned.plan.name, &faults)),
    }
}

/// Models are asked for a person alone: a machine that asks again and again would send, and spend,
/// without anybody knowing.
async fn ask(ctx: &Ctx, query: &str, inputs: &Map<String, Value>) -> Result<PlanAnswer, ApiError> {
    if query.len() > MOST_REQUEST {
        return Err(ApiError::new(
            Code::BadInput,
            format!(
                "field `query`: expected at most {MOST_REQUEST} bytes, found {}",
                query.len()
            ),
        ));
    }
    if query.trim().is_empty() {
        return Err(ApiError::new(
            Code::BadInput,
            "field `query`: expected what should be done, found nothing",
        ));
    }
    let request = PlanRequest { query, inputs };
    let models = ctx
        .person()
        .is_ok()
        .then(|| ctx.models().or_accounts_of(ctx.owner().ok()));
    let (playbooks, catalog) = (ctx.playbooks(), ctx.catalog());
    Ok(plan_request(
        playbooks,
        catalog,
        models.as_ref(),
        request,
        &ctx.stopping(),
    )
    .await)
}

fn cannot_plan(unsure: Unsure, fault: Option<&DraftError>) -> ApiError {
    let proposal = PlanProposal::unsure(unsure, fault);
    if let Some(fault) = &proposal.model_fault {
        return ApiError::new(Code::ModelFailed, fault.clone())
            .hint("`krake doctor` says which model is asked; KRAKE_PLANNER=off asks none")
            .details(serde_json::json!({ "nearest": proposal.nearest }));
    }
    let names: Vec<&str> = proposal
        .nearest
        .iter()
        .map(|near| near.playbook.as_str())
        .collect();
    let hint = if names.is_empty() {
        "`krake playbooks list` shows what can be asked for".to_owned()
    } else {
        format!(
            "say it like an example of {}, or run a playbook by its name",
            names.join(", ")
        )
    };
    ApiError::new(
        Code::PlanningUnavailable,
        format!("no plan for this request: {}", proposal.because),
    )
    .hint(hint)
    .details(serde_json::json!({
        "nearest": proposal.nearest,
        "unknown": proposal.unknown,
    }))
}

fn missing(planned: &Planned) -> ApiError {
    let inputs = MissingInput::of(planned);
    let names: Vec<String> = inputs
        .iter()
        .map(|input| format!("`{}`", input.name))
        .collect();
    ApiError::new(
        Code::PlanInvalid,
        format!(
            "{} needs {}",
            visible_line(&planned.plan.name),
            names.join(", ")
        ),
    )
    .hint("name it in the request, or give it under `inputs`")
    .details(serde_json::json!({ "missing": inputs }))
}

impl PlanProposal {
    fn planned(planned: Planned, ctx: &Ctx, folder: Option<&Path>) -> Self {
        let placed = placed(&planned, folder);
        let missing = MissingInput::of(&planned);
        let mut refused = lines(planned.refused);
        let absent = absent_repository(&planned.plan, &placed);
        refused.extend(absent.as_deref().map(visible_line));
        let candidate = Candidate::new(planned.plan.name.clone(), planned.text.clone());
        let text = match planned.by {
            PlannedBy::Offline => planned.text,
            // It is JSON, so what hides in it can be written out without changing the plan.
            PlannedBy::Model => visible_json(&planned.text).into_owned(),
        };
        Self {
            outcome: Outcome::Planned,
            planner: Some(planned.by.as_str().to_owned()),
            playbook: planned.playbook.as_deref().map(visible_line),
            model: planned.model.map(shown),
            notes: lines(planned.notes),
            model_fault: None,
            because: visible_line(&planned.because),
            confidence: planned.confidence,
            found: planned.found.into_iter().map(FoundView::from).collect(),
            missing,
            assumed: planned.assumed,
            unknown: lines(planned.unknown),
            refused,
            nearest: planned
                .nearest
                .into_iter()
                .map(NearPlaybook::from)
                .collect(),
            plan: Some(PlanCheck::look(candidate, ctx.catalog(), &placed)),
            inputs: planned.inputs,
            plan_text: Some(text),
        }
    }

    fn unsure(unsure: Unsure, fault: Option<&DraftError>) -> Self {
        let model_fault = fault.map(|fault| visible_line(&fault.to_string()));
        let mut because = visible_line(&unsure.because);
        if let Some(fault) = &model_fault {
            because = format!("{because}, and a model gave no plan either: {fault}");
        }
        Self {
            outcome: Outcome::Unsure,
            planner: None,
            model: None,
            notes: Vec::new(),
            model_fault,
            playbook: None,
            because,
            confidence: None,
            inputs: Map::new(),
            found: Vec::new(),
            missing: Vec::new(),
            assumed: Vec::new(),
            unknown: lines(unsure.unknown),
            refused: Vec::new(),
            nearest: unsure.nearest.into_iter().map(NearPlaybook::from).collect(),
            plan: None,
            plan_text: None,
        }
    }
}

/// Names of models come from an address that somebody else may serve.
fn shown(used: ModelUsed) -> ModelUsed {
    ModelUsed {
        model: visible_line(&used.model),
        ..used
    }
}

/// The inputs as a run in this folder would read them: relative paths lead somewhere.
fn placed(planned: &Planned, folder: Option<&Path>) -> Map<String, Value> {
    let mut placed = planned.inputs.clone();
    let Some(folder) = folder else {
        return placed;
    };
    for (name, schema) in &planned.plan.inputs {
        let slot = schema.get("slot").and_then(Value::as_str);
        let value = planned.inputs.get(name).or_else(|| schema.get("default"));
        if let (Some("path" | "repo"), Some(Value::String(path))) = (slot, value)
            && !path.starts_with('~')
        {
            let whole: PathBuf = folder.join(path).components().collect();
            placed.insert(name.clone(), whole.to_string_lossy().into());
        }
    }
    placed
}

impl MissingInput {
    fn of(planned: &Planned) -> Vec<Self> {
        let input = |name: &String| {
            let schema = planned.plan.inputs.get(name).cloned().unwrap_or_default();
            Self {
                name: name.clone(),
                description: schema
                    .get("description")
                    .and_then(Value::as_str)
                    .map(visible_line)
                    .unwrap_or_default(),
                schema,
            }
        };
        planned.missing.iter().map(input).collect()
    }
}

impl From<Found> for FoundView {
    fn from(found: Found) -> Self {
        Self {
            input: found.input,
            text: visible_line(&found.text),
        }
    }
}

impl From<Near> for NearPlaybook {
    fn from(near: Near) -> Self {
        Self {
            playbook: visible_line(&near.playbook),
            description: visible_line(&near.description),
            example: visible_line(&near.example),
            score: near.score,
            because: near.because.as_deref().map(visible_line),
        }
    }
}

fn lines(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| visible_line(text)).collect()
}
