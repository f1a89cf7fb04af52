//! Start, pause, resume, cancel: one winner for each state, the others are told what it is.

use krake_runtime::Control;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::executions::ExecutionRef;
use crate::view::execution::ExecutionSummary;

/// `executions.start`
pub async fn start(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionSummary, ApiError> {
    control(ctx, input, Control::Start).await
}

/// `executions.pause`
pub async fn pause(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionSummary, ApiError> {
    control(ctx, input, Control::Pause).await
}

/// `executions.resume`
pub async fn resume(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionSummary, ApiError> {
    control(ctx, input, Control::Resume).await
}

/// `executions.cancel`
pub async fn cancel(ctx: Ctx, input: ExecutionRef) -> Result<ExecutionSummary, ApiError> {
    control(ctx, input, Control::Cancel).await
}

async fn control(
    ctx: Ctx,
    input: ExecutionRef,
    control: Control,
) -> Result<ExecutionSummary, ApiError> {
    let who = ctx.known()?;
    ctx.owner()?.command(input.id, control, who).await?;
    Ok(ctx.summary(&ctx.row(input.id).await?))
}
