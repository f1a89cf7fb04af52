//! Sessions, imported and recorded, with their messages: lists, pages, and what a person changes.

use std::collections::BTreeMap;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::project::Objective;
use krake_domain::session::{Message, Usage};
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A session that somebody records by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedSession {
    pub id: SessionId,
    pub workspace: WorkspaceId,
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    pub session_type: String,
    pub title: Option<String>,
    pub objectives: Vec<Objective>,
    pub started_at: Timestamp,
}

/// What is to be another; absent: as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionChange {
    pub ended_at: Option<Timestamp>,
    pub credits_used: Option<f64>,
    pub objectives: Option<Vec<Objective>>,
    pub account_id: Option<String>,
    pub project: Option<ProjectId>,
    pub title: Option<String>,
}

/// Which sessions, the last ended first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionFilter {
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    /// Sessions after this one in the list.
    pub after: Option<SessionId>,
    pub limit: u32,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    pub id: SessionId,
    pub workspace: WorkspaceId,
    pub source: String,
    pub native_id: String,
    pub path: String,
    pub cwd: Option<String>,
    pub title: Option<String>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub usage: Usage,
    pub raw: BlobRef,
    pub messages: u64,
    /// The last thing that happened: its account ran out.
    pub limited: bool,
    pub broken_lines: u32,
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    pub session_type: String,
    pub objectives: Vec<Objective>,
    pub credits_used: Option<f64>,
    pub git_branch: Option<String>,
    pub git_commit: Option<String>,
    pub model: Option<String>,
    pub forked_from: Option<String>,
    pub redactions: BTreeMap<String, u32>,
}

impl Store {
    /// Keeps a session that was begun by hand.
    pub async fn record_session(&self, session: RecordedSession) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let id = session.id.to_string();
                sqlx::query(
                    "insert into sessions (id, workspace_id, source, native_id, path, title,
                     started_at, usage, raw_hash, raw_bytes, broken_lines, project_id,
                     project_fixed, account_id, session_type, objectives)
                     values ($1, $2, 'krake', $1, '', $3, $4, $5, $6, 0, 0, $7, $8, $9, $10, $11)",
                )
                .bind(id)
                .bind(session.workspace.to_string())
                .bind(session.title)
                .bind(session.started_at.0)
                .bind(serde_json::to_string(&Usage::default()).expect("numbers"))
                .bind(Hash::of(b"").to_string())
                .bind(session.project.map(|project| project.to_string()))
                .bind(session.project.is_some())
                .bind(session.account_id)
                .bind(session.session_type)
                .bind(objectives(&session.objectives))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Sessions);
                Ok(())
            })
        })
        .await
    }

    /// Changes what is named and leaves the rest.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn change_session(
        &self,
        id: SessionId,
        change: SessionChange,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let changed = sqlx::query(
                    "update sessions set ended_at = coalesce($2, ended_at),
                            credits_used = coalesce($3, credits_used),
                            objectives = coalesce($4, objectives),
                            account_id = coalesce($5, account_id),
                            project_id = coalesce($6, project_id),
                            project_fixed = max(project_fixed, $6 is not null),
                            title = coalesce($7, title)
                     where id = $1",
                )
                .bind(id.to_string())
                .bind(change.ended_at.map(|at| at.0))
                .bind(change.credits_used)
                .bind(change.objectives.as_deref().map(objectives))
                .bind(change.account_id)
                .bind(change.project.map(|project| project.to_string()))
                .bind(change.title)
                .execute(&mut transaction.connection)
                .await?;
                if changed.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("session {id}")));
                }
                transaction.changed(Tag::Sessions);
                transaction.changed(Tag::Session(id));
                Ok(())
            })
        })
        .await
    }

    /// One session by its id.
    pub async fn find_session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages,
                    coalesce((select kind = 'limit' from messages where session_id = sessions.id
                              order by position desc limit 1), 0) as limited
             from sessions where id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await?;
        row.map(Row::parse).transpose()
    }

    /// The session that is known by this id of its own tool.
    pub async fn session_known_as(
        &self,
        workspace: WorkspaceId,
        source: &str,
        native_id: &str,
    ) -> Result<Option<SessionId>, StoreError> {
        let id: Option<String> = sqlx::query_scalar(
            "select id from sessions where workspace_id = $1 and source = $2 and native_id = $3",
        )
        .bind(workspace.to_string())
        .bind(source.to_owned())
        .bind(native_id.to_owned())
        .fetch_optional(self.readers())
        .await?;
        id.map(|id| words::parse(&id)).transpose()
    }

    /// One page of sessions.
    pub async fn page_sessions(
        &self,
        filter: &SessionFilter,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages,
                    coalesce((select kind = 'limit' from messages where session_id = sessions.id
                              order by position desc limit 1), 0) as limited
             from sessions
             where ($1 is null or project_id = $1) and ($2 is null or account_id = $2)
               and ($3 is null or (coalesce(ended_at, started_at, 0), id) < (
                   select coalesce(ended_at, started_at, 0), id from sessions where id = $3))
             order by coalesce(ended_at, started_at, 0) desc, id desc limit $4",
        )
        .bind(filter.project.map(|project| project.to_string()))
        .bind(filter.account_id.clone())
        .bind(filter.after.map(|after| after.to_string()))
        .bind(filter.limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Messages of a session with their positions, from position `from` on.
    pub async fn page_messages(
        &self,
        session: SessionId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, Message)>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select position, message from messages where session_id = $1 and position >= $2
             order by position, key limit $3",
        )
        .bind(session.to_string())
        .bind(words::number(from))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(position, text)| Ok((words::count(position)?, message(&text)?)))
            .collect()
    }

    /// Sessions that were read from this file.
    pub async fn sessions_of_file(&self, path: &str) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages,
                    coalesce((select kind = 'limit' from messages where session_id = sessions.id
                              order by position desc limit 1), 0) as limited
             from sessions where path = $1 order by id",
        )
        .bind(path.to_owned())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Sessions whose folder starts with `cwd` (all without it), the last ended first.
    pub async fn list_sessions(&self, cwd: Option<&str>) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages,
                    coalesce((select kind = 'limit' from messages where session_id = sessions.id
                              order by position desc limit 1), 0) as limited
             from sessions
             where $1 is null or rtrim(cwd, '/') = rtrim($1, '/')
                or substr(cwd, 1, length(rtrim($1, '/')) + 1) = rtrim($1, '/') || '/'
             order by coalesce(ended_at, started_at, 0) desc, id desc",
        )
        .bind(cwd.map(str::to_owned))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// The messages of a session in order.
    pub async fn load_messages(&self, session: SessionId) -> Result<Vec<Message>, StoreError> {
        let texts: Vec<String> = sqlx::query_scalar(
            "select message from messages where session_id = $1 order by position, key",
        )
        .bind(session.to_string())
        .fetch_all(self.readers())
        .await?;
        texts.iter().map(|text| message(text)).collect()
    }
}

fn message(text: &str) -> Result<Message, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("a message: {error}")))
}

fn objectives(objectives: &[Objective]) -> String {
    serde_json::to_string(objectives).expect("a list of plain data")
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        source: String,
        native_id: String,
        path: String,
        cwd: Option<String>,
        title: Option<String>,
        started_at: Option<i64>,
        ended_at: Option<i64>,
        usage: String,
        raw_hash: String,
        raw_bytes: i64,
        broken_lines: i64,
        messages: i64,
        limited: bool,
        project_id: Option<String>,
        account_id: Option<String>,
        session_type: String,
        objectives: String,
        credits_used: Option<f64>,
        git_branch: Option<String>,
        git_commit: Option<String>,
        model: Option<String>,
        forked_from: Option<String>,
        redactions: String,
    }
}

impl Row {
    fn parse(self) -> Result<SessionRow, StoreError> {
        Ok(SessionRow {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            source: self.source,
            native_id: self.native_id,
            path: self.path,
            cwd: self.cwd,
            title: self.title,
            started_at: self.started_at.map(Timestamp),
            ended_at: self.ended_at.map(Timestamp),
            usage: read(&self.usage)?,
            raw: BlobRef {
                hash: words::parse(&self.raw_hash)?,
                bytes: words::count(self.raw_bytes)?,
            },
            messages: words::count(self.messages)?,
            limited: self.limited,
            broken_lines: words::count(self.broken_lines)?,
            project: self.project_id.as_deref().map(words::parse).transpose()?,
            account_id: self.account_id,
            session_type: self.session_type,
            objectives: read(&self.objectives)?,
            credits_used: self.credits_used,
            git_branch: self.git_branch,
            git_commit: self.git_commit,
            model: self.model,
            forked_from: self.forked_from,
            redactions: read(&self.redactions)?,
        })
    }
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("a session cannot be read: {error}")))
}

#[cfg(test)]
#[path = "sessions_test.rs"]
mod tests;
