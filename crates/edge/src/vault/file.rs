//! The encrypted vault in the data folder, for systems where no keychain runs. A person makes it
//! and opens it with a passphrase; the key stays in the memory of this process.
//!
//! The file is read and written as a whole, and a write replaces exactly what was read, so two
//! writers cannot lose each other's secrets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use krake_domain::account::Place;
use krake_domain::hash::Hash;
use krake_domain::secret::Hidden;
use zeroize::Zeroizing;

use super::error::VaultError;
use super::seal::Key;
use crate::EdgeError;
use crate::path::InnerPath;
use crate::root::Root;

/// The name of the file in the data folder.
pub const NAME: &str = "vault.krake";
const MOST_BYTES: u64 = 8 << 20;
/// Shorter ones are guessed whatever each guess costs.
const LEAST_LETTERS: usize = 8;

/// The file and, once it was opened, its key. Clones share both.
#[derive(Clone)]
pub struct FileVault {
    home: PathBuf,
    key: Arc<Mutex<Option<Key>>>,
}

/// Names and the texts of their items.
type Items = BTreeMap<String, String>;

impl FileVault {
    pub(super) fn new(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            key: Arc::default(),
        }
    }

    /// Whether a person has made one here.
    #[must_use]
    pub fn is_made(&self) -> bool {
        // An empty one was being made when its process ended.
        std::fs::metadata(self.home.join(NAME)).is_ok_and(|file| file.is_file() && file.len() > 0)
    }

    /// Whether this process holds its key.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.held().is_some()
    }

    /// Makes an empty vault under that passphrase and opens it.
    ///
    /// # Errors
    /// [`VaultError::Exists`], [`VaultError::WeakPassphrase`], [`VaultError::Io`].
    pub async fn make(&self, passphrase: Hidden) -> Result<(), VaultError> {
        if passphrase.open_here().trim().chars().count() < LEAST_LETTERS {
            return Err(VaultError::WeakPassphrase {
                least: LEAST_LETTERS,
            });
        }
        let this = self.clone();
        blocking(move || {
            if this.is_made() {
                return Err(VaultError::Exists);
            }
            let key = Key::make(&passphrase)?;
            begin(&this.home.join(NAME))?;
            // A write keeps the permissions of what it replaces.
            this.write(&key, &Items::new(), Hash::of(b""))?;
            this.hold(key);
            Ok(())
        })
        .await
    }

    pub(super) async fn unlock(&self, passphrase: Hidden) -> Result<(), VaultError> {
        let this = self.clone();
        blocking(move || {
            let file = this.read()?;
            let key = Key::of(&file, &passphrase)?;
            key.open(&file)?;
            this.hold(key);
            Ok(())
        })
        .await
    }

    pub(super) async fn put(&self, name: &str, text: Zeroizing<Vec<u8>>) -> Result<(), VaultError> {
        let name = name.to_owned();
        self.change(move |items| {
            let text = String::from_utf8_lossy(&text).into_owned();
            items.insert(name, text);
            Ok(())
        })
        .await
    }

    pub(super) async fn load(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (this, name) = (self.clone(), name.to_owned());
        blocking(move || {
            let (_, _, mut items) = this.open()?;
            let text = items.remove(&name).ok_or(VaultError::Absent)?;
            Ok(Zeroizing::new(text.into_bytes()))
        })
        .await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), VaultError> {
        let name = name.to_owned();
        self.change(move |items| items.remove(&name).map(drop).ok_or(VaultError::Absent))
            .await
    }

    pub(super) async fn try_out(&self) -> Result<(), VaultError> {
        let this = self.clone();
        blocking(move || this.open().map(drop)).await
    }

    async fn change(
        &self,
        change: impl FnOnce(&mut Items) -> Result<(), VaultError> + Send + 'static,
    ) -> Result<(), VaultError> {
        let this = self.clone();
        blocking(move || {
            let (key, read, mut items) = this.open()?;
            change(&mut items)?;
            this.write(&key, &items, read)
        })
        .await
    }

    /// The key, the hash of the file as it was read, and what it holds.
    fn open(&self) -> Result<(Key, Hash, Items), VaultError> {
        let key = self.held().ok_or(VaultError::Locked {
            place: Place::File,
            why: "its passphrase has not been given to this process",
        })?;
        let file = self.read()?;
        let inside = key.open(&file)?;
        let items = serde_json::from_slice(&inside).map_err(|_| VaultError::Broken {
            place: Place::File,
            why: "what is sealed in it is not a list of items",
        })?;
        Ok((key, Hash::of(&file), items))
    }

    fn read(&self) -> Result<Vec<u8>, VaultError> {
        let head = Root::open(&self.home)
            .and_then(|root| root.read(&name(), MOST_BYTES))
            .map_err(io)?;
        if head.truncated {
            return Err(VaultError::Broken {
                place: Place::File,
                why: "it is larger than any vault",
            });
        }
        Ok(head.bytes)
    }

    fn write(&self, key: &Key, items: &Items, read: Hash) -> Result<(), VaultError> {
        let inside = Zeroizing::new(serde_json::to_vec(items).expect("a map of texts"));
        let file = key.seal(&inside)?;
        Root::open(&self.home)
            .and_then(|root| root.write(&name(), &file, Some(read)))
            .map_err(io)
    }

    fn held(&self) -> Option<Key> {
        self.key
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn hold(&self, key: Key) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
    }
}

/// An empty file that only its owner can read.
fn begin(path: &Path) -> Result<(), VaultError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path);
    made.map(drop)
        .map_err(|error| io(EdgeError::from_io(path.display().to_string(), error)))
}

fn name() -> InnerPath {
    InnerPath::found(Path::new(NAME))
}

fn io(error: EdgeError) -> VaultError {
    VaultError::Io {
        why: error.to_string(),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(VaultError::Io {
            why: "the vault broke off".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;
    use krake_domain::secret::Secret;

    fn words(text: &str) -> Hidden {
        Hidden::new(text.to_owned())
    }

    fn secret(value: &str) -> Secret {
        Secret::new(value.to_owned(), "https://api.example.com".parse().unwrap())
    }

    fn opened(secret: &Secret) -> &str {
        secret.open_for(secret.origin()).unwrap()
    }

    #[tokio::test]
    async fn secrets_survive_the_process_and_are_never_readable_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::new(dir.path());
        assert_eq!(vault.place(), Place::Keychain);
        let weak = vault.file().make(words("short")).await;
        assert_eq!(weak, Err(VaultError::WeakPassphrase { least: 8 }));
        vault.file().make(words("correct horse")).await.unwrap();
        assert_eq!(vault.place(), Place::File);
        let again = vault.file().make(words("another horse")).await;
        assert_eq!(again, Err(VaultError::Exists));
        let put = |name, value| {
            let vault = vault.clone();
            async move { vault.put(Place::File, name, &secret(value)).await }
        };
        put("crd_a", "sk-canary-a").await.unwrap();
        put("crd_b", "sk-canary-b").await.unwrap();

        let bytes = std::fs::read(dir.path().join(NAME)).unwrap();
        let holds = |word: &str| {
            bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes())
        };
        assert!(!holds("canary") && !holds("crd_") && !holds("example"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = std::fs::metadata(dir.path().join(NAME)).unwrap();
            assert_eq!(file.permissions().mode() & 0o777, 0o600);
        }

        let later = Vault::new(dir.path());
        let locked = later.load(Place::File, "crd_a").await.err().unwrap();
        assert!(matches!(locked, VaultError::Locked { .. }), "{locked}");
        let wrong = later.unlock(words("correct horsf")).await;
        assert_eq!(wrong, Err(VaultError::WrongPassphrase));
        later.unlock(words("correct horse")).await.unwrap();
        let found = later.load(Place::File, "crd_b").await.ok().unwrap();
        assert_eq!(opened(&found), "sk-canary-b");
        later.remove(Place::File, "crd_b").await.unwrap();
        later.remove(Place::File, "crd_b").await.unwrap();
        let gone = later.load(Place::File, "crd_b").await.err();
        assert_eq!(gone, Some(VaultError::Absent));
        let kept = vault.load(Place::File, "crd_a").await.ok().unwrap();
        assert_eq!(opened(&kept), "sk-canary-a");
    }
}
