//! What answers of models took: one answer, and sums of many that are told apart by a few things.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::session::Usage;
use crate::time::Timestamp;

/// Tokens of one answer of a model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spending {
    /// The name that the answer has in every file that holds it: a fork and a resumed session repeat
    /// what was answered before, and it is counted once. Absent: it stands in this file alone.
    pub answer: Option<String>,
    pub at: Option<Timestamp>,
    pub model: Option<String>,
    pub usage: Usage,
}

/// A quarter of an hour: every time zone begins its days with one.
pub const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// How far the clocks of a time zone are ahead of UTC from a moment on, both in quarters of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Since 1970; that of the first shift is not asked.
    pub from: i64,
    pub ahead: i64,
}

/// Sums that are told apart by what they can be grouped by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spent {
    /// Days of the calendar since 1970, in the time zone that was asked for.
    pub day: i64,
    pub account: Option<String>,
    pub project: Option<String>,
    pub model: Option<String>,
    pub by: SpentBy,
    /// The answers read more tokens than this: a price may change there.
    pub above: u64,
    pub answers: u64,
    pub usage: Usage,
    /// What calls cost, as far as it is known.
    pub usd: Amount,
    /// Calls whose cost is not known.
    pub unpriced: u64,
    /// Calls or sessions that do not tell their tokens.
    pub untold: u64,
    /// In the account's own unit, as somebody told; absent where nobody did.
    pub credits: Option<f64>,
}

/// Who spent it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpentBy {
    /// Krake itself, by a call that it made.
    Call,
    /// Another tool, in a session that was imported from this format.
    Session(String),
}

impl Default for SpentBy {
    fn default() -> Self {
        Self::Session(String::new())
    }
}

impl Usage {
    /// Both together. Sums end at the largest number instead of turning over.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, u64::saturating_add)
    }

    /// The larger of each count: what is written while an answer grows has its last word here.
    #[must_use]
    pub fn most(self, other: Self) -> Self {
        self.each(other, u64::max)
    }

    /// What was read, from a cache, into one, or past it.
    #[must_use]
    pub fn read(self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }

    /// What was read and written.
    #[must_use]
    pub fn total(self) -> u64 {
        self.read().saturating_add(self.output)
    }

    fn each(self, other: Self, of: fn(u64, u64) -> u64) -> Self {
        Self {
            input: of(self.input, other.input),
            output: of(self.output, other.output),
            cache_read: of(self.cache_read, other.cache_read),
            cache_write: of(self.cache_write, other.cache_write),
            reasoning: of(self.reasoning, other.reasoning),
        }
    }
}
