//! The real binary: what it prints, how it ends, and who owns the folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "cli/world.rs"]
mod world;

#[cfg(target_os = "linux")]
#[path = "cli/accounts.rs"]
mod accounts;
#[path = "cli/again.rs"]
mod again;
#[path = "cli/budgets.rs"]
mod budgets;
#[path = "cli/capsules.rs"]
mod capsules;
#[path = "cli/compression.rs"]
mod compression;
#[path = "cli/each.rs"]
mod each;
#[path = "cli/edits.rs"]
mod edits;
#[path = "cli/exports.rs"]
mod exports;
#[path = "cli/failures.rs"]
mod failures;
#[path = "cli/floods.rs"]
mod floods;
#[path = "cli/gates.rs"]
mod gates;
#[path = "cli/handoffs.rs"]
mod handoffs;
#[path = "cli/hands.rs"]
mod hands;
#[path = "cli/inbox.rs"]
mod inbox;
#[path = "cli/insights.rs"]
mod insights;
#[cfg(target_os = "linux")]
#[path = "cli/keychains.rs"]
mod keychains;
#[cfg(target_os = "linux")]
#[path = "cli/keyring.rs"]
mod keyring;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/mcp.rs"]
mod mcp;
#[path = "cli/meaning.rs"]
mod meaning;
#[path = "cli/models.rs"]
mod models;
#[path = "cli/named_accounts.rs"]
mod named_accounts;
#[path = "cli/no_such.rs"]
mod no_such;
#[path = "cli/not_sent.rs"]
mod not_sent;
#[path = "cli/own_keys.rs"]
mod own_keys;
#[path = "cli/owners.rs"]
mod owners;
#[path = "cli/pasted.rs"]
mod pasted;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/policies.rs"]
mod policies;
#[path = "cli/projects.rs"]
mod projects;
#[path = "cli/prose.rs"]
mod prose;
#[path = "cli/questions.rs"]
mod questions;
#[path = "cli/ran_out.rs"]
mod ran_out;
#[path = "cli/requests.rs"]
mod requests;
#[cfg(target_os = "linux")]
#[path = "cli/rescans.rs"]
mod rescans;
#[path = "cli/revisions.rs"]
mod revisions;
#[path = "cli/runs.rs"]
mod runs;
#[path = "cli/saved.rs"]
mod saved;
#[path = "cli/scripts.rs"]
mod scripts;
#[path = "cli/search.rs"]
mod search;
#[cfg(target_os = "linux")]
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/serving.rs"]
mod serving;
#[path = "cli/shipped.rs"]
mod shipped;
#[path = "cli/stops.rs"]
mod stops;
#[cfg(unix)]
#[path = "cli/terminals.rs"]
mod terminals;
#[path = "cli/verbs.rs"]
mod verbs;
#[path = "cli/ways.rs"]
mod ways;
#[path = "cli/web.rs"]
mod web;
