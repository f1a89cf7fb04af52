//! Taking an import back: what it brought goes, unless somebody changed it or put something into it.

use std::collections::{BTreeMap, HashSet};

use krake_domain::id::{ImportId, WorkspaceId};
use krake_domain::time::Timestamp;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::grown::shorten;
use super::judge::{below_of, load, routing_position};
use super::take_in::changed_much;
use super::{Clean, Noun, digest};
use crate::blobs::Blobs;
use crate::error::StoreError;
use crate::projects::sort_sessions;
use crate::store::Store;
use crate::words;

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Undone {
    /// By noun.
    pub removed: BTreeMap<&'static str, u64>,
    /// What was extended and is as it was, by noun.
    pub shortened: BTreeMap<&'static str, u64>,
    pub kept: Vec<Kept>,
}

/// Something that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub noun: &'static str,
    pub id: String,
    pub title: String,
    pub why: &'static str,
}

struct Item {
    noun: &'static Noun,
    id: String,
    title: String,
}

impl Store {
    /// Takes an import back, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where there is none of that id, or it was taken back before.
    pub async fn undo_capsule_import(
        &self,
        id: ImportId,
        at: Timestamp,
        clean: Clean,
    ) -> Result<Undone, StoreError> {
        let blobs = self.blobs().clone();
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                sqlx::query("pragma defer_foreign_keys = on")
                    .execute(&mut *connection)
                    .await?;
                let marked = sqlx::query(
                    "update capsule_imports set undone_at = $2 where id = $1 and undone_at is null",
                )
                .bind(id.to_string())
                .bind(at.0)
                .execute(&mut *connection)
                .await?;
                if marked.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("import {id} to take back")));
                }
                let undone = undo(connection, &blobs, id, &clean).await?;
                changed_much(transaction);
                Ok(undone)
            })
        })
        .await
    }
}

async fn undo(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    import: ImportId,
    clean: &Clean,
) -> Result<Undone, StoreError> {
    let mut undone = Undone::default();
    type Brought = (String, String, String, Option<String>, Option<i64>);
    let rows: Vec<Brought> = sqlx::query_as(
        "select noun, id, digest, before, kept from capsule_items where import_id = $1 order by place desc",
    )
    .bind(import.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut leaving = Vec::new();
    for (noun, id, brought, before, kept) in rows {
        let noun = Noun::find(&noun)
            .ok_or_else(|| StoreError::Corrupt(format!("an import brought `{noun}`")))?;
        if noun.name == "routing" {
            undo_rule(connection, &brought, &mut undone).await?;
            continue;
        }
        let Some(line) = load(connection, noun, &id, clean).await? else {
            continue;
        };
        let below = below_of(connection, blobs, noun, &id, clean).await?;
        let title = noun.title_of(&line);
        let is_as_brought = digest(&line, below).to_string() == brought;
        if is_as_brought && let (Some(before), Some(kept)) = (before, kept) {
            let before = serde_json::from_str(&before)
                .map_err(|error| StoreError::Corrupt(format!("an import extended: {error}")))?;
            let beginning = (&before, words::count(kept)?);
            shorten(connection, import, noun, &id, beginning).await?;
            *undone.shortened.entry(noun.name).or_default() += 1;
        } else if is_as_brought {
            leaving.push(Item { noun, id, title });
        } else {
            undone.keep(noun, id, title, "it was changed since");
        }
    }
    hold_back(connection, &mut leaving, &mut undone).await?;
    for item in leaving {
        remove(connection, &item).await?;
        *undone.removed.entry(item.noun.name).or_default() += 1;
    }
    sort_sessions(connection, WorkspaceId::PERSONAL, None).await?;
    Ok(undone)
}

impl Undone {
    fn keep(&mut self, noun: &'static Noun, id: String, title: String, why: &'static str) {
        self.kept.push(Kept {
            noun: noun.name,
            id,
            title,
            why,
        });
    }
}

/// Keeps what something that stays refers to, until nothing more is held back by that.
async fn hold_back(
    connection: &mut SqliteConnection,
    leaving: &mut Vec<Item>,
    undone: &mut Undone,
) -> Result<(), StoreError> {
    loop {
        let going: HashSet<String> = leaving.iter().map(|item| item.id.clone()).collect();
        let mut free = Vec::with_capacity(leaving.len());
        for item in leaving.drain(..) {
            match held_by(connection, &item, &going).await? {
                Some(why) => undone.keep(item.noun, item.id, item.title, why),
                None => free.push(item),
            }
        }
        *leaving = free;
        if leaving.len() == going.len() {
            return Ok(());
        }
    }
}

/// What that stays refers to this.
async fn held_by(
    connection: &mut SqliteConnection,
    item: &Item,
    going: &HashSet<String>,
) -> Result<Option<&'static str>, StoreError> {
    let (text, why) = match item.noun.name {
        "projects" => (
            "select id from sessions where project_id = $1 and project_fixed = 1
             union select id from drafts where project_id = $1",
            "sessions were put into it since",
        ),
        "sessions" => (
            "select id from drafts where session_id = $1",
            "a handoff was drafted for it since",
        ),
        "accounts" => (
            "select id from accounts where id = $1 and credential_id is not null
             union select 'calls' from model_calls where account_id = $1",
            "it was used since",
        ),
        "snapshots" => (
            "select id from handoffs where snapshot_id = $1",
            "a handoff that stays was made from it",
        ),
        "knowledge" => (
            "select id from knowledge where superseded_by = $1",
            "it stands in place of an entry that stays",
        ),
        "files" => (
            "select id from sessions where path = $1",
            "a session that stays was read from it",
        ),
        _ => return Ok(None),
    };
    let found: Vec<String> = sqlx::query_scalar(text)
        .bind(item.id.clone())
        .fetch_all(connection)
        .await?;
    let stays = |id: &String| !going.contains(id) || item.noun.name == "accounts";
    Ok(found.iter().any(stays).then_some(why))
}

async fn remove(connection: &mut SqliteConnection, item: &Item) -> Result<(), StoreError> {
    if item.noun.name == "sessions" {
        sqlx::query("delete from messages where session_id = $1")
            .bind(item.id.clone())
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(AssertSqlSafe(format!(
        "delete from {} where {} = $1",
        item.noun.table, item.noun.key
    )))
    .bind(item.id.clone())
    .execute(connection)
    .await?;
    Ok(())
}

/// A rule of routing has no id: it is the one that reads the same.
async fn undo_rule(
    connection: &mut SqliteConnection,
    brought: &str,
    undone: &mut Undone,
) -> Result<(), StoreError> {
    let rules: Vec<String> = sqlx::query_scalar("select rule from routing order by position")
        .fetch_all(&mut *connection)
        .await?;
    for text in rules {
        let Ok(rule) = serde_json::from_str::<serde_json::Value>(&text) else {
            continue;
        };
        let line = serde_json::json!({ "rule": rule });
        if digest(&line, None).to_string() != brought {
            continue;
        }
        let rule = krake_domain::canonical_json(&line["rule"]);
        if let Some(position) = routing_position(connection, &rule).await? {
            sqlx::query("delete from routing where position = $1")
                .bind(position)
                .execute(&mut *connection)
                .await?;
            *undone.removed.entry("routing").or_default() += 1;
        }
        return Ok(());
    }
    Ok(())
}
