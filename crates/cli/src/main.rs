//! `krake`: the command line. It carries what was typed to the door and prints what comes back.
//!
//! What it deliberately does not do: no domain rule, no state, no SQL; every command is an entry of
//! the api's table, whether it runs here or in the process that owns the data folder.
//! **Invariant:** one document on stdout, everything else on stderr, and an exit code that a script
//! can decide on.
//!
//! Reading order: what can be typed, how it is written and ends, the way to the core, the commands.

mod args;
mod exit;

mod columns;
mod out;

mod door;
mod remote;

mod ask;
mod follow;
mod keyboard;
mod price_line;
mod progress;
mod signals;
mod snapshot;

mod account_add;
mod account_edit;
mod accounts;
mod approvals;
mod audit;
mod backups;
mod brief;
mod budgets;
mod capsules;
mod compression;
mod db;
mod doctor;
mod executions;
mod handoff;
mod hidden;
mod imports;
mod inbox;
mod inputs;
mod insights;
mod knowledge;
mod listings;
mod log;
mod mcp;
mod meaning;
mod named;
mod plan;
mod policies;
mod projects;
mod prose;
mod replaced;
mod request;
mod rescan;
mod run;
mod search;
mod secrets;
mod serve;
mod sessions;
mod status;
mod text;
mod transcript_file;
mod vault;
mod verbs;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command, set_apart};
use crate::exit::{Exit, Stopped};
use crate::out::{Out, say};

fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(set_apart(std::env::args_os())) {
        Ok(cli) => cli,
        Err(error) => return wrong_usage(&error),
    };
    let out = Out {
        json: cli.global.json,
        quiet: cli.global.quiet,
    };
    let as_json = out.json || asks_for_json();
    log::start();
    let ended = begin().and_then(|()| runtime()).and_then(|runtime| {
        let ended = runtime.block_on(dispatch(cli, out));
        // A thread that still reads a terminal must not keep the process.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(exit) => exit.into(),
        Err(stopped) => {
            if !matches!(stopped, Stopped::BrokenPipe) {
                if as_json {
                    out.refusal(&stopped);
                }
                say(&format!("krake: {stopped}"));
                if let Some(hint) = stopped.hint() {
                    say(&format!("  {hint}"));
                }
            }
            stopped.exit().into()
        }
    }
}

/// `krake do VERB --json` has the switch among the fields of the verb, and a line that cannot be read
/// has it anywhere.
fn asks_for_json() -> bool {
    std::env::args_os().any(|word| word == "--json")
}

/// What clap says, and for scripts the same as a document. Help and versions are no faults.
fn wrong_usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && asks_for_json() {
        let out = Out {
            json: true,
            quiet: false,
        };
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        out.refusal(&Stopped::usage(message));
    }
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

async fn dispatch(cli: Cli, out: Out) -> Result<Exit, Stopped> {
    if let Command::Completions { shell } = cli.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "krake", &mut script);
        out.text(&String::from_utf8_lossy(&script))?;
        return Ok(Exit::Done);
    }
    let home = krake_runtime::home::resolve(cli.global.home)
        .map_err(|error| Stopped::Other(error.into()))?;
    match cli.command {
        Command::Ask(args) => request::run(&home, out, args).await,
        Command::Do(args) => verbs::run(&home, out, args).await,
        Command::Run(args) => run::run(&home, out, args).await,
        Command::Plan(args) => plan::run(&home, out, args).await,
        Command::Status => status::run(&home, out).await,
        Command::Executions(args) => executions::run(&home, out, args).await,
        Command::Inbox(args) => inbox::run(&home, out, args).await,
        Command::Approvals(args) => approvals::run(&home, out, args).await,
        Command::Policies(args) => policies::run(&home, out, args).await,
        Command::Accounts(args) => accounts::run(&home, out, args).await,
        Command::Insights(args) => insights::run(&home, out, args).await,
        Command::Budgets(args) => budgets::run(&home, out, args).await,
        Command::Vault(args) => vault::run(&home, out, args).await,
        Command::Secrets(args) => secrets::run(&home, out, args).await,
        Command::Brief(args) => brief::run(&home, out, &args).await,
        Command::Compression(args) => compression::run(&home, out, args).await,
        Command::Search(args) => search::run(&home, out, args).await,
        Command::Meaning(args) => meaning::run(&home, out, args).await,
        Command::Handoff(args) => handoff::run(&home, out, args).await,
        Command::Snapshot(args) => snapshot::run(&home, out, args).await,
        Command::Knowledge(args) => knowledge::run(&home, out, args).await,
        Command::Projects(args) => projects::run(&home, out, args).await,
        Command::Sessions(args) => sessions::run(&home, out, args).await,
        Command::Import(args) => imports::import(&home, out, args).await,
        Command::Capture(args) => imports::capture(&home, out, args).await,
        Command::Export(args) => capsules::export(&home, out, args).await,
        Command::Restore(args) => capsules::restore(&home, out, args).await,
        Command::Backup(args) => backups::run(&home, out, args).await,
        Command::Tools(_) => listings::tools(&home, out).await,
        Command::Playbooks(args) => listings::playbooks(&home, out, args).await,
        Command::Audit(args) => audit::run(&home, out, args).await,
        Command::Db(args) => db::run(&home, out, &args),
        Command::Serve(args) => serve::run(&home, out, args).await,
        Command::Mcp => mcp::run(&home).await,
        Command::Doctor => doctor::run(&home, out).await,
        Command::Completions { .. } => Ok(Exit::Done),
    }
}

fn begin() -> Result<(), Stopped> {
    krake_edge::limits::begin().map_err(|limit| Stopped::Other(limit.into()))
}

/// Two threads carry everything; memory and wake-ups at idle stay small.
fn runtime() -> Result<tokio::runtime::Runtime, Stopped> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("starting the async runtime")
        .map_err(Stopped::Other)
}
