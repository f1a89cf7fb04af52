//! Handoffs that were drafted because an account ran out: looked at, handed over, or put away.

use std::collections::BTreeMap;

use krake_domain::account::Account;
use krake_domain::briefing::Briefing;
use krake_domain::draft::{Draft, DraftState};
use krake_domain::id::{DraftId, ProjectId, WorkspaceId};
use krake_engine::accounts::Need;
use krake_runtime::Runtime;
use krake_store::SessionChange;
use serde::{Deserialize, Serialize};

use crate::account_limits::ranked;
use crate::account_text::filled;
use crate::accounts::names;
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::handoff_parts::{Asked, CommitChoice, parts};
use crate::handoffs::{HandoffDetail, Sending, send_out};
use crate::held_account::held;
use crate::projects::{called_like, make_for_work};
use crate::view::draft::{DraftView, SessionAtLimit};
use crate::view::moment::now;
use crate::visible::visible_line;

/// The longest name that a project takes from the title of a session.
const MOST_TITLE: usize = 60;
/// Facts that a person puts back one by one.
const MOST_WANTED: usize = 200;
const MOST_WANTED_BYTES: usize = 64 << 10;

/// Names one draft.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRef {
    pub id: DraftId,
}

/// A draft whose work belongs to no project.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeProject {
    pub id: DraftId,
    /// No other project has it; absent: the name of the folder.
    pub name: Option<String>,
}

/// A draft that goes out as it is. Where its work belongs to no project, one is made of the folder
/// first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverDraft {
    pub id: DraftId,
    /// The account that goes on; absent: the one that is proposed.
    pub to_account_id: Option<String>,
    /// Put the briefing between its marks into the file that the receiver reads; true when absent.
    pub write_file: Option<bool>,
    /// As the project's rule says when absent.
    #[serde(default)]
    pub commit: CommitChoice,
    /// Files for the commit, relative to the project's folder; absent: those that its sessions edited.
    pub commit_paths: Option<Vec<String>>,
    /// The branch of the commit; absent: as the project's rule says; empty: the one that is checked
    /// out.
    pub commit_branch: Option<String>,
}

/// What is to be in the briefing of a draft, of what it lost.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WantInDraft {
    pub id: DraftId,
    /// As in `briefings.make`, in place of what was wanted before.
    pub wanted: Vec<String>,
}

/// A draft that is not wanted.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectDraft {
    pub id: DraftId,
    /// Why not.
    pub reason: String,
}

/// A draft with its briefing.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DraftDetail {
    pub draft: DraftView,
    /// Absent where there was nothing to brief.
    pub briefing: Option<Briefing>,
}

/// `drafts.show`
pub async fn show(ctx: Ctx, input: DraftRef) -> Result<DraftDetail, ApiError> {
    let draft = load(&ctx, input.id).await?;
    Ok(DraftDetail {
        draft: view(&ctx, &draft).await?,
        briefing: draft.briefing,
    })
}

/// `drafts.hand_over`
pub async fn hand_over(ctx: Ctx, input: HandOverDraft) -> Result<HandoffDetail, ApiError> {
    ctx.person()?;
    let mut draft = load(&ctx, input.id).await?;
    // Who goes on is known before anything is made.
    let to = match input.to_account_id {
        Some(to) => to,
        None => {
            let proposed = view(&ctx, &draft).await?.to_account_id;
            proposed.map(|id| id.to_string()).ok_or_else(|| {
                ApiError::new(Code::Conflict, "no account could go on now")
                    .hint("name one, add one, or leave the handoff in the queue from the composer")
            })?
        }
    };
    let to = held(&ctx, "to_account_id", &to).await?;
    if draft.project.is_none() && draft.state == DraftState::Open {
        draft = placed(&ctx, draft, None).await?;
    }
    // What goes out is the work as it is now, as the composer would send it.
    if draft.state == DraftState::Open {
        draft = ctx.owner()?.briefed_anew(draft).await?;
    }
    let (Some(project), Some(briefing)) = (draft.project, draft.briefing.clone()) else {
        let why = draft.trouble.as_deref().map(visible_line);
        let why = why.unwrap_or_else(|| "no work goes with this account".to_owned());
        let error = ApiError::new(
            Code::Conflict,
            format!("there is nothing to hand over: {why}"),
        );
        return Err(
            error.hint("put it away with `krake inbox done`, or make a handoff of a project")
        );
    };
    let asked = Asked {
        draft: Some(draft.id),
        write_file: input.write_file.unwrap_or(true),
        commit: input.commit,
        commit_paths: input.commit_paths,
        commit_branch: input.commit_branch,
    };
    let parts = parts(&ctx, project, Some(&to), asked).await?;
    let sending = Sending {
        project: Some(project.to_string()),
        from_account: draft.run_out.account.map(|id| id.to_string()),
        to_account: Some(to.id.to_string()),
        history_tokens: draft.history_tokens,
        ..Sending::of(briefing)
    };
    send_out(&ctx, sending, parts).await
}

/// `drafts.make_project`
pub async fn make_project(ctx: Ctx, input: MakeProject) -> Result<DraftView, ApiError> {
    ctx.person()?;
    let draft = load(&ctx, input.id).await?;
    if draft.project.is_some() {
        return Err(ApiError::new(
            Code::Conflict,
            "the draft has a project already",
        ));
    }
    let draft = placed(&ctx, draft, input.name).await?;
    view(&ctx, &draft).await
}

/// The draft with a project of its work: of the folder, or of the session alone where no folder is
/// known.
async fn placed(ctx: &Ctx, draft: Draft, name: Option<String>) -> Result<Draft, ApiError> {
    let runtime = ctx.owner()?;
    let (Some(work), Some(session)) = (becomes(runtime, &draft).await?, draft.run_out.session)
    else {
        return Err(ApiError::new(
            Code::Conflict,
            "no work goes with this account, so there is nothing to make a project of",
        ));
    };
    let project = make_for_work(ctx, work.folder, name, &work.called).await?;
    if runtime
        .store()
        .find_session(session)
        .await?
        .and_then(|row| row.project)
        .is_none()
    {
        let change = SessionChange {
            project: Some(project.id),
            ..SessionChange::default()
        };
        runtime.store().change_session(session, change).await?;
    }
    runtime.place_drafts().await?;
    load(ctx, draft.id).await
}

/// A project that a draft could have.
struct Becomes {
    called: String,
    folder: Option<String>,
}

/// What becomes of the work of a draft that belongs to no project.
async fn becomes(runtime: &Runtime, draft: &Draft) -> Result<Option<Becomes>, ApiError> {
    let Some(session) = draft.run_out.session.filter(|_| draft.project.is_none()) else {
        return Ok(None);
    };
    let Some(row) = runtime.store().find_session(session).await? else {
        return Ok(None);
    };
    let folder = runtime.folder_for_project(session).await?;
    let folder = folder.and_then(|folder| folder.to_str().map(str::to_owned));
    let title = row.title.unwrap_or_else(|| draft.run_out.who.clone());
    let called = match &folder {
        Some(folder) => called_like(folder).to_owned(),
        None => visible_line(&title).chars().take(MOST_TITLE).collect(),
    };
    Ok(Some(Becomes { called, folder }))
}

/// `drafts.want`
pub async fn want(ctx: Ctx, input: WantInDraft) -> Result<DraftView, ApiError> {
    ctx.person()?;
    let wanted = within(input.wanted)?;
    let runtime = ctx.owner()?;
    load(&ctx, input.id).await?;
    if !runtime.store().want_in_draft(input.id, wanted).await? {
        return Err(answered());
    }
    let anew = runtime.briefed_anew(load(&ctx, input.id).await?).await?;
    runtime.store().brief_draft(anew).await?;
    view(&ctx, &load(&ctx, input.id).await?).await
}

/// Facts as a draft keeps them: no more and no longer ones than a briefing could lose.
fn within(wanted: Vec<String>) -> Result<Vec<String>, ApiError> {
    let bytes: usize = wanted.iter().map(String::len).sum();
    if wanted.len() > MOST_WANTED || bytes > MOST_WANTED_BYTES {
        return Err(ApiError::new(
            Code::BadInput,
            format!(
                "field `wanted`: expected at most {MOST_WANTED} texts of {MOST_WANTED_BYTES} bytes in all"
            ),
        ));
    }
    Ok(wanted)
}

/// `drafts.reject`
pub async fn reject(ctx: Ctx, input: RejectDraft) -> Result<DraftView, ApiError> {
    ctx.person()?;
    let reason = filled("reason", &input.reason)?;
    let store = ctx.owner()?.store();
    load(&ctx, input.id).await?;
    if !store.reject_draft(input.id, reason).await? {
        return Err(answered());
    }
    let draft = load(&ctx, input.id).await?;
    view(&ctx, &draft).await
}

/// Drafts with who could go on, in the same order, from one look at the accounts.
pub async fn proposals(ctx: &Ctx, drafts: Vec<&Draft>) -> Result<Vec<DraftView>, ApiError> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let runtime = ctx.runtime()?;
    let projects: BTreeMap<ProjectId, String> = runtime
        .store()
        .list_projects(None)
        .await?
        .into_iter()
        .map(|row| (row.project.id, row.project.name))
        .collect();
    let name = |draft: &Draft| draft.project.and_then(|id| projects.get(&id));
    let needs: Vec<Need> = drafts
        .iter()
        .map(|draft| Need {
            purpose: "handoff".to_owned(),
            words: name(draft).cloned().unwrap_or_default(),
            called: false,
            without: draft.run_out.account.into_iter().collect(),
        })
        .collect();
    let (choices, _) = runtime.choose_accounts(&needs).await?;
    let accounts: Vec<Account> = runtime.store().list_accounts(WorkspaceId::PERSONAL).await?;
    let (names, now) = (names(&accounts), now());
    let mut views = Vec::with_capacity(drafts.len());
    for (draft, choice) in drafts.iter().zip(&choices) {
        let project = name(draft).map(String::as_str);
        let work = becomes(runtime, draft).await?;
        views.push(DraftView::of(
            draft,
            project,
            work.as_ref()
                .map(|work| (work.called.as_str(), work.folder.as_deref())),
            sessions_of(runtime, draft).await?,
            choice.first(),
            ranked(choice, &names),
            now,
        ));
    }
    Ok(views)
}

async fn sessions_of(runtime: &Runtime, draft: &Draft) -> Result<Vec<SessionAtLimit>, ApiError> {
    let mut sessions = Vec::new();
    for id in draft.sessions() {
        let title = runtime.store().find_session(id).await?;
        let title = title.and_then(|row| row.title);
        sessions.push(SessionAtLimit {
            id,
            title: title.as_deref().map(visible_line),
        });
    }
    Ok(sessions)
}

/// Somebody was faster, or the account went on by itself.
pub fn answered() -> ApiError {
    ApiError::new(
        Code::AlreadyAnswered,
        "the draft was answered already, or its account went on by itself",
    )
}

async fn view(ctx: &Ctx, draft: &Draft) -> Result<DraftView, ApiError> {
    let views = proposals(ctx, vec![draft]).await?;
    views
        .into_iter()
        .next()
        .ok_or_else(|| ApiError::not_found("draft", draft.id))
}

async fn load(ctx: &Ctx, id: DraftId) -> Result<Draft, ApiError> {
    let found = ctx.store()?.find_draft(id).await?;
    found.ok_or_else(|| ApiError::not_found("draft", id))
}
