//! The words of secrets that were replaced, each once, for whoever may keep them.

use std::collections::BTreeMap;

use krake_domain::hash::Hash;
use krake_domain::secret::Hidden;

use super::{KNOWN, hash};

/// Secrets of one file; a file with more holds no secrets but data that looks like them.
const MOST: usize = 10_000;
/// The longest that is held: private keys have a few kilobytes.
const MOST_BYTES: usize = 64 << 10;

/// What was replaced, with its words.
#[derive(Clone)]
pub struct Original {
    pub kind: &'static str,
    pub token: String,
    pub words: Hidden,
}

/// The originals of one text or file. Nothing is held unless somebody wants it; keys of accounts are
/// never held, because the vault has them.
#[derive(Clone, Default)]
pub struct Originals {
    is_wanted: bool,
    found: BTreeMap<(Hash, &'static str), Original>,
    /// Secrets that were too many or too long to be held.
    pub left_out: u64,
}

impl Originals {
    /// Holds what is found from now on.
    #[must_use]
    pub fn wanted() -> Self {
        Self {
            is_wanted: true,
            ..Self::default()
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.left_out == 0
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    pub(super) fn add(&mut self, kind: &'static str, token: &str, words: &str) {
        let key = (hash(words), kind);
        if kind == KNOWN || self.found.contains_key(&key) {
            return;
        }
        if self.found.len() >= MOST || words.len() > MOST_BYTES {
            self.left_out += 1;
            return;
        }
        let original = Original {
            kind,
            token: token.to_owned(),
            words: Hidden::new(plain(kind, words)),
        };
        self.found.insert(key, original);
    }
}

/// As it was before it was written into JSON: only a private key has lines, and nothing in it is a
/// backslash of its own.
fn plain(kind: &str, words: &str) -> String {
    if kind != "private_key" {
        return words.to_owned();
    }
    let pairs = [("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")];
    pairs
        .iter()
        .fold(words.to_owned(), |text, (written, meant)| {
            text.replace(written, meant)
        })
}

/// In an order that the same text gives each time.
impl IntoIterator for Originals {
    type Item = Original;
    type IntoIter = std::collections::btree_map::IntoValues<(Hash, &'static str), Original>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_values()
    }
}

/// Never its words.
impl std::fmt::Debug for Originals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Originals({} secrets)", self.found.len())
    }
}
