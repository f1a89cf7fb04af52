//! Errors that tools reported: each kind once, where it was seen last, and the file that was edited
//! after it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use krake_domain::briefing::ItemKind;
use krake_domain::session::MessageKind;
use regex::Regex;

use super::calls::{Act, act};
use super::commands::failed;
use super::escape::{inline, quoted};
use super::line::Line;
use super::timeline::Timeline;
use super::words::{clip, content};

/// The line of an output that says what went wrong: a named error before a line with a cue.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:E\s+)?[\w.]*(?:Error|Exception|Warning)\b: .+$")
        .expect("the pattern is constant")
});
static CUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?mi)^.*(?:\b(?:error|panic(?:ked)?|exception|fatal|undefined|cannot|failed|failure|denied|not found|no such)\b|--- FAIL).*$")
        .expect("the pattern is constant")
});
/// What is reported about the tool itself or about a neighbour, and teaches nothing.
const NOISE: [&str; 5] = [
    "Sibling tool call",
    "File has not been read yet",
    "The user doesn't want to",
    "Request interrupted",
    "File has been modified since read",
];

struct Seen {
    place: usize,
    text: String,
    times: usize,
}

/// The errors, latest first.
#[must_use]
pub fn errors(timeline: &Timeline<'_>) -> Vec<Line> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut edits: Vec<(usize, String)> = Vec::new();
    for place in 0..timeline.moments.len() {
        if let Act::Edit(paths) | Act::Shell { edits: paths, .. } = act(timeline.at(place)) {
            edits.extend(
                paths
                    .into_iter()
                    .map(|path| (place, timeline.relative(&path).to_owned())),
            );
        }
        let message = timeline.at(place);
        if message.kind != MessageKind::ToolResult || !failed(timeline, place) {
            continue;
        }
        let Some(text) = told(&message.text) else {
            continue;
        };
        let times = seen.get(&signature(text)).map_or(0, |seen| seen.times);
        seen.insert(
            signature(text),
            Seen {
                place,
                text: clip(text, 30),
                times: times + 1,
            },
        );
    }
    let mut seen: Vec<Seen> = seen.into_values().collect();
    seen.sort_by_key(|seen| std::cmp::Reverse(seen.place));
    seen.iter()
        .map(|seen| line(timeline, seen, &edits))
        .collect()
}

fn told(output: &str) -> Option<&str> {
    if NOISE.iter().any(|noise| output.contains(noise)) {
        return None;
    }
    let said = |found: &regex::Match<'_>| content(found.as_str()).len() >= 3;
    let found = NAMED
        .find_iter(output)
        .find(said)
        .or_else(|| CUED.find_iter(output).find(said))?;
    Some(found.as_str().trim())
}

/// Two errors are the same when they differ only in numbers and paths.
fn signature(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| !word.contains('/'))
        .flat_map(|word| {
            word.chars()
                .filter(|letter| letter.is_alphabetic())
                .chain([' '])
        })
        .flat_map(char::to_lowercase)
        .take(160)
        .collect()
}

fn line(timeline: &Timeline<'_>, seen: &Seen, edits: &[(usize, String)]) -> Line {
    let mut text = quoted(&seen.text);
    if seen.times > 1 {
        text.push_str(&format!(" ({}×)", seen.times));
    }
    let mut sources = vec![timeline.source(seen.place)];
    let next = edits
        .iter()
        .find(|(place, _)| *place > seen.place && timeline.same_session(*place, seen.place));
    if let Some((place, path)) = next {
        text.push_str(&format!(" → `{}`", inline(path)));
        sources.push(timeline.source(*place));
    }
    Line {
        list: false,
        kind: ItemKind::Error,
        text,
        sources,
        weight: 2.0,
        place: seen.place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telling_line_is_found() {
        let output = "running\nTraceback (most recent call last):\n  File \"a.py\", line 3\nValueError: bad literal for cart total\n";
        assert_eq!(told(output), Some("ValueError: bad literal for cart total"));
        assert_eq!(
            told("<tool_use_error>Sibling tool call errored</tool_use_error>"),
            None
        );
        assert_eq!(
            signature("src/a.rs:3: error E12 in cart"),
            signature("src/b.rs:9: error E7 in cart")
        );
    }
}
