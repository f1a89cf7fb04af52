//! Secrets in text that others wrote: found, and replaced by tokens that stay the same.
//!
//! What it deliberately does not do: it keeps no secret and knows no account; values that are known
//! exactly come in as arguments, and the words of what was found go out to whoever asked for them
//! ([`Originals`]). It leans towards finding too much: a token in place of a harmless
//! text costs little, a key in an index or in a briefing costs an account.
//! **Invariant:** the same text gives the same tokens, and no token tells more of its secret than
//! sixteen bits of a hash.

mod cleaner;
mod command_line;
mod friend;
mod kind;
mod near;
mod originals;
mod shape;
mod spoken;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use krake_domain::hash::Hash;
use krake_domain::secret::Secret;

pub use cleaner::Cleaner;
pub use kind::in_words;
pub use originals::{Original, Originals};

/// The revision of the rules, raised whenever one of them finds more than before: what was stored under
/// an earlier one may hold what is found today, and people are told so.
pub const RULES: u32 = 1;

/// The kind of values that were known before.
const KNOWN: &str = "known";

/// Values that are secrets for certain, such as the keys of the user's accounts. Clones share them.
#[derive(Clone, Default)]
pub struct Known(Arc<[Secret]>);

/// Something that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// `openai_key`, `private_key`, `password` …
    pub kind: &'static str,
    /// What stands in its place.
    pub token: String,
}

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub kind: &'static str,
    pub range: Range<usize>,
}

impl Known {
    /// These values.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = Secret>) -> Self {
        Self(values.into_iter().collect())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn find(&self, text: &str) -> Vec<Found> {
        let places = self.0.iter().flat_map(|value| value.places_in(text));
        let mut found: Vec<Found> = places.map(|range| Found { kind: KNOWN, range }).collect();
        // The longest first, so that no part of one is taken for another.
        found.sort_by_key(|one| std::cmp::Reverse(one.range.len()));
        found
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Known({} values)", self.0.len())
    }
}

/// The text with a token in the place of each secret, and what was replaced in the order of the text.
#[must_use]
pub fn redact<'t>(text: &'t str, known: &Known) -> (Cow<'t, str>, Vec<Replaced>) {
    replace(text, known, &mut Originals::default())
}

/// The same, and the words of what was replaced for `originals`.
fn replace<'t>(
    text: &'t str,
    known: &Known,
    originals: &mut Originals,
) -> (Cow<'t, str>, Vec<Replaced>) {
    let found = find(text, known);
    if found.is_empty() {
        return (Cow::Borrowed(text), Vec::new());
    }
    let mut clean = String::with_capacity(text.len());
    let mut replaced = Vec::with_capacity(found.len());
    let mut copied = 0;
    for one in found {
        let words = &text[one.range.clone()];
        let token = token(one.kind, words);
        if originals.is_wanted() {
            originals.add(one.kind, &token, words);
        }
        clean.push_str(&text[copied..one.range.start]);
        clean.push_str(&token);
        copied = one.range.end;
        replaced.push(Replaced {
            kind: one.kind,
            token,
        });
    }
    clean.push_str(&text[copied..]);
    (Cow::Owned(clean), replaced)
}

/// All secrets, in order and apart from each other; where two overlap, the first one found wins:
/// known values, then shapes, then what stands near a key word or in a command.
fn find(text: &str, known: &Known) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let all = known
        .find(text)
        .into_iter()
        .chain(shape::find(text))
        .chain(near::find(text))
        .chain(command_line::find(text));
    for one in all {
        let is_apart = |other: &Found| {
            one.range.end <= other.range.start || other.range.end <= one.range.start
        };
        if !one.range.is_empty() && found.iter().all(is_apart) {
            found.push(one);
        }
    }
    found.sort_by_key(|one| one.range.start);
    found
}

/// `[secret:openai_key:1a2b]`
fn token(kind: &str, secret: &str) -> String {
    let hash = hash(secret).to_string();
    format!("[secret:{kind}:{}]", &hash[..4])
}

/// Never written anywhere as a whole: a short secret could be guessed by it.
fn hash(secret: &str) -> Hash {
    Hash::of_parts(&[b"krake secret", secret.as_bytes()])
}

/// Every kind that can be found, for the tests that must cover all of them.
#[cfg(test)]
fn all_kinds() -> impl Iterator<Item = &'static str> {
    let near = ["known", "private_key", "password", "bearer", "token", "key"];
    let typed = ["cookie", "mailgun_key"];
    shape::kinds().chain(near).chain(typed)
}

#[cfg(test)]
mod tests;
