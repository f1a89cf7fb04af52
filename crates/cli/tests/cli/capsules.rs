//! Capsules and backups, by the real binary.

use std::path::Path;

use serde_json::{Value, json};

use crate::world::World;

/// A key of a shape that tells itself.
const CANARY: &str = "sk-ant-api03-Zq8vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj";

fn chat(world: &World, name: &str, count: usize) {
    let mut text = String::new();
    for at in 0..count {
        let secret = if at == 1 { CANARY } else { "" };
        let line = json!({
            "type": if at % 2 == 0 { "user" } else { "assistant" },
            "uuid": format!("{name}{at}"), "sessionId": name, "cwd": world.work,
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": if at % 2 == 0 { "user" } else { "assistant" },
                         "content": format!("message {at} about parseInvoice {secret}") },
        });
        text.push_str(&format!("{line}\n"));
    }
    world.write(&format!("{name}.jsonl"), &text);
}

/// Something of every noun.
fn filled() -> World {
    let world = World::new();
    chat(&world, "s1", 40);
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
        ],
    );
    world.expect(0, &["import", "s1.jsonl"]);
    world.expect(
        0,
        &[
            "knowledge",
            "add",
            "Learned",
            "to test",
            "--source",
            "AGENTS.md",
        ],
    );
    world.expect(0, &["snapshot", "create", "--name", "frozen"]);
    world.expect(
        0,
        &["handoff", "create", "--project", "Krake", "--goal", "go on"],
    );
    world.expect(0, &["accounts", "add", "Mine", "--provider", "claude_app"]);
    world.expect(0, &["budgets", "add", "5", "--per", "month"]);
    world.write(
        "quick.yaml",
        "name: quick\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n",
    );
    world.expect(0, &["run", "quick.yaml"]);
    world
}

fn export(world: &World, to: &str, more: &[&str]) -> Value {
    world.json(&[&["export", "--to", to], more].concat())
}

fn hash(made: &Value) -> String {
    made["capsule"]["content_hash"].as_str().unwrap().to_owned()
}

fn wipe(world: &World) {
    std::fs::remove_dir_all(&world.home).unwrap();
}

#[test]
fn everything_exported_wiped_and_taken_in_has_the_same_hash_and_is_found() {
    let world = filled();
    let made = export(&world, "all.krake", &[]);
    assert_eq!(made["capsule"]["counts"]["messages"], 40);
    assert_eq!(made["capsule"]["counts"]["budgets"], 1);
    assert!(made["capsule"]["counts"]["events"].as_u64().unwrap() > 3);
    assert_eq!(hash(&export(&world, "again.krake", &[])), hash(&made));
    let found = world.json(&["search", "invoice"]);
    let taken = world.expect(1, &["export", "--to", "all.krake"]);
    assert!(taken.err.contains("there is a file already"), "{taken:?}");

    wipe(&world);
    let looked = world.json(&["restore", "all.krake", "--preview"]);
    assert!(looked["import_id"].is_null());
    assert_eq!(world.json(&["projects", "list"])["items"], json!([]));
    let taken = world.json(&["restore", "all.krake"]);
    assert_eq!(taken["differing"], json!([]));
    assert_eq!(hash(&export(&world, "after.krake", &[])), hash(&made));
    let refound = world.json(&["search", "invoice"]);
    assert_eq!(
        refound["hits"].as_array().unwrap().len(),
        found["hits"].as_array().unwrap().len()
    );
    assert_eq!(
        refound["hits"][0]["session_id"],
        found["hits"][0]["session_id"]
    );
    // Nothing that came in runs or is taken for something that did.
    assert_eq!(world.json(&["executions", "list"])["items"], json!([]));
    assert_eq!(world.json(&["audit", "verify"])["events"], 0);
    assert_eq!(
        world.json(&["accounts", "list"])["items"][0]["has_key"],
        false
    );

    // A second time nothing is new; taken back, it is as before.
    let again = world.json(&["restore", "all.krake"]);
    let new: u64 = again["nouns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|noun| noun["new"].as_u64().unwrap())
        .sum();
    assert_eq!(new, 0, "{again}");
    let first = taken["import_id"].as_str().unwrap();
    let undone = world.json(&["restore", "undo", first]);
    assert_eq!(undone["kept"], json!([]));
    assert_eq!(world.json(&["sessions", "list"])["items"], json!([]));
    assert_eq!(world.json(&["search", "invoice"])["hits"], json!([]));
    let refused = world.expect(1, &["restore", "undo", first]);
    assert!(refused.err.contains("to take back"), "{refused:?}");
    let list = world.json(&["restore", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

/// A chat with an answer a day, and what each of them took.
fn days(world: &World, count: usize) {
    let mut text = String::new();
    for day in 1..=count {
        let at = format!("2026-03-{day:02}T10:00:00Z");
        let before = (day > 1).then(|| format!("a{}", day - 1));
        let own = Some(format!("u{day}"));
        for (kind, id, parent) in [("user", "u", &before), ("assistant", "a", &own)] {
            let mut line = json!({
                "type": kind, "uuid": format!("{id}{day}"), "sessionId": "long",
                "cwd": "/work/app", "requestId": format!("r{day}"), "timestamp": at,
                "parentUuid": parent,
                "message": { "role": kind, "content": format!("{kind} on day {day}") },
            });
            if kind == "assistant" {
                line["message"] = json!({
                    "id": format!("m{day}"), "role": kind, "model": "claude-sonnet-4-5",
                    "content": [{ "type": "text", "text": format!("done on day {day}") }],
                    "usage": { "input_tokens": 100 * day, "output_tokens": 7 },
                });
            }
            text.push_str(&format!("{line}\n"));
        }
    }
    world.write("long.jsonl", &text);
    world.expect(0, &["import", "long.jsonl"]);
}

/// The days on which something was answered, with their sums.
fn spent(world: &World) -> Vec<Value> {
    let by_day = ["insights", "--from", "2026-03-01", "--to", "2026-03-31"];
    let usage = world.json(&by_day);
    let days = usage["rows"].as_array().unwrap().iter();
    days.filter(|day| day["sessions"]["tokens"] != 0)
        .cloned()
        .collect()
}

#[test]
fn insights_say_the_same_by_day_after_a_wipe_and_an_import() {
    let world = World::new();
    world.expect(0, &["projects", "add", "Krake", "--folder", "."]);
    days(&world, 3);
    let before = spent(&world);
    assert_eq!(before.len(), 3, "{before:?}");
    let made = export(&world, "all.krake", &[]);
    assert_eq!(made["capsule"]["counts"]["answers"], 3);
    wipe(&world);
    world.expect(0, &["restore", "all.krake"]);
    assert_eq!(spent(&world), before);
    assert_eq!(hash(&export(&world, "after.krake", &[])), hash(&made));
}

#[test]
fn a_session_that_went_on_elsewhere_goes_on_here_and_back_again() {
    let (there, here) = (World::new(), World::new());
    days(&there, 2);
    export(&there, "a.krake", &[]);
    here.expect(
        0,
        &["restore", there.work.join("a.krake").to_str().unwrap()],
    );
    let before = spent(&here);
    days(&there, 4);
    let made = export(&there, "b.krake", &[]);
    let capsule = there.work.join("b.krake");
    let capsule = capsule.to_str().unwrap();
    let looked = here.expect(0, &["restore", capsule, "--preview"]);
    assert!(looked.out.contains("goes on"), "{looked:?}");
    here.expect(0, &["restore", capsule]);
    let sessions = here.json(&["sessions", "list"]);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
    assert_eq!(sessions["items"][0]["messages"], 8);
    assert_eq!(spent(&here), spent(&there));
    assert_eq!(hash(&export(&here, "c.krake", &[])), hash(&made));
    let undone = here.expect(0, &["restore", "undo"]);
    assert!(undone.out.contains("as before: 1 sessions"), "{undone:?}");
    assert_eq!(here.json(&["sessions", "list"])["items"][0]["messages"], 4);
    assert_eq!(spent(&here), before);
}

#[test]
fn one_project_goes_alone_and_what_differs_stays_on_both_sides() {
    let world = filled();
    chat(&world, "s2", 4);
    std::fs::create_dir(world.work.join("other")).unwrap();
    world.expect(0, &["projects", "add", "Other"]);
    world.expect(0, &["import", "s2.jsonl", "--project", "Other"]);
    let made = export(&world, "one.krake", &["--project", "Other"]);
    assert_eq!(made["capsule"]["project"], "Other");
    let counts = &made["capsule"]["counts"];
    assert_eq!(
        (
            &counts["messages"],
            &counts["projects"],
            &counts["accounts"]
        ),
        (&json!(4), &json!(1), &json!(0))
    );

    world.expect(0, &["projects", "change", "Other", "--description", "mine"]);
    let looked = world.expect(0, &["restore", "one.krake", "--preview"]);
    assert!(
        looked
            .err
            .contains("Other: something else is here under its id"),
        "{looked:?}"
    );
    world.expect(0, &["restore", "one.krake"]);
    let projects = world.json(&["projects", "list"]);
    let names: Vec<&str> = projects["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"Other (2)") && names.contains(&"Other"),
        "{names:?}"
    );
    let mine = world.json(&["projects", "show", "Other"]);
    assert_eq!(mine["project"]["description"], "mine");
    // What was changed since the import stays, and is named.
    world.expect(
        0,
        &[
            "projects",
            "change",
            "Other (2)",
            "--description",
            "now mine",
        ],
    );
    let undone = world.expect(0, &["restore", "undo"]);
    assert!(
        undone.out.contains("kept projects") && undone.out.contains("it was changed since"),
        "{undone:?}"
    );
}

#[test]
fn no_key_and_no_token_is_in_a_capsule_or_in_a_backup_folder_of_one() {
    let world = filled();
    // Plans are kept as they were written, so the last look is tested with one that nobody cleaned.
    world.write(
        "careless.yaml",
        &format!(
            "name: careless\ndescription: use {CANARY}\nsteps:\n  - {{ id: a, tool: wait, args: {{ ms: 1 }} }}\n"
        ),
    );
    world.expect(0, &["run", "careless.yaml"]);
    let served = world.serve();
    let token = std::fs::read_to_string(world.home.join("api-token")).unwrap();
    let made = export(&world, "all.krake", &[]);
    drop(served);
    assert!(
        made["capsule"]["replaced"]
            .as_object()
            .unwrap()
            .values()
            .any(|count| count.as_u64() > Some(0))
    );
    let bytes = unpacked(&world.work.join("all.krake"));
    for secret in ["Zq8vT2mWc5", token.trim()] {
        assert!(!secret.is_empty());
        assert!(
            !bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes()),
            "{secret}"
        );
    }
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("parseInvoice") && text.contains("[secret:"));
}

/// Every entry of an archive, one behind the other.
fn unpacked(path: &Path) -> Vec<u8> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).unwrap();
    let mut archive = krake_edge::archive::Archive::open_tight(file).unwrap();
    let mut all = Vec::new();
    for entry in archive.entries.clone() {
        all.extend(entry.name.as_bytes());
        archive.read(&entry).unwrap().read_to_end(&mut all).unwrap();
    }
    all
}

#[test]
fn what_is_no_capsule_is_refused_with_the_reason() {
    let world = World::new();
    world.write("a.krake", "not an archive");
    let refused = world.expect(2, &["restore", "a.krake"]);
    assert!(refused.err.contains("this is no capsule"), "{refused:?}");
    let absent = world.expect(2, &["restore", "none.krake"]);
    assert!(absent.err.contains("no such file"), "{absent:?}");
    let wrong = world.expect(2, &["import", "a.krake"]);
    assert!(wrong.err.contains("krake restore"), "{wrong:?}");
    let nowhere = world.expect(2, &["export", "--to", "none/a.krake"]);
    assert!(nowhere.err.contains("does not exist"), "{nowhere:?}");
    world.expect(1, &["restore", "undo"]);
}

#[test]
fn a_backup_is_made_while_krake_runs_and_put_back_when_it_does_not() {
    let world = filled();
    let before = hash(&export(&world, "before.krake", &[]));
    let served = world.serve();
    let name = world.expect(0, &["backup", "now"]).out.trim().to_owned();
    world.expect(0, &["knowledge", "add", "Later", "than the backup"]);
    // While Krake runs it waits for the next start, and can be taken back.
    let waits = world.expect(0, &["backup", "restore", &name]);
    assert!(waits.out.contains("when it starts next"), "{waits:?}");
    let listed = world.json(&["backup", "list"]);
    assert_eq!(listed["restoring"], name.as_str());
    world.expect(0, &["backup", "keep"]);
    assert!(world.json(&["backup", "list"])["restoring"].is_null());
    drop(served);
    world.expect(0, &["knowledge", "search", "Later"]);
    let after = hash(&export(&world, "later.krake", &[]));
    assert_ne!(after, before);

    let put = world.expect(0, &["backup", "restore", &name]);
    assert!(put.out.contains("put back"), "{put:?}");
    assert_eq!(hash(&export(&world, "back.krake", &[])), before);
    let listed = world.json(&["backup", "list"]);
    let saved = &listed["items"][0];
    assert_eq!(saved["why"], "restore");
    world.expect(0, &["backup", "restore", saved["name"].as_str().unwrap()]);
    assert_eq!(hash(&export(&world, "forth.krake", &[])), after);

    let unknown = world.expect(1, &["backup", "restore", "none"]);
    assert!(unknown.err.contains("backup none"), "{unknown:?}");
    world.expect(0, &["backup", "every", "week", "--keep", "3"]);
    let listed = world.json(&["backup", "list"]);
    assert_eq!(
        (&listed["hours"], &listed["keep"]),
        (&json!(168), &json!(3))
    );
    world.expect(2, &["backup", "every", "sometimes"]);
    world.expect(0, &["backup", "remove", &name]);
    let listed = world.json(&["backup", "list"]);
    assert!(
        listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["name"] != name.as_str())
    );
}

#[test]
fn what_was_unfinished_in_a_backup_waits_for_a_person() {
    let world = World::new();
    world.write("long.yaml", crate::world::LONG);
    let served = world.serve();
    world.expect(0, &["run", "long.yaml", "--detach"]);
    let name = world.expect(0, &["backup", "now"]).out.trim().to_owned();
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    world.expect(0, &["executions", "cancel", &id]);
    drop(served);
    world.expect(0, &["backup", "restore", &name]);
    let served = world.serve();
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(shown["execution"]["status"], "paused", "{shown}");
    let logs = world.expect(0, &["executions", "logs", &id]).out;
    assert!(logs.contains("paused"), "{logs}");
    world.expect(0, &["executions", "cancel", &id]);
    drop(served);
}

#[test]
fn a_damaged_database_is_left_for_a_backup_and_set_aside() {
    let world = filled();
    let before = hash(&export(&world, "before.krake", &[]));
    let name = world.expect(0, &["backup", "now"]).out.trim().to_owned();
    std::fs::write(world.home.join("krake.db"), vec![b'x'; 40_000]).unwrap();
    let refused = world.expect(1, &["knowledge", "list"]);
    assert!(refused.err.contains("krake backup list"), "{refused:?}");
    let listed = world.expect(0, &["backup", "list"]);
    assert!(
        listed.out.contains(&name) && listed.err.contains("cannot be opened"),
        "{listed:?}"
    );
    world.expect(0, &["backup", "restore", &name]);
    assert_eq!(hash(&export(&world, "after.krake", &[])), before);
    let listed = world.json(&["backup", "list"]);
    let aside = &listed["items"][0];
    assert_eq!(aside["is_damaged"], true, "{listed}");
    let name = aside["name"].as_str().unwrap();
    let refused = world.expect(1, &["backup", "restore", name]);
    assert!(refused.err.contains("damaged"), "{refused:?}");
}
