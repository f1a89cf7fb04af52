//! Whether a plan can run, said before it does.

use krake_domain::plan::{ApprovalMode, Author, Plan, Step, StepId};
use krake_domain::tool::Catalog;
use krake_engine::plan::graph::{Graph, guess_ms};
use krake_engine::plan::{Diagnostic, check as check_parsed, parse, saved_ms};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::preview::StepPreview;
use crate::visible::{visible, visible_line};

/// Tools that write into Krake's own data alone: the policy asks about them in no plan of a person.
const OWN_DATA: [&str; 2] = ["context.import", "knowledge.add"];

/// A plan as text (YAML or JSON), or the same as an object.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum PlanText {
    Text(String),
    Object(Map<String, Value>),
}

/// What to check: exactly one of the two.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A plan: its text (YAML or JSON), or the same as an object.
    pub plan: Option<PlanText>,
    /// The name of a playbook.
    pub playbook: Option<String>,
    /// Values of its inputs, as far as they are known, for the look at its steps.
    #[serde(default)]
    pub inputs: Map<String, Value>,
}

/// What the check found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlanCheck {
    /// Whether it can run.
    pub ok: bool,
    pub name: String,
    pub steps: u32,
    /// Who wrote it; every step of a model's plan that changes something asks.
    pub planned_by: Author,
    /// Input name → JSON Schema.
    pub inputs: Map<String, Value>,
    /// Every fault, in the order of the text.
    pub faults: Vec<FaultView>,
    /// What could run side by side; a step starts as soon as its own needs are done.
    pub waves: Vec<Vec<StepId>>,
    /// The chain of needs that is taken to last longest.
    pub critical_path: Vec<StepId>,
    /// Steps at which a person is asked, or may be.
    pub asks: Vec<Asks>,
    /// Steps that run once for each item of a list.
    pub repeats: Vec<Repeats>,
    /// Each step with what it will touch, in the order of the plan.
    pub preview: Vec<StepPreview>,
    /// How much sooner it ends than one step after another, by guess.
    pub saved_ms: u64,
}

/// One fault and its place in the text.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct FaultView {
    pub line: u32,
    pub column: u32,
    pub code: String,
    pub message: String,
    pub expected: Option<String>,
}

/// A step that may wait for a person, and why.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Asks {
    pub step: StepId,
    pub tool: String,
    /// Asked for certain; else it depends on the arguments.
    pub certain: bool,
    pub because: String,
}

/// A step with `for_each`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Repeats {
    pub step: StepId,
    /// The list as it is written.
    pub over: Value,
    /// How many items it has, where that is known before the run.
    pub items: Option<u32>,
}

/// `plans.check`
pub async fn check(ctx: Ctx, input: Source) -> Result<PlanCheck, ApiError> {
    let inputs = input.inputs.clone();
    let candidate = Candidate::find(&ctx, input)?;
    Ok(PlanCheck::look(candidate, ctx.catalog(), &inputs))
}

/// The error for a plan that cannot run.
pub fn invalid(name: &str, faults: &[FaultView]) -> ApiError {
    let first = faults.first().map_or_else(String::new, ToString::to_string);
    ApiError::new(Code::PlanInvalid, format!("{}:{first}", visible_line(name)))
        .hint("`krake plan check` shows every fault with its place")
        .details(serde_json::json!({ "faults": faults }))
}

/// A plan's text with the name to call it by, not checked yet.
pub struct Candidate {
    pub name: String,
    text: String,
}

impl Candidate {
    /// A plan's text that is there already.
    #[must_use]
    pub fn new(name: String, text: String) -> Self {
        Self { name, text }
    }

    /// What was named.
    ///
    /// # Errors
    /// Neither or both were named, or there is no such playbook.
    pub fn find(ctx: &Ctx, source: Source) -> Result<Self, ApiError> {
        match source {
            Source {
                plan: Some(PlanText::Text(text)),
                playbook: None,
                ..
            } => Ok(Self {
                name: "plan".to_owned(),
                text,
            }),
            Source {
                plan: Some(PlanText::Object(plan)),
                playbook: None,
                ..
            } => Ok(Self {
                name: "plan".to_owned(),
                text: Value::Object(plan).to_string(),
            }),
            Source {
                plan: None,
                playbook: Some(name),
                ..
            } => match ctx.playbooks().find(&name) {
                Some(playbook) => Ok(Self {
                    name,
                    text: playbook.text.clone(),
                }),
                None => Err(ApiError::not_found("playbook", visible(&name))
                    .hint("`krake playbooks list` shows them all")),
            },
            _ => Err(ApiError::new(
                Code::BadInput,
                "expected exactly one of `plan` and `playbook`",
            )),
        }
    }

    /// The checked plan, or every fault.
    ///
    /// # Errors
    /// The faults, in the order of the text.
    pub fn check(self, catalog: &Catalog) -> Result<(Plan, Graph), Vec<FaultView>> {
        let checked = parse(&self.text).and_then(|parsed| {
            let graph = check_parsed(&parsed, catalog)?;
            Ok((parsed.plan, graph))
        });
        checked.map_err(|faults| faults.iter().map(FaultView::from).collect())
    }
}

impl PlanCheck {
    /// What can be said about a plan before it runs.
    #[must_use]
    pub fn look(candidate: Candidate, catalog: &Catalog, inputs: &Map<String, Value>) -> Self {
        let name = candidate.name.clone();
        match candidate.check(catalog) {
            Ok((plan, graph)) => Self::of(&plan, &graph, catalog, inputs),
            Err(faults) => Self::refused(name, faults),
        }
    }

    fn of(plan: &Plan, graph: &Graph, catalog: &Catalog, inputs: &Map<String, Value>) -> Self {
        let id_of = |place: &usize| plan.steps[*place].id.clone();
        let path = graph.critical_path(&|place| guess_ms(&plan.steps[place]));
        Self {
            ok: true,
            name: visible_line(&plan.name),
            steps: u32::try_from(plan.steps.len()).unwrap_or(u32::MAX),
            planned_by: plan.planned_by,
            inputs: plan.inputs.clone(),
            faults: Vec::new(),
            waves: graph
                .waves()
                .iter()
                .map(|wave| wave.iter().map(id_of).collect())
                .collect(),
            critical_path: path.iter().map(id_of).collect(),
            asks: plan
                .steps
                .iter()
                .flat_map(|step| Asks::of(step, plan.planned_by, catalog))
                .collect(),
            repeats: plan.steps.iter().filter_map(Repeats::of).collect(),
            preview: StepPreview::all(plan, graph, catalog, inputs, &path),
            saved_ms: saved_ms(plan, graph),
        }
    }

    fn refused(name: String, faults: Vec<FaultView>) -> Self {
        Self {
            ok: false,
            name: visible_line(&name),
            steps: 0,
            planned_by: Author::default(),
            inputs: Map::new(),
            faults,
            waves: Vec::new(),
            critical_path: Vec::new(),
            asks: Vec::new(),
            repeats: Vec::new(),
            preview: Vec::new(),
            saved_ms: 0,
        }
    }
}

impl Asks {
    /// When this step of a checked plan asks, if it can: its own call, and its alternatives, which
    /// may never be made.
    #[must_use]
    pub fn of(step: &Step, planned_by: Author, catalog: &Catalog) -> Vec<Self> {
        let own = Self::of_call(step, &step.tool, planned_by, catalog);
        let others = step.alternatives.iter().filter_map(|other| {
            Some(Self {
                certain: false,
                ..Self::of_call(step, &other.tool, planned_by, catalog)?
            })
        });
        own.into_iter().chain(others).collect()
    }

    /// The same for one call of the step: its own or an alternative.
    #[must_use]
    pub fn of_call(step: &Step, tool: &str, planned_by: Author, catalog: &Catalog) -> Option<Self> {
        let spec = &catalog.find(tool)?.spec;
        let (certain, because) = match step.approval {
            ApprovalMode::Always => (true, "the plan says so"),
            ApprovalMode::Never => return None,
            ApprovalMode::Policy if spec.asks => (true, "this tool always asks"),
            ApprovalMode::Policy if spec.class.is_harmless() => return None,
            ApprovalMode::Policy if planned_by == Author::Model => {
                (true, "a model planned this step")
            }
            ApprovalMode::Policy if OWN_DATA.contains(&tool) => return None,
            ApprovalMode::Policy => (
                false,
                "it asks when it leaves the folders of this run, changes something at another place, or when its arguments come from text that others wrote",
            ),
        };
        Some(Self {
            step: step.id.clone(),
            tool: tool.to_owned(),
            certain,
            because: because.to_owned(),
        })
    }
}

impl Repeats {
    fn of(step: &krake_domain::plan::Step) -> Option<Self> {
        let over = step.for_each.clone()?;
        Some(Self {
            step: step.id.clone(),
            items: over
                .as_array()
                .and_then(|items| u32::try_from(items.len()).ok()),
            over,
        })
    }
}

impl From<&Diagnostic> for FaultView {
    fn from(fault: &Diagnostic) -> Self {
        let code = serde_json::to_value(fault.code).ok();
        Self {
            line: fault.at.line,
            column: fault.at.column,
            code: code
                .as_ref()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            message: visible_line(&fault.message),
            expected: fault.expected.as_deref().map(visible_line),
        }
    }
}

impl std::fmt::Display for FaultView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.expected {
            Some(expected) => write!(f, "; expected {expected}"),
            None => Ok(()),
        }
    }
}
