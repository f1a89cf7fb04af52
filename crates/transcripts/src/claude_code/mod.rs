//! Claude Code: JSON lines that form a tree of messages.
//!
//! **Invariant:** an answer that lies in several lines counts its tokens once, and what is off the
//! line that the user last saw is kept and marked, never dropped.

mod spend;
mod tree;

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use krake_domain::spending::Spending;
use serde_json::Value;

use crate::blocks::{messages, moment, said, str_of, text};
use crate::calls::Calls;
use crate::places::Places;
use crate::shelf::Shelf;
use crate::verdict::Verdict;
use spend::{Part, Spend};
use tree::{Record, Tree};

/// Reads a session line by line.
#[derive(Default)]
pub struct ClaudeCode {
    transcript: Transcript,
    titles: Titles,
    tree: Tree,
    spend: Spend,
    calls: Calls,
    first_session: Option<String>,
    agent: Option<String>,
    main_lines: u32,
    /// Messages that were handed over before the end.
    given: usize,
}

/// The title that the user set wins over the one that the tool made, and that over a summary.
#[derive(Default)]
struct Titles {
    custom: Option<String>,
    made: Option<String>,
    summary: Option<String>,
}

impl ClaudeCode {
    /// One that lays aside what it knows of a long session.
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            tree: Tree::on(shelf),
            spend: Spend::on(shelf),
            calls: Calls::on(shelf),
            ..Self::default()
        }
    }

    /// Takes one line; false when it is no record at all.
    pub fn line(&mut self, raw: (u64, u64), line: &Value) -> bool {
        if !line.is_object() {
            return false;
        }
        self.note_session(line);
        let owned = |key: &str| str_of(line, key).map(str::to_owned);
        let kind = str_of(line, "type").unwrap_or_default();
        let mut found = match kind {
            "user" => user(line),
            "assistant" => {
                self.note_answer(line);
                assistant(line)
            }
            "system" => system(line),
            "summary" => {
                self.titles.summary = owned("summary");
                Vec::new()
            }
            "ai-title" => {
                self.titles.made = owned("aiTitle");
                Vec::new()
            }
            "custom-title" => {
                self.titles.custom = owned("customTitle");
                Vec::new()
            }
            // Progress, snapshots of files, queue operations and kinds of later versions say nothing
            // of their own, but their place in the tree is needed to walk past them.
            _ => Vec::new(),
        };
        let Some(admitted) = self.tree.admit(str_of(line, "uuid"), &found) else {
            return true;
        };
        let sidechain = line
            .get("isSidechain")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let at = moment(line.get("timestamp"));
        for (place, message) in found.iter_mut().enumerate() {
            message.native_id = admitted.id.as_ref().map(|uuid| {
                if place == 0 {
                    uuid.clone()
                } else {
                    format!("{uuid}/{place}")
                }
            });
            message.parent = owned("parentUuid");
            message.at = at;
            message.sidechain = sidechain;
            message.raw = Some(raw);
            self.calls.name(message);
        }
        self.main_lines += u32::from(!sidechain && !found.is_empty());
        let answer = line
            .get("message")
            .and_then(|message| str_of(message, "id"))
            .filter(|_| kind == "assistant");
        let record = Record {
            parent: str_of(line, "parentUuid"),
            bridge: str_of(line, "logicalParentUuid"),
            continues: found
                .iter()
                .any(|message| message.kind == MessageKind::Summary)
                || str_of(line, "subtype") == Some("compact_boundary"),
            answer: answer.map(|id| self.spend.answer(id)),
            sidechain,
            messages: &found,
        };
        self.tree
            .push(&admitted, &record, |call| self.calls.meet(call));
        self.transcript.messages.append(&mut found);
        true
    }

    /// The messages since the last call. They do not know yet what [`ClaudeCode::verdict`] says.
    pub fn drain(&mut self) -> Vec<Message> {
        let messages = std::mem::take(&mut self.transcript.messages);
        self.given += messages.len();
        messages
    }

    /// What answers took since the last call, each as a whole.
    pub fn drain_spending(&mut self) -> Vec<Spending> {
        self.spend.drain()
    }

    /// What the lines so far say about all messages so far.
    pub fn verdict(&self) -> Verdict {
        Verdict {
            sidechain: self.off_the_line(),
            repeated: Places::default(),
        }
    }

    /// What was read.
    pub fn finish(mut self) -> Transcript {
        let off = self.off_the_line();
        let spending = self.spend.drain();
        let mut messages = self.drain();
        for (place, message) in (self.given - messages.len()..).zip(&mut messages) {
            message.sidechain |= off.contains(place);
        }
        Transcript {
            messages,
            spending,
            ..self.about()
        }
    }

    fn off_the_line(&self) -> Places {
        self.tree
            .off_the_line(self.spend.answers(), self.calls.len())
    }

    /// What was read beside messages and spending, which others have taken.
    pub fn about(&self) -> Transcript {
        let mut about = self.transcript.clone();
        let titles = &self.titles;
        about.title = titles
            .custom
            .as_ref()
            .or(titles.made.as_ref())
            .or(titles.summary.as_ref())
            .cloned();
        about.usage = self.spend.total();
        // A subagent has a file of its own and writes its parent's session id into it.
        if let (0, Some(agent), Some(session)) = (
            self.main_lines,
            self.agent.as_ref(),
            self.transcript.native_id.as_ref(),
        ) {
            about.forked_from = Some(session.clone());
            about.native_id = Some(format!("{session}/{agent}"));
        } else if about.forked_from.is_none() && self.first_session != about.native_id {
            about.forked_from.clone_from(&self.first_session);
        }
        about
    }

    fn note_session(&mut self, line: &Value) {
        let session = &mut self.transcript;
        let keep_first = |slot: &mut Option<String>, key: &str| {
            if slot.is_none() {
                *slot = str_of(line, key)
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned);
            }
        };
        keep_first(&mut self.first_session, "sessionId");
        keep_first(&mut self.agent, "agentId");
        keep_first(&mut session.cwd, "cwd");
        if let Some(id) = str_of(line, "sessionId") {
            session.native_id = Some(id.to_owned());
        }
        if let Some(branch) = str_of(line, "gitBranch").filter(|branch| !branch.is_empty()) {
            session.git_branch = Some(branch.to_owned());
        }
        if let Some(origin) = line
            .get("forkedFrom")
            .and_then(|origin| str_of(origin, "sessionId"))
        {
            session.forked_from = Some(origin.to_owned());
        }
    }

    fn note_answer(&mut self, line: &Value) {
        let Some(answer) = line.get("message") else {
            return;
        };
        if let Some(model) = str_of(answer, "model").filter(|model| !model.starts_with('<')) {
            self.transcript.model = Some(model.to_owned());
        }
        if let Some(usage) = answer.get("usage") {
            let part = Part {
                answer: str_of(answer, "id"),
                request: str_of(line, "requestId"),
                sidechain: line
                    .get("isSidechain")
                    .and_then(Value::as_bool)
                    .unwrap_or(false),
                at: moment(line.get("timestamp")),
                model: str_of(answer, "model").filter(|model| !model.starts_with('<')),
            };
            self.spend.note(&part, usage);
        }
    }
}

/// Openings of user text that the tool wrote itself.
const INJECTED: [&str; 11] = [
    "<system-reminder>",
    "<command-name>",
    "<command-message>",
    "<command-args>",
    "<local-command-",
    "<bash-input>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
    "[Request interrupted",
    "Caveat: The messages below were generated by the user while running local commands",
];

fn user(line: &Value) -> Vec<Message> {
    let flag = |key: &str| line.get(key).and_then(Value::as_bool).unwrap_or(false);
    let content = line
        .get("message")
        .and_then(|message| message.get("content"));
    let mut found = messages(Role::User, content.unwrap_or(&Value::Null));
    for message in found
        .iter_mut()
        .filter(|message| message.kind == MessageKind::Text)
    {
        if flag("isCompactSummary") {
            message.kind = MessageKind::Summary;
        } else if flag("isMeta")
            || INJECTED
                .iter()
                .any(|opening| message.text.trim_start().starts_with(opening))
        {
            message.kind = MessageKind::Meta;
        }
    }
    found
}

fn assistant(line: &Value) -> Vec<Message> {
    let content = line
        .get("message")
        .and_then(|message| message.get("content"));
    let mut found = messages(Role::Assistant, content.unwrap_or(&Value::Null));
    if line.get("isApiErrorMessage").and_then(Value::as_bool) != Some(true) {
        return found;
    }
    let limit = is_limit(line, &found);
    if limit && found.is_empty() {
        found.push(said(
            Role::Assistant,
            MessageKind::Limit,
            "limit reached".to_owned(),
        ));
    }
    for message in &mut found {
        message.kind = if limit {
            MessageKind::Limit
        } else {
            MessageKind::Meta
        };
        message.error = true;
    }
    found
}

fn is_limit(line: &Value, found: &[Message]) -> bool {
    let told = str_of(line, "error") == Some("rate_limit")
        || line.get("apiErrorStatus").and_then(Value::as_u64) == Some(429)
        || line.get("quotaLimits").is_some_and(Value::is_object);
    told || found.iter().any(|message| {
        let text = message.text.to_lowercase();
        [
            "limit reached",
            "hit your limit",
            "hit your session limit",
            "hit your weekly limit",
            "usage limit",
            "out of extra usage",
        ]
        .iter()
        .any(|words| text.contains(words))
    })
}

fn system(line: &Value) -> Vec<Message> {
    let subtype = str_of(line, "subtype").unwrap_or("system");
    let content = line
        .get("content")
        .map(text)
        .filter(|text| !text.is_empty());
    let detail = content.or_else(|| line.get("compactMetadata").map(Value::to_string));
    let mut message = said(
        Role::System,
        MessageKind::Meta,
        detail.map_or_else(
            || subtype.to_owned(),
            |detail| format!("{subtype}: {detail}"),
        ),
    );
    message.error = str_of(line, "level") == Some("error");
    vec![message]
}

#[cfg(test)]
mod tests;
