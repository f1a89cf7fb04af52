//! The statements of a group commit: their texts, what is bound to them, and running them.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use krake_domain::event::EVENT_VERSION;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Either, Executor};

use crate::batch::{Payload, Prepared, Summary};
use crate::bulk::{pad, put, values};
use crate::error::StoreError;
use crate::head::Head;
use crate::words;

const JOURNAL_COLUMNS: usize = 11;
/// What a summary fills; the ids of execution and workspace come before it.
pub(crate) const LINE_COLUMNS: usize = 11;
const EXECUTION_COLUMNS: usize = 2 + LINE_COLUMNS;

/// One event with its place in the chain.
pub(crate) struct Row<'a> {
    pub batch: &'a Prepared,
    /// Position in its batch.
    pub place: usize,
    pub seq: u64,
    pub prev: Head,
    pub head: Head,
}

/// The statement texts that were used, by number of rows. The text is the key of the connection's
/// statement cache, so it is built once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    few: HashMap<usize, Arc<str>>,
    short: HashMap<(usize, usize), Arc<str>>,
    journal: HashMap<usize, Arc<str>>,
    executions: HashMap<usize, Arc<str>>,
}

impl Texts {
    /// Some events and perhaps a line in one statement.
    pub(crate) fn few(&mut self, rows: usize) -> Arc<str> {
        let text = self.few.entry(rows).or_insert_with(|| {
            let row = vec!["?"; 1 + JOURNAL_COLUMNS + LINE_COLUMNS].join(",");
            let rows = vec![format!("({row})"); rows].join(",");
            format!("insert into appended values {rows}").into()
        });
        Arc::clone(text)
    }

    /// A whole transaction: three statements, and a fourth where there are lines.
    pub(crate) fn short(&mut self, rows: usize, lines: usize) -> Arc<str> {
        let text = self.short.entry((rows, lines)).or_insert_with(|| {
            let journal = journal_text(rows);
            let lines = match lines {
                0 => String::new(),
                some => execution_text(some) + ";",
            };
            format!("begin immediate; {journal}; {lines} commit").into()
        });
        Arc::clone(text)
    }

    /// Events inside an open transaction.
    pub(crate) fn journal(&mut self, rows: usize) -> Arc<str> {
        let text = self.journal.entry(rows);
        Arc::clone(text.or_insert_with(|| journal_text(rows).into()))
    }

    /// Lines inside an open transaction.
    pub(crate) fn executions(&mut self, lines: usize) -> Arc<str> {
        let text = self.executions.entry(lines);
        Arc::clone(text.or_insert_with(|| execution_text(lines).into()))
    }
}

fn journal_text(rows: usize) -> String {
    format!(
        "insert into journal (seq, workspace_id, execution_id, kind, version, at, payload,
         payload_blob, payload_hash, prev, hash)
         select * from {} and (select epoch from owner) = ?",
        values(JOURNAL_COLUMNS, rows)
    )
}

fn execution_text(rows: usize) -> String {
    format!(
        "insert into executions (id, workspace_id, name, title, source, status, created_at,
         started_at, ended_at, steps_total, steps_done, steps_failed, waiting)
         select * from {} and (select epoch from owner) = ?
         on conflict (id) do update set name = excluded.name, title = excluded.title,
         source = excluded.source, status = excluded.status, started_at = excluded.started_at,
         ended_at = excluded.ended_at, steps_total = excluded.steps_total,
         steps_done = excluded.steps_done, steps_failed = excluded.steps_failed,
         waiting = excluded.waiting",
        values(EXECUTION_COLUMNS, rows)
    )
}

pub(crate) fn bind_rows(args: &mut SqliteArguments, rows: &[Row<'_>], epoch: i64) {
    for row in rows {
        bind_row(args, row);
    }
    pad(args, JOURNAL_COLUMNS, rows.len());
    put(args, epoch);
}

pub(crate) fn bind_row(args: &mut SqliteArguments, row: &Row<'_>) {
    let entry = &row.batch.entries[row.place];
    put(args, words::number(row.seq));
    put(args, Arc::clone(&row.batch.workspace_text));
    put(args, Arc::clone(&row.batch.execution_text));
    put(args, entry.kind);
    put(args, EVENT_VERSION);
    put(args, entry.at);
    match &entry.payload {
        Payload::Inline(text) => {
            put(args, Arc::clone(text));
            put(args, None::<i64>);
        }
        Payload::Blob(hash) => {
            put(args, None::<i64>);
            put(args, hash.to_string());
        }
    }
    put(args, entry.payload_hash.0.as_slice());
    put(args, row.prev.hash.0.as_slice());
    put(args, row.head.hash.0.as_slice());
}

pub(crate) fn bind_lines(args: &mut SqliteArguments, lines: &[(&Prepared, &Summary)], epoch: i64) {
    for (batch, summary) in lines {
        put(args, Arc::clone(&batch.execution_text));
        put(args, Arc::clone(&batch.workspace_text));
        bind_line(args, summary);
    }
    pad(args, EXECUTION_COLUMNS, lines.len());
    put(args, epoch);
}

pub(crate) fn bind_line(args: &mut SqliteArguments, summary: &Summary) {
    put(args, summary.name.as_str());
    put(args, summary.title.as_str());
    put(args, summary.source.as_str());
    put(args, summary.status.as_str());
    put(args, summary.created_at.0);
    put(args, summary.started_at.map(|at| at.0));
    put(args, summary.ended_at.map(|at| at.0));
    put(args, summary.steps_total);
    put(args, summary.steps_done);
    put(args, summary.steps_failed);
    put(args, summary.waiting);
}

/// Runs the statements of one text in one call; the number of changed rows of each. Knowing how many
/// there are saves waiting for the end of the stream, which is one more wake-up.
pub(crate) async fn run<T>(
    connection: &mut SqliteConnection,
    text: T,
    args: SqliteArguments,
    statements: usize,
) -> Result<Vec<u64>, StoreError>
where
    AssertSqlSafe<T>: sqlx::SqlSafeStr,
{
    let mut steps = connection.fetch_many(sqlx::query_with(AssertSqlSafe(text), args));
    let mut counts = Vec::with_capacity(statements);
    while counts.len() < statements {
        match steps.try_next().await? {
            Some(Either::Left(done)) => counts.push(done.rows_affected()),
            Some(Either::Right(_)) => {}
            None => break,
        }
    }
    Ok(counts)
}
