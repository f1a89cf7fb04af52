//! Search through the real binary: one file, and the sessions of a data folder.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{Ended, World, ended};

const CHAT: &str = r#"{"id":"m1","role":"user","content":"Which lake did you see?","ts":"2026-01-30T10:00:00Z"}
{"id":"m2","role":"assistant","content":"Lake Toba, while it rained. We took the ferry to Samosir.","ts":"2026-01-30T10:01:00Z"}
{"id":"m3","role":"assistant","content":"Bash: rg parseLineItems src/cart/total.rs","tool":{"name":"Bash","input":{}},"ts":"2026-01-31T09:00:00Z"}
{"role":"user","content":"Ferries are slow, \u001b[31mbut we took the other one","ts":"2026-02-01T00:00:00Z"}
"#;

fn ids(found: &Value) -> Vec<&str> {
    let hits = found["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["id"].as_str().unwrap()).collect()
}

#[test]
fn one_file_is_searched_without_a_data_folder() {
    let world = World::new();
    world.write("chat.jsonl", CHAT);
    let find = |query: &str| world.json(&["search", query, "--input", "chat.jsonl"]);
    let found = find("we took the ferry");
    assert_eq!(ids(&found)[..2], ["m2", "#3"], "{found}");
    let best = &found["hits"][0];
    assert_eq!(best["position"], 1);
    assert_eq!(best["at"], "2026-01-30T10:01:00.000Z");
    let snippet: Vec<char> = best["snippet"].as_str().unwrap().chars().collect();
    let marked: Vec<String> = best["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| {
            let place = |end: usize| usize::try_from(mark[end].as_u64().unwrap()).unwrap();
            snippet[place(0)..place(1)].iter().collect()
        })
        .collect();
    assert_eq!(marked, ["took", "ferry"], "{best}");
    // The answer says nothing of rain; the message before it does.
    assert_eq!(ids(&find("slow ferry"))[0], "#3");
    // What stands beside a match without its words says so.
    let beside = |query: &str| -> Vec<(String, bool)> {
        let found = find(query);
        let hits = found["hits"].as_array().unwrap().iter();
        hits.map(|hit| {
            let id = hit["id"].as_str().unwrap().to_owned();
            (id, hit["beside"].as_bool().unwrap())
        })
        .collect()
    };
    let toba = [("m2", false), ("m3", true), ("m1", true)];
    assert_eq!(beside("samosir"), toba.map(|(id, is)| (id.to_owned(), is)));
    assert!(
        beside("role:user").iter().all(|(_, is)| !is),
        "no words, no match"
    );
    let shown = world
        .expect(0, &["search", "samosir", "--input", "chat.jsonl"])
        .out;
    let marked: Vec<&str> = shown
        .lines()
        .filter(|line| line.ends_with("(beside a match)"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(marked, ["m3", "m1"], "{shown}");
    assert_eq!(ids(&find("line items"))[0], "m3");
    assert_eq!(ids(&find("role:user took")), ["#3", "m1"]);
    assert_eq!(ids(&find("role:user took before:2026-02")), ["m1"]);
    assert_eq!(ids(&find("\"took the other\"")), ["#3"]);
    assert_eq!(ids(&find("tool:bash")), ["m3"]);
    assert_eq!(ids(&find("took -samosir"))[0], "#3");
    // Another form of the word is the same word.
    assert_eq!(ids(&find("took -ferry")), ["m3", "m1"]);
    // As a person types it: words that are not wanted, and the options behind or before them.
    let typed = |words: &[&str]| world.json(&[&["search"], words].concat());
    let file = ["--input", "chat.jsonl"];
    assert_eq!(
        ids(&typed(&[&["took", "-samosir"], &file[..]].concat()))[0],
        "#3"
    );
    assert_eq!(
        ids(&typed(&[&file[..], &["-samosir", "took"]].concat()))[0],
        "#3"
    );
    let first = typed(&[&["-hello", "took"], &file[..], &["--limit", "1"]].concat());
    assert_eq!(ids(&first).len(), 1, "{first}");
    let mistyped = world.expect(
        2,
        &["search", "took", "--limt", "5", "--input", "chat.jsonl"],
    );
    assert!(mistyped.err.contains("--limt"), "{mistyped:?}");
    let printed = world.expect(0, &["search", "other", "--input", "chat.jsonl"]);
    assert!(printed.out.contains("\\u{1b}[31mbut"), "{printed:?}");
    assert!(!world.home.exists());

    for (query, said) in [
        ("role:boss", "expected user, assistant, tool or system"),
        ("after:soon x", "expected a date such as 2026-01-31"),
    ] {
        let wrong = world.expect(2, &["search", query, "--input", "chat.jsonl"]);
        assert!(wrong.err.contains(said), "{wrong:?}");
    }
    let nothing = world.expect(0, &["search", "volcano", "--input", "chat.jsonl"]);
    assert_eq!(nothing.out, "nothing found\n");
    for args in [
        &["search"][..],
        &["search", "x", "--input", "absent.jsonl"],
        &["search", "x", "--batch", "--input", "chat.jsonl"],
        &["search", "--batch"],
        &["search", "x", "--project", "p", "--input", "chat.jsonl"],
        &["search", "x", "--limit", "0"],
    ] {
        world.expect(2, args);
    }
}

/// A session of Claude Code with two calls of tools below its folder.
const CALLS: &str = r#"{"type":"user","uuid":"u1","sessionId":"s1","cwd":"/code/shop","timestamp":"2026-01-30T10:00:00Z","message":{"role":"user","content":"Fix the cart"}}
{"type":"assistant","uuid":"a1","parentUuid":"u1","sessionId":"s1","cwd":"/code/shop","timestamp":"2026-01-30T10:01:00Z","message":{"id":"m1","role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Edit","input":{"replace_all":false,"file_path":"/code/shop/src/cart.rs","old_string":"floor(total)","new_string":"round_half_up(total)"}},{"type":"tool_use","id":"t2","name":"Bash","input":{"description":"Run the tests","command":"cd /code/shop && cargo test --quiet"}}]}}
"#;

#[test]
fn a_call_of_a_tool_is_told_as_a_person_would_and_holds_what_was_found() {
    let world = World::new();
    world.write("calls.jsonl", CALLS);
    let snippet = |query: &str| {
        let found = world.json(&["search", query, "--input", "calls.jsonl", "--limit", "1"]);
        let best = &found["hits"][0];
        assert_eq!(best["kind"], "tool_call", "{found}");
        let text: Vec<char> = best["snippet"].as_str().unwrap().chars().collect();
        let place = |end: &Value| usize::try_from(end.as_u64().unwrap()).unwrap();
        let marks = best["marks"].as_array().unwrap().iter();
        let marked: Vec<String> = marks
            .map(|mark| text[place(&mark[0])..place(&mark[1])].iter().collect())
            .collect();
        (
            best["snippet"].as_str().unwrap().to_owned(),
            marked.join(" "),
        )
    };
    let said = |text: &str, marked: &str| (text.to_owned(), marked.to_owned());
    assert_eq!(snippet("tool:edit cart"), said("Edit: src/cart.rs", "cart"));
    assert_eq!(snippet("quiet"), said("Bash: cargo test --quiet", "quiet"));
    // What was found stands elsewhere in the call.
    let (text, marked) = snippet("half up cart");
    assert!(text.starts_with("Edit: src/cart.rs · "), "{text}");
    assert!(text.contains("round_half_up(total)"), "{text}");
    assert_eq!(marked, "cart half");
    let printed = world.expect(0, &["search", "tool:bash", "--input", "calls.jsonl"]);
    assert!(
        printed.out.contains("    Bash: cargo test --quiet\n"),
        "{printed:?}"
    );

    world.expect(0, &["import", "calls.jsonl"]);
    let found = world.json(&["search", "cart", "tool:edit"]);
    assert_eq!(found["hits"][0]["snippet"], "Edit: src/cart.rs");
    let id = found["hits"][0]["session"].as_str().unwrap().to_owned();
    let shown = world.json(&["sessions", "show", &id]);
    let gists: Vec<&Value> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| &message["gist"])
        .collect();
    assert_eq!(
        gists,
        [
            &Value::Null,
            &json!("src/cart.rs"),
            &json!("cargo test --quiet")
        ]
    );
}

fn batch(world: &World, lines: &str) -> Ended {
    let mut command =
        world.command(&["search", "--batch", "--input", "chat.jsonl", "--limit", "2"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(lines.as_bytes()).unwrap();
    drop(stdin);
    ended(child)
}

#[test]
fn many_queries_are_answered_line_by_line() {
    let world = World::new();
    world.write("chat.jsonl", CHAT);
    let answered = batch(
        &world,
        "{\"qid\":\"a\",\"query\":\"Where is Samosir?\"}\n\n{\"qid\":7,\"query\":\"volcano\"}\n",
    );
    assert_eq!(answered.code, Some(0), "{answered:?}");
    let lines: Vec<Value> = answered
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            json!({ "qid": "a", "ids": ["m2", "m3"] }),
            json!({ "qid": 7, "ids": [] }),
        ]
    );
    for (line, said) in [
        (
            "{\"qid\":1}",
            "line 1 of stdin: expected {\"qid\", \"query\"}",
        ),
        ("no", "line 1 of stdin: "),
        ("{\"query\":\"role:boss\"}", "line 1 of stdin: `role:boss`"),
    ] {
        let wrong = batch(&world, line);
        assert_eq!(wrong.code, Some(2), "{wrong:?}");
        assert!(wrong.err.contains(said), "{wrong:?}");
    }
}

/// Imports one session of Claude Code that worked in the working folder.
fn import(world: &World) {
    let folder = world.work.to_str().unwrap();
    let line = |id: &str, role: &str, text: &str| {
        json!({
            "type": role, "uuid": id, "sessionId": "s1", "cwd": folder,
            "timestamp": format!("2026-01-3{}T10:00:00Z", &id[1..]),
            "message": { "role": role, "content": text },
        })
        .to_string()
    };
    let lines = [
        line("u0", "user", "The cart total is rounded wrongly"),
        line("u1", "assistant", "I round half up in parseLineItems now"),
        json!({ "type": "summary", "summary": "Rounding of carts", "leafUuid": "u1" }).to_string(),
    ];
    let slug: String = folder
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    let store = world
        .home
        .with_file_name("claude")
        .join("projects")
        .join(slug);
    std::fs::create_dir_all(&store).unwrap();
    std::fs::write(store.join("s1.jsonl"), lines.join("\n") + "\n").unwrap();
    world.write(
        "import.yaml",
        "name: import\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  - { id: import, tool: context.import, args: { root: \"${{ inputs.path }}\" } }\n",
    );
    let mut command = world.command(&["run", "import.yaml"]);
    command
        .env("HOME", &world.home)
        .env("CLAUDE_CONFIG_DIR", world.home.with_file_name("claude"));
    let ran = ended(command.spawn().unwrap());
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn sessions_are_found_with_and_without_an_owner() {
    let world = World::new();
    assert_eq!(world.expect(1, &["search", "cart"]).out, "");
    import(&world);
    import(&world);
    let folder = world.work.to_str().unwrap();
    world.expect(
        0,
        &[
            "do",
            "projects.add",
            "name=My Carts",
            &format!("folder={folder}"),
        ],
    );
    world.expect(
        0,
        &[
            "knowledge",
            "add",
            "Carts",
            "The total of a cart is in cents",
        ],
    );
    let look = |world: &World| {
        let found = world.json(&["search", "rounded", "cart"]);
        let hits = found["hits"].as_array().unwrap();
        assert_eq!(hits.len(), 2, "{found}");
        assert_eq!(hits[0]["position"], 0, "{found}");
        assert_eq!(
            hits[0]["id"],
            format!("{}#0", hits[0]["session"].as_str().unwrap())
        );
        assert_eq!(hits[0]["title"], "Rounding of carts");
        assert_eq!(hits[0]["project"], "My Carts");
        assert_eq!(hits[0]["folder"], folder);
        assert_eq!(found["sessions"][0]["session"], hits[0]["session"]);
        assert_eq!(found["next"], Value::Null);
        assert_eq!(
            world.json(&["search", "cart"])["knowledge"][0]["title"],
            "Carts"
        );
        for (project, count) in [
            (folder, 2),
            ("work", 2),
            ("wor", 0),
            ("My Carts", 2),
            ("Carts", 0),
        ] {
            let found = world.json(&["search", "cart", "--project", project]);
            assert_eq!(ids(&found).len(), count, "{project}: {found}");
            assert_eq!(found["knowledge"], json!([]));
        }
        let page = world.json(&["do", "search", "query=role:assistant cart", "limit=1"]);
        assert_eq!(page["hits"][0]["position"], 1);
        let first = world.json(&["do", "search", "query=cart", "limit=1"]);
        let next = first["next"].as_str().unwrap();
        let second = world.json(&[
            "do",
            "search",
            "query=cart",
            "limit=1",
            &format!("cursor={next}"),
        ]);
        assert_ne!(first["hits"][0]["id"], second["hits"][0]["id"]);
        assert_eq!(second["next"], Value::Null);
        for wrong in ["role:boss", "...", ""] {
            let refused = world.run(&["search", wrong]);
            assert_ne!(refused.code, Some(0), "{refused:?}");
            assert!(refused.err.contains("field `query`"), "{refused:?}");
        }
    };
    look(&world);
    let mut served = world.serve();
    look(&world);
    served.child.signal("TERM");
    served.child.code();
}
