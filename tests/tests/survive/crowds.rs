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
    for (limit, word) in [
        ("--nofile=6", "open 6 files"),
        ("--nofile=8", "open 8 files"),
        ("--nofile=24", "open 24 files"),
        ("--nofile=63", "open 63 files"),
        ("--as=60000000", "address space"),
        ("--as=200000000", "address space"),
        ("--as=500000000", "address space"),
    ] {
        scene.set_through(&["prlimit", limit, "--"]);
        let said = scene.run(&["run", &path]);
        scene.set_through(&[]);
        assert_eq!(said.code, Some(1), "{limit}: {said:?}");
        assert!(
            said.is_clear() && said.err.contains(word),
            "{limit}: {said:?}"
        );
        scene.assert_intact();
    }
    let mut done = 1;
    for limit in ["--nofile=64", "--as=536870912"] {
        scene.set_through(&["prlimit", limit, "--"]);
        scene.expect(0, &["run", &path]);
        done += 1;
    }
    scene.set_through(&[]);
    let list = scene.json(&["executions", "list", "--status", "done"]);
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        done,
        "what was said to be done is there"
    );
    scene.expect(0, &["run", &path]);
}

/// Strangers who hold connections open use up the handles; the core waits for one to be free.
#[test]
fn a_core_whose_handles_are_used_up_serves_again_when_they_are_free() {
    let mut scene = Scene::new();
    scene.set_through(&["prlimit", "--nofile=64", "--"]);
    let served = scene.serve();
    scene.set_through(&[]);
    let port = served.json()["port"].as_u64().unwrap();
    let strangers: Vec<_> = (0..80)
        .map(|_| std::net::TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap())
        .collect();
    wait_for("the handles to be used up", || {
        served
            .said()
            .contains("a connection could not be accepted")
            .then_some(())
    })
    .unwrap();
    drop(strangers);
    assert_eq!(
        scene.json(&["executions", "list"])["items"],
        serde_json::json!([])
    );
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
    scene.assert_intact();
}
