use std::io::Write as _;
use std::path::{Path, PathBuf};

use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use serde_json::json;

use super::*;
use crate::import::{Wish, import_followed};

/// A file that is written, and two stores: one follows it, the other reads it once at the end.
struct Scene {
    dir: tempfile::TempDir,
    store: Store,
    tail: Option<Tail>,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(&dir.path().join("followed"))
            .await
            .unwrap();
        let scene = Self {
            dir,
            store,
            tail: None,
        };
        // A first message that makes the file long enough to be read on.
        let long = format!("once {}", "what was said before ".repeat(60_000));
        scene.append(&line("m0", None, &long));
        scene
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("s.jsonl")
    }

    fn append(&self, text: &str) {
        let options = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path());
        options.unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Overwrites what stands in the file, in its place.
    fn replace(&self, old: &str, new: &str) {
        assert_eq!(old.len(), new.len());
        let text = std::fs::read_to_string(self.path()).unwrap();
        assert!(text.contains(old));
        std::fs::write(self.path(), text.replace(old, new)).unwrap();
    }

    async fn follow(&mut self) -> u64 {
        self.follow_knowing(Known::default()).await
    }

    async fn follow_knowing(&mut self, known: Known) -> u64 {
        let mut report = Report::default();
        let found = found(&self.path());
        let wish = Wish {
            known,
            ..Wish::default()
        };
        import_followed(&self.store, &found, &wish, &mut self.tail, &mut report)
            .await
            .unwrap();
        assert_eq!(report.skipped, []);
        report.new_messages
    }

    /// What the store has of it now, and what one has that reads the file for the first time.
    async fn both(&self, name: &str) -> [(SessionRow, Vec<Message>); 2] {
        let fresh = Store::open_owner(&self.dir.path().join(name))
            .await
            .unwrap();
        let (mut report, wish) = (Report::default(), Wish::default());
        import_followed(&fresh, &found(&self.path()), &wish, &mut None, &mut report)
            .await
            .unwrap();
        let both = [kept(&self.store).await, kept(&fresh).await];
        fresh.stop().await.unwrap();
        both
    }
}

fn found(path: &Path) -> Found {
    let root = Root::open(path.parent().unwrap()).unwrap();
    let path = InnerPath::found(Path::new(path.file_name().unwrap()));
    Found {
        shown: root.shown(&path),
        format: None,
        root: std::sync::Arc::new(root),
        path,
        is_passing: false,
    }
}

/// The only session, without what differs from store to store.
async fn kept(store: &Store) -> (SessionRow, Vec<Message>) {
    let mut row = store.list_sessions(None).await.unwrap().remove(0);
    let messages = store.load_messages(row.id).await.unwrap();
    row.id = krake_domain::id::SessionId::from_uuid(uuid::Uuid::nil());
    (row, messages)
}

fn line(id: &str, parent: Option<&str>, text: &str) -> String {
    let minute = id.len();
    let line = json!({
        "type": "assistant", "sessionId": "s", "uuid": id, "parentUuid": parent, "cwd": "/w",
        "timestamp": format!("2026-03-01T09:{minute:02}:00Z"), "gitBranch": "main",
        "message": { "id": format!("a-{id}"), "role": "assistant", "model": "claude-x",
            "usage": { "input_tokens": 3, "output_tokens": 5 },
            "content": [{ "type": "text", "text": text }] },
    });
    format!("{line}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_more_is_read_alone() {
    let mut scene = Scene::new().await;
    scene.append(&line("m1", Some("m0"), "the second word"));
    assert_eq!(scene.follow().await, 2);
    // Were it read from the beginning, the message would be another now.
    scene.replace("once ", "ONCE ");
    scene.append(&line("m2", Some("m1"), "the third"));
    scene.append(&line("m3", Some("m2"), "the fourth"));
    assert_eq!(scene.follow().await, 2);
    let (row, messages) = kept(&scene.store).await;
    let texts = messages
        .iter()
        .map(|one| &one.text[..one.text.len().min(15)]);
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [
            "once what was s",
            "the second word",
            "the third",
            "the fourth"
        ]
    );
    assert_eq!((row.usage.input, row.usage.output), (12, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branch_changes_what_came_before() {
    let mut scene = Scene::new().await;
    scene.append(&line("m1", Some("m0"), "a way that is left"));
    assert_eq!(scene.follow().await, 2);
    scene.append(&line("m2", Some("m0"), "the way that is taken"));
    assert_eq!(scene.follow().await, 1);
    let [followed, fresh] = scene.both("fresh").await;
    assert!(followed.1[1].sidechain);
    assert_eq!(followed, fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_written_anew_is_read_anew() {
    let mut scene = Scene::new().await;
    scene.append(&line("m1", Some("m0"), "first version"));
    scene.follow().await;
    scene.replace("first version", "other version");
    scene.append(&line("m2", Some("m1"), "and on"));
    scene.replace("other version\"", "final version\"");
    scene.follow().await;
    let [followed, fresh] = scene.both("fresh").await;
    assert_eq!(followed, fresh);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_gone_from_the_store_are_read_again() {
    let mut scene = Scene::new().await;
    let path = scene.dir.path().join("older");
    let older = Store::open_owner(&path).await.unwrap();
    let (wish, mut report) = (Wish::default(), Report::default());
    let found = found(&scene.path());
    import_followed(&older, &found, &wish, &mut None, &mut report)
        .await
        .unwrap();
    scene.append(&line("m1", Some("m0"), "what the older store has not"));
    scene.follow().await;
    scene.append(&line("m2", Some("m1"), "the end"));
    import_followed(&older, &found, &wish, &mut scene.tail, &mut report)
        .await
        .unwrap();
    assert_eq!(kept(&older).await.1.len(), 3);
    older.stop().await.unwrap();
}

/// Lines, halves of lines, answers to earlier messages and secrets, in any order.
#[tokio::test(flavor = "multi_thread")]
async fn however_it_grows_it_is_what_a_first_reading_gives() {
    for seed in 1..=4_u64 {
        let (mut scene, mut state) = (Scene::new().await, seed);
        let mut below = |most: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % most
        };
        let mut half = String::new();
        for number in 1..25 {
            let parent = if below(6) == 0 {
                below(number)
            } else {
                number - 1
            };
            let text = match below(5) {
                0 => format!("the key is sk-proj-Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uE{number:03}"),
                _ => format!("message {number}"),
            };
            let mut next = std::mem::take(&mut half);
            next += &line(&format!("m{number}"), Some(&format!("m{parent}")), &text);
            if below(4) == 0 {
                half = next.split_off(next.len() - 1 - below(40));
            }
            scene.append(&next);
            if below(3) > 0 {
                scene.follow().await;
            }
        }
        scene.append(&half);
        scene.follow().await;
        let [followed, fresh] = scene.both("fresh").await;
        assert_eq!(followed.1, fresh.1, "seed {seed}");
        assert_eq!(followed.0, fresh.0, "seed {seed}");
        assert!(followed.1.iter().all(|one| !one.text.contains("sk-proj-")));
    }
}

#[tokio::test]
async fn a_title_from_before_a_key_was_known_does_not_come_back() {
    let mut scene = Scene::new().await;
    let secret = "tigerlily5581seven";
    let asked = json!({
        "type": "user", "sessionId": "s", "uuid": "q", "parentUuid": "m0", "cwd": "/w",
        "timestamp": "2026-03-01T09:01:00Z",
        "message": { "role": "user", "content": format!("open it with {secret}") },
    });
    scene.append(&format!("{asked}\n"));
    assert_eq!(scene.follow().await, 2);
    let title = kept(&scene.store).await.0.title.unwrap();
    assert!(title.contains(secret), "{title}");
    let origin = "https://a.example".parse().unwrap();
    let known = Known::new([krake_domain::secret::Secret::new(secret.to_owned(), origin)]);
    scene.append(&line("m1", Some("q"), "more"));
    assert_eq!(scene.follow_knowing(known).await, 1);
    let title = kept(&scene.store).await.0.title.unwrap();
    assert!(title.starts_with("open it with [secret:known:"), "{title}");
}
