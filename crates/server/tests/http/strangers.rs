//! Hosts, origins and tokens that are not ours are refused before anything else is looked at.

use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn only_exact_authorities_and_origins_pass() {
    let world = World::new().await;
    let port = world.port();
    let ours = format!("Host: 127.0.0.1:{port}\r\n");
    let table: Vec<(u16, String)> = vec![
        (200, ours.clone()),
        (200, format!("Host: localhost:{port}\r\n")),
        (200, format!("Host: [::1]:{port}\r\n")),
        (421, format!("Host: evil.test:{port}\r\n")),
        (421, format!("Host: 127.0.0.1:{port}.evil.test\r\n")),
        (421, format!("Host: 127.0.0.1.evil.test:{port}\r\n")),
        (421, "Host: 127.0.0.1\r\n".to_owned()),
        (421, format!("Host: 127.0.0.1:{}\r\n", port ^ 1)),
        (421, format!("Host: 0.0.0.0:{port}\r\n")),
        (421, format!("Host: localhost.:{port}\r\n")),
        (421, format!("Host: LOCALHOST:{port}\r\n")),
        (421, format!("Host: 127.1:{port}\r\n")),
        (421, format!("Host: 2130706433:{port}\r\n")),
        (421, format!("Host: [::ffff:127.0.0.1]:{port}\r\n")),
        (421, format!("Host: user@127.0.0.1:{port}\r\n")),
        (421, format!("{ours}Host: evil.test:{port}\r\n")),
        (421, format!("{ours}{ours}")),
        (421, String::new()),
        (421, "Host: \r\n".to_owned()),
        (200, format!("{ours}Origin: http://127.0.0.1:{port}\r\n")),
        (200, format!("{ours}Origin: http://localhost:{port}\r\n")),
        (200, format!("{ours}Origin: tauri://localhost\r\n")),
        (200, format!("{ours}Origin: http://tauri.localhost\r\n")),
        (403, format!("{ours}Origin: null\r\n")),
        (403, format!("{ours}Origin: https://127.0.0.1:{port}\r\n")),
        (
            403,
            format!("{ours}Origin: http://127.0.0.1:{}\r\n", port ^ 1),
        ),
        (403, format!("{ours}Origin: http://evil.test\r\n")),
        (403, format!("{ours}Origin: http://evil.test:{port}\r\n")),
        (403, format!("{ours}Origin: \r\n")),
    ];
    for (status, headers) in table {
        let request = format!(
            "GET /api/stats HTTP/1.1\r\n{headers}Authorization: Bearer {}\r\nConnection: close\r\n\r\n",
            world.token
        );
        let answer = world.raw(&request).await;
        assert_eq!(answer.status, status, "{headers:?}: {}", answer.body);
        assert!(
            !answer.head.contains("access-control-allow"),
            "{}",
            answer.head
        );
    }
    let absolute =
        format!("GET http://evil.test/api/stats HTTP/1.1\r\n{ours}Connection: close\r\n\r\n");
    assert_eq!(world.raw(&absolute).await.status, 421);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_whole_token_in_its_header_passes() {
    let world = World::new().await;
    let token = world.token.clone();
    let table: Vec<(u16, String, &str)> = vec![
        (
            200,
            format!("Authorization: Bearer {token}\r\n"),
            "/api/stats",
        ),
        (401, String::new(), "/api/stats"),
        (
            401,
            format!("Authorization: Bearer {}\r\n", &token[1..]),
            "/api/stats",
        ),
        (
            401,
            format!("Authorization: Bearer {token}0\r\n"),
            "/api/stats",
        ),
        (
            401,
            format!("Authorization: Bearer {}\r\n", token.replace(|_| true, "0")),
            "/api/stats",
        ),
        (
            401,
            format!("Authorization: Basic {token}\r\n"),
            "/api/stats",
        ),
        (401, format!("Authorization: {token}\r\n"), "/api/stats"),
        (401, "Authorization: Bearer \r\n".to_owned(), "/api/stats"),
        (
            401,
            format!("Authorization: Bearer {token}\r\nAuthorization: Bearer x\r\n"),
            "/api/stats",
        ),
        (401, format!("Cookie: token={token}\r\n"), "/api/stats"),
        (401, String::new(), "/api/nowhere"),
        (
            404,
            format!("Authorization: Bearer {token}\r\n"),
            "/api/nowhere",
        ),
        (200, String::new(), "/health"),
        (200, String::new(), "/openapi.json"),
        (200, String::new(), "/docs"),
        (200, String::new(), "/"),
        (404, String::new(), "/no-such.js"),
    ];
    for (status, headers, path) in table {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}Connection: close\r\n\r\n",
            world.port()
        );
        let answer = world.raw(&request).await;
        assert_eq!(answer.status, status, "{path} {headers:?}: {}", answer.body);
        assert!(
            answer
                .head
                .contains("content-security-policy: default-src 'none'"),
            "{}",
            answer.head
        );
        assert!(
            answer.head.contains("x-content-type-options: nosniff"),
            "{}",
            answer.head
        );
    }
    let in_address = format!("/api/stats?token={token}");
    let request = format!(
        "GET {in_address} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
        world.port()
    );
    assert_eq!(world.raw(&request).await.status, 401);
    world.close().await;
}

/// Every route of the table: no token, no answer; and nothing has happened.
#[tokio::test(flavor = "multi_thread")]
async fn no_route_but_the_public_ones_answers_a_stranger() {
    let world = World::new().await;
    for command in krake_api::table() {
        let path = command
            .path
            .replace("{id}", "exe_x")
            .replace("{approval_id}", "apr_x")
            .replace("{name}", "x");
        let (method, body) = (command.method.as_str(), "{}");
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            world.port(),
            body.len()
        );
        let public = command.access == krake_api::Access::Public;
        let status = world.raw(&request).await.status;
        assert_eq!(status, if public { 200 } else { 401 }, "{}", command.name);
    }
    assert_eq!(world.runtime.store().head().await.unwrap().seq, 0);
    let raise = world
        .call("POST", "/api/owner/raise", Some(json!({})))
        .await;
    assert_eq!(raise.status, 404, "headless: {}", raise.body);
    let leave = world
        .call("POST", "/api/owner/leave", Some(json!({})))
        .await;
    assert_eq!(leave.status, 404, "it leaves for nobody: {}", leave.body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_proves_itself_and_nobody_else_can() {
    let world = World::new().await;
    let challenge = "ab".repeat(32);
    let path = format!("/health?challenge={challenge}");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
        world.port()
    );
    let health = world.raw(&request).await.json();
    assert_eq!(
        health["proof"],
        krake_edge::proof::owner_proof(&world.token, &challenge)
    );
    assert_ne!(
        health["proof"],
        krake_edge::proof::owner_proof("another", &challenge)
    );
    let client = krake_edge::loopback::Loopback::new(world.port(), world.token.clone());
    client.verify_owner().await.unwrap();
    let stranger = krake_edge::loopback::Loopback::new(world.port(), "another".to_owned());
    assert!(stranger.verify_owner().await.is_err());
    world.close().await;
}
