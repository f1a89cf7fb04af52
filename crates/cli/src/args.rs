//! What can be typed: the tree of commands, nothing of what they do.

mod accounts;
mod compression;
mod context;
mod data;
mod inbox;
pub mod insights;
mod owner;
mod sessions;
mod unwanted;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use krake_domain::execution::ExecutionStatus;

pub use accounts::{AccountAdd, AccountEdit, AccountRules, Accounts, BudgetOver, Budgets, Vault};
pub use compression::{By, Compression, NewRule};
pub use context::{
    Brief, Format, Handoff, Knowledge, Meaning, NewHandoff, Search, SendHandoff, Snapshot,
};
pub use data::{Backup, Export, Restore, RestoreCommand, Secrets};
pub use inbox::{CommitArgs, Inbox, State};
pub use owner::{Db, Serve};
pub use sessions::{
    Capture, CommitWhen, Import, ProjectFacts, ProjectLists, ProjectStatus, Projects, Sessions,
};
pub use unwanted::set_apart;

/// Krake's command line.
#[derive(Debug, Parser)]
#[command(
    name = "krake",
    version,
    about = "Run plans and playbooks, answer approvals, keep what was learned",
    after_help = "Exit codes: 0 done · 1 failed, or a plan is wrong · 2 wrong usage · 3 waits for a person · 4 no access · 130 cancelled",
    disable_help_subcommand = true,
    propagate_version = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The data folder; else KRAKE_HOME, else the platform's
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Machine output: one JSON document, or JSON lines for streams
    #[arg(long, global = true)]
    pub json: bool,
    /// The workspace; `personal` is the only one in this version
    #[arg(long, global = true, value_name = "NAME", default_value = "personal", value_parser = ["personal"])]
    pub workspace: String,
    /// No progress on stderr
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask for something in plain words: the plan is shown, then it runs
    Ask(Ask),
    /// Run a playbook or a plan file
    Run(Run),
    /// The plan for a request in plain words, or whether a plan file can run
    Plan(Plan),
    /// Executions: look at them and steer them
    #[command(subcommand)]
    Executions(Executions),
    /// What runs, what waits for you, what there is to work with
    Status,
    /// What waits for a person and what ended badly
    #[command(subcommand)]
    Inbox(Inbox),
    /// Answer what waits for a person
    #[command(subcommand)]
    Approvals(Approvals),
    /// Standing rules: what was allowed beyond one call
    #[command(subcommand)]
    Policies(Policies),
    /// Accounts at model providers: keys, limits, use
    #[command(subcommand)]
    Accounts(Accounts),
    /// What may be spent on models
    #[command(subcommand)]
    Budgets(Budgets),
    /// Tokens, credits and cost by day, account, project and model; what briefings saved; what could be
    /// done better
    Insights(insights::Insights),
    /// Where keys rest
    #[command(subcommand)]
    Vault(Vault),
    /// Secrets that imports found: dropped, or kept encrypted
    #[command(subcommand)]
    Secrets(Secrets),
    /// A briefing for the next account, each line with its source
    Brief(Brief),
    /// What briefings always keep, and what they never do
    #[command(subcommand)]
    Compression(Compression),
    /// Find messages by words, phrases and filters; by meaning too where `krake meaning` is on
    Search(Search),
    /// Search by meaning: off until you choose an account and a model for it
    #[command(subcommand)]
    Meaning(Meaning),
    /// The queue of handoffs from one account to the next
    #[command(subcommand)]
    Handoff(Handoff),
    /// Frozen context
    #[command(subcommand)]
    Snapshot(Snapshot),
    /// The knowledge base
    #[command(subcommand)]
    Knowledge(Knowledge),
    /// Pieces of work with a folder, objectives and sessions
    #[command(subcommand)]
    Projects(Projects),
    /// What was done by which account, imported or recorded
    #[command(subcommand)]
    Sessions(Sessions),
    /// Transcripts and exports of other tools in
    Import(Import),
    /// A piece of text into a project
    Capture(Capture),
    /// A project or everything into one file of open formats, without secrets
    Export(Export),
    /// A capsule back in: look at it, take it in, take that back
    Restore(Restore),
    /// Copies of the data folder, made and put back
    #[command(subcommand)]
    Backup(Backup),
    /// Any command of the API by its name; alone it lists them
    Do(Do),
    /// What may run
    #[command(subcommand)]
    Tools(Listing),
    /// Plans kept for reuse
    #[command(subcommand)]
    Playbooks(Playbooks),
    /// The journal as evidence
    #[command(subcommand)]
    Audit(Audit),
    /// The database itself
    #[command(subcommand)]
    Db(Db),
    /// Serve the HTTP API and the web UI, and drive all unfinished executions
    Serve(Serve),
    /// Serve other AI tools over the standard streams (Model Context Protocol)
    Mcp,
    /// Print a completion script
    Completions { shell: clap_complete::Shell },
    /// What is installed, reachable and locked
    Doctor,
}

/// `krake ask`
#[derive(Debug, Args)]
pub struct Ask {
    /// What should be done, for example "brief the repository in ~/work/foo"
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// Start at once; without a terminal that is so anyway
    #[arg(long, short)]
    pub yes: bool,
    /// A value for an input of the plan; may be repeated
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE", value_parser = pair)]
    pub inputs: Vec<(String, String)>,
    /// What to do when a step waits for a person
    #[arg(long, value_enum, default_value_t = Approve::Ask, value_name = "MODE")]
    pub approve: Approve,
}

/// `krake do`
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Do {
    /// The command's name, for example `executions.pause`
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(crate::verbs::names()))]
    pub verb: Option<String>,
    /// Its fields: `--id exe_…`, `limit=5`, `--json-input JSON` (`-` reads stdin); `--help` lists them
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "FIELDS"
    )]
    pub fields: Vec<String>,
    /// What the command takes; without one, all commands
    #[arg(long, short)]
    pub help: bool,
}

/// `krake run`
#[derive(Debug, Args)]
pub struct Run {
    /// A playbook's name, or a plan file (YAML or JSON; `-` reads it from stdin)
    #[arg(value_name = "PLAYBOOK|FILE")]
    pub what: String,
    /// A value for an input of the plan; may be repeated
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE", value_parser = pair)]
    pub inputs: Vec<(String, String)>,
    /// What to do when a step waits for a person
    #[arg(long, value_enum, default_value_t = Approve::Ask, value_name = "MODE")]
    pub approve: Approve,
    /// Leave it to the running owner and return at once
    #[arg(long, conflicts_with = "dry_run")]
    pub detach: bool,
    /// Check the plan, show its waves, its critical path and what asks; run nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What stands for the person at a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Approve {
    /// Ask on the terminal; without one, say what waits and end with 3
    Ask,
    /// Reject everything that asks
    Deny,
    /// Approve every call that asks; give failed steps up, and leave to a person what may have happened
    All,
}

/// `krake plan`: a request is one argument, so one that begins with `check` is told apart by its
/// quotes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Plan {
    #[command(subcommand)]
    pub command: Option<PlanCommand>,
    /// What should be done, in quotes
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,
    /// A value for an input of the plan; may be repeated
    #[arg(short = 'i', long = "input", value_name = "KEY=VALUE", value_parser = pair)]
    pub inputs: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// Say whether a plan file can run, and where and why it cannot
    Check {
        /// The file; `-` reads stdin
        file: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Executions {
    /// Newest first
    List {
        #[arg(long, value_parser = status)]
        status: Option<ExecutionStatus>,
        /// Words in the name or the title
        #[arg(long)]
        text: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// `next` of the page before
        #[arg(long)]
        cursor: Option<String>,
    },
    /// One execution with its steps
    Show { id: String },
    /// Start a proposed one
    Start(Drive),
    /// Let running steps finish and start nothing new
    Pause { id: String },
    /// Go on after a pause or a crash, or after a limit: with as much again as the plan allows
    Resume(Drive),
    /// Cancel running steps and end
    Cancel { id: String },
    /// Run it again: what did not end well, with the results of the rest
    Rerun {
        #[command(flatten)]
        drive: Drive,
        /// This step, or one item of it such as `b[3]`, and everything that rests on it
        #[arg(long, value_name = "STEP")]
        from: Option<String>,
        /// Return as soon as it is started; needs a running owner
        #[arg(long)]
        detach: bool,
    },
    /// Its plan, as it can be edited and given back
    #[command(disable_version_flag = true)]
    Plan {
        id: String,
        /// From 1; the one that holds now when absent
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    /// Change what has not started of a proposed or paused one
    #[command(disable_version_flag = true)]
    Revise {
        id: String,
        /// A plan file, or `-` for stdin; steps that have started must be there as they are
        file: String,
        /// The version that it was made from; else the one that the file names in its first line
        #[arg(long, value_name = "N")]
        version: Option<u32>,
    },
    /// What happened, line by line
    Logs {
        id: String,
        /// Go on until it ends
        #[arg(long, short)]
        follow: bool,
    },
    /// Its spans with times
    Trace { id: String },
    /// Durations, waits, the critical path, the time saved
    Metrics { id: String },
}

/// Commands that go on driving an execution where no owner does.
#[derive(Debug, Args)]
pub struct Drive {
    pub id: String,
    /// What to do when a step waits for a person
    #[arg(long, value_enum, default_value_t = Approve::Ask, value_name = "MODE")]
    pub approve: Approve,
}

#[derive(Debug, Subcommand)]
pub enum Approvals {
    /// What waits, or was answered
    List {
        /// Also what was answered
        #[arg(long)]
        all: bool,
    },
    /// The exact call, the diff, the reason
    Show { id: String },
    /// Yes, once, to exactly what is shown
    Approve {
        id: String,
        /// Only for an unknown outcome: it did happen
        #[arg(long)]
        happened: bool,
        /// How far the yes reaches, as far as the approval's scopes allow
        #[arg(long, value_enum, default_value_t = Reach::Once, conflicts_with = "happened")]
        scope: Reach,
    },
    /// Other arguments for the call: it is asked about anew, with the new diff
    Edit {
        id: String,
        /// A file with the arguments as one JSON object; `-` reads stdin
        #[arg(long, value_name = "FILE")]
        args: String,
    },
    /// Go on without a failed step; `approve` tries it again, `reject` gives it up
    Skip { id: String },
    /// A word in answer to a question of the plan
    Answer {
        id: String,
        /// For a choice one of its answers; empty for the default
        text: String,
    },
    /// No
    Reject {
        id: String,
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// How far a yes reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Reach {
    /// This call alone
    Once,
    /// The same tool on the same target, for the rest of this execution
    Execution,
    /// The same tool on the same target, by a rule
    Always,
    /// The same tool in the target's folder, by a rule
    AlwaysUnder,
}

#[derive(Debug, Subcommand)]
pub enum Policies {
    /// Newest first, also those that do not hold any more
    List,
    /// Take one back: from the next decision on it asks again
    Revoke { id: String },
}

#[derive(Debug, Subcommand)]
pub enum Listing {
    List,
}

#[derive(Debug, Subcommand)]
pub enum Playbooks {
    List,
    /// One playbook: its inputs and its plan
    Show {
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check the hash chain of the journal
    Verify,
    /// Every event as a JSON line
    Export {
        /// Events after this sequence number
        #[arg(long, default_value_t = 0)]
        after: u64,
    },
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

fn status(text: &str) -> Result<ExecutionStatus, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|_| {
        "expected proposed, running, waiting, paused, cancelling, done, failed, cancelled or stopped".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_tree_holds_together() {
        Cli::command().debug_assert();
    }
}
