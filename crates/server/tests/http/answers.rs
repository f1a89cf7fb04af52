//! An approval is answered once, however many answer.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::world::{World, parse};

const CONNECTIONS: usize = 200;
const EACH: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_answers_at_once_exactly_one_wins() {
    let world = World::new().await;
    let (id, approval) = world.run_to_gate().await;
    let mut answers = JoinSet::new();
    for number in 0..CONNECTIONS {
        let verb = if number % 2 == 0 { "approve" } else { "reject" };
        let path = format!("/api/orchestrate/{id}/approvals/{approval}/{verb}");
        let one = world.request("POST", &path, Some(&json!({})), "");
        let last = world.request("POST", &path, Some(&json!({})), "Connection: close\r\n");
        let mut stream = world.connect().await;
        answers.spawn(async move {
            // All on their way before the first is answered.
            stream
                .write_all((one.repeat(EACH - 1) + &last).as_bytes())
                .await
                .unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).await.unwrap();
            (verb, text)
        });
    }
    let (mut won, mut lost) = (Vec::new(), 0);
    while let Some(answer) = answers.join_next().await {
        let (verb, text) = answer.unwrap();
        for part in text.split("HTTP/1.1 ").skip(1) {
            let answer = parse(&format!("HTTP/1.1 {part}"));
            match answer.status {
                200 => won.push(verb),
                409 => {
                    lost += 1;
                    let problem = answer.json();
                    assert_eq!(problem["code"], "already_answered", "{problem}");
                    let verdict = problem["details"]["answer"]["verdict"]["verdict"].as_str();
                    assert!(matches!(verdict, Some("approve" | "reject")), "{problem}");
                }
                status => panic!("{status}: {}", answer.body),
            }
        }
    }
    assert_eq!((won.len(), lost), (1, CONNECTIONS * EACH - 1));
    world.runtime.settled(id.parse().unwrap()).await.unwrap();
    let written = world.path().join("out.txt").exists();
    assert_eq!(written, won[0] == "approve", "the effect is the winner's");
    let asked = world
        .call("GET", &format!("/api/approvals/{approval}"), None)
        .await
        .json();
    assert_eq!(asked["answer"]["verdict"]["verdict"], won[0]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_is_answered_under_its_own_execution_only() {
    let world = World::new().await;
    let (_, approval) = world.run_to_gate().await;
    let (other, _) = world.run_to_gate().await;
    let path = format!("/api/orchestrate/{other}/approvals/{approval}/approve");
    let answer = world.call("POST", &path, Some(json!({}))).await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    let asked: Value = world
        .call("GET", &format!("/api/approvals/{approval}"), None)
        .await
        .json();
    assert_eq!(asked["status"], "waiting");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_commands_pressed_together_each_takes_effect_once() {
    let world = std::sync::Arc::new(World::new().await);
    let long = json!({ "name": "long", "steps": [{ "id": "a", "tool": "wait", "args": { "ms": 600_000 } }] });
    let id = world.run(long).await;
    for (verb, after) in [
        ("pause", "paused"),
        ("resume", "running"),
        ("cancel", "cancelled"),
    ] {
        let mut pressed = JoinSet::new();
        for _ in 0..40 {
            let (world, path) = (world.clone(), format!("/api/orchestrate/{id}/{verb}"));
            pressed.spawn(async move { world.call("POST", &path, Some(json!({}))).await });
        }
        let mut won = 0;
        while let Some(answer) = pressed.join_next().await {
            let answer = answer.unwrap();
            match answer.status {
                200 => won += 1,
                409 => assert!(
                    answer.json()["details"]["status"].is_string(),
                    "{}",
                    answer.body
                ),
                status => panic!("{verb}: {status}: {}", answer.body),
            }
        }
        assert_eq!(won, 1, "{verb}");
        if verb == "cancel" {
            world.runtime.settled(id.parse().unwrap()).await.unwrap();
        }
        let shown = world
            .call("GET", &format!("/api/orchestrate/{id}"), None)
            .await
            .json();
        assert_eq!(shown["execution"]["status"], after);
    }
}
