//! What can be typed after `krake inbox`.

use std::time::Duration;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Inbox {
    /// What waits for a person and what ended badly
    List {
        /// Open and snoozed ones when absent
        #[arg(long, value_enum)]
        state: Option<State>,
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// One thread: the question, or how the execution stands
    Show { id: String },
    /// Looked at; for what needs no answer
    Done {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Not before a moment; what expires does so all the same
    Snooze {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// A span such as 30m, 3h, 2d or 1w
        #[arg(long = "for", value_name = "SPAN", value_parser = span, required_unless_present = "until")]
        span: Option<Duration>,
        /// A moment such as 2026-11-27T09:00:00+01:00
        #[arg(long, value_name = "MOMENT", conflicts_with = "span")]
        until: Option<String>,
    },
    /// Take done or snooze back
    Wake {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

/// Where a thread stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    Open,
    Snoozed,
    Done,
}

impl State {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Done => "done",
        }
    }
}

fn span(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number with m, h, d or w, for example 3h".to_owned();
    let unit = text.chars().next_back().ok_or_else(expected)?;
    let number: u64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| expected())?;
    let seconds: u64 = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return Err(expected()),
    };
    number
        .checked_mul(seconds)
        .filter(|seconds| (1..=366 * 86_400).contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "expected a span of at most a year".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        assert_eq!(span("30m"), Ok(Duration::from_secs(1_800)));
        assert_eq!(span("1w"), Ok(Duration::from_secs(604_800)));
        for wrong in [
            "",
            "h",
            "3",
            "3y",
            "-1h",
            "0m",
            "400d",
            "3 h",
            "3ä",
            "99999999999999999999h",
        ] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
