//! Steps that run once for each item of a list.

use serde_json::{Value, json};

use crate::world::{Running, World};

const EACH: &str = "\
name: each
inputs: { files: { type: array, items: { type: string } }, path: { type: string, default: \".\", slot: path } }
steps:
  - id: read
    tool: fs.read
    for_each: ${{ inputs.files }}
    when: ${{ item != \"skip.txt\" }}
    args: { root: \"${{ inputs.path }}\", path: \"${{ item }}\" }
  - id: all
    tool: text.template
    args:
      template: \"{{ first }}\"
      values: { first: \"${{ steps.read.output[0].text }}\" }
output: { first: \"${{ steps.all.output.text }}\", count: \"${{ len(steps.read.output) }}\" }
";

fn step<'a>(shown: &'a Value, id: &str) -> &'a Value {
    let steps = shown["steps"].as_array().unwrap();
    steps.iter().find(|step| step["id"] == id).unwrap()
}

#[test]
fn a_step_runs_once_for_each_item_and_the_outputs_are_a_list() {
    let world = World::new();
    world.write("each.yaml", EACH);
    for name in ["a.txt", "b.txt", "skip.txt"] {
        world.write(name, &format!("this is {name}"));
    }
    let check = world.expect(0, &["plan", "check", "each.yaml"]);
    assert!(
        check
            .out
            .contains("for each        read: ${{ inputs.files }}"),
        "{check:?}"
    );
    let files = r#"files=["a.txt","skip.txt","b.txt"]"#;
    let ran = world.expect(0, &["--json", "run", "each.yaml", "-i", files]);
    assert!(
        ran.err.contains("read: runs for each of 3 items"),
        "{ran:?}"
    );
    assert!(ran.err.contains("read[2]: done"), "{ran:?}");
    let ran = ran.json();
    assert_eq!(
        ran["output"],
        json!({ "first": "this is a.txt", "count": 3 })
    );

    let id = ran["execution_id"].as_str().unwrap();
    let shown = world.json(&["executions", "show", id]);
    let ids: Vec<&str> = shown["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["read", "read[0]", "read[1]", "read[2]", "all"]);
    assert_eq!(step(&shown, "read[2]")["item"], "b.txt");
    assert_eq!(step(&shown, "read[2]")["args"]["path"], "b.txt");
    assert_eq!(step(&shown, "read[2]")["instance_of"], "read");
    assert_eq!(step(&shown, "read")["items"]["done"], 2);
    assert_eq!(step(&shown, "read")["output"][1], Value::Null);
    assert_eq!(
        step(&shown, "read")["untrusted"],
        true,
        "files are text of others"
    );
    assert_eq!(shown["waves"], json!([["read"], ["all"]]));
    let table = world.expect(0, &["executions", "show", id]);
    assert!(
        table.out.contains("  read[0]") && table.out.contains("2 of 3 items done"),
        "{table:?}"
    );
    // An instance's span lies in the one of its step.
    let trace = world.json(&["executions", "trace", id]);
    let span = |name: &str| {
        let spans = trace["spans"].as_array().unwrap();
        spans
            .iter()
            .find(|span| span["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        span("step read[0]")["parent_id"],
        span("step read")["span_id"]
    );
    let metrics = world.json(&["executions", "metrics", id]);
    assert_eq!(metrics["attempts"], 3);
    assert!(
        metrics["critical_path"].to_string().contains("read["),
        "{metrics}"
    );

    let none = world.expect(1, &["--json", "run", "each.yaml", "-i", "files=[]"]);
    assert!(
        none.err.contains("read: runs for each of 0 items"),
        "{none:?}"
    );
    assert!(
        none.json()["cause"]["message"]
            .as_str()
            .unwrap()
            .contains("output[0]"),
        "{none:?}"
    );
}

#[test]
fn one_missing_file_fails_the_step_with_its_name_and_reads_the_others() {
    let world = World::new();
    world.write("each.yaml", EACH);
    world.write("a.txt", "a");
    let files = r#"files=["a.txt","no.txt","neither.txt"]"#;
    let ran = world.expect(1, &["--json", "run", "each.yaml", "-i", files]);
    let said = ran.json()["cause"]["message"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("step `read`: 2 of 3 items failed; the first was `read["),
        "{said}"
    );
    assert!(ran.err.contains("read[0]: done"), "{ran:?}");

    world.write(
        "each.yaml",
        &EACH.replace("    when:", "    on_error: continue\n    when:"),
    );
    let ran = world
        .expect(0, &["--json", "run", "each.yaml", "-i", files])
        .json();
    assert_eq!(ran["output"]["count"], 3);
}

#[test]
fn a_list_beyond_the_limit_fails_with_the_limit_named() {
    let world = World::new();
    world.write(
        "each.yaml",
        &EACH.replace("steps:\n", "limits: { steps: 4 }\nsteps:\n"),
    );
    let files = r#"files=["a.txt","b.txt","c.txt"]"#;
    let ran = world.expect(1, &["run", "each.yaml", "-i", files]);
    assert!(ran.err.contains("limits.steps"), "{ran:?}");
}

#[test]
fn each_item_asks_for_itself_and_another_process_goes_on() {
    let world = World::new();
    world.write(
        "write.yaml",
        "name: write\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  \
         - { id: w, tool: fs.write, for_each: [one, two], approval: always, args: { root: \"${{ inputs.path }}\", path: \"${{ item }}.txt\", text: \"${{ item }}\" } }\n",
    );
    let waits = world.expect(3, &["--json", "run", "write.yaml"]).json();
    let id = waits["execution_id"].as_str().unwrap();
    let asked = world.json(&["approvals", "list"]);
    let steps: Vec<&Value> = asked["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["step"])
        .collect();
    assert_eq!(steps.len(), 2);
    assert!(
        steps.contains(&&json!("w[0]")) && steps.contains(&&json!("w[1]")),
        "{asked}"
    );
    let shown = world.json(&["executions", "show", id]);
    assert_eq!(step(&shown, "w")["items"]["waiting"], 2);
    let done = world.expect(0, &["executions", "resume", id, "--approve", "all"]);
    assert!(done.err.contains("w: done for all items"), "{done:?}");
    for word in ["one", "two"] {
        let text = std::fs::read_to_string(world.work.join(format!("{word}.txt"))).unwrap();
        assert_eq!(text, word);
    }
}

#[test]
fn after_a_kill_the_items_that_ended_stay_ended_and_the_others_go_on() {
    let world = World::new();
    world.write(
        "long.yaml",
        "name: long\nsteps:\n  - { id: w, tool: wait, for_each: [1, 1500, 2], args: { ms: \"${{ item }}\" } }\n",
    );
    let mut running = Running(world.command(&["run", "long.yaml"]).spawn().unwrap());
    let _err = running.wait_for("w[2]: done");
    running.signal("KILL");
    running.code();
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    world.expect(0, &["executions", "resume", &id]);
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(step(&shown, "w")["output"], json!([{}, {}, {}]));
    for item in ["w[0]", "w[1]", "w[2]"] {
        let attempts = step(&shown, item)["attempts"].as_array().unwrap();
        assert_eq!(attempts.len(), 1, "{item}");
    }
}
