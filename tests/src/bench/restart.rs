//! A process dies in the middle of a long chain; how soon does the next one do something new?

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use krake_domain::event::Event;
use krake_store::Store;

/// What a restart after `kill -9` cost.
pub struct Restart {
    /// From the start of the process to the first new durable step.
    pub first_step: Duration,
    /// Steps that had finished and ran again.
    pub again: usize,
    pub finished_before: usize,
}

/// Runs a chain in a child, kills it after `kill_at` finished steps, and starts another child.
pub async fn measure(home: &Path, steps: usize, kill_at: usize) -> Result<Restart> {
    let mut child = chain_child(home, &["begin", &steps.to_string()])?;
    let lines = BufReader::new(child.stdout.take().context("the child has a pipe")?).lines();
    for line in lines {
        if line?.parse::<usize>().is_ok_and(|done| done >= kill_at) {
            break;
        }
    }
    child.kill()?;
    child.wait()?;
    let before = Instant::now();
    let mut child = chain_child(home, &["go-on"])?;
    let mut lines = BufReader::new(child.stdout.take().context("the child has a pipe")?).lines();
    lines.next().context("the child reports its first step")??;
    let first_step = before.elapsed();
    for line in lines {
        line?;
    }
    ensure!(child.wait()?.success(), "the second child did not end well");
    let store = Store::open_reader(home).await?;
    let mut finished = std::collections::BTreeMap::new();
    for record in store.events_after(0, None, 1_000_000).await? {
        if let Event::AttemptSucceeded { step, .. } = record.event {
            *finished.entry(step).or_insert(0usize) += 1;
        }
    }
    ensure!(
        finished.len() == steps,
        "{} of {steps} steps finished",
        finished.len()
    );
    Ok(Restart {
        first_step,
        again: finished.values().map(|times| times - 1).sum(),
        finished_before: kill_at,
    })
}

fn chain_child(home: &Path, args: &[&str]) -> Result<std::process::Child> {
    let program = std::env::current_exe()?;
    Ok(Command::new(program)
        .arg("child")
        .arg(home)
        .args(args)
        .stdout(Stdio::piped())
        .spawn()?)
}
