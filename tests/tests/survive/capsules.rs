//! Capsules and backups under `kill -9` and on full disks: the old state or the new one, never a half.

use serde_json::{Value, json};

use crate::scene::{Scene, size};

/// So many messages that an import has a middle.
const MESSAGES: usize = 6_000;

fn filled(scene: &Scene) {
    let mut text = String::new();
    for at in 0..MESSAGES {
        let line = json!({
            "type": "user", "uuid": format!("u{at}"), "sessionId": "s1", "cwd": "/x",
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": "user", "content": format!("message {at} {}", "word ".repeat(60)) },
        });
        text.push_str(&format!("{line}\n"));
    }
    let file = scene.write("s1.jsonl", text);
    scene.expect(0, &["import", &file]);
}

fn hash(scene: &Scene, name: &str) -> String {
    let to = scene.work().join(name).display().to_string();
    let _ = std::fs::remove_file(&to);
    let made = scene.json(&["export", "--to", &to]);
    made["capsule"]["content_hash"].as_str().unwrap().to_owned()
}

#[test]
fn an_import_that_is_killed_has_brought_all_or_nothing() {
    let scene = Scene::new();
    filled(&scene);
    let whole = hash(&scene, "all.krake");
    let capsule = scene.work().join("all.krake").display().to_string();
    std::fs::remove_dir_all(scene.data()).unwrap();
    std::fs::create_dir(scene.data()).unwrap();
    let empty = hash(&scene, "empty.krake");
    let log = scene.data().join("krake.db-wal");
    let mut killed = 0;
    for bytes in [1, 300_000, 2_000_000, 5_000_000] {
        let running = scene.start(&["restore", &capsule]);
        killed += u32::from(running.kill_when(|| size(&log) >= bytes));
        let now = hash(&scene, "now.krake");
        assert!(
            now == empty || now == whole,
            "half of it came in at {bytes}"
        );
        if now == whole {
            scene.expect(0, &["restore", "undo"]);
            assert_eq!(hash(&scene, "now.krake"), empty);
        }
        scene.assert_intact();
    }
    assert!(killed > 0, "nothing was killed in the middle");
    scene.expect(0, &["restore", &capsule]);
    assert_eq!(hash(&scene, "now.krake"), whole);
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_state_or_the_new_and_ends_with_the_new() {
    let scene = Scene::new();
    filled(&scene);
    let old = hash(&scene, "old.krake");
    let name = scene.expect(0, &["backup", "now"]).out.trim().to_owned();
    scene.expect(0, &["knowledge", "add", "Later", "than the backup"]);
    let new = hash(&scene, "new.krake");
    let data = scene.data();
    let wish = data.join("restore.json");
    let holds = |word: &'static str| {
        let wish = wish.clone();
        move || std::fs::read_to_string(&wish).is_ok_and(|text| text.contains(word))
    };
    let beside = data.join("krake.db.restoring");
    let making = data.join("backups");
    let moments: Vec<Box<dyn Fn() -> bool>> = vec![
        Box::new(holds("wanted")),
        Box::new(move || size(&beside) > 0),
        Box::new(move || {
            std::fs::read_dir(&making)
                .unwrap()
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with(".making"))
        }),
        Box::new(holds("ready")),
        Box::new(holds("switched")),
    ];
    let mut killed = 0;
    for moment in moments {
        let running = scene.start(&["backup", "restore", &name]);
        killed += u32::from(running.kill_when(moment));
        // Whoever opens the folder next carries it to its end, and every event is in its chain.
        let now = hash(&scene, "now.krake");
        assert_eq!(now, old);
        scene.assert_intact();
        assert!(!wish.exists());
        // Back to the state before, which was saved.
        let listed = scene.json(&["backup", "list"]);
        let saved: Vec<&Value> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["why"] == "restore")
            .collect();
        let last = saved[0]["name"].as_str().unwrap().to_owned();
        scene.expect(0, &["backup", "restore", &last]);
        assert_eq!(hash(&scene, "now.krake"), new);
    }
    assert!(killed > 0, "nothing was killed in the middle");
}

#[test]
fn a_backup_and_an_export_that_are_killed_leave_nothing_that_looks_like_one() {
    let scene = Scene::new();
    filled(&scene);
    let backups = scene.data().join("backups");
    let running = scene.start(&["backup", "now"]);
    let making = || std::fs::read_dir(&backups).is_ok_and(|mut names| names.next().is_some());
    if running.kill_when(making) {
        let listed = scene.json(&["backup", "list"]);
        for row in listed["items"].as_array().unwrap() {
            // It was whole before the kill came.
            let name = row["name"].as_str().unwrap();
            scene.expect(0, &["backup", "restore", name]);
        }
    }
    scene.expect(0, &["backup", "now"]);
    let left = std::fs::read_dir(&backups).unwrap().flatten();
    assert!(
        left.into_iter()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with(".making"))
    );

    let to = scene.work().join("killed.krake");
    let running = scene.start(&["export", "--to", &to.display().to_string()]);
    let begun = || {
        std::fs::read_dir(scene.work())
            .unwrap()
            .flatten()
            .any(|entry| {
                entry.file_name().to_string_lossy().ends_with(".part") && size(&entry.path()) > 0
            })
    };
    if running.kill_when(begun) {
        assert!(!to.exists());
    }
    let _ = std::fs::remove_file(&to);
    scene.expect(0, &["export", "--to", &to.display().to_string()]);
}

#[test]
fn where_files_cannot_grow_no_backup_and_no_capsule_is_left_and_it_is_said() {
    let mut scene = Scene::new();
    filled(&scene);
    scene.set_through(
        &crate::disks::limited(1_500_000)
            .each_ref()
            .map(String::as_str),
    );
    let served = scene.serve();
    scene.set_through(&[]);
    let told =
        |said: &str| said.contains("space") || said.contains("room") || said.contains("failed");
    let refused = scene.expect(1, &["backup", "now"]);
    assert!(told(&refused.err), "{refused:?}");
    let listed = scene.json(&["backup", "list"]);
    assert_eq!(listed["items"], json!([]));
    assert!(told(listed["trouble"].as_str().unwrap()), "{listed}");
    let to = scene.work().join("all.krake").display().to_string();
    let refused = scene.run(&["export", "--to", &to]);
    // Text packs well, so the capsule may fit.
    assert!(refused.code == Some(0) || told(&refused.err), "{refused:?}");
    let _ = std::fs::remove_file(&to);
    let parts = std::fs::read_dir(scene.work()).unwrap().flatten();
    assert!(
        parts
            .into_iter()
            .all(|entry| !entry.file_name().to_string_lossy().ends_with(".part"))
    );
    let lifted = std::process::Command::new("prlimit")
        .args(["--pid", &served.id().to_string(), "--fsize=unlimited:"])
        .status();
    assert!(lifted.unwrap().success());
    scene.expect(0, &["backup", "now"]);
    let listed = scene.json(&["backup", "list"]);
    assert!(listed["trouble"].is_null(), "{listed}");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}
