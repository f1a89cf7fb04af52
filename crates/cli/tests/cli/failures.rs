//! A failed step that asks what to do.

use std::process::{Command, Stdio};

use crate::world::{World, ended};

const READS: &str = "\
name: reads
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: read, tool: fs.read, on_error: ask, args: { root: \"${{ inputs.path }}\", path: late.txt } }
  - id: copy
    tool: fs.write
    args: { root: \"${{ inputs.path }}\", path: out.txt, text: \"${{ default(steps.read.output.bytes, 'none') }} bytes\" }
";

fn to_failure(world: &World) -> String {
    world.write("reads.yaml", READS);
    let said = world.expect(3, &["run", "reads.yaml"]);
    let waiting = world.json(&["approvals", "list"]);
    let asked = &waiting["items"][0];
    let id = asked["id"].as_str().unwrap().to_owned();
    assert_eq!(asked["kind"], "failed");
    assert!(
        asked["failure"]["message"]
            .as_str()
            .unwrap()
            .contains("late.txt"),
        "{asked}"
    );
    assert!(
        said.err.contains(&format!("krake approvals skip {id}")),
        "{said:?}"
    );
    assert!(!world.work.join("out.txt").exists());
    id
}

fn written(world: &World) -> String {
    std::fs::read_to_string(world.work.join("out.txt")).unwrap()
}

#[test]
fn tried_again_when_the_cause_is_gone_and_asked_again_when_it_is_not() {
    let world = World::new();
    let first = to_failure(&world);
    world.expect(3, &["approvals", "approve", &first]);
    let waiting = world.json(&["approvals", "list"]);
    let second = waiting["items"][0]["id"].as_str().unwrap();
    assert_ne!(second, first);
    let shown = world.expect(0, &["approvals", "show", second]);
    assert!(shown.out.contains("tried 2 times"), "{shown:?}");
    world.write("late.txt", "four");
    // What it writes rests on what others wrote, so that is asked as well.
    world.expect(3, &["approvals", "approve", second]);
    let waiting = world.json(&["approvals", "list"]);
    assert_eq!(waiting["items"][0]["kind"], "call");
    let call = waiting["items"][0]["id"].as_str().unwrap();
    world.expect(0, &["approvals", "approve", call]);
    assert_eq!(written(&world), "4 bytes");
}

#[test]
fn left_out_or_given_up() {
    let world = World::new();
    let asked = to_failure(&world);
    world.expect(0, &["approvals", "skip", &asked]);
    assert_eq!(written(&world), "none bytes");
    assert_eq!(world.newest()["status"], "done");
    std::fs::remove_file(world.work.join("out.txt")).unwrap();
    let asked = to_failure(&world);
    world.expect(0, &["approvals", "reject", &asked]);
    let newest = world.newest();
    assert_eq!(newest["status"], "failed");
    assert!(
        newest["title"].as_str().unwrap().contains("late.txt"),
        "its own cause: {newest}"
    );
    assert!(!world.work.join("out.txt").exists());
}

#[test]
fn what_was_done_is_said_in_its_own_word() {
    let world = World::new();
    let asked = to_failure(&world);
    let served = world.serve();
    let said = world.expect(0, &["approvals", "skip", &asked]);
    assert_eq!(said.out, format!("{asked} skipped\n"));
    drop(served);
}

#[test]
fn answered_in_advance_it_fails_at_once() {
    let world = World::new();
    world.write("reads.yaml", READS);
    for mode in ["deny", "all"] {
        let said = world.expect(1, &["run", "reads.yaml", "--approve", mode]);
        assert!(said.err.contains("late.txt"), "{said:?}");
    }
}

#[test]
fn a_refused_access_asks_by_itself_unless_the_plan_says_fail() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let locked = world.write("late.txt", "four");
    let mode = |mode| {
        std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o000);
    world.write("usual.yaml", &READS.replace("on_error: ask, ", ""));
    let run = |args: &[&str]| ended(without_privilege(&world, args).spawn().unwrap());
    let said = run(&["run", "usual.yaml"]);
    assert_eq!(said.code, Some(3), "{said:?}");
    let waiting = world.json(&["approvals", "list"]);
    assert_eq!(waiting["items"][0]["failure"]["class"], "no_access");
    let asked = waiting["items"][0]["id"].as_str().unwrap();
    mode(0o600);
    let said = run(&["approvals", "approve", asked]);
    assert_eq!(said.code, Some(3), "the write asks: {said:?}");
    mode(0o000);
    world.write(
        "fail.yaml",
        &READS.replace("on_error: ask", "on_error: fail"),
    );
    let said = run(&["run", "fail.yaml"]);
    assert_eq!(said.code, Some(4), "{said:?}");
}

/// As root the mode of a file keeps nobody out; without these capabilities it does.
fn without_privilege(world: &World, args: &[&str]) -> Command {
    use std::os::unix::fs::MetadataExt as _;
    let plain = world.command(args);
    if !std::fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0) {
        return plain;
    }
    let mut command = Command::new("setpriv");
    command
        .args([
            "--bounding-set=-dac_override,-dac_read_search,-fowner",
            "--inh-caps=-dac_override,-dac_read_search,-fowner",
            "--",
        ])
        .arg(plain.get_program())
        .args(args)
        .current_dir(&world.work)
        .env("KRAKE_HOME", &world.home)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
