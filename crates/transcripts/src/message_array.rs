//! Message arrays of the providers' APIs: `[{role, content}]`, `{system, messages}`.

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use serde_json::Value;

use crate::blocks::{call, messages, moment, result, said, str_of, text};
use crate::calls::Calls;
use crate::gemini_parts;

/// The transcript of an array or of an object that holds one.
pub fn read(document: &Value) -> Transcript {
    let mut transcript = Transcript {
        native_id: str_of(document, "id").map(str::to_owned),
        title: str_of(document, "title").map(str::to_owned),
        model: str_of(document, "model").map(str::to_owned),
        ..Transcript::default()
    };
    if let Some(system) = document.get("system").filter(|system| !system.is_null()) {
        transcript
            .messages
            .push(said(Role::System, MessageKind::Meta, text(system)));
    }
    if let Some(system) = document.get("systemInstruction") {
        transcript.messages.extend(
            gemini_parts::messages(Role::System, parts(system))
                .into_iter()
                .map(|message| Message {
                    kind: MessageKind::Meta,
                    ..message
                }),
        );
    }
    let list = |key: &str| document.get(key).and_then(Value::as_array);
    let entries = document
        .as_array()
        .or_else(|| list("messages"))
        .or_else(|| list("contents"));
    let mut calls = Calls::default();
    for entry in entries.into_iter().flatten() {
        if !entry.is_object() {
            transcript.broken_lines = transcript.broken_lines.saturating_add(1);
            continue;
        }
        for mut message in of_entry(entry) {
            calls.name(&mut message);
            transcript.messages.push(message);
        }
    }
    transcript
}

/// The messages of one entry, in any of the providers' spellings.
pub fn of_entry(entry: &Value) -> Vec<Message> {
    let role = role_of(str_of(entry, "role").unwrap_or("user"));
    if entry.get("parts").is_some() && entry.get("content").is_none() {
        return gemini_parts::messages(role, parts(entry));
    }
    let content = entry.get("content").unwrap_or(&Value::Null);
    let mut found = if role == Role::Tool {
        let error = entry.get("is_error").or_else(|| entry.get("error"));
        let failed = error.and_then(Value::as_bool).unwrap_or(false);
        vec![result(
            str_of(entry, "tool_call_id").map(str::to_owned),
            text(content),
            failed,
        )]
    } else {
        messages(role, content)
    };
    for made in entry
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let function = made.get("function").unwrap_or(made);
        let name = str_of(function, "name").unwrap_or("tool");
        found.push(call(
            str_of(made, "id").map(str::to_owned),
            name,
            arguments(function.get("arguments")),
        ));
    }
    let id = str_of(entry, "id");
    let at = ["ts", "timestamp", "created_at", "create_time"]
        .iter()
        .find_map(|key| moment(entry.get(*key)));
    for (place, message) in found.iter_mut().enumerate() {
        message.native_id = id.map(|id| {
            if place == 0 {
                id.to_owned()
            } else {
                format!("{id}/{place}")
            }
        });
        message.at = at;
        if message.role == Role::System {
            message.kind = MessageKind::Meta;
        }
    }
    found
}

fn parts(content: &Value) -> &Value {
    content.get("parts").unwrap_or(content)
}

/// Arguments of a call, which some write as JSON inside a string.
pub fn arguments(value: Option<&Value>) -> Value {
    match value {
        Some(Value::String(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
        }
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// The role of that word; words of other tools are taken for the nearest.
pub fn role_of(word: &str) -> Role {
    match word {
        "assistant" | "model" | "ai" | "bot" => Role::Assistant,
        "tool" | "function" | "toolResult" => Role::Tool,
        "system" | "developer" => Role::System,
        _ => Role::User,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contents_of_gemini_are_read() {
        let text = r#"{"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[
            {"role":"user","parts":[{"text":"list"},{"inlineData":{"mimeType":"image/png"}}]},
            {"role":"model","parts":[{"text":"hm","thought":true},{"functionCall":{"name":"ls","args":{"path":"."}}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"ls","response":{"error":"no such folder"}}}]}]}"#;
        let transcript = crate::read(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.format, "messages");
        let told: Vec<(&str, MessageKind)> = transcript
            .messages
            .iter()
            .map(|message| (message.text.as_str(), message.kind))
            .collect();
        assert_eq!(
            told,
            [
                ("be brief", MessageKind::Meta),
                ("list\n[inlineData]", MessageKind::Text),
                ("hm", MessageKind::Thinking),
                ("ls: path=.", MessageKind::ToolCall),
                ("no such folder", MessageKind::ToolResult),
            ]
        );
        assert!(transcript.messages[4].error);
    }

    #[test]
    fn calls_and_results_of_both_providers_are_read() {
        let openai = read(&json!([
            {"role": "developer", "content": "be brief"},
            {"role": "user", "content": [{"type": "text", "text": "list"}, {"type": "image_url", "image_url": {}}]},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "ls", "arguments": "{\"path\":\".\"}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "a.txt"}
        ]));
        let kinds: Vec<_> = openai.messages.iter().map(|message| message.kind).collect();
        assert_eq!(
            kinds,
            [
                MessageKind::Meta,
                MessageKind::Text,
                MessageKind::Text,
                MessageKind::ToolCall,
                MessageKind::ToolResult
            ]
        );
        assert_eq!(
            openai.messages[3].tool.as_ref().unwrap().input,
            json!({"path": "."})
        );
        assert_eq!(openai.messages[4].tool.as_ref().unwrap().name, "ls");

        let anthropic = read(&json!({"system": "s", "messages": [
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "hm"}, {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "false"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "is_error": true, "content": [{"type": "text", "text": "exit 1"}]}]}, 7
        ]}));
        assert_eq!(anthropic.broken_lines, 1);
        assert_eq!(anthropic.messages[2].text, "Bash: command=false");
        assert!(anthropic.messages[3].error && anthropic.messages[3].role == Role::Tool);
    }
}
