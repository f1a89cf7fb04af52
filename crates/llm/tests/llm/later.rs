//! The two formats that only accounts use, against what no honest provider sends.

use krake_llm::{AnswerEvent, ModelError, StopReason, Wire};
use serde_json::json;

use crate::assembling::{answer, assemble};
use krake_scripted_provider::streams::{Say, gemini, responses};

fn call() -> Say {
    Say::call("get_weather", json!({ "city": "Berlin" }))
}

/// The fault of a stream, which is the same byte by byte; no call may have come out.
fn fault(wire: Wire, stream: &str) -> ModelError {
    let (events, ended) = assemble(wire, [stream.as_bytes()]);
    let single = assemble(wire, stream.as_bytes().chunks(1));
    assert_eq!(single, (events.clone(), ended.clone()), "{stream}");
    let calls = |event: &AnswerEvent| matches!(event, AnswerEvent::ToolCall(_));
    assert!(!events.iter().any(calls), "{stream}");
    ended.unwrap_err()
}

/// A stream whose last event is exchanged.
fn ending(stream: &str, last: &serde_json::Value) -> String {
    let events: Vec<&str> = stream.trim_end().split("\n\n").collect();
    let before = events[..events.len() - 1].join("\n\n");
    format!("{before}\n\ndata: {last}\n\n")
}

#[test]
fn a_response_that_failed_or_ended_early_hands_out_no_call() {
    let good = responses(&[call()]);
    let last = |response: serde_json::Value, kind: &str| {
        ending(&good, &json!({ "type": kind, "response": response }))
    };
    let incomplete = |reason: &str| {
        let details = json!({ "reason": reason });
        let response = json!({ "status": "incomplete", "incomplete_details": details });
        last(response, "response.incomplete")
    };
    let stream = incomplete("max_output_tokens");
    let (events, ended) = assemble(Wire::OpenAiResponses, [stream.as_bytes()]);
    assert_eq!(ended, Ok(()));
    let cut = answer(events);
    assert_eq!((cut.stop, cut.calls.len()), (Some(StopReason::Length), 0));
    let refused = fault(Wire::OpenAiResponses, &incomplete("content_filter"));
    assert!(matches!(refused, ModelError::Refused { .. }), "{refused}");

    for (code, expected) in [
        ("server_error", "cannot be reached"),
        ("rate_limit_exceeded", "limits the rate"),
        ("insufficient_quota", "no credit"),
        ("invalid_prompt", "does not take"),
        ("context_length_exceeded", "longer than"),
    ] {
        let error = json!({ "code": code, "message": "why" });
        let failed = last(
            json!({ "status": "failed", "error": error }),
            "response.failed",
        );
        let said = fault(Wire::OpenAiResponses, &failed).to_string();
        assert!(said.contains(expected), "{code}: {said}");
        let bare = ending(
            &good,
            &json!({ "type": "error", "code": code, "message": "why" }),
        );
        assert_eq!(fault(Wire::OpenAiResponses, &bare).to_string(), said);
    }
    for response in [
        json!({ "status": "cancelled" }),
        json!({}),
        json!({ "status": "new" }),
    ] {
        fault(Wire::OpenAiResponses, &last(response, "response.completed"));
    }
}

#[test]
fn a_response_that_contradicts_itself_cannot_be_read() {
    let good = responses(&[call()]);
    let table = [
        // The pieces do not add up to the whole.
        good.replacen("\"delta\":\"{", "\"delta\":\"{ ", 1),
        good.replace("\"output_index\":0,", "")
            .replace(",\"output_index\":0", ""),
        // Two items under one index.
        good.replacen("\"call_id\":\"call_0\"", "\"call_id\":\"call_9\"", 1),
        good.replacen(
            "event: response.created\ndata: {",
            "event: response.created\ndata: {{",
            1,
        ),
    ];
    for stream in table {
        assert_ne!(stream, good);
        let error = fault(Wire::OpenAiResponses, &stream);
        assert!(matches!(error, ModelError::BadAnswer { .. }), "{error}");
    }
    let refusal = responses(&[Say::text("no")])
        .replace("response.output_text.delta", "response.refusal.delta");
    let refused = fault(Wire::OpenAiResponses, &refusal);
    assert_eq!(
        refused,
        ModelError::Refused {
            said: "no".to_owned()
        }
    );
}

#[test]
fn gemini_stops_for_reasons_that_are_told_apart() {
    let with = |reason: &str| gemini(&[call()]).replace("\"STOP\"", &format!("\"{reason}\""));
    let (events, ended) = assemble(Wire::Gemini, [with("MAX_TOKENS").as_bytes()]);
    assert_eq!(ended, Ok(()));
    let cut = answer(events);
    assert_eq!((cut.stop, cut.calls.len()), (Some(StopReason::Length), 0));
    for reason in [
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
    ] {
        let error = fault(Wire::Gemini, &with(reason));
        assert!(matches!(error, ModelError::Refused { .. }), "{error}");
    }
    let error = fault(Wire::Gemini, &with("MALFORMED_FUNCTION_CALL"));
    assert!(matches!(error, ModelError::BadAnswer { .. }), "{error}");
    let (events, _) = assemble(Wire::Gemini, [with("A_NEW_WORD").as_bytes()]);
    let other = answer(events);
    assert_eq!(other.stop, Some(StopReason::Other("A_NEW_WORD".to_owned())));
    assert!(other.calls.is_empty());
}

#[test]
fn gemini_without_candidates_or_with_an_error_is_no_answer() {
    let blocked = json!({ "promptFeedback": { "blockReason": "SAFETY" } });
    let error = fault(Wire::Gemini, &format!("data: {blocked}\n\n"));
    assert!(error.to_string().contains("SAFETY"), "{error}");
    let nothing = json!({ "usageMetadata": { "promptTokenCount": 1 } });
    let error = fault(Wire::Gemini, &format!("data: {nothing}\n\n"));
    assert!(matches!(error, ModelError::Incomplete { .. }), "{error}");
    let broken =
        json!({ "error": { "code": 503, "message": "Overloaded", "status": "UNAVAILABLE" } });
    for stream in [
        format!("data: {broken}\n\n"),
        format!("data: [{broken}]\n\n"),
    ] {
        let error = fault(Wire::Gemini, &stream);
        assert!(matches!(error, ModelError::Overloaded { .. }), "{error}");
    }
}

#[test]
fn thoughts_are_no_answer_and_marks_come_back_with_their_call() {
    let stream = gemini(&[Say::text("sunny"), call()]);
    let (events, ended) = assemble(Wire::Gemini, [stream.as_bytes()]);
    assert_eq!(ended, Ok(()));
    let answer = answer(events);
    assert_eq!(answer.text, "sunny");
    assert_eq!(answer.calls[0].mark.as_deref(), Some("c2ln"));
    assert_eq!(answer.usage.output, Some(89));
    assert_eq!(answer.usage.cache_read, Some(0));
}

#[test]
fn what_a_cache_gave_is_told_by_both() {
    let stream = responses(&[Say::text("hi")]).replace(
        "\"cached_tokens\":0",
        "\"cached_tokens\":20,\"cache_write_tokens\":5",
    );
    let usage = answer(assemble(Wire::OpenAiResponses, [stream.as_bytes()]).0).usage;
    assert_eq!((usage.cache_read, usage.cache_write), (Some(20), Some(5)));
    let stream = gemini(&[Say::text("hi")]).replace(
        "\"candidatesTokenCount\"",
        "\"cachedContentTokenCount\":20,\"candidatesTokenCount\"",
    );
    let usage = answer(assemble(Wire::Gemini, [stream.as_bytes()]).0).usage;
    assert_eq!((usage.input, usage.cache_read), (Some(25), Some(20)));
}
