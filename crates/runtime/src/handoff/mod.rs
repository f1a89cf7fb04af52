//! Work that passes on: drafted when an account runs out, planned before a person says yes, delivered
//! part by part.
//!
//! What it deliberately does not do: it hands nothing over by itself.
//! **Invariant:** a handoff is written down before its first part happens, and after a crash each part
//! is looked at before it happens again.

mod deliver;
mod drafts;
mod join;
mod place;
mod plan;

pub use deliver::{DeliverError, Parts};
pub use plan::{HandoffPlan, PlannedFile};

pub(crate) use deliver::finish_all;
pub(crate) use drafts::follow;
pub(crate) use place::folder_of_work;
