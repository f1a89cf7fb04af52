//! The keychain of the system, asked on a thread of its own: a call to a locked one can hang for as
//! long as nobody types its password.
//!
//! A thread that hangs is left behind and the next call gets another, so that a keychain that was
//! unlocked meanwhile answers. Only so many may hang at a time; then calls fail at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry};
use krake_domain::account::Place;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::error::VaultError;
use super::system;

/// What a person who looks into the keychain finds our items under.
const SERVICE: &str = "app.krake";
/// Answers take a fifth of a second; a person who is asked for a password tries again afterwards.
const PATIENCE: Duration = Duration::from_secs(5);
const MOST_HANGING: usize = 4;
/// Windows keeps no more in one item; elsewhere nothing of ours is that large.
const MOST_BYTES: usize = if cfg!(windows) { 2_560 } else { 16 << 10 };

type Job = Box<dyn FnOnce(&mut Open) + Send>;
type Connect = dyn Fn() -> Result<Arc<CredentialStore>, VaultError> + Send + Sync;

/// The system's keychain. Clones share its thread.
#[derive(Clone)]
pub struct Keychain {
    worker: Arc<Mutex<Option<Sender<Job>>>>,
    hanging: Arc<AtomicUsize>,
    connect: Arc<Connect>,
    patience: Duration,
}

/// The connection of one thread, made with its first job.
struct Open {
    connect: Arc<Connect>,
    store: Option<Arc<CredentialStore>>,
}

impl Keychain {
    pub(super) fn new() -> Self {
        Self {
            worker: Arc::default(),
            hanging: Arc::default(),
            connect: Arc::new(system::open),
            patience: PATIENCE,
        }
    }

    pub(super) async fn put(&self, name: &str, text: Zeroizing<Vec<u8>>) -> Result<(), VaultError> {
        if text.len() > MOST_BYTES {
            return Err(VaultError::TooLarge {
                place: Place::Keychain,
                cap: MOST_BYTES,
            });
        }
        self.ask(name, move |entry| entry.set_secret(&text)).await
    }

    pub(super) async fn load(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.ask(name, |entry| entry.get_secret().map(Zeroizing::new))
            .await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.ask(name, Entry::delete_credential).await
    }

    /// Writes, reads and removes an item that is nobody's secret.
    pub(super) async fn try_out(&self) -> Result<(), VaultError> {
        self.ask("trial", |entry| {
            entry.set_secret(b"trial")?;
            let read = entry.get_secret()?;
            entry.delete_credential()?;
            match read.as_slice() {
                b"trial" => Ok(()),
                _ => Err(keyring_core::Error::NoEntry),
            }
        })
        .await
    }

    async fn ask<T: Send + 'static>(
        &self,
        name: &str,
        call: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, VaultError> {
        let name = name.to_owned();
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |open| {
            // Whoever has given up must not be surprised by an item later.
            if !reply.is_closed() {
                let _ = reply.send(open.call(&name, call));
            }
        });
        self.hand(job)?;
        match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(answered)) => answered,
            Ok(Err(_)) => Err(VaultError::Missing {
                why: "the connection to the keychain broke off",
                detail: None,
            }),
            Err(_) => {
                self.leave_behind();
                Err(locked())
            }
        }
    }

    fn hand(&self, job: Job) -> Result<(), VaultError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match worker.as_ref() {
            Some(jobs) => match jobs.send(job) {
                Ok(()) => return Ok(()),
                Err(unsent) => unsent.0,
            },
            None => job,
        };
        if self.hanging.load(Ordering::SeqCst) >= MOST_HANGING {
            return Err(locked());
        }
        let (jobs, queue) = channel::<Job>();
        let hanging = self.hanging.clone();
        let mut open = Open {
            connect: self.connect.clone(),
            store: None,
        };
        let started = std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                while let Ok(job) = queue.recv() {
                    job(&mut open);
                }
                // The sender goes away only when this thread was left behind, or with the program.
                hanging.fetch_sub(1, Ordering::SeqCst);
            });
        started.map_err(|error| VaultError::Missing {
            why: "this system has no thread left to ask the keychain on",
            detail: Some(error.to_string()),
        })?;
        let _ = jobs.send(job);
        *worker = Some(jobs);
        Ok(())
    }

    /// The thread hangs: the next call starts another one.
    fn leave_behind(&self) {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.take().is_some() {
            self.hanging.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Open {
    fn call<T>(
        &mut self,
        name: &str,
        call: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<T, VaultError> {
        let store = match &self.store {
            Some(store) => store.clone(),
            None => self.store.insert((self.connect)()?).clone(),
        };
        let done = store
            .build(SERVICE, name, None)
            .and_then(|entry| call(&entry));
        done.map_err(|error| {
            let sorted = sort(&error);
            if matches!(sorted, VaultError::Missing { .. }) {
                // Connect anew next time: the service may have been restarted.
                self.store = None;
            }
            sorted
        })
    }
}

fn locked() -> VaultError {
    VaultError::Locked {
        place: Place::Keychain,
        why: "it did not answer in time; it may wait for its password in a window of its own",
    }
}

/// Never with the error's own text where that may hold the item.
fn sort(error: &keyring_core::Error) -> VaultError {
    use keyring_core::Error;
    match error {
        Error::NoEntry => VaultError::Absent,
        Error::NoStorageAccess(cause) => system::no_access(cause.as_ref()),
        Error::TooLong(..) => VaultError::TooLarge {
            place: Place::Keychain,
            cap: MOST_BYTES,
        },
        Error::Ambiguous(_) => VaultError::Broken {
            place: Place::Keychain,
            why: "it holds several items of one name",
        },
        Error::PlatformFailure(cause) => system::failed(cause.as_ref()),
        _ => VaultError::Broken {
            place: Place::Keychain,
            why: "it answers in a form that is not known",
        },
    }
}

#[cfg(test)]
mod tests;
