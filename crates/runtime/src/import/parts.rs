//! The bytes of a file, kept in parts without secrets.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_engine::secrets::{Cleaner, Known, Originals};
use krake_store::{FilePart, Store, StoreError};
use tokio::sync::mpsc;

use super::front::Front;

/// A part is about so large: small enough to hold, large enough not to make many files.
const PART: usize = 4 << 20;

/// What the bytes are read from.
pub trait Source: Read + Seek + Send {}

impl<S: Read + Seek + Send> Source for S {}

/// What was seen of the lines of a file when they were read, by where they begin.
#[derive(Debug)]
pub struct Marks {
    /// Lines with a secret in a form that cannot be cut out; only their length is kept.
    pub withheld: Arc<Front>,
    /// Lines with a secret that is cut out; absent where the lines of just these bytes were not
    /// looked through, so that it is done now.
    pub cut: Option<HashSet<u64>>,
    /// A secret may lie across lines: it is no file of lines.
    pub is_document: bool,
}

impl Marks {
    /// Those lines are withheld, and what is cut out of others is found anew.
    #[must_use]
    pub fn withholding(withheld: Arc<Front>) -> Self {
        Self {
            withheld,
            cut: None,
            is_document: false,
        }
    }
}

/// Where the bytes that are not kept yet begin: after the known parts, where the file still holds
/// them; else at its beginning.
fn first_new_byte(source: &mut dyn Source, end: u64, parts: &[FilePart]) -> io::Result<u64> {
    let Some(last) = parts.last() else {
        return Ok(0);
    };
    let known = last.start + last.source.bytes;
    if known > end {
        return Ok(0);
    }
    // The first and the last part stand for all: tools append, or they write anew.
    for part in [&parts[0], last] {
        source.seek(SeekFrom::Start(part.start))?;
        let mut bytes = Vec::new();
        source.take(part.source.bytes).read_to_end(&mut bytes)?;
        if Hash::of(&bytes) != part.source.hash {
            return Ok(0);
        }
    }
    // A last part without a line end was cut while it was being written.
    let is_whole = ends_a_line(source, known)?;
    Ok(if is_whole { known } else { last.start })
}

/// Whether a line begins at this place.
fn ends_a_line(source: &mut dyn Source, at: u64) -> io::Result<bool> {
    let Some(before) = at.checked_sub(1) else {
        return Ok(true);
    };
    source.seek(SeekFrom::Start(before))?;
    let mut byte = [0];
    source.read_exact(&mut byte)?;
    Ok(byte[0] == b'\n')
}

/// Keeps what is new of a file, up to `end`; the parts, in order, and `originals` with what was found
/// in them.
///
/// # Errors
/// The file cannot be read, or the store cannot write.
pub async fn keep(
    store: &Store,
    mut source: Box<dyn Source>,
    end: u64,
    known_parts: Vec<FilePart>,
    marks: Marks,
    known: Known,
    originals: Originals,
) -> Result<(Vec<FilePart>, Originals), KeepError> {
    let blobs = store.blobs().clone();
    let (sender, mut receiver) = mpsc::channel(1);
    let keeping = tokio::task::spawn_blocking(move || {
        let mut cleaner = Cleaner::collecting(&known, originals);
        let mut parts = Parts::begin(&mut *source, end, &known_parts)?;
        while let Some((start, source)) = parts.next(&marks, &mut cleaner)? {
            let kept = blobs.put_here(&parts.clean)?;
            let part = FilePart {
                start,
                source,
                kept,
            };
            // Nobody waits for it any more.
            if sender.blocking_send(part).is_err() {
                break;
            }
        }
        Ok::<_, KeepError>(cleaner.originals)
    });
    let mut parts = Vec::new();
    while let Some(part) = receiver.recv().await {
        parts.push(part);
    }
    let originals = keeping
        .await
        .map_err(|error| KeepError::Broke(error.to_string()))??;
    Ok((parts, originals))
}

/// Why the bytes of a file were not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the work broke off: {0}")]
    Broke(String),
}

/// The parts of a file one after the other, in the same room.
struct Parts<'s> {
    source: &'s mut dyn Source,
    end: u64,
    /// Where the next one begins.
    start: u64,
    /// A line begins there.
    is_line: bool,
    /// What was read from there on.
    bytes: Vec<u8>,
    /// The part that was read last, without secrets.
    clean: Vec<u8>,
}

impl<'s> Parts<'s> {
    fn begin(source: &'s mut dyn Source, end: u64, known: &[FilePart]) -> io::Result<Self> {
        let start = first_new_byte(source, end, known)?;
        let is_line = ends_a_line(source, start)?;
        source.seek(SeekFrom::Start(start))?;
        Ok(Self {
            source,
            end,
            start,
            is_line,
            bytes: Vec::new(),
            clean: Vec::new(),
        })
    }

    /// Reads and cleans one part up to the end of a line; where it begins, and what it is.
    fn next(
        &mut self,
        marks: &Marks,
        cleaner: &mut Cleaner<'_>,
    ) -> io::Result<Option<(u64, BlobRef)>> {
        let left = usize::try_from(self.end - self.start).unwrap_or(usize::MAX);
        let wanted = PART.min(left);
        let missing = wanted.saturating_sub(self.bytes.len());
        // Else the room for a part would double while it is filled.
        self.bytes.reserve_exact(missing);
        (&mut self.source)
            .take(missing as u64)
            .read_to_end(&mut self.bytes)?;
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let is_last = left <= PART || self.bytes.len() < wanted;
        let cut = match marks.is_document {
            _ if is_last => self.bytes.len(),
            true => before_open_key(&self.bytes).unwrap_or_else(|| cut_of(&self.bytes)),
            false => cut_of(&self.bytes),
        };
        marks.withheld.wait_for(self.start + cut as u64)?;
        let part = &self.bytes[..cut];
        let (start, source) = (
            self.start,
            BlobRef {
                hash: Hash::of(part),
                bytes: part.len() as u64,
            },
        );
        self.clean.clear();
        self.clean.reserve_exact(part.len());
        for line in part.split_inclusive(|byte| *byte == b'\n') {
            // A stretch of a line that is longer than a part was looked through by nobody.
            let is_whole = self.is_line && line.ends_with(b"\n");
            let is_clean = |cut: &HashSet<u64>| is_whole && !cut.contains(&self.start);
            if marks.withheld.is_withheld(self.start) {
                let note = format!("{{\"krake\":\"withheld\",\"bytes\":{}}}\n", line.len());
                self.clean.extend_from_slice(note.as_bytes());
            } else if marks.is_document || marks.cut.as_ref().is_some_and(is_clean) {
                self.clean.extend_from_slice(line);
            } else {
                self.clean.extend_from_slice(&cleaner.bytes(line));
            }
            self.start += line.len() as u64;
            self.is_line = line.ends_with(b"\n");
        }
        if marks.is_document {
            self.clean = cleaner.bytes(&self.clean).into_owned();
        }
        self.bytes.drain(..cut);
        Ok(Some((start, source)))
    }
}

/// Before a private key that does not end here.
fn before_open_key(bytes: &[u8]) -> Option<usize> {
    let last = |mark: &[u8]| bytes.windows(mark.len()).rposition(|part| part == mark);
    let begin = last(b"-----BEGIN ")?;
    let is_open = last(b"-----END ").is_none_or(|end| end < begin);
    (is_open && begin > 0).then_some(begin)
}

/// After the last line that ends here; in a line that is longer than a part, after the last byte
/// that no secret holds.
fn cut_of(bytes: &[u8]) -> usize {
    let last = |test: fn(&u8) -> bool| bytes.iter().rposition(test).map(|at| at + 1);
    last(|byte| *byte == b'\n')
        .or_else(|| last(|byte| matches!(byte, b' ' | b'"' | b',')))
        .unwrap_or(bytes.len())
}
