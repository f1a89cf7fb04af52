//! What a briefing lost of its sources, measured and not guessed.

use serde::{Deserialize, Serialize};

use crate::briefing::{ItemKind, Source};

/// How much of what must not be lost stands in a text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Loss {
    /// 0 to 1: the mean over the kinds of facts and over the probes, so that forty files do not hide a
    /// lost goal. 1 where there is nothing to lose.
    pub score: f64,
    /// Facts that must be kept.
    pub facts: u64,
    pub facts_kept: u64,
    /// Questions that the next account would ask.
    pub probes: u64,
    pub probes_answered: u64,
    /// What is missing, the most needed first.
    pub lost: Vec<LostFact>,
}

/// One thing that the text does not say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LostFact {
    pub kind: ItemKind,
    /// As it would be printed.
    pub text: String,
    pub sources: Vec<Source>,
    /// Tokens of the line that says it.
    pub tokens: u64,
    /// The question that went without an answer; absent: the fact itself is missing.
    pub probe: Option<String>,
}
