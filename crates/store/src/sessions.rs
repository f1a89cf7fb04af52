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
                    (select count(*) from messages where session_id = sessions.id) as messages
             from sessions where id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await?;
        row.map(Row::parse).transpose()
    }

    /// One page of sessions.
    pub async fn page_sessions(
        &self,
        filter: &SessionFilter,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select sessions.*,
                    (select count(*) from messages where session_id = sessions.id) as messages
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
                    (select count(*) from messages where session_id = sessions.id) as messages
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
mod tests {
    use super::*;
    use crate::fixture::{imported, uuid};
    use crate::session_import::ImportedSession;
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
            messages,
            ..imported(native, cwd)
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

    #[tokio::test]
    async fn a_session_in_pieces_is_the_session_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let messages: Vec<Message> = (0..10)
            .map(|n| message((n % 2 == 0).then(|| format!("m{n}")).as_deref(), "text"))
            .collect();
        for piece in [0..4, 4..10] {
            let first = piece.start as u64;
            let part = ImportedSession {
                first,
                ..session("s", "/x", messages[piece].to_vec())
            };
            store.import_session(part).await.unwrap();
        }
        let mut whole = session("s", "/x", messages.clone());
        whole.messages[3].sidechain = true;
        let done = store.import_session(whole.clone()).await.unwrap();
        assert_eq!(done.new_messages, 0);
        let page = store.page_messages(done.session, 3, 2).await.unwrap();
        assert_eq!(
            page,
            [(3, whole.messages[3].clone()), (4, messages[4].clone())]
        );
        assert_eq!(store.load_messages(done.session).await.unwrap().len(), 10);
    }

    #[tokio::test]
    async fn a_recorded_session_is_listed_by_project_and_account_and_ends() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = SessionId::from_uuid(uuid());
        let recorded = RecordedSession {
            id,
            workspace: WorkspaceId::PERSONAL,
            project: None,
            account_id: Some("acc_x".to_owned()),
            session_type: "debugging".to_owned(),
            title: None,
            objectives: vec![Objective {
                text: "find it".to_owned(),
                done: false,
            }],
            started_at: Timestamp(5),
        };
        store.record_session(recorded).await.unwrap();
        for native in ["a", "b", "c"] {
            store.import_session(imported(native, "/x")).await.unwrap();
        }
        let by_account = SessionFilter {
            account_id: Some("acc_x".to_owned()),
            limit: 10,
            ..SessionFilter::default()
        };
        let rows = store.page_sessions(&by_account).await.unwrap();
        assert_eq!((rows.len(), rows[0].id), (1, id));
        assert_eq!(rows[0].objectives[0].text, "find it");
        let mut seen = Vec::new();
        let mut page = SessionFilter {
            limit: 2,
            ..SessionFilter::default()
        };
        loop {
            let rows = store.page_sessions(&page).await.unwrap();
            seen.extend(rows.iter().map(|row| row.id));
            match rows.last() {
                Some(last) => page.after = Some(last.id),
                None => break,
            }
        }
        assert_eq!((seen.len(), seen[0]), (4, id));
        let change = SessionChange {
            ended_at: Some(Timestamp(9)),
            credits_used: Some(1.5),
            ..SessionChange::default()
        };
        store.change_session(id, change).await.unwrap();
        let row = store.find_session(id).await.unwrap().unwrap();
        assert_eq!(
            (row.ended_at, row.credits_used, row.session_type.as_str()),
            (Some(Timestamp(9)), Some(1.5), "debugging")
        );
        let nobody = SessionId::from_uuid(uuid());
        assert_eq!(store.find_session(nobody).await.unwrap(), None);
        assert!(matches!(
            store.change_session(nobody, SessionChange::default()).await,
            Err(StoreError::NotFound(_))
        ));
    }

    #[tokio::test]
    async fn an_account_that_ran_into_its_limit_is_told_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let mut limit = message(Some("m2"), "resets 17:10");
        limit.kind = MessageKind::Limit;
        let whole = [message(Some("m1"), "a"), limit, message(Some("m3"), "b")];
        let mut told = Vec::new();
        for end in [1, 2, 2, 3] {
            let part = session("s1", "/x", whole[..end].to_vec());
            store.import_session(part).await.unwrap();
            let commit = commits.recv().await.unwrap();
            let is_limit = |tag: &Tag| matches!(tag, Tag::Limit(_));
            told.push(commit.tags.iter().any(is_limit));
        }
        assert_eq!(told, [false, true, false, false]);
    }
}
