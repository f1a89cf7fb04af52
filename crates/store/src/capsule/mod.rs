//! Capsules, as far as they are rows: what goes out, what comes in, and what is taken back.
//!
//! What it deliberately does not do: it knows no file, no archive and no secret. Lines come and go as
//! values, and what cleans them is handed in.
//! **Invariant:** an import is one transaction; it changes no row that was there before, and undoing
//! it removes only what it brought and nobody has changed since.

mod imports;
mod judge;
mod noun;
mod nouns;
mod out;
mod scope;
mod take_in;
mod undo;

use std::sync::Arc;

use krake_domain::canonical_json;
use krake_domain::hash::Hash;
use serde_json::Value;

pub use imports::{BroughtPlaybook, CapsuleImport};
pub use judge::{Counts as NounCounts, Judged, Judgement, Verdict};
pub use noun::Noun;
pub use nouns::NOUNS;
pub use out::Out;
pub use scope::CapsuleScope;
pub use take_in::{Arriving, Piece};
pub use undo::{Kept as KeptBack, Undone};

/// Takes secrets out of a value, the same way each time.
pub type Clean = Arc<dyn Fn(&mut Value) + Send + Sync>;

/// What tells one thing from another with the same id: its line, and the lines that belong to it.
pub(crate) fn digest(line: &Value, below: Option<Hash>) -> Hash {
    let line = canonical_json(line);
    match below {
        Some(below) => Hash::of_parts(&[line.as_bytes(), &below.0]),
        None => Hash::of(line.as_bytes()),
    }
}

/// The hash of lines in their order: the messages of a session, the events of an execution.
#[derive(Debug, Clone, Default)]
pub struct Below(blake3::Hasher);

impl Below {
    /// A further line.
    pub fn add(&mut self, line: &Value) {
        self.0.update(canonical_json(line).as_bytes());
        self.0.update(b"\n");
    }

    /// The hash of what was added.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests;
