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
    world.expect(2, &["accounts", "works-again", "Nobody"]);
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
