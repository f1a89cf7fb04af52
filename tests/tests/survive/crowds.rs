//! Many at once: executions over a restart, and too few file handles or too little memory.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
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
        // Below the size of its own image the system ends a program before its first line.
        ("--as=120000000", "address space"),
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
        .map(|_| TcpStream::connect(("127.0.0.1", u16::try_from(port).unwrap())).unwrap())
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

/// Readers of everything that happens, who never take a byte after the head, while much happens.
#[test]
fn a_thousand_readers_that_do_not_read_cost_little_and_stop_nobody() {
    const READERS: usize = 1_000;
    const STEPS: usize = 120;
    /// For each reader: one buffer here, what hyper holds for a connection, and its place in line.
    const MOST_EACH: u64 = 64 * 1024;
    let scene = Scene::new();
    let served = scene.serve();
    let port = u16::try_from(served.json()["port"].as_u64().unwrap()).unwrap();
    let token = std::fs::read_to_string(scene.data().join("api-token")).unwrap();
    let before = served.most_memory();
    let (mut readers, runtime) = (Vec::new(), tokio::runtime::Runtime::new().unwrap());
    for _ in 0..READERS {
        let mut reader = runtime.block_on(deaf(port));
        let head = format!(
            "GET /api/events/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {}\r\n\r\n",
            token.trim()
        );
        reader.write_all(head.as_bytes()).unwrap();
        let mut first = [0; 15];
        reader.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        readers.push(reader);
    }
    let steps: String = (0..STEPS)
        .map(|number| format!("  - {{ id: s{number}, tool: wait, args: {{ ms: 0 }} }}\n"))
        .collect();
    let path = scene.write("much.yaml", format!("name: much\nsteps:\n{steps}"));
    let id = scene.expect(0, &["run", &path, "--detach"]).out;
    scene.wait_for_status(id.trim(), "done");
    let grown = served.most_memory() - before;
    println!(
        "{READERS} readers cost {} KiB each",
        grown / 1024 / READERS as u64
    );
    assert!(
        grown < MOST_EACH * READERS as u64,
        "it grew by {} MiB",
        grown >> 20
    );
    drop(readers);
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
    scene.assert_intact();
}

/// A connection that takes next to nothing before somebody reads from it.
async fn deaf(port: u16) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1_024).unwrap();
    let stream = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
    let stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream
}
