//! What a tool call does, in the words of many tools: which file, which command, which list of tasks.

use std::borrow::Cow;
use std::sync::LazyLock;

use krake_domain::session::{Message, MessageKind};
use regex::Regex;
use serde_json::Value;

use super::entity::is_file_name;

/// One entry of a list of tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub text: String,
    pub done: bool,
}

/// What a call does, as far as a briefing needs to know.
#[derive(Debug, PartialEq)]
pub enum Act<'a> {
    /// Files are changed.
    Edit(Vec<Cow<'a, str>>),
    /// A command of a shell; it may change files as well.
    Shell {
        command: Cow<'a, str>,
        edits: Vec<Cow<'a, str>>,
    },
    /// The whole list of tasks is written anew.
    Tasks(Vec<Task>),
    NewTask(&'a str),
    /// A task, counted from 1, gets another state.
    TaskState {
        number: usize,
        done: bool,
    },
    /// The user is asked.
    Question,
    Other,
}

/// What the call in this message does.
#[must_use]
pub fn act(message: &Message) -> Act<'_> {
    let Some(tool) = message
        .tool
        .as_ref()
        .filter(|_| message.kind == MessageKind::ToolCall)
    else {
        return Act::Other;
    };
    let input = &tool.input;
    let name = tool.name.to_lowercase();
    match name.as_str() {
        "todowrite" | "todo_write" | "update_plan" | "write_todos" => {
            return tasks(input).map_or(Act::Other, Act::Tasks);
        }
        "taskcreate" => {
            return str_of(input, &["subject", "content", "title"])
                .map_or(Act::Other, Act::NewTask);
        }
        "taskupdate" => return task_state(input).unwrap_or(Act::Other),
        "askuserquestion" | "ask_user" | "ask_followup_question" | "request_user_input" => {
            return Act::Question;
        }
        _ => {}
    }
    let edits = ["edit", "write", "patch", "replace", "create_file", "insert"]
        .iter()
        .any(|word| name.contains(word));
    if let Some(command) = command(input).filter(|_| !edits || name.contains("shell")) {
        let edits = edits_of_command(&command);
        return Act::Shell { command, edits };
    }
    if !edits && name != "create" && name != "multiedit" {
        return Act::Other;
    }
    let path = str_of(input, &PATHS).map(|path| vec![Cow::Borrowed(path)]);
    let patch = || {
        str_of(input, &["input", "patch", "diff"])
            .or_else(|| input.as_str())
            .map(patched)
    };
    match path.or_else(patch) {
        Some(paths) if !paths.is_empty() => Act::Edit(paths),
        _ => Act::Other,
    }
}

/// The command of a shell that this message calls, if it does.
#[must_use]
pub fn command_of(message: &Message) -> Option<String> {
    match act(message) {
        Act::Shell { command, .. } => Some(command.into_owned()),
        _ => None,
    }
}

/// What the account itself put down: what it says, its commands, paths and queries; no bodies of files.
#[must_use]
pub fn own_words(message: &Message) -> Cow<'_, str> {
    let Some(tool) = message
        .tool
        .as_ref()
        .filter(|_| message.kind == MessageKind::ToolCall)
    else {
        return Cow::Borrowed(&message.text);
    };
    match &tool.input {
        Value::Object(fields) => {
            let said: Vec<Cow<'_, str>> = fields
                .iter()
                .filter(|(key, _)| !BODIES.contains(&key.as_str()))
                .filter_map(|(key, value)| match value {
                    Value::String(text) if key == "command" || key == "cmd" => {
                        Some(Cow::Owned(without_bodies(text)))
                    }
                    Value::String(text) if text.len() <= 2_000 => {
                        Some(Cow::Borrowed(text.as_str()))
                    }
                    Value::Array(_) => joined(value).map(|text| Cow::Owned(without_bodies(&text))),
                    _ => None,
                })
                .collect();
            Cow::Owned(said.join("\n"))
        }
        Value::String(text) => {
            let paths = patched(text);
            if paths.is_empty() {
                Cow::Owned(without_bodies(text))
            } else {
                Cow::Owned(paths.join("\n"))
            }
        }
        _ => Cow::Borrowed(&message.text),
    }
}

/// The first line of a command that does something, without the change of folder before it.
#[must_use]
pub fn first_line(command: &str) -> &str {
    let moves = |line: &str| line.starts_with("cd ") && !line.contains("&&") && !line.contains(';');
    let line = command
        .lines()
        .map(str::trim)
        .find(|line| !(line.is_empty() || line.starts_with('#') || moves(line)));
    let mut line = line.unwrap_or_default();
    while let Some(rest) = line.strip_prefix("cd ") {
        let Some(at) = rest
            .find("&&")
            .map(|at| at + 2)
            .or_else(|| rest.find(';').map(|at| at + 1))
        else {
            break;
        };
        line = rest[at..].trim_start();
    }
    line
}

pub(super) const PATHS: [&str; 7] = [
    "file_path",
    "path",
    "notebook_path",
    "filePath",
    "target_file",
    "filename",
    "absolute_path",
];

/// Fields that hold bodies of files, which can be read again.
const BODIES: [&str; 9] = [
    "content",
    "old_string",
    "new_string",
    "new_source",
    "file_text",
    "old_str",
    "new_str",
    "todos",
    "edits",
];

static HEREDOC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"<<-?\s*\\?['"]?(\w+)['"]?"#).expect("the pattern is constant"));
static PATCH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\*\*\* (?:Update|Add|Delete) File: (.+)$").expect("the pattern is constant")
});
static WRITES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:\bsed\s+(?:-\w+\s+)*-i\S*\s.*?\s|\btee\s+(?:-a\s+)?|>{1,2}\s*)['"]?((?:[\w.~-]*/)*[\w-][\w.-]*\.\w+)['"]?(?:\s|$|;|&|\|)"#)
        .expect("the pattern is constant")
});

/// The first of these fields that holds a text.
pub(super) fn str_of<'a>(input: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| input.get(*key)?.as_str())
}

fn command(input: &Value) -> Option<Cow<'_, str>> {
    let field = ["command", "cmd", "script"]
        .iter()
        .find_map(|key| input.get(*key))?;
    match field {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Array(_) => joined(field).map(Cow::Owned),
        _ => None,
    }
}

/// A command given as a list; the shell around it is left out.
fn joined(list: &Value) -> Option<String> {
    let words: Vec<&str> = list.as_array()?.iter().filter_map(Value::as_str).collect();
    Some(match words.as_slice() {
        [shell, flag, script]
            if flag.starts_with('-') && flag.ends_with('c') && shell.ends_with("sh") =>
        {
            (*script).to_owned()
        }
        words => words.join(" "),
    })
}

fn patched(patch: &str) -> Vec<Cow<'_, str>> {
    PATCH
        .captures_iter(patch)
        .filter_map(|found| found.get(1))
        .map(|path| Cow::Borrowed(path.as_str().trim()))
        .collect()
}

fn edits_of_command(command: &str) -> Vec<Cow<'static, str>> {
    let mut paths: Vec<Cow<'static, str>> = patched(command)
        .into_iter()
        .map(|path| Cow::Owned(path.into_owned()))
        .collect();
    let bare = without_bodies(command);
    paths.extend(
        WRITES
            .captures_iter(&bare)
            .filter_map(|found| found.get(1))
            .map(|path| path.as_str().to_owned())
            .filter(|path| !path.starts_with("/dev/") && is_file_name(path))
            .map(Cow::Owned),
    );
    paths.dedup();
    paths
}

/// A script without the bodies of its here-documents.
fn without_bodies(script: &str) -> String {
    let mut kept = String::with_capacity(script.len().min(4_096));
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        kept.push_str(line);
        kept.push('\n');
        let Some(mark) = HEREDOC.captures(line).and_then(|found| found.get(1)) else {
            continue;
        };
        for body in lines.by_ref() {
            if body.trim() == mark.as_str() {
                break;
            }
        }
    }
    kept
}

fn tasks(input: &Value) -> Option<Vec<Task>> {
    let list = ["todos", "plan", "items"]
        .iter()
        .find_map(|key| input.get(*key)?.as_array())?;
    Some(
        list.iter()
            .filter_map(|entry| {
                let text = str_of(entry, &["content", "step", "text", "description"])?.to_owned();
                Some(Task {
                    text,
                    done: is_done(str_of(entry, &["status"])),
                })
            })
            .collect(),
    )
}

fn task_state(input: &Value) -> Option<Act<'_>> {
    let field = input.get("taskId").or_else(|| input.get("id"))?;
    let number = field.as_u64().or_else(|| field.as_str()?.parse().ok())?;
    let done = is_done(Some(str_of(input, &["status"])?));
    Some(Act::TaskState {
        number: usize::try_from(number).ok()?,
        done,
    })
}

fn is_done(status: Option<&str>) -> bool {
    matches!(status, Some("completed" | "done" | "cancelled" | "deleted"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::session::{Role, ToolUse};
    use serde_json::json;

    fn call(name: &str, input: Value) -> Message {
        let tool = Some(ToolUse {
            call_id: None,
            name: name.to_owned(),
            input,
        });
        Message {
            role: Role::Assistant,
            kind: MessageKind::ToolCall,
            tool,
            ..Message::default()
        }
    }

    #[test]
    fn calls_of_many_tools_are_understood() {
        assert_eq!(
            act(&call(
                "Edit",
                json!({"file_path": "a.rs", "old_string": "x"})
            )),
            Act::Edit(vec!["a.rs".into()])
        );
        assert_eq!(
            act(&call(
                "apply_patch",
                json!("*** Begin Patch\n*** Update File: src/a.rs\n@@\n*** Add File: b.rs\n")
            )),
            Act::Edit(vec!["src/a.rs".into(), "b.rs".into()])
        );
        let shell = call(
            "shell",
            json!({"command": ["bash", "-lc", "cd /x && sed -i 's/a/b/' src/c.py && cat > d.txt <<'EOF'\n> e.txt\nEOF"]}),
        );
        let Act::Shell { command, edits } = act(&shell) else {
            panic!("a shell call")
        };
        assert!(first_line(&command).starts_with("sed -i"));
        assert_eq!(edits, ["src/c.py", "d.txt"]);
        assert!(!own_words(&shell).contains("e.txt"));
        assert_eq!(
            act(&call(
                "update_plan",
                json!({"plan": [{"step": "one", "status": "completed"}, {"step": "two", "status": "pending"}]})
            )),
            Act::Tasks(vec![
                Task {
                    text: "one".into(),
                    done: true
                },
                Task {
                    text: "two".into(),
                    done: false
                }
            ])
        );
        assert_eq!(
            act(&call(
                "TaskUpdate",
                json!({"taskId": "2", "status": "completed"})
            )),
            Act::TaskState {
                number: 2,
                done: true
            }
        );
        assert_eq!(act(&call("Read", json!({"file_path": "a.rs"}))), Act::Other);
    }

    #[test]
    fn the_first_line_is_the_one_that_does_something() {
        assert_eq!(
            first_line("# build\ncd /a\ncd b && cd c && make all"),
            "make all"
        );
        assert_eq!(first_line("cd"), "cd");
    }
}
