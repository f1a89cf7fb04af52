//! `serve`, and commands that talk to it.

use std::time::{Duration, Instant};

use crate::world::{LONG, UNEVEN, World};

#[test]
fn commands_find_the_owner_and_leave_the_work_to_it() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    world.write("long.yaml", LONG);
    let mut served = world.serve();
    let address = served.said["open"].as_str().unwrap();
    let token = std::fs::read_to_string(world.home.join("api-token")).unwrap();
    assert!(
        address.starts_with("http://127.0.0.1:") && address.ends_with(&format!("/#token={token}")),
        "{address}"
    );

    world.expect(0, &["run", "uneven.yaml"]);
    let id = world
        .expect(0, &["run", "long.yaml", "--detach"])
        .out
        .trim()
        .to_owned();
    assert_eq!(world.newest()["id"], id.as_str());
    world.expect(0, &["executions", "pause", &id]);
    let again = world.expect(1, &["executions", "pause", &id]);
    assert!(again.err.contains("paused"), "{again:?}");
    world.expect(0, &["executions", "resume", &id]);
    world.expect(0, &["executions", "cancel", &id]);

    let begun = Instant::now();
    served.child.signal("TERM");
    assert_eq!(served.child.code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert!(!world.home.join("owner.json").exists());
}

#[test]
fn serve_takes_up_what_was_unfinished() {
    let world = World::new();
    world.write("long.yaml", &LONG.replace("600000", "700"));
    let mut first = world.serve();
    let id = world
        .expect(0, &["run", "long.yaml", "--detach"])
        .out
        .trim()
        .to_owned();
    first.child.signal("KILL");
    first.child.code();
    let _second = world.serve();
    let logs = world.expect(0, &["executions", "logs", &id, "--follow"]);
    assert!(logs.out.trim_end().ends_with("done"), "{logs:?}");
    assert_eq!(world.newest()["status"], "done");
}

#[test]
fn a_taken_port_is_named_with_the_way_out() {
    let world = World::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = world.expect(1, &["serve", "--port", &port]);
    assert!(
        said.err.contains(&port) && said.err.contains("--port"),
        "{said:?}"
    );
    let bind = world.expect(1, &["serve", "--port", "0", "--bind", "0.0.0.0"]);
    assert!(bind.err.contains("loopback"), "{bind:?}");
}

#[test]
fn a_stranger_on_the_owners_port_gets_no_token() {
    let world = World::new();
    let served = world.serve();
    let owner = std::fs::read_to_string(world.home.join("owner.json")).unwrap();
    drop(served);
    // The owner was killed, and somebody else listens where it did.
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stranger.local_addr().unwrap().port();
    let mut said: serde_json::Value = serde_json::from_str(&owner).unwrap();
    said["port"] = port.into();
    std::fs::write(world.home.join("owner.json"), said.to_string()).unwrap();
    let heard = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = stranger.accept().unwrap();
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).unwrap();
        let body = "{\"status\":\"ok\",\"proof\":\"00\"}";
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        [&bytes[..read], &rest].concat()
    });
    world.expect(0, &["executions", "list"]);
    let heard = String::from_utf8_lossy(&heard.join().unwrap()).into_owned();
    let token = std::fs::read_to_string(world.home.join("api-token")).unwrap();
    assert!(heard.contains("/health?challenge="), "{heard}");
    assert!(!heard.contains(token.trim()), "{heard}");
}
