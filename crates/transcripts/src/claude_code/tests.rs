use krake_domain::session::{Message, MessageKind, Transcript};

use crate::{Format, read};

const FIXTURE: &str = include_str!("../../fixtures/claude-code.jsonl");

fn session(text: &str) -> Transcript {
    read(text.as_bytes(), Some(Format::ClaudeCode)).unwrap()
}

fn visible(transcript: &Transcript) -> Vec<&str> {
    transcript
        .messages
        .iter()
        .filter(|message| !message.sidechain)
        .map(|message| message.text.as_str())
        .collect()
}

fn find<'a>(transcript: &'a Transcript, text: &str) -> &'a Message {
    transcript
        .messages
        .iter()
        .find(|message| message.text.contains(text))
        .unwrap()
}

#[test]
fn a_session_is_read_with_its_kinds_branches_and_tokens() {
    let transcript = session(FIXTURE);
    assert_eq!(transcript.native_id.as_deref(), Some("5e55-1"));
    assert_eq!(transcript.cwd.as_deref(), Some("/data/projects/shop"));
    assert_eq!(transcript.git_branch.as_deref(), Some("feature/cart"));
    assert_eq!(
        transcript.model.as_deref(),
        Some("claude-sonnet-4-5-20250929")
    );
    assert_eq!(transcript.title.as_deref(), Some("Cart totals"));
    assert_eq!(transcript.broken_lines, 1);
    // a1 lies in three lines, a2 and a3 in one each.
    assert_eq!(
        (transcript.usage.input, transcript.usage.output),
        (4 + 6 + 2, 40 + 12 + 9)
    );
    assert_eq!(
        (transcript.usage.cache_read, transcript.usage.cache_write),
        (900, 100)
    );
    assert_eq!(find(&transcript, "caveman").kind, MessageKind::Meta);
    assert!(find(&transcript, "an abandoned question").sidechain);
    assert!(find(&transcript, "an abandoned answer").sidechain);
    assert!(
        find(&transcript, "looking for rounding").sidechain,
        "a subagent is off the line"
    );
    let results: Vec<bool> = transcript
        .messages
        .iter()
        .filter(|message| message.kind == MessageKind::ToolResult)
        .map(|message| message.sidechain)
        .collect();
    assert_eq!(
        results,
        [false, false],
        "results of calls that ran side by side are both visible"
    );
    assert!(find(&transcript, "2 failed").error);
    assert_eq!(
        find(&transcript, "2 failed").tool.as_ref().unwrap().name,
        "Bash"
    );
    assert_eq!(
        find(&transcript, "continued from").kind,
        MessageKind::Summary
    );
    assert_eq!(transcript.messages.last().unwrap().kind, MessageKind::Limit);
    let ids: std::collections::HashSet<_> = transcript
        .messages
        .iter()
        .filter_map(|message| message.native_id.as_ref())
        .collect();
    assert_eq!(
        ids.len(),
        transcript
            .messages
            .iter()
            .filter(|message| message.native_id.is_some())
            .count()
    );
}

#[test]
fn parents_in_a_circle_and_ids_that_collide_do_no_harm() {
    let text = r#"{"type":"user","sessionId":"s","uuid":"a","parentUuid":"b","message":{"content":"one"}}
{"type":"assistant","sessionId":"s","uuid":"b","parentUuid":"a","message":{"content":"two"}}
{"type":"user","sessionId":"s","uuid":"a","parentUuid":"b","message":{"content":"three"}}
{"type":"user","sessionId":"s","uuid":"a","parentUuid":"b","message":{"content":"one"}}"#;
    let transcript = session(text);
    assert_eq!(visible(&transcript), ["one", "two", "three"]);
    assert_eq!(transcript.messages[2].native_id.as_deref(), Some("a~2"));
}

#[test]
fn a_broken_line_in_the_middle_does_not_hide_what_came_before() {
    let text = r#"{"type":"user","sessionId":"s","uuid":"a","parentUuid":null,"message":{"content":"one"}}
{"type":"assistant","sessionId":"s","uuid":"b","parentUuid":"a","mess
{"type":"user","sessionId":"s","uuid":"c","parentUuid":"b","timestamp":"2999-01-01T00:00:00Z","message":{"content":"three"}}"#;
    let transcript = session(text);
    assert_eq!(visible(&transcript), ["one", "three"]);
    assert_eq!(transcript.broken_lines, 1);
}

#[test]
fn a_first_question_that_was_asked_again_is_a_branch() {
    let text = r#"{"type":"user","sessionId":"s","uuid":"a","parentUuid":null,"message":{"content":"one"}}
{"type":"assistant","sessionId":"s","uuid":"b","parentUuid":"a","message":{"content":"two"}}
{"type":"user","sessionId":"s","uuid":"c","parentUuid":null,"message":{"content":"one, better"}}"#;
    assert_eq!(visible(&session(text)), ["one, better"]);
}

#[test]
fn a_file_of_a_subagent_has_an_id_of_its_own() {
    let text = r#"{"type":"user","sessionId":"s","agentId":"x7","isSidechain":true,"uuid":"a","message":{"content":"look"}}"#;
    let transcript = session(text);
    assert_eq!(transcript.native_id.as_deref(), Some("s/x7"));
    assert_eq!(transcript.forked_from.as_deref(), Some("s"));
}
