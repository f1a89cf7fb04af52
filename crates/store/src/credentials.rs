//! Which secrets the vault holds for this data folder. A row is written before its secret and
//! forgotten after it, so that none is ever in the vault unknown.

use krake_domain::account::Place;
use krake_domain::id::{AccountId, CredentialId, WorkspaceId};
use krake_domain::time::Timestamp;

use crate::error::StoreError;
use crate::store::Store;
use crate::words;

/// A secret that belongs to no account any more, or never did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftCredential {
    pub id: CredentialId,
    /// The account that it was for.
    pub account: AccountId,
    pub place: Place,
}

impl Store {
    /// Says that a secret is about to be put into the vault.
    pub async fn begin_credential(
        &self,
        id: CredentialId,
        account: AccountId,
        place: Place,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let epoch = self.epoch();
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "insert into credentials (id, workspace_id, account_id, place, state, epoch,
                     created_at) values ($1, $2, $3, $4, 'adding', $5, $6)",
                )
                .bind(id.to_string())
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(account.to_string())
                .bind(place.as_str())
                .bind(words::number(epoch))
                .bind(now.0)
                .execute(&mut transaction.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Says that the secret is out of the vault.
    pub async fn forget_credential(&self, id: CredentialId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("delete from credentials where id = $1 and state <> 'kept'")
                    .bind(id.to_string())
                    .execute(&mut transaction.connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Says that a secret which was begun is not wanted.
    pub async fn give_up_credential(&self, id: CredentialId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "update credentials set state = 'leaving' where id = $1 and state = 'adding'",
                )
                .bind(id.to_string())
                .execute(&mut transaction.connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Where a secret is kept.
    pub async fn place_of(&self, id: CredentialId) -> Result<Option<Place>, StoreError> {
        let place: Option<String> =
            sqlx::query_scalar("select place from credentials where id = $1")
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await?;
        place.as_deref().map(words::read).transpose()
    }

    /// Secrets to take out of the vault: those that are leaving, and those that a process which has
    /// ended began and did not finish.
    pub async fn list_left_credentials(&self) -> Result<Vec<LeftCredential>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select id, account_id, place from credentials
             where state = 'leaving' or (state = 'adding' and epoch < $1) order by id",
        )
        .bind(words::number(self.epoch()))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(id, account, place)| {
                Ok(LeftCredential {
                    id: words::parse(&id)?,
                    account: words::parse(&account)?,
                    place: words::read(&place)?,
                })
            })
            .collect()
    }
}
