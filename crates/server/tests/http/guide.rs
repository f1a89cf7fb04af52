//! The session in docs/http.md does what the page says.

use std::process::Command;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_the_guide_runs_as_written() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/http.md");
    let text = std::fs::read_to_string(page).unwrap();
    let script: String = text
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```").map(|(block, _)| block))
        .collect();
    assert!(script.contains("curl"), "the page has a session");
    let world = World::new().await;
    let mut command = Command::new("bash");
    command
        .args(["-eu", "-c", &script])
        .env("KRAKE_HOME", world.path())
        .env("KRAKE_PORT", world.port().to_string())
        .current_dir(world.path());
    let ran = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    assert!(ran.status.success(), "{out}\n{err}");
    for wanted in text
        .lines()
        .filter_map(|line| line.strip_prefix("Prints: "))
    {
        assert!(
            out.contains(wanted.trim_matches('`')),
            "{wanted} is not in\n{out}\n{err}"
        );
    }
    assert_eq!(
        std::fs::read_to_string(world.path().join("hello.txt")).unwrap(),
        "hello"
    );
    world.close().await;
}
