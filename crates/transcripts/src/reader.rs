//! The way in: all bytes at once, or line by line for files that should not lie in memory.

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

/// Reads a format of JSON lines one line at a time. A clone goes on from where it was made.
#[derive(Clone)]
pub struct Reader {
    format: Format,
    kind: Kind,
    broken_lines: u32,
}

#[derive(Clone)]
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
        let kind = match format {
            Format::ClaudeCode => Kind::ClaudeCode(Box::default()),
            Format::Codex => Kind::Codex(Box::default()),
            Format::Neutral => Kind::Neutral(Box::default()),
            Format::GeminiCli => Kind::GeminiCli(Box::default()),
            Format::Cursor => Kind::Cursor(Box::default()),
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
        })
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

/// The title that the first request gives: its first line.
#[must_use]
pub fn title_of(request: &str) -> Option<String> {
    let line = request
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    let mut title: String = line.chars().take(TITLE_CHARS).collect();
    if title.len() < line.len() {
        // At the end of a word, where one ends in the second half.
        if let Some(end) = title
            .rfind(char::is_whitespace)
            .filter(|end| *end > title.len() / 2)
        {
            title.truncate(end);
        }
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLAUDE: &str = include_str!("../fixtures/claude-code.jsonl");
    const CODEX: &str = include_str!("../fixtures/codex.jsonl");
    const NEUTRAL: &str = "{\"conversation_id\":\"c\",\"messages\":[{\"id\":\"a\",\"role\":\"user\",\"content\":\"hé\"},{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]}";
    const CHAT: &str = "---\ntitle: T\n---\n**You:** hi\n\n**Claude:** hello\n```\nUser: x\n```\n";
    const ARRAY: &str = "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}]";

    #[test]
    fn a_cut_at_every_byte_is_read_as_far_as_it_goes() {
        for whole in [CLAUDE, CODEX, NEUTRAL, CHAT, ARRAY] {
            let all = read(whole.as_bytes(), None).unwrap();
            for end in 0..whole.len() {
                for format in Format::ALL.map(Some).into_iter().chain([None]) {
                    if let Ok(part) = read(&whole.as_bytes()[..end], format) {
                        assert!(part.messages.len() <= all.messages.len().max(end));
                    }
                }
            }
        }
    }

    #[test]
    fn drained_line_by_line_it_is_the_same_transcript() {
        for (text, format) in [(CLAUDE, Format::ClaudeCode), (CODEX, Format::Codex)] {
            let whole = read(text.as_bytes(), Some(format)).unwrap();
            let mut first = Reader::new(format).unwrap();
            for line in Lines::new(text.as_bytes()) {
                first.line(line.offset, line.bytes);
                first.drain();
            }
            let verdict = first.verdict();
            let (mut second, mut place) = (Reader::new(format).unwrap(), 0);
            let mut messages = Vec::new();
            let mut spending: Vec<Spending> = Vec::new();
            for line in Lines::new(text.as_bytes()) {
                second.line(line.offset, line.bytes);
                for told in second.drain_spending() {
                    spending.retain(|one| one.answer.is_none() || one.answer != told.answer);
                    spending.push(told);
                }
                let given = second.drain();
                let count = given.len();
                messages.extend(verdict.apply(place, given));
                place += count;
            }
            assert_eq!(second.about(), second.clone().finish());
            let end = second.finish();
            assert_eq!((end.messages, end.spending), (Vec::new(), Vec::new()));
            spending.sort_by(|one, other| one.answer.cmp(&other.answer));
            assert_eq!(spending, whole.spending);
            assert_eq!(messages, whole.messages);
            assert_eq!(
                (end.usage, end.native_id, end.broken_lines),
                (whole.usage, whole.native_id, whole.broken_lines)
            );
        }
    }

    #[test]
    fn a_line_over_the_cap_is_counted() {
        let mut reader = Reader::new(Format::Neutral).unwrap();
        let long = format!(
            "{{\"role\":\"user\",\"content\":\"{}\"}}",
            "x".repeat(crate::LINE_CAP)
        );
        reader.line(0, long.as_bytes());
        reader.line(
            long.len() as u64 + 1,
            b"{\"role\":\"user\",\"content\":\"short\"}",
        );
        let transcript = reader.finish();
        assert_eq!((transcript.messages.len(), transcript.broken_lines), (1, 1));
    }

    #[test]
    fn unknown_bytes_are_an_error_that_says_what_was_expected() {
        let error = read(b"\x00\x01\x02", None).unwrap_err();
        assert!(error.to_string().contains("expected Claude Code"));
    }

    /// Lines that are nearly right: the keys of the formats with values of every kind.
    fn nearly() -> impl Strategy<Value = String> {
        let keys = prop::sample::select(vec![
            "type",
            "message",
            "payload",
            "content",
            "role",
            "uuid",
            "parentUuid",
            "sessionId",
            "timestamp",
            "usage",
            "tool",
            "input",
            "name",
            "id",
            "subtype",
            "output",
            "arguments",
            "call_id",
            "info",
            "total_token_usage",
            "input_tokens",
            "messages",
            "kind",
            "logicalParentUuid",
            "projectHash",
            "mapping",
            "parent",
            "children",
            "current_node",
            "author",
            "chat_messages",
            "sender",
            "parent_message_uuid",
            "conversation",
            "toolCall",
            "toolCalls",
            "functionResponse",
            "response",
            "$set",
            "$rewindTo",
            "contents",
            "parts",
            "thoughts",
            "num_turns",
        ]);
        let leaf = prop::sample::select(vec![
            "null",
            "true",
            "-1",
            "1e300",
            "\"user\"",
            "\"assistant\"",
            "\"tool_use\"",
            "\"tool_result\"",
            "\"event_msg\"",
            "\"response_item\"",
            "\"message\"",
            "\"u1\"",
            "\"token_count\"",
            "\"{\\\"a\\\":1}\"",
            "\"9999-12-31T23:59:59Z\"",
            "18446744073709551615",
            "\"function_call\"",
            "\"thread_rolled_back\"",
            "[]",
            "{}",
        ])
        .prop_map(str::to_owned);
        let value = leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::vec((keys.clone(), inner), 0..6).prop_map(|fields| {
                    let fields: Vec<String> = fields
                        .into_iter()
                        .map(|(key, value)| format!("\"{key}\":{value}"))
                        .collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        });
        prop::collection::vec(value, 0..6).prop_map(|lines| lines.join("\n"))
    }

    proptest! {
        #[test]
        fn bytes_of_any_kind_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            for format in Format::ALL.map(Some).into_iter().chain([None]) {
                let _ = read(&bytes, format);
            }
        }

        #[test]
        fn lines_that_are_nearly_right_do_not_panic(text in nearly()) {
            for format in Format::ALL.map(Some).into_iter().chain([None]) {
                let _ = read(text.as_bytes(), format);
            }
            for format in Format::ALL {
                let _ = crate::is_one_document(format, text.as_bytes());
                let _ = crate::read_all(text.as_bytes(), format);
            }
        }
    }
}
