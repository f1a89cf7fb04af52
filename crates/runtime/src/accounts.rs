//! Accounts: added, changed, removed. The secret goes into the vault first and the account into the
//! database second; what a crash leaves between the two is swept at the next start.
//!
//! **Invariant:** a secret is in the vault only while a row of `credentials` says so, and no row,
//! log or answer holds any part of it.

pub mod call;
pub mod check;
pub mod choose;
pub mod cost;
mod embed;
pub mod found;
mod keys;
pub(crate) mod known;
pub mod limits;
mod refused;
pub mod tool_logs;
mod works;

use krake_domain::account::{Account, AccountStatus, KeyUse, OpenAiFormat, Provider};
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::secret::{BadKey, Hidden};
use krake_edge::vault::VaultError;
use krake_llm::{BadSetting, ModelError, Setting};
use krake_store::{AccountWritten, StoreError};
use uuid::Uuid;

use crate::clock;
use crate::handle::Runtime;

pub(crate) use keys::sweep;
use keys::take_out;

/// An account to be added.
pub struct NewAccount {
    pub name: String,
    pub email: Option<String>,
    pub provider: Provider,
    pub plan: Option<String>,
    pub specialization: Option<String>,
    pub tags: Vec<String>,
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub format: Option<OpenAiFormat>,
    pub key: Option<Hidden>,
}

/// What changes; what is absent stays as it is, and an empty text takes a value away.
#[derive(Default)]
pub struct AccountChange {
    pub name: Option<String>,
    pub email: Option<String>,
    pub plan: Option<String>,
    pub specialization: Option<String>,
    pub tags: Option<Vec<String>>,
    pub status: Option<AccountStatus>,
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub format: Option<OpenAiFormat>,
    pub key: Option<Hidden>,
}

/// Why nothing was done with an account.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountError {
    #[error("there is no such account")]
    NotFound,
    /// The person wants nothing asked of it for now.
    #[error("the account is paused")]
    Paused,
    #[error("another account has that name")]
    NameTaken,
    #[error("an account at {} needs a key", .0.as_str())]
    KeyNeeded(Provider),
    #[error("an account at {} has no key: it is used in its own app", .0.as_str())]
    KeyNotUsed(Provider),
    #[error("Krake does not ask accounts of {}: they are used in their own app", .0.as_str())]
    NotCalled(Provider),
    #[error(transparent)]
    BadKey(#[from] BadKey),
    #[error(transparent)]
    Setting(#[from] BadSetting),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A budget has no room for the call.
    #[error("{0}")]
    Budget(String),
    /// Accounts were tried, and no other one is left.
    #[error("no other account can be asked; the last one said: {0}")]
    NoneLeft(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Runtime {
    /// Adds an account. Durable when this returns, its key in the vault.
    ///
    /// # Errors
    /// See [`AccountError`]; then there is no account, and no key of it stays in the vault.
    pub async fn add_account(&self, new: NewAccount) -> Result<Account, AccountError> {
        let now = clock::now();
        let mut account = Account {
            id: AccountId::from_uuid(Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            name: new.name,
            email: new.email,
            provider: new.provider,
            plan: new.plan,
            specialization: new.specialization,
            tags: new.tags,
            status: AccountStatus::Active,
            base_url: new.base_url,
            model: new.model,
            format: new.format,
            prices: Vec::new(),
            credential: None,
            created_at: now,
            updated_at: now,
            check: None,
        };
        let setting = way(&account)?;
        let key = match (account.provider.key(), new.key) {
            (KeyUse::Needed, None) => return Err(AccountError::KeyNeeded(account.provider)),
            (KeyUse::Never, Some(_)) => return Err(AccountError::KeyNotUsed(account.provider)),
            (_, key) => key,
        };
        // Before a person is asked for the password of the keychain in vain.
        self.refuse_taken_name(&account).await?;
        if let (Some(setting), Some(key)) = (&setting, key) {
            account.credential = Some(self.keep_key(account.id, setting, key).await?);
        }
        let written = self.store().add_account(account.clone()).await;
        self.written(written, account).await
    }

    /// Changes an account. A new key takes the place of the old one only once it is kept.
    ///
    /// # Errors
    /// See [`AccountError`]; then the account is as it was.
    pub async fn change_account(
        &self,
        id: AccountId,
        change: AccountChange,
    ) -> Result<Account, AccountError> {
        let before = self.load_account(id).await?;
        let mut account = before.clone();
        let key = apply(&mut account, change);
        account.updated_at = clock::now();
        self.refuse_taken_name(&account).await?;
        let setting = way(&account)?;
        match (&setting, key) {
            (None, Some(_)) => return Err(AccountError::KeyNotUsed(account.provider)),
            (Some(setting), Some(key)) => {
                account.credential = Some(self.keep_key(id, setting, key).await?);
                account.check = None;
            }
            (Some(setting), None) if account.credential.is_some() => {
                // A key never follows its account to another place.
                let known = way(&before)?.map(|known| known.place());
                if known.as_ref() != Some(&setting.place()) {
                    return Err(AccountError::Setting(BadSetting::OtherPlace {
                        bound: known.unwrap_or_default(),
                        asked: setting.place(),
                    }));
                }
            }
            _ => {}
        }
        let kept = account.credential != before.credential;
        let written = self.store().change_account(account.clone()).await;
        let account = if kept {
            self.written(written, account).await?
        } else {
            match written? {
                AccountWritten::Written => account,
                AccountWritten::NameTaken => return Err(AccountError::NameTaken),
            }
        };
        sweep(self.deps()).await;
        Ok(account)
    }

    /// Removes an account and its key. What it was used for stays in the list of calls. Says why its key
    /// is still in the vault, where it is; then it is taken out at a later start.
    ///
    /// # Errors
    /// There is no such account, or the disk refused.
    pub async fn remove_account(&self, id: AccountId) -> Result<Option<VaultError>, AccountError> {
        match self.store().remove_account(id).await {
            Err(StoreError::NotFound(_)) => return Err(AccountError::NotFound),
            other => other?,
        }
        // Keys that others left behind say nothing of this one.
        let still = take_out(self.deps()).await?;
        let own = still.into_iter().find(|one| one.account == id);
        Ok(own.map(|one| one.error))
    }

    /// The account of that id.
    ///
    /// # Errors
    /// [`AccountError::NotFound`].
    pub async fn load_account(&self, id: AccountId) -> Result<Account, AccountError> {
        let found = self.store().find_account(id).await?;
        found.ok_or(AccountError::NotFound)
    }

    async fn refuse_taken_name(&self, account: &Account) -> Result<(), AccountError> {
        let all = self.store().list_accounts(account.workspace).await?;
        let is_taken = all
            .iter()
            .any(|other| other.name == account.name && other.id != account.id);
        if is_taken {
            return Err(AccountError::NameTaken);
        }
        Ok(())
    }

    /// The account if it was written; else its new key leaves the vault again.
    async fn written(
        &self,
        written: Result<AccountWritten, StoreError>,
        account: Account,
    ) -> Result<Account, AccountError> {
        let error = match written {
            Ok(AccountWritten::Written) => return Ok(account),
            Ok(AccountWritten::NameTaken) => AccountError::NameTaken,
            Err(error) => error.into(),
        };
        if let Some(credential) = account.credential {
            self.give_up_key(credential).await;
        }
        Err(error)
    }
}

/// Where an account is called; none where it is not.
pub(crate) fn way(account: &Account) -> Result<Option<Setting>, AccountError> {
    if !account.provider.is_called() {
        return Ok(None);
    }
    let setting = Setting::of_account(
        account.provider,
        account.format,
        account.base_url.as_deref(),
        account.model.as_deref(),
    );
    Ok(Some(setting?))
}

/// Applies what changes; the new key, if there is one.
fn apply(account: &mut Account, change: AccountChange) -> Option<Hidden> {
    let set = |field: &mut Option<String>, value: Option<String>| {
        if let Some(value) = value {
            *field = Some(value).filter(|text| !text.is_empty());
        }
    };
    if let Some(name) = change.name {
        account.name = name;
    }
    set(&mut account.email, change.email);
    set(&mut account.plan, change.plan);
    set(&mut account.specialization, change.specialization);
    set(&mut account.base_url, change.base_url);
    set(&mut account.model, change.model);
    account.tags = change.tags.unwrap_or_else(|| account.tags.clone());
    account.status = change.status.unwrap_or(account.status);
    account.format = change.format.or(account.format);
    change.key
}
