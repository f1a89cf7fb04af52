//! Secrets that were found in what came in and are kept encrypted, and the safes whose keys open them.
//! A row of a safe is written before its key goes into the vault and forgotten after it is out.
//!
//! **Invariant:** nothing here tells a word of a secret without the key in the vault, and a secret is
//! written only while a person wants it kept.

use krake_domain::account::Place;
use krake_domain::hash::Hash;
use krake_domain::id::{KeptSecretId, SafeId, SessionId, WorkspaceId};
use krake_domain::kept_secret::{KeptSecret, SecretPolicy};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A safe: where its key rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SafeRow {
    pub id: SafeId,
    pub place: Place,
}

/// A secret that was sealed, ready to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// Used where it is not kept yet.
    pub id: KeptSecretId,
    pub safe: SafeId,
    pub kind: String,
    pub token: String,
    pub digest: Hash,
    pub sealed: Vec<u8>,
    pub found_at: Timestamp,
}

/// A secret that is kept, with what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecretRow {
    pub secret: KeptSecret,
    pub safe: SafeRow,
    pub digest: Hash,
    pub sealed: Vec<u8>,
}

impl Store {
    /// What a person wants done with the words of secrets, and the safe that they go to, or went to
    /// when they were last kept.
    pub async fn secret_policy(&self) -> Result<(SecretPolicy, Option<SafeRow>), StoreError> {
        let row: Option<(String, Option<String>, Option<String>)> = sqlx::query_as(
            "select policy, safes.id, safes.place from secret_policy
             left join safes on safes.id = secret_policy.safe_id and safes.state = 'kept'
             where secret_policy.workspace_id = $1",
        )
        .bind(WorkspaceId::PERSONAL.to_string())
        .fetch_optional(self.readers())
        .await?;
        let Some((policy, id, place)) = row else {
            return Ok((SecretPolicy::Drop, None));
        };
        let safe = match (id, place) {
            (Some(id), Some(place)) => Some(SafeRow {
                id: words::parse(&id)?,
                place: words::read(&place)?,
            }),
            _ => None,
        };
        Ok((words::read(&policy)?, safe))
    }

    /// Says what a person wants; from now on the key of this safe belongs to it.
    pub async fn set_secret_policy(
        &self,
        policy: SecretPolicy,
        safe: Option<SafeId>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                sqlx::query("update safes set state = 'kept' where id = $1 and state = 'adding'")
                    .bind(safe.map(|safe| safe.to_string()))
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(
                    "insert into secret_policy (workspace_id, policy, safe_id) values ($1, $2, $3)
                     on conflict (workspace_id) do update set policy = excluded.policy,
                     safe_id = coalesce(excluded.safe_id, safe_id)",
                )
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(policy.as_str())
                .bind(safe.map(|safe| safe.to_string()))
                .execute(&mut *connection)
                .await?;
                leave_empty_safes(connection).await?;
                transaction.changed(Tag::Secrets);
                Ok(())
            })
        })
        .await
    }

    /// Says that the key of a safe is about to be put into the vault.
    pub async fn begin_safe(&self, safe: SafeRow, now: Timestamp) -> Result<(), StoreError> {
        let epoch = self.epoch();
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "insert into safes (id, workspace_id, place, state, epoch, created_at)
                     values ($1, $2, $3, 'adding', $4, $5)",
                )
                .bind(safe.id.to_string())
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(safe.place.as_str())
                .bind(words::number(epoch))
                .bind(now.0)
                .execute(&mut transaction.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Says that a safe which was begun is not wanted.
    pub async fn give_up_safe(&self, id: SafeId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "update safes set state = 'leaving' where id = $1 and state = 'adding'",
                )
                .bind(id.to_string())
                .execute(&mut transaction.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Safes whose keys are to be taken out of the vault: those that hold nothing any more, and those
    /// that a process which has ended began and did not finish.
    pub async fn list_left_safes(&self) -> Result<Vec<SafeRow>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select id, place from safes
             where state = 'leaving' or (state = 'adding' and epoch < $1) order by id",
        )
        .bind(words::number(self.epoch()))
        .fetch_all(self.readers())
        .await?;
        let safe = |(id, place): (String, String)| {
            Ok(SafeRow {
                id: words::parse(&id)?,
                place: words::read(&place)?,
            })
        };
        rows.into_iter().map(safe).collect()
    }

    /// Says that the key of a safe is out of the vault.
    pub async fn forget_safe(&self, id: SafeId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("delete from safes where id = $1 and state <> 'kept'")
                    .bind(id.to_string())
                    .execute(&mut transaction.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Keeps secrets that were found in the bytes of a file and in no message; how many are new.
    /// They go by the policy of the project of a session that stands in the same file.
    pub async fn keep_secrets(
        &self,
        secrets: Vec<SealedSecret>,
        near: Option<SessionId>,
    ) -> Result<u32, StoreError> {
        if secrets.is_empty() {
            return Ok(0);
        }
        self.write(move |transaction| {
            Box::pin(async move {
                let kept = keep(&mut transaction.connection, None, near, &secrets).await?;
                transaction.changed(Tag::Secrets);
                Ok(kept)
            })
        })
        .await
    }

    /// Kept secrets, the last found first: those of one token, or all of them; at most `limit` that
    /// come after `after`.
    pub async fn list_kept_secrets(
        &self,
        token: Option<String>,
        after: Option<KeptSecretId>,
        limit: u32,
    ) -> Result<Vec<KeptSecret>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select kept_secrets.*, sessions.title, safes.place from kept_secrets
             join safes on safes.id = kept_secrets.safe_id
             left join sessions on sessions.id = kept_secrets.session_id
             where ($1 is null or token = $1) and ($2 is null or kept_secrets.id < $2)
             order by kept_secrets.id desc limit $3",
        )
        .bind(token)
        .bind(after.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        let secret = |row: Row| row.parse().map(|row| row.secret);
        rows.into_iter().map(secret).collect()
    }

    /// How many are kept.
    pub async fn count_kept_secrets(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("select count(*) from kept_secrets")
            .fetch_one(self.readers())
            .await?;
        words::count(count)
    }

    /// One of them with what opens it.
    pub async fn find_kept_secret(
        &self,
        id: KeptSecretId,
    ) -> Result<Option<KeptSecretRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "select kept_secrets.*, sessions.title, safes.place from kept_secrets
             join safes on safes.id = kept_secrets.safe_id
             left join sessions on sessions.id = kept_secrets.session_id
             where kept_secrets.id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await?;
        row.map(Row::parse).transpose()
    }

    /// Forgets these, or all of them; how many that were. A safe that holds nothing and gets nothing
    /// loses its key with the next sweep.
    pub async fn forget_kept_secrets(
        &self,
        ids: Option<Vec<KeptSecretId>>,
    ) -> Result<u64, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let mut forgotten = 0;
                match ids {
                    None => {
                        let gone = sqlx::query("delete from kept_secrets")
                            .execute(&mut *connection)
                            .await?;
                        forgotten += gone.rows_affected();
                    }
                    Some(ids) => {
                        for id in ids {
                            let gone = sqlx::query("delete from kept_secrets where id = $1")
                                .bind(id.to_string())
                                .execute(&mut *connection)
                                .await?;
                            forgotten += gone.rows_affected();
                        }
                    }
                }
                leave_empty_safes(connection).await?;
                transaction.changed(Tag::Secrets);
                Ok(forgotten)
            })
        })
        .await
    }
}

/// Keeps what is wanted and not kept yet, in the transaction of the messages that it was found in; how
/// many are new. What a person has decided meanwhile holds.
pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    session: Option<SessionId>,
    near: Option<SessionId>,
    secrets: &[SealedSecret],
) -> Result<u32, StoreError> {
    let mut new = 0;
    for secret in secrets {
        let kept = sqlx::query(
            "insert into kept_secrets (id, workspace_id, safe_id, kind, token, digest, sealed,
             session_id, found_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9 where exists (
                 select 1 from secret_policy join safes on safes.id = secret_policy.safe_id
                 where secret_policy.workspace_id = $2 and safe_id = $3 and safes.state = 'kept'
                 and 'encrypt' = coalesce(
                     (select own.policy from project_secret_policy as own
                      join sessions on sessions.project_id = own.project_id
                      where sessions.id = $10),
                     secret_policy.policy))
             on conflict (safe_id, digest) do nothing",
        )
        .bind(secret.id.to_string())
        .bind(WorkspaceId::PERSONAL.to_string())
        .bind(secret.safe.to_string())
        .bind(secret.kind.clone())
        .bind(secret.token.clone())
        .bind(secret.digest.to_string())
        .bind(secret.sealed.clone())
        .bind(session.map(|session| session.to_string()))
        .bind(secret.found_at.0)
        .bind(near.map(|session| session.to_string()))
        .execute(&mut *connection)
        .await?;
        new += u32::try_from(kept.rows_affected()).unwrap_or(u32::MAX);
    }
    Ok(new)
}

/// A key that opens nothing and will seal nothing is not kept.
pub(crate) async fn leave_empty_safes(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "update safes set state = 'leaving' where state = 'kept'
         and not exists (select 1 from kept_secrets where safe_id = safes.id)
         and not exists (select 1 from secret_policy
                         where safe_id = safes.id and (policy = 'encrypt' or exists (
                             select 1 from project_secret_policy where policy = 'encrypt')))",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "update secret_policy set safe_id = null
         where safe_id in (select id from safes where state = 'leaving')",
    )
    .execute(connection)
    .await?;
    Ok(())
}

row! {
    struct Row {
        id: String,
        safe_id: String,
        kind: String,
        token: String,
        digest: String,
        sealed: Vec<u8>,
        session_id: Option<String>,
        found_at: i64,
        title: Option<String>,
        place: String,
    }
}

impl Row {
    fn parse(self) -> Result<KeptSecretRow, StoreError> {
        Ok(KeptSecretRow {
            secret: KeptSecret {
                id: words::parse(&self.id)?,
                kind: self.kind,
                token: self.token,
                session: self.session_id.as_deref().map(words::parse).transpose()?,
                title: self.title,
                found_at: Timestamp(self.found_at),
            },
            safe: SafeRow {
                id: words::parse(&self.safe_id)?,
                place: words::read(&self.place)?,
            },
            digest: words::parse(&self.digest)?,
            sealed: self.sealed,
        })
    }
}

#[cfg(test)]
#[path = "kept_secrets_test.rs"]
mod tests;
