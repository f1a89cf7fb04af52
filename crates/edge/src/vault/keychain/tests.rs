//! The thread and its time limit, against stores that hang, fail and answer. The real keychain of a
//! system is asked by the tests of the command line, which can give a process a bus of its own.

use std::any::Any;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, channel};

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, Error, Result};

use super::*;

type Deed = dyn Fn() -> Result<Vec<u8>> + Send + Sync;

/// Does the same for every read and write.
struct Scripted(Arc<Deed>);

impl CredentialStoreApi for Scripted {
    fn vendor(&self) -> String {
        "test".to_owned()
    }

    fn id(&self) -> String {
        "test".to_owned()
    }

    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        Ok(Entry::new_with_credential(Arc::new(Scripted(
            self.0.clone(),
        ))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("scripted")
    }
}

impl CredentialApi for Scripted {
    fn set_secret(&self, _: &[u8]) -> Result<()> {
        (self.0)().map(drop)
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        (self.0)()
    }

    fn delete_credential(&self) -> Result<()> {
        (self.0)().map(drop)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("scripted")
    }
}

fn keychain(patience: Duration, deed: Arc<Deed>) -> Keychain {
    let connect = move || Ok(Arc::new(Scripted(deed.clone())) as Arc<CredentialStore>);
    Keychain {
        worker: Arc::default(),
        hanging: Arc::default(),
        connect: Arc::new(connect),
        patience,
    }
}

/// Hangs until its gate is opened.
fn gated(gate: Receiver<()>) -> Arc<Deed> {
    let gate = Mutex::new(gate);
    Arc::new(move || {
        let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        Ok(b"late".to_vec())
    })
}

#[tokio::test]
async fn a_keychain_that_hangs_is_locked_and_so_many_threads_wait_for_it() {
    let (open, gate) = channel();
    let keychain = keychain(Duration::from_millis(20), gated(gate));
    for _ in 0..MOST_HANGING + 2 {
        assert_eq!(keychain.load("x").await.err(), Some(locked()));
    }
    assert_eq!(keychain.hanging.load(Ordering::SeqCst), MOST_HANGING);
    // Once it answers again, the threads that were left behind end, and a new one is asked.
    drop(open);
    while keychain.hanging.load(Ordering::SeqCst) > 0 {
        tokio::task::yield_now().await;
    }
    let patient = Keychain {
        patience: Duration::from_secs(60),
        ..keychain
    };
    assert_eq!(**patient.load("x").await.unwrap(), *b"late");
}

#[tokio::test]
async fn no_error_holds_a_part_of_the_item() {
    let failing = |error: fn() -> Error| async move {
        let deed: Arc<Deed> = Arc::new(move || Err(error()));
        let keychain = keychain(Duration::from_secs(60), deed);
        keychain.load("x").await.unwrap_err()
    };
    let error = failing(|| Error::BadEncoding(b"sk-canary".to_vec())).await;
    assert!(!format!("{error} {error:?}").contains("canary"));
    assert!(matches!(error, VaultError::Broken { .. }));
    assert_eq!(failing(|| Error::NoEntry).await, VaultError::Absent);
    let denied = failing(|| Error::NoStorageAccess("dismissed".into())).await;
    assert!(matches!(denied, VaultError::Denied { .. }), "{denied}");
    let gone = failing(|| Error::PlatformFailure("no bus".into())).await;
    assert!(matches!(gone, VaultError::Missing { .. }), "{gone}");
    // What the system said stands apart from what a person reads first.
    for (error, raw) in [(&denied, "dismissed"), (&gone, "no bus")] {
        assert_eq!(error.detail(), Some(raw));
        assert!(!error.in_full().contains(raw), "{error}");
        assert!(error.in_full().contains("krake vault create"), "{error}");
    }
    let long = Zeroizing::new(vec![b'x'; MOST_BYTES + 1]);
    let deed: Arc<Deed> = Arc::new(|| Ok(Vec::new()));
    let put = keychain(Duration::from_secs(60), deed).put("x", long).await;
    assert!(matches!(put, Err(VaultError::TooLarge { .. })));
}
