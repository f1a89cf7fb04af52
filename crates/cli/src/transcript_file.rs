//! Transcripts of a file, without any data folder: what `krake import` takes, also the archive of an
//! export. Where a file holds several conversations, one of them is chosen.

use std::io::{Cursor, Read as _};

use krake_domain::session::{MessageKind, Role, Transcript};
use krake_domain::time::Timestamp;
use krake_edge::archive::Archive;
use krake_engine::secrets::Cleaner;
use krake_transcripts::Format;
use serde_json::{Value, json};

use crate::exit::Stopped;
use crate::out::Out;
use crate::text;

/// The largest transcript that is held in memory at once.
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// Conversations that are named where it is not clear which is meant.
const NAMED: usize = 12;
/// Ends of names in an archive that can be transcripts.
const ENDINGS: [&str; 6] = [".json", ".jsonl", ".ndjson", ".md", ".markdown", ".txt"];

/// The transcript of a file, cleaned of secrets; of several the one that `session` names, by its
/// number or words of its title, else the newest. What a person should know of that is said.
///
/// # Errors
/// The file cannot be read or holds no transcript, or several fit or none does.
pub fn transcript(
    out: Out,
    file: &str,
    session: Option<&str>,
    cleaner: &mut Cleaner<'_>,
) -> Result<Transcript, Stopped> {
    let bytes = text::bytes(file, MOST_BYTES)?;
    one_of(out, file, bytes, session, cleaner)
}

fn one_of(
    out: Out,
    file: &str,
    bytes: Vec<u8>,
    session: Option<&str>,
    cleaner: &mut Cleaner<'_>,
) -> Result<Transcript, Stopped> {
    let mut all = match is_archive(&bytes) {
        true => in_archive(file, bytes, cleaner)?,
        false => in_bytes(&bytes, cleaner).map_err(|why| refused(file, &why))?,
    };
    if all.iter().any(|one| !one.messages.is_empty()) {
        all.retain(|one| !one.messages.is_empty());
    }
    all.sort_by_key(|one| std::cmp::Reverse(last_moment(one)));
    let (many, at) = (all.len(), chosen(file, &all, session)?);
    let mut transcript = all.swap_remove(at);
    cleaner.transcript(&mut transcript);
    if many > 1 && session.is_none() {
        out.note(&format!(
            "{file}: {many} conversations; this is the newest, {}; --session 2, or words of a title, takes another",
            told(&transcript)
        ));
    }
    if transcript.broken_lines > 0 {
        out.note(&format!(
            "{file}: {} lines could not be read",
            transcript.broken_lines
        ));
    }
    Ok(transcript)
}

/// What the core is given of a file: the text as it stands, or the messages of the conversation that
/// was chosen.
///
/// # Errors
/// As [`transcript`]; a text that is no UTF-8.
pub fn context(out: Out, file: &str, session: Option<&str>) -> Result<Value, Stopped> {
    let bytes = text::bytes(file, MOST_BYTES)?;
    if session.is_none() && !is_archive(&bytes) {
        return text::utf8(file, bytes).map(Value::from);
    }
    let known = krake_engine::secrets::Known::default();
    let mut cleaner = Cleaner::new(&known);
    let transcript = one_of(out, file, bytes, session, &mut cleaner)?;
    let said = transcript.messages.iter();
    let said = said.filter(|message| message.kind == MessageKind::Text);
    let messages = said.map(|message| {
        let role = match message.role {
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
            Role::System => "system",
        };
        json!({ "role": role, "content": message.text })
    });
    Ok(messages.collect())
}

fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

fn in_bytes(bytes: &[u8], cleaner: &mut Cleaner<'_>) -> Result<Vec<Transcript>, String> {
    let bytes = cleaner.bytes(bytes);
    match krake_transcripts::recognise(&bytes) {
        Some(format @ (Format::ChatGpt | Format::ClaudeAi)) => {
            krake_transcripts::read_all(&bytes, format)
        }
        format => krake_transcripts::read(&bytes, format).map(|one| vec![one]),
    }
    .map_err(|error| error.to_string())
}

fn in_archive(
    file: &str,
    bytes: Vec<u8>,
    cleaner: &mut Cleaner<'_>,
) -> Result<Vec<Transcript>, Stopped> {
    let wrong = |error: &dyn std::fmt::Display| refused(file, &error.to_string());
    let mut archive = Archive::open(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    let mut all = Vec::new();
    for entry in archive.entries.clone() {
        let is_transcript = ENDINGS.iter().any(|ending| entry.name.ends_with(ending));
        if !is_transcript || entry.refused.is_some() || entry.bytes > MOST_BYTES {
            continue;
        }
        let mut unpacked = Vec::new();
        let mut reader = archive.read(&entry).map_err(|error| wrong(&error))?;
        reader
            .read_to_end(&mut unpacked)
            .map_err(|error| wrong(&format!("{}: {error}", entry.name)))?;
        // An export holds other lists as well: of users, of settings.
        let read = in_bytes(&unpacked, cleaner).unwrap_or_default();
        all.extend(read.into_iter().filter(|one| !one.messages.is_empty()));
    }
    if all.is_empty() {
        return Err(refused(
            file,
            "the archive holds no transcript that is known here",
        ));
    }
    Ok(all)
}

fn refused(file: &str, why: &str) -> Stopped {
    Stopped::usage(format!("{file}: {why}"))
}

fn last_moment(transcript: &Transcript) -> Option<Timestamp> {
    transcript.messages.iter().filter_map(|one| one.at).max()
}

/// Which one is meant; the list begins with the newest.
fn chosen(file: &str, all: &[Transcript], session: Option<&str>) -> Result<usize, Stopped> {
    let Some(session) = session else {
        return Ok(0);
    };
    if let Ok(number) = session.parse::<usize>()
        && (1..=all.len()).contains(&number)
    {
        return Ok(number - 1);
    }
    let wanted = session.to_lowercase();
    let title = |one: &Transcript| one.title.as_deref().unwrap_or_default().to_lowercase();
    let exact = all.iter().position(|one| title(one) == wanted);
    let fits = |at: &usize| title(&all[*at]).contains(&wanted);
    let fitting: Vec<usize> = (0..all.len()).filter(fits).collect();
    match (exact, fitting.as_slice()) {
        (Some(at), _) => Ok(at),
        (None, [at]) => Ok(*at),
        (None, []) => Err(refused(
            file,
            &format!(
                "no conversation is called like `{session}`; there are {}",
                listed(all, 0..all.len())
            ),
        )),
        (None, several) => Err(refused(
            file,
            &format!(
                "several conversations are called like `{session}`: {}",
                listed(all, several.iter().copied())
            ),
        )),
    }
}

fn listed(all: &[Transcript], which: impl ExactSizeIterator<Item = usize>) -> String {
    let more = which.len().saturating_sub(NAMED);
    let mut lines: Vec<String> = which
        .take(NAMED)
        .map(|at| format!("\n  {} {}", at + 1, told(&all[at])))
        .collect();
    if more > 0 {
        lines.push(format!("\n  and {more} more"));
    }
    lines.concat()
}

fn told(transcript: &Transcript) -> String {
    let title = transcript.title.as_deref().unwrap_or("untitled");
    let title: String = title.chars().map(visible).take(80).collect();
    match last_moment(transcript) {
        Some(at) => format!("`{title}` of {}", &at.to_rfc3339()[..10]),
        None => format!("`{title}`"),
    }
}

/// A title comes from others: nothing of it moves the cursor.
fn visible(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}
