//! What an import lays aside in the data folder while it works.
//!
//! **Invariant:** nothing of it outlives the import and the next start: it may hold what is kept nowhere.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use krake_transcripts::Shelf;

/// Beginnings of the names of what imports lay aside.
const LAID_ASIDE: [&str; 6] = [
    "unpacked-",
    "goose-",
    "upload-",
    "capsule-",
    "download-",
    "shelf-",
];

/// Few in tests, whose files have few lines.
const LOT: usize = if cfg!(test) { 32 } else { Shelf::LOT };

/// Removes what an import laid aside and a killed process left.
pub(crate) async fn clear_spool(home: &Path) {
    let spool = home.join("spool");
    let cleared = tokio::task::spawn_blocking(move || {
        let entries = std::fs::read_dir(spool).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !LAID_ASIDE.iter().any(|begin| name.starts_with(begin)) {
                continue;
            }
            let path = entry.path();
            let removed = if path.is_dir() {
                std::fs::remove_dir_all(&path)
            } else {
                std::fs::remove_file(&path)
            };
            if let Err(error) = removed {
                tracing::warn!(%error, path = %path.display(), "what an import left could not be removed");
            }
        }
    });
    let _ = cleared.await;
}

/// A new file that nobody else reads.
pub fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A shelf for what a reader knows of a large file. Its file has no name from the beginning, so that it
/// goes with who holds it, also when that is killed.
pub fn shelf(home: &Path) -> io::Result<Shelf> {
    let spool = home.join("spool");
    std::fs::create_dir_all(&spool)?;
    let path = spool.join(format!("shelf-{}", uuid::Uuid::now_v7()));
    let file = private(&path)?;
    std::fs::remove_file(&path)?;
    Ok(Shelf::on(file, LOT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_killed_import_laid_aside_is_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let spool = dir.path().join("spool");
        std::fs::create_dir_all(spool.join("unpacked-1")).unwrap();
        for name in ["unpacked-1/entry", "goose-1.json", "shelf-1", "result"] {
            std::fs::write(spool.join(name), "x").unwrap();
        }
        clear_spool(dir.path()).await;
        let left: Vec<_> = std::fs::read_dir(&spool)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["result"]);
        clear_spool(&dir.path().join("missing")).await;
    }
}
