//! What was spent and saved, and what could be done better, by the real binary from real transcripts.

use serde_json::{Value, json};

use crate::world::World;

/// One line of an answer in a Claude Code session.
struct Line<'l> {
    id: &'l str,
    request: &'l str,
    at: &'l str,
    model: &'l str,
    /// Input, cache writes, cache reads, output.
    tokens: [u64; 4],
    sidechain: bool,
}

fn claude(session: &str, cwd: &str, forked_from: Option<&str>, lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    let mut parent = Value::Null;
    let user = json!({
        "type": "user", "uuid": format!("{session}-u"), "parentUuid": null, "sessionId": session,
        "cwd": cwd, "timestamp": "2026-03-28T10:00:00Z",
        "message": { "role": "user", "content": "Make the totals exact" },
    });
    let mut push = |mut line: Value, parent: &mut Value| {
        line["parentUuid"] = parent.clone();
        *parent = line["uuid"].clone();
        if let Some(origin) = forked_from {
            line["forkedFrom"] = json!({ "sessionId": origin, "messageUuid": "x" });
        }
        text.push_str(&line.to_string());
        text.push('\n');
    };
    push(user, &mut parent);
    for (number, line) in lines.iter().enumerate() {
        let [input, write, read, output] = line.tokens;
        let answer = json!({
            "type": "assistant", "uuid": format!("{session}-{number}"), "sessionId": session,
            "cwd": cwd, "requestId": line.request, "timestamp": line.at,
            "isSidechain": line.sidechain,
            "message": {
                "id": line.id, "role": "assistant", "model": line.model,
                "content": [{ "type": "text", "text": "Done." }],
                "usage": {
                    "input_tokens": input, "cache_creation_input_tokens": write,
                    "cache_read_input_tokens": read, "output_tokens": output,
                },
            },
        });
        push(answer, &mut parent);
    }
    text
}

fn line<'l>(id: &'l str, at: &'l str, tokens: [u64; 4]) -> Line<'l> {
    Line {
        id,
        request: "r",
        at,
        model: "claude-sonnet-4-5",
        tokens,
        sidechain: false,
    }
}

/// A Codex rollout: its counter stands at these totals at these moments.
fn codex(id: &str, forked_from: Option<&str>, counts: &[(&str, u64, u64, u64)]) -> String {
    let meta = json!({
        "timestamp": counts[0].0, "type": "session_meta",
        "payload": { "id": id, "forked_from_id": forked_from, "cwd": "/elsewhere" },
    });
    let mut lines = vec![
        meta,
        json!({ "timestamp": counts[0].0, "type": "turn_context", "payload": { "model": "gpt-5-mini" } }),
        json!({
            "timestamp": counts[0].0, "type": "response_item",
            "payload": { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Count it" }] },
        }),
    ];
    for (at, input, cached, output) in counts {
        let total = json!({
            "input_tokens": input, "cached_input_tokens": cached, "output_tokens": output,
            "reasoning_output_tokens": 0, "total_tokens": input + output,
        });
        lines.push(json!({
            "timestamp": at, "type": "event_msg",
            "payload": { "type": "token_count", "info": { "total_token_usage": total } },
        }));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn counts(row: &Value) -> [u64; 5] {
    ["answers", "input", "cache_write", "cache_read", "output"]
        .map(|name| row["both"][name].as_u64().unwrap())
}

fn row<'r>(told: &'r Value, key: &Value) -> &'r Value {
    let rows = told["rows"].as_array().unwrap();
    rows.iter().find(|row| row["key"] == *key).unwrap()
}

/// The night of March 29 in which the clock goes on in Berlin, with a fork, a replay by a subagent, a
/// split answer, a re-emitted counter, a model without a price and a chat without counts.
fn work(world: &World) {
    let folder = world.work.to_string_lossy().into_owned();
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    let first = || line("m1", "2026-03-28T22:59:00Z", [100, 1_000, 0, 50]);
    let second = || line("m2", "2026-03-28T23:01:00Z", [10, 0, 1_000, 5]);
    let parent = [
        first(),
        // The same answer, still being written, and then done.
        second(),
        line("m2", "2026-03-28T23:01:01Z", [10, 0, 1_000, 70]),
    ];
    let fork = [
        first(),
        line("m2", "2026-03-28T23:01:01Z", [10, 0, 1_000, 70]),
        Line {
            model: "claude-of-tomorrow",
            ..line("m3", "2026-03-29T22:30:00Z", [7, 0, 0, 3])
        },
    ];
    let subagent = [
        Line {
            request: "another",
            sidechain: true,
            ..first()
        },
        Line {
            sidechain: true,
            ..line("m4", "2026-03-29T01:30:00Z", [1, 2, 3, 4])
        },
    ];
    world.write(
        "fork.jsonl",
        &claude("fork", &folder, Some("parent"), &fork),
    );
    world.write("parent.jsonl", &claude("parent", &folder, None, &parent));
    let mut agent = claude("parent", &folder, None, &subagent);
    agent = agent.replace("\"sessionId\"", "\"agentId\":\"a1\",\"sessionId\"");
    // Its request is off the visible line too.
    agent = agent.replacen(
        "\"type\":\"user\"",
        "\"isSidechain\":true,\"type\":\"user\"",
        1,
    );
    world.write("agent-a1.jsonl", &agent);
    world.write(
        "rollout-1.jsonl",
        &codex(
            "c1",
            None,
            &[
                ("2026-03-29T09:00:00Z", 1_000, 400, 20),
                ("2026-03-29T09:00:05Z", 1_000, 400, 20),
                ("2026-03-29T09:10:00Z", 3_000, 2_000, 50),
            ],
        ),
    );
    world.write(
        "rollout-2.jsonl",
        &codex(
            "c2",
            Some("c1"),
            &[
                ("2026-03-29T10:00:00.000Z", 1_000, 400, 20),
                ("2026-03-29T10:00:00.100Z", 3_000, 2_000, 50),
                ("2026-03-29T10:05:00.000Z", 3_500, 2_100, 60),
            ],
        ),
    );
    world.write(
        "chat.md",
        "---\ndate: 2026-03-29T12:00:00Z\n---\n**You:** What is a totient?\n\n**Claude:** It counts coprimes.\n",
    );
}

const RANGE: [&str; 4] = ["--from", "2026-03-28", "--to", "2026-03-30"];

fn usage(world: &World, more: &[&str]) -> Value {
    let words = ["insights"].iter().chain(&RANGE).chain(more).copied();
    world.json(&words.collect::<Vec<_>>())
}

#[test]
fn forks_replays_and_re_emitted_counts_are_counted_once_on_the_persons_days() {
    let world = World::new();
    work(&world);
    for file in [
        "fork.jsonl",
        "agent-a1.jsonl",
        "parent.jsonl",
        "rollout-2.jsonl",
        "rollout-1.jsonl",
    ] {
        world.expect(0, &["import", file]);
    }
    // A second time, as a whole folder and with the chat.
    world.expect(0, &["import", "."]);
    let told = usage(&world, &["--zone", "Europe/Berlin"]);
    let days =
        ["2026-03-28", "2026-03-29", "2026-03-30"].map(|day| counts(row(&told, &json!(day))));
    assert_eq!(
        days,
        [
            // m1
            [1, 100, 1_000, 0, 50],
            // m2 and m4; c1: 600 + 400 of input, 400 + 1,600 from a cache; c2: 400 and 100
            [
                5,
                10 + 1 + 600 + 400 + 400,
                2,
                1_000 + 3 + 2_000 + 100,
                70 + 4 + 50 + 10
            ],
            // m3
            [1, 7, 0, 0, 3],
        ]
    );
    assert_eq!(counts(&told["total"]), [7, 1_518, 1_002, 3_103, 187]);
    let utc = usage(&world, &["--zone", "UTC"]);
    let days =
        ["2026-03-28", "2026-03-29", "2026-03-30"].map(|day| counts(row(&utc, &json!(day)))[0]);
    assert_eq!(days, [2, 5, 0]);

    let models = usage(&world, &["--zone", "Europe/Berlin", "--by", "model"]);
    let known = row(&models, &json!("claude-sonnet-4-5"));
    // (100 + 10 + 1) × 3 + 1,002 × 3.75 + 1,003 × 0.3 + 124 × 15 millionths of a USD
    assert_eq!(known["sessions"]["usd"], "0.006252");
    assert_eq!(known["sessions"]["usd_at_least"], false);
    let unknown = row(&models, &json!("claude-of-tomorrow"));
    assert_eq!(
        (&unknown["both"]["usd"], &unknown["both"]["unpriced"]),
        (&Value::Null, &json!(1))
    );
    assert_eq!(unknown["both"]["usd_at_least"], true);
    assert_eq!(models["total"]["both"]["usd_at_least"], true);

    let projects = usage(&world, &["--zone", "Europe/Berlin", "--by", "project"]);
    let shop = projects["rows"].as_array().unwrap();
    let shop = shop.iter().find(|row| row["label"] == "Shop").unwrap();
    assert_eq!(counts(shop)[0], 4);
    assert_eq!(counts(row(&projects, &Value::Null))[0], 3);
    // Nobody says whose the sessions are, until only one account can be meant.
    let by_account = usage(&world, &["--zone", "Europe/Berlin", "--by", "account"]);
    assert_eq!(counts(row(&by_account, &Value::Null))[0], 7);
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude"]);
    let by_account = usage(&world, &["--zone", "Europe/Berlin", "--by", "account"]);
    let rows = by_account["rows"].as_array().unwrap();
    let max = rows.iter().find(|row| row["label"] == "Max").unwrap();
    assert_eq!(counts(max)[0], 4);
    assert_eq!(counts(row(&by_account, &Value::Null))[0], 3);
    let of_max = usage(&world, &["--zone", "Europe/Berlin", "--account", "Max"]);
    assert_eq!(counts(&of_max["total"])[0], 4);

    assert_eq!(max["credits"], Value::Null, "nobody told any: {max}");

    let of_shop = usage(&world, &["--zone", "Europe/Berlin", "--project", "Shop"]);
    assert_eq!(counts(&of_shop["total"])[0], 4);
}

#[test]
fn what_is_not_known_is_said_and_tables_are_for_spreadsheets_too() {
    let world = World::new();
    world.write(
        "chat.md",
        "**You:** What is a totient?\n\n**Claude:** It counts coprimes.\n",
    );
    world.expect(0, &["import", "chat.md"]);
    let text = world.expect(0, &["insights", "--by", "model"]).out;
    // The chat has no moment of its own: nobody knows on which day it was.
    assert!(text.contains("nothing was used"), "{text}");

    let world = World::new();
    work(&world);
    world.expect(0, &["import", "."]);
    let table = [
        "insights", RANGE[0], RANGE[1], RANGE[2], RANGE[3], "--by", "model",
    ];
    let text = world.expect(0, &table).out;
    assert!(text.contains("claude-of-tomorrow"), "{text}");
    assert!(
        text.contains("≥0.0") && text.contains("1 answer without a known price"),
        "{text}"
    );
    let csv = world.expect(0, &[&table[..], &["--csv"]].concat()).out;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "model,name,answers,input,cache_read,cache_write,output,tokens,usd_calls,\
         usd_sessions_at_list_price,usd,credits,tokens_at_least,usd_at_least"
    );
    assert!(
        lines.contains(&"claude-sonnet-4-5,claude-sonnet-4-5,3,111,1003,1002,124,2240,0,0.006252,0.006252,,false,false"),
        "{csv}"
    );
    for (field, words) in [
        ("zone", ["insights", "--zone", "Europe/Atlantis"]),
        ("from", ["insights", "--from", "yesterday"]),
        ("from", ["insights", "--from", "2999-01-01"]),
    ] {
        let refused = world.expect(2, &words);
        assert!(
            refused.err.contains(&format!("field `{field}`")),
            "{refused:?}"
        );
    }
}

#[test]
fn what_a_briefing_saved_is_measured_against_the_whole_history() {
    let world = World::new();
    let long: String = (0..400)
        .map(|n| {
            format!(
                "The total of order {n} is computed from src/order_{n}.rs and must stay exact. "
            )
        })
        .collect();
    world.write(
        "talk.json",
        &json!([
            { "role": "user", "content": "Make the totals exact, never round before the sum." },
            { "role": "assistant", "content": long },
        ])
        .to_string(),
    );
    world.expect(0, &["projects", "add", "P"]);
    let none = world.expect(0, &["insights", "saved"]).out;
    assert!(none.starts_with("no handoff was taken"), "{none}");
    let made = world.json(&[
        "handoff",
        "create",
        "--input",
        "talk.json",
        "--budget",
        "500",
    ]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        world.json(&["insights", "saved"])["handoffs"],
        0,
        "nobody took it yet"
    );
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude_app"]);
    world.expect(0, &["handoff", "claim", id, "--by", "Max"]);
    let saved = world.json(&["insights", "saved"]);
    let (history, briefing) = (
        made["history_tokens"].as_u64().unwrap(),
        made["tokens"].as_u64().unwrap(),
    );
    assert!(history > 5_000 && briefing <= 500, "{made}");
    assert_eq!(saved["handoffs"], 1);
    assert_eq!(saved["tokens"], history - briefing);
    assert_eq!(
        (&saved["usd"], &saved["unpriced"]),
        (&Value::Null, &json!(1))
    );
    let score = made["score"].as_f64().unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let minutes = briefing as f64 * score / 50.0;
    assert!(
        (saved["minutes"].as_f64().unwrap() - minutes).abs() < 1e-9,
        "{saved}"
    );
    let text = world.expect(0, &["insights", "saved"]).out;
    assert!(text.contains("cost not known"), "{text}");
}

#[test]
fn what_was_repeated_is_recommended_until_it_is_dismissed() {
    let world = World::new();
    world.expect(0, &["projects", "add", "P"]);
    let now = krake_now();
    for day in 0..3_i64 {
        let at = (now - day * 86_400_000).div_euclid(1_000);
        let at = rfc3339(at);
        let line = |uuid: &str, parent: Value, role: &str, content: Value| {
            json!({
                "type": role, "uuid": format!("{uuid}{day}"), "parentUuid": parent, "timestamp": at,
                "sessionId": format!("s{day}"), "cwd": "/nowhere",
                "message": { "role": role, "content": content },
            })
            .to_string()
        };
        let request = format!("Write the release notes for 1.{day}.0");
        let text = [
            line("a", Value::Null, "user", json!(request)),
            line("b", json!(format!("a{day}")), "assistant", json!("Done.")),
        ];
        world.write(&format!("s{day}.jsonl"), &(text.join("\n") + "\n"));
        let told = world.json(&["insights", "recommendations"]);
        assert_eq!(told["items"], json!([]), "after {day} sessions");
        world.expect(0, &["import", &format!("s{day}.jsonl")]);
    }
    let told = world.json(&["insights", "recommendations"]);
    let one = &told["items"][0];
    assert_eq!(one["advice"]["kind"], "make_playbook", "{told}");
    assert_eq!(one["advice"]["sessions"].as_array().unwrap().len(), 3);
    assert!(
        one["because"]
            .as_str()
            .unwrap()
            .contains("3 sessions on 3 days"),
        "{told}"
    );
    let key = one["key"].as_str().unwrap();
    let text = world.expect(0, &["insights", "recommendations"]).out;
    assert!(
        text.contains("make a playbook of: Write the release notes"),
        "{text}"
    );

    let snoozed = ["insights", "recommendations", "--snooze", key, "--until"];
    let past = world.expect(2, &[&snoozed[..], &["2020-01-01T00:00:00Z"]].concat());
    assert!(past.err.contains("field `until`"), "{past:?}");
    let until = rfc3339(now / 1_000 + 86_400);
    let told = world.json(&[&snoozed[..], &[until.as_str()]].concat());
    assert_eq!((&told["items"], &told["hidden"]), (&json!([]), &json!(1)));
    world.expect(0, &["insights", "recommendations", "--restore", key]);
    world.expect(0, &["insights", "recommendations", "--dismiss", key]);
    let told = world.json(&["insights", "recommendations", "--all"]);
    assert_eq!(told["items"][0]["dismissed"], true);
    let unknown = world.expect(1, &["insights", "recommendations", "--dismiss", "nothing"]);
    assert!(unknown.err.contains("recommendation"), "{unknown:?}");
}

#[test]
fn stats_have_projects_accounts_credits_sessions_and_executions() {
    let world = World::new();
    world.expect(0, &["projects", "add", "P"]);
    world.expect(0, &["projects", "add", "Q", "--status", "paused"]);
    let added = world.json(&["accounts", "add", "Mine", "--provider", "claude"]);
    let id = added["id"]
        .as_str()
        .or_else(|| added["account"]["id"].as_str());
    let id = id.unwrap_or_else(|| panic!("{added}"));
    world.expect(
        0,
        &[
            "do",
            "accounts.note_limit",
            "--id",
            id,
            "--span",
            "balance",
            "--unit",
            "credits",
            "--remaining",
            "12.5",
        ],
    );
    world.expect(0, &["budgets", "add", "5", "--unit", "usd", "--per", "day"]);
    let stats = world.json(&["do", "stats"]);
    assert_eq!(
        (&stats["projects"], &stats["all_projects"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&stats["accounts"], &stats["accounts_usable"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(stats["credits"][0]["unit"], "credits");
    assert_eq!(stats["credits"][0]["remaining"], "12.5");
    assert_eq!(
        (&stats["today"]["usd"], &stats["today"]["cap"]),
        (&json!("0"), &json!("5"))
    );
    assert_eq!(
        (&stats["sessions"], &stats["executions"]),
        (&json!(0), &json!({}))
    );
}

fn krake_now() -> i64 {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn rfc3339(seconds: i64) -> String {
    krake_domain::time::Timestamp(seconds * 1_000).to_rfc3339()
}
