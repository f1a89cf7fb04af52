//! A limit stops an execution; it goes on when somebody allows more.

use serde_json::json;

use crate::world::World;

const CHAIN: &str = "\
name: chain
inputs: { path: { type: string, default: \".\", slot: path } }
limits: { attempts: 2 }
steps:
  - { id: a, tool: wait, args: { ms: 1 } }
  - { id: b, tool: fs.write, needs: [a], args: { root: \"${{ inputs.path }}\", path: b.txt, text: b } }
  - { id: c, tool: fs.write, needs: [b], args: { root: \"${{ inputs.path }}\", path: c.txt, text: c } }
";

fn stopped(world: &World) -> String {
    world.write("chain.yaml", CHAIN);
    let said = world.expect(1, &["run", "chain.yaml"]);
    let newest = world.newest();
    let id = newest["id"].as_str().unwrap().to_owned();
    assert!(said.err.contains("2 attempts"), "{said:?}");
    assert!(
        said.err.contains(&format!("krake executions resume {id}")),
        "{said:?}"
    );
    assert_eq!(newest["status"], "stopped");
    assert_eq!(newest["ended_at"], json!(null));
    assert!(world.work.join("b.txt").exists());
    assert!(!world.work.join("c.txt").exists());
    id
}

#[test]
fn what_a_limit_stopped_goes_on_when_more_is_allowed() {
    let world = World::new();
    let id = stopped(&world);
    world.expect(0, &["executions", "resume", &id]);
    assert!(world.work.join("c.txt").exists());
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(shown["execution"]["status"], "done");
    assert_eq!(shown["steps"][1]["attempts"].as_array().unwrap().len(), 1);
    let grant = &shown["allowance"]["grants"][0];
    assert_eq!(grant["attempts"], 2, "{shown}");
    assert_eq!(grant["by"]["kind"], "person");
    let logs = world.expect(0, &["executions", "logs", &id]);
    assert!(logs.out.contains("allowed 2 attempts"), "{logs:?}");
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn a_restart_does_not_drive_what_a_limit_stopped_and_cancel_ends_it() {
    let world = World::new();
    let id = stopped(&world);
    let served = world.serve();
    // A run beside it shows that this process has begun to drive.
    world.write(
        "one.yaml",
        "name: one\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n",
    );
    world.expect(0, &["run", "one.yaml"]);
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(shown["execution"]["status"], "stopped");
    assert!(!world.work.join("c.txt").exists());
    world.expect(0, &["executions", "cancel", &id]);
    let ended = world.json(&["executions", "show", &id]);
    assert_eq!(ended["execution"]["status"], "cancelled");
    let late = world.expect(1, &["executions", "resume", &id]);
    assert!(late.err.contains("cancelled"), "{late:?}");
    drop(served);
}
