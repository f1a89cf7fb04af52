//! Words sealed under a key that rests in the vault: for secrets that are too many for the vault
//! itself, and must be written together with other rows.
//!
//! ```text
//! KRS1 · nonce (24) · sealed
//! ```

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use krake_domain::account::Place;
use krake_domain::hash::Hash;
use krake_domain::origin::Origin;
use krake_domain::secret::{Hidden, Revealed, Secret};
use zeroize::Zeroizing;

use super::Vault;
use super::error::VaultError;

const MAGIC: &[u8; 4] = b"KRS1";
const NONCE: usize = 24;
/// A key of this kind is for nobody: no name below `invalid` is ever given to a host.
const NOWHERE: &str = "https://safe.krake.invalid";

/// The key of a safe, in memory. Clones are as good.
#[derive(Clone)]
pub struct Safe {
    /// Two keys made from the one in the vault, so that neither use weakens the other.
    seal: Zeroizing<[u8; 32]>,
    tell: Zeroizing<[u8; 32]>,
    place: Place,
}

/// Words that only the safe opens again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The same for the same words and the same `about` in this safe. Without its key nobody can try
    /// words against it.
    pub digest: Hash,
    pub bytes: Vec<u8>,
}

impl Safe {
    /// Seals words, bound to what is written beside them.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn seal(&self, words: &Hidden, about: &str) -> Result<Sealed, VaultError> {
        let words = words.open_here().as_bytes();
        let digest = Hash::of_parts(&[self.tell.as_slice(), about.as_bytes(), words]);
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| no_chance())?;
        let aad = aad(about, digest);
        let payload = Payload {
            msg: words,
            aad: &aad,
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| self.broken("it cannot be sealed"))?;
        let bytes = [MAGIC.as_slice(), &nonce, &sealed].concat();
        Ok(Sealed { digest, bytes })
    }

    /// The words again, where nothing of them or beside them was changed.
    ///
    /// # Errors
    /// [`VaultError::Broken`].
    pub fn open(&self, sealed: &Sealed, about: &str) -> Result<Revealed, VaultError> {
        let changed = || self.broken("what is sealed is not what was sealed");
        let rest = sealed.bytes.strip_prefix(MAGIC).ok_or_else(changed)?;
        let (nonce, msg) = rest.split_at_checked(NONCE).ok_or_else(changed)?;
        let mut number = [0; NONCE];
        number.copy_from_slice(nonce);
        let aad = aad(about, sealed.digest);
        let words = self
            .cipher()
            .decrypt(&XNonce::from(number), Payload { msg, aad: &aad })
            .map_err(|_| changed())?;
        let words = String::from_utf8(words).map_err(|_| changed())?;
        Ok(Revealed::new(Zeroizing::new(words)))
    }

    fn of(secret: &Secret, place: Place) -> Result<Self, VaultError> {
        let broken = VaultError::Broken {
            place,
            why: "the item is no key of a safe",
        };
        let key = secret
            .open_for(&nowhere())
            .filter(|key| key.len() == 64)
            .ok_or(broken)?;
        let part = |use_of: &[u8]| Zeroizing::new(Hash::of_parts(&[use_of, key.as_bytes()]).0);
        Ok(Self {
            seal: part(b"krake safe: seal"),
            tell: part(b"krake safe: tell"),
            place,
        })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.seal).into())
    }

    fn broken(&self, why: &'static str) -> VaultError {
        VaultError::Broken {
            place: self.place,
            why,
        }
    }
}

impl Vault {
    /// Puts the key of a new safe into the vault, under a name that is used once.
    ///
    /// # Errors
    /// As [`Vault::put`].
    pub async fn make_safe(&self, place: Place, name: &str) -> Result<Safe, VaultError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| no_chance())?;
        let key = Secret::new(Hash(*bytes).to_string(), nowhere());
        self.put(place, name, &key).await?;
        Safe::of(&key, place)
    }

    /// The safe of that name.
    ///
    /// # Errors
    /// As [`Vault::load`].
    pub async fn open_safe(&self, place: Place, name: &str) -> Result<Safe, VaultError> {
        Safe::of(&self.load(place, name).await?, place)
    }
}

/// What is written beside the words is sealed with them, so that no row can be given another's.
fn aad(about: &str, digest: Hash) -> Vec<u8> {
    [about.as_bytes(), &digest.0].concat()
}

fn nowhere() -> Origin {
    NOWHERE.parse().expect("an origin, as the test shows")
}

fn no_chance() -> VaultError {
    VaultError::Io {
        why: "the system gives no random numbers".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Hidden {
        Hidden::new(text.to_owned())
    }

    fn said(revealed: &Revealed) -> String {
        serde_json::to_value(revealed)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn vault(dir: &std::path::Path) -> Vault {
        let vault = Vault::new(dir);
        vault.file().make(words("correct horse")).await.unwrap();
        vault
    }

    #[tokio::test]
    async fn words_come_back_from_their_own_safe_and_place_alone() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path()).await;
        let safe = vault.make_safe(Place::File, "saf_a").await.ok().unwrap();
        let other = vault.make_safe(Place::File, "saf_b").await.ok().unwrap();
        let sealed = safe.seal(&words("sk-canary-1"), "[secret:a:1]").unwrap();
        assert!(!sealed.bytes.windows(6).any(|part| part == b"canary"));
        let again = vault.open_safe(Place::File, "saf_a").await.ok().unwrap();
        let opened = again.open(&sealed, "[secret:a:1]").ok().unwrap();
        assert_eq!(said(&opened), "sk-canary-1");
        let changed = |place: usize| {
            let mut sealed = sealed.clone();
            sealed.bytes[place] ^= 1;
            sealed
        };
        let wrong = Sealed {
            digest: Hash::ZERO,
            ..sealed.clone()
        };
        let cut = Sealed {
            bytes: sealed.bytes[..20].to_vec(),
            ..sealed.clone()
        };
        for (safe, sealed, about) in [
            (&other, sealed.clone(), "[secret:a:1]"),
            (&safe, sealed.clone(), "[secret:a:2]"),
            (&safe, wrong, "[secret:a:1]"),
            (&safe, cut, "[secret:a:1]"),
            (&safe, changed(0), "[secret:a:1]"),
            (&safe, changed(10), "[secret:a:1]"),
            (&safe, changed(40), "[secret:a:1]"),
        ] {
            let refused = safe.open(&sealed, about).err();
            assert!(matches!(refused, Some(VaultError::Broken { .. })));
        }
    }

    #[tokio::test]
    async fn the_same_words_have_one_digest_in_a_safe_and_another_in_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(dir.path()).await;
        let safe = vault.make_safe(Place::File, "saf_a").await.ok().unwrap();
        let other = vault.make_safe(Place::File, "saf_b").await.ok().unwrap();
        let one = safe.seal(&words("hunter2!x"), "a").unwrap();
        let two = safe.seal(&words("hunter2!x"), "a").unwrap();
        assert_eq!(one.digest, two.digest);
        assert_ne!(one.bytes, two.bytes, "a nonce is used once");
        for elsewhere in [
            other.seal(&words("hunter2!x"), "a").unwrap(),
            safe.seal(&words("hunter2!x"), "b").unwrap(),
            safe.seal(&words("hunter2!y"), "a").unwrap(),
        ] {
            assert_ne!(one.digest, elsewhere.digest);
        }
    }
}
