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
use super::requests::is_refusal;
use super::timeline::Timeline;
use super::words::{clip, content};

/// A line that calls itself an error before its first colon: `ValueError: …`, `error[E0308]: …`,
/// `fatal: …`, `src/a.c:3:1: error: …`, `thread 'x' panicked at …`; or one that a compiler, a linter or
/// a runner of tests marks by its form: `src/a.go:3:1: …`, `--- FAIL: TestX`, `FAILED tests/x.py::a`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^[^\n]{0,120}?(?:\b\w*(?:Error|Exception)\b|\b(?i:error|fatal|panic)(?:\[\w+\])?)\s*:\s*\S.*$|^.*\bpanicked at\b.*$|^(?:\[[^\]\n]*\] )?\S+\.\w+:\d+:\d+: \S.*$|^[^\n]*\([\w:]*(?:Error|Exception)\)\s*$|^\s*--- FAIL: .*$|^FAILED \S.*$")
        .expect("the pattern is constant")
});
/// A line that says in prose that something did not work.
static FAILS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:cannot|can't|could not|couldn't|denied|error|failed|failure|fatal|invalid|missing|no such|not found|refused|unable|undefined|unexpected|unknown)\b")
        .expect("the pattern is constant")
});
/// The mark that a tool's own harness puts around a call that it turned down: the work did not fail.
const TURNED_DOWN: &str = "<tool_use_error>";

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

/// The line that says what went wrong. Without a line that names itself an error it is the last one
/// that says something: programs print the cause last, after the way to it.
fn told(output: &str) -> Option<&str> {
    if output.contains(TURNED_DOWN) || is_refusal(output) {
        return None;
    }
    let says = |line: &&str| content(line).len() >= LEAST_WORDS;
    NAMED
        .find_iter(output)
        .map(|found| found.as_str())
        .find(says)
        .or_else(|| {
            output
                .lines()
                .find(|line| says(line) && FAILS.is_match(line))
        })
        .or_else(|| output.lines().rev().find(says))
        .map(str::trim)
}

/// With two words, a line can name what failed and how.
const LEAST_WORDS: usize = 2;

/// Two errors are the same when they differ only in numbers, paths and the order of their words.
fn signature(text: &str) -> String {
    let bare: Vec<&str> = text
        .split_whitespace()
        .filter(|word| !word.contains(['/', '\\']) && !word.contains(|c: char| c.is_ascii_digit()))
        .collect();
    content(&bare.join(" ")).join(" ")
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
        match names_file(&seen.text, path) {
            true => text.push_str(" → edited there"),
            false => text.push_str(&format!(" → `{}`", inline(path))),
        }
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

/// Whether an error names this file as the place where it stands, by its folder and its own name.
fn names_file(error: &str, path: &str) -> bool {
    let mut places = error
        .split_whitespace()
        .filter_map(|word| word.split_once(':'));
    places.any(|(place, _)| place.rsplit('/').take(2).eq(path.rsplit('/').take(2)))
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
            told("checking 3 targets\nlinking the cart\nld returned status 1\n"),
            Some("ld returned status 1")
        );
        assert!(names_file(
            "(lint:go) app/src/a.rs:3:1: undefined: x",
            "src/a.rs"
        ));
        assert!(!names_file("app/lib/a.rs:3:1: undefined: x", "src/a.rs"));
        assert!(!names_file("ValueError: see src/a.rs", "src/a.rs"));
        assert_eq!(
            signature("src/a.rs:3: error E12 in cart"),
            signature("src/b.rs:9: error E7 in cart")
        );
    }
}
