//! What is stored, looked through once more: a key that came later, kills in between, imports beside it.

use krake_scripted_provider::Provider;
use serde_json::{Value, json};

use crate::accounts::{add, models, run, with};
use crate::keyring::Keyring;
use crate::world::{World, awaited, ended};

/// Nothing tells it from other words, and the index has it as one of them.
const KEY: &str = "tigerlily5581seven";

/// A folder in which the key was written down before anybody knew that it is one.
struct Scene {
    world: World,
    keyring: Keyring,
    server: Provider,
}

impl Scene {
    fn new() -> Self {
        let (world, keyring) = (World::new(), Keyring::start());
        let server = Provider::always(models(&["m1"]));
        run(&world, &keyring, 0, &["projects", "add", "shop"], "");
        Self {
            world,
            keyring,
            server,
        }
    }

    fn json(&self, args: &[&str]) -> Value {
        run(
            &self.world,
            &self.keyring,
            0,
            &[&["--json"], args].concat(),
            "",
        )
        .json()
    }

    fn said(&self, args: &[&str]) -> String {
        run(&self.world, &self.keyring, 0, args, "").out
    }

    /// From here on it is the key of an account.
    fn key_becomes_known(&self) {
        let url = self.server.url();
        run(
            &self.world,
            &self.keyring,
            0,
            &add(&url, &["--no-test"]),
            KEY,
        );
    }

    fn chat(&self, name: &str, texts: &[String]) -> String {
        let mut lines = String::new();
        for (at, text) in texts.iter().enumerate() {
            let line = json!({
                "type": "user", "uuid": format!("{name}{at}"), "sessionId": name,
                "cwd": self.world.work, "timestamp": "2026-01-02T03:04:05Z",
                "message": { "role": "user", "content": text },
            });
            lines.push_str(&format!("{line}\n"));
        }
        let file = format!("{name}.jsonl");
        self.world.write(&file, &lines);
        file
    }

    fn import(&self, file: &str) -> Value {
        self.json(&["import", file, "--project", "shop"])
    }

    /// Every file of the data folder, whatever the case of the letters; the index leaves out what words
    /// have in common at their beginnings.
    fn keeps_the_key(&self) -> Vec<std::path::PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.world.home.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
                let part = &KEY.as_bytes()[4..];
                if bytes.windows(part.len()).any(|here| here == part) {
                    found.push(path);
                }
            }
        }
        found
    }

    fn told(&self) -> Vec<Value> {
        let page = self.said(&["audit", "export"]);
        page.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|event: &Value| event["kind"] == "secrets_rescanned")
            .collect()
    }

    fn messages(&self, session: &Value) -> Vec<Value> {
        let id = session.as_str().unwrap();
        let page = self.json(&["do", "sessions.messages", "--id", id, "--limit", "500"]);
        let items = page["items"].as_array().unwrap();
        items.iter().map(|one| one["text"].clone()).collect()
    }
}

#[test]
fn a_key_that_came_later_is_taken_out_of_everything_that_is_stored() {
    let scene = Scene::new();
    let texts = vec![
        format!("the {KEY} opens the orchard"),
        "nothing in this one".to_owned(),
        format!("again {KEY}, and {KEY}"),
    ];
    let file = scene.chat("s1", &texts);
    let session = scene.import(&file)["sessions"][0]["id"].clone();
    let markdown = format!("# User\n\nhere: {KEY}\n\n# Assistant\n\nI have it.\n");
    scene.world.write("chat.md", &markdown);
    let second = scene.import("chat.md")["sessions"][0]["id"].clone();
    let entry = format!("the door opens with {KEY}");
    scene.said(&["knowledge", "add", "doors", &entry]);
    scene.said(&["backup", "now"]);
    let policy = scene.said(&["secrets", "policy"]);
    assert!(policy.contains("looked through when it came"), "{policy}");
    assert!(!policy.contains("rescan"), "{policy}");
    scene.key_becomes_known();
    let policy = scene.said(&["secrets", "policy"]);
    assert!(
        policy.contains("1 key of accounts came after it"),
        "{policy}"
    );

    let shown = scene.json(&["secrets", "rescan"]);
    let found = &shown["found"];
    assert_eq!(shown["state"], "done", "{shown}");
    assert_eq!(found["messages"], 5, "{shown}");
    assert_eq!(found["changed_messages"], 3, "{shown}");
    assert_eq!(found["sessions"], 2, "{shown}");
    assert_eq!(found["changed_parts"], 2, "{shown}");
    // Three in one session, one in the other, both titles, and what was learned.
    assert_eq!(found["secrets"], json!({ "known": 7 }), "{shown}");
    assert_eq!(found["records"], 3, "{shown}");
    assert_eq!(found["missing_keys"], 0, "{shown}");
    let backup = shown["older_backups"][0].as_str().unwrap();
    let said = scene.said(&["secrets", "rescan"]);
    assert!(said.contains("no secrets were found"), "{said}");
    assert!(
        !said.contains("older backups"),
        "it changed nothing: {said}"
    );
    let holding = scene.keeps_the_key();
    assert!(
        !holding.is_empty()
            && holding
                .iter()
                .all(|path| path.to_str().unwrap().contains("backups")),
        "{holding:?}"
    );
    scene.said(&["backup", "now"]);
    scene.said(&["backup", "remove", backup]);
    assert_eq!(scene.keeps_the_key(), [""; 0].map(std::path::PathBuf::from));

    // It is said once for each time, and the journal is whole.
    let told = scene.told();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0]["event"]["replaced"], json!({ "known": 7 }));
    assert_eq!(told[0]["event"]["by"]["kind"], "person");
    assert_eq!(scene.json(&["audit", "verify"])["intact"], true);
    let hits = scene.json(&["search", "orchard"]);
    assert!(hits.to_string().contains("[secret:known:"), "{hits}");
    assert!(!scene.said(&["search", KEY]).contains("orchard"));

    // The file of the other tool still has it: reading it again changes nothing.
    let before = (scene.messages(&session), scene.messages(&second));
    let mut more = texts.clone();
    more.push("one more".to_owned());
    scene.chat("s1", &more);
    assert_eq!(scene.import(&file)["new_messages"], 1);
    scene
        .world
        .write("chat.md", &format!("{markdown}\n# User\n\nThanks.\n"));
    assert_eq!(scene.import("chat.md")["new_messages"], 1);
    let mut after = (scene.messages(&session), scene.messages(&second));
    assert_eq!(
        (after.0.pop(), after.1.pop()),
        (Some(json!("one more")), Some(json!("Thanks.")))
    );
    assert_eq!(after, before);
    assert_eq!(scene.keeps_the_key(), [""; 0].map(std::path::PathBuf::from));
}

/// Enough for many pieces.
fn many(scene: &Scene) {
    for session in 0..4 {
        let texts: Vec<String> = (0..450)
            .map(|at| match at % 3 {
                0 => format!("message {at} has {KEY} in it"),
                _ => format!("message {at} has nothing"),
            })
            .collect();
        let file = scene.chat(&format!("s{session}"), &texts);
        scene.import(&file);
    }
}

fn all_messages(scene: &Scene) -> Vec<Value> {
    let mut all = Vec::new();
    let sessions = scene.json(&["sessions", "list"]);
    let mut items = sessions["items"].as_array().unwrap().clone();
    items.sort_by_key(|one| one["title"].to_string());
    for session in items {
        all.extend(scene.messages(&session["id"]));
    }
    all
}

#[test]
fn a_kill_in_between_costs_nothing_and_counts_nothing_twice() {
    let (whole, killed) = (Scene::new(), Scene::new());
    for scene in [&whole, &killed] {
        many(scene);
        scene.key_becomes_known();
    }
    let expected = whole.json(&["secrets", "rescan"])["found"].clone();
    assert_eq!(expected["changed_messages"], 600, "{expected}");

    let reaches: [fn(&Value) -> bool; 4] = [
        |shown| shown["found"]["messages"].as_u64() >= Some(400),
        |shown| shown["found"]["messages"].as_u64() >= Some(1_200),
        |shown| shown["found"]["changed_parts"].as_u64() >= Some(1),
        |shown| shown["stage"] == "file",
    ];
    let mut cut_off = 0;
    for is_there in reaches {
        let mut child = with(&killed.world, &killed.keyring, &["secrets", "rescan"])
            .spawn()
            .unwrap();
        loop {
            let look = ["--json", "do", "secrets.rescanned"];
            let look = ended(with(&killed.world, &killed.keyring, &look).spawn().unwrap());
            let is_done = child.try_wait().unwrap().is_some();
            if is_done || (look.code == Some(0) && is_there(&look.json())) {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let shown = killed.json(&["do", "secrets.rescanned"]);
        cut_off += u32::from(shown["state"] != "done");
    }
    assert!(cut_off >= 2, "cut off {cut_off} times");
    // Whoever drives all that is unfinished goes on with it by itself.
    let mut served = killed.world.serve_as(with(
        &killed.world,
        &killed.keyring,
        &["--json", "serve", "--port", "0"],
    ));
    let shown = awaited("the rest is looked through", || {
        let shown = killed.json(&["do", "secrets.rescanned"]);
        (shown["state"] == "done").then_some(shown)
    });
    assert_eq!(shown["found"], expected);
    served.child.signal("TERM");
    assert_eq!(served.child.code(), Some(0));
    assert_eq!(killed.told().len(), 1);
    assert_eq!(all_messages(&killed), all_messages(&whole));
    assert_eq!(
        killed.keeps_the_key(),
        [""; 0].map(std::path::PathBuf::from)
    );
    assert_eq!(killed.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn imports_go_on_beside_it_and_two_who_ask_get_one() {
    let scene = Scene::new();
    many(&scene);
    scene.key_becomes_known();
    for number in 0..40 {
        let texts = [format!("file {number} has {KEY} too")];
        std::fs::create_dir_all(scene.world.work.join("in")).unwrap();
        scene.chat(&format!("in/t{number}"), &texts);
    }
    let mut served = scene.world.serve_as(with(
        &scene.world,
        &scene.keyring,
        &["--json", "serve", "--port", "0"],
    ));
    let begun = scene.json(&["secrets", "rescan", "--no-wait"]);
    assert_eq!(begun["state"], "working", "{begun}");
    let second = with(
        &scene.world,
        &scene.keyring,
        &["--json", "secrets", "rescan"],
    );
    let second = { second }.spawn().unwrap();
    let report = scene.json(&["import", "in"]);
    assert_eq!(report["new_messages"], 40, "{report}");
    let second = ended(second);
    assert_eq!(second.code, Some(0), "{second:?}");
    let second = second.json();
    assert_eq!(
        (&second["state"], &second["begun_at"]),
        (&json!("done"), &begun["begun_at"])
    );
    assert_eq!(second["found"]["changed_messages"], 600);
    served.child.signal("TERM");
    assert_eq!(served.child.code(), Some(0));
    assert_eq!(scene.told().len(), 1);
    assert_eq!(scene.keeps_the_key(), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn what_only_the_journal_and_playbooks_hold_is_named_and_left() {
    let scene = Scene::new();
    scene.world.write("note.txt", KEY);
    let plan = "name: reads\nsteps:\n  - { id: a, tool: fs.read, args: { root: \".\", path: note.txt } }\n";
    scene.world.write("reads.yaml", plan);
    scene.said(&["run", "reads.yaml"]);
    std::fs::create_dir_all(scene.world.home.join("playbooks")).unwrap();
    let playbook = format!(
        "name: mine\ntitle: opens with {KEY}\nsteps:\n  - {{ id: a, tool: wait, args: {{ ms: 1 }} }}\n"
    );
    std::fs::write(scene.world.home.join("playbooks/mine.yaml"), playbook).unwrap();
    scene.key_becomes_known();
    let shown = scene.json(&["secrets", "rescan"]);
    let left = &shown["found"]["left"];
    assert!(left["events"].as_u64() >= Some(1), "{shown}");
    let id = &scene.world.newest()["id"];
    assert_eq!(left["executions"], json!([id]), "{shown}");
    assert_eq!(left["playbooks"], json!(["playbooks/mine.yaml"]), "{shown}");
    let said = scene.said(&["secrets", "rescan"]);
    assert!(
        said.contains("the journal, which is never changed"),
        "{said}"
    );
    assert!(said.contains("playbooks/mine.yaml"), "{said}");
    assert_eq!(scene.json(&["audit", "verify"])["intact"], true);
    assert_eq!(
        scene.json(&["executions", "show", id.as_str().unwrap()])["execution"]["status"],
        "done"
    );
}
