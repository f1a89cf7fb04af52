//! From a request in plain words to a plan: where the planners meet.
//!
//! The offline one is asked first: it is free, it needs no network, and what it proposes has been
//! written by a person. Only where it is unsure can another be asked. Whatever comes back is a
//! proposal: it is checked and shown like any other plan, and nothing here starts anything.

mod asked;
pub mod model;
mod narrow;
mod offer;

use krake_domain::plan::Plan;
use krake_domain::tool::Catalog;
use krake_engine::planner::{Answer, Found, Near, match_request};
use serde_json::{Map, Value};

use tokio_util::sync::CancellationToken;

use crate::planner::model::{DraftError, Drafted, ModelUsed, Models};
use crate::playbooks::Playbooks;

pub use krake_engine::planner::{MOST_REQUEST, Unsure};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct PlanRequest<'r> {
    /// In plain words.
    pub query: &'r str,
    /// Values that were given beside the words; they come before those in the words.
    pub inputs: &'r Map<String, Value>,
}

/// What came of a request.
#[derive(Debug)]
pub enum PlanAnswer {
    Planned(Box<Planned>),
    /// No playbook is sure enough; and why a model gave no plan either, where one was asked or
    /// should have been.
    Unsure(Unsure, Option<DraftError>),
}

/// Which planner made a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedBy {
    /// It is a playbook, found by its words.
    Offline,
    /// A model wrote it.
    Model,
}

impl PlannedBy {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Model => "model",
        }
    }
}

/// A plan with the values that the request gives.
#[derive(Debug)]
pub struct Planned {
    pub by: PlannedBy,
    /// The playbook that it is, where it is one.
    pub playbook: Option<String>,
    /// The plan file.
    pub text: String,
    pub plan: Plan,
    /// Why this plan, in a sentence.
    pub because: String,
    /// From 0 to 1; a model's own opinion would be none.
    pub confidence: Option<f64>,
    /// The model that wrote it, and what that cost.
    pub model: Option<ModelUsed>,
    /// What the model wanted and did not get.
    pub notes: Vec<String>,
    pub inputs: Map<String, Value>,
    pub found: Vec<Found>,
    /// Inputs without a default that nobody gave.
    pub missing: Vec<String>,
    /// Inputs that keep their default, although sentences that ask for the plan give them a value.
    pub assumed: Vec<String>,
    /// Parts of the request that have no place in the plan.
    pub unknown: Vec<String>,
    /// Values that an input does not take, and why.
    pub refused: Vec<String>,
    pub nearest: Vec<Near>,
}

/// Asks the planners in their order; models only where the caller hands them in. A model's call ends
/// when this future is dropped, because its caller is gone, and when `stopping` fires.
pub async fn plan_request(
    playbooks: &Playbooks,
    catalog: &Catalog,
    models: Option<&Models>,
    request: PlanRequest<'_>,
    stopping: &CancellationToken,
) -> PlanAnswer {
    let (unsure, models) = match (offline(playbooks, request), models) {
        (PlanAnswer::Unsure(unsure, None), Some(models)) => (unsure, models),
        (answer, _) => return answer,
    };
    let cancel = stopping.child_token();
    let _gone = cancel.clone().drop_guard();
    let drafted = models
        .draft(request.query, catalog, playbooks, &cancel)
        .await;
    match drafted {
        Ok(drafted) => PlanAnswer::Planned(Box::new(by_model(drafted, request, unsure))),
        Err(error) if error.is_usual() => PlanAnswer::Unsure(unsure, None),
        Err(error) => PlanAnswer::Unsure(unsure, Some(error)),
    }
}

fn by_model(drafted: Drafted, request: PlanRequest<'_>, unsure: Unsure) -> Planned {
    let known = &drafted.plan.inputs;
    let (inputs, others): (Map<String, Value>, Map<String, Value>) = request
        .inputs
        .clone()
        .into_iter()
        .partition(|(name, _)| known.contains_key(name));
    let missing = known
        .iter()
        .filter(|(name, schema)| !inputs.contains_key(*name) && schema.get("default").is_none())
        .map(|(name, _)| name.clone())
        .collect();
    let used = &drafted.used;
    Planned {
        by: PlannedBy::Model,
        playbook: None,
        because: format!(
            "no playbook was sure enough, so {} at {} was asked",
            used.model, used.place
        ),
        confidence: None,
        inputs,
        found: Vec::new(),
        missing,
        assumed: Vec::new(),
        unknown: Vec::new(),
        refused: others
            .keys()
            .map(|name| format!("the plan has no input `{name}`"))
            .collect(),
        nearest: unsure.nearest,
        text: drafted.text,
        plan: drafted.plan,
        model: Some(drafted.used),
        notes: drafted.notes,
    }
}

fn offline(playbooks: &Playbooks, request: PlanRequest<'_>) -> PlanAnswer {
    let (all, library) = playbooks.library();
    match match_request(request.query, request.inputs, &library) {
        Answer::Unsure(unsure) => PlanAnswer::Unsure(unsure, None),
        Answer::Planned(proposal) => {
            let playbook = all
                .iter()
                .find(|playbook| playbook.name == proposal.playbook)
                .expect("the library holds these playbooks alone");
            let parsed = playbook
                .parsed
                .as_ref()
                .expect("only what can be read is in the library");
            PlanAnswer::Planned(Box::new(Planned {
                by: PlannedBy::Offline,
                playbook: Some(proposal.playbook),
                text: playbook.text.clone(),
                plan: parsed.plan.clone(),
                because: proposal.because,
                confidence: Some(proposal.confidence),
                model: None,
                notes: Vec::new(),
                inputs: proposal.inputs,
                found: proposal.found,
                missing: proposal.missing,
                assumed: proposal.assumed,
                unknown: proposal.unknown,
                refused: proposal.refused,
                nearest: proposal.nearest,
            }))
        }
    }
}
