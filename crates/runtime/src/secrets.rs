//! Secrets that imports found, and what a person wants done with their words: the choice, what is kept,
//! one look at one of them, and forgetting.
//!
//! **Invariant:** words leave only for a person who asked for that one secret, after the journal says
//! so; without the key in the vault there are none.

mod safes;

use krake_domain::account::Place;
use krake_domain::event::{Event, Stamped};
use krake_domain::id::{ExecutionId, KeptSecretId, ProjectId, SafeId, WorkspaceId};
use krake_domain::kept_secret::{KeptSecret, SecretPolicy};
use krake_domain::principal::Principal;
use krake_domain::secret::Revealed;
use krake_edge::vault::{Sealed, VaultError};
use krake_store::{Batch, SafeRow, StoreError};
use uuid::Uuid;

use crate::clock;
use crate::handle::Runtime;
use crate::start::Deps;

pub(crate) use safes::Safes;

/// What became of a key that opens nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    Whole,
    /// It could not be taken out of the vault yet, and is at a later start.
    KeyLeft,
}

/// Why nothing was done with kept secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SecretError {
    #[error("there is no such kept secret")]
    NotFound,
    /// The key that would open it is gone.
    #[error(
        "the key of this secret is not in the vault any more: nobody can open it, and it can only be forgotten"
    )]
    KeyGone,
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How it stands with the words of secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretStanding {
    pub policy: SecretPolicy,
    /// Projects that have their own.
    pub projects: Vec<(ProjectId, SecretPolicy)>,
    /// How many are kept.
    pub kept: u64,
    /// Where the key of new ones rests, or would rest.
    pub place: Place,
    /// Why none can be kept now, where they should be.
    pub refused: Option<String>,
}

impl Runtime {
    /// What a person wants, and whether it can be done now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn secret_standing(&self) -> Result<SecretStanding, StoreError> {
        let (policy, safe) = self.store().secret_policy().await?;
        let projects = self.store().project_secret_policies().await?;
        let refused = match (safes::wanted(policy, &projects, None), safe) {
            (SecretPolicy::Drop, _) => None,
            (SecretPolicy::Encrypt, None) => Some(safes::NO_SAFE.to_owned()),
            (SecretPolicy::Encrypt, Some(safe)) => {
                let opened = self.deps().safes.open(safe).await;
                opened.err().map(|error| safes::because(&error))
            }
        };
        Ok(SecretStanding {
            policy,
            projects,
            kept: self.store().count_kept_secrets().await?,
            place: safe.map_or_else(|| self.deps().vault.place(), |safe| safe.place),
            refused,
        })
    }

    /// Says what becomes of the words of secrets that are found from now on. Those that are kept stay
    /// until somebody forgets them.
    ///
    /// # Errors
    /// They are to be kept, and the vault does not take their key; then all is as it was.
    pub async fn set_secret_policy(&self, policy: SecretPolicy) -> Result<(), SecretError> {
        let safe = match policy {
            SecretPolicy::Drop => None,
            SecretPolicy::Encrypt => Some(self.usable_safe().await?),
        };
        self.store().set_secret_policy(policy, safe).await?;
        sweep(self.deps()).await;
        Ok(())
    }

    /// The same for one project; without a policy it goes by what holds for all.
    ///
    /// # Errors
    /// There is no such project; or as [`Runtime::set_secret_policy`].
    pub async fn set_project_secret_policy(
        &self,
        project: ProjectId,
        policy: Option<SecretPolicy>,
    ) -> Result<(), SecretError> {
        let safe = match policy {
            Some(SecretPolicy::Encrypt) => Some(self.usable_safe().await?),
            Some(SecretPolicy::Drop) | None => None,
        };
        let store = self.store();
        store
            .set_project_secret_policy(project, policy, safe)
            .await?;
        sweep(self.deps()).await;
        Ok(())
    }

    /// Kept secrets without their words, the last found first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn kept_secrets(
        &self,
        token: Option<String>,
        after: Option<KeptSecretId>,
        limit: u32,
    ) -> Result<Vec<KeptSecret>, StoreError> {
        self.store().list_kept_secrets(token, after, limit).await
    }

    /// The words of one kept secret, for the person who asks. The journal says so first.
    ///
    /// # Errors
    /// There is none of that id, or its key cannot be had.
    pub async fn reveal_secret(
        &self,
        id: KeptSecretId,
        by: Principal,
    ) -> Result<(KeptSecret, Revealed), SecretError> {
        let row = self.store().find_kept_secret(id).await?;
        let row = row.ok_or(SecretError::NotFound)?;
        let safe = self.deps().safes.open(row.safe).await;
        let safe = safe.map_err(|error| match error {
            VaultError::Absent => SecretError::KeyGone,
            other => other.into(),
        })?;
        let sealed = Sealed {
            digest: row.digest,
            bytes: row.sealed,
        };
        let words = safe.open(&sealed, &row.secret.token)?;
        let event = Event::SecretRevealed {
            secret: id,
            token: row.secret.token.clone(),
            by,
        };
        let batch = Batch {
            workspace: WorkspaceId::PERSONAL,
            execution: ExecutionId::NONE,
            events: vec![Stamped {
                at: clock::now(),
                event,
            }],
            summary: None,
        };
        self.store().append(batch).await?;
        Ok((row.secret, words))
    }

    /// Forgets these, or all of them; how many that were, and whether a key that opens nothing any more
    /// is out of the vault.
    ///
    /// # Errors
    /// The store refuses the write.
    pub async fn forget_secrets(
        &self,
        ids: Option<Vec<KeptSecretId>>,
    ) -> Result<(u64, Removed), StoreError> {
        let forgotten = self.store().forget_kept_secrets(ids).await?;
        Ok((forgotten, sweep(self.deps()).await))
    }

    /// The safe that secrets went to before where it can still be opened, else a new one.
    async fn usable_safe(&self) -> Result<SafeId, SecretError> {
        let deps = self.deps();
        let (_, before) = deps.store.secret_policy().await?;
        if let Some(safe) = before {
            match deps.safes.open(safe).await {
                Ok(_) => return Ok(safe.id),
                Err(VaultError::Absent) => {}
                // What is locked is opened again; a new key would only hide that.
                Err(error) if deps.vault.place() == safe.place => return Err(error.into()),
                Err(_) => {}
            }
        }
        let safe = SafeRow {
            id: SafeId::from_uuid(Uuid::now_v7()),
            place: deps.vault.place(),
        };
        deps.store.begin_safe(safe, clock::now()).await?;
        match deps.safes.make(safe).await {
            Ok(()) => Ok(safe.id),
            Err(error) => {
                deps.store.give_up_safe(safe.id).await?;
                sweep(deps).await;
                Err(error.into())
            }
        }
    }
}

/// Takes keys of safes out of the vault that open nothing. What cannot be reached now stays noted.
pub(crate) async fn sweep(deps: &Deps) -> Removed {
    let left = match deps.store.list_left_safes().await {
        Ok(left) => left,
        Err(error) => {
            tracing::warn!(%error, "which keys of safes were left behind is not known");
            return Removed::KeyLeft;
        }
    };
    let mut swept = Removed::Whole;
    for safe in left {
        match deps.safes.remove(safe).await {
            Ok(()) => {
                if let Err(error) = deps.store.forget_safe(safe.id).await {
                    tracing::warn!(%error, "a safe whose key is gone is still noted");
                }
            }
            Err(error) => {
                tracing::debug!(detail = error.detail(), "the vault let no key go");
                tracing::warn!(%error, "the key of a safe stays in the vault until the next start");
                swept = Removed::KeyLeft;
                if matches!(error, VaultError::Locked { .. }) {
                    // Each further one would wait as long.
                    break;
                }
            }
        }
    }
    swept
}
