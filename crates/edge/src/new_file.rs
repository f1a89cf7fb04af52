//! A new file that is there as a whole or not at all, however large it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::EdgeError;
use crate::limits;

/// A file that is being written beside its place. Dropped before it is finished, it is gone.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    beside: PathBuf,
    target: PathBuf,
    is_finished: bool,
}

impl NewFile {
    /// Begins a file that is to lie at `target`, closed to others. All calls block.
    ///
    /// # Errors
    /// [`EdgeError::Changed`] where something lies there, [`EdgeError::NotFound`] without the folder,
    /// [`EdgeError::NoAccess`].
    pub fn begin(target: &Path) -> Result<Self, EdgeError> {
        limits::survive_file_size_limit();
        let what = format!("`{}`", target.display());
        let name = target.file_name().ok_or_else(|| EdgeError::BadPath {
            path: target.display().to_string(),
            why: "it has no name of a file",
        })?;
        if target.symlink_metadata().is_ok() {
            return Err(EdgeError::Changed { what });
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random)
            .map_err(|error| EdgeError::from_io(&what, io::Error::from(error)))?;
        let beside = target.with_file_name(format!(
            ".{}-{:016x}.part",
            name.to_string_lossy(),
            u64::from_le_bytes(random)
        ));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options
            .open(&beside)
            .map_err(|error| EdgeError::from_io(&what, error))?;
        Ok(Self {
            file,
            beside,
            target: target.to_owned(),
            is_finished: false,
        })
    }

    /// Puts it in its place, name and content on the disk when this returns.
    ///
    /// # Errors
    /// [`EdgeError::Changed`] where something lies there meanwhile, [`EdgeError::DiskFull`].
    pub fn finish(mut self) -> Result<(), EdgeError> {
        let what = format!("`{}`", self.target.display());
        let sort = |error: io::Error| EdgeError::from_io(&what, error);
        self.file.sync_all().map_err(sort)?;
        match fs::hard_link(&self.beside, &self.target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(EdgeError::Changed { what: what.clone() });
            }
            // A file system without hard links.
            Err(_) => {
                fs::rename(&self.beside, &self.target).map_err(sort)?;
                self.is_finished = true;
            }
        }
        if cfg!(unix)
            && let Some(folder) = self.target.parent()
        {
            let folder = match folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => folder,
            };
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(sort)?;
        }
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_finished {
            _ = fs::remove_file(&self.beside);
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Read for NewFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Seek for NewFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there_when_it_is_finished_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.krake");
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let mut file = NewFile::begin(&target).unwrap();
        file.write_all(b"one").unwrap();
        drop(file);
        assert_eq!(names(), 0);
        let mut file = NewFile::begin(&target).unwrap();
        let late = NewFile::begin(&target).unwrap();
        file.write_all(b"one").unwrap();
        file.finish().unwrap();
        assert!(matches!(late.finish(), Err(EdgeError::Changed { .. })));
        assert!(matches!(
            NewFile::begin(&target),
            Err(EdgeError::Changed { .. })
        ));
        assert_eq!(fs::read(&target).unwrap(), b"one");
        assert_eq!(names(), 1);
        let nowhere = folder.path().join("none/a");
        assert!(matches!(
            NewFile::begin(&nowhere),
            Err(EdgeError::NotFound { .. })
        ));
    }
}
