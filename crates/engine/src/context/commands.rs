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

/// Counts of a run of tests.
static COUNTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?mi)^.*(?:\b\d+ (?:tests? )?(?:passed|failed|passing|failing)\b|^Ran \d+ tests?).*$",
    )
    .expect("the pattern is constant")
});
/// What a shell or its tool prints about how a command ended.
static STATUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?mi)^\W{0,2}(?:process )?(?:exit(?:ed)?(?: with)?(?: code| status)?|returncode)\W{1,2}(\d+)")
        .expect("the pattern is constant")
});
/// Without a status: a count of failures above zero, or a line that opens with the report of one.
static FAILS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)\b[1-9]\d* (?:failed|failing|errors?)\b|^(?:\w+(?:Error|Exception)|error|fatal|npm (?:ERR!|error))(?:\[\w+\])?:? |^(?:FAILED|FAIL|Traceback)\b|^--- FAIL\b|^panic: |^(?:\[[^\]\n]*\] )?\S+\.\w+:\d+:\d+: |panicked at")
        .expect("the pattern is constant")
});

/// Programs that only look; what they printed can be had again, and errors in it are quotations.
const LOOKS: [&str; 16] = [
    "awk", "cat", "cd", "echo", "find", "grep", "head", "jq", "less", "ls", "pwd", "rg", "sed",
    "tail", "wc", "which",
];
/// What `git` shows of a repository: it can be had again, and what is shown quotes errors of others.
const LOOKS_OF_GIT: [&str; 14] = [
    "blame",
    "cat-file",
    "describe",
    "diff",
    "grep",
    "log",
    "ls-files",
    "ls-tree",
    "reflog",
    "rev-list",
    "rev-parse",
    "shortlog",
    "show",
    "status",
];
/// Runners of tests whose name is not a form of the word itself.
const RUNNERS: [&str; 10] = [
    "ctest", "jest", "mocha", "nextest", "phpunit", "pytest", "rspec", "tox", "unittest", "vitest",
];
/// Programs that run the file named after them.
const INTERPRETERS: [&str; 8] = [
    "bash", "bun", "deno", "node", "php", "python", "python3", "ruby",
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

/// Whether a result says that the call failed: by its flag, by a status that was printed, and only for
/// commands that did something by what they printed, because files that were read quote errors too.
#[must_use]
pub fn failed(timeline: &Timeline<'_>, result: usize) -> bool {
    let message = timeline.at(result);
    if message.error {
        return true;
    }
    let mut shows = false;
    if let Some(call) = timeline.other_half(result) {
        match act(timeline.at(call)) {
            Act::Shell { command, .. } if only_looks(first_line(&command)) => return false,
            Act::Shell { command, .. } => shows = looks_of_git(first_line(&command)),
            _ => return false,
        }
    }
    let printed = &message.text;
    match STATUS.captures_iter(printed).last() {
        Some(status) => !status[1].trim_start_matches('0').is_empty(),
        None if shows => printed.starts_with("fatal:") || printed.starts_with("error:"),
        None => FAILS.is_match(printed),
    }
}

fn only_looks(command: &str) -> bool {
    LOOKS.binary_search(&program(command)).is_ok()
}

/// Whether a command asks `git` to show something, and does nothing else.
fn looks_of_git(command: &str) -> bool {
    let mut parts = command
        .split(" | ")
        .next()
        .unwrap_or(command)
        .split(['&', ';']);
    program(command) == "git" && parts.all(only_shows)
}

/// Whether this part of a command line is such a command, or only looks otherwise.
fn only_shows(part: &str) -> bool {
    let mut words = part.split_whitespace().skip_while(|word| *word != "git");
    if words.next().is_none() {
        return part.trim().len() <= 1 || only_looks(part);
    }
    // What stands before the subcommand are options, two of which have an argument behind them.
    let mut takes_next = false;
    let verb = words.find(|word| {
        let is_argument = std::mem::replace(&mut takes_next, matches!(*word, "-C" | "-c"));
        !is_argument && !word.starts_with('-')
    });
    verb.is_some_and(|verb| LOOKS_OF_GIT.binary_search(&verb).is_ok())
}

/// The program of a command, without variables before it and without its folder.
fn program(command: &str) -> &str {
    let first = command.split_whitespace().find(|word| !word.contains('='));
    base(first.unwrap_or_default())
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a part of a command line runs tests: the program or one of the next two words, which name
/// the subcommand, is a form of "test" or a known runner; or an interpreter is given such a file.
fn runs_tests(command: &str) -> bool {
    command.split(['&', ';', '|']).any(|part| {
        let said: Vec<&str> = part
            .split_whitespace()
            .filter(|word| !word.starts_with('-') && !word.contains('='))
            .take(3)
            .collect();
        let Some((program, rest)) = said.split_first() else {
            return false;
        };
        let is_test = |word: &str| matches!(word, "test" | "tests" | "runtests");
        let is_file = |word: &str| base(word).split(['.', '_', '-']).any(is_test);
        let named = |word: &&str| {
            is_test(word.split(':').next().unwrap_or(word)) || RUNNERS.binary_search(word).is_ok()
        };
        let program = base(program);
        let runs_file = INTERPRETERS.binary_search(&program).is_ok()
            && rest.first().is_some_and(|word| is_file(word));
        program != "git"
            && (is_file(program) || named(&program) || rest.iter().any(named) || runs_file)
    })
}

fn runs(timeline: &Timeline<'_>) -> Vec<Ran> {
    let mut ran: BTreeMap<String, Ran> = BTreeMap::new();
    for place in 0..timeline.moments.len() {
        let Act::Shell { command, .. } = act(timeline.at(place)) else {
            continue;
        };
        let command = first_line(&command);
        if command.len() < 3 || only_looks(command) || looks_of_git(command) {
            continue;
        }
        let times = ran.get(&slot(command)).map_or(0, |ran| ran.times);
        let counted = |result| COUNTS.is_match(&timeline.at(result).text);
        let tests = runs_tests(command) || timeline.other_half(place).is_some_and(counted);
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

/// What makes two runs the same command: what it is told to do, without numbers, redirections and the
/// pipe that its output goes through.
fn slot(command: &str) -> String {
    let head = command.split(" | ").next().unwrap_or(command);
    head.split_whitespace()
        .filter(|word| !word.contains('>'))
        .flat_map(|word| {
            word.chars()
                .filter(|letter| !letter.is_ascii_digit())
                .chain([' '])
        })
        .collect::<String>()
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
        if let Some(summary) = COUNTS
            .find_iter(printed)
            .last()
            .or_else(|| FAILS.find(printed))
        {
            text.push_str(": ");
            text.push_str(&quoted(&clip(line_at(printed, summary.start()), 18)));
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

/// The line of a text that holds this byte.
fn line_at(text: &str, at: usize) -> &str {
    let from = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[from..].lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::SessionInput;
    use super::*;
    use krake_domain::session::{Message, MessageKind, ToolUse, Transcript};
    use serde_json::json;

    #[test]
    fn tests_are_told_from_other_commands() {
        assert!(LOOKS.is_sorted() && RUNNERS.is_sorted() && INTERPRETERS.is_sorted());
        assert!(LOOKS_OF_GIT.is_sorted());
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
            assert!(runs_tests(command), "{command}");
        }
        for command in [
            "cargo build",
            "git commit -m latest",
            "python setup.py build",
            "npm run contest",
            "rm tests.py",
        ] {
            assert!(!runs_tests(command), "{command}");
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

    #[test]
    fn a_failure_is_what_the_program_says_and_not_what_a_file_quotes() {
        let ends = |command: &str, printed: &str| {
            let call = Message {
                kind: MessageKind::ToolCall,
                tool: Some(ToolUse {
                    name: "Bash".into(),
                    input: json!({ "command": command }),
                    ..ToolUse::default()
                }),
                ..Message::default()
            };
            let result = Message {
                kind: MessageKind::ToolResult,
                text: printed.into(),
                ..Message::default()
            };
            let transcript = Transcript {
                messages: vec![call, result],
                ..Transcript::default()
            };
            let sessions = [SessionInput {
                label: "",
                transcript: &transcript,
            }];
            failed(&Timeline::of(&sessions), 1)
        };
        assert!(ends("make all", "Traceback (most recent call last):"));
        assert!(!ends("cat crash.log", "Traceback (most recent call last):"));
        assert!(!ends("git diff | head -50", "+panic: lost the cart"));
        assert!(!ends(
            "git -C shop show 3f2a9bc 2>&1; echo --",
            "commit 3f2a9bc\nerror: of the diff"
        ));
        assert!(ends("git log nope", "fatal: bad revision 'nope'"));
        assert!(ends(
            "git push && git status",
            "! [rejected]\nerror: failed to push"
        ));
        assert!(ends("make all", "done\nExit code: 2"));
        assert!(!ends("make all", "FAILED once, retried\nexit code 0"));
        assert!(!ends("cargo test", "5 passed; 0 failed"));
    }
}
