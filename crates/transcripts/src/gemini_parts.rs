//! Content as Gemini writes it: a text, a part, or a list of parts.

use krake_domain::session::{Message, MessageKind, Role};
use serde_json::Value;

use crate::blocks::{call, result, said, str_of, text};

/// The messages of one content.
pub fn messages(role: Role, content: &Value) -> Vec<Message> {
    match content {
        Value::Array(parts) => joined(parts.iter().filter_map(|part| message(role, part))),
        Value::Null => Vec::new(),
        part => message(role, part).into_iter().collect(),
    }
}

fn message(role: Role, part: &Value) -> Option<Message> {
    if let Some(made) = part.get("functionCall") {
        let name = str_of(made, "name").unwrap_or("tool");
        let args = made.get("args").cloned().unwrap_or_default();
        return Some(call(str_of(made, "id").map(str::to_owned), name, args));
    }
    if let Some(answer) = part.get("functionResponse") {
        return Some(response(answer));
    }
    let kind = match part.get("thought").and_then(Value::as_bool) {
        Some(true) => MessageKind::Thinking,
        _ => MessageKind::Text,
    };
    let shown = [
        "inlineData",
        "fileData",
        "executableCode",
        "codeExecutionResult",
    ]
    .iter()
    .find_map(|key| Some((key, part.get(*key)?)));
    let text = match (part.as_str().or_else(|| str_of(part, "text")), shown) {
        (Some(text), _) => text.to_owned(),
        (None, Some((&"executableCode", code))) => str_of(code, "code")?.to_owned(),
        (None, Some((&"codeExecutionResult", ran))) => str_of(ran, "output")?.to_owned(),
        (None, Some((kind, _))) => format!("[{kind}]"),
        (None, None) => return None,
    };
    (!text.trim().is_empty()).then(|| said(role, kind, text))
}

/// What a function answered: an output, an error, or any object.
pub fn response(answer: &Value) -> Message {
    let inner = answer.get("response").unwrap_or(&Value::Null);
    let error = inner.get("error").filter(|error| !error.is_null());
    let told = error.or_else(|| inner.get("output")).unwrap_or(inner);
    let words = match text(told) {
        words if words.is_empty() && !told.is_null() => told.to_string(),
        words => words,
    };
    let mut message = result(
        str_of(answer, "id").map(str::to_owned),
        words,
        error.is_some(),
    );
    if let (Some(tool), Some(name)) = (&mut message.tool, str_of(answer, "name")) {
        name.clone_into(&mut tool.name);
    }
    message
}

/// Texts that follow each other are one text: the parts of a request are no requests of their own.
fn joined(found: impl Iterator<Item = Message>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for message in found {
        match messages.last_mut() {
            Some(last)
                if last.kind == message.kind && last.tool.is_none() && message.tool.is_none() =>
            {
                last.text.push('\n');
                last.text.push_str(&message.text);
            }
            _ => messages.push(message),
        }
    }
    messages
}
