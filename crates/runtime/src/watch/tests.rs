use std::io::Write as _;

use krake_domain::id::{ProjectId, WorkspaceId};
use krake_domain::time::Timestamp;
use krake_edge::vault::Vault;

use super::*;

struct Scene {
    dir: tempfile::TempDir,
    store: Store,
    stop: CancellationToken,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("app")).unwrap();
        let store = Store::open_owner(&dir.path().join("home")).await.unwrap();
        Self {
            dir,
            store,
            stop: CancellationToken::new(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(name)
    }

    async fn project(&self) {
        self.project_at(self.path("app").display().to_string())
            .await;
    }

    async fn project_at(&self, folder: String) {
        let project = Project {
            id: ProjectId::from_uuid(uuid::Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            name: "app".to_owned(),
            description: String::new(),
            status: ProjectStatus::Active,
            folder: Some(folder),
            objectives: Vec::new(),
            pinned: Vec::new(),
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
        };
        self.store.add_project(project).await.unwrap();
    }

    fn start(&self) -> tokio::task::JoinHandle<()> {
        tokio::spawn(self.watch().run())
    }

    fn watch(&self) -> Watch {
        let places = Places {
            claude: vec![self.path("claude")],
            codex: vec![self.path("codex")],
            gemini: vec![self.path("gemini")],
            goose: vec![self.path("goose/sessions.db")],
        };
        let status = Arc::new(watch::Sender::new(Watched::default()));
        let known_keys = KnownKeys::new(self.store.clone(), Vault::new(self.store.dir()));
        let stop = self.stop.clone();
        Watch::new(self.store.clone(), known_keys, places, stop, status)
    }

    /// A line of Codex that says something in a folder.
    fn codex(&self, name: &str, cwd: &Path, words: &[&str]) {
        let folder = self.path("codex/sessions/2026/01/02");
        std::fs::create_dir_all(&folder).unwrap();
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(name))
            .unwrap();
        if file.metadata().unwrap().len() == 0 {
            let meta = serde_json::json!({"timestamp":"2026-01-02T03:04:05Z","type":"session_meta","payload":{"id":name,"cwd":cwd}});
            writeln!(file, "{meta}").unwrap();
        }
        for words in words {
            let line = serde_json::json!({"timestamp":"2026-01-02T03:04:06Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":words}]}});
            writeln!(file, "{line}").unwrap();
        }
    }

    /// Waits for a commit after which the store holds so many messages.
    async fn messages(&self, wanted: u64) {
        let mut commits = self.store.commits();
        loop {
            let rows = self.store.list_sessions(None).await.unwrap();
            if rows.iter().map(|row| row.messages).sum::<u64>() == wanted {
                return;
            }
            commits.recv().await.unwrap();
        }
    }
}

#[tokio::test]
async fn sessions_of_a_project_come_in_and_are_followed_and_others_stay_out() {
    let scene = Scene::new().await;
    scene.codex("one.jsonl", &scene.path("app/src"), &["first"]);
    scene.codex("other.jsonl", &scene.path("elsewhere"), &["not ours"]);
    let chats = scene.path("gemini/abc/chats");
    std::fs::create_dir_all(&chats).unwrap();
    std::fs::write(
        scene.path("gemini/abc/.project_root"),
        scene.path("app").display().to_string(),
    )
    .unwrap();
    std::fs::write(
        chats.join("session-1.jsonl"),
        "{\"sessionId\":\"g\",\"projectHash\":\"abc\"}\n{\"id\":\"1\",\"type\":\"user\",\"content\":\"hi\"}\n",
    )
    .unwrap();
    let running = scene.start();
    // Without a project nothing comes in; once there is one, all that is there does.
    scene.project().await;
    scene.messages(2).await;
    let rows = scene.store.list_sessions(None).await.unwrap();
    assert!(rows.iter().all(|row| row.project.is_some()), "{rows:?}");
    let sources: BTreeSet<&str> = rows.iter().map(|row| row.source.as_str()).collect();
    assert_eq!(sources, BTreeSet::from(["codex", "gemini_cli"]));
    scene.codex("one.jsonl", &scene.path("app/src"), &["second", "third"]);
    scene.messages(4).await;
    scene.codex("new.jsonl", &scene.path("app"), &["another"]);
    scene.messages(5).await;
    // Of a folder that comes with files in it only the folder is told, and nobody waits for the next
    // look at everything.
    let aside = scene.path("aside");
    std::fs::create_dir_all(&aside).unwrap();
    let (day, month) = ("codex/sessions/2026/01/02", "codex/sessions/2026/01");
    let text = std::fs::read_to_string(scene.path(day).join("new.jsonl")).unwrap();
    let text = text.replace("new.jsonl", "moved.jsonl");
    std::fs::write(aside.join("moved.jsonl"), text).unwrap();
    std::fs::rename(aside, scene.path(month).join("03")).unwrap();
    let looked = tokio::time::timeout(LOOK_AGAIN / 2, scene.messages(6));
    looked.await.unwrap();
    scene.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_session_comes_in_at_once_wherever_in_the_store_it_lies() {
    let scene = Scene::new().await;
    let claude = |name: &str, cwd: &Path| {
        let folder = scene.path("claude").join("-begun-elsewhere");
        std::fs::create_dir_all(&folder).unwrap();
        let line = serde_json::json!({
            "type": "user", "uuid": name, "sessionId": name, "cwd": cwd,
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": "user", "content": "Make the cart exact" },
        });
        // What stands before the first folder may be long.
        let mode = serde_json::json!({ "type": "mode", "note": "x".repeat(40 << 10) });
        std::fs::write(
            folder.join(format!("{name}.jsonl")),
            format!("{mode}\n{line}\n"),
        )
        .unwrap();
    };
    claude("ours", &scene.path("app"));
    claude("other", &scene.path("elsewhere"));
    // Gemini CLI says it in the session alone.
    let chats = scene.path("gemini/abc/chats");
    std::fs::create_dir_all(&chats).unwrap();
    let first = serde_json::json!({
        "sessionId": "g", "projectHash": "abc", "directories": [scene.path("app")],
    });
    let said = "{\"id\":\"1\",\"type\":\"user\",\"content\":\"hi\"}";
    std::fs::write(chats.join("session-1.jsonl"), format!("{first}\n{said}\n")).unwrap();
    scene.project().await;
    let running = scene.start();
    let looked = tokio::time::timeout(LOOK_AGAIN / 2, scene.messages(2));
    looked.await.unwrap();
    let rows = scene.store.list_sessions(None).await.unwrap();
    let natives: BTreeSet<&str> = rows.iter().map(|row| row.native_id.as_str()).collect();
    assert_eq!(natives, BTreeSet::from(["g", "ours"]));
    assert!(rows.iter().all(|row| row.project.is_some()), "{rows:?}");
    scene.stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn what_a_process_before_read_is_not_opened_again_while_it_is_the_same() {
    let scene = Scene::new().await;
    scene.codex("same.jsonl", &scene.path("app"), &["first"]);
    scene.codex("grown.jsonl", &scene.path("app"), &["first"]);
    scene.codex("other.jsonl", &scene.path("elsewhere"), &["not ours"]);
    scene.project().await;
    let running = scene.start();
    scene.messages(2).await;
    scene.stop.cancel();
    running.await.unwrap();
    scene.codex("grown.jsonl", &scene.path("app"), &["second"]);
    let watch = scene.watch();
    let seen = async || {
        let projects = watch.projects().await.unwrap();
        let mut files = Vec::new();
        for place in watch.open_places(&mut None).await {
            below(&place, &InnerPath::found(Path::new("")), 0, &mut files);
        }
        assert_eq!(files.len(), 3);
        let seen = watch.seen_before(&files, &projects).await.unwrap();
        let name = |path: PathBuf| path.file_name().unwrap().display().to_string();
        let seen = seen.into_iter();
        seen.map(|(path, seen)| (name(path), seen.belongs))
            .collect::<Vec<_>>()
    };
    assert_eq!(seen().await, [("same.jsonl".to_owned(), true)]);
    // Of a project that is not followed any more nothing is read, but it counts no longer.
    let mut project = watch.projects().await.unwrap().remove(0);
    project.status = ProjectStatus::Done;
    scene.store.change_project(project).await.unwrap();
    assert_eq!(seen().await, [("same.jsonl".to_owned(), false)]);
}

#[tokio::test]
async fn sessions_of_goose_are_taken_out_of_a_copy_of_its_database() {
    let scene = Scene::new().await;
    let database = scene.path("goose/sessions.db");
    std::fs::create_dir_all(database.parent().unwrap()).unwrap();
    let fixture = include_bytes!("../../fixtures/goose-sessions.db");
    std::fs::write(&database, fixture).unwrap();
    scene.project_at("/krake-test/goose-app".to_owned()).await;
    let running = scene.start();
    scene.messages(2).await;
    let rows = scene.store.list_sessions(None).await.unwrap();
    assert_eq!(
        (rows.len(), rows[0].title.as_deref()),
        (1, Some("Fix the build"))
    );
    assert_eq!(rows[0].native_id, "20260301_1");
    assert!(rows[0].project.is_some());
    assert_eq!(rows[0].usage.input, 50);
    // Beside the database lies nothing that was not there, and it is as it was.
    let names = std::fs::read_dir(database.parent().unwrap())
        .unwrap()
        .count();
    assert_eq!(names, 1);
    assert_eq!(std::fs::read(&database).unwrap(), fixture);
    scene.stop.cancel();
    running.await.unwrap();
}
