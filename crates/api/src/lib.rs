//! The only door: one declared table of commands and queries, carried by every shell alike.
//!
//! What it deliberately does not do: it knows no window, no HTTP and no terminal, and decides
//! nothing that the engine decides.
//! **Invariant:** every entry of the table states who may call it, and its call checks that before
//! it reads a single field.
//!
//! Reading order: the table and what an entry is, who passes, what goes in and comes out, the
//! commands by noun, what is made from the table.

mod table;
pub use table::{find, table};
mod command;
pub use command::{Command, EventStream, Kind, Method};

mod access;
pub use access::Access;
mod context;
pub use context::{Bare, Core, Ctx, Prove};
mod error;
pub use error::{ApiError, Code};
mod failed;

mod called;
pub mod input;
pub mod reply;
mod screen;
pub use reply::Reply;
pub mod view;
mod visible;
pub use visible::{visible, visible_json, visible_line};
mod event;
pub use event::{EventView, StreamItem};
mod waits;

mod account_limits;
mod account_prices;
mod account_text;
mod accounts;
mod approvals;
mod audit;
mod backups;
mod branches;
mod briefs;
mod budgets;
mod capsules;
mod compression;
mod control;
mod drafts;
mod executions;
mod found;
mod handoff_parts;
mod handoffs;
mod health;
mod held_account;
mod imports;
mod insights;
mod knowledge;
mod logs;
mod meaning;
mod metrics;
mod orchestrate;
mod planner;
mod plans;
mod playbooks;
mod policies;
mod project_fields;
mod projects;
mod proposal;
mod prose;
mod recommendations;
mod rerun;
mod rescans;
mod revise;
pub mod search;
mod secrets;
mod sessions;
mod snapshots;
mod stats;
mod stream;
mod threads;
mod tools;
mod trace;
mod vault;

#[cfg(test)]
mod generated;
#[cfg(test)]
mod machine_test;
pub mod openapi;
mod schemas;
pub use schemas::{answers_with_a_secret, is_secret};
pub mod typescript;
