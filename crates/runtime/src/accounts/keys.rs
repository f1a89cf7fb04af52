//! The keys of accounts: into the vault, out of it, and what was left behind swept.

use krake_domain::account::{Account, Place};
use krake_domain::id::{AccountId, CredentialId, ProjectId};
use krake_domain::secret::Hidden;
use krake_edge::vault::{Standing, VaultError};
use krake_engine::secrets::Known;
use krake_llm::Setting;
use krake_store::StoreError;
use uuid::Uuid;

use super::{AccountError, way};
use crate::clock;
use crate::handle::Runtime;
use crate::import::Wish;
use crate::secrets;
use crate::start::Deps;

impl Runtime {
    /// Puts a key into the vault under a new name, once a row says that it comes.
    pub(super) async fn keep_key(
        &self,
        account: AccountId,
        setting: &Setting,
        key: Hidden,
    ) -> Result<CredentialId, AccountError> {
        setting.check_way()?;
        let secret = key.bind(setting.origin().clone())?;
        let vault = &self.deps().vault;
        let place = vault.place();
        open(self.deps(), place).await?;
        let id = CredentialId::from_uuid(Uuid::now_v7());
        let store = self.store();
        store
            .begin_credential(id, account, place, clock::now())
            .await?;
        match vault.put(place, &id.to_string(), &secret).await {
            Ok(()) => Ok(id),
            Err(error) => {
                self.give_up_key(id).await;
                Err(error.into())
            }
        }
    }

    /// Takes a key that is not wanted out of the vault again; what fails is swept later.
    pub(super) async fn give_up_key(&self, id: CredentialId) {
        if let Err(error) = self.store().give_up_credential(id).await {
            tracing::warn!(credential = %id, %error, "a key is swept at the next start");
            return;
        }
        sweep(self.deps()).await;
    }

    /// Where an account is called, with its key.
    ///
    /// # Errors
    /// It is not called, or its key cannot be had.
    pub async fn way_of(&self, account: &Account) -> Result<Setting, AccountError> {
        let setting = way(account)?.ok_or(AccountError::NotCalled(account.provider))?;
        let Some(id) = account.credential else {
            return Ok(setting);
        };
        let place = self.store().place_of(id).await?;
        let place = place.ok_or(VaultError::Absent)?;
        open(self.deps(), place).await?;
        let secret = self.deps().vault.load(place, &id.to_string()).await?;
        Ok(setting.with_key(secret)?)
    }

    /// The keys of all accounts that can be had now, to be looked for in text that comes in.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn known_keys(&self) -> Result<Known, StoreError> {
        self.deps().known_keys.get().await
    }

    /// The wish of an import: it looks for the keys of accounts, and keeps or drops the words of other
    /// secrets as a person has said.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn import_wish(&self, project: Option<ProjectId>) -> Result<Wish, StoreError> {
        self.deps().known_keys.wish(project).await
    }

    /// How the vault stands, and where a new key would go.
    pub async fn vault_standing(&self) -> (Place, Standing, Standing) {
        let vault = &self.deps().vault;
        // A wrong file of a passphrase shows as what it leaves behind: a locked vault.
        let opened = vault.open_by_environment().await;
        let keychain = vault.standing(Place::Keychain).await;
        let file = match opened {
            Ok(()) => vault.standing(Place::File).await,
            Err(error) => Standing::Refused(error),
        };
        (vault.place(), keychain, file)
    }

    /// Makes the encrypted file, where a person has chosen it; new keys go there from then on.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn make_vault(&self, passphrase: Hidden) -> Result<(), AccountError> {
        Ok(self.deps().vault.file().make(passphrase).await?)
    }

    /// Opens the encrypted file until this process ends.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn unlock_vault(&self, passphrase: Hidden) -> Result<(), AccountError> {
        self.deps().vault.unlock(passphrase).await?;
        sweep(self.deps()).await;
        secrets::sweep(self.deps()).await;
        Ok(())
    }
}

async fn open(deps: &Deps, place: Place) -> Result<(), VaultError> {
    match place {
        Place::Keychain => Ok(()),
        Place::File => deps.vault.open_by_environment().await,
    }
}

/// A key of an account that is gone, which the vault did not let go yet.
pub(crate) struct StillThere {
    pub account: AccountId,
    place: Place,
    pub error: VaultError,
}

/// Takes keys out of the vault that belong to no account, and says in the log what went wrong.
pub(crate) async fn sweep(deps: &Deps) {
    let still = match take_out(deps).await {
        Ok(still) => still,
        Err(error) => {
            tracing::warn!(%error, "which keys were left behind is not known");
            return;
        }
    };
    for one in still {
        let (error, detail) = (&one.error, one.error.detail());
        match error {
            // Whoever removed the account was told so; what waits since then waits in silence.
            VaultError::Missing { .. } | VaultError::Locked { .. } => {
                tracing::debug!(%error, detail, "a key of no account waits to be taken out");
            }
            _ => {
                tracing::warn!(%error, "a key of no account stays in the vault until a later start")
            }
        }
    }
}

/// The same, with what is still there; what cannot be reached now stays noted.
///
/// # Errors
/// The store cannot be read.
pub(super) async fn take_out(deps: &Deps) -> Result<Vec<StillThere>, StoreError> {
    let mut still: Vec<StillThere> = Vec::new();
    for credential in deps.store.list_left_credentials().await? {
        let (account, place) = (credential.account, credential.place);
        // Each further one of a place that is locked would wait as long.
        let locked = still
            .iter()
            .find(|one| one.place == place && matches!(one.error, VaultError::Locked { .. }));
        let taken = match locked {
            Some(one) => Err(one.error.clone()),
            None => remove(deps, place, &credential.id.to_string()).await,
        };
        match taken {
            Ok(()) => {
                if let Err(error) = deps.store.forget_credential(credential.id).await {
                    tracing::warn!(%error, "a key that is gone is still noted");
                }
            }
            Err(error) => still.push(StillThere {
                account,
                place,
                error,
            }),
        }
    }
    Ok(still)
}

async fn remove(deps: &Deps, place: Place, name: &str) -> Result<(), VaultError> {
    open(deps, place).await?;
    deps.vault.remove(place, name).await
}
