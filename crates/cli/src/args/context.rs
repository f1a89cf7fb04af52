//! What can be typed about context: briefings, search, handoffs, snapshots, knowledge.

use clap::{Args, Subcommand, ValueEnum};

/// `krake brief`
#[derive(Debug, Args)]
pub struct Brief {
    /// A transcript of any known format, or the archive of an export; `-` reads stdin
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present_any = ["project", "session"]
    )]
    pub input: Option<String>,
    /// Of a file with several conversations the one that is meant, by its number (1 is the newest) or
    /// words of its title; without a file a stored session, by its id
    #[arg(long, value_name = "WHICH", conflicts_with = "project")]
    pub session: Option<String>,
    /// The sessions of a project, by its name or its id
    #[arg(long, value_name = "PROJECT", conflicts_with = "input")]
    pub project: Option<String>,
    /// Put it between its marks in this file, for example `AGENTS.md`; the rest of the file stays.
    /// Without a name: the file of the project that the account of `--for` reads
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        requires = "project",
        conflicts_with = "format"
    )]
    pub into: Option<Option<std::path::PathBuf>>,
    /// The account that goes on, by its id or its name: which file it reads, and whether it can go on
    /// now
    #[arg(
        long = "for",
        value_name = "ACCOUNT",
        requires = "project",
        conflicts_with = "input"
    )]
    pub receiver: Option<String>,
    /// Tokens, by the offline estimator
    #[arg(long, value_name = "TOKENS", default_value_t = 4_000)]
    pub budget: u64,
    /// What the receiver is to achieve
    #[arg(long)]
    pub goal: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
    /// Put back what scored as lost, as far as the budget allows
    #[arg(long)]
    pub repair: bool,
    /// A lost fact, word for word as --lost tells it, that is to be in it; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub keep: Vec<String>,
    /// Say what was lost, the most needed first
    #[arg(long)]
    pub lost: bool,
    /// Let a model of this account (id or name, or `auto`) write the prose; whom it asks, what it sends
    /// and the price are said first, and lines that do not stand in their sources are dropped
    #[arg(long, value_name = "ACCOUNT|auto")]
    pub with: Option<String>,
    /// Print what would be sent, and send nothing
    #[arg(long, requires = "with", conflicts_with = "into")]
    pub preview: bool,
}

/// `krake search`
#[derive(Debug, Args)]
pub struct Search {
    /// Words, "phrases", -unwanted, a beginning such as brief*, and filters: project: account:
    /// session: role: tool: after: before:
    #[arg(
        required_unless_present = "batch",
        conflicts_with = "batch",
        value_name = "QUERY"
    )]
    pub query: Vec<String>,
    /// Only sessions of this project, by its name or its id, or of a folder, by its name or its path
    #[arg(long, value_name = "PROJECT", conflicts_with = "input")]
    pub project: Option<String>,
    /// Search a transcript file of any known format instead of the data folder; `-` reads stdin
    #[arg(long, value_name = "FILE")]
    pub input: Option<String>,
    /// Read lines {"qid","query"} from stdin, and print for each a line {"qid","ids"}, best first
    #[arg(long, requires = "input")]
    pub batch: bool,
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub limit: u32,
    /// By words alone, also where `krake meaning` is on
    #[arg(long)]
    pub words: bool,
}

/// `krake meaning`
#[derive(Debug, Subcommand)]
pub enum Meaning {
    /// How it stands: the model, how many messages have their numbers, what is in the way
    Show {
        /// Until there is nothing left to do or something is in the way
        #[arg(long)]
        wait: bool,
    },
    /// Choose the account and the model: what is sent to whom at what price is said first
    Set {
        /// An account's id or name, at OpenAI, Gemini, Ollama or whoever speaks as OpenAI does
        account: String,
        /// A model that turns texts into numbers; without it the usual one of the provider
        #[arg(long)]
        model: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Say what would be sent, and change nothing
        #[arg(long, conflicts_with = "yes")]
        preview: bool,
    },
    /// Find by words alone, and drop what the model gave
    Off,
    /// Ask the model about no further messages for now
    Pause,
    /// Go on after a pause or after what was in the way
    Resume,
}

/// How a briefing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Markdown,
    Json,
    AgentsMd,
    Messages,
}

#[derive(Debug, Subcommand)]
pub enum Handoff {
    /// Brief the next account and put it into the queue
    Create(NewHandoff),
    /// Hand a project over with everything that goes with it: snapshot, commit where that is allowed,
    /// the file that the receiver reads, the queue
    Send(SendHandoff),
    /// What `send` would do: the file that changes, what could be committed
    Plan {
        /// A project's id or name
        #[arg(long, value_name = "PROJECT")]
        project: String,
        #[arg(long, value_name = "ACCOUNT")]
        to: Option<String>,
    },
    /// Take back what nobody has claimed; a commit stays
    Withdraw { id: String },
    /// Newest first, with how much of what must not be lost each kept
    List {
        /// preparing, pending, claimed, done, withdrawn or not_sent
        #[arg(long)]
        state: Option<String>,
        /// Those of one project, by its id or name
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// One handoff with its briefing
    Show { id: String },
    /// Take a pending handoff and print its briefing
    Claim {
        id: String,
        /// The account that goes on; without it the one that it is meant for
        #[arg(long, value_name = "ACCOUNT")]
        by: Option<String>,
    },
    /// End a claimed handoff
    Done {
        id: String,
        /// What came of it
        #[arg(long)]
        note: Option<String>,
        /// Take its briefing out of the file that it was written into, where it still stands there
        #[arg(long)]
        take_out: bool,
    },
}

/// `krake handoff send`
#[derive(Debug, Args)]
pub struct SendHandoff {
    /// A project's id or name
    #[arg(long, value_name = "PROJECT")]
    pub project: String,
    #[arg(long, value_name = "ACCOUNT")]
    pub to: Option<String>,
    /// What the receiver is to achieve
    #[arg(long)]
    pub goal: Option<String>,
    /// Tokens, by the offline estimator
    #[arg(long, value_name = "TOKENS", default_value_t = 4_000)]
    pub budget: u64,
    /// A lost fact that is to be in it, as in `krake brief`; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub keep: Vec<String>,
    /// Leave AGENTS.md and its like alone
    #[arg(long)]
    pub no_file: bool,
    #[command(flatten)]
    pub commit: super::CommitArgs,
}

#[derive(Debug, Args)]
pub struct NewHandoff {
    /// A transcript, a text, or the archive of an export; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub input: Option<String>,
    /// Of a file with several conversations the one that is meant, as in `krake brief`
    #[arg(long, value_name = "WHICH", requires = "input")]
    pub session: Option<String>,
    /// Imported sessions of this folder and below; without `--input` and `--project` the current one
    #[arg(long, value_name = "DIR")]
    pub folder: Option<String>,
    /// A project's id or name
    #[arg(long, value_name = "PROJECT")]
    pub project: Option<String>,
    #[arg(long, value_name = "ACCOUNT")]
    pub from: Option<String>,
    #[arg(long, value_name = "ACCOUNT")]
    pub to: Option<String>,
    /// What the receiver is to achieve
    #[arg(long)]
    pub goal: Option<String>,
    /// Tokens, by the offline estimator
    #[arg(long, value_name = "TOKENS", default_value_t = 4_000)]
    pub budget: u64,
    /// A lost fact that is to be in it, as in `krake brief`; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub keep: Vec<String>,
    /// Let a model of this account (id or name, or `auto`) write the prose, as in `krake brief`
    #[arg(long, value_name = "ACCOUNT|auto")]
    pub with: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Snapshot {
    /// Freeze the context as it is now
    Create {
        #[arg(long, default_value = "")]
        name: String,
        /// Sessions of this folder and below
        #[arg(long, value_name = "DIR")]
        folder: Option<String>,
        /// A project's id or name
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
    },
    /// Newest first
    List {
        /// A project's id or name
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// What is different since, or in a later snapshot
    Diff { id: String, other: Option<String> },
    /// Bring the knowledge base back to what was frozen; what came later stays
    Restore { id: String },
}

#[derive(Debug, Subcommand)]
pub enum Knowledge {
    /// Keep a new entry; the text is read from stdin when it is absent
    Add {
        title: String,
        text: Option<String>,
        #[arg(long, default_value = "practice")]
        category: String,
        /// A citation or a path; may be repeated
        #[arg(long = "source")]
        sources: Vec<String>,
    },
    /// Newest first
    List {
        #[arg(long)]
        category: Option<String>,
        /// With entries that were superseded or withdrawn
        #[arg(long)]
        all: bool,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Entries that hold these words
    Search {
        query: String,
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// One entry with what it replaced
    Show { id: String },
    /// Put a correction in place of an entry; what is left out stays as it was
    Supersede {
        id: String,
        /// The new text; `-` reads stdin
        text: Option<String>,
        #[arg(long)]
        title: Option<String>,
        #[arg(long)]
        category: Option<String>,
        /// A citation or a path, in place of the old ones; may be repeated
        #[arg(long = "source")]
        sources: Vec<String>,
    },
    /// Put what was learned between its marks in a file that other tools read
    Write {
        /// For example `AGENTS.md`; the rest of the file stays
        #[arg(value_name = "FILE")]
        path: std::path::PathBuf,
        #[arg(long)]
        category: Option<String>,
    },
}
