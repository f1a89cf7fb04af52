//! Where the work tree of a folder stands, in one look: for people, not for plans.

use krake_domain::failure::Failure;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::define::blocking;
use crate::git::porcelain::{self, Status};
use crate::git::repository::{Repository, tokens};

/// The state of a work tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GitState {
    /// Null where no branch is checked out.
    pub branch: Option<String>,
    /// Short id of the last commit; null on a repository without commits.
    pub commit: Option<String>,
    /// First line of the last commit's message.
    pub subject: Option<String>,
    /// Paths that differ from the last commit or are untracked.
    pub changed: usize,
    /// Commits that the upstream lacks; null without an upstream.
    pub ahead: Option<u64>,
    /// Commits of the upstream that are lacking here.
    pub behind: Option<u64>,
    /// What was begun and not finished: `merge`, `rebase`, `cherry-pick`, `revert`.
    pub unfinished: Option<String>,
}

/// Longest look at a work tree that a person waits for, in milliseconds.
const PATIENCE_MS: u64 = 5_000;

/// Looks at the work tree that a folder is part of.
///
/// # Errors
/// It is part of none, git is missing or does not trust it, or the look took too long.
pub async fn git_state(folder: &str, cancel: &CancellationToken) -> Result<GitState, Failure> {
    let repository = Repository::open(folder, cancel, PATIENCE_MS).await?;
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
    state_of(&repository, porcelain::parse(tokens(&captured))).await
}

/// The state that goes with a status that was read already.
///
/// # Errors
/// What git says, sorted.
pub(crate) async fn state_of(repository: &Repository, status: Status) -> Result<GitState, Failure> {
    let (mut commit, mut subject) = (None, None);
    if let Some(head) = &status.head {
        commit = Some(repository.short(head).await?);
        let shown = repository.read(&["log", "-1", "--format=%s"], &[]).await?;
        subject = Some(String::from_utf8_lossy(&shown.head).trim().to_owned());
    }
    Ok(GitState {
        branch: status.branch,
        commit,
        subject,
        changed: status.entries.len(),
        ahead: status.ahead,
        behind: status.behind,
        unfinished: unfinished(repository).await?.map(str::to_owned),
    })
}

/// The branch that is checked out.
///
/// # Errors
/// What git says, sorted.
pub(crate) async fn current(repository: &Repository) -> Result<Option<String>, Failure> {
    let branch = repository.read(&["branch", "--show-current"], &[]).await?;
    let branch = String::from_utf8_lossy(&branch.head).trim().to_owned();
    Ok(Some(branch).filter(|branch| !branch.is_empty()))
}

/// What was begun in this work tree and not finished.
///
/// # Errors
/// What git says, sorted.
pub(crate) async fn unfinished(repository: &Repository) -> Result<Option<&'static str>, Failure> {
    let places = [
        ("MERGE_HEAD", "merge"),
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
    ];
    let folder = repository
        .read(&["rev-parse", "--absolute-git-dir"], &[])
        .await?;
    let folder = String::from_utf8_lossy(&folder.head)
        .trim_end_matches('\n')
        .to_owned();
    blocking(move || {
        let root = Root::open(std::path::Path::new(&folder))?;
        for (name, word) in places {
            if root.exists(&InnerPath::parse(name)?)? {
                return Ok(Some(word));
            }
        }
        Ok(None)
    })
    .await
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scene::Scene;

    #[tokio::test]
    async fn a_work_tree_tells_where_it_stands_and_a_plain_folder_that_it_is_none() {
        let scene = Scene::new();
        scene.write("a.txt", "one\n");
        scene.commit("first: a file");
        scene.write("b.txt", "two\n");
        let cancel = CancellationToken::new();
        let state = git_state(&scene.path().to_string_lossy(), &cancel)
            .await
            .unwrap();
        assert_eq!(state.subject.as_deref(), Some("first: a file"));
        assert_eq!((state.changed, state.ahead), (1, None));
        assert!(state.branch.is_some() && state.commit.is_some());
        let plain = tempfile::tempdir().unwrap();
        let plain = plain.path().to_string_lossy().into_owned();
        assert!(git_state(&plain, &cancel).await.is_err());
    }
}
