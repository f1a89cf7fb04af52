//! A call of a tool as a person would tell it: the name of the tool, and the one thing that it was
//! called with that tells it from others.
//!
//! **Invariant:** what it is told by stands on one line, whatever the call holds.

use std::borrow::Cow;

use krake_domain::session::{Message, MessageKind};
use serde_json::Value;

use super::calls::{Act, PATHS, Task, act, first_line, str_of};

/// A call in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gist {
    /// The tool's own name; empty where nobody said it.
    pub tool: String,
    /// What it was called with that tells it from others; empty where it was called with nothing.
    pub about: String,
}

/// The gist of the call in this message; paths below the folder of the work are told from there on.
/// Nothing where the message is no call.
#[must_use]
pub fn gist(message: &Message, folder: Option<&str>) -> Option<Gist> {
    if message.kind != MessageKind::ToolCall {
        return None;
    }
    let tool = message
        .tool
        .as_ref()
        .map_or("", |tool| tool.name.as_str())
        .trim();
    let folder = folder.unwrap_or_default();
    let about = match act(message) {
        Act::Edit(paths) => listed(&paths, folder),
        Act::Shell { command, .. } => first_line(&command).to_owned(),
        Act::Tasks(tasks) => next(&tasks).to_owned(),
        Act::NewTask(text) => text.to_owned(),
        Act::TaskState { number, .. } => {
            let state = message.tool.as_ref().map(|tool| &tool.input);
            let state = state.and_then(|input| str_of(input, &["status"]));
            format!("#{number} {}", state.unwrap_or_default())
        }
        Act::Question => asked(message).unwrap_or_default().to_owned(),
        Act::Other => told_by(message, folder),
    };
    let about = match about.trim() {
        "" => spoken(message, tool),
        _ => about.as_str(),
    };
    Some(Gist {
        tool: one_line(tool),
        about: one_line(about),
    })
}

impl Gist {
    /// Both on one line.
    #[must_use]
    pub fn line(&self) -> String {
        match (self.tool.as_str(), self.about.as_str()) {
            ("", said) | (said, "") => said.to_owned(),
            (tool, about) => format!("{tool}: {about}"),
        }
    }
}

/// Everything that a call was called with, a value on a line, without the names of its fields; at
/// most about so many bytes of it.
#[must_use]
pub fn call_values(message: &Message, most: usize) -> String {
    let mut text = String::new();
    if let Some(tool) = &message.tool {
        gather(&tool.input, &mut text, most);
    }
    text.truncate(text.trim_end_matches('\n').len());
    text
}

fn gather(value: &Value, text: &mut String, most: usize) {
    if text.len() >= most {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, text, most)),
        Value::Object(fields) => fields.values().for_each(|field| gather(field, text, most)),
        Value::String(said) => {
            let room = most - text.len();
            text.push_str(&said[..said.floor_char_boundary(room)]);
            text.push('\n');
        }
        Value::Number(number) => {
            text.push_str(&number.to_string());
            text.push('\n');
        }
        Value::Bool(_) | Value::Null => {}
    }
}

/// Fields that tell what is looked for or where, before the path that it is looked for below.
const SOUGHT: [&str; 9] = [
    "pattern",
    "regex",
    "query",
    "q",
    "search_term",
    "url",
    "uri",
    "urls",
    "queries",
];
/// Fields with the folder that a call is about.
const FOLDERS: [&str; 4] = ["dir_path", "directory", "folder", "dir"];
/// Fields in which a call says itself what it is for.
const SAID: [&str; 7] = [
    "description",
    "subject",
    "title",
    "prompt",
    "question",
    "skill",
    "name",
];
/// Folders that are shown of a long path, with the file.
const LAST: usize = 3;
/// Paths that are named of many.
const NAMED: usize = 3;
/// A longer value tells less than a shorter one beside it.
const SHORT: usize = 120;
/// Letters of what a call is told by.
const MOST: usize = 300;

fn told_by(message: &Message, folder: &str) -> String {
    let Some(tool) = &message.tool else {
        return String::new();
    };
    let input = match &tool.input {
        Value::String(text) => return text.clone(),
        Value::Object(_) => &tool.input,
        _ => return String::new(),
    };
    let text = |keys: &[&str]| str_of(input, keys).filter(|text| !text.trim().is_empty());
    if let Some(sought) = text(&SOUGHT) {
        return sought.to_owned();
    }
    if let Some(path) = text(&PATHS).or_else(|| text(&FOLDERS)) {
        return shown(path, folder);
    }
    if let Some(said) = text(&SAID) {
        return said.to_owned();
    }
    first_short(input).unwrap_or_default()
}

/// The first short text that the tool was given, else the first of all that can be said in a line.
fn first_short(input: &Value) -> Option<String> {
    let fields = input.as_object()?;
    let leaf = |value: &Value| match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(items) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            (!texts.is_empty() && texts.len() == items.len()).then(|| texts.join(", "))
        }
        _ => None,
    };
    let texts: Vec<String> = fields.values().filter_map(leaf).collect();
    let short = |text: &&String| text.len() <= SHORT && !text.trim().contains('\n');
    let number = || {
        let mut fields = fields.iter();
        fields.find_map(|(key, value)| value.is_number().then(|| format!("{key}={value}")))
    };
    let first = texts.iter().find(short).or(texts.first());
    first.cloned().or_else(number)
}

/// What the next step of a list of tasks is, or was where all are done.
fn next(tasks: &[Task]) -> &str {
    let open = tasks.iter().find(|task| !task.done);
    open.or(tasks.last()).map_or("", |task| task.text.as_str())
}

/// The first question of a call that asks the user.
fn asked(message: &Message) -> Option<&str> {
    let input = &message.tool.as_ref()?.input;
    let first = input
        .get("questions")
        .and_then(|questions| questions.get(0));
    first
        .and_then(|question| str_of(question, &["question"]).or(question.as_str()))
        .or_else(|| str_of(input, &["question", "prompt", "message"]))
}

/// What the message itself says, where the call holds nothing that tells it.
fn spoken<'m>(message: &'m Message, tool: &str) -> &'m str {
    let text = message.text.trim();
    let said = match text.strip_prefix(tool) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(':').unwrap_or(text),
        None => text,
    };
    let mut lines = said.lines();
    lines.find(|line| !line.trim().is_empty()).unwrap_or("")
}

fn listed(paths: &[Cow<'_, str>], folder: &str) -> String {
    let mut named: Vec<String> = paths
        .iter()
        .take(NAMED)
        .map(|path| shown(path, folder))
        .collect();
    if paths.len() > NAMED {
        named.push(format!("+{}", paths.len() - NAMED));
    }
    named.join(", ")
}

/// A path from the folder of the work on; of one elsewhere its end.
fn shown(path: &str, folder: &str) -> String {
    let path = path.trim();
    let is_break = |letter: char| matches!(letter, '/' | '\\');
    let folder = folder.trim_end_matches(is_break);
    if !folder.is_empty()
        && let Some(rest) = path.strip_prefix(folder)
    {
        let inner = rest.trim_start_matches(is_break);
        if rest.starts_with(is_break) && !inner.is_empty() {
            return inner.to_owned();
        }
        if inner.is_empty() && rest.is_empty() {
            return path.rsplit(is_break).next().unwrap_or(path).to_owned();
        }
    }
    let from_root = path.starts_with(is_break) || path.get(1..3).is_some_and(|two| two == ":\\");
    let parts: Vec<&str> = path.split(is_break).collect();
    if from_root && parts.len() > LAST + 2 {
        return format!("…/{}", parts[parts.len() - LAST..].join("/"));
    }
    path.to_owned()
}

/// The first line that says something, not longer than a line.
fn one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match first.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &first[..end]),
        None => first.to_owned(),
    }
}

#[cfg(test)]
#[path = "gist_test.rs"]
mod tests;
