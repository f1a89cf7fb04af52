//! What goes out: every row of a scope, as it was at one moment, one after the other.

use futures_util::TryStreamExt as _;
use krake_domain::hash::Hash;
use krake_domain::session::Message;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row as _};
use tokio::sync::mpsc;

use super::answers::answers_of;
use super::scope::condition;
use super::{Below, CapsuleScope, Clean, Lines, NOUNS, Noun};
use crate::blobs::Blobs;
use crate::error::StoreError;
use crate::messages::parse;
use crate::store::Store;
use crate::words;

/// One thing on its way out.
#[derive(Debug)]
pub enum Out {
    /// A stretch of a transcript, or why it cannot be had.
    Raw {
        hash: Hash,
        bytes: Result<Vec<u8>, String>,
    },
    Line {
        noun: &'static Noun,
        line: Value,
    },
    Message {
        session: String,
        line: Value,
    },
    /// What an answer of the session took.
    Answer {
        session: String,
        line: Value,
    },
    Event {
        execution: String,
        line: Value,
    },
}

impl Store {
    /// Sends every row of a scope: raw stretches first, then noun after noun, and below a session its
    /// messages and answers and below an execution its events. Ends early where nobody takes them any more.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn read_out(
        &self,
        scope: CapsuleScope,
        to: mpsc::Sender<Out>,
    ) -> Result<(), StoreError> {
        // One look: what is written meanwhile is in the next capsule.
        let mut look = self.readers().begin().await?;
        let sent = send_all(&mut look, self.blobs(), scope, &to).await;
        look.rollback().await?;
        match sent {
            Err(Broken::Store(error)) => Err(error),
            Ok(()) | Err(Broken::NobodyTakes) => Ok(()),
        }
    }
}

enum Broken {
    Store(StoreError),
    NobodyTakes,
}

impl From<sqlx::Error> for Broken {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn send(to: &mpsc::Sender<Out>, out: Out) -> Result<(), Broken> {
    to.send(out).await.map_err(|_| Broken::NobodyTakes)
}

async fn send_all(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    scope: CapsuleScope,
    to: &mpsc::Sender<Out>,
) -> Result<(), Broken> {
    send_raw(connection, blobs, scope, to).await?;
    for noun in NOUNS {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "select {} from {} where {} order by {}",
            noun.names(),
            noun.from,
            condition(noun.name),
            noun.key
        )))
        .bind(scope.project())
        .fetch_all(&mut *connection)
        .await?;
        let mut ids = Vec::new();
        for row in rows {
            let line = noun.line(&row)?;
            if matches!(noun.name, "sessions" | "executions") {
                ids.extend(line["id"].as_str().map(str::to_owned));
            }
            send(to, Out::Line { noun, line }).await?;
        }
        for id in &ids {
            match noun.name {
                "sessions" => send_messages(connection, id, to).await?,
                _ => send_events(connection, blobs, id, to).await?,
            }
        }
        if noun.name == "sessions" {
            for session in ids {
                for line in answers_of(connection, &session).await? {
                    let session = session.clone();
                    send(to, Out::Answer { session, line }).await?;
                }
            }
        }
    }
    Ok(())
}

async fn send_raw(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    scope: CapsuleScope,
    to: &mpsc::Sender<Out>,
) -> Result<(), Broken> {
    let hashes: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "select distinct kept_hash from file_parts
         where file in (select file from files where {}) order by kept_hash",
        condition("files")
    )))
    .bind(scope.project())
    .fetch_all(connection)
    .await?;
    for hash in hashes {
        let hash = words::parse(&hash)?;
        let bytes = blobs.get(hash).await.map_err(|error| error.to_string());
        send(to, Out::Raw { hash, bytes }).await?;
    }
    Ok(())
}

async fn send_messages(
    connection: &mut SqliteConnection,
    session: &str,
    to: &mpsc::Sender<Out>,
) -> Result<(), Broken> {
    let mut rows = message_rows(connection, session);
    while let Some(row) = rows.try_next().await? {
        let out = Out::Message {
            session: session.to_owned(),
            line: message_line(&row)?,
        };
        send(to, out).await?;
    }
    Ok(())
}

/// The messages of a session as they would go out; only the first ones, where `most` says so.
pub(super) async fn below_session(
    connection: &mut SqliteConnection,
    session: &str,
    most: Option<u64>,
    clean: &Clean,
) -> Result<Lines, StoreError> {
    let mut below = Below::default();
    let mut left = most.unwrap_or(u64::MAX);
    let mut rows = message_rows(connection, session);
    while left > 0
        && let Some(row) = rows.try_next().await?
    {
        left -= 1;
        let mut line = message_line(&row)?;
        clean(&mut line["message"]);
        below.add(&line);
    }
    Ok(below.lines())
}

fn message_rows<'c>(
    connection: &'c mut SqliteConnection,
    session: &str,
) -> futures_util::stream::BoxStream<'c, Result<sqlx::sqlite::SqliteRow, sqlx::Error>> {
    sqlx::query(
        "select position, key, message from messages where session_id = $1
         order by position, key",
    )
    .bind(session.to_owned())
    .fetch(connection)
}

/// Without the id of its session, which may be another one elsewhere.
fn message_line(row: &sqlx::sqlite::SqliteRow) -> Result<Value, StoreError> {
    let message: Message = parse(&row.try_get::<String, _>("message")?)?;
    Ok(json!({
        "position": row.try_get::<i64, _>("position")?,
        "key": row.try_get::<String, _>("key")?,
        "message": message,
    }))
}

async fn send_events(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    execution: &str,
    to: &mpsc::Sender<Out>,
) -> Result<(), Broken> {
    for line in event_lines(connection, blobs, execution).await? {
        let execution = execution.to_owned();
        send(to, Out::Event { execution, line }).await?;
    }
    Ok(())
}

/// The events of an execution as they would go out.
pub(super) async fn below_execution(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    execution: &str,
    clean: &Clean,
) -> Result<Lines, StoreError> {
    let mut below = Below::default();
    for mut line in event_lines(connection, blobs, execution).await? {
        clean(&mut line["event"]);
        below.add(&line);
    }
    Ok(below.lines())
}

async fn event_lines(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    execution: &str,
) -> Result<Vec<Value>, StoreError> {
    let rows: Vec<crate::journal::Row> = sqlx::query_as(
        "select seq, workspace_id, execution_id, version, at, payload, payload_blob, payload_hash
         from journal where execution_id = $1 order by seq",
    )
    .bind(execution.to_owned())
    .fetch_all(&mut *connection)
    .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        // What was erased has nothing to show.
        if let Some(record) = row.hydrate(blobs).await? {
            lines.push(json!({ "seq": record.seq, "at": record.at.0, "event": record.event }));
        }
    }
    if lines.is_empty() {
        let rows: Vec<(i64, i64, String)> = sqlx::query_as(
            "select seq, at, event from archived_events where execution_id = $1 order by seq",
        )
        .bind(execution.to_owned())
        .fetch_all(connection)
        .await?;
        for (seq, at, text) in rows {
            let event: Value = serde_json::from_str(&text)
                .map_err(|error| StoreError::Corrupt(format!("an archived event: {error}")))?;
            lines.push(json!({ "seq": seq, "at": at, "event": event }));
        }
    }
    Ok(lines)
}
