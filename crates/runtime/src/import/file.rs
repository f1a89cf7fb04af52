//! One file into the store: recognised, cleaned of secrets, read, kept.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use krake_domain::session::Transcript;
use krake_domain::time::Timestamp;
use krake_edge::path::InnerPath;
use krake_edge::reading::Reading;
use krake_edge::root::Root;
use krake_store::{ReadFile, Store, StoreError};
use krake_transcripts::{Format, Reader};

use super::Wish;
use super::clean::Cleaner;
use super::large::{one_by_one, streamed};
use super::lines::{FileLines, Line};
use super::parts::{self, KeepError};
use super::pieces::{Facts, Pieces};
use super::report::{Report, SessionReport};
use crate::clock::now;

/// A file of lines above this size is read twice instead of being held.
const HELD: u64 = 32 << 20;
/// The largest file of one document.
const LARGEST_DOCUMENT: u64 = 256 << 20;
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
    /// It has no lasting place: another file of this name is another one.
    pub is_passing: bool,
}

/// Imports the file and adds to the report.
///
/// # Errors
/// [`FileError::Refused`] says why it was left out.
pub async fn import(
    store: &Store,
    found: &Found,
    wish: &Wish,
    report: &mut Report,
) -> Result<(), FileError> {
    let mut file = open(found).await?;
    let workspace = WorkspaceId::PERSONAL;
    let known = match found.is_passing {
        true => None,
        false => store.find_file(workspace, &found.shown).await?,
    };
    let modified = file.modified.and_then(moment);
    report.files += 1;
    if let Some(known) = &known
        && known.bytes == file.bytes
        && known.modified == modified
        && known.identity.as_ref() == Some(&file.identity)
        && unchanged(store, found, wish, report).await?
    {
        report.unchanged += 1;
        return Ok(());
    }
    let (back, format, head) = recognise(file, wish.format).await?;
    file = back;
    let kept_as = kept_as(found, &head);
    let read = ReadFile {
        path: kept_as.clone(),
        format: format.as_str().to_owned(),
        identity: Some(file.identity.clone()),
        modified,
        bytes: file.bytes,
        broken_lines: 0,
        read_at: now(),
    };
    let facts = Facts {
        path: kept_as.clone(),
        stand_in: if found.is_passing {
            Hash::of(&head).to_string()
        } else {
            Hash::of(found.shown.as_bytes()).to_string()
        },
        place: None,
        raw: BlobRef {
            hash: Hash::of(&head),
            bytes: file.bytes,
        },
        project: wish.project,
        account_id: wish.account_id.clone(),
        session_type: wish.session_type.clone(),
        redactions: std::collections::BTreeMap::new(),
        latest: now(),
    };
    drop(head);
    let broken_before = report.broken_lines;
    let withheld = if Reader::new(format).is_some() && file.bytes > HELD {
        streamed(store, found, wish, format, facts, report).await?
    } else if matches!(format, Format::ChatGpt | Format::ClaudeAi) && file.bytes > HELD {
        one_by_one(store, file, wish, format, facts, report).await?;
        HashSet::new()
    } else {
        held(store, file, wish, format, facts, report).await?
    };
    let broken = report.broken_lines - broken_before;
    let kept = keep_raw(store, found, &kept_as, wish, withheld).await?;
    let read = ReadFile {
        broken_lines: u32::try_from(broken).unwrap_or(u32::MAX),
        ..read
    };
    store.keep_file(workspace, read, kept).await?;
    Ok(())
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

/// Whether its sessions are here; they are reported, and put where they are wished.
async fn unchanged(
    store: &Store,
    found: &Found,
    wish: &Wish,
    report: &mut Report,
) -> Result<bool, StoreError> {
    let rows = store.sessions_of_file(&found.shown).await?;
    for row in &rows {
        if wish.project.is_some() && row.project != wish.project {
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
async fn recognise(
    mut file: Reading,
    wish: Option<Format>,
) -> Result<(Reading, Format, Vec<u8>), FileError> {
    blocking(move || {
        let refused =
            |error: std::io::Error| FileError::Refused(format!("it cannot be read: {error}"));
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
            .map_err(refused)?;
        let told = wish.or_else(|| krake_transcripts::recognise(&head));
        let format = match told {
            Some(format) => format,
            None if most > HEAD && file.bytes > HEAD => {
                let mut whole = head.clone();
                (&mut file)
                    .take(most)
                    .read_to_end(&mut whole)
                    .map_err(refused)?;
                krake_transcripts::recognise(&whole).ok_or_else(unknown)?
            }
            None => return Err(unknown()),
        };
        file.go_to(0).map_err(refused)?;
        Ok((file, format, head))
    })
    .await
}

pub(super) fn unknown() -> FileError {
    FileError::Refused("it looks like no transcript that is known here".to_owned())
}

/// Reads a file that fits into memory.
async fn held(
    store: &Store,
    mut file: Reading,
    wish: &Wish,
    format: Format,
    facts: Facts,
    report: &mut Report,
) -> Result<HashSet<u64>, FileError> {
    if file.bytes > LARGEST_DOCUMENT && Reader::new(format).is_none() {
        return Err(FileError::Refused(format!(
            "{} bytes in one document; at most {LARGEST_DOCUMENT} are read",
            file.bytes
        )));
    }
    let known = wish.known.clone();
    let (sessions, replaced, withheld) = blocking(move || {
        let mut bytes = Vec::new();
        (&mut file)
            .take(LARGEST_DOCUMENT)
            .read_to_end(&mut bytes)
            .map_err(|error| FileError::Refused(format!("it cannot be read: {error}")))?;
        let mut cleaner = Cleaner::new(&known);
        let mut withheld = HashSet::new();
        let mut sessions = match Reader::new(format) {
            Some(mut reader) if !krake_transcripts::is_one_document(format, &bytes) => {
                let mut lines = FileLines::new(bytes.as_slice(), 0);
                while let Ok(Some(line)) = lines.next() {
                    match line {
                        Line::Here(at, line) => reader.line(at, &cleaner.bytes(line)),
                        Line::TooLong => reader.skip(),
                    }
                }
                vec![reader.finish()]
            }
            _ => krake_transcripts::read_all(&cleaner.bytes(&bytes), format)
                .map_err(|error| FileError::Refused(error.to_string()))?,
        };
        for transcript in &mut sessions {
            cleaner.transcript(transcript);
            for message in &mut transcript.messages {
                if cleaner.message(message)
                    && let Some((at, _)) = message.raw
                {
                    withheld.insert(at);
                }
            }
        }
        Ok((sessions, cleaner.replaced, withheld))
    })
    .await?;
    if sessions.iter().all(|session| session.messages.is_empty()) {
        let broken: u64 = sessions
            .iter()
            .map(|session| u64::from(session.broken_lines))
            .sum();
        return Err(FileError::Refused(format!(
            "no messages in it ({broken} broken lines)"
        )));
    }
    report.count(&replaced);
    for mut transcript in sessions {
        transcript.cwd = transcript.cwd.or_else(|| wish.cwd.clone());
        let facts = Facts {
            redactions: replaced.clone(),
            ..facts.clone()
        };
        write(store, transcript, facts, report).await?;
    }
    Ok(withheld)
}

/// Writes one whole transcript.
pub(super) async fn write(
    store: &Store,
    mut transcript: Transcript,
    mut facts: Facts,
    report: &mut Report,
) -> Result<(), FileError> {
    facts.place = place(transcript.cwd.clone()).await;
    let latest = facts.latest;
    let messages = std::mem::take(&mut transcript.messages);
    let mut pieces = Pieces::new(store, &transcript, facts);
    pieces.note_times(&messages, latest);
    for message in messages {
        pieces.push(message).await?;
    }
    finish(pieces, &transcript, latest, report).await
}

pub(super) async fn finish(
    mut pieces: Pieces<'_>,
    about: &Transcript,
    latest: Timestamp,
    report: &mut Report,
) -> Result<(), FileError> {
    pieces.note_answers(about, latest);
    let id = pieces.write().await?;
    let (messages, new_messages) = (pieces.messages, pieces.new_messages);
    let session = pieces.session();
    report.add(SessionReport {
        id,
        source: about.format.clone(),
        title: session.title.clone(),
        messages,
        new_messages,
        started_at: session.started_at,
        ended_at: session.ended_at,
        broken_lines: about.broken_lines,
    });
    Ok(())
}

async fn keep_raw(
    store: &Store,
    found: &Found,
    kept_as: &str,
    wish: &Wish,
    withheld: HashSet<u64>,
) -> Result<Vec<krake_store::FilePart>, FileError> {
    let known_parts = store
        .list_file_parts(WorkspaceId::PERSONAL, kept_as)
        .await?;
    let mut file = open(found).await?;
    let (file, from) = blocking(move || {
        let from = parts::first_new_byte(&mut file, &known_parts)
            .map_err(|error| FileError::Refused(format!("it cannot be read: {error}")))?;
        Ok((file, from))
    })
    .await?;
    let (withheld, known) = (Arc::new(withheld), wish.known.clone());
    Ok(parts::keep(store, file, from, withheld, known).await?)
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

fn moment(at: std::time::SystemTime) -> Option<Timestamp> {
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
