//! From a request in plain words to a plan: where the planners meet.
//!
//! The offline one is asked first: it is free, it needs no network, and what it proposes has been
//! written by a person. Only where it is unsure can another be asked. Whatever comes back is a
//! proposal: it is checked and shown like any other plan, and nothing here starts anything.

use krake_domain::plan::Plan;
use krake_engine::planner::{Answer, Found, Library, Near, match_request};
use serde_json::{Map, Value};

use crate::playbooks::{Playbook, Playbooks};

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
    Unsure(Unsure),
}

/// Which planner made a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedBy {
    /// It is a playbook, found by its words.
    Offline,
}

impl PlannedBy {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
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
    /// From 0 to 1.
    pub confidence: f64,
    pub inputs: Map<String, Value>,
    pub found: Vec<Found>,
    /// Inputs without a default that nobody gave.
    pub missing: Vec<String>,
    /// Parts of the request that have no place in the plan.
    pub unknown: Vec<String>,
    /// Values that an input does not take, and why.
    pub refused: Vec<String>,
    pub nearest: Vec<Near>,
}

/// Asks the planners in their order.
#[must_use]
pub fn plan_request(playbooks: &Playbooks, request: PlanRequest<'_>) -> PlanAnswer {
    offline(playbooks, request)
}

fn offline(playbooks: &Playbooks, request: PlanRequest<'_>) -> PlanAnswer {
    let mut all = playbooks.list();
    let library = Library::of(all.iter().filter_map(readable));
    match match_request(request.query, request.inputs, &library) {
        Answer::Unsure(unsure) => PlanAnswer::Unsure(unsure),
        Answer::Planned(proposal) => {
            let place = all
                .iter()
                .position(|playbook| playbook.name == proposal.playbook)
                .expect("the library holds these playbooks alone");
            let playbook = all.swap_remove(place);
            let parsed = playbook
                .parsed
                .expect("only what can be read is in the library");
            PlanAnswer::Planned(Box::new(Planned {
                by: PlannedBy::Offline,
                playbook: Some(proposal.playbook),
                text: playbook.text,
                plan: parsed.plan,
                because: proposal.because,
                confidence: proposal.confidence,
                inputs: proposal.inputs,
                found: proposal.found,
                missing: proposal.missing,
                unknown: proposal.unknown,
                refused: proposal.refused,
                nearest: proposal.nearest,
            }))
        }
    }
}

fn readable(playbook: &Playbook) -> Option<(&str, &Plan)> {
    let parsed = playbook.parsed.as_ref().ok()?;
    Some((playbook.name.as_str(), &parsed.plan))
}
