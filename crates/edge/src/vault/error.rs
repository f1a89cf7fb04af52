//! Why a secret could not be kept or had, sorted by what a person can do about it.

use krake_domain::account::Place;

/// One closed set for the keychain and the file. No part of a secret is in any of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is there and waits for a password, perhaps in a window behind this one.
    #[error("{} is locked: {why}", shown(.place))]
    Locked { place: Place, why: &'static str },
    /// Somebody, or the system, said no.
    #[error("{} does not give access: {why}", shown(.place))]
    Denied { place: Place, why: String },
    /// Nothing keeps secrets on this system.
    #[error("no keychain runs here: {why}")]
    Missing { why: String },
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

fn shown(place: &Place) -> &'static str {
    match place {
        Place::Keychain => "the keychain",
        Place::File => "the vault",
    }
}
