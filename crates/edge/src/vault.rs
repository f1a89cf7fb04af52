//! Where secrets rest: the keychain of the system, or an encrypted file where none runs and a
//! person chose that.
//!
//! What it deliberately does not do: it falls back to nothing. A keychain that is locked is locked,
//! and no secret is ever written anywhere in plain text instead.
//! **Invariant:** a secret comes out bound to the origin that it was put in for, and no error holds
//! any part of one.
//!
//! Reading order: what can go wrong (`error`), how one secret is written (`item`), the keychain
//! (`keychain`, `system`), the file (`file`, `seal`, `passphrase`), what is sealed under a key of the
//! vault and lies elsewhere (`safe`).

use std::path::Path;

use krake_domain::account::Place;
use krake_domain::secret::{Hidden, Secret};

pub mod error;
mod item;

mod keychain;
mod system;

mod file;
mod passphrase;
mod seal;

mod safe;

pub use error::VaultError;
pub use file::FileVault;
pub use keychain::Keychain;
pub use passphrase::{PASSPHRASE_FILE, passphrase_from_file};
pub use safe::{Safe, Sealed};

/// Both places of one data folder. Clones share it.
#[derive(Clone)]
pub struct Vault {
    keychain: Keychain,
    file: FileVault,
}

/// How one place stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Ready,
    /// The file vault was never made.
    NotMade,
    Refused(VaultError),
}

impl Vault {
    /// The vault of this data folder. Nothing is asked or opened yet.
    #[must_use]
    pub fn new(home: &Path) -> Self {
        Self {
            keychain: Keychain::new(),
            file: FileVault::new(home),
        }
    }

    /// The encrypted file.
    #[must_use]
    pub fn file(&self) -> &FileVault {
        &self.file
    }

    /// Where a new secret goes: into the file once a person has made it, else into the keychain.
    #[must_use]
    pub fn place(&self) -> Place {
        if self.file.is_made() {
            Place::File
        } else {
            Place::Keychain
        }
    }

    /// Keeps a secret under a name that is used once.
    ///
    /// # Errors
    /// See [`VaultError`]; then nothing is kept, or, after a time limit, perhaps something that
    /// [`Vault::remove`] takes away.
    pub async fn put(&self, place: Place, name: &str, secret: &Secret) -> Result<(), VaultError> {
        let text = item::write(secret);
        match place {
            Place::Keychain => self.keychain.put(name, text).await,
            Place::File => self.file.put(name, text).await,
        }
    }

    /// The secret of that name.
    ///
    /// # Errors
    /// [`VaultError::Absent`] where there is none; see [`VaultError`].
    pub async fn load(&self, place: Place, name: &str) -> Result<Secret, VaultError> {
        let text = match place {
            Place::Keychain => self.keychain.load(name).await?,
            Place::File => self.file.load(name).await?,
        };
        item::read(&text).ok_or(VaultError::Broken {
            place,
            why: "the item is not one of Krake's",
        })
    }

    /// Takes a secret away; one that is not there is as good as taken away.
    ///
    /// # Errors
    /// See [`VaultError`]; then it may still be there.
    pub async fn remove(&self, place: Place, name: &str) -> Result<(), VaultError> {
        let gone = match place {
            Place::Keychain => self.keychain.remove(name).await,
            Place::File => self.file.remove(name).await,
        };
        match gone {
            Err(VaultError::Absent) => Ok(()),
            other => other,
        }
    }

    /// Whether the place would take and give a secret now, found out without leaving one there.
    pub async fn standing(&self, place: Place) -> Standing {
        let asked = match place {
            Place::Keychain => self.keychain.try_out().await,
            Place::File if !self.file.is_made() => return Standing::NotMade,
            Place::File => self.file.try_out().await,
        };
        match asked {
            Ok(()) => Standing::Ready,
            Err(error) => Standing::Refused(error),
        }
    }

    /// Opens the file with the passphrase of [`PASSPHRASE_FILE`], where that names one.
    ///
    /// # Errors
    /// The file of the passphrase cannot be used, or does not hold the right one.
    pub async fn open_by_environment(&self) -> Result<(), VaultError> {
        if !self.file.is_made() || self.file.is_open() {
            return Ok(());
        }
        match passphrase_from_file()? {
            Some(passphrase) => self.unlock(passphrase).await,
            None => Ok(()),
        }
    }

    /// Opens the file for as long as this process lives.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`]; see [`VaultError`].
    pub async fn unlock(&self, passphrase: Hidden) -> Result<(), VaultError> {
        self.file.unlock(passphrase).await
    }
}
