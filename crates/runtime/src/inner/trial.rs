//! The inner tools on a real store and real files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use krake_domain::blob::BlobRef;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_edge::vault::Vault;
use krake_store::Store;
use krake_tools::tool::{Call, Tool, Workbench};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::brief::ContextBrief;
use super::compress::ContextCompress;
use super::import::ContextImport;
use super::knowledge_add::KnowledgeAdd;
use super::knowledge_search::KnowledgeSearch;
use super::places::{Places, encoded};
use crate::accounts::known::KnownKeys;

#[derive(Default)]
struct Bench(Mutex<Vec<String>>);

impl Workbench for Bench {
    fn log(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }

    fn spool_dir(&self) -> PathBuf {
        std::env::temp_dir()
    }

    fn keep(&self, file: &Path) -> Result<BlobRef, Failure> {
        let bytes = fs::read(file).unwrap();
        Ok(BlobRef {
            hash: Hash::of(&bytes),
            bytes: bytes.len() as u64,
        })
    }
}

async fn run(tool: &dyn Tool, key: &str, args: Value) -> Result<Value, Failure> {
    let call = Call {
        args,
        key: key.to_owned(),
        target_state: None,
        cancel: CancellationToken::new(),
        workbench: Arc::new(Bench::default()),
    };
    tool.run(&call).await
}

/// A store, a project and the stores of other tools in temporary folders.
struct Scene {
    _dir: tempfile::TempDir,
    store: Store,
    project: PathBuf,
    places: Places,
}

impl Scene {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let project = base.join("work").join("shop");
        fs::create_dir_all(&project).unwrap();
        let places = Places {
            claude: vec![base.join("claude").join("projects")],
            codex: vec![base.join("codex")],
            ..Places::default()
        };
        let home = base.join("home");
        Self {
            store: Store::open_owner(&home).await.unwrap(),
            _dir: dir,
            project,
            places,
        }
    }

    fn import(&self) -> ContextImport {
        ContextImport::at(self.store.clone(), self.known_keys(), self.places.clone())
    }

    fn known_keys(&self) -> KnownKeys {
        KnownKeys::new(self.store.clone(), Vault::new(self.store.dir()))
    }

    fn claude(&self, cwd: &Path, name: &str, lines: &[Value]) -> PathBuf {
        let folder = self.places.claude[0].join(encoded(cwd));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(&file, text).unwrap();
        file
    }
}

fn asks(cwd: &Path, session: &str, uuid: &str, text: &str) -> Value {
    json!({"type": "user", "sessionId": session, "uuid": uuid, "parentUuid": null, "cwd": cwd, "timestamp": "2026-03-01T09:00:00Z", "message": {"role": "user", "content": text}})
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_a_folder_are_imported_once_and_grow() {
    let scene = Scene::new().await;
    let inner = scene.project.join("web");
    let neighbour = scene.project.with_file_name("shop-old");
    let file = scene.claude(
        &scene.project,
        "a.jsonl",
        &[asks(
            &scene.project,
            "s-a",
            "u1",
            "Fix the cart. Never round before the sum.",
        )],
    );
    scene.claude(
        &inner,
        "b.jsonl",
        &[asks(&inner, "s-b", "u2", "Style the cart page.")],
    );
    scene.claude(
        &neighbour,
        "c.jsonl",
        &[asks(&neighbour, "s-c", "u3", "Something else.")],
    );
    scene.claude(
        &scene.project,
        "empty.jsonl",
        &[json!({"type": "queue-operation"})],
    );
    let day = scene.places.codex[0].join("sessions/2026/03/02");
    fs::create_dir_all(&day).unwrap();
    let meta = json!({"timestamp": "2026-03-02T09:00:00Z", "type": "session_meta", "payload": {"id": "x-1", "cwd": scene.project}});
    let item = json!({"timestamp": "2026-03-02T09:00:01Z", "type": "response_item", "payload": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Add a discount."}]}});
    fs::write(
        day.join("rollout-1.jsonl"),
        format!("{meta}\n{item}\nbroken\n"),
    )
    .unwrap();
    let elsewhere = json!({"timestamp": "2026-03-02T09:00:00Z", "type": "session_meta", "payload": {"id": "x-2", "cwd": "/elsewhere"}});
    fs::write(
        day.join("rollout-2.jsonl"),
        format!("{elsewhere}\n{item}\n"),
    )
    .unwrap();
    fs::write(
        scene.project.join(".aider.chat.history.md"),
        "# aider chat started at 2026-03-03 10:00:00\n\n#### rename total\n\nDone.\n",
    )
    .unwrap();

    let args = json!({"root": scene.project.to_str().unwrap()});
    let first = run(&scene.import(), "k", args.clone()).await.unwrap();
    let tools: Vec<&str> = first["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["tool"].as_str().unwrap())
        .collect();
    assert_eq!(tools.len(), 4, "{first:#}");
    for tool in ["claude_code", "codex", "markdown"] {
        assert!(tools.contains(&tool), "{tool}");
    }
    assert_eq!(first["broken_lines"], 1);
    assert_eq!(first["new_messages"], first["messages"]);
    assert_eq!(
        first["skipped"].as_array().unwrap().len(),
        1,
        "the file without messages is named"
    );

    let again = run(&scene.import(), "k", args.clone()).await.unwrap();
    assert_eq!(again["new_messages"], 0);
    assert_eq!(again["sessions"].as_array().unwrap().len(), 4);

    let more = json!({"type": "assistant", "sessionId": "s-a", "uuid": "u9", "parentUuid": "u1", "message": {"id": "m", "role": "assistant", "content": [{"type": "text", "text": "I count in cents now."}]}});
    let grown = format!("{}{more}\n", fs::read_to_string(&file).unwrap());
    fs::write(&file, grown).unwrap();
    let third = run(&scene.import(), "k", args).await.unwrap();
    assert_eq!(third["new_messages"], 1);

    let ids = |output: &Value| {
        let mut ids: Vec<String> = output["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&first), ids(&third), "the same sessions keep their ids");

    let few = run(
        &scene.import(),
        "k",
        json!({"root": scene.project.to_str().unwrap(), "limit": 1}),
    )
    .await
    .unwrap();
    assert_eq!(few["sessions"].as_array().unwrap().len(), 1);
    assert!(few["skipped"].to_string().contains("limit"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_out_of_a_store_are_not_followed() {
    let scene = Scene::new().await;
    let secret = scene.project.with_file_name("secret.jsonl");
    fs::write(
        &secret,
        format!("{}\n", asks(&scene.project, "s", "u", "secret")),
    )
    .unwrap();
    let folder = scene.places.claude[0].join(encoded(&scene.project));
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("link.jsonl")).unwrap();
    let output = run(
        &scene.import(),
        "k",
        json!({"root": scene.project.to_str().unwrap()}),
    )
    .await
    .unwrap();
    assert_eq!(output["messages"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_briefing_is_made_of_what_the_other_tools_put_out() {
    let scene = Scene::new().await;
    scene.claude(
        &scene.project,
        "a.jsonl",
        &[asks(
            &scene.project,
            "s-a",
            "u1",
            "Fix the cart total in src/cart.rs. Never round before the sum.",
        )],
    );
    let imported = run(
        &scene.import(),
        "k",
        json!({"root": scene.project.to_str().unwrap()}),
    )
    .await
    .unwrap();
    let brief = ContextBrief::new(scene.store.clone());
    let args = json!({
        "root": scene.project.to_str().unwrap(),
        "sessions": imported["sessions"],
        "commits": {"commits": [{"hash": "a1b2c3d4e5f6", "short": "a1b2c3d", "subject": "Count in cents", "files": [{"path": "src/cart.rs"}]}], "total": 1},
        "changes": {"files": [{"path": "src/cart.rs", "added": 3, "removed": 1, "status": "modified"}], "patch": ""},
        "todos": {"hits": [{"path": "src/cart.rs", "line": 12, "text": "handle an empty cart"}]},
        "budget": 800, "goal": ""
    });
    let output = run(&brief, "k", args.clone()).await.unwrap();
    let text = output["text"].as_str().unwrap();
    for citation in ["[#0]", "[a1b2c3d]", "[src/cart.rs:12]"] {
        assert!(text.contains(citation), "{citation} in\n{text}");
    }
    assert!(output["tokens"].as_u64().unwrap() <= 800);
    assert_eq!(
        (output["messages"].as_u64(), output["sessions"].as_u64()),
        (Some(1), Some(1))
    );
    let mut ids = args;
    ids["sessions"] = json!([imported["sessions"][0]["id"]]);
    assert_eq!(
        run(&brief, "k", ids).await.unwrap(),
        output,
        "ids and listed sessions are the same"
    );
    let unknown = run(
        &brief,
        "k",
        json!({"sessions": ["ses_00000000000000000000000000"]}),
    )
    .await
    .unwrap_err();
    assert_eq!(unknown.class, FailureClass::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_and_messages_are_compressed_within_the_budget() {
    let tool = ContextCompress::new();
    let text: String = (0..200).map(|number| format!("Paragraph {number} says that module_{number} keeps the invariant of part {number}.\n\n")).collect();
    let output = run(&tool, "k", json!({"text": text, "budget": 300}))
        .await
        .unwrap();
    assert!(
        output["tokens"].as_u64().unwrap() <= 300
            && !output["items"].as_array().unwrap().is_empty()
    );
    let messages = json!([{"role": "user", "content": "Fix src/a.rs"}, {"role": "assistant", "content": "Done, see src/b.rs."}]);
    let output = run(
        &tool,
        "k",
        json!({"messages": messages, "budget": 200, "format": "messages"}),
    )
    .await
    .unwrap();
    let list: Value = serde_json::from_str(output["text"].as_str().unwrap()).unwrap();
    assert_eq!(list[0]["role"], "user");
    let neither = run(&tool, "k", json!({"budget": 10})).await.unwrap_err();
    assert_eq!(neither.class, FailureClass::BadInput);
    let key = format!("ghp_{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi");
    let told = format!("The deploy uses {key}.");
    for args in [
        json!({"text": told, "budget": 200}),
        json!({"messages": [{"role": "user", "content": told}], "budget": 200}),
    ] {
        let output = run(&tool, "k", args).await.unwrap().to_string();
        assert!(
            output.contains("secret:github_token:") && !output.contains(&key),
            "{output}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_a_plan_keeps_has_no_secret() {
    let scene = Scene::new().await;
    let add = KnowledgeAdd::new(scene.store.clone(), scene.known_keys());
    let key = format!("ghp_{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi");
    let text = format!("use {key}");
    let args = json!({"category": "practice", "title": text, "text": text, "sources": [text]});
    run(&add, "step-1", args).await.unwrap();
    let search = KnowledgeSearch::new(scene.store.clone());
    let found = run(&search, "k", json!({"query": "use"})).await.unwrap();
    let found = found.to_string();
    assert_eq!(found.matches("[secret:github_token:").count(), 3, "{found}");
    assert!(!found.contains(&key), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn knowledge_is_kept_once_for_each_key_and_found_again() {
    let scene = Scene::new().await;
    let add = KnowledgeAdd::new(scene.store.clone(), scene.known_keys());
    let args = json!({"category": "practice", "title": "Money", "text": "Count in cents.", "sources": ["[#0]"]});
    let first = run(&add, "step-1", args.clone()).await.unwrap();
    assert_eq!(run(&add, "step-1", args.clone()).await.unwrap(), first);
    assert_ne!(run(&add, "step-2", args).await.unwrap(), first);
    let search = KnowledgeSearch::new(scene.store.clone());
    let found = run(
        &search,
        "k",
        json!({"query": "cents", "category": "practice"}),
    )
    .await
    .unwrap();
    assert_eq!(found["entries"].as_array().unwrap().len(), 2);
    let none = run(
        &search,
        "k",
        json!({"query": "cents", "category": "pattern"}),
    )
    .await
    .unwrap();
    assert!(none["entries"].as_array().unwrap().is_empty());
    let empty = run(
        &add,
        "k",
        json!({"category": "x", "title": " ", "text": "y"}),
    )
    .await
    .unwrap_err();
    assert!(empty.message.contains("`title`"));
}

#[test]
fn every_field_of_every_tool_says_what_it_is() {
    for spec in super::specs() {
        assert_eq!(
            spec.args_schema["additionalProperties"], false,
            "{}",
            spec.name
        );
        for (field, schema) in spec.args_schema["properties"].as_object().unwrap() {
            assert!(schema["description"].is_string(), "{}: {field}", spec.name);
        }
        assert!(
            !spec.args_schema.to_string().contains("$ref"),
            "{}",
            spec.name
        );
    }
}
