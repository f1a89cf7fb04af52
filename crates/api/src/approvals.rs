//! Gates: what waits for a person, and the answer. Only a person passes here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::id::{ApprovalId, ExecutionId};
use krake_domain::rule::Scope;
use krake_store::{ApprovalFilter, ApprovalRow};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::approval::ApprovalView;
use crate::view::page::{Page, limit};
use crate::visible::visible_line;

/// Which approvals, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListApprovals {
    pub status: Option<ApprovalStatus>,
    pub execution_id: Option<ExecutionId>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// The approvals of one execution.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsOf {
    pub id: ExecutionId,
}

/// Names one approval.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRef {
    pub approval_id: ApprovalId,
}

/// Yes, once, to exactly what is shown.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    pub id: ExecutionId,
    pub approval_id: ApprovalId,
    /// Only for an unknown outcome: it did happen, so go on without running it again.
    #[serde(default)]
    pub happened: bool,
    /// How far the yes reaches; one of the approval's `scopes`, or absent for this call alone.
    #[serde(default)]
    pub scope: ApproveScope,
}

/// How far a yes reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApproveScope {
    /// This call alone.
    #[default]
    Once,
    /// The same tool on the same target, for the rest of this execution.
    Execution,
    /// The same tool on the same target, by a rule.
    Always,
    /// The same tool in the target's folder, by a rule.
    AlwaysUnder,
}

/// No.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    pub id: ExecutionId,
    pub approval_id: ApprovalId,
    #[serde(default)]
    pub reason: String,
}

/// Other arguments for the call that is asked about.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub id: ExecutionId,
    pub approval_id: ApprovalId,
    /// The whole of them; what is left out is not passed.
    pub args: Map<String, Value>,
}

/// What became of an edit.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Edited {
    /// The new question about the new arguments; absent where it is not asked yet.
    pub approval_id: Option<ApprovalId>,
}

/// Go on without a failed step.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    pub id: ExecutionId,
    pub approval_id: ApprovalId,
}

/// A word in answer to a question of the plan.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerQuestion {
    pub id: ExecutionId,
    pub approval_id: ApprovalId,
    /// For a choice one of `choices`, for a confirmation `yes` or `no`; empty: the default.
    pub answer: String,
}

/// `approvals.list`
pub async fn list(ctx: Ctx, input: ListApprovals) -> Result<Page<ApprovalView>, ApiError> {
    let filter = ApprovalFilter {
        status: input.status,
        execution: input.execution_id,
        limit: limit(input.limit),
    };
    let rows = ctx.store()?.list_approvals(filter).await?;
    views(&ctx, rows).await
}

/// `approvals.of`
pub async fn of(ctx: Ctx, input: ApprovalsOf) -> Result<Page<ApprovalView>, ApiError> {
    ctx.row(input.id).await?;
    let filter = ApprovalFilter {
        status: None,
        execution: Some(input.id),
        limit: limit(Some(u32::MAX)),
    };
    let rows = ctx.store()?.list_approvals(filter).await?;
    views(&ctx, rows).await
}

/// `approvals.show`
pub async fn show(ctx: Ctx, input: ApprovalRef) -> Result<ApprovalView, ApiError> {
    let row = find(&ctx, input.approval_id).await?;
    let execution = ctx.row(row.approval.execution).await?;
    Ok(ApprovalView::of(&row, &execution.summary.name))
}

/// `approvals.approve`
pub async fn approve(ctx: Ctx, input: Approve) -> Result<ApprovalView, ApiError> {
    let verdict = match (input.happened, input.scope) {
        (true, _) => Verdict::Happened,
        (false, ApproveScope::Once) => Verdict::Approve,
        (false, ApproveScope::Execution) => Verdict::Allow {
            scope: Scope::Execution,
        },
        (false, ApproveScope::Always) => Verdict::Allow {
            scope: Scope::Always,
        },
        (false, ApproveScope::AlwaysUnder) => Verdict::Allow {
            scope: Scope::AlwaysUnder,
        },
    };
    answer(ctx, input.id, input.approval_id, verdict).await
}

/// `approvals.reject`
pub async fn reject(ctx: Ctx, input: Reject) -> Result<ApprovalView, ApiError> {
    let verdict = Verdict::Reject {
        reason: input.reason,
    };
    answer(ctx, input.id, input.approval_id, verdict).await
}

/// `approvals.answer`
pub async fn answer_question(ctx: Ctx, input: AnswerQuestion) -> Result<ApprovalView, ApiError> {
    ctx.person()?;
    let asked = find(&ctx, input.approval_id).await?.approval.question;
    // Whoever answers has seen the choices with their hidden characters written out.
    let text = asked
        .into_iter()
        .flat_map(|question| question.choices)
        .find(|choice| visible_line(choice) == input.answer)
        .unwrap_or(input.answer);
    answer(ctx, input.id, input.approval_id, Verdict::Answer { text }).await
}

/// `approvals.edit`
pub async fn edit(ctx: Ctx, input: Edit) -> Result<Edited, ApiError> {
    let person = ctx.person()?;
    let runtime = ctx.owner()?;
    let id = input.approval_id;
    if find(&ctx, id).await?.approval.execution != input.id {
        return Err(ApiError::not_found("approval", id));
    }
    match runtime.edit(id, Value::Object(input.args), person).await {
        Ok(approval_id) => Ok(Edited { approval_id }),
        Err(error) => Err(with_winner(&ctx, id, error.into()).await),
    }
}

/// `approvals.skip`
pub async fn skip(ctx: Ctx, input: Skip) -> Result<ApprovalView, ApiError> {
    answer(ctx, input.id, input.approval_id, Verdict::Skip).await
}

async fn answer(
    ctx: Ctx,
    execution: ExecutionId,
    id: ApprovalId,
    verdict: Verdict,
) -> Result<ApprovalView, ApiError> {
    let person = ctx.person()?;
    let runtime = ctx.owner()?;
    if find(&ctx, id).await?.approval.execution != execution {
        return Err(ApiError::not_found("approval", id));
    }
    match runtime.answer(id, verdict, person).await {
        Ok(_) => show(ctx, ApprovalRef { approval_id: id }).await,
        Err(error) => Err(with_winner(&ctx, id, error.into()).await),
    }
}

/// Who comes too late is told what was answered before.
async fn with_winner(ctx: &Ctx, id: ApprovalId, error: ApiError) -> ApiError {
    if !matches!(
        error.code,
        Code::AlreadyAnswered | Code::Conflict | Code::Expired
    ) {
        return error;
    }
    let Ok(view) = show(ctx.clone(), ApprovalRef { approval_id: id }).await else {
        return error;
    };
    let winner = match (&view.answer, view.status) {
        (Some(answer), _) => match &answer.verdict {
            Verdict::Approve | Verdict::Allow { .. } => "it was approved already",
            Verdict::Happened => "it was answered already: it did happen",
            Verdict::Answer { .. } => "it was answered already",
            Verdict::Skip => "it was answered already: go on without it",
            Verdict::Reject { .. } => "it was rejected already",
        },
        (None, ApprovalStatus::Expired) => "the time to answer is over",
        (None, ApprovalStatus::Withdrawn) => {
            "the question was withdrawn: its execution ended or its call changed"
        }
        (None, _) => return error,
    };
    ApiError::new(error.code, winner)
        .details(serde_json::json!({ "status": view.status, "answer": view.answer }))
}

async fn find(ctx: &Ctx, id: ApprovalId) -> Result<ApprovalRow, ApiError> {
    ctx.store()?
        .find_approval(id)
        .await?
        .ok_or_else(|| ApiError::not_found("approval", id))
}

async fn views(ctx: &Ctx, rows: Vec<ApprovalRow>) -> Result<Page<ApprovalView>, ApiError> {
    let mut names: HashMap<ExecutionId, String> = HashMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.approval.execution;
        let name = match names.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(ctx.row(id).await?.summary.name),
        };
        items.push(ApprovalView::of(&row, name));
    }
    Ok(Page { items, next: None })
}
