//! Which keychain this system has, and what its refusals mean.

use std::error::Error;
use std::sync::Arc;

use keyring_core::CredentialStore;
use krake_domain::account::Place;

use super::error::VaultError;

/// Connects to it.
#[cfg(target_os = "linux")]
pub(super) fn open() -> Result<Arc<CredentialStore>, VaultError> {
    let store = zbus_secret_service_keyring_store::Store::new();
    store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(missing)
}

/// Connects to it.
#[cfg(target_os = "macos")]
pub(super) fn open() -> Result<Arc<CredentialStore>, VaultError> {
    let store = apple_native_keyring_store::keychain::Store::new();
    store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(missing)
}

/// Connects to it.
#[cfg(windows)]
pub(super) fn open() -> Result<Arc<CredentialStore>, VaultError> {
    let store = windows_native_keyring_store::Store::new();
    store
        .map(|store| store as Arc<CredentialStore>)
        .map_err(missing)
}

/// None that this build knows.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn open() -> Result<Arc<CredentialStore>, VaultError> {
    Err(VaultError::Missing {
        why: "this build knows no keychain of this system".to_owned(),
    })
}

#[cfg(any(target_os = "linux", target_os = "macos", windows))]
fn missing(error: keyring_core::Error) -> VaultError {
    VaultError::Missing {
        why: match error {
            keyring_core::Error::PlatformFailure(cause)
            | keyring_core::Error::NoStorageAccess(cause) => cause.to_string(),
            _ => "it cannot be used".to_owned(),
        },
    }
}

/// Access was refused: because it is locked, or because somebody said no.
pub(super) fn no_access(cause: &(dyn Error + Send + Sync + 'static)) -> VaultError {
    #[cfg(target_os = "linux")]
    if let Some(cause) = cause.downcast_ref::<secret_service::Error>() {
        use secret_service::Error as Service;
        match cause {
            Service::Locked => {
                return VaultError::Locked {
                    place: Place::Keychain,
                    why: "unlock it, then try again",
                };
            }
            Service::NoResult => {
                return VaultError::Missing {
                    why: "it has no default collection to keep anything in".to_owned(),
                };
            }
            Service::Prompt | Service::PromptDisconnected => {
                return VaultError::Denied {
                    place: Place::Keychain,
                    why: "it is locked, and the window that asks for its password was closed or could not open".to_owned(),
                };
            }
            _ => {}
        }
    }
    VaultError::Denied {
        place: Place::Keychain,
        why: cause.to_string(),
    }
}
