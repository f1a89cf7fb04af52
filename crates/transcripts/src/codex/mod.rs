//! Codex: rollouts of today (an envelope with a payload), the direct lines before them, and the
//! single object before those.
//!
//! **Invariant:** tokens are the rises of the session's own counter; what a fork repeats of its
//! parent is not counted again.

mod items;
mod tokens;

use krake_domain::session::{Message, MessageKind, Role, Transcript, Usage};
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::blocks::{count, moment, said, str_of, text};
use crate::calls::Calls;
use crate::ids::Mark;
use crate::places::Places;
use crate::shelf::Shelf;
use crate::verdict::Verdict;
use items::is_injected;
use tokens::{Counter, Replay};

/// A message without its text.
struct Outline {
    role: Role,
    kind: MessageKind,
    /// It came as an event; events repeat the items where both are written.
    echo: bool,
    /// The user took it back.
    taken_back: bool,
}

/// Reads a rollout line by line.
#[derive(Default)]
pub struct Codex {
    transcript: Transcript,
    calls: Calls,
    /// What is needed of each message to the end; the messages themselves may be gone by then.
    outlines: Vec<Outline>,
    /// Requests of the user by their places, each with a mark of its text.
    requests: Vec<(usize, Mark)>,
    /// Messages that were handed over before the end.
    given: usize,
    counter: Counter,
    replay: Replay,
    met_meta: bool,
    /// The moment of the line that is being read.
    at: Option<Timestamp>,
}

impl Codex {
    /// One that lays aside what it knows of a long session.
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            calls: Calls::on(shelf),
            ..Self::default()
        }
    }

    /// Takes one line; false when it is no record at all.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        if !line.is_object() {
            return false;
        }
        let at = moment(line.get("timestamp"));
        self.replay.pass(at);
        self.at = at;
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

    /// The messages since the last call. They do not know yet what [`Codex::verdict`] says.
    pub fn drain(&mut self) -> Vec<Message> {
        let messages = std::mem::take(&mut self.transcript.messages);
        self.given += messages.len();
        messages
    }

    /// What the lines so far say about all messages so far.
    pub fn verdict(&self) -> Verdict {
        let speaks_in_items = |role: Role| {
            self.outlines.iter().any(|message| {
                message.role == role && message.kind == MessageKind::Text && !message.echo
            })
        };
        let has = [Role::User, Role::Assistant].map(|role| (role, speaks_in_items(role)));
        let places = |test: &dyn Fn(&Outline) -> bool| -> Places {
            let found = self.outlines.iter().enumerate();
            found
                .filter(|(_, message)| test(message))
                .map(|(place, _)| place)
                .collect()
        };
        Verdict {
            sidechain: places(&|message| message.taken_back),
            repeated: places(&|message| {
                message.echo
                    && message.kind == MessageKind::Text
                    && has.contains(&(message.role, true))
            }),
        }
    }

    /// What answers took since the last call.
    pub fn drain_spending(&mut self) -> Vec<Spending> {
        std::mem::take(&mut self.transcript.spending)
    }

    /// What was read.
    pub fn finish(mut self) -> Transcript {
        let verdict = self.verdict();
        let messages = std::mem::take(&mut self.transcript.messages);
        self.transcript.messages = verdict.apply(self.given, messages);
        self.transcript.usage = self.counter.spent;
        self.transcript
    }

    /// What was read beside messages and spending, which others have taken.
    pub fn about(&self) -> Transcript {
        Transcript {
            usage: self.counter.spent,
            ..self.transcript.clone()
        }
    }

    fn push(&mut self, message: Message) {
        self.put(message, false);
    }

    fn put(&mut self, mut message: Message, echo: bool) {
        self.calls.name(&mut message);
        if message.role == Role::User && message.kind == MessageKind::Text {
            let mark = Mark::of(&message.text);
            self.requests.push((self.outlines.len(), mark));
        }
        self.outlines.push(Outline {
            role: message.role,
            kind: message.kind,
            echo,
            taken_back: false,
        });
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
        session.git_commit = meta.get("git").and_then(|git| owned(git, "commit_hash"));
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
        if let Some(message) = items::message(item) {
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
        self.put(message, true);
    }

    fn tokens(&mut self, event: &Value) {
        let total = event
            .get("info")
            .and_then(|info| info.get("total_token_usage"));
        if let Some(total) = total {
            let rise = self.counter.read(total, self.replay.is_on());
            if rise != Usage::default() {
                self.transcript.spending.push(Spending {
                    answer: None,
                    at: self.at,
                    model: self.transcript.model.clone(),
                    usage: rise,
                });
            }
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
            .outlines
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
        let mut from = self.outlines.len();
        // A request that stands both as an item and as an event is one turn.
        let mut opened = None;
        for (place, mark) in self.requests.iter().rev() {
            if self.outlines[*place].taken_back {
                continue;
            }
            if opened != Some(*mark) {
                if left == 0 {
                    break;
                }
                left -= 1;
                opened = Some(*mark);
            }
            from = *place;
        }
        for message in &mut self.outlines[from..] {
            message.taken_back = true;
        }
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

#[cfg(test)]
mod tests;
