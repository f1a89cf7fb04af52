//! Commands with their last outcome, the tests first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use krake_domain::briefing::ItemKind;
use regex::Regex;

use super::calls::{Act, act, first_line};
use super::escape::{inline, quoted};
use super::line::Line;
use super::timeline::Timeline;
use super::words::clip;

/// How a command ended, as its result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Unknown,
    Passed,
    Failed,
}

struct Ran {
    command: String,
    last: usize,
    times: usize,
    tests: bool,
}

static TESTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[\s/;&])(?:pytest|jest|vitest|tox|ctest|rspec|phpunit|nextest|nose2?|runtests(?:\.py)?|mocha|unittest)(?:\s|$|\.)|\btests?(?:[:\s]|$)|[\s:]test[:\w]*(?:\s|$)|(?:^|[/\s])test\w*\.py\b")
        .expect("the pattern is constant")
});
static FAILS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^(?:FAIL\b|--- FAIL|FAILED\b)|\b[1-9]\d* (?:failed|failures?|errors?)\b|panicked at|^panic:|^Traceback|^error(?:\[\w+\])?:|npm ERR!|AssertionError|<returncode>[1-9]|(?i:^exit code:? [1-9])")
        .expect("the pattern is constant")
});
static SUMMARY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?mi)^.*(?:\b\d+ (?:passed|failed|tests?|passing|failing|examples?|errors?)\b|test result:|^OK\b|^FAILED \(|^Ran \d+|^ok\s+\S+\s+[\d.]+s).*$")
        .expect("the pattern is constant")
});

/// Programs that only look; what they printed can be had again.
const LOOKS: [&str; 34] = [
    "awk", "cat", "cd", "cut", "date", "diff", "du", "echo", "egrep", "env", "export", "file",
    "find", "grep", "head", "jq", "less", "ls", "mkdir", "nl", "printf", "ps", "pwd", "rg", "sed",
    "sleep", "sort", "stat", "tail", "tree", "uniq", "wc", "which", "xxd",
];

/// The commands worth knowing, the last run of the tests before all, then the latest first.
#[must_use]
pub fn commands(timeline: &Timeline<'_>) -> Vec<Line> {
    let mut ran = runs(timeline);
    ran.sort_by_key(|ran| std::cmp::Reverse(ran.last));
    if let Some(tests) = ran.iter().position(|ran| ran.tests) {
        let tests = ran.remove(tests);
        ran.insert(0, tests);
    }
    ran.iter().map(|ran| line(timeline, ran)).collect()
}

/// Whether a result says that the call failed.
#[must_use]
pub fn failed(timeline: &Timeline<'_>, result: usize) -> bool {
    let message = timeline.at(result);
    message.error || FAILS.is_match(&message.text)
}

fn runs(timeline: &Timeline<'_>) -> Vec<Ran> {
    let mut ran: BTreeMap<String, Ran> = BTreeMap::new();
    for place in 0..timeline.moments.len() {
        let Act::Shell { command, .. } = act(timeline.at(place)) else {
            continue;
        };
        let command = first_line(&command);
        let program = command
            .split_whitespace()
            .find(|word| !word.contains('='))
            .unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        if command.len() < 3 || LOOKS.binary_search(&program).is_ok() {
            continue;
        }
        let times = ran.get(&slot(command)).map_or(0, |ran| ran.times);
        let head = command.split('|').next().unwrap_or(command);
        let tests = TESTS.is_match(head) && !head.starts_with("git ");
        ran.insert(
            slot(command),
            Ran {
                command: command.to_owned(),
                last: place,
                times: times + 1,
                tests,
            },
        );
    }
    ran.into_values().collect()
}

/// What makes two runs the same command: pipes that cut the output, redirections and numbers do not
/// count.
fn slot(command: &str) -> String {
    let mut head = command;
    for cut in ["| head", "| tail", "| grep", "2>&1", "> /dev/null"] {
        head = head.split(cut).next().unwrap_or(head);
    }
    head.chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect::<String>()
        .trim()
        .to_lowercase()
}

fn line(timeline: &Timeline<'_>, ran: &Ran) -> Line {
    let result = timeline.other_half(ran.last);
    let outcome = match result {
        None => Outcome::Unknown,
        Some(result) if failed(timeline, result) => Outcome::Failed,
        Some(_) => Outcome::Passed,
    };
    let mut text = format!("`{}`", inline(&clip(&ran.command, 28)).replace('`', "'"));
    if ran.times > 1 {
        text.push_str(&format!(" ({}×)", ran.times));
    }
    text.push_str(match (outcome, ran.tests) {
        (Outcome::Unknown, _) => "",
        (Outcome::Passed, true) => " passed",
        (Outcome::Passed, false) => " ok",
        (Outcome::Failed, _) => " failed",
    });
    let mut sources = vec![timeline.source(ran.last)];
    if let Some(result) = result.filter(|_| ran.tests || outcome == Outcome::Failed) {
        let printed = &timeline.at(result).text;
        if let Some(summary) = SUMMARY
            .find_iter(printed)
            .last()
            .or_else(|| FAILS.find(printed))
        {
            text.push_str(": ");
            text.push_str(&quoted(&clip(summary.as_str(), 18)));
        }
        sources.push(timeline.source(result));
    }
    let weight = if ran.tests { 3.0 } else { 1.0 };
    Line {
        list: false,
        kind: ItemKind::Command,
        text,
        sources,
        weight,
        place: ran.last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_from_other_commands() {
        assert!(LOOKS.is_sorted());
        for command in [
            "cargo test -p x",
            "npm test",
            "npm run test:unit",
            "python -m pytest a.py",
            "go test ./...",
            "./tests/runtests.py admin",
            "make test",
            "bin/test x",
        ] {
            assert!(TESTS.is_match(command), "{command}");
        }
        for command in [
            "cargo build",
            "git commit -m latest",
            "python setup.py build",
            "npm run contest",
        ] {
            assert!(!TESTS.is_match(command), "{command}");
        }
    }

    #[test]
    fn runs_of_one_command_share_a_slot() {
        assert_eq!(
            slot("cargo test cart 2>&1 | tail -20"),
            slot("cargo test cart | head -5")
        );
        assert_ne!(slot("cargo test cart"), slot("cargo test shop"));
    }
}
