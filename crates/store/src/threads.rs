//! The inbox: what waits for a person, what ended badly, what was drafted and what waits for others,
//! read from the lists of all of them, with the marks that a person put on them.

use krake_domain::draft::Draft;
use krake_domain::handoff::Handoff;
use krake_domain::id::WorkspaceId;
use krake_domain::thread::{Mark, ThreadId, ThreadState};
use krake_domain::time::Timestamp;

use crate::approvals::ApprovalRow;
use crate::commit::Tag;
use crate::error::StoreError;
use crate::executions::ExecutionRow;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which threads are wanted: first those that need an answer, then accounts that ran out, each newest
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadFilter {
    /// Open and snoozed ones when absent.
    pub state: Option<ThreadState>,
    /// What sleeps until then sleeps no more.
    pub now: Timestamp,
    pub limit: u32,
}

/// A thread with what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadRow {
    pub id: ThreadId,
    pub about: About,
    /// When it was asked, ended, stopped, ran out or was sent.
    pub since: Timestamp,
    pub mark: Option<Mark>,
}

/// What a thread is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// A question, and the execution that asks it.
    Approval(Box<(ApprovalRow, ExecutionRow)>),
    Execution(Box<ExecutionRow>),
    /// An account ran out, and a handoff is drafted.
    Draft(Box<Draft>),
    /// A handoff that nobody has claimed.
    Handoff(Box<Handoff>),
}

impl ThreadRow {
    /// Whether something stands still until a person says how to go on.
    #[must_use]
    pub fn needs_answer(&self) -> bool {
        match &self.about {
            About::Approval(_) => true,
            About::Execution(execution) => !execution.summary.is_over(),
            About::Draft(_) | About::Handoff(_) => false,
        }
    }

    /// Whether it waits for a person, asleep or not: what needs an answer, and an account that is out
    /// while its work could go on elsewhere. Every number of what waits counts by this.
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        match &self.about {
            About::Draft(draft) => {
                draft.waits(now) && !matches!(self.mark, Some(Mark::Done { .. }))
            }
            _ => self.needs_answer(),
        }
    }

    fn workspace(&self) -> WorkspaceId {
        match &self.about {
            About::Approval(asked) => asked.1.workspace,
            About::Execution(execution) => execution.workspace,
            About::Draft(draft) => draft.workspace,
            About::Handoff(handoff) => handoff.workspace,
        }
    }
}

/// The threads that these conditions choose, with their marks, newest first.
macro_rules! threads {
    ($of_approvals:literal, $of_executions:literal, $of_drafts:literal, $of_handoffs:literal) => {
        concat!(
            "select approvals.id as id, approvals.execution_id as execution_id,
                    journal.at as since, done_at, snoozed_until, 0 as notice
             from approvals join journal on journal.seq = asked_seq
                  left join threads on threads.id = approvals.id
             where approvals.status = 'waiting' and ",
            $of_approvals,
            " union all
             select executions.id as id, executions.id as execution_id,
                    coalesce(ended_at,
                             (select at from journal where execution_id = executions.id
                              and kind = 'execution_stopped' order by seq desc limit 1),
                             created_at) as since,
                    done_at, snoozed_until, 2 * (ended_at is not null) as notice
             from executions left join threads on threads.id = executions.id
             where executions.status in ('failed', 'stopped') and ",
            $of_executions,
            " union all
             select drafts.id as id, null as execution_id, ran_out_at as since,
                    done_at, snoozed_until, 1 as notice
             from drafts left join threads on threads.id = drafts.id
             where drafts.state = 'open' and drafts.over_at is null and ",
            $of_drafts,
            " union all
             select handoffs.id as id, null as execution_id, created_at as since,
                    threads.done_at, snoozed_until, 2 as notice
             from handoffs left join threads on threads.id = handoffs.id
             where handoffs.state = 'pending' and ",
            $of_handoffs,
            " order by notice, since desc, id desc limit $2"
        )
    };
}

impl Store {
    /// Threads, those that sleep among them; one whose event was erased is left out.
    pub async fn list_threads(&self, filter: ThreadFilter) -> Result<Vec<ThreadRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(threads!(
            "case $1 when 'done' then done_at is not null
                     when 'open' then done_at is null and coalesce(snoozed_until, 0) <= $3
                     when 'snoozed' then snoozed_until > $3
                     else done_at is null end",
            "case $1 when 'done' then done_at is not null
                     when 'open' then done_at is null and coalesce(snoozed_until, 0) <= $3
                     when 'snoozed' then snoozed_until > $3
                     else done_at is null end",
            "case $1 when 'done' then done_at is not null
                     when 'open' then done_at is null and coalesce(snoozed_until, 0) <= $3
                     when 'snoozed' then snoozed_until > $3
                     else done_at is null end",
            "case $1 when 'done' then threads.done_at is not null
                     when 'open' then threads.done_at is null and coalesce(snoozed_until, 0) <= $3
                     when 'snoozed' then threads.snoozed_until > $3
                     else threads.done_at is null end"
        ))
        .bind(filter.state.map(|state| words::spell(&state)))
        .bind(filter.limit)
        .bind(filter.now.0)
        .fetch_all(self.readers())
        .await?;
        let mut threads = Vec::with_capacity(rows.len());
        for row in rows {
            threads.extend(self.load_thread(row).await?);
        }
        Ok(threads)
    }

    /// One thread; none where nothing waits under that id and nothing wants to be looked at.
    pub async fn find_thread(&self, id: ThreadId) -> Result<Option<ThreadRow>, StoreError> {
        let text = id.to_string();
        let row: Option<Row> = match id {
            ThreadId::Approval(_) => {
                sqlx::query_as(threads!("approvals.id = $1", "false", "false", "false"))
            }
            ThreadId::Execution(_) => {
                sqlx::query_as(threads!("false", "executions.id = $1", "false", "false"))
            }
            ThreadId::Draft(_) => {
                sqlx::query_as(threads!("false", "false", "drafts.id = $1", "false"))
            }
            ThreadId::Handoff(_) => {
                sqlx::query_as(threads!("false", "false", "false", "handoffs.id = $1"))
            }
        }
        .bind(text)
        .bind(1_i64)
        .fetch_optional(self.readers())
        .await?;
        match row {
            Some(row) => self.load_thread(row).await,
            None => Ok(None),
        }
    }

    /// Puts the same mark on these threads, or takes theirs away; all or none.
    pub async fn mark_threads(
        &self,
        threads: &[ThreadRow],
        mark: Option<Mark>,
    ) -> Result<(), StoreError> {
        let ids: Vec<(String, String)> = threads
            .iter()
            .map(|row| (row.id.to_string(), row.workspace().to_string()))
            .collect();
        let (done, until) = match mark {
            Some(Mark::Done { at }) => (Some(at.0), None),
            Some(Mark::Snoozed { until }) => (None, Some(until.0)),
            None => (None, None),
        };
        self.write(move |transaction| {
            Box::pin(async move {
                for (id, workspace) in ids {
                    let query = if mark.is_none() {
                        sqlx::query("delete from threads where id = $1").bind(id)
                    } else {
                        sqlx::query(
                            "insert into threads (id, workspace_id, done_at, snoozed_until)
                             values ($1, $2, $3, $4)
                             on conflict (id) do update set done_at = excluded.done_at,
                                    snoozed_until = excluded.snoozed_until",
                        )
                        .bind(id)
                        .bind(workspace)
                        .bind(done)
                        .bind(until)
                    };
                    query.execute(&mut transaction.connection).await?;
                }
                transaction.changed(Tag::Threads);
                Ok(())
            })
        })
        .await
    }

    /// When the next thread that sleeps comes back, or the next account that is out is filled again
    /// after the moment up to which everybody was told.
    pub async fn next_thread_moves(
        &self,
        told: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(
            "select min(at) from (
                 select snoozed_until as at from threads
                 union all
                 select resets_at from drafts
                 where state = 'open' and over_at is null and resets_at > $1
             )",
        )
        .bind(told.0)
        .fetch_one(self.readers())
        .await?;
        Ok(at.map(Timestamp))
    }

    /// Wakes what has slept long enough, and says that the inbox stands otherwise than before this
    /// moment.
    pub async fn wake_threads(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("delete from threads where snoozed_until <= $1")
                    .bind(now.0)
                    .execute(&mut transaction.connection)
                    .await?;
                transaction.changed(Tag::Threads);
                Ok(())
            })
        })
        .await
    }

    /// Threads that wait for a person and do not sleep: as [`ThreadRow::waits`] has it.
    pub async fn threads_waiting(&self, now: Timestamp) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select (select count(*) from approvals left join threads on threads.id = approvals.id
                     where approvals.status = 'waiting' and coalesce(snoozed_until, 0) <= $1)
                  + (select count(*) from executions left join threads on threads.id = executions.id
                     where executions.status = 'stopped' and ended_at is null
                       and coalesce(snoozed_until, 0) <= $1)
                  + (select count(*) from drafts left join threads on threads.id = drafts.id
                     where state = 'open' and over_at is null and done_at is null
                       and (resets_at is null or resets_at > $1)
                       and coalesce(snoozed_until, 0) <= $1)",
        )
        .bind(now.0)
        .fetch_one(self.readers())
        .await?;
        words::count(count)
    }

    async fn load_thread(&self, row: Row) -> Result<Option<ThreadRow>, StoreError> {
        let id: ThreadId = words::parse(&row.id)?;
        let about = match id {
            ThreadId::Approval(id) => {
                let approval = self.find_approval(id).await?;
                let execution = self.execution_of(&row).await?;
                approval
                    .zip(execution)
                    .map(|both| About::Approval(Box::new(both)))
            }
            ThreadId::Execution(_) => {
                let execution = self.execution_of(&row).await?;
                execution.map(|execution| About::Execution(Box::new(execution)))
            }
            ThreadId::Draft(id) => {
                let draft = self.find_draft(id).await?;
                draft.map(|draft| About::Draft(Box::new(draft)))
            }
            ThreadId::Handoff(id) => {
                let handoff = self.find_handoff(id).await?;
                handoff.map(|handoff| About::Handoff(Box::new(handoff)))
            }
        };
        Ok(about.map(|about| ThreadRow {
            id,
            about,
            since: Timestamp(row.since),
            mark: match (row.done_at, row.snoozed_until) {
                (Some(at), _) => Some(Mark::Done { at: Timestamp(at) }),
                (None, Some(until)) => Some(Mark::Snoozed {
                    until: Timestamp(until),
                }),
                (None, None) => None,
            },
        }))
    }

    async fn execution_of(&self, row: &Row) -> Result<Option<ExecutionRow>, StoreError> {
        match &row.execution_id {
            Some(id) => self.find_execution(words::parse(id)?).await,
            None => Ok(None),
        }
    }
}

row! {
    struct Row {
        id: String,
        execution_id: Option<String>,
        since: i64,
        done_at: Option<i64>,
        snoozed_until: Option<i64>,
    }
}

#[cfg(test)]
#[path = "threads_test.rs"]
mod tests;
