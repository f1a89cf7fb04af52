//! The client against servers on this machine that answer well, badly, slowly or not at all.

use std::io::Write;
use std::net::IpAddr;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::Response as Answer;
use hyper::body::Bytes;
use krake_domain::secret::Secret;
use tokio::io::AsyncWriteExt;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::http::lookup::Found;

mod encrypted;
mod server;
mod way;

fn get(url: &str) -> Request {
    let target = Target::parse(url).unwrap();
    Request::new(
        Method::GET,
        target,
        Reach::Everywhere,
        CancellationToken::new(),
    )
}

/// Limits that a test can wait for.
fn short(mut request: Request) -> Request {
    request.limits.answer = Duration::from_millis(200);
    request.limits.connect = Duration::from_millis(200);
    request.limits.idle = Duration::from_millis(200);
    request
}

async fn fetch(request: Request) -> Result<Collected, HttpError> {
    Client::new().send(request).await?.collect().await
}

async fn failure(request: Request) -> HttpError {
    fetch(request)
        .await
        .map(|answer| answer.status)
        .unwrap_err()
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer<Full<Bytes>> {
    let mut answer = Answer::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(Full::from(body.to_owned())).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn with_length(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{head}Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let server = server::http(|path| match path {
        "/teapot" => answer(418, &[("x-y", "z")], "short and stout"),
        _ => answer(500, &[], ""),
    })
    .await;
    let tea = fetch(get(&server.url("/teapot?a=1#f"))).await.unwrap();
    assert_eq!(
        (tea.status, tea.body.as_slice()),
        (418, b"short and stout".as_slice())
    );
    assert_eq!(tea.headers["x-y"], "z");
    assert_eq!(fetch(get(&server.url("/"))).await.unwrap().status, 500);
    let seen = server.seen();
    assert_eq!(seen[0].line, "GET /teapot?a=1");
    assert!(
        seen[0].headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("krake/")
    );
    assert!(seen[0].headers.get("referer").is_none());
}

#[tokio::test]
async fn silence_and_drips_end() {
    let silent = server::raw(|socket| async move {
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    let error = failure(short(get(&silent.url("/")))).await;
    assert!(
        matches!(
            error,
            HttpError::Timeout {
                phase: Phase::Answer,
                sent: true,
                ..
            }
        ),
        "{error}"
    );

    let stuck = server::raw(|mut socket| async move {
        _ = socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let mut response = Client::new()
        .send(short(get(&stuck.url("/"))))
        .await
        .unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "half");
    let error = response.chunk().await.unwrap_err();
    assert!(
        matches!(
            error,
            HttpError::Timeout {
                phase: Phase::Idle,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        response.chunk().await.is_err(),
        "half a body does not end well"
    );

    let drip = server::raw(|mut socket| async move {
        let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        while socket.write_all(&bytes).await.is_ok() {
            bytes = b".".to_vec();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let mut request = get(&drip.url("/"));
    request.limits.total = Duration::from_millis(400);
    let error = failure(request).await;
    assert!(
        matches!(
            error,
            HttpError::Timeout {
                phase: Phase::Total,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_cut_is_not_whole() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"",
    ] {
        let server = server::bytes(bytes.to_vec()).await;
        let error = failure(get(&server.url("/"))).await;
        assert!(
            matches!(error, HttpError::Cut { .. }),
            "{bytes:?}: {error:?}"
        );
        assert!(error.may_have_arrived());
    }
    let zipped = gzip(&[b'x'; 5000]);
    let cut = with_length("Content-Encoding: gzip\r\n", &zipped[..zipped.len() / 2]);
    let server = server::bytes(cut).await;
    let error = failure(get(&server.url("/"))).await;
    assert!(
        matches!(error, HttpError::BadAnswer { .. } | HttpError::Cut { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn sizes_have_an_end() {
    // 50 MB that travel as 50 kB.
    let bomb = gzip(&vec![0; 50_000_000]);
    assert!(bomb.len() < 100_000);
    let server = server::bytes(with_length("Content-Encoding: gzip\r\n", &bomb)).await;
    let mut request = get(&server.url("/"));
    request.limits.body_bytes = 1_000_000;
    let error = failure(request).await;
    assert!(
        matches!(error, HttpError::TooLarge { part: "body", .. }),
        "{error}"
    );

    let server = server::bytes(with_length("Content-Encoding: gzip\r\n", &gzip(b"plain"))).await;
    assert_eq!(fetch(get(&server.url("/"))).await.unwrap().body, b"plain");

    for length in [100_000, 2_000_000] {
        let huge = with_length(&format!("X: {}\r\n", "y".repeat(length)), b"");
        let server = server::bytes(huge).await;
        let error = failure(get(&server.url("/"))).await;
        assert!(
            matches!(error, HttpError::TooLarge { part: "header", .. }),
            "{error:?}"
        );
    }
    let many = with_length(&"X: y\r\n".repeat(5000), b"");
    let server = server::bytes(many).await;
    let error = failure(get(&server.url("/"))).await;
    assert!(
        matches!(error, HttpError::TooLarge { part: "header", .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn who_does_not_speak_http_is_named_so() {
    let ssh = server::bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()).await;
    let error = failure(get(&ssh.url("/"))).await;
    assert!(matches!(error, HttpError::BadAnswer { .. }), "{error:?}");

    let plain = server::http(|_| answer(200, &[], "")).await;
    let url = plain.url("/").replace("http:", "https:");
    let error = failure(get(&url)).await;
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
    assert!(!error.may_have_arrived());

    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let error = failure(get(&url)).await;
    assert!(matches!(error, HttpError::Connect { .. }), "{error:?}");
    assert!(!error.may_have_arrived());
    let said = error.to_string();
    assert_eq!(said.matches("Connection refused").count(), 1, "{said}");
    assert!(!said.contains("os error"), "{said}");
}

#[test]
fn nothing_slips_into_a_header() {
    let mut request = get("http://example.com/");
    for (name, value) in [
        ("x", "a\r\nevil: b"),
        ("x", "a\nb"),
        ("x", "a\0b"),
        ("x y", "a"),
        ("x\r\ny", "a"),
        ("", "a"),
        ("Host", "other.example"),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("Proxy-Authorization", "x"),
    ] {
        let error = request.header(name, value).unwrap_err();
        assert!(
            matches!(error, HttpError::BadHeader { .. }),
            "{name}: {error}"
        );
        assert!(!error.to_string().contains("evil"));
    }
    let secret = Secret::new("a\r\nb".into(), "http://example.com".parse().unwrap());
    request.secret_header("x", "", &secret).unwrap();
    let error = request
        .headers_for(&"http://example.com".parse().unwrap())
        .unwrap_err();
    assert!(matches!(error, HttpError::BadHeader { .. }));
}

/// Never answers.
struct Never;

impl Lookup for Never {
    fn lookup<'a>(&'a self, _: &'a str) -> Found<'a> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_cancellation_ends_each_wait() {
    let silent = server::raw(|mut socket| async move {
        _ = socket
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    let request = get("http://name.example/");
    let cancel = request.cancel.clone();
    let client = Client::new().with_lookup(Arc::new(Never));
    let (sent, ()) = tokio::join!(client.send(request), async { cancel.cancel() });
    let error = sent.err().unwrap();
    assert!(
        matches!(error, HttpError::Cancelled { sent: false, .. }),
        "{error}"
    );

    let request = get(&silent.url("/"));
    let cancel = request.cancel.clone();
    let mut response = Client::new().send(request).await.unwrap();
    let (piece, ()) = tokio::join!(response.chunk(), async { cancel.cancel() });
    let error = piece.unwrap_err();
    assert!(
        matches!(error, HttpError::Cancelled { sent: true, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_stream_is_handed_out_as_it_arrives() {
    let (go, gate) = tokio::sync::watch::channel(0);
    let server = server::raw(move |mut socket| {
        let mut gate = gate.clone();
        async move {
            let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
            _ = socket.write_all(head).await;
            _ = gate.wait_for(|step| *step == 1).await;
            _ = socket.write_all(b"data: 2\n\n").await;
        }
    })
    .await;
    let mut response = Client::new().send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "data: 1\n\n");
    // Giving up the wait loses nothing.
    assert!(futures_util::FutureExt::now_or_never(response.chunk()).is_none());
    go.send(1).unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "data: 2\n\n");
    assert!(response.chunk().await.unwrap().is_none());
}
