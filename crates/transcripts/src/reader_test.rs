use super::*;
use proptest::prelude::*;

const CLAUDE: &str = include_str!("../fixtures/claude-code.jsonl");
const CODEX: &str = include_str!("../fixtures/codex.jsonl");
const NEUTRAL: &str = "{\"conversation_id\":\"c\",\"messages\":[{\"id\":\"a\",\"role\":\"user\",\"content\":\"hé\"},{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]}";
const CHAT: &str = "---\ntitle: T\n---\n**You:** hi\n\n**Claude:** hello\n```\nUser: x\n```\n";
const ARRAY: &str = "[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}]";

#[test]
fn a_cut_at_every_byte_is_read_as_far_as_it_goes() {
    for whole in [CLAUDE, CODEX, NEUTRAL, CHAT, ARRAY] {
        let all = read(whole.as_bytes(), None).unwrap();
        for end in 0..whole.len() {
            for format in Format::ALL.map(Some).into_iter().chain([None]) {
                if let Ok(part) = read(&whole.as_bytes()[..end], format) {
                    assert!(part.messages.len() <= all.messages.len().max(end));
                }
            }
        }
    }
}

#[test]
fn drained_line_by_line_it_is_the_same_transcript() {
    for (text, format) in [(CLAUDE, Format::ClaudeCode), (CODEX, Format::Codex)] {
        let whole = read(text.as_bytes(), Some(format)).unwrap();
        let shelf = Shelf::on(std::io::Cursor::new(Vec::new()), 2);
        let mut first = Reader::on(format, shelf).unwrap();
        for line in Lines::new(text.as_bytes()) {
            first.line(line.offset, line.bytes);
            first.drain();
        }
        let verdict = first.verdict();
        first.check().unwrap();
        let (mut second, mut place) = (first.anew(), 0);
        let mut messages = Vec::new();
        let mut spending: Vec<Spending> = Vec::new();
        for line in Lines::new(text.as_bytes()) {
            second.line(line.offset, line.bytes);
            for told in second.drain_spending() {
                spending.retain(|one| one.answer.is_none() || one.answer != told.answer);
                spending.push(told);
            }
            let given = second.drain();
            let count = given.len();
            messages.extend(verdict.apply(place, given));
            place += count;
        }
        let about = second.about();
        let end = second.finish();
        assert_eq!(about, end);
        assert_eq!((end.messages, end.spending), (Vec::new(), Vec::new()));
        spending.sort_by(|one, other| one.answer.cmp(&other.answer));
        assert_eq!(spending, whole.spending);
        assert_eq!(messages, whole.messages);
        assert_eq!(
            (end.usage, end.native_id, end.broken_lines),
            (whole.usage, whole.native_id, whole.broken_lines)
        );
    }
}

#[test]
fn a_line_over_the_cap_is_counted() {
    let mut reader = Reader::new(Format::Neutral).unwrap();
    let long = format!(
        "{{\"role\":\"user\",\"content\":\"{}\"}}",
        "x".repeat(crate::LINE_CAP)
    );
    reader.line(0, long.as_bytes());
    reader.line(
        long.len() as u64 + 1,
        b"{\"role\":\"user\",\"content\":\"short\"}",
    );
    let transcript = reader.finish();
    assert_eq!((transcript.messages.len(), transcript.broken_lines), (1, 1));
}

#[test]
fn unknown_bytes_are_an_error_that_says_what_was_expected() {
    let error = read(b"\x00\x01\x02", None).unwrap_err();
    assert!(error.to_string().contains("expected Claude Code"));
}

/// Lines that are nearly right: the keys of the formats with values of every kind.
fn nearly() -> impl Strategy<Value = String> {
    let keys = prop::sample::select(vec![
        "type",
        "message",
        "payload",
        "content",
        "role",
        "uuid",
        "parentUuid",
        "sessionId",
        "timestamp",
        "usage",
        "tool",
        "input",
        "name",
        "id",
        "subtype",
        "output",
        "arguments",
        "call_id",
        "info",
        "total_token_usage",
        "input_tokens",
        "messages",
        "kind",
        "logicalParentUuid",
        "projectHash",
        "mapping",
        "parent",
        "children",
        "current_node",
        "author",
        "chat_messages",
        "sender",
        "parent_message_uuid",
        "conversation",
        "toolCall",
        "toolCalls",
        "functionResponse",
        "response",
        "$set",
        "$rewindTo",
        "contents",
        "parts",
        "thoughts",
        "num_turns",
    ]);
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "-1",
        "1e300",
        "\"user\"",
        "\"assistant\"",
        "\"tool_use\"",
        "\"tool_result\"",
        "\"event_msg\"",
        "\"response_item\"",
        "\"message\"",
        "\"u1\"",
        "\"token_count\"",
        "\"{\\\"a\\\":1}\"",
        "\"9999-12-31T23:59:59Z\"",
        "18446744073709551615",
        "\"function_call\"",
        "\"thread_rolled_back\"",
        "[]",
        "{}",
    ])
    .prop_map(str::to_owned);
    let value = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((keys.clone(), inner), 0..6).prop_map(|fields| {
                let fields: Vec<String> = fields
                    .into_iter()
                    .map(|(key, value)| format!("\"{key}\":{value}"))
                    .collect();
                format!("{{{}}}", fields.join(","))
            }),
        ]
    });
    prop::collection::vec(value, 0..6).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn bytes_of_any_kind_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for format in Format::ALL.map(Some).into_iter().chain([None]) {
            let _ = read(&bytes, format);
        }
    }

    #[test]
    fn lines_that_are_nearly_right_do_not_panic(text in nearly()) {
        for format in Format::ALL.map(Some).into_iter().chain([None]) {
            let _ = read(text.as_bytes(), format);
        }
        for format in Format::ALL {
            let _ = crate::is_one_document(format, text.as_bytes());
            let _ = crate::read_all(text.as_bytes(), format);
        }
    }
}

#[test]
fn a_session_is_named_by_what_it_asks_for_and_not_by_the_words_that_announce_it() {
    let table = [
        ("Fix the cart.\nIt is off.", "Fix the cart."),
        (
            "Implement the following plan:\n\n# Plan: exact totals\n## Context",
            "Plan: exact totals",
        ),
        ("Run this:\n```\nmake\n```", "Run this:"),
        ("Run this:", "Run this:"),
        (
            "Until recently it was run by `go run` from .claude/settings.json for hooks. Thereafter not",
            "Until recently it was run by `go run` from .claude/settings.json for hooks…",
        ),
    ];
    for (request, title) in table {
        assert_eq!(title_of(request).as_deref(), Some(title), "{request}");
    }
}
