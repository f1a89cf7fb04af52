//! Streams that no honest provider sends: refused by name, and no call of them is seen.

use krake_llm::{AnswerEvent, BadCall, Caps, ModelError, StopReason, Wire};
use serde_json::json;

use crate::assembling::{answer, assemble, assemble_with};
use krake_scripted_provider::streams::{Say, anthropic, ollama, openai};

fn call() -> Say {
    Say::call("get_weather", json!({ "city": "Berlin" }))
}

fn no_calls(events: &[AnswerEvent]) -> bool {
    !events
        .iter()
        .any(|event| matches!(event, AnswerEvent::ToolCall(_)))
}

/// The fault of a stream, which is the same byte by byte; no call may have come out.
fn fault(wire: Wire, stream: &str) -> ModelError {
    let (events, ended) = assemble(wire, [stream.as_bytes()]);
    let single = assemble(wire, stream.as_bytes().chunks(1));
    assert_eq!(single, (events.clone(), ended.clone()), "{stream}");
    assert!(no_calls(&events), "{stream}");
    ended.unwrap_err()
}

#[test]
fn an_error_event_under_status_200_is_a_failure() {
    let before = anthropic(&[call()]);
    let before = &before[..before.find("event: message_delta").unwrap()];
    let with = |kind: &str| {
        let event = json!({"type": "error", "error": {"type": kind, "message": "Overloaded"}});
        fault(
            Wire::Anthropic,
            &format!("{before}event: error\ndata: {event}\n\n"),
        )
    };
    let said = || "Overloaded".to_owned();
    let overloaded = ModelError::Overloaded {
        retry_after: None,
        said: said(),
    };
    assert_eq!(with("overloaded_error"), overloaded);
    assert_eq!(with("api_error"), ModelError::Unavailable { said: said() });
    assert_eq!(with("a_new_error"), ModelError::BadRequest { said: said() });

    let before = openai(&[call()]);
    let before = &before[..before.find("data: [DONE]").unwrap()];
    let error = json!({"error": {"message": "Overloaded", "type": "server_error"}});
    for name in ["", "event: error\n"] {
        let stream = format!("{before}{name}data: {error}\n\ndata: [DONE]\n\n");
        assert_eq!(
            fault(Wire::OpenAiChat, &stream),
            ModelError::Unavailable { said: said() }
        );
    }
    let broke = json!({"error": {"message": "m", "code": "insufficient_quota"}});
    let stream = format!("data: {broke}\n\n");
    assert!(matches!(
        fault(Wire::OpenAiChat, &stream),
        ModelError::OutOfCredit { .. }
    ));

    let before = ollama(&[call()]);
    let before = before.lines().next().unwrap();
    let stream = format!("{before}\n{{\"error\":\"Overloaded\"}}\n");
    assert_eq!(
        fault(Wire::Ollama, &stream),
        ModelError::Unavailable { said: said() }
    );
}

#[test]
fn a_stop_at_the_largest_length_hands_out_no_call() {
    for (wire, stream) in [
        (
            Wire::Anthropic,
            anthropic(&[call()]).replace("\"tool_use\",\"stop", "\"max_tokens\",\"stop"),
        ),
        (
            Wire::Anthropic,
            anthropic(&[call()]).replace(
                "\"tool_use\",\"stop",
                "\"model_context_window_exceeded\",\"stop",
            ),
        ),
        (
            Wire::OpenAiChat,
            openai(&[call()]).replace("\"tool_calls\"}", "\"length\"}"),
        ),
        (
            Wire::Ollama,
            ollama(&[call()]).replace("\"done_reason\":\"stop\"", "\"done_reason\":\"length\""),
        ),
    ] {
        let (events, ended) = assemble(wire, [stream.as_bytes()]);
        assert_eq!(ended, Ok(()), "{stream}");
        assert!(no_calls(&events), "{stream}");
        assert_eq!(answer(events).stop, Some(StopReason::Length));
    }
    let paused = anthropic(&[call()]).replace("\"tool_use\",\"stop", "\"pause_turn\",\"stop");
    let (events, _) = assemble(Wire::Anthropic, [paused.as_bytes()]);
    assert!(no_calls(&events));
    assert_eq!(answer(events).stop, Some(StopReason::Paused));
}

#[test]
fn a_refusal_is_no_answer() {
    let stream = anthropic(&[Say::text("no")]).replace(
        "\"end_turn\",",
        "\"refusal\",\"stop_details\":{\"type\":\"refusal\",\"explanation\":\"not this\"},",
    );
    let refused = |said: &str| ModelError::Refused {
        said: said.to_owned(),
    };
    assert_eq!(fault(Wire::Anthropic, &stream), refused("not this"));
    let stream = openai(&[Say::text("no")]).replace("\"content\":\"n", "\"refusal\":\"n");
    assert_eq!(fault(Wire::OpenAiChat, &stream), refused("n"));
    let stream = openai(&[call()]).replace("\"tool_calls\"}", "\"content_filter\"}");
    assert!(matches!(
        fault(Wire::OpenAiChat, &stream),
        ModelError::Refused { .. }
    ));
}

#[test]
fn a_stream_that_contradicts_itself_cannot_be_read() {
    let good = anthropic(&[call()]);
    let start = &good[..good.find("event: content_block_start").unwrap()];
    let block = &good[start.len()..good.find("event: message_delta").unwrap()];
    let end = &good[start.len() + block.len()..];
    let text = anthropic(&[Say::text("x")]);
    for stream in [
        format!("{start}{start}{block}{end}"),
        format!("{block}{end}"),
        format!("{start}{block}{block}{end}"),
        format!(
            "{start}{}{end}",
            block
                .replace("event: content_block_stop", "event: new")
                .replace("\"content_block_stop\"", "\"new\"")
        ),
        format!(
            "{start}{}{end}",
            block.replace("\"index\":0,\"delta\"", "\"index\":1,\"delta\"")
        ),
        format!("{start}{}{end}", block.replace("\"toolu_0\"", "null")),
        format!("{start}{}{end}", block.replace("\"get_weather\"", "7")),
        text.replace("text_delta", "input_json_delta"),
        good.replacen("data: {", "data: {{", 1),
        anthropic(&[call(), call()]).replace("toolu_1", "toolu_0"),
        // OpenAI
        openai(&[call(), call()]).replace("call_1", "call_0"),
        openai(&[call()]).replace("\"call_0\"", "null"),
        openai(&[call()]).replace("\"index\":0,\"id\"", "\"id\""),
        openai(&[call()]).replace("data: {", "data: <"),
        openai(&[call()]).replacen(
            "\"index\":0,\"function\"",
            "\"index\":0,\"id\":\"call_9\",\"function\"",
            1,
        ),
        // Ollama
        ollama(&[call()]).replace("\"name\":\"get_weather\"", "\"name\":\"\""),
        ollama(&[call()]).replace("\"done\":true", "\"done\":true}"),
        ollama(&[call(), call()]).replace("{\"function\"", "{\"id\":\"a\",\"function\""),
        "<!doctype html>\n<html></html>\n".to_owned(),
    ] {
        let wire = if stream.starts_with("event: ") {
            Wire::Anthropic
        } else if stream.starts_with("data: ") {
            Wire::OpenAiChat
        } else {
            Wire::Ollama
        };
        let error = fault(wire, &stream);
        assert!(
            matches!(error, ModelError::BadAnswer { .. }),
            "{error}\n{stream}"
        );
    }
}

#[test]
fn an_end_without_a_reason_is_incomplete() {
    for (wire, stream) in [
        (
            Wire::Anthropic,
            anthropic(&[call()]).replace("\"stop_reason\":\"tool_use\"", "\"stop_reason\":null"),
        ),
        (
            Wire::OpenAiChat,
            openai(&[call()]).replace("\"tool_calls\"}", "null}"),
        ),
        (
            Wire::Ollama,
            ollama(&[call()]).replace("\"done_reason\":\"stop\"", "\"done_reason\":\"unload\""),
        ),
    ] {
        let error = fault(wire, &stream);
        assert!(
            matches!(error, ModelError::Incomplete { .. }),
            "{error}\n{stream}"
        );
    }
}

#[test]
fn arguments_that_are_cut_and_tools_that_are_unknown_come_back_as_faults() {
    for (wire, stream) in [
        (
            Wire::Anthropic,
            anthropic(&[call()]).replace("lin\\\"}", "lin"),
        ),
        (
            Wire::OpenAiChat,
            openai(&[call()]).replace("lin\\\"}", "lin"),
        ),
    ] {
        let (events, ended) = assemble(wire, [stream.as_bytes()]);
        assert_eq!(ended, Ok(()));
        let fault = answer(events).calls.remove(0).arguments.unwrap_err();
        assert!(
            matches!(fault, BadCall::NotJson { .. }),
            "{fault}\n{stream}"
        );
    }
    let stream = ollama(&[Say::call("get_weather", json!("{\"city\": \"Berlin\"}"))]);
    let (events, _) = assemble(Wire::Ollama, [stream.as_bytes()]);
    let fault = answer(events).calls.remove(0).arguments.unwrap_err();
    assert!(
        matches!(
            fault,
            BadCall::NotAnObject {
                found: "a text",
                ..
            }
        ),
        "{fault}"
    );
    let unknown = [Say::call("rm", json!({}))];
    for (wire, stream) in [
        (Wire::Anthropic, anthropic(&unknown)),
        (Wire::OpenAiChat, openai(&unknown)),
        (Wire::Ollama, ollama(&unknown)),
    ] {
        let (events, _) = assemble(wire, [stream.as_bytes()]);
        assert_eq!(
            answer(events).calls.remove(0).arguments,
            Err(BadCall::NoSuchTool)
        );
    }
}

#[test]
fn caps_hold_and_name_themselves() {
    let huge = "x".repeat(20 << 20);
    let empty = "data:\n\n".repeat(100_000);
    let deep = format!(
        "data: {{\"a\":{}{}}}\n\n",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for (wire, stream, cap) in [
        (
            Wire::Anthropic,
            format!("event: message_start\ndata: {huge}"),
            "bytes in a line",
        ),
        (Wire::OpenAiChat, huge.clone(), "bytes in a line"),
        (Wire::Ollama, huge, "bytes in a line"),
        (Wire::OpenAiChat, empty.clone(), "events"),
        (Wire::Anthropic, empty, "events"),
        (Wire::OpenAiChat, "data: {}\n\n".repeat(2 << 20), "events"),
    ] {
        let (_, ended) = assemble(wire, stream.as_bytes().chunks(16 << 10));
        match ended {
            Err(ModelError::TooLarge { what, .. }) => assert_eq!(what, cap, "{wire:?}"),
            other => panic!("{wire:?} {cap}: {other:?}"),
        }
    }
    assert!(matches!(
        fault(Wire::OpenAiChat, &deep),
        ModelError::BadAnswer { .. }
    ));
    let small = Caps {
        total_bytes: 10_000,
        ..Caps::default()
    };
    for (wire, line) in [(Wire::Ollama, "\n"), (Wire::Anthropic, ":\n")] {
        let (_, ended) = assemble_with(wire, small, [line.repeat(10_001).as_bytes()]);
        let what = "bytes";
        let cap = 10_000;
        assert_eq!(ended, Err(ModelError::TooLarge { what, cap }), "{wire:?}");
    }
    let caps = Caps {
        calls: 1,
        ..Caps::default()
    };
    let two = openai(&[call(), call()]);
    let (events, ended) = assemble_with(Wire::OpenAiChat, caps, [two.as_bytes()]);
    assert_eq!(
        ended,
        Err(ModelError::TooLarge {
            what: "tool calls",
            cap: 1
        })
    );
    assert!(no_calls(&events));
}

#[test]
fn usage_that_is_missing_or_absurd_is_unknown() {
    let says = [Say::text("hi")];
    for (wire, good, field) in [
        (Wire::Anthropic, anthropic(&says), "\"output_tokens\":89"),
        (Wire::OpenAiChat, openai(&says), "\"completion_tokens\":89"),
        (Wire::Ollama, ollama(&says), "\"eval_count\":89"),
    ] {
        let name = field.trim_end_matches("89");
        for absurd in ["-1", "9223372036854775808", "1e40", "\"89\""] {
            let stream = good.replace(field, &format!("{name}{absurd}"));
            let (events, ended) = assemble(wire, [stream.as_bytes()]);
            assert_eq!(ended, Ok(()));
            let usage = answer(events).usage;
            assert_eq!(
                (usage.input, usage.output),
                (Some(25), None),
                "{wire:?} {absurd}"
            );
        }
    }
    let stream = ollama(&says).replace("\"prompt_eval_count\":25,", "");
    let usage = answer(assemble(Wire::Ollama, [stream.as_bytes()]).0).usage;
    assert_eq!((usage.input, usage.output), (None, Some(89)));
    let stream = openai(&says).replace("\"usage\":{", "\"unused\":{");
    let usage = answer(assemble(Wire::OpenAiChat, [stream.as_bytes()]).0).usage;
    assert_eq!((usage.input, usage.output), (None, None));
}
