//! What was stored by rules that found less, looked through by those of today.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::time::Duration;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::kept_secret::SecretPolicy;
use krake_domain::principal::Principal;
use krake_domain::secret::Hidden;
use krake_domain::session::{Message, ToolUse, Usage};
use krake_domain::time::Timestamp;
use krake_engine::secrets::RULES;
use krake_runtime::{Drive, Options, RescanStanding, Runtime, start};
use krake_store::{FilePart, ImportedSession, ReadFile, Store};
use serde_json::json;
use tokio::time::timeout;

const PATH: &str = "/x/a.jsonl";

/// Put together here, so that no scanner takes this file for a leak.
fn key() -> String {
    format!(
        "sk-ant-api03-{}",
        "Hd7vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj"
    )
}

async fn owner(home: &Path) -> Runtime {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::All,
        more_tools: Vec::new(),
    };
    start(options).await.unwrap()
}

fn said(id: &str, text: String) -> Message {
    Message {
        native_id: Some(id.to_owned()),
        text,
        ..Message::default()
    }
}

/// A folder as one was left by a Krake that did not know this shape.
async fn from_before(home: &Path) -> SessionId {
    let store = Store::open_owner(home).await.unwrap();
    let mut call = said("b", "calls".to_owned());
    call.tool = Some(ToolUse {
        name: "curl".to_owned(),
        input: json!({ "password": "Sommer-2026!", "header": key() }),
        ..ToolUse::default()
    });
    // In its bytes, letters are written so that nobody finds them there.
    let hidden = key().replace('-', "\\u002d");
    let bytes = format!(
        "{{\"text\":\"use {}\"}}\n{{\"text\":\"{hidden}\"}}\n",
        key()
    );
    let kept = store.blobs().put(bytes.into_bytes()).await.unwrap();
    let session = ImportedSession {
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        source: "claude_code".to_owned(),
        native_id: "s1".to_owned(),
        path: PATH.to_owned(),
        cwd: None,
        place: None,
        title: Some(format!("use {}", key())),
        started_at: Some(Timestamp(1)),
        ended_at: Some(Timestamp(2)),
        usage: Usage::default(),
        answers: Vec::new(),
        is_whole: true,
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 3,
        },
        messages: vec![said("a", format!("use {}", key())), call],
        first: 0,
        broken_lines: 0,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: [].into(),
        secrets: Vec::new(),
    };
    let session = store.import_session(session).await.unwrap().session;
    let file = ReadFile {
        path: PATH.to_owned(),
        format: "claude_code".to_owned(),
        identity: None,
        modified: None,
        bytes: kept.bytes,
        broken_lines: 0,
        read_at: Timestamp(4),
    };
    let part = FilePart {
        start: 0,
        source: kept,
        kept,
    };
    let me = WorkspaceId::PERSONAL;
    store.keep_file(me, file, vec![part]).await.unwrap();
    store.stop().await.unwrap();
    session
}

/// Begins one and waits for its end.
async fn rescan(runtime: &Runtime) -> RescanStanding {
    let mut commits = runtime.subscribe();
    runtime.rescan(Principal::owner()).await.unwrap();
    loop {
        let standing = runtime.rescan_standing().await.unwrap();
        let last = standing.last.as_ref().unwrap();
        assert_eq!(last.trouble, None);
        if last.ended_at.is_some() {
            return standing;
        }
        commits.recv().await.unwrap();
    }
}

#[tokio::test]
async fn what_older_rules_left_is_found_by_shape_and_by_name_and_kept_where_that_is_wanted() {
    let home = tempfile::tempdir().unwrap();
    let session = from_before(home.path()).await;
    let runtime = owner(home.path()).await;
    let standing = runtime.rescan_standing().await.unwrap();
    assert_eq!((standing.last, standing.stored_by), (None, None));
    let passphrase = Hidden::new("correct horse".to_owned());
    runtime.make_vault(passphrase).await.unwrap();
    runtime
        .set_secret_policy(SecretPolicy::Encrypt)
        .await
        .unwrap();

    let standing = rescan(&runtime).await;
    let found = standing.last.unwrap().found;
    assert_eq!(standing.stored_by, Some(RULES));
    assert_eq!(
        (found.changed_messages, found.records, found.changed_parts),
        (2, 1, 1)
    );
    let counted = [("anthropic_key".to_owned(), 3), ("password".to_owned(), 1)];
    assert_eq!(found.replaced, counted.into());
    assert_eq!((found.kept, found.lost), (2, 0));
    let kept = runtime.kept_secrets(None, None, 9).await.unwrap();
    assert!(
        kept.iter().all(|one| one.session == Some(session)),
        "{kept:?}"
    );
    let of_key = kept.iter().find(|one| one.kind == "anthropic_key").unwrap();
    let by = Principal::owner();
    let (_, words) = runtime.reveal_secret(of_key.id, by).await.unwrap();
    assert_eq!(serde_json::to_value(&words).unwrap(), json!(key()));

    let store = runtime.store();
    let messages = store.load_messages(session).await.unwrap();
    assert_eq!(messages[0].text, format!("use {}", of_key.token));
    let input = &messages[1].tool.as_ref().unwrap().input;
    assert_eq!(input["header"], json!(of_key.token));
    assert!(!input.to_string().contains("Sommer"), "{input}");
    // The line whose letters were written otherwise is withheld, the other one cut.
    let me = WorkspaceId::PERSONAL;
    let parts = store.list_file_parts(me, PATH).await.unwrap();
    let bytes = store.blobs().get(parts[0].kept.hash).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("{{\"text\":\"use {}\"}}", of_key.token));
    assert!(lines[1].starts_with("{\"krake\":\"withheld\""), "{text}");
    assert_ne!(parts[0].kept, parts[0].source);
    assert!(store.blobs().get(parts[0].source.hash).await.is_err());

    let again = rescan(&runtime).await.last.unwrap();
    assert!(!again.found.has_changed(), "{again:?}");
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_by_itself_changes_nothing_and_goes_on_only_with_what_a_person_began() {
    let home = tempfile::tempdir().unwrap();
    let session = from_before(home.path()).await;
    let runtime = owner(home.path()).await;
    let messages = runtime.store().load_messages(session).await.unwrap();
    assert!(messages[0].text.contains(&key()));
    assert_eq!(runtime.store().last_rescan().await.unwrap(), None);
    let store = runtime.store().clone();
    let by = Principal::owner();
    // Begun, and then the process ends before anything is done.
    let begun = store.begin_rescan(RULES, by, Timestamp(5)).await.unwrap();
    runtime.stop().await.unwrap();

    let runtime = owner(home.path()).await;
    let mut commits = runtime.subscribe();
    let is_over = async || {
        let last = runtime.store().last_rescan().await.unwrap();
        last.unwrap().ended_at.is_some()
    };
    while !is_over().await {
        let commit = timeout(Duration::from_secs(90), commits.recv()).await;
        commit.expect("nobody goes on with it").unwrap();
    }
    let last = runtime.store().last_rescan().await.unwrap().unwrap();
    assert_eq!((last.id, last.found.changed_messages), (begun.id, 2));
    let messages = runtime.store().load_messages(session).await.unwrap();
    assert!(messages[0].text.starts_with("use [secret:anthropic_key:"));
    runtime.stop().await.unwrap();
}
