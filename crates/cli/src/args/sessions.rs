//! What can be typed about projects and sessions, and about bringing them in.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Projects {
    /// Folders that AI tools on this machine worked in and that no project holds
    Found,
    /// Begin one
    Add {
        /// Without it the project is called like its folder
        #[arg(required_unless_present = "folder")]
        name: Option<String>,
        #[command(flatten)]
        facts: ProjectFacts,
    },
    /// Those last worked on first
    List {
        #[arg(long, value_enum)]
        status: Option<ProjectStatus>,
    },
    /// One project with its sessions and the state of its folder
    Show {
        /// Its id or its name
        project: String,
    },
    /// Change what is named
    Change {
        /// Its id or its name
        project: String,
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        facts: ProjectFacts,
        #[command(flatten)]
        lists: ProjectLists,
    },
    /// The branches of its repository, the last committed to first
    Branches {
        /// Its id or its name
        project: String,
    },
    /// Check out another branch, where nothing would be lost
    Switch {
        /// Its id or its name
        project: String,
        branch: String,
    },
    /// Whether its work is committed before it is handed over
    CommitRule {
        /// Its id or its name
        project: String,
        #[arg(value_enum)]
        when: CommitWhen,
        /// The branch that begins with it, with {date}, {time} and {account}; empty: the one that is
        /// checked out
        #[arg(long, value_name = "PATTERN")]
        branch: Option<String>,
    },
    /// Forget it; its sessions stay
    Remove {
        /// Its id or its name
        project: String,
    },
}

/// When work is committed before a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CommitWhen {
    Never,
    Ask,
    Always,
}

/// What a project can be told about.
#[derive(Debug, Args)]
pub struct ProjectFacts {
    #[arg(long)]
    pub description: Option<String>,
    #[arg(long, value_enum)]
    pub status: Option<ProjectStatus>,
    /// The folder that it lies in; sessions of AI tools there become the project's
    #[arg(long, value_name = "DIR")]
    pub folder: Option<String>,
    /// Something to be reached; may be repeated
    #[arg(long = "objective", value_name = "TEXT")]
    pub objectives: Vec<String>,
    /// A path that every briefing is to mention; may be repeated
    #[arg(long = "pin", value_name = "PATH")]
    pub pinned: Vec<String>,
}

/// What becomes of things that a project has; `--objective` and `--pin` add to them.
#[derive(Debug, Args)]
pub struct ProjectLists {
    /// An objective that is reached, by its number from 1; may be repeated
    #[arg(long = "done", value_name = "N")]
    pub done: Vec<usize>,
    /// An objective that is none any more, by its number from 1; may be repeated
    #[arg(long = "drop", value_name = "N")]
    pub dropped: Vec<usize>,
    /// A pinned path that is none any more; may be repeated
    #[arg(long = "unpin", value_name = "PATH")]
    pub unpinned: Vec<String>,
}

/// Where a project stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProjectStatus {
    Planned,
    Active,
    Paused,
    Done,
}

#[derive(Debug, Subcommand)]
pub enum Sessions {
    /// The last ended first
    List {
        /// A project's id or name
        #[arg(long)]
        project: Option<String>,
        #[arg(long)]
        account: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// `next` of the page before
        #[arg(long)]
        cursor: Option<String>,
    },
    /// One session with its messages
    Show {
        id: String,
        /// The position of the first message that is shown
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// Messages at most; 0 shows none
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Record that one begins
    Start {
        /// A project's id or name
        #[arg(long)]
        project: Option<String>,
        #[arg(long)]
        account: Option<String>,
        /// A word of your own
        #[arg(long = "type", value_name = "WORD")]
        session_type: Option<String>,
        /// Something to be reached; may be repeated
        #[arg(long = "objective", value_name = "TEXT")]
        objectives: Vec<String>,
        #[arg(long)]
        title: Option<String>,
    },
    /// Say whose it is, or move it into another project
    Change {
        id: String,
        /// The project that it goes to, by id or name
        #[arg(long, value_name = "P")]
        project: Option<String>,
        /// The account that did the work
        #[arg(long)]
        account: Option<String>,
        #[arg(long)]
        title: Option<String>,
    },
    /// It has ended, now or at a moment
    End {
        id: String,
        /// In the unit of its account
        #[arg(long)]
        credits_used: Option<f64>,
        /// RFC 3339
        #[arg(long)]
        at: Option<String>,
    },
}

/// `krake import`
#[derive(Debug, Args)]
pub struct Import {
    /// A transcript, an archive of an export, or a folder of them
    #[arg(value_name = "FILE|DIR")]
    pub path: String,
    /// The project that all of it goes to, by id or name; without one the folders decide. What is in
    /// another project stays there
    #[arg(long, value_name = "P")]
    pub project: Option<String>,
    /// The account that did the work
    #[arg(long)]
    pub account: Option<String>,
    /// `auto`, claude_code, codex, gemini_cli, goose, chatgpt, claude_ai, cursor, messages, neutral or markdown
    #[arg(long, default_value = "auto")]
    pub format: String,
}

/// `krake capture`
#[derive(Debug, Args)]
pub struct Capture {
    /// The project, by id or name
    #[arg(long, value_name = "P")]
    pub project: String,
    /// The text; `-` or nothing reads stdin
    #[arg(value_name = "TEXT")]
    pub text: Vec<String>,
    #[arg(long)]
    pub title: Option<String>,
    #[arg(long)]
    pub account: Option<String>,
    /// Where it comes from: an address, a program
    #[arg(long)]
    pub origin: Option<String>,
}
