//! The inbox: what waits, what ended badly, and a person's order in it.

use std::io::BufRead as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::world::{GATED, World};

const BAD: &str = "name: bad\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: missing.txt } }\n";

fn threads(world: &World, state: &str) -> Vec<Value> {
    let page = world.json(&["inbox", "list", "--state", state]);
    page["items"].as_array().unwrap().clone()
}

fn id(thread: &Value) -> String {
    thread["id"].as_str().unwrap().to_owned()
}

/// A question that waits and an execution that failed: their threads, in this order.
fn both(world: &World) -> (String, String) {
    world.write("bad.yaml", BAD);
    world.expect(1, &["run", "bad.yaml"]);
    world.write("gated.yaml", GATED);
    world.expect(3, &["run", "gated.yaml"]);
    let open = threads(world, "open");
    assert_eq!(open.len(), 2, "{open:?}");
    assert_eq!(open[0]["kind"], "approval");
    assert_eq!(open[0]["needs_answer"], true);
    assert_eq!(open[0]["approval"]["summary"], "create out.txt (5 B)");
    assert_eq!(open[1]["kind"], "failed");
    assert_eq!(open[1]["needs_answer"], false);
    assert_eq!(open[1]["id"], open[1]["execution"]["id"]);
    (id(&open[0]), id(&open[1]))
}

#[test]
fn a_failure_is_done_once_it_was_looked_at_and_a_question_is_not() {
    let world = World::new();
    let (asked, failed) = both(&world);
    let said = world.expect(0, &["inbox", "list"]);
    for wanted in [
        "waits for you",
        "to look at",
        "missing.txt",
        "create out.txt",
    ] {
        assert!(said.out.contains(wanted), "{wanted}: {said:?}");
    }
    let refused = world.expect(1, &["inbox", "done", &failed, &asked]);
    assert!(refused.err.contains("waits for an answer"), "{refused:?}");
    assert_eq!(threads(&world, "done").len(), 0, "all or none");

    world.expect(0, &["inbox", "done", &failed]);
    assert_eq!(id(&threads(&world, "done")[0]), failed);
    assert_eq!(threads(&world, "open").len(), 1);
    let shown = world.expect(0, &["inbox", "show", &failed]);
    assert!(shown.out.contains("krake executions rerun"), "{shown:?}");
    world.expect(0, &["inbox", "wake", &failed]);
    assert_eq!(threads(&world, "open").len(), 2);
    // Whoever runs it again has looked at it.
    world.write("missing.txt", "here");
    world.expect(0, &["executions", "rerun", &failed]);
    assert_eq!(id(&threads(&world, "done")[0]), failed);
    world.expect(1, &["inbox", "done", "exe_01jd3v5q4qf7cr7r00000000r5"]);
    world.expect(2, &["inbox", "done", "nonsense"]);
}

#[test]
fn what_is_snoozed_waits_without_being_counted_and_is_answered_all_the_same() {
    let world = World::new();
    let (asked, failed) = both(&world);
    assert_eq!(world.json(&["do", "stats"])["waiting"], 1);
    let snoozed = world.json(&["inbox", "snooze", &asked, &failed, "--for", "3h"]);
    assert_eq!(snoozed["items"].as_array().unwrap().len(), 2);
    assert_eq!(world.json(&["do", "stats"])["waiting"], 0);
    assert_eq!(threads(&world, "open").len(), 0);
    assert_eq!(threads(&world, "snoozed").len(), 2);
    world.expect(0, &["approvals", "approve", &asked]);
    assert_eq!(
        std::fs::read_to_string(world.work.join("out.txt")).unwrap(),
        "once\n"
    );
    assert_eq!(id(&threads(&world, "snoozed")[0]), failed);
    for (until, part) in [
        ("2020-01-01T00:00:00Z", "still to come"),
        ("2999-01-01T00:00:00Z", "within a year"),
        ("tomorrow", "expected a moment such as"),
    ] {
        let said = world.expect(2, &["inbox", "snooze", &failed, "--until", until]);
        assert!(said.err.contains(part), "{said:?}");
    }
    world.expect(2, &["inbox", "snooze", &failed]);
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn a_running_owner_wakes_what_has_slept_and_says_so_to_those_who_listen() {
    let world = World::new();
    let (asked, _) = both(&world);
    let _served = world.serve();
    let mut listener = crate::world::Running(
        world
            .command(&["do", "events.stream", "--kinds", "change"])
            .spawn()
            .unwrap(),
    );
    let (sender, heard) = std::sync::mpsc::channel();
    let lines = std::io::BufReader::new(listener.0.stdout.take().unwrap()).lines();
    std::thread::spawn(move || {
        lines
            .map_while(Result::ok)
            .try_for_each(|line| sender.send(line))
    });
    // Until it listens it hears nothing.
    while heard.recv_timeout(Duration::from_millis(100)).is_err() {
        world.expect(0, &["knowledge", "add", "one", "two"]);
    }
    loop {
        let soon = (SystemTime::now() + Duration::from_secs(2)).duration_since(UNIX_EPOCH);
        let until = Timestamp(i64::try_from(soon.unwrap().as_millis()).unwrap()).to_rfc3339();
        if world
            .run(&["inbox", "snooze", &asked, "--until", &until])
            .code
            == Some(0)
        {
            break;
        }
    }
    // Once for the mark, once for its end.
    let of_threads = heard
        .iter()
        .filter(|line| line.contains("\"tags\":[\"threads\"]"));
    assert_eq!(of_threads.take(2).count(), 2);
    assert_eq!(threads(&world, "snoozed").len(), 0);
    assert_eq!(threads(&world, "open").len(), 2);
}
