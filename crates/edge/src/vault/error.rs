//! Why a secret could not be kept or had, sorted by what a person can do about it.
//!
//! What the system itself said is kept apart: it is written for programmers, and a person who reads it
//! first does not learn what to do.

use krake_domain::account::Place;

/// One closed set for the keychain and the file. No part of a secret is in any of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is there and waits for a password, perhaps in a window behind this one.
    #[error("{} is locked: {why}", shown(.place))]
    Locked { place: Place, why: &'static str },
    /// Somebody, or the system, said no.
    #[error("{} does not give access: {why}", shown(.place))]
    Denied {
        place: Place,
        why: &'static str,
        /// What the system said.
        detail: Option<String>,
    },
    /// Nothing keeps secrets on this system.
    #[error("{why}")]
    Missing {
        why: &'static str,
        /// What the system said.
        detail: Option<String>,
    },
    #[error("the secret is too large: {} takes at most {cap} bytes", shown(.place))]
    TooLarge { place: Place, cap: usize },
    /// There is no secret of that name.
    #[error("the key is not in the vault any more")]
    Absent,
    #[error("that is not the passphrase of the vault")]
    WrongPassphrase,
    #[error("a passphrase has at least {least} letters")]
    WeakPassphrase { least: usize },
    /// The file of the vault was made before.
    #[error("there is a vault already")]
    Exists,
    /// What is there cannot be read, or was changed by somebody else.
    #[error("{} cannot be read: {why}", shown(.place))]
    Broken { place: Place, why: &'static str },
    /// The file of the vault, or that of its passphrase, cannot be read or written.
    #[error("{why}")]
    Io { why: String },
}

impl VaultError {
    /// What a person can do about it, in one sentence.
    #[must_use]
    pub fn way_out(&self) -> Option<&'static str> {
        Some(match self {
            Self::Locked {
                place: Place::Keychain,
                ..
            } => {
                "unlock the keychain of your system (its window may be behind this one), then try again"
            }
            Self::Locked {
                place: Place::File, ..
            } => "open it with `krake vault unlock`, then try again",
            Self::Denied { .. } => {
                "allow Krake to use the keychain, then try again; or choose an encrypted file with `krake vault create`"
            }
            Self::Missing { .. } => INSTALL,
            Self::Absent => "give the key again",
            _ => return None,
        })
    }

    /// What the system said, in its own words, where it said anything.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Denied { detail, .. } | Self::Missing { detail, .. } => detail.as_deref(),
            _ => None,
        }
    }

    /// The sentence with the way out, for places that have room for one line only.
    #[must_use]
    pub fn in_full(&self) -> String {
        match self.way_out() {
            Some(way) => format!("{self}; {way}"),
            None => self.to_string(),
        }
    }
}

#[cfg(target_os = "linux")]
const INSTALL: &str = "install or start a keyring such as GNOME Keyring or KWallet, or choose an encrypted file with `krake vault create`";
#[cfg(not(target_os = "linux"))]
const INSTALL: &str =
    "start the keychain of your system, or choose an encrypted file with `krake vault create`";

fn shown(place: &Place) -> &'static str {
    match place {
        Place::Keychain => "the keychain",
        Place::File => "the vault",
    }
}
