//! Texts to numbers over a real socket, in each documented form, and what is refused.

use std::time::Duration;

use krake_domain::account::Provider as Kind;
use krake_domain::secret::Hidden;
use krake_edge::http::Client;
use krake_llm::{Caps, Embedded, MOST_TEXTS, Model, ModelError, Setting, Side};
use krake_scripted_provider::embeddings::{DIMENSION, answer, answer_with, texts, vector};
use krake_scripted_provider::reply::{Part, Reply};
use krake_scripted_provider::{Provider, Seen};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const KEY: &str = "sk-canary-0123456789";
const FORMS: [(Kind, &str, &str); 3] = [
    (Kind::OpenAiCompatible, "/v1", "/v1/embeddings"),
    (
        Kind::Gemini,
        "/v1beta",
        "/v1beta/models/m:batchEmbedContents",
    ),
    (Kind::Ollama, "", "/api/embed"),
];

async fn model(provider: Kind, base: &str, name: &str) -> Model {
    let setting = Setting::of_account(provider, None, Some(base), Some(name));
    let setting = setting.ok().unwrap();
    let key = Hidden::new(KEY.to_owned()).bind(setting.origin().clone());
    let setting = setting.with_key(key.ok().unwrap()).ok().unwrap();
    let cancel = CancellationToken::new();
    Model::find(&setting, Client::new(), &cancel).await.unwrap()
}

fn two() -> Vec<String> {
    vec!["the ship sank".to_owned(), "half up".to_owned()]
}

async fn embed(form: (Kind, &str, &str), server: &Provider) -> Result<Embedded, ModelError> {
    let model = model(form.0, &(server.url() + form.1), "m").await;
    let cancel = CancellationToken::new();
    model
        .embed(&two(), Side::Text, Caps::default(), &cancel)
        .await
}

fn kind(result: &Result<Embedded, ModelError>) -> String {
    let text = format!("{:?}", result.as_ref().unwrap_err());
    text.split([' ', '{']).next().unwrap().to_owned()
}

#[tokio::test]
async fn each_form_is_asked_and_read_as_it_is_documented() {
    for form in FORMS {
        let server = Provider::start(|seen, _| answer(seen));
        let embedded = embed(form, &server).await.unwrap();
        assert_eq!(
            (embedded.vectors.len(), embedded.dimension()),
            (2, DIMENSION)
        );
        for (vector_of, text) in embedded.vectors.iter().zip(two()) {
            let raw = vector(&text);
            let length = raw.iter().map(|number| number * number).sum::<f32>().sqrt();
            let far = |(one, other): (&f32, &f32)| (one - other / length).abs() > 1e-5;
            assert!(!vector_of.iter().zip(&raw).any(far), "{text}");
        }
        let usage = embedded.usage;
        let told = (form.0 != Kind::Gemini).then_some(16);
        assert_eq!((usage.input, usage.output), (told, Some(0)), "{:?}", form.0);
        let seen: Seen = server.seen().remove(0);
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", form.2));
        assert_eq!(texts(&seen), two());
        let header = if form.0 == Kind::Gemini {
            ("x-goog-api-key", KEY.to_owned())
        } else {
            ("authorization", format!("Bearer {KEY}"))
        };
        assert_eq!(seen.header(header.0), Some(header.1.as_str()));
        assert!(!seen.path.contains("canary"));
    }
}

#[tokio::test]
async fn a_question_is_told_from_a_text_where_a_model_tells_them_apart() {
    let server = Provider::start(|seen, _| answer(seen));
    let cancel = CancellationToken::new();
    let question = vec!["boat".to_owned()];
    for (provider, base, name) in [
        (Kind::Gemini, "/v1beta", "gemini-embedding-001"),
        (Kind::Ollama, "", "nomic-embed-text:v1.5"),
    ] {
        let model = model(provider, &(server.url() + base), name).await;
        for side in [Side::Question, Side::Text] {
            let asked = model.embed(&question, side, Caps::default(), &cancel);
            asked.await.unwrap();
        }
    }
    let seen = server.seen();
    let of = |place: usize| seen[place].json();
    assert_eq!(of(0)["requests"][0]["taskType"], "RETRIEVAL_QUERY");
    assert_eq!(of(1)["requests"][0]["taskType"], "RETRIEVAL_DOCUMENT");
    assert_eq!(of(1)["requests"][0]["outputDimensionality"], 768);
    assert_eq!(of(2)["input"][0], "search_query: boat");
    assert_eq!(of(3)["input"][0], "search_document: boat");
}

#[tokio::test]
async fn vectors_are_put_where_their_index_says() {
    let of = |items: Value| Provider::always(Reply::json(200, &json!({ "data": items })));
    let item = |index: u64, x: f64, y: f64| json!({ "index": index, "embedding": [x, y] });
    let turned = of(json!([item(1, 0.0, 2.0), item(0, 3.0, 0.0)]));
    let embedded = embed(FORMS[0], &turned).await.unwrap();
    assert_eq!(embedded.vectors, [[1.0, 0.0], [0.0, 1.0]]);
    assert_eq!(embedded.usage.input, None);
    let bare = of(json!([{ "embedding": [1.0, 0.0] }, { "embedding": [0.0, 1.0] }]));
    let in_order = embed(FORMS[0], &bare).await.unwrap();
    assert_eq!(in_order.vectors, embedded.vectors);
    for wrong in [
        json!([item(0, 1.0, 0.0), item(0, 1.0, 0.0)]),
        json!([item(0, 1.0, 0.0), item(2, 1.0, 0.0)]),
        json!([item(0, 1.0, 0.0)]),
        json!([item(0, 1.0, 0.0), item(1, 1.0, 0.0), item(2, 1.0, 0.0)]),
        json!([]),
    ] {
        let refused = embed(FORMS[0], &of(wrong.clone())).await;
        assert_eq!(kind(&refused), "BadAnswer", "{wrong}");
    }
}

#[tokio::test]
async fn what_are_no_vectors_is_refused_by_name() {
    let long = vec![0.5; 4_097];
    for form in FORMS {
        for (vectors, said) in [
            (vec![vec![1.0, 0.0], vec![1.0]], "of 2 and of 1 numbers"),
            (vec![vec![], vec![]], "a vector of 0 numbers"),
            (vec![long.clone(), long.clone()], "a vector of 4097 numbers"),
            (vec![vec![0.0, 0.0], vec![1.0, 0.0]], "without a length"),
            (vec![vec![1.0, 0.0]], "1 vectors for 2 texts"),
            // Written as null, which is how most write what is no number.
            (vec![vec![f32::NAN], vec![1.0]], "holds no vectors"),
        ] {
            let server = Provider::start(move |seen, _| answer_with(seen, &vectors));
            let refused = embed(form, &server).await;
            assert_eq!(kind(&refused), "BadAnswer", "{form:?} {said}");
            let error = refused.unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        // Numbers that no f32 holds, and a word that is no JSON.
        for number in ["1e39", "NaN", "1e999", "\"1\""] {
            let server = Provider::start(move |seen, _| {
                let mut reply = answer_with(seen, &[vec![0.25], vec![1.0]]);
                if let Part::Bytes(bytes) = &mut reply.parts[0] {
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    *bytes = text.replace("0.25", number).into_bytes();
                }
                reply
            });
            assert_eq!(kind(&embed(form, &server).await), "BadAnswer", "{number}");
        }
    }
}

#[tokio::test]
async fn errors_are_those_of_every_call_and_no_key_is_in_them() {
    let page = || Reply::new(200, "text/html", "<title>Sign in to the hotel</title>");
    for form in FORMS {
        let refused = embed(form, &Provider::always(page())).await;
        assert_eq!(kind(&refused), "BadAnswer");
        assert!(!refused.unwrap_err().to_string().contains("hotel"));
        let cut = Reply::new(200, "application/json", "{\"data\": [").then(Part::Cut);
        assert_eq!(
            kind(&embed(form, &Provider::always(cut)).await),
            "Incomplete"
        );
        let late = Reply::json(
            429,
            &json!({ "error": { "message": format!("slow {KEY}") } }),
        )
        .header("retry-after", "120");
        let server = Provider::always(late);
        let limited = embed(form, &server).await.unwrap_err();
        assert_eq!(limited.retry_after(), Some(Duration::from_secs(120)));
        assert!(!limited.to_string().contains("canary"), "{limited}");
        assert_eq!(
            server.seen().len(),
            1,
            "whoever asks for so long is not waited for"
        );
        let absent = json!({ "error": { "message": "model m is not found" } });
        let absent = embed(form, &Provider::always(Reply::json(404, &absent))).await;
        assert_eq!(kind(&absent), "BadRequest");
        let under = Reply::json(200, &json!({ "error": "overloaded" }));
        let under = embed(form, &Provider::always(under)).await;
        assert_ne!(
            kind(&under),
            "BadAnswer",
            "an error under status 200 is one"
        );
    }
    // What may pass is asked once more.
    let server = Provider::start(|seen, before| match before {
        0 => Reply::json(503, &json!({})),
        _ => answer(seen),
    });
    assert!(embed(FORMS[0], &server).await.is_ok());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_call_ends_when_it_is_cancelled_and_has_its_caps() {
    let silent = Provider::always(Reply::new(200, "application/json", "{").then(Part::Silence));
    let model_of = model(Kind::Ollama, &silent.url(), "m").await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let texts = two();
    let ended = model_of.embed(&texts, Side::Text, Caps::default(), &cancel);
    assert_eq!(ended.await.unwrap_err(), ModelError::Cancelled);
    let short = Caps {
        total: Duration::from_millis(200),
        ..Caps::default()
    };
    let cancel = CancellationToken::new();
    let late = model_of.embed(&texts, Side::Text, short, &cancel).await;
    assert_eq!(kind(&late), "Timeout");
    let small = Caps {
        total_bytes: 100,
        ..Caps::default()
    };
    let server = Provider::start(|seen, _| answer(seen));
    let model_of = model(Kind::Ollama, &server.url(), "m").await;
    let large = model_of.embed(&texts, Side::Text, small, &cancel).await;
    assert_eq!(kind(&large), "TooLarge");
    let many = vec!["x".to_owned(); MOST_TEXTS + 1];
    let long = vec!["x".repeat(300 << 10)];
    for texts in [many, long] {
        let refused = model_of.embed(&texts, Side::Text, Caps::default(), &cancel);
        assert!(matches!(refused.await, Err(ModelError::BadRequest { .. })));
    }
    // A provider without such a call is not asked at all.
    let before = server.seen().len();
    let none = model(Kind::Anthropic, &server.url(), "m").await;
    let none = none
        .embed(&texts_of_one(), Side::Text, Caps::default(), &cancel)
        .await;
    assert!(none.unwrap_err().to_string().contains("no call that turns"));
    assert_eq!(server.seen().len(), before);
}

fn texts_of_one() -> Vec<String> {
    vec!["boat".to_owned()]
}
