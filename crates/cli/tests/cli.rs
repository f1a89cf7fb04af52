//! The real binary: what it prints, how it ends, and who owns the folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "cli/world.rs"]
mod world;

#[path = "cli/edits.rs"]
mod edits;
#[path = "cli/failures.rs"]
mod failures;
#[path = "cli/floods.rs"]
mod floods;
#[path = "cli/gates.rs"]
mod gates;
#[path = "cli/owners.rs"]
mod owners;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/policies.rs"]
mod policies;
#[path = "cli/questions.rs"]
mod questions;
#[path = "cli/runs.rs"]
mod runs;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/stops.rs"]
mod stops;
