//! The entries of a capsule as they are written: each with its length and its digest.

use std::collections::BTreeMap;
use std::io::{self, BufWriter};

use krake_domain::canonical_json;
use krake_edge::EdgeError;
use krake_edge::archive_write::ArchiveWriter;
use krake_edge::new_file::NewFile;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::CapsuleError;
use super::manifest::{EntryFacts, hex};

/// An archive that grows, and what its manifest will say.
pub struct Entries {
    archive: ArchiveWriter<BufWriter<NewFile>>,
    shown: String,
    open: Option<(String, Sha256, u64)>,
    pub facts: Vec<EntryFacts>,
    /// Lines by entry.
    pub counts: BTreeMap<String, u64>,
}

impl Entries {
    pub fn new(file: NewFile, shown: String) -> Self {
        Self {
            archive: ArchiveWriter::new(BufWriter::with_capacity(256 << 10, file)),
            shown,
            open: None,
            facts: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Begins an entry and ends the one before.
    pub fn begin(&mut self, name: &str) -> Result<(), CapsuleError> {
        self.end()?;
        let begun = self.archive.begin(name);
        begun.map_err(|error| self.failed(error))?;
        self.open = Some((name.to_owned(), Sha256::new(), 0));
        Ok(())
    }

    /// Goes on with an entry of lines, or begins it.
    pub fn within(&mut self, name: &str) -> Result<(), CapsuleError> {
        match &self.open {
            Some((open, ..)) if open == name => Ok(()),
            _ => {
                self.counts.entry(name.to_owned()).or_default();
                self.begin(name)
            }
        }
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CapsuleError> {
        let written = self.archive.write(bytes);
        written.map_err(|error| self.failed(error))?;
        if let Some((_, digest, length)) = &mut self.open {
            digest.update(bytes);
            *length += bytes.len() as u64;
        }
        Ok(())
    }

    /// A line of the open entry, in its canonical form.
    pub fn line(&mut self, line: &Value) -> Result<(), CapsuleError> {
        let mut text = canonical_json(line);
        text.push('\n');
        self.write(text.as_bytes())?;
        if let Some((name, ..)) = &self.open {
            *self.counts.entry(name.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// An entry at once.
    pub fn whole(&mut self, name: &str, bytes: &[u8]) -> Result<(), CapsuleError> {
        self.begin(name)?;
        self.write(bytes)
    }

    pub fn end(&mut self) -> Result<(), CapsuleError> {
        let Some((name, digest, bytes)) = self.open.take() else {
            return Ok(());
        };
        let ended = self.archive.end();
        ended.map_err(|error| self.failed(error))?;
        self.facts.push(EntryFacts {
            name,
            bytes,
            sha256: hex(&digest.finalize()),
        });
        Ok(())
    }

    /// Puts the file in its place; how long it is.
    pub fn finish(mut self) -> Result<u64, CapsuleError> {
        self.end()?;
        let shown = self.shown;
        let failed = |error| CapsuleError::Edge(EdgeError::from_io(format!("`{shown}`"), error));
        let mut file = self
            .archive
            .finish()
            .and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error))
            .map_err(failed)?;
        let bytes = io::Seek::seek(&mut file, io::SeekFrom::End(0)).map_err(failed)?;
        file.finish()?;
        Ok(bytes)
    }

    fn failed(&self, error: io::Error) -> CapsuleError {
        match error.kind() {
            io::ErrorKind::FileTooLarge if error.raw_os_error().is_none() => CapsuleError::Refused(
                format!("{error}, and a capsule is one: export the projects one by one"),
            ),
            _ => CapsuleError::Edge(EdgeError::from_io(format!("`{}`", self.shown), error)),
        }
    }
}
