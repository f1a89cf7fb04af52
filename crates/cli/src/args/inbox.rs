//! What can be typed after `krake inbox`.

use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

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
    /// Hand over what was drafted because an account ran out
    HandOver(HandOver),
    /// Make a project of the folder in which drafted work was done; hand-over does so by itself
    MakeProject {
        id: String,
        /// Its name; else that of the folder
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Put such a draft away
    Reject {
        id: String,
        /// Why not
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take done or snooze back
    Wake {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

/// What goes with a draft.
#[derive(Debug, Args)]
pub struct HandOver {
    pub id: String,
    /// The account that goes on; without it the one that is proposed
    #[arg(long, value_name = "ACCOUNT")]
    pub to: Option<String>,
    /// Leave AGENTS.md and its like alone
    #[arg(long)]
    pub no_file: bool,
    #[command(flatten)]
    pub commit: CommitArgs,
}

/// Whether the work is committed first; without a word the project's rule decides.
#[derive(Debug, Args)]
pub struct CommitArgs {
    /// Commit the files that the project's sessions edited first
    #[arg(long, conflicts_with = "no_commit")]
    pub commit: bool,
    /// Do not commit
    #[arg(long)]
    pub no_commit: bool,
    /// The branch that begins with the commit, with {date}, {time} and {account}; empty: the one that
    /// is checked out
    #[arg(long, value_name = "NAME", requires = "commit")]
    pub branch: Option<String>,
    /// A file for the commit, relative to the project's folder, instead of those that were edited;
    /// may be repeated
    #[arg(long = "path", value_name = "PATH", requires = "commit")]
    pub paths: Vec<String>,
}

impl CommitArgs {
    /// The word of the API.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (self.commit, self.no_commit) {
            (true, _) => "yes",
            (false, true) => "no",
            (false, false) => "as_ruled",
        }
    }

    /// The files that were named, if any were.
    #[must_use]
    pub fn chosen(&self) -> Option<&[String]> {
        (!self.paths.is_empty()).then_some(self.paths.as_slice())
    }
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
