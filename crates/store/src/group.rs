//! A group commit: everything that waits, written in one transaction with as few calls as possible.
//!
//! **Invariant:** every written row is guarded by the epoch, inside the same transaction. A process
//! that lost the data folder changes nothing.

use std::collections::HashMap;
use std::sync::Arc;

use krake_domain::approval::ApprovalStatus;
use krake_domain::event::{EVENT_VERSION, Record, Stamped};
use krake_domain::id::{ExecutionId, WorkspaceId};
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::batch::{Batch, Prepared, RuleChange, Summary};
use crate::bulk::{MOST_ROWS, padded, put};
use crate::chain::Link;
use crate::commit::{Commit, Tag, Tags};
use crate::error::StoreError;
use crate::head::Head;
use crate::statements::{
    LINE_COLUMNS, Row, Texts, bind_line, bind_lines, bind_row, bind_rows, run,
};
use crate::words;

/// A result, the intent of the next step, and what may come between them.
const FEW: usize = 4;

/// Batches that are committed together, chained onto `head`.
pub(crate) struct Group<'a> {
    batches: &'a [Prepared],
    /// The head after this group.
    pub head: Head,
    rows: Vec<Row<'a>>,
    lines: Vec<(&'a Prepared, &'a Summary)>,
}

impl<'a> Group<'a> {
    /// Gives every event its place after `head`. Only the last line of an execution is kept.
    pub(crate) fn chain(batches: &'a [Prepared], mut head: Head) -> Self {
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
        if let [batch] = self.batches
            && (1..=FEW).contains(&batch.entries.len())
            && batch.is_plain()
        {
            return self.write_few(batch, connection, texts, epoch).await;
        }
        let is_short = (1..=MOST_ROWS).contains(&self.rows.len())
            && self.lines.len() <= MOST_ROWS
            && self.batches.iter().all(Prepared::is_plain);
        if is_short {
            return self.write_short(connection, texts, epoch).await;
        }
        run(connection, "begin immediate", SqliteArguments::default(), 1).await?;
        self.write_journal(connection, texts, epoch).await?;
        self.write_gates(connection).await?;
        self.write_rules(connection).await?;
        self.write_lines(connection, texts, epoch).await?;
        run(connection, "commit", SqliteArguments::default(), 1).await?;
        Ok(())
    }

    /// One statement: what each step of a chain waits for. A further statement would wake this task
    /// once more before the commit, which costs as much as writing a row.
    async fn write_few(
        &self,
        batch: &Prepared,
        connection: &mut SqliteConnection,
        texts: &mut Texts,
        epoch: i64,
    ) -> Result<(), StoreError> {
        let mut args = SqliteArguments::default();
        for row in &self.rows {
            put(&mut args, epoch);
            bind_row(&mut args, row);
            match &batch.summary {
                Some(summary) if row.place + 1 == batch.entries.len() => {
                    bind_line(&mut args, summary);
                }
                _ => (0..LINE_COLUMNS).for_each(|_| put(&mut args, None::<i64>)),
            }
        }
        let text = texts.few(self.rows.len());
        run(connection, text, args, 1).await?;
        Ok(())
    }

    /// The whole transaction in one call.
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
        let text = texts.short(rows, lines);
        let statements = if lines == 0 { 3 } else { 4 };
        let counts = run(connection, text, args, statements).await?;
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
            let text = texts.journal(padded(rows.len()));
            let mut args = SqliteArguments::default();
            bind_rows(&mut args, rows, epoch);
            let counts = run(connection, text, args, 1).await?;
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
            let text = texts.executions(padded(lines.len()));
            let mut args = SqliteArguments::default();
            bind_lines(&mut args, lines, epoch);
            let counts = run(connection, text, args, 1).await?;
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

    /// The list of rules follows from the events, under the same guard as the list of approvals.
    async fn write_rules(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for change in self.batches.iter().flat_map(|batch| &batch.rules) {
            let mut args = SqliteArguments::default();
            let text = match change {
                RuleChange::Made(rule) => {
                    let json = |value: serde_json::Value| value.to_string();
                    put(&mut args, rule.id.to_string());
                    put(&mut args, rule.workspace.to_string());
                    put(&mut args, rule.tool.clone());
                    put(&mut args, rule.definition.to_string());
                    put(&mut args, json(serde_json::json!(rule.pattern)));
                    put(&mut args, rule.approval.to_string());
                    put(&mut args, rule.created_at.0);
                    put(&mut args, json(serde_json::json!(rule.by)));
                    put(&mut args, rule.expires_at.0);
                    "insert into rules (id, workspace_id, tool, definition, pattern, approval_id,
                                        created_at, created_by, expires_at)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
                }
                RuleChange::Used { rule, at } => {
                    put(&mut args, rule.to_string());
                    put(&mut args, at.0);
                    "update rules set times_used = times_used + 1, last_used_at = $2 where id = $1"
                }
            };
            run(connection, text, args, 1).await?;
        }
        Ok(())
    }
}

/// What the committed batches say to those who listen, the first event being `first`.
pub(crate) fn commit_of(batches: Vec<Prepared>, first: u64) -> Commit {
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
        if !batch.rules.is_empty() {
            tags.add(Tag::Rules);
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

/// Fewer rows than were bound: the guard held them back.
fn guarded(written: u64, expected: usize) -> Result<(), StoreError> {
    if written == expected as u64 {
        Ok(())
    } else {
        Err(StoreError::Zombie)
    }
}
