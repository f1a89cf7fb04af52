//! A playbook: the same was asked, or the same commands were run, in several sessions.

use std::collections::{BTreeMap, BTreeSet};

use krake_domain::id::SessionId;

use super::thresholds::{COMMANDS, LEAST_DAYS, LEAST_SESSIONS, SESSION_DAYS};
use super::{Advice, Facts, Repeated};

const DAY_MS: i64 = 24 * 3_600_000;
/// More are a list that nobody reads.
const MOST: usize = 3;
/// Shorter words such as "go on" are said in every session.
const LEAST_WORDS: usize = 4;
const MOST_CHARS: usize = 300;
/// Commands that only look: what they are run between is the work.
const LOOKS: [&str; 22] = [
    "cat", "cd", "echo", "env", "file", "find", "grep", "head", "less", "ls", "pwd", "rg", "sed",
    "sleep", "tail", "tree", "true", "type", "wc", "which", "whoami", "printf",
];
const GIT_LOOKS: [&str; 6] = ["status", "diff", "log", "show", "branch", "blame"];

/// Where something was met: its sessions and their days, and how it was first written.
#[derive(Default)]
struct Met {
    sessions: BTreeSet<SessionId>,
    days: BTreeSet<i64>,
    lines: Vec<String>,
}

pub(super) fn advise(facts: &Facts) -> Vec<Advice> {
    let mut met: BTreeMap<(Repeated, Vec<String>), Met> = BTreeMap::new();
    let since = facts.now.0 - SESSION_DAYS * DAY_MS;
    for session in &facts.sessions {
        if session.at.0 < since || session.at > facts.now {
            continue;
        }
        let mut meet = |key: (Repeated, Vec<String>), lines: &[&str]| {
            let known = met.entry(key).or_default();
            known.sessions.insert(session.id);
            known.days.insert(session.at.0.div_euclid(DAY_MS));
            if known.lines.is_empty() {
                known.lines = lines.iter().map(|line| (*line).to_owned()).collect();
            }
        };
        for request in &session.requests {
            if let Some(alike) = alike(request) {
                meet((Repeated::Request, vec![alike]), &[request.trim()]);
            }
        }
        let commands: Vec<&str> = session
            .commands
            .iter()
            .filter_map(|one| work(one))
            .collect();
        for row in commands.windows(COMMANDS) {
            let different: BTreeSet<&&str> = row.iter().collect();
            if different.len() == COMMANDS {
                let key = row.iter().map(|command| (*command).to_owned()).collect();
                meet((Repeated::Commands, key), row);
            }
        }
    }
    let enough = |met: &Met| met.sessions.len() >= LEAST_SESSIONS && met.days.len() >= LEAST_DAYS;
    let mut found: Vec<(Repeated, Met)> = met
        .into_iter()
        .filter(|(_, met)| enough(met))
        .map(|((repeated, _), met)| (repeated, met))
        .collect();
    found.sort_by_key(|(_, met)| std::cmp::Reverse(met.sessions.len()));
    let mut told: Vec<Advice> = Vec::new();
    for (repeated, met) in found {
        if told.len() == MOST {
            break;
        }
        // Rows that overlap are one longer row.
        if !told.iter().any(|advice| overlaps(advice, &met.lines)) {
            told.push(Advice::MakePlaybook {
                repeated,
                lines: met.lines,
                sessions: met.sessions.into_iter().collect(),
                days: u32::try_from(met.days.len()).unwrap_or(u32::MAX),
            });
        }
    }
    told
}

fn overlaps(advice: &Advice, lines: &[String]) -> bool {
    match advice {
        Advice::MakePlaybook { lines: told, .. } => lines.iter().any(|line| told.contains(line)),
        _ => false,
    }
}

/// A request without what differs from one time to the next: case, white space, numbers.
fn alike(request: &str) -> Option<String> {
    let request = request.trim();
    if request.chars().count() > MOST_CHARS || request.split_whitespace().count() < LEAST_WORDS {
        return None;
    }
    let mut alike = String::with_capacity(request.len());
    for word in request.split_whitespace() {
        if !alike.is_empty() {
            alike.push(' ');
        }
        let mut in_number = false;
        for c in word.trim_end_matches(['.', '!', '?', ',']).chars() {
            if c.is_numeric() {
                if !in_number {
                    alike.push('#');
                }
                in_number = true;
            } else {
                in_number = false;
                alike.extend(c.to_lowercase());
            }
        }
    }
    Some(alike)
}

/// The command, where it does more than look; without the folder that it goes into first.
fn work(command: &str) -> Option<&str> {
    let mut command = command.trim();
    while let Some((before, after)) = command.split_once("&&") {
        if !before.trim_start().starts_with("cd ") {
            break;
        }
        command = after.trim();
    }
    let mut words = command.split_whitespace();
    let first = words.next()?;
    let looks = LOOKS.contains(&first)
        || (first == "git" && words.next().is_some_and(|verb| GIT_LOOKS.contains(&verb)));
    (!looks && command.chars().count() <= MOST_CHARS && !command.contains('\n')).then_some(command)
}
