//! The keys of the user's accounts, for whoever looks for them in text of others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use krake_domain::account::Place;
use krake_domain::id::{CredentialId, ProjectId, WorkspaceId};
use krake_domain::secret::Secret;
use krake_edge::vault::{Vault, VaultError};
use krake_engine::secrets::Known;
use krake_store::{Store, StoreError};

use crate::import::Wish;
use crate::secrets::Safes;

/// A keychain that refused is not asked again before this: it may hang each time, or ask a person.
const PATIENCE: Duration = Duration::from_secs(300);

/// Fetches the keys when text comes in, and holds them from then on: they are looked for in every
/// text. Clones share them.
#[derive(Clone)]
pub(crate) struct KnownKeys {
    store: Store,
    vault: Vault,
    safes: Safes,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    keys: HashMap<CredentialId, Secret>,
    refused_at: Option<Instant>,
}

impl Held {
    fn is_resting(&self) -> bool {
        self.refused_at.is_some_and(|at| at.elapsed() < PATIENCE)
    }
}

impl KnownKeys {
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            safes: Safes::new(store.clone(), vault.clone()),
            store,
            vault,
            held: Arc::default(),
        }
    }

    /// Where the words of other secrets go.
    pub fn safes(&self) -> &Safes {
        &self.safes
    }

    /// The wish of an import that looks for these keys, and keeps or drops the words of other secrets
    /// as a person has said; for this project, where it is known whose text it is.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn wish(&self, project: Option<ProjectId>) -> Result<Wish, StoreError> {
        Ok(Wish {
            known: self.get().await?,
            keeping: self.safes.keeping(project).await?,
            ..Wish::default()
        })
    }

    /// The keys of all accounts that can be had now. Those in a vault that is locked are missing:
    /// text is kept all the same, without what has the shape of a key.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn get(&self) -> Result<Known, StoreError> {
        let accounts = self.store.list_accounts(WorkspaceId::PERSONAL).await?;
        let wanted: Vec<CredentialId> = accounts.iter().filter_map(|one| one.credential).collect();
        for id in &wanted {
            if !self.held().keys.contains_key(id) {
                self.fetch(*id).await?;
            }
        }
        let mut held = self.held();
        held.keys.retain(|id, _| wanted.contains(id));
        Ok(Known::new(held.keys.values().cloned()))
    }

    async fn fetch(&self, id: CredentialId) -> Result<(), StoreError> {
        let Some(place) = self.store.place_of(id).await? else {
            return Ok(());
        };
        if place == Place::File && self.vault.open_by_environment().await.is_err() {
            return Ok(());
        }
        if place == Place::Keychain && self.held().is_resting() {
            return Ok(());
        }
        let loaded = self.vault.load(place, &id.to_string()).await;
        let mut held = self.held();
        match loaded {
            Ok(key) => {
                held.keys.insert(id, key);
            }
            // One item is missing; the others are there.
            Err(VaultError::Absent) => {}
            Err(error) => {
                if place == Place::Keychain {
                    held.refused_at = Some(Instant::now());
                }
                tracing::info!(%error, "keys of accounts cannot be looked for in what comes in");
            }
        }
        Ok(())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
