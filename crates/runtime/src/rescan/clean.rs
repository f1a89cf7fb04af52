//! What is looked for, and what becomes of a text in which it is found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use krake_domain::rescan::Findings;
use krake_domain::time::Timestamp;
use krake_engine::secrets::{Cleaner, Known};
use krake_store::{
    ChangedMessage, ChangedRecord, SealedSecret, StoreError, StoredMessage, StoredRecord,
};
use krake_transcripts::{Format, Reader};
use serde_json::Value;

use crate::clock;
use crate::import::{Keeping, Report};
use crate::start::Deps;

/// What is known today, and what becomes of the words of what is found. Clones share it.
#[derive(Clone)]
pub struct Seeker {
    known: Known,
    keeping: Keeping,
    /// Accounts whose keys cannot be had now.
    pub missing_keys: u64,
    /// When it began to look; it is when secrets are said to be found.
    at: Timestamp,
}

/// What could not be kept of a piece, though it should have been.
#[derive(Default)]
pub struct Lost {
    secrets: u64,
    because: Option<String>,
}

impl Lost {
    /// Adds it to what was found.
    pub fn count(&self, found: &mut Findings) {
        found.lost += self.secrets;
        if self.because.is_some() {
            found.lost_because.clone_from(&self.because);
        }
    }

    fn take(&mut self, report: Report) {
        self.secrets += report.lost_secrets;
        self.because = report.lost_because.or(self.because.take());
    }
}

impl Seeker {
    /// With the keys that can be had now, and as a person wants found secrets kept or dropped.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn of(deps: &Deps) -> Result<Self, StoreError> {
        let wish = deps.known_keys.wish(None).await?;
        let accounts = deps
            .store
            .list_accounts(krake_domain::id::WorkspaceId::PERSONAL)
            .await?;
        let keys = accounts.iter().filter(|one| one.credential.is_some());
        let had = wish.known.count();
        Ok(Self {
            missing_keys: keys.count().saturating_sub(had) as u64,
            known: wish.known,
            keeping: wish.keeping,
            at: clock::now(),
        })
    }

    fn cleaner(&self) -> Cleaner<'_> {
        Cleaner::collecting(&self.known, self.keeping.originals())
    }

    fn seal(&self, cleaner: Cleaner<'_>, lost: &mut Lost) -> Vec<SealedSecret> {
        let mut report = Report::default();
        let sealed = self.keeping.seal(cleaner.originals, self.at, &mut report);
        lost.take(report);
        sealed
    }

    /// Those messages in which something is found, without it.
    pub fn messages(&self, read: Vec<StoredMessage>) -> (Vec<ChangedMessage>, Lost) {
        let mut lost = Lost::default();
        let changed = read.into_iter().filter_map(|was| {
            let mut cleaner = self.cleaner();
            let mut message = was.message.clone();
            cleaner.stored(&mut message).then(|| ChangedMessage {
                was,
                message,
                replaced: cleaner.replaced.clone(),
                secrets: self.seal(cleaner, &mut lost),
            })
        });
        (changed.collect(), lost)
    }

    /// Those rows in which something is found, without it.
    pub fn records(&self, read: Vec<StoredRecord>) -> (Vec<ChangedRecord>, Lost) {
        let mut lost = Lost::default();
        let changed = read.into_iter().filter_map(|was| {
            let mut cleaner = self.cleaner();
            let mut texts = BTreeMap::new();
            for (place, one) in was.texts.iter().enumerate() {
                let clean = match one.is_document.then(|| serde_json::from_str(&one.text)) {
                    Some(Ok(value)) => document(&mut cleaner, value),
                    // What is no document in spite of its column is text.
                    Some(Err(_)) | None => match cleaner.text(&one.text) {
                        Cow::Owned(clean) => Some(clean),
                        Cow::Borrowed(_) => None,
                    },
                };
                texts.extend(clean.map(|clean| (place, clean)));
            }
            (!texts.is_empty()).then(|| ChangedRecord {
                was,
                texts,
                replaced: cleaner.replaced.clone(),
                secrets: self.seal(cleaner, &mut lost),
            })
        });
        (changed.collect(), lost)
    }

    /// The bytes of a part without secrets; nothing where there is none in it.
    pub fn part(&self, bytes: &[u8], format: &str) -> Option<(Vec<u8>, Vec<SealedSecret>, Lost)> {
        let mut cleaner = self.cleaner();
        let gives_lines = Format::from_name(format)
            .and_then(Reader::new)
            .is_some_and(|reader| reader.gives_lines());
        let clean = match gives_lines {
            true => lines(&mut cleaner, &self.known, bytes),
            false => cleaner.bytes(bytes).into_owned(),
        };
        if clean == bytes {
            return None;
        }
        let mut lost = Lost::default();
        let sealed = self.seal(cleaner, &mut lost);
        Some((clean, sealed, lost))
    }

    /// Whether there is something in it.
    pub fn finds(&self, bytes: &[u8]) -> bool {
        matches!(Cleaner::new(&self.known).bytes(bytes), Cow::Owned(_))
    }
}

fn document(cleaner: &mut Cleaner<'_>, mut value: Value) -> Option<String> {
    cleaner.document(&mut value).then(|| value.to_string())
}

/// Line by line, as an import does. Of a line that holds a secret in a form that cannot be cut out of
/// its bytes only the length is kept.
fn lines(cleaner: &mut Cleaner<'_>, known: &Known, bytes: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let cut = cleaner.bytes(line);
        let mut again = Cleaner::new(known);
        let is_hidden =
            serde_json::from_slice(&cut).is_ok_and(|mut value: Value| again.document(&mut value));
        if is_hidden {
            let note = format!("{{\"krake\":\"withheld\",\"bytes\":{}}}\n", line.len());
            clean.extend_from_slice(note.as_bytes());
        } else {
            clean.extend_from_slice(&cut);
        }
    }
    clean
}
