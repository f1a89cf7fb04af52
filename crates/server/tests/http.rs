//! The server over real sockets: who may speak, what streams keep, who wins.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "http/world.rs"]
mod world;

#[path = "http/accounts.rs"]
mod accounts;
#[path = "http/answers.rs"]
mod answers;
#[path = "http/guide.rs"]
mod guide;
#[path = "http/limits.rs"]
mod limits;
#[path = "http/machines.rs"]
mod machines;
#[path = "http/mcp.rs"]
mod mcp;
#[path = "http/pages.rs"]
mod pages;
#[path = "http/repeats.rs"]
mod repeats;
#[path = "http/strangers.rs"]
mod strangers;
#[path = "http/streams.rs"]
mod streams;
