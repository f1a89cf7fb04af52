use super::*;
use futures_util::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that speaks plain HTTP/1.1: proves with `token`, answers everything else with
/// `answer`, and returns what it was sent.
async fn serve(listener: TcpListener, token: &str, answer: &[u8]) -> Vec<String> {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut requests = Vec::new();
    let mut pending = String::new();
    let mut piece = [0; 4096];
    loop {
        let read = socket.read(&mut piece).await.unwrap_or(0);
        if read == 0 {
            return requests;
        }
        pending.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        if !pending.contains("\r\n\r\n")
            || (pending.contains("content-length: 7") && !pending.ends_with('}'))
        {
            continue;
        }
        let request = std::mem::take(&mut pending);
        if let Some((_, rest)) = request.split_once("/health?challenge=") {
            let body = format!("{{\"proof\":\"{}\"}}", owner_proof(token, &rest[..64]));
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            socket.write_all((head + &body).as_bytes()).await.unwrap();
            requests.push(request);
        } else {
            socket.write_all(answer).await.unwrap();
            requests.push(request);
            return requests;
        }
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn the_token_is_sent_only_after_the_proof() {
    let (listener, port) = listen().await;
    let server = tokio::spawn(async move {
        serve(
            listener,
            "token",
            b"HTTP/1.1 201 Created\r\nx-a: b\r\ncontent-length: 8\r\n\r\n{\"a\": 1}",
        )
        .await
    });
    let client = Loopback::new(port, "token".to_owned());
    let body = serde_json::json!({"b": 2});
    let answer = client
        .request(
            Method::POST,
            "/api/x?y=1",
            Some(&body),
            &[("idempotency-key", "k")],
        )
        .await
        .unwrap();
    assert_eq!(
        (answer.status, answer.json().unwrap()["a"].as_i64()),
        (201, Some(1))
    );
    assert_eq!(answer.headers["x-a"], "b");
    drop(client);
    let requests = server.await.unwrap();
    assert!(
        !requests[0].to_lowercase().contains("authorization"),
        "{}",
        requests[0]
    );
    assert!(
        requests[1].starts_with("POST /api/x?y=1 HTTP/1.1\r\n"),
        "{}",
        requests[1]
    );
    for part in [
        "authorization: Bearer token",
        "idempotency-key: k",
        &format!("host: 127.0.0.1:{port}"),
        "{\"b\":2}",
    ] {
        assert!(requests[1].contains(part), "{part} in {}", requests[1]);
    }
}

#[tokio::test]
async fn whoever_holds_another_token_learns_nothing() {
    let (listener, port) = listen().await;
    let server = tokio::spawn(async move { serve(listener, "other", b"").await });
    let error = Loopback::new(port, "token".to_owned())
        .request(Method::GET, "/api/x", None, &[])
        .await
        .unwrap_err();
    assert!(matches!(error, EdgeError::NotTheOwner { .. }), "{error}");
    let requests = server.await.unwrap();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].contains("token"), "{}", requests[0]);
}

#[tokio::test]
async fn events_arrive_and_a_refusal_is_told() {
    let (listener, port) = listen().await;
    let body = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\nid: 4\ndata: a\n\ndata: b\n\ndata: cut";
    let server = tokio::spawn(async move { serve(listener, "t", body).await });
    let events = Loopback::new(port, "t".to_owned())
        .stream("/api/events/stream", Some("3"))
        .await
        .unwrap();
    let events: Vec<_> = events.map(|event| event.unwrap().data).collect().await;
    assert_eq!(events, ["a", "b"]);
    assert!(server.await.unwrap()[1].contains("last-event-id: 3"));

    let (listener, port) = listen().await;
    let refusal = b"HTTP/1.1 404 Not Found\r\ncontent-length: 7\r\n\r\nno such";
    let server = tokio::spawn(async move { serve(listener, "t", refusal).await });
    let Err(error) = Loopback::new(port, "t".to_owned())
        .stream("/api/x", None)
        .await
    else {
        panic!("it opened")
    };
    assert!(error.to_string().contains("no such"), "{error}");
    server.await.unwrap();
}

#[tokio::test]
async fn other_hosts_and_dead_ports_are_refused() {
    let (listener, port) = listen().await;
    drop(listener);
    let client = Loopback::new(port, "t".to_owned());
    let error = client.verify_owner().await.unwrap_err();
    assert!(matches!(error, EdgeError::Unavailable { .. }), "{error}");
    for path in ["http://evil.test/", "evil.test", "", "/a b"] {
        let error = client
            .request(Method::GET, path, None, &[])
            .await
            .unwrap_err();
        assert!(
            matches!(error, EdgeError::BadPath { .. }),
            "{path}: {error}"
        );
    }
}
