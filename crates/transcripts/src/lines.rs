//! Lines of a file with their places, and one line of JSON read as far as it can be.

use std::borrow::Cow;

use serde_json::Value;

/// Longest line that is read; a longer one is counted as broken, its raw bytes stay with the caller.
pub const LINE_CAP: usize = 64 << 20;

/// One line that is not blank, without its end.
pub struct Line<'a> {
    pub offset: u64,
    pub bytes: &'a [u8],
}

/// The lines of some bytes; blank ones are left out.
pub struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            let end = rest.iter().position(|byte| *byte == b'\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            let offset = self.at as u64;
            self.at += end.map_or(rest.len(), |end| end + 1);
            let line = line.trim_ascii();
            if !line.is_empty() {
                return Some(Line {
                    offset,
                    bytes: line,
                });
            }
        }
        None
    }
}

/// The bytes without a byte order mark.
pub fn strip_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// One line of JSON. Bytes that are not UTF-8 and halves of surrogate pairs, which tools write when
/// they cut a text, become replacement characters instead of costing the line.
pub fn parse(line: &[u8]) -> Option<Value> {
    if line.len() > LINE_CAP {
        return None;
    }
    if let Ok(value) = serde_json::from_slice(line) {
        return Some(value);
    }
    let text = String::from_utf8_lossy(line);
    let mended = mend_surrogates(&text);
    let changed = matches!(text, Cow::Owned(_)) || matches!(mended, Cow::Owned(_));
    changed
        .then(|| serde_json::from_str(&mended).ok())
        .flatten()
}

/// Replaces `\ud83d` without its other half by `\ufffd`.
fn mend_surrogates(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let unit = |at: usize| -> Option<u32> {
        let escape = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(escape, 16).ok()
    };
    let mut mended = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(step) = text[at..].find('\\') {
        at += step;
        let Some(first) = unit(at) else {
            // Another escape, such as `\\` or `\"`: both of its characters are passed over.
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        let pair = (0xd800..0xdc00).contains(&first)
            && unit(at + 6).is_some_and(|second| (0xdc00..0xe000).contains(&second));
        if pair {
            at += 12;
            continue;
        }
        if (0xd800..0xe000).contains(&first) {
            mended.push_str(&text[copied..at]);
            mended.push_str("\\ufffd");
            copied = at + 6;
        }
        at += 6;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[copied..]);
    Cow::Owned(mended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_know_their_places() {
        let found: Vec<(u64, &[u8])> = Lines::new(b"a\r\n\n  b\nc")
            .map(|line| (line.offset, line.bytes))
            .collect();
        assert_eq!(found, [(0, &b"a"[..]), (4, b"b"), (8, b"c")]);
    }

    #[test]
    fn half_a_pair_and_bad_bytes_do_not_cost_the_line() {
        let text = |line: &[u8]| parse(line).map(|value| value["a"].as_str().unwrap().to_owned());
        assert_eq!(text(br#"{"a":"x\ud83d"}"#).unwrap(), "x\u{fffd}");
        assert_eq!(
            text(br#"{"a":"\ud83d\ude00\udc00"}"#).unwrap(),
            "😀\u{fffd}"
        );
        assert_eq!(
            text(br#"{"a":"\\ud83d \ud83d"}"#).unwrap(),
            "\\ud83d \u{fffd}"
        );
        assert_eq!(text(b"{\"a\":\"\xff\"}").unwrap(), "\u{fffd}");
        assert_eq!(parse(b"{\"a\":"), None);
    }

    #[test]
    fn nesting_without_end_is_a_broken_line() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert_eq!(parse(deep.as_bytes()), None);
    }
}
