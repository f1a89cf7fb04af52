//! The way in: all bytes at once, or line by line for files that should not lie in memory.

use std::io;
use std::ops::ControlFlow;

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use krake_domain::spending::Spending;
use serde_json::Value;

use crate::claude_code::ClaudeCode;
use crate::codex::{self, Codex};
use crate::conversations::each_conversation;
use crate::cursor::Cursor;
use crate::format::{Format, recognise};
use crate::gemini_cli::{self, GeminiCli};
use crate::lines::{Lines, parse, strip_bom};
use crate::neutral::{self, Neutral};
use crate::shelf::Shelf;
use crate::verdict::Verdict;
use crate::{goose, markdown, message_array};

/// Why nothing could be read at all. A broken line is not an error, it is counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranscriptError {
    #[error(
        "no known transcript format: expected Claude Code, Codex, Gemini CLI, Goose, Cursor, an export of ChatGPT or Claude.ai, a message array, the neutral form, or a chat in Markdown"
    )]
    Unknown,
    #[error("not a {format} transcript: {because}")]
    Broken {
        format: &'static str,
        because: String,
    },
}

/// Reads a whole transcript; without a format it is recognised.
///
/// # Errors
/// [`TranscriptError::Unknown`] when it looks like nothing known, [`TranscriptError::Broken`] when a
/// format of one document cannot be parsed.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Transcript, TranscriptError> {
    let bytes = strip_bom(bytes);
    let format = format
        .or_else(|| recognise(bytes))
        .ok_or(TranscriptError::Unknown)?;
    let whole =
        match format {
            Format::Markdown => Some(markdown::read(&String::from_utf8_lossy(bytes))),
            Format::MessageArray => Some(message_array::read(&document(format, bytes)?)),
            Format::Neutral => neutral::read_document(bytes),
            Format::Codex => codex::read_document(bytes),
            Format::GeminiCli => gemini_cli::read_document(bytes),
            Format::Goose => Some(goose::read(&document(format, bytes)?).ok_or_else(|| {
                TranscriptError::Broken {
                    format: format.as_str(),
                    because: "it has no list `conversation`".to_owned(),
                }
            })?),
            Format::ChatGpt | Format::ClaudeAi => Some(first_of_many(format, bytes)?),
            Format::ClaudeCode | Format::Cursor => None,
        };
    if let Some(transcript) = whole {
        return Ok(named(format, transcript));
    }
    let mut reader = Reader::new(format).ok_or(TranscriptError::Unknown)?;
    for line in Lines::new(bytes) {
        reader.line(line.offset, line.bytes);
    }
    Ok(reader.finish())
}

/// Reads every transcript of a file: an export holds many, other formats one.
///
/// # Errors
/// As [`read`].
pub fn read_all(bytes: &[u8], format: Format) -> Result<Vec<Transcript>, TranscriptError> {
    if !matches!(format, Format::ChatGpt | Format::ClaudeAi) {
        return Ok(vec![read(bytes, Some(format))?]);
    }
    let mut all = Vec::new();
    let others = each_conversation(strip_bom(bytes), format, &mut |transcript| {
        all.push(transcript);
        ControlFlow::Continue(())
    })?;
    if let Some(first) = all.first_mut() {
        first.broken_lines = first.broken_lines.saturating_add(others);
    }
    Ok(all)
}

/// Whether these bytes are one document although their format is usually one of lines.
#[must_use]
pub fn is_one_document(format: Format, bytes: &[u8]) -> bool {
    let bytes = strip_bom(bytes);
    match format {
        Format::ClaudeCode | Format::Cursor => false,
        Format::Codex => codex::read_document(bytes).is_some(),
        Format::Neutral => neutral::read_document(bytes).is_some(),
        Format::GeminiCli => gemini_cli::read_document(bytes).is_some(),
        _ => true,
    }
}

/// One transcript where one is asked for: all conversations, one behind the other, under the name
/// of the first.
fn first_of_many(format: Format, bytes: &[u8]) -> Result<Transcript, TranscriptError> {
    let mut all = read_all(bytes, format)?.into_iter();
    let mut first = all.next().ok_or_else(|| TranscriptError::Broken {
        format: format.as_str(),
        because: "it holds no conversation".to_owned(),
    })?;
    for mut next in all {
        first.messages.append(&mut next.messages);
        first.broken_lines = first.broken_lines.saturating_add(next.broken_lines);
    }
    Ok(first)
}

/// Reads a format of JSON lines one line at a time.
pub struct Reader {
    format: Format,
    kind: Kind,
    broken_lines: u32,
    shelf: Shelf,
}

enum Kind {
    ClaudeCode(Box<ClaudeCode>),
    Codex(Box<Codex>),
    Neutral(Box<Neutral>),
    GeminiCli(Box<GeminiCli>),
    Cursor(Box<Cursor>),
}

impl Reader {
    /// A reader of that format; `None` when the format is not one of lines.
    #[must_use]
    pub fn new(format: Format) -> Option<Self> {
        Self::on(format, Shelf::default())
    }

    /// The same for a file of any size: what has to be known to its end is laid aside, and
    /// [`Reader::check`] tells whether it came back.
    #[must_use]
    pub fn on(format: Format, shelf: Shelf) -> Option<Self> {
        let kind = match format {
            Format::ClaudeCode => Kind::ClaudeCode(Box::new(ClaudeCode::on(&shelf))),
            Format::Codex => Kind::Codex(Box::new(Codex::on(&shelf))),
            Format::Neutral => Kind::Neutral(Box::new(Neutral::on(&shelf))),
            Format::GeminiCli => Kind::GeminiCli(Box::default()),
            Format::Cursor => Kind::Cursor(Box::new(Cursor::on(&shelf))),
            Format::Markdown
            | Format::MessageArray
            | Format::Goose
            | Format::ChatGpt
            | Format::ClaudeAi => return None,
        };
        Some(Self {
            format,
            kind,
            broken_lines: 0,
            shelf,
        })
    }

    /// One that has read nothing, in the place of this one and on its shelf.
    #[must_use]
    pub fn anew(self) -> Self {
        self.shelf.clear();
        Self::on(self.format, self.shelf).expect("this one has the format")
    }

    /// Whether what it says holds.
    ///
    /// # Errors
    /// Something that was laid aside did not come back.
    pub fn check(&self) -> io::Result<()> {
        self.shelf.check()
    }

    /// Takes the next line, which starts at that offset of the file.
    pub fn line(&mut self, offset: u64, line: &[u8]) {
        let line = strip_bom(line).trim_ascii();
        if line.is_empty() {
            return;
        }
        let raw = (offset, line.len() as u64);
        let taken = parse(line).is_some_and(|value: Value| match &mut self.kind {
            Kind::ClaudeCode(reader) => reader.line(raw, &value),
            Kind::Codex(reader) => reader.line(raw, &value),
            Kind::Neutral(reader) => reader.line(raw, &value),
            Kind::GeminiCli(reader) => reader.line(raw, &value),
            Kind::Cursor(reader) => reader.line(raw, &value),
        });
        if !taken {
            self.skip();
        }
    }

    /// Counts a line that the caller left out, because it was too long to hold.
    pub fn skip(&mut self) {
        self.broken_lines = self.broken_lines.saturating_add(1);
    }

    /// The messages since the last call, for files that should not lie in memory: the first reading
    /// of such a file gives the [`Reader::verdict`], the second the messages that it is applied to.
    pub fn drain(&mut self) -> Vec<Message> {
        match &mut self.kind {
            Kind::ClaudeCode(reader) => reader.drain(),
            Kind::Codex(reader) => reader.drain(),
            Kind::Neutral(reader) => reader.drain(),
            Kind::Cursor(reader) => reader.drain(),
            Kind::GeminiCli(_) => Vec::new(),
        }
    }

    /// Whether messages can be drained before the end. Where a later line may replace any record, as
    /// with Gemini CLI, nothing is final before.
    #[must_use]
    pub fn gives_lines(&self) -> bool {
        !matches!(self.kind, Kind::GeminiCli(_))
    }

    /// What answers took since the last call: each that took something as a whole, which only ever
    /// rises, so the last word on an answer holds.
    pub fn drain_spending(&mut self) -> Vec<Spending> {
        match &mut self.kind {
            Kind::ClaudeCode(reader) => reader.drain_spending(),
            Kind::Codex(reader) => reader.drain_spending(),
            Kind::Neutral(_) | Kind::GeminiCli(_) | Kind::Cursor(_) => Vec::new(),
        }
    }

    /// What the lines so far say about all messages so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match &self.kind {
            Kind::ClaudeCode(reader) => reader.verdict(),
            Kind::Codex(reader) => reader.verdict(),
            Kind::Neutral(_) | Kind::GeminiCli(_) | Kind::Cursor(_) => Verdict::default(),
        }
    }

    /// What the lines so far say about the session itself, once its messages and what its answers
    /// took were drained.
    #[must_use]
    pub fn about(&self) -> Transcript {
        let about = match &self.kind {
            Kind::ClaudeCode(reader) => reader.about(),
            Kind::Codex(reader) => reader.about(),
            Kind::Neutral(reader) => reader.about(),
            Kind::Cursor(reader) => reader.about(),
            Kind::GeminiCli(reader) => reader.clone().finish(),
        };
        whole(self.format, self.broken_lines, about)
    }

    /// What was read, without what was drained before.
    #[must_use]
    pub fn finish(self) -> Transcript {
        let (format, broken_lines) = (self.format, self.broken_lines);
        let transcript = match self.kind {
            Kind::ClaudeCode(reader) => reader.finish(),
            Kind::Codex(reader) => reader.finish(),
            Kind::Neutral(reader) => reader.finish(),
            Kind::GeminiCli(reader) => reader.finish(),
            Kind::Cursor(reader) => reader.finish(),
        };
        whole(format, broken_lines, transcript)
    }
}

fn whole(format: Format, broken_lines: u32, mut transcript: Transcript) -> Transcript {
    transcript.broken_lines = transcript.broken_lines.saturating_add(broken_lines);
    named(format, transcript)
}

/// Characters of a title that is made from the first request.
const TITLE_CHARS: usize = 80;

/// The title that the first request gives: its first line, or what that announces with a colon.
#[must_use]
pub fn title_of(request: &str) -> Option<String> {
    let mut lines = request
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let first = lines.next()?;
    let announced = lines.next().filter(|_| first.ends_with(':'));
    let line = announced
        .map(|line| line.trim_start_matches('#').trim_start())
        .filter(|line| line.contains(char::is_alphanumeric))
        .unwrap_or(first);
    let mut title: String = line.chars().take(TITLE_CHARS).collect();
    if title.len() < line.len() {
        // At the end of a word, where one ends in the second half.
        if let Some(end) = title
            .rfind(char::is_whitespace)
            .filter(|end| *end > title.len() / 2)
        {
            title.truncate(end);
        }
        let kept = title.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        title.truncate(if kept.is_empty() {
            title.len()
        } else {
            kept.len()
        });
        title.push('…');
    }
    Some(title)
}

/// The title that the first request among these messages gives.
#[must_use]
pub fn title_from(messages: &[Message]) -> Option<String> {
    messages
        .iter()
        .filter(|message| message.role == Role::User && message.kind == MessageKind::Text)
        .find_map(|message| title_of(&message.text))
}

pub(crate) fn named(format: Format, mut transcript: Transcript) -> Transcript {
    format.as_str().clone_into(&mut transcript.format);
    if transcript.title.is_none() {
        transcript.title = title_from(&transcript.messages);
    }
    transcript
}

fn document(format: Format, bytes: &[u8]) -> Result<Value, TranscriptError> {
    serde_json::from_slice(bytes).map_err(|error| TranscriptError::Broken {
        format: format.as_str(),
        because: error.to_string(),
    })
}

#[cfg(test)]
#[path = "reader_test.rs"]
mod tests;
