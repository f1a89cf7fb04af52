//! Gemini CLI: an append log of records and patches, or one object of the same records.
//!
//! **Invariant:** a record that is written again counts once, and what was rewound is kept and marked.

use std::collections::HashMap;

use krake_domain::session::{Message, MessageKind, Role, Transcript, Usage};
use krake_domain::spending::Spending;
use serde_json::Value;

use crate::blocks::{call, count, moment, said, str_of, text};
use crate::calls::Calls;
use crate::gemini_parts::{messages, response};

/// Reads a session line by line.
#[derive(Clone, Default)]
pub struct GeminiCli {
    transcript: Transcript,
    records: Vec<Record>,
    by_id: HashMap<String, usize>,
    is_subagent: bool,
}

#[derive(Clone)]
struct Record {
    messages: Vec<Message>,
    spending: Spending,
}

impl GeminiCli {
    /// Takes one line; false when it is no record at all.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        if !line.is_object() {
            return false;
        }
        if let Some(patch) = line.get("$set") {
            self.about(patch);
            return true;
        }
        if let Some(id) = str_of(line, "$rewindTo") {
            self.rewind(id);
            return true;
        }
        if line.get("sessionId").is_some() {
            self.about(line);
            return true;
        }
        if line.get("type").is_none() {
            return false;
        }
        self.record(Some(raw), line);
        true
    }

    /// What was read.
    pub fn finish(mut self) -> Transcript {
        let mut calls = Calls::default();
        for record in self.records {
            self.transcript.usage = self.transcript.usage.plus(record.spending.usage);
            if record.spending.usage != Usage::default() {
                self.transcript.spending.push(record.spending);
            }
            for mut message in record.messages {
                calls.name(&mut message);
                message.sidechain |= self.is_subagent;
                self.transcript.messages.push(message);
            }
        }
        self.transcript
    }

    fn about(&mut self, about: &Value) {
        let owned = |key: &str| str_of(about, key).map(str::to_owned);
        let session = &mut self.transcript;
        session.native_id = session.native_id.take().or_else(|| owned("sessionId"));
        session.title = owned("summary").or_else(|| session.title.take());
        let folder = about.get("directories").and_then(|folders| folders.get(0));
        session.cwd = session
            .cwd
            .take()
            .or_else(|| folder.and_then(Value::as_str).map(str::to_owned));
        self.is_subagent |= str_of(about, "kind") == Some("subagent");
        if let Some(records) = about.get("messages").and_then(Value::as_array) {
            for record in records {
                self.record(None, record);
            }
        }
    }

    fn record(&mut self, raw: Option<(u64, u64)>, line: &Value) {
        let mut found = said_in(line);
        let id = str_of(line, "id");
        let at = moment(line.get("timestamp"));
        for (place, message) in found.iter_mut().enumerate() {
            message.native_id = id.map(|id| match place {
                0 => id.to_owned(),
                _ => format!("{id}/{place}"),
            });
            message.at = at;
            message.raw = raw;
        }
        if let Some(model) = str_of(line, "model") {
            self.transcript.model = Some(model.to_owned());
        }
        let record = Record {
            messages: found,
            // A record is never in the file of another session, so its tokens need no name.
            spending: Spending {
                answer: None,
                at,
                model: str_of(line, "model").map(str::to_owned),
                usage: usage(line),
            },
        };
        match id.and_then(|id| self.by_id.get(id)) {
            Some(place) => self.records[*place] = record,
            None => {
                if let Some(id) = id {
                    self.by_id.insert(id.to_owned(), self.records.len());
                }
                self.records.push(record);
            }
        }
    }

    /// The user went back to before this record.
    fn rewind(&mut self, id: &str) {
        let Some(from) = self.by_id.get(id).copied() else {
            return;
        };
        for message in self.records[from..]
            .iter_mut()
            .flat_map(|record| &mut record.messages)
        {
            message.sidechain = true;
        }
        // Asked again under the same id it is another record.
        self.by_id.retain(|_, place| *place < from);
    }
}

/// Reads the form of one object; `None` when the bytes are not one.
pub fn read_document(bytes: &[u8]) -> Option<Transcript> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    document.get("sessionId")?;
    document.get("messages")?.as_array()?;
    let mut reader = GeminiCli::default();
    reader.about(&document);
    Some(reader.finish())
}

fn said_in(line: &Value) -> Vec<Message> {
    let content = line.get("content").unwrap_or(&Value::Null);
    match str_of(line, "type").unwrap_or_default() {
        "user" => messages(Role::User, content),
        "gemini" | "model" | "assistant" => answer(line, content),
        kind => {
            let words = text(content);
            let is_limit = [
                "quota",
                "rate limit",
                "usage limit",
                "resource_exhausted",
                "429",
            ]
            .iter()
            .any(|word| words.to_lowercase().contains(word));
            let mut message = said(Role::System, MessageKind::Meta, words);
            message.error = kind == "error";
            if message.error && is_limit {
                message.kind = MessageKind::Limit;
            }
            vec![message]
        }
    }
}

fn answer(line: &Value, content: &Value) -> Vec<Message> {
    let list = |key: &str| {
        line.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut found: Vec<Message> = list("thoughts")
        .map(|thought| {
            let part = |key: &str| str_of(thought, key).unwrap_or_default();
            let words = format!("{}\n{}", part("subject"), part("description"));
            said(
                Role::Assistant,
                MessageKind::Thinking,
                words.trim().to_owned(),
            )
        })
        .collect();
    found.extend(messages(Role::Assistant, content));
    for made in list("toolCalls") {
        let id = str_of(made, "id").map(str::to_owned);
        let name = str_of(made, "name").unwrap_or("tool");
        let args = made.get("args").cloned().unwrap_or_default();
        found.push(call(id.clone(), name, args));
        let failed = matches!(str_of(made, "status"), Some("error" | "cancelled"));
        let parts = made.get("result").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            let Some(given) = part.get("functionResponse") else {
                continue;
            };
            let mut message = response(given);
            message.error |= failed;
            if let Some(tool) = &mut message.tool {
                tool.call_id.clone_from(&id);
            }
            found.push(message);
        }
    }
    found
}

fn usage(line: &Value) -> Usage {
    let Some(tokens) = line.get("tokens") else {
        return Usage::default();
    };
    let cached = count(tokens, "cached");
    let thoughts = count(tokens, "thoughts");
    Usage {
        // The input includes what was read from the cache, the output leaves out the thoughts.
        input: count(tokens, "input").saturating_sub(cached),
        output: count(tokens, "output").saturating_add(thoughts),
        cache_read: cached,
        cache_write: 0,
        reasoning: thoughts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, read};

    const LOG: &str = r#"{"sessionId":"g1","projectHash":"p","startTime":"2026-03-01T10:00:00Z","kind":"main","directories":["/data/app"]}
{"id":"u1","timestamp":"2026-03-01T10:00:01Z","type":"user","content":[{"text":"Fix the build"},{"text":"and be quick"}]}
{"id":"a1","timestamp":"2026-03-01T10:00:05Z","type":"gemini","content":"","model":"gemini-3-pro","tokens":{"input":100,"output":5,"cached":40,"thoughts":7,"tool":0,"total":112}}
{"id":"a1","timestamp":"2026-03-01T10:00:05Z","type":"gemini","content":"Done.","model":"gemini-3-pro","thoughts":[{"subject":"Look","description":"at the log"}],"tokens":{"input":100,"output":9,"cached":40,"thoughts":7,"tool":0,"total":116},"toolCalls":[{"id":"c1","name":"shell","args":{"command":"make"},"status":"error","result":[{"functionResponse":{"id":"c1","name":"shell","response":{"output":"exit 2"}}}]}]}
{"id":"u2","timestamp":"2026-03-01T10:01:00Z","type":"user","content":"wrong question"}
{"$rewindTo":"u2"}
{"id":"u2","timestamp":"2026-03-01T10:02:00Z","type":"user","content":"right question"}
{"$set":{"summary":"Fixing the build"}}
{"id":"e1","timestamp":"2026-03-01T10:03:00Z","type":"error","content":"Quota exceeded for the day"}
{"broken
"#;

    #[test]
    fn records_count_once_and_what_was_rewound_is_kept_aside() {
        let transcript = read(LOG.as_bytes(), None).unwrap();
        assert_eq!(transcript.format, "gemini_cli");
        assert_eq!(transcript.title.as_deref(), Some("Fixing the build"));
        assert_eq!(transcript.cwd.as_deref(), Some("/data/app"));
        assert_eq!(transcript.broken_lines, 1);
        let told: Vec<(MessageKind, &str, bool)> = transcript
            .messages
            .iter()
            .map(|message| (message.kind, message.text.as_str(), message.sidechain))
            .collect();
        assert_eq!(
            told,
            [
                (MessageKind::Text, "Fix the build\nand be quick", false),
                (MessageKind::Thinking, "Look\nat the log", false),
                (MessageKind::Text, "Done.", false),
                (MessageKind::ToolCall, "shell: command=make", false),
                (MessageKind::ToolResult, "exit 2", false),
                (MessageKind::Text, "wrong question", true),
                (MessageKind::Text, "right question", false),
                (MessageKind::Limit, "Quota exceeded for the day", false),
            ]
        );
        assert!(transcript.messages[4].error);
        let usage = transcript.usage;
        assert_eq!(
            (usage.input, usage.output, usage.cache_read, usage.reasoning),
            (60, 16, 40, 7)
        );
    }

    #[test]
    fn the_object_holds_the_same_records() {
        let text = r#"{"sessionId":"g2","projectHash":"p","startTime":"t","messages":[{"id":"1","type":"user","content":"hi"},{"id":"2","type":"gemini","content":"hello"}]}"#;
        let transcript = read(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.messages.len(), 2);
        assert_eq!(
            Format::from_name(&transcript.format),
            Some(Format::GeminiCli)
        );
    }
}
