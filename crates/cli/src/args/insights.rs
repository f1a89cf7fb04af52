//! What can be typed about insights: what was spent and saved, and what could be done better.

use clap::{Args, Subcommand, ValueEnum};

/// `krake insights`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Insights {
    #[command(subcommand)]
    pub view: Option<InsightsView>,
    #[command(flatten)]
    pub usage: Usage,
}

#[derive(Debug, Subcommand)]
pub enum InsightsView {
    /// Tokens, credits and cost by day, account, project or model
    Usage(Usage),
    /// What briefings saved: tokens, cost, credits and minutes
    Saved {
        #[command(flatten)]
        days: Days,
    },
    /// What could be done better, each with its evidence
    Recommendations {
        /// Also those that were dismissed or sleep
        #[arg(long)]
        all: bool,
        /// Never recommend this again
        #[arg(long, value_name = "KEY", group = "said")]
        dismiss: Option<String>,
        /// Not before a moment, which `--until` names
        #[arg(long, value_name = "KEY", group = "said", requires = "until")]
        snooze: Option<String>,
        /// A moment such as 2026-12-01T09:00:00+01:00
        #[arg(long, value_name = "MOMENT", requires = "snooze")]
        until: Option<String>,
        /// Take back what was said to this
        #[arg(long, value_name = "KEY", group = "said")]
        restore: Option<String>,
    },
}

#[derive(Debug, Clone, Args)]
pub struct Usage {
    #[command(flatten)]
    pub days: Days,
    #[arg(long, value_enum, default_value_t = By::Day)]
    pub by: By,
    /// Only this account, by its name or its id
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only this project, by its name or its id
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// Comma-separated values with a line of headings
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Days {
    /// The first day, such as 2026-11-01; 29 days before the last when absent
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The last day; today when absent
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// The time zone that days are of; that of this machine when absent
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Day,
    Account,
    Project,
    Model,
}

impl By {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Account => "account",
            Self::Project => "project",
            Self::Model => "model",
        }
    }
}
