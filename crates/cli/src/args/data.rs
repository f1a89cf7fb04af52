//! What can be typed about the data as a whole: capsules, backups, secrets that were found.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `krake export`
#[derive(Debug, Args)]
pub struct Export {
    /// A new file, or a folder for one that is named by what it holds
    #[arg(long, value_name = "FILE|DIR")]
    pub to: PathBuf,
    /// One project, by its name or its id
    #[arg(long, value_name = "PROJECT", conflicts_with = "everything")]
    pub project: Option<String>,
    /// Everything but secrets; so it is without `--project` anyway
    #[arg(long)]
    pub everything: bool,
}

/// `krake restore`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Restore {
    #[command(subcommand)]
    pub command: Option<RestoreCommand>,
    /// A capsule; what is new comes in, what differs comes in beside what is here
    #[arg(required = true, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Say what would come in, and change nothing
    #[arg(long)]
    pub preview: bool,
}

#[derive(Debug, Subcommand)]
pub enum RestoreCommand {
    /// Capsules that were taken in, newest first
    List,
    /// Take an import back; what was changed since stays, and is named
    Undo {
        /// The last one when absent
        id: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Make one now, while Krake runs or without it
    Now,
    /// Newest first, and when the next ones are made
    List,
    /// Put one back; the state before is backed up first
    Restore { name: String },
    /// Do not put a backup back at the next start
    Keep,
    /// How often one is made by itself: hours, `day`, `week` or `never`
    Every {
        #[arg(value_parser = hours, value_name = "HOURS|day|week|never")]
        hours: u32,
        /// How many of those are kept
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
        keep: Option<u32>,
    },
    /// Remove one
    Remove { name: String },
}

#[derive(Debug, Subcommand)]
pub enum Secrets {
    /// What becomes of the words of secrets that are found; says it, or sets it
    Policy {
        /// `drop` (as it is from the start) or `encrypt`; for a project also `default`, what holds for
        /// all
        #[arg(value_parser = ["drop", "encrypt", "default"], value_name = "drop|encrypt|default")]
        policy: Option<String>,
        /// Of one project, by its name or its id
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
        /// With `drop` for all: also forget what is kept
        #[arg(long, conflicts_with = "project")]
        forget: bool,
    },
    /// Look through all that is stored once more, with the rules and the keys that are known today
    Rescan {
        /// Do not wait for its end; it goes on while the app or `krake serve` runs
        #[arg(long)]
        no_wait: bool,
    },
    /// What is kept: kind, token, where and when it was found; never the words
    List {
        /// Only those that this token stands for, such as `[secret:openai_key:1a2b]`
        token: Option<String>,
    },
    /// Show one on this terminal; the journal says so
    Reveal {
        /// Its id, or its token where only one has it
        #[arg(value_name = "ID|TOKEN")]
        secret: String,
    },
    /// Forget kept secrets for good
    Forget {
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        ids: Vec<String>,
        #[arg(long)]
        all: bool,
    },
}

fn hours(text: &str) -> Result<u32, String> {
    match text {
        "never" => Ok(0),
        "hour" => Ok(1),
        "day" => Ok(24),
        "week" => Ok(168),
        number => number
            .parse()
            .ok()
            .filter(|hours| (1..=8_760).contains(hours))
            .ok_or_else(|| "expected hours from 1 to 8760, day, week or never".to_owned()),
    }
}
