//! `executions plan` and `executions revise`.

use crate::world::World;

const FIRST: &str = "\
name: first
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: a.txt } }
  - { id: write, tool: fs.write, approval: always, needs: [read], args: { root: \"${{ inputs.path }}\", path: out.txt, text: old } }
  - { id: say, tool: text.template, needs: [write], args: { template: old } }
output: ${{ steps.say.output.text }}
";

#[test]
fn the_rest_of_a_paused_plan_is_edited_and_the_versions_are_kept() {
    let world = World::new();
    world.write("first.yaml", FIRST);
    world.write("a.txt", "a");
    let waits = world.expect(3, &["--json", "run", "first.yaml"]).json();
    let id = waits["execution_id"].as_str().unwrap();
    // Not while it waits: a person could answer a question about what is being changed.
    world.write(
        "edited.yaml",
        &FIRST.replace("template: old", "template: new"),
    );
    let busy = world.run(&["executions", "revise", id, "edited.yaml"]);
    assert_ne!(busy.code, Some(0), "{busy:?}");
    world.expect(0, &["executions", "pause", id]);

    let plan = world.json(&["executions", "plan", id]);
    assert_eq!(plan["version"], 1);
    let text = world.expect(0, &["executions", "plan", id]).out;
    let printed = world.write("printed.yaml", &text);
    world.expect(0, &["plan", "check", "printed.yaml"]);
    // What has started must stay as it is.
    let touched = FIRST.replace("path: a.txt", "path: b.txt");
    world.write("touched.yaml", &touched);
    let refused = world.run(&["executions", "revise", id, "touched.yaml"]);
    assert!(
        refused.code != Some(0) && refused.err.contains("`read` has started"),
        "{refused:?}"
    );
    world.write("wrong.yaml", "name: x\nsteps:\n  - { id: a, tool: nope }\n");
    let wrong = world.expect(1, &["executions", "revise", id, "wrong.yaml"]);
    assert!(wrong.out.contains("wrong.yaml:3:"), "{wrong:?}");

    let said = world.expect(0, &["executions", "revise", id, "edited.yaml"]);
    assert!(said.out.contains("plan version 2"), "{said:?}");
    // What was printed before knows what it was made from, and overwrites nothing.
    std::fs::write(&printed, text.replace("template: old", "template: late")).unwrap();
    for late in [vec!["printed.yaml"], vec!["edited.yaml", "--version", "1"]] {
        let args = [&["executions", "revise", id], late.as_slice()].concat();
        let said = world.expect(1, &args);
        assert!(said.err.contains("version"), "{said:?}");
    }
    let done = world.expect(
        0,
        &["--json", "executions", "resume", id, "--approve", "all"],
    );
    assert_eq!(done.json()["output"], "new");
    let shown = world.json(&["executions", "show", id]);
    assert_eq!(shown["plan_version"], 2);
    let plan = world.json(&["executions", "plan", id, "--version", "1"]);
    assert!(
        plan["text"].as_str().unwrap().contains("template: old"),
        "{plan}"
    );
    let versions = plan["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[1]["by"]["kind"], "person");
    let none = world.run(&["executions", "plan", id, "--version", "3"]);
    assert_ne!(none.code, Some(0));
    let late = world.run(&["executions", "revise", id, "edited.yaml"]);
    assert_ne!(late.code, Some(0), "{late:?}");
}
