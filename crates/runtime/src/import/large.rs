//! Files that should not lie in memory: lines are read twice, exports conversation by conversation.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use krake_domain::id::SessionId;
use krake_domain::session::{Message, MessageKind, Role, Transcript, Usage};
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use krake_edge::reading::Reading;
use krake_engine::secrets::{Cleaner, Known, Originals};
use krake_store::Store;
use krake_transcripts::{Format, Reader, Verdict};
use tokio::sync::mpsc;

use super::Wish;
use super::file::{
    Bytes, FileError, Found, WasRead, blocking, finish, keep_bytes, open, place, unknown,
    unreadable, write,
};
use super::front::{Front, Scout};
use super::lines::{FileLines, Line};
use super::parts::Marks;
use super::pieces::{Facts, Pieces};
use super::report::Report;
use super::spool::shelf;
use super::tail::{End, State, Tail};

/// Lots of messages that may wait for the store while the file is read on: about as many as it writes
/// at once.
const AHEAD: usize = 8;
/// Messages of a lot, and about as many characters of text.
const LOT: usize = 256;
const LOT_BYTES: usize = 1 << 20;

/// What lines give: their messages, and what answers took that they are a part of.
type Given = (Vec<Message>, Vec<Spending>);

/// Reads a large file of lines twice: first what only its end tells, then its messages.
pub async fn streamed(
    store: &Store,
    found: &Found,
    wish: &Wish,
    mut facts: Facts,
    was_read: &mut WasRead,
    report: &mut Report,
) -> Result<(), FileError> {
    let format = was_read.format()?;
    let (first, known) = (open(found).await?, wish.known.clone());
    let (now, originals) = (facts.present.now, wish.keeping.originals());
    let Survey {
        mut about,
        reader,
        said,
        times,
        title,
        replaced,
        originals,
    } = blocking({
        let home = store.dir().to_owned();
        move || {
            let shelf = shelf(&home).map_err(unreadable)?;
            let reader = Reader::on(format, shelf).ok_or_else(unknown)?;
            survey(first, reader, &known, originals, now)
        }
    })
    .await?;
    about.cwd = about.cwd.or_else(|| wish.cwd.clone());
    facts.place = place(about.cwd.clone()).await;
    facts.redactions.clone_from(&replaced);
    facts.secrets = wish.keeping.seal(originals, now, report);
    report.count(&replaced);
    let mut pieces = Pieces::begin(store, &about, facts.clone()).await?;
    facts.secrets.clear();
    pieces.note_times(&times);
    pieces.note_title(title);
    let (second, known) = (open(found).await?, wish.known.clone());
    let originals = wish.keeping.originals();
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (front, scout) = Front::ahead();
    let end = said.at;
    let reading = tokio::task::spawn_blocking(move || {
        let mut lot = Lot::default();
        let take = |given| {
            lot.add(given)
                .is_none_or(|lot| sender.blocking_send(lot).is_ok())
        };
        let end = give(second, reader, &known, originals, said, scout, take)?;
        // Where nobody takes it, somebody else says why.
        let _ = sender.blocking_send(lot.given);
        Ok::<_, FileError>(end)
    });
    let writing = async {
        // Dropped where it fails, so that the reading ends, and with it the keeping.
        let mut receiver = receiver;
        while let Some((messages, spending)) = receiver.recv().await {
            for message in messages {
                pieces.push(message).await?;
            }
            pieces.note_answers(spending).await?;
        }
        Ok::<_, FileError>(())
    };
    // The bytes are kept beside the messages, as far as their lines were looked through.
    let bytes = Box::new(open(found).await?);
    let marks = Marks::withholding(front);
    let (written, kept) = tokio::join!(
        writing,
        keep_bytes(store, bytes, end, &was_read.kept_as, wish, marks)
    );
    written?;
    let Reread {
        end,
        replaced,
        originals,
    } = reading
        .await
        .map_err(|error| FileError::Refused(format!("the work broke off: {error}")))??;
    let (parts, only_there) = kept?;
    let late = wish.keeping.seal(originals, now, report);
    report.count(&replaced);
    let session = pieces.session();
    session.secrets.extend(late);
    for (kind, times) in replaced {
        *session.redactions.entry(kind).or_default() += times;
    }
    let written = finish(pieces, &about, report).await?;
    was_read.bytes = Bytes::Kept(parts, only_there);
    was_read.tail = end.map(|end| Tail::of(end, facts, written));
    Ok(())
}

/// Reads a large export conversation by conversation.
pub async fn one_by_one(
    store: &Store,
    file: Reading,
    wish: &Wish,
    format: Format,
    facts: Facts,
    report: &mut Report,
) -> Result<(), FileError> {
    let (known, originals) = (wish.known.clone(), wish.keeping.originals());
    let (sender, mut receiver) = mpsc::channel(4);
    let reading = tokio::task::spawn_blocking(move || {
        let document = std::io::BufReader::with_capacity(256 << 10, file);
        krake_transcripts::each_conversation(document, format, &mut |mut transcript| {
            let mut cleaner = Cleaner::collecting(&known, originals.clone());
            cleaner.transcript(&mut transcript);
            match sender.blocking_send((transcript, cleaner.replaced, cleaner.originals)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    });
    while let Some((mut transcript, replaced, originals)) = receiver.recv().await {
        transcript.cwd = transcript.cwd.or_else(|| wish.cwd.clone());
        report.count(&replaced);
        let facts = Facts {
            id: SessionId::from_uuid(uuid::Uuid::now_v7()),
            redactions: replaced,
            secrets: wish.keeping.seal(originals, facts.present.now, report),
            ..facts.clone()
        };
        write(store, transcript, facts, report).await?;
    }
    let others = reading
        .await
        .map_err(|error| FileError::Refused(format!("the work broke off: {error}")))?
        .map_err(|error| FileError::Refused(error.to_string()))?;
    report.broken_lines += u64::from(others);
    Ok(())
}

/// Lines on their way to the store.
#[derive(Default)]
struct Lot {
    given: Given,
    bytes: usize,
}

impl Lot {
    /// Adds what a line gives; all of it, once it is a lot.
    fn add(&mut self, (messages, spending): Given) -> Option<Given> {
        self.bytes += messages.iter().map(|one| one.text.len()).sum::<usize>();
        self.given.0.extend(messages);
        self.given.1.extend(spending);
        if self.given.0.len() < LOT && self.given.1.len() < LOT && self.bytes < LOT_BYTES {
            return None;
        }
        self.bytes = 0;
        Some(std::mem::take(&mut self.given))
    }
}

/// What is known of a large file once it was read to its end.
struct Survey {
    /// Itself without messages.
    about: Transcript,
    /// What read it, to read it once more.
    reader: Reader,
    said: Said,
    /// Messages that hold its first and its last moment, and one that lies ahead.
    times: [Message; 3],
    title: Option<String>,
    replaced: BTreeMap<String, u32>,
    originals: Originals,
}

/// What a reading says of the messages before its end.
#[derive(PartialEq)]
struct Said {
    verdict: Verdict,
    usage: Usage,
    /// Where it ended.
    at: u64,
}

fn survey(
    mut file: Reading,
    mut reader: Reader,
    known: &Known,
    originals: Originals,
    now: Timestamp,
) -> Result<Survey, FileError> {
    let mut cleaner = Cleaner::collecting(known, originals);
    let mut times: [Option<Timestamp>; 3] = [None, None, None];
    let mut title = None;
    let at = each_line(
        &mut file,
        &mut reader,
        &mut cleaner,
        u64::MAX,
        |_, given| {
            for message in given.0 {
                match message.at {
                    Some(at) if at > now => times[2] = Some(at),
                    Some(at) => {
                        times[0] = Some(times[0].map_or(at, |first| first.min(at)));
                        times[1] = Some(times[1].map_or(at, |last| last.max(at)));
                    }
                    None => {}
                }
                if title.is_none()
                    && message.role == Role::User
                    && message.kind == MessageKind::Text
                {
                    title = krake_transcripts::title_of(&message.text);
                }
            }
            true
        },
    )?;
    let mut about = reader.about();
    let said = Said {
        verdict: reader.verdict(),
        usage: about.usage,
        at,
    };
    reader.check().map_err(unreadable)?;
    cleaner.about(&mut about);
    let at = |at| Message {
        at,
        ..Message::default()
    };
    Ok(Survey {
        about,
        reader: reader.anew(),
        said,
        times: times.map(at),
        title,
        replaced: cleaner.replaced,
        originals: cleaner.originals,
    })
}

/// What is known once the messages were given.
struct Reread {
    /// Where the file may be read on from.
    end: Option<End>,
    /// Secrets in a form that could not be cut out of their lines, by kind, and their words.
    replaced: BTreeMap<String, u32>,
    originals: Originals,
}

/// Gives the messages of a large file as they are in the end, until nobody takes them, and lets whoever
/// keeps its bytes follow.
fn give(
    mut file: Reading,
    mut reader: Reader,
    known: &Known,
    originals: Originals,
    said: Said,
    scout: Scout,
    mut take: impl FnMut(Given) -> bool,
) -> Result<Reread, FileError> {
    let mut cleaner = Cleaner::new(known);
    let mut again = Cleaner::collecting(known, originals);
    let mut given = 0;
    let each = |at, (messages, spending): Given| {
        scout.is_at(at);
        let count = messages.len();
        let mut messages = said.verdict.apply(given, messages);
        given += count;
        for message in &mut messages {
            if again.message(message) {
                scout.withhold(at);
            }
        }
        (messages.is_empty() && spending.is_empty()) || take((messages, spending))
    };
    let at = each_line(&mut file, &mut reader, &mut cleaner, said.at, each)?;
    // Somebody wrote into it between the two readings: what the first one said holds no longer. What
    // was written behind its end is left to the next reading.
    let now = Said {
        verdict: reader.verdict(),
        usage: reader.about().usage,
        at,
    };
    reader.check().map_err(unreadable)?;
    if at >= said.at {
        scout.passed();
    }
    let is_said = now == said;
    let state = State {
        reader,
        verdict: said.verdict,
        given,
    };
    let end = is_said.then(|| End::at(&mut file, at, state)).flatten();
    Ok(Reread {
        end,
        replaced: again.replaced,
        originals: again.originals,
    })
}

/// Reads line after line until that place, the end, or until nobody takes what they give; where it
/// ended.
fn each_line(
    file: &mut Reading,
    reader: &mut Reader,
    cleaner: &mut Cleaner<'_>,
    end: u64,
    mut take: impl FnMut(u64, Given) -> bool,
) -> Result<u64, FileError> {
    let mut lines = FileLines::new(file, 0);
    while lines.at() < end {
        let at = match lines.next().map_err(unreadable)? {
            None => break,
            Some(Line::TooLong) => {
                reader.skip();
                continue;
            }
            Some(Line::Here(at, line)) => {
                reader.line(at, &cleaner.bytes(line));
                at
            }
        };
        let given = (reader.drain(), reader.drain_spending());
        // Before anybody takes what may be wrong.
        reader.check().map_err(unreadable)?;
        if !take(at, given) {
            break;
        }
    }
    Ok(lines.at())
}
