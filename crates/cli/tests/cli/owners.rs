//! One folder, one owner, however many start at once.

use std::process::Child;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::world::{Running, UNEVEN, World, ended};

#[test]
fn of_twenty_that_serve_at_once_exactly_one_owns() {
    let world = World::new();
    let (tell, ends) = mpsc::channel();
    let serve = || {
        world
            .command(&["--json", "serve", "--port", "0"])
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..20).map(|_| serve()).collect();
    let ids: Vec<u32> = children.iter().map(Child::id).collect();
    for child in children {
        let tell = tell.clone();
        std::thread::spawn(move || {
            let id = child.id();
            let _ = tell.send((id, ended(child)));
        });
    }
    let mut owner = ids;
    for _ in 0..19 {
        let (id, end) = ends.recv().unwrap();
        assert_eq!(end.code, Some(1), "{end:?}");
        assert_eq!(end.json()["error"]["code"], "failed", "{end:?}");
        assert!(end.err.contains("in use by process"), "{end:?}");
        owner.retain(|other| *other != id);
    }
    let [owner] = owner[..] else {
        panic!("{owner:?}")
    };
    // It may still be on its way up: its announcement with a port says when it is there.
    let deadline = Instant::now() + Duration::from_secs(20);
    let announced = format!("process {owner}, port ");
    while !world.run(&["doctor"]).out.contains(&announced) {
        assert!(Instant::now() < deadline, "{:?}", world.run(&["doctor"]));
    }
    let stop = std::process::Command::new("kill")
        .args(["-TERM", &owner.to_string()])
        .status();
    assert!(stop.unwrap().success());
    let (_, end) = ends.recv().unwrap();
    assert_eq!(end.code, Some(0), "{end:?}");
    assert!(end.out.contains("\"address\""), "{end:?}");
}

#[test]
fn twenty_runs_at_once_share_one_owner_and_all_end_well() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    let children: Vec<Child> = (0..20)
        .map(|_| world.command(&["run", "uneven.yaml"]).spawn().unwrap())
        .collect();
    for child in children {
        let end = ended(child);
        assert_eq!(end.code, Some(0), "{end:?}");
    }
    let list = world.json(&["executions", "list"]);
    let done = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["status"] == "done")
        .count();
    assert_eq!(done, 20, "{list}");
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn a_run_goes_on_when_the_owner_that_drove_it_is_killed() {
    let world = World::new();
    let mut served = world.serve();
    let plan = "name: two\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n  - { id: b, tool: wait, args: { ms: 800 }, needs: [a] }\n";
    world.write("two.yaml", plan);
    let mut run = Running(world.command(&["run", "two.yaml"]).spawn().unwrap());
    let _err = run.wait_for("b: runs");
    served.child.signal("KILL");
    served.child.code();
    assert_eq!(run.code(), Some(0));
    assert_eq!(world.newest()["status"], "done");
}
