//! An owner, a repository, a session that ran out.

use std::path::{Path, PathBuf};
use std::process::Command;

use krake_domain::account::Provider as At;
use krake_domain::blob::BlobRef;
use krake_domain::draft::Draft;
use krake_domain::hash::Hash;
use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::project::{Project, ProjectStatus};
use krake_domain::secret::Hidden;
use krake_domain::session::{Message, MessageKind, Role, ToolUse, Usage};
use krake_domain::time::Timestamp;
use krake_runtime::{Drive, NewAccount, Options, Runtime, start};
use krake_store::ImportedSession;
use serde_json::json;
use uuid::Uuid;

pub async fn owner(home: &Path, drive: Drive) -> Runtime {
    let options = Options {
        home: home.to_owned(),
        drive,
        more_tools: Vec::new(),
    };
    start(options).await.unwrap()
}

pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

pub fn ago(minutes: i64) -> Timestamp {
    Timestamp(now().0 - minutes * 60_000)
}

/// A folder with a repository, and git to ask it.
pub struct Shop {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
}

impl Shop {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let shop = Self {
            _folder: folder,
            path,
        };
        shop.git(&["init", "--quiet", "--initial-branch=main"]);
        shop.git(&["config", "user.name", "Ada"]);
        shop.git(&["config", "user.email", "ada@example.org"]);
        shop.write("cart.rs", "one\n");
        shop.write("notes.md", "one\n");
        shop.git(&["add", "--all"]);
        shop.git(&["commit", "--quiet", "--message", "first"]);
        shop.write("cart.rs", "two\n");
        shop.write("notes.md", "two\n");
        shop
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path.join(name), text).unwrap();
    }

    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.path)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub fn text(&self) -> String {
        self.path.to_str().unwrap().to_owned()
    }
}

pub async fn project(runtime: &Runtime, folder: &str) -> Project {
    let project = Project {
        id: ProjectId::from_uuid(Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        name: "shop".to_owned(),
        description: String::new(),
        status: ProjectStatus::Active,
        folder: Some(folder.to_owned()),
        objectives: Vec::new(),
        pinned: Vec::new(),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
    };
    runtime.store().add_project(project.clone()).await.unwrap();
    project
}

pub fn message(role: Role, kind: MessageKind, text: &str, at: Timestamp) -> Message {
    Message {
        role,
        kind,
        text: text.to_owned(),
        at: Some(at),
        ..Message::default()
    }
}

/// A session that edited a file and then ran out at that moment.
pub fn session(native: &str, folder: &str, path: &str, at: Timestamp) -> ImportedSession {
    let mut edit = message(Role::Assistant, MessageKind::ToolCall, "", at);
    edit.tool = Some(ToolUse {
        call_id: Some("1".to_owned()),
        name: "Edit".to_owned(),
        input: json!({ "file_path": format!("{folder}/cart.rs"), "old_string": "one", "new_string": "two" }),
    });
    ImportedSession {
        id: SessionId::from_uuid(Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        source: "claude_code".to_owned(),
        native_id: native.to_owned(),
        path: path.to_owned(),
        cwd: Some(folder.to_owned()),
        place: None,
        title: None,
        started_at: Some(at),
        ended_at: Some(at),
        usage: Usage::default(),
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 3,
        },
        messages: vec![
            message(
                Role::User,
                MessageKind::Text,
                "Make the totals of the cart exact in cart.rs.",
                at,
            ),
            edit,
            message(
                Role::Assistant,
                MessageKind::Limit,
                "You've hit your limit",
                at,
            ),
        ],
        first: 0,
        broken_lines: 0,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: Default::default(),
        secrets: Vec::new(),
        answers: Vec::new(),
        is_whole: false,
    }
}

pub async fn import(runtime: &Runtime, session: ImportedSession) -> SessionId {
    runtime
        .store()
        .import_session(session)
        .await
        .unwrap()
        .session
}

pub async fn drafts(runtime: &Runtime) -> Vec<Draft> {
    runtime.store().drafts_in_force().await.unwrap()
}

pub fn account(name: &str, provider: At, url: Option<String>) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        email: None,
        provider,
        plan: None,
        specialization: None,
        tags: Vec::new(),
        model: url.is_some().then(|| "m".to_owned()),
        key: url
            .is_some()
            .then(|| Hidden::new("sk-canary-0123456789".to_owned())),
        base_url: url,
        format: None,
    }
}
