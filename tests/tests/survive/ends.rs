//! Asked to end, put to sleep, killed: what was begun is finished or found again, never done twice.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use krake_tests::world::wait_for;

use crate::repository::Repository;
use crate::scene::{Scene, count};

/// A commit whose hook tells a ledger that it runs, and then waits without listening to anybody.
fn with_stubborn_hook(scene: &Scene) -> Repository {
    let repository = Repository::with_commits(scene);
    let hook = repository.path().join(".git/hooks/pre-commit");
    let ledger = scene.work().join("ledger");
    fs::write(&ledger, "").unwrap();
    let pipe = scene.work().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let script = format!(
        "#!/bin/sh\ntrap '' TERM INT HUP\necho $$ >> {ledger:?}\n[ -e {pipe:?} ] && read line < {pipe:?}\nexit 0\n"
    );
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    repository
}

fn plan(repository: &Repository) -> String {
    let root = repository.folder();
    format!(
        "name: commit\nsteps:\n  - {{ id: look, tool: fs.search, args: {{ root: {root:?}, pattern: TODO }} }}\n  \
         - {{ id: hold, tool: wait, args: {{ ms: 600 }} }}\n  \
         - {{ id: commit, tool: git.commit, needs: [look], args: {{ root: {root:?}, message: Once, paths: [README.md] }} }}\n"
    )
}

#[test]
fn asked_to_end_in_the_middle_of_a_stubborn_tool_it_leaves_in_time_and_goes_on_later() {
    let scene = Scene::new();
    let repository = with_stubborn_hook(&scene);
    let path = scene.write("commit.yaml", plan(&repository));
    let served = scene.serve();
    let id = scene
        .expect(0, &["run", &path, "--detach"])
        .out
        .trim()
        .to_owned();
    scene.wait_for_status(&id, "waiting");
    let waiting = scene.json(&["approvals", "list"]);
    let approval = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    scene.expect(0, &["approvals", "approve", &approval]);
    let ledger = scene.work().join("ledger");
    let hook = wait_for("the hook", || {
        let text = fs::read_to_string(&ledger).unwrap();
        text.ends_with('\n').then(|| text.trim().to_owned())
    })
    .unwrap();
    let begun = Instant::now();
    served.signal("TERM");
    let ended = served.ended();
    assert!(
        begun.elapsed() < Duration::from_millis(3_500),
        "{:?}: {ended:?}",
        begun.elapsed()
    );
    assert!(ended.code.is_some() && ended.is_clear(), "{ended:?}");
    wait_for("the hook to be gone", || {
        let status = fs::read_to_string(format!("/proc/{hook}/stat")).ok();
        status.is_none_or(|text| text.contains(") Z")).then_some(())
    })
    .unwrap();
    assert_eq!(repository.git(&["rev-list", "--count", "HEAD"]).trim(), "2");

    // Without its pipe the hook lets the commit pass.
    fs::remove_file(scene.work().join("pipe")).unwrap();
    let _ = fs::remove_file(repository.path().join(".git/index.lock"));
    let again = scene.serve();
    let status = wait_for("an end or a question", || {
        let status = scene.status(&id);
        (status != "running").then_some(status)
    })
    .unwrap();
    if status == "waiting" {
        // It cannot tell whether the hook had come to its end: a person looks and says.
        let waiting = scene.json(&["approvals", "list"]);
        let approval = waiting["items"][0]["id"].as_str().unwrap().to_owned();
        scene.expect(0, &["approvals", "approve", &approval]);
    }
    scene.wait_for_status(&id, "done");
    assert_eq!(
        repository.git(&["rev-list", "--count", "HEAD"]).trim(),
        "3",
        "once"
    );
    let journal = scene.journal();
    assert_eq!(count(&journal, "attempt_succeeded", &id, "commit"), 1);
    assert_eq!(
        count(&journal, "attempt_started", &id, "look"),
        1,
        "it had finished"
    );
    assert_eq!(
        count(&journal, "attempt_started", &id, "hold"),
        1,
        "it had finished"
    );
    drop(again);
    scene.assert_intact();
}

#[test]
fn a_sleeper_that_lost_the_folder_writes_nothing_more_and_ends() {
    let scene = Scene::new();
    let path = scene.write(
        "held.yaml",
        "name: held\ninputs: { place: { type: string, slot: path, default: . } }\nsteps:\n  - { id: hold, tool: wait, args: { ms: 700 } }\n  \
             - { id: write, tool: fs.write, needs: [hold], approval: never, args: { root: \"${{ inputs.place }}\", path: out.txt, text: once } }\n",
    );
    let sleeper = scene.serve();
    let id = scene
        .expect(0, &["run", &path, "--detach"])
        .out
        .trim()
        .to_owned();
    sleeper.signal("STOP");
    fs::remove_file(scene.data().join("owner.lock")).unwrap();
    let heir = scene.serve();
    scene.wait_for_status(&id, "done");
    let before = scene.journal();
    sleeper.signal("CONT");
    // It wakes with its timer due, tries to write the result, and finds that it is no owner.
    sleeper.wait_for("another process took over");
    let after = scene.journal();
    assert_eq!(after, before, "the sleeper wrote something");
    for step in ["hold", "write"] {
        assert_eq!(count(&after, "attempt_succeeded", &id, step), 1, "{step}");
    }
    assert_eq!(count(&after, "attempt_started", &id, "write"), 1);
    let ended = sleeper.ended();
    assert_eq!(ended.code, Some(1), "by itself: {ended:?}");
    assert!(ended.is_clear(), "{ended:?}");
    let owner: serde_json::Value =
        serde_json::from_slice(&fs::read(scene.data().join("owner.json")).unwrap()).unwrap();
    assert_eq!(owner["pid"], heir.id(), "the heir stays announced");
    heir.signal("TERM");
    assert_eq!(heir.ended().code, Some(0));
    scene.assert_intact();
}
