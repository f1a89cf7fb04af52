//! The form of the encrypted file: a passphrase becomes a key by Argon2id, and everything behind
//! the head is sealed by XChaCha20-Poly1305, the head included in the seal.
//!
//! ```text
//! KRAKEV1\n · memory in KiB · passes · lanes (4 bytes each, little endian) · salt (16) · nonce (24) · sealed
//! ```

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use krake_domain::account::Place;
use krake_domain::secret::Hidden;
use zeroize::Zeroizing;

use super::error::VaultError;

const MAGIC: &[u8; 8] = b"KRAKEV1\n";
const SALT: usize = 16;
const NONCE: usize = 24;
const HEAD: usize = MAGIC.len() + 12 + SALT + NONCE;

/// Twice what OWASP asks for at least (19 MiB and two passes): a guess costs about a tenth of a
/// second and 64 MiB.
const USUAL: Cost = Cost {
    memory_kib: 64 << 10,
    passes: 3,
    lanes: 1,
};
/// A file that asks for more was not written by us, and would keep the machine busy.
const MOST: Cost = Cost {
    memory_kib: 1 << 20,
    passes: 16,
    lanes: 8,
};

#[derive(Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The key of a file, with what it was made from beside the passphrase.
#[derive(Clone)]
pub(super) struct Key {
    key: Zeroizing<[u8; 32]>,
    cost: Cost,
    salt: [u8; SALT],
}

impl Key {
    /// The key of a new file. Takes a moment, on purpose: call it on a blocking thread.
    pub fn make(passphrase: &Hidden) -> Result<Self, VaultError> {
        Self::derive(passphrase, USUAL, random()?)
    }

    /// The key of that file; whether the passphrase is right shows when it is opened.
    pub fn of(file: &[u8], passphrase: &Hidden) -> Result<Self, VaultError> {
        let (cost, salt) = head(file)?;
        Self::derive(passphrase, cost, salt)
    }

    fn derive(passphrase: &Hidden, cost: Cost, salt: [u8; SALT]) -> Result<Self, VaultError> {
        let Cost {
            memory_kib,
            passes,
            lanes,
        } = cost;
        let params = Params::new(memory_kib, passes, lanes, Some(32))
            .map_err(|_| broken("its head asks for an impossible work"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.open_here().as_bytes(), &salt, key.as_mut_slice())
            .map_err(|_| broken("its key cannot be made"))?;
        Ok(Self { key, cost, salt })
    }

    /// A file that holds this, under a nonce that is used once.
    pub fn seal(&self, inside: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce: [u8; NONCE] = random()?;
        let mut file = Vec::with_capacity(HEAD + inside.len() + 16);
        file.extend_from_slice(MAGIC);
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(&self.salt);
        file.extend_from_slice(&nonce);
        let payload = Payload {
            msg: inside,
            aad: &file,
        };
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| broken("it cannot be sealed"))?;
        file.extend_from_slice(&sealed);
        Ok(file)
    }

    /// What the file holds.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], also where somebody changed the file: the two cannot be
    /// told apart.
    pub fn open(&self, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (cost, salt) = head(file)?;
        if cost != self.cost || salt != self.salt {
            // Another file was put in its place; its key is another one.
            return Err(VaultError::WrongPassphrase);
        }
        let (aad, msg) = file.split_at(HEAD);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&aad[HEAD - NONCE..]);
        self.cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg, aad })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPassphrase)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }
}

fn head(file: &[u8]) -> Result<(Cost, [u8; SALT]), VaultError> {
    if file.len() < HEAD || !file.starts_with(MAGIC) {
        return Err(broken("it is no vault of Krake"));
    }
    let number = |place: usize| {
        let mut bytes = [0; 4];
        let at = MAGIC.len() + 4 * place;
        bytes.copy_from_slice(&file[at..at + 4]);
        u32::from_le_bytes(bytes)
    };
    let cost = Cost {
        memory_kib: number(0),
        passes: number(1),
        lanes: number(2),
    };
    if cost.memory_kib > MOST.memory_kib || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
        return Err(broken("its head asks for more work than Krake ever does"));
    }
    let mut salt = [0; SALT];
    salt.copy_from_slice(&file[MAGIC.len() + 12..MAGIC.len() + 12 + SALT]);
    Ok((cost, salt))
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::Io {
        why: "the system gives no random numbers".to_owned(),
    })?;
    Ok(bytes)
}

fn broken(why: &'static str) -> VaultError {
    VaultError::Broken {
        place: Place::File,
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Hidden {
        Hidden::new(text.to_owned())
    }

    #[test]
    fn only_the_right_passphrase_opens_an_unchanged_file() {
        let key = Key::make(&words("correct horse")).unwrap();
        let file = key.seal(b"inside").unwrap();
        assert!(!file.windows(6).any(|part| part == b"inside"));
        assert_ne!(file, key.seal(b"inside").unwrap(), "a nonce is used once");
        let again = Key::of(&file, &words("correct horse")).unwrap();
        assert_eq!(&**again.open(&file).unwrap(), b"inside");
        let wrong = Key::of(&file, &words("correct horsf")).unwrap();
        assert_eq!(wrong.open(&file).err(), Some(VaultError::WrongPassphrase));
        // Salt, nonce, sealed part, mark.
        for place in [20, 40, HEAD, file.len() - 1] {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert_eq!(
                key.open(&changed).err(),
                Some(VaultError::WrongPassphrase),
                "{place}"
            );
        }
    }

    #[test]
    fn a_head_that_is_not_ours_costs_nothing() {
        let key = words("correct horse");
        let mut greedy = [MAGIC.as_slice(), &[0; HEAD]].concat();
        greedy[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        for file in [&b""[..], b"KRAKEV1\n", &[0; 200], &greedy] {
            assert!(matches!(
                Key::of(file, &key).err(),
                Some(VaultError::Broken { .. })
            ));
        }
    }
}
