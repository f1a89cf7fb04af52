//! A capsule that others may have made: what its list and its manifest say, held against each other
//! before anything of its content is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use krake_domain::canonical_json;
use krake_edge::EdgeError;
use krake_edge::archive::{Archive, ArchiveEntry};
use krake_store::NOUNS;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::CapsuleError;
use super::manifest::{FORMAT, LATER, Manifest, NAME, VERSION, content_hash, hex};

const MOST_MANIFEST: u64 = 32 << 20;
/// One line of an entry.
const MOST_LINE: u64 = 256 << 20;
/// One stretch of a transcript.
const MOST_RAW: u64 = 1 << 30;

/// An open capsule whose list and manifest agree.
pub struct Capsule {
    archive: Archive<BufReader<File>>,
    entries: BTreeMap<String, ArchiveEntry>,
    pub manifest: Manifest,
}

/// The part of a manifest that every version has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

fn refused(why: impl Into<String>) -> CapsuleError {
    CapsuleError::Refused(why.into())
}

impl Capsule {
    /// Opens a file. Blocks.
    ///
    /// # Errors
    /// [`CapsuleError::Refused`] says what is wrong with it.
    pub fn open(path: &Path) -> Result<Self, CapsuleError> {
        let shown = format!("`{}`", path.display());
        let file = File::open(path).map_err(|error| EdgeError::from_io(&shown, error))?;
        let is_file = file.metadata().is_ok_and(|data| data.is_file());
        if !is_file {
            return Err(refused(format!("{shown} is no file")));
        }
        let mut archive = Archive::open_tight(BufReader::new(file))
            .map_err(|error| refused(format!("this is no capsule: {error}")))?;
        let mut entries = BTreeMap::new();
        let mut spellings = BTreeSet::new();
        for entry in archive.entries.clone() {
            let name = entry.name.clone();
            if let Some(why) = entry.refused {
                return Err(refused(format!("the entry {name}: {why}")));
            }
            if !is_known(&name) {
                return Err(refused(format!("the entry {name} belongs to no capsule")));
            }
            // Two names that some file systems hold for one.
            if !spellings.insert(name.to_lowercase()) {
                return Err(refused(format!("the entry {name} is there twice")));
            }
            entries.insert(name, entry);
        }
        let manifest = manifest(&mut archive, &entries)?;
        let capsule = Self {
            archive,
            entries,
            manifest,
        };
        capsule.check_list()?;
        Ok(capsule)
    }

    fn check_list(&self) -> Result<(), CapsuleError> {
        let mut named = BTreeSet::new();
        for facts in &self.manifest.entries {
            let Some(entry) = self.entries.get(&facts.name) else {
                return Err(refused(format!(
                    "the entry {} is missing: the file is cut or was changed",
                    facts.name
                )));
            };
            if entry.bytes != facts.bytes {
                return Err(refused(format!(
                    "the entry {} is not as long as the manifest says",
                    facts.name
                )));
            }
            named.insert(facts.name.as_str());
        }
        if let Some(more) = self
            .entries
            .keys()
            .find(|name| name.as_str() != NAME && !named.contains(name.as_str()))
        {
            return Err(refused(format!(
                "the manifest does not name the entry {more}"
            )));
        }
        if content_hash(&self.manifest.entries) != self.manifest.content_hash {
            return Err(refused(
                "the content hash of the manifest does not fit its entries",
            ));
        }
        Ok(())
    }

    /// Whether a capsule of its version has this entry.
    ///
    /// # Errors
    /// It has the entry of a later version.
    pub fn has_place_for(&self, name: &str) -> Result<bool, CapsuleError> {
        let since = LATER.iter().find(|(later, _)| *later == name);
        let is_later = since.is_some_and(|(_, version)| *version > self.manifest.version);
        if is_later && self.entries.contains_key(name) {
            return Err(refused(format!(
                "the entry {name} belongs to no capsule of its version"
            )));
        }
        Ok(!is_later)
    }

    /// Names of entries that begin so, in order.
    pub fn names(&self, begin: &str) -> Vec<String> {
        let names = self.entries.keys();
        names
            .filter(|name| name.starts_with(begin))
            .cloned()
            .collect()
    }

    /// All of an entry, checked against its digest.
    pub fn whole(&mut self, name: &str) -> Result<Vec<u8>, CapsuleError> {
        let entry = self.entry(name)?;
        if entry.bytes > MOST_RAW {
            return Err(refused(format!("the entry {name} is larger than 1 GiB")));
        }
        let mut bytes = Vec::new();
        let mut reader = self.archive.read(&entry).map_err(unread)?;
        reader
            .read_to_end(&mut bytes)
            .map_err(|error| refused(format!("the entry {name} cannot be read: {error}")))?;
        drop(reader);
        self.check_digest(name, &hex(&Sha256::digest(&bytes)))?;
        Ok(bytes)
    }

    /// Reads an entry to its end without keeping it, and checks its digest.
    pub fn skim(&mut self, name: &str) -> Result<(), CapsuleError> {
        let entry = self.entry(name)?;
        let mut reader = self.archive.read(&entry).map_err(unread)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            let read = reader
                .read(&mut buffer)
                .map_err(|error| refused(format!("the entry {name} cannot be read: {error}")))?;
            if read == 0 {
                break;
            }
            digest.update(&buffer[..read]);
        }
        drop(reader);
        self.check_digest(name, &hex(&digest.finalize()))
    }

    /// Each line of an entry, one after the other; at the end its digest is checked.
    pub fn lines(
        &mut self,
        name: &str,
        mut take: impl FnMut(Value) -> Result<(), CapsuleError>,
    ) -> Result<(), CapsuleError> {
        let entry = self.entry(name)?;
        let reader = self.archive.read(&entry).map_err(unread)?;
        let mut reader = BufReader::with_capacity(256 << 10, reader);
        let mut digest = Sha256::new();
        let mut line = Vec::new();
        let mut number = 0_u64;
        loop {
            line.clear();
            number += 1;
            let read = (&mut reader)
                .take(MOST_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| refused(format!("the entry {name} cannot be read: {error}")))?;
            if read == 0 {
                break;
            }
            digest.update(&line);
            let wrong = |why: String| refused(format!("{name}, line {number}: {why}"));
            if line.last() != Some(&b'\n') {
                return Err(wrong("it is too long or does not end".to_owned()));
            }
            let value: Value = serde_json::from_slice(&line)
                .map_err(|error| wrong(format!("it is no JSON: {error}")))?;
            // One way to write a line, so that the same content has one hash.
            if canonical_json(&value).as_bytes() != &line[..line.len() - 1] {
                return Err(wrong("it is not in its canonical form".to_owned()));
            }
            take(value).map_err(|error| match error {
                CapsuleError::Refused(why) => wrong(why),
                other => other,
            })?;
        }
        drop(reader);
        self.check_digest(name, &hex(&digest.finalize()))
    }

    fn entry(&self, name: &str) -> Result<ArchiveEntry, CapsuleError> {
        let entry = self.entries.get(name).cloned();
        entry.ok_or_else(|| refused(format!("the entry {name} is missing")))
    }

    fn check_digest(&self, name: &str, found: &str) -> Result<(), CapsuleError> {
        let said = self
            .manifest
            .entries
            .iter()
            .find(|facts| facts.name == name);
        match said {
            Some(facts) if facts.sha256 == found => Ok(()),
            _ => Err(refused(format!(
                "the entry {name} is not what the manifest says: it was changed or damaged"
            ))),
        }
    }
}

fn unread(error: EdgeError) -> CapsuleError {
    refused(error.to_string())
}

fn manifest(
    archive: &mut Archive<BufReader<File>>,
    entries: &BTreeMap<String, ArchiveEntry>,
) -> Result<Manifest, CapsuleError> {
    let entry = entries
        .get(NAME)
        .ok_or_else(|| refused(format!("this is no capsule: it has no {NAME}")))?;
    if entry.bytes > MOST_MANIFEST {
        return Err(refused(format!("{NAME} is larger than 32 MiB")));
    }
    let mut text = Vec::new();
    archive
        .read(entry)
        .map_err(unread)?
        .read_to_end(&mut text)
        .map_err(|error| refused(format!("{NAME} cannot be read: {error}")))?;
    let wrong = |error: serde_json::Error| refused(format!("{NAME} cannot be read: {error}"));
    let head: Head = serde_json::from_slice(&text).map_err(wrong)?;
    if head.format != FORMAT {
        return Err(refused(format!(
            "this is no capsule: {NAME} says another format"
        )));
    }
    if head.version > VERSION {
        return Err(refused(format!(
            "this capsule was made by a later version of Krake (format {}, and this one reads up to {VERSION}): update Krake to take it in",
            head.version
        )));
    }
    serde_json::from_slice(&text).map_err(wrong)
}

/// The names that an entry can have; nothing of them ever becomes a path but a playbook's.
fn is_known(name: &str) -> bool {
    if matches!(
        name,
        NAME | "reader/index.html"
            | super::export::MESSAGES
            | super::export::ANSWERS
            | super::export::EVENTS
    ) {
        return true;
    }
    if let Some(hash) = name.strip_prefix("raw/") {
        return hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(file) = name.strip_prefix("playbooks/") {
        return super::playbooks::is_name(file);
    }
    name.strip_prefix("data/")
        .and_then(|rest| rest.strip_suffix(".jsonl"))
        .is_some_and(|noun| NOUNS.iter().any(|known| known.name == noun))
}
