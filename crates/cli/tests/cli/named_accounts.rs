//! An account that is called by its name is that account everywhere, and one that nobody holds is
//! refused before anything happens.

use serde_json::{Value, json};

use crate::limits::{at, git, ran_out, repository, transcript};
use crate::world::{World, awaited};

fn account(world: &World, name: &str) -> Value {
    let all = world.json(&["accounts", "list"]);
    let mut all = all["items"].as_array().unwrap().iter();
    all.find(|account| account["name"] == name).unwrap()["id"].clone()
}

#[test]
fn what_is_brought_in_for_an_account_is_counted_for_it() {
    let world = World::new();
    world.expect(0, &["projects", "add", "Shop"]);
    world.expect(
        0,
        &["accounts", "add", "Claude Max", "--provider", "claude_app"],
    );
    let max = account(&world, "Claude Max");
    world.write("s1.jsonl", &transcript(&world, "s1", 10));
    let args = [
        "import",
        "s1.jsonl",
        "--project",
        "Shop",
        "--account",
        "claude max",
    ];
    let imported = world.json(&args);
    let capture = [
        "--json",
        "capture",
        "--project",
        "Shop",
        "--account",
        "Claude Max",
    ];
    let captured = world
        .fed(&capture, "The rounding happens in one place.")
        .json();
    let started = world.json(&["sessions", "start", "--account", max.as_str().unwrap()]);
    let (read, kept) = (&imported["sessions"][0], &captured["sessions"][0]);
    for session in [&read["id"], &kept["id"], &started["id"]] {
        let shown = world.json(&["sessions", "show", session.as_str().unwrap()]);
        assert_eq!(shown["session"]["account_id"], max, "{shown}");
    }
    let of_max = world.json(&["sessions", "list", "--account", "Claude Max"]);
    assert_eq!(of_max["items"].as_array().unwrap().len(), 3);

    for args in [
        &["import", "s1.jsonl", "--account", "ghost"][..],
        &["sessions", "start", "--account", "ghost"],
        &["handoff", "create", "--project", "Shop", "--to", "ghost"],
        &["handoff", "create", "--project", "Shop", "--from", "ghost"],
        &["budgets", "add", "5", "--account", "ghost"],
        &["brief", "--project", "Shop", "--for", "ghost"],
        &["accounts", "show", "ghost"],
    ] {
        let refused = world.run(args);
        assert!(matches!(refused.code, Some(1 | 2)), "{args:?}: {refused:?}");
        assert!(
            refused.err.contains("there is no account `ghost`"),
            "{args:?}: {refused:?}"
        );
    }
    let budget = ["budgets", "add", "5", "--account", "claude MAX"];
    world.expect(0, &budget);
    let budgets = world.json(&["budgets", "list"]);
    assert_eq!(budgets["items"][0]["over"]["account_id"], max);
    assert_eq!(world.json(&["handoff", "list"])["items"], json!([]));
}

#[test]
fn nothing_is_handed_to_an_account_that_nobody_holds() {
    let world = World::new();
    let thread = ran_out(&world);
    let id = thread["id"].as_str().unwrap();
    let head = git(&world, &["rev-parse", "HEAD"]);
    for args in [
        &["inbox", "hand-over", id, "--commit", "--to", "nobody"][..],
        &[
            "handoff",
            "send",
            "--project",
            "Shop",
            "--commit",
            "--to",
            "nobody",
        ],
    ] {
        let refused = world.expect(1, args);
        assert!(
            refused.err.contains("there is no account `nobody`"),
            "{refused:?}"
        );
    }
    let wrong = [
        "handoff",
        "send",
        "--project",
        "Shop",
        "--commit",
        "--path",
        "/etc/passwd",
    ];
    let wrong = world.expect(2, &wrong);
    assert!(wrong.err.contains("nothing that differs"), "{wrong:?}");
    assert_eq!(git(&world, &["rev-parse", "HEAD"]), head);
    assert!(!world.work.join("AGENTS.md").exists());
    assert_eq!(world.json(&["handoff", "list"])["items"], json!([]));

    let sent = world.json(&[
        "inbox",
        "hand-over",
        id,
        "--no-commit",
        "--to",
        "chatgpt pro",
    ]);
    assert_eq!(sent["to_account_id"], account(&world, "ChatGPT Pro"));
    let sent = sent["id"].as_str().unwrap();
    let refused = world.expect(1, &["handoff", "claim", sent, "--by", "nobody"]);
    assert!(
        refused.err.contains("there is no account `nobody`"),
        "{refused:?}"
    );
    world.expect(0, &["handoff", "claim", sent, "--by", "ChatGPT Pro"]);
}

#[test]
fn an_account_that_is_added_after_it_ran_out_is_not_the_one_that_goes_on() {
    let world = World::new();
    repository(&world);
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    world.write("s1.jsonl", &transcript(&world, "s1", 10));
    world.expect(0, &["import", "s1.jsonl"]);
    let open = world.json(&["inbox", "list"]);
    let id = open["items"][0]["id"].as_str().unwrap();
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude_app"]);
    let draft = world.json(&["inbox", "show", id])["draft"].clone();
    assert_eq!(draft["account_id"], account(&world, "Max"), "{draft}");
    assert_eq!(draft["to_account_id"], Value::Null, "{draft}");
    world.expect(0, &["accounts", "add", "Plus", "--provider", "chatgpt_app"]);
    let draft = world.json(&["inbox", "show", id])["draft"].clone();
    assert_eq!(draft["to_account_id"], account(&world, "Plus"), "{draft}");
    let said = world.expect(0, &["accounts", "list"]).out;
    let max = said.lines().find(|line| line.ends_with("Max"));
    assert!(max.is_some_and(|line| line.contains("used_up")), "{said}");
}

#[test]
fn a_followed_log_tells_the_limits_of_its_account() {
    let world = World::new();
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    world.expect(0, &["accounts", "add", "Pro", "--provider", "chatgpt_app"]);
    let none = world.json(&["accounts", "show", "Pro"]);
    assert_eq!(none["limits"], json!([]), "{none}");
    let _served = world.serve();
    let line = |kind: &str, payload: Value| {
        let line = json!({ "timestamp": at(1), "type": kind, "payload": payload });
        format!("{line}\n")
    };
    let said = json!({
        "type": "message", "role": "user",
        "content": [{ "type": "input_text", "text": "Make the totals exact." }],
    });
    let log = line(
        "session_meta",
        json!({ "id": "c1", "timestamp": at(1), "cwd": world.work }),
    ) + &line("response_item", said)
        + &line(
            "event_msg",
            json!({ "type": "token_count", "rate_limits": { "primary": {
                "used_percent": 90.0, "window_minutes": 300, "resets_at": 4_102_444_800_u64,
            } } }),
        );
    let folder = world.work.join("codex/sessions/2026/11/26");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("rollout-c1.jsonl"), log).unwrap();
    // The store is new to the watcher, which looks again when a project changes.
    world.expect(0, &["projects", "change", "Shop", "--description", "d"]);
    let limits = awaited("a limit of the log", || {
        let shown = world.json(&["accounts", "show", "Pro"]);
        shown["limits"].as_array().unwrap().first().cloned()
    });
    assert_eq!(
        (&limits["remaining"], &limits["source"]),
        (&json!("10"), &json!("tool_log"))
    );
}
