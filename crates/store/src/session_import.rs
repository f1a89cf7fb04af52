//! Sessions that come in: an import can be repeated, adds what is new and brings the rest up to date.

use std::collections::BTreeMap;

use krake_domain::blob::BlobRef;
use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::session::{Message, MessageKind, Usage};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::drafts;
use crate::error::StoreError;
use crate::kept_secrets::{self, SealedSecret};
use crate::messages;
use crate::projects::sort_sessions;
use crate::store::Store;
use crate::usage::{self, Answer};
use crate::words;

/// A session with its messages, ready to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedSession {
    /// Used where the session is not known yet.
    pub id: SessionId,
    pub workspace: WorkspaceId,
    /// The format it was read from.
    pub source: String,
    /// Its id in its own tool, or the hash of the file.
    pub native_id: String,
    pub path: String,
    pub cwd: Option<String>,
    /// Where `cwd` really lies, links resolved, where it still exists.
    pub place: Option<String>,
    pub title: Option<String>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub usage: Usage,
    /// What answers took, as far as this piece tells it. Those without a name are all in the last one.
    pub answers: Vec<Answer>,
    /// It is the last piece of a session that was read to its end.
    pub is_whole: bool,
    /// The hash and the size of what it was read from.
    pub raw: BlobRef,
    pub messages: Vec<Message>,
    /// The position of the first of `messages`: a long session comes in several pieces.
    pub first: u64,
    pub broken_lines: u32,
    /// The project that a person named, for one that is in none yet; without it the folder decides.
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    pub session_type: String,
    pub git_branch: Option<String>,
    pub git_commit: Option<String>,
    pub model: Option<String>,
    /// The session that it was forked from, by its id in its own tool.
    pub forked_from: Option<String>,
    /// Secrets that were replaced in it, by kind.
    pub redactions: BTreeMap<String, u32>,
    /// Those of them whose words are to be kept.
    pub secrets: Vec<SealedSecret>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The session that was there before, or the new one.
    pub session: SessionId,
    /// The project that it is in now.
    pub project: Option<ProjectId>,
    pub new_messages: u32,
    /// Secrets that are kept from now on.
    pub kept_secrets: u32,
}

impl Store {
    /// Keeps a session and those of its messages that are new; those that are known are brought up
    /// to date.
    pub async fn import_session(&self, session: ImportedSession) -> Result<Imported, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let id = keep_session(connection, &session).await?;
                let project = place_session(connection, id, &session).await?;
                let kept_secrets =
                    kept_secrets::keep(connection, Some(id), Some(id), &session.secrets).await?;
                let known_to = messages::last_position(connection, &id.to_string()).await?;
                let new_messages = messages::keep(
                    connection,
                    id,
                    session.workspace,
                    session.first,
                    &session.messages,
                )
                .await?;
                let place = usage::Place {
                    session: id,
                    workspace: session.workspace,
                    source: &session.source,
                    native_id: &session.native_id,
                };
                usage::keep(connection, &place, &session.answers, session.is_whole).await?;
                let all = (session.first..).zip(&session.messages);
                if drafts::went_on(&mut transaction.connection, id, all).await? {
                    transaction.changed(Tag::Threads);
                    transaction.changed(Tag::Accounts);
                }
                if reaches_a_limit(&session, known_to) {
                    transaction.changed(Tag::Limit(id));
                }
                if kept_secrets > 0 {
                    transaction.changed(Tag::Secrets);
                }
                transaction.changed(Tag::Sessions);
                transaction.changed(Tag::Session(id));
                Ok(Imported {
                    session: id,
                    project,
                    new_messages,
                    kept_secrets,
                })
            })
        })
        .await
    }
}

/// Adds the session or brings the known one up to date; its id.
async fn keep_session(
    connection: &mut SqliteConnection,
    session: &ImportedSession,
) -> Result<SessionId, StoreError> {
    let usage = serde_json::to_string(&session.usage).expect("numbers");
    let redactions = serde_json::to_string(&session.redactions).expect("numbers by words");
    let id: String = sqlx::query_scalar(
        "insert into sessions (id, workspace_id, source, native_id, path, cwd, title, started_at,
         ended_at, usage, raw_hash, raw_bytes, broken_lines, place, account_id, session_type,
         git_branch, git_commit, model, forked_from, redactions)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
         $19, $20, $21)
         on conflict (workspace_id, source, native_id) do update set path = excluded.path,
         cwd = excluded.cwd, title = excluded.title, started_at = excluded.started_at,
         ended_at = excluded.ended_at, usage = excluded.usage, raw_hash = excluded.raw_hash,
         raw_bytes = excluded.raw_bytes, broken_lines = excluded.broken_lines,
         place = coalesce(excluded.place, place),
         account_id = coalesce(excluded.account_id, account_id),
         git_branch = excluded.git_branch, git_commit = excluded.git_commit,
         model = excluded.model, forked_from = excluded.forked_from,
         redactions = excluded.redactions
         returning id",
    )
    .bind(session.id.to_string())
    .bind(session.workspace.to_string())
    .bind(session.source.clone())
    .bind(session.native_id.clone())
    .bind(session.path.clone())
    .bind(session.cwd.clone())
    .bind(session.title.clone())
    .bind(session.started_at.map(|at| at.0))
    .bind(session.ended_at.map(|at| at.0))
    .bind(usage)
    .bind(session.raw.hash.to_string())
    .bind(words::number(session.raw.bytes))
    .bind(session.broken_lines)
    .bind(session.place.clone())
    .bind(session.account_id.clone())
    .bind(session.session_type.clone())
    .bind(session.git_branch.clone())
    .bind(session.git_commit.clone())
    .bind(session.model.clone())
    .bind(session.forked_from.clone())
    .bind(redactions)
    .fetch_one(connection)
    .await?;
    words::parse(&id)
}

/// Puts it into the project that a person named, or else into the one whose folder holds it; where it
/// is then. One that is in a project stays there: an import moves nothing that is here.
async fn place_session(
    connection: &mut SqliteConnection,
    id: SessionId,
    session: &ImportedSession,
) -> Result<Option<ProjectId>, StoreError> {
    match session.project {
        None => sort_sessions(connection, session.workspace, Some(id)).await?,
        Some(project) => {
            sqlx::query(
                "update sessions set project_id = $2, project_fixed = 1
                 where id = $1 and (project_id is null or project_id = $2)",
            )
            .bind(id.to_string())
            .bind(project.to_string())
            .execute(&mut *connection)
            .await?;
        }
    }
    let kept: Option<String> = sqlx::query_scalar("select project_id from sessions where id = $1")
        .bind(id.to_string())
        .fetch_one(connection)
        .await?;
    kept.as_deref().map(words::parse).transpose()
}

/// Whether an account ran into its limit after the last message that was known.
fn reaches_a_limit(session: &ImportedSession, known_to: Option<i64>) -> bool {
    (session.first..)
        .zip(&session.messages)
        .any(|(position, message)| {
            message.kind == MessageKind::Limit
                && known_to.is_none_or(|known| words::number(position) > known)
        })
}
