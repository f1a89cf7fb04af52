//! The queue of handoffs: a briefing waits until an account claims it.

use std::collections::BTreeMap;

use krake_domain::account::Account;
use krake_domain::briefing::{Briefing, BriefingItem, Coverage, Form};
use krake_domain::delivery::Delivery;
use krake_domain::draft::{Draft, DraftState};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{DraftId, HandoffId, ProjectId, SessionId, WorkspaceId};
use krake_runtime::briefing::Wish;
use krake_runtime::handoff::Parts;
use krake_store::HandoffFilter;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::briefs::{Sources, USUAL_BUDGET, brief};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::handoff_parts::{Asked, CommitChoice, parts};
use crate::held_account::{held, held_id, held_id_or_label};
use crate::projects::{kept_as, load as load_project};
use crate::screen::Replaced;
use crate::sessions::credits;
use crate::view::handoff::{HandoffView, SentHandoff};
use crate::view::moment::now;
use crate::view::page::{Page, cursor, limit, next_of};
use crate::visible::visible_line;

/// A handoff with its briefing.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HandoffDetail {
    #[serde(flatten)]
    pub handoff: HandoffView,
    pub briefing: Briefing,
}

/// What is handed over, from whom to whom. One of `context`, `sessions`, `folder` and `project_id`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHandoff {
    pub project_id: Option<String>,
    /// Stored sessions of this folder and below.
    pub folder: Option<String>,
    /// Stored sessions.
    pub sessions: Option<Vec<SessionId>>,
    /// A transcript in any known format, a plain text, or messages as `{role, content}`.
    pub context: Option<Value>,
    pub from_account_id: Option<String>,
    pub to_account_id: Option<String>,
    /// What the next account is to do.
    pub goal: Option<String>,
    /// Tokens; 4,000 when absent.
    pub budget: Option<u64>,
    /// Put back what scores as lost; true when absent.
    pub repair: Option<bool>,
    pub credits_used: Option<f64>,
    /// What a model answered for this briefing (`briefings.write`); each of its lines is held against
    /// its sources.
    pub answer: Option<String>,
    /// As in `briefings.make`.
    #[serde(default)]
    pub wanted: Vec<String>,
}

/// A handoff of a project with everything that goes with it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendHandoff {
    /// A project's id or name.
    pub project_id: String,
    pub from_account_id: Option<String>,
    pub to_account_id: Option<String>,
    /// What the next account is to do.
    pub goal: Option<String>,
    /// Tokens; 4,000 when absent.
    pub budget: Option<u64>,
    /// What a model answered for this briefing (`briefings.write`); each of its lines is held against
    /// its sources.
    pub answer: Option<String>,
    /// As in `briefings.make`.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// The draft that it answers.
    pub draft_id: Option<DraftId>,
    /// Put the briefing between its marks into the file that the receiver reads; false when absent.
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

/// A context to compress for the next account.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompressHandoff {
    pub project_id: Option<String>,
    /// A transcript in any known format, a plain text, or messages as `{role, content}`.
    pub context: Value,
    pub credits_used: Option<f64>,
    pub from_account_id: Option<String>,
    /// Tokens; 4,000 when absent.
    pub budget: Option<u64>,
}

/// The compressed context, and its place in the queue.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CompressedHandoff {
    pub handoff_id: HandoffId,
    pub text: String,
    pub tokens: u64,
    pub budget: u64,
    /// Each line with its sources.
    pub items: Vec<BriefingItem>,
    pub coverage: Coverage,
    /// Secrets in the context that tokens stand for now, by kind.
    #[serde(default, skip_serializing_if = "Replaced::is_empty")]
    pub redactions: Replaced,
}

/// Which handoffs, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListHandoffs {
    pub state: Option<HandoffState>,
    /// Those of this project, by its id or its name.
    pub project_id: Option<String>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Names one handoff.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoffRef {
    pub id: HandoffId,
}

/// Who claims it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimHandoff {
    pub id: HandoffId,
    /// The account that goes on; absent: the one that it is meant for.
    pub account_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndHandoff {
    pub id: HandoffId,
    pub note: Option<String>,
}

/// `handoffs.list`
pub async fn list(ctx: Ctx, input: ListHandoffs) -> Result<Page<HandoffView>, ApiError> {
    let limit = limit(input.limit);
    let filter = HandoffFilter {
        state: input.state,
        project: kept_as(&ctx, input.project_id.as_deref()).await?,
        before: cursor(input.cursor.as_deref())?,
        limit: limit + 1,
    };
    let mut found = ctx.store()?.list_handoffs(filter).await?;
    let next = next_of(&mut found, limit, |handoff| handoff.id.to_string());
    Ok(Page {
        items: found.iter().map(HandoffView::from).collect(),
        next,
    })
}

/// `handoffs.show`
pub async fn show(ctx: Ctx, input: HandoffRef) -> Result<HandoffDetail, ApiError> {
    let found = ctx.store()?.find_handoff(input.id).await?;
    let found = found.ok_or_else(|| ApiError::not_found("handoff", input.id))?;
    Ok(HandoffDetail {
        handoff: HandoffView::from(&found),
        briefing: found.briefing,
    })
}

/// `handoffs.create`
pub async fn create(ctx: Ctx, input: CreateHandoff) -> Result<HandoffDetail, ApiError> {
    ctx.owner()?;
    credits(input.credits_used)?;
    let stored = input.context.is_none();
    let to = receiver(&ctx, input.to_account_id).await?;
    // What another system brings along may name an account of its own.
    let from = match stored {
        true => held_id(&ctx, "from_account_id", input.from_account_id).await?,
        false => held_id_or_label(&ctx, input.from_account_id).await?,
    };
    let project = kept_as(&ctx, input.project_id.as_deref()).await?;
    let sources = Sources {
        project_id: input.project_id,
        folder: input.folder.clone(),
        sessions: input.sessions,
        context: input.context,
    };
    let wish = Wish {
        budget: input.budget.unwrap_or(USUAL_BUDGET),
        goal: input.goal.clone(),
        repair: input.repair.unwrap_or(true),
        wanted: input.wanted,
        form: Form::Markdown,
        attach: false,
    };
    let answer = crate::prose::answer(input.answer)?;
    let briefed = brief(&ctx, sources, wish, answer).await?;
    let sending = Sending {
        project,
        folder: input.folder,
        from_account: from,
        to_account: to.map(|account| account.id.to_string()),
        goal: input.goal,
        credits_used: input.credits_used,
        history_tokens: Some(briefed.history_tokens),
        ..Sending::of(briefed.briefing)
    };
    let parts = Parts {
        freeze: stored,
        ..Parts::default()
    };
    send_out(&ctx, sending, parts).await
}

/// `handoffs.send`
pub async fn send(ctx: Ctx, input: SendHandoff) -> Result<HandoffDetail, ApiError> {
    ctx.person()?;
    let project = load_project(&ctx, &input.project_id).await?.project;
    let to = receiver(&ctx, input.to_account_id).await?;
    let from = held_id(&ctx, "from_account_id", input.from_account_id).await?;
    // Whoever hands the work over has answered what was drafted for it.
    let open = open_draft(&ctx, project.id, input.draft_id).await?;
    let sources = Sources {
        project_id: Some(project.id.to_string()),
        ..Sources::default()
    };
    // What was put back into the draft goes with it, whoever sends it.
    let wanted = match &open {
        Some(draft) if input.wanted.is_empty() => draft.wanted.clone(),
        _ => input.wanted,
    };
    let wish = Wish {
        budget: input.budget.unwrap_or(USUAL_BUDGET),
        goal: input.goal.clone(),
        repair: true,
        wanted,
        form: Form::Markdown,
        attach: false,
    };
    let answer = crate::prose::answer(input.answer)?;
    let briefed = brief(&ctx, sources, wish, answer).await?;
    let asked = Asked {
        draft: input.draft_id.or(open.as_ref().map(|draft| draft.id)),
        write_file: input.write_file.unwrap_or(false),
        commit: input.commit,
        commit_paths: input.commit_paths,
        commit_branch: input.commit_branch,
    };
    let parts = parts(&ctx, project.id, to.as_ref(), asked).await?;
    let sending = Sending {
        project: Some(project.id.to_string()),
        from_account: from.or(open
            .and_then(|draft| draft.run_out.account)
            .map(|id| id.to_string())),
        to_account: to.map(|account| account.id.to_string()),
        goal: input.goal,
        history_tokens: Some(briefed.history_tokens),
        ..Sending::of(briefed.briefing)
    };
    send_out(&ctx, sending, parts).await
}

/// The open draft that is meant, or else the newest one of the project.
async fn open_draft(
    ctx: &Ctx,
    project: ProjectId,
    named: Option<DraftId>,
) -> Result<Option<Draft>, ApiError> {
    let drafts = ctx.store()?.drafts_in_force().await?;
    let mut open = drafts
        .into_iter()
        .filter(|draft| draft.state == DraftState::Open && draft.project == Some(project));
    Ok(match named {
        Some(id) => open.find(|draft| draft.id == id),
        None => open.next_back(),
    })
}

/// `handoffs.withdraw`
pub async fn withdraw(ctx: Ctx, input: HandoffRef) -> Result<HandoffView, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    let before = show(ctx.clone(), HandoffRef { id: input.id }).await?;
    match runtime.withdraw_handoff(input.id).await? {
        Some(handoff) => Ok(HandoffView::from(&handoff)),
        None => Err(elsewhere(&before.handoff, "taken back")),
    }
}

/// `handoff.compress`
pub async fn compress(ctx: Ctx, input: CompressHandoff) -> Result<CompressedHandoff, ApiError> {
    let made = create(
        ctx,
        CreateHandoff {
            project_id: input.project_id,
            folder: None,
            sessions: None,
            context: Some(input.context),
            from_account_id: input.from_account_id,
            to_account_id: None,
            goal: None,
            budget: input.budget,
            repair: None,
            credits_used: input.credits_used,
            answer: None,
            wanted: Vec::new(),
        },
    )
    .await?;
    Ok(CompressedHandoff {
        handoff_id: made.handoff.id,
        text: made.briefing.text,
        tokens: made.briefing.tokens,
        budget: made.briefing.budget,
        items: made.briefing.items,
        coverage: made.briefing.coverage,
        redactions: made.handoff.redactions,
    })
}

/// `handoffs.claim`
pub async fn claim(ctx: Ctx, input: ClaimHandoff) -> Result<HandoffDetail, ApiError> {
    let store = ctx.owner()?.store();
    let before = show(ctx.clone(), HandoffRef { id: input.id }).await?;
    let by = held_id(&ctx, "account_id", input.account_id).await?;
    if !store.claim_handoff(input.id, by, now()).await? {
        return Err(elsewhere(&before.handoff, "claimed"));
    }
    show(ctx, HandoffRef { id: input.id }).await
}

/// `handoffs.done`
pub async fn done(ctx: Ctx, input: EndHandoff) -> Result<HandoffView, ApiError> {
    let store = ctx.owner()?.store();
    let before = show(ctx.clone(), HandoffRef { id: input.id }).await?;
    if !store.end_handoff(input.id, input.note, now()).await? {
        return Err(elsewhere(&before.handoff, "ended"));
    }
    let redactions = ctx.replaced();
    let ended = show(ctx, HandoffRef { id: input.id }).await?.handoff;
    Ok(HandoffView {
        redactions,
        ..ended
    })
}

fn elsewhere(handoff: &HandoffView, wanted: &str) -> ApiError {
    let state = match handoff.state {
        HandoffState::Preparing => "being prepared",
        HandoffState::Pending => "pending: claim it first",
        HandoffState::Claimed => "claimed already",
        HandoffState::Done => "done",
        HandoffState::Withdrawn => "taken back",
        HandoffState::NotSent => "not sent: its commit failed",
    };
    ApiError::new(
        Code::Conflict,
        format!("handoff {} cannot be {wanted}, it is {state}", handoff.id),
    )
}

/// What goes out, before its parts.
#[derive(Debug)]
pub struct Sending {
    pub id: HandoffId,
    pub project: Option<String>,
    pub folder: Option<String>,
    pub from_account: Option<String>,
    pub to_account: Option<String>,
    pub goal: Option<String>,
    pub credits_used: Option<f64>,
    /// Tokens of the whole history that the briefing stands for.
    pub history_tokens: Option<u64>,
    pub briefing: Briefing,
}

impl Sending {
    /// A new handoff of this briefing, from and to nobody.
    #[must_use]
    pub fn of(briefing: Briefing) -> Self {
        Self {
            id: HandoffId::from_uuid(uuid::Uuid::now_v7()),
            project: None,
            folder: None,
            from_account: None,
            to_account: None,
            goal: None,
            credits_used: None,
            history_tokens: None,
            briefing,
        }
    }
}

/// Writes it down, makes its parts, and lets it into the queue.
pub async fn send_out(
    ctx: &Ctx,
    sending: Sending,
    parts: Parts,
) -> Result<HandoffDetail, ApiError> {
    let handoff = Handoff {
        id: sending.id,
        workspace: WorkspaceId::PERSONAL,
        project: sending.project,
        folder: sending.folder,
        from_account: sending.from_account,
        to_account: sending.to_account,
        goal: sending.goal,
        state: HandoffState::Preparing,
        briefing: sending.briefing,
        credits_used: sending.credits_used,
        snapshot: None,
        history_tokens: sending.history_tokens,
        created_at: now(),
        claimed_at: None,
        claimed_by: None,
        done_at: None,
        note: None,
        delivery: Delivery::default(),
    };
    let handoff = ctx.owner()?.send_handoff(handoff, parts).await?;
    Ok(HandoffDetail {
        handoff: HandoffView {
            redactions: ctx.replaced(),
            ..HandoffView::from(&handoff)
        },
        briefing: handoff.briefing,
    })
}

/// The account that goes on, where one is named.
pub async fn receiver(ctx: &Ctx, named: Option<String>) -> Result<Option<Account>, ApiError> {
    match named {
        Some(named) => Ok(Some(held(ctx, "to_account_id", &named).await?)),
        None => Ok(None),
    }
}

/// Names of projects and accounts by their ids.
#[derive(Debug, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Those that there are.
    pub async fn load(ctx: &Ctx) -> Result<Self, ApiError> {
        let store = ctx.store()?;
        let projects = store.list_projects(None).await?.into_iter();
        let accounts = store
            .list_accounts(WorkspaceId::PERSONAL)
            .await?
            .into_iter();
        let projects = projects.map(|row| (row.project.id.to_string(), row.project.name));
        let accounts = accounts.map(|account| (account.id.to_string(), account.name));
        Ok(Self(projects.chain(accounts).collect()))
    }

    /// A handoff with the names of those whom it is about.
    #[must_use]
    pub fn sent(&self, handoff: &Handoff) -> SentHandoff {
        let name = |id: &Option<String>| {
            let id = id.as_ref()?;
            Some(visible_line(self.0.get(id).unwrap_or(id)))
        };
        SentHandoff {
            project: name(&handoff.project),
            to: name(&handoff.to_account),
            handoff: HandoffView::from(handoff),
        }
    }
}
