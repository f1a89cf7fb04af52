//! Claude.ai's export: conversations with their messages, branches where an edit made one.

use std::collections::{HashMap, HashSet};

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use serde_json::Value;

use crate::blocks::{messages, moment, said, str_of};
use crate::calls::Calls;

/// The transcript of one conversation; `None` when it is none.
pub fn read(conversation: &Value) -> Option<Transcript> {
    let entries = conversation.get("chat_messages")?.as_array()?;
    let owned = |key: &str| {
        str_of(conversation, key)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let mut transcript = Transcript {
        native_id: owned("uuid"),
        title: owned("name"),
        model: owned("model"),
        ..Transcript::default()
    };
    let visible = branch(entries, str_of(conversation, "current_leaf_message_uuid"));
    let mut calls = Calls::default();
    for entry in entries {
        if !entry.is_object() {
            transcript.broken_lines = transcript.broken_lines.saturating_add(1);
            continue;
        }
        let uuid = str_of(entry, "uuid");
        for (place, mut message) in of_entry(entry).into_iter().enumerate() {
            message.native_id = uuid.map(|uuid| match place {
                0 => uuid.to_owned(),
                _ => format!("{uuid}/{place}"),
            });
            message.parent = str_of(entry, "parent_message_uuid").map(str::to_owned);
            message.at = moment(entry.get("created_at"));
            message.sidechain = uuid.is_some_and(|uuid| {
                visible
                    .as_ref()
                    .is_some_and(|visible| !visible.contains(uuid))
            });
            calls.name(&mut message);
            transcript.messages.push(message);
        }
    }
    Some(transcript)
}

/// The branch that ends with the leaf, or with the last message; absent where no message names
/// its parent, because then all are on one line.
fn branch<'e>(entries: &'e [Value], leaf: Option<&'e str>) -> Option<HashSet<&'e str>> {
    let parents: HashMap<&str, &str> = entries
        .iter()
        .filter_map(|entry| {
            Some((
                str_of(entry, "uuid")?,
                str_of(entry, "parent_message_uuid")?,
            ))
        })
        .collect();
    let known: HashSet<&str> = entries
        .iter()
        .filter_map(|entry| str_of(entry, "uuid"))
        .collect();
    if !parents.values().any(|parent| known.contains(parent)) {
        return None;
    }
    let last = || entries.iter().rev().find_map(|entry| str_of(entry, "uuid"));
    let mut branch = HashSet::new();
    let mut at = leaf.filter(|leaf| known.contains(leaf)).or_else(last);
    while let Some(id) = at.filter(|id| branch.insert(*id)) {
        at = parents.get(id).copied();
    }
    Some(branch)
}

fn of_entry(entry: &Value) -> Vec<Message> {
    let role = match str_of(entry, "sender") {
        Some("assistant") => Role::Assistant,
        _ => Role::User,
    };
    let mut found = messages(role, entry.get("content").unwrap_or(&Value::Null));
    if found.is_empty() {
        let text = str_of(entry, "text").unwrap_or_default();
        if !text.trim().is_empty() {
            found.push(said(role, MessageKind::Text, text.to_owned()));
        }
    }
    for attached in list(entry, "attachments") {
        let name = str_of(attached, "file_name").unwrap_or("file");
        let content = str_of(attached, "extracted_content").unwrap_or_default();
        let text = format!("[attachment {name}]\n{content}");
        found.push(said(role, MessageKind::Text, text.trim_end().to_owned()));
    }
    for file in list(entry, "files") {
        let name = str_of(file, "file_name").unwrap_or("file");
        found.push(said(role, MessageKind::Text, format!("[file {name}]")));
    }
    found
}

fn list<'e>(entry: &'e Value, key: &str) -> impl Iterator<Item = &'e Value> + use<'e> {
    entry
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::{Format, read_all};

    #[test]
    fn blocks_attachments_and_branches_are_read() {
        let text = r#"[{"uuid":"c","name":"Plan","chat_messages":[
          {"uuid":"1","sender":"human","created_at":"2026-02-01T10:00:00Z","text":"look","content":[{"type":"text","text":"look"}],"attachments":[{"file_name":"a.md","extracted_content":"notes"}],"files":[{"file_name":"b.png"}],"parent_message_uuid":"0"},
          {"uuid":"2","sender":"assistant","text":"old","content":[],"parent_message_uuid":"1"},
          {"uuid":"3","sender":"assistant","text":"","content":[{"type":"thinking","thinking":"hm"},{"type":"tool_use","id":"t","name":"artifacts","input":{"command":"create"}},{"type":"text","text":"new"}],"parent_message_uuid":"1"}]}]"#;
        assert_eq!(crate::recognise(text.as_bytes()), Some(Format::ClaudeAi));
        let all = read_all(text.as_bytes(), Format::ClaudeAi).unwrap();
        let told: Vec<(&str, bool)> = all[0]
            .messages
            .iter()
            .map(|message| (message.text.as_str(), message.sidechain))
            .collect();
        assert_eq!(
            told,
            [
                ("look", false),
                ("[attachment a.md]\nnotes", false),
                ("[file b.png]", false),
                ("old", true),
                ("hm", false),
                ("artifacts: command=create", false),
                ("new", false),
            ]
        );
        assert_eq!(all[0].title.as_deref(), Some("Plan"));
    }
}
