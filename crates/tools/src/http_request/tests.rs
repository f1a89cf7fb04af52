//! The tool against a server on this machine.

use std::sync::{Arc, Mutex};

use krake_domain::failure::FailureClass;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::trial;

/// What arrived, one text for each request, and where to send more.
struct Server {
    at: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each path with the bytes that `answer` makes of it.
    async fn start(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let notes = seen.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = read(&mut socket).await;
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                notes.lock().unwrap().push(request);
                _ = socket.write_all(answer(&path).as_bytes()).await;
            }
        });
        Self { at, seen }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.at)
    }

    fn last(&self) -> String {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

async fn read(socket: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = socket.read(&mut piece).await.unwrap_or(0);
        text.extend_from_slice(&piece[..read]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        let whole = so_far.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap_or("0");
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            body.len() >= length
        });
        if read == 0 || whole {
            return so_far;
        }
    }
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn api(path: &str) -> String {
    const JSON: &str = "Content-Type: application/json; charset=utf-8\r\n";
    match path.split('?').next().unwrap() {
        "/json" => answer(200, JSON, r#"{"a":[1,2]}"#),
        "/signed-in" => answer(
            200,
            "Set-Cookie: session=secret\r\nAuthorization: Bearer secret\r\nX-Kept: yes\r\n",
            "in",
        ),
        "/bare" => answer(200, "", "[1]"),
        "/page" => answer(200, "Content-Type: text/html\r\n", "<html>sign in</html>"),
        "/broken" => answer(200, JSON, r#"{"a":"#),
        "/binary" => answer(200, "", "a\0b"),
        "/none" => answer(204, "", ""),
        "/moved" => answer(302, "Location: /json\r\n", ""),
        "/slow-down" => answer(429, "Retry-After: 7\r\n", "later"),
        "/busy" => answer(503, "Retry-After: Fri, 31 Dec 2100 00:00:00 GMT\r\n", ""),
        "/who" => answer(401, "", ""),
        "/no" => answer(403, "", ""),
        "/gone" => answer(410, "", ""),
        "/wrong" => answer(422, JSON, "{\"error\":\"no  such\n field\"}"),
        "/fault" => answer(500, "", ""),
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_owned(),
        _ => answer(404, "", "nothing here"),
    }
}

async fn run(mut args: Value) -> Result<Value, Failure> {
    args["private"] = json!(true);
    trial::run(&HttpRequest::new(), args).await
}

#[tokio::test]
async fn what_lets_somebody_in_is_not_kept() {
    let server = Server::start(api).await;
    let output = run(json!({ "url": server.url("/signed-in") }))
        .await
        .unwrap();
    assert_eq!(output["headers"]["x-kept"], "yes");
    assert!(!output.to_string().contains("secret"), "{output}");
}

#[tokio::test]
async fn an_answer_is_told_with_its_headers_and_its_json() {
    let server = Server::start(api).await;
    let output = run(json!({
        "url": server.url("/moved"), "headers": { "X-Ask": "a b" },
    }))
    .await
    .unwrap();
    assert_eq!(
        (&output["status"], &output["ok"]),
        (&json!(200), &json!(true))
    );
    assert_eq!(output["json"], json!({ "a": [1, 2] }));
    assert_eq!(output["text"], Value::Null);
    assert_eq!(output["headers"]["content-length"], "11");
    assert_eq!(output["url"], server.url("/json"));
    assert_eq!(output["redirects"], json!([server.url("/moved")]));
    assert!(
        server.last().contains("x-ask: a b\r\n"),
        "{}",
        server.last()
    );

    let query = json!({ "q": "a&b=ü", "n": 2, "yes": true });
    run(json!({ "url": server.url("/json?x=1"), "query": query }))
        .await
        .unwrap();
    let line = server.last().lines().next().unwrap().to_owned();
    assert_eq!(line, "GET /json?x=1&n=2&q=a%26b%3D%C3%BC&yes=true HTTP/1.1");

    let output = run(json!({ "url": server.url("/bare") })).await.unwrap();
    assert_eq!(
        (&output["text"], &output["json"]),
        (&json!("[1]"), &Value::Null)
    );
    let output = run(json!({ "url": server.url("/bare"), "read_as": "json" }))
        .await
        .unwrap();
    assert_eq!(output["json"], json!([1]));
    let output = run(json!({ "url": server.url("/bare"), "max_bytes": 2 }))
        .await
        .unwrap();
    assert_eq!(
        (&output["text"], &output["truncated"]),
        (&json!("[1"), &json!(true))
    );
    let output = run(json!({ "url": server.url("/binary") })).await.unwrap();
    assert_eq!(
        (&output["text"], &output["bytes"]),
        (&Value::Null, &json!(3))
    );
    let output = run(json!({ "url": server.url("/none"), "read_as": "json" }))
        .await
        .unwrap();
    assert_eq!(output["status"], 204);
    let output = run(json!({ "url": server.url("/json"), "method": "HEAD" }))
        .await
        .unwrap();
    assert_eq!(
        (&output["status"], &output["bytes"]),
        (&json!(200), &json!(0))
    );
}

#[tokio::test]
async fn a_status_says_what_can_be_done() {
    use FailureClass::{
        BadInput, BadOutput, NoAccess, NotFound, RateLimited, Unavailable, UnknownOutcome,
    };
    let server = Server::start(api).await;
    for (path, looking, changing) in [
        ("/slow-down", RateLimited, RateLimited),
        ("/busy", Unavailable, UnknownOutcome),
        ("/fault", Unavailable, UnknownOutcome),
        ("/cut", Unavailable, UnknownOutcome),
        ("/who", NoAccess, NoAccess),
        ("/no", NoAccess, NoAccess),
        ("/gone", NotFound, NotFound),
        ("/nowhere", NotFound, NotFound),
        ("/wrong", BadInput, BadInput),
    ] {
        let url = server.url(path);
        let failure = run(json!({ "url": url })).await.unwrap_err();
        assert_eq!(failure.class, looking, "{path}: {failure}");
        let failure = run(json!({ "url": url, "method": "POST" }))
            .await
            .unwrap_err();
        assert_eq!(failure.class, changing, "{path}: {failure}");
    }
    let failure = run(json!({ "url": server.url("/slow-down") }))
        .await
        .unwrap_err();
    assert_eq!(failure.retry_after_ms, Some(7000));
    let failure = run(json!({ "url": server.url("/busy") }))
        .await
        .unwrap_err();
    assert_eq!(failure.retry_after_ms, Some(86_400_000));
    let failure = run(json!({ "url": server.url("/wrong") }))
        .await
        .unwrap_err();
    let end = r#" answered 422: {"error":"no such field"}"#;
    assert!(failure.message.ends_with(end), "{failure}");
    // The redirect of a call that changes something is not followed, and not repeated either.
    let failure = run(json!({ "url": server.url("/moved"), "method": "POST" }))
        .await
        .unwrap_err();
    assert_eq!(failure.class, BadOutput);
    assert!(failure.message.contains("points to /json"), "{failure}");

    for expect in [json!([404]), json!(["2xx", "400-410"])] {
        let output = run(json!({ "url": server.url("/nowhere"), "expect": expect }))
            .await
            .unwrap();
        assert_eq!(
            (&output["ok"], &output["text"]),
            (&json!(true), &json!("nothing here"))
        );
    }
    let failure = run(json!({ "url": server.url("/json"), "expect": [404] }))
        .await
        .unwrap_err();
    assert_eq!(failure.class, BadOutput);
}

#[tokio::test]
async fn a_page_is_no_json() {
    let server = Server::start(api).await;
    for (path, class, says) in [
        ("/page", FailureClass::BadOutput, "a page"),
        ("/broken", FailureClass::BadOutput, "no JSON"),
        ("/binary", FailureClass::BadOutput, "no JSON"),
    ] {
        let args = json!({ "url": server.url(path), "read_as": "json" });
        let failure = run(args).await.unwrap_err();
        assert_eq!(failure.class, class, "{failure}");
        assert!(failure.message.contains(says), "{failure}");
    }
    let args = json!({ "url": server.url("/json"), "read_as": "json", "max_bytes": 3 });
    assert_eq!(run(args).await.unwrap_err().class, FailureClass::TooLarge);
    assert!(run(json!({ "url": server.url("/page") })).await.is_ok());
}

#[tokio::test]
async fn a_report_tells_failures_as_well() {
    let server = Server::start(api).await;
    let report = |url: String| run(json!({ "url": url, "report_failure": true }));
    let output = report(server.url("/fault")).await.unwrap();
    assert_eq!(
        (&output["ok"], &output["status"]),
        (&json!(false), &json!(500))
    );
    assert_eq!(output["failure"]["class"], "unavailable");
    assert!(report(server.url("/json")).await.unwrap()["failure"].is_null());
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let output = run(json!({ "url": url, "report_failure": true, "timeout_s": 1 }))
        .await
        .unwrap();
    assert_eq!(output["failure"]["class"], "timeout");
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let output = report(url.clone()).await.unwrap();
    assert_eq!(
        (&output["ok"], &output["status"]),
        (&json!(false), &Value::Null)
    );
    let message = output["failure"]["message"].as_str().unwrap();
    assert!(message.starts_with("no connection to"), "{message}");
    // What surely did not arrive is no riddle.
    let failure = run(json!({ "url": url, "method": "DELETE" }))
        .await
        .unwrap_err();
    assert_eq!(failure.class, FailureClass::Unavailable);
}

#[tokio::test]
async fn this_machine_is_called_only_where_the_plan_says_so() {
    let server = Server::start(api).await;
    let args = json!({ "url": server.url("/json") });
    let failure = trial::run(&HttpRequest::new(), args).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::BadInput);
    assert!(
        failure.message.ends_with("`private: true` allows it"),
        "{failure}"
    );
    let cloud = json!({ "url": "http://169.254.169.254/latest/meta-data/" });
    let failure = run(cloud).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::BadInput);
    assert!(!failure.message.contains("allows"), "{failure}");
    assert!(server.seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_would_be_sent_is_what_is_shown() {
    let assess = async |args: Value| HttpRequest::new().assess(&args).await;
    let read = assess(json!({ "url": "https://bücher.example/a b".replace(' ', "%20") }))
        .await
        .unwrap();
    assert_eq!(read.class, EffectClass::Read);
    assert_eq!(read.target, "GET https://xn--bcher-kva.example/a%20b");
    assert_eq!(
        read.reaches.as_deref(),
        Some("https://xn--bcher-kva.example")
    );
    let post = json!({ "url": "https://a.example", "method": "POST", "json": { "x": 1 } });
    let unsure = assess(post.clone()).await.unwrap();
    assert_eq!(
        (unsure.class, unsure.reversible),
        (EffectClass::Unsafe, false)
    );
    assert_eq!(
        unsure.summary,
        "send POST with 7 B of JSON to https://a.example"
    );
    let mut keyed = post;
    keyed["idempotency"] = json!("header");
    assert_eq!(
        assess(keyed.clone()).await.unwrap().class,
        EffectClass::Keyed
    );

    let server = Server::start(api).await;
    keyed["url"] = json!(server.url("/json"));
    run(keyed).await.unwrap();
    let sent = server.last();
    assert!(sent.starts_with("POST /json HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("idempotency-key: key\r\n"), "{sent}");
    assert!(
        sent.contains("content-type: application/json\r\n"),
        "{sent}"
    );
    assert!(sent.ends_with("\r\n\r\n{\"x\":1}"), "{sent}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before_anybody_is_asked() {
    let url = "https://a.example/";
    for args in [
        json!({}),
        json!({ "url": "a.example" }),
        json!({ "url": "file:///etc/passwd" }),
        json!({ "url": "https://user:pass@a.example/" }),
        json!({ "url": "https://a.example/\r\nX: y" }),
        json!({ "url": url, "method": "get" }),
        json!({ "url": url, "method": "CONNECT" }),
        json!({ "url": url, "json": 1 }),
        json!({ "url": url, "method": "POST", "json": 1, "text": "x" }),
        json!({ "url": url, "method": "POST", "report_failure": true }),
        json!({ "url": url, "idempotency": "header" }),
        json!({ "url": url, "method": "POST", "idempotency": "header", "headers": { "Idempotency-KEY": "x" } }),
        json!({ "url": url, "headers": { "X": "a\r\nEvil: b" } }),
        json!({ "url": url, "headers": { "Host": "b.example" } }),
        json!({ "url": url, "query": { "a": [1] } }),
        json!({ "url": url, "expect": ["9xx"] }),
        json!({ "url": url, "verify": false }),
    ] {
        let failure = HttpRequest::new().assess(&args).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput, "{args}: {failure}");
    }
}
