//! The nouns of Krake: every room speaks with these types.
//!
//! What it deliberately does not do: no IO, no async, no SQL, no HTTP, no clock and no randomness.
//! **Invariant:** a value of a type here is valid; whoever builds one from text has parsed it.
//!
//! Reading order: ids and time, what a person writes (plan), what may run (tool), what happens
//! (execution, failure, approval), whom it reaches (origin, secret), how it is written down (event), and what it is about
//! (session, briefing, knowledge).

pub mod id;
pub mod time;

pub mod plan;
pub mod position;

pub mod output;
pub mod tool;

pub mod approval;
pub mod execution;
pub mod failure;
pub mod principal;
pub mod question;

pub mod origin;
pub mod secret;

pub mod blob;
pub mod event;
pub mod hash;

pub mod briefing;
pub mod compression;
pub mod handoff;
pub mod knowledge;
pub mod loss;
pub mod rule;
pub mod session;
pub mod snapshot;

mod canonical;
pub use canonical::canonical_json;
