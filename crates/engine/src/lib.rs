//! Every decision of Krake, without doing anything.
//!
//! What it deliberately does not do: no async, no clock, no randomness, no files, no sockets; they
//! come in as arguments, and what should be done goes out as data.
//! **Invariant:** the same state and the same input give the same events and effects, always.
//!
//! Reading order: [`expr`] (the small language between steps), [`plan`] (text to a checked graph),
//! [`execution`] (`decide` and `apply`), [`context`] (what a briefing keeps), [`planner`] (a request in
//! plain words to a playbook), [`search`] (a query to what is looked for), [`secrets`] (what must not
//! be kept), [`accounts`] (who is asked, and what is left of them), [`insights`] (what the numbers say),
//! [`handoff`] (how work passes on).

pub mod expr;

pub mod plan;

pub mod execution;

pub mod context;

pub mod planner;

pub mod search;

pub mod secrets;

pub mod accounts;

pub mod insights;

pub mod handoff;
