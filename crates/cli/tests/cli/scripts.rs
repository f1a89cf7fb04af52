//! What a script gets: one document, whatever happened, and an exit code to decide on.

use serde_json::json;

use crate::world::{GATED, LONG, World};

#[test]
fn a_refusal_is_one_document_with_a_code() {
    let world = World::new();
    let error = |code: i32, args: &[&str]| {
        let said = world.expect(code, &[&["--json"], args].concat());
        assert!(!said.err.is_empty(), "{said:?}");
        said.json()["error"].clone()
    };
    world.write("gated.yaml", GATED);
    world.expect(3, &["run", "gated.yaml"]);
    let unknown = "exe_01jd3v5q4qf7cr7r00000000r5";
    let absent = error(1, &["executions", "show", unknown]);
    assert_eq!(absent["code"], "not_found");
    assert!(absent["message"].as_str().unwrap().contains(unknown));
    assert_eq!(error(2, &["executions", "show", "x"])["code"], "bad_input");
    assert_eq!(
        error(2, &["run", "gated.yaml", "--detach"])["code"],
        "wrong_usage"
    );
    assert_eq!(error(2, &["run", "absent.yaml"])["code"], "wrong_usage");
    let unread = error(2, &["run", "gated.yaml", "--nonsense"]);
    assert_eq!(unread["code"], "wrong_usage");
    assert!(unread["message"].as_str().unwrap().contains("--nonsense"));
    // The switch may stand among the fields of a verb.
    let said = world.expect(
        1,
        &[
            "do",
            "executions.show",
            "id=exe_01jd3v5q4qf7cr7r00000000r5",
            "--json",
        ],
    );
    assert_eq!(said.json()["error"]["code"], "not_found");
    // What was printed before the refusal is the document.
    let lacks = world.expect(2, &["--json", "plan", "check my sites"]);
    assert_eq!(lacks.json()["missing"][0]["name"], "urls", "{lacks:?}");
    let help = world.expect(0, &["--json", "run", "--help"]);
    assert!(help.out.contains("Usage"), "{help:?}");
}

#[test]
fn what_waits_for_a_person_is_named() {
    let world = World::new();
    world.write("gated.yaml", GATED);
    let waits = world.expect(3, &["--json", "run", "gated.yaml"]).json();
    let asked = world.json(&["approvals", "list"])["items"][0]["id"].clone();
    assert_eq!(waits["approval_ids"], json!([asked]));
    assert_eq!(waits["status"], "waiting");
}

#[test]
fn a_step_that_was_refused_access_ends_the_run_with_4() {
    let world = World::new();
    // The policy would ask, and the plan says that nobody may be asked.
    world.write(
        "closed.yaml",
        "name: closed\nsteps:\n  - { id: write, tool: fs.write, approval: never, args: { root: /tmp, path: krake-never.txt, text: x } }\n",
    );
    let ended = world.expect(4, &["--json", "run", "closed.yaml"]).json();
    assert_eq!(ended["cause"]["class"], "no_access", "{ended}");
}

#[test]
fn names_of_older_systems_are_understood() {
    let world = World::new();
    world.write("gated.yaml", GATED);
    let waits = world.expect(3, &["--json", "run", "gated.yaml"]).json();
    let id = waits["execution_id"].as_str().unwrap();
    let named = format!("executionId={id}");
    let find = || world.json(&["do", "executions.show", &named])["execution"]["id"].clone();
    assert_eq!(find(), id);
    // The same over the loopback of an owner.
    let _served = world.serve();
    assert_eq!(find(), id);
}

#[test]
fn a_file_that_is_called_json_is_json() {
    let world = World::new();
    let plan = r#"{ "name": "a", "steps": [{ "id": "a", "tool": "wait", "args": { "ms": 1 }, }] }"#;
    world.write("plan.json", plan);
    world.write("plan.yaml", plan);
    world.expect(0, &["plan", "check", "plan.yaml"]);
    for args in [vec!["plan", "check", "plan.json"], vec!["run", "plan.json"]] {
        let said = world.expect(1, &args);
        assert!(
            said.out.contains("plan.json:1:") && said.out.contains("not JSON"),
            "{said:?}"
        );
    }
    let said = world.expect(1, &["--json", "plan", "check", "plan.json"]);
    assert_eq!(said.json()["faults"][0]["code"], "syntax");
}

#[test]
fn what_nobody_drives_says_so_and_how_to_go_on() {
    let world = World::new();
    world.write("long.yaml", LONG);
    let mut served = world.serve();
    world.expect(0, &["run", "long.yaml", "--detach"]);
    let driven = world.newest();
    assert_eq!(
        (&driven["status"], &driven["undriven"]),
        (&json!("running"), &json!(false))
    );
    // How far it is, is known while it runs.
    let is_on = (0..200).any(|_| world.newest()["steps_done"] == 1);
    assert!(is_on, "{}", world.newest());
    served.child.signal("KILL");
    served.child.code();
    let left = world.newest();
    assert_eq!(
        (&left["status"], &left["undriven"]),
        (&json!("running"), &json!(true))
    );
    assert_eq!(left["steps_done"], 1);
    let id = left["id"].as_str().unwrap();
    let wanted = format!("krake executions resume {id}");
    let listed = world.expect(0, &["executions", "list"]);
    assert!(
        listed.out.contains("running, undriven") && listed.err.contains(&wanted),
        "{listed:?}"
    );
    let shown = world.expect(0, &["executions", "show", id]);
    assert!(shown.out.contains(&wanted), "{shown:?}");
}

#[test]
fn an_answer_says_what_happens_next() {
    let world = World::new();
    world.write("gated.yaml", GATED);
    let asked = || {
        world.expect(3, &["run", "gated.yaml"]);
        let waiting = world.json(&["approvals", "list"]);
        waiting["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let alone = world.expect(0, &["approvals", "approve", &asked()]);
    assert!(alone.err.contains("this command goes on with"), "{alone:?}");
    let _served = world.serve();
    let with = world.expect(0, &["approvals", "approve", &asked()]);
    assert!(
        with.err.contains("goes on in the Krake that runs"),
        "{with:?}"
    );
}

#[test]
fn text_is_printed_as_text() {
    let world = World::new();
    world.write(
        "say.yaml",
        "name: say\nsteps:\n  - { id: say, tool: text.template, args: { template: \"one\\ntwo\\n\" } }\n",
    );
    let said = world.expect(0, &["run", "say.yaml"]);
    assert!(said.out.contains("text: |\n    one\n    two\n"), "{said:?}");
}

#[test]
fn a_broken_playbook_is_listed_with_its_fault() {
    let world = World::new();
    let folder = world.home.join("playbooks");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("torn.yaml"), "name: torn\nsteps: {\n").unwrap();
    let listed = world.expect(0, &["playbooks", "list"]);
    let line = listed.out.lines().find(|line| line.starts_with("torn"));
    let line = line.unwrap_or_else(|| panic!("{listed:?}"));
    assert!(
        line.contains("broken") && line.contains("torn.yaml:3:1"),
        "{line}"
    );
}

#[test]
fn a_folder_that_is_not_there_has_a_plain_name() {
    let world = World::new();
    world.write(
        "read.yaml",
        "name: read\ninputs: { path: { type: string, slot: path } }\nsteps:\n  - { id: a, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: x } }\n",
    );
    world.expect(1, &["run", "read.yaml", "-i", "path=./absent/."]);
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(shown["inputs"]["path"], json!(world.work.join("absent")));
}

#[test]
fn an_approval_of_an_alternative_says_that_it_is_one() {
    let world = World::new();
    let elsewhere = world.home.with_file_name("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let plan = format!(
        "name: other\nsteps:\n  - id: a\n    tool: fs.read\n    args: {{ root: \"{0}\", path: absent.txt }}\n    alternatives:\n      - {{ tool: fs.write, args: {{ root: \"{0}\", path: made.txt, text: x }} }}\n",
        elsewhere.display()
    );
    world.write("other.yaml", &plan);
    let looked = world.expect(0, &["run", "other.yaml", "--dry-run"]);
    assert!(
        looked.out.contains("or else  fs.write  writes"),
        "{looked:?}"
    );
    world.expect(3, &["run", "other.yaml"]);
    let asked = world.json(&["approvals", "list"])["items"][0].clone();
    assert_eq!(asked["tool"], "fs.write");
    let because = asked["because"].as_str().unwrap();
    assert!(
        because.contains("alternative 1 of the step") && because.contains("absent.txt"),
        "{because}"
    );
}
