//! A file that is read in pieces, however large it is, and what the file system knows it by.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::SystemTime;

use cap_fs_ext::MetadataExt as _;

use crate::EdgeError;
use crate::path::InnerPath;
use crate::root::Root;

/// An open regular file. All calls block: use a blocking thread.
#[derive(Debug)]
pub struct Reading {
    file: std::fs::File,
    /// Its size when it was opened.
    pub bytes: u64,
    pub modified: Option<SystemTime>,
    /// Device and number: another file under the same name has another one.
    pub identity: String,
}

impl Root {
    /// Opens a regular file to read it in pieces.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn open_reading(&self, path: &InnerPath) -> Result<Reading, EdgeError> {
        let (file, bytes) = self.open_file(path)?;
        let metadata = file.metadata().map_err(|error| self.sort(path, error))?;
        Ok(Reading {
            identity: format!("{}:{}", metadata.dev(), metadata.ino()),
            modified: metadata
                .modified()
                .ok()
                .map(cap_std::time::SystemTime::into_std),
            file: file.into_std(),
            bytes,
        })
    }
}

impl Reading {
    /// Goes on from this place.
    ///
    /// # Errors
    /// The file cannot be read there.
    pub fn go_to(&mut self, offset: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset)).map(|_| ())
    }
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_replaced_file_is_another_and_a_grown_one_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("a");
        std::fs::write(&place, "one\n").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let path = InnerPath::found(Path::new("a"));
        let first = root.open_reading(&path).unwrap();
        std::fs::write(&place, "one\ntwo\n").unwrap();
        let mut grown = root.open_reading(&path).unwrap();
        assert_eq!((grown.bytes, &grown.identity), (8, &first.identity));
        grown.go_to(4).unwrap();
        let mut text = String::new();
        grown.read_to_string(&mut text).unwrap();
        assert_eq!(text, "two\n");
        std::fs::write(folder.path().join("b"), "one\n").unwrap();
        std::fs::rename(folder.path().join("b"), &place).unwrap();
        assert_ne!(root.open_reading(&path).unwrap().identity, first.identity);
    }
}
