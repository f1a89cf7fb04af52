//! Plans by a model that is asked over a real socket: good ones, faulty ones, and hostile ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use krake_domain::plan::{ApprovalMode, Author};
use krake_llm::setting;
use krake_runtime::planner::model::{DraftError, Drafted, Models};
use krake_runtime::{PlanAnswer, PlanRequest, Playbooks, builtin_catalog, plan_request};
use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::Reply;
use krake_scripted_provider::streams::{Format, Say};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const QUERY: &str = "put the word hello into hello.txt";

fn models(url: &str) -> Models {
    let read = |name: &'static str| match name {
        "OPENAI_BASE_URL" => Some(url.to_owned()),
        "KRAKE_MODEL" => Some("m".to_owned()),
        _ => None,
    };
    Models::new(setting(&read))
}

async fn draft(server: &Provider) -> Result<Drafted, DraftError> {
    let home = tempfile::tempdir().unwrap();
    let playbooks = Playbooks::new(home.path());
    let cancel = CancellationToken::new();
    models(&server.url())
        .draft(QUERY, &builtin_catalog(), &playbooks, &cancel)
        .await
}

fn proposes(plan: &Value) -> Reply {
    Format::OpenAi.reply(&[Say::call("propose_plan", plan.clone())])
}

fn good() -> Value {
    json!({
        "name": "hello", "description": "Writes a file.",
        "inputs": { "path": { "type": "string", "default": ".", "slot": "path" } },
        "steps": [{
            "id": "write", "tool": "fs.write",
            "args": { "root": "${{ inputs.path }}", "path": "hello.txt", "text": "hello" },
        }],
    })
}

#[tokio::test]
async fn a_good_plan_is_marked_and_counted() {
    let server = Provider::always(proposes(&good()));
    let drafted = draft(&server).await.unwrap();
    assert_eq!(drafted.plan.planned_by, Author::Model);
    assert!(
        drafted.text.contains("\"planned_by\": \"model\""),
        "{}",
        drafted.text
    );
    assert_eq!(drafted.plan.steps[0].approval, ApprovalMode::Policy);
    let used = drafted.used;
    assert_eq!(
        (used.provider.as_str(), used.model.as_str(), used.questions),
        ("openai", "m", 1)
    );
    assert_eq!((used.usage.input, used.usage.output), (Some(25), Some(89)));
    assert_eq!(used.place, server.url());
    assert_eq!(drafted.notes, [""; 0]);
    let asked = server.seen().remove(0).json();
    let system = asked["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("### fs.write"), "{system}");
    assert_eq!(
        asked["messages"][1]["content"],
        format!("<request>\n{QUERY}\n</request>")
    );
    assert_eq!(asked["tool_choice"], "required");
}

#[tokio::test]
async fn faults_are_told_back_once() {
    let mut bad = good();
    bad["steps"][0]["tool"] = json!("fs.wriet");
    let server = Provider::in_turn(vec![proposes(&bad), proposes(&good())]);
    let drafted = draft(&server).await.unwrap();
    assert_eq!(drafted.used.questions, 2);
    assert_eq!(drafted.used.usage.output, Some(178));
    let second = server.seen()[1].json();
    let told = second["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(
        (&told["role"], &told["tool_call_id"]),
        (&json!("tool"), &json!("call_0"))
    );
    assert!(
        told["content"].as_str().unwrap().contains("fs.wriet"),
        "{told}"
    );

    let server = Provider::always(proposes(&bad));
    let error = draft(&server).await.unwrap_err();
    assert!(
        matches!(&error, DraftError::Faults { faults, .. } if !faults.is_empty()),
        "{error}"
    );
    assert!(error.to_string().contains("fs.wriet"), "{error}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_is_no_plan_is_asked_for_again_and_then_given_up() {
    let text = || Format::OpenAi.reply(&[Say::text("Sure! Here is your plan.")]);
    let twice = [
        Say::call("propose_plan", good()),
        Say::call("propose_plan", good()),
    ];
    for first in [
        text(),
        Format::OpenAi.reply(&[Say::call("shell", json!({}))]),
        Format::OpenAi.reply(&[Say::call("propose_plan", json!([1]))]),
        Format::OpenAi.reply(&twice),
        Reply::events(
            krake_scripted_provider::streams::openai(&[Say::call("propose_plan", good())])
                .replace("hello.txt", "\\\\"),
        ),
    ] {
        let server = Provider::in_turn(vec![first.clone(), proposes(&good())]);
        assert_eq!(draft(&server).await.unwrap().used.questions, 2);
        let error = draft(&Provider::always(first)).await.unwrap_err();
        assert!(matches!(error, DraftError::Faults { .. }), "{error}");
    }
    let cut = krake_scripted_provider::streams::openai(&[Say::call("propose_plan", good())])
        .replace("\"tool_calls\"}", "\"length\"}");
    let server = Provider::always(Reply::events(cut));
    let error = draft(&server).await.unwrap_err();
    assert!(
        error.to_string().contains("longer than the answer may be"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_model_may_decline() {
    let says = [Say::call(
        "decline",
        json!({ "reason": "There is no tool for the moon." }),
    )];
    let server = Provider::always(Format::OpenAi.reply(&says));
    let error = draft(&server).await.unwrap_err();
    assert!(
        error.to_string().contains("no tool for the moon"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_plan_is_no_larger_than_somebody_can_read() {
    let step =
        |number: usize| json!({ "id": format!("s{number}"), "tool": "wait", "args": { "ms": 1 } });
    let steps: Vec<Value> = (0..10_000).map(step).collect();
    let many =
        json!({ "name": "n", "description": "d", "limits": { "steps": 20_000 }, "steps": steps });
    let error = draft(&Provider::always(proposes(&many))).await.unwrap_err();
    assert!(error.to_string().contains("10000 steps"), "{error}");
    let mut long = good();
    long["steps"][0]["args"]["text"] = json!("x".repeat(300 << 10));
    let error = draft(&Provider::always(proposes(&long))).await.unwrap_err();
    assert!(error.to_string().contains("expected at most"), "{error}");
}

#[tokio::test]
async fn switched_off_and_wrongly_set_nobody_is_asked() {
    let home = tempfile::tempdir().unwrap();
    let playbooks = Playbooks::new(home.path());
    let cancel = CancellationToken::new();
    let off = Models::new(setting(&|name| {
        (name == "KRAKE_PLANNER").then(|| "off".to_owned())
    }));
    let error = off
        .draft(QUERY, &builtin_catalog(), &playbooks, &cancel)
        .await;
    assert!(matches!(error, Err(DraftError::Off)));
    let wrong = Models::new(setting(&|name| {
        (name == "KRAKE_PLANNER").then(|| "x".to_owned())
    }));
    let error = wrong.chosen().await;
    assert!(matches!(error, Err(DraftError::Setting(_))));
}

#[tokio::test]
async fn a_call_ends_when_the_process_stops_and_when_the_caller_goes_away() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let home = tempfile::tempdir().unwrap();
    let (playbooks, catalog) = (Playbooks::new(home.path()), builtin_catalog());
    let (models, inputs) = (models(&url), serde_json::Map::new());
    let stopping = CancellationToken::new();
    let ask = || {
        let request = PlanRequest {
            query: QUERY,
            inputs: &inputs,
        };
        plan_request(&playbooks, &catalog, Some(&models), request, &stopping)
    };
    // The model hears the question and says nothing.
    let unheard = async |answer: std::pin::Pin<&mut dyn Future<Output = PlanAnswer>>| {
        tokio::select! {
            accepted = listener.accept() => accepted.unwrap().0,
            answer = answer => panic!("{answer:?}"),
        }
    };
    let mut gone = unheard(Box::pin(ask()).as_mut()).await;
    let mut answer = Box::pin(ask());
    let mut stopped = unheard(answer.as_mut()).await;
    stopping.cancel();
    let PlanAnswer::Unsure(_, Some(DraftError::Model { error, .. })) = answer.await else {
        panic!("a call that was cancelled gives no plan and says so");
    };
    assert!(error.to_string().contains("cancelled"), "{error}");
    for socket in [&mut gone, &mut stopped] {
        let mut sent = Vec::new();
        // Reset or closed: in both cases nobody listens any more.
        let _ = tokio::io::AsyncReadExt::read_to_end(socket, &mut sent).await;
    }
}
