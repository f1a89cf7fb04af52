//! False friends: what has the shape of a secret and is none.

use std::collections::BTreeMap;
use std::ops::Range;

/// Parts of values that stand for a secret in documentation. Lower case.
const EXAMPLES: &[&str] = &[
    "example",
    "placeholder",
    "redacted",
    "changeme",
    "change-me",
    "change_me",
    "dummy",
    "sample",
    "your-",
    "your_",
    "yourkey",
    "yourtoken",
    "insert",
    "xxxx",
    "****",
    "....",
    "…",
    "0000000000",
    "1234567890",
    "0123456789",
    "abcdefghij",
    "deadbeefdeadbeef",
    "secret:",
];

/// Whole values that people write where a password stands. Lower case.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "token",
    "user",
    "pw",
    "none",
    "null",
    "true",
    "false",
    "undefined",
    "string",
    "port",
];

/// The longest stretch of letters and digits that a key is looked for in: beyond it lies an image.
const LONGEST_RUN: usize = 512;

/// Whether a value only shows where a secret would stand.
pub fn is_example(value: &str) -> bool {
    let lower = value.to_lowercase();
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    EXAMPLES.iter().any(|part| lower.contains(part))
        || WORDS.contains(&lower.as_str())
        || lower.starts_with(['$', '<', '%', '{', '['])
        || distinct.len() < 4
}

/// Whether it is a name in a program, a path, a reference to another place, or a number of another
/// purpose, and not a value of its own.
pub fn is_identifier_or_reference(value: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let starts_as_reference = [
        "$",
        "%",
        "{",
        "<",
        "&",
        "*",
        "process.env",
        "os.environ",
        "env.",
        "env:",
        "secrets.",
        "vars.",
        "config.",
        "self.",
        "this.",
        "request.",
        "req.",
        "http://",
        "https://",
        "file:",
        "keychain:",
        "vault:",
        "secret://",
        "op://",
        "/",
        "./",
        "../",
        "~",
    ];
    let is_uuid = value.len() == 36
        && value.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && value.split('-').all(is_hex);
    // `max_tokens: 4096.5`, a date, a version.
    let is_number = value.bytes().all(|byte| {
        byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b':' | b'_' | b'T' | b'Z')
    });
    // `Option<String>`, `crate::secret::Known`, `user.settings.api_key`, `get_token`.
    let is_name = value
        .split("::")
        .flat_map(|part| part.split(['.', '-', '_', '/']))
        .all(|word| {
            word.chars().all(char::is_alphabetic)
                || (word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        });
    starts_as_reference
        .iter()
        .any(|start| value.starts_with(start))
        || is_uuid
        || is_number
        || is_name
}

/// Whether the place lies within one long stretch of base64, as images and archives are written.
pub fn lies_in_a_long_run(text: &str, place: Range<usize>) -> bool {
    let is_run = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let bytes = text.as_bytes();
    let before = bytes[..place.start]
        .iter()
        .rev()
        .take_while(|byte| is_run(byte));
    let after = bytes[place.end..].iter().take_while(|byte| is_run(byte));
    before.take(LONGEST_RUN).count() + after.take(LONGEST_RUN).count() >= LONGEST_RUN
}

/// Bits of surprise for each character, by Shannon.
pub fn surprise(text: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for letter in text.chars() {
        *counts.entry(letter).or_default() += 1;
    }
    let total = f64::from(counts.values().sum::<u32>().max(1));
    counts
        .values()
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum()
}
