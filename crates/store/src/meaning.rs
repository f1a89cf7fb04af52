//! The model of the search by meaning, and the numbers that it gave for messages.
//!
//! Numbers lie as one byte each with one scale for all of a message. What was made by one choice is
//! never used with another: a new choice drops it in the same transaction.

use krake_domain::id::WorkspaceId;
use krake_domain::meaning::{MeaningModel, MeaningProgress};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::vectors::{Cells, most_messages};
use crate::words;

/// Of one message so many letters are sent, from its start: what most models read at once.
pub const MEANT_LETTERS: u32 = 2_000;

/// A message's text as the model is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    pub number: i64,
    /// Empty where there is nothing to ask for.
    pub text: String,
}

impl Store {
    /// The model that was chosen.
    pub async fn meaning_model(&self) -> Result<Option<MeaningModel>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        Ok(chosen(&mut connection).await?.map(|(model, _)| model))
    }

    /// Takes this model from now on. What another one gave is dropped.
    pub async fn choose_meaning_model(&self, model: MeaningModel) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let known = chosen(&mut transaction.connection).await?;
                let is_same = known.is_some_and(|(known, _)| {
                    known.account == model.account
                        && known.model == model.model
                        && known.place == model.place
                        && known.dimension == model.dimension
                });
                if !is_same {
                    forget(transaction).await?;
                }
                sqlx::query(
                    "insert into meaning_model (workspace_id, account_id, model, place, dimension,
                     paused, chosen_at, written) values ($1, $2, $3, $4, $5, $6, $7, 0)
                     on conflict (workspace_id) do update set paused = excluded.paused",
                )
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(model.account.to_string())
                .bind(model.model)
                .bind(model.place)
                .bind(model.dimension)
                .bind(model.is_paused)
                .bind(model.chosen_at.0)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Meaning);
                Ok(())
            })
        })
        .await
    }

    /// Goes on without one, and drops what it gave.
    pub async fn drop_meaning_model(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            Box::pin(async move {
                forget(transaction).await?;
                transaction.changed(Tag::Meaning);
                Ok(())
            })
        })
        .await
    }

    /// Whether further texts are sent.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where no model is chosen.
    pub async fn pause_meaning(&self, is_paused: bool) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let changed = sqlx::query("update meaning_model set paused = $1")
                    .bind(is_paused)
                    .execute(&mut transaction.connection)
                    .await?;
                if changed.rows_affected() == 0 {
                    return Err(StoreError::NotFound(
                        "a model for the search by meaning".to_owned(),
                    ));
                }
                transaction.changed(Tag::Meaning);
                Ok(())
            })
        })
        .await
    }

    /// A transaction that only says so: what the worker does is known to this process alone.
    pub async fn say_meaning_changed(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.changed(Tag::Meaning);
            Box::pin(std::future::ready(Ok(())))
        })
        .await
    }

    /// Messages that have no numbers yet, newest first.
    pub async fn list_unmeant(
        &self,
        model: &MeaningModel,
        limit: u32,
    ) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "select number from (select number, at from messages order by at desc, number desc limit $1)
             where number not in (select number from message_vectors)
             order by at desc, number desc limit $2",
        )
        .bind(most_messages(model.dimension))
        .bind(limit)
        .fetch_all(self.readers())
        .await?)
    }

    /// The texts of these messages in their order; those that are gone are left out.
    pub async fn meant_texts(&self, numbers: &[i64]) -> Result<Vec<Meant>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "select messages.number, case when messages.kind in ('meta', 'limit') then ''
             else substr(messages.message ->> '$.text', 1, $2) end
             from json_each($1) as wanted cross join messages on messages.number = wanted.value
             order by wanted.key",
        )
        .bind(serde_json::to_string(numbers).expect("numbers"))
        .bind(MEANT_LETTERS)
        .fetch_all(self.readers())
        .await?;
        let meant = rows.into_iter().map(|(number, text)| Meant {
            number,
            text: if text.chars().any(char::is_alphanumeric) {
                text
            } else {
                String::new()
            },
        });
        Ok(meant.collect())
    }

    /// Keeps what the model gave for these texts; none where it took a text for nothing. Those whose
    /// message has another text by now are left out, and all of them where another model was chosen
    /// or the vectors are not as long as its own; then it is false.
    pub async fn keep_vectors(
        &self,
        model: &MeaningModel,
        given: Vec<(Meant, Option<Vec<f32>>)>,
    ) -> Result<bool, StoreError> {
        let model = model.clone();
        self.write(move |transaction| {
            Box::pin(async move {
                let known = chosen(&mut transaction.connection).await?;
                let Some((known, mut written)) = known.filter(|(known, _)| {
                    known.chosen_at == model.chosen_at && known.dimension == model.dimension
                }) else {
                    return Ok(false);
                };
                let fits = |vector: &Vec<f32>| vector.len() == known.dimension as usize;
                if !given
                    .iter()
                    .all(|(_, vector)| vector.as_ref().is_none_or(fits))
                {
                    return Ok(false);
                }
                for (meant, vector) in given {
                    written += 1;
                    put(&mut transaction.connection, written, meant, vector).await?;
                }
                sqlx::query("update meaning_model set written = $1")
                    .bind(written)
                    .execute(&mut transaction.connection)
                    .await?;
                transaction.changed(Tag::Meaning);
                Ok(true)
            })
        })
        .await
    }

    /// Drops the numbers of messages that are not among the newest any more; how many.
    pub async fn prune_vectors(&self, model: &MeaningModel) -> Result<u64, StoreError> {
        let most = most_messages(model.dimension);
        let there: i64 = sqlx::query_scalar("select count(*) from message_vectors")
            .fetch_one(self.readers())
            .await?;
        // Not for each message that comes: whoever holds them in memory reads all anew after it.
        if there <= most + most / 20 {
            return Ok(0);
        }
        self.write(move |transaction| {
            Box::pin(async move {
                let pruned = sqlx::query(
                    "delete from message_vectors where number not in (
                     select number from messages order by at desc, number desc limit $1)",
                )
                .bind(most)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Meaning);
                Ok(pruned.rows_affected())
            })
        })
        .await
    }

    /// How far it is.
    pub async fn meaning_progress(
        &self,
        model: &MeaningModel,
    ) -> Result<MeaningProgress, StoreError> {
        let (messages, there, passed_over): (i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from messages),
             (select count(*) from message_vectors where passed_over = 0),
             (select count(*) from message_vectors where passed_over = 1)",
        )
        .fetch_one(self.readers())
        .await?;
        Ok(MeaningProgress {
            messages: words::count(messages.min(most_messages(model.dimension)))?,
            there: words::count(there)?,
            passed_over: words::count(passed_over)?,
        })
    }

    /// The newest messages by their numbers in the index.
    pub async fn newest_messages(&self, limit: u32) -> Result<Vec<i64>, StoreError> {
        Ok(
            sqlx::query_scalar(
                "select number from messages order by at desc, number desc limit $1",
            )
            .bind(limit)
            .fetch_all(self.readers())
            .await?,
        )
    }

    /// How many messages there would be to ask for, and how many bytes of text.
    pub async fn meant_load(&self, dimension: u32) -> Result<(u64, u64), StoreError> {
        let (messages, bytes): (i64, i64) = sqlx::query_as(
            "select count(*), coalesce(sum(length(cast(text as blob))), 0) from (
             select substr(message ->> '$.text', 1, $1) as text from (
             select kind, message from messages order by at desc, number desc limit $2)
             where kind not in ('meta', 'limit')) where trim(text) <> ''",
        )
        .bind(MEANT_LETTERS)
        .bind(most_messages(dimension))
        .fetch_one(self.readers())
        .await?;
        Ok((words::count(messages)?, words::count(bytes)?))
    }
}

/// The choice, and how often something was written for it.
pub(crate) async fn chosen(
    connection: &mut SqliteConnection,
) -> Result<Option<(MeaningModel, i64)>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "select account_id, model, place, dimension, paused, chosen_at, written from meaning_model
         where workspace_id = $1",
    )
    .bind(WorkspaceId::PERSONAL.to_string())
    .fetch_optional(connection)
    .await?;
    row.map(Row::parse).transpose()
}

async fn forget(transaction: &mut Transaction) -> Result<(), StoreError> {
    for text in ["delete from message_vectors", "delete from meaning_model"] {
        sqlx::query(text)
            .execute(&mut transaction.connection)
            .await?;
    }
    Ok(())
}

async fn put(
    connection: &mut SqliteConnection,
    added: i64,
    meant: Meant,
    vector: Option<Vec<f32>>,
) -> Result<(), StoreError> {
    let cells = vector.map(|vector| Cells::of(&vector)).unwrap_or_default();
    sqlx::query(
        "insert or replace into message_vectors (number, workspace_id, added, passed_over, scale,
         vector)
         select number, workspace_id, $2, length($4) = 0, $3, $4 from messages where number = $1
         and ($5 = '' or substr(message ->> '$.text', 1, $6) = $5)",
    )
    .bind(meant.number)
    .bind(added)
    .bind(f64::from(cells.scale))
    .bind(cells.bytes())
    .bind(meant.text)
    .bind(MEANT_LETTERS)
    .execute(connection)
    .await?;
    Ok(())
}

row! {
    struct Row {
        account_id: String,
        model: String,
        place: String,
        dimension: i64,
        paused: bool,
        chosen_at: i64,
        written: i64,
    }
}

impl Row {
    fn parse(self) -> Result<(MeaningModel, i64), StoreError> {
        let model = MeaningModel {
            account: words::parse(&self.account_id)?,
            model: self.model,
            place: self.place,
            dimension: words::count(self.dimension)?,
            is_paused: self.paused,
            chosen_at: Timestamp(self.chosen_at),
        };
        Ok((model, self.written))
    }
}

#[cfg(test)]
#[path = "meaning_test.rs"]
mod tests;
