//! Imported sessions and their messages: an import can be repeated and adds only what is new.

use krake_domain::blob::BlobRef;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::{Message, Usage};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::messages;
use crate::row::row;
use crate::store::Store;
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
    pub title: Option<String>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub usage: Usage,
    /// The file as it was.
    pub raw: BlobRef,
    pub messages: Vec<Message>,
    pub broken_lines: u32,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The session that was there before, or the new one.
    pub session: SessionId,
    pub new_messages: u32,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub broken_lines: u32,
}

impl Store {
    /// Keeps a session and those of its messages that are new.
    pub async fn import_session(&self, session: ImportedSession) -> Result<Imported, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let id = keep_session(&mut transaction.connection, &session).await?;
                let new_messages = messages::keep(
                    &mut transaction.connection,
                    id,
                    session.workspace,
                    0,
                    &session.messages,
                )
                .await?;
                transaction.changed(Tag::Sessions);
                Ok(Imported {
                    session: id,
                    new_messages,
                })
            })
        })
        .await
    }

    /// Sessions whose folder starts with `cwd` (all without it), the last ended first.
    pub async fn list_sessions(&self, cwd: Option<&str>) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages
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
        texts
            .iter()
            .map(|text| {
                serde_json::from_str(text)
                    .map_err(|error| StoreError::Corrupt(format!("a message: {error}")))
            })
            .collect()
    }
}

/// Adds the session or brings the known one up to date; its id.
async fn keep_session(
    connection: &mut SqliteConnection,
    session: &ImportedSession,
) -> Result<SessionId, StoreError> {
    let usage = serde_json::to_string(&session.usage).expect("numbers");
    let id: String = sqlx::query_scalar(
        "insert into sessions (id, workspace_id, source, native_id, path, cwd, title, started_at,
         ended_at, usage, raw_hash, raw_bytes, broken_lines)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (workspace_id, source, native_id) do update set path = excluded.path,
         cwd = excluded.cwd, title = excluded.title, started_at = excluded.started_at,
         ended_at = excluded.ended_at, usage = excluded.usage, raw_hash = excluded.raw_hash,
         raw_bytes = excluded.raw_bytes, broken_lines = excluded.broken_lines
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
    .fetch_one(connection)
    .await?;
    words::parse(&id)
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
            usage: serde_json::from_str(&self.usage)
                .map_err(|error| StoreError::Corrupt(format!("usage: {error}")))?,
            raw: BlobRef {
                hash: words::parse(&self.raw_hash)?,
                bytes: words::count(self.raw_bytes)?,
            },
            messages: words::count(self.messages)?,
            broken_lines: words::count(self.broken_lines)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::uuid;
    use krake_domain::hash::Hash;
    use krake_domain::session::{MessageKind, Role};

    fn message(native: Option<&str>, text: &str) -> Message {
        Message {
            native_id: native.map(str::to_owned),
            role: Role::Assistant,
            kind: MessageKind::ToolCall,
            text: text.to_owned(),
            at: Some(Timestamp(5)),
            ..Message::default()
        }
    }

    fn session(native: &str, cwd: &str, messages: Vec<Message>) -> ImportedSession {
        ImportedSession {
            id: SessionId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            source: "claude_code".to_owned(),
            native_id: native.to_owned(),
            path: "/x/a.jsonl".to_owned(),
            cwd: Some(cwd.to_owned()),
            title: None,
            started_at: Some(Timestamp(1)),
            ended_at: Some(Timestamp(2)),
            usage: Usage {
                input: 7,
                ..Usage::default()
            },
            raw: BlobRef {
                hash: Hash::ZERO,
                bytes: 3,
            },
            messages,
            broken_lines: 1,
        }
    }

    #[tokio::test]
    async fn an_import_can_be_repeated_and_adds_only_what_is_new() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        // Two messages of one line share its id; one has none.
        let mut messages = vec![
            message(Some("m1"), "a"),
            message(Some("m1"), "b"),
            message(None, "c"),
        ];
        messages.extend((0..600).map(|n| message(Some(&format!("x{n}")), "more")));
        let first = session("s1", "/work/app", messages.clone());
        let done = store.import_session(first.clone()).await.unwrap();
        assert_eq!((done.session, done.new_messages), (first.id, 603));
        messages.push(message(None, "new"));
        let again = session("s1", "/work/app", messages.clone());
        let done = store.import_session(again).await.unwrap();
        assert_eq!((done.session, done.new_messages), (first.id, 1));
        assert_eq!(store.load_messages(first.id).await.unwrap(), messages);

        let other = session("s2", "/work/apple", Vec::new());
        store.import_session(other.clone()).await.unwrap();
        for (cwd, expected) in [
            (None, 2),
            (Some("/work/app"), 1),
            (Some("/work/app/"), 1),
            (Some("/work"), 2),
            (Some("/"), 2),
            (Some("/wor"), 0),
        ] {
            let rows = store.list_sessions(cwd).await.unwrap();
            assert_eq!(rows.len(), expected, "{cwd:?}");
        }
        let rows = store.list_sessions(Some("/work/app")).await.unwrap();
        assert_eq!((rows[0].messages, rows[0].usage.input), (604, 7));
    }
}
