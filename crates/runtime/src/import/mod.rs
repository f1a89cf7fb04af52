//! Transcripts of other tools into the store: files, folders, archives.
//!
//! What it deliberately does not do: it never writes into a store of another tool, and it decides
//! nothing about what a message is worth.
//! **Invariant:** importing twice changes nothing; what could not be read is named or counted; no
//! secret that is recognised is kept in the clear, neither in messages nor in the bytes of the file.

mod ahead;
mod answers;
mod archive;
mod file;
mod front;
mod held;
mod keep;
mod large;
mod lines;
mod met;
mod parts;
mod pieces;
mod present;
mod report;
mod spool;
mod tail;
mod text;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use krake_domain::id::ProjectId;
use krake_edge::EdgeError;
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use krake_engine::secrets::Known;
use krake_store::{Store, StoreError};
use krake_transcripts::Format;
use tokio_util::sync::CancellationToken;

use ahead::Ahead;
use file::Way;
pub(crate) use file::moment;
pub use file::{FileError, Found};
pub use keep::Keeping;
pub use report::{Left, Report, SessionReport};
pub(crate) use spool::clear_spool;
pub(crate) use tail::Tail;
pub use text::capture;

/// Folders below the one that is imported.
const DEEPEST: usize = 12;
/// Files of one import.
const MOST_FILES: usize = 50_000;

/// What is wanted of an import.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The project that all sessions go to that are in none yet; without one their folders decide.
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    /// The format of all files, where it is known.
    pub format: Option<Format>,
    pub session_type: String,
    /// The folder that the work was done in, where the transcript does not say.
    pub cwd: Option<String>,
    /// Values that are secrets for certain.
    pub known: Known,
    /// What becomes of the words of secrets.
    pub keeping: Keeping,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            project: None,
            account_id: None,
            format: None,
            session_type: "imported".to_owned(),
            cwd: None,
            known: Known::default(),
            keeping: Keeping::default(),
        }
    }
}

/// Why nothing was imported at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Edge(#[from] EdgeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the import was cancelled")]
    Cancelled,
}

/// Imports a file, an archive, or every transcript below a folder.
///
/// # Errors
/// There is nothing at this path, or the store cannot write. A file that cannot be imported is no
/// error: the report says why it was left out.
pub async fn import_path(
    store: &Store,
    path: &Path,
    wish: &Wish,
    cancel: &CancellationToken,
) -> Result<Report, ImportError> {
    import_place(store, Place::Lasting(path.to_owned()), wish, cancel).await
}

/// Imports every file of a folder that is only there for this: a file has no lasting place, so one of
/// the same name with another content is another one.
///
/// # Errors
/// As [`import_path`].
pub async fn import_passing(
    store: &Store,
    folder: &Path,
    wish: &Wish,
    cancel: &CancellationToken,
) -> Result<Report, ImportError> {
    import_place(store, Place::Passing(folder.to_owned()), wish, cancel).await
}

async fn import_place(
    store: &Store,
    place: Place,
    wish: &Wish,
    cancel: &CancellationToken,
) -> Result<Report, ImportError> {
    let (files, mut report) = find(place, wish.format, cancel.clone()).await?;
    let go_on = |_: &Found, _: &mut Report| ControlFlow::Continue(());
    import_in_order(store, &files, wish, cancel, &mut report, go_on).await?;
    Ok(report)
}

/// Imports files one after the other, and reads the next while one is written. `told` hears of each
/// that was and says whether another is wanted; those that were not are returned.
///
/// # Errors
/// It was cancelled, or the store cannot write.
pub(crate) async fn import_in_order<'f>(
    store: &Store,
    files: &'f [Found],
    wish: &Wish,
    cancel: &CancellationToken,
    report: &mut Report,
    mut told: impl FnMut(&Found, &mut Report) -> ControlFlow<()>,
) -> Result<&'f [Found], ImportError> {
    let (mut left, mut ahead) = (files, None);
    while let Some((found, behind)) = left.split_first() {
        if cancel.is_cancelled() {
            return Err(ImportError::Cancelled);
        }
        let next = async {
            match behind.first() {
                Some(next) => ahead::read(store, next, wish).await,
                None => None,
            }
        };
        let one = import_one(store, found, ahead, wish, cancel, report);
        let outcome;
        (outcome, ahead) = tokio::join!(one, next);
        outcome?;
        left = behind;
        if told(found, report).is_break() {
            break;
        }
    }
    Ok(left)
}

/// Imports one file that was found, or each transcript in an archive.
///
/// # Errors
/// The store cannot write.
pub async fn import_found(
    store: &Store,
    found: &Found,
    wish: &Wish,
    cancel: &CancellationToken,
    report: &mut Report,
) -> Result<(), ImportError> {
    import_one(store, found, None, wish, cancel, report).await
}

/// The same with a file that may have been read before its turn.
async fn import_one(
    store: &Store,
    found: &Found,
    ahead: Option<Box<Ahead>>,
    wish: &Wish,
    cancel: &CancellationToken,
    report: &mut Report,
) -> Result<(), ImportError> {
    let outcome = if archive::is_one(found).await {
        archive::import(store, found, wish, cancel, report).await
    } else {
        file::import(store, found, wish, Way::Once(ahead), report).await
    };
    sorted(outcome, found, report)
}

/// Imports a file that may grow: where it only has, what is new is read, and what is known of its end
/// is left in `tail` for the next time.
///
/// # Errors
/// The store cannot write.
pub(crate) async fn import_followed(
    store: &Store,
    found: &Found,
    wish: &Wish,
    tail: &mut Option<Tail>,
    report: &mut Report,
) -> Result<(), ImportError> {
    let outcome = file::import(store, found, wish, Way::Followed(tail), report).await;
    sorted(outcome, found, report)
}

fn sorted(
    outcome: Result<(), FileError>,
    found: &Found,
    report: &mut Report,
) -> Result<(), ImportError> {
    match outcome {
        Ok(()) => Ok(()),
        Err(FileError::Refused(why)) => {
            report.leave(&found.shown, why);
            Ok(())
        }
        Err(FileError::Store(error)) => Err(error.into()),
    }
}

/// Where files are looked for.
enum Place {
    /// They stay there, and are named by the whole path.
    Lasting(PathBuf),
    /// A folder of our own that is gone soon: nobody knows it, so they are named by what is inside.
    Passing(PathBuf),
}

/// The files at or below a place, in the order of their names, and what was left out.
async fn find(
    place: Place,
    format: Option<Format>,
    cancel: CancellationToken,
) -> Result<(Vec<Found>, Report), ImportError> {
    let walked = tokio::task::spawn_blocking(move || {
        let (path, is_passing) = match place {
            Place::Lasting(path) => (path, false),
            Place::Passing(path) => (path, true),
        };
        let is_folder = std::fs::metadata(&path)
            .map_err(|error| EdgeError::from_io(format!("`{}`", path.display()), error))?
            .is_dir();
        let folder = if is_folder {
            path.as_path()
        } else {
            path.parent()
                .filter(|parent| !parent.as_os_str().is_empty())
                .unwrap_or(Path::new("."))
        };
        let mut walk = Walk {
            root: Arc::new(Root::open(folder)?),
            format,
            is_passing,
            cancel,
            found: Vec::new(),
            left: Report::default(),
        };
        match path.file_name() {
            Some(name) if !is_folder => {
                let inner = InnerPath::found(Path::new(name));
                walk.take(inner);
            }
            _ => walk.below(&InnerPath::found(Path::new("")), 0),
        }
        Ok::<_, EdgeError>((walk.found, walk.left))
    })
    .await
    .map_err(|_| ImportError::Cancelled)??;
    Ok(walked)
}

struct Walk {
    root: Arc<Root>,
    format: Option<Format>,
    is_passing: bool,
    cancel: CancellationToken,
    found: Vec<Found>,
    left: Report,
}

impl Walk {
    fn below(&mut self, folder: &InnerPath, depth: usize) {
        let entries = match self.root.list(folder) {
            Ok(entries) => entries,
            Err(error) => return self.left.leave(self.shown(folder), error.to_string()),
        };
        for entry in entries {
            if self.cancel.is_cancelled() {
                return;
            }
            let shown = || self.shown(&entry.path);
            match entry.kind {
                Kind::Folder if depth < DEEPEST => self.below(&entry.path, depth + 1),
                Kind::Folder => {
                    let why = format!("more than {DEEPEST} folders deep");
                    let shown = shown();
                    self.left.leave(shown, why);
                }
                Kind::File if self.found.len() >= MOST_FILES => {
                    let why = format!("more than {MOST_FILES} files; import a folder below it");
                    let shown = shown();
                    self.left.leave(shown, why);
                }
                Kind::File if can_be_transcript(&entry.path) => self.take(entry.path),
                Kind::File => {
                    let shown = shown();
                    self.left
                        .leave(shown, "its name is none of a transcript or an archive");
                }
                Kind::Link => {
                    let shown = shown();
                    self.left
                        .leave(shown, "it is a link, and links are not followed");
                }
                Kind::Other => {
                    let shown = shown();
                    self.left.leave(shown, "it is a pipe, a socket or a device");
                }
            }
        }
    }

    fn take(&mut self, path: InnerPath) {
        self.found.push(Found {
            root: self.root.clone(),
            shown: self.shown(&path),
            path,
            format: self.format,
            is_passing: self.is_passing,
        });
    }

    fn shown(&self, path: &InnerPath) -> String {
        match self.is_passing {
            true => path.display(),
            false => self.root.shown(path),
        }
    }
}

/// By the end of its name.
fn can_be_transcript(path: &InnerPath) -> bool {
    let ending = path
        .as_path()
        .extension()
        .and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ["jsonl", "json", "md", "markdown", "txt", "zip", "ndjson"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests;
