//! `fs.list`: the names below a folder.

use std::collections::VecDeque;
use std::time::UNIX_EPOCH;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::root::{Entry, Kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::define::{bad_input, blocking, define, to_output};
use crate::fs::open;
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_ENTRIES: usize = 20_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder that the path is relative to; `~` is the home folder.
    root: String,
    /// Folder to list, relative to the root.
    #[serde(default = "default_path")]
    path: String,
    /// How many levels: 1 lists the folder itself.
    #[serde(default = "default_depth")]
    #[schemars(range(min = 1, max = 64))]
    depth: u32,
    /// Also names that begin with a dot.
    #[serde(default)]
    hidden: bool,
    /// How many names at most.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 20_000))]
    limit: usize,
}

fn default_path() -> String {
    ".".to_owned()
}

fn default_depth() -> u32 {
    1
}

fn default_limit() -> usize {
    1000
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Level by level, each folder by name.
    entries: Vec<Listed>,
    /// There are more names than the limit allowed.
    truncated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    /// Relative to the root.
    path: String,
    /// `file`, `folder`, `link` (not followed) or `other`.
    kind: &'static str,
    bytes: u64,
    /// RFC 3339; absent where the file system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
}

pub struct FsList {
    spec: ToolSpec,
}

impl FsList {
    pub fn new() -> Self {
        let spec = define::<Args, Output>(
            "fs.list",
            "List the files and folders below a folder.",
            EffectClass::Read,
        );
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                ..spec
            },
        }
    }
}

impl Tool for FsList {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Read,
                format!("{}/{}", args.root, args.path),
                format!("list {}", args.path),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let cancel = call.cancel.clone();
            blocking(move || to_output(&list(&args, &cancel)?)).await
        })
    }
}

fn list(args: &Args, cancel: &CancellationToken) -> Result<Output, Failure> {
    if args.limit == 0 || args.depth == 0 {
        return Err(bad_input("`limit` and `depth` begin at 1"));
    }
    let (root, start) = open(&args.root, &args.path)?;
    let limit = args.limit.min(MOST_ENTRIES);
    let mut waiting = VecDeque::from([(start, 1)]);
    let mut entries = Vec::new();
    while let Some((folder, level)) = waiting.pop_front() {
        if cancel.is_cancelled() {
            return Err(Failure::new(
                FailureClass::Cancelled,
                "listing was cancelled",
            ));
        }
        let found = match root.list(&folder) {
            Ok(found) => found,
            // Below the start, a folder that is gone or closed to us is a name without names.
            Err(_) if level > 1 => continue,
            Err(error) => return Err(error.into()),
        };
        for entry in found {
            if !args.hidden && is_hidden(&entry) {
                continue;
            }
            if entries.len() == limit {
                return Ok(Output {
                    entries,
                    truncated: true,
                });
            }
            if entry.kind == Kind::Folder && level < args.depth {
                waiting.push_back((entry.path.clone(), level + 1));
            }
            entries.push(listed(&entry));
        }
    }
    Ok(Output {
        entries,
        truncated: false,
    })
}

fn is_hidden(entry: &Entry) -> bool {
    entry
        .path
        .as_path()
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn listed(entry: &Entry) -> Listed {
    let kind = match entry.kind {
        Kind::File => "file",
        Kind::Folder => "folder",
        Kind::Link => "link",
        Kind::Other => "other",
    };
    let modified = entry
        .modified
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .map(|millis| Timestamp(millis).to_rfc3339());
    Listed {
        path: entry.path.display(),
        kind,
        bytes: entry.bytes,
        modified,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{call, run};
    use serde_json::json;

    fn scene() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/c/d")).unwrap();
        for path in ["a.md", ".env", "b/x", "b/c/y"] {
            std::fs::write(folder.path().join(path), "12").unwrap();
        }
        std::os::unix::fs::symlink("..", folder.path().join("up")).unwrap();
        folder
    }

    fn paths(output: &Value) -> Vec<&str> {
        output["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["path"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn lists_level_by_level_without_following_links() {
        let folder = scene();
        let tool = FsList::new();
        let root = folder.path();
        let output = run(&tool, json!({"root": root})).await.unwrap();
        assert_eq!(paths(&output), ["a.md", "b", "up"]);
        assert_eq!(output["entries"][0]["bytes"], 2);
        assert_eq!(output["entries"][2]["kind"], "link");
        assert!(
            output["entries"][0]["modified"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
        let output = run(&tool, json!({"root": root, "depth": 9, "hidden": true}))
            .await
            .unwrap();
        assert_eq!(
            paths(&output),
            [".env", "a.md", "b", "up", "b/c", "b/x", "b/c/d", "b/c/y"]
        );
        let output = run(&tool, json!({"root": root, "path": "b/c"}))
            .await
            .unwrap();
        assert_eq!(paths(&output), ["b/c/d", "b/c/y"]);
    }

    #[tokio::test]
    async fn the_limit_cuts_and_says_so() {
        let folder = scene();
        let output = run(&FsList::new(), json!({"root": folder.path(), "limit": 3}))
            .await
            .unwrap();
        assert_eq!(
            (paths(&output).len(), &output["truncated"]),
            (3, &json!(false))
        );
        let output = run(&FsList::new(), json!({"root": folder.path(), "limit": 2}))
            .await
            .unwrap();
        assert_eq!(
            (paths(&output), &output["truncated"]),
            (vec!["a.md", "b"], &json!(true))
        );
    }

    #[tokio::test]
    async fn a_link_out_a_file_and_a_cancelled_call_are_refused() {
        let folder = scene();
        for path in ["up", "a.md", "..", "none"] {
            let failure = run(&FsList::new(), json!({"root": folder.path(), "path": path}))
                .await
                .unwrap_err();
            assert!(
                matches!(
                    failure.class,
                    FailureClass::BadInput | FailureClass::NotFound
                ),
                "{path}: {failure:?}"
            );
        }
        let cancelled = call(json!({"root": folder.path()}), None);
        cancelled.cancel.cancel();
        assert_eq!(
            FsList::new().run(&cancelled).await.unwrap_err().class,
            FailureClass::Cancelled
        );
    }
}
