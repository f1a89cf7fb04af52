//! Files that should not lie in memory: lines are read twice, exports conversation by conversation.

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use krake_domain::time::Timestamp;
use krake_edge::reading::Reading;
use krake_engine::secrets::Known;
use krake_store::Store;
use krake_transcripts::{Format, Reader, Verdict};
use tokio::sync::mpsc;

use super::Wish;
use super::clean::Cleaner;
use super::file::{FileError, Found, blocking, finish, open, place, unknown, write};
use super::lines::{FileLines, Line};
use super::pieces::{Facts, Pieces};
use super::report::Report;

/// Messages that may wait for the store while the file is read on.
const AHEAD: usize = 512;

/// Reads a large file of lines twice: first what only its end tells, then its messages.
pub async fn streamed(
    store: &Store,
    found: &Found,
    wish: &Wish,
    format: Format,
    mut facts: Facts,
    report: &mut Report,
) -> Result<HashSet<u64>, FileError> {
    let (first, known) = (open(found).await?, wish.known.clone());
    let latest = facts.latest;
    let (mut about, verdict, times, title, replaced) =
        blocking(move || survey(first, format, &known, latest)).await?;
    about.cwd = about.cwd.or_else(|| wish.cwd.clone());
    facts.place = place(about.cwd.clone()).await;
    facts.redactions.clone_from(&replaced);
    report.count(&replaced);
    let mut pieces = Pieces::new(store, &about, facts);
    pieces.note_times(&times, latest);
    pieces.note_title(title);
    let (second, known) = (open(found).await?, wish.known.clone());
    let (sender, mut receiver) = mpsc::channel::<Message>(AHEAD);
    let reading = tokio::task::spawn_blocking(move || {
        give(second, format, &known, &verdict, |message| {
            sender.blocking_send(message).is_ok()
        })
    });
    while let Some(message) = receiver.recv().await {
        pieces.push(message).await?;
    }
    let withheld = reading
        .await
        .map_err(|error| FileError::Refused(format!("the work broke off: {error}")))??;
    finish(pieces, &about, latest, report).await?;
    Ok(withheld)
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
    let known = wish.known.clone();
    let (sender, mut receiver) = mpsc::channel(4);
    let reading = tokio::task::spawn_blocking(move || {
        let document = std::io::BufReader::with_capacity(256 << 10, file);
        krake_transcripts::each_conversation(document, format, &mut |mut transcript| {
            let mut cleaner = Cleaner::new(&known);
            cleaner.transcript(&mut transcript);
            for message in &mut transcript.messages {
                cleaner.message(message);
            }
            match sender.blocking_send((transcript, cleaner.replaced)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })
    });
    while let Some((mut transcript, replaced)) = receiver.recv().await {
        transcript.cwd = transcript.cwd.or_else(|| wish.cwd.clone());
        report.count(&replaced);
        let facts = Facts {
            redactions: replaced,
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

type Survey = (
    Transcript,
    Verdict,
    [Message; 2],
    Option<String>,
    BTreeMap<String, u32>,
);

/// What is known of a large file once it was read to its end: itself without messages, the verdict,
/// two messages that hold its first and its last moment, a title, what was replaced.
fn survey(
    file: Reading,
    format: Format,
    known: &Known,
    latest: Timestamp,
) -> Result<Survey, FileError> {
    let mut cleaner = Cleaner::new(known);
    let mut times: [Option<Timestamp>; 2] = [None, None];
    let mut title = None;
    let mut reader = Reader::new(format).ok_or_else(unknown)?;
    each_line(file, &mut reader, &mut cleaner, |_, messages| {
        for message in messages {
            if let Some(at) = message.at.map(|at| at.min(latest)) {
                times[0] = Some(times[0].map_or(at, |first| first.min(at)));
                times[1] = Some(times[1].map_or(at, |last| last.max(at)));
            }
            if title.is_none() && message.role == Role::User && message.kind == MessageKind::Text {
                title = krake_transcripts::title_of(&message.text);
            }
        }
        true
    })?;
    let verdict = reader.verdict();
    let mut about = reader.finish();
    about.messages = Vec::new();
    cleaner.transcript(&mut about);
    let at = |at| Message {
        at,
        ..Message::default()
    };
    Ok((about, verdict, times.map(at), title, cleaner.replaced))
}

/// Gives the messages of a large file as they are in the end, until nobody takes them; the places of
/// lines with a secret that cannot be cut out of them.
fn give(
    file: Reading,
    format: Format,
    known: &Known,
    verdict: &Verdict,
    mut take: impl FnMut(Message) -> bool,
) -> Result<HashSet<u64>, FileError> {
    let mut cleaner = Cleaner::new(known);
    let mut again = Cleaner::new(known);
    let mut withheld = HashSet::new();
    let mut given = 0;
    let mut reader = Reader::new(format).ok_or_else(unknown)?;
    each_line(file, &mut reader, &mut cleaner, |at, messages| {
        let count = messages.len();
        let messages = verdict.apply(given, messages);
        given += count;
        messages.into_iter().all(|mut message| {
            if again.message(&mut message) {
                withheld.insert(at);
            }
            take(message)
        })
    })?;
    Ok(withheld)
}

/// Reads line after line until the end or until nobody takes what they give.
fn each_line(
    file: Reading,
    reader: &mut Reader,
    cleaner: &mut Cleaner<'_>,
    mut take: impl FnMut(u64, Vec<Message>) -> bool,
) -> Result<(), FileError> {
    let mut lines = FileLines::new(file, 0);
    loop {
        let line = lines
            .next()
            .map_err(|error| FileError::Refused(format!("it cannot be read: {error}")))?;
        let at = match line {
            None => return Ok(()),
            Some(Line::TooLong) => {
                reader.skip();
                continue;
            }
            Some(Line::Here(at, line)) => {
                reader.line(at, &cleaner.bytes(line));
                at
            }
        };
        if !take(at, reader.drain()) {
            return Ok(());
        }
    }
}
