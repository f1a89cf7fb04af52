//! Values that look like chance and stand where a key word says what they are.

use std::sync::LazyLock;

use regex::Regex;

use super::friend::{is_example, is_identifier_or_reference, surprise};
use super::{Found, spoken};

/// A key word, an assignment in any notation (also inside a text of JSON), a value. The edges of words
/// are those of ASCII: others make the search many times slower in a text with any other letter.
static ASSIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(api[_-]?keys?|access[_-]?keys?|secrets?(?:[_-]?(?:access[_-]?)?keys?(?:[_-]?base)?)?|",
        r"(?:access|auth|refresh|bearer|session|bot|id)?[_-]?tokens?|client[_-]?secret|",
        r"passwo?r?[dt]|kennwort|passphrase|pwd|private[_-]?key|credentials?|",
        r"encryption[_-]?key|signing[_-]?key)",
        r#"(?:\\?["'`]|(?-u:\b))\]?\s{0,4}(?:=>|:=|[:=])\s{0,4}(?:\\?["'`])?([^\s"'`\\,;<>(){}\[\]]{8,300})"#,
    ))
    .expect("checked by the tests")
});

/// A header that carries a credential.
static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)(?:bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/=-]{20,2000})")
        .expect("checked by the tests")
});

/// Letters that every key word holds one of, for a look that costs little.
static ANY_WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)key|secret|token|passw|passphrase|pwd|credential|bearer|basic|kennwort|kata sandi|סיסמ")
        .expect("checked by the tests")
});

pub fn find(text: &str) -> Vec<Found> {
    if !ANY_WORD.is_match(text) {
        return Vec::new();
    }
    let mut found = assigned(text);
    found.extend(spoken::find(text));
    found.extend(HEADER.captures_iter(text).filter_map(|place| {
        let value = place.get(1)?;
        let is_chance = looks_like_chance(value.as_str(), 3.3);
        (is_chance && !is_identifier_or_reference(value.as_str())).then(|| Found {
            kind: "bearer",
            range: value.range(),
        })
    }));
    found
}

/// What is assigned to a key word. A value that is none may be the next key word, as in
/// `token: API_TOKEN: …`, so the search goes on within it.
fn assigned(text: &str) -> Vec<Found> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(place) = ASSIGNED.captures_at(text, from) {
        let (Some(word), Some(value)) = (place.get(1), place.get(2)) else {
            break;
        };
        from = value.start();
        // What was replaced before stays as it is.
        if word.as_str() == "secret" && text[..word.start()].ends_with('[') {
            continue;
        }
        let kind = kind(word.as_str());
        let trimmed = value.as_str().trim_end_matches(['.', ':', '?', '!']);
        if is_secret(kind, trimmed, text[value.end()..].chars().next()) {
            from = value.end();
            found.push(Found {
                kind,
                range: value.start()..value.start() + trimmed.len(),
            });
        }
    }
    found
}

fn kind(word: &str) -> &'static str {
    let word = word.to_ascii_lowercase();
    if word.starts_with("pass") || word == "pwd" || word == "kennwort" {
        "password"
    } else if word.contains("token") {
        "token"
    } else {
        "key"
    }
}

fn is_secret(kind: &str, value: &str, next: Option<char>) -> bool {
    if value.len() < 8 || next == Some('(') || is_identifier_or_reference(value) {
        return false;
    }
    match kind {
        // A person thinks of passwords: letters with digits or signs are enough.
        "password" => is_password(value),
        _ => value.len() >= 16 && looks_like_chance(value, 3.2),
    }
}

/// Letters with digits or signs, and no word that only shows where a password would stand.
pub fn is_password(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let kinds = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        has(u8::is_ascii_punctuation),
    ];
    !is_example(value) && kinds.iter().filter(|kind| **kind).count() >= 2
}

/// Digits among letters, and no letter more often than chance allows.
pub fn looks_like_chance(value: &str, least_bits: f64) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    digits >= 2 && letters >= 2 && surprise(value) >= least_bits && !is_example(value)
}
