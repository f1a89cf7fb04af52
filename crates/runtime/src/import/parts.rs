//! The bytes of a file, kept in parts without secrets.

use std::collections::HashSet;
use std::io::{self, Read};
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_edge::reading::Reading;
use krake_engine::secrets::Known;
use krake_store::{FilePart, Store, StoreError};

use super::clean::Cleaner;

/// A part is about so large: small enough to hold, large enough not to make many files.
const PART: usize = 4 << 20;

/// Where the bytes that are not kept yet begin: after the known parts, where the file still holds
/// them; else at its beginning.
///
/// # Errors
/// The file cannot be read.
pub fn first_new_byte(file: &mut Reading, parts: &[FilePart]) -> io::Result<u64> {
    let Some(last) = parts.last() else {
        return Ok(0);
    };
    let end = last.start + last.source.bytes;
    if end > file.bytes {
        return Ok(0);
    }
    // The first and the last part stand for all: tools append, or they write anew.
    for part in [&parts[0], last] {
        file.go_to(part.start)?;
        let mut bytes = Vec::new();
        file.take(part.source.bytes).read_to_end(&mut bytes)?;
        if Hash::of(&bytes) != part.source.hash {
            return Ok(0);
        }
    }
    // A last part without a line end was cut while it was being written.
    file.go_to(end.saturating_sub(1))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(if byte[0] == b'\n' { end } else { last.start })
}

/// Keeps the file from `from` on; the parts, in order. Lines that begin at a place in `withheld`
/// hold a secret in a form that cannot be cut out: of them only the length is kept.
///
/// # Errors
/// The file cannot be read, or the store cannot write.
pub async fn keep(
    store: &Store,
    mut file: Reading,
    from: u64,
    withheld: Arc<HashSet<u64>>,
    known: Known,
) -> Result<Vec<FilePart>, KeepError> {
    let mut parts = Vec::new();
    let (mut start, end) = (from, file.bytes);
    file.go_to(from)?;
    let mut rest = Vec::new();
    while start < end {
        let left = usize::try_from(end - start).unwrap_or(usize::MAX);
        let wanted = PART.min(left);
        let (held, known, withheld) = (std::mem::take(&mut rest), known.clone(), withheld.clone());
        let (back, made) = tokio::task::spawn_blocking(move || {
            let wanted = Wanted {
                start,
                bytes: wanted,
                is_last: wanted == left,
            };
            let made = part(&mut file, held, &wanted, &withheld, &known);
            (file, made)
        })
        .await
        .map_err(|error| KeepError::Broke(error.to_string()))?;
        file = back;
        let Some((source, clean, over)) = made? else {
            break;
        };
        rest = over;
        let bytes = source.bytes;
        let kept = store.blobs().put(clean).await?;
        parts.push(FilePart {
            start,
            source,
            kept,
        });
        start += bytes;
    }
    Ok(parts)
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
    bytes: usize,
    /// It reaches the end of the file.
    is_last: bool,
}

type Part = Option<(BlobRef, Vec<u8>, Vec<u8>)>;

/// One part up to the end of a line, cleaned, and the bytes after it that were read already.
fn part(
    file: &mut Reading,
    held: Vec<u8>,
    wanted: &Wanted,
    withheld: &HashSet<u64>,
    known: &Known,
) -> io::Result<Part> {
    let mut bytes = held;
    let missing = wanted.bytes.saturating_sub(bytes.len()) as u64;
    file.take(missing).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let cut = if wanted.is_last || bytes.len() < wanted.bytes {
        bytes.len()
    } else {
        cut_of(&bytes)
    };
    let over = bytes.split_off(cut);
    let source = BlobRef {
        hash: Hash::of(&bytes),
        bytes: bytes.len() as u64,
    };
    let mut cleaner = Cleaner::new(known);
    let mut clean = Vec::with_capacity(bytes.len());
    let mut at = wanted.start;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if withheld.contains(&at) {
            let note = format!("{{\"krake\":\"withheld\",\"bytes\":{}}}\n", line.len());
            clean.extend_from_slice(note.as_bytes());
        } else {
            clean.extend_from_slice(&cleaner.bytes(line));
        }
        at += line.len() as u64;
    }
    Ok(Some((source, clean, over)))
}

/// After the last line that ends here; in a line that is longer than a part, after the last byte
/// that no secret holds.
fn cut_of(bytes: &[u8]) -> usize {
    let last = |test: fn(&u8) -> bool| bytes.iter().rposition(test).map(|at| at + 1);
    last(|byte| *byte == b'\n')
        .or_else(|| last(|byte| matches!(byte, b' ' | b'"' | b',')))
        .unwrap_or(bytes.len())
}
