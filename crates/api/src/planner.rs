//! Which model would be asked for a plan, before anybody asks.

use krake_runtime::planner::model::{DraftError, ModelChosen};
use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::visible::visible_line;

/// The planner by models, as the environment of the process that plans sets it, else by its accounts.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlannerView {
    pub state: PlannerState,
    /// The model that would be asked.
    pub chosen: Option<ModelChosen>,
    /// Why none would be.
    pub because: Option<String>,
}

/// Whether a model would be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlannerState {
    Ready,
    /// Switched off.
    Off,
    /// Nothing is set, and no Ollama answers.
    None,
    /// Something is set that does not work.
    Broken,
}

/// `planner.show`: for persons only, because an Ollama is asked which models it has.
pub async fn show(ctx: Ctx, _: Nothing) -> Result<PlannerView, ApiError> {
    let models = ctx.models().or_accounts_of(ctx.owner().ok());
    Ok(match models.chosen().await {
        Ok(chosen) => PlannerView {
            state: PlannerState::Ready,
            chosen: Some(ModelChosen {
                model: visible_line(&chosen.model),
                ..chosen
            }),
            because: None,
        },
        Err(error) => PlannerView {
            state: match &error {
                DraftError::Off => PlannerState::Off,
                error if error.is_usual() => PlannerState::None,
                _ => PlannerState::Broken,
            },
            chosen: None,
            because: Some(visible_line(&error.to_string())),
        },
    })
}
