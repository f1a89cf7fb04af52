//! A yes that reaches beyond one call: made by approving, listed, used, taken back.

use serde_json::Value;

use crate::world::World;

/// It asks because its folder was not given to the run.
fn plan(world: &World, name: &str, files: &[&str]) {
    let folder = world.home.with_file_name("elsewhere");
    std::fs::create_dir_all(&folder).unwrap();
    let steps: String = files
        .iter()
        .enumerate()
        .map(|(place, file)| {
            let needs = match place {
                0 => String::new(),
                _ => format!("needs: [s{}], ", place - 1),
            };
            format!(
                "  - {{ id: s{place}, tool: fs.write, {needs}args: {{ root: \"{}\", path: {file}, text: \"{name} {place}\" }} }}\n",
                folder.display()
            )
        })
        .collect();
    world.write(
        &format!("{name}.yaml"),
        &format!("name: {name}\nsteps:\n{steps}"),
    );
}

fn waiting(world: &World) -> Value {
    world.json(&["approvals", "list"])["items"][0].clone()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_rule_allows_its_target_and_nothing_else_until_it_is_revoked() {
    let world = World::new();
    plan(&world, "one", &["a.txt"]);
    world.expect(3, &["run", "one.yaml"]);
    let asked = waiting(&world);
    assert_eq!(
        asked["scopes"].to_string(),
        r#"["execution","always","always_under"]"#
    );
    world.expect(
        0,
        &["approvals", "approve", &id(&asked), "--scope", "always"],
    );
    // The same target again, in another execution: nobody is asked.
    plan(&world, "two", &["a.txt"]);
    let said = world.expect(0, &["run", "two.yaml"]);
    assert!(said.err.contains("allowed by the rule rul_"), "{said:?}");
    // Another file in the same folder asks.
    plan(&world, "three", &["b.txt"]);
    world.expect(3, &["run", "three.yaml"]);
    world.expect(0, &["approvals", "reject", &id(&waiting(&world))]);
    let listed = world.json(&["policies", "list"]);
    let rule = &listed["items"][0];
    assert_eq!(rule["in_force"], true);
    assert_eq!(rule["times_used"], 1, "{rule}");
    assert_eq!(rule["tool"], "fs.write");
    assert_eq!(rule["approval_id"], asked["id"]);
    world.expect(0, &["policies", "revoke", &id(rule)]);
    world.expect(3, &["run", "two.yaml"]);
    let listed = world.json(&["policies", "list"]);
    assert_eq!(listed["items"][0]["in_force"], false);
    assert_eq!(listed["items"][0]["revoked_by"]["kind"], "person");
    let exported = world.expect(0, &["audit", "export"]);
    assert!(exported.out.contains("rule_made"), "{exported:?}");
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
    world.expect(1, &["policies", "revoke", "rul_01jd3v5q4qf7cr7r00000000r5"]);
    world.expect(2, &["policies", "revoke", "nonsense"]);
}

#[test]
fn a_running_owner_forgets_a_revoked_rule_at_once() {
    let world = World::new();
    let _served = world.serve();
    plan(&world, "one", &["a.txt"]);
    world.expect(3, &["run", "one.yaml"]);
    let asked = id(&waiting(&world));
    world.expect(
        0,
        &["approvals", "approve", &asked, "--scope", "always_under"],
    );
    plan(&world, "two", &["b.txt", "deep/c.txt"]);
    std::fs::create_dir_all(world.home.with_file_name("elsewhere").join("deep")).unwrap();
    world.expect(0, &["run", "two.yaml"]);
    let rule = world.json(&["policies", "list"])["items"][0].clone();
    assert_eq!(rule["pattern"]["kind"], "folder", "{rule}");
    world.expect(0, &["policies", "revoke", &id(&rule)]);
    world.expect(3, &["run", "two.yaml"]);
}

#[test]
fn for_the_rest_of_the_execution_it_asks_once() {
    let world = World::new();
    plan(&world, "one", &["a.txt", "a.txt", "a.txt"]);
    world.expect(3, &["run", "one.yaml"]);
    let asked = id(&waiting(&world));
    world.expect(0, &["approvals", "approve", &asked, "--scope", "execution"]);
    assert_eq!(world.newest()["status"], "done");
    assert_eq!(
        world.json(&["policies", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    world.expect(3, &["run", "one.yaml"]);
}

#[test]
fn where_text_of_others_is_written_a_yes_is_for_once() {
    let world = World::new();
    world.write("note.txt", "others wrote this");
    world.write("copy.yaml", "\
name: copy
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: note.txt } }
  - { id: write, tool: fs.write, args: { root: \"${{ inputs.path }}\", path: out.txt, text: \"${{ steps.read.output.text }}\" } }
");
    world.expect(3, &["run", "copy.yaml"]);
    let asked = waiting(&world);
    assert_eq!(asked["scopes"].to_string(), "[]");
    for scope in ["execution", "always", "always_under"] {
        let said = world.expect(2, &["approvals", "approve", &id(&asked), "--scope", scope]);
        assert!(said.err.contains("scopes"), "{said:?}");
    }
    assert!(!world.work.join("out.txt").exists());
    world.expect(0, &["approvals", "approve", &id(&asked)]);
}
