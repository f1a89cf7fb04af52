//! What happens with a handoff beside its entry in the queue: looked at before a person says yes, and
//! turned into parts when they do.

use krake_domain::account::Account;
use krake_domain::commit_rule::{CommitRule, CommitWhen, USUAL_BRANCH};
use krake_domain::delivery::PlannedCommit;
use krake_domain::id::{DraftId, ProjectId};
use krake_domain::project::Project;
use krake_engine::handoff::branch_name;
use krake_runtime::handoff::{HandoffPlan, Parts};
use krake_tools::{GitState, WorkFile, free_branch};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::handoffs::{HandoffRef, receiver};
use crate::projects::{load as load_project, shown};
use crate::view::moment::now;
use crate::visible::{visible, visible_line};

/// Whose handoff is looked at.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanHandoff {
    /// A project's id or name.
    pub project_id: String,
    /// The account that would go on.
    pub to_account_id: Option<String>,
}

/// Whether the work is committed before it is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommitChoice {
    /// As the project's rule says; where it says to ask, it is asked.
    #[default]
    AsRuled,
    No,
    Yes,
}

/// What would happen.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HandoffPlanView {
    /// The file that gets the briefing between its marks; absent where the project has no folder.
    pub file: Option<PlannedFileView>,
    /// Absent where the folder is part of no work tree.
    pub git: Option<GitState>,
    /// Why there is no state of a work tree.
    pub git_trouble: Option<String>,
    /// Why nothing can be committed now.
    pub blocked: Option<String>,
    /// What differs from the last commit, files that the project's sessions edited first.
    pub files: Vec<WorkFile>,
    /// Files that are not listed.
    pub more: usize,
    /// Absent where nobody was asked yet.
    pub rule: Option<CommitRuleView>,
    /// The branch that a commit would begin; absent: the one that is checked out.
    pub branch: Option<String>,
    /// What a rule says about branches where a person does not.
    pub usual_branch: String,
}

/// A file between whose marks a briefing goes.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlannedFileView {
    pub path: String,
    pub name: String,
    /// Whether it is there already; the rest of it stays.
    pub exists: bool,
}

/// What a person said once about commits of a project.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CommitRuleView {
    pub when: CommitWhen,
    /// With `{date}`, `{time}` and `{account}`; empty: the branch that is checked out.
    pub branch: String,
}

/// What is said about commits of a project.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetCommitRule {
    /// Its id or its name.
    pub id: String,
    pub when: CommitWhen,
    /// With `{date}`, `{time}` and `{account}`; empty: the branch that is checked out; absent: as
    /// it was, or `krake/handoff-{date}-{time}`.
    pub branch: Option<String>,
}

/// The parts that somebody asks for.
#[derive(Debug, Default)]
pub struct Asked {
    pub draft: Option<DraftId>,
    pub write_file: bool,
    pub commit: CommitChoice,
    pub commit_paths: Option<Vec<String>>,
    pub commit_branch: Option<String>,
}

/// What became of the file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TakenOut {
    /// Whether its briefing stood there, and is gone now.
    pub changed: bool,
}

/// `handoffs.take_out`
pub async fn take_out(ctx: Ctx, input: HandoffRef) -> Result<TakenOut, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    let found = runtime.store().find_handoff(input.id).await?;
    let handoff = found.ok_or_else(|| ApiError::not_found("handoff", input.id))?;
    Ok(TakenOut {
        changed: runtime.take_briefing_out(&handoff).await,
    })
}

/// `handoffs.plan`
pub async fn plan(ctx: Ctx, input: PlanHandoff) -> Result<HandoffPlanView, ApiError> {
    let project = load_project(&ctx, &input.project_id).await?.project;
    let to = receiver(&ctx, input.to_account_id).await?;
    let plan = ctx.runtime()?.plan_handoff(&project, to.as_ref()).await?;
    Ok(plan.into())
}

/// `projects.set_commit_rule`
pub async fn set_rule(ctx: Ctx, input: SetCommitRule) -> Result<CommitRuleView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let project = load_project(&ctx, &input.id).await?.project;
    let before = store.find_commit_rule(project.id).await?;
    let branch = input.branch.map(|text| text.trim().to_owned());
    let branch = branch
        .or(before.map(|rule| rule.branch))
        .unwrap_or_else(|| USUAL_BRANCH.to_owned());
    named(&branch, None)?;
    let rule = CommitRule {
        when: input.when,
        branch,
    };
    store.set_commit_rule(project.id, rule.clone()).await?;
    Ok(rule.into())
}

/// The parts of a handoff of this project, or why a person must say more first.
pub async fn parts(
    ctx: &Ctx,
    project: ProjectId,
    to: Option<&Account>,
    asked: Asked,
) -> Result<Parts, ApiError> {
    let project = load_project(ctx, &project.to_string()).await?.project;
    let plan = ctx.runtime()?.plan_handoff(&project, to).await?;
    let file = match (&plan.file, asked.write_file) {
        (Some(file), true) => Some(file.path.clone()),
        _ => None,
    };
    let wanted = match (asked.commit, plan.rule.as_ref().map(|rule| rule.when)) {
        (CommitChoice::Yes, _) => true,
        (CommitChoice::No, _) | (CommitChoice::AsRuled, Some(CommitWhen::Never)) => false,
        (CommitChoice::AsRuled, Some(CommitWhen::Always)) => !plan.proposed().is_empty(),
        (CommitChoice::AsRuled, Some(CommitWhen::Ask) | None) => {
            if plan.can_commit() && !plan.proposed().is_empty() {
                return Err(ApiError::new(
                    Code::Conflict,
                    format!(
                        "say first whether what the sessions of `{}` edited is committed (files: {})",
                        visible_line(&project.name),
                        plan.proposed().len()
                    ),
                )
                .hint("give `commit` as `yes` or `no` (`--commit` or `--no-commit`), or set the project's rule"));
            }
            false
        }
    };
    let commit = match wanted {
        true => Some(
            planned(
                ctx,
                &project,
                to,
                &plan,
                asked.commit_paths,
                asked.commit_branch,
            )
            .await?,
        ),
        false => None,
    };
    Ok(Parts {
        draft: asked.draft,
        freeze: true,
        commit,
        file,
    })
}

async fn planned(
    ctx: &Ctx,
    project: &Project,
    to: Option<&Account>,
    plan: &HandoffPlan,
    paths: Option<Vec<String>>,
    branch: Option<String>,
) -> Result<PlannedCommit, ApiError> {
    let refused = |why: &str| {
        ApiError::new(Code::Conflict, format!("nothing can be committed: {why}"))
            .hint("mend it first, or hand over without a commit (`--no-commit`, `commit` as `no`)")
    };
    let folder = project.folder.clone();
    let folder = folder.ok_or_else(|| refused("the project has no folder"))?;
    match &plan.work {
        Some(Ok(work)) => {
            if let Some(blocked) = &work.blocked {
                return Err(refused(blocked));
            }
        }
        Some(Err(failure)) => return Err(refused(&visible_line(&failure.message))),
        None => return Err(refused("the project has no folder")),
    }
    if let Some(other) = paths.iter().flatten().find(|path| !plan.differs(path)) {
        return Err(ApiError::new(
            Code::BadInput,
            format!(
                "field `commit_paths`: `{}` is nothing that differs in the folder of `{}`",
                visible_line(other),
                visible_line(&project.name)
            ),
        )
        .hint("`krake handoff plan --project PROJECT` lists what differs"));
    }
    let paths = paths.unwrap_or_else(|| plan.proposed());
    if paths.is_empty() {
        return Err(refused(
            "no file was chosen, and the sessions edited none that differs",
        ));
    }
    let branch = match branch {
        None => plan.branch.clone(),
        Some(pattern) => match named(&pattern, to.map(|to| to.name.as_str()))? {
            Some(name) => Some(
                free_branch(&folder, &name, &ctx.stopping())
                    .await
                    .unwrap_or(name),
            ),
            None => None,
        },
    };
    let receiver = to.map(|to| format!(" to {}", to.name));
    let name = &project.name;
    Ok(PlannedCommit {
        folder,
        branch,
        message: format!(
            "Work on {name}, handed over{}",
            receiver.unwrap_or_default()
        ),
        paths,
    })
}

fn named(pattern: &str, account: Option<&str>) -> Result<Option<String>, ApiError> {
    branch_name(pattern, now(), account)
        .map_err(|bad| ApiError::new(Code::BadInput, format!("field `branch`: {bad}")))
}

impl From<CommitRule> for CommitRuleView {
    fn from(rule: CommitRule) -> Self {
        Self {
            when: rule.when,
            branch: visible_line(&rule.branch),
        }
    }
}

impl From<HandoffPlan> for HandoffPlanView {
    fn from(plan: HandoffPlan) -> Self {
        let (work, trouble) = match plan.work {
            Some(Ok(work)) => (Some(work), None),
            Some(Err(failure)) => (None, Some(visible_line(&failure.message))),
            None => (None, None),
        };
        let (mut files, mut more, mut blocked, mut git) = (Vec::new(), 0, None, None);
        if let Some(work) = work {
            // Paths are sent back as they are, so they are shown as they are.
            (files, more, blocked) = (work.files, work.more, work.blocked);
            git = Some(shown(work.git));
        }
        Self {
            file: plan.file.map(|file| PlannedFileView {
                name: file
                    .path
                    .rsplit(['/', '\\'])
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
                path: visible(&file.path).into_owned(),
                exists: file.exists,
            }),
            git,
            git_trouble: trouble,
            blocked: blocked.as_deref().map(visible_line),
            files,
            more,
            rule: plan.rule.map(CommitRuleView::from),
            branch: plan.branch,
            usual_branch: USUAL_BRANCH.to_owned(),
        }
    }
}
