//! A header by which whoever holds the token speaks for a machine: it takes rights away, whatever it
//! says, and gives none.

use serde_json::{Value, json};

use crate::world::{Answer, World};

async fn as_machine(world: &World, name: &str, method: &str, path: &str, body: Value) -> Answer {
    let more = format!("Krake-Machine: {name}\r\nConnection: close\r\n");
    let request = world.request(method, path, Some(&body), &more);
    world.raw(&request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_for_a_machine_answers_for_no_person() {
    let world = World::new().await;
    let (id, approval) = world.run_to_gate().await;
    let approve = format!("/api/orchestrate/{id}/approvals/{approval}/approve");
    let long = "m".repeat(65);
    for name in [
        "mcp",
        "owner",
        "person",
        "",
        "0",
        "false",
        "ü",
        "a b",
        "mcp\r\nKrake-Machine: owner",
        &long,
    ] {
        for path in [&approve[..], "/api/owner/leave", "/api/owner/raise"] {
            let refused = as_machine(&world, name, "POST", path, json!({})).await;
            assert_eq!(refused.status, 403, "{name:?} {path}: {}", refused.body);
        }
        let looked = as_machine(&world, name, "GET", "/api/stats", json!({})).await;
        assert_eq!(looked.status, 200, "{name:?}: {}", looked.body);
    }
    assert!(!world.path().join("out.txt").exists());
    let answered = world.call("POST", &approve, Some(json!({}))).await;
    assert_eq!(
        answered.status, 200,
        "a person still may: {}",
        answered.body
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_is_nothing_without_the_token() {
    let world = World::new().await;
    for name in ["mcp", "owner", "person"] {
        for (method, path) in [
            ("GET", "/api/stats"),
            ("POST", "/api/knowledge"),
            ("POST", "/mcp"),
        ] {
            let more = format!("Krake-Machine: {name}\r\nConnection: close\r\n");
            let own = world.request(method, path, Some(&json!({})), &more);
            let stranger = own.replace(&world.token, "another");
            assert_eq!(world.raw(&stranger).await.status, 401, "{name} {path}");
        }
    }
    assert_eq!(world.runtime.store().head().await.unwrap().seq, 0);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_writes_is_journaled_under_its_name_if_that_is_a_word() {
    let world = World::new().await;
    let entry = |title: &str| json!({ "title": title, "text": "Ports above 4000 are free." });
    for (place, name) in ["mcp", "my.tool-2", "two words", ""]
        .into_iter()
        .enumerate()
    {
        let body = entry(&format!("Ports {place}"));
        let added = as_machine(&world, name, "POST", "/api/knowledge", body).await;
        assert_eq!(added.status, 200, "{}", added.body);
    }
    let added = world.call("POST", "/api/knowledge", Some(entry("A person's")));
    assert_eq!(added.await.status, 200);
    let exported = world.call("GET", "/api/audit", None).await.json();
    let named: Vec<&Value> = exported["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["event"]["by"])
        .collect();
    let machine = |name: &str| json!({ "kind": "machine", "name": name });
    assert_eq!(
        named,
        [
            &machine("mcp"),
            &machine("my.tool-2"),
            &machine("unnamed"),
            &machine("unnamed")
        ]
    );
    world.close().await;
}
