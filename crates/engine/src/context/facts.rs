//! What is known beside the sessions: commits, changed files, open TODOs, files of instructions.

use krake_domain::briefing::{ItemKind, Source, SourceKind};

use super::escape::{inline, quoted, reference};
use super::line::Line;
use super::words::{clip, content};

/// One fact with its own source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Commit {
        /// Short hash, as cited.
        hash: String,
        subject: String,
        files: Vec<String>,
    },
    ChangedFile {
        path: String,
        /// A line of the change, where it is known.
        line: Option<u32>,
        added: u64,
        removed: u64,
        /// `modified`, `added`, `untracked` …; may be empty.
        status: String,
    },
    OpenTodo {
        path: String,
        line: u32,
        text: String,
    },
    /// A file such as `AGENTS.md`: each of its lines is an instruction.
    Instructions { path: String, text: String },
    /// What the project is to reach and has not reached yet.
    Objective { text: String },
    /// A path that every briefing is to mention.
    Pinned { path: String },
}

/// Files of a commit that are named.
const COMMIT_FILES: usize = 4;

/// The lines of the facts, each once, in the order given.
#[must_use]
pub fn lines(facts: &[Fact]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (number, fact) in facts.iter().enumerate() {
        if !facts[..number].contains(fact) {
            lines.extend(of(fact));
        }
    }
    lines
}

fn of(fact: &Fact) -> Vec<Line> {
    match fact {
        Fact::Commit {
            hash,
            subject,
            files,
        } => {
            let mut text = quoted(&clip(subject, 30));
            if !files.is_empty() {
                let named: Vec<String> = files
                    .iter()
                    .take(COMMIT_FILES)
                    .map(|file| inline(file))
                    .collect();
                let more = files.len().saturating_sub(COMMIT_FILES);
                let more = if more > 0 {
                    format!(", +{more}")
                } else {
                    String::new()
                };
                text.push_str(&format!(" ({}{more})", named.join(", ")));
            }
            vec![line(ItemKind::Change, text, SourceKind::Commit, hash)]
        }
        Fact::ChangedFile {
            path,
            line: at,
            added,
            removed,
            status,
        } => {
            let mut text = format!("`{}` +{added} −{removed}", inline(path));
            if !status.is_empty() {
                text.push_str(&format!(" {}", inline(status)));
            }
            let place = at.map_or_else(|| path.clone(), |at| format!("{path}:{at}"));
            vec![line(ItemKind::Change, text, SourceKind::File, &place)]
        }
        Fact::OpenTodo {
            path,
            line: at,
            text,
        } => {
            vec![line(
                ItemKind::OpenItem,
                quoted(&clip(text, 30)),
                SourceKind::File,
                &format!("{path}:{at}"),
            )]
        }
        Fact::Objective { text } => vec![line(
            ItemKind::OpenItem,
            format!("objective: {}", quoted(&clip(text, 30))),
            SourceKind::Project,
            "objectives",
        )],
        Fact::Pinned { path } => vec![line(
            ItemKind::Pinned,
            format!("`{}` pinned by the user", inline(path)),
            SourceKind::File,
            path,
        )],
        Fact::Instructions { path, text } => text
            .lines()
            .zip(1_u32..)
            .filter(|(instruction, _)| {
                content(instruction).len() >= 3 && !instruction.starts_with('#')
            })
            .map(|(instruction, at)| {
                line(
                    ItemKind::Constraint,
                    quoted(&clip(instruction, 48)),
                    SourceKind::File,
                    &format!("{path}:{at}"),
                )
            })
            .collect(),
    }
}

fn line(kind: ItemKind, text: String, source: SourceKind, place: &str) -> Line {
    let sources = vec![Source {
        kind: source,
        reference: reference(place),
    }];
    Line {
        list: false,
        kind,
        text,
        sources,
        weight: 1.0,
        place: 0,
    }
}
