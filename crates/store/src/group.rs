//! A group commit: everything that waits, written in one transaction with as few calls as possible.
//!
//! **Invariant:** every written row is guarded by the epoch, inside the same transaction. A process
//! that lost the data folder changes nothing.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use krake_domain::approval::ApprovalStatus;
use krake_domain::event::{EVENT_VERSION, Record, Stamped};
use krake_domain::id::{ExecutionId, WorkspaceId};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Either, Executor};

use crate::batch::{Batch, Payload, Prepared, Summary};
use crate::bulk::{MOST_ROWS, pad, padded, put, values};
use crate::chain::Link;
use crate::commit::{Commit, Tag, Tags};
use crate::error::StoreError;
use crate::head::Head;
use crate::words;

const JOURNAL_COLUMNS: usize = 11;
const EXECUTION_COLUMNS: usize = 13;

/// The statement texts that were used, by number of padded rows. The text is the key of the
/// connection's statement cache, so it is built once.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    short: HashMap<(usize, usize), Arc<str>>,
    journal: HashMap<usize, Arc<str>>,
    executions: HashMap<usize, Arc<str>>,
}

/// Batches that are committed together, chained onto `head`.
pub(crate) struct Group<'a> {
    batches: &'a [Box<Prepared>],
    /// The head after this group.
    pub head: Head,
    rows: Vec<Row<'a>>,
    lines: Vec<(&'a Prepared, &'a Summary)>,
}

struct Row<'a> {
    batch: &'a Prepared,
    place: usize,
    seq: u64,
    prev: Head,
    head: Head,
}

impl<'a> Group<'a> {
    /// Gives every event its place after `head`. Only the last line of an execution is kept.
    pub(crate) fn chain(batches: &'a [Box<Prepared>], mut head: Head) -> Self {
        let mut rows = Vec::with_capacity(batches.iter().map(|batch| batch.entries.len()).sum());
        let mut lines: Vec<(&Prepared, &Summary)> = Vec::new();
        let mut line_of: HashMap<ExecutionId, usize> = HashMap::new();
        for batch in batches {
            for (place, entry) in batch.entries.iter().enumerate() {
                let prev = head;
                let link = Link {
                    seq: prev.seq + 1,
                    workspace: batch.workspace,
                    execution: batch.execution,
                    kind: entry.kind,
                    version: EVENT_VERSION,
                    at: entry.at,
                    payload_hash: entry.payload_hash,
                };
                head = Head {
                    seq: link.seq,
                    hash: link.hash(prev.hash),
                };
                rows.push(Row {
                    batch,
                    place,
                    seq: link.seq,
                    prev,
                    head,
                });
            }
            if let Some(summary) = &batch.summary {
                let line = *line_of.entry(batch.execution).or_insert(lines.len());
                match lines.get_mut(line) {
                    Some(known) => *known = (batch, summary),
                    None => lines.push((batch, summary)),
                }
            }
        }
        Self {
            batches,
            head,
            rows,
            lines,
        }
    }

    /// Writes the group. On an error the transaction may still be open: the writer rolls it back.
    pub(crate) async fn write(
        &self,
        connection: &mut SqliteConnection,
        texts: &mut Texts,
        epoch: i64,
    ) -> Result<(), StoreError> {
        let is_short = (1..=MOST_ROWS).contains(&self.rows.len())
            && self.lines.len() <= MOST_ROWS
            && self.batches.iter().all(|batch| batch.gates.is_empty());
        if is_short {
            return self.write_short(connection, texts, epoch).await;
        }
        run(connection, "begin immediate", SqliteArguments::default(), 1).await?;
        self.write_journal(connection, texts, epoch).await?;
        self.write_gates(connection).await?;
        self.write_lines(connection, texts, epoch).await?;
        run(connection, "commit", SqliteArguments::default(), 1).await?;
        Ok(())
    }

    /// The whole transaction in one call: what a chain of steps costs.
    async fn write_short(
        &self,
        connection: &mut SqliteConnection,
        texts: &mut Texts,
        epoch: i64,
    ) -> Result<(), StoreError> {
        let mut args = SqliteArguments::default();
        bind_rows(&mut args, &self.rows, epoch);
        if !self.lines.is_empty() {
            bind_lines(&mut args, &self.lines, epoch);
        }
        let rows = padded(self.rows.len());
        let lines = match self.lines.len() {
            0 => 0,
            some => padded(some),
        };
        let text = texts.short.entry((rows, lines)).or_insert_with(|| {
            let journal = journal_text(rows);
            match lines {
                0 => format!("begin immediate; {journal}; commit").into(),
                some => format!(
                    "begin immediate; {journal}; {}; commit",
                    execution_text(some)
                )
                .into(),
            }
        });
        let statements = if lines == 0 { 3 } else { 4 };
        let counts = run(connection, Arc::clone(text), args, statements).await?;
        let written = counts.get(1).copied().unwrap_or(0);
        guarded(written, self.rows.len())
    }

    async fn write_journal(
        &self,
        connection: &mut SqliteConnection,
        texts: &mut Texts,
        epoch: i64,
    ) -> Result<(), StoreError> {
        for rows in self.rows.chunks(MOST_ROWS) {
            let size = padded(rows.len());
            let text = texts
                .journal
                .entry(size)
                .or_insert_with(|| journal_text(size).into());
            let mut args = SqliteArguments::default();
            bind_rows(&mut args, rows, epoch);
            let counts = run(connection, Arc::clone(text), args, 1).await?;
            guarded(counts.iter().sum(), rows.len())?;
        }
        Ok(())
    }

    async fn write_lines(
        &self,
        connection: &mut SqliteConnection,
        texts: &mut Texts,
        epoch: i64,
    ) -> Result<(), StoreError> {
        for lines in self.lines.chunks(MOST_ROWS) {
            let size = padded(lines.len());
            let text = texts
                .executions
                .entry(size)
                .or_insert_with(|| execution_text(size).into());
            let mut args = SqliteArguments::default();
            bind_lines(&mut args, lines, epoch);
            let counts = run(connection, Arc::clone(text), args, 1).await?;
            guarded(counts.iter().sum(), lines.len())?;
        }
        Ok(())
    }

    /// The list of approvals follows from the events. The guard of the events, written before in the
    /// same transaction, covers these rows too: with another epoch we do not get here.
    async fn write_gates(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for row in &self.rows {
            let Some(gate) = row.batch.gates.iter().find(|gate| gate.place == row.place) else {
                continue;
            };
            let mut args = SqliteArguments::default();
            put(&mut args, gate.approval.to_string());
            put(&mut args, words::number(row.seq));
            if gate.status == ApprovalStatus::Waiting {
                put(&mut args, Arc::clone(&row.batch.workspace_text));
                put(&mut args, Arc::clone(&row.batch.execution_text));
                run(
                    connection,
                    "insert into approvals (id, asked_seq, workspace_id, execution_id, status)
                     values ($1, $2, $3, $4, 'waiting')",
                    args,
                    1,
                )
                .await?;
            } else {
                put(&mut args, words::spell(&gate.status));
                run(
                    connection,
                    "update approvals set status = $3, ended_seq = $2
                     where id = $1 and status = 'waiting'",
                    args,
                    1,
                )
                .await?;
            }
        }
        Ok(())
    }
}

/// What the committed batches say to those who listen, the first event being `first`.
pub(crate) fn commit_of(batches: Vec<Box<Prepared>>, first: u64) -> Commit {
    let mut tags = Tags::default();
    let mut records = Vec::with_capacity(batches.iter().map(|batch| batch.events.len()).sum());
    let mut seq = first;
    for batch in batches {
        tags.add(Tag::Execution(batch.execution));
        if batch.summary.is_some() {
            tags.add(Tag::Executions);
        }
        if !batch.gates.is_empty() {
            tags.add(Tag::Approvals);
        }
        let placed = place(batch.workspace, batch.execution, batch.events, seq);
        seq += placed.len() as u64;
        records.extend(placed);
    }
    Commit {
        records,
        tags: tags.into_vec(),
    }
}

impl Batch {
    /// The records that this batch became.
    pub(crate) fn into_records(self, first: u64) -> Vec<Record> {
        place(self.workspace, self.execution, self.events, first)
    }
}

fn place(
    workspace: WorkspaceId,
    execution: ExecutionId,
    events: Vec<Stamped>,
    first: u64,
) -> Vec<Record> {
    (first..)
        .zip(events)
        .map(|(seq, stamped)| Record {
            seq,
            workspace,
            execution,
            at: stamped.at,
            event: stamped.event,
        })
        .collect()
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

fn bind_rows(args: &mut SqliteArguments, rows: &[Row<'_>], epoch: i64) {
    for row in rows {
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
    pad(args, JOURNAL_COLUMNS, rows.len());
    put(args, epoch);
}

fn bind_lines(args: &mut SqliteArguments, lines: &[(&Prepared, &Summary)], epoch: i64) {
    for (batch, summary) in lines {
        put(args, Arc::clone(&batch.execution_text));
        put(args, Arc::clone(&batch.workspace_text));
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
    pad(args, EXECUTION_COLUMNS, lines.len());
    put(args, epoch);
}

/// Runs the statements of one text in one call; the number of changed rows of each. Knowing how many
/// there are saves waiting for the end of the stream, which is one more wake-up.
async fn run<T>(
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

/// Fewer rows than were bound: the guard held them back.
fn guarded(written: u64, expected: usize) -> Result<(), StoreError> {
    if written == expected as u64 {
        Ok(())
    } else {
        Err(StoreError::Zombie)
    }
}
