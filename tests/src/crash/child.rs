//! The process that is killed: a runtime with the ledger's hands and a person at the gates.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use krake_domain::event::Event;
use krake_domain::id::WorkspaceId;
use krake_domain::principal::Principal;
use krake_engine::plan::{check, parse};
use krake_runtime::{Drive, NewExecution, Options, Runtime, start};
use serde_json::{Map, json};
use tokio::sync::broadcast::error::RecvError;
use tracing_subscriber::layer::SubscriberExt;

use super::kill::DieAt;
use super::{hands, person};

/// Executions that a fresh data folder is given.
pub const EXECUTIONS: usize = 3;
const PLAN: &str = include_str!("plan.yaml");

/// `child HOME LEDGER_PORT KILL|- [forget-keys]`
pub async fn main(args: &[String]) -> Result<()> {
    let home = PathBuf::from(args.first().context("a data folder")?);
    let ledger: u16 = args.get(1).context("the ledger's port")?.parse()?;
    if let Some(die) = args.get(2).and_then(|argument| DieAt::parse(argument)) {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(die))?;
    }
    let forgets_keys = args.get(3).is_some_and(|word| word == "forget-keys");
    let runtime = start(Options {
        home,
        drive: Drive::All,
        more_tools: hands::all(ledger, forgets_keys),
    })
    .await?;
    let mut commits = runtime.subscribe();
    let person = tokio::spawn(person::answer_all(runtime.clone(), ledger));
    begin(&runtime).await?;
    while !runtime.store().unfinished().await?.is_empty() {
        match commits.recv().await {
            Ok(commit) => commit.records.iter().for_each(acknowledge),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => break,
        }
    }
    person.abort();
    runtime.stop().await?;
    Ok(())
}

/// Gives a folder its executions, as far as an earlier process has not.
async fn begin(runtime: &Runtime) -> Result<()> {
    let known = runtime
        .store()
        .list_executions(krake_store::ExecutionFilter {
            limit: 100,
            ..Default::default()
        })
        .await?
        .rows
        .len();
    let parsed = parse(PLAN).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    check(&parsed, runtime.catalog()).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    for number in known..EXECUTIONS {
        let inputs = Map::from_iter([("run".to_owned(), json!(format!("run{number}")))]);
        let new = NewExecution {
            plan: parsed.plan.clone(),
            inputs,
            source: "crash".to_owned(),
            folder: None,
            by: Principal::owner(),
            workspace: WorkspaceId::PERSONAL,
            start: true,
        };
        runtime.propose(new).await?;
    }
    ensure!(known <= EXECUTIONS, "more executions than were begun");
    Ok(())
}

/// What is said here was durable before: the harness holds the process to it.
fn acknowledge(record: &krake_domain::event::Record) {
    if let Event::AttemptSucceeded { step, .. } = &record.event {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{} {step}", record.execution);
        let _ = out.flush();
    }
}
