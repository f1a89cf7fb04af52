//! The form in which a briefing is handed on, as an argument and as an output.

use krake_domain::briefing::{Briefing, BriefingItem, Coverage};
use krake_engine::context::Form;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Largest budget of one briefing.
pub const MOST_BUDGET: u64 = 200_000;

/// How the text is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// Headed sections.
    #[default]
    Markdown,
    /// A list of one message for the API of a provider.
    Messages,
    /// The lines with their sources as data.
    Json,
    /// A block between markers, for a file such as `AGENTS.md`.
    AgentsMd,
}

impl From<Wanted> for Form {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Markdown => Self::Markdown,
            Wanted::Messages => Self::Messages,
            Wanted::Json => Self::Json,
            Wanted::AgentsMd => Self::AgentsMd,
        }
    }
}

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
