//! What went on elsewhere: all that is here is the beginning of what comes in, so that is extended.
//!
//! What is here is told from a beginning by hashes: whoever reads a capsule notes the hash of each
//! session's first so many messages, for as many as there are here.

use krake_domain::hash::Hash;
use krake_domain::id::{ImportId, WorkspaceId};
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;

use super::Noun;
use super::answers;
use super::judge::{Judge, Ruling, load};
use super::out::below_session;
use super::rows::set_row;
use super::take_in::Arriving;
use super::{Clean, Verdict};
use crate::error::StoreError;
use crate::store::Store;
use crate::words;

/// What a session is known by elsewhere, and how many messages it has here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLength {
    pub id: String,
    pub source: String,
    pub native_id: String,
    pub messages: u64,
}

/// Something that is extended.
pub(super) struct Grown {
    /// Its row as it was.
    pub before: Value,
    /// Messages that are here.
    pub kept: u64,
}

/// What a session's row says of its transcript, and so goes on with it; the rest is this folder's own.
const OF_THE_TRANSCRIPT: [&str; 10] = [
    "started_at",
    "ended_at",
    "usage",
    "raw_bytes",
    "broken_lines",
    "git_branch",
    "git_commit",
    "model",
    "forked_from",
    "redactions",
];

impl Store {
    /// How long the sessions are that are here.
    pub async fn session_lengths(&self) -> Result<Vec<SessionLength>, StoreError> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "select id, source, native_id,
                    (select count(*) from messages where session_id = sessions.id)
             from sessions where workspace_id = $1",
        )
        .bind(WorkspaceId::PERSONAL.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(id, source, native_id, messages)| {
                Ok(SessionLength {
                    id,
                    source,
                    native_id,
                    messages: words::count(messages)?,
                })
            })
            .collect()
    }
}

/// Whether the row of this key is a beginning of what comes in, and the line that it then becomes.
async fn grown(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    key: &str,
    arriving: &Arriving,
    mapped: &Value,
    clean: &Clean,
) -> Result<Option<(Grown, Value)>, StoreError> {
    let kept = match noun.name {
        "sessions" => beginning(connection, key, arriving, clean).await?,
        "files" => stretches(connection, key, mapped).await?,
        "drafts" => is_over(connection, key, mapped).await?,
        _ => None,
    };
    let Some(kept) = kept else {
        return Ok(None);
    };
    let as_it_is: Clean = std::sync::Arc::new(|_| {});
    let Some(before) = load(connection, noun, key, &as_it_is).await? else {
        return Ok(None);
    };
    let mut line = before.clone();
    match noun.name {
        "files" => {
            for name in ["bytes", "broken_lines", "parts"] {
                line[name] = mapped[name].clone();
            }
        }
        "drafts" => set(&mut line, "over_at", mapped),
        _ => {
            for name in OF_THE_TRANSCRIPT {
                set(&mut line, name, mapped);
            }
            // Words of a person stay; where there are none, those of the other side are taken.
            for name in ["title", "cwd"] {
                if line[name].is_null() {
                    set(&mut line, name, mapped);
                }
            }
        }
    }
    Ok(Some((Grown { before, kept }, line)))
}

/// Whether a draft waits here for an account that went on elsewhere. What a person said to it stays.
async fn is_over(
    connection: &mut SqliteConnection,
    key: &str,
    mapped: &Value,
) -> Result<Option<u64>, StoreError> {
    let waits: i64 =
        sqlx::query_scalar("select count(*) from drafts where id = $1 and over_at is null")
            .bind(key.to_owned())
            .fetch_one(connection)
            .await?;
    Ok((waits > 0 && !mapped["over_at"].is_null()).then_some(0))
}

/// Sets a field, or takes it away where the other line has none.
fn set(line: &mut Value, name: &str, from: &Value) {
    if from[name].is_null() {
        if let Some(fields) = line.as_object_mut() {
            fields.remove(name);
        }
    } else {
        line[name] = from[name].clone();
    }
}

/// How many messages are here, where they are the first ones of those that come in.
async fn beginning(
    connection: &mut SqliteConnection,
    key: &str,
    arriving: &Arriving,
    clean: &Clean,
) -> Result<Option<u64>, StoreError> {
    if arriving.prefixes.is_empty() {
        return Ok(None);
    }
    let here = below_session(connection, key, None, clean).await?;
    let is_more = arriving.below.is_some_and(|below| below.count > here.count);
    let is_beginning = is_more && here.count > 0 && arriving.prefixes.contains(&here);
    Ok(is_beginning.then_some(here.count))
}

/// Whether the first message of both is the same: they were one session once.
async fn begins_alike(
    connection: &mut SqliteConnection,
    key: &str,
    arriving: &Arriving,
    clean: &Clean,
) -> Result<bool, StoreError> {
    let first = below_session(connection, key, Some(1), clean).await?;
    Ok(first.count == 1 && arriving.prefixes.contains(&first))
}

/// The same for the stretches of an original. One that was read on this machine is left as it is: the
/// next look at its file goes by it.
async fn stretches(
    connection: &mut SqliteConnection,
    key: &str,
    mapped: &Value,
) -> Result<Option<u64>, StoreError> {
    let here: Vec<(i64, i64, String, String)> = sqlx::query_as(
        "select start, file_parts.bytes, hash, kept_hash from file_parts
         join files on files.file = file_parts.file where path = $1 order by start",
    )
    .bind(key.to_owned())
    .fetch_all(connection)
    .await?;
    let comes = mapped["parts"].as_array().map_or(&[][..], Vec::as_slice);
    let is_same = |((start, bytes, hash, kept), part): (&(i64, i64, String, String), &Value)| {
        *hash == Hash::ZERO.to_string()
            && part["start"].as_i64() == Some(*start)
            && part["bytes"].as_i64() == Some(*bytes)
            && part["kept_hash"].as_str() == Some(kept)
    };
    let is_beginning =
        !here.is_empty() && here.len() < comes.len() && here.iter().zip(comes).all(is_same);
    Ok(is_beginning.then_some(here.len() as u64))
}

/// Makes it what it was before it was extended.
pub(super) async fn shorten(
    connection: &mut SqliteConnection,
    import: ImportId,
    noun: &'static Noun,
    key: &str,
    (before, kept): (&Value, u64),
) -> Result<(), StoreError> {
    if noun.name == "sessions" {
        sqlx::query(
            "delete from messages where session_id = $1 and number not in (
                 select number from messages where session_id = $1 order by position, key limit $2)",
        )
        .bind(key.to_owned())
        .bind(words::number(kept))
        .execute(&mut *connection)
        .await?;
        answers::take_back(connection, import, key).await?;
    }
    set_row(connection, noun, key, before).await
}

impl Judge {
    /// The ruling where what is here is only the beginning.
    pub(super) async fn extend(
        &self,
        connection: &mut SqliteConnection,
        key: &str,
        arriving: &Arriving,
        mapped: &Value,
    ) -> Result<Option<Ruling>, StoreError> {
        let noun = arriving.noun;
        let grown = grown(connection, noun, key, arriving, mapped, &self.clean).await?;
        Ok(grown.map(|(grown, line)| Ruling {
            verdict: Verdict::Grown,
            line,
            key: key.to_owned(),
            grown: Some(grown),
            why: "",
        }))
    }

    /// Why both sides of a session are kept, where they were one once.
    pub(super) async fn difference(
        &self,
        connection: &mut SqliteConnection,
        key: &str,
        arriving: &Arriving,
    ) -> Result<&'static str, StoreError> {
        let is_one = arriving.noun.name == "sessions"
            && begins_alike(connection, key, arriving, &self.clean).await?;
        Ok(match is_one {
            true => "it went on differently here and there",
            false => "",
        })
    }
}

impl Verdict {
    /// Whether anything of the line comes in.
    pub(super) fn brings(self) -> bool {
        self != Self::Equal
    }
}

#[cfg(test)]
#[path = "grown_test.rs"]
mod tests;
