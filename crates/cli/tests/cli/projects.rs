//! Projects, sessions, imports and captures, by the real binary.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::world::{World, awaited};

fn chat(world: &World, cwd: &str, name: &str, words: &str) {
    let line = |id: &str, parent: &str, role: &str, text: &str| {
        format!(
            "{{\"type\":\"{role}\",\"uuid\":\"{id}\",\"parentUuid\":{parent},\"sessionId\":\"{name}\",\"cwd\":{},\"timestamp\":\"2026-01-02T03:04:05Z\",\"message\":{{\"role\":\"{role}\",\"content\":{}}}}}\n",
            Value::from(cwd),
            Value::from(text)
        )
    };
    let text = line("a", "null", "user", words) + &line("b", "\"a\"", "assistant", "Done.");
    world.write(&format!("{name}.jsonl"), &text);
}

#[test]
fn a_project_gathers_the_sessions_of_its_folder_and_shows_how_far_it_is() {
    let world = World::new();
    let folder = world.work.to_string_lossy().into_owned();
    world.expect(
        0,
        &[
            "projects",
            "add",
            "Krake",
            "--folder",
            ".",
            "--objective",
            "ship it",
            "--objective",
            "sell it",
            "--pin",
            "README.md",
        ],
    );
    chat(&world, &folder, "s1", "Make the import faster");
    let report = world.json(&["import", "s1.jsonl"]);
    assert_eq!(report["new_messages"], 2);
    assert_eq!(world.json(&["import", "s1.jsonl"])["new_messages"], 0);
    world.expect(0, &["projects", "change", "Krake", "--done", "1"]);
    let shown = world.json(&["projects", "show", "Krake"]);
    assert_eq!(
        shown["project"]["progress"],
        json!({ "done": 1, "total": 2 })
    );
    assert_eq!(shown["project"]["folder"], folder);
    assert_eq!(shown["sessions"][0]["title"], "Make the import faster");
    assert!(shown["git"].is_null() && shown["git_trouble"].is_string());
    let text = world.expect(0, &["projects", "show", "Krake"]).out;
    assert!(
        text.contains("1. [x] ship it") && text.contains("2. [ ] sell it"),
        "{text}"
    );

    let again = world.expect(1, &["projects", "add", "Krake"]);
    assert!(
        again.err.contains("there is a project `Krake` already"),
        "{again:?}"
    );
    let twice = world.expect(1, &["projects", "add", "x", "--folder", "."]);
    assert!(
        twice.err.contains("the folder of the project `Krake`"),
        "{twice:?}"
    );
    world.expect(0, &["projects", "change", "Krake", "--folder", "."]);
    let bad = world.expect(2, &["projects", "add", "x", "--folder", "missing"]);
    assert!(bad.err.contains("field `folder`"), "{bad:?}");
    world.expect(0, &["projects", "remove", "Krake"]);
    assert_eq!(world.json(&["projects", "list"])["items"], json!([]));
    let sessions = world.json(&["sessions", "list"]);
    assert_eq!(sessions["items"][0]["project_id"], Value::Null);
}

#[test]
fn what_a_project_has_is_added_to_and_taken_from() {
    let world = World::new();
    world.expect(
        0,
        &[
            "projects",
            "add",
            "P",
            "--objective",
            "one",
            "--pin",
            "a.md",
        ],
    );
    let change = |args: &[&str]| {
        world.expect(0, &[&["projects", "change", "P"], args].concat());
        let project = world.json(&["projects", "show", "P"])["project"].clone();
        let texts = project["objectives"]
            .as_array()
            .unwrap()
            .clone()
            .into_iter();
        let texts = texts.map(|objective| (objective["text"].clone(), objective["done"].clone()));
        (texts.collect::<Vec<_>>(), project["pinned"].clone())
    };
    let reached = |text: &str, done: bool| (json!(text), json!(done));
    let (objectives, pinned) = change(&["--objective", "two", "--pin", "docs/", "--pin", "a.md"]);
    assert_eq!(objectives, [reached("one", false), reached("two", false)]);
    assert_eq!(pinned, json!(["a.md", "docs/"]));
    let (objectives, pinned) = change(&["--done", "2", "--drop", "1", "--unpin", "a.md"]);
    assert_eq!(objectives, [reached("two", true)]);
    assert_eq!(pinned, json!(["docs/"]));
    let (objectives, _) = change(&["--objective", "three"]);
    assert_eq!(objectives, [reached("two", true), reached("three", false)]);
    for (args, said) in [
        (["--drop", "3"], "no such objective"),
        (["--unpin", "a.md"], "no such path"),
        (["--pin", "../../etc/passwd"], "in the project's folder"),
    ] {
        let refused = world.expect(2, &[&["projects", "change", "P"], &args[..]].concat());
        assert!(refused.err.contains(said), "{refused:?}");
    }
}

#[test]
fn sessions_are_recorded_shown_and_ended() {
    let world = World::new();
    world.expect(0, &["projects", "add", "P"]);
    for name in ["Work", "Home"] {
        world.expect(0, &["accounts", "add", name, "--provider", "claude_app"]);
    }
    let started = world.json(&[
        "sessions",
        "start",
        "--project",
        "P",
        "--account",
        "work",
        "--type",
        "review",
        "--objective",
        "look at it",
    ]);
    let id = started["id"].as_str().unwrap();
    assert_eq!(started["session_type"], "review");
    let ended = world.json(&["sessions", "end", id, "--credits-used", "2.5"]);
    assert_eq!(ended["credits_used"], 2.5);
    assert!(ended["ended_at"].is_string());
    let of_account = world.json(&["sessions", "list", "--account", "Work"]);
    assert_eq!(of_account["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        world.json(&["sessions", "list", "--account", "Home"])["items"],
        json!([])
    );
    let early = json!({ "id": id, "ended_at": "2020-01-01T00:00:00Z" }).to_string();
    let early = world.expect(2, &["do", "sessions.change", "--json-input", &early]);
    assert!(early.err.contains("the session began later"), "{early:?}");
    let negative = world.expect(2, &["sessions", "end", id, "--credits-used=-1"]);
    assert!(negative.err.contains("credits_used"), "{negative:?}");

    chat(&world, "/nowhere", "s2", "look\u{1b}[31m here");
    let report = world.json(&["import", "s2.jsonl", "--project", "P"]);
    let id = report["sessions"][0]["id"].as_str().unwrap();
    let shown = world.json(&["sessions", "show", id, "--limit", "1"]);
    assert_eq!(shown["messages"][0]["text"], "look\\u{1b}[31m here");
    assert_eq!(shown["next"], 1);
    assert!(
        shown["session"]["project_id"]
            .as_str()
            .unwrap()
            .starts_with("prj_")
    );
    let text = world.expect(0, &["sessions", "show", id]).out;
    assert!(text.contains("[#0] user\nlook\\u{1b}[31m here"), "{text}");
}

#[test]
fn a_session_stays_in_its_project_when_its_file_is_imported_for_another_and_moves_on_demand() {
    let world = World::new();
    for name in ["First", "The other"] {
        world.expect(0, &["projects", "add", name]);
    }
    let of = |project: &str| {
        let listed = world.json(&["sessions", "list", "--project", project]);
        listed["items"].as_array().unwrap().len()
    };
    chat(&world, "/nowhere", "s1", "hi");
    let report = world.json(&["import", "s1.jsonl", "--project", "First"]);
    assert_eq!(report["sessions"][0]["kept_in"], Value::Null);
    let id = report["sessions"][0]["id"].as_str().unwrap().to_owned();
    let again = |told: usize| {
        let said = world.expect(0, &["import", "s1.jsonl", "--project", "The other"]);
        let how = format!(
            "{id} stays in the project `First`; to move it: krake sessions change {id} --project 'The other'"
        );
        assert_eq!(said.err.matches(&how).count(), told, "{said:?}");
        assert_eq!((of("First"), of("The other")), (told, 1 - told));
    };
    // Unchanged, and read anew because it grew.
    again(1);
    let grown = std::fs::read_to_string(world.work.join("s1.jsonl")).unwrap();
    let line = grown.lines().next().unwrap();
    let more = line.replace("\"uuid\":\"a\"", "\"uuid\":\"c\"");
    world.write("s1.jsonl", &format!("{grown}{more}\n"));
    again(1);
    world.expect(0, &["import", "s1.jsonl", "--project", "First"]);
    let moved = world.json(&["sessions", "change", &id, "--project", "The other"]);
    assert!(moved["project_id"].is_string());
    again(0);
    world.expect(2, &["sessions", "change", &id]);
    world.expect(1, &["sessions", "change", &id, "--project", "none"]);
    // One that is in none goes where it is wished.
    chat(&world, "/nowhere", "s2", "hello");
    world.expect(0, &["import", "s2.jsonl"]);
    world.expect(0, &["import", "s2.jsonl", "--project", "First"]);
    assert_eq!(of("First"), 1);
}

#[test]
fn a_session_of_the_future_is_the_same_after_its_file_is_read_again() {
    let world = World::new();
    let line = |id: &str, role: &str, more: Value| {
        let mut message = json!({ "role": role, "content": "Hello." });
        let fields = message.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let line = json!({
            "type": role, "uuid": id, "sessionId": "s1", "cwd": "/nowhere",
            "timestamp": "2094-01-02T03:04:05Z", "message": message,
        });
        format!("{line}\n")
    };
    let usage = json!({ "model": "m", "usage": { "input_tokens": 5, "output_tokens": 7 } });
    let text = line("a", "user", json!({})) + &line("b", "assistant", usage);
    world.write("s1.jsonl", &text);
    let report = world.json(&["import", "s1.jsonl"]);
    let id = report["sessions"][0]["id"].as_str().unwrap();
    let all = || {
        (
            world.json(&["sessions", "show", id]),
            world.json(&["insights", "usage", "--by", "day"]),
        )
    };
    let before = all();
    assert!(before.0["session"]["ended_at"].is_string());
    assert_eq!(before.1["total"]["sessions"]["output"], 7, "{}", before.1);
    // The same bytes in another file: it is read once more.
    std::fs::remove_file(world.work.join("s1.jsonl")).unwrap();
    world.write("again.jsonl", &text);
    std::fs::rename(world.work.join("again.jsonl"), world.work.join("s1.jsonl")).unwrap();
    let again = world.json(&["import", "s1.jsonl"]);
    assert_eq!(
        (&again["unchanged"], &again["new_messages"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(all(), before);
}

#[test]
fn an_import_says_what_it_left_out_and_what_it_replaced() {
    let world = World::new();
    let key = format!("sk-proj-{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi");
    chat(&world, "/nowhere", "s1", &format!("my key is {key}"));
    world.write("note.txt", "no chat at all");
    let ended = world.expect(0, &["import", "."]);
    assert!(
        ended.err.contains("replaced by tokens: 1 openai key"),
        "{ended:?}"
    );
    assert!(
        ended.err.contains("note.txt: it looks like no transcript"),
        "{ended:?}"
    );
    let missing = world.expect(2, &["import", "missing"]);
    assert!(
        missing.err.contains("no such file or folder"),
        "{missing:?}"
    );
    let format = world.expect(2, &["import", "s1.jsonl", "--format", "word"]);
    assert!(format.err.contains("field `format`"), "{format:?}");
    world.expect(1, &["import", "note.txt"]);
}

#[test]
fn a_captured_text_is_a_session_of_its_project() {
    let world = World::new();
    world.expect(0, &["projects", "add", "P"]);
    world.expect(0, &["capture", "--project", "P", "remember", "the", "milk"]);
    let mut child = world
        .command(&["--json", "capture", "--project", "P", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"from a pipe\n")
        .unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    let sessions = world.json(&["sessions", "list", "--project", "P"]);
    let titles: Vec<&str> = sessions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["from a pipe", "remember the milk"]);
    let nobody = world.expect(1, &["capture", "--project", "none", "x"]);
    assert!(nobody.err.contains("no project `none`"), "{nobody:?}");
}

#[test]
fn the_same_over_http_from_a_running_owner() {
    let world = World::new();
    let _served = world.serve();
    world.expect(0, &["projects", "add", "P"]);
    world.expect(0, &["projects", "change", "P", "--status", "paused"]);
    let listed = world.json(&["projects", "list", "--status", "paused"]);
    assert_eq!(listed["items"][0]["name"], "P");
    chat(&world, "/nowhere", "s1", "hi");
    world.expect(0, &["import", "s1.jsonl", "--project", "P"]);
    let sessions = world.json(&["sessions", "list", "--project", "P"]);
    assert_eq!(sessions["items"][0]["messages"], 2);
    world.expect(0, &["projects", "remove", "P"]);
}

#[test]
fn a_folder_without_transcripts_is_left_out_in_a_line_with_what_to_do_instead() {
    let world = World::new();
    for number in 0..9 {
        world.write(&format!("code{number}.rs"), "fn main() {}\n");
    }
    let ended = world.expect(1, &["import", "."]);
    assert!(ended.err.contains("left out 9 files, such as"), "{ended:?}");
    assert!(
        ended.err.contains("krake projects add --folder ."),
        "{ended:?}"
    );
    assert!(ended.err.lines().count() < 5, "{ended:?}");
}

#[test]
fn whoever_begins_is_told_how_before_there_is_a_data_folder() {
    let world = World::new();
    let refused = world.expect(1, &["projects", "list"]);
    assert!(refused.err.contains("krake projects found"), "{refused:?}");
    assert!(!refused.err.contains("os error"), "{refused:?}");
    let status = world.expect(0, &["status"]).out;
    assert!(status.contains("none yet: krake accounts add"), "{status}");
    assert!(
        status.contains("none yet: krake projects found"),
        "{status}"
    );
    let list = world.expect(0, &["projects", "list"]).out;
    assert!(list.contains("krake projects found"), "{list}");
}

#[test]
fn folders_that_ai_tools_worked_in_are_found_and_become_projects_by_their_folder_alone() {
    let world = World::new();
    let (shop, blog) = (world.work.join("shop"), world.work.join("blog"));
    for folder in [&shop.join("src"), &shop.join(".git"), &blog] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let put = |path: &str, lines: &[Value]| {
        let path = world.work.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(path, lines.concat()).unwrap();
    };
    let claude = |name: &str, cwd: &std::path::Path| {
        let line = json!({
            "type": "user", "uuid": name, "sessionId": name, "cwd": cwd,
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": "user", "content": "Make the cart exact" },
        });
        put(&format!("claude/projects/-{name}/{name}.jsonl"), &[line]);
    };
    let claude_in = |folder: &str, name: &str, cwd: &std::path::Path| {
        claude(name, cwd);
        let projects = world.work.join("claude/projects");
        let to = projects.join(folder);
        std::fs::create_dir_all(&to).unwrap();
        let from = projects.join(format!("-{name}"));
        let file = format!("{name}.jsonl");
        std::fs::rename(from.join(&file), to.join(&file)).unwrap();
    };
    // Two folders of work in one folder of the store.
    claude_in("-copied", "d", &shop);
    claude_in("-copied", "e", &blog);
    claude("a", &shop);
    claude("b", &shop.join("src"));
    claude("gone", std::path::Path::new("/nowhere/at/all"));
    claude("home", &world.work.join("user"));
    let meta = json!({
        "timestamp": "2026-01-02T03:04:05Z", "type": "session_meta",
        "payload": { "id": "c", "cwd": blog },
    });
    let said = json!({
        "timestamp": "2026-01-02T03:04:06Z", "type": "response_item",
        "payload": {
            "type": "message", "role": "user",
            "content": [{ "type": "input_text", "text": "Write a post" }],
        },
    });
    put("codex/sessions/2026/01/02/rollout-1.jsonl", &[meta, said]);
    let gemini = json!({
        "sessionId": "g", "projectHash": "h", "kind": "main", "directories": [blog],
    });
    let said = json!({ "id": "1", "type": "user", "content": "hi" });
    put("user/.gemini/tmp/h/chats/session-1.jsonl", &[gemini, said]);
    let run = |args: &[&str]| {
        let mut command = world.command(args);
        command.env("HOME", world.work.join("user"));
        crate::world::ended(command.spawn().unwrap())
    };
    let found = || {
        let page = run(&["--json", "projects", "found"]).json();
        page["items"].as_array().unwrap().clone()
    };

    world.expect(0, &["projects", "add", "blog"]);
    let mut all = found();
    all.sort_by_key(|one| one["name"].to_string());
    let told: Vec<_> = all
        .iter()
        .map(|one| (one["folder"].as_str().unwrap(), one["tools"].to_string()))
        .collect();
    let (in_blog, in_shop) = (blog.to_str().unwrap(), shop.to_str().unwrap());
    assert_eq!(
        told,
        [
            (
                in_blog,
                "[\"claude_code\",\"codex\",\"gemini_cli\"]".to_owned()
            ),
            (in_shop, "[\"claude_code\"]".to_owned())
        ],
        "the work tree, not what lies below it; neither the home folder nor what is gone"
    );
    assert_eq!(
        (&all[0]["sessions"], &all[1]["sessions"]),
        (&json!(3), &json!(3))
    );
    let text = run(&["projects", "found"]).out;
    assert!(text.contains("krake projects add --folder DIR"), "{text}");

    // A name that is taken gets a number.
    let added = world.json(&["projects", "add", "--folder", in_blog]);
    assert_eq!(added["name"], "blog 2");
    assert_eq!(found().len(), 1, "a project holds it");
    world.expect(2, &["projects", "add"]);
    // What was counted comes in, where somebody follows the stores.
    let mut serve = world.command(&["--json", "serve", "--port", "0"]);
    serve.env("HOME", world.work.join("user"));
    let _served = world.serve_as(serve);
    let ours = || {
        let listed = world.json(&["sessions", "list", "--project", "blog 2"]);
        let items = listed["items"].as_array().unwrap().iter();
        let mut natives: Vec<String> = items.map(|one| one["native_id"].to_string()).collect();
        natives.sort();
        natives
    };
    awaited("three sessions", || (ours().len() >= 3).then_some(()));
    assert_eq!(ours(), ["\"c\"", "\"e\"", "\"g\""]);
}
