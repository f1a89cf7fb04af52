//! The head of the journal, and the side file that remembers it when the database does not.
//!
//! The side file lets a start notice that the database was rolled back: a backup put in its place, a
//! lost `-wal`, a conflict copy of a syncing tool. It is written after each durable commit, in place
//! and without a sync: it survives a killed process, and after a power cut it can only be older than
//! the database, which is harmless.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use krake_domain::hash::Hash;

use crate::error::StoreError;
use crate::folder;

const NAME: &str = "journal.head";

/// The last event of the journal and the hash that covers all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 0 while the journal is empty.
    pub seq: u64,
    pub hash: Hash,
}

impl Head {
    /// The head of an empty journal.
    pub const EMPTY: Self = Self {
        seq: 0,
        hash: Hash::ZERO,
    };
}

/// The open side file.
#[derive(Debug)]
pub(crate) struct HeadFile {
    file: fs::File,
    path: PathBuf,
}

impl HeadFile {
    pub(crate) fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(NAME);
        let file = folder::open_private(&path)?;
        Ok(Self { file, path })
    }

    /// Remembers `head`. One short write into one block, so it is seen whole.
    pub(crate) fn write(&self, head: Head) -> Result<(), StoreError> {
        let line = format!("{:020} {}\n", head.seq, head.hash);
        write_at_start(&self.file, line.as_bytes())
            .map_err(|error| StoreError::file(&self.path, &error))
    }

    /// Makes what was written outlive a power cut.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        self.file
            .sync_all()
            .map_err(|error| StoreError::file(&self.path, &error))
    }
}

/// What the folder has seen. A file that is missing or cannot be read proves nothing: none.
pub(crate) fn remembered(dir: &Path) -> Option<Head> {
    let text = fs::read_to_string(dir.join(NAME)).ok()?;
    let (seq, hash) = text.trim_end().split_once(' ')?;
    Some(Head {
        seq: seq.parse().ok()?,
        hash: hash.parse().ok()?,
    })
}

/// Sets the remembered head aside under a name that says why, so that it can still be read.
pub(crate) fn set_aside(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(NAME);
    match fs::rename(&path, dir.join("journal.head.before-rollback")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::file(&path, &error))
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn write_at_start(file: &fs::File, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
}

#[cfg(windows)]
fn write_at_start(file: &fs::File, bytes: &[u8]) -> io::Result<()> {
    let written = std::os::windows::fs::FileExt::seek_write(file, bytes, 0)?;
    if written == bytes.len() {
        Ok(())
    } else {
        Err(io::ErrorKind::WriteZero.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_remembered_and_rubbish_is_not() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(remembered(dir.path()), None);
        let file = HeadFile::open(dir.path()).unwrap();
        assert_eq!(remembered(dir.path()), None);
        for seq in [1_000_000, 7] {
            let head = Head {
                seq,
                hash: Hash::of(b"x"),
            };
            file.write(head).unwrap();
            assert_eq!(remembered(dir.path()), Some(head));
        }
        set_aside(dir.path()).unwrap();
        assert_eq!(remembered(dir.path()), None);
    }
}
