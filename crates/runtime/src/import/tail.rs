//! A session that is still being written: what its reader knew at the end, so that a line more costs
//! a line.
//!
//! **Invariant:** a session that was read on is the same as one that is read from its beginning. Where
//! that is not certain, it is read from its beginning.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read};

use krake_domain::hash::Hash;
use krake_domain::session::{Message, Transcript};
use krake_domain::spending::Spending;
use krake_edge::reading::Reading;
use krake_engine::secrets::{Cleaner, Known, Originals};
use krake_store::{SessionRow, Store};
use krake_transcripts::{Reader, Verdict};

use super::Wish;
use super::file::{
    Bytes, FileError, Found, WasRead, Written, blocking, finish, open, place, unreadable,
};
use super::front::Front;
use super::lines::{FileLines, Line};
use super::parts::Marks;
use super::pieces::{Facts, Pieces};
use super::present::Present;
use super::report::Report;
use crate::clock::now;

/// Shorter files are read from the beginning: what they are known by changes while they are short.
const SHORTEST: u64 = 1 << 20;
/// More than this at once is no line more.
const MOST_NEW: u64 = 16 << 20;
/// Bytes before the end that must still be there.
const SEEN: usize = 4 << 10;

/// Where a file of lines was read to.
pub struct End {
    identity: String,
    at: u64,
    /// Of the bytes just before it: whoever writes a file anew leaves others there.
    seen: Hash,
    state: State,
}

/// A reader, and what it has said so far.
pub struct State {
    pub reader: Reader,
    pub verdict: Verdict,
    /// Messages that it has given.
    pub given: usize,
}

/// The end of a session of its own file, with how far it is written.
pub struct Tail {
    end: End,
    facts: Facts,
    written: Written,
}

/// What lies behind the end.
struct New {
    end: End,
    messages: Vec<Message>,
    spending: Vec<Spending>,
    about: Transcript,
    replaced: BTreeMap<String, u32>,
    originals: Originals,
    withheld: HashSet<u64>,
}

impl End {
    /// The end of a file that was read whole; nothing where it does not end with a line, or is so
    /// short that it is as well read again.
    pub fn of(identity: &str, bytes: &[u8], state: State) -> Option<Self> {
        let at = bytes.len() as u64;
        let seen = &bytes[bytes.len().saturating_sub(SEEN)..];
        (at >= SHORTEST && seen.ends_with(b"\n")).then(|| Self {
            identity: identity.to_owned(),
            at,
            seen: Hash::of(seen),
            state,
        })
    }

    /// The same for a file that was read to this place and was never held.
    pub fn at(file: &mut Reading, at: u64, state: State) -> Option<Self> {
        file.go_to(at.saturating_sub(SEEN as u64)).ok()?;
        let mut seen = Vec::new();
        let before = u64::min(at, SEEN as u64);
        (&mut *file).take(before).read_to_end(&mut seen).ok()?;
        let is_whole = seen.len() as u64 == before && seen.ends_with(b"\n");
        (at >= SHORTEST && is_whole).then(|| Self {
            identity: file.identity.clone(),
            at,
            seen: Hash::of(&seen),
            state,
        })
    }
}

impl Tail {
    /// The session that was written up to that end.
    pub(super) fn of(end: End, facts: Facts, written: Written) -> Self {
        Self {
            end,
            facts,
            written,
        }
    }

    /// Reads on where the file has only grown; nothing where it must be read from its beginning.
    ///
    /// # Errors
    /// The file cannot be read, or the store cannot write.
    pub(super) async fn grow(
        self,
        store: &Store,
        found: &Found,
        format: String,
        wish: &Wish,
        report: &mut Report,
    ) -> Result<Option<WasRead>, FileError> {
        let Self {
            end,
            mut facts,
            written,
        } = self;
        // A capsule that was taken back, or a backup that was put back, has taken messages with it.
        let kept = store.sessions_of_file(&found.shown).await?;
        let is_there = |row: &SessionRow| row.messages == written.progress.messages;
        if !kept.iter().any(is_there) {
            return Ok(None);
        }
        let (file, known) = (open(found).await?, wish.known.clone());
        let originals = wish.keeping.originals();
        let read = blocking(move || read_on(file, end, &known, originals).map_err(unreadable));
        let Some(new) = read.await? else {
            return Ok(None);
        };
        report.count(&new.replaced);
        for (kind, times) in new.replaced {
            *facts.redactions.entry(kind).or_default() += times;
        }
        facts.place = place(new.about.cwd.clone()).await;
        facts.raw.bytes = new.end.at;
        facts.present = Present::new(now());
        facts.secrets = wish.keeping.seal(new.originals, facts.present.now, report);
        let mut pieces = Pieces::go_on(store, &new.about, facts.clone(), written.progress).await?;
        facts.secrets.clear();
        // It may be from before a key was known.
        let known = &wish.known;
        let clean = |title: String| Cleaner::new(known).text(&title).into_owned();
        pieces.note_title(written.title.map(clean));
        pieces.note_times(&new.messages);
        for message in new.messages {
            pieces.push(message).await?;
        }
        pieces.note_answers(new.spending).await?;
        let written = finish(pieces, &new.about, report).await?;
        Ok(Some(WasRead {
            kept_as: found.shown.clone(),
            format,
            bytes: Bytes::OnDisk(Marks::withholding(Front::passed(new.withheld))),
            tail: Some(Self::of(new.end, facts, written)),
        }))
    }
}

/// The lines behind `end`; nothing where what lies before it is another, where a line is not finished
/// or too long, or where the new lines say something about messages before them.
fn read_on(
    mut file: Reading,
    end: End,
    known: &Known,
    originals: Originals,
) -> io::Result<Option<New>> {
    let start = end.at.saturating_sub(SEEN as u64);
    let is_longer = file.bytes > end.at && file.bytes - end.at <= MOST_NEW;
    if file.identity != end.identity || !is_longer {
        return Ok(None);
    }
    file.go_to(start)?;
    let mut bytes = Vec::new();
    (&mut file).take(MOST_NEW).read_to_end(&mut bytes)?;
    let Some((seen, new)) = usize::try_from(end.at - start)
        .ok()
        .and_then(|seen| bytes.split_at_checked(seen))
    else {
        return Ok(None);
    };
    if Hash::of(seen) != end.seen || !new.ends_with(b"\n") {
        return Ok(None);
    }
    let mut state = end.state;
    let mut cleaner = Cleaner::collecting(known, originals);
    let mut lines = FileLines::new(new, end.at);
    while let Some(line) = lines.next()? {
        match line {
            Line::Here(at, line) => state.reader.line(at, &cleaner.bytes(line)),
            Line::TooLong => return Ok(None),
        }
    }
    let drained = state.reader.drain();
    let verdict = state.reader.verdict();
    if !agree(&verdict, &state.verdict, state.given) {
        return Ok(None);
    }
    let count = drained.len();
    let mut messages = verdict.apply(state.given, drained);
    let mut withheld = HashSet::new();
    for message in &mut messages {
        if cleaner.message(message)
            && let Some((at, _)) = message.raw
        {
            withheld.insert(at);
        }
    }
    let spending = state.reader.drain_spending();
    let mut about = state.reader.about();
    state.reader.check()?;
    cleaner.about(&mut about);
    let state = State {
        reader: state.reader,
        verdict,
        given: state.given + count,
    };
    let at = end.at + new.len() as u64;
    let seen = Hash::of(&bytes[bytes.len().saturating_sub(SEEN)..]);
    let end = End {
        identity: end.identity,
        at,
        seen,
        state,
    };
    Ok(Some(New {
        end,
        messages,
        spending,
        about,
        replaced: cleaner.replaced,
        originals: cleaner.originals,
        withheld,
    }))
}

/// Whether both say the same about the first so many messages.
fn agree(now: &Verdict, then: &Verdict, given: usize) -> bool {
    now.sidechain.below(given) == then.sidechain && now.repeated.below(given) == then.repeated
}

#[cfg(test)]
#[path = "tail_test.rs"]
mod tests;
