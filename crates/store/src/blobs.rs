//! Large results: files named by the hash of their content.
//!
//! **Invariant:** when a reference is returned, the file and its name are on the disk. A row that
//! names a blob is therefore written after it, and never names one that a power cut took away.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;

use crate::error::StoreError;
use crate::folder;

/// The blobs of one data folder: `blobs/ab/cdef…`.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
    put: Arc<Mutex<Put>>,
}

/// What was put, so that nothing is removed that somebody is about to name.
#[derive(Debug, Default)]
struct Put {
    /// By this process.
    ever: HashSet<Hash>,
    /// While somebody names what is put, by their number.
    open: HashMap<u64, HashSet<Hash>>,
    next: u64,
    /// How many are being written beside their places.
    writing: usize,
}

/// Somebody is about to name what is put while this lives.
#[derive(Debug)]
pub struct Naming {
    put: Arc<Mutex<Put>>,
    number: u64,
}

impl Drop for Naming {
    fn drop(&mut self) {
        locked(&self.put).open.remove(&self.number);
    }
}

impl Blobs {
    pub(crate) fn new(dir: &Path) -> Self {
        Self::at(dir.join("blobs"))
    }

    /// Says that what is put from now on gets a row: until this is dropped, none of it is removed.
    #[must_use]
    pub fn naming(&self) -> Naming {
        let mut put = locked(&self.put);
        let number = put.next;
        put.next += 1;
        put.open.insert(number, HashSet::new());
        Naming {
            put: Arc::clone(&self.put),
            number,
        }
    }

    /// Removes a blob that no row names. `false` where somebody has put it and is about to name it.
    pub(crate) fn remove(&self, hash: Hash) -> Result<bool, StoreError> {
        let put = locked(&self.put);
        if put.open.values().any(|put| put.contains(&hash)) {
            return Ok(false);
        }
        let path = self.path(hash);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::file(&path, &error))
            }
            _ => Ok(true),
        }
    }

    /// Removes what a crash left beside the places of blobs; not now, where one is being written. Blocks.
    pub(crate) fn clear_unfinished(&self) -> Result<(), StoreError> {
        let put = locked(&self.put);
        if put.writing > 0 {
            return Ok(());
        }
        let shelves = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for shelf in shelves {
            let files = fs::read_dir(shelf.path()).into_iter().flatten().flatten();
            for path in files.map(|file| file.path()) {
                if path.extension().is_some_and(|end| end == "new") {
                    fs::remove_file(&path).map_err(|error| StoreError::file(&path, &error))?;
                }
            }
        }
        Ok(())
    }

    /// Blobs that this process has not put. Blocks.
    pub(crate) fn list_of_before(&self) -> Result<Vec<Hash>, StoreError> {
        let mut hashes = self.list()?;
        let put = locked(&self.put);
        hashes.retain(|hash| !put.ever.contains(hash));
        Ok(hashes)
    }

    /// Keeps these bytes.
    pub async fn put(&self, bytes: Vec<u8>) -> Result<BlobRef, StoreError> {
        let blobs = self.clone();
        off_thread(move || blobs.put_here(&bytes)).await
    }

    /// The same for who is on a thread of its own. Blocks.
    pub fn put_here(&self, bytes: &[u8]) -> Result<BlobRef, StoreError> {
        let blob = BlobRef {
            hash: Hash::of(bytes),
            bytes: bytes.len() as u64,
        };
        self.settle(blob, |path| {
            let mut file = folder::open_private(path)?;
            file.write_all(bytes)
                .and_then(|()| file.sync_all())
                .map_err(|error| StoreError::file(path, &error))
        })
    }

    /// Keeps a file that was written on the same disk (`spool/`): it is moved, not copied.
    pub async fn keep(&self, file: &Path) -> Result<BlobRef, StoreError> {
        let (blobs, file) = (self.clone(), file.to_owned());
        off_thread(move || {
            let failed = |error: io::Error| StoreError::file(&file, &error);
            let opened = File::open(&file).map_err(failed)?;
            opened.sync_all().map_err(failed)?;
            let blob = hash_file(opened).map_err(failed)?;
            let kept = blobs.settle(blob, |path| fs::rename(&file, path).map_err(failed))?;
            match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
                _ => Ok(kept),
            }
        })
        .await
    }

    /// The bytes, checked against their name.
    pub async fn get(&self, hash: Hash) -> Result<Vec<u8>, StoreError> {
        let path = self.path(hash);
        off_thread(move || {
            let bytes = fs::read(&path).map_err(|error| StoreError::file(&path, &error))?;
            if Hash::of(&bytes) == hash {
                Ok(bytes)
            } else {
                Err(damaged(hash))
            }
        })
        .await
    }

    /// The file, checked against its name, to read parts of it.
    pub async fn open(&self, hash: Hash) -> Result<File, StoreError> {
        let path = self.path(hash);
        off_thread(move || {
            let failed = |error: io::Error| StoreError::file(&path, &error);
            let found = File::open(&path).and_then(hash_file).map_err(failed)?;
            if found.hash == hash {
                File::open(&path).map_err(failed)
            } else {
                Err(damaged(hash))
            }
        })
        .await
    }

    /// The blobs of a folder that lies somewhere else, such as among backups.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self {
            folder,
            put: Arc::default(),
        }
    }

    /// Copies those blobs of `from` that are missing here or damaged; how many are here after that,
    /// and which cannot be had. Blocks.
    pub(crate) fn copy_from(&self, from: &Self) -> Result<Copied, StoreError> {
        let mut copied = Copied::default();
        for hash in from.list()? {
            copied.blobs += 1;
            let (here, there) = (self.path(hash), from.path(hash));
            let bytes = fs::metadata(&there).map_or(0, |file| file.len());
            // A blob never changes, so one of the same length was copied before.
            if fs::metadata(&here).is_ok_and(|file| file.len() == bytes) {
                continue;
            }
            let Some(found) = File::open(&there)
                .and_then(hash_file)
                .ok()
                .filter(|found| found.hash == hash)
            else {
                copied.damaged.push(hash);
                continue;
            };
            self.settle(found, |path| {
                let failed = |error: io::Error| StoreError::file(path, &error);
                fs::copy(&there, path).map_err(failed)?;
                folder::open_private(path)?.sync_all().map_err(failed)
            })?;
        }
        Ok(copied)
    }

    /// Puts those blobs back that are missing here or do not match their names. Blocks.
    pub(crate) fn heal_from(&self, from: &Self) -> Result<(), StoreError> {
        for hash in from.list()? {
            let is_sound = File::open(self.path(hash))
                .and_then(hash_file)
                .is_ok_and(|found| found.hash == hash);
            if is_sound {
                continue;
            }
            let there = from.path(hash);
            let found = File::open(&there).and_then(hash_file);
            if let Ok(found) = found
                && found.hash == hash
            {
                self.settle(found, |path| {
                    let failed = |error: io::Error| StoreError::file(path, &error);
                    fs::copy(&there, path).map_err(failed)?;
                    folder::open_private(path)?.sync_all().map_err(failed)
                })?;
            }
        }
        Ok(())
    }

    /// The names of all blobs. Blocks.
    pub(crate) fn list(&self) -> Result<Vec<Hash>, StoreError> {
        let failed = |error: io::Error| StoreError::file(&self.folder, &error);
        let shelves = match fs::read_dir(&self.folder) {
            Ok(shelves) => shelves,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut hashes = Vec::new();
        for shelf in shelves {
            let shelf = shelf.map_err(failed)?;
            let Ok(names) = fs::read_dir(shelf.path()) else {
                continue;
            };
            for name in names {
                let name = name.map_err(failed)?.file_name();
                let whole = format!(
                    "{}{}",
                    shelf.file_name().to_string_lossy(),
                    name.to_string_lossy()
                );
                // What is being written beside its place has another name.
                hashes.extend(whole.parse::<Hash>());
            }
        }
        Ok(hashes)
    }

    fn path(&self, hash: Hash) -> PathBuf {
        let text = hash.to_string();
        let (shelf, name) = text.split_at(2);
        self.folder.join(shelf).join(name)
    }

    /// Writes the blob beside its place, moves it there, and makes the name durable. A sound blob
    /// that is there already is left alone; a damaged one is replaced.
    fn settle(
        &self,
        blob: BlobRef,
        write: impl FnOnce(&Path) -> Result<(), StoreError>,
    ) -> Result<BlobRef, StoreError> {
        self.note(blob.hash);
        let path = self.path(blob.hash);
        let shelf = path.parent().expect("a blob lies on a shelf");
        let is_there = File::open(&path)
            .and_then(hash_file)
            .is_ok_and(|found| found == blob);
        if !is_there {
            let _writing = Writing::begin(&self.put);
            folder::make_private_folder(&self.folder)?;
            folder::make_private_folder(shelf)?;
            // Two tasks may write the same content at once, so each writes under a name of its own.
            let beside = path.with_extension(format!("{:?}.new", std::thread::current().id()));
            write(&beside)?;
            fs::rename(&beside, &path).map_err(|error| StoreError::file(&path, &error))?;
        }
        // Also where it was there: the task that put it there may not have come this far yet.
        let dir = self.folder.parent().expect("blobs lie in a data folder");
        for folder in [shelf, &self.folder, dir] {
            sync_folder(folder).map_err(|error| StoreError::file(folder, &error))?;
        }
        Ok(blob)
    }
}

impl Blobs {
    /// Before it is looked whether it is there: who removes it looks here first.
    fn note(&self, hash: Hash) {
        let mut put = locked(&self.put);
        put.ever.insert(hash);
        put.open.values_mut().for_each(|open| {
            open.insert(hash);
        });
    }
}

/// Something is being written beside its place.
struct Writing<'p>(&'p Mutex<Put>);

impl<'p> Writing<'p> {
    fn begin(put: &'p Mutex<Put>) -> Self {
        locked(put).writing += 1;
        Self(put)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        locked(self.0).writing -= 1;
    }
}

fn locked(put: &Mutex<Put>) -> MutexGuard<'_, Put> {
    put.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a copy of blobs came to.
#[derive(Debug, Default)]
pub(crate) struct Copied {
    pub blobs: u64,
    pub damaged: Vec<Hash>,
}

/// File work waits for the disk, so it runs where waiting hurts nobody.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Io(error.to_string()))?
}

fn hash_file(mut file: File) -> io::Result<BlobRef> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
    Ok(BlobRef {
        hash: Hash(*hasher.finalize().as_bytes()),
        bytes,
    })
}

/// A new name is durable once its folder is synced; Windows does so by itself.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

fn damaged(hash: Hash) -> StoreError {
    StoreError::Corrupt(format!(
        "the content of blob {hash} does not match its name"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_and_files_come_back_and_the_same_content_is_one_blob() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let bytes = vec![7; 300_000];
        let blob = blobs.put(bytes.clone()).await.unwrap();
        let spooled = dir.path().join("spooled");
        fs::write(&spooled, &bytes).unwrap();
        assert_eq!(blobs.keep(&spooled).await.unwrap(), blob);
        assert!(!spooled.exists());
        assert_eq!(blobs.get(blob.hash).await.unwrap(), bytes);
        let mut read = Vec::new();
        let mut file = blobs.open(blob.hash).await.unwrap();
        file.read_to_end(&mut read).unwrap();
        assert_eq!(read.len() as u64, blob.bytes);

        fs::write(&spooled, b"other").unwrap();
        let other = blobs.keep(&spooled).await.unwrap();
        assert_eq!(blobs.get(other.hash).await.unwrap(), b"other");
        assert!(!spooled.exists());
    }

    #[tokio::test]
    async fn damage_is_noticed_and_healed_by_writing_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path());
        let blob = blobs.put(b"sound".to_vec()).await.unwrap();
        fs::write(blobs.path(blob.hash), b"wrong").unwrap();
        assert!(matches!(
            blobs.get(blob.hash).await,
            Err(StoreError::Corrupt(_))
        ));
        assert!(matches!(
            blobs.open(blob.hash).await,
            Err(StoreError::Corrupt(_))
        ));
        blobs.put(b"sound".to_vec()).await.unwrap();
        assert_eq!(blobs.get(blob.hash).await.unwrap(), b"sound");
        assert!(matches!(
            blobs.get(Hash::of(b"absent")).await,
            Err(StoreError::NotFound(_))
        ));
    }
}
