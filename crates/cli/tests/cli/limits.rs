//! "Limit reached", by the real binary: a session that ran out becomes a thread, and one command hands
//! over.

use std::process::Command;

use krake_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::world::{World, awaited};

pub fn git(world: &World, args: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(&world.work)
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A repository in the working folder, with two files that differ from its commit.
pub fn repository(world: &World) {
    git(world, &["init", "--quiet", "--initial-branch=main"]);
    git(world, &["config", "user.name", "Ada"]);
    git(world, &["config", "user.email", "ada@example.org"]);
    world.write(".gitignore", "*.jsonl\nclaude/\ncodex/\n");
    for text in ["one\n", "two\n"] {
        world.write("cart.rs", text);
        world.write("notes.md", text);
        if text == "one\n" {
            git(world, &["add", "--all"]);
            git(world, &["commit", "--quiet", "--message", "first"]);
        }
    }
}

pub fn at(minutes_ago: i64) -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = i64::try_from(since.unwrap().as_millis()).unwrap();
    Timestamp(now - minutes_ago * 60_000).to_rfc3339()
}

/// A session of Claude Code in the working folder that edited a file and ran out.
pub fn transcript(world: &World, name: &str, minutes_ago: i64) -> String {
    let (cwd, at) = (world.work.to_string_lossy(), at(minutes_ago));
    let reset = Timestamp::from_rfc3339(&at).unwrap().0 / 1_000 + 5 * 3_600;
    let line = |id: &str, parent: Option<&str>, kind: &str, more: Value| {
        let mut line = json!({
            "type": kind, "uuid": id, "parentUuid": parent, "sessionId": name, "cwd": cwd,
            "timestamp": at,
        });
        let fields = line.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        format!("{line}\n")
    };
    let say =
        |role: &str, content: Value| json!({ "message": { "role": role, "content": content } });
    let edit = json!([{
        "type": "tool_use", "id": "t1", "name": "Edit",
        "input": {
            "file_path": format!("{cwd}/cart.rs"), "old_string": "one", "new_string": "two",
        },
    }]);
    let mut limit = say(
        "assistant",
        json!([{ "type": "text", "text": "You've hit your limit" }]),
    );
    limit.as_object_mut().unwrap().extend(
        json!({
            "error": "rate_limit", "isApiErrorMessage": true,
            "quotaLimits": { "rateLimitType": "five_hour", "resetsAt": reset },
        })
        .as_object()
        .unwrap()
        .clone(),
    );
    line(
        "a",
        None,
        "user",
        say(
            "user",
            json!("Make the totals of the cart exact in cart.rs."),
        ),
    ) + &line("b", Some("a"), "assistant", say("assistant", edit))
        + &line("c", Some("b"), "assistant", limit)
}

/// A project whose only session ran out ten minutes ago, and two accounts.
pub fn ran_out(world: &World) -> Value {
    repository(world);
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    for (name, provider) in [("Claude Max", "claude_app"), ("ChatGPT Pro", "chatgpt_app")] {
        world.expect(0, &["accounts", "add", name, "--provider", provider]);
    }
    world.write("s1.jsonl", &transcript(world, "s1", 10));
    world.expect(0, &["import", "s1.jsonl"]);
    let open = world.json(&["inbox", "list"]);
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");
    open["items"][0].clone()
}

fn id(thread: &Value) -> &str {
    thread["id"].as_str().unwrap()
}

#[test]
fn a_draft_goes_along_in_a_capsule_and_a_person_still_answers_it() {
    let world = World::new();
    let thread = ran_out(&world);
    let made = world.json(&["export", "--to", "all.krake"]);
    assert_eq!(made["capsule"]["counts"]["drafts"], 1);
    std::fs::remove_dir_all(&world.home).unwrap();
    let looked = world.expect(0, &["restore", "all.krake", "--preview"]);
    assert!(looked.out.contains("drafts"), "{looked:?}");
    world.expect(0, &["restore", "all.krake"]);
    let open = world.json(&["inbox", "list"]);
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");
    let draft = id(&open["items"][0]);
    assert_eq!(draft, id(&thread));
    let shown = |id: &str| world.json(&["do", "drafts.show", "--id", id]);
    let briefing = shown(draft)["briefing"].to_string();
    assert!(briefing.contains("totals of the cart"), "{briefing}");
    // Taken in twice it is there once.
    world.expect(0, &["restore", "all.krake"]);
    let open = world.json(&["inbox", "list"]);
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");
    let again = world.json(&["export", "--to", "again.krake"]);
    assert_eq!(
        again["capsule"]["content_hash"],
        made["capsule"]["content_hash"]
    );
    world.json(&["do", "drafts.reject", "--id", draft, "--reason", "not now"]);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
}

#[test]
fn a_session_that_ran_out_is_a_thread_that_says_who_until_when_and_who_goes_on() {
    let world = World::new();
    let thread = ran_out(&world);
    let draft = &thread["draft"];
    assert_eq!(
        (&thread["kind"], &thread["needs_answer"]),
        (&json!("ran_out"), &json!(false))
    );
    assert_eq!(draft["who"], "Claude Max");
    assert_eq!(
        (&draft["has_reset"], &draft["project"]),
        (&json!(false), &json!("Shop"))
    );
    assert!(draft["resets_at"].is_string() && draft["score"].as_f64().unwrap() > 0.5);
    let ranked = draft["ranked"].as_array().unwrap();
    assert_eq!(ranked[0]["name"], "ChatGPT Pro");
    assert_eq!(ranked[0]["id"], draft["to_account_id"]);
    assert_eq!(ranked[1]["usable"], false);
    let shown = world.expect(0, &["inbox", "show", id(&thread)]).out;
    for part in [
        "Claude Max ran out, until",
        "next     ChatGPT Pro",
        "cannot   Claude Max",
        "hand-over",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    // Once, however often it is imported; old ones never.
    world.write("s1.jsonl", &(transcript(&world, "s1", 10) + "\n"));
    world.expect(0, &["import", "s1.jsonl"]);
    world.write("old.jsonl", &transcript(&world, "old", 3 * 24 * 60));
    world.write("reset.jsonl", &transcript(&world, "reset", 6 * 60));
    world.expect(0, &["import", "old.jsonl"]);
    world.expect(0, &["import", "reset.jsonl"]);
    let open = world.json(&["inbox", "list"]);
    assert_eq!(open["items"].as_array().unwrap().len(), 1, "{open}");

    world.expect(0, &["inbox", "snooze", id(&thread), "--for", "1h"]);
    world.expect(0, &["inbox", "wake", id(&thread)]);
    world.expect(0, &["inbox", "done", id(&thread)]);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
    world.expect(0, &["inbox", "wake", id(&thread)]);
    world.expect(2, &["inbox", "reject", id(&thread), "--reason", " "]);
    world.expect(0, &["inbox", "reject", id(&thread), "--reason", "I wait"]);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
    let late = world.expect(1, &["inbox", "hand-over", id(&thread), "--no-commit"]);
    assert!(late.err.contains("answered already"), "{late:?}");
}

#[test]
fn a_briefing_for_an_account_goes_into_the_file_that_it_reads() {
    let world = World::new();
    ran_out(&world);
    world.write("CLAUDE.md", "# Mine\n");
    let said = world.expect(0, &["brief", "--project", "Shop", "--for", "ChatGPT Pro"]);
    assert!(said.out.contains("Make the totals"), "{said:?}");
    for part in ["ChatGPT Pro can go on: ", "it reads ", "AGENTS.md"] {
        assert!(said.err.contains(part), "{part}: {said:?}");
    }
    let said = world.expect(
        0,
        &[
            "brief",
            "--project",
            "Shop",
            "--for",
            "Claude Max",
            "--into",
        ],
    );
    assert!(
        said.err
            .contains("Claude Max cannot go on now: 5 hours used up until"),
        "{said:?}"
    );
    let file = std::fs::read_to_string(world.work.join("CLAUDE.md")).unwrap();
    assert!(
        file.starts_with("# Mine\n") && file.contains("Make the totals"),
        "{file}"
    );
    world.expect(1, &["brief", "--project", "Shop", "--for", "Nobody"]);
    world.expect(2, &["brief", "--project", "Shop", "--into"]);
    world.expect(2, &["brief", "--input", "s1.jsonl", "--for", "Claude Max"]);
}

#[test]
fn one_command_hands_over_and_another_takes_back() {
    let world = World::new();
    let thread = ran_out(&world);
    let asked = world.expect(1, &["inbox", "hand-over", id(&thread)]);
    assert!(asked.err.contains("is committed (files: 1)"), "{asked:?}");
    world.expect(
        2,
        &[
            "projects",
            "commit-rule",
            "Shop",
            "always",
            "--branch",
            "a..b",
        ],
    );
    world.expect(0, &["projects", "commit-rule", "Shop", "always"]);
    let plan = world
        .expect(
            0,
            &[
                "handoff",
                "plan",
                "--project",
                "Shop",
                "--to",
                "ChatGPT Pro",
            ],
        )
        .out;
    for part in [
        "AGENTS.md, it is made",
        "always; it would go on krake/handoff-",
        "proposed  modified  cart.rs",
        "left out  modified  notes.md",
    ] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    let sent = world.json(&["inbox", "hand-over", id(&thread)]);
    let parts: Vec<(&str, bool)> = sent["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["part"].as_str().unwrap(), part["ok"] == true))
        .collect();
    assert_eq!(
        parts,
        [("commit", true), ("snapshot", true), ("file", true)]
    );
    assert!(git(&world, &["branch", "--show-current"]).starts_with("krake/handoff-"));
    assert_eq!(
        git(&world, &["show", "--name-only", "--format=%s"]),
        "Work on Shop, handed over to ChatGPT Pro\n\ncart.rs"
    );
    let agents = || std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
    assert!(agents().contains("Make the totals of the cart exact"));

    let waiting = world.json(&["inbox", "list"])["items"][0].clone();
    assert_eq!(waiting["kind"], "handoff");
    assert_eq!(
        (&waiting["handoff"]["to"], &waiting["handoff"]["project"]),
        (&json!("ChatGPT Pro"), &json!("Shop"))
    );
    let listed = world.expect(0, &["inbox", "list"]).out;
    assert!(
        listed.contains("waits for others") && listed.contains("sent to ChatGPT Pro"),
        "{listed}"
    );
    world.expect(0, &["handoff", "withdraw", id(&waiting)]);
    // Krake made the file for it, and nothing else is in it.
    assert!(!world.work.join("AGENTS.md").exists());
    assert_eq!(
        world.json(&["inbox", "list"])["items"][0]["id"],
        thread["id"]
    );
    world.expect(1, &["handoff", "claim", id(&waiting)]);

    // Whoever hands the project over has answered its draft.
    let sent = world.json(&[
        "handoff",
        "send",
        "--project",
        "Shop",
        "--no-file",
        "--no-commit",
        "--goal",
        "Finish",
    ]);
    assert_eq!(sent["draft_id"], thread["id"]);
    let claude = world.json(&["accounts", "list"]);
    let claude = claude["items"].as_array().unwrap().iter();
    let claude = claude
        .clone()
        .find(|account| account["name"] == "Claude Max")
        .unwrap();
    assert_eq!(sent["from_account_id"], claude["id"]);
    world.expect(0, &["handoff", "withdraw", id(&sent)]);

    let again = world.json(&[
        "inbox",
        "hand-over",
        id(&thread),
        "--no-commit",
        "--no-file",
    ]);
    assert_eq!(again["parts"].as_array().unwrap().len(), 1);
    world.expect(0, &["handoff", "claim", id(&again)]);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
    let kept = world
        .expect(0, &["handoff", "list", "--project", "Shop"])
        .out;
    assert!(kept.contains('█') && kept.contains("withdrawn"), "{kept}");
    assert_eq!(
        world.json(&["handoff", "list", "--project", "Other"])["items"],
        json!([])
    );

    // What is done stays in the file, unless it is to be taken out.
    let send = [
        "handoff",
        "send",
        "--project",
        "Shop",
        "--no-commit",
        "--goal",
        "Go on",
    ];
    let written = world.json(&send);
    world.expect(0, &["handoff", "claim", id(&written)]);
    assert!(agents().contains("Go on"));
    world.expect(0, &["handoff", "done", id(&written), "--take-out"]);
    assert!(!world.work.join("AGENTS.md").exists());
}

#[test]
fn a_running_owner_sees_a_limit_in_a_followed_log_and_says_so() {
    let world = World::new();
    repository(&world);
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    let served = world.serve();
    let folder: String = world
        .work
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let store = world.work.join("claude/projects").join(folder);
    std::fs::create_dir_all(&store).unwrap();
    std::fs::write(store.join("s1.jsonl"), transcript(&world, "s1", 1)).unwrap();
    // The store is new to the watcher, which looks again when a project changes.
    world.expect(0, &["projects", "change", "Shop", "--description", "d"]);
    let thread = awaited("the thread of the limit", || {
        let open = world.json(&["inbox", "list"]);
        open["items"].as_array().unwrap().first().cloned()
    });
    assert_eq!(thread["kind"], "ran_out");
    assert_eq!(thread["draft"]["who"], "Claude Code");
    assert_eq!(thread["draft"]["to_account_id"], Value::Null);
    let nobody = world.expect(1, &["inbox", "hand-over", id(&thread), "--no-commit"]);
    assert!(nobody.err.contains("no account could go on"), "{nobody:?}");
    drop(served);
    let _served = world.serve();
    assert_eq!(
        world.json(&["inbox", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// A hook that ends the process that committed, as `kill -9` does, and then says this.
#[cfg(target_os = "linux")]
fn deadly_hook(world: &World, code: u8) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = world.work.join(".git/hooks/pre-commit");
    let script = format!(
        "#!/bin/sh\nkill -9 $(awk '/^PPid/ {{ print $2 }}' /proc/$PPID/status)\nexit {code}\n"
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_is_killed_while_it_commits_is_gone_on_from() {
    for code in [0, 1] {
        let world = World::new();
        ran_out(&world);
        deadly_hook(&world, code);
        let sent = world.run(&["handoff", "send", "--project", "Shop", "--commit"]);
        assert_eq!(sent.code, None, "{sent:?}");
        // Git outlives who called it, and ends with or without a commit.
        let lock = world.work.join(".git/index.lock");
        let commits = || git(&world, &["rev-list", "--count", "HEAD"]);
        while lock.exists() || (code == 0 && commits() == "1") {
            std::thread::yield_now();
        }
        std::fs::remove_file(world.work.join(".git/hooks/pre-commit")).unwrap();
        let before = world.json(&["handoff", "list"])["items"][0].clone();
        assert_eq!(before["state"], "preparing");
        let _served = world.serve();
        let after = awaited("the handoff", || {
            let listed = world.json(&["handoff", "list"])["items"][0].clone();
            (listed["state"] == "pending").then_some(listed)
        });
        let parts = after["parts"].as_array().unwrap();
        assert!(
            parts.len() == 3 && parts.iter().all(|part| part["ok"] == true),
            "{after}"
        );
        assert_eq!(commits(), "2");
        assert_eq!(git(&world, &["status", "--porcelain", "cart.rs"]), "");
        assert_eq!(
            world.json(&["snapshot", "list"])["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }
}

#[test]
fn branches_are_listed_and_switched_where_nothing_is_lost() {
    let world = World::new();
    repository(&world);
    git(&world, &["branch", "cart"]);
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    let listed = world.expect(0, &["projects", "branches", "Shop"]).out;
    assert!(
        listed.contains("*  main") && listed.contains("cart"),
        "{listed}"
    );
    let switched = world.expect(0, &["projects", "switch", "Shop", "cart"]).out;
    assert!(
        switched.starts_with("cart at ") && switched.contains("2 changed"),
        "{switched}"
    );
    git(&world, &["commit", "--quiet", "--all", "--message", "two"]);
    world.write("cart.rs", "three\n");
    let refused = world.expect(1, &["projects", "switch", "Shop", "main"]);
    assert!(refused.err.contains("in no commit: cart.rs"), "{refused:?}");
    let unknown = world.expect(1, &["projects", "switch", "Shop", "nowhere"]);
    assert!(unknown.err.contains("no branch `nowhere`"), "{unknown:?}");
    world.expect(0, &["projects", "add", "Plain"]);
    let plain = world.expect(1, &["projects", "branches", "Plain"]);
    assert!(plain.err.contains("has no folder"), "{plain:?}");
    assert_eq!(git(&world, &["branch", "--show-current"]), "cart");
}
