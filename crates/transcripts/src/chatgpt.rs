//! ChatGPT's export: conversations, each a tree of messages with one visible branch.

use std::collections::HashSet;

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use serde_json::{Map, Value};

use crate::blocks::{call, moment, result, said, str_of, text};

/// The transcript of one conversation; `None` when it is none.
pub fn read(conversation: &Value) -> Option<Transcript> {
    let mapping = conversation.get("mapping")?.as_object()?;
    let owned = |key: &str| str_of(conversation, key).map(str::to_owned);
    let mut transcript = Transcript {
        native_id: owned("conversation_id").or_else(|| owned("id")),
        title: owned("title"),
        model: owned("default_model_slug"),
        ..Transcript::default()
    };
    let visible = branch(mapping, str_of(conversation, "current_node"));
    for id in in_order(mapping) {
        let Some(node) = mapping.get(id) else {
            continue;
        };
        let Some(spoken) = node.get("message").filter(|message| message.is_object()) else {
            continue;
        };
        let Some(mut message) = message(spoken) else {
            continue;
        };
        message.native_id = Some(str_of(spoken, "id").unwrap_or(id).to_owned());
        message.parent = str_of(node, "parent").map(str::to_owned);
        message.at = moment(spoken.get("create_time"));
        message.sidechain = !visible.is_empty() && !visible.contains(id);
        let metadata = spoken.get("metadata");
        if let Some(model) = metadata.and_then(|about| str_of(about, "model_slug")) {
            transcript.model = Some(model.to_owned());
        }
        transcript.messages.push(message);
    }
    Some(transcript)
}

/// Ids from a node up to the root; a cycle ends where it closes.
fn branch<'m>(mapping: &'m Map<String, Value>, leaf: Option<&'m str>) -> HashSet<&'m str> {
    let mut branch = HashSet::new();
    let mut at = leaf;
    while let Some(id) = at.filter(|id| mapping.contains_key(*id) && branch.insert(*id)) {
        at = str_of(&mapping[id], "parent");
    }
    branch
}

/// All ids, parents before their children and branches one behind the other; what hangs on nothing
/// comes last.
fn in_order(mapping: &Map<String, Value>) -> Vec<&str> {
    let has_parent =
        |node: &Value| str_of(node, "parent").is_some_and(|id| mapping.contains_key(id));
    let roots = mapping.iter().filter(|(_, node)| !has_parent(node));
    let mut waiting: Vec<&str> = roots.map(|(id, _)| id.as_str()).collect();
    waiting.reverse();
    let mut seen = HashSet::new();
    let mut order = Vec::with_capacity(mapping.len());
    // A cycle has no root: its nodes are taken in as they stand.
    for start in mapping.keys() {
        while let Some(id) = waiting.pop() {
            if !mapping.contains_key(id) || !seen.insert(id) {
                continue;
            }
            order.push(id);
            let children = mapping[id].get("children").and_then(Value::as_array);
            let children = children.into_iter().flatten().filter_map(Value::as_str);
            let mut children: Vec<&str> = children.collect();
            children.reverse();
            waiting.extend(children);
        }
        waiting.push(start);
    }
    if let Some(last) = waiting.pop().filter(|last| !seen.contains(last)) {
        order.push(last);
    }
    order
}

fn message(spoken: &Value) -> Option<Message> {
    let author = spoken.get("author").unwrap_or(&Value::Null);
    let content = spoken.get("content").unwrap_or(&Value::Null);
    let words = words(content);
    let hidden = spoken
        .get("metadata")
        .and_then(|about| about.get("is_visually_hidden_from_conversation"))
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let kind = str_of(content, "content_type").unwrap_or("text");
    let recipient = str_of(spoken, "recipient").unwrap_or("all");
    let made = match str_of(author, "role").unwrap_or("user") {
        "tool" => {
            let mut answer = result(None, words, kind == "system_error");
            answer.tool = Some(krake_domain::session::ToolUse {
                name: str_of(author, "name").unwrap_or("tool").to_owned(),
                ..krake_domain::session::ToolUse::default()
            });
            answer
        }
        "assistant" if matches!(kind, "thoughts") => {
            said(Role::Assistant, MessageKind::Thinking, words)
        }
        "assistant" if matches!(kind, "reasoning_recap") => {
            said(Role::Assistant, MessageKind::Meta, words)
        }
        "assistant" if recipient != "all" => call(None, recipient, Value::String(words)),
        "assistant" => said(Role::Assistant, MessageKind::Text, words),
        "system" => said(Role::System, MessageKind::Meta, words),
        _ if hidden || kind == "user_editable_context" => {
            said(Role::User, MessageKind::Meta, words)
        }
        _ => said(Role::User, MessageKind::Text, words),
    };
    (made.tool.is_some() || !made.text.trim().is_empty()).then_some(made)
}

/// The text of a content of any type.
fn words(content: &Value) -> String {
    let list = |key: &str| content.get(key).and_then(Value::as_array);
    if let Some(parts) = list("parts") {
        let parts = parts.iter().map(|part| match part {
            Value::String(text) => text.clone(),
            other => match str_of(other, "content_type") {
                Some("audio_transcription") => text(other),
                Some(kind) => format!("[{kind}]"),
                None => text(other),
            },
        });
        let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
        return parts.join("\n");
    }
    if let Some(thoughts) = list("thoughts") {
        let thoughts = thoughts.iter().map(|thought| {
            let part = |key: &str| str_of(thought, key).unwrap_or_default();
            format!("{}\n{}", part("summary"), part("content"))
                .trim()
                .to_owned()
        });
        return thoughts.collect::<Vec<_>>().join("\n");
    }
    [
        "text",
        "result",
        "content",
        "user_profile",
        "user_instructions",
    ]
    .iter()
    .filter_map(|key| str_of(content, key))
    .collect::<Vec<_>>()
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, read_all};

    const EXPORT: &str = r#"[{"id":"c1","conversation_id":"c1","title":"Sort a list","create_time":1700000000.5,"current_node":"n4","default_model_slug":"gpt-5",
      "mapping":{
        "root":{"id":"root","message":null,"parent":null,"children":["n0"]},
        "n0":{"id":"n0","parent":"root","children":["n1"],"message":{"id":"n0","author":{"role":"system"},"content":{"content_type":"text","parts":[""]}}},
        "n1":{"id":"n1","parent":"n0","children":["n2","n3"],"message":{"id":"n1","author":{"role":"user"},"create_time":1700000001.25,"content":{"content_type":"multimodal_text","parts":["Sort this",{"content_type":"image_asset_pointer"}]}}},
        "n2":{"id":"n2","parent":"n1","children":[],"message":{"id":"n2","author":{"role":"assistant"},"create_time":1700000002,"content":{"content_type":"text","parts":["First try"]},"metadata":{"model_slug":"gpt-5"}}},
        "n3":{"id":"n3","parent":"n1","children":["n5"],"message":{"id":"n3","author":{"role":"assistant"},"recipient":"python","create_time":1700000003,"content":{"content_type":"code","language":"python","text":"sorted(x)"}}},
        "n5":{"id":"n5","parent":"n3","children":["n4"],"message":{"id":"n5","author":{"role":"tool","name":"python"},"create_time":1700000004,"content":{"content_type":"execution_output","text":"[1, 2]"}}},
        "n4":{"id":"n4","parent":"n5","children":[],"message":{"id":"n4","author":{"role":"assistant"},"recipient":"all","create_time":1700000005,"content":{"content_type":"text","parts":["Sorted."]}}}
      }},
      {"id":"c2","title":"Loop","current_node":"a","mapping":{"a":{"parent":"b","children":["b"],"message":{"id":"a","author":{"role":"user"},"content":{"content_type":"text","parts":["x"]}}},"b":{"parent":"a","children":["a"],"message":{"id":"b","author":{"role":"assistant"},"content":{"content_type":"text","parts":["y"]}}}}}]"#;

    #[test]
    fn the_visible_branch_is_told_from_the_others() {
        let all = read_all(EXPORT.as_bytes(), Format::ChatGpt).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(crate::recognise(EXPORT.as_bytes()), Some(Format::ChatGpt));
        let told: Vec<(&str, MessageKind, bool)> = all[0]
            .messages
            .iter()
            .map(|message| (message.text.as_str(), message.kind, message.sidechain))
            .collect();
        assert_eq!(
            told,
            [
                ("Sort this\n[image_asset_pointer]", MessageKind::Text, false),
                ("First try", MessageKind::Text, true),
                ("python: sorted(x)", MessageKind::ToolCall, false),
                ("[1, 2]", MessageKind::ToolResult, false),
                ("Sorted.", MessageKind::Text, false),
            ]
        );
        assert_eq!(all[0].messages[0].at.unwrap().0, 1_700_000_001_250);
        // Parents in a circle: both are there, once.
        assert_eq!(all[1].messages.len(), 2);
    }
}
