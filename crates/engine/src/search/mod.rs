//! Search: a query in, what is looked for out; a text that was found in, the piece to show out.
//!
//! What it deliberately does not do: it finds nothing itself, the index lies in the store.
//! **Invariant:** no query makes it panic, and every mark of a snippet lies within it.

mod pieces;
mod query;
mod snippet;

pub use query::{QueryFault, parse};
pub use snippet::{Snippet, message_snippet, snippet};
