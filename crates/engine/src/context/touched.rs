//! Files that a session edited, for whoever keeps them apart from other changes.

use std::collections::{BTreeSet, HashSet};

use krake_domain::session::{MessageKind, Transcript};

use super::calls::{Act, act};

/// Their paths, from the root where the session says where it worked. An edit that failed is none;
/// those of subagents and of branches that were left lie on the disk like the others.
#[must_use]
pub fn touched(transcript: &Transcript) -> BTreeSet<String> {
    let call_of = |place: usize| {
        let tool = transcript.messages[place].tool.as_ref();
        tool.and_then(|tool| tool.call_id.as_deref())
    };
    let failed: HashSet<&str> = (0..transcript.messages.len())
        .filter(|place| {
            let message = &transcript.messages[*place];
            message.kind == MessageKind::ToolResult && message.error
        })
        .filter_map(call_of)
        .collect();
    let mut found = BTreeSet::new();
    for (place, message) in transcript.messages.iter().enumerate() {
        let (Act::Edit(paths) | Act::Shell { edits: paths, .. }) = act(message) else {
            continue;
        };
        if call_of(place).is_some_and(|call| failed.contains(call)) {
            continue;
        }
        for path in paths {
            let path = path.strip_prefix("./").unwrap_or(&path);
            found.insert(match &transcript.cwd {
                Some(cwd) if !path.starts_with('/') => {
                    format!("{}/{path}", cwd.trim_end_matches('/'))
                }
                _ => path.to_owned(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use krake_domain::session::{Message, Role, ToolUse};
    use serde_json::json;

    use super::*;

    fn call(id: &str, path: &str) -> Message {
        Message {
            role: Role::Assistant,
            kind: MessageKind::ToolCall,
            tool: Some(ToolUse {
                call_id: Some(id.to_owned()),
                name: "Edit".to_owned(),
                input: json!({ "file_path": path, "old_string": "a", "new_string": "b" }),
            }),
            ..Message::default()
        }
    }

    #[test]
    fn edits_are_told_from_the_root_and_one_that_failed_is_none() {
        let mut failed = call("3", "/work/shop/never.rs");
        failed.role = Role::Tool;
        failed.kind = MessageKind::ToolResult;
        failed.error = true;
        let transcript = Transcript {
            cwd: Some("/work/shop/".to_owned()),
            messages: vec![
                call("1", "./src/cart.rs"),
                Message {
                    sidechain: true,
                    ..call("2", "/work/shop/src/lib.rs")
                },
                call("3", "/work/shop/never.rs"),
                failed,
            ],
            ..Transcript::default()
        };
        let paths: Vec<String> = touched(&transcript).into_iter().collect();
        assert_eq!(paths, ["/work/shop/src/cart.rs", "/work/shop/src/lib.rs"]);
    }
}
