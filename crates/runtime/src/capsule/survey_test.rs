use std::path::Path;

use krake_store::Store;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::super::tests::{Home, entries, forged, zipped};
use super::super::{preview, undo};
use super::*;
use crate::import::{Wish, import_path};

/// A chat of Claude Code with an answer a day.
fn chat(folder: &Path, days: usize) -> std::path::PathBuf {
    let mut text = String::new();
    for day in 1..=days {
        let at = format!("2026-03-{day:02}T10:00:00Z");
        let ask = json!({
            "type": "user", "uuid": format!("u{day}"), "sessionId": "long", "cwd": "/work/app",
            "parentUuid": (day > 1).then(|| format!("a{}", day - 1)),
            "timestamp": at, "message": { "role": "user", "content": format!("go on, day {day}") },
        });
        let answer = json!({
            "type": "assistant", "uuid": format!("a{day}"), "sessionId": "long", "cwd": "/work/app",
            "parentUuid": format!("u{day}"),
            "requestId": format!("r{day}"), "timestamp": at,
            "message": {
                "id": format!("m{day}"), "role": "assistant", "model": "claude-sonnet-4-5",
                "content": [{ "type": "text", "text": format!("done, day {day}") }],
                "usage": { "input_tokens": 100 * day, "output_tokens": 7 },
            },
        });
        text.push_str(&format!("{ask}\n{answer}\n"));
    }
    let file = folder.join("long.jsonl");
    std::fs::write(&file, text).unwrap();
    file
}

async fn worked(home: &Home, days: usize) {
    let file = chat(home.folder.path(), days);
    read(home, &file).await;
}

async fn read(home: &Home, file: &Path) {
    let cancel = CancellationToken::new();
    import_path(&home.store, file, &Wish::default(), &cancel)
        .await
        .unwrap();
}

async fn lengths(store: &Store) -> Vec<u64> {
    let mut lengths: Vec<u64> = store
        .session_lengths()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.messages)
        .collect();
    lengths.sort_unstable();
    lengths
}

#[tokio::test]
async fn a_session_that_grew_elsewhere_is_extended_and_both_sides_are_the_same_again() {
    let (there, here) = (Home::new().await, Home::new().await);
    worked(&there, 2).await;
    here.import(&there.export("a.krake").await.path)
        .await
        .unwrap();
    let before = here.export("before.krake").await.manifest.content_hash;
    worked(&there, 5).await;
    let made = there.export("b.krake").await;
    let looked = preview(
        &here.store,
        &here.playbooks,
        &made.path,
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    for noun in ["sessions", "files"] {
        let counts = looked.judgement.counts[noun];
        assert_eq!((counts.new, counts.grown, counts.kept_both), (0, 1, 0));
    }
    assert_eq!(lengths(&here.store).await, [4]);
    here.import(&made.path).await.unwrap();
    assert_eq!(lengths(&here.store).await, [10]);
    let after = here.export("after.krake").await.manifest.content_hash;
    assert_eq!(after, made.manifest.content_hash);
    // Once more is nothing, and taken back it is as it was.
    let again = here.import(&made.path).await.unwrap().preview.judgement;
    assert_eq!(again.counts["sessions"].equal, 1, "{again:?}");
    undo(&here.store, None).await.unwrap();
    let undone = undo(&here.store, None).await.unwrap().undone;
    assert_eq!(undone.shortened["sessions"], 1, "{undone:?}");
    assert_eq!(undone.kept, []);
    let undone = here.export("undone.krake").await.manifest.content_hash;
    assert_eq!(undone, before);
}

#[tokio::test]
async fn an_original_that_was_read_here_is_left_alone_beside_the_longer_one() {
    let (there, here) = (Home::new().await, Home::new().await);
    worked(&there, 2).await;
    read(&here, &there.folder.path().join("long.jsonl")).await;
    worked(&there, 3).await;
    let made = there.export("a.krake").await;
    let judged = here.import(&made.path).await.unwrap().preview.judgement;
    let counts = |noun: &str| {
        let counts = judged.counts[noun];
        (counts.new, counts.grown, counts.kept_both)
    };
    assert_eq!(
        (counts("sessions"), counts("files")),
        ((0, 1, 0), (0, 0, 1))
    );
    assert_eq!(lengths(&here.store).await, [6]);
    // The file that was read here is read again without a loss.
    read(&here, &chat(there.folder.path(), 2)).await;
    assert_eq!(lengths(&here.store).await, [6]);
}

#[tokio::test]
async fn a_real_fork_is_kept_on_both_sides_and_the_preview_says_so() {
    let (there, here) = (Home::new().await, Home::new().await);
    worked(&there, 2).await;
    here.import(&there.export("a.krake").await.path)
        .await
        .unwrap();
    worked(&there, 3).await;
    let file = chat(here.folder.path(), 2);
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.push_str(&format!(
        "{}\n",
        json!({ "type": "user", "uuid": "other", "sessionId": "long", "cwd": "/work/app",
                "parentUuid": "a2",
                "timestamp": "2026-03-09T10:00:00Z",
                "message": { "role": "user", "content": "another way" } })
    ));
    std::fs::write(&file, text).unwrap();
    read(&here, &file).await;
    let made = there.export("b.krake").await;
    let cancel = CancellationToken::new();
    let looked = preview(&here.store, &here.playbooks, &made.path, &cancel)
        .await
        .unwrap();
    let told: Vec<&str> = looked
        .judgement
        .differing
        .iter()
        .filter(|one| one.noun == "sessions")
        .map(|one| one.why)
        .collect();
    assert_eq!(told, ["it went on differently here and there"]);
    here.import(&made.path).await.unwrap();
    assert_eq!(lengths(&here.store).await, [5, 6]);
}

#[tokio::test]
async fn a_capsule_of_the_first_version_is_still_read() {
    let (there, here) = (Home::filled().await, Home::new().await);
    worked(&there, 2).await;
    let made = there.export("a.krake").await.path;
    let first = there.folder.path().join("first.krake");
    forged(&made, &first, |all| {
        assert!(!all.remove(ANSWERS).unwrap().is_empty());
        all.remove("data/drafts.jsonl").unwrap();
    });
    let first = of_version(&first, 1);
    here.import(&first).await.unwrap();
    assert_eq!(lengths(&here.store).await, [4, 20]);
    // What the first version has no place for belongs to none of its capsules.
    let mixed = there.folder.path().join("mixed.krake");
    std::fs::copy(&made, &mixed).unwrap();
    let refused = Home::new().await.import(&of_version(&mixed, 1)).await;
    let told = refused.unwrap_err().to_string();
    assert!(
        told.contains("belongs to no capsule of its version"),
        "{told}"
    );
}

#[tokio::test]
async fn numbers_that_nobody_could_have_counted_are_refused() {
    let there = Home::new().await;
    worked(&there, 2).await;
    let made = there.export("a.krake").await.path;
    let to = there.folder.path().join("forged.krake");
    for (told, from, into) in [
        (
            "is not in the capsule",
            "\"session_id\":\"ses_",
            "\"session_id\":\"sez_",
        ),
        ("32 hexadecimal digits", "\"id\":\"", "\"id\":\"g"),
        ("a count is not between", "\"output\":7", "\"output\":-7"),
        ("unknown field", "\"output\":7", "\"more\":1,\"output\":7"),
        ("is there twice", "", ""),
    ] {
        let path = forged(&made, &to, |all| {
            let text = String::from_utf8(all[ANSWERS].clone()).unwrap();
            let text = match from {
                "" => format!("{text}{text}"),
                from => text.replace(from, into),
            };
            let lines = text.lines().map(|line| {
                let value: Value = serde_json::from_str(line).unwrap();
                format!("{}\n", krake_domain::canonical_json(&value))
            });
            all.insert(ANSWERS.to_owned(), lines.collect::<String>().into_bytes());
        });
        let here = Home::new().await;
        let refusal = here.import(&path).await.expect_err(told).to_string();
        assert!(refusal.contains(told), "{told}: {refusal}");
    }
}

/// The same file, called a capsule of that version.
fn of_version(path: &Path, version: u32) -> std::path::PathBuf {
    let mut list: Vec<(String, Vec<u8>)> = entries(path).into_iter().collect();
    for (name, bytes) in &mut list {
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_slice(bytes).unwrap();
            manifest["version"] = Value::from(version);
            *bytes = manifest.to_string().into_bytes();
        }
    }
    zipped(path, &list)
}
