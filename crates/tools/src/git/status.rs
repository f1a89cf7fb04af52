//! `git.status`: where a work tree stands.

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{define, to_output};
use crate::git::porcelain;
use crate::git::repository::{Repository, tokens};
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_ENTRIES: usize = 10_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder inside the work tree; `~` is the home folder.
    root: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Null where no branch is checked out.
    branch: Option<String>,
    /// Id of the last commit; null on a repository without commits.
    head: Option<String>,
    /// Its short form.
    short: Option<String>,
    upstream: Option<String>,
    /// Commits that the upstream lacks; null without an upstream.
    ahead: Option<u64>,
    /// Commits of the upstream that are lacking here.
    behind: Option<u64>,
    entries: Vec<Listed>,
    /// Nothing differs from the last commit, and nothing is untracked.
    clean: bool,
    /// There are more entries than are listed.
    truncated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    /// Relative to the root.
    path: String,
    /// `modified`, `added`, `deleted`, `renamed`, `copied`, `type_changed`, `conflicted`, `untracked`.
    state: &'static str,
    /// The name before, where it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    staged: bool,
    unstaged: bool,
}

pub struct GitStatus {
    spec: ToolSpec,
}

impl GitStatus {
    pub fn new() -> Self {
        let description = "Tell the branch, the last commit and what differs from it.";
        let spec = define::<Args, Output>("git.status", description, EffectClass::Read);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                ..spec
            },
        }
    }
}

impl Tool for GitStatus {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Read,
                args.root.clone(),
                format!("look at the work tree {}", args.root),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let repository =
                Repository::open(&args.root, &call.cancel, self.spec.timeout_ms).await?;
            let asked = [
                "status",
                "--porcelain=v2",
                "-z",
                "--branch",
                "--ignore-submodules=all",
                "--",
                ".",
            ];
            let captured = repository.read(&asked, &[]).await?;
            let status = porcelain::parse(tokens(&captured));
            let short = match &status.head {
                Some(head) => Some(repository.short(head).await?),
                None => None,
            };
            let truncated = captured.is_cut() || status.entries.len() > MOST_ENTRIES;
            let below = |path: &str| repository.below_root(path).unwrap_or(path).to_owned();
            let listed = |entry: &porcelain::Entry| Listed {
                path: below(&entry.path),
                state: entry.state,
                from: entry.from.as_deref().map(below),
                staged: entry.staged,
                unstaged: entry.unstaged,
            };
            to_output(&Output {
                entries: status
                    .entries
                    .iter()
                    .take(MOST_ENTRIES)
                    .map(listed)
                    .collect(),
                clean: status.entries.is_empty() && !truncated,
                branch: status.branch,
                head: status.head,
                short,
                upstream: status.upstream,
                ahead: status.ahead,
                behind: status.behind,
                truncated,
            })
        })
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scene::Scene;
    use crate::trial::run;
    use krake_domain::failure::FailureClass;
    use serde_json::json;

    #[tokio::test]
    async fn tells_branch_head_and_changes_also_from_a_folder_inside() {
        let scene = Scene::new();
        let tool = GitStatus::new();
        let output = run(&tool, json!({"root": scene.path()})).await.unwrap();
        assert_eq!(
            (&output["branch"], &output["head"], &output["clean"]),
            (&json!("main"), &Value::Null, &json!(true))
        );
        scene.write("sub/ä b.md", "one\n");
        let head = scene.commit("first");
        scene.write("sub/ä b.md", "two\n");
        scene.write("top", "new");
        let output = run(&tool, json!({"root": scene.path()})).await.unwrap();
        assert_eq!(
            (&output["head"], &output["clean"]),
            (&json!(head), &json!(false))
        );
        assert!(head.starts_with(output["short"].as_str().unwrap()));
        let inside = run(&tool, json!({"root": scene.path().join("sub")}))
            .await
            .unwrap();
        let entry =
            json!({"path": "ä b.md", "state": "modified", "staged": false, "unstaged": true});
        assert_eq!(inside["entries"], json!([entry]));
        assert_eq!(output["entries"][1]["path"], "top");
        assert_eq!(output["entries"][1]["state"], "untracked");
    }

    #[tokio::test]
    async fn a_folder_without_a_repository_says_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let failure = run(&GitStatus::new(), json!({"root": folder.path()}))
            .await
            .unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput);
        assert!(failure.message.contains("git init"), "{failure}");
        let failure = run(
            &GitStatus::new(),
            json!({"root": folder.path().join("none")}),
        )
        .await
        .unwrap_err();
        assert_eq!(failure.class, FailureClass::NotFound);
    }
}
