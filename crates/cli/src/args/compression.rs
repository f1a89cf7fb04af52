//! What can be typed about what briefings always keep, and what they never do.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Compression {
    /// The rules of all projects
    List {
        /// Only those that hold for this project, by its name or its id
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
    },
    /// Add a rule; where two speak of one line, never wins over always
    Add(NewRule),
    /// Take a rule away
    Remove { id: String },
}

/// `krake compression add`
#[derive(Debug, Args)]
pub struct NewRule {
    /// Always keep what this speaks of
    #[arg(
        long,
        value_name = "WORDS",
        required_unless_present = "never",
        conflicts_with = "never"
    )]
    pub keep: Option<String>,
    /// Never keep what this speaks of
    #[arg(long, value_name = "WORDS")]
    pub never: Option<String>,
    /// What the words are
    #[arg(long, value_enum, default_value_t = By::Text)]
    pub by: By,
    /// Only for this project, by its name or its id; else for all
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
}

/// What the words of a rule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// A text that stands in a line, in small or large letters
    Text,
    /// A file, or a folder with all that is below it
    File,
    /// A section: goal, last_request, constraint, decision, open_item, pinned, file, command, error, change,
    /// captured or statement
    Section,
}
