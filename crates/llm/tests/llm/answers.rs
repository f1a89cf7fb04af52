//! Models over a real socket: what is sent, what comes back, what goes wrong on the way.

use std::time::Duration;

use krake_domain::account::Provider as Kind;
use krake_domain::secret::Hidden;
use krake_edge::http::Client;
use krake_llm::{
    Answer, AnswerEvent, Caps, Model, ModelError, Request, Setting, StopReason, Wire, setting,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::assembling::request;
use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::{Part, Reply};
use krake_scripted_provider::streams::{Format, Say, anthropic, openai};

const KEY: &str = "sk-canary-0123456789";

fn setting_of(format: Format, url: &str) -> Setting {
    if let Format::Responses | Format::Gemini = format {
        // The environment does not name these; an account does.
        let (provider, base) = match format {
            Format::Gemini => (Kind::Gemini, format!("{url}/v1beta")),
            _ => (Kind::OpenAi, format!("{url}/v1")),
        };
        let setting = Setting::of_account(provider, None, Some(&base), Some("m"))
            .ok()
            .unwrap();
        let key = Hidden::new(KEY.to_owned()).bind(setting.origin().clone());
        return setting.with_key(key.ok().unwrap()).ok().unwrap();
    }
    let read = |name: &'static str| {
        let value = match (format, name) {
            (Format::Anthropic, "KRAKE_PLANNER") => "anthropic".to_owned(),
            (Format::Anthropic, "ANTHROPIC_BASE_URL") => url.to_owned(),
            (Format::OpenAi, "KRAKE_PLANNER") => "openai".to_owned(),
            (Format::OpenAi, "OPENAI_BASE_URL") => format!("{url}/v1"),
            (Format::Ollama, "KRAKE_PLANNER") => "ollama".to_owned(),
            (Format::Ollama, "OLLAMA_HOST") => url.to_owned(),
            (_, "ANTHROPIC_API_KEY" | "OPENAI_API_KEY") => KEY.to_owned(),
            (_, "KRAKE_MODEL") => "m".to_owned(),
            _ => return None,
        };
        Some(value)
    };
    setting(&read).unwrap().unwrap()
}

async fn model(format: Format, url: &str) -> Model {
    let cancel = CancellationToken::new();
    Model::find(&setting_of(format, url), Client::new(), &cancel)
        .await
        .unwrap()
}

async fn ask_with(
    format: Format,
    server: &Provider,
    caps: Caps,
    cancel: &CancellationToken,
) -> (Result<Answer, ModelError>, Vec<AnswerEvent>) {
    let mut seen = Vec::new();
    let model = model(format, &server.url()).await;
    let request: Request = request();
    let answer = model
        .ask(&request, caps, cancel, &mut |event| {
            seen.push(event.clone())
        })
        .await;
    (answer, seen)
}

async fn ask(format: Format, server: &Provider) -> Result<Answer, ModelError> {
    let cancel = CancellationToken::new();
    ask_with(format, server, Caps::default(), &cancel).await.0
}

fn says() -> Vec<Say> {
    vec![
        Say::text("I look. "),
        Say::call("get_weather", json!({ "city": "Köln" })),
    ]
}

#[tokio::test]
async fn each_format_is_asked_and_answers() {
    for format in Format::ALL {
        let server = Provider::always(format.reply(&says()));
        let answer = ask(format, &server).await.unwrap();
        assert_eq!(answer.text, "I look. ");
        assert_eq!(answer.stop, Some(StopReason::ToolUse));
        assert_eq!(answer.calls[0].name, "get_weather");
        let seen = server.seen().remove(0);
        let (path, key) = match format {
            Format::Anthropic => ("/v1/messages", seen.header("x-api-key").map(str::to_owned)),
            Format::OpenAi => (
                "/v1/chat/completions",
                seen.header("authorization")
                    .map(|value| value.replace("Bearer ", "")),
            ),
            Format::Ollama => ("/api/chat", Some(KEY.to_owned())),
            Format::Responses => (
                "/v1/responses",
                seen.header("authorization")
                    .map(|value| value.replace("Bearer ", "")),
            ),
            Format::Gemini => (
                "/v1beta/models/m:streamGenerateContent?alt=sse",
                seen.header("x-goog-api-key").map(str::to_owned),
            ),
        };
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", path));
        assert_eq!(key.as_deref(), Some(KEY));
        if format != Format::Gemini {
            assert_eq!(seen.json()["model"], "m");
        }
        assert!(!seen.body.contains(KEY), "{}", seen.body);
        if format == Format::Ollama {
            assert!(
                !format!("{seen:?}").contains(KEY),
                "a key for nobody: {seen:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_left_is_told_first() {
    let reply = Format::Anthropic
        .reply(&says())
        .header("anthropic-ratelimit-requests-remaining", "49");
    let server = Provider::always(reply);
    let cancel = CancellationToken::new();
    let (answer, seen) = ask_with(Format::Anthropic, &server, Caps::default(), &cancel).await;
    assert_eq!(answer.unwrap().limits.windows[0].remaining, Some(49));
    assert!(matches!(&seen[0], AnswerEvent::Limits(limits) if limits.windows.len() == 1));
}

#[tokio::test]
async fn what_may_pass_is_asked_again_and_the_rest_is_not() {
    let error = |status: u16, body: &str| Reply::new(status, "application/json", body);
    let good = Format::OpenAi.reply(&says());
    let server = Provider::in_turn(vec![
        error(503, "{}"),
        error(429, "{}").header("retry-after", "0"),
        good.clone(),
    ]);
    assert!(ask(Format::OpenAi, &server).await.is_ok());
    assert_eq!(server.seen().len(), 3);

    let server = Provider::always(error(529, "{}"));
    let failed = ask(Format::Anthropic, &server).await.unwrap_err();
    assert!(matches!(failed, ModelError::Overloaded { .. }), "{failed}");
    assert_eq!(server.seen().len(), 3, "the budget is used up");

    for (status, body) in [
        (401, "{}"),
        (402, "{}"),
        (403, "{}"),
        (400, "{}"),
        (429, "{\"error\":{\"code\":\"insufficient_quota\"}}"),
    ] {
        let server = Provider::always(error(status, body).header("retry-after", "0"));
        assert!(ask(Format::OpenAi, &server).await.is_err());
        assert_eq!(server.seen().len(), 1, "{status}");
    }
    // A longer wait than anybody would sit through is told and not waited for.
    let server = Provider::always(error(429, "{}").header("retry-after", "600"));
    let failed = ask(Format::OpenAi, &server).await.unwrap_err();
    assert_eq!(failed.retry_after(), Some(Duration::from_secs(600)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn no_message_repeats_the_key() {
    for status in [401, 400, 200] {
        let filler = "x".repeat(480);
        let body = json!({ "error": { "type": "authentication_error", "message": format!("{filler} wrong key {KEY}!") } });
        let server = Provider::always(Reply::json(status, &body));
        for format in [Format::Anthropic, Format::OpenAi] {
            let error = ask(format, &server).await.unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("canary"), "{shown}");
            assert!(shown.contains("wrong key"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_page_is_no_answer_and_a_redirect_is_not_followed() {
    let elsewhere = Provider::always(Format::OpenAi.reply(&says()));
    for format in Format::ALL {
        let page = Provider::always(Reply::new(200, "text/html", "<html>Sign in</html>"));
        let error = ask(format, &page).await.unwrap_err();
        assert!(matches!(error, ModelError::BadAnswer { .. }), "{error}");
        let away = Reply::new(307, "text/html", "").header("location", &elsewhere.url());
        let error = ask(format, &Provider::always(away)).await.unwrap_err();
        assert!(matches!(error, ModelError::BadAnswer { .. }), "{error}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_connection_that_ends_too_soon_gives_no_call() {
    let whole = openai(&says());
    let cut = whole.find("data: [DONE]").unwrap();
    for part in [Part::Bytes(Vec::new()), Part::Cut] {
        let mut reply = Reply::events(&whole.as_bytes()[..cut]).then(part.clone());
        reply.in_chunks = matches!(part, Part::Cut);
        let server = Provider::always(reply);
        let cancel = CancellationToken::new();
        let (answer, seen) = ask_with(Format::OpenAi, &server, Caps::default(), &cancel).await;
        let error = answer.unwrap_err();
        assert!(matches!(error, ModelError::Incomplete { .. }), "{error}");
        let calls = seen
            .iter()
            .any(|event| matches!(event, AnswerEvent::ToolCall(_)));
        assert!(!calls, "{seen:?}");
        assert_eq!(server.seen().len(), 1, "what began is not paid for twice");
    }
}

#[tokio::test]
async fn silence_and_drips_end() {
    let caps = Caps {
        idle: Duration::from_millis(300),
        ..Caps::default()
    };
    let cancel = CancellationToken::new();
    let every = Duration::from_millis(5);
    let drip = |text: &str| Part::Drip {
        bytes: text.as_bytes().to_vec(),
        every,
    };
    // Headers and nothing more; a line that never ends.
    for part in [Part::Silence, drip("x")] {
        let server = Provider::always(Reply::events("").then(part));
        let (answer, _) = ask_with(Format::OpenAi, &server, caps, &cancel).await;
        let error = answer.unwrap_err();
        let ModelError::Timeout { what, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(what, "the next part of the answer");
    }
    // Heartbeats keep it alive, and the whole has an end.
    let caps = Caps {
        total: Duration::from_millis(900),
        ..Caps::default()
    };
    let beats = Reply::events("").then(drip("data: {}\n\n"));
    let (answer, _) = ask_with(Format::OpenAi, &Provider::always(beats), caps, &cancel).await;
    let error = answer.unwrap_err();
    let ModelError::Timeout { what, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(what, "the answer");
    // Nothing at all, not even a head.
    let caps = Caps {
        begin: Duration::from_millis(200),
        ..Caps::default()
    };
    let dumb = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", dumb.local_addr().unwrap());
    let silent = model(Format::Ollama, &url).await;
    let answer = silent.ask(&request(), caps, &cancel, &mut |_| {}).await;
    let error = answer.unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::Timeout {
                what: "the beginning of the answer",
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_cancelled_call_ends_at_once() {
    let half = anthropic(&says());
    let half = &half.as_bytes()[..half.len() / 2];
    let server = Provider::always(Reply::events(half).then(Part::Silence));
    let cancel = CancellationToken::new();
    let model = model(Format::Anthropic, &server.url()).await;
    let request = request();
    let stop = cancel.clone();
    let answer = model
        .ask(&request, Caps::default(), &cancel, &mut |event| {
            if matches!(event, AnswerEvent::Text(_)) {
                stop.cancel();
            }
        })
        .await;
    assert_eq!(answer, Err(ModelError::Cancelled));
}

#[tokio::test]
async fn nobody_there_is_not_waited_for() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let model = model(Format::OpenAi, &url).await;
    let cancel = CancellationToken::new();
    let answer = model
        .ask(&request(), Caps::default(), &cancel, &mut |_| {})
        .await;
    let error = answer.unwrap_err();
    assert!(matches!(error, ModelError::Unavailable { .. }), "{error}");
}

#[tokio::test]
async fn ollama_names_the_first_model_that_can_call_tools() {
    let server = Provider::start(|seen, _| match seen.path.as_str() {
        "/api/tags" => Reply::json(
            200,
            &json!({ "models": [
                { "name": "far:120b-cloud", "model": "far:120b-cloud" },
                { "name": "plain:1b", "model": "plain:1b" },
                { "name": "able:8b", "model": "able:8b" },
            ] }),
        ),
        "/api/show" if seen.json()["model"] == "plain:1b" => {
            Reply::json(200, &json!({ "capabilities": ["completion"] }))
        }
        "/api/show" => Reply::json(200, &json!({ "capabilities": ["completion", "tools"] })),
        _ => Reply::json(404, &json!({ "error": "no" })),
    });
    let url = server.url();
    let found = setting(&|name| (name == "OLLAMA_HOST").then(|| url.clone()));
    let setting = found.unwrap().unwrap();
    let cancel = CancellationToken::new();
    let model = Model::find(&setting, Client::new(), &cancel).await.unwrap();
    assert_eq!((model.name(), model.wire()), ("able:8b", Wire::Ollama));
    let asked: Vec<String> = server.seen().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/api/tags", "/api/show", "/api/show"]);

    let empty = Provider::always(Reply::json(200, &json!({ "models": [] })));
    let url = empty.url();
    let found = krake_llm::setting(&|name| (name == "OLLAMA_HOST").then(|| url.clone()));
    let error = Model::find(&found.unwrap().unwrap(), Client::new(), &cancel).await;
    assert!(error.err().unwrap().to_string().contains("has no model"));
}
