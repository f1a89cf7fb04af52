//! Accounts: who may be asked, without the keys to it.

use krake_domain::account::{Account, Check};
use krake_domain::id::{AccountId, WorkspaceId};
use sqlx::sqlite::SqliteConnection;

use crate::account_prices;
use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Whether an account was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountWritten {
    Written,
    /// Another account of this workspace has the name.
    NameTaken,
}

impl Store {
    /// Writes a new account; its credential, where it has one, is kept from now on.
    pub async fn add_account(&self, account: Account) -> Result<AccountWritten, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                if is_taken(connection, &account).await? {
                    return Ok(AccountWritten::NameTaken);
                }
                sqlx::query(
                    "insert into accounts (id, workspace_id, name, tags, provider, status,
                     created_at, updated_at) values ($1, $2, $3, '[]', $4, $5, $6, $6)",
                )
                .bind(account.id.to_string())
                .bind(account.workspace.to_string())
                .bind(account.name.clone())
                .bind(account.provider.as_str())
                .bind(words::spell(&account.status))
                .bind(account.created_at.0)
                .execute(&mut *connection)
                .await?;
                set(connection, &account).await?;
                transaction.changed(Tag::Accounts);
                Ok(AccountWritten::Written)
            })
        })
        .await
    }

    /// Writes an account as it is now. A credential that it had before and has no more is leaving, and
    /// what was said of it, by the last try and by answers about limits, is not known of another one.
    pub async fn change_account(&self, account: Account) -> Result<AccountWritten, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                if is_taken(connection, &account).await? {
                    return Ok(AccountWritten::NameTaken);
                }
                for text in [
                    "delete from limits where account_id = $1 and source in ('headers', 'refusal')
                     and exists (select 1 from accounts where id = $1 and credential_id is not $2)",
                    "update accounts set checked_at = null, check_outcome = null, check_said = null,
                     check_ms = null where id = $1 and credential_id is not $2",
                ] {
                    sqlx::query(text)
                        .bind(account.id.to_string())
                        .bind(account.credential.map(|id| id.to_string()))
                        .execute(&mut *connection)
                        .await?;
                }
                set(connection, &account).await?;
                transaction.changed(Tag::Accounts);
                Ok(AccountWritten::Written)
            })
        })
        .await
    }

    /// Keeps what came of the last try to reach it.
    pub async fn keep_check(&self, id: AccountId, check: Check) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "update accounts set checked_at = $2, check_outcome = $3, check_said = $4,
                     check_ms = $5 where id = $1",
                )
                .bind(id.to_string())
                .bind(check.at.0)
                .bind(words::spell(&check.outcome))
                .bind(check.said)
                .bind(words::number(check.took_ms))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Removes an account with what was seen of its limits. Its calls stay, and its credential is
    /// leaving.
    pub async fn remove_account(&self, id: AccountId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let id = id.to_string();
                let gone = sqlx::query("delete from accounts where id = $1")
                    .bind(id.clone())
                    .execute(&mut *connection)
                    .await?;
                if gone.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("account {id}")));
                }
                for text in [
                    "update credentials set state = 'leaving' where account_id = $1",
                    "delete from limits where account_id = $1",
                ] {
                    sqlx::query(text)
                        .bind(id.clone())
                        .execute(&mut *connection)
                        .await?;
                }
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// All accounts by name.
    pub async fn list_accounts(&self, workspace: WorkspaceId) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from accounts where workspace_id = $1 order by name collate nocase, id",
        )
        .bind(workspace.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// One account, if there is one of that id.
    pub async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from accounts where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.map(Row::parse).transpose()
    }
}

async fn is_taken(
    connection: &mut SqliteConnection,
    account: &Account,
) -> Result<bool, StoreError> {
    let others: i64 = sqlx::query_scalar(
        "select count(*) from accounts where workspace_id = $1 and name = $2 and id <> $3",
    )
    .bind(account.workspace.to_string())
    .bind(account.name.clone())
    .bind(account.id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(others > 0)
}

async fn set(connection: &mut SqliteConnection, account: &Account) -> Result<(), StoreError> {
    let id = account.id.to_string();
    let changed = sqlx::query(
        "update accounts set name = $2, email = $3, provider = $4, plan = $5, specialization = $6,
         tags = $7, status = $8, base_url = $9, model = $10, format = $11, credential_id = $12,
         updated_at = $13 where id = $1",
    )
    .bind(id.clone())
    .bind(account.name.clone())
    .bind(account.email.clone())
    .bind(account.provider.as_str())
    .bind(account.plan.clone())
    .bind(account.specialization.clone())
    .bind(serde_json::to_string(&account.tags).expect("a list of texts"))
    .bind(words::spell(&account.status))
    .bind(account.base_url.clone())
    .bind(account.model.clone())
    .bind(account.format.as_ref().map(words::spell))
    .bind(account.credential.map(|id| id.to_string()))
    .bind(account.updated_at.0)
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::NotFound(format!("account {id}")));
    }
    sqlx::query(
        "update credentials set state = case when id = $2 then 'kept' else 'leaving' end
         where account_id = $1 and state <> 'leaving'",
    )
    .bind(id)
    .bind(
        account
            .credential
            .map(|id| id.to_string())
            .unwrap_or_default(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        name: String,
        email: Option<String>,
        provider: String,
        plan: Option<String>,
        specialization: Option<String>,
        tags: String,
        status: String,
        base_url: Option<String>,
        model: Option<String>,
        format: Option<String>,
        credential_id: Option<String>,
        created_at: i64,
        updated_at: i64,
        checked_at: Option<i64>,
        check_outcome: Option<String>,
        check_said: Option<String>,
        check_ms: Option<i64>,
        prices: Option<String>,
    }
}

impl Row {
    fn parse(self) -> Result<Account, StoreError> {
        use krake_domain::time::Timestamp;
        let check = match (self.checked_at, self.check_outcome) {
            (Some(at), Some(outcome)) => Some(Check {
                at: Timestamp(at),
                outcome: words::read(&outcome)?,
                said: self.check_said.unwrap_or_default(),
                took_ms: words::count(self.check_ms.unwrap_or(0))?,
            }),
            _ => None,
        };
        Ok(Account {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            name: self.name,
            email: self.email,
            provider: words::read(&self.provider)?,
            plan: self.plan,
            specialization: self.specialization,
            tags: serde_json::from_str(&self.tags)
                .map_err(|error| StoreError::Corrupt(format!("tags: {error}")))?,
            status: words::read(&self.status)?,
            base_url: self.base_url,
            model: self.model,
            format: self.format.as_deref().map(words::read).transpose()?,
            prices: account_prices::read(self.prices)?,
            credential: self
                .credential_id
                .as_deref()
                .map(words::parse)
                .transpose()?,
            created_at: Timestamp(self.created_at),
            updated_at: Timestamp(self.updated_at),
            check,
        })
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::account::{CheckOutcome, Place, Provider};
    use krake_domain::id::CredentialId;
    use krake_domain::time::Timestamp;

    use super::*;
    use crate::fixture::{account, uuid};

    #[tokio::test]
    async fn an_account_and_its_credential_come_and_go_together() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut one = account("One", Provider::Anthropic);
        let first = CredentialId::from_uuid(uuid());
        let adding = |id| {
            let (store, account) = (store.clone(), one.id);
            async move {
                store
                    .begin_credential(id, account, Place::Keychain, Timestamp(1))
                    .await
                    .unwrap();
            }
        };
        adding(first).await;
        one.credential = Some(first);
        let added = store.add_account(one.clone()).await.unwrap();
        assert_eq!(added, AccountWritten::Written);
        let found = store.find_account(one.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&one));
        let place = store.place_of(first).await.unwrap();
        assert_eq!(place, Some(Place::Keychain));
        let taken = store.add_account(account("One", Provider::Ollama)).await;
        assert_eq!(taken.unwrap(), AccountWritten::NameTaken);

        let second = CredentialId::from_uuid(uuid());
        adding(second).await;
        one.credential = Some(second);
        one.tags = vec!["fast".to_owned()];
        store.change_account(one.clone()).await.unwrap();
        let leaving = |store: Store| async move {
            let rows = store.list_left_credentials().await.unwrap();
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(leaving(store.clone()).await, [first]);
        let check = Check {
            at: Timestamp(9),
            outcome: CheckOutcome::Reached,
            said: "7 models".to_owned(),
            took_ms: 12,
        };
        store.keep_check(one.id, check.clone()).await.unwrap();
        let listed = store.list_accounts(WorkspaceId::PERSONAL).await.unwrap();
        assert_eq!(listed[0].check, Some(check));
        assert_eq!(listed[0].tags, ["fast"]);
        // Another word about the account leaves what its key was told; another key does not.
        one.tags = Vec::new();
        store.change_account(one.clone()).await.unwrap();
        let found = store.find_account(one.id).await.unwrap().unwrap();
        assert!(found.check.is_some());
        let third = CredentialId::from_uuid(uuid());
        adding(third).await;
        let other = Account {
            credential: Some(third),
            ..one.clone()
        };
        store.change_account(other).await.unwrap();
        let found = store.find_account(one.id).await.unwrap().unwrap();
        assert_eq!(found.check, None);

        store.remove_account(one.id).await.unwrap();
        assert_eq!(store.find_account(one.id).await.unwrap(), None);
        assert_eq!(leaving(store.clone()).await.len(), 3);
        for id in [first, second, third] {
            store.forget_credential(id).await.unwrap();
        }
        assert_eq!(leaving(store.clone()).await, []);
        let again = store.remove_account(one.id).await;
        assert!(matches!(again, Err(StoreError::NotFound(_))));
    }

    #[tokio::test]
    async fn a_secret_of_a_process_that_died_before_the_account_was_written_is_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = CredentialId::from_uuid(uuid());
        let account = account("One", Provider::OpenAi).id;
        store
            .begin_credential(id, account, Place::File, Timestamp(1))
            .await
            .unwrap();
        // Of this process: it is still at it.
        assert_eq!(store.list_left_credentials().await.unwrap(), []);
        crate::fixture::abandon(store).await;
        let store = Store::open_owner(dir.path()).await.unwrap();
        let left = store.list_left_credentials().await.unwrap();
        assert_eq!((left[0].id, left[0].place), (id, Place::File));
    }
}
