//! Other arguments than those that were asked about.

use serde_json::{Value, json};

use crate::world::{GATED, World};

fn to_gate(world: &World) -> Value {
    world.write("gated.yaml", GATED);
    world.expect(3, &["run", "gated.yaml"]);
    world.json(&["approvals", "list"])["items"][0].clone()
}

fn edit(world: &World, asked: &Value, change: &dyn Fn(&mut Value)) -> String {
    let mut args: Value = serde_json::from_str(asked["args"].as_str().unwrap()).unwrap();
    change(&mut args);
    world.write("args.json", &args.to_string());
    let id = asked["id"].as_str().unwrap();
    let edited = world.json(&["approvals", "edit", id, "--args", "args.json"]);
    edited["approval_id"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_changed_is_shown_anew_and_only_that_runs() {
    let world = World::new();
    let asked = to_gate(&world);
    let old = asked["id"].as_str().unwrap();
    let new = edit(&world, &asked, &|args| args["text"] = json!("twice\n"));
    assert_ne!(new, old);
    let shown = world.expect(0, &["approvals", "show", &new]);
    assert!(shown.out.contains("+twice"), "{shown:?}");
    let stale = world.expect(1, &["approvals", "approve", old]);
    assert!(stale.err.contains("withdrawn"), "{stale:?}");
    assert!(!world.work.join("out.txt").exists());
    world.expect(0, &["approvals", "approve", &new]);
    let written = std::fs::read_to_string(world.work.join("out.txt")).unwrap();
    assert_eq!(written, "twice\n");
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    let logs = world.expect(0, &["executions", "logs", &id]);
    assert!(
        logs.out.contains("a person changed its arguments"),
        "{logs:?}"
    );
}

#[test]
fn arguments_that_the_tool_does_not_take_change_nothing() {
    let world = World::new();
    let asked = to_gate(&world);
    let id = asked["id"].as_str().unwrap();
    for (text, wanted) in [
        ("{\"root\": \"/\", \"path\": \"x\"}", "text"),
        ("[]", "object"),
        ("{", "args.json"),
    ] {
        world.write("args.json", text);
        let said = world.expect(2, &["approvals", "edit", id, "--args", "args.json"]);
        assert!(said.err.contains(wanted), "{said:?}");
    }
    let waiting = world.json(&["approvals", "list"]);
    assert_eq!(waiting["items"][0]["id"], asked["id"], "it still waits");
    world.expect(0, &["approvals", "approve", id]);
}
