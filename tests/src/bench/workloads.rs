use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use krake_runtime::{Drive, NewExecution, Options, Runtime, start};
use serde_json::Map;
use tokio::sync::broadcast::error::RecvError;

use super::noop::Noop;
use super::plans;
use super::report::median;

/// A runtime on a fresh data folder.
pub async fn runtime(home: &Path) -> Result<Runtime> {
    Ok(start(Options {
        home: home.to_path_buf(),
        drive: Drive::Named,
        more_tools: vec![Noop::tool()],
    })
    .await?)
}

/// Writes an execution down and starts it.
pub async fn begin(runtime: &Runtime, plan: Plan) -> Result<ExecutionId> {
    let new = NewExecution {
        plan,
        inputs: Map::new(),
        source: "bench".to_owned(),
        folder: None,
        by: Principal::owner(),
        workspace: WorkspaceId::PERSONAL,
        start: true,
    };
    Ok(runtime.propose(new).await?)
}

/// A chain, with the moment at which each step became durable.
pub struct Chain {
    pub total: Duration,
    /// Between one step's commit and the next.
    pub links: Vec<Duration>,
    pub commits: usize,
}

/// W1: one execution of sequential durable steps.
pub async fn chain(runtime: &Runtime, steps: usize) -> Result<Chain> {
    let mut commits = runtime.subscribe();
    let started = Instant::now();
    let id = begin(runtime, plans::chain(steps)).await?;
    let mut moments = Vec::with_capacity(steps);
    let mut count = 0;
    loop {
        let commit = match commits.recv().await {
            Ok(commit) => commit,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => break,
        };
        count += 1;
        let mine = commit
            .records
            .iter()
            .filter(|record| record.execution == id);
        let (mut succeeded, mut ended) = (0, false);
        for record in mine {
            succeeded += usize::from(matches!(record.event, Event::AttemptSucceeded { .. }));
            ended |= matches!(record.event, Event::ExecutionEnded { .. });
        }
        moments.extend(std::iter::repeat_n(Instant::now(), succeeded));
        if ended {
            break;
        }
    }
    let total = started.elapsed();
    let links = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
    Ok(Chain {
        total,
        links,
        commits: count,
    })
}

/// One execution from the command to the end; how long it took, and in how many commits.
pub async fn one(runtime: &Runtime, plan: Plan) -> Result<(Duration, usize)> {
    let mut commits = runtime.subscribe();
    let started = Instant::now();
    let id = begin(runtime, plan).await?;
    let mut count = 0;
    loop {
        match commits.recv().await {
            Ok(commit) => {
                count += 1;
                if commit.records.iter().any(|record| {
                    record.execution == id && matches!(record.event, Event::ExecutionEnded { .. })
                }) {
                    break;
                }
            }
            Err(RecvError::Lagged(missed)) => count += usize::try_from(missed).unwrap_or(0),
            Err(RecvError::Closed) => break,
        }
    }
    let took = started.elapsed();
    ensure!(
        runtime.state(id).await?.status() == ExecutionStatus::Done,
        "the execution did not end well"
    );
    Ok((took, count))
}

/// W3: many executions at once; the whole time, and each one's.
pub async fn at_once(
    runtime: &Runtime,
    count: usize,
    plan: &Plan,
) -> Result<(Duration, Vec<Duration>)> {
    let mut commits = runtime.subscribe();
    let started = Instant::now();
    let beginners: Vec<_> = (0..count)
        .map(|_| {
            let (runtime, plan) = (runtime.clone(), plan.clone());
            tokio::spawn(async move { begin(&runtime, plan).await })
        })
        .collect();
    let mut times = Vec::with_capacity(count);
    while times.len() < count {
        match commits.recv().await {
            Ok(commit) => {
                let ended = commit
                    .records
                    .iter()
                    .filter(|record| matches!(record.event, Event::ExecutionEnded { .. }))
                    .count();
                times.extend(std::iter::repeat_n(started.elapsed(), ended));
            }
            Err(RecvError::Lagged(_)) => anyhow::bail!("the listener fell behind"),
            Err(RecvError::Closed) => break,
        }
    }
    let total = started.elapsed();
    for beginner in beginners {
        beginner.await??;
    }
    Ok((total, times))
}

/// The median of several runs of one plan.
pub async fn median_of(runtime: &Runtime, plan: &Plan, runs: usize) -> Result<(Duration, f64)> {
    let mut times = Vec::new();
    let mut commits = 0;
    for _ in 0..runs {
        let (took, count) = one(runtime, plan.clone()).await?;
        times.push(took);
        commits += count;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of commits")]
    let per_run = commits as f64 / runs as f64;
    Ok((median(&mut times), per_run))
}
