//! Messages without ids of their own whose file was read again and in which they stand elsewhere now,
//! because something before them became longer or shorter: they are the same, and get the key that
//! their file gives them now.

use std::collections::{BTreeMap, HashSet};

use krake_domain::session::Message;
use sqlx::sqlite::SqliteConnection;

use crate::error::StoreError;
use crate::messages::{key_by_content, parse};
use crate::words;

/// Finds those among messages that are about to be kept, from the position `first` on.
pub(crate) async fn follow(
    connection: &mut SqliteConnection,
    session: &str,
    first: u64,
    messages: &[Message],
) -> Result<(), StoreError> {
    if messages.iter().all(|message| message.native_id.is_some()) {
        return Ok(());
    }
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "select position, key, message from messages
         where session_id = $1 and position >= $2 and position < $3
           and key >= 'p:' and key < 'p;'",
    )
    .bind(session.to_owned())
    .bind(words::number(first))
    .bind(words::number(first + messages.len() as u64))
    .fetch_all(&mut *connection)
    .await?;
    let known: HashSet<&str> = rows.iter().map(|(_, key, _)| key.as_str()).collect();
    let mut by_position: BTreeMap<u64, Vec<(&str, &str)>> = BTreeMap::new();
    for (position, key, text) in &rows {
        let position = words::count(*position)?;
        by_position.entry(position).or_default().push((key, text));
    }
    for (position, message) in (first..).zip(messages) {
        // Two at one position: which of them it is nobody knows.
        let Some([(was, text)]) = by_position.get(&position).map(Vec::as_slice) else {
            continue;
        };
        if message.native_id.is_some() || !is_the_same(&parse(text)?, message) {
            continue;
        }
        let key = key_by_content(position, message);
        if known.contains(key.as_str()) {
            continue;
        }
        sqlx::query("update messages set key = $3 where session_id = $1 and key = $2")
            .bind(session.to_owned())
            .bind((*was).to_owned())
            .bind(key)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Whether only their places in the file differ.
fn is_the_same(one: &Message, other: &Message) -> bool {
    let content = |message: &Message| Message {
        raw: None,
        sidechain: false,
        ..message.clone()
    };
    content(one) == content(other)
}
