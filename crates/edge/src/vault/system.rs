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
        why: "this build knows no keychain of this system",
        detail: None,
    })
}

#[cfg(any(target_os = "linux", target_os = "macos", windows))]
fn missing(error: keyring_core::Error) -> VaultError {
    match error {
        keyring_core::Error::PlatformFailure(cause)
        | keyring_core::Error::NoStorageAccess(cause) => failed(cause.as_ref()),
        _ => VaultError::Missing {
            why: "the keychain of this system cannot be used",
            detail: None,
        },
    }
}

/// It could not be asked: because none runs, or because the system keeps us from it.
pub(super) fn failed(cause: &(dyn Error + Send + Sync + 'static)) -> VaultError {
    let detail = Some(cause.to_string());
    #[cfg(target_os = "linux")]
    if cause.downcast_ref().is_some_and(is_refused) {
        return VaultError::Denied {
            place: Place::Keychain,
            why: "the system does not let this program ask it",
            detail,
        };
    }
    VaultError::Missing {
        why: "no keychain runs here",
        detail,
    }
}

/// Whether the bus itself said no, as it does to programs in a sandbox.
#[cfg(target_os = "linux")]
fn is_refused(cause: &secret_service::Error) -> bool {
    use secret_service::Error as Service;
    use zbus::fdo::Error::AccessDenied;
    match cause {
        Service::ZbusFdo(AccessDenied(_)) => true,
        Service::Zbus(zbus::Error::FDO(error)) => matches!(**error, AccessDenied(_)),
        Service::Zbus(zbus::Error::MethodError(name, ..)) => {
            name.as_str() == "org.freedesktop.DBus.Error.AccessDenied"
        }
        _ => false,
    }
}

/// Access was refused: because it is locked, or because somebody said no.
pub(super) fn no_access(cause: &(dyn Error + Send + Sync + 'static)) -> VaultError {
    let detail = Some(cause.to_string());
    #[cfg(target_os = "linux")]
    if let Some(cause) = cause.downcast_ref::<secret_service::Error>() {
        use secret_service::Error as Service;
        match cause {
            Service::Locked => {
                return VaultError::Locked {
                    place: Place::Keychain,
                    why: "it waits for its password",
                };
            }
            Service::NoResult => {
                return VaultError::Missing {
                    why: "the keychain has no default collection to keep anything in",
                    detail,
                };
            }
            Service::Prompt | Service::PromptDisconnected => {
                return VaultError::Denied {
                    place: Place::Keychain,
                    why: "it is locked, and the window that asks for its password was closed or could not open",
                    detail,
                };
            }
            _ => {}
        }
    }
    VaultError::Denied {
        place: Place::Keychain,
        why: "it was refused",
        detail,
    }
}
