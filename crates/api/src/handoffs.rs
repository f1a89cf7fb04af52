//! The queue of handoffs: a briefing waits until an account claims it.

use krake_domain::briefing::{Briefing, BriefingItem, Coverage, Form};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{HandoffId, SessionId, SnapshotId, WorkspaceId};
use krake_runtime::briefing::Wish;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::briefs::{Sources, USUAL_BUDGET, brief};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::projects::kept_as;
use crate::view::moment::{Moment, now};
use crate::view::page::{Page, limit};
use crate::visible::visible_line;

/// A handoff in the queue.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HandoffView {
    pub id: HandoffId,
    pub state: HandoffState,
    pub project_id: Option<String>,
    pub folder: Option<String>,
    pub from_account_id: Option<String>,
    pub to_account_id: Option<String>,
    pub goal: Option<String>,
    pub tokens: u64,
    pub budget: u64,
    /// Share of what must not be lost that the briefing holds, 0 to 1.
    pub score: Option<f64>,
    pub credits_used: Option<f64>,
    pub snapshot_id: Option<SnapshotId>,
    pub created_at: Moment,
    pub claimed_at: Option<Moment>,
    pub claimed_by: Option<String>,
    pub done_at: Option<Moment>,
    pub note: Option<String>,
}

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
}

/// Which handoffs, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListHandoffs {
    pub state: Option<HandoffState>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
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
    let found = ctx
        .store()?
        .list_handoffs(input.state, limit(input.limit))
        .await?;
    Ok(Page {
        items: found.iter().map(HandoffView::from).collect(),
        next: None,
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
    let store = ctx.owner()?.store();
    let stored = input.context.is_none();
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
        form: Form::Markdown,
    };
    let answer = crate::prose::answer(input.answer)?;
    let briefing = brief(&ctx, sources, wish, answer).await?.briefing;
    let snapshot = if stored {
        let id = SnapshotId::from_uuid(uuid::Uuid::now_v7());
        let (project, folder) = (project.as_deref(), input.folder.as_deref());
        let frozen = store
            .freeze(id, "before a handoff", project, folder, now())
            .await?;
        store.add_snapshot(frozen).await?;
        Some(id)
    } else {
        None
    };
    let handoff = Handoff {
        id: HandoffId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        project,
        folder: input.folder,
        from_account: input.from_account_id,
        to_account: input.to_account_id,
        goal: input.goal,
        state: HandoffState::Pending,
        briefing,
        credits_used: input.credits_used,
        snapshot,
        created_at: now(),
        claimed_at: None,
        claimed_by: None,
        done_at: None,
        note: None,
    };
    store.add_handoff(handoff.clone()).await?;
    Ok(HandoffDetail {
        handoff: HandoffView::from(&handoff),
        briefing: handoff.briefing,
    })
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
    })
}

/// `handoffs.claim`
pub async fn claim(ctx: Ctx, input: ClaimHandoff) -> Result<HandoffDetail, ApiError> {
    let store = ctx.owner()?.store();
    let before = show(ctx.clone(), HandoffRef { id: input.id }).await?;
    if !store
        .claim_handoff(input.id, input.account_id, now())
        .await?
    {
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
    Ok(show(ctx, HandoffRef { id: input.id }).await?.handoff)
}

fn elsewhere(handoff: &HandoffView, wanted: &str) -> ApiError {
    let state = match handoff.state {
        HandoffState::Pending => "pending: claim it first",
        HandoffState::Claimed => "claimed already",
        HandoffState::Done => "done",
    };
    ApiError::new(
        Code::Conflict,
        format!("handoff {} cannot be {wanted}, it is {state}", handoff.id),
    )
}

impl From<&Handoff> for HandoffView {
    fn from(handoff: &Handoff) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(visible_line);
        Self {
            id: handoff.id,
            state: handoff.state,
            project_id: shown(&handoff.project),
            folder: shown(&handoff.folder),
            from_account_id: shown(&handoff.from_account),
            to_account_id: shown(&handoff.to_account),
            goal: shown(&handoff.goal),
            tokens: handoff.briefing.tokens,
            budget: handoff.briefing.budget,
            score: handoff
                .briefing
                .coverage
                .loss
                .as_ref()
                .map(|loss| loss.score),
            credits_used: handoff.credits_used,
            snapshot_id: handoff.snapshot,
            created_at: handoff.created_at.into(),
            claimed_at: handoff.claimed_at.map(Moment),
            claimed_by: shown(&handoff.claimed_by),
            done_at: handoff.done_at.map(Moment),
            note: shown(&handoff.note),
        }
    }
}
