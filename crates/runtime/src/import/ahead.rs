//! The next file is read while the one before it is written: one waits for the processor, the other
//! mostly for the disk.

use std::time::SystemTime;

use krake_domain::id::WorkspaceId;
use krake_edge::reading::Reading;
use krake_store::Store;
use krake_transcripts::Format;

use super::Wish;
use super::file::{Found, blocking, is_as_known, open, recognise};
use super::held::{Whole, gives_lines, whole};

/// A larger file waits for its turn, so that no two of them lie in memory.
const MOST: u64 = 8 << 20;

/// A file that was read before its turn.
pub struct Ahead {
    identity: String,
    modified: Option<SystemTime>,
    bytes: u64,
    pub format: Format,
    pub head: Vec<u8>,
    pub whole: Whole,
}

impl Ahead {
    /// Whether this is still the file that was read.
    pub fn is_of(&self, file: &Reading) -> bool {
        self.identity == file.identity && self.modified == file.modified && self.bytes == file.bytes
    }
}

/// Reads the file; nothing where it is known as it is, or is better read in its turn. What is wrong
/// with it is said then.
pub async fn read(store: &Store, found: &Found, wish: &Wish) -> Option<Box<Ahead>> {
    let file = open(found).await.ok().filter(|file| file.bytes <= MOST)?;
    let known = store.find_file(WorkspaceId::PERSONAL, &found.shown).await;
    if !found.is_passing && known.ok()?.is_some_and(|known| is_as_known(&known, &file)) {
        return None;
    }
    let (identity, modified, bytes) = (file.identity.clone(), file.modified, file.bytes);
    let (file, format, head) = recognise(file, wish.format).await.ok()?;
    if !gives_lines(format) {
        return None;
    }
    let (known, originals) = (wish.known.clone(), wish.keeping.originals());
    let whole = blocking(move || whole(file, format, false, &known, originals)).await;
    Some(Box::new(Ahead {
        identity,
        modified,
        bytes,
        format,
        head,
        whole: whole.ok()?,
    }))
}
