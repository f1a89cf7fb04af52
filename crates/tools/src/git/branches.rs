//! The branches of a repository, and another one checked out: for people, not for plans.
//!
//! **Invariant:** where anything that is in no commit, or a commit that is on no branch, would be
//! lost, nothing is switched.

use krake_domain::failure::{Failure, FailureClass};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::define::bad_input;
use crate::git::repository::Repository;
use crate::git::state::{GitState, current, git_state, unfinished};

/// Branches that are listed, the last committed to first.
const MOST_BRANCHES: usize = 500;
/// Looking takes no longer, in milliseconds.
const PATIENCE_MS: u64 = 10_000;
/// A large work tree takes its time, and half a switch helps nobody.
const SWITCH_MS: u64 = 600_000;

/// One branch of this repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Branch {
    pub name: String,
    /// Short id of its last commit.
    pub commit: String,
    pub subject: String,
    /// Seconds since 1970.
    pub committed_s: Option<i64>,
    pub current: bool,
    /// What git says about its upstream: `ahead 1, behind 2`, `gone`; absent where they are equal or
    /// there is none.
    pub track: Option<String>,
    /// Another work tree that has it checked out.
    pub elsewhere: Option<String>,
}

/// The branches, the last committed to first.
///
/// # Errors
/// What git says, sorted.
pub async fn git_branches(
    folder: &str,
    cancel: &CancellationToken,
) -> Result<Vec<Branch>, Failure> {
    list(&Repository::open(folder, cancel, PATIENCE_MS).await?).await
}

async fn list(repository: &Repository) -> Result<Vec<Branch>, Failure> {
    let count = format!("--count={MOST_BRANCHES}");
    let asked = [
        "for-each-ref",
        "--sort=-committerdate",
        &count,
        "--format=%(refname:short)%00%(objectname:short)%00%(HEAD)%00%(upstream:track,nobracket)%00%(committerdate:unix)%00%(worktreepath)%00%(contents:subject)",
        "refs/heads",
    ];
    let listed = repository.read(&asked, &[]).await?;
    let text = String::from_utf8_lossy(&listed.head).into_owned();
    Ok(text.lines().filter_map(parse).collect())
}

fn parse(line: &str) -> Option<Branch> {
    let mut fields = line.splitn(7, '\0').map(str::to_owned);
    let (name, commit, head) = (fields.next()?, fields.next()?, fields.next()?);
    let (track, at, place) = (fields.next()?, fields.next()?, fields.next()?);
    let current = head == "*";
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    Some(Branch {
        name,
        commit,
        subject: fields.next()?,
        committed_s: at.parse().ok(),
        current,
        track: filled(track),
        elsewhere: filled(place).filter(|_| !current),
    })
}

/// Checks out another branch; the state afterwards.
///
/// # Errors
/// [`FailureClass::NotFound`] for a branch that is not there, [`FailureClass::TargetChanged`] where
/// something would be lost, and what git says. Then everything is as it was.
pub async fn git_switch(
    folder: &str,
    branch: &str,
    cancel: &CancellationToken,
) -> Result<GitState, Failure> {
    let repository = Repository::open(folder, cancel, SWITCH_MS).await?;
    let branches = list(&repository).await?;
    let Some(wanted) = branches.iter().find(|one| one.name == branch) else {
        let message = format!("there is no branch `{branch}` in `{}`", repository.shown());
        return Err(Failure::new(FailureClass::NotFound, message));
    };
    if wanted.current {
        return git_state(folder, cancel).await;
    }
    if let Some(place) = &wanted.elsewhere {
        let message =
            format!("`{branch}` is checked out in `{place}`: work there, or switch there first");
        return Err(Failure::new(FailureClass::TargetChanged, message));
    }
    if let Some(what) = unfinished(&repository).await? {
        return Err(bad_input(format!(
            "`{}` is in the middle of a {what}; finish it first",
            repository.shown()
        )));
    }
    refuse_lost_commits(&repository).await?;
    let asked = [
        "switch",
        "--quiet",
        "--no-guess",
        "--no-overwrite-ignore",
        branch,
    ];
    let switched = repository.change(&asked, &[], Vec::new()).await;
    // A hook that complains after the switch has switched all the same.
    if let Err(failure) = switched
        && current(&repository).await?.as_deref() != Some(branch)
    {
        return Err(overwritten(branch, failure));
    }
    git_state(folder, cancel).await
}

/// Commits that only a detached head holds are found by nobody once it moves.
async fn refuse_lost_commits(repository: &Repository) -> Result<(), Failure> {
    if repository.find_commit("HEAD").await?.is_none() {
        return Ok(());
    }
    let asked = [
        "rev-list",
        "--count",
        "HEAD",
        "--not",
        "--branches",
        "--tags",
        "--remotes",
    ];
    let counted = repository.read(&asked, &[]).await?;
    let count = String::from_utf8_lossy(&counted.head).trim().to_owned();
    if count == "0" {
        return Ok(());
    }
    let message = format!(
        "the commits of `{}` that are checked out now ({count}) are on no branch and would be lost; make one first: git switch -c NAME",
        repository.shown()
    );
    Err(Failure::new(FailureClass::TargetChanged, message))
}

/// Git's list of files that stand in the way, in one sentence.
fn overwritten(branch: &str, failure: Failure) -> Failure {
    if !failure.message.contains("would be overwritten") {
        return failure;
    }
    let files: Vec<&str> = failure
        .message
        .lines()
        .filter_map(|line| line.strip_prefix('\t'))
        .map(str::trim)
        .collect();
    let more = match files.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let shown = files.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let message = format!(
        "switching to `{branch}` would overwrite what is in no commit: {shown}{more}; commit it or move it away first"
    );
    Failure::new(FailureClass::TargetChanged, message)
}

#[cfg(unix)]
#[cfg(test)]
#[path = "branches_test.rs"]
mod tests;
