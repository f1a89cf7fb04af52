//! What there is and what runs, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::view::moment::now;

/// Numbers of one data folder.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StatsView {
    /// Executions that are at work.
    pub running: u64,
    /// Threads of the inbox that need an answer and do not sleep.
    pub waiting: u64,
    /// Executions by status; a status that none has is absent.
    pub executions: BTreeMap<String, u64>,
    /// Sessions that were imported.
    pub sessions: u64,
    /// Projects that are active.
    pub projects: u64,
    /// Knowledge entries, those that were superseded not counted.
    pub knowledge: u64,
    /// What is wrong with the storage; absent when nothing is.
    pub trouble: Option<String>,
}

/// `stats`
pub async fn stats(ctx: Ctx, _: Nothing) -> Result<StatsView, ApiError> {
    let runtime = ctx.runtime()?;
    let counts = runtime.store().counts().await?;
    let executions: BTreeMap<String, u64> = counts
        .executions
        .iter()
        .map(|(status, count)| (status.as_str().to_owned(), *count))
        .collect();
    Ok(StatsView {
        running: executions.get("running").copied().unwrap_or(0)
            + executions.get("cancelling").copied().unwrap_or(0),
        waiting: runtime.store().threads_waiting(now()).await?,
        executions,
        sessions: counts.sessions,
        projects: counts.projects,
        knowledge: counts.knowledge,
        trouble: runtime.trouble().borrow().clone(),
    })
}
