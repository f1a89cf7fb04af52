//! What each status and each error body of a provider means.

use std::time::Duration;

use krake_domain::time::Timestamp;
use krake_llm::{Head, ModelError, Wire};
use serde_json::{Value, json};

const HTML: &str = "<!doctype html><title>Sign in to the hotel network</title>";

fn error(wire: Wire, status: u16, headers: &[(&str, &str)], body: &str) -> ModelError {
    let now = Timestamp::from_rfc3339("2026-11-25T12:00:00Z").unwrap();
    let head = Head::new(status, headers.iter().copied());
    wire.error(&head, body.as_bytes(), now)
}

fn kind(error: &ModelError) -> String {
    let text = format!("{error:?}");
    text.split([' ', '{']).next().unwrap().to_owned()
}

fn body(wire: Wire, kind: &str) -> Value {
    match wire {
        Wire::Anthropic => json!({"type": "error", "error": {"type": kind, "message": "words"}}),
        Wire::OpenAiChat | Wire::OpenAiResponses => {
            json!({"error": {"message": "words", "type": kind, "code": kind}})
        }
        Wire::Gemini => json!({"error": {"message": "words", "status": kind}}),
        Wire::Ollama => json!({"error": "words"}),
    }
}

#[test]
fn table() {
    use Wire::{Anthropic, Gemini, Ollama, OpenAiChat, OpenAiResponses};
    for (wire, status, word, expected) in [
        (OpenAiResponses, 401, "invalid_api_key", "NoAccess"),
        (OpenAiResponses, 429, "insufficient_quota", "OutOfCredit"),
        (OpenAiResponses, 429, "rate_limit_exceeded", "RateLimited"),
        (Gemini, 400, "INVALID_ARGUMENT", "BadRequest"),
        (Gemini, 400, "FAILED_PRECONDITION", "BadRequest"),
        (Gemini, 403, "PERMISSION_DENIED", "NoAccess"),
        (Gemini, 404, "NOT_FOUND", "BadRequest"),
        (Gemini, 429, "RESOURCE_EXHAUSTED", "RateLimited"),
        (Gemini, 500, "INTERNAL", "Unavailable"),
        (Gemini, 503, "UNAVAILABLE", "Overloaded"),
        (Gemini, 504, "DEADLINE_EXCEEDED", "Unavailable"),
        (Anthropic, 400, "invalid_request_error", "BadRequest"),
        (Anthropic, 401, "authentication_error", "NoAccess"),
        (Anthropic, 402, "billing_error", "OutOfCredit"),
        (Anthropic, 403, "permission_error", "NoAccess"),
        (Anthropic, 404, "not_found_error", "BadRequest"),
        (Anthropic, 413, "request_too_large", "ContextTooLong"),
        (Anthropic, 429, "rate_limit_error", "RateLimited"),
        (Anthropic, 500, "api_error", "Unavailable"),
        (Anthropic, 502, "", "Unavailable"),
        (Anthropic, 503, "", "Overloaded"),
        (Anthropic, 504, "timeout_error", "Unavailable"),
        (Anthropic, 529, "overloaded_error", "Overloaded"),
        (OpenAiChat, 400, "invalid_request_error", "BadRequest"),
        (OpenAiChat, 400, "context_length_exceeded", "ContextTooLong"),
        (OpenAiChat, 401, "invalid_api_key", "NoAccess"),
        (OpenAiChat, 402, "", "OutOfCredit"),
        (OpenAiChat, 403, "unsupported_country", "NoAccess"),
        (OpenAiChat, 404, "model_not_found", "BadRequest"),
        (OpenAiChat, 429, "rate_limit_exceeded", "RateLimited"),
        (OpenAiChat, 429, "insufficient_quota", "OutOfCredit"),
        (OpenAiChat, 500, "server_error", "Unavailable"),
        (OpenAiChat, 502, "", "Unavailable"),
        (OpenAiChat, 503, "", "Overloaded"),
        (OpenAiChat, 504, "", "Unavailable"),
        (OpenAiChat, 529, "", "Overloaded"),
        (Ollama, 400, "", "BadRequest"),
        (Ollama, 404, "", "BadRequest"),
        (Ollama, 429, "", "RateLimited"),
        (Ollama, 500, "", "Unavailable"),
        (Ollama, 502, "", "Unavailable"),
    ] {
        let found = error(wire, status, &[], &body(wire, word).to_string());
        assert_eq!(kind(&found), expected, "{wire:?} {status} {word}");
        assert!(found.to_string().contains("words"), "{found}");
        // The status alone decides where the body says nothing, and a page is never quoted.
        if word.is_empty() {
            let found = error(wire, status, &[("content-type", "text/html")], HTML);
            assert_eq!(kind(&found), expected, "{wire:?} {status}");
            assert!(
                found.to_string().contains(&format!("status {status}")),
                "{found}"
            );
        }
    }
}

#[test]
fn a_page_or_a_piece_instead_of_a_stream_is_no_answer() {
    for wire in [Wire::Anthropic, Wire::OpenAiChat, Wire::Ollama] {
        for (status, kind_of, text) in [
            (200, "text/html; charset=utf-8", HTML),
            (200, "", "{}"),
            (200, "application/json", "{\"choices\": []}"),
            (302, "text/html", HTML),
            (307, "", ""),
        ] {
            let headers = [
                ("content-type", kind_of),
                ("location", "http://169.254.169.254/"),
            ];
            let head = Head::new(status, headers);
            assert!(!wire.begins_stream(&head), "{wire:?} {status} {kind_of}");
            let found = error(wire, status, &headers, text);
            assert_eq!(kind(&found), "BadAnswer", "{found}");
            assert!(!found.to_string().contains("hotel"), "{found}");
        }
        // An error body under status 200 is an error.
        let text = body(wire, "insufficient_quota").to_string();
        assert_ne!(kind(&error(wire, 200, &[], &text)), "BadAnswer");
    }
}

#[test]
fn a_stream_that_is_packed_is_not_unpacked() {
    for (wire, media) in [
        (Wire::Anthropic, "text/event-stream"),
        (Wire::OpenAiChat, "text/event-stream"),
        (Wire::Ollama, "application/x-ndjson"),
    ] {
        assert!(wire.begins_stream(&Head::new(200, [("content-type", media)])));
        let packed = Head::new(200, [("content-type", media), ("content-encoding", "gzip")]);
        assert!(!wire.begins_stream(&packed));
        let found = error(
            wire,
            200,
            &[("content-type", media), ("content-encoding", "gzip")],
            "",
        );
        assert!(found.to_string().contains("gzip"), "{found}");
    }
}

#[test]
fn the_wait_that_was_told_is_kept() {
    let found = error(Wire::Anthropic, 429, &[("retry-after", "17")], "{}");
    assert_eq!(found.retry_after(), Some(Duration::from_secs(17)));
    let found = error(Wire::Anthropic, 529, &[("retry-after-ms", "250")], "{}");
    assert_eq!(found.retry_after(), Some(Duration::from_millis(250)));
    let delay = json!({"error": {"message": "m", "details": [{"retryDelay": "17s"}]}});
    let found = error(Wire::OpenAiChat, 429, &[], &json!([delay]).to_string());
    assert_eq!(found.retry_after(), Some(Duration::from_secs(17)));
    // What waiting does not mend asks for no wait.
    let quota = body(Wire::OpenAiChat, "insufficient_quota").to_string();
    let found = error(Wire::OpenAiChat, 429, &[("retry-after", "1")], &quota);
    assert_eq!(found.retry_after(), None);
}

#[test]
fn what_is_left_is_read_with_its_moment() {
    let now = Timestamp(1_000);
    let head = Head::new(200, [("anthropic-ratelimit-requests-remaining", "49")]);
    let limits = Wire::Anthropic.limits(&head, now);
    assert_eq!((limits.at, limits.windows[0].remaining), (now, Some(49)));
    let head = Head::new(200, [("x-ratelimit-reset-tokens", "6m0s")]);
    let limits = Wire::OpenAiChat.limits(&head, now);
    assert_eq!(limits.windows[0].resets_at, Some(Timestamp(361_000)));
    assert!(Wire::Ollama.limits(&head, now).windows.is_empty());
}
