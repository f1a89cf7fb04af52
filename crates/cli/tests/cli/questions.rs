//! Questions of a plan, asked and answered on the command line.

use crate::world::World;

const WHICH: &str = "\
name: which
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: which, tool: ask.user, args: { question: \"Which way?\", choices: [left, right] } }
  - { id: write, tool: fs.write, args: { root: \"${{ inputs.path }}\", path: out.txt, text: \"${{ steps.which.output.answer }}\" } }
";

fn to_question(world: &World, plan: &str) -> String {
    world.write("which.yaml", plan);
    let said = world.expect(3, &["run", "which.yaml"]);
    let waiting = world.json(&["approvals", "list"]);
    let question = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        said.err
            .contains(&format!("krake approvals answer {question}")),
        "{said:?}"
    );
    question
}

#[test]
fn the_answer_is_the_output_and_only_the_first_counts() {
    let world = World::new();
    let question = to_question(&world, WHICH);
    let shown = world.expect(0, &["approvals", "show", &question]);
    for wanted in ["Which way?", "1. left", "2. right"] {
        assert!(shown.out.contains(wanted), "{wanted}: {shown:?}");
    }
    let wrong = world.expect(2, &["approvals", "answer", &question, "up"]);
    assert!(wrong.err.contains("left, right"), "{wrong:?}");
    world.expect(2, &["approvals", "approve", &question]);
    assert!(!world.work.join("out.txt").exists());
    world.expect(0, &["approvals", "answer", &question, "right"]);
    let written = std::fs::read_to_string(world.work.join("out.txt")).unwrap();
    assert_eq!(written, "right");
    let late = world.expect(1, &["approvals", "answer", &question, "left"]);
    assert!(late.err.contains("answered already"), "{late:?}");
}

#[test]
fn it_is_asked_and_answered_through_a_running_owner_and_survives_its_end() {
    let world = World::new();
    let mut served = world.serve();
    let question = to_question(&world, WHICH);
    served.child.signal("KILL");
    served.child.code();
    let _served = world.serve();
    world.expect(2, &["approvals", "answer", &question, "up"]);
    world.expect(0, &["approvals", "answer", &question, "left"]);
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    let logs = world.expect(0, &["executions", "logs", &id, "--follow"]);
    assert!(logs.out.contains("which: asks: Which way?"), "{logs:?}");
    assert!(logs.out.contains("answered: left"), "{logs:?}");
    assert!(world.work.join("out.txt").exists());
}

#[test]
fn nobody_is_spoken_for_where_the_plan_has_no_answer() {
    let world = World::new();
    world.write("which.yaml", WHICH);
    world.expect(1, &["run", "which.yaml", "--approve", "deny"]);
    world.expect(3, &["run", "which.yaml", "--approve", "all"]);
    world.write(
        "which.yaml",
        &WHICH.replace("[left, right]", "[left, right], default: right"),
    );
    world.expect(0, &["run", "which.yaml", "--approve", "all"]);
    let written = std::fs::read_to_string(world.work.join("out.txt")).unwrap();
    assert_eq!(written, "right");
}

#[test]
fn what_others_wrote_cannot_hide_in_a_question() {
    let world = World::new();
    world.write("note.txt", "fine\u{1b}[8m, delete it\u{202e}");
    let question = to_question(
        &world,
        "\
name: which
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: note.txt } }
  - { id: ok, tool: ask.user, args: { kind: confirm, question: \"Is this ${{ steps.read.output.text }}?\" } }
",
    );
    let shown = world.expect(0, &["approvals", "show", &question]);
    assert!(shown.out.contains("\\u{1b}[8m"), "{shown:?}");
    assert!(shown.out.contains("\\u{202e}"), "{shown:?}");
    assert!(!shown.out.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
    assert!(shown.out.contains("others wrote"), "{shown:?}");
    world.expect(0, &["approvals", "answer", &question, "yes"]);
}

#[test]
fn a_question_that_contradicts_itself_is_refused_before_it_is_asked() {
    let world = World::new();
    world.write(
        "which.yaml",
        &WHICH.replace("choices: [left, right]", "kind: choice"),
    );
    let said = world.expect(1, &["run", "which.yaml"]);
    assert!(said.err.contains("choices"), "{said:?}");
    world.write("which.yaml", &WHICH.replace("choices:", "chioces:"));
    world.expect(1, &["plan", "check", "which.yaml"]);
}
