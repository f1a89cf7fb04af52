//! Steps that have another way when a call has failed for good.

use serde_json::{Value, json};

use crate::world::World;

const WAYS: &str = "\
name: ways
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - id: read
    tool: fs.read
    args: { root: \"${{ inputs.path }}\", path: NOTES.md }
    output: { type: object, required: [text] }
    alternatives:
      - { tool: fs.read, args: { root: \"${{ inputs.path }}\", path: README.md } }
      - { tool: text.template, args: { template: no notes } }
output: ${{ steps.read.output.text }}
";

#[test]
fn the_next_alternative_is_tried_and_the_step_says_which_and_why() {
    let world = World::new();
    world.write("ways.yaml", WAYS);
    let ran = world.expect(0, &["--json", "run", "ways.yaml"]);
    assert!(ran.err.contains("`fs.read` is tried instead"), "{ran:?}");
    assert!(
        ran.err.contains("`text.template` is tried instead"),
        "{ran:?}"
    );
    let ran = ran.json();
    assert_eq!(ran["output"], "no notes");
    let shown = world.json(&["executions", "show", ran["execution_id"].as_str().unwrap()]);
    let step = &shown["steps"][0];
    assert_eq!(step["tool"], "text.template");
    assert_eq!(step["alternative"]["number"], 2);
    assert!(
        step["alternative"]["because"]
            .as_str()
            .unwrap()
            .contains("`fs.read` gave up"),
        "{step}"
    );
    assert_eq!(step["args"], json!({ "template": "no notes" }));
    let tools: Vec<&Value> = step["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["tool"])
        .collect();
    assert_eq!(tools, ["fs.read", "fs.read", "text.template"]);

    world.write("README.md", "read me");
    let ran = world.expect(0, &["run", "ways.yaml"]);
    assert_eq!(ran.out.trim(), "read me");
    world.write("NOTES.md", "noted");
    let ran = world.expect(0, &["run", "ways.yaml"]);
    assert_eq!(ran.out.trim(), "noted");
    assert!(!ran.err.contains("instead"), "{ran:?}");
}

#[test]
fn a_no_is_not_worked_around() {
    let world = World::new();
    world.write(
        "no.yaml",
        "name: no\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  \
         - { id: w, tool: fs.write, approval: always, args: { root: \"${{ inputs.path }}\", path: a.txt, text: a }, alternatives: [{ tool: fs.write, args: { root: \"${{ inputs.path }}\", path: b.txt, text: b } }] }\n",
    );
    let ran = world.expect(1, &["run", "no.yaml", "--approve", "deny"]);
    assert!(!ran.err.contains("instead"), "{ran:?}");
    assert!(!world.work.join("a.txt").exists() && !world.work.join("b.txt").exists());
}

#[test]
fn what_cannot_be_an_alternative_is_named_with_its_place() {
    let world = World::new();
    world.write(
        "wrong.yaml",
        "name: x\nsteps:\n  - id: a\n    tool: wait\n    args: { ms: 1 }\n    alternatives:\n      - { agent: codex }\n      - { tool: fs.raed }\n",
    );
    let said = world.expect(1, &["plan", "check", "wrong.yaml"]);
    assert!(
        said.out
            .contains("wrong.yaml:7:11: `agent` is not built in this version"),
        "{said:?}"
    );
    world.write(
        "wrong.yaml",
        "name: x\nsteps:\n  - id: a\n    tool: wait\n    args: { ms: 1 }\n    alternatives:\n      - { tool: fs.raed }\n      - { tool: wait, args: { ms: soon } }\n",
    );
    let said = world.expect(1, &["plan", "check", "wrong.yaml"]);
    assert!(
        said.out.contains("wrong.yaml:7:") && said.out.contains("wrong.yaml:8:"),
        "{said:?}"
    );
}
