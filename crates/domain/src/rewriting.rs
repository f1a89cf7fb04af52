//! What came of a model's prose for a briefing: each of its lines was held against what it cites.

use serde::{Deserialize, Serialize};

/// The lines of a model, counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rewriting {
    /// Lines that the model wrote.
    pub written: u64,
    /// Lines of it that are grounded and found room; they stand in the briefing where it is `used`.
    pub kept: u64,
    /// The others, in the model's order.
    pub dropped: Vec<DroppedLine>,
    /// What the briefing with the model's lines scores, 0 to 1.
    pub score: f64,
    /// What the one made without a model scores.
    pub offline_score: f64,
    /// Whether the model's lines are in the briefing: with a lower score they are not.
    pub used: bool,
}

/// A line that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DroppedLine {
    pub text: String,
    /// As they stood between the brackets.
    pub sources: Vec<String>,
    pub why: WhyDropped,
    /// The word, the name or the source that it is about.
    pub what: Option<String>,
}

/// Why a line was not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyDropped {
    /// It cites nothing.
    NoSource,
    /// It cites what is not there.
    UnknownSource,
    /// A name, a path or a number does not stand in what it cites.
    NotInSource,
    /// What it cites says the opposite.
    TurnedRound,
    /// Too few of its words stand in what it cites.
    OtherWords,
    /// A rule of the user keeps it out, it repeats another line, or there is no room for it.
    NoRoom,
}
