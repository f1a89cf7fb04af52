//! The work of a folder before it passes to somebody else: what differs from the last commit, and a
//! commit of what a person chose, on a branch of its own where they want one.
//!
//! Checkable: the last line of the message is the work's own, and a commit that has it is not made
//! again. **Invariant:** what fails leaves branch, index and files as they were; nothing is forced,
//! nothing is pushed, and hooks and signing are the user's.

use std::collections::BTreeSet;

use krake_domain::failure::{Failure, FailureClass};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::define::bad_input;
use crate::git::commit::{PendingChange, commit_paths};
use crate::git::porcelain;
use crate::git::repository::{Repository, tokens};
use crate::git::state::{GitState, current, state_of, unfinished};

/// Looking takes no longer, in milliseconds.
const PATIENCE_MS: u64 = 10_000;
/// Hooks of a commit may run tests.
const COMMIT_MS: u64 = 300_000;
/// Files that a person can look through; how many more there are is said.
const MOST_LISTED: usize = 300;
/// More than can become one commit.
const MOST_FILES: usize = 5_000;

/// What differs from the last commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "GitWork")]
pub struct Work {
    pub git: GitState,
    /// Why nothing can be committed now.
    pub blocked: Option<String>,
    /// Those that sessions edited first.
    pub files: Vec<WorkFile>,
    /// Files that are not listed.
    pub more: usize,
}

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "GitWorkFile")]
pub struct WorkFile {
    /// Relative to the folder.
    pub path: String,
    pub state: String,
    /// Whether a session of the project edited it.
    pub touched: bool,
}

/// A commit that a person allowed.
#[derive(Debug, Clone, Copy)]
pub struct Keep<'a> {
    pub folder: &'a str,
    /// The branch that begins with it; absent: the one that is checked out.
    pub branch: Option<&'a str>,
    /// Its last line is found again in the commit.
    pub message: &'a str,
    pub paths: &'a [String],
}

/// A commit that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub short: String,
    pub branch: Option<String>,
    /// It was made before.
    pub was_there: bool,
}

/// Looks at the folder. `touched` are paths from the root of the file system.
///
/// # Errors
/// What git says, sorted.
pub async fn git_work(
    folder: &str,
    touched: &BTreeSet<String>,
    cancel: &CancellationToken,
) -> Result<Work, Failure> {
    let repository = Repository::open(folder, cancel, PATIENCE_MS).await?;
    let here = [".".to_owned()];
    let captured = repository.read(&porcelain::EACH_FILE, &here).await?;
    let status = porcelain::parse(tokens(&captured));
    let root = format!("{}/", repository.shown().trim_end_matches('/'));
    let ours: BTreeSet<&str> = touched
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap_or(path))
        .collect();
    let mut files: Vec<WorkFile> = status
        .entries
        .iter()
        .map(|entry| {
            let path = repository.below_root(&entry.path).unwrap_or(&entry.path);
            WorkFile {
                path: path.to_owned(),
                state: entry.state.to_owned(),
                touched: ours.contains(path),
            }
        })
        .collect();
    let blocked = if captured.is_cut() || files.len() > MOST_FILES {
        Some(format!(
            "more than {MOST_FILES} files differ from the last commit"
        ))
    } else if let Some(what) = unfinished(&repository).await? {
        Some(format!("it is in the middle of a {what}"))
    } else {
        let conflict = files.iter().find(|file| file.state == "conflicted");
        conflict.map(|file| format!("`{}` has conflicts that are not resolved", file.path))
    };
    files.sort_by(|one, other| (!one.touched, &one.path).cmp(&(!other.touched, &other.path)));
    files.dedup_by(|one, other| one.path == other.path);
    let more = files.len().saturating_sub(MOST_LISTED);
    files.truncate(MOST_LISTED);
    Ok(Work {
        git: state_of(&repository, status).await?,
        blocked,
        files,
        more,
    })
}

/// Makes the commit, unless it was made.
///
/// # Errors
/// Nothing differs, a merge or rebase is not finished, no branch is checked out and none is named,
/// the branch is there already, and what git, a hook or the signing program says.
pub async fn git_keep(keep: Keep<'_>, cancel: &CancellationToken) -> Result<Kept, Failure> {
    let repository = Repository::open(keep.folder, cancel, COMMIT_MS).await?;
    let mark = keep.message.trim_end().lines().last().unwrap_or_default();
    if let Some(hash) = find_marked(&repository, mark).await? {
        return kept(&repository, &hash, true).await;
    }
    if keep.paths.is_empty() {
        return Err(bad_input("no file was chosen"));
    }
    let change = PendingChange::load(&repository, keep.paths).await?;
    change.check(&repository).await?;
    let begun = match keep.branch {
        Some(branch) if change.branch.as_deref() != Some(branch) => {
            Some(begin(&repository, branch, &change).await?)
        }
        None if change.branch.is_none() => {
            return Err(bad_input(
                "no branch is checked out, and a commit would be on none; name one",
            ));
        }
        _ => None,
    };
    let committed = commit_paths(keep.paths, keep.message, &repository, &change).await;
    if let Err(failure) = committed {
        if let Some(begun) = begun {
            begun.undo(&repository).await;
        }
        return Err(plainly(failure));
    }
    let head = repository.find_commit("HEAD").await?.ok_or_else(|| {
        Failure::new(
            FailureClass::UnknownOutcome,
            "git says that it committed, but there is no commit",
        )
    })?;
    kept(&repository, &head, false).await
}

/// The first name of these that no branch has: `x`, `x-2`, `x-3` …
///
/// # Errors
/// What git says, sorted.
pub async fn free_branch(
    folder: &str,
    name: &str,
    cancel: &CancellationToken,
) -> Result<String, Failure> {
    let repository = Repository::open(folder, cancel, PATIENCE_MS).await?;
    for number in 1..100 {
        let tried = match number {
            1 => name.to_owned(),
            number => format!("{name}-{number}"),
        };
        let found = repository
            .find_commit(&format!("refs/heads/{tried}"))
            .await?;
        if found.is_none() {
            return Ok(tried);
        }
    }
    Err(bad_input(format!("there are a hundred branches `{name}`")))
}

/// A branch that begins here, and what was checked out before.
struct Begun {
    branch: String,
    before: Before,
}

enum Before {
    Branch(String),
    Detached(String),
    Nothing,
}

async fn begin(
    repository: &Repository,
    branch: &str,
    change: &PendingChange,
) -> Result<Begun, Failure> {
    let full = format!("refs/heads/{branch}");
    if repository.find_commit(&full).await?.is_some() {
        return Err(bad_input(format!("there is a branch `{branch}` already")));
    }
    let asked = ["switch", "--quiet", "--no-track", "-c", branch];
    let switched = repository.change(&asked, &[], Vec::new()).await;
    let begun = Begun {
        branch: branch.to_owned(),
        before: match (&change.branch, &change.head) {
            (Some(before), _) => Before::Branch(before.clone()),
            (None, Some(head)) => Before::Detached(head.clone()),
            (None, None) => Before::Nothing,
        },
    };
    match switched {
        Ok(_) => Ok(begun),
        Err(failure) => {
            // A hook that complains after the switch has switched all the same.
            if current(repository).await?.as_deref() == Some(branch) {
                begun.undo(repository).await;
            }
            Err(plainly(failure))
        }
    }
}

impl Begun {
    /// The new branch stands on the same commit, so nothing but the name moves back.
    async fn undo(self, repository: &Repository) {
        let full;
        let back: Vec<&str> = match &self.before {
            Before::Branch(before) => {
                full = format!("refs/heads/{before}");
                vec!["symbolic-ref", "HEAD", &full]
            }
            Before::Detached(head) => vec!["update-ref", "--no-deref", "HEAD", head],
            Before::Nothing => return,
        };
        if repository.change(&back, &[], Vec::new()).await.is_ok() {
            let forget = ["branch", "--quiet", "-d", &self.branch];
            _ = repository.change(&forget, &[], Vec::new()).await;
        }
    }
}

/// The commit of any branch whose message has this line.
async fn find_marked(repository: &Repository, mark: &str) -> Result<Option<String>, Failure> {
    if mark.is_empty() || repository.find_commit("HEAD").await?.is_none() {
        return Ok(None);
    }
    let grep = format!("--grep={mark}");
    let asked = [
        "log",
        "--branches",
        "--max-count=1",
        "--fixed-strings",
        &grep,
        "--format=%H",
    ];
    let listed = repository.read(&asked, &["--".to_owned()]).await?;
    let hash = String::from_utf8_lossy(&listed.head).trim().to_owned();
    Ok(Some(hash).filter(|hash| !hash.is_empty()))
}

async fn kept(repository: &Repository, hash: &str, was_there: bool) -> Result<Kept, Failure> {
    Ok(Kept {
        short: repository.short(hash).await?,
        branch: current(repository).await?,
        was_there,
    })
}

/// What stops commits most, with the way out.
fn plainly(failure: Failure) -> Failure {
    let said = &failure.message;
    let way_out = if said.contains("tell me who you are") || said.contains("empty ident name") {
        "git does not know who commits: set user.name and user.email (git config --global …)"
    } else if said.contains("failed to sign") || said.contains("signing failed") {
        "the commit could not be signed: unlock the key, or sign it yourself later"
    } else if said.contains("it said nothing") {
        "a hook of the repository stopped the commit without a word"
    } else if failure.class == FailureClass::BadInput && said.contains("git refused") {
        "the commit was stopped, most likely by a hook of the repository"
    } else {
        return failure;
    };
    Failure::new(failure.class, format!("{way_out}. {said}"))
}

#[cfg(unix)]
#[cfg(test)]
#[path = "work_test.rs"]
mod tests;
