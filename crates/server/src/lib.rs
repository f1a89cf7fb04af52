//! HTTP on loopback: the table of commands as routes, streams as server-sent events, the built UI.
//!
//! What it deliberately does not do: it knows no domain rule, keeps no state of its own and listens
//! on no address but loopback. It carries a request to the door and an answer back.
//! **Invariant:** nothing of a request is parsed beyond its head before `Host`, `Origin` and, where
//! the command asks for one, the token have been checked.
//!
//! Reading order: how it is started, what stands before every route, how a call is carried, what is
//! served beside the table.

mod serve;
pub use serve::{Options, Raise, ServeError, Served, serve};
mod stall;

mod token;
pub use token::{Token, TokenError};

mod guard;
mod headers;

mod carry;
pub use carry::MACHINE;
mod problem;
mod sse;

mod docs_page;
pub mod mcp;
mod openapi;
mod owner;
mod router;
mod ui;
