//! The keys of safes: fetched when something is to be sealed or opened, and held from then on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use krake_domain::account::Place;
use krake_domain::id::{ProjectId, SafeId};
use krake_domain::kept_secret::SecretPolicy;
use krake_edge::vault::{Safe, Vault, VaultError};
use krake_store::{SafeRow, Store, StoreError};

use crate::import::Keeping;

/// A keychain that refused is not asked again for an import before this: it may hang each time.
const PATIENCE: Duration = Duration::from_secs(300);
/// Nobody ever gets here by a choice of a person: a backup was put back, or a safe was given up.
pub(super) const NO_SAFE: &str =
    "there is no key to seal secrets with; choose `encrypt` again to make one";

/// The safes of one data folder. Clones share what is open.
#[derive(Clone)]
pub(crate) struct Safes {
    store: Store,
    vault: Vault,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    open: HashMap<SafeId, Safe>,
    refused: Option<(Instant, String)>,
}

impl Safes {
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            store,
            vault,
            held: Arc::default(),
        }
    }

    /// What an import is to do with the words of the secrets that it finds. A vault that gives no key
    /// now is no reason to wait: then they are dropped, and the import says why.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn keeping(&self, project: Option<ProjectId>) -> Result<Keeping, StoreError> {
        let (policy, safe) = self.store.secret_policy().await?;
        let own = self.store.project_secret_policies().await?;
        let row = match (wanted(policy, &own, project), safe) {
            (SecretPolicy::Drop, _) => return Ok(Keeping::Dropped),
            (SecretPolicy::Encrypt, None) => return Ok(Keeping::Refused(NO_SAFE.to_owned())),
            (SecretPolicy::Encrypt, Some(row)) => row,
        };
        if row.place == Place::Keychain
            && let Some((at, why)) = &self.held().refused
            && at.elapsed() < PATIENCE
        {
            return Ok(Keeping::Refused(why.clone()));
        }
        match self.open(row).await {
            Ok(safe) => Ok(Keeping::Sealed { safe, id: row.id }),
            Err(error) => Ok(Keeping::Refused(because(&error))),
        }
    }

    /// The safe, with its key from the vault where it is not held yet.
    ///
    /// # Errors
    /// The vault does not give it.
    pub async fn open(&self, row: SafeRow) -> Result<Safe, VaultError> {
        if let Some(safe) = self.held().open.get(&row.id) {
            return Ok(safe.clone());
        }
        let opened = async {
            self.reach(row.place).await?;
            self.vault.open_safe(row.place, &row.id.to_string()).await
        };
        let opened = opened.await;
        let mut held = self.held();
        match opened {
            Ok(safe) => {
                held.refused = None;
                held.open.insert(row.id, safe.clone());
                Ok(safe)
            }
            Err(error) => {
                if row.place == Place::Keychain {
                    held.refused = Some((Instant::now(), because(&error)));
                }
                Err(error)
            }
        }
    }

    /// Makes a safe whose row is written.
    ///
    /// # Errors
    /// The vault does not take its key.
    pub async fn make(&self, row: SafeRow) -> Result<(), VaultError> {
        self.reach(row.place).await?;
        let safe = self.vault.make_safe(row.place, &row.id.to_string()).await?;
        let mut held = self.held();
        held.refused = None;
        held.open.insert(row.id, safe);
        Ok(())
    }

    /// Takes its key out of the vault.
    ///
    /// # Errors
    /// The vault does not let it go; then it may still be there.
    pub async fn remove(&self, row: SafeRow) -> Result<(), VaultError> {
        self.held().open.remove(&row.id);
        self.reach(row.place).await?;
        self.vault.remove(row.place, &row.id.to_string()).await
    }

    async fn reach(&self, place: Place) -> Result<(), VaultError> {
        match place {
            Place::Keychain => Ok(()),
            Place::File => self.vault.open_by_environment().await,
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an import must be ready for: the word of its project, where it is known; else keeping, where
/// anything that it could meet is to be kept. The store decides for each session.
pub(super) fn wanted(
    policy: SecretPolicy,
    own: &[(ProjectId, SecretPolicy)],
    project: Option<ProjectId>,
) -> SecretPolicy {
    let kept = SecretPolicy::Encrypt;
    match project {
        Some(project) => own
            .iter()
            .find(|(id, _)| *id == project)
            .map_or(policy, |(_, own)| *own),
        None if own.iter().any(|(_, own)| *own == kept) => kept,
        None => policy,
    }
}

/// Why no key is to be had, in words for people.
pub(super) fn because(error: &VaultError) -> String {
    match error {
        VaultError::Absent => {
            "their key is not in the vault any more; choose `encrypt` again to make \
                               a new one"
                .to_owned()
        }
        other => other.in_full(),
    }
}
