//! The inbox: one list of what waits for a person, what ended badly, what was drafted and what waits
//! for others, and a person's order in it. Answers are given to what a thread is about, never here.

use krake_domain::thread::{ThreadId, ThreadState};
use krake_domain::time::Timestamp;
use krake_runtime::Triage;
use krake_store::{About, ThreadFilter, ThreadRow};
use serde::Deserialize;

use crate::context::Ctx;
use crate::drafts::proposals;
use crate::error::{ApiError, Code};
use crate::handoffs::Names;
use crate::view::moment::now;
use crate::view::page::{Page, limit};
use crate::view::thread::{AboutView, ThreadView};

/// Threads that are marked at once.
const MOST_AT_ONCE: usize = 500;
/// A later moment is taken for a slip of the keys.
const LONGEST_SNOOZE: std::time::Duration = std::time::Duration::from_secs(366 * 86_400);

/// Which threads: first those that need an answer, then accounts that ran out, each newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListThreads {
    /// Open and snoozed ones when absent.
    pub state: Option<ThreadState>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// Names one thread.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreadRef {
    pub id: ThreadId,
}

/// Names threads; all of them are marked, or none.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threads {
    pub ids: Vec<ThreadId>,
}

/// Threads that are to come back later.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    pub ids: Vec<ThreadId>,
    /// RFC 3339, with any offset; at most a year from now.
    pub until: String,
}

/// `threads.list`
pub async fn list(ctx: Ctx, input: ListThreads) -> Result<Page<ThreadView>, ApiError> {
    let filter = ThreadFilter {
        state: input.state,
        now: now(),
        limit: limit(input.limit),
    };
    let rows = ctx.store()?.list_threads(filter).await?;
    Ok(Page {
        items: views(&ctx, &rows).await?,
        next: None,
    })
}

/// `threads.show`
pub async fn show(ctx: Ctx, input: ThreadRef) -> Result<ThreadView, ApiError> {
    let row = ctx.store()?.find_thread(input.id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("thread", input.id))?;
    let mut views = views(&ctx, std::slice::from_ref(&row)).await?;
    views
        .pop()
        .ok_or_else(|| ApiError::not_found("thread", input.id))
}

/// `threads.done`
pub async fn done(ctx: Ctx, input: Threads) -> Result<Page<ThreadView>, ApiError> {
    triage(ctx, input.ids, Triage::Done).await
}

/// `threads.snooze`
pub async fn snooze(ctx: Ctx, input: Snooze) -> Result<Page<ThreadView>, ApiError> {
    let bad = |what: &str| ApiError::new(Code::BadInput, format!("field `until`: {what}"));
    let until = Timestamp::from_rfc3339(&input.until)
        .ok_or_else(|| bad("expected a moment such as `2026-11-27T09:00:00+01:00`"))?;
    if until <= now() {
        return Err(bad("expected a moment that is still to come"));
    }
    if until > now().plus(LONGEST_SNOOZE) {
        return Err(bad("expected a moment within a year"));
    }
    triage(ctx, input.ids, Triage::Snooze { until }).await
}

/// `threads.wake`
pub async fn wake(ctx: Ctx, input: Threads) -> Result<Page<ThreadView>, ApiError> {
    triage(ctx, input.ids, Triage::Wake).await
}

async fn triage(
    ctx: Ctx,
    ids: Vec<ThreadId>,
    triage: Triage,
) -> Result<Page<ThreadView>, ApiError> {
    ctx.person()?;
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        let text = format!("field `ids`: expected 1 to {MOST_AT_ONCE} threads");
        return Err(ApiError::new(Code::BadInput, text));
    }
    let rows = ctx.owner()?.triage(&ids, triage).await?;
    Ok(Page {
        items: views(&ctx, &rows).await?,
        next: None,
    })
}

async fn views(ctx: &Ctx, rows: &[ThreadRow]) -> Result<Vec<ThreadView>, ApiError> {
    let now = now();
    let drafts = rows.iter().filter_map(|row| match &row.about {
        About::Draft(draft) => Some(&**draft),
        _ => None,
    });
    let mut proposed = proposals(ctx, drafts.collect()).await?.into_iter();
    let waits = |row: &ThreadRow| matches!(row.about, About::Handoff(_));
    let names = match rows.iter().any(waits) {
        true => Names::load(ctx).await?,
        false => Names::default(),
    };
    let views = rows.iter().filter_map(|row| {
        let about = match &row.about {
            About::Approval(asked) => AboutView::Execution(ctx.summary(&asked.1)),
            About::Execution(execution) => AboutView::Execution(ctx.summary(execution)),
            About::Draft(_) => AboutView::Draft(proposed.next()?),
            About::Handoff(handoff) => AboutView::Handoff(names.sent(handoff)),
        };
        Some(ThreadView::of(row, about, now))
    });
    Ok(views.collect())
}
