//! Branches of a project's repository: list, and check another one out.

use krake_domain::failure::{Failure, FailureClass};
use krake_tools::{Branch, GitState, git_branches, git_switch};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::projects::{ProjectRef, load, shown};
use crate::visible::visible_line;

/// A branch that is wanted.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchBranch {
    /// A project's id or name.
    pub id: String,
    pub branch: String,
}

/// The branches of a repository.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Branches {
    /// The last committed to first.
    pub items: Vec<Branch>,
}

/// `projects.branches`
pub async fn list(ctx: Ctx, input: ProjectRef) -> Result<Branches, ApiError> {
    let folder = folder(&ctx, &input.id).await?;
    let branches = git_branches(&folder, &ctx.stopping()).await;
    let items = branches.map_err(|failure| said(&failure))?;
    Ok(Branches {
        items: items
            .into_iter()
            .map(|branch| Branch {
                subject: visible_line(&branch.subject),
                ..branch
            })
            .collect(),
    })
}

/// `projects.switch`
pub async fn switch(ctx: Ctx, input: SwitchBranch) -> Result<GitState, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    let folder = folder(&ctx, &input.id).await?;
    let switched = git_switch(&folder, &input.branch, &runtime.stopping()).await;
    let state = switched.map_err(|failure| said(&failure))?;
    Ok(shown(state))
}

async fn folder(ctx: &Ctx, project: &str) -> Result<String, ApiError> {
    let folder = load(ctx, project).await?.project.folder;
    folder.ok_or_else(|| {
        ApiError::new(Code::Conflict, "the project has no folder")
            .hint("`krake projects change … --folder DIR` names it")
    })
}

/// What git refused, as the door says it.
pub fn said(failure: &Failure) -> ApiError {
    let code = match failure.class {
        FailureClass::NotFound => Code::NotFound,
        FailureClass::NoAccess => Code::NoAccess,
        FailureClass::DiskFull => Code::DiskFull,
        FailureClass::Unavailable | FailureClass::Timeout => Code::Busy,
        _ => Code::Conflict,
    };
    ApiError::new(code, visible_line(&failure.message))
}
