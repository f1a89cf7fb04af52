//! Where a call may lead: redirects, keys, names that change, and the public net.

use std::sync::Mutex;

use super::*;

#[tokio::test]
async fn redirects_are_followed_and_told() {
    let server = server::http(|path| match path {
        "/a" => answer(302, &[("location", "b?x=1")], ""),
        "/b" => answer(308, &[("location", "/c")], ""),
        "/round" => answer(301, &[("location", "/round")], ""),
        "/nowhere" => answer(302, &[], "a body"),
        "/file" => answer(302, &[("location", "file:///etc/passwd")], ""),
        "/cloud" => answer(302, &[("location", "http://169.254.169.254/latest")], ""),
        "/mapped" => answer(302, &[("location", "http://[::ffff:a9fe:a9fe]/")], ""),
        _ => answer(200, &[], "there"),
    })
    .await;
    let found = fetch(get(&server.url("/a"))).await.unwrap();
    assert_eq!(found.body, b"there");
    assert_eq!(found.target.to_string(), server.url("/c"));
    assert_eq!(found.hops, [server.url("/a"), server.url("/b?x=1")]);

    assert_eq!(
        fetch(get(&server.url("/nowhere"))).await.unwrap().body,
        b"a body"
    );
    let round = failure(get(&server.url("/round"))).await;
    assert!(matches!(round, HttpError::Redirect { .. }), "{round}");
    assert_eq!(
        server
            .seen()
            .iter()
            .filter(|seen| seen.line == "GET /round")
            .count(),
        6
    );
    let file = failure(get(&server.url("/file"))).await;
    assert!(matches!(file, HttpError::Redirect { .. }), "{file}");
    for path in ["/cloud", "/mapped"] {
        let refused = failure(get(&server.url(path))).await;
        assert!(matches!(refused, HttpError::Refused { .. }), "{refused}");
    }

    let mut still = get(&server.url("/a"));
    still.redirects = 0;
    assert_eq!(fetch(still).await.unwrap().status, 302);

    let mut post = get(&server.url("/a"));
    post.method = Method::POST;
    let stays = fetch(post).await.unwrap();
    assert_eq!((stays.status, stays.hops.len()), (302, 0));
}

#[tokio::test]
async fn keys_stay_with_their_origin() {
    let other = server::http(|_| answer(200, &[], "other")).await;
    let to_other = other.url("/end");
    let server = server::http(move |path| match path {
        "/leave" => answer(302, &[("location", &to_other)], ""),
        "/stay" => answer(302, &[("location", "/end")], ""),
        _ => answer(200, &[], ""),
    })
    .await;
    let secret = |url: String| Secret::new("canary".into(), url.parse().unwrap());
    let call = |path: &str| {
        let mut request = get(&server.url(path));
        request
            .secret_header("authorization", "Bearer ", &secret(server.url("")))
            .unwrap();
        request.header("x-api-key", "plain-canary").unwrap();
        request.header("accept", "application/json").unwrap();
        request
    };
    fetch(call("/stay")).await.unwrap();
    for seen in server.seen() {
        assert_eq!(
            seen.headers["authorization"], "Bearer canary",
            "{}",
            seen.line
        );
        assert_eq!(seen.headers["x-api-key"], "plain-canary", "{}", seen.line);
    }
    assert_eq!(fetch(call("/leave")).await.unwrap().body, b"other");
    let arrived = &other.seen()[0];
    assert!(!format!("{arrived:?}").contains("canary"), "{arrived:?}");
    assert_eq!(arrived.headers["accept"], "application/json");

    let mut request = get(&server.url("/"));
    let elsewhere = request.secret_header("authorization", "", &secret(other.url("")));
    assert!(matches!(elsewhere, Err(HttpError::SecretElsewhere { .. })));
    let mut moved = call("/");
    moved.target = Target::parse(&other.url("/")).unwrap();
    let error = failure(moved).await;
    assert!(
        matches!(error, HttpError::SecretElsewhere { .. }),
        "{error}"
    );
    assert!(!error.to_string().contains("canary"));
    assert_eq!(other.seen().len(), 1);
}

/// Gives its answers in turn, and counts.
pub(super) struct Turns(Mutex<Vec<Vec<IpAddr>>>);

impl Turns {
    pub(super) fn new(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().rev().map(parse).collect())))
    }
}

impl Lookup for Turns {
    fn lookup<'a>(&'a self, _: &'a str) -> Found<'a> {
        let next = self.0.lock().unwrap().pop();
        Box::pin(async move { Ok(next.unwrap_or_default()) })
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_wins_nothing() {
    let server = server::http(|path| match path {
        "/again" => answer(302, &[("location", "/")], ""),
        _ => answer(200, &[], "here"),
    })
    .await;
    let url = |path: &str| format!("http://name.example:{}{path}", server.at.port());
    // Asked once per connection: the second answer is not used for the first call.
    let turns = Turns::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let client = Client::new().with_lookup(turns.clone());
    assert_eq!(client.send(get(&url("/"))).await.unwrap().status, 200);
    assert_eq!(turns.0.lock().unwrap().len(), 1);
    // Each hop is checked anew.
    let client = Client::new().with_lookup(Turns::new(&[&["127.0.0.1"], &["169.254.169.254"]]));
    let error = client.send(get(&url("/again"))).await.err().unwrap();
    assert!(matches!(error, HttpError::Refused { .. }), "{error}");
    // One bad address among good ones.
    let client = Client::new().with_lookup(Turns::new(&[&["127.0.0.1", "0.0.0.0"], &[]]));
    let error = client.send(get(&url("/"))).await.err().unwrap();
    assert!(matches!(error, HttpError::Refused { .. }), "{error}");
    let error = client.send(get(&url("/"))).await.err().unwrap();
    assert!(matches!(error, HttpError::Dns { .. }), "{error}");
    assert!(!error.may_have_arrived());
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_call_to_the_public_net_stays_there() {
    let server = server::http(|_| answer(200, &[], "")).await;
    let port = server.at.port();
    for url in [
        server.url("/"),
        format!("http://localhost:{port}/"),
        format!("http://0x7f.1:{port}/"),
    ] {
        let mut request = get(&url);
        request.reach = Reach::Public;
        let error = failure(request).await;
        assert!(matches!(error, HttpError::Refused { .. }), "{url}: {error}");
        assert!(!error.may_have_arrived());
    }
    assert!(server.seen().is_empty());
    let at = |text: &str| vec![text.parse().unwrap()];
    assert_eq!(
        reach_after(Reach::Everywhere, &at("8.8.8.8:80")),
        Reach::Public
    );
    assert_eq!(
        reach_after(Reach::Everywhere, &at("127.0.0.1:80")),
        Reach::Everywhere
    );
    let from = Target::parse("https://a.example/").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("location", "http://a.example/".parse().unwrap());
    assert!(redirect::next(&from, 302, &headers).is_err());
    headers.insert("location", "//b.example/".parse().unwrap());
    assert!(matches!(
        redirect::next(&from, 302, &headers),
        Ok(Next::To(_))
    ));
}
