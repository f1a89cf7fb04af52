//! Accounts over HTTP: the names of the systems before, and a key that goes in and never comes out.

use serde_json::{Value, json};

use crate::world::{Answer, World};

async fn post(world: &World, path: &str, key: &str, body: &Value) -> Answer {
    let more = format!("Connection: close\r\nIdempotency-Key: {key}\r\n");
    world
        .raw(&world.request("POST", path, Some(body), &more))
        .await
}

fn holds(folder: &std::path::Path, letters: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, letters);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes
            .windows(letters.len())
            .any(|part| part == letters.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_names_of_the_systems_before_mean_the_same() {
    let world = World::new().await;
    let body = json!({
        "account_name": "ChatGPT Plus", "account_email": "leo@lunavo.shop",
        "platform": "ChatGPT", "specialization": "writing",
    });
    let added = world
        .call("POST", "/api/accounts", Some(body.clone()))
        .await;
    assert_eq!(added.status, 200, "{}", added.body);
    assert_eq!(added.json()["provider"], "chatgpt_app");
    let camel = json!({ "accountName": "Two", "platform": "other" });
    let added = world
        .call("POST", "/api/accounts", Some(camel.clone()))
        .await;
    assert_eq!(added.status, 200, "{}", added.body);
    let list = world
        .call("GET", "/api/accounts?text=lunavo", None)
        .await
        .json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    for (body, field) in [
        (json!({ "platform": "other" }), "name"),
        (json!({ "name": "x" }), "provider"),
        (
            json!({ "name": "x", "account_name": "y", "platform": "other" }),
            "account_name",
        ),
        (
            json!({ "name": "x", "platform": "other", "email": "nobody" }),
            "email",
        ),
        (json!({ "name": "x", "platform": "hal9000" }), "provider"),
        (
            json!({ "name": "x", "platform": "other", "key": 4711 }),
            "expected a text",
        ),
    ] {
        let refused = world
            .call("POST", "/api/accounts", Some(body.clone()))
            .await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.body);
        assert!(refused.body.contains(field), "{body}: {}", refused.body);
        assert!(!refused.body.contains("4711"), "{}", refused.body);
    }
    let taken = json!({ "name": "Two", "platform": "other" });
    let taken = world
        .call("POST", "/api/accounts", Some(taken.clone()))
        .await;
    assert_eq!(
        (taken.status, taken.json()["code"].clone()),
        (409, json!("conflict"))
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_in_and_never_comes_out_not_even_as_a_hash() {
    let world = World::new().await;
    let passphrase = json!({ "passphrase": "correct horse" });
    let made = post(&world, "/api/vault", "k1", &passphrase).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let body = |key: &str| {
        json!({
            "name": "One", "provider": "anthropic", "base_url": "http://127.0.0.1:9", "key": key,
        })
    };
    let first = post(&world, "/api/accounts", "k2", &body("sk-canary-1")).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.json()["has_key"], true);
    // The same request by all that is compared of it: what is secret is not.
    let again = post(&world, "/api/accounts", "k2", &body("sk-canary-2")).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    for path in ["/api/accounts", "/api/vault", "/api/audit", "/openapi.json"] {
        let seen = world.call("GET", path, None).await;
        assert!(!seen.body.contains("canary"), "{path}");
    }
    assert!(!holds(world.home.path(), "canary"));
    assert!(!holds(world.home.path(), "correct horse"));
    let id = first.json()["id"].as_str().unwrap().to_owned();
    // Nobody listens there; the account stays and says so.
    let tested = post(
        &world,
        &format!("/api/accounts/{id}/test"),
        "k3",
        &json!({}),
    )
    .await;
    assert_eq!(
        tested.json()["check"]["outcome"],
        "unreachable",
        "{}",
        tested.body
    );
    let wrong = json!({ "passphrase": "another horse" });
    let wrong = post(&world, "/api/vault/unlock", "k4", &wrong).await;
    assert_eq!(
        (wrong.status, wrong.json()["code"].clone()),
        (423, json!("vault_locked"))
    );
    world.close().await;
}
