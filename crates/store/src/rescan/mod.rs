//! Looking through what is stored once more: what there is to look at, in pieces, and each piece
//! changed in one transaction with the mark of how far it is.
//!
//! What it deliberately does not do: it knows no rule and finds nothing; texts go out and come back.
//! **Invariant:** a text is replaced only by what was made of that very text, and what a piece found is
//! counted in the transaction that moves the mark past it.

mod index;
mod journal;
mod messages;
mod parts;
mod records;

use krake_domain::id::WorkspaceId;
use krake_domain::principal::Principal;
use krake_domain::rescan::{Findings, Left, Rescan, RescanStage};
use krake_domain::session::Message;
use krake_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

pub use index::INDEXES;
pub use journal::StoredEvent;
pub use messages::{ChangedMessage, StoredMessage};
pub use parts::StoredPart;
pub use records::{ChangedRecord, StoredRecord, StoredText};

/// How far it is after a piece, and what it has found up to there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescanStep {
    pub id: u64,
    pub stage: RescanStage,
    pub place: String,
    pub found: Findings,
}

impl Store {
    /// Begins one. Where one is under way it is gone on with: by other rules than its own from the
    /// beginning, because they may find more in what it has passed.
    pub async fn begin_rescan(
        &self,
        rules: u32,
        by: Principal,
        at: Timestamp,
    ) -> Result<Rescan, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                transaction.changed(Tag::Secrets);
                let connection = &mut transaction.connection;
                if let Some(rescan) = go_on(connection, rules).await? {
                    return Ok(rescan);
                }
                sqlx::query(
                    "insert into rescans (workspace_id, rules, asked_by, begun_at, stage, place,
                     found) values ($1, $2, $3, $4, 'messages', '', '{}')",
                )
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(rules)
                .bind(document(&by))
                .bind(at.0)
                .execute(&mut *connection)
                .await?;
                last(connection).await?.ok_or_else(lost)
            })
        })
        .await
    }

    /// Goes on with one that was begun; nothing where none is under way.
    pub async fn resume_rescan(&self, rules: u32) -> Result<Option<Rescan>, StoreError> {
        if self
            .last_rescan()
            .await?
            .is_none_or(|last| last.ended_at.is_some())
        {
            return Ok(None);
        }
        self.write(move |transaction| {
            Box::pin(async move {
                transaction.changed(Tag::Secrets);
                go_on(&mut transaction.connection, rules).await
            })
        })
        .await
    }

    /// The one that was begun last.
    pub async fn last_rescan(&self) -> Result<Option<Rescan>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        last(&mut connection).await
    }

    /// Moves the mark where nothing is changed.
    pub async fn mark_rescan(&self, step: RescanStep) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                transaction.changed(Tag::Secrets);
                mark(&mut transaction.connection, &step).await
            })
        })
        .await
    }

    /// Says why it stands still.
    pub async fn stop_rescan(&self, id: u64, trouble: String) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("update rescans set trouble = $2 where rescan = $1")
                    .bind(words::number(id))
                    .bind(trouble)
                    .execute(&mut transaction.connection)
                    .await?;
                transaction.changed(Tag::Secrets);
                Ok(())
            })
        })
        .await
    }

    /// All of it was looked through, and the journal says so.
    pub async fn end_rescan(&self, rescan: Rescan, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                sqlx::query(
                    "update rescans set stage = 'ended', place = '', ended_at = $2
                     where rescan = $1",
                )
                .bind(words::number(rescan.id))
                .bind(at.0)
                .execute(&mut *connection)
                .await?;
                put_rules(connection, rescan.rules, rescan.begun_at).await?;
                transaction.changed(Tag::Secrets);
                Ok(())
            })
        })
        .await
    }

    /// Whether the journal has its event already.
    pub async fn rescan_was_told(&self, id: u64) -> Result<bool, StoreError> {
        let told: i64 = sqlx::query_scalar(
            "select count(*) from journal where execution_id = $2 and kind = 'secrets_rescanned'
             and payload ->> '$.rescan' = $1",
        )
        .bind(words::number(id))
        .bind(krake_domain::id::ExecutionId::NONE.to_string())
        .fetch_one(self.readers())
        .await?;
        Ok(told > 0)
    }

    /// By which rules all that is stored was looked through, and what came after that moment by these.
    /// Nothing where text from before that was noted may lie here.
    pub async fn stored_by_rules(&self) -> Result<Option<(u32, Timestamp)>, StoreError> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("select rules, since from secret_rules where workspace_id = $1")
                .bind(WorkspaceId::PERSONAL.to_string())
                .fetch_optional(self.readers())
                .await?;
        row.map(|(rules, since)| Ok((words::count(rules)?, Timestamp(since))))
            .transpose()
    }

    /// Notes today's rules where nothing is stored yet: all that comes goes by them.
    pub async fn note_rules(&self, rules: u32, now: Timestamp) -> Result<(), StoreError> {
        let known = self.stored_by_rules().await?;
        if known.is_some_and(|(known, _)| known == rules) {
            return Ok(());
        }
        let something: bool = sqlx::query_scalar(
            "select exists (select 1 from sessions) or exists (select 1 from knowledge)
                 or exists (select 1 from journal)",
        )
        .fetch_one(self.readers())
        .await?;
        if something {
            return Ok(());
        }
        self.write(move |transaction| {
            Box::pin(async move { put_rules(&mut transaction.connection, rules, now).await })
        })
        .await
    }

    /// How many keys of accounts were added after something had come in and after this moment: nobody
    /// looked for them in what was there.
    pub async fn keys_since(&self, moment: Timestamp) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from credentials where state = 'kept' and created_at > $1
             and exists (select 1 from messages)",
        )
        .bind(moment.0)
        .fetch_one(self.readers())
        .await?;
        words::count(count)
    }
}

/// The one under way, without its trouble.
async fn go_on(
    connection: &mut SqliteConnection,
    rules: u32,
) -> Result<Option<Rescan>, StoreError> {
    let Some(mut rescan) = last(connection).await?.filter(|one| one.ended_at.is_none()) else {
        return Ok(None);
    };
    if rescan.rules != rules {
        rescan.rules = rules;
        rescan.stage = RescanStage::Messages;
        rescan.place = String::new();
        // What it has changed stays counted; what it looked at is looked at again.
        rescan.found.messages = 0;
        rescan.found.parts = 0;
        rescan.found.left = Left::default();
    }
    rescan.trouble = None;
    sqlx::query(
        "update rescans set rules = $2, stage = $3, place = $4, found = $5, trouble = null
         where rescan = $1",
    )
    .bind(words::number(rescan.id))
    .bind(rules)
    .bind(words::spell(&rescan.stage))
    .bind(rescan.place.clone())
    .bind(document(&rescan.found))
    .execute(connection)
    .await?;
    Ok(Some(rescan))
}

async fn last(connection: &mut SqliteConnection) -> Result<Option<Rescan>, StoreError> {
    let row: Option<Row> = sqlx::query_as("select * from rescans order by rescan desc limit 1")
        .fetch_optional(connection)
        .await?;
    row.map(Row::parse).transpose()
}

/// Moves the mark, in the transaction of what was changed up to there.
async fn mark(connection: &mut SqliteConnection, step: &RescanStep) -> Result<(), StoreError> {
    sqlx::query("update rescans set stage = $2, place = $3, found = $4 where rescan = $1")
        .bind(words::number(step.id))
        .bind(words::spell(&step.stage))
        .bind(step.place.clone())
        .bind(document(&step.found))
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts a session in which something was changed, once.
async fn note_session(
    connection: &mut SqliteConnection,
    step: &mut RescanStep,
    session: &str,
) -> Result<(), StoreError> {
    let new = sqlx::query(
        "insert into rescanned_sessions (rescan, workspace_id, session_id) values ($1, $2, $3)
         on conflict do nothing",
    )
    .bind(words::number(step.id))
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(session.to_owned())
    .execute(connection)
    .await?;
    step.found.sessions += new.rows_affected();
    Ok(())
}

async fn put_rules(
    connection: &mut SqliteConnection,
    rules: u32,
    since: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into secret_rules (workspace_id, rules, since) values ($1, $2, $3)
         on conflict (workspace_id) do update set rules = excluded.rules, since = excluded.since",
    )
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(rules)
    .bind(since.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// A message as its column has it.
fn written(message: &Message) -> String {
    document(message)
}

fn document<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data")
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("a look through what is stored: {error}")))
}

fn lost() -> StoreError {
    StoreError::Corrupt("a row that was just written is not there".to_owned())
}

row! {
    struct Row {
        rescan: i64,
        rules: i64,
        asked_by: String,
        begun_at: i64,
        stage: String,
        place: String,
        found: String,
        trouble: Option<String>,
        ended_at: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<Rescan, StoreError> {
        Ok(Rescan {
            id: words::count(self.rescan)?,
            rules: words::count(self.rules)?,
            by: read(&self.asked_by)?,
            begun_at: Timestamp(self.begun_at),
            ended_at: self.ended_at.map(Timestamp),
            stage: words::read(&self.stage)?,
            place: self.place,
            found: read(&self.found)?,
            trouble: self.trouble,
        })
    }
}

#[cfg(test)]
mod columns_test;
#[cfg(test)]
mod tests;
