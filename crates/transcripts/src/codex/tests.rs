use krake_domain::session::{MessageKind, Role};

use crate::{Format, read};

#[test]
fn a_rollout_is_read_once_although_it_is_written_twice() {
    let transcript = read(include_bytes!("../../fixtures/codex.jsonl"), None).unwrap();
    assert_eq!(transcript.native_id.as_deref(), Some("0199-fork"));
    assert_eq!(transcript.forked_from.as_deref(), Some("0199-parent"));
    assert_eq!(
        (transcript.cwd.as_deref(), transcript.model.as_deref()),
        (Some("/data/api"), Some("gpt-5.2-codex"))
    );
    assert_eq!(transcript.title.as_deref(), Some("Speed up the import"));
    assert_eq!(transcript.broken_lines, 1);
    let spoken: Vec<(&str, MessageKind, bool)> = transcript
        .messages
        .iter()
        .map(|message| (message.text.as_str(), message.kind, message.sidechain))
        .collect();
    assert_eq!(
        spoken,
        [
            (
                "<environment_context>x</environment_context>",
                MessageKind::Meta,
                false
            ),
            (
                "Make the import faster, keep the order.",
                MessageKind::Text,
                false
            ),
            ("Two scans of the file.", MessageKind::Thinking, false),
            (
                "shell: command=[\"cargo\",\"bench\"]",
                MessageKind::ToolCall,
                false
            ),
            ("import 812 ms", MessageKind::ToolResult, false),
            ("try it in C", MessageKind::Text, true),
            ("One pass is enough.", MessageKind::Text, false),
            ("You've hit your usage limit.", MessageKind::Limit, false),
        ]
    );
    assert!(transcript.messages[4].error);
    assert_eq!(transcript.messages[4].tool.as_ref().unwrap().name, "shell");
    // The parent had spent 1000/400/50/5; then the counter rose once and was written twice.
    let usage = transcript.usage;
    assert_eq!(
        (usage.input, usage.cache_read, usage.output, usage.reasoning),
        (300, 200, 30, 10)
    );
}

#[test]
fn the_generations_before_are_read() {
    let lines = "{\"id\":\"o1\",\"timestamp\":\"2025-06-01T00:00:00Z\",\"instructions\":null,\"git\":{\"branch\":\"dev\"}}\n\
                 {\"record_type\":\"state\"}\n\
                 {\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"hi\"}]}\n";
    let transcript = read(lines.as_bytes(), None).unwrap();
    assert_eq!(
        (
            transcript.native_id.as_deref(),
            transcript.git_branch.as_deref()
        ),
        (Some("o1"), Some("dev"))
    );
    assert_eq!(transcript.messages.len(), 1);

    let object = br#"{"session":{"id":"o2","cwd":"/x"},"items":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yo"}]},3]}"#;
    let transcript = read(object, None).unwrap();
    assert_eq!(
        (transcript.native_id.as_deref(), transcript.cwd.as_deref()),
        (Some("o2"), Some("/x"))
    );
    assert_eq!(
        (transcript.messages[0].role, transcript.broken_lines),
        (Role::Assistant, 1)
    );
}

#[test]
fn events_alone_are_the_conversation() {
    let lines = r#"{"timestamp":"2026-01-01T00:00:00Z","type":"event_msg","payload":{"type":"user_message","message":"hi"}}
{"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"agent_message","message":"hello"}}"#;
    assert_eq!(
        read(lines.as_bytes(), Some(Format::Codex))
            .unwrap()
            .messages
            .len(),
        2
    );
}
