//! `git.commit`: these paths, as they are now, become one commit.
//!
//! Checkable: the commit itself tells its parent and its files, which together are the state that
//! was assessed.

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::tool::{Assessment, EffectClass, Finding, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{bad_input, define, to_output};
use crate::git::changes;
use crate::git::repository::{Repository, literal, tokens};
use crate::tool::{Call, Pending, Tool, parse_args};

mod pending;
pub(super) use pending::PendingChange;
use pending::fingerprint;

/// How far back a commit of ours is looked for after a crash.
const LOOKED_BACK: usize = 20;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder inside the work tree; `~` is the home folder.
    root: String,
    /// The whole message: a subject, and a body after an empty line.
    message: String,
    /// Files and folders to commit, relative to the root; nothing else gets into the commit.
    #[schemars(length(min = 1))]
    paths: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    hash: String,
    short: String,
    /// Null where no branch is checked out.
    branch: Option<String>,
    /// How many files.
    files: usize,
    /// Lines.
    added: u64,
    removed: u64,
}

pub struct GitCommit {
    spec: ToolSpec,
}

impl GitCommit {
    pub fn new() -> Self {
        let description =
            "Commit the present content of these paths; hooks run as the repository says.";
        let spec = define::<Args, Output>("git.commit", description, EffectClass::Checkable);
        Self {
            spec: ToolSpec {
                asks: true,
                timeout_ms: 300_000,
                ..spec
            },
        }
    }

    async fn open(
        &self,
        args: &Args,
        cancel: &tokio_util::sync::CancellationToken,
    ) -> Result<Repository, Failure> {
        if args.message.trim().is_empty() {
            return Err(bad_input("`message` is empty"));
        }
        if args.message.contains('\0') {
            return Err(bad_input("`message` holds a zero character"));
        }
        if args.paths.is_empty() {
            return Err(bad_input(
                "`paths` is empty; name what to commit, `.` for everything below the root",
            ));
        }
        Repository::open(&args.root, cancel, self.spec.timeout_ms).await
    }
}

impl Tool for GitCommit {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let repository = self
                .open(&args, &tokio_util::sync::CancellationToken::new())
                .await?;
            let change = PendingChange::load(&repository, &args.paths).await?;
            change.check(&repository).await?;
            let patch = change.patch(&repository).await?;
            let count = change.files.len();
            let files = if count == 1 {
                "1 file".to_owned()
            } else {
                format!("{count} files")
            };
            let after = match &change.head {
                Some(head) => format!("after {}", repository.short(head).await?),
                None => "as the first commit".to_owned(),
            };
            let branch = change.branch.as_deref().unwrap_or("no branch");
            Ok(Assessment {
                class: EffectClass::Checkable,
                target: format!("{} ({branch})", repository.shown()),
                summary: format!(
                    "commit {files} on {branch} {after}: +{} −{} lines",
                    patch.added, patch.removed
                ),
                reversible: true,
                writes_under: Some(repository.shown()),
                reaches: None,
                target_state: Some(change.state),
                diff: Some(patch.text),
            })
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let repository = self.open(&args, &call.cancel).await?;
            let change = PendingChange::load(&repository, &args.paths).await?;
            if call
                .target_state
                .is_some_and(|expected| expected != change.state)
            {
                let message = format!(
                    "the last commit of `{}` or the files to commit changed since they were looked at",
                    repository.shown()
                );
                return Err(Failure::new(FailureClass::TargetChanged, message));
            }
            change.check(&repository).await?;
            commit_paths(&args.paths, &args.message, &repository, &change).await?;
            let head = repository.find_commit("HEAD").await?;
            let head = head.ok_or_else(|| {
                Failure::new(
                    FailureClass::UnknownOutcome,
                    "git says that it committed, but there is no commit",
                )
            })?;
            describe(&repository, head).await
        })
    }

    fn look<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Finding, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let repository = self.open(&args, &call.cancel).await?;
            let Some(expected) = call.target_state else {
                return Ok(unclear("the state before the commit is not known"));
            };
            if PendingChange::load(&repository, &args.paths).await?.state == expected {
                return Ok(Finding::NotHappened);
            }
            look_back(&args, &repository, expected).await
        })
    }
}

/// Untracked files are made known first, and forgotten again where the commit is refused, so that
/// a refusal leaves the index as it was.
pub(super) async fn commit_paths(
    paths: &[String],
    message: &str,
    repository: &Repository,
    change: &PendingChange,
) -> Result<(), Failure> {
    let untracked = change.untracked_list();
    let listed = ["--pathspec-from-file=-", "--pathspec-file-nul"];
    if !untracked.is_empty() {
        repository
            .change(
                &[&["add", "--intent-to-add"][..], &listed].concat(),
                &[],
                untracked.clone(),
            )
            .await?;
    }
    let asked = [
        "commit",
        "--quiet",
        "--only",
        "--cleanup=verbatim",
        "--file=-",
        "--",
    ];
    let committed = repository
        .change(&asked, &literal(paths)?, message.to_owned().into_bytes())
        .await;
    if let Err(failure) = committed {
        if !untracked.is_empty() {
            let forget = [
                &["rm", "--quiet", "--cached", "--force", "--ignore-unmatch"][..],
                &listed,
            ]
            .concat();
            _ = repository.change(&forget, &[], untracked).await;
        }
        return Err(failure);
    }
    Ok(())
}

/// Whether one of the last commits has the message, the parent and the files that were assessed.
async fn look_back(
    args: &Args,
    repository: &Repository,
    expected: Hash,
) -> Result<Finding, Failure> {
    if repository.find_commit("HEAD").await?.is_none() {
        return Ok(unclear(
            "there is no commit, and the files are not as they were",
        ));
    }
    let count = format!("--max-count={LOOKED_BACK}");
    let asked = [
        "log",
        "-z",
        "--first-parent",
        "--encoding=UTF-8",
        "--format=%H%x00%P%x00%B",
        &count,
    ];
    let listed = repository
        .read(&asked, &["HEAD".to_owned(), "--".to_owned()])
        .await?;
    let mut tokens = tokens(&listed);
    let mut named_alike = None;
    while let (Some(hash), Some(parents), Some(message)) =
        (tokens.next(), tokens.next(), tokens.next())
    {
        if message.trim_end() != args.message.trim_end() || parents.contains(' ') {
            continue;
        }
        let files = touched(repository, &hash).await?;
        if fingerprint(repository, Some(parents).filter(|id| !id.is_empty()), files).await?
            == expected
        {
            return Ok(Finding::Happened {
                output: describe(repository, hash).await?,
            });
        }
        named_alike.get_or_insert(hash);
    }
    Ok(match named_alike {
        Some(hash) => unclear(&format!(
            "commit {hash} has this message, but its parent or its files are not those that were looked at, or the files changed since"
        )),
        None => unclear(
            "the last commit or the files changed, and none of the last commits has this message",
        ),
    })
}

fn unclear(because: &str) -> Finding {
    Finding::Unclear {
        because: because.to_owned(),
    }
}

/// The files of a commit, from the root; those outside of it keep their name from the top, which
/// no assessed change has.
async fn touched(repository: &Repository, hash: &str) -> Result<Vec<String>, Failure> {
    let asked = [
        "diff-tree",
        "-r",
        "-z",
        "--root",
        "--no-commit-id",
        "--no-renames",
        "--name-only",
        hash,
    ];
    let listed = repository.read(&asked, &[]).await?;
    Ok(tokens(&listed)
        .map(|path| repository.below_root(&path).unwrap_or(&path).to_owned())
        .collect())
}

async fn describe(repository: &Repository, hash: String) -> Result<Value, Failure> {
    let asked = [
        "diff-tree",
        "-r",
        "-z",
        "--root",
        "--no-commit-id",
        "--find-renames",
        "--raw",
        "--numstat",
        &hash,
    ];
    let listed = repository.read(&asked, &[]).await?;
    let files = changes::parse(tokens(&listed));
    let branch = repository.read(&["branch", "--show-current"], &[]).await?;
    let branch = String::from_utf8_lossy(&branch.head).trim().to_owned();
    to_output(&Output {
        short: repository.short(&hash).await?,
        hash,
        branch: (!branch.is_empty()).then_some(branch),
        files: files.len(),
        added: files.iter().filter_map(|file| file.added).sum(),
        removed: files.iter().filter_map(|file| file.removed).sum(),
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
