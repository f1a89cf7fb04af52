use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::kill::Kill;
use super::ledger::Ledger;
use super::sabotage::Sabotage;
use super::{Config, Outcome, verdict};

/// A process that lives longer than this hangs.
const LONGEST_LIFE: Duration = Duration::from_secs(20);

/// One data folder: processes die in it as ordered, and then one may live to the end.
pub async fn run(config: &Config, order: Vec<Kill>, outcome: &mut Outcome) -> Result<()> {
    let home = tempfile::tempdir()?;
    let ledger = Ledger::default();
    let port = ledger.listen().await?;
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    outcome.trials += 1;
    let names: Vec<String> = order.iter().map(Kill::name).collect();
    let mut broken = Vec::new();
    for kill in order.into_iter().map(Some).chain([None]) {
        let died = live_once(config, home.path(), port, kill.as_ref(), &mut acknowledged).await?;
        if let (Some(kill), true) = (&kill, died) {
            outcome.kills += 1;
            *outcome.at_point.entry(kill.name()).or_default() += 1;
            if let Some(sabotage) = config.sabotage {
                sabotage.break_promise(home.path()).await?;
            }
            broken.extend(verdict::lost(home.path(), &acknowledged).await?);
        }
        if kill.is_none() && died {
            broken.push("the last process did not end by itself".to_owned());
        }
    }
    broken.extend(verdict::judge(home.path(), &ledger.arrivals(), &acknowledged).await?);
    outcome.effects += ledger.arrivals().values().map(Vec::len).sum::<usize>();
    outcome.acknowledged += acknowledged.len();
    outcome.broken.extend(
        broken
            .into_iter()
            .map(|line| format!("[{}] {line}", names.join(", "))),
    );
    Ok(())
}

/// Whether the process died rather than came to its end.
async fn live_once(
    config: &Config,
    home: &Path,
    port: u16,
    kill: Option<&Kill>,
    acknowledged: &mut BTreeSet<String>,
) -> Result<bool> {
    let argument = kill
        .and_then(Kill::argument)
        .unwrap_or_else(|| "-".to_owned());
    let mut command = Command::new(&config.program);
    command
        .arg("child")
        .arg(home)
        .arg(port.to_string())
        .arg(argument)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if config.sabotage == Some(Sabotage::Keys) {
        command.arg("forget-keys");
    }
    let mut child = command.spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("the child has a pipe")?).lines();
    let deadline = match kill {
        Some(Kill::After(time)) => *time,
        _ => LONGEST_LIFE,
    };
    let read = async {
        while let Ok(Some(line)) = lines.next_line().await {
            acknowledged.insert(line);
        }
    };
    if tokio::time::timeout(deadline, read).await.is_err() {
        child.kill().await?;
        // What it said before it died is in the pipe still.
        while let Ok(Some(line)) = lines.next_line().await {
            acknowledged.insert(line);
        }
    }
    Ok(!child.wait().await?.success())
}
