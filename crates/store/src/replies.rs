//! Replies by Idempotency-Key: a request that is sent twice acts once and gets the same answer twice.

use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use krake_domain::time::Timestamp;

use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    pub body: String,
}

/// What a key stands for when a request comes in with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reservation {
    /// Nobody used the key: it is reserved now, act and keep the reply.
    Reserved,
    /// The same request is being worked on.
    InFlight,
    /// The same request was being worked on when the process ended: whether it acted is not known.
    Interrupted,
    /// The same request was answered before.
    Kept(Reply),
    /// Another request used this key.
    Conflict,
}

impl Store {
    /// The answer kept under a key, if there is one.
    pub async fn find_reply(&self, key: &str) -> Result<Option<Reply>, StoreError> {
        let row: Option<(Option<i64>, Option<String>)> =
            sqlx::query_as("select status, body from replies where key = $1")
                .bind(key.to_owned())
                .fetch_optional(self.readers())
                .await?;
        match row {
            Some((Some(status), Some(body))) => Ok(Some(Reply {
                status: words::count(status)?,
                body,
            })),
            _ => Ok(None),
        }
    }

    /// Takes a key for a request, or says what it stands for already.
    pub async fn reserve_reply(
        &self,
        workspace: WorkspaceId,
        key: &str,
        command: &str,
        request: Hash,
        now: Timestamp,
    ) -> Result<Reservation, StoreError> {
        let (key, command, epoch) = (key.to_owned(), command.to_owned(), self.epoch());
        self.write(move |transaction| {
            Box::pin(async move {
                let taken = sqlx::query(
                    "insert into replies (key, workspace_id, command, request_hash, epoch, created_at)
                     values ($1, $2, $3, $4, $5, $6) on conflict (key) do nothing",
                )
                .bind(key.clone())
                .bind(workspace.to_string())
                .bind(command.clone())
                .bind(request.0.to_vec())
                .bind(words::number(epoch))
                .bind(now.0)
                .execute(&mut transaction.connection)
                .await?;
                if taken.rows_affected() == 1 {
                    return Ok(Reservation::Reserved);
                }
                let row: Row = sqlx::query_as(
                    "select command, request_hash, epoch, status, body from replies where key = $1",
                )
                .bind(key)
                .fetch_one(&mut transaction.connection)
                .await?;
                if row.command != command || row.request_hash != request.0 {
                    return Ok(Reservation::Conflict);
                }
                row.standing(epoch)
            })
        })
        .await
    }

    /// Keeps the answer under a key that was reserved.
    pub async fn keep_reply(&self, key: &str, reply: Reply) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |transaction| {
            Box::pin(async move {
                let kept = sqlx::query(
                    "update replies set status = $2, body = $3 where key = $1 and status is null",
                )
                .bind(key.clone())
                .bind(reply.status)
                .bind(reply.body)
                .execute(&mut transaction.connection)
                .await?;
                match kept.rows_affected() {
                    1 => Ok(()),
                    _ => Err(StoreError::NotFound(format!("reserved key `{key}`"))),
                }
            })
        })
        .await
    }

    /// Gives a reserved key back: the request failed before it did anything.
    pub async fn release_reply(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("delete from replies where key = $1 and status is null")
                    .bind(key)
                    .execute(&mut transaction.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Forgets keys that were first used before a moment; how many those were.
    pub async fn forget_replies(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let gone = sqlx::query("delete from replies where created_at < $1")
                    .bind(before.0)
                    .execute(&mut transaction.connection)
                    .await?;
                Ok(gone.rows_affected())
            })
        })
        .await
    }
}

row! {
    struct Row {
        command: String,
        request_hash: Vec<u8>,
        epoch: i64,
        status: Option<i64>,
        body: Option<String>,
    }
}

impl Row {
    fn standing(self, epoch: u64) -> Result<Reservation, StoreError> {
        Ok(match (self.status, self.body) {
            (Some(status), Some(body)) => Reservation::Kept(Reply {
                status: words::count(status)?,
                body,
            }),
            _ if self.epoch == words::number(epoch) => Reservation::InFlight,
            _ => Reservation::Interrupted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[tokio::test]
    async fn a_key_acts_once_and_answers_twice() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let request = Hash::of(b"body");
        let reserve = |store: Store, request, at| async move {
            let personal = WorkspaceId::PERSONAL;
            store
                .reserve_reply(personal, "k", "orchestrate", request, Timestamp(at))
                .await
                .unwrap()
        };
        assert_eq!(
            reserve(store.clone(), request, 5).await,
            Reservation::Reserved
        );
        assert_eq!(
            reserve(store.clone(), request, 6).await,
            Reservation::InFlight
        );
        assert_eq!(store.find_reply("k").await.unwrap(), None);

        fixture::abandon(store).await;
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert_eq!(
            reserve(store.clone(), request, 7).await,
            Reservation::Interrupted
        );
        let reply = Reply {
            status: 201,
            body: "{}".to_owned(),
        };
        store.keep_reply("k", reply.clone()).await.unwrap();
        assert_eq!(store.find_reply("k").await.unwrap(), Some(reply.clone()));
        assert_eq!(
            reserve(store.clone(), request, 8).await,
            Reservation::Kept(reply)
        );
        assert_eq!(
            reserve(store.clone(), Hash::of(b"other"), 9).await,
            Reservation::Conflict
        );
        assert_eq!(store.forget_replies(Timestamp(5)).await.unwrap(), 0);
        assert_eq!(store.forget_replies(Timestamp(6)).await.unwrap(), 1);
        assert_eq!(
            reserve(store.clone(), request, 10).await,
            Reservation::Reserved
        );
        store.release_reply("k").await.unwrap();
        assert_eq!(
            reserve(store.clone(), request, 11).await,
            Reservation::Reserved
        );
    }
}
