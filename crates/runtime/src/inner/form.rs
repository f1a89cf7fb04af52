//! The form in which a briefing is handed on, as an argument and as an output.

use krake_domain::briefing::{Briefing, BriefingItem, Coverage};
use schemars::JsonSchema;
use serde::Serialize;

/// Largest budget of one briefing.
pub const MOST_BUDGET: u64 = 200_000;

/// A briefing with what it was made from.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Output {
    pub text: String,
    /// Tokens of the text, at most the budget.
    pub tokens: u64,
    pub budget: u64,
    pub items: Vec<BriefingItem>,
    pub coverage: Coverage,
    /// Messages that were read.
    pub messages: u64,
    /// Sessions that were read.
    pub sessions: u64,
}

impl Output {
    pub fn of(briefing: Briefing, messages: usize, sessions: usize) -> Self {
        Self {
            text: briefing.text,
            tokens: briefing.tokens,
            budget: briefing.budget,
            items: briefing.items,
            coverage: briefing.coverage,
            messages: messages as u64,
            sessions: sessions as u64,
        }
    }
}
