//! A real git repository with commits, open work and the AI sessions that worked in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::scene::Scene;

/// The messages of the session of Claude Code, which is the earlier one.
pub const FIRST_SESSION: [&str; 3] = [
    "The cart total is off by a cent. Never round before the sum.",
    "Decision: round once, at the end, in src/cart.rs, because the sum of rounded parts is wrong.",
    "Next step: add a test for negative amounts.",
];
/// The messages of the session of Codex.
pub const SECOND_SESSION: [&str; 2] = [
    "Make the import faster, keep the order.",
    "Decision: one scan instead of two; the order is kept by an index.",
];

pub struct Repository {
    path: PathBuf,
}

impl Repository {
    /// Initialised, nothing committed.
    pub fn empty(scene: &Scene) -> Self {
        let path = scene.work().join("repo");
        std::fs::create_dir(&path).unwrap();
        let repository = Self { path };
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "Ada"]);
        repository.git(&["config", "user.email", "ada@example.org"]);
        repository
    }

    pub fn with_commits(scene: &Scene) -> Self {
        let repository = Self::empty(scene);
        repository.write(
            "src/cart.rs",
            "// TODO: round once, at the end\nfn total() {}\n",
        );
        repository.write("README.md", "# Shop\n");
        repository.commit("Add the cart");
        repository.write("src/cart.rs", "// TODO: round once, at the end\nfn total() -> f64 { 0.0 }\n// FIXME: negative amounts\n");
        repository.commit("Give the cart a total");
        repository.write("README.md", "# Shop\n\nA shop.\n");
        repository
    }

    /// One session of Claude Code and one of Codex in the home of the scene, each with broken lines.
    pub fn add_sessions(&self, scene: &Scene) {
        let cwd = self.folder();
        let name: String = cwd
            .chars()
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '-'
                }
            })
            .collect();
        let folder = scene.home().join(".claude/projects").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let message = |uuid: &str, parent: Option<&str>, role: &str, text: &str, second: u32| {
            json!({
                "parentUuid": parent, "isSidechain": false, "userType": "external", "cwd": cwd,
                "sessionId": "5e55-1", "version": "2.1.0", "gitBranch": "main", "type": role,
                "message": { "role": role, "content": [{ "type": "text", "text": text }] },
                "uuid": uuid, "timestamp": format!("2026-03-01T09:00:{second:02}.000Z"),
            })
            .to_string()
        };
        let lines = [
            message("u-1", None, "user", FIRST_SESSION[0], 1),
            "{\"type\":\"user\",\"message\":{\"role\":\"us".to_owned(),
            message("u-2", Some("u-1"), "assistant", FIRST_SESSION[1], 2),
            "\u{0}not json at all".to_owned(),
            message("u-3", Some("u-2"), "user", FIRST_SESSION[2], 3),
        ];
        std::fs::write(folder.join("5e55-1.jsonl"), lines.join("\n")).unwrap();
        let folder = scene.home().join(".codex/sessions/2026/03/02");
        std::fs::create_dir_all(&folder).unwrap();
        let item = |second: u32, kind: &str, payload: serde_json::Value| {
            json!({ "timestamp": format!("2026-03-02T10:00:{second:02}.000Z"), "type": kind, "payload": payload })
                .to_string()
        };
        let text = |role: &str, kind: &str, text: &str| json!({ "type": "message", "role": role, "content": [{ "type": kind, "text": text }] });
        let lines = [
            item(
                0,
                "session_meta",
                json!({ "id": "0199-1", "cwd": cwd, "originator": "codex_cli_rs", "cli_version": "0.101.0" }),
            ),
            item(
                1,
                "response_item",
                text("user", "input_text", SECOND_SESSION[0]),
            ),
            "{\"timestamp\":\"2026-03-02T10:00:02.000Z\",\"type\":\"response_item\",\"payl"
                .to_owned(),
            item(
                3,
                "response_item",
                text("assistant", "output_text", SECOND_SESSION[1]),
            ),
        ];
        let name = "rollout-2026-03-02T10-00-00-0199-1.jsonl";
        std::fs::write(folder.join(name), lines.join("\n")).unwrap();
    }

    /// A file of that many bytes in lines, not committed.
    pub fn add_large_file(&self, bytes: usize) {
        let line = format!("{}\n", "x".repeat(99));
        self.write("large.txt", &line.repeat(bytes / line.len()));
    }

    pub fn folder(&self) -> String {
        self.path.to_str().unwrap().to_owned()
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn commit(&self, message: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "-q", "-m", message]);
    }

    /// What git says; it must succeed.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(args)
            .current_dir(&self.path)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}
