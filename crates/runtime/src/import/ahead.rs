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
    /// Nothing where it is one document, which takes many times its size: that is read in its turn.
    pub whole: Option<Whole>,
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
    let (file, format, head) = recognise(file, found.format).await.ok()?;
    let (known, originals) = (wish.known.clone(), wish.keeping.originals());
    let whole = match gives_lines(format) {
        true => {
            let read = blocking(move || whole(file, format, false, &known, originals)).await;
            Some(read.ok()?)
        }
        false => None,
    };
    Some(Box::new(Ahead {
        identity,
        modified,
        bytes,
        format,
        head,
        whole,
    }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use krake_edge::path::InnerPath;
    use krake_edge::root::Root;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::import::{Report, import_one};

    fn line(number: usize, text: &str) -> String {
        format!(
            "{{\"type\":\"user\",\"uuid\":\"u{number}\",\"parentUuid\":null,\"sessionId\":\"s1\",\
             \"message\":{{\"role\":\"user\",\"content\":\"{text}\"}}}}\n"
        )
    }

    #[tokio::test]
    async fn what_was_read_before_its_turn_counts_only_while_the_file_is_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(&dir.path().join("home")).await.unwrap();
        let folder = dir.path().join("in");
        std::fs::create_dir(&folder).unwrap();
        let root = Arc::new(Root::open(&folder).unwrap());
        let found = |name: &str| Found {
            root: root.clone(),
            path: InnerPath::found(Path::new(name)),
            shown: name.to_owned(),
            format: None,
            is_passing: false,
        };
        let (wish, cancel) = (Wish::default(), CancellationToken::new());
        let imported = async |name: &str, ahead| {
            let mut report = Report::default();
            let found = found(name);
            let one = import_one(&store, &found, ahead, &wish, &cancel, &mut report);
            one.await.unwrap();
            let messages = store.load_messages(report.sessions[0].id).await.unwrap();
            let texts = messages.into_iter().map(|kept| kept.text);
            texts.collect::<Vec<_>>()
        };
        let file = folder.join("a.jsonl");
        std::fs::write(&file, line(0, "before")).unwrap();
        let ahead = read(&store, &found("a.jsonl"), &wish).await;
        assert!(ahead.is_some());
        std::fs::write(&file, line(0, "before") + &line(1, "after")).unwrap();
        assert_eq!(imported("a.jsonl", ahead).await, ["before", "after"]);
        // What is known as it is needs no look, and what is no transcript is told in its turn.
        assert!(read(&store, &found("a.jsonl"), &wish).await.is_none());
        std::fs::write(folder.join("b.bin"), [0, 1, 2]).unwrap();
        assert!(read(&store, &found("b.bin"), &wish).await.is_none());
        let other = folder.join("c.jsonl");
        std::fs::write(&other, line(0, "first").replace("s1", "s2")).unwrap();
        let ahead = read(&store, &found("c.jsonl"), &wish).await.unwrap();
        let whole = ahead.whole.as_ref().unwrap();
        assert_eq!(whole.bytes, std::fs::read(&other).unwrap());
        assert_eq!(imported("c.jsonl", Some(ahead)).await, ["first"]);
        // One document is recognised and read in its turn.
        let said = "[{\"role\":\"user\",\"content\":\"said\"}]";
        std::fs::write(folder.join("d.json"), said).unwrap();
        let ahead = read(&store, &found("d.json"), &wish).await.unwrap();
        assert!(ahead.whole.is_none());
        assert_eq!(imported("d.json", Some(ahead)).await, ["said"]);
    }
}
