//! Executions as they stand: list, show, and what each step found out.

use std::sync::Arc;

use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_store::ExecutionFilter;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::execution::{ExecutionSummary, ExecutionView};
use crate::view::page::{Page, limit};

/// Names one execution.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecutionRef {
    pub id: ExecutionId,
}

/// Which executions, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListExecutions {
    pub status: Option<ExecutionStatus>,
    /// Words in the name or the title.
    pub text: Option<String>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What each step found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExecutionContext {
    pub execution_id: ExecutionId,
    pub inputs: Map<String, Value>,
    pub found: Vec<Found>,
}

/// One step's part of the context.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Found {
    pub step: StepId,
    pub tool: String,
    pub status: StepStatus,
    pub output: Arc<Value>,
    /// It holds, or rests on, text that others wrote.
    pub untrusted: bool,
}

/// `executions.list`
pub async fn list(ctx: Ctx, input: ListExecutions) -> Result<Page<ExecutionSummary>, ApiError> {
    let before = input
        .cursor
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::new(Code::BadInput, "field `cursor`: expected `next` of a page")
            })
        })
        .transpose()?;
    let filter = ExecutionFilter {
        status: input.status,
        text: input.text,
        limit: limit(input.limit),
        before,
    };
    let page = ctx.store()?.list_executions(filter).await?;
    let mut items: Vec<ExecutionSummary> = page.rows.iter().map(|row| ctx.summary(row)).collect();
    // Its row is as old as its last change of status, and no process knows better: the journal does.
    for left in items.iter_mut().filter(|summary| summary.undriven) {
        if let Ok(state) = ctx.runtime()?.state(left.id).await {
            left.follow(&state);
        }
    }
    Ok(Page {
        items,
        next: page.next.map(|cursor| cursor.to_string()),
    })
}

/// `executions.show`
pub async fn show(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionView, ApiError> {
    let state = ctx.state(input.id).await?;
    let row = ctx.row(input.id).await?;
    Ok(ExecutionView::of(&row, ctx.life(input.id), &state))
}

/// `executions.context`
pub async fn context(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionContext, ApiError> {
    let state = ctx.state(input.id).await?;
    let found = state
        .graph
        .in_order()
        .map(|place| (place, &state.steps[place]))
        .filter_map(|(place, now)| {
            Some(Found {
                step: state.plan.steps[place].id.clone(),
                tool: state.call_of(place).tool.to_owned(),
                status: now.status(),
                output: now.output.clone()?,
                untrusted: now.tainted,
            })
        });
    Ok(ExecutionContext {
        execution_id: state.id,
        inputs: state.inputs.clone(),
        found: found.collect(),
    })
}
