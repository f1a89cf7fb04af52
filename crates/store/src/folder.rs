//! The data folder: who owns it, and that nobody else can read it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// The database, its write-ahead log and shared memory, and the other files that hold data.
const DATABASE: &str = "krake.db";
const LOCK: &str = "owner.lock";
const OWNER: &str = "owner.json";

/// What a second process reads to find the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub pid: u32,
    #[serde(default)]
    pub port: Option<u16>,
    pub epoch: u64,
}

impl Owner {
    /// The owner that announced itself in `dir`, if one did.
    #[must_use]
    pub fn find(dir: &Path) -> Option<Self> {
        let text = fs::read(dir.join(OWNER)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes this owner where others look, whole or not at all.
    pub(crate) fn announce(&self, dir: &Path) -> Result<(), StoreError> {
        let text = serde_json::to_vec(self).expect("an owner is plain data");
        replace(&dir.join(OWNER), &text)
    }

    /// Takes the announcement away, unless somebody else has announced itself meanwhile.
    pub(crate) fn withdraw(dir: &Path, epoch: u64) {
        if Self::find(dir).is_some_and(|owner| owner.epoch == epoch) {
            // A stale announcement is harmless: the lock decides, and the next owner overwrites it.
            let _ = fs::remove_file(dir.join(OWNER));
        }
    }
}

/// The exclusive lock on a data folder; the operating system lets go of it when the process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Makes the folder where it is missing, closes it to others, and takes the lock.
    pub(crate) fn take(dir: &Path) -> Result<Self, StoreError> {
        make_private_folder(dir)?;
        let path = dir.join(LOCK);
        let file = open_private(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let owner = Owner::find(dir);
                Err(StoreError::Owned {
                    pid: owner.map_or(0, |owner| owner.pid),
                    port: owner.and_then(|owner| owner.port),
                })
            }
            Err(TryLockError::Error(error)) => Err(StoreError::file(&path, &error)),
        }
    }
}

/// Where the database of this folder lies.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join(DATABASE)
}

/// Creates the database file closed to others; SQLite gives `-wal` and `-shm` the same mode.
pub(crate) fn make_database(dir: &Path) -> Result<PathBuf, StoreError> {
    let path = database(dir);
    drop(open_private(&path)?);
    for name in ["krake.db-wal", "krake.db-shm"] {
        let beside = dir.join(name);
        if beside.exists() {
            close_to_others(&beside, 0o600)?;
        }
    }
    Ok(path)
}

/// Makes a folder that only its owner can enter, and closes one that others could.
pub(crate) fn make_private_folder(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir).map_err(|error| StoreError::file(dir, &error))?;
    close_to_others(dir, 0o700)
}

/// Opens a file for reading and writing, made where it is missing and closed to others.
pub(crate) fn open_private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options
        .open(path)
        .map_err(|error| StoreError::file(path, &error))?;
    close_to_others(path, 0o600)?;
    Ok(file)
}

/// Replaces a small file so that a reader sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &[u8]) -> Result<(), StoreError> {
    let beside = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(text)?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| StoreError::file(path, &error))?;
    close_to_others(path, 0o600)
}

#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error: io::Error| StoreError::file(path, &error);
    let now = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if now & 0o077 == 0 && now & mode == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(failed)
}

/// On Windows a user's data folder is private by inheritance.
#[cfg(not(unix))]
fn close_to_others(_path: &Path, _mode: u32) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_lock_is_refused_and_names_the_owner() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        let owner = Owner {
            pid: 4711,
            port: Some(4177),
            epoch: 3,
        };
        owner.announce(dir.path()).unwrap();
        assert_eq!(
            Lock::take(dir.path()).unwrap_err(),
            StoreError::Owned {
                pid: 4711,
                port: Some(4177)
            }
        );
        Owner::withdraw(dir.path(), 2);
        assert_eq!(Owner::find(dir.path()), Some(owner));
        Owner::withdraw(dir.path(), 3);
        assert_eq!(Owner::find(dir.path()), None);
        drop(lock);
        assert!(Lock::take(dir.path()).is_ok());
    }

    #[test]
    fn a_folder_that_is_a_file_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "x").unwrap();
        let error = Lock::take(&path).unwrap_err();
        assert!(
            error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn open_folders_and_files_are_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(dir.path().join(DATABASE), "").unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        let path = make_database(dir.path()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(dir.path()), mode(&path), mode(&dir.path().join(LOCK))),
            (0o700, 0o600, 0o600)
        );
        drop(lock);
    }
}
