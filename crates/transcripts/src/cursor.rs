//! Cursor: the transcripts of its agent, JSON lines of a role and a content.

use krake_domain::session::{Message, Role, Transcript};
use serde_json::Value;

use crate::blocks::{messages, moment, str_of};
use crate::calls::Calls;
use crate::message_array::role_of;
use crate::shelf::Shelf;

/// Reads a transcript line by line.
#[derive(Default)]
pub struct Cursor {
    transcript: Transcript,
    calls: Calls,
}

impl Cursor {
    /// One that lays aside what it knows of a long session.
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            calls: Calls::on(shelf),
            ..Self::default()
        }
    }

    /// Takes one line; false when it holds no message.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        let (Some(word), Some(spoken)) = (str_of(line, "role"), line.get("message")) else {
            return false;
        };
        let role = role_of(word);
        let content = spoken.get("content").unwrap_or(&Value::Null);
        let at = moment(line.get("timestamp"));
        for mut message in messages(role, content) {
            if role == Role::User {
                message.text = without_frame(&message.text);
            }
            message.at = at;
            message.raw = Some(raw);
            self.calls.name(&mut message);
            self.transcript.messages.push(message);
        }
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

/// The request alone: Cursor puts it between two marks of its own.
fn without_frame(text: &str) -> String {
    let inner = text
        .trim()
        .strip_prefix("<user_query>")
        .and_then(|rest| rest.strip_suffix("</user_query>"));
    inner.map_or_else(|| text.to_owned(), |inner| inner.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use crate::read;

    #[test]
    fn lines_of_role_and_content_are_read() {
        let text = r#"{"role":"user","message":{"content":[{"type":"text","text":"<user_query>\nrename it\n</user_query>"}]}}
{"role":"assistant","message":{"content":[{"type":"text","text":"Renaming."},{"type":"tool_use","id":"t","name":"Shell","input":{"command":"mv a b"}}]}}
nonsense
"#;
        let transcript = read(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.format, "cursor");
        assert_eq!(transcript.broken_lines, 1);
        let texts: Vec<&str> = transcript
            .messages
            .iter()
            .map(|message| message.text.as_str())
            .collect();
        assert_eq!(texts, ["rename it", "Renaming.", "Shell: command=mv a b"]);
    }
}
