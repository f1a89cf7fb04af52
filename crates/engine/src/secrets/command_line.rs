//! Credentials in what is typed at a shell or sent as a header: `curl -u name:…`, `mysql -p…`,
//! `Cookie: session=…`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::friend::is_identifier_or_reference;
use super::near::{is_password, looks_like_chance};

/// The words that such a line has, for a look that costs little.
static BEGINNING: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?i)(?-u:\b)(?:(curl)|(mysql|mariadb)|(sshpass)|(cookie)|(mailgun))")
});

/// A user with a password, as one argument.
static USER: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"\s(?:-[a-zA-Z]{0,6}[uU]\s{0,3}|--(?:proxy-)?user(?:\s{1,3}|=))",
        r#"\\?["']?[^\s:"'\\/]{1,80}:([^\s"'\\]{6,200})"#,
    ))
});

/// A password that follows its option without a space.
static JOINED: LazyLock<Regex> = LazyLock::new(|| compile(r#"\s-p\\?["']?([^\s"'\\]{6,100})"#));

/// The same with or without one.
static APART: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"\s-p\s{0,3}\\?["']?([^\s"'\\]{6,100})"#));

/// One cookie of a header.
static COOKIE: LazyLock<Regex> =
    LazyLock::new(|| compile(r#"[\s:;"'][A-Za-z0-9_.-]{1,64}=([A-Za-z0-9%._~+/=|:-]{16,2000})"#));

/// A key of Mailgun: what it looks like is too common to be looked for without its name.
static MAILGUN: LazyLock<Regex> = LazyLock::new(|| {
    compile(r"(?-u:\b)(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})(?-u:\b)")
});

/// As much of a line as belongs to its command.
const MOST_LINE_BYTES: usize = 600;

pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for place in BEGINNING.captures_iter(text) {
        let Some(whole) = place.get(0) else { continue };
        let line = line(text, whole.end());
        let kind = (1..=5).find(|kind| place.get(*kind).is_some());
        let (what, shape): (&'static str, &Regex) = match kind {
            Some(1) => ("password", &USER),
            Some(2) => ("password", &JOINED),
            Some(3) => ("password", &APART),
            Some(4) => ("cookie", &COOKIE),
            _ => ("mailgun_key", &MAILGUN),
        };
        let words = &text[line.clone()];
        // A cookie is a header or a field of that name, and no other sentence.
        if what == "cookie" && !is_header(words) {
            continue;
        }
        for value in shape.captures_iter(words) {
            let Some(value) = value.get(1).or_else(|| value.get(0)) else {
                continue;
            };
            let is_secret = match what {
                "password" => {
                    is_password(value.as_str()) && !is_identifier_or_reference(value.as_str())
                }
                "cookie" => {
                    looks_like_chance(value.as_str(), 3.2)
                        && !is_identifier_or_reference(value.as_str())
                }
                _ => looks_like_chance(value.as_str(), 3.2),
            };
            if is_secret {
                found.push(Found {
                    kind: what,
                    range: line.start + value.start()..line.start + value.end(),
                });
            }
        }
    }
    found
}

/// From there to the end of the line, also where it is written as `\n`. A line that ends in a backslash
/// goes on.
fn line(text: &str, from: usize) -> Range<usize> {
    let mut end = (from + MOST_LINE_BYTES).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let rest = &text.as_bytes()[from..end];
    let ends = |at: &usize| match rest[*at] {
        b'\n' => *at == 0 || rest[*at - 1] != b'\\',
        b'\\' => rest.get(at + 1) == Some(&b'n') && (*at == 0 || rest[*at - 1] != b'\\'),
        _ => false,
    };
    let length = (0..rest.len()).find(ends).unwrap_or(rest.len());
    from..from + length
}

/// Whether a colon follows the word.
fn is_header(after: &str) -> bool {
    let after = after.trim_start_matches(['s', 'S', '2', '\\', '"', '\'', '`']);
    after.trim_start().starts_with([':', '='])
}

fn compile(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are checked by its tests")
}
