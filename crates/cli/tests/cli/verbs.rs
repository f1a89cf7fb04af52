//! `do`: every entry of the table of commands, through the real binary.

use crate::world::{UNEVEN, World};

const GATED: &str = r#"
name: gated
inputs: { path: { type: string, default: ".", slot: path } }
steps:
  - id: write
    tool: fs.write
    approval: always
    args: { root: "${{ inputs.path }}", path: out.txt, text: "x" }
"#;

#[test]
fn every_verb_is_listed_and_described_without_a_data_folder() {
    let world = World::new();
    let said = world.expect(0, &["do"]);
    for (verb, about) in [
        ("executions.pause", "Let running steps finish"),
        ("approvals.approve", "Yes, once"),
        ("plans.propose", "plain words"),
    ] {
        let line = said
            .out
            .lines()
            .find(|line| line.starts_with(verb))
            .unwrap();
        assert!(line.contains(about), "{line}");
    }
    let fields = world.expect(0, &["do", "executions.logs", "--help"]);
    assert!(
        fields.out.contains("--after") && !fields.out.contains("Usage"),
        "its own fields, not how `krake do` is used: {fields:?}"
    );
    assert_eq!(world.expect(0, &["do", "--help"]).out, said.out);
    let listed = world.json(&["do"]);
    assert!(
        listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|verb| verb["input"].is_object())
    );
    let script = world.expect(0, &["completions", "bash"]);
    assert!(
        script.out.contains("executions.pause"),
        "completions know the verbs"
    );
    assert!(!world.home.exists(), "nothing was made");
}

#[test]
fn a_wrong_verb_or_field_is_named_with_the_nearest() {
    let world = World::new();
    let said = world.expect(2, &["do", "execution.pause"]);
    assert!(said.err.contains("executions.pause"), "{said:?}");
    let said = world.expect(2, &["do", "tools.list", "--nonsense", "1"]);
    assert!(said.err.contains("nonsense"), "{said:?}");
    let said = world.expect(2, &["do", "executions.list", "--limit", "many"]);
    assert!(said.err.contains("`limit`"), "{said:?}");
}

#[test]
fn verbs_do_what_the_other_commands_do() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    let plan = serde_json::json!({ "plan": UNEVEN }).to_string();
    // Nobody else drives it, so it is driven to its end here.
    let ended = world.json(&["do", "executions.orchestrate", "--json-input", &plan]);
    assert_eq!(ended["status"], "done");
    let list = world.json(&["do", "executions.list", "status=done", "--limit", "5"]);
    assert_eq!(list["items"][0]["id"], ended["execution_id"]);
    let id = ended["execution_id"].as_str().unwrap();
    let late = world.expect(1, &["do", "executions.pause", "--id", id]);
    assert!(late.err.contains("done"), "{late:?}");
    let stream = world.expect(0, &["do", "executions.stream", "--id", id]);
    let last: serde_json::Value = serde_json::from_str(stream.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "complete");
}

#[test]
fn what_only_a_person_may_do_is_done_with_the_owners_token() {
    let world = World::new();
    world.write("gated.yaml", GATED);
    world.expect(3, &["run", "gated.yaml"]);
    let waiting = world.json(&["do", "approvals.list", "status=waiting"]);
    let (id, execution) = (
        &waiting["items"][0]["id"],
        &waiting["items"][0]["execution_id"],
    );
    let _served = world.serve();
    let answered = world.json(&[
        "do",
        "approvals.approve",
        "--approval-id",
        id.as_str().unwrap(),
        "--id",
        execution.as_str().unwrap(),
    ]);
    assert_eq!(answered["status"], "approved");
    world.expect(
        0,
        &[
            "do",
            "executions.stream",
            "--id",
            execution.as_str().unwrap(),
        ],
    );
    assert_eq!(
        std::fs::read_to_string(world.work.join("out.txt")).unwrap(),
        "x"
    );
}
