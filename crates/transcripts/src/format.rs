//! Which format some bytes are in, told from their first lines.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::lines::{Lines, parse, strip_bom};
use crate::markdown;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON lines of Claude Code, one session (or one subagent) a file.
    ClaudeCode,
    /// A rollout of Codex: the envelope of today, the direct lines before it, and the one object
    /// before those.
    Codex,
    /// Aider's chat history, and chats pasted as Markdown or plain text with labels.
    Markdown,
    /// The neutral transcript: JSON lines or one object.
    Neutral,
    /// The message array of a provider's API, bare or as `{system, messages}` or `{contents}`.
    MessageArray,
    /// The log of Gemini CLI, or the one object before it.
    GeminiCli,
    /// The export of one Goose session.
    Goose,
    /// Conversations of ChatGPT's export.
    ChatGpt,
    /// Conversations of Claude.ai's export.
    ClaudeAi,
    /// A transcript of Cursor's agent.
    Cursor,
}

impl Format {
    /// Every format, in the order in which they are tried.
    pub const ALL: [Self; 10] = [
        Self::Codex,
        Self::ClaudeCode,
        Self::GeminiCli,
        Self::Goose,
        Self::ChatGpt,
        Self::ClaudeAi,
        Self::Cursor,
        Self::Neutral,
        Self::MessageArray,
        Self::Markdown,
    ];

    /// The word in [`krake_domain::session::Transcript::format`] and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClaudeCode => "claude_code",
            Self::Codex => "codex",
            Self::Markdown => "markdown",
            Self::Neutral => "neutral",
            Self::MessageArray => "messages",
            Self::GeminiCli => "gemini_cli",
            Self::Goose => "goose",
            Self::ChatGpt => "chatgpt",
            Self::ClaudeAi => "claude_ai",
            Self::Cursor => "cursor",
        }
    }

    /// The format of that word.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// The format of these bytes; `None` when they look like none of [`Format::ALL`].
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<Format> {
    let bytes = strip_bom(bytes);
    let first = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    match bytes[first] {
        b'{' => of_lines(bytes).or_else(|| of_document(&bytes[first..])),
        b'[' => of_array(&bytes[first..])
            .or_else(|| of_cut_export(bytes))
            .or_else(|| of_text(bytes)),
        _ => of_lines(bytes).or_else(|| of_text(bytes)),
    }
}

/// Lines at the head of a file that may be broken or unknown before it is given up.
const HEAD_LINES: usize = 20;

fn of_lines(bytes: &[u8]) -> Option<Format> {
    Lines::new(bytes)
        .filter(|line| line.bytes.first() == Some(&b'{'))
        .take(HEAD_LINES)
        .find_map(|line| of_line(&parse(line.bytes)?))
}

fn of_line(line: &Value) -> Option<Format> {
    let has = |key: &str| line.get(key).is_some();
    let kind = line.get("type").and_then(Value::as_str).unwrap_or_default();
    let codex = matches!(
        kind,
        "session_meta" | "response_item" | "event_msg" | "turn_context"
    ) && has("payload");
    let codex_before = has("record_type")
        || (kind.is_empty()
            && has("id")
            && has("timestamp")
            && (has("instructions") || has("git")))
        || (kind == "message" && has("role") && line["content"].is_array() && !has("sessionId"));
    if codex || codex_before {
        Some(Format::Codex)
    } else if (has("sessionId") && (has("type") || has("uuid")) && !has("projectHash"))
        || (kind == "summary" && has("leafUuid"))
        || (kind == "file-history-snapshot" && has("snapshot"))
    {
        Some(Format::ClaudeCode)
    } else if has("sessionId") && has("projectHash") {
        Some(Format::GeminiCli)
    } else if has("role") && has("content") {
        Some(Format::Neutral)
    } else if has("role") && line["message"].get("content").is_some() {
        Some(Format::Cursor)
    } else {
        None
    }
}

#[derive(Deserialize)]
struct Document {
    conversation_id: Option<IgnoredAny>,
    messages: Option<Vec<Entry>>,
    session: Option<IgnoredAny>,
    items: Option<IgnoredAny>,
    #[serde(rename = "projectHash")]
    project_hash: Option<IgnoredAny>,
    conversation: Option<IgnoredAny>,
    conversations: Option<IgnoredAny>,
    mapping: Option<IgnoredAny>,
    chat_messages: Option<IgnoredAny>,
    contents: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Message(Head),
    Other(IgnoredAny),
}

impl Entry {
    fn is(&self, test: impl Fn(&Head) -> bool) -> bool {
        matches!(self, Self::Message(head) if test(head))
    }
}

/// What tells the neutral form from the message array of an API, in one message.
#[derive(Deserialize)]
struct Head {
    id: Option<IgnoredAny>,
    ts: Option<IgnoredAny>,
    kind: Option<IgnoredAny>,
    role: Option<IgnoredAny>,
    mapping: Option<IgnoredAny>,
    chat_messages: Option<IgnoredAny>,
}

fn of_document(bytes: &[u8]) -> Option<Format> {
    let document: Document = serde_json::from_slice(bytes).ok()?;
    if document.session.is_some() && document.items.is_some() {
        return Some(Format::Codex);
    }
    if document.mapping.is_some() {
        return Some(Format::ChatGpt);
    }
    if document.chat_messages.is_some() {
        return Some(Format::ClaudeAi);
    }
    if document.conversations.is_some() {
        return of_cut_export(bytes);
    }
    if document.conversation.is_some() {
        return Some(Format::Goose);
    }
    if document.contents.is_some() {
        return Some(Format::MessageArray);
    }
    if document.messages.is_some() && document.project_hash.is_some() {
        return Some(Format::GeminiCli);
    }
    let messages = document.messages?;
    let ours = document.conversation_id.is_some()
        || messages.iter().any(|entry| {
            entry.is(|head| head.id.is_some() && (head.ts.is_some() || head.kind.is_some()))
        });
    Some(if ours {
        Format::Neutral
    } else {
        Format::MessageArray
    })
}

fn of_array(bytes: &[u8]) -> Option<Format> {
    let entries: Vec<Entry> = serde_json::from_slice(bytes).ok()?;
    let any = |test: fn(&Head) -> bool| entries.iter().any(|entry| entry.is(test));
    if any(|head| head.mapping.is_some()) {
        Some(Format::ChatGpt)
    } else if any(|head| head.chat_messages.is_some()) {
        Some(Format::ClaudeAi)
    } else {
        any(|head| head.role.is_some()).then_some(Format::MessageArray)
    }
}

/// The beginning of an export that is too large to be looked at as a whole.
fn of_cut_export(bytes: &[u8]) -> Option<Format> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(EXPORT_HEAD)]);
    let at = |word: &str| head.find(word).unwrap_or(usize::MAX);
    let (chatgpt, claude) = (at("\"mapping\""), at("\"chat_messages\""));
    match chatgpt.cmp(&claude) {
        std::cmp::Ordering::Less => Some(Format::ChatGpt),
        std::cmp::Ordering::Greater => Some(Format::ClaudeAi),
        std::cmp::Ordering::Equal => None,
    }
}

/// Where the first conversation of an export has begun.
const EXPORT_HEAD: usize = 1 << 20;

fn of_text(bytes: &[u8]) -> Option<Format> {
    markdown::is_chat(&String::from_utf8_lossy(bytes)).then_some(Format::Markdown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_told_from_its_head() {
        let table: [(&str, Option<Format>); 13] = [
            (
                r#"{"timestamp":"2026-02-13T17:49:28Z","type":"session_meta","payload":{"id":"a"}}"#,
                Some(Format::Codex),
            ),
            (
                r#"{"id":"a","timestamp":"2025-06-01T00:00:00Z","instructions":null}"#,
                Some(Format::Codex),
            ),
            (r#"{"session":{"id":"a"},"items":[]}"#, Some(Format::Codex)),
            (
                r#"{"type":"user","sessionId":"s","uuid":"u","message":{}}"#,
                Some(Format::ClaudeCode),
            ),
            (
                "broken {\n{\"type\":\"summary\",\"summary\":\"x\",\"leafUuid\":\"u\"}",
                Some(Format::ClaudeCode),
            ),
            (
                r#"{"sessionId":"s","projectHash":"p","startTime":"t"}"#,
                Some(Format::GeminiCli),
            ),
            (
                "\u{feff}{\"id\":\"1\",\"role\":\"user\",\"content\":\"hi\"}",
                Some(Format::Neutral),
            ),
            (
                "{\n \"conversation_id\":\"c\",\n \"messages\": []}",
                Some(Format::Neutral),
            ),
            (
                "{\"system\":\"s\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}",
                Some(Format::MessageArray),
            ),
            (
                "[\n{\"role\":\"user\",\"content\":\"hi\"}]",
                Some(Format::MessageArray),
            ),
            (
                "# aider chat started at 2026-01-02 03:04:05\n\n#### hi\n\nhello\n",
                Some(Format::Markdown),
            ),
            ("just a note about nothing", None),
            ("", None),
        ];
        for (text, format) in table {
            assert_eq!(recognise(text.as_bytes()), format, "{text}");
        }
    }

    #[test]
    fn names_round_trip() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.as_str()), Some(format));
        }
    }
}
