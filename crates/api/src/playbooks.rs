//! Plans kept for reuse.

use krake_runtime::Playbook;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::ApiError;
use crate::plans::FaultView;
use crate::tools::Nothing;
use crate::view::page::Page;
use crate::visible::{visible, visible_line};

/// Names one playbook.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaybookRef {
    pub name: String,
}

/// One playbook of the list.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlaybookSummary {
    /// What `krake run` calls it.
    pub name: String,
    pub description: String,
    /// Sentences that ask for it.
    pub examples: Vec<String>,
    pub steps: u32,
    /// Input name → JSON Schema.
    pub inputs: Map<String, Value>,
    /// The file of the user's own; absent for one that ships with Krake.
    pub path: Option<String>,
    /// Why it cannot be read; empty when it can.
    pub faults: Vec<FaultView>,
}

/// One playbook with its text.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlaybookView {
    pub playbook: PlaybookSummary,
    /// The plan file.
    pub text: String,
}

/// `playbooks.list`
pub async fn list(ctx: Ctx, _: Nothing) -> Result<Page<PlaybookSummary>, ApiError> {
    let items = ctx
        .playbooks()
        .list()
        .iter()
        .map(|playbook| PlaybookSummary::from(&**playbook))
        .collect();
    Ok(Page { items, next: None })
}

/// `playbooks.show`
pub async fn show(ctx: Ctx, input: PlaybookRef) -> Result<PlaybookView, ApiError> {
    let found = ctx.playbooks().find(&input.name);
    let playbook = found.ok_or_else(|| ApiError::not_found("playbook", visible(&input.name)))?;
    Ok(PlaybookView {
        playbook: PlaybookSummary::from(&*playbook),
        text: playbook.text.clone(),
    })
}

impl From<&Playbook> for PlaybookSummary {
    fn from(playbook: &Playbook) -> Self {
        let plan = playbook.parsed.as_ref().map(|parsed| &parsed.plan).ok();
        Self {
            name: visible_line(&playbook.name),
            description: plan
                .map(|plan| visible_line(&plan.description))
                .unwrap_or_default(),
            examples: plan
                .map(|plan| {
                    plan.examples
                        .iter()
                        .map(|text| visible_line(text))
                        .collect()
                })
                .unwrap_or_default(),
            steps: plan.map_or(0, |plan| {
                u32::try_from(plan.steps.len()).unwrap_or(u32::MAX)
            }),
            inputs: plan.map(|plan| plan.inputs.clone()).unwrap_or_default(),
            path: playbook
                .path
                .as_ref()
                .map(|path| visible_line(&path.to_string_lossy())),
            faults: match &playbook.parsed {
                Ok(_) => Vec::new(),
                Err(faults) => faults.iter().map(FaultView::from).collect(),
            },
        }
    }
}
