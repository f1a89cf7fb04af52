//! Tools that need the product itself: sessions, briefings, knowledge.
//!
//! What it deliberately does not do: nothing here writes outside our own store, and the decisions
//! about what a briefing keeps are the engine's.
//! **Invariant:** what these tools keep is kept once, however often a step runs.

use std::sync::Arc;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::ToolSpec;
use krake_store::{Store, StoreError};
use krake_tools::tool::Tool;

use crate::accounts::known::KnownKeys;

pub(crate) mod brief;
pub(crate) mod compress;
mod facts;
pub(crate) mod form;
mod import;
mod knowledge_add;
mod knowledge_search;
pub(crate) mod places;

/// The definitions, for checks that need no store.
#[must_use]
pub fn specs() -> Vec<ToolSpec> {
    vec![
        import::spec(),
        brief::spec(),
        compress::spec(),
        knowledge_add::spec(),
        knowledge_search::spec(),
    ]
}

/// The tools over one store.
#[must_use]
pub(crate) fn inner_tools(store: Store, known_keys: KnownKeys) -> Vec<Arc<dyn Tool>> {
    vec![
        Arc::new(import::ContextImport::new(
            store.clone(),
            known_keys.clone(),
        )),
        Arc::new(brief::ContextBrief::new(store.clone())),
        Arc::new(compress::ContextCompress::new()),
        Arc::new(knowledge_add::KnowledgeAdd::new(store.clone(), known_keys)),
        Arc::new(knowledge_search::KnowledgeSearch::new(store)),
    ]
}

/// A failure of the store as the recovery ladder sees it.
pub(crate) fn from_store(error: &StoreError) -> Failure {
    let class = match error {
        StoreError::DiskFull => FailureClass::DiskFull,
        StoreError::Busy | StoreError::Stopped => FailureClass::Unavailable,
        StoreError::NotFound(_) => FailureClass::NotFound,
        StoreError::ReadOnly | StoreError::Permission(_) => FailureClass::NoAccess,
        _ => FailureClass::Internal,
    };
    Failure::new(class, error.to_string())
}

#[cfg(test)]
mod trial;
