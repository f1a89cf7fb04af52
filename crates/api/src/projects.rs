//! Projects: list, show, begin, change, forget.

use std::path::Path;

use krake_domain::id::{ProjectId, WorkspaceId};
use krake_domain::kept_secret::SecretPolicy;
use krake_domain::project::{Objective, ObjectivesReached, Project, ProjectStatus};
use krake_store::{Kept, ProjectRow, SessionFilter};
use krake_tools::{GitState, git_state};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::handoff_parts::CommitRuleView;
use crate::project_fields::{MOST_NAME_CHARS, name, own_folder, pinned, text};
use crate::sessions::SessionView;
use crate::view::moment::{Moment, now};
use crate::view::page::Page;
use crate::visible::{visible, visible_line};

/// Sessions that come with a project that is shown.
const LAST_SESSIONS: u32 = 20;

/// Which projects.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListProjects {
    pub status: Option<ProjectStatus>,
    /// At most 500; all when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Names one project.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectRef {
    /// Its id or its name.
    pub id: String,
}

/// A new project.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddProject {
    /// No other project has it; absent: the name of its folder.
    pub name: Option<String>,
    #[serde(default)]
    pub description: String,
    /// `active` when absent.
    #[serde(default)]
    pub status: ProjectStatus,
    /// A folder that is there; `~` is the home folder. Sessions of AI tools that worked in it become
    /// the project's.
    pub folder: Option<String>,
    #[serde(default)]
    pub objectives: Objectives,
    /// Paths that every briefing is to mention.
    #[serde(default)]
    pub pinned: Vec<String>,
}

/// What is to be another; absent: as it is.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeProject {
    /// Its id or its name.
    pub id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<ProjectStatus>,
    /// Empty: none.
    pub folder: Option<String>,
    pub objectives: Option<Objectives>,
    pub pinned: Option<Vec<String>>,
}

/// Objectives: one text a line, or a list of texts or of `{text, done}`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum Objectives {
    Text(String),
    List(Vec<ObjectiveInput>),
}

/// One of them.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum ObjectiveInput {
    Text(String),
    Objective {
        text: String,
        #[serde(default)]
        done: bool,
    },
}

/// A project in a list.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProjectView {
    pub id: ProjectId,
    pub name: String,
    pub description: String,
    pub status: ProjectStatus,
    pub folder: Option<String>,
    pub objectives: Vec<Objective>,
    /// Absent without objectives, because then nobody knows.
    pub progress: Option<ObjectivesReached>,
    pub pinned: Vec<String>,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub sessions: u64,
    /// Accounts that worked on it, by their ids.
    pub accounts: Vec<String>,
    pub last_session_at: Option<Moment>,
}

/// A project with what belongs to it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProjectDetail {
    pub project: ProjectView,
    /// The last ended first; `sessions.list` has them all.
    pub sessions: Vec<SessionView>,
    /// Absent where the folder is part of no work tree.
    pub git: Option<GitState>,
    /// Why there is no state of a work tree.
    pub git_trouble: Option<String>,
    /// What a person said about commits before a handoff; absent where nobody was asked yet.
    pub commit_rule: Option<CommitRuleView>,
    /// What becomes of the words of secrets that are found in its sessions.
    pub secret_policy: SecretPolicy,
    /// Whether that is its own; else it is what holds for all.
    pub has_own_secret_policy: bool,
}

/// It is gone.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Removed {
    pub removed: String,
}

/// `projects.list`
pub async fn list(ctx: Ctx, input: ListProjects) -> Result<Page<ProjectView>, ApiError> {
    let rows = ctx.store()?.list_projects(input.status).await?;
    let items = rows.into_iter().map(ProjectView::from).collect();
    let id = |project: &ProjectView| project.id.to_string();
    Page::cut(items, id, input.cursor.as_deref(), input.limit)
}

/// `projects.show`
pub async fn show(ctx: Ctx, input: ProjectRef) -> Result<ProjectDetail, ApiError> {
    let row = load(&ctx, &input.id).await?;
    let filter = SessionFilter {
        project: Some(row.project.id),
        limit: LAST_SESSIONS,
        ..SessionFilter::default()
    };
    let sessions = ctx.store()?.page_sessions(&filter).await?;
    let git = match &row.project.folder {
        Some(folder) => Some(git_state(folder, &ctx.stopping()).await),
        None => None,
    };
    let (git, git_trouble) = match git {
        Some(Ok(state)) => (Some(shown(state)), None),
        Some(Err(failure)) => (None, Some(visible_line(&failure.message))),
        None => (None, None),
    };
    let rule = ctx.store()?.find_commit_rule(row.project.id).await?;
    let (for_all, _) = ctx.store()?.secret_policy().await?;
    let own = ctx.store()?.project_secret_policies().await?;
    let own = own.into_iter().find(|own| own.0 == row.project.id);
    Ok(ProjectDetail {
        secret_policy: own.map_or(for_all, |own| own.1),
        has_own_secret_policy: own.is_some(),
        commit_rule: rule.map(CommitRuleView::from),
        project: row.into(),
        sessions: sessions.into_iter().map(SessionView::from).collect(),
        git,
        git_trouble,
    })
}

/// `projects.add`
pub async fn add(ctx: Ctx, input: AddProject) -> Result<ProjectView, ApiError> {
    let store = ctx.owner()?.store();
    let at = now();
    let folder = match input.folder.filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(own_folder(&ctx, folder, None).await?),
        None => None,
    };
    let wanted = match (input.name.filter(|name| !name.trim().is_empty()), &folder) {
        (Some(wanted), _) => wanted,
        (None, Some(folder)) => free_name(&ctx, called_like(folder)).await?,
        (None, None) => {
            let text = "field `name`: expected a name, or a `folder` to take it from";
            return Err(ApiError::new(Code::BadInput, text));
        }
    };
    let project = Project {
        id: ProjectId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        name: name(&wanted)?,
        description: text("description", input.description)?,
        status: input.status,
        folder,
        objectives: input.objectives.read()?,
        pinned: pinned(input.pinned)?,
        created_at: at,
        updated_at: at,
    };
    let id = project.id;
    settled(store.add_project(project).await?, &wanted)?;
    Ok(load(&ctx, &id.to_string()).await?.into())
}

/// The project of this very folder, or a new one: under that name, else under one that is free. Without
/// a folder it is a new one.
///
/// # Errors
/// The folder cannot be a project's, or the given name is taken.
pub async fn make_for_work(
    ctx: &Ctx,
    folder: Option<String>,
    name: Option<String>,
    else_called: &str,
) -> Result<ProjectView, ApiError> {
    let rows = ctx.store()?.list_projects(None).await?;
    let is_it = |row: &ProjectRow| folder.is_some() && row.project.folder == folder;
    if let Some(row) = rows.into_iter().find(is_it) {
        return Ok(row.into());
    }
    let name = match name {
        Some(name) => name,
        None => free_name(ctx, else_called).await?,
    };
    let input = AddProject {
        name: Some(name),
        description: String::new(),
        status: ProjectStatus::Active,
        folder,
        objectives: Objectives::default(),
        pinned: Vec::new(),
    };
    add(ctx.clone(), input).await
}

/// What a project of this folder is called where nobody names it.
pub fn called_like(folder: &str) -> &str {
    let name = Path::new(folder).file_name().and_then(|name| name.to_str());
    name.unwrap_or(folder)
}

/// This name; where it is taken, with a number behind it.
async fn free_name(ctx: &Ctx, wanted: &str) -> Result<String, ApiError> {
    let rows = ctx.store()?.list_projects(None).await?;
    let stem: String = wanted.chars().take(MOST_NAME_CHARS - 8).collect();
    let is_free = |name: &String| rows.iter().all(|row| row.project.name != *name);
    let numbered = (2_u32..).map(|number| format!("{stem} {number}"));
    let free = std::iter::once(stem.clone()).chain(numbered).find(is_free);
    Ok(free.unwrap_or(stem))
}

/// `projects.change`
pub async fn change(ctx: Ctx, input: ChangeProject) -> Result<ProjectView, ApiError> {
    let store = ctx.owner()?.store();
    let mut project = load(&ctx, &input.id).await?.project;
    if let Some(wanted) = input.name {
        project.name = name(&wanted)?;
    }
    if let Some(wanted) = input.description {
        project.description = text("description", wanted)?;
    }
    project.status = input.status.unwrap_or(project.status);
    project.folder = match input.folder {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => Some(own_folder(&ctx, folder, Some(project.id)).await?),
        None => project.folder,
    };
    if let Some(objectives) = input.objectives {
        project.objectives = objectives.read()?;
    }
    if let Some(paths) = input.pinned {
        project.pinned = pinned(paths)?;
    }
    project.updated_at = now();
    let (id, name) = (project.id, project.name.clone());
    settled(store.change_project(project).await?, &name)?;
    Ok(load(&ctx, &id.to_string()).await?.into())
}

/// `projects.remove`
pub async fn remove(ctx: Ctx, input: ProjectRef) -> Result<Removed, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let row = load(&ctx, &input.id).await?;
    store.remove_project(row.project.id).await?;
    Ok(Removed {
        removed: row.project.id.to_string(),
    })
}

/// The project of that id or name.
///
/// # Errors
/// [`Code::NotFound`].
pub async fn load(ctx: &Ctx, reference: &str) -> Result<ProjectRow, ApiError> {
    let rows = ctx.store()?.list_projects(None).await?;
    let id = reference.parse::<ProjectId>().ok();
    rows.into_iter()
        .find(|row| id.map_or(row.project.name == reference, |id| row.project.id == id))
        .ok_or_else(|| {
            ApiError::not_found("project", visible_line(reference))
                .hint("`krake projects list` shows those that there are")
        })
}

/// The id under which what belongs to a project is kept: that of the project of this id or name, and
/// the reference itself where there is none, such as the id of another system.
pub async fn kept_as(ctx: &Ctx, reference: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(reference) = reference else {
        return Ok(None);
    };
    match load(ctx, reference).await {
        Ok(row) => Ok(Some(row.project.id.to_string())),
        Err(error) if error.code == Code::NotFound => Ok(Some(reference.to_owned())),
        Err(error) => Err(error),
    }
}

impl Objectives {
    /// The objectives that are meant.
    ///
    /// # Errors
    /// One is too long.
    pub fn read(self) -> Result<Vec<Objective>, ApiError> {
        let open = |text: &str| Objective {
            text: text.trim().to_owned(),
            done: false,
        };
        let objectives: Vec<Objective> = match self {
            Self::Text(lines) => lines.lines().map(open).collect(),
            Self::List(list) => list
                .into_iter()
                .map(|one| match one {
                    ObjectiveInput::Text(text) => open(&text),
                    ObjectiveInput::Objective { text, done } => Objective { text, done },
                })
                .collect(),
        };
        objectives
            .into_iter()
            .filter(|objective| !objective.text.trim().is_empty())
            .map(|objective| {
                Ok(Objective {
                    text: text("objectives", objective.text)?,
                    done: objective.done,
                })
            })
            .collect()
    }
}

impl Default for Objectives {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl From<ProjectRow> for ProjectView {
    fn from(row: ProjectRow) -> Self {
        let project = row.project;
        Self {
            id: project.id,
            name: visible_line(&project.name),
            description: visible(&project.description).into_owned(),
            status: project.status,
            folder: project.folder.as_deref().map(visible_line),
            progress: ObjectivesReached::of(&project.objectives),
            objectives: objectives_view(&project.objectives),
            pinned: project
                .pinned
                .iter()
                .map(|path| visible_line(path))
                .collect(),
            created_at: project.created_at.into(),
            updated_at: project.updated_at.into(),
            sessions: row.sessions,
            accounts: row.accounts.iter().map(|id| visible_line(id)).collect(),
            last_session_at: row.last_session_at.map(Moment),
        }
    }
}

/// Objectives as they are shown.
pub fn objectives_view(objectives: &[Objective]) -> Vec<Objective> {
    objectives
        .iter()
        .map(|objective| Objective {
            text: visible(&objective.text).into_owned(),
            done: objective.done,
        })
        .collect()
}

/// A state with its hidden characters visible.
pub fn shown(state: GitState) -> GitState {
    GitState {
        branch: state.branch.as_deref().map(visible_line),
        subject: state.subject.as_deref().map(visible_line),
        ..state
    }
}

fn settled(kept: Kept, name: &str) -> Result<(), ApiError> {
    match kept {
        Kept::Yes => Ok(()),
        Kept::NameTaken => Err(ApiError::new(
            Code::Conflict,
            format!("there is a project `{}` already", visible_line(name.trim())),
        )
        .hint("choose another name, or change that one")),
    }
}
