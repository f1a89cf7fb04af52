//! A model's answer, read as claims: lines that begin with a dash and end with what they cite.
//!
//! Whatever else it holds, such as a greeting, a page of HTML or a table, is no line and is passed over.

use std::sync::LazyLock;

use krake_domain::briefing::ItemKind;
use regex::Regex;

use super::super::words::clip;

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub kind: ItemKind,
    /// Without its citations.
    pub text: String,
    pub references: Vec<String>,
}

/// Lines that are read; no briefing holds more.
const MOST_LINES: usize = 400;
/// Words of a line.
const MOST_WORDS: usize = 60;

static BRACKETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[([^\[\]\s]{1,80}(?:,\s*[^\[\]\s]{1,80})*)\]").expect("the pattern is constant")
});

/// The claims in order. A line that breaks off at the end of the answer is one as well: it stands or
/// falls by its sources.
#[must_use]
pub fn claims(answer: &str) -> Vec<Claim> {
    let mut kind = ItemKind::Statement;
    let mut claims = Vec::new();
    for line in answer.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('#') {
            kind = section(title.trim_start_matches('#').trim());
        } else if let Some(said) = line.strip_prefix(['-', '*', '•']) {
            claims.extend(claim(kind, said));
        }
        if claims.len() == MOST_LINES {
            break;
        }
    }
    claims
}

fn claim(kind: ItemKind, said: &str) -> Option<Claim> {
    let references = BRACKETS
        .captures_iter(said)
        .filter(|found| found[1].contains(['#', '/', '.']) || is_hash(&found[1]))
        .flat_map(|found| {
            let all = found[1].split(',').map(str::trim).map(str::to_owned);
            all.collect::<Vec<String>>()
        });
    let references: Vec<String> = references.collect();
    let bare = BRACKETS.replace_all(said, |found: &regex::Captures<'_>| {
        if found[1].contains(['#', '/', '.']) || is_hash(&found[1]) {
            String::new()
        } else {
            found[0].to_owned()
        }
    });
    let text = clip(bare.trim(), MOST_WORDS);
    (!text.is_empty()).then_some(Claim {
        kind,
        text,
        references,
    })
}

/// A short hash of a commit.
fn is_hash(text: &str) -> bool {
    (7..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The section of a heading, by its first word; any other is prose.
fn section(title: &str) -> ItemKind {
    let first = title.split(|letter: char| !letter.is_alphabetic()).next();
    match first.unwrap_or_default().to_lowercase().as_str() {
        "decisions" | "decision" | "decided" => ItemKind::Decision,
        "open" | "todo" | "next" | "remaining" => ItemKind::OpenItem,
        "files" | "file" => ItemKind::File,
        "errors" | "error" | "problems" => ItemKind::Error,
        _ => ItemKind::Statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_as_lines_that_cite() {
        let answer = "Sure!\n## Decisions\n- We keep `a[i]` as cents. [#3] [#4]\n- Both. [s1#3, s2#4]\n\n## Whatever\n* A claim without a source\nno line\n- cut off in the mid";
        let told: Vec<(ItemKind, String, Vec<String>)> = claims(answer)
            .into_iter()
            .map(|claim| (claim.kind, claim.text, claim.references))
            .collect();
        let refs = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                (
                    ItemKind::Decision,
                    "We keep `a[i]` as cents.".to_owned(),
                    refs(&["#3", "#4"])
                ),
                (
                    ItemKind::Decision,
                    "Both.".to_owned(),
                    refs(&["s1#3", "s2#4"])
                ),
                (
                    ItemKind::Statement,
                    "A claim without a source".to_owned(),
                    Vec::new()
                ),
                (
                    ItemKind::Statement,
                    "cut off in the mid".to_owned(),
                    Vec::new()
                ),
            ]
        );
        assert!(claims("<html><body>502 Bad Gateway</body></html>").is_empty());
    }
}
