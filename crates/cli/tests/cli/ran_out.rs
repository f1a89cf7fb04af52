//! An account that ran out in a log: every place says the same, and it ends by a person's word, by an
//! answer, or at the hour that the tool named.

use krake_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::world::World;

fn ago(minutes: i64) -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = i64::try_from(since.unwrap().as_millis()).unwrap();
    Timestamp(now - minutes * 60_000)
}

/// Lines of a session of Claude Code in the working folder, each with when it was said.
fn transcript(world: &World, name: &str, said: &[(&str, &str, Timestamp)]) -> String {
    let mut text = String::new();
    let mut parent = Value::Null;
    for (number, (role, words, at)) in said.iter().enumerate() {
        let id = format!("{name}-{number}");
        let is_limit = *role == "limit";
        let role = if is_limit { "assistant" } else { *role };
        let mut line = json!({
            "type": role, "uuid": id, "parentUuid": parent, "sessionId": name,
            "cwd": world.work.to_string_lossy(), "timestamp": at.to_rfc3339(),
            "message": { "role": role, "content": [{ "type": "text", "text": words }] },
        });
        if is_limit {
            line["isApiErrorMessage"] = json!(true);
        }
        parent = json!(id);
        text.push_str(&format!("{line}\n"));
    }
    text
}

/// Two accounts; the session of the first ended ten minutes ago with these words.
fn ran_out(world: &World, words: &str) {
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    for (name, provider) in [("Claude Max", "claude_app"), ("ChatGPT Pro", "chatgpt_app")] {
        world.expect(0, &["accounts", "add", name, "--provider", provider]);
    }
    let said = [
        ("user", "Make the totals of the cart exact.", ago(12)),
        ("limit", words, ago(10)),
    ];
    world.write("s1.jsonl", &transcript(world, "s1", &said));
    world.expect(0, &["import", "s1.jsonl"]);
}

fn shown(world: &World) -> Value {
    world.json(&["accounts", "show", "Claude Max"])
}

/// How many accounts can work, and the reasons of the one that ran out, in the choice.
fn choice(world: &World) -> (Value, Value) {
    let ranked = world.json(&["accounts", "choose"])["ranked"].clone();
    let mut all = ranked.as_array().unwrap().iter();
    let max = all.find(|one| one["name"] == "Claude Max").unwrap();
    let usable = world.json(&["do", "stats"])["accounts_usable"].clone();
    (usable, max.clone())
}

#[test]
fn who_ran_out_without_a_word_until_when_is_out_everywhere_until_somebody_says_otherwise() {
    let world = World::new();
    ran_out(&world, "You've hit your session limit");
    let account = shown(&world);
    assert_eq!(account["health"], "ran_out");
    assert_eq!(account["ran_out"]["resets_at"], Value::Null);
    assert!(account["ran_out"]["until"].is_string());
    let (usable, max) = choice(&world);
    assert_eq!((&usable, &max["usable"]), (&json!(1), &json!(false)));
    assert_eq!(max["reasons"][0]["kind"], "ran_out");
    let because = max["because"][0].as_str().unwrap();
    assert!(because.ends_with("nobody said until when"), "{because}");
    let brief = world.expect(0, &["brief", "--project", "Shop", "--for", "Claude Max"]);
    assert!(
        brief.err.contains("cannot go on now: ran out at"),
        "{brief:?}"
    );
    let text = world.expect(0, &["accounts", "show", "Claude Max"]).out;
    assert!(text.contains("nobody said until when"), "{text}");
    // A no to the handoff fills no window.
    let thread = world.json(&["inbox", "list"])["items"][0]["id"].clone();
    let id = thread.as_str().unwrap();
    world.expect(0, &["inbox", "reject", id, "--reason", "I wait"]);
    assert_eq!(shown(&world)["health"], "ran_out");

    let text = world
        .expect(0, &["accounts", "works-again", "Claude Max"])
        .out;
    assert!(!text.contains("ran out"), "{text}");
    assert_eq!(shown(&world)["ran_out"], Value::Null);
    let (usable, max) = choice(&world);
    assert_eq!((usable, &max["usable"]), (json!(2), &json!(true)));
    // The same message is no news after that.
    world.expect(0, &["import", "s1.jsonl"]);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
    assert_eq!(shown(&world)["ran_out"], Value::Null);
    world.expect(1, &["accounts", "works-again", "Nobody"]);
}

#[test]
fn sessions_that_meet_one_limit_of_one_project_are_one_thread() {
    let world = World::new();
    ran_out(&world, "You've hit your session limit");
    let id = world.json(&["inbox", "list"])["items"][0]["id"].clone();
    for (name, request) in [
        ("s2", "Never round an amount."),
        ("s3", "Write the docs of the cart."),
    ] {
        let said = [
            ("user", request, ago(8)),
            ("limit", "You've hit your session limit", ago(6)),
        ];
        let file = format!("{name}.jsonl");
        world.write(&file, &transcript(&world, name, &said));
        world.expect(0, &["import", &file]);
    }
    let threads = world.json(&["inbox", "list"])["items"].clone();
    assert_eq!(threads.as_array().unwrap().len(), 1, "{threads}");
    assert_eq!(threads[0]["id"], id, "the thread that was there");
    assert_eq!(threads[0]["draft"]["sessions"].as_array().unwrap().len(), 3);
    assert_eq!(world.json(&["status"])["stats"]["waiting"], 1);
    let text = world
        .expect(0, &["inbox", "show", id.as_str().unwrap()])
        .out;
    assert_eq!(text.matches("  met by   ses_").count(), 3, "{text}");
    assert!(text.contains("Write the docs of the cart."), "{text}");
    // All of it goes out at once.
    let sent = world.json(&["inbox", "hand-over", id.as_str().unwrap()]);
    let text = sent["briefing"]["text"].as_str().unwrap();
    for request in ["Make the totals", "Never round", "Write the docs"] {
        assert!(text.contains(request), "{text}");
    }
    assert_eq!(world.json(&["status"])["stats"]["waiting"], 0);
    // What another project did, and what came after that, is a thread of its own.
    let elsewhere = world.work.join("blog");
    std::fs::create_dir(&elsewhere).unwrap();
    let said = [
        ("user", "Write a post.", ago(5)),
        ("limit", "You've hit your session limit", ago(4)),
    ];
    let text = transcript(&world, "s4", &said);
    let (here, there) = (world.work.to_string_lossy(), elsewhere.to_string_lossy());
    world.write("s4.jsonl", &text.replace(&*here, &there));
    world.expect(0, &["projects", "add", "Blog", "--folder", "blog"]);
    world.write("s5.jsonl", &transcript(&world, "s5", &said));
    for file in ["s4.jsonl", "s5.jsonl"] {
        world.expect(0, &["import", file]);
    }
    let waiting = world.json(&["status"])["stats"]["waiting"].clone();
    assert_eq!(waiting, 2);
}

#[test]
fn an_answer_in_a_later_session_of_the_account_shows_that_it_works() {
    let world = World::new();
    ran_out(&world, "You've hit your limit");
    let asked = [("user", "Go on elsewhere.", ago(5))];
    world.write("s2.jsonl", &transcript(&world, "s2", &asked));
    world.expect(0, &["import", "s2.jsonl"]);
    assert_eq!(
        shown(&world)["health"],
        "ran_out",
        "a question is no answer"
    );
    let answered = [asked[0], ("assistant", "Done.", ago(4))];
    world.write("s2.jsonl", &transcript(&world, "s2", &answered));
    world.expect(0, &["import", "s2.jsonl"]);
    assert_eq!(shown(&world)["ran_out"], Value::Null);
    assert_eq!(world.json(&["inbox", "list"])["items"], json!([]));
}

#[test]
fn an_hour_of_the_clock_is_read_and_an_assumed_zone_is_said() {
    let at = ago(10);
    let hour = (at.0 / 3_600_000 + 12) % 24;
    let clock = match hour {
        0 => "12am".to_owned(),
        1..=11 => format!("{hour}am"),
        12 => "12pm".to_owned(),
        _ => format!("{}pm", hour - 12),
    };
    let world = World::new();
    ran_out(
        &world,
        &format!("You've hit your limit · resets {clock} (UTC)"),
    );
    let out = shown(&world)["ran_out"].clone();
    let reset = Timestamp::from_rfc3339(out["resets_at"].as_str().unwrap()).unwrap();
    assert_eq!((reset.0 / 3_600_000) % 24, hour, "{out}");
    assert_eq!(reset.0 % 3_600_000, 0);
    assert!(reset > at && reset.0 - at.0 <= 13 * 3_600_000, "{out}");
    assert_eq!(out["resets_zone"], Value::Null);

    let world = World::new();
    ran_out(&world, &format!("You've hit your limit · resets {clock}"));
    let out = shown(&world)["ran_out"].clone();
    // Where this machine's clock shows that hour right now it has just been filled again.
    if !out.is_null() {
        let zone = out["resets_zone"].as_str().unwrap();
        let text = world.expect(0, &["accounts", "show", "Claude Max"]).out;
        assert!(
            text.contains(&format!("if that is a time of {zone}")),
            "{text}"
        );
    }
}

#[test]
fn work_that_belongs_to_no_project_is_handed_over_all_the_same() {
    let world = World::new();
    for (name, provider) in [("Claude Max", "claude_app"), ("ChatGPT Pro", "chatgpt_app")] {
        world.expect(0, &["accounts", "add", name, "--provider", provider]);
    }
    let said = [
        ("user", "Make the totals of the cart exact.", ago(12)),
        ("limit", "You've hit your limit", ago(10)),
    ];
    world.write("s1.jsonl", &transcript(&world, "s1", &said));
    world.expect(0, &["import", "s1.jsonl"]);
    let status = world.expect(0, &["status"]).out;
    assert!(status.contains("waiting   1"), "{status}");
    assert!(status.contains("Claude Max ran out"), "{status}");
    assert!(status.contains("1 of 2 can work"), "{status}");
    let shown = world.json(&["status"]);
    assert_eq!(shown["stats"]["waiting"], 1);
    let id = shown["waiting"][0]["id"].as_str().unwrap().to_owned();
    let folder = world.work.canonicalize().unwrap();
    let folder = folder.to_str().unwrap();
    let text = world.expect(0, &["inbox", "show", &id]).out;
    assert!(
        text.contains(&format!("handing over makes one of {folder}")),
        "{text}"
    );

    // A name of one's own, or the one of the folder; one that is taken is refused and changes nothing.
    world.expect(0, &["projects", "add", "Taken"]);
    world.expect(1, &["inbox", "make-project", &id, "--name", "Taken"]);
    assert_eq!(
        world.json(&["projects", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let placed = world.json(&["inbox", "make-project", &id]);
    let name = std::path::Path::new(folder).file_name().unwrap();
    assert_eq!(placed["project"], name.to_str().unwrap());
    assert_eq!(placed["folder"], Value::Null);
    world.expect(1, &["inbox", "make-project", &id]);
    let sent = world.json(&["inbox", "hand-over", &id]);
    assert_eq!(sent["project_id"], placed["project_id"]);
    let agents = std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
    assert!(agents.contains("Make the totals"), "{agents}");
    assert_eq!(world.json(&["status"])["stats"]["waiting"], 0);
}

#[test]
fn work_whose_folder_is_gone_becomes_a_project_of_its_session_once_somebody_can_go_on() {
    let world = World::new();
    let said = [
        ("user", "Make the totals of the cart exact.", ago(12)),
        ("limit", "You've hit your limit", ago(10)),
    ];
    let text = transcript(&world, "s1", &said);
    let text = text.replace(&*world.work.to_string_lossy(), "/gone/away");
    world.write("s1.jsonl", &text);
    world.expect(0, &["import", "s1.jsonl"]);
    let thread = world.json(&["inbox", "list"])["items"][0].clone();
    let id = thread["id"].as_str().unwrap();
    assert_eq!(
        thread["draft"]["becomes"],
        "Make the totals of the cart exact."
    );
    assert_eq!(thread["draft"]["folder"], Value::Null);
    let nobody = world.expect(1, &["inbox", "hand-over", id]);
    assert!(nobody.err.contains("no account could go on"), "{nobody:?}");
    assert_eq!(
        world.json(&["projects", "list"])["items"],
        json!([]),
        "nothing was made"
    );

    world.expect(
        0,
        &[
            "accounts",
            "add",
            "ChatGPT Pro",
            "--provider",
            "chatgpt_app",
        ],
    );
    let sent = world.json(&["inbox", "hand-over", id]);
    let projects = world.json(&["projects", "list"])["items"].clone();
    assert_eq!(projects[0]["name"], "Make the totals of the cart exact.");
    assert_eq!(
        (&projects[0]["folder"], &projects[0]["sessions"]),
        (&Value::Null, &json!(1))
    );
    assert_eq!(sent["project_id"], projects[0]["id"]);
    let text = sent["briefing"]["text"].as_str().unwrap();
    assert!(text.contains("Make the totals"), "{text}");
}

#[test]
fn a_handoff_of_work_without_a_project_makes_the_project_first() {
    let world = World::new();
    world.expect(
        0,
        &[
            "accounts",
            "add",
            "ChatGPT Pro",
            "--provider",
            "chatgpt_app",
        ],
    );
    let said = [
        ("user", "Make the totals of the cart exact.", ago(12)),
        ("limit", "You've hit your limit", ago(10)),
    ];
    world.write("s1.jsonl", &transcript(&world, "s1", &said));
    world.expect(0, &["import", "s1.jsonl"]);
    let id = world.json(&["inbox", "list"])["items"][0]["id"].clone();
    let said = world.expect(0, &["inbox", "hand-over", id.as_str().unwrap()]);
    let there = format!(
        "start the next tool in {}",
        world.work.canonicalize().unwrap().display()
    );
    assert!(said.out.contains(&there), "{said:?}");
    let queue = world.expect(0, &["handoff", "list"]).out;
    assert!(
        queue.contains("ChatGPT Pro") && !queue.contains("acc_"),
        "{queue}"
    );
    let projects = world.json(&["projects", "list"])["items"].clone();
    let folder = world.work.canonicalize().unwrap();
    assert_eq!(projects[0]["folder"], folder.to_str().unwrap());
    assert_eq!(projects[0]["sessions"], 1);
}
