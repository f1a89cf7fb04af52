//! The bytes of a file, kept in parts without secrets.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_engine::secrets::{Cleaner, Known, Originals};
use krake_store::{FilePart, Store, StoreError};

/// A part is about so large: small enough to hold, large enough not to make many files.
const PART: usize = 4 << 20;

/// What the bytes are read from.
pub trait Source: Read + Seek + Send {}

impl<S: Read + Seek + Send> Source for S {}

/// What was seen of the lines of a file when they were read, by where they begin.
#[derive(Debug, Default)]
pub struct Marks {
    /// Lines with a secret in a form that cannot be cut out; only their length is kept.
    pub withheld: HashSet<u64>,
    /// Lines with a secret that is cut out; absent where the lines of just these bytes were not
    /// looked through, so that it is done now.
    pub cut: Option<HashSet<u64>>,
    /// A secret may lie across lines: it is no file of lines.
    pub is_document: bool,
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
    source: Box<dyn Source>,
    end: u64,
    known_parts: Vec<FilePart>,
    marks: Arc<Marks>,
    known: Known,
    mut originals: Originals,
) -> Result<(Vec<FilePart>, Originals), KeepError> {
    let mut parts = Vec::new();
    let begun = tokio::task::spawn_blocking(move || {
        let mut source = source;
        let start = first_new_byte(&mut *source, end, &known_parts)?;
        let is_line = ends_a_line(&mut *source, start)?;
        source.seek(SeekFrom::Start(start))?;
        Ok::<_, io::Error>((source, start, is_line))
    });
    let (mut source, mut start, mut is_line) = begun.await.map_err(broke)??;
    let mut rest = Vec::new();
    while start < end {
        let left = usize::try_from(end - start).unwrap_or(usize::MAX);
        let wanted = Wanted {
            start,
            is_line,
            bytes: PART.min(left),
            is_last: left <= PART,
        };
        let (held, known, marks) = (std::mem::take(&mut rest), known.clone(), marks.clone());
        let collected = std::mem::take(&mut originals);
        let (back, made, collected) = tokio::task::spawn_blocking(move || {
            let mut cleaner = Cleaner::collecting(&known, collected);
            let made = part(&mut *source, held, &wanted, &marks, &mut cleaner);
            (source, made, cleaner.originals)
        })
        .await
        .map_err(broke)?;
        (source, originals) = (back, collected);
        let Some(made) = made? else {
            break;
        };
        rest = made.over;
        is_line = made.ends_a_line;
        let bytes = made.source.bytes;
        let kept = store.blobs().put(made.clean).await?;
        parts.push(FilePart {
            start,
            source: made.source,
            kept,
        });
        start += bytes;
    }
    Ok((parts, originals))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
fn broke(error: tokio::task::JoinError) -> KeepError {
    KeepError::Broke(error.to_string())
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

/// The stretch that is read next.
struct Wanted {
    start: u64,
    /// A line begins there.
    is_line: bool,
    bytes: usize,
    /// It reaches the end of the file.
    is_last: bool,
}

/// One part.
struct Part {
    source: BlobRef,
    clean: Vec<u8>,
    /// Bytes after it that were read already.
    over: Vec<u8>,
    ends_a_line: bool,
}

/// One part up to the end of a line, cleaned.
fn part(
    file: &mut dyn Source,
    held: Vec<u8>,
    wanted: &Wanted,
    marks: &Marks,
    cleaner: &mut Cleaner<'_>,
) -> io::Result<Option<Part>> {
    let mut bytes = held;
    let missing = wanted.bytes.saturating_sub(bytes.len()) as u64;
    file.take(missing).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let cut = if wanted.is_last || bytes.len() < wanted.bytes {
        bytes.len()
    } else {
        match marks.is_document {
            true => before_open_key(&bytes).unwrap_or_else(|| cut_of(&bytes)),
            false => cut_of(&bytes),
        }
    };
    let over = bytes.split_off(cut);
    let source = BlobRef {
        hash: Hash::of(&bytes),
        bytes: bytes.len() as u64,
    };
    let mut clean = Vec::with_capacity(bytes.len());
    let (mut at, mut is_line) = (wanted.start, wanted.is_line);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        // A stretch of a line that is longer than a part was looked through by nobody.
        let is_whole = is_line && line.ends_with(b"\n");
        let is_clean = |cut: &HashSet<u64>| is_whole && !cut.contains(&at);
        if marks.withheld.contains(&at) {
            let note = format!("{{\"krake\":\"withheld\",\"bytes\":{}}}\n", line.len());
            clean.extend_from_slice(note.as_bytes());
        } else if marks.is_document || marks.cut.as_ref().is_some_and(is_clean) {
            clean.extend_from_slice(line);
        } else {
            clean.extend_from_slice(&cleaner.bytes(line));
        }
        at += line.len() as u64;
        is_line = line.ends_with(b"\n");
    }
    if marks.is_document {
        clean = cleaner.bytes(&clean).into_owned();
    }
    Ok(Some(Part {
        source,
        clean,
        over,
        ends_a_line: is_line,
    }))
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
