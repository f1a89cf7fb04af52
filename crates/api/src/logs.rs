//! The log of an execution: what the journal says, and between it the lines of the attempts.

use krake_domain::event::{Event, Record};
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_runtime::LogLine;
use krake_runtime::logs::Logs;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::event::EventView;
use crate::view::moment::Moment;
use crate::view::page::limit;
use crate::visible::visible_line;

/// Of one attempt's own lines, this much is shown in the page; the rest is fetched by offset.
const MOST_BYTES_OF_ATTEMPT: u64 = 64 * 1024;
const MOST_BYTES_AT_ONCE: u64 = 1024 * 1024;

/// Which lines.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadLogs {
    pub id: ExecutionId,
    /// Lines of events after this sequence number; 0 when absent.
    pub after: Option<u64>,
    /// Events per page, at most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// Which part of one attempt's own log.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAttemptLog {
    pub id: ExecutionId,
    pub step: StepId,
    pub attempt: u32,
    /// In bytes; 0 when absent.
    pub offset: Option<u64>,
}

/// Lines in the order in which they happened.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LogPage {
    pub items: Vec<LogLineView>,
    /// Give it back as `after`; absent at the end.
    pub next: Option<u64>,
}

/// One line.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LogLineView {
    /// The event that it is, or follows.
    pub seq: u64,
    pub at: Moment,
    pub level: Level,
    pub step: Option<StepId>,
    pub attempt: Option<u32>,
    /// Hidden characters are written out.
    pub text: String,
}

/// How much a line wants to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A line that a tool wrote.
    Output,
    Info,
    Warn,
    Error,
}

/// A part of one attempt's own log.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AttemptLog {
    /// Hidden characters are written out.
    pub text: String,
    /// Give it back as `offset`, in bytes.
    pub next: u64,
    pub total: u64,
}

/// A line of an attempt as it is written, in a stream; it carries no id.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LogView {
    pub execution_id: ExecutionId,
    pub step: StepId,
    pub attempt: u32,
    /// Where it begins in the attempt's log, in bytes.
    pub offset: u64,
    pub text: String,
}

/// `executions.logs`
pub async fn logs(ctx: Ctx, input: ReadLogs) -> Result<LogPage, ApiError> {
    ctx.row(input.id).await?;
    let most = limit(input.limit);
    let after = input.after.unwrap_or(0);
    let records = ctx
        .store()?
        .events_after(after, Some(input.id), most)
        .await?;
    let next = records
        .last()
        .map(|record| record.seq)
        .filter(|_| records.len() == most as usize);
    let logs = ctx.runtime()?.logs().clone();
    let items = tokio::task::spawn_blocking(move || lines(&logs, &records))
        .await
        .map_err(|_| ApiError::new(Code::Internal, "the logs could not be read"))?;
    Ok(LogPage { items, next })
}

/// `executions.attempt_log`
pub async fn attempt(ctx: Ctx, input: ReadAttemptLog) -> Result<AttemptLog, ApiError> {
    ctx.row(input.id).await?;
    let logs = ctx.runtime()?.logs().clone();
    let offset = input.offset.unwrap_or(0);
    let read = move || {
        logs.read(
            input.id,
            &input.step,
            input.attempt,
            offset,
            MOST_BYTES_AT_ONCE,
        )
    };
    let part = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| ApiError::new(Code::Internal, "the log could not be read"))?
        .map_err(|error| {
            ApiError::new(
                Code::Internal,
                format!("the log could not be read: {error}"),
            )
        })?;
    Ok(AttemptLog {
        text: crate::visible(&part.text).into_owned(),
        next: part.next,
        total: part.total,
    })
}

impl LogView {
    /// The view of a line.
    #[must_use]
    pub fn of(line: &LogLine) -> Self {
        Self {
            execution_id: line.execution,
            step: line.step.clone(),
            attempt: line.attempt,
            offset: line.offset,
            text: visible_line(&line.text),
        }
    }
}

fn lines(logs: &Logs, records: &[Record]) -> Vec<LogLineView> {
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        let view = EventView::of(record);
        let event = LogLineView {
            seq: record.seq,
            at: view.at,
            level: level(&record.event),
            step: view.step.clone(),
            attempt: view.attempt,
            text: view.message,
        };
        // What a tool wrote stands before the event that ends its attempt.
        let ends = matches!(
            record.event,
            Event::AttemptSucceeded { .. } | Event::AttemptFailed { .. }
        );
        if let (true, Some(step), Some(attempt)) = (ends, &view.step, view.attempt) {
            lines.extend(output(logs, record, step, attempt));
        }
        lines.push(event);
    }
    lines
}

fn output(logs: &Logs, record: &Record, step: &StepId, attempt: u32) -> Vec<LogLineView> {
    let line = |text: String| LogLineView {
        seq: record.seq,
        at: record.at.into(),
        level: Level::Output,
        step: Some(step.clone()),
        attempt: Some(attempt),
        text,
    };
    match logs.read(record.execution, step, attempt, 0, MOST_BYTES_OF_ATTEMPT) {
        Ok(part) => {
            let mut lines: Vec<_> = part
                .text
                .lines()
                .map(|text| line(visible_line(text)))
                .collect();
            if part.next < part.total {
                lines.push(line(format!(
                    "… {} more bytes in the log of this attempt",
                    part.total - part.next
                )));
            }
            lines
        }
        Err(error) => vec![line(format!(
            "the log of this attempt could not be read: {error}"
        ))],
    }
}

fn level(event: &Event) -> Level {
    match event {
        Event::StepFailed { .. } => Level::Error,
        Event::ExecutionEnded { cause: Some(_), .. } => Level::Error,
        Event::AttemptFailed { .. }
        | Event::RetryScheduled { .. }
        | Event::AlternativeChosen { .. }
        | Event::StepCancelled { unknown: true, .. } => Level::Warn,
        Event::ExecutionStopped { .. }
        | Event::ExecutionPaused {
            because: Some(_), ..
        } => Level::Warn,
        _ => Level::Info,
    }
}
