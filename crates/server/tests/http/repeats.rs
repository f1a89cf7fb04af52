//! Idempotency-Key: the same request twice acts once.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::world::{Answer, World, uneven};

async fn send(world: &World, key: &str, body: &Value) -> Answer {
    let more = format!("Connection: close\r\nIdempotency-Key: {key}\r\n");
    world
        .raw(&world.request("POST", "/api/orchestrate", Some(body), &more))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_answers_the_same_again_and_refuses_another_body() {
    let world = World::new().await;
    let body = json!({ "plan": uneven(), "start": false });
    let first = send(&world, "k1", &body).await;
    let again = send(&world, "k1", &body).await;
    assert_eq!(
        (first.status, again.status),
        (200, 200),
        "{} {}",
        first.body,
        again.body
    );
    assert_eq!(first.body, again.body);
    let other = send(&world, "k1", &json!({ "plan": uneven(), "start": true })).await;
    assert_eq!(
        (other.status, other.json()["code"].clone()),
        (409, json!("key_reused"))
    );
    let list = world.call("GET", "/api/orchestrate", None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_refused_may_be_sent_again_corrected() {
    let world = World::new().await;
    let wrong = send(&world, "k2", &json!({ "playbook": "no-such" })).await;
    assert_eq!(wrong.status, 404);
    let right = send(&world, "k2", &json!({ "plan": uneven(), "start": false })).await;
    assert_eq!(right.status, 200, "{}", right.body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn duplicates_at_the_same_time_act_once() {
    let world = std::sync::Arc::new(World::new().await);
    let body = json!({ "plan": uneven(), "start": false });
    let mut sent = JoinSet::new();
    for _ in 0..50 {
        let (world, body) = (world.clone(), body.clone());
        sent.spawn(async move { send(&world, "k3", &body).await });
    }
    let mut ids = Vec::new();
    while let Some(answer) = sent.join_next().await {
        let answer = answer.unwrap();
        match answer.status {
            200 => ids.push(answer.json()["execution_id"].clone()),
            status => assert_eq!(
                (status, answer.json()["code"].clone()),
                (409, json!("key_unfinished"))
            ),
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let list = world.call("GET", "/api/orchestrate", None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}
