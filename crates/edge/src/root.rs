//! A folder that was opened once, and everything below it: nothing else can be named through it.
//!
//! The folder is held as an open handle and every path is resolved by the kernel beneath it
//! (`openat2` on Linux), so a link that is swapped between a check and a use leads nowhere.

use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cap_fs_ext::OpenOptionsSyncExt;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, FileType, Metadata, OpenOptions};
use krake_domain::hash::Hash;

use crate::EdgeError;
use crate::path::InnerPath;

/// An open folder with its canonical path. All calls block: use a blocking thread.
#[derive(Debug)]
pub struct Root {
    pub(crate) dir: Dir,
    canonical: PathBuf,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket or a device: never opened.
    Other,
}

/// One name in a folder. A link is told as a link and not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub path: InnerPath,
    pub kind: Kind,
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHead {
    pub bytes: Vec<u8>,
    /// Size of the whole file; at least what was read.
    pub total_bytes: u64,
    pub truncated: bool,
}

impl Root {
    /// Opens the folder.
    ///
    /// # Errors
    /// [`EdgeError::NotFound`], [`EdgeError::NoAccess`], [`EdgeError::WrongKind`].
    pub fn open(path: &Path) -> Result<Self, EdgeError> {
        let what = format!("the root `{}`", path.display());
        let canonical =
            std::fs::canonicalize(path).map_err(|error| EdgeError::from_io(&what, error))?;
        if !canonical.is_dir() {
            return Err(EdgeError::WrongKind {
                what,
                expected: "a folder",
                found: "a file",
            });
        }
        let dir = Dir::open_ambient_dir(&canonical, ambient_authority())
            .map_err(|error| EdgeError::from_io(&what, error))?;
        Ok(Self { dir, canonical })
    }

    /// Opens the folder that a person or a plan wrote, with `~` for the home folder.
    ///
    /// # Errors
    /// As [`Root::open`] and [`crate::home::expand_home`].
    pub fn open_written(text: &str) -> Result<Self, EdgeError> {
        if text.is_empty() || text.chars().any(char::is_control) {
            let why = "a root is the path of a folder, without control characters";
            return Err(EdgeError::BadPath {
                path: text.escape_debug().to_string(),
                why,
            });
        }
        Self::open(&crate::home::expand_home(text)?)
    }

    /// Where the folder lies, links resolved.
    #[must_use]
    pub fn canonical(&self) -> &Path {
        &self.canonical
    }

    /// The path outside of the root, for people; not for opening.
    #[must_use]
    pub fn shown(&self, path: &InnerPath) -> String {
        if path.as_path() == Path::new(".") {
            return self.canonical.display().to_string();
        }
        self.canonical.join(path.as_path()).display().to_string()
    }

    /// The same place with every link on the way resolved. The last name need not exist.
    ///
    /// # Errors
    /// [`EdgeError::Escapes`], [`EdgeError::NotFound`] for a missing folder on the way,
    /// [`EdgeError::WrongKind`] for a link that leads nowhere.
    pub fn resolve(&self, path: &InnerPath) -> Result<InnerPath, EdgeError> {
        match self.dir.canonicalize(path.as_path()) {
            Ok(resolved) => Ok(InnerPath::found(&resolved)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.resolve_absent(path),
            Err(error) => Err(self.sort(path, error)),
        }
    }

    /// Whether anything is there, links followed.
    ///
    /// # Errors
    /// [`EdgeError::Escapes`], [`EdgeError::NoAccess`].
    pub fn exists(&self, path: &InnerPath) -> Result<bool, EdgeError> {
        Ok(self.find_entry(path)?.is_some())
    }

    /// What is there, links followed; nothing where nothing is.
    ///
    /// # Errors
    /// [`EdgeError::Escapes`], [`EdgeError::NoAccess`].
    pub fn find_entry(&self, path: &InnerPath) -> Result<Option<Entry>, EdgeError> {
        match self.dir.metadata(path.as_path()) {
            Ok(metadata) => Ok(Some(entry(path.clone(), &metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.sort(path, error)),
        }
    }

    /// The names in a folder, sorted. A name that vanishes meanwhile is left out.
    ///
    /// # Errors
    /// [`EdgeError::Escapes`], [`EdgeError::NotFound`], [`EdgeError::NoAccess`].
    pub fn list(&self, path: &InnerPath) -> Result<Vec<Entry>, EdgeError> {
        let names = self
            .dir
            .read_dir(path.as_path())
            .map_err(|error| self.sort(path, error))?;
        let mut entries = Vec::new();
        for name in names {
            let name = name.map_err(|error| self.sort(path, error))?;
            if let Ok(metadata) = name.metadata() {
                let inner = if path.as_path() == Path::new(".") {
                    PathBuf::from(name.file_name())
                } else {
                    path.as_path().join(name.file_name())
                };
                entries.push(entry(InnerPath::found(&inner), &metadata));
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(entries)
    }

    /// The first `cap` bytes of a regular file.
    ///
    /// # Errors
    /// [`EdgeError::WrongKind`] for what is no regular file, and as [`Root::list`].
    pub fn read(&self, path: &InnerPath, cap: u64) -> Result<FileHead, EdgeError> {
        let (file, size) = self.open_file(path)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(cap)).unwrap_or(0));
        // One byte more than wanted tells whether there is more, also where the size is told as 0.
        file.take(cap.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| self.sort(path, error))?;
        let read = bytes.len() as u64;
        let truncated = read > cap;
        bytes.truncate(usize::try_from(cap).unwrap_or(usize::MAX));
        Ok(FileHead {
            bytes,
            total_bytes: size.max(read),
            truncated,
        })
    }

    /// The last `cap` bytes of a regular file, as long as it was when it was opened.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn read_end(&self, path: &InnerPath, cap: u64) -> Result<Vec<u8>, EdgeError> {
        let (mut file, size) = self.open_file(path)?;
        let mut bytes = Vec::new();
        file.seek(io::SeekFrom::Start(size.saturating_sub(cap)))
            .and_then(|_| file.take(cap).read_to_end(&mut bytes))
            .map_err(|error| self.sort(path, error))?;
        Ok(bytes)
    }

    /// The hash of a regular file's content, read in pieces; nothing where nothing is.
    ///
    /// # Errors
    /// As [`Root::read`].
    pub fn find_hash(&self, path: &InnerPath) -> Result<Option<Hash>, EdgeError> {
        let file = match self.open_file(path) {
            Ok((file, _)) => file,
            Err(EdgeError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut hasher = blake3::Hasher::new();
        hasher
            .update_reader(file)
            .map_err(|error| self.sort(path, error))?;
        Ok(Some(Hash(*hasher.finalize().as_bytes())))
    }

    /// Where a link points, as text; the link itself may lead anywhere.
    ///
    /// # Errors
    /// As [`Root::list`], and [`EdgeError::Io`] where it is no link.
    pub fn read_link(&self, path: &InnerPath) -> Result<PathBuf, EdgeError> {
        self.dir
            .read_link_contents(path.as_path())
            .map_err(|error| self.sort(path, error))
    }

    /// What is there itself: a link is told as a link.
    ///
    /// # Errors
    /// As [`Root::find_entry`].
    pub fn find_unfollowed(&self, path: &InnerPath) -> Result<Option<Entry>, EdgeError> {
        match self.dir.symlink_metadata(path.as_path()) {
            Ok(metadata) => Ok(Some(entry(path.clone(), &metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.sort(path, error)),
        }
    }

    pub(crate) fn open_file(&self, path: &InnerPath) -> Result<(File, u64), EdgeError> {
        // Without `nonblock` a pipe that nobody writes to would hold this thread for ever.
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let file = self
            .dir
            .open_with(path.as_path(), &options)
            .map_err(|error| self.sort(path, error))?;
        let metadata = file.metadata().map_err(|error| self.sort(path, error))?;
        match kind(metadata.file_type()) {
            Kind::File => Ok((file, metadata.len())),
            other => Err(self.wrong_kind(path, other)),
        }
    }

    pub(crate) fn wrong_kind(&self, path: &InnerPath, found: Kind) -> EdgeError {
        let found = match found {
            Kind::Folder => "a folder",
            Kind::File => "a file",
            Kind::Link => "a link that leads nowhere",
            Kind::Other => "a pipe, a socket or a device",
        };
        EdgeError::WrongKind {
            what: format!("`{}`", self.shown(path)),
            expected: "a file",
            found,
        }
    }

    /// `cap-std` tells an attempt to leave the root as a refusal without an error number.
    pub(crate) fn sort(&self, path: &InnerPath, error: io::Error) -> EdgeError {
        if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
            let root = self.canonical.display().to_string();
            return EdgeError::Escapes {
                path: path.display(),
                root,
            };
        }
        EdgeError::from_io(format!("`{}`", self.shown(path)), error)
    }

    fn resolve_absent(&self, path: &InnerPath) -> Result<InnerPath, EdgeError> {
        let absent = || EdgeError::NotFound {
            what: format!("`{}`", self.shown(path)),
        };
        let (parent, name) = path.split().ok_or_else(absent)?;
        if self
            .find_unfollowed(path)?
            .is_some_and(|entry| entry.kind == Kind::Link)
        {
            return Err(self.wrong_kind(path, Kind::Link));
        }
        let parent = match self.dir.canonicalize(parent.as_path()) {
            Ok(resolved) => resolved,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(EdgeError::NotFound {
                    what: format!("the folder `{}`", self.shown(&parent)),
                });
            }
            Err(error) => return Err(self.sort(path, error)),
        };
        let plain = if parent == Path::new(".") {
            PathBuf::from(name)
        } else {
            parent.join(name)
        };
        Ok(InnerPath::found(&plain))
    }
}

fn entry(path: InnerPath, metadata: &Metadata) -> Entry {
    let modified = metadata
        .modified()
        .ok()
        .map(cap_std::time::SystemTime::into_std);
    Entry {
        path,
        kind: kind(metadata.file_type()),
        bytes: metadata.len(),
        modified,
    }
}

fn kind(file_type: FileType) -> Kind {
    if file_type.is_file() {
        Kind::File
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
