//! Capsules, as far as they are rows: what goes out, what comes in, and what is taken back.
//!
//! What it deliberately does not do: it knows no file, no archive and no secret. Lines come and go as
//! values, and what cleans them is handed in.
//! **Invariant:** an import is one transaction; it changes no row that was there before, except that it
//! extends what grew elsewhere; and undoing it takes back only what it brought and nobody has changed
//! since.

mod answers;
mod grown;
mod imports;
mod judge;
mod naming;
mod noun;
mod nouns;
mod out;
mod rows;
mod scope;
mod take_in;
mod undo;

use std::sync::Arc;

use krake_domain::canonical_json;
use krake_domain::hash::Hash;
use serde_json::Value;

pub use answers::AnswerLine;
pub use grown::SessionLength;
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
pub(crate) fn digest(line: &Value, below: Option<Lines>) -> Hash {
    let line = canonical_json(line);
    match below {
        Some(below) => Hash::of_parts(&[line.as_bytes(), &below.hash.0]),
        None => Hash::of(line.as_bytes()),
    }
}

/// The hash of lines in their order: the messages of a session, the events of an execution.
#[derive(Debug, Clone, Default)]
pub struct Below {
    hasher: blake3::Hasher,
    lines: u64,
}

/// What lies below a line: how much, and its hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    pub count: u64,
    pub hash: Hash,
}

impl Below {
    /// A further line.
    pub fn add(&mut self, line: &Value) {
        self.hasher.update(canonical_json(line).as_bytes());
        self.hasher.update(b"\n");
        self.lines += 1;
    }

    /// How many lines were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.lines
    }

    /// What was added.
    #[must_use]
    pub fn lines(&self) -> Lines {
        Lines {
            count: self.lines,
            hash: Hash(*self.hasher.finalize().as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests;
