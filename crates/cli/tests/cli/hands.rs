//! The hands that reach beyond files: the network and programs.

use crate::web::Site;
use crate::world::World;

/// Calls an address that lies in a file.
const FOLLOW: &str = "\
name: follow
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: read, tool: fs.read, args: { root: \"${{ inputs.path }}\", path: note.txt } }
  - id: call
    tool: http.request
    args: { url: \"${{ steps.read.output.text }}\", private: true }
output: { said: \"${{ steps.call.output.text }}\" }
";

fn approval(world: &World) -> String {
    let waiting = world.json(&["approvals", "list"]);
    waiting["items"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_address_that_others_wrote_asks_and_one_of_the_plan_does_not() {
    let (world, site) = (World::new(), Site::start());
    world.write("follow.yaml", FOLLOW);
    world.write("note.txt", &site.url("/?stolen=everything"));
    world.expect(3, &["run", "follow.yaml"]);
    assert!(site.seen().is_empty(), "{:?}", site.seen());
    let asked = approval(&world);
    let shown = world.expect(0, &["approvals", "show", &asked]);
    for wanted in [
        &format!("GET {}", site.url("/?stolen=everything")),
        "its address comes from text that others wrote",
    ] {
        assert!(shown.out.contains(wanted), "{wanted}: {shown:?}");
    }
    world.expect(0, &["approvals", "approve", &asked]);
    assert_eq!(site.seen(), ["GET /?stolen=everything HTTP/1.1"]);

    let call = |more: &str| {
        let url = site.url("/x");
        format!(
            "name: x\nsteps:\n  - {{ id: call, tool: http.request, args: {{ url: \"{url}\", {more} }} }}\n"
        )
    };
    world.write("plain.yaml", &call("private: true"));
    let ran = world.expect(0, &["--json", "run", "plain.yaml"]).json();
    assert_eq!(ran["output"]["call"]["text"], "hello", "{ran}");
    // What can change something asks, whatever the plan claims about the other side.
    for (number, more) in ["method: POST", "method: DELETE, idempotency: header"]
        .iter()
        .enumerate()
    {
        let file = format!("change-{number}.yaml");
        world.write(&file, &call(&format!("private: true, {more}")));
        world.expect(3, &["run", &file]);
        world.expect(0, &["approvals", "reject", &approval(&world)]);
    }
    world.write("closed.yaml", &call("private: false"));
    let refused = world.expect(1, &["run", "closed.yaml"]);
    assert!(
        refused.err.contains("address of this machine"),
        "{refused:?}"
    );
    assert_eq!(site.seen().len(), 2);
}

#[test]
fn a_program_runs_after_a_person_saw_its_arguments() {
    let world = World::new();
    world.write(
        "touch.yaml",
        "name: touch\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  - id: run\n    tool: shell.run\n    args: { root: \"${{ inputs.path }}\", argv: [sh, -c, \"echo heard; touch 'made here'\"] }\n",
    );
    world.expect(3, &["run", "touch.yaml"]);
    let asked = approval(&world);
    let shown = world.expect(0, &["approvals", "show", &asked]);
    let wanted = "run sh -c \"echo heard; touch 'made here'\" in ";
    assert!(shown.out.contains(wanted), "{shown:?}");
    assert!(!world.work.join("made here").exists());
    world.expect(0, &["approvals", "approve", &asked]);
    assert!(world.work.join("made here").exists());
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    let logs = world.expect(0, &["executions", "logs", &id]);
    assert!(logs.out.contains("heard"), "{logs:?}");
}

/// A yes in advance is for calls. Whether a call happened is no call: a yes would do it again.
#[test]
fn a_yes_in_advance_repeats_nothing_that_may_have_happened() {
    let world = World::new();
    world.write(
        "slow.yaml",
        "name: slow\ninputs: { path: { type: string, default: \".\", slot: path } }\nsteps:\n  - id: run\n    tool: shell.run\n    timeout_ms: 400\n    args: { root: \"${{ inputs.path }}\", argv: [sh, -c, \"echo x >> ran; sleep 20\"] }\n",
    );
    let said = world.expect(3, &["run", "slow.yaml", "--approve", "all"]);
    assert!(said.err.contains("--happened"), "{said:?}");
    let ran = std::fs::read_to_string(world.work.join("ran")).unwrap();
    assert_eq!(ran, "x\n", "once");
    world.expect(
        0,
        &["approvals", "approve", &approval(&world), "--happened"],
    );
    assert_eq!(world.newest()["status"], "done");
}

#[test]
fn an_answer_in_advance_and_leaving_at_once_exclude_each_other() {
    let world = World::new();
    world.write(
        "w.yaml",
        "name: w\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n",
    );
    let said = world.expect(2, &["run", "w.yaml", "--approve", "all", "--detach"]);
    assert!(said.err.contains("choose one"), "{said:?}");
}
