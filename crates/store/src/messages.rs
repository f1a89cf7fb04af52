//! Messages of imported sessions: each kept once, and found by its words ([`message_words`]) from the
//! same commit on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::Message;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use crate::bulk::{Batch, MOST_ROWS, put};
use crate::error::StoreError;
use crate::message_words::index;
use crate::moved;
use crate::words;

const COLUMNS: usize = 10;
/// Rows of one statement hold about so much text at most, whatever their number.
const MOST_BYTES: usize = 2 << 20;

/// Keeps those messages of a session that are new or have changed, and indexes them; how many are new.
/// They are in order, and `first` is the position of the first one: a long session comes in pieces.
pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    session: SessionId,
    workspace: WorkspaceId,
    first: u64,
    messages: &[Message],
) -> Result<u32, StoreError> {
    let newest: i64 = sqlx::query_scalar("select coalesce(max(number), 0) from messages")
        .fetch_one(&mut *connection)
        .await?;
    let (session, workspace) = (session.to_string(), workspace.to_string());
    moved::follow(connection, &session, first, messages).await?;
    let last = last_position(connection, &session).await?;
    let is_end = last.is_none_or(|last| last < words::number(first));
    let mut kept = BTreeMap::new();
    let mut rows = Rows {
        session: &session,
        workspace: &workspace,
        messages: messages.iter(),
        position: first,
        keys: Keys::default(),
    };
    let mut batch = rows.batch();
    while batch.rows > 0 {
        // The next rows are put together while these are written, which another thread does.
        let written = keep_batch(connection, &mut batch, is_end, &mut kept);
        let (written, next) = tokio::join!(biased; written, async { rows.batch() });
        written?;
        batch = next;
    }
    if is_end {
        kept = numbers_from(connection, &session, first).await?;
    }
    let new = kept.values().filter(|number| **number > newest).count();
    if !kept.is_empty() {
        let end = first + messages.len() as u64;
        let before = around(connection, &session, first.saturating_sub(2)..first).await?;
        let after = around(connection, &session, end..end + 2).await?;
        let all: BTreeMap<u64, &Message> = before
            .iter()
            .chain(&after)
            .map(|(position, message)| (*position, message))
            .chain((first..).zip(messages))
            .collect();
        add_neighbours(connection, &session, &all, &mut kept).await?;
        index(connection, &workspace, &all, &kept, newest).await?;
    }
    Ok(u32::try_from(new).unwrap_or(u32::MAX))
}

/// Keeps messages of a new session under the keys that they had elsewhere, and indexes them; `before`
/// and `after` are their neighbours, because a long session comes in pieces.
pub(crate) async fn bring(
    connection: &mut SqliteConnection,
    session: SessionId,
    workspace: WorkspaceId,
    before: Option<&Message>,
    messages: &[(u64, String, Message)],
    after: Option<&Message>,
) -> Result<(), StoreError> {
    let newest: i64 = sqlx::query_scalar("select coalesce(max(number), 0) from messages")
        .fetch_one(&mut *connection)
        .await?;
    let (session, workspace) = (session.to_string(), workspace.to_string());
    let mut batch = Batch::new(COLUMNS + 1, MOST_ROWS, MOST_BYTES);
    // Places among these, not positions: a position may be there twice.
    let mut all: BTreeMap<u64, &Message> = before.map(|one| (0, one)).into_iter().collect();
    let mut numbers = BTreeMap::new();
    for (place, (position, key, message)) in (1..).zip(messages) {
        let number = newest + words::number(place);
        let text = serde_json::to_string(message).expect("a message is plain data");
        let args = batch.row(text.len());
        put(args, session.as_str());
        put(args, key.as_str());
        put(args, workspace.as_str());
        put(args, words::number(*position));
        put(args, words::spell(&message.role));
        put(args, words::spell(&message.kind));
        put(args, message.at.map(|at| at.0));
        put(args, message.sidechain);
        put(args, tool_of(message).map(str::to_owned));
        put(args, text);
        put(args, number);
        if batch.is_full() {
            bring_batch(connection, &mut batch).await?;
        }
        all.insert(place, message);
        numbers.insert(place, number);
    }
    bring_batch(connection, &mut batch).await?;
    all.extend(after.map(|one| (messages.len() as u64 + 1, one)));
    index(connection, &workspace, &all, &numbers, newest).await
}

async fn bring_batch(
    connection: &mut SqliteConnection,
    batch: &mut Batch,
) -> Result<(), StoreError> {
    let Some((rows, args)) = batch.take() else {
        return Ok(());
    };
    let text = format!(
        "insert into messages (session_id, key, workspace_id, position, role, kind, at, sidechain,
         tool, message, number) select * from {rows}"
    );
    sqlx::query_with(AssertSqlSafe(text), args)
        .execute(connection)
        .await?;
    Ok(())
}

/// A message as it lies in its column.
pub(crate) fn parse(text: &str) -> Result<Message, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(format!("a message: {error}")))
}

/// Messages of a session that wait to be rows.
struct Rows<'a> {
    session: &'a str,
    workspace: &'a str,
    messages: std::slice::Iter<'a, Message>,
    position: u64,
    keys: Keys<'a>,
}

impl Rows<'_> {
    /// The next of them; none at the end.
    fn batch(&mut self) -> Batch {
        let mut batch = Batch::new(COLUMNS, MOST_ROWS, MOST_BYTES);
        while !batch.is_full()
            && let Some(message) = self.messages.next()
        {
            let position = self.position;
            self.position += 1;
            let text = serde_json::to_string(message).expect("a message is plain data");
            let args = batch.row(text.len());
            put(args, self.session);
            put(args, self.keys.next(position, message, &text));
            put(args, self.workspace);
            put(args, words::number(position));
            put(args, words::spell(&message.role));
            put(args, words::spell(&message.kind));
            put(args, message.at.map(|at| at.0));
            put(args, message.sidechain);
            put(args, tool_of(message).map(str::to_owned));
            put(args, text);
        }
        batch
    }
}

/// Writes the rows of the batch; the numbers of those that are new or have changed, by position. A row
/// that comes back is a hop between threads, so at the end of a session [`numbers_from`] tells them
/// all at once.
async fn keep_batch(
    connection: &mut SqliteConnection,
    batch: &mut Batch,
    is_end: bool,
    kept: &mut BTreeMap<u64, i64>,
) -> Result<(), StoreError> {
    let Some((rows, args)) = batch.take() else {
        return Ok(());
    };
    let mut text = format!(
        "insert into messages (session_id, key, workspace_id, position, role, kind, at, sidechain,
         tool, message)
         select * from {rows}
         on conflict (session_id, key) do update set position = excluded.position,
         role = excluded.role, kind = excluded.kind, at = excluded.at,
         sidechain = excluded.sidechain, tool = excluded.tool, message = excluded.message
         where messages.message <> excluded.message or messages.position <> excluded.position"
    );
    if is_end {
        sqlx::query_with(AssertSqlSafe(text), args)
            .execute(connection)
            .await?;
        return Ok(());
    }
    text.push_str(" returning position, number");
    let rows: Vec<(i64, i64)> = sqlx::query_as_with(AssertSqlSafe(text), args)
        .fetch_all(connection)
        .await?;
    for (position, number) in rows {
        kept.insert(words::count(position)?, number);
    }
    Ok(())
}

/// The position of the last message of a session.
pub(crate) async fn last_position(
    connection: &mut SqliteConnection,
    session: &str,
) -> Result<Option<i64>, StoreError> {
    Ok(
        sqlx::query_scalar("select max(position) from messages where session_id = $1")
            .bind(session.to_owned())
            .fetch_one(connection)
            .await?,
    )
}

/// The numbers of the messages of a session from that position on, by position.
async fn numbers_from(
    connection: &mut SqliteConnection,
    session: &str,
    first: u64,
) -> Result<BTreeMap<u64, i64>, StoreError> {
    let text: String = sqlx::query_scalar(
        "select json_group_array(json_array(position, number)) from messages
         where session_id = $1 and position >= $2",
    )
    .bind(session.to_owned())
    .bind(words::number(first))
    .fetch_one(connection)
    .await?;
    let pairs: Vec<(u64, i64)> =
        serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(pairs.into_iter().collect())
}

/// The messages of a session at these positions, as they are kept.
pub(crate) async fn around(
    connection: &mut SqliteConnection,
    session: &str,
    positions: std::ops::Range<u64>,
) -> Result<Vec<(u64, Message)>, StoreError> {
    let rows: Vec<(i64, String)> = sqlx::query_as(
        "select position, message from messages
         where session_id = $1 and position >= $2 and position < $3 order by number",
    )
    .bind(session.to_owned())
    .bind(words::number(positions.start))
    .bind(words::number(positions.end))
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(position, text)| Ok((words::count(position)?, parse(&text)?)))
        .collect()
}

/// Adds the numbers of the messages beside those that are new or have changed.
pub(crate) async fn add_neighbours(
    connection: &mut SqliteConnection,
    session: &str,
    all: &BTreeMap<u64, &Message>,
    kept: &mut BTreeMap<u64, i64>,
) -> Result<(), StoreError> {
    let beside: BTreeSet<u64> = kept
        .keys()
        .flat_map(|position| [position.checked_sub(1), position.checked_add(1)])
        .flatten()
        .filter(|position| all.contains_key(position) && !kept.contains_key(position))
        .collect();
    for position in beside {
        let number: Option<i64> = sqlx::query_scalar(
            "select max(number) from messages where session_id = $1 and position = $2",
        )
        .bind(session.to_owned())
        .bind(words::number(position))
        .fetch_one(&mut *connection)
        .await?;
        kept.extend(number.map(|number| (position, number)));
    }
    Ok(())
}

pub(crate) fn tool_of(message: &Message) -> Option<&str> {
    let name = message.tool.as_ref()?.name.as_str();
    (!name.is_empty()).then_some(name)
}

/// What tells the messages of one session apart: the native id and which of its messages it is (one
/// line of a foreign file may hold several), or else the position and the content.
#[derive(Default)]
struct Keys<'a>(HashMap<&'a str, u32>);

impl<'a> Keys<'a> {
    fn next(&mut self, position: u64, message: &'a Message, text: &str) -> String {
        match &message.native_id {
            Some(native) => {
                let nth = self.0.entry(native).or_insert(0);
                *nth += 1;
                format!("n:{native}:{nth}")
            }
            None if message.sidechain => key_by_content(position, message),
            None => format!("p:{position}:{}", Hash::of(text.as_bytes())),
        }
    }
}

/// The key of a message without an id of its own. On or off the visible line, it is the same message.
pub(crate) fn key_by_content(position: u64, message: &Message) -> String {
    let visible = Message {
        sidechain: false,
        ..message.clone()
    };
    let text = serde_json::to_string(&visible).expect("a message is plain data");
    format!("p:{position}:{}", Hash::of(text.as_bytes()))
}

#[cfg(test)]
#[path = "messages_test.rs"]
mod tests;
