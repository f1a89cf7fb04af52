//! A key or a token: bound to the origin that it was given for, and never shown.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use zeroize::Zeroizing;

use crate::origin::Origin;

/// The longest value that is taken: keys are short, and a pasted file is no key.
pub const MOST_SECRET_BYTES: usize = 8 << 10;

/// A shorter value cannot be told from other text, so it is looked for nowhere.
const SHORTEST_FOUND: usize = 8;

/// Words that somebody handed over in confidence: a key before its place is known, a passphrase.
/// Like [`Secret`] it has no `Debug`, no `Display` and no `Serialize`.
#[derive(Clone)]
pub struct Hidden(Zeroizing<String>);

/// Why words are no key. Never repeats them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    #[error("the key is empty")]
    Empty,
    #[error(
        "a key is one word of visible letters; this holds spaces, line breaks or hidden characters"
    )]
    NotOneWord,
    #[error("a key has at most {MOST_SECRET_BYTES} bytes")]
    TooLong,
}

impl Hidden {
    /// Keeps the words.
    #[must_use]
    pub fn new(words: String) -> Self {
        Self(Zeroizing::new(words))
    }

    /// Whether there is nothing but white space.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The key that these words are, bound to the origin. White space around it is the paste's.
    ///
    /// # Errors
    /// They are no key.
    pub fn bind(self, origin: Origin) -> Result<Secret, BadKey> {
        let word = self.0.trim();
        if word.is_empty() {
            return Err(BadKey::Empty);
        }
        if word.len() > MOST_SECRET_BYTES {
            return Err(BadKey::TooLong);
        }
        if !word.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadKey::NotOneWord);
        }
        Ok(Secret::new(word.to_owned(), origin))
    }

    /// The words, for the way out (`edge`) and nobody else; `cargo xtask tidy` sees to that.
    #[must_use]
    pub fn open_here(&self) -> &str {
        self.0.as_str()
    }
}

/// No error repeats what came: whoever writes a number where the key belongs has written the key.
impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words)
    }
}

struct Words;

macro_rules! refuse {
    ($($visit:ident: $type:ty),*) => {$(
        fn $visit<E: serde::de::Error>(self, _: $type) -> Result<Hidden, E> {
            Err(E::custom("expected a text"))
        }
    )*};
}

impl<'de> Visitor<'de> for Words {
    type Value = Hidden;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hidden, E> {
        Ok(Hidden::new(text.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Hidden, E> {
        Ok(Hidden::new(text))
    }

    refuse!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_bytes: &[u8]);

    fn visit_unit<E: serde::de::Error>(self) -> Result<Hidden, E> {
        Err(E::custom("expected a text"))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, _: A) -> Result<Hidden, A::Error> {
        Err(A::Error::custom("expected a text"))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, _: A) -> Result<Hidden, A::Error> {
        Err(A::Error::custom("expected a text"))
    }
}

impl schemars::JsonSchema for Hidden {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Hidden".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// `writeOnly` is what the shells go by: such a field is typed without an echo, and never
    /// taken from the arguments of a process.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password", "writeOnly": true })
    }
}

/// A value that is sent to one origin and to nobody else. It has no `Debug`, no `Display` and no
/// `Serialize`, and its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct Secret {
    value: Zeroizing<String>,
    origin: Origin,
}

impl Secret {
    /// Binds the value to the origin.
    #[must_use]
    pub fn new(value: String, origin: Origin) -> Self {
        Self {
            value: Zeroizing::new(value),
            origin,
        }
    }

    /// Whom it may be sent to.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value, for the origin that it is bound to and no other. Only the way out (`edge`) calls
    /// this, and `cargo xtask tidy` sees to that.
    #[must_use]
    pub fn open_for(&self, origin: &Origin) -> Option<&str> {
        (self.origin == *origin).then_some(self.value.as_str())
    }

    /// The text with this value crossed out, for words of others that may repeat it.
    #[must_use]
    pub fn cross_out(&self, text: &str) -> String {
        if self.value.is_empty() {
            return text.to_owned();
        }
        text.replace(self.value.as_str(), "***")
    }

    /// Where this value stands in a text, in order. A value of fewer than eight bytes stands nowhere.
    pub fn places_in(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let value = self.value.as_str();
        let is_told = value.len() >= SHORTEST_FOUND;
        let places = is_told.then(|| text.match_indices(value));
        places
            .into_iter()
            .flatten()
            .map(|(at, found)| at..at + found.len())
    }
}

/// A kept secret that a person asked to see: it is written once, into the answer to that person.
/// It has no `Debug` and no `Display`, and its memory is cleared when it is dropped.
pub struct Revealed(Zeroizing<String>);

impl Revealed {
    /// Only the way out (`edge`) has anything to reveal.
    #[must_use]
    pub fn new(words: Zeroizing<String>) -> Self {
        Self(words)
    }
}

impl serde::Serialize for Revealed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl schemars::JsonSchema for Revealed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Revealed".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// `readOnly` with this format is what the shells go by: such an answer is kept nowhere.
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password", "readOnly": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_for_its_own_origin_only() {
        let secret = Secret::new("s3cret".into(), "https://api.example.com".parse().unwrap());
        let open = |text: &str| secret.open_for(&text.parse().unwrap());
        assert_eq!(open("https://api.example.com/v1/messages"), Some("s3cret"));
        for other in [
            "http://api.example.com",
            "https://api.example.com:8443",
            "https://api.example.com.evil.example",
            "https://example.com",
        ] {
            assert_eq!(open(other), None, "{other}");
        }
    }

    #[test]
    fn it_tells_where_it_stands_and_a_short_one_stands_nowhere() {
        let places = |value: &str, text: &str| {
            let secret = Secret::new(value.into(), "https://a.example".parse().unwrap());
            secret.places_in(text).collect::<Vec<_>>()
        };
        let text = "long-key-1 and long-key-1";
        assert_eq!(places("long-key-1", text), [0..10, 15..25]);
        assert_eq!(places("key", text), []);
        assert_eq!(places("", text), []);
    }

    #[test]
    fn words_that_repeat_it_are_crossed_out() {
        let bound = |value: &str| Secret::new(value.into(), "https://a.example".parse().unwrap());
        let text = "key s3cret is wrong: s3cret";
        assert_eq!(bound("s3cret").cross_out(text), "key *** is wrong: ***");
        assert_eq!(bound("").cross_out(text), text);
    }

    #[test]
    fn only_one_visible_word_becomes_a_key_and_no_error_repeats_it() {
        let origin: Origin = "https://api.example.com".parse().unwrap();
        let bind = |words: &str| Hidden::new(words.to_owned()).bind(origin.clone()).err();
        assert_eq!(bind("  sk-canary\n"), None);
        assert_eq!(bind(" \n"), Some(BadKey::Empty));
        for words in ["sk canary", "sk\u{200b}canary", "sk-\ncanary", "schlüssel"] {
            assert_eq!(bind(words), Some(BadKey::NotOneWord), "{words}");
        }
        let long = "x".repeat(MOST_SECRET_BYTES + 1);
        assert_eq!(bind(&long), Some(BadKey::TooLong));
        for json in [
            "4711",
            "-4711",
            "47.11",
            "[\"4711\"]",
            "{\"k\":\"4711\"}",
            "null",
            "true",
        ] {
            let error = serde_json::from_str::<Hidden>(json)
                .err()
                .unwrap()
                .to_string();
            assert!(error.starts_with("expected a text"), "{error}");
            assert!(!error.contains("47"), "{error}");
        }
        assert!(!serde_json::from_str::<Hidden>("\"k\"").unwrap().is_empty());
    }

    /// Compiles only while neither type has any of the three: with one of them the call below would
    /// have two meanings.
    #[test]
    fn it_has_no_way_to_be_shown() {
        trait Unless<A> {
            fn holds() {}
        }
        impl<T> Unless<()> for T {}
        struct Shown;
        struct Printed;
        struct Written;
        impl<T: std::fmt::Debug> Unless<Shown> for T {}
        impl<T: std::fmt::Display> Unless<Printed> for T {}
        impl<T: serde::Serialize> Unless<Written> for T {}
        <Secret as Unless<_>>::holds();
        <Hidden as Unless<_>>::holds();
    }
}
