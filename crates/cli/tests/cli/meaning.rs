//! Search by meaning through the real binary: nothing before a clear yes, found and said so after it,
//! and gone on with after a kill.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use krake_scripted_provider::Provider;
use krake_scripted_provider::embeddings::{answer, texts};
use krake_scripted_provider::reply::{Part, Reply};
use serde_json::{Value, json};

use crate::world::{Served, World};

fn said(count: usize) -> String {
    let line = |place: usize, text: &str| {
        let at = format!("2026-01-30T10:{:02}:{:02}Z", place / 60, place % 60);
        json!({ "id": format!("m{place}"), "role": "user", "content": text, "ts": at }).to_string()
            + "\n"
    };
    (0..count)
        .map(|place| match place {
            1 => line(place, "the ferry leaves at nine"),
            2 => line(place, "inexpensive tickets are at the pier"),
            _ => line(place, &format!("something of number {place}")),
        })
        .collect()
}

/// A world with messages and an account at a server of its own.
fn world(server: &Provider, count: usize) -> World {
    let world = World::new();
    world.write("chat.jsonl", &said(count));
    world.expect(0, &["import", "chat.jsonl"]);
    let url = server.url();
    let add = [
        "accounts",
        "add",
        "My Ollama",
        "--provider",
        "ollama",
        "--base-url",
        &url,
        "--no-key",
    ];
    world.expect(0, &add);
    world
}

const SET: [&str; 6] = ["meaning", "set", "My Ollama", "--model", "m", "--yes"];

fn posts(server: &Provider) -> Vec<Vec<String>> {
    let posts = server
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "POST");
    posts.map(|seen| texts(&seen)).collect()
}

fn found(world: &World, args: &[&str]) -> Vec<(u64, bool)> {
    let found = world.json(&[&["search"], args].concat());
    let hits = found["hits"].as_array().unwrap();
    hits.iter()
        .map(|hit| {
            (
                hit["position"].as_u64().unwrap(),
                hit["by_meaning"].as_bool().unwrap(),
            )
        })
        .collect()
}

fn end(mut served: Served) {
    served.child.signal("TERM");
    served.child.code();
}

#[test]
fn it_is_off_until_somebody_says_yes_to_what_is_sent() {
    let server = Provider::start(|seen, _| answer(seen));
    let world = world(&server, 6);
    let off = world.json(&["meaning", "show"]);
    assert_eq!(
        (&off["state"], &off["chosen"]),
        (&json!("off"), &Value::Null)
    );
    let plain = world.json(&["search", "ship"]);
    assert_eq!(
        (&plain["hits"], &plain["meaning"]),
        (&json!([]), &Value::Null)
    );

    let would = world.expect(
        0,
        &["meaning", "set", "my ollama", "--model", "m", "--preview"],
    );
    for words in [
        "first 2000 letters of 6 messages",
        "it stays on this machine",
        "price is not known",
    ] {
        assert!(would.out.contains(words), "{words}: {would:?}");
    }
    let asks = world.expect(2, &["meaning", "set", "My Ollama", "--model", "m"]);
    assert!(asks.err.contains("--yes"), "{asks:?}");
    assert!(
        asks.err.contains("6 messages"),
        "it says what is sent first: {asks:?}"
    );
    let absent = world.expect(
        1,
        &["meaning", "set", "My Ollama", "--model", "absent", "--yes"],
    );
    assert!(absent.err.contains("ollama pull absent"), "{absent:?}");
    world.expect(1, &["meaning", "set", "Nobody", "--yes"]);
    assert_eq!(posts(&server), Vec::<Vec<String>>::new());
    assert!(server.seen().iter().all(|seen| seen.path == "/api/tags"));

    // Nobody makes the numbers without the app or `serve`, and that is said.
    let set = world.json(&SET);
    assert_eq!(
        (&set["state"], &set["there"]),
        (&json!("not_running"), &json!(0))
    );
    let early = world.expect(0, &["search", "ship"]);
    assert!(
        early
            .err
            .contains("by words alone: no message has its numbers yet"),
        "{early:?}"
    );

    let served = world.serve();
    let ready = world.json(&["meaning", "show", "--wait"]);
    assert_eq!(
        (&ready["state"], &ready["there"]),
        (&json!("ready"), &json!(6)),
        "{ready}"
    );
    let look = || {
        // No message says ship.
        assert_eq!(found(&world, &["ship"])[0], (1, true));
        assert_eq!(found(&world, &["cheap tickets"])[0], (2, false));
        assert_eq!(found(&world, &["ship", "--words"]), []);
        assert_eq!(found(&world, &["\"ship\""]), []);
        let printed = world.expect(0, &["search", "ship"]);
        assert!(printed.out.contains("(by meaning)"), "{printed:?}");
    };
    look();
    let page = world.json(&["do", "search", "query=ship", "limit=1"]);
    assert_eq!(page["meaning"], json!({ "used": true, "why": null }));
    let questions = posts(&server).len();
    look();
    assert_eq!(
        posts(&server).len(),
        questions,
        "what was asked is remembered"
    );
    end(served);

    // Without an owner the command becomes it, because the call is written down first.
    look();
    let paused = world.json(&["meaning", "pause"]);
    assert_eq!(paused["state"], "paused");
    world.expect(0, &["meaning", "resume"]);
    let off = world.expect(0, &["meaning", "off"]);
    assert!(off.out.contains("off"), "{off:?}");
    assert_eq!(found(&world, &["ship"]), []);
    world.expect(1, &["meaning", "pause"]);
    assert_eq!(world.json(&["meaning", "show"])["there"], 0);
}

#[test]
fn it_goes_on_after_a_kill_with_those_that_have_none() {
    let (holding, is_held) = channel();
    let free = Arc::new(AtomicBool::new(false));
    let is_free = free.clone();
    let server = Provider::start(move |seen, _| {
        // The second batch is held until the process is dead.
        let held =
            seen.method == "POST" && texts(seen).contains(&"something of number 50".to_owned());
        if held && !is_free.load(Ordering::SeqCst) {
            holding.send(()).unwrap();
            return Reply::new(200, "application/json", "{").then(Part::Silence);
        }
        answer(seen)
    });
    let world = world(&server, 100);
    world.json(&SET);
    let mut served = world.serve();
    is_held.recv().unwrap();
    served.child.signal("KILL");
    served.child.code();
    let before = posts(&server);
    let standing = world.json(&["meaning", "show"]);
    assert_eq!(
        (&standing["state"], &standing["there"]),
        (&json!("not_running"), &json!(32))
    );

    free.store(true, Ordering::SeqCst);
    let served = world.serve();
    let ready = world.json(&["meaning", "show", "--wait"]);
    assert_eq!(
        (&ready["state"], &ready["there"]),
        (&json!("ready"), &json!(100)),
        "{ready}"
    );
    let after = posts(&server);
    let again: Vec<&String> = after[before.len()..].iter().flatten().collect();
    assert_eq!(again.len(), 68, "what was kept is not asked for again");
    assert_eq!(
        again[0], "something of number 67",
        "it goes on with the newest that has none"
    );
    // The call that was cut off counts with all that it could have been.
    let usage = world.json(&["accounts", "usage", "My Ollama"]);
    assert!(usage.to_string().contains("lost"), "{usage}");
    end(served);
}
