//! `executions rerun`.

use serde_json::Value;

use crate::world::World;

const CHAIN: &str = "\
name: chain
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: first, tool: fs.write, args: { root: \"${{ inputs.path }}\", path: first.txt, text: one } }
  - { id: read, tool: fs.read, needs: [first], args: { root: \"${{ inputs.path }}\", path: data.txt } }
  - { id: say, tool: text.template, args: { template: \"{{ t }}\", values: { t: \"${{ steps.read.output.text }}\" } } }
output: ${{ steps.say.output.text }}
";

fn steps(shown: &Value, field: &str) -> Vec<(String, Value)> {
    let steps = shown["steps"].as_array().unwrap().iter();
    steps
        .map(|step| (step["id"].as_str().unwrap().to_owned(), step[field].clone()))
        .collect()
}

#[test]
fn what_failed_runs_again_with_the_results_of_the_rest() {
    let world = World::new();
    world.write("chain.yaml", CHAIN);
    let failed = world.expect(1, &["--json", "run", "chain.yaml"]).json();
    let id = failed["execution_id"].as_str().unwrap();
    // Were `first` to run again, it would write it once more.
    std::fs::remove_file(world.work.join("first.txt")).unwrap();
    world.write("data.txt", "now it is there");
    let again = world.expect(0, &["--json", "executions", "rerun", id]);
    assert!(
        again.err.contains("first: its result is adopted"),
        "{again:?}"
    );
    let again = again.json();
    assert_eq!(again["output"], "now it is there");
    assert_ne!(again["execution_id"], failed["execution_id"]);
    assert!(!world.work.join("first.txt").exists());
    let new = again["execution_id"].as_str().unwrap();
    let shown = world.json(&["executions", "show", new]);
    assert_eq!(shown["rerun_of"]["execution"], id);
    assert_eq!(shown["rerun_of"]["from"], Value::Null);
    let adopted: Vec<Value> = steps(&shown, "adopted")
        .into_iter()
        .map(|(_, is)| is)
        .collect();
    assert_eq!(adopted, [true, false, false]);
    let text = world.expect(0, &["executions", "show", new]).out;
    assert!(text.contains(&format!("repeats  {id}")), "{text}");
    // The first one stands as it ended.
    let shown = world.json(&["executions", "show", id]);
    assert_eq!(shown["execution"]["status"], "failed");
}

#[test]
fn from_a_step_it_and_what_rests_on_it_runs_again() {
    let world = World::new();
    world.write("chain.yaml", CHAIN);
    world.write("data.txt", "old");
    let done = world.expect(0, &["--json", "run", "chain.yaml"]).json();
    let id = done["execution_id"].as_str().unwrap();
    world.write("data.txt", "new");
    let all = world
        .expect(0, &["--json", "executions", "rerun", id])
        .json();
    assert_eq!(all["output"], "old", "everything had ended well");
    let from = world
        .expect(0, &["--json", "executions", "rerun", id, "--from", "read"])
        .json();
    assert_eq!(from["output"], "new");
    let wrong = world.run(&["executions", "rerun", id, "--from", "nope"]);
    assert_ne!(wrong.code, Some(0));
    assert!(wrong.err.contains("nope"), "{wrong:?}");
    let none = world.run(&["executions", "rerun", "exe_01jd3v5q4qf7cr7r00000000r2"]);
    assert_ne!(none.code, Some(0));
}

#[test]
fn what_is_proposed_or_runs_is_not_repeated_and_large_results_are_adopted_whole() {
    let world = World::new();
    world.write(
        "large.yaml",
        "name: large\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  \
         - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: large.txt } }\n  \
         - { id: count, tool: text.template, args: { template: \"{{ n }}\", values: { n: \"${{ len(steps.read.output.text) }}\" } } }\n\
         output: ${{ steps.count.output.text }}\n",
    );
    world.write("large.txt", &"x".repeat(100_000));
    let done = world.expect(0, &["--json", "run", "large.yaml"]).json();
    let id = done["execution_id"].as_str().unwrap();
    std::fs::remove_file(world.work.join("large.txt")).unwrap();
    let again = world
        .expect(0, &["--json", "executions", "rerun", id, "--from", "count"])
        .json();
    assert_eq!(again["output"], "100000");
}
