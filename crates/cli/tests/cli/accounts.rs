//! Accounts and their keys, with a real keychain, with none, and with a locked one.

use std::process::Command;

use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::Reply;
use serde_json::{Value, json};

use crate::keyring::Keyring;
use crate::world::{Ended, World, fed};

pub const KEY: &str = "sk-ant-canary-0123456789";

pub fn with(world: &World, keyring: &Keyring, args: &[&str]) -> Command {
    let mut command = world.command(args);
    command.env("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    command
}

pub fn run(world: &World, keyring: &Keyring, code: i32, args: &[&str], stdin: &str) -> Ended {
    let ended = fed(with(world, keyring, args), stdin);
    assert_eq!(ended.code, Some(code), "krake {args:?}: {ended:?}");
    for said in [&ended.out, &ended.err] {
        assert!(!said.contains("canary"), "{args:?} shows the key: {said}");
    }
    ended
}

pub fn models(names: &[&str]) -> Reply {
    let data: Vec<Value> = names.iter().map(|name| json!({ "id": name })).collect();
    Reply::json(200, &json!({ "data": data }))
        .header("anthropic-ratelimit-requests-limit", "50")
        .header("anthropic-ratelimit-requests-remaining", "38")
}

/// `krake accounts add One` with the key on stdin.
pub fn add<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = [
        "--json",
        "accounts",
        "add",
        "One",
        "--provider",
        "anthropic",
        "--base-url",
        url,
    ];
    [&args, more].concat()
}

#[test]
fn a_key_goes_into_the_keychain_reaches_its_provider_and_is_nowhere_else() {
    let (world, keyring) = (World::new(), Keyring::start());
    let server = Provider::always(models(&["m1", "m2"]));
    let url = server.url();
    let added = run(&world, &keyring, 0, &add(&url, &[]), KEY).json();
    assert_eq!(added["has_key"], true);
    assert_eq!(added["check"]["outcome"], "reached", "{added}");
    assert_eq!(added["health"], "healthy");
    assert_eq!(added["limits"][0]["remaining"], "38");
    assert_eq!(added["limits"][0]["source"], "headers");
    let seen = server.seen().remove(0);
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("GET", "/v1/models?limit=1000")
    );
    assert_eq!(seen.header("x-api-key"), Some(KEY));
    assert_eq!(keyring.count(), 1);
    assert!(!world.keeps("canary"), "the key lies in the data folder");
    for look in [
        ["accounts", "list"],
        ["audit", "export"],
        ["accounts", "rules"],
    ] {
        if look[1] != "rules" {
            run(&world, &keyring, 0, &look, "");
        }
    }

    // A name that is taken costs no item of the keychain.
    run(&world, &keyring, 1, &add(&url, &["--no-test"]), KEY);
    assert_eq!(keyring.count(), 1);
    run(&world, &keyring, 0, &["accounts", "test", "one"], "");
    let removed = run(&world, &keyring, 0, &["accounts", "remove", "One"], "");
    assert!(removed.out.contains("removed"));
    assert_eq!(keyring.count(), 0);
    run(&world, &keyring, 1, &["accounts", "show", "One"], "");
}

#[test]
fn a_provider_that_repeats_the_key_is_not_repeated() {
    let (world, keyring) = (World::new(), Keyring::start());
    let error =
        json!({ "error": { "type": "authentication_error", "message": format!("bad {KEY}") } });
    let server = Provider::always(Reply::json(401, &error));
    let url = server.url();
    let added = run(&world, &keyring, 4, &add(&url, &[]), KEY).json();
    assert_eq!(added["check"]["outcome"], "no_access");
    assert_eq!(added["health"], "no_access");
    assert!(
        added["check"]["said"].as_str().unwrap().contains("bad ***"),
        "{added}"
    );
    assert!(!world.keeps("canary"));
    // A page of a hotel is no list of models.
    let server = Provider::always(Reply::new(200, "text/html", "<html>Sign in</html>"));
    let (id, url) = (added["id"].as_str().unwrap(), server.url());
    // The key was given for the other place and does not follow the account.
    let change = json!({ "id": id, "base_url": url }).to_string();
    let moved = run(
        &world,
        &keyring,
        2,
        &["do", "accounts.change", "--json-input", "-"],
        &change,
    );
    assert!(moved.err.contains("give the key again"), "{moved:?}");
    let change = json!({ "id": id, "base_url": url, "key": KEY }).to_string();
    run(
        &world,
        &keyring,
        0,
        &["do", "accounts.change", "--json-input", "-"],
        &change,
    );
    assert_eq!(keyring.count(), 1, "the key before is gone");
    let tested = run(&world, &keyring, 1, &["--json", "accounts", "test", id], "").json();
    assert_eq!(tested["check"]["outcome"], "unreadable");
}

#[test]
fn a_key_in_the_wrong_field_is_kept_nowhere() {
    let (world, keyring) = (World::new(), Keyring::absent());
    for args in [
        vec!["accounts", "add", KEY, "--provider", "ollama", "--no-key"],
        vec!["accounts", "add", "One", "--provider", KEY, "--no-key"],
        vec![
            "accounts",
            "add",
            "One",
            "--provider",
            "other",
            "--plan",
            KEY,
        ],
        vec![
            "accounts",
            "add",
            "One",
            "--provider",
            "other",
            "--tag",
            KEY,
        ],
        vec!["do", "accounts.add", "--key", KEY],
    ] {
        run(&world, &keyring, 2, &args, "");
    }
    assert!(!world.home.exists() || !world.keeps("canary"));
    let needed = run(
        &world,
        &keyring,
        2,
        &["accounts", "add", "One", "--provider", "openai"],
        "",
    );
    assert!(needed.err.contains("needs a key"), "{needed:?}");
    let words = "two words canary";
    let bad = run(
        &world,
        &keyring,
        2,
        &["accounts", "add", "One", "--provider", "openai"],
        words,
    );
    assert!(bad.err.contains("one word"), "{bad:?}");
    let clear = [
        "accounts",
        "add",
        "One",
        "--provider",
        "openai",
        "--base-url",
        "http://a.example",
    ];
    let clear = run(&world, &keyring, 2, &clear, KEY);
    assert!(clear.err.contains("not encrypted"), "{clear:?}");
}

#[test]
fn accounts_without_a_key_have_limits_rules_and_a_place_in_the_choice() {
    let world = World::new();
    for (name, provider, best) in [
        ("Claude Max", "claude_app", "code"),
        ("ChatGPT", "ChatGPT", "writing"),
        ("Local", "ollama", "private"),
    ] {
        let args = [
            "accounts",
            "add",
            name,
            "--provider",
            provider,
            "--specialization",
            best,
            "--no-key",
            "--no-test",
        ];
        world.expect(0, &args);
    }
    let limit = [
        "accounts",
        "limit",
        "Claude Max",
        "--span",
        "week",
        "--unit",
        "percent",
    ];
    let noted = world.json(
        &[
            &limit[..],
            &[
                "--remaining",
                "0",
                "--limit",
                "100",
                "--resets",
                "2099-01-01T00:00:00Z",
            ],
        ]
        .concat(),
    );
    assert_eq!(
        (&noted["health"], &noted["limits"][0]["used"]),
        (&json!("used_up"), &json!(1.0))
    );
    let names = |args: &[&str]| -> Vec<String> {
        let choice = world.json(args);
        let ranked = choice["ranked"].as_array().unwrap().iter();
        ranked
            .map(|one| {
                format!(
                    "{}{}",
                    if one["usable"] == true { "" } else { "!" },
                    one["name"].as_str().unwrap()
                )
            })
            .collect()
    };
    let ranked = names(&["accounts", "choose", "writing"]);
    assert_eq!(ranked, ["ChatGPT", "Local", "!Claude Max"]);
    world.expect(
        0,
        &[
            "accounts", "rules", "add", "first", "ollama", "--when", "writing",
        ],
    );
    assert_eq!(names(&["accounts", "choose", "writing"])[0], "Local");
    assert_eq!(
        names(&["accounts", "choose", "--called", "code"]),
        ["Local", "!ChatGPT", "!Claude Max"]
    );
    world.expect(0, &["accounts", "rules", "remove", "1"]);
    assert_eq!(names(&["accounts", "choose", "writing"])[0], "ChatGPT");
    world.expect(
        2,
        &[
            "accounts",
            "limit",
            "Local",
            "--span",
            "year",
            "--unit",
            "x",
            "--remaining",
            "1",
        ],
    );
    world.expect(
        2,
        &[
            "accounts",
            "limit",
            "Local",
            "--span",
            "week",
            "--unit",
            "x",
            "--remaining",
            "-1",
        ],
    );
    let refused = world.fed(&["accounts", "test", "ChatGPT"], "");
    assert_eq!(refused.code, Some(2), "{refused:?}");

    let budget = world.expect(0, &["budgets", "add", "5"]);
    world.expect(
        0,
        &["budgets", "add", "100", "--unit", "tokens", "--each-run"],
    );
    let listed = world.json(&["budgets", "list"]);
    assert_eq!(
        (&listed["items"][0]["spent"], &listed["items"][1]["spent"]),
        (&json!("0"), &Value::Null)
    );
    // A run is over by itself, and no day begins it anew.
    assert_eq!(
        (&listed["items"][0]["period"], &listed["items"][1]["period"]),
        (&json!("day"), &json!("always"))
    );
    world.expect(0, &["budgets", "remove", budget.out.trim()]);
    world.expect(1, &["budgets", "remove", budget.out.trim()]);
    world.expect(2, &["budgets", "add", "0"]);
}

#[test]
fn keys_of_the_environment_are_offered_and_taken_only_when_asked() {
    let (world, keyring) = (World::new(), Keyring::start());
    let with_keys = |args: &[&str]| {
        let mut command = with(&world, &keyring, args);
        command
            .env("ANTHROPIC_API_KEY", KEY)
            .env("GOOGLE_API_KEY", "AIza-canary-0123456789");
        fed(command, "")
    };
    let none = run(&world, &keyring, 2, &["accounts", "add", "--from-env"], "");
    assert!(none.err.contains("no key found"), "{none:?}");
    world.serve().child.signal("TERM");
    let shown = with_keys(&["--json", "vault", "show"]);
    assert_eq!(
        shown.json()["found"][1]["variable"],
        "GOOGLE_API_KEY",
        "{shown:?}"
    );
    assert_eq!(keyring.count(), 0);
    let added = with_keys(&["--json", "accounts", "add", "--from-env", "--no-test"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert!(!added.out.contains("canary"));
    assert_eq!(added.json()["items"][1]["provider"], "gemini");
    assert_eq!(keyring.count(), 2);
    assert!(!world.keeps("canary"));
}

/// A key that works, one that does not, and the key that took its place.
#[test]
fn a_key_of_the_environment_and_another_key_are_tried_at_once_and_what_came_of_it_is_said() {
    let (world, keyring) = (World::new(), Keyring::start());
    let server = Provider::start(|seen, _| match seen.header("x-api-key") {
        Some(KEY) => models(&["m1"]),
        _ => Reply::json(401, &json!({ "error": { "type": "authentication_error" } })),
    });
    let from_env = |key: &str, args: &[&str]| {
        let mut command = with(&world, &keyring, &[&["--json", "accounts"], args].concat());
        command
            .env("ANTHROPIC_API_KEY", key)
            .env("ANTHROPIC_BASE_URL", server.url());
        fed(command, "")
    };
    let added = from_env(KEY, &["add", "--from-env"]);
    assert_eq!(added.code, Some(0), "{added:?}");
    let account = &added.json()["items"][0];
    assert_eq!(account["check"]["outcome"], "reached", "{account}");
    assert_eq!(account["health"], "healthy");
    let name = "anthropic (ANTHROPIC_API_KEY)";
    let other = "sk-ant-canary-9876543210";
    let refused = run(
        &world,
        &keyring,
        4,
        &["accounts", "change", name, "--key"],
        other,
    );
    assert!(refused.out.contains("health    no_access"), "{refused:?}");
    assert!(refused.out.contains(", no_access: "), "{refused:?}");
    let back = ["--json", "accounts", "change", name, "--key"];
    let back = run(&world, &keyring, 0, &back, KEY).json();
    assert_eq!(back["check"]["outcome"], "reached", "{back}");
    // Whoever does not want it tried is not told of the key before either.
    let untried = ["--json", "accounts", "change", name, "--key", "--no-test"];
    let untried = run(&world, &keyring, 0, &untried, other).json();
    assert_eq!(
        (&untried["check"], &untried["health"]),
        (&Value::Null, &json!("unknown")),
        "{untried}"
    );
    assert_eq!(server.seen().len(), 3);

    run(&world, &keyring, 0, &["accounts", "remove", name], "");
    let wrong = from_env(other, &["add", "--from-env"]);
    assert_eq!(wrong.code, Some(4), "{wrong:?}");
    let account = &wrong.json()["items"][0];
    assert_eq!(account["check"]["outcome"], "no_access", "{account}");
    assert!(!wrong.out.contains("canary") && !world.keeps("canary"));
}

#[test]
fn limits_are_learned_from_the_logs_of_tools_where_they_can_mean_one_account() {
    let world = World::new();
    let log = world.work.join("codex/sessions/2026/11/25");
    std::fs::create_dir_all(&log).unwrap();
    let line = json!({
        "timestamp": "2026-11-25T17:49:28Z", "type": "event_msg",
        "payload": { "type": "token_count", "rate_limits": {
            "primary": { "used_percent": 40.5, "window_minutes": 300, "resets_at": 4_102_444_800_u64 },
            "credits": { "balance": "12.5" },
        } },
    });
    std::fs::write(
        log.join("rollout-1.jsonl"),
        format!("{{}}\n{line}\n{{\"cut"),
    )
    .unwrap();
    world.expect(0, &["accounts", "add", "One", "--provider", "claude_app"]);
    let none = world.expect(0, &["accounts", "test", "--all"]);
    assert!(
        none.out.contains("no active account is used in that app"),
        "{none:?}"
    );
    world.expect(0, &["accounts", "add", "Pro", "--provider", "chatgpt_app"]);
    let kept = world.expect(0, &["accounts", "test", "--all"]);
    assert!(
        kept.out.contains("Codex: 2 looks at the limits of Pro"),
        "{kept:?}"
    );
    assert!(
        kept.out.contains("Claude Code: its logs say nothing"),
        "{kept:?}"
    );
    let shown = world.json(&["accounts", "show", "Pro"]);
    let limits = shown["limits"].as_array().unwrap().iter();
    let seen: Vec<(&Value, &Value, &Value)> = limits
        .map(|one| (&one["span"], &one["remaining"], &one["source"]))
        .collect();
    assert_eq!(
        seen,
        [
            (&json!("five_hours"), &json!("59.5"), &json!("tool_log")),
            (&json!("balance"), &json!("12.5"), &json!("tool_log")),
        ]
    );
    world.expect(0, &["accounts", "add", "Team", "--provider", "chatgpt_app"]);
    let unclear = world.expect(0, &["accounts", "test", "--all"]);
    assert!(unclear.out.contains("which of 2 accounts"), "{unclear:?}");
}
