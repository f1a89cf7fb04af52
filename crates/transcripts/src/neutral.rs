//! The neutral transcript: JSON lines, or one object with `messages`.
//!
//! One entry is one message here, so that the position of an entry in the file is what a briefing cites.

use krake_domain::session::{Message, MessageKind, Role, ToolUse, Transcript};
use serde::Deserialize;
use serde_json::Value;

use crate::blocks::{moment, str_of, text};
use crate::calls::Calls;
use crate::message_array::{arguments, role_of};
use crate::shelf::Shelf;

/// Reads the form of JSON lines.
#[derive(Default)]
pub struct Neutral {
    transcript: Transcript,
    calls: Calls,
}

impl Neutral {
    /// One that lays aside what it knows of a long session.
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            calls: Calls::on(shelf),
            ..Self::default()
        }
    }

    /// Takes one line; false when it holds no message.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        let Some(mut message) = message(line) else {
            return false;
        };
        message.raw = Some(raw);
        self.calls.name(&mut message);
        self.transcript.messages.push(message);
        true
    }

    /// The messages since the last call.
    pub fn drain(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.transcript.messages)
    }

    /// What was read beside messages, which others have taken.
    pub fn about(&self) -> Transcript {
        self.transcript.clone()
    }

    /// What was read.
    pub fn finish(self) -> Transcript {
        self.transcript
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    conversation_id: Value,
    #[serde(default)]
    title: Value,
    #[serde(default)]
    cwd: Value,
    messages: Vec<Value>,
}

/// Reads the form of one object; `None` when the bytes are not one.
pub fn read_document(bytes: &[u8]) -> Option<Transcript> {
    let document: Document = serde_json::from_slice(bytes).ok()?;
    let owned = |value: &Value| value.as_str().map(str::to_owned);
    let mut transcript = Transcript {
        native_id: owned(&document.conversation_id),
        title: owned(&document.title),
        cwd: owned(&document.cwd),
        ..Transcript::default()
    };
    let mut calls = Calls::default();
    for entry in &document.messages {
        // A place that holds no message keeps its number, or every later citation would be off by one.
        let mut message = message(entry).unwrap_or_else(|| {
            transcript.broken_lines = transcript.broken_lines.saturating_add(1);
            Message {
                role: Role::System,
                kind: MessageKind::Meta,
                ..Message::default()
            }
        });
        calls.name(&mut message);
        transcript.messages.push(message);
    }
    Some(transcript)
}

fn message(entry: &Value) -> Option<Message> {
    let word = str_of(entry, "role")?;
    let role = role_of(word);
    let content = entry.get("content").or_else(|| entry.get("text"))?;
    let tool = entry
        .get("tool")
        .filter(|tool| tool.is_object())
        .map(|tool| ToolUse {
            call_id: str_of(tool, "call_id")
                .or_else(|| str_of(entry, "tool_call_id"))
                .map(str::to_owned),
            name: str_of(tool, "name").unwrap_or_default().to_owned(),
            input: arguments(tool.get("input")),
        });
    let kind = match str_of(entry, "kind") {
        Some("text") => MessageKind::Text,
        Some("thinking") => MessageKind::Thinking,
        Some("tool_call") => MessageKind::ToolCall,
        Some("tool_result") => MessageKind::ToolResult,
        Some("meta") => MessageKind::Meta,
        Some("summary") => MessageKind::Summary,
        Some("limit") => MessageKind::Limit,
        _ => match role {
            Role::System => MessageKind::Meta,
            Role::Tool => MessageKind::ToolResult,
            Role::Assistant if tool.is_some() => MessageKind::ToolCall,
            Role::Assistant | Role::User => MessageKind::Text,
        },
    };
    Some(Message {
        native_id: entry.get("id").filter(|id| !id.is_null()).map(text),
        parent: str_of(entry, "parent").map(str::to_owned),
        role,
        kind,
        text: text(content),
        tool,
        error: entry.get("error").and_then(Value::as_bool).unwrap_or(false),
        at: moment(entry.get("ts")),
        sidechain: entry
            .get("sidechain")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        raw: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, read};

    #[test]
    fn broken_lines_are_counted_and_the_rest_is_kept() {
        let text = "{\"id\":\"a\",\"role\":\"user\",\"content\":\"\\u0007hi\",\"ts\":\"2026-01-02T03:04:05Z\"}\n\
                    {\"id\":\"b\",\"role\":\n\
                    {\"id\":3,\"role\":\"assistant\",\"content\":\"Bash: ls\",\"tool\":{\"name\":\"Bash\",\"input\":{\"command\":\"ls\"}}}\n\
                    {\"role\":\"tool\",\"content\":\"no\",\"error\":true,\"ts\":\"4 pm\"}\n";
        let transcript = read(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.format, "neutral");
        assert_eq!((transcript.messages.len(), transcript.broken_lines), (3, 1));
        assert_eq!(transcript.messages[0].text, "\u{7}hi");
        assert_eq!(
            transcript.messages[0].at.unwrap().to_rfc3339(),
            "2026-01-02T03:04:05.000Z"
        );
        assert_eq!(transcript.messages[1].native_id.as_deref(), Some("3"));
        assert_eq!(transcript.messages[1].kind, MessageKind::ToolCall);
        assert!(transcript.messages[2].error && transcript.messages[2].at.is_none());
        let (offset, length) = transcript.messages[2].raw.unwrap();
        let line = &text.as_bytes()[offset as usize..(offset + length) as usize];
        assert!(line.starts_with(b"{\"role\":\"tool\""));
    }

    #[test]
    fn places_in_an_object_keep_their_numbers() {
        let text = br#"{"conversation_id":"c","messages":[{"role":"user","content":"a"},"what",{"role":"assistant","content":"b"}]}"#;
        let transcript = read(text, Some(Format::Neutral)).unwrap();
        assert_eq!(transcript.native_id.as_deref(), Some("c"));
        assert_eq!(transcript.broken_lines, 1);
        assert_eq!(transcript.messages[2].text, "b");
    }
}
