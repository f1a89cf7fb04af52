//! From the text of a plan to a checked graph.
//!
//! What it deliberately does not do: it opens no file and asks no tool.
//! **Invariant:** a plan that passes [`check`] can be run: its graph has no cycle, its tools exist,
//! and its references lead to steps and inputs that exist.

mod bind;
mod check;
mod check_args;
mod check_own;
#[cfg(test)]
mod check_test;
mod diagnostic;
pub mod graph;
mod nearest;
mod parse;
mod preview;
mod reader;
mod source;
mod write;
mod yaml;

pub use bind::{BindError, bind_inputs, given_paths};
pub use check::check;
pub use diagnostic::{Code, Diagnostic};
pub use parse::{Parsed, parse};
pub use preview::{Preview, preview, saved_ms};
pub use write::to_text;
pub use yaml::readable;
