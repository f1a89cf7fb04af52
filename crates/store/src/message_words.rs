//! The full-text index of messages, written in the commit that keeps them.
//!
//! A message is indexed with the edges of the messages before and after it, because what an answer is
//! about is often said in the question. So the one before a new message is indexed anew.

use std::collections::{BTreeMap, HashSet};

use krake_domain::code_name;
use krake_domain::session::Message;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::bulk::{Batch, MOST_INDEXED, pad, padded, put, values};
use crate::error::StoreError;
use crate::messages::{parse, tool_of};

const COLUMNS: usize = 6;
/// Rows of one statement hold about so much text at most, whatever their number.
const MOST_BYTES: usize = 8 << 20;
/// What is indexed of one message, from its start.
const INDEXED_BYTES: usize = 1 << 20;
/// What is indexed of a neighbour: the end of the one before, the start of the one after.
const NEIGHBOUR_BYTES: usize = 300;
/// Names of one session that wait to be kept.
const REMEMBERED_NAMES: usize = 50_000;

/// Indexes the messages at those places under their numbers; those up to `newest` may be indexed
/// already.
pub(crate) async fn index(
    connection: &mut SqliteConnection,
    workspace: &str,
    messages: &BTreeMap<u64, &Message>,
    numbers: &BTreeMap<u64, i64>,
    newest: i64,
) -> Result<(), StoreError> {
    let empty = || Batch::new(COLUMNS, MOST_INDEXED, MOST_BYTES);
    let (mut fresh, mut again) = (empty(), empty());
    let mut names = Names::default();
    for (place, number) in numbers {
        let message = messages[place];
        let body = start(&message.text, INDEXED_BYTES);
        let before = place.checked_sub(1).and_then(|place| messages.get(&place));
        let after = messages.get(&(place + 1));
        let batch = if *number > newest {
            &mut fresh
        } else {
            &mut again
        };
        let args = batch.row(body.len());
        put(args, *number);
        put(args, body.to_owned());
        put(args, end(before.map_or("", |one| &one.text)).to_owned());
        let after = after.map_or("", |one| &one.text);
        put(args, start(after, NEIGHBOUR_BYTES).to_owned());
        put(args, names.take(body));
        put(args, tool_of(message).unwrap_or_default().to_owned());
        if batch.is_full() {
            let verb = if *number > newest {
                "insert"
            } else {
                "replace"
            };
            index_batch(connection, batch, verb).await?;
        }
        if names.new.len() >= REMEMBERED_NAMES {
            names.keep(connection, workspace).await?;
        }
    }
    index_batch(connection, &mut fresh, "insert").await?;
    index_batch(connection, &mut again, "replace").await?;
    names.keep(connection, workspace).await
}

async fn index_batch(
    connection: &mut SqliteConnection,
    batch: &mut Batch,
    verb: &str,
) -> Result<(), StoreError> {
    let is_one = batch.rows == 1;
    let Some((rows, args)) = batch.take() else {
        return Ok(());
    };
    // One row needs no savepoint, so it goes into the piece that the index holds already.
    let rows = match is_one {
        true => "values (?,?,?,?,?,?)".to_owned(),
        false => format!("select * from {rows}"),
    };
    let text = format!("{verb} into message_words (rowid, body, prev, next, code, tool) {rows}");
    sqlx::query_with(AssertSqlSafe(text), args)
        .execute(connection)
        .await?;
    Ok(())
}

fn start(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn end(text: &str) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(NEIGHBOUR_BYTES))..]
}

/// Indexes messages that were kept before there was an index; a session a transaction.
pub(crate) async fn index_backlog(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    loop {
        let next: Option<(String, String, i64)> = sqlx::query_as(
            "select session_id, workspace_id, number from messages
             where number > (select coalesce(max(id), 0) from message_words_docsize)
             order by number limit 1",
        )
        .fetch_optional(&mut *connection)
        .await?;
        let Some((session, workspace, first)) = next else {
            return Ok(());
        };
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select number, message from messages where session_id = $1 order by position, key",
        )
        .bind(session)
        .fetch_all(&mut *connection)
        .await?;
        let mut messages = Vec::with_capacity(rows.len());
        let mut numbers = BTreeMap::new();
        for (place, (number, text)) in (0..).zip(rows) {
            messages.push(parse(&text)?);
            if number >= first {
                numbers.insert(place, number);
            }
        }
        let all = (0..).zip(&messages).collect();
        let mut transaction = connection.begin().await?;
        index(&mut transaction, &workspace, &all, &numbers, 0).await?;
        transaction.commit().await?;
    }
}

/// The names that were seen, each once.
#[derive(Default)]
struct Names {
    seen: HashSet<String>,
    new: Vec<String>,
}

impl Names {
    /// Notes the names of a text; the words that they are made of.
    fn take(&mut self, text: &str) -> String {
        let mut here = HashSet::new();
        let mut words = String::new();
        for name in code_name::each(text) {
            if !here.insert(name) {
                continue;
            }
            if let Some(parts) = code_name::humps(name) {
                words.push_str(&parts);
                words.push('\n');
            }
            if !self.seen.contains(name) {
                self.seen.insert(name.to_owned());
                self.new.push(name.to_owned());
            }
        }
        words
    }

    /// Keeps those that are new.
    async fn keep(
        &mut self,
        connection: &mut SqliteConnection,
        workspace: &str,
    ) -> Result<(), StoreError> {
        for names in self.new.chunks(MOST_INDEXED) {
            let mut args = SqliteArguments::default();
            for name in names {
                put(&mut args, workspace.to_owned());
                put(&mut args, name.clone());
            }
            pad(&mut args, 2, names.len());
            let text = format!(
                "insert or ignore into names (workspace_id, text) select * from {}",
                values(2, padded(names.len()))
            );
            sqlx::query_with(AssertSqlSafe(text), args)
                .execute(&mut *connection)
                .await?;
        }
        self.new.clear();
        self.seen.clear();
        Ok(())
    }
}
