//! The import of a transcript under `kill -9`: what came in stays, the rest follows, nothing twice.

use std::fmt::Write as _;

use krake_domain::id::WorkspaceId;
use krake_store::Store;
use serde_json::{Value, json};

use crate::scene::{Scene, size};

/// So many lines, with so many words that nobody said, that the file is too large to be held.
const LINES: usize = 20_000;
const UNSAID: usize = 330;

#[test]
fn a_large_transcript_whose_import_is_killed_again_and_again_is_there_once_and_whole() {
    let scene = Scene::new();
    let mut text = String::new();
    for at in 0..LINES {
        let parent = at.checked_sub(1).map(|before| format!("u{before}"));
        let line = json!({
            "type": "user", "uuid": format!("u{at}"), "parentUuid": parent, "sessionId": "s1",
            "cwd": "/x", "timestamp": "2026-01-02T03:04:05Z",
            "toolUseResult": { "stdout": "word ".repeat(UNSAID) },
            "message": { "role": "user", "content": format!("marked{at} in its place") },
        });
        writeln!(text, "{line}").unwrap();
    }
    assert!(text.len() > 33 << 20);
    let file = scene.write("s1.jsonl", &text);
    let log = scene.data().join("krake.db-wal");
    let mut killed = 0;
    let mut came = Vec::new();
    for bytes in [1, 1_000_000, 4_000_000, 8_000_000] {
        let running = scene.start(&["import", &file]);
        killed += u32::from(running.kill_when(|| size(&log) >= bytes));
        // The first may be killed before there is a table.
        let listed = scene.run(&["--json", "sessions", "list"]).out;
        let sessions: Value = serde_json::from_str(&listed).unwrap();
        came.push(sessions["items"][0]["messages"].as_u64().unwrap_or(0));
    }
    assert!(
        killed > 1,
        "it was over before it could be killed: {came:?}"
    );
    assert!(
        came.is_sorted() && came.iter().any(|count| (1..LINES as u64).contains(count)),
        "{came:?}"
    );

    let last = scene.json(&["import", &file]);
    assert_eq!(last["files"], 1, "{last}");
    let sessions = scene.json(&["sessions", "list"]);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1, "{sessions}");
    assert_eq!(sessions["items"][0]["messages"], LINES, "{sessions}");
    for at in [0, 1_999, 2_000, LINES / 2, LINES - 1] {
        let found = scene.json(&["search", &format!("marked{at}")]);
        let hits = found["hits"].as_array().unwrap().iter();
        let there: Vec<_> = hits.filter(|hit| hit["beside"] == false).collect();
        assert_eq!(there.len(), 1, "{at}: {found}");
        assert_eq!(there[0]["position"], at);
    }
    let again = scene.json(&["import", &file]);
    assert_eq!(
        (&again["unchanged"], &again["new_messages"]),
        (&json!(1), &json!(0))
    );
    scene.assert_intact();
    assert!(
        kept(&scene, &file) == text.as_bytes(),
        "what is kept of the file is the file"
    );
}

/// The bytes that the store keeps of a file.
fn kept(scene: &Scene, file: &str) -> Vec<u8> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open_owner(&scene.data()).await.unwrap();
        let parts = store.list_file_parts(WorkspaceId::PERSONAL, file).await;
        let mut kept = Vec::new();
        for part in parts.unwrap() {
            assert_eq!(part.start, kept.len() as u64);
            kept.extend(store.blobs().get(part.kept.hash).await.unwrap());
        }
        store.stop().await.unwrap();
        kept
    })
}
