//! Bad input gets a clear 4xx that names what is wrong; nothing is half done.

use serde_json::{Value, json};

use crate::world::{World, uneven};

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_named() {
    let world = World::new().await;
    let deep = format!("{{\"plan\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let table: Vec<(u16, &str, String, &str)> = vec![
        (400, "bad_input", "{".to_owned(), "not JSON"),
        (400, "bad_input", "[]".to_owned(), "object"),
        (
            400,
            "bad_input",
            "{}".to_owned(),
            "exactly one of `plan` and `playbook`",
        ),
        (
            400,
            "bad_input",
            json!({"plan": uneven(), "strat": true}).to_string(),
            "strat",
        ),
        (
            400,
            "bad_input",
            json!({"plan": uneven(), "start": "yes"}).to_string(),
            "boolean",
        ),
        (
            400,
            "bad_input",
            json!({"plan": uneven(), "inputs": {"x": 1}}).to_string(),
            "no input `x`",
        ),
        (
            400,
            "bad_input",
            json!({"plan": uneven(), "folder": "a/b"}).to_string(),
            "absolute",
        ),
        (400, "too_deep", deep, "128 levels"),
        (
            404,
            "not_found",
            json!({"playbook": "no-such"}).to_string(),
            "no-such",
        ),
        (
            422,
            "plan_invalid",
            json!({"plan": "name: x\nstepz: []\nsteps: []\n"}).to_string(),
            "stepz",
        ),
        (
            422,
            "planning_unavailable",
            json!({"query": "delete the repository in ~/work/foo"}).to_string(),
            "`delete`",
        ),
        (
            422,
            "plan_invalid",
            json!({"query": "check my web sites"}).to_string(),
            "`urls`",
        ),
        (
            400,
            "bad_input",
            json!({"query": "brief ".repeat(1_000)}).to_string(),
            "`query`",
        ),
    ];
    for (status, code, body, named) in table {
        let request = format!(
            "POST /api/orchestrate HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            world.port(),
            world.token,
            body.len()
        );
        let answer = world.raw(&request).await;
        let short: String = body.chars().take(80).collect();
        assert_eq!(answer.status, status, "{short}: {}", answer.body);
        assert!(
            answer.head.contains("application/problem+json"),
            "{}",
            answer.head
        );
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{short}: {problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(named),
            "{short}: {problem}"
        );
    }
    assert_eq!(
        world.runtime.store().head().await.unwrap().seq,
        0,
        "nothing was written"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_are_json_and_not_larger_than_the_cap() {
    let world = World::new().await;
    let head = |kind: &str, length: usize| {
        format!(
            "POST /api/orchestrate HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            world.port(),
            world.token
        )
    };
    let form = world
        .raw(&format!(
            "{}a=b",
            head("application/x-www-form-urlencoded", 3)
        ))
        .await;
    assert_eq!(
        (form.status, form.json()["code"].clone()),
        (415, json!("not_json"))
    );
    let text = world.raw(&format!("{}{{}}", head("text/plain", 2))).await;
    assert_eq!(text.status, 415);
    // The head alone is enough to refuse it.
    let large = world.raw(&head("application/json", 11 * 1024 * 1024)).await;
    assert_eq!(
        (large.status, large.json()["code"].clone()),
        (413, json!("too_large"))
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_names_of_fields_are_understood() {
    let world = World::new().await;
    let id = world.run(uneven()).await;
    let body = json!({ "plan": uneven(), "userId": "u1", "projectName": "cart", "start": false });
    let proposed = world.call("POST", "/api/orchestrate", Some(body)).await;
    assert_eq!(proposed.status, 200, "{}", proposed.body);
    let list = world
        .call("GET", &format!("/api/approvals?executionId={id}"), None)
        .await;
    assert_eq!(
        (list.status, list.json()["items"].clone()),
        (200, json!([]))
    );
    let both = world
        .call(
            "GET",
            &format!("/api/approvals?executionId={id}&execution_id={id}"),
            None,
        )
        .await;
    assert_eq!(both.status, 400, "{}", both.body);
    let limit: Value = world
        .call("GET", "/api/orchestrate?limit=many", None)
        .await
        .json();
    assert!(
        limit["detail"].as_str().unwrap().contains("`limit`"),
        "{limit}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_to_its_end() {
    let world = World::new().await;
    let mut wanted = Vec::new();
    for _ in 0..5 {
        let body = json!({ "plan": uneven(), "start": false });
        let new = world
            .call("POST", "/api/orchestrate", Some(body))
            .await
            .json();
        wanted.push(new["execution_id"].clone());
    }
    wanted.reverse();
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world
            .call("GET", &format!("/api/orchestrate?limit=2{cursor}"), None)
            .await
            .json();
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].clone()),
        );
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, wanted);
    world.close().await;
}

/// A browser that opens an address of the UI gets its page; a program learns that nothing is there.
#[tokio::test]
async fn what_is_not_served_is_no_page_for_a_program() {
    let world = World::new().await;
    for (accept, status) in [("*/*", 404), ("text/html,*/*;q=0.8", 200)] {
        let more = format!("Accept: {accept}\r\nConnection: close\r\n");
        let answer = world
            .raw(&world.request("GET", "/metrics", None, &more))
            .await;
        assert_eq!(answer.status, status, "{accept}");
    }
    world.close().await;
}
