//! A file that fits into memory: read once, for its messages and for the bytes that are kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{Cursor, Read};

use krake_domain::id::SessionId;
use krake_domain::session::Transcript;
use krake_edge::reading::Reading;
use krake_engine::secrets::{Cleaner, Known, Originals};
use krake_store::{SealedSecret, Store};
use krake_transcripts::{Format, Reader};

use super::Wish;
use super::file::{
    self, Bytes, FileError, LARGEST_DOCUMENT, WasRead, blocking, keep_bytes, unreadable,
};
use super::front::Front;
use super::lines::{FileLines, Line};
use super::parts::Marks;
use super::pieces::Facts;
use super::report::Report;
use super::tail::{End, State, Tail};

/// Whether a file of that format is read line by line.
pub fn gives_lines(format: Format) -> bool {
    Reader::new(format).is_some_and(|reader| reader.gives_lines())
}

/// Reads a file that fits into memory.
///
/// # Errors
/// It is too large, or cannot be read.
pub async fn read(
    file: Reading,
    format: Format,
    is_followed: bool,
    wish: &Wish,
) -> Result<Whole, FileError> {
    if file.bytes > LARGEST_DOCUMENT && !gives_lines(format) {
        return Err(FileError::Refused(format!(
            "{} bytes in one document; at most {LARGEST_DOCUMENT} are read",
            file.bytes
        )));
    }
    let (known, originals) = (wish.known.clone(), wish.keeping.originals());
    blocking(move || whole(file, format, is_followed, &known, originals)).await
}

/// Writes what was read, and beside it the bytes.
///
/// # Errors
/// There are no messages in it, or the store cannot write.
pub async fn write(
    store: &Store,
    wish: &Wish,
    facts: Facts,
    read: Whole,
    was_read: &mut WasRead,
    report: &mut Report,
) -> Result<(), FileError> {
    if read
        .sessions
        .iter()
        .all(|session| session.messages.is_empty())
    {
        let broken: u64 = read
            .sessions
            .iter()
            .map(|session| u64::from(session.broken_lines))
            .sum();
        return Err(FileError::Refused(format!(
            "no messages in it ({broken} broken lines)"
        )));
    }
    report.count(&read.replaced);
    let secrets = wish.keeping.seal(read.originals, facts.present.now, report);
    let end = read.bytes.len() as u64;
    let bytes = Box::new(Cursor::new(read.bytes));
    let sessions = Sessions {
        all: read.sessions,
        replaced: read.replaced,
        secrets,
        end: read.end,
    };
    let (tail, kept) = tokio::join!(
        sessions.write(store, wish, facts, report),
        keep_bytes(store, bytes, end, &was_read.kept_as, wish, read.marks)
    );
    was_read.tail = tail?;
    let (parts, originals) = kept?;
    was_read.bytes = Bytes::Kept(parts, originals);
    Ok(())
}

/// The sessions of a file.
struct Sessions {
    all: Vec<Transcript>,
    replaced: BTreeMap<String, u32>,
    secrets: Vec<SealedSecret>,
    end: Option<End>,
}

impl Sessions {
    /// Writes them; where the file may be read on from.
    async fn write(
        mut self,
        store: &Store,
        wish: &Wish,
        facts: Facts,
        report: &mut Report,
    ) -> Result<Option<Tail>, FileError> {
        let last = self.all.len().saturating_sub(1);
        let mut tail = None;
        for (place, mut transcript) in self.all.into_iter().enumerate() {
            transcript.cwd = transcript.cwd.or_else(|| wish.cwd.clone());
            let facts = Facts {
                id: SessionId::from_uuid(uuid::Uuid::now_v7()),
                redactions: self.replaced.clone(),
                secrets: match place == last {
                    true => std::mem::take(&mut self.secrets),
                    false => those_of(&transcript, &mut self.secrets),
                },
                ..facts.clone()
            };
            let written = file::write(store, transcript, facts.clone(), report).await?;
            if let Some(end) = self.end.take() {
                tail = Some(Tail::of(end, facts, written));
            }
        }
        Ok(tail)
    }
}

/// The secrets whose tokens stand in this session; the others are left.
fn those_of(transcript: &Transcript, secrets: &mut Vec<SealedSecret>) -> Vec<SealedSecret> {
    let stands = |secret: &SealedSecret| {
        let token = secret.token.as_str();
        transcript.messages.iter().any(|message| {
            let input = message.tool.as_ref().map(|tool| &tool.input);
            message.text.contains(token)
                || input.is_some_and(|input| input.to_string().contains(token))
        })
    };
    let (here, elsewhere) = secrets.drain(..).partition(stands);
    *secrets = elsewhere;
    here
}

/// A file that was read whole.
pub struct Whole {
    sessions: Vec<Transcript>,
    replaced: BTreeMap<String, u32>,
    originals: Originals,
    marks: Marks,
    pub bytes: Vec<u8>,
    /// Where it may be read on from.
    end: Option<End>,
}

pub fn whole(
    mut file: Reading,
    format: Format,
    is_followed: bool,
    known: &Known,
    originals: Originals,
) -> Result<Whole, FileError> {
    let mut bytes = Vec::new();
    (&mut file)
        .take(LARGEST_DOCUMENT)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let mut cleaner = Cleaner::collecting(known, originals);
    let (mut cut, mut is_document) = (None, false);
    let mut end = None;
    let mut sessions = match Reader::new(format) {
        Some(mut reader) if !krake_transcripts::is_one_document(format, &bytes) => {
            let mut found = HashSet::new();
            let mut lines = FileLines::new(bytes.as_slice(), 0);
            while let Ok(Some(line)) = lines.next() {
                match line {
                    Line::Here(at, line) => {
                        let clean = cleaner.bytes(line);
                        if matches!(clean, Cow::Owned(_)) {
                            found.insert(at);
                        }
                        reader.line(at, &clean);
                    }
                    Line::TooLong => reader.skip(),
                }
            }
            cut = Some(found);
            let (transcript, state) = at_its_end(reader, is_followed);
            end = state.and_then(|state| End::of(&file.identity, &bytes, state));
            vec![transcript]
        }
        _ => {
            is_document = true;
            krake_transcripts::read_all(&cleaner.bytes(&bytes), format)
                .map_err(|error| FileError::Refused(error.to_string()))?
        }
    };
    let mut withheld = HashSet::new();
    for transcript in &mut sessions {
        cleaner.about(transcript);
        for message in &mut transcript.messages {
            if cleaner.message(message)
                && let Some((at, _)) = message.raw
            {
                withheld.insert(at);
            }
        }
    }
    Ok(Whole {
        sessions,
        replaced: cleaner.replaced,
        originals: cleaner.originals,
        marks: Marks {
            withheld: Front::passed(withheld),
            cut,
            is_document,
        },
        bytes,
        end,
    })
}

/// What was read, and the reader to go on with where that is wanted and can be.
fn at_its_end(mut reader: Reader, is_followed: bool) -> (Transcript, Option<State>) {
    if !is_followed {
        return (reader.finish(), None);
    }
    let messages = reader.drain();
    if messages.is_empty() {
        return (reader.finish(), None);
    }
    let (given, verdict) = (messages.len(), reader.verdict());
    let spending = reader.drain_spending();
    let mut transcript = reader.about();
    transcript.spending = spending;
    transcript.messages = verdict.apply(0, messages);
    if transcript.title.is_none() {
        transcript.title = krake_transcripts::title_from(&transcript.messages);
    }
    let state = State {
        reader,
        verdict,
        given,
    };
    (transcript, Some(state))
}
