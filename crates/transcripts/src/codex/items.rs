//! Items of a rollout: what was said, called and answered.

use krake_domain::session::{Message, MessageKind, Role};
use serde_json::Value;

use crate::blocks::{call, result, said, str_of, text};
use crate::message_array::{arguments, role_of};

/// The message of an item; `None` for kinds that say nothing.
pub fn message(item: &Value) -> Option<Message> {
    let owned = |key: &str| str_of(item, key).map(str::to_owned);
    let call_id = || owned("call_id").or_else(|| owned("id"));
    let name = str_of(item, "name").unwrap_or("tool");
    let mut message = match str_of(item, "type").unwrap_or_default() {
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
        _ => return None,
    };
    if message.text.trim().is_empty() && message.tool.is_none() {
        return None;
    }
    message.native_id = owned("id");
    Some(message)
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

/// Whether Codex wrote this user text itself.
pub fn is_injected(text: &str) -> bool {
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
