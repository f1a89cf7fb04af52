//! What a provider lets an account use, as somebody saw it: always with who said so and when.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::time::Timestamp;

/// The stretch of time that a limit holds for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LimitSpan")]
pub enum Span {
    Minute,
    FiveHours,
    Day,
    Week,
    Month,
    /// No window: what is left of what was paid for.
    Balance,
}

impl Span {
    /// How long it lasts; a balance does not end.
    #[must_use]
    pub fn milliseconds(self) -> Option<i64> {
        const HOUR: i64 = 3_600_000;
        match self {
            Self::Minute => Some(60_000),
            Self::FiveHours => Some(5 * HOUR),
            Self::Day => Some(24 * HOUR),
            Self::Week => Some(7 * 24 * HOUR),
            Self::Month => Some(30 * 24 * HOUR),
            Self::Balance => None,
        }
    }

    /// The window of about so many minutes, as tools write it into their logs.
    #[must_use]
    pub fn of_minutes(minutes: u64) -> Self {
        match minutes {
            0..=5 => Self::Minute,
            6..=600 => Self::FiveHours,
            601..=2_880 => Self::Day,
            2_881..=20_160 => Self::Week,
            _ => Self::Month,
        }
    }
}

/// Who said so.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LimitSource {
    /// The headers of an answer.
    Headers,
    /// The provider refused a call for it.
    Refusal,
    /// The log of a tool on this machine.
    ToolLog,
    /// A person typed it in.
    Manual,
}

/// One look at one limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitSeen {
    pub span: Span,
    /// `requests`, `tokens`, `percent`, `messages`, `credits`, `USD`: the provider's own.
    pub unit: String,
    pub limit: Option<Amount>,
    pub remaining: Option<Amount>,
    pub resets_at: Option<Timestamp>,
    pub seen_at: Timestamp,
    pub source: LimitSource,
}

impl LimitSeen {
    /// What is left at `now`: once the window has been filled again, all of it, as far as is known.
    #[must_use]
    pub fn remaining_at(&self, now: Timestamp) -> Option<Amount> {
        if self.has_reset(now) {
            return self.limit;
        }
        self.remaining
    }

    /// Whether the window that was seen is over.
    #[must_use]
    pub fn has_reset(&self, now: Timestamp) -> bool {
        self.resets_at.is_some_and(|reset| reset <= now)
    }

    /// The used part at `now`, from 0 to 1.
    #[must_use]
    pub fn used_part(&self, now: Timestamp) -> Option<f64> {
        let (limit, left) = (self.limit?, self.remaining_at(now)?);
        limit.less(left).part_of(limit)
    }

    /// Whether nothing is left of it at `now`.
    #[must_use]
    pub fn is_used_up(&self, now: Timestamp) -> bool {
        !self.has_reset(now) && self.remaining == Some(Amount::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_is_over_is_full_again() {
        let seen = LimitSeen {
            span: Span::FiveHours,
            unit: "messages".to_owned(),
            limit: Some(Amount::whole(45)),
            remaining: Some(Amount::ZERO),
            resets_at: Some(Timestamp(100)),
            seen_at: Timestamp(1),
            source: LimitSource::Headers,
        };
        assert!(seen.is_used_up(Timestamp(99)));
        assert_eq!(seen.used_part(Timestamp(99)), Some(1.0));
        assert!(!seen.is_used_up(Timestamp(100)));
        assert_eq!(seen.used_part(Timestamp(100)), Some(0.0));
    }

    #[test]
    fn minutes_of_logs_name_their_window() {
        for (minutes, span) in [
            (1, Span::Minute),
            (300, Span::FiveHours),
            (299, Span::FiveHours),
            (1_440, Span::Day),
            (10_080, Span::Week),
            (43_200, Span::Month),
        ] {
            assert_eq!(Span::of_minutes(minutes), span, "{minutes}");
        }
    }
}
