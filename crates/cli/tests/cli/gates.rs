//! Approvals from the command line.

use crate::world::{GATED, World};

fn to_gate(world: &World) -> String {
    world.write("gated.yaml", GATED);
    let said = world.expect(3, &["run", "gated.yaml"]);
    let waiting = world.json(&["approvals", "list"]);
    let approval = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    assert!(
        said.err
            .contains(&format!("krake approvals approve {approval}")),
        "{said:?}"
    );
    assert_eq!(world.newest()["status"], "waiting");
    approval
}

#[test]
fn without_a_terminal_it_says_what_waits_and_an_answer_goes_on() {
    let world = World::new();
    let approval = to_gate(&world);
    let shown = world.expect(0, &["approvals", "show", &approval]);
    for wanted in [
        "create out.txt",
        "\"text\": \"once\\n\"",
        "+once",
        &world.work.display().to_string(),
    ] {
        assert!(shown.out.contains(wanted), "{wanted}: {shown:?}");
    }
    world.expect(0, &["approvals", "approve", &approval]);
    assert_eq!(
        std::fs::read_to_string(world.work.join("out.txt")).unwrap(),
        "once\n"
    );
    assert_eq!(world.newest()["status"], "done");
    let late = world.expect(1, &["approvals", "reject", &approval]);
    assert!(late.err.contains("approved already"), "{late:?}");
}

#[test]
fn a_rejection_runs_nothing() {
    let world = World::new();
    let approval = to_gate(&world);
    world.expect(
        0,
        &["approvals", "reject", &approval, "--reason", "not now"],
    );
    assert!(!world.work.join("out.txt").exists());
    let newest = world.newest();
    assert_eq!(newest["status"], "failed");
    assert!(
        newest["title"].as_str().unwrap().contains("not now"),
        "{newest}"
    );
}

#[test]
fn the_command_line_may_answer_in_advance() {
    let world = World::new();
    world.write("gated.yaml", GATED);
    world.expect(1, &["run", "gated.yaml", "--approve", "deny"]);
    assert!(!world.work.join("out.txt").exists());
    world.expect(0, &["run", "gated.yaml", "--approve", "all"]);
    assert!(world.work.join("out.txt").exists());
}
