//! One file into the store: recognised, cleaned of secrets, read, kept.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::Transcript;
use krake_domain::time::Timestamp;
use krake_edge::path::InnerPath;
use krake_edge::reading::Reading;
use krake_edge::root::Root;
use krake_engine::secrets::Originals;
use krake_store::{FilePart, ReadFile, Store, StoreError};
use krake_transcripts::Format;

use super::Wish;
use super::ahead::Ahead;
use super::front::Front;
use super::held::{self, gives_lines};
use super::large::{one_by_one, streamed};
use super::parts::{self, KeepError, Marks};
use super::pieces::{Facts, Pieces, Progress};
use super::present::Present;
use super::report::{Report, SessionReport, kept_in};
use super::tail::Tail;
use crate::clock::now;

/// A file of lines above this size is read twice instead of being held.
const HELD: u64 = 32 << 20;
/// The largest file of one document.
pub(super) const LARGEST_DOCUMENT: u64 = 256 << 20;
/// What is looked at to recognise a large file.
const HEAD: u64 = 1 << 20;

/// Why a file was left out.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeepError> for FileError {
    fn from(error: KeepError) -> Self {
        match error {
            KeepError::Store(error) => Self::Store(error),
            other => Self::Refused(other.to_string()),
        }
    }
}

/// A file as it is found.
pub struct Found {
    pub root: Arc<Root>,
    pub path: InnerPath,
    /// As it is shown and remembered.
    pub shown: String,
    /// The format, where it is known.
    pub format: Option<Format>,
    /// It has no lasting place: another file of this name is another one.
    pub is_passing: bool,
}

/// What was read of a file, for keeping its bytes and for reading on.
pub(super) struct WasRead {
    /// The path that it is remembered by.
    pub kept_as: String,
    /// The format's word.
    pub format: String,
    pub bytes: Bytes,
    pub tail: Option<Tail>,
}

impl WasRead {
    pub fn format(&self) -> Result<Format, FileError> {
        Format::from_name(&self.format).ok_or_else(unknown)
    }
}

/// Where the bytes of a file are.
pub(super) enum Bytes {
    OnDisk(Marks),
    /// They are kept already, in these parts, with what was found only in them.
    Kept(Vec<FilePart>, Originals),
}

/// How a file is imported.
pub(super) enum Way<'t> {
    /// As it is now; it may have been read before its turn.
    Once(Option<Box<Ahead>>),
    /// It may grow: where it only has, what is new is read, and its end is left here.
    Followed(&'t mut Option<Tail>),
}

/// Imports the file and adds to the report.
///
/// # Errors
/// [`FileError::Refused`] says why it was left out.
pub async fn import(
    store: &Store,
    found: &Found,
    wish: &Wish,
    mut way: Way<'_>,
    report: &mut Report,
) -> Result<(), FileError> {
    let file = open(found).await?;
    let workspace = WorkspaceId::PERSONAL;
    let known = match found.is_passing {
        true => None,
        false => store.find_file(workspace, &found.shown).await?,
    };
    let modified = file.modified.and_then(moment);
    report.files += 1;
    report.bytes += file.bytes;
    if let Some(known) = &known
        && is_as_known(known, &file)
        && unchanged(store, found, wish, report).await?
    {
        report.unchanged += 1;
        return Ok(());
    }
    let (identity, bytes) = (Some(file.identity.clone()), file.bytes);
    let (broken_before, met) = (report.broken_lines, report.sessions.len());
    let left = match &mut way {
        Way::Followed(tail) => tail.take(),
        Way::Once(_) => None,
    };
    let grown = match (left, &known) {
        (Some(left), Some(known)) => {
            let format = known.format.clone();
            left.grow(store, found, format, wish, report).await?
        }
        _ => None,
    };
    let _naming = store.blobs().naming();
    let was_read = match grown {
        Some(was_read) => was_read,
        None => anew(store, found, file, wish, &mut way, report).await?,
    };
    let read = ReadFile {
        path: was_read.kept_as.clone(),
        format: was_read.format.clone(),
        identity,
        modified,
        bytes,
        broken_lines: u32::try_from(report.broken_lines - broken_before).unwrap_or(u32::MAX),
        read_at: now(),
    };
    if let Way::Followed(tail) = way {
        *tail = was_read.tail;
    }
    let (kept, originals) = match was_read.bytes {
        Bytes::Kept(parts, originals) => (parts, originals),
        Bytes::OnDisk(marks) => {
            let file = open(found).await?;
            let end = file.bytes;
            keep_bytes(store, Box::new(file), end, &read.path, wish, marks).await?
        }
    };
    // Nearly all of them stand in a message and were kept, or counted, with it; some only in a line
    // that is no message.
    let mut said = Report::default();
    let sealed = wish.keeping.seal(originals, read.read_at, &mut said);
    let near = report.sessions.get(met..).and_then(|new| new.last());
    let near = near.map(|session| session.id);
    report.kept_secrets += u64::from(store.keep_secrets(sealed, near).await?);
    store.keep_file(workspace, read, kept).await?;
    Ok(())
}

/// Whether the file is the one that was read, and of the same size and time.
pub(super) fn is_as_known(known: &ReadFile, file: &Reading) -> bool {
    known.bytes == file.bytes
        && known.modified == file.modified.and_then(moment)
        && known.identity.as_ref() == Some(&file.identity)
}

/// Reads a file from its beginning.
async fn anew(
    store: &Store,
    found: &Found,
    file: Reading,
    wish: &Wish,
    way: &mut Way<'_>,
    report: &mut Report,
) -> Result<WasRead, FileError> {
    let ahead = match way {
        Way::Once(ahead) => ahead.take().filter(|ahead| ahead.is_of(&file)),
        Way::Followed(_) => None,
    };
    let is_followed = matches!(way, Way::Followed(_));
    let bytes = file.bytes;
    let (file, format, head, whole) = match ahead {
        Some(ahead) => (file, ahead.format, ahead.head, ahead.whole),
        None => {
            let (file, format, head) = recognise(file, found.format).await?;
            (file, format, head, None)
        }
    };
    let kept_as = kept_as(found, &head);
    let facts = Facts {
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        path: kept_as.clone(),
        stand_in: if found.is_passing {
            Hash::of(&head).to_string()
        } else {
            Hash::of(found.shown.as_bytes()).to_string()
        },
        place: None,
        raw: BlobRef {
            hash: Hash::of(&head),
            bytes,
        },
        project: wish.project,
        account_id: wish.account_id.clone(),
        session_type: wish.session_type.clone(),
        redactions: BTreeMap::new(),
        secrets: Vec::new(),
        present: Present::new(now()),
    };
    drop(head);
    let mut was_read = WasRead {
        kept_as,
        format: format.as_str().to_owned(),
        bytes: Bytes::OnDisk(Marks::withholding(Front::passed(HashSet::new()))),
        tail: None,
    };
    let whole = match whole {
        Some(whole) => whole,
        None if gives_lines(format) && bytes > HELD => {
            streamed(store, found, wish, facts, &mut was_read, report).await?;
            return Ok(was_read);
        }
        None if matches!(format, Format::ChatGpt | Format::ClaudeAi) && bytes > HELD => {
            one_by_one(store, file, wish, format, facts, report).await?;
            return Ok(was_read);
        }
        None => held::read(file, format, is_followed, wish).await?,
    };
    held::write(store, wish, facts, whole, &mut was_read, report).await?;
    Ok(was_read)
}

/// The path that it is remembered by; one without a lasting place is told from others of its name by
/// how it begins.
fn kept_as(found: &Found, head: &[u8]) -> String {
    if found.is_passing {
        format!("{}#{}", found.shown, &Hash::of(head).to_string()[..8])
    } else {
        found.shown.clone()
    }
}

/// Whether its sessions are here; they are reported, and those in no project are put where they are
/// wished.
async fn unchanged(
    store: &Store,
    found: &Found,
    wish: &Wish,
    report: &mut Report,
) -> Result<bool, StoreError> {
    let rows = store.sessions_of_file(&found.shown).await?;
    for row in &rows {
        if wish.project.is_some() && row.project.is_none() {
            let change = krake_store::SessionChange {
                project: wish.project,
                ..krake_store::SessionChange::default()
            };
            store.change_session(row.id, change).await?;
        }
    }
    let is_here = !rows.is_empty();
    for row in rows {
        report.add(SessionReport {
            id: row.id,
            source: row.source,
            title: row.title,
            messages: row.messages,
            new_messages: 0,
            started_at: row.started_at,
            ended_at: row.ended_at,
            broken_lines: row.broken_lines,
            kept_in: kept_in(wish.project, row.project),
        });
    }
    Ok(is_here)
}

pub(super) async fn open(found: &Found) -> Result<Reading, FileError> {
    let (root, path) = (found.root.clone(), found.path.clone());
    blocking(move || {
        root.open_reading(&path)
            .map_err(|error| FileError::Refused(error.to_string()))
    })
    .await
}

/// The format, by the wish or by the first bytes, and those bytes.
pub(super) async fn recognise(
    mut file: Reading,
    wish: Option<Format>,
) -> Result<(Reading, Format, Vec<u8>), FileError> {
    blocking(move || {
        let most = if file.bytes <= LARGEST_DOCUMENT {
            LARGEST_DOCUMENT
        } else {
            HEAD
        };
        let mut head = Vec::new();
        // The head first: a document is only read whole where its head does not tell.
        (&mut file)
            .take(HEAD)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let told = wish.or_else(|| krake_transcripts::recognise(&head));
        let format = match told {
            Some(format) => format,
            None if most > HEAD && file.bytes > HEAD => {
                let mut whole = head.clone();
                (&mut file)
                    .take(most)
                    .read_to_end(&mut whole)
                    .map_err(unreadable)?;
                krake_transcripts::recognise(&whole).ok_or_else(unknown)?
            }
            None => return Err(unknown()),
        };
        file.go_to(0).map_err(unreadable)?;
        Ok((file, format, head))
    })
    .await
}

pub(super) fn unreadable(error: io::Error) -> FileError {
    FileError::Refused(format!("it cannot be read: {error}"))
}

pub(super) fn unknown() -> FileError {
    FileError::Refused("it looks like no transcript that is known here".to_owned())
}

/// How far a session was written, and under which title.
pub(super) struct Written {
    pub progress: Progress,
    pub title: Option<String>,
}

/// Writes one whole transcript.
pub(super) async fn write(
    store: &Store,
    mut transcript: Transcript,
    mut facts: Facts,
    report: &mut Report,
) -> Result<Written, FileError> {
    facts.place = place(transcript.cwd.clone()).await;
    let messages = std::mem::take(&mut transcript.messages);
    let spending = std::mem::take(&mut transcript.spending);
    let mut pieces = Pieces::begin(store, &transcript, facts).await?;
    pieces.note_times(&messages);
    for message in messages {
        pieces.push(message).await?;
    }
    pieces.note_answers(spending).await?;
    finish(pieces, &transcript, report).await
}

pub(super) async fn finish(
    mut pieces: Pieces<'_>,
    about: &Transcript,
    report: &mut Report,
) -> Result<Written, FileError> {
    let id = pieces.end(about).await?;
    let (messages, new_messages) = (pieces.messages, pieces.new_messages);
    report.kept_secrets += pieces.kept_secrets;
    let is_in = pieces.is_in;
    let session = pieces.session();
    let title = session.title.clone();
    report.add(SessionReport {
        id,
        source: about.format.clone(),
        title: title.clone(),
        messages,
        new_messages,
        started_at: session.started_at,
        ended_at: session.ended_at,
        broken_lines: about.broken_lines,
        kept_in: kept_in(session.project, is_in),
    });
    let progress = pieces.progress();
    Ok(Written { progress, title })
}

/// Keeps the bytes that are new; the parts that they are, and what was found only in them.
pub(super) async fn keep_bytes(
    store: &Store,
    source: Box<dyn parts::Source>,
    end: u64,
    kept_as: &str,
    wish: &Wish,
    marks: Marks,
) -> Result<(Vec<FilePart>, Originals), FileError> {
    let known_parts = store
        .list_file_parts(WorkspaceId::PERSONAL, kept_as)
        .await?;
    let originals = wish.keeping.originals();
    let known = wish.known.clone();
    Ok(parts::keep(store, source, end, known_parts, marks, known, originals).await?)
}

/// Where a folder really lies, if it is still there.
pub(super) async fn place(cwd: Option<String>) -> Option<String> {
    let cwd = cwd?;
    blocking(move || {
        let place = Root::open(Path::new(&cwd)).ok();
        Ok(place.and_then(|root| root.canonical().to_str().map(str::to_owned)))
    })
    .await
    .ok()
    .flatten()
}

/// When a file was changed, as it is kept.
pub(crate) fn moment(at: std::time::SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp(i64::try_from(since.as_millis()).ok()?))
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| FileError::Refused(format!("the work broke off: {error}")))?
}
