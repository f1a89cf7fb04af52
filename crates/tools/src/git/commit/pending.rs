//! What a commit of some paths would hold, and a hash that tells whether that is still so.

use std::collections::BTreeMap;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};

use crate::define::{bad_input, blocking};
use crate::git::changes;
use crate::git::diff::PLAIN;
use crate::git::porcelain;
use crate::git::repository::{Repository, literal, tokens};
use crate::git::state::unfinished;
use crate::patch::{self, Patch};

/// More than a person can look at before an answer.
const MOST_FILES: usize = 5_000;

/// The files below the named paths that differ from the last commit.
pub struct PendingChange {
    pub head: Option<String>,
    pub branch: Option<String>,
    /// By path from the root: what happened to it.
    pub files: BTreeMap<String, &'static str>,
    /// See [`fingerprint`].
    pub state: Hash,
    paths: Vec<String>,
}

impl PendingChange {
    /// Looks at the work tree.
    ///
    /// # Errors
    /// [`FailureClass::TooLarge`] for more files than anybody looks at, and what git says.
    pub async fn load(repository: &Repository, paths: &[String]) -> Result<Self, Failure> {
        let paths = literal(paths)?;
        let captured = repository.read(&porcelain::EACH_FILE, &paths).await?;
        let status = porcelain::parse(tokens(&captured));
        if captured.is_cut() || status.entries.len() > MOST_FILES {
            let message = format!(
                "more than {MOST_FILES} files differ from the last commit; commit fewer at a time"
            );
            return Err(Failure::new(FailureClass::TooLarge, message));
        }
        let mut files = BTreeMap::new();
        for entry in &status.entries {
            let path = repository.below_root(&entry.path).unwrap_or(&entry.path);
            // A file that left the index but still lies there is told twice; what counts is HEAD.
            files.entry(path.to_owned()).or_insert(entry.state);
        }
        let state = fingerprint(
            repository,
            status.head.clone(),
            files.keys().cloned().collect(),
        )
        .await?;
        Ok(Self {
            head: status.head,
            branch: status.branch,
            files,
            state,
            paths,
        })
    }

    /// Whether it can become a commit at all.
    ///
    /// # Errors
    /// [`FailureClass::BadInput`] where nothing changed, files conflict or a merge is not finished.
    pub async fn check(&self, repository: &Repository) -> Result<(), Failure> {
        if self.files.is_empty() {
            return Err(bad_input(
                "nothing to commit: these paths are as in the last commit, ignored, or do not exist",
            ));
        }
        if let Some((path, _)) = self.files.iter().find(|(_, state)| **state == "conflicted") {
            return Err(bad_input(format!(
                "`{path}` has conflicts that are not resolved"
            )));
        }
        if let Some(what) = unfinished(repository).await? {
            return Err(bad_input(format!(
                "`{}` is in the middle of a {what}; finish it first",
                repository.shown()
            )));
        }
        Ok(())
    }

    /// The whole change as a person is shown it, untracked files as new ones.
    ///
    /// # Errors
    /// What git says.
    pub async fn patch(&self, repository: &Repository) -> Result<Patch, Failure> {
        let from = match &self.head {
            Some(head) => head.clone(),
            None => repository.empty_tree().await?,
        };
        let mut rest = vec![from, "--".to_owned()];
        rest.extend(self.paths.iter().cloned());
        let patching = [&["diff", "--patch", "--no-renames"], PLAIN].concat();
        let listing = [&["diff", "--raw", "--numstat", "-z", "--no-renames"], PLAIN].concat();
        let (patch, listed) = tokio::join!(
            repository.read(&patching, &rest),
            repository.read(&listing, &rest)
        );
        let counted = changes::parse(tokens(&listed?));
        let mut whole = Patch {
            text: String::from_utf8_lossy(&patch?.head).into_owned(),
            added: lines(counted.iter().filter_map(|file| file.added)),
            removed: lines(counted.iter().filter_map(|file| file.removed)),
        };
        let root = repository.root.clone();
        let untracked: Vec<_> = self.untracked().map(str::to_owned).collect();
        let new = blocking(move || {
            untracked
                .iter()
                .map(|path| new_file(&root, path))
                .collect::<Result<Vec<_>, _>>()
        })
        .await?;
        for patch in new {
            whole.text.push_str(&patch.text);
            whole.added += patch.added;
        }
        whole.text = patch::cut(whole.text);
        Ok(whole)
    }

    /// The untracked files as git reads a list of paths, each ended by a zero byte.
    pub fn untracked_list(&self) -> Vec<u8> {
        self.untracked()
            .flat_map(|path| format!(":(literal){path}\0").into_bytes())
            .collect()
    }

    fn untracked(&self) -> impl Iterator<Item = &str> {
        self.files
            .iter()
            .filter(|(_, state)| **state == "untracked")
            .map(|(path, _)| path.as_str())
    }
}

/// The hash of the last commit and of the present content of these files. A commit of exactly these
/// files on that commit has the same one, as long as the files stay as they are.
///
/// # Errors
/// A file cannot be read.
pub async fn fingerprint(
    repository: &Repository,
    head: Option<String>,
    mut files: Vec<String>,
) -> Result<Hash, Failure> {
    let root = repository.root.clone();
    files.sort_unstable();
    blocking(move || {
        let mut parts = vec![head.unwrap_or_default().into_bytes()];
        for path in files {
            let content = content(&root, &InnerPath::parse(&path)?)?;
            parts.push(path.into_bytes());
            parts.push(content);
        }
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        Ok(Hash::of_parts(&parts))
    })
    .await
}

/// What git would keep of a path: the target of a link, the hash of a file, nothing of what is gone.
fn content(root: &Root, path: &InnerPath) -> Result<Vec<u8>, Failure> {
    Ok(match root.find_unfollowed(path)?.map(|entry| entry.kind) {
        None => b"absent".to_vec(),
        Some(Kind::Link) => [
            b"link ",
            root.read_link(path)?.as_os_str().as_encoded_bytes(),
        ]
        .concat(),
        Some(Kind::File) => root
            .find_hash(path)?
            .map_or_else(|| b"absent".to_vec(), |hash| hash.0.to_vec()),
        Some(Kind::Folder) => {
            return Err(bad_input(format!(
                "`{}` is a repository of its own; it is not committed as files",
                path.display()
            )));
        }
        Some(Kind::Other) => {
            return Err(bad_input(format!(
                "`{}` is no regular file",
                path.display()
            )));
        }
    })
}

fn new_file(root: &Root, path: &str) -> Result<Patch, Failure> {
    let inner = InnerPath::parse(path)?;
    let told = |what: String| Patch {
        text: format!("new file {path}: {what}\n"),
        added: 0,
        removed: 0,
    };
    let Some(entry) = root.find_unfollowed(&inner)? else {
        return Ok(told("gone meanwhile".to_owned()));
    };
    if entry.kind == Kind::Link {
        return Ok(told(format!(
            "a link to {}",
            root.read_link(&inner)?.display()
        )));
    }
    let size = crate::size::shown(entry.bytes);
    if entry.bytes > patch::MOST_COMPARED {
        return Ok(told(size));
    }
    let head = root.read(&inner, patch::MOST_COMPARED)?;
    Ok(patch::between(path, None, &head.bytes).unwrap_or_else(|| told(format!("{size}, no text"))))
}

fn lines(counts: impl Iterator<Item = u64>) -> usize {
    usize::try_from(counts.sum::<u64>()).unwrap_or(usize::MAX)
}
