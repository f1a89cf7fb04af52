//! Codex: rollouts of today (an envelope with a payload), the direct lines before them, and the
//! single object before those.
//!
//! **Invariant:** tokens are the rises of the session's own counter; what a fork repeats of its
//! parent is not counted again.

use std::collections::HashMap;

use krake_domain::session::{Message, MessageKind, Role, Transcript, Usage};
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::blocks::{call, count, moment, result, said, str_of, text};
use crate::message_array::{arguments, name_results, role_of};

/// Reads a rollout line by line.
#[derive(Default)]
pub struct Codex {
    transcript: Transcript,
    names: HashMap<String, String>,
    /// Places of messages that came as events; they repeat the items where both are written.
    echoes: Vec<usize>,
    counter: Usage,
    replay: Replay,
    met_meta: bool,
}

/// A fork begins with its parent's lines, written in one burst.
#[derive(Default)]
struct Replay {
    forked: bool,
    last: Option<Timestamp>,
    over: bool,
}

/// A pause between two lines that no burst has, in milliseconds.
const BURST_GAP_MS: i64 = 1_000;

impl Codex {
    /// Takes one line; false when it is no record at all.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        if !line.is_object() {
            return false;
        }
        let at = moment(line.get("timestamp"));
        self.replay.pass(at);
        let first = self.transcript.messages.len();
        let payload = line.get("payload").unwrap_or(&Value::Null);
        match str_of(line, "type").unwrap_or_default() {
            "session_meta" => self.meta(payload),
            "response_item" => self.item(payload),
            "event_msg" => self.event(payload),
            "turn_context" => self.turn(payload),
            "compacted" => self.push(said(
                Role::User,
                MessageKind::Summary,
                payload.get("message").map(text).unwrap_or_default(),
            )),
            "" if line.get("record_type").is_none() && line.get("id").is_some() => self.meta(line),
            _ => self.item(line),
        }
        let end = self.transcript.messages.len();
        for message in &mut self.transcript.messages[first.min(end)..] {
            message.at = at;
            message.raw = Some(raw);
        }
        true
    }

    /// What was read.
    pub fn finish(mut self) -> Transcript {
        let spoke = |transcript: &Transcript, echoes: &[usize], role: Role| {
            transcript
                .messages
                .iter()
                .enumerate()
                .any(|(place, message)| {
                    message.role == role
                        && message.kind == MessageKind::Text
                        && echoes.binary_search(&place).is_err()
                })
        };
        let has = [Role::User, Role::Assistant]
            .map(|role| (role, spoke(&self.transcript, &self.echoes, role)));
        let mut place = 0;
        self.transcript.messages.retain(|message| {
            let echo = self.echoes.binary_search(&place).is_ok();
            place += 1;
            !(echo && message.kind == MessageKind::Text && has.contains(&(message.role, true)))
        });
        self.transcript
    }

    fn push(&mut self, mut message: Message) {
        name_results(&mut self.names, &mut message);
        self.transcript.messages.push(message);
    }

    /// The first is the session's own; a fork carries its parent's after it.
    fn meta(&mut self, meta: &Value) {
        if std::mem::replace(&mut self.met_meta, true) {
            return;
        }
        let owned = |value: &Value, key: &str| str_of(value, key).map(str::to_owned);
        let session = &mut self.transcript;
        session.native_id = owned(meta, "id");
        session.cwd = session.cwd.take().or_else(|| owned(meta, "cwd"));
        session.git_branch = meta.get("git").and_then(|git| owned(git, "branch"));
        let subagent = meta.get("source").and_then(|source| source.get("subagent"));
        let parent = subagent
            .and_then(|agent| agent.get("thread_spawn"))
            .and_then(|spawn| owned(spawn, "parent_thread_id"));
        session.forked_from = owned(meta, "forked_from_id").or(parent);
        self.replay.forked = session.forked_from.is_some() || subagent.is_some();
    }

    fn turn(&mut self, turn: &Value) {
        let session = &mut self.transcript;
        if session.cwd.is_none() {
            session.cwd = str_of(turn, "cwd").map(str::to_owned);
        }
        if let Some(model) = str_of(turn, "model") {
            session.model = Some(model.to_owned());
        }
    }

    fn item(&mut self, item: &Value) {
        let owned = |key: &str| str_of(item, key).map(str::to_owned);
        let call_id = || owned("call_id").or_else(|| owned("id"));
        let name = str_of(item, "name").unwrap_or("tool");
        let message = match str_of(item, "type").unwrap_or_default() {
            "message" => said_by(item),
            "reasoning" => said(
                Role::Assistant,
                MessageKind::Thinking,
                item.get("summary").map(text).unwrap_or_default(),
            ),
            "function_call" => call(call_id(), name, arguments(item.get("arguments"))),
            "custom_tool_call" => call(
                call_id(),
                name,
                item.get("input").cloned().unwrap_or_default(),
            ),
            "local_shell_call" => call(
                call_id(),
                "shell",
                item.get("action").cloned().unwrap_or_default(),
            ),
            "web_search_call" => call(
                call_id(),
                "web_search",
                item.get("action").cloned().unwrap_or_default(),
            ),
            "function_call_output" | "custom_tool_call_output" => {
                let (text, error) = output(item.get("output").unwrap_or(&Value::Null));
                result(call_id(), text, error)
            }
            _ => return,
        };
        let silent = message.text.trim().is_empty() && message.tool.is_none();
        if !silent {
            let mut message = message;
            message.native_id = owned("id");
            self.push(message);
        }
    }

    fn event(&mut self, event: &Value) {
        let said_in = |key: &str| event.get(key).map(text).unwrap_or_default();
        match str_of(event, "type").unwrap_or_default() {
            "user_message" => self.echo(said(Role::User, MessageKind::Text, said_in("message"))),
            "agent_message" => {
                self.echo(said(Role::Assistant, MessageKind::Text, said_in("message")))
            }
            "token_count" => self.tokens(event),
            "thread_name_updated" => {
                self.transcript.title = str_of(event, "thread_name")
                    .or_else(|| str_of(event, "name"))
                    .map(str::to_owned)
            }
            "thread_rolled_back" => self.roll_back(count(event, "num_turns")),
            "turn_aborted" => self.push(said(
                Role::System,
                MessageKind::Meta,
                format!("turn aborted: {}", said_in("reason")),
            )),
            "error" | "stream_error" => {
                let text = said_in("message");
                let limit = ["usage limit", "rate limit", "quota"]
                    .iter()
                    .any(|words| text.to_lowercase().contains(words));
                let kind = if limit {
                    MessageKind::Limit
                } else {
                    MessageKind::Meta
                };
                let mut message = said(Role::System, kind, text);
                message.error = true;
                self.push(message);
            }
            _ => {}
        }
    }

    fn echo(&mut self, mut message: Message) {
        if message.text.trim().is_empty() {
            return;
        }
        if message.role == Role::User && is_injected(&message.text) {
            message.kind = MessageKind::Meta;
        }
        self.echoes.push(self.transcript.messages.len());
        self.push(message);
    }

    fn tokens(&mut self, event: &Value) {
        if let Some(total) = event
            .get("info")
            .and_then(|info| info.get("total_token_usage"))
        {
            let now = reading(total);
            if !self.replay.is_on() {
                let sum = &mut self.transcript.usage;
                let rise = |sum: &mut u64, now: u64, before: u64| {
                    *sum = sum.saturating_add(now.saturating_sub(before))
                };
                rise(&mut sum.input, now.input, self.counter.input);
                rise(&mut sum.output, now.output, self.counter.output);
                rise(&mut sum.cache_read, now.cache_read, self.counter.cache_read);
                rise(&mut sum.reasoning, now.reasoning, self.counter.reasoning);
            }
            self.counter = now;
        }
        let spent = |window: &str| {
            let used = event
                .get("rate_limits")
                .and_then(|limits| limits.get(window))
                .and_then(|window| window.get("used_percent"));
            used.and_then(Value::as_f64)
                .is_some_and(|used| used >= 100.0)
        };
        let known = self
            .transcript
            .messages
            .last()
            .is_some_and(|message| message.kind == MessageKind::Limit);
        if !known && !self.replay.is_on() && (spent("primary") || spent("secondary")) {
            self.push(said(
                Role::System,
                MessageKind::Limit,
                "limit reached".to_owned(),
            ));
        }
    }

    /// The user took back their last turns: they stay, off the visible line.
    fn roll_back(&mut self, turns: u64) {
        let mut left = turns;
        let mut from = self.transcript.messages.len();
        // A request that stands both as an item and as an event is one turn.
        let mut opened = None;
        for (place, message) in self.transcript.messages.iter().enumerate().rev() {
            if message.role != Role::User || message.kind != MessageKind::Text || message.sidechain
            {
                continue;
            }
            if opened != Some(&message.text) {
                if left == 0 {
                    break;
                }
                left -= 1;
                opened = Some(&message.text);
            }
            from = place;
        }
        for message in &mut self.transcript.messages[from..] {
            message.sidechain = true;
        }
    }
}

impl Replay {
    fn pass(&mut self, at: Option<Timestamp>) {
        if let (Some(last), Some(at)) = (self.last, at) {
            self.over |= at.0.saturating_sub(last.0) >= BURST_GAP_MS;
        }
        self.last = at.or(self.last);
    }

    fn is_on(&self) -> bool {
        self.forked && !self.over
    }
}

/// Reads the oldest generation, one object; `None` when the bytes are not one.
pub fn read_document(bytes: &[u8]) -> Option<Transcript> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let items = document.get("items").and_then(Value::as_array)?;
    let mut reader = Codex::default();
    reader.meta(document.get("session")?);
    for item in items {
        let first = reader.transcript.messages.len();
        reader.item(item);
        let at = moment(item.get("timestamp"));
        for message in &mut reader.transcript.messages[first..] {
            message.at = at;
        }
        if !item.is_object() {
            reader.transcript.broken_lines = reader.transcript.broken_lines.saturating_add(1);
        }
    }
    Some(reader.finish())
}

/// Openings of user items that Codex writes itself.
const INJECTED: [&str; 8] = [
    "<environment_context>",
    "<permissions instructions>",
    "<user_instructions>",
    "<INSTRUCTIONS>",
    "<turn_aborted>",
    "<collaboration_mode>",
    "<skill",
    "# AGENTS.md",
];

fn is_injected(text: &str) -> bool {
    INJECTED
        .iter()
        .any(|opening| text.trim_start().starts_with(opening))
}

fn said_by(item: &Value) -> Message {
    let role = role_of(str_of(item, "role").unwrap_or("user"));
    let text = item.get("content").map(text).unwrap_or_default();
    let meta = role == Role::System || (role == Role::User && is_injected(&text));
    said(
        role,
        if meta {
            MessageKind::Meta
        } else {
            MessageKind::Text
        },
        text,
    )
}

/// The text of an output and whether it says that the call failed.
fn output(value: &Value) -> (String, bool) {
    let inner = value
        .as_str()
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    let value = inner
        .as_ref()
        .filter(|inner| inner.get("output").is_some())
        .unwrap_or(value);
    let exit = value
        .get("metadata")
        .and_then(|metadata| metadata.get("exit_code"))
        .and_then(Value::as_i64);
    let refused = value.get("success").and_then(Value::as_bool) == Some(false);
    let text = text(value);
    let told = text.lines().take(6).find_map(|line| {
        let code = line
            .strip_prefix("Exit code: ")
            .or_else(|| line.strip_prefix("Process exited with code "));
        code.and_then(|code| code.trim().parse::<i64>().ok())
    });
    let failed = exit.or(told).is_some_and(|code| code != 0) || refused;
    (text, failed)
}

fn reading(total: &Value) -> Usage {
    let cached = count(total, "cached_input_tokens");
    Usage {
        // The counter's input includes what was read from the cache.
        input: count(total, "input_tokens").saturating_sub(cached),
        output: count(total, "output_tokens"),
        cache_read: cached,
        cache_write: 0,
        reasoning: count(total, "reasoning_output_tokens"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, read};

    #[test]
    fn a_rollout_is_read_once_although_it_is_written_twice() {
        let transcript = read(include_bytes!("../fixtures/codex.jsonl"), None).unwrap();
        assert_eq!(transcript.native_id.as_deref(), Some("0199-fork"));
        assert_eq!(transcript.forked_from.as_deref(), Some("0199-parent"));
        assert_eq!(
            (transcript.cwd.as_deref(), transcript.model.as_deref()),
            (Some("/data/api"), Some("gpt-5.2-codex"))
        );
        assert_eq!(transcript.title.as_deref(), Some("Speed up the import"));
        assert_eq!(transcript.broken_lines, 1);
        let spoken: Vec<(&str, MessageKind, bool)> = transcript
            .messages
            .iter()
            .map(|message| (message.text.as_str(), message.kind, message.sidechain))
            .collect();
        assert_eq!(
            spoken,
            [
                (
                    "<environment_context>x</environment_context>",
                    MessageKind::Meta,
                    false
                ),
                (
                    "Make the import faster, keep the order.",
                    MessageKind::Text,
                    false
                ),
                ("Two scans of the file.", MessageKind::Thinking, false),
                (
                    "shell: command=[\"cargo\",\"bench\"]",
                    MessageKind::ToolCall,
                    false
                ),
                ("import 812 ms", MessageKind::ToolResult, false),
                ("try it in C", MessageKind::Text, true),
                ("One pass is enough.", MessageKind::Text, false),
                ("You've hit your usage limit.", MessageKind::Limit, false),
            ]
        );
        assert!(transcript.messages[4].error);
        assert_eq!(transcript.messages[4].tool.as_ref().unwrap().name, "shell");
        // The parent had spent 1000/400/50/5; then the counter rose once and was written twice.
        let usage = transcript.usage;
        assert_eq!(
            (usage.input, usage.cache_read, usage.output, usage.reasoning),
            (300, 200, 30, 10)
        );
    }

    #[test]
    fn the_generations_before_are_read() {
        let lines = "{\"id\":\"o1\",\"timestamp\":\"2025-06-01T00:00:00Z\",\"instructions\":null,\"git\":{\"branch\":\"dev\"}}\n\
                     {\"record_type\":\"state\"}\n\
                     {\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}\n";
        let transcript = read(lines.as_bytes(), None).unwrap();
        assert_eq!(
            (
                transcript.native_id.as_deref(),
                transcript.git_branch.as_deref()
            ),
            (Some("o1"), Some("dev"))
        );
        assert_eq!(transcript.messages.len(), 1);

        let object = br#"{"session":{"id":"o2","cwd":"/x"},"items":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yo"}]},3]}"#;
        let transcript = read(object, None).unwrap();
        assert_eq!(
            (transcript.native_id.as_deref(), transcript.cwd.as_deref()),
            (Some("o2"), Some("/x"))
        );
        assert_eq!(
            (transcript.messages[0].role, transcript.broken_lines),
            (Role::Assistant, 1)
        );
    }

    #[test]
    fn events_alone_are_the_conversation() {
        let lines = r#"{"timestamp":"2026-01-01T00:00:00Z","type":"event_msg","payload":{"type":"user_message","message":"hi"}}
{"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"agent_message","message":"hello"}}"#;
        assert_eq!(
            read(lines.as_bytes(), Some(Format::Codex))
                .unwrap()
                .messages
                .len(),
            2
        );
    }
}
