//! Limits from the logs that tools on this machine write anyway. The logs are only read, and only
//! their ends.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use krake_domain::account::Account;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::limit::LimitSeen;
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use krake_engine::accounts::{Traces, account_of_session, accounts_of_tool};
use krake_store::{SessionRow, Tag};
pub use krake_transcripts::Tool;
use krake_transcripts::limits_in;
use tokio::sync::broadcast::error::RecvError;

use super::AccountError;
use crate::handle::Runtime;
use crate::inner::places::Places;

/// The newest logs; what they say outweighs the rest.
const MOST_LOGS: usize = 12;
/// So much of the end of each.
const END_BYTES: u64 = 256 << 10;
/// Changes within this time are read together.
const REST: Duration = Duration::from_secs(3);
/// Folders that are looked into; a store with more is older than what matters here.
const MOST_FOLDERS: usize = 2_000;

/// What the logs of one tool came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    pub tool: Tool,
    pub outcome: LearnOutcome,
}

/// Whose the limits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LearnOutcome {
    /// So many looks were kept for this account.
    Kept { account: String, looks: usize },
    /// The logs say nothing about limits, or are not there.
    Nothing,
    /// A log does not say whose it is, and several accounts could be meant, or none.
    Unclear { accounts: usize },
}

impl Runtime {
    /// Reads the limits that Claude Code and Codex wrote into their logs, and keeps them for the
    /// account that can be meant: the only active one of that kind.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn learn_from_logs(&self) -> Result<Vec<Learned>, AccountError> {
        let read = tokio::task::spawn_blocking(|| read_all(&Places::of_user())).await;
        let accounts = self.store().list_accounts(WorkspaceId::PERSONAL).await?;
        let mut learned = Vec::new();
        for (tool, looks) in read.unwrap_or_default() {
            let outcome = self.keep(&accounts, tool, looks).await?;
            learned.push(Learned { tool, outcome });
        }
        Ok(learned)
    }

    /// The same from the logs of these sessions.
    async fn learn_of(&self, sessions: BTreeSet<SessionId>) -> Result<(), AccountError> {
        let store = self.store();
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        for id in sessions {
            let Some(row) = store.find_session(id).await? else {
                continue;
            };
            let Some(account) = at_a_limit(&row, &accounts) else {
                continue;
            };
            // What is kept already is no news, and would be a commit for nothing.
            let known = store.list_limits(account.id).await?;
            let mut looks = end_of_log(&row).await;
            looks.retain(|look| !known.contains(look));
            store.keep_limits(account.id, looks).await?;
        }
        Ok(())
    }

    async fn keep(
        &self,
        accounts: &[Account],
        tool: Tool,
        looks: Vec<LimitSeen>,
    ) -> Result<LearnOutcome, AccountError> {
        if looks.is_empty() {
            return Ok(LearnOutcome::Nothing);
        }
        let format = match tool {
            Tool::ClaudeCode => "claude_code",
            Tool::Codex => "codex",
        };
        let meant: Vec<&Account> = accounts_of_tool(accounts, format, true).collect();
        let [account] = meant.as_slice() else {
            return Ok(LearnOutcome::Unclear {
                accounts: meant.len(),
            });
        };
        let count = looks.len();
        self.store().keep_limits(account.id, looks).await?;
        Ok(LearnOutcome::Kept {
            account: account.name.clone(),
            looks: count,
        })
    }
}

/// Whose a session is whose log tells of a limit, or of windows.
pub(crate) fn at_a_limit<'a>(row: &SessionRow, accounts: &'a [Account]) -> Option<&'a Account> {
    account_of_session(accounts, traces(row, true))
}

/// Whose any session is. Its log is only read where it is not clear without.
pub(crate) async fn account_of<'a>(
    row: &SessionRow,
    accounts: &'a [Account],
) -> Option<&'a Account> {
    match account_of_session(accounts, traces(row, false)) {
        Some(account) => Some(account),
        None if end_of_log(row).await.is_empty() => None,
        None => at_a_limit(row, accounts),
    }
}

fn traces(row: &SessionRow, tells_of_a_plan: bool) -> Traces<'_> {
    Traces {
        named: row.account_id.as_deref(),
        format: &row.source,
        tells_of_a_plan,
    }
}

/// The limits that the end of a session's own log tells.
pub(crate) async fn end_of_log(row: &SessionRow) -> Vec<LimitSeen> {
    let tool = match row.source.as_str() {
        "claude_code" => Tool::ClaudeCode,
        "codex" => Tool::Codex,
        _ => return Vec::new(),
    };
    let path = row.path.clone();
    let read = tokio::task::spawn_blocking(move || {
        let path = Path::new(&path);
        let root = Root::open(path.parent()?).ok()?;
        let name = InnerPath::parse(path.file_name()?.to_str()?).ok()?;
        root.read_end(&name, END_BYTES).ok()
    });
    limits_in(&read.await.ok().flatten().unwrap_or_default(), tool)
}

/// Keeps what the logs of sessions tell of the limits of their accounts as they are followed, for as
/// long as the process lives.
pub(crate) async fn follow(runtime: Runtime) {
    let mut commits = runtime.subscribe();
    let stopping = runtime.stopping();
    let mut changed: BTreeSet<SessionId> = BTreeSet::new();
    loop {
        let rested = tokio::time::sleep(REST);
        tokio::pin!(rested);
        loop {
            let commit = tokio::select! {
                () = stopping.cancelled() => return,
                () = &mut rested, if !changed.is_empty() => break,
                commit = commits.recv() => commit,
            };
            match commit {
                Ok(commit) => {
                    let sessions = commit.tags.iter().filter_map(|tag| match tag {
                        Tag::Session(id) => Some(*id),
                        _ => None,
                    });
                    if changed.len() < MOST_LOGS {
                        changed.extend(sessions);
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
        if let Err(error) = runtime.learn_of(std::mem::take(&mut changed)).await {
            tracing::warn!(%error, "what a log tells of limits was not kept");
        }
    }
}

fn read_all(places: &Places) -> Vec<(Tool, Vec<LimitSeen>)> {
    let claude = places.claude.iter().map(|folder| (folder.clone(), 1));
    let codex = places.codex.iter().map(|home| (home.join("sessions"), 3));
    vec![
        (Tool::ClaudeCode, read_stores(claude, Tool::ClaudeCode)),
        (Tool::Codex, read_stores(codex, Tool::Codex)),
    ]
}

/// A log with where it lies.
struct Log {
    root: Arc<Root>,
    path: InnerPath,
    modified: SystemTime,
}

fn read_stores(
    stores: impl Iterator<Item = (std::path::PathBuf, u8)>,
    tool: Tool,
) -> Vec<LimitSeen> {
    let mut logs = Vec::new();
    for (folder, depth) in stores {
        if let Ok(root) = Root::open(&folder) {
            let root = Arc::new(root);
            let mut left = MOST_FOLDERS;
            look(
                &root,
                &InnerPath::found(Path::new("")),
                depth,
                &mut left,
                &mut logs,
            );
        }
    }
    logs.sort_by_key(|log| std::cmp::Reverse(log.modified));
    let ends = logs.iter().take(MOST_LOGS);
    ends.filter_map(|log| log.root.read_end(&log.path, END_BYTES).ok())
        .flat_map(|end| limits_in(&end, tool))
        .collect()
}

fn look(root: &Arc<Root>, folder: &InnerPath, depth: u8, left: &mut usize, logs: &mut Vec<Log>) {
    if *left == 0 {
        return;
    }
    *left -= 1;
    // Names of days sort by time, so the newest come first where there are too many.
    for entry in root.list(folder).unwrap_or_default().into_iter().rev() {
        match (entry.kind, entry.modified) {
            (Kind::Folder, _) if depth > 0 => look(root, &entry.path, depth - 1, left, logs),
            (Kind::File, Some(modified))
                if entry
                    .path
                    .as_path()
                    .extension()
                    .is_some_and(|ending| ending == "jsonl") =>
            {
                logs.push(Log {
                    root: root.clone(),
                    path: entry.path,
                    modified,
                });
            }
            _ => {}
        }
    }
}
