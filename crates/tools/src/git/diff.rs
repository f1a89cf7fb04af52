//! `git.diff`: what changed between two states of a repository.

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{bad_input, define, to_output};
use crate::git::changes::{self, FileChange};
use crate::git::repository::{Repository, all_but, literal, revision, tokens};
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_BYTES: usize = 3 * 1024 * 1024;
const MOST_FILES: usize = 5_000;

/// Nothing that the configuration names is run, and nothing but text comes out.
pub const PLAIN: &[&str] = &[
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=all",
    "--relative",
    "--find-renames",
];

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder inside the work tree; `~` is the home folder.
    root: String,
    /// Revision to compare from. Without it: the last commit.
    #[serde(default)]
    from: Option<String>,
    /// Revision to compare to. Without it: the files as they are now.
    #[serde(default)]
    to: Option<String>,
    /// Only these files and folders, relative to the root.
    #[serde(default)]
    paths: Vec<String>,
    /// Not these files and folders, relative to the root; names as they are, no patterns.
    #[serde(default)]
    exclude: Vec<String>,
    /// How much of the patch at most, up to 3 MiB.
    #[serde(default = "default_max_bytes")]
    #[schemars(range(min = 1, max = 3_145_728))]
    max_bytes: usize,
}

fn default_max_bytes() -> usize {
    256 * 1024
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// By path. Untracked files are named where the files as they are now are compared.
    files: Vec<FileChange>,
    /// Unified diff; untracked files are not in it.
    patch: String,
    /// The patch or the list of files is longer.
    truncated: bool,
    /// Size of the whole patch.
    bytes: u64,
}

pub struct GitDiff {
    spec: ToolSpec,
}

impl GitDiff {
    pub fn new() -> Self {
        let description = "Tell what changed between two revisions, or since one of them.";
        let spec = define::<Args, Output>("git.diff", description, EffectClass::Read);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                timeout_ms: 60_000,
                ..spec
            },
        }
    }
}

impl Tool for GitDiff {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Read,
                args.root.clone(),
                format!("compare in {}", args.root),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let repository =
                Repository::open(&args.root, &call.cancel, self.spec.timeout_ms).await?;
            let states = states(&args, &repository).await?;
            let mut rest = states;
            rest.extend(paths(&args)?);
            to_output(&compare(&args, &repository, &rest).await?)
        })
    }
}

async fn states(args: &Args, repository: &Repository) -> Result<Vec<String>, Failure> {
    let from = match &args.from {
        Some(from) => revision("from", from)?,
        None if args.to.is_some() => {
            return Err(bad_input("`to` needs `from`: what to compare with it"));
        }
        None => match repository.find_commit("HEAD").await? {
            Some(head) => head,
            None => repository.empty_tree().await?,
        },
    };
    let mut states = vec!["--end-of-options".to_owned(), from];
    if let Some(to) = &args.to {
        states.push(revision("to", to)?);
    }
    Ok(states)
}

/// What is compared: everything, or these paths; in both cases without those that are left out.
fn paths(args: &Args) -> Result<Vec<String>, Failure> {
    let mut paths = vec!["--".to_owned()];
    paths.extend(literal(&args.paths)?);
    paths.extend(all_but(&args.exclude)?);
    Ok(paths)
}

async fn compare(args: &Args, repository: &Repository, rest: &[String]) -> Result<Output, Failure> {
    let listing = [&["diff", "--raw", "--numstat", "-z"], PLAIN].concat();
    let patching = [&["diff", "--patch"], PLAIN].concat();
    let cap = args.max_bytes.min(MOST_BYTES);
    let (listed, patch) = tokio::join!(
        repository.read(&listing, rest),
        repository.read_capped(&patching, rest, cap)
    );
    let (listed, patch) = (listed?, patch?);
    let mut files = changes::parse(tokens(&listed));
    if args.to.is_none() && !args.from.as_deref().is_some_and(|from| from.contains("..")) {
        let others = repository
            .read(
                &["ls-files", "--others", "--exclude-standard", "-z"],
                &paths(args)?,
            )
            .await?;
        let untracked = |path| FileChange {
            path,
            from: None,
            added: None,
            removed: None,
            status: "untracked",
        };
        files.extend(tokens(&others).map(untracked));
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    let truncated = patch.is_cut() || listed.is_cut() || files.len() > MOST_FILES;
    files.truncate(MOST_FILES);
    let mut text = String::from_utf8_lossy(&patch.head).into_owned();
    if patch.is_cut() {
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    }
    Ok(Output {
        files,
        patch: text,
        truncated,
        bytes: patch.total_bytes,
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scene::Scene;
    use crate::trial::run;
    use krake_domain::failure::FailureClass;
    use serde_json::json;

    fn brief(output: &Value) -> Vec<(&str, &str, &Value, &Value)> {
        let files = output["files"].as_array().unwrap().iter();
        files
            .map(|f| {
                (
                    f["path"].as_str().unwrap(),
                    f["status"].as_str().unwrap(),
                    &f["added"],
                    &f["removed"],
                )
            })
            .collect()
    }

    #[tokio::test]
    async fn compares_now_with_the_last_commit_and_names_the_untracked() {
        let scene = Scene::new();
        let tool = GitDiff::new();
        scene.write("a", "one\n");
        scene.git(&["add", "a"]);
        let output = run(&tool, json!({"root": scene.path()})).await.unwrap();
        assert_eq!(brief(&output), [("a", "added", &json!(1), &json!(0))]);
        scene.commit("first");
        scene.write("a", "two\nthree\n");
        scene.write("sub/new", "x");
        let output = run(&tool, json!({"root": scene.path()})).await.unwrap();
        let wanted = [
            ("a", "modified", &json!(2), &json!(1)),
            ("sub/new", "untracked", &Value::Null, &Value::Null),
        ];
        assert_eq!(brief(&output), wanted);
        assert!(
            output["patch"]
                .as_str()
                .unwrap()
                .ends_with("-one\n+two\n+three\n")
        );
        let output = run(&tool, json!({"root": scene.path(), "paths": ["sub"]}))
            .await
            .unwrap();
        assert_eq!(brief(&output).len(), 1);
        for (exclude, left) in [("a", "sub/new"), ("sub", "a"), ("./sub/new", "a")] {
            let args = json!({"root": scene.path(), "exclude": [exclude]});
            let output = run(&tool, args).await.unwrap();
            let paths: Vec<&str> = brief(&output).iter().map(|file| file.0).collect();
            assert_eq!(paths, [left], "{exclude}");
            let patch = output["patch"].as_str().unwrap();
            assert_eq!(patch.contains("+two"), left == "a", "{patch}");
        }
        let args = json!({"root": scene.path(), "paths": ["sub"], "exclude": ["sub/new"]});
        assert!(brief(&run(&tool, args).await.unwrap()).is_empty());
        let inside = json!({"root": scene.path().join("sub"), "exclude": ["new"]});
        assert!(brief(&run(&tool, inside).await.unwrap()).is_empty());
        let inside = run(&tool, json!({"root": scene.path().join("sub")}))
            .await
            .unwrap();
        assert_eq!(
            brief(&inside),
            [("new", "untracked", &Value::Null, &Value::Null)]
        );
    }

    #[tokio::test]
    async fn compares_revisions_and_cuts_a_long_patch_at_a_line() {
        let scene = Scene::new();
        scene.write("old", "line\n".repeat(2000));
        let first = scene.commit("first");
        scene.git(&["mv", "old", "new"]);
        scene.write("b", "x\n".repeat(1000));
        scene.commit("second");
        scene.write("c", "untracked");
        let args = json!({"root": scene.path(), "from": first, "to": "HEAD", "max_bytes": 500});
        let output = run(&GitDiff::new(), args).await.unwrap();
        let wanted = [
            ("b", "added", &json!(1000), &json!(0)),
            ("new", "renamed", &json!(0), &json!(0)),
        ];
        assert_eq!(brief(&output), wanted);
        assert_eq!(
            (&output["truncated"], &output["files"][1]["from"]),
            (&json!(true), &json!("old"))
        );
        let patch = output["patch"].as_str().unwrap();
        assert!(
            patch.len() <= 500
                && patch.ends_with("\n+x\n")
                && output["bytes"].as_u64().unwrap() > 2000
        );
    }

    #[tokio::test]
    async fn what_could_be_an_option_or_leads_out_is_refused() {
        let scene = Scene::new();
        scene.commit("first");
        let outside = scene.path().join("stolen");
        for args in [
            json!({"root": scene.path(), "from": format!("--output={}", outside.display())}),
            json!({"root": scene.path(), "from": "HEAD", "to": "-O/etc/passwd"}),
            json!({"root": scene.path(), "from": "no-such-branch"}),
            json!({"root": scene.path(), "to": "HEAD"}),
            json!({"root": scene.path(), "paths": ["../x"]}),
            json!({"root": scene.path(), "paths": ["/etc"]}),
            json!({"root": scene.path(), "exclude": ["../x"]}),
        ] {
            let failure = run(&GitDiff::new(), args.clone()).await.unwrap_err();
            assert_eq!(failure.class, FailureClass::BadInput, "{args}: {failure}");
        }
        assert!(!outside.exists());
    }

    #[tokio::test]
    async fn programs_that_the_configuration_names_are_not_run() {
        let scene = Scene::new();
        scene.write("a.txt", "one\n");
        scene.write(".gitattributes", "*.txt diff=evil\n");
        scene.commit("first");
        scene.write("a.txt", "two\n");
        let ran = scene.path().join("ran");
        let evil = format!("touch {}; true", ran.display());
        for name in [
            "diff.external",
            "diff.evil.command",
            "diff.evil.textconv",
            "core.fsmonitor",
            "core.pager",
        ] {
            scene.git(&["config", name, &evil]);
        }
        let output = run(&GitDiff::new(), json!({"root": scene.path()}))
            .await
            .unwrap();
        assert!(output["patch"].as_str().unwrap().contains("+two"));
        assert!(!ran.exists());
    }
}
