//! Looking through all that is stored once more for secrets: how it stands, and a person's word to begin.
//! What is found is told by kinds and numbers, never by its words.

use std::collections::BTreeMap;

use krake_domain::id::ExecutionId;
use krake_domain::rescan::{Left, RescanStage};
use krake_runtime::{RescanStanding, Runtime};
use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::visible::visible_line;

/// How it stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RescanView {
    pub state: RescanState,
    /// What is done now, or where it stands still; absent where none was begun.
    pub stage: Option<RescanStage>,
    pub begun_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    /// Why it stands still.
    pub trouble: Option<String>,
    /// The rules of today find more than those by which some of what is stored was looked through.
    pub rules_are_newer: bool,
    /// Keys of accounts that were added after all was looked through.
    pub keys_since: u64,
    /// What the last one found; absent where none was begun.
    pub found: Option<FoundView>,
    /// Backups from before it, which still hold what it replaced.
    pub older_backups: Vec<String>,
    /// The same for copies of the database in the data folder.
    pub older_copies: Vec<String>,
}

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RescanState {
    /// Nobody has begun one.
    Never,
    Working,
    /// It was begun and goes on while the app or `krake serve` runs.
    Waiting,
    /// It stands still for a reason.
    Stopped,
    Done,
}

/// What was found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FoundView {
    /// Messages that were looked at.
    pub messages: u64,
    /// Messages there are, while it is under way.
    pub messages_in_all: Option<u64>,
    pub changed_messages: u64,
    /// Sessions in which something was changed.
    pub sessions: u64,
    /// Other rows that were changed.
    pub records: u64,
    /// Raw parts of files that were looked at.
    pub parts: u64,
    pub changed_parts: u64,
    /// Secrets that were replaced, by kind.
    pub secrets: BTreeMap<String, u64>,
    /// Those whose words are kept encrypted from now on.
    pub kept_secrets: u64,
    /// Those whose words were to be kept and could not be, and why.
    pub lost_secrets: u64,
    pub lost_because: Option<String>,
    /// Accounts whose keys could not be had, so that they were not looked for.
    pub missing_keys: u64,
    pub left: LeftView,
}

/// What holds a secret and was not changed.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LeftView {
    /// Events of the journal, and the first of the executions that they belong to.
    pub events: u64,
    pub executions: Vec<ExecutionId>,
    /// Large results of steps.
    pub results: u64,
    /// Logs of steps, by where they lie in the data folder.
    pub logs: Vec<String>,
    pub more_logs: u64,
    pub playbooks: Vec<String>,
    /// Raw parts and results that could not be looked at.
    pub unreadable: u64,
    /// The log of the database could not be emptied yet.
    pub log: bool,
}

/// `secrets.rescan`: it changes text that is stored, so a person begins it and nobody else.
pub async fn rescan(ctx: Ctx, _: Nothing) -> Result<RescanView, ApiError> {
    let by = ctx.person()?;
    let runtime = ctx.owner()?;
    runtime.rescan(by).await?;
    view(runtime).await
}

/// `secrets.rescanned`
pub async fn rescanned(ctx: Ctx, _: Nothing) -> Result<RescanView, ApiError> {
    view(ctx.runtime()?).await
}

async fn view(runtime: &Runtime) -> Result<RescanView, ApiError> {
    Ok(runtime.rescan_standing().await?.into())
}

impl From<RescanStanding> for RescanView {
    fn from(standing: RescanStanding) -> Self {
        let last = standing.last;
        let state = match &last {
            None => RescanState::Never,
            Some(last) if last.ended_at.is_some() => RescanState::Done,
            Some(_) if standing.is_working => RescanState::Working,
            Some(last) if last.trouble.is_some() => RescanState::Stopped,
            Some(_) => RescanState::Waiting,
        };
        Self {
            state,
            stage: last.as_ref().map(|last| last.stage),
            begun_at: last.as_ref().map(|last| last.begun_at.into()),
            ended_at: last
                .as_ref()
                .and_then(|last| last.ended_at)
                .map(Moment::from),
            trouble: last
                .as_ref()
                .and_then(|last| last.trouble.as_deref())
                .map(visible_line),
            rules_are_newer: standing
                .stored_by
                .is_none_or(|rules| rules < standing.rules),
            keys_since: standing.keys_since,
            found: last.map(|last| {
                let found = last.found;
                FoundView {
                    messages: found.messages,
                    messages_in_all: standing.messages,
                    changed_messages: found.changed_messages,
                    sessions: found.sessions,
                    records: found.records,
                    parts: found.parts,
                    changed_parts: found.changed_parts,
                    secrets: found.replaced,
                    kept_secrets: found.kept,
                    lost_secrets: found.lost,
                    lost_because: found.lost_because.as_deref().map(visible_line),
                    missing_keys: found.missing_keys,
                    left: found.left.into(),
                }
            }),
            older_backups: standing.backups,
            older_copies: standing.copies,
        }
    }
}

impl From<Left> for LeftView {
    fn from(left: Left) -> Self {
        let lines = |names: Vec<String>| names.iter().map(|name| visible_line(name)).collect();
        Self {
            events: left.events,
            executions: left.executions,
            results: left.results,
            logs: lines(left.logs),
            more_logs: left.more_logs,
            playbooks: lines(left.playbooks),
            unreadable: left.unreadable,
            log: left.log,
        }
    }
}
