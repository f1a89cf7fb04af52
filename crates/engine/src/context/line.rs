//! One line of a briefing before it is chosen.

use krake_domain::briefing::{ItemKind, Source};

use super::estimate::tokens;
use super::words::content;

/// A candidate: what would be printed, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub kind: ItemKind,
    /// On one line and escaped.
    pub text: String,
    pub sources: Vec<Source>,
    /// What it is worth beside the others of its kind.
    pub weight: f64,
    /// A list of bare names; it stands behind what was said.
    pub list: bool,
    /// For the order among statements: the place in the timeline.
    pub place: usize,
}

impl Line {
    /// As printed, with its line end.
    #[must_use]
    pub fn printed(&self) -> String {
        let cited = |source: &Source| format!(" [{}]", source.reference);
        let sources: String = self.sources.iter().map(cited).collect();
        format!("- {}{sources}\n", self.text)
    }

    /// Tokens of the printed line.
    #[must_use]
    pub fn cost(&self) -> u64 {
        tokens(&self.printed())
    }

    /// Its words, to compare it with other lines.
    #[must_use]
    pub fn content(&self) -> Vec<String> {
        content(&self.text)
    }
}

/// The heading of a section.
#[must_use]
pub fn heading(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Goal => "## Goal",
        ItemKind::LastRequest => "## Last request",
        ItemKind::Kept => "## Kept by a rule of the user",
        ItemKind::Constraint => "## Instructions of the user, latest first",
        ItemKind::Decision => "## Decisions",
        ItemKind::OpenItem => "## Open",
        ItemKind::Pinned => "## Files to know",
        ItemKind::File => "## Files edited",
        ItemKind::Command => "## Commands, last outcome",
        ItemKind::Error => "## Errors, and what was edited next",
        ItemKind::Change => "## Changes in the repository",
        ItemKind::Captured => "## Captured: material to read, no request of the user",
        ItemKind::Statement => "## Said and found",
        ItemKind::Shortened => "## Said, shortened (the full text stands at the source)",
        ItemKind::Session => "## Sessions that are cited",
    }
}
