//! Messages that are looked through once more, and what goes with one that was changed: its key, its
//! line in the index and those of its neighbours, its names, its vector, the counts of its session.

use std::collections::{BTreeMap, HashSet};

use krake_domain::code_name;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::rescan::Findings;
use krake_domain::session::Message;
use sqlx::sqlite::SqliteConnection;

use super::{RescanStep, mark, note_session, written};
use crate::commit::Tag;
use crate::error::StoreError;
use crate::kept_secrets::{self, SealedSecret};
use crate::store::Store;
use crate::words;
use crate::{message_words, messages};

/// Messages that are read at once.
const MOST: i64 = 400;
/// What they have together, but for a single one that is larger.
const MOST_BYTES: i64 = 4 << 20;

/// A message as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMessage {
    pub number: i64,
    pub session: SessionId,
    pub message: Message,
    key: String,
    position: u64,
    /// As its column has it.
    text: String,
}

/// A message in which something was replaced.
#[derive(Debug, Clone)]
pub struct ChangedMessage {
    pub was: StoredMessage,
    pub message: Message,
    /// By kind.
    pub replaced: BTreeMap<String, u32>,
    /// What of it is to be kept.
    pub secrets: Vec<SealedSecret>,
}

impl Store {
    /// The next messages after this number, in the order in which they came; none at the end.
    pub async fn messages_after(&self, number: i64) -> Result<Vec<StoredMessage>, StoreError> {
        let sizes: Vec<(i64, i64)> = sqlx::query_as(
            "select number, octet_length(message) from messages where number > $1
             order by number limit $2",
        )
        .bind(number)
        .bind(MOST)
        .fetch_all(self.readers())
        .await?;
        let mut bytes = 0;
        let fitting = sizes.iter().take_while(|(_, size)| {
            let fits = bytes == 0 || bytes + size <= MOST_BYTES;
            bytes += size;
            fits
        });
        let Some((last, _)) = fitting.last() else {
            return Ok(Vec::new());
        };
        let rows: Vec<(i64, String, String, i64, String)> = sqlx::query_as(
            "select number, session_id, key, position, message from messages
             where number > $1 and number <= $2 order by number",
        )
        .bind(number)
        .bind(last)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(number, session, key, position, text)| {
                Ok(StoredMessage {
                    number,
                    session: words::parse(&session)?,
                    message: messages::parse(&text)?,
                    key,
                    position: words::count(position)?,
                    text,
                })
            })
            .collect()
    }

    /// How many there are.
    pub async fn count_messages(&self) -> Result<u64, StoreError> {
        let all: i64 = sqlx::query_scalar("select count(*) from messages")
            .fetch_one(self.readers())
            .await?;
        words::count(all)
    }

    /// Changes these messages and moves the mark. Nothing where one of them is another by now: then
    /// nothing was written, and they are read again.
    pub async fn change_messages(
        &self,
        mut step: RescanStep,
        changed: Vec<ChangedMessage>,
    ) -> Result<Option<Findings>, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                for one in &changed {
                    if !is_as_it_was(connection, &one.was).await? {
                        return Ok(None);
                    }
                }
                let mut sessions = Vec::new();
                for one in &changed {
                    let session = one.was.session;
                    step.found.changed_messages += 1;
                    step.found.count(&one.replaced);
                    change(connection, one).await?;
                    count_in_session(connection, session, &one.replaced).await?;
                    let kept =
                        kept_secrets::keep(connection, Some(session), Some(session), &one.secrets);
                    step.found.kept += u64::from(kept.await?);
                    note_session(connection, &mut step, &session.to_string()).await?;
                    sessions.push(session);
                }
                mark(connection, &step).await?;
                transaction.changed(Tag::Secrets);
                for session in sessions {
                    transaction.changed(Tag::Sessions);
                    transaction.changed(Tag::Session(session));
                }
                Ok(Some(step.found))
            })
        })
        .await
    }
}

async fn is_as_it_was(
    connection: &mut SqliteConnection,
    was: &StoredMessage,
) -> Result<bool, StoreError> {
    let now: Option<String> = sqlx::query_scalar("select message from messages where number = $1")
        .bind(was.number)
        .fetch_optional(connection)
        .await?;
    Ok(now.as_ref() == Some(&was.text))
}

async fn change(
    connection: &mut SqliteConnection,
    changed: &ChangedMessage,
) -> Result<(), StoreError> {
    let was = &changed.was;
    let (session, workspace) = (was.session.to_string(), WorkspaceId::PERSONAL.to_string());
    let text = written(&changed.message);
    forget_names(connection, &was.message.text, &changed.message.text).await?;
    let key = key_of(&was.key, &changed.message);
    let twin: Option<i64> = sqlx::query_scalar(
        "select number from messages where session_id = $1 and key = $2 and number <> $3",
    )
    .bind(session.clone())
    .bind(key.clone())
    .bind(was.number)
    .fetch_optional(&mut *connection)
    .await?;
    if twin.is_some() {
        // Its file was read again after the rules had improved: the message is there already, clean.
        sqlx::query("delete from messages where number = $1")
            .bind(was.number)
            .execute(&mut *connection)
            .await?;
    } else {
        sqlx::query("update messages set key = $2, message = $3 where number = $1")
            .bind(was.number)
            .bind(key)
            .bind(text)
            .execute(&mut *connection)
            .await?;
    }
    let own = twin.unwrap_or(was.number);
    index(connection, &session, &workspace, was.position, own).await
}

/// A message without an id of its own is told by its place and its content, so that its file, when it
/// is read again, finds it under what it has become.
fn key_of(key: &str, message: &Message) -> String {
    let place = key
        .strip_prefix("p:")
        .and_then(|rest| rest.split_once(':'))
        .and_then(|(place, _)| place.parse().ok());
    match place {
        Some(place) => messages::key_by_content(place, message),
        None => key.to_owned(),
    }
}

/// Indexes a message and those beside it anew.
async fn index(
    connection: &mut SqliteConnection,
    session: &str,
    workspace: &str,
    position: u64,
    number: i64,
) -> Result<(), StoreError> {
    let near = position.saturating_sub(2)..position + 3;
    let near = messages::around(connection, session, near).await?;
    let text: String = sqlx::query_scalar("select message from messages where number = $1")
        .bind(number)
        .fetch_one(&mut *connection)
        .await?;
    let own = messages::parse(&text)?;
    let mut all: BTreeMap<u64, &Message> = near
        .iter()
        .map(|(position, message)| (*position, message))
        .collect();
    // Two may stand at one position; this one is indexed under its own number.
    all.insert(position, &own);
    let mut numbers = BTreeMap::from([(position, number)]);
    messages::add_neighbours(connection, session, &all, &mut numbers).await?;
    message_words::index(connection, workspace, &all, &numbers, i64::MAX).await
}

/// Names that are gone from the text were part of what was replaced.
async fn forget_names(
    connection: &mut SqliteConnection,
    was: &str,
    is: &str,
) -> Result<(), StoreError> {
    let left: HashSet<&str> = code_name::each(is).collect();
    let gone: HashSet<&str> = code_name::each(was)
        .filter(|name| !left.contains(name))
        .collect();
    for name in gone {
        sqlx::query("delete from names where workspace_id = $1 and text = $2")
            .bind(WorkspaceId::PERSONAL.to_string())
            .bind(name.to_owned())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn count_in_session(
    connection: &mut SqliteConnection,
    session: SessionId,
    replaced: &BTreeMap<String, u32>,
) -> Result<(), StoreError> {
    let known: String = sqlx::query_scalar("select redactions from sessions where id = $1")
        .bind(session.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let mut counts: BTreeMap<String, u32> = super::read(&known)?;
    for (kind, times) in replaced {
        let count = counts.entry(kind.clone()).or_default();
        *count = count.saturating_add(*times);
    }
    sqlx::query("update sessions set redactions = $2 where id = $1")
        .bind(session.to_string())
        .bind(super::document(&counts))
        .execute(connection)
        .await?;
    Ok(())
}
