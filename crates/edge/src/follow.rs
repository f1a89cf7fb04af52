//! Told of changes below folders, as the operating system tells them.
//!
//! **Invariant:** when changes were missed, [`Change::Missed`] says so, and whoever follows looks at
//! everything again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::EdgeError;

/// Changes that may wait; more are told as missed.
const WAITING: usize = 1_024;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Something at this path was made, written, moved or removed.
    At(PathBuf),
    /// More happened than could be told.
    Missed,
}

/// Follows folders until it is dropped.
pub struct Follow {
    watcher: RecommendedWatcher,
    changes: mpsc::Receiver<PathBuf>,
    missed: Arc<AtomicBool>,
}

impl Follow {
    /// Begins without folders.
    ///
    /// # Errors
    /// The operating system gives no more watchers.
    pub fn begin() -> Result<Self, EdgeError> {
        let (sender, changes) = mpsc::channel(WAITING);
        let missed = Arc::new(AtomicBool::new(false));
        let flag = missed.clone();
        let told = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
            Ok(event) if !event.need_rescan() => {
                for path in event.paths {
                    if sender.try_send(path).is_err() {
                        flag.store(true, Ordering::Relaxed);
                    }
                }
            }
            _ => flag.store(true, Ordering::Relaxed),
        };
        Ok(Self {
            watcher: notify::recommended_watcher(told)
                .map_err(|error| sort(Path::new(""), error))?,
            changes,
            missed,
        })
    }

    /// Follows a folder with all that lies below it.
    ///
    /// # Errors
    /// It is not there, or the operating system follows no more folders.
    pub fn add(&mut self, folder: &Path) -> Result<(), EdgeError> {
        self.watcher
            .watch(folder, RecursiveMode::Recursive)
            .map_err(|error| sort(folder, error))
    }

    /// The next change.
    pub async fn next(&mut self) -> Change {
        if self.missed.swap(false, Ordering::Relaxed) {
            while self.changes.try_recv().is_ok() {}
            return Change::Missed;
        }
        match self.changes.recv().await {
            Some(path) => Change::At(path),
            // The watcher's thread has ended: nothing more will be told.
            None => std::future::pending().await,
        }
    }
}

fn sort(folder: &Path, error: notify::Error) -> EdgeError {
    let what = format!("following `{}`", folder.display());
    match error.kind {
        notify::ErrorKind::Io(source) => EdgeError::from_io(what, source),
        notify::ErrorKind::PathNotFound => EdgeError::NotFound { what },
        _ => EdgeError::Unavailable {
            what,
            why: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_that_is_added_deep_below_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(top.join("a/b")).unwrap();
        let mut follow = Follow::begin().unwrap();
        follow.add(&top).unwrap();
        let file = top.join("a/b/c.jsonl");
        std::fs::write(&file, "one\n").unwrap();
        while follow.next().await != Change::At(file.clone()) {}
        assert!(matches!(
            follow.add(&top.join("missing")),
            Err(EdgeError::NotFound { .. })
        ));
    }
}
