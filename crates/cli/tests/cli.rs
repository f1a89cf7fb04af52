//! The real binary: what it prints, how it ends, and who owns the folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "cli/world.rs"]
mod world;

#[path = "cli/again.rs"]
mod again;
#[path = "cli/each.rs"]
mod each;
#[path = "cli/gates.rs"]
mod gates;
#[path = "cli/owners.rs"]
mod owners;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/revisions.rs"]
mod revisions;
#[path = "cli/runs.rs"]
mod runs;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/ways.rs"]
mod ways;
