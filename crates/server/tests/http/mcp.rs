//! Other AI tools over `POST /mcp`, in both revisions that are in the field.

use serde_json::{Value, json};

use crate::world::{Answer, World};

const BOTH: &str = "Accept: application/json, text/event-stream\r\nConnection: close\r\n";

async fn legacy(world: &World, body: Value) -> Answer {
    let more = format!("{BOTH}MCP-Protocol-Version: 2025-11-25\r\n");
    let request = world.request("POST", "/mcp", Some(&body), &more);
    world.raw(&request).await
}

/// The revision without a handshake: every request says itself what it is.
async fn modern(world: &World, method: &str, name: Option<&str>, mut params: Value) -> Answer {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let name = name.map_or(String::new(), |name| format!("Mcp-Name: {name}\r\n"));
    let more = format!("{BOTH}MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: {method}\r\n{name}");
    let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let request = world.request("POST", "/mcp", Some(&body), &more);
    world.raw(&request).await
}

fn add(title: &str) -> Value {
    json!({ "name": "add_knowledge", "arguments": { "title": title, "text": "Ports above 4000." } })
}

#[tokio::test]
async fn a_client_with_a_handshake_adds_and_finds_knowledge() {
    let world = World::new().await;
    let hello = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    } });
    let welcome = legacy(&world, hello).await;
    assert_eq!(welcome.status, 200, "{}", welcome.body);
    let welcome = welcome.json();
    assert_eq!(welcome["result"]["protocolVersion"], "2025-11-25");
    assert_eq!(welcome["result"]["serverInfo"]["name"], "krake");

    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": add("Ports") });
    let added = legacy(&world, call).await.json();
    assert_eq!(added["result"]["isError"], false, "{added}");
    let find = json!({ "jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {
        "name": "search_knowledge", "arguments": { "query": "ports" },
    } });
    let found = legacy(&world, find).await.json();
    let items = &found["result"]["structuredContent"]["items"];
    assert_eq!(items[0]["title"], "Ports", "{found}");
    world.close().await;
}

#[tokio::test]
async fn a_client_without_a_handshake_does_the_same() {
    let world = World::new().await;
    let discovered = modern(&world, "server/discover", None, json!({})).await;
    assert_eq!(discovered.status, 200, "{}", discovered.body);
    let versions = &discovered.json()["result"]["supportedVersions"];
    assert!(
        versions.as_array().unwrap().contains(&json!("2026-07-28")),
        "{versions}"
    );
    let listed = modern(&world, "tools/list", None, json!({})).await.json();
    let tools = listed["result"]["tools"].as_array().unwrap();
    assert!(
        tools.iter().any(|tool| tool["name"] == "add_knowledge"),
        "{listed}"
    );
    let added = modern(&world, "tools/call", Some("add_knowledge"), add("Ports")).await;
    assert_eq!(added.json()["result"]["isError"], false, "{}", added.body);
    let other = modern(&world, "tools/call", Some("list_knowledge"), add("Ports")).await;
    assert_eq!(
        other.status, 400,
        "the head names another tool than the body"
    );
    world.close().await;
}

#[tokio::test]
async fn what_is_refused_is_said_so_that_a_model_can_mend_it() {
    let world = World::new().await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "search_knowledge", "arguments": { "quarry": "ports" },
    } });
    let refused = legacy(&world, call).await.json();
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    let text = refused["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("quarry"), "{text}");
    let unknown = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
        "name": "approvals.approve", "arguments": {},
    } });
    let unknown = legacy(&world, unknown).await.json();
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    world.close().await;
}

#[tokio::test]
async fn strangers_and_foreign_pages_are_turned_away() {
    let world = World::new().await;
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let own = world.request("POST", "/mcp", Some(&body), BOTH);
    assert_eq!(world.raw(&own).await.status, 200);
    let stranger = own.replace(&world.token, "another");
    assert_eq!(world.raw(&stranger).await.status, 401);
    let page = own.replace(
        "Connection: close",
        "Origin: https://evil.example\r\nConnection: close",
    );
    assert_eq!(world.raw(&page).await.status, 403);
    let rebound = own.replace("Host: 127.0.0.1", "Host: evil.example");
    assert_eq!(world.raw(&rebound).await.status, 421);
    world.close().await;
}
