//! Goose: the export of one session.

use krake_domain::session::{Message, MessageKind, Role, Transcript, Usage};
use serde_json::Value;

use crate::blocks::{call, count, moment, result, said, str_of, text};
use crate::calls::Calls;
use crate::message_array::role_of;

/// The transcript of an export; `None` when it is none.
pub fn read(document: &Value) -> Option<Transcript> {
    let conversation = document.get("conversation")?.as_array()?;
    let owned = |key: &str| str_of(document, key).map(str::to_owned);
    let mut transcript = Transcript {
        native_id: owned("id"),
        title: owned("name").or_else(|| owned("description")),
        cwd: owned("working_dir"),
        usage: usage(document),
        ..Transcript::default()
    };
    let mut calls = Calls::default();
    for entry in conversation {
        if !entry.is_object() {
            transcript.broken_lines = transcript.broken_lines.saturating_add(1);
            continue;
        }
        for mut message in of_entry(entry) {
            calls.name(&mut message);
            transcript.messages.push(message);
        }
    }
    Some(transcript)
}

/// The messages of one entry, as the export and the database hold them.
pub fn of_entry(entry: &Value) -> Vec<Message> {
    let role = role_of(str_of(entry, "role").unwrap_or("user"));
    let parts = entry.get("content").and_then(Value::as_array);
    let mut found: Vec<Message> = parts
        .into_iter()
        .flatten()
        .filter_map(|part| message(role, part))
        .collect();
    let id = str_of(entry, "id");
    let at = moment(
        entry
            .get("created")
            .or_else(|| entry.get("created_timestamp")),
    );
    // What is not shown to the model or the user was compacted away.
    let shown = |who: &str| {
        let metadata = entry.get("metadata").and_then(|metadata| metadata.get(who));
        metadata.and_then(Value::as_bool).unwrap_or(true)
    };
    let is_aside = !shown("userVisible") && !shown("agentVisible");
    for (place, message) in found.iter_mut().enumerate() {
        message.native_id = id.map(|id| match place {
            0 => id.to_owned(),
            _ => format!("{id}/{place}"),
        });
        message.at = at;
        message.sidechain = is_aside;
    }
    found
}

fn message(role: Role, part: &Value) -> Option<Message> {
    let id = || str_of(part, "id").map(str::to_owned);
    let made = match str_of(part, "type").unwrap_or("text") {
        "toolRequest" | "frontendToolRequest" => {
            let call_of = part.get("toolCall").or_else(|| part.get("tool_call"))?;
            let value = call_of.get("value").unwrap_or(call_of);
            let name = str_of(value, "name").unwrap_or("tool");
            call(
                id(),
                name,
                value.get("arguments").cloned().unwrap_or_default(),
            )
        }
        "toolResponse" => {
            let answer = part.get("toolResult").or_else(|| part.get("tool_result"))?;
            let value = answer.get("value").unwrap_or(answer);
            let failed = str_of(answer, "status") == Some("error")
                || value.get("isError").and_then(Value::as_bool) == Some(true);
            let told = answer
                .get("error")
                .filter(|error| !error.is_null())
                .unwrap_or(value);
            result(id(), text(told), failed)
        }
        "thinking" => said(Role::Assistant, MessageKind::Thinking, text(part)),
        "redactedThinking" => return None,
        "text" | "image" => said(role, MessageKind::Text, text(part)),
        kind => {
            let words = str_of(part, "msg").map_or_else(|| text(part), str::to_owned);
            said(Role::System, MessageKind::Meta, format!("{kind}: {words}"))
        }
    };
    (made.tool.is_some() || !made.text.trim().is_empty()).then_some(made)
}

fn usage(document: &Value) -> Usage {
    let nested = document
        .get("accumulated_usage")
        .or_else(|| document.get("usage"))
        .filter(|usage| usage.is_object());
    let of = |usage: &Value, prefix: &str| {
        let cached = count(usage, &format!("{prefix}cache_read_input_tokens"));
        Usage {
            input: count(usage, &format!("{prefix}input_tokens")).saturating_sub(cached),
            output: count(usage, &format!("{prefix}output_tokens")),
            cache_read: cached,
            cache_write: count(usage, &format!("{prefix}cache_write_input_tokens")),
            reasoning: 0,
        }
    };
    match nested {
        Some(usage) => of(usage, ""),
        // Before that the counts stood beside the conversation.
        None if document.get("accumulated_input_tokens").is_some() => of(document, "accumulated_"),
        None => of(document, ""),
    }
}

#[cfg(test)]
mod tests {
    use crate::read;
    use krake_domain::session::MessageKind;

    #[test]
    fn an_export_is_read_with_its_calls_and_counts() {
        let text = r#"{"id":"20260301_1","name":"Fix it","working_dir":"/data/app","accumulated_usage":{"input_tokens":50,"output_tokens":9,"cache_read_input_tokens":20},
          "conversation":[
            {"id":"m1","role":"user","created":1772359200,"content":[{"type":"text","text":"go"}]},
            {"id":"m2","role":"assistant","created":1772359201,"content":[{"type":"thinking","thinking":"hm","signature":"x"},{"type":"toolRequest","id":"t1","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"ls"}}}}]},
            {"id":"m3","role":"user","created":1772359202,"content":[{"type":"toolResponse","id":"t1","toolResult":{"status":"success","value":[{"type":"text","text":"a.txt"}]}}],"metadata":{"userVisible":false,"agentVisible":false}},
            9]}"#;
        let transcript = read(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.format, "goose");
        assert_eq!(transcript.cwd.as_deref(), Some("/data/app"));
        assert_eq!((transcript.messages.len(), transcript.broken_lines), (4, 1));
        let kinds: Vec<_> = transcript
            .messages
            .iter()
            .map(|message| message.kind)
            .collect();
        assert_eq!(
            kinds,
            [
                MessageKind::Text,
                MessageKind::Thinking,
                MessageKind::ToolCall,
                MessageKind::ToolResult
            ]
        );
        let answer = &transcript.messages[3];
        assert_eq!((answer.text.as_str(), answer.sidechain), ("a.txt", true));
        assert_eq!(answer.tool.as_ref().unwrap().name, "developer__shell");
        assert_eq!(
            (transcript.usage.input, transcript.usage.cache_read),
            (30, 20)
        );
        assert!(
            transcript.messages[0]
                .at
                .unwrap()
                .to_rfc3339()
                .starts_with("2026-03-01T")
        );
    }
}
