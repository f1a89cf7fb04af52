//! Exports that come as an archive: each entry that can be a transcript, one after the other.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use krake_edge::archive::{Archive, ArchiveEntry};
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_store::Store;
use tokio_util::sync::CancellationToken;

use super::file::{self, FileError, Found, Way};
use super::report::Report;
use super::spool::private;
use super::{Wish, can_be_transcript};

/// Entries that say nothing of a conversation, and of which an export holds many.
const SILENT: [&str; 9] = [
    "png", "jpg", "jpeg", "webp", "gif", "wav", "mp3", "pdf", "html",
];

/// Whether the file begins as an archive does.
pub async fn is_one(found: &Found) -> bool {
    let (root, path) = (found.root.clone(), found.path.clone());
    let head = tokio::task::spawn_blocking(move || root.read(&path, 4)).await;
    matches!(head, Ok(Ok(head)) if head.bytes == b"PK\x03\x04")
}

/// Imports what can be read in an archive; the rest is named in the report.
///
/// # Errors
/// [`FileError::Refused`] for what is no readable archive.
pub async fn import(
    store: &Store,
    found: &Found,
    wish: &Wish,
    cancel: &CancellationToken,
    report: &mut Report,
) -> Result<(), FileError> {
    let spool = store.dir().join("spool");
    let mut silent = 0;
    for entry in entries(found).await? {
        if cancel.is_cancelled() {
            return Err(FileError::Refused("the import was cancelled".to_owned()));
        }
        let shown = format!("{}!/{}", found.shown, entry.name);
        if let Some(why) = entry.refused {
            report.leave(shown, why);
            continue;
        }
        let path = InnerPath::found(Path::new(&entry.name));
        if entry.name.ends_with('/') || entry.bytes == 0 {
            continue;
        }
        if !can_be_transcript(&path) || entry.name.ends_with(".zip") {
            let ending = path
                .as_path()
                .extension()
                .and_then(|ending| ending.to_str());
            if ending.is_some_and(|ending| SILENT.contains(&ending.to_ascii_lowercase().as_str())) {
                silent += 1;
            } else {
                report.leave(shown, "its name is none of a transcript");
            }
            continue;
        }
        let unpacked = unpack(found, &entry, &spool).await?;
        let inner = Found {
            root: unpacked.root.clone(),
            path: unpacked.path.clone(),
            shown: shown.clone(),
            format: found.format,
            is_passing: found.is_passing,
        };
        match file::import(store, &inner, wish, Way::Once(None), report).await {
            Err(FileError::Refused(why)) => report.leave(shown, why),
            other => other?,
        }
    }
    if silent > 0 {
        report.leave(
            &found.shown,
            format!("{silent} images, sounds and pages in it"),
        );
    }
    Ok(())
}

/// An entry as a file of its own, which is gone when this is.
struct Unpacked {
    root: Arc<Root>,
    path: InnerPath,
    _folder: Spooled,
}

/// A folder that goes with what lies in it.
struct Spooled(std::path::PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        // What cannot be removed now is cleared with the spool at the next start.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn unpack(found: &Found, entry: &ArchiveEntry, spool: &Path) -> Result<Unpacked, FileError> {
    let (root, path, entry) = (found.root.clone(), found.path.clone(), entry.clone());
    let folder = spool.join(format!("unpacked-{}", uuid::Uuid::now_v7()));
    let refused = |error: &dyn std::fmt::Display| FileError::Refused(error.to_string());
    let work = move || {
        let mut archive = Archive::open(root.open_reading(&path).map_err(|e| refused(&e))?)
            .map_err(|e| refused(&e))?;
        std::fs::create_dir_all(&folder).map_err(|e| refused(&e))?;
        let spooled = Spooled(folder);
        let target = spooled.0.join("entry");
        let mut file = private(&target).map_err(|e| refused(&e))?;
        let mut reader = archive.read(&entry).map_err(|e| refused(&e))?;
        let copied = std::io::copy(&mut reader.by_ref(), &mut file);
        copied.map_err(|e| refused(&format!("{}: {e}", entry.name)))?;
        Ok(Unpacked {
            root: Arc::new(Root::open(&spooled.0).map_err(|e| refused(&e))?),
            path: InnerPath::found(Path::new("entry")),
            _folder: spooled,
        })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| FileError::Refused(error.to_string()))?
}

async fn entries(found: &Found) -> Result<Vec<ArchiveEntry>, FileError> {
    let (root, path) = (found.root.clone(), found.path.clone());
    let listed = tokio::task::spawn_blocking(move || {
        let file = root.open_reading(&path)?;
        Archive::open(file).map(|archive| archive.entries)
    });
    listed
        .await
        .map_err(|error| FileError::Refused(error.to_string()))?
        .map_err(|error| FileError::Refused(error.to_string()))
}
