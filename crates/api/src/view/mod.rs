//! What goes over the wire: shapes apart from the domain's, so that neither binds the other.
//!
//! What it deliberately does not do: it asks nothing and decides nothing; each view is made from
//! values that a command has fetched.
//! **Invariant:** text that others wrote and that people read is written with its hidden characters
//! visible; raw values stay in `args` and `output` of steps.

pub mod account;
pub mod allowance;
pub mod approval;
pub mod draft;
pub mod execution;
pub mod handoff;
pub mod message_ref;
pub mod moment;
pub mod page;
pub mod preview;
pub mod price;
pub mod ran_out;
pub mod reason;
pub mod step;
pub mod thread;
