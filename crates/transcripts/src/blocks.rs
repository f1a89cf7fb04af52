//! Content as the providers write it: a text, or a list of typed blocks.

use krake_domain::session::{Message, MessageKind, Role, ToolUse};
use krake_domain::time::Timestamp;
use serde_json::Value;

/// The messages of one content: texts, thoughts, calls and results each become one of their own.
pub fn messages(role: Role, content: &Value) -> Vec<Message> {
    match content {
        Value::String(text) => vec![said(role, MessageKind::Text, text.clone())],
        Value::Array(blocks) => blocks
            .iter()
            .filter_map(|block| message(role, block))
            .collect(),
        Value::Null => Vec::new(),
        other => message(role, other).into_iter().collect(),
    }
}

/// The text of a content, blocks joined by line ends.
pub fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts: Vec<String> = blocks
                .iter()
                .map(text)
                .filter(|text| !text.is_empty())
                .collect();
            texts.join("\n")
        }
        Value::Object(block) => {
            let named = ["text", "output_text", "thinking", "content", "output"]
                .iter()
                .find_map(|key| block.get(*key).filter(|value| !value.is_null()));
            match (named, str_of(content, "type")) {
                (Some(inner), _) => text(inner),
                (
                    None,
                    Some(
                        kind @ ("image" | "input_image" | "image_url" | "document" | "file"
                        | "input_audio"),
                    ),
                ) => {
                    format!("[{kind}]")
                }
                _ => String::new(),
            }
        }
        Value::Null => String::new(),
        leaf => leaf.to_string(),
    }
}

/// A call, with its arguments spelt out as text so that it can be searched and cited.
pub fn call(call_id: Option<String>, name: &str, input: Value) -> Message {
    Message {
        role: Role::Assistant,
        kind: MessageKind::ToolCall,
        text: spell(name, &input),
        tool: Some(ToolUse {
            call_id,
            name: name.to_owned(),
            input,
        }),
        ..Message::default()
    }
}

/// What a tool answered.
pub fn result(call_id: Option<String>, text: String, error: bool) -> Message {
    Message {
        role: Role::Tool,
        kind: MessageKind::ToolResult,
        text,
        tool: call_id.map(|id| ToolUse {
            call_id: Some(id),
            ..ToolUse::default()
        }),
        error,
        ..Message::default()
    }
}

/// A message that only says something.
pub fn said(role: Role, kind: MessageKind, text: String) -> Message {
    Message {
        role,
        kind,
        text,
        ..Message::default()
    }
}

/// A string field.
pub fn str_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// A moment as tools write it: RFC 3339, or seconds or milliseconds since 1970.
pub fn moment(value: Option<&Value>) -> Option<Timestamp> {
    match value? {
        Value::String(text) => Timestamp::from_rfc3339(text),
        number => {
            let number = number
                .as_f64()
                .filter(|number| number.is_finite() && number.abs() < 1e15)?;
            // Seconds have ten digits until the year 2286, milliseconds thirteen.
            let ms = if number.abs() < 1e11 {
                number * 1e3
            } else {
                number
            };
            #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
            Some(Timestamp(ms as i64))
        }
    }
}

/// A count of tokens; what no session can have used is treated as not said.
pub fn count(value: &Value, key: &str) -> u64 {
    value
        .get(key)
        .and_then(Value::as_u64)
        .filter(|count| *count < 1 << 40)
        .unwrap_or(0)
}

fn message(role: Role, block: &Value) -> Option<Message> {
    if let Value::String(text) = block {
        return Some(said(role, MessageKind::Text, text.clone()));
    }
    let owned = |key: &str| str_of(block, key).map(str::to_owned);
    let made = match str_of(block, "type").unwrap_or_default() {
        "tool_use" | "server_tool_use" | "mcp_tool_use" | "toolCall" => {
            let input = block.get("input").or_else(|| block.get("arguments"));
            call(
                owned("id"),
                str_of(block, "name").unwrap_or("tool"),
                input.cloned().unwrap_or_default(),
            )
        }
        kind if kind.ends_with("tool_result") => {
            let error = block
                .get("is_error")
                .and_then(Value::as_bool)
                .unwrap_or(false);
            result(
                owned("tool_use_id"),
                block.get("content").map(text).unwrap_or_default(),
                error,
            )
        }
        "thinking" | "reasoning" => said(Role::Assistant, MessageKind::Thinking, text(block)),
        "redacted_thinking" => return None,
        _ => said(role, MessageKind::Text, text(block)),
    };
    (made.kind == MessageKind::ToolCall
        || made.kind == MessageKind::ToolResult
        || !made.text.trim().is_empty())
    .then_some(made)
}

fn spell(name: &str, input: &Value) -> String {
    let value = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    match input {
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, field)| format!("{key}={}", value(field)))
                .collect();
            format!("{name}: {}", fields.join("\n"))
        }
        Value::Null => name.to_owned(),
        other => format!("{name}: {}", value(other)),
    }
}
