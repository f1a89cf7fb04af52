//! What a capsule says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The name of the entry.
pub const NAME: &str = "manifest.json";
/// What the format is called.
pub const FORMAT: &str = "krake-capsule";
/// The version that this build writes, and the newest that it reads.
pub const VERSION: u32 = 2;
/// Entries that came later, with the first version that has them.
pub const LATER: [(&str, u32); 2] = [("data/answers.jsonl", 2), ("data/drafts.jsonl", 2)];

/// The first entry that is read and the last that is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// The program, for people.
    pub made_by: String,
    /// RFC 3339.
    pub made_at: String,
    pub scope: ScopeFacts,
    /// Over all entries but this one and the reader; see [`content_hash`].
    pub content_hash: String,
    /// Lines by the name of their entry.
    pub counts: BTreeMap<String, u64>,
    /// Secrets that were replaced on the way out, by kind.
    pub replaced: BTreeMap<String, u64>,
    /// What could not be taken along, in words for people.
    pub left_out: Vec<String>,
    /// Every entry but this one, by name.
    pub entries: Vec<EntryFacts>,
}

/// What it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScopeFacts {
    Everything,
    Project { id: String, name: String },
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFacts {
    pub name: String,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// The SHA-256 over the lines `DIGEST  NAME` of these entries, sorted by name, as `sha256sum` writes
/// them: nothing of a time, a machine or an order is in it.
#[must_use]
pub fn content_hash(entries: &[EntryFacts]) -> String {
    let mut counted: Vec<&EntryFacts> = entries
        .iter()
        .filter(|entry| !entry.name.starts_with("reader/"))
        .collect();
    counted.sort_by(|one, other| one.name.cmp(&other.name));
    let mut hasher = Sha256::new();
    for entry in counted {
        hasher.update(format!("{}  {}\n", entry.sha256, entry.name));
    }
    hex(&hasher.finalize())
}

/// Hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_reader_do_not_count_and_content_does() {
        let entry = |name: &str, digit: &str| EntryFacts {
            name: name.to_owned(),
            bytes: 1,
            sha256: digit.repeat(64),
        };
        let hash = content_hash(&[entry("b", "2"), entry("a", "1")]);
        assert_eq!(hash.len(), 64);
        let same = [
            entry("a", "1"),
            entry("reader/index.html", "9"),
            entry("b", "2"),
        ];
        assert_eq!(content_hash(&same), hash);
        assert_ne!(content_hash(&[entry("a", "1"), entry("b", "3")]), hash);
        assert_ne!(content_hash(&[entry("a", "1"), entry("c", "2")]), hash);
    }
}
