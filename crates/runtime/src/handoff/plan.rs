//! What a handoff of a project would do, before anybody says yes: which file gets the briefing, and
//! what could be committed.

use std::collections::BTreeSet;

use krake_domain::account::Account;
use krake_domain::commit_rule::{CommitRule, USUAL_BRANCH};
use krake_domain::failure::Failure;
use krake_domain::project::Project;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_engine::context::touched;
use krake_engine::handoff::{branch_name, holds_secrets, instruction_file};
use krake_store::{SessionFilter, StoreError};
use krake_tools::define::blocking;
use krake_tools::{Work, WorkFile, free_branch, git_work};

use crate::clock;
use crate::handle::Runtime;
use crate::inner::brief::transcripts;

/// Sessions whose edits are proposed for a commit: the last ones.
const LAST_SESSIONS: u32 = 20;

/// The plan.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoffPlan {
    /// Absent where the project has no folder, or its folder is gone.
    pub file: Option<PlannedFile>,
    /// What differs from the last commit, or why that is not known; absent without a folder.
    pub work: Option<Result<Work, Failure>>,
    /// Absent where nobody was asked yet.
    pub rule: Option<CommitRule>,
    /// The branch that a commit would begin; absent: the one that is checked out.
    pub branch: Option<String>,
}

/// The file that gets the briefing between its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    pub path: String,
    /// Whether it is there already.
    pub exists: bool,
}

impl HandoffPlan {
    /// Files that the project's sessions edited and that differ from the last commit.
    #[must_use]
    pub fn proposed(&self) -> Vec<String> {
        let work = self.work.as_ref().and_then(|work| work.as_ref().ok());
        let files = work.into_iter().flat_map(|work| &work.files);
        files
            .filter(|file| file.touched)
            .map(|file| file.path.clone())
            .collect()
    }

    /// Whether this file differs from the last commit, or a file below this folder does.
    #[must_use]
    pub fn differs(&self, path: &str) -> bool {
        let path = path
            .strip_prefix("./")
            .unwrap_or(path)
            .trim_end_matches('/');
        let work = self.work.as_ref().and_then(|work| work.as_ref().ok());
        work.is_some_and(|work| {
            let is_meant = |file: &WorkFile| {
                let rest = file.path.strip_prefix(path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            // Of what is not listed, git says itself what it is.
            work.files.iter().any(is_meant) || (work.more > 0 && InnerPath::parse(path).is_ok())
        })
    }

    /// Whether a commit could be made at all.
    #[must_use]
    pub fn can_commit(&self) -> bool {
        let work = self.work.as_ref().and_then(|work| work.as_ref().ok());
        work.is_some_and(|work| work.blocked.is_none() && !work.files.is_empty())
    }
}

impl Runtime {
    /// Looks at the folder of a project; nothing is changed.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn plan_handoff(
        &self,
        project: &Project,
        to: Option<&Account>,
    ) -> Result<HandoffPlan, StoreError> {
        let rule = self.store().find_commit_rule(project.id).await?;
        let Some(folder) = &project.folder else {
            return Ok(HandoffPlan {
                file: None,
                work: None,
                rule,
                branch: None,
            });
        };
        let edited = self.touched_in(project).await?;
        let cancel = self.stopping();
        let work = git_work(folder, &edited, &cancel).await;
        let pattern = rule.as_ref().map_or(USUAL_BRANCH, |rule| &rule.branch);
        // A rule is checked when it is made; what git thinks of it is said when it is used.
        let name = branch_name(pattern, clock::now(), to.map(|to| to.name.as_str()));
        let branch = match name.ok().flatten() {
            Some(name) if work.is_ok() => {
                Some(free_branch(folder, &name, &cancel).await.unwrap_or(name))
            }
            other => other,
        };
        Ok(HandoffPlan {
            file: planned_file(folder.clone(), to.map(|to| to.provider)).await,
            work: Some(work),
            rule,
            branch,
        })
    }

    /// Files that the last sessions of a project edited, those that hold secrets by their name left
    /// out.
    async fn touched_in(&self, project: &Project) -> Result<BTreeSet<String>, StoreError> {
        let filter = SessionFilter {
            project: Some(project.id),
            limit: LAST_SESSIONS,
            ..SessionFilter::default()
        };
        let rows = self.store().page_sessions(&filter).await?;
        // What cannot be read is proposed for nothing.
        let read = transcripts(self.store(), rows).await.unwrap_or_default();
        let folder = project.folder.clone().unwrap_or_default();
        let found = blocking(move || {
            let found: BTreeSet<String> = read.iter().flat_map(touched).collect();
            Ok(found
                .into_iter()
                .filter(|path| !holds_secrets(path))
                .map(|path| really(path, &folder))
                .collect())
        });
        Ok(found.await.unwrap_or_default())
    }
}

/// A path below the folder as it is really called: sessions may have come there over a link.
fn really(path: String, folder: &str) -> String {
    if path.starts_with(folder) {
        return path;
    }
    let written = std::path::Path::new(&path);
    let (Some(parent), Some(name)) = (written.parent(), written.file_name()) else {
        return path;
    };
    match Root::open(parent) {
        Ok(root) => root.canonical().join(name).to_string_lossy().into_owned(),
        Err(_) => path,
    }
}

async fn planned_file(
    folder: String,
    receiver: Option<krake_domain::account::Provider>,
) -> Option<PlannedFile> {
    let looked = tokio::task::spawn_blocking(move || {
        let root = Root::open(std::path::Path::new(&folder)).ok()?;
        let exists = |name: &str| {
            let path = InnerPath::parse(name).ok();
            path.is_some_and(|path| root.exists(&path).unwrap_or(false))
        };
        let name = instruction_file(receiver, exists);
        Some(PlannedFile {
            path: root.canonical().join(name).to_str()?.to_owned(),
            exists: exists(name),
        })
    });
    looked.await.ok().flatten()
}
