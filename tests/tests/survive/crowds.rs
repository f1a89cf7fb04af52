//! Many at once: executions over a restart, and too few file handles or too little memory.

use std::time::Instant;

use krake_tests::world::wait_for;

use crate::scene::{Scene, count};

const MANY: usize = 100;

#[test]
fn a_hundred_active_executions_all_go_on_after_a_kill_and_none_does_anything_twice() {
    let scene = Scene::new();
    let root = scene.work();
    let path = scene.write(
        "held.yaml",
        "name: held\ninputs: { name: { type: string }, place: { type: string, slot: path, default: . } }\nsteps:\n  - { id: first, tool: wait, args: { ms: 0 } }\n  \
             - { id: hold, tool: wait, needs: [first], args: { ms: 9000 } }\n  \
             - { id: write, tool: fs.write, needs: [hold], approval: never, args: { root: \"${{ inputs.place }}\", path: \"${{ inputs.name }}.txt\", text: once, create_new: true } }\n",
    );
    let served = scene.serve();
    let begun = Instant::now();
    let started: Vec<_> = (0..MANY)
        .map(|number| scene.start(&["run", &path, "--detach", "-i", &format!("name=n{number}")]))
        .collect();
    let ids: Vec<String> = started
        .into_iter()
        .map(|running| {
            let ended = running.ended();
            assert_eq!(ended.code, Some(0), "{ended:?}");
            ended.out.trim().to_owned()
        })
        .collect();
    println!("{MANY} were started in {:?}", begun.elapsed());
    served.kill();
    let finished = scene.json(&["executions", "list", "--status", "done"]);
    assert_eq!(
        finished["items"].as_array().unwrap().len(),
        0,
        "all were active"
    );
    let begun = Instant::now();
    let served = scene.serve();
    println!("the restart took {:?}", begun.elapsed());
    wait_for("all to end", || {
        let open = scene.json(&[
            "executions",
            "list",
            "--status",
            "running",
            "--limit",
            "500",
        ]);
        open["items"].as_array().unwrap().is_empty().then_some(())
    })
    .unwrap();
    println!("all had ended after {:?}", begun.elapsed());
    let journal = scene.journal();
    for id in &ids {
        assert_eq!(end_of(&journal, id), "done", "{id}");
        for step in ["first", "hold", "write"] {
            assert_eq!(
                count(&journal, "attempt_succeeded", id, step),
                1,
                "{id} {step}"
            );
        }
        assert_eq!(count(&journal, "attempt_started", id, "write"), 1, "{id}");
        assert_eq!(count(&journal, "attempt_started", id, "first"), 1, "{id}");
    }
    for number in 0..MANY {
        let text = std::fs::read_to_string(root.join(format!("n{number}.txt"))).unwrap();
        assert_eq!(text, "once");
    }
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
    scene.assert_intact();
}

fn end_of(journal: &[serde_json::Value], id: &str) -> String {
    journal
        .iter()
        .find(|line| line["execution_id"] == id && line["kind"] == "execution_ended")
        .map_or_else(String::new, |line| {
            line["event"]["status"].as_str().unwrap().to_owned()
        })
}

#[test]
fn too_few_handles_or_too_little_memory_end_with_a_word_and_lose_nothing() {
    let mut scene = Scene::new();
    let path = scene.write(
        "short.yaml",
        "name: short\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
    );
    scene.expect(0, &["run", &path]);
    let mut done = 1;
    for limit in [
        "--nofile=8",
        "--nofile=12",
        "--nofile=16",
        "--nofile=24",
        "--as=60000000",
        "--as=150000000",
    ] {
        scene.set_through(&["prlimit", limit, "--"]);
        let said = scene.run(&["run", &path]);
        scene.set_through(&[]);
        // An allocation that fails aborts the process; what counts is what is on the disk.
        assert!(said.code.is_none() || said.is_clear(), "{limit}: {said:?}");
        done += usize::from(said.code == Some(0));
        scene.assert_intact();
    }
    let list = scene.json(&["executions", "list", "--status", "done"]);
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        done,
        "what was said to be done is there"
    );
    scene.expect(0, &["run", &path]);
}
