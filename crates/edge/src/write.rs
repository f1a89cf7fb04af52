//! Replacing a file as a whole: afterwards there is the old content or the new, never a part. And taking
//! one away that is still as it was seen.

use std::io::{self, Write};
use std::path::Path;

use cap_std::fs::{Dir, Metadata, OpenOptions};
use krake_domain::hash::Hash;

use crate::EdgeError;
use crate::limits;
use crate::path::InnerPath;
use crate::root::{Kind, Root};

impl Root {
    /// Writes the file and returns once it is on the disk, name and content. `expected` is the hash
    /// of the present content, or nothing where no file may be; another state refuses the write.
    /// An existing file keeps its permissions. A link inside the root is written through.
    ///
    /// # Errors
    /// [`EdgeError::Changed`], [`EdgeError::DiskFull`], [`EdgeError::NoAccess`],
    /// [`EdgeError::WrongKind`], [`EdgeError::Escapes`]; in each case the file is as it was.
    pub fn write(
        &self,
        path: &InnerPath,
        bytes: &[u8],
        expected: Option<Hash>,
    ) -> Result<(), EdgeError> {
        limits::survive_file_size_limit();
        let path = self.resolve(path)?;
        let sort = |error| self.sort(&path, error);
        let (parent, name) = path
            .split()
            .ok_or_else(|| self.wrong_kind(&path, Kind::Folder))?;
        let folder = self.dir.open_dir(parent.as_path()).map_err(sort)?;
        let present = self.present(&path, &folder, name)?;

        let temporary = Temporary::begin(&folder, name, bytes, present.as_ref()).map_err(sort)?;
        // The look at the present content comes last, so that the gap before the rename is small.
        if self.find_hash(&path)? != expected {
            return Err(EdgeError::Changed {
                what: format!("`{}`", self.shown(&path)),
            });
        }
        match expected {
            Some(_) => temporary.replace(name).map_err(sort)?,
            None => temporary.create(name).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => EdgeError::Changed {
                    what: format!("`{}`", self.shown(&path)),
                },
                _ => self.sort(&path, error),
            })?,
        }
        sync_folder(&folder).map_err(sort)
    }

    /// Takes the file away, once its content is still the one with this hash; a link to it stays.
    ///
    /// # Errors
    /// As [`Root::write`].
    pub fn remove(&self, path: &InnerPath, expected: Hash) -> Result<(), EdgeError> {
        let path = self.resolve(path)?;
        let sort = |error| self.sort(&path, error);
        let (parent, name) = path
            .split()
            .ok_or_else(|| self.wrong_kind(&path, Kind::Folder))?;
        let folder = self.dir.open_dir(parent.as_path()).map_err(sort)?;
        self.present(&path, &folder, name)?;
        if self.find_hash(&path)? != Some(expected) {
            return Err(EdgeError::Changed {
                what: format!("`{}`", self.shown(&path)),
            });
        }
        folder.remove_file(name).map_err(sort)?;
        sync_folder(&folder).map_err(sort)
    }

    fn present(
        &self,
        path: &InnerPath,
        folder: &Dir,
        name: &Path,
    ) -> Result<Option<Metadata>, EdgeError> {
        let metadata = match folder.symlink_metadata(name) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.sort(path, error)),
        };
        if metadata.is_dir() {
            return Err(self.wrong_kind(path, Kind::Folder));
        }
        if !metadata.is_file() {
            return Err(self.wrong_kind(path, Kind::Other));
        }
        // A rename would get past the mark, but whoever set it meant the content.
        if metadata.permissions().readonly() {
            let what = format!("`{}`", self.shown(path));
            return Err(EdgeError::NoAccess {
                what,
                why: "the file is marked read-only".to_owned(),
            });
        }
        Ok(Some(metadata))
    }
}

/// A finished file beside its target; removed unless it takes the target's place.
struct Temporary<'a> {
    folder: &'a Dir,
    name: String,
}

impl<'a> Temporary<'a> {
    fn begin(
        folder: &'a Dir,
        target: &Path,
        bytes: &[u8],
        like: Option<&Metadata>,
    ) -> io::Result<Self> {
        // What a killed process left behind for the same target and content is cleared first.
        let name_bytes = target.as_os_str().as_encoded_bytes();
        let hash = Hash::of_parts(&[name_bytes, &Hash::of(bytes).0]).to_string();
        let stem = format!(".krake-{}-", &hash[..16]);
        for left in folder.entries()?.flatten() {
            if left
                .file_name()
                .as_encoded_bytes()
                .starts_with(stem.as_bytes())
            {
                _ = folder.remove_file(left.file_name());
            }
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::from)?;
        let temporary = Self {
            folder,
            name: format!("{stem}{:016x}.tmp", u64::from_le_bytes(random)),
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if like.is_some() {
            // Closed to others until the permissions of the replaced file are known to hold.
            cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file = folder.open_with(&temporary.name, &options)?;
        file.write_all(bytes)?;
        if let Some(like) = like {
            #[cfg(unix)]
            keep_owner(&file, like);
            file.set_permissions(like.permissions())?;
        }
        file.sync_all()?;
        Ok(temporary)
    }

    fn replace(self, target: &Path) -> io::Result<()> {
        self.folder.rename(&self.name, self.folder, target)?;
        std::mem::forget(self);
        Ok(())
    }

    /// Fails with `AlreadyExists` where somebody was faster; a file system without hard links falls
    /// back to the rename.
    fn create(self, target: &Path) -> io::Result<()> {
        match self.folder.hard_link(&self.name, self.folder, target) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => self.replace(target),
        }
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        _ = self.folder.remove_file(&self.name);
    }
}

/// Only root can give a file away; for others the rename makes the writer its owner, as every
/// editor does that saves by rename.
#[cfg(unix)]
fn keep_owner(file: &cap_std::fs::File, like: &Metadata) {
    use cap_std::fs::MetadataExt;
    if file
        .metadata()
        .is_ok_and(|now| (now.uid(), now.gid()) != (like.uid(), like.gid()))
    {
        _ = std::os::unix::fs::fchown(file, Some(like.uid()), Some(like.gid()));
    }
}

/// The handle of a root only names the folder; a sync needs one that reads it.
#[cfg(unix)]
fn sync_folder(folder: &Dir) -> io::Result<()> {
    folder.open(".")?.sync_all()
}

/// Windows has no way to sync a folder; its rename is journaled by the file system.
#[cfg(not(unix))]
fn sync_folder(_: &Dir) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
