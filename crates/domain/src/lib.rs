//! The nouns of Krake: every room speaks with these types.
//!
//! What it deliberately does not do: no IO, no async, no SQL, no HTTP, no clock and no randomness.
//! **Invariant:** a value of a type here is valid; whoever builds one from text has parsed it.
//!
//! Reading order: ids and time, what a person writes (plan), what may run (tool), what happens
//! (execution, failure, approval), whom it reaches (origin, secret), how it is written down (event),
//! by whose means (account, limit, amount, budget), what it is about (project, session, briefing,
//! knowledge), and how that is looked for (search, `code_name`).

pub mod id;
pub mod time;

pub mod plan;
pub mod position;

pub mod output;
pub mod own_price;
pub mod tool;

pub mod approval;
pub mod execution;
pub mod failure;
pub mod principal;
pub mod question;
pub mod thread;

pub mod kept_secret;
pub mod origin;
pub mod rescan;
pub mod secret;

pub mod blob;
pub mod event;
pub mod hash;

pub mod account;
pub mod amount;
pub mod budget;
pub mod limit;

pub mod briefing;
pub mod commit_rule;
pub mod compression;
pub mod delivery;
pub mod draft;
pub mod handoff;
pub mod knowledge;
pub mod loss;
pub mod meaning;
pub mod project;
pub mod rewriting;
pub mod rule;
pub mod session;
pub mod snapshot;
pub mod spending;

pub mod code_name;
pub mod search;

mod canonical;
pub use canonical::canonical_json;
