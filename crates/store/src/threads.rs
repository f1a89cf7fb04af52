//! The inbox: what waits for a person and what ended badly, read from the lists of both, with the
//! marks that a person put on them.

use krake_domain::thread::{Mark, ThreadId, ThreadState};
use krake_domain::time::Timestamp;

use crate::approvals::ApprovalRow;
use crate::commit::Tag;
use crate::error::StoreError;
use crate::executions::ExecutionRow;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which threads are wanted: first those that need an answer, each kind newest first.
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
    /// The question; absent where the execution itself is what to look at.
    pub approval: Option<ApprovalRow>,
    pub execution: ExecutionRow,
    /// When it was asked, ended or stopped.
    pub since: Timestamp,
    pub mark: Option<Mark>,
}

impl ThreadRow {
    /// Whether something stands still until a person says how to go on.
    #[must_use]
    pub fn needs_answer(&self) -> bool {
        self.approval.is_some() || !self.execution.summary.is_over()
    }
}

/// The threads that these conditions choose, with their marks, newest first.
macro_rules! threads {
    ($of_approvals:literal, $of_executions:literal) => {
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
                    done_at, snoozed_until, ended_at is not null as notice
             from executions left join threads on threads.id = executions.id
             where executions.status in ('failed', 'stopped') and ",
            $of_executions,
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
                     else done_at is null end"
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
            ThreadId::Approval(_) => sqlx::query_as(threads!("approvals.id = $1", "false")),
            ThreadId::Execution(_) => sqlx::query_as(threads!("false", "executions.id = $1")),
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
            .map(|row| (row.id.to_string(), row.execution.workspace.to_string()))
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

    /// When the next thread that sleeps comes back.
    pub async fn next_thread_wakes(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<i64> = sqlx::query_scalar(
            "select min(snoozed_until) from threads where snoozed_until is not null",
        )
        .fetch_one(self.readers())
        .await?;
        Ok(at.map(Timestamp))
    }

    /// Wakes what has slept long enough, so that those who show the inbox hear of it.
    pub async fn wake_threads(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let woken = sqlx::query("delete from threads where snoozed_until <= $1")
                    .bind(now.0)
                    .execute(&mut transaction.connection)
                    .await?;
                if woken.rows_affected() > 0 {
                    transaction.changed(Tag::Threads);
                }
                Ok(())
            })
        })
        .await
    }

    /// Threads that need an answer and do not sleep.
    pub async fn threads_waiting(&self, now: Timestamp) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select (select count(*) from approvals left join threads on threads.id = approvals.id
                     where approvals.status = 'waiting' and coalesce(snoozed_until, 0) <= $1)
                  + (select count(*) from executions left join threads on threads.id = executions.id
                     where executions.status = 'stopped' and ended_at is null
                       and coalesce(snoozed_until, 0) <= $1)",
        )
        .bind(now.0)
        .fetch_one(self.readers())
        .await?;
        words::count(count)
    }

    async fn load_thread(&self, row: Row) -> Result<Option<ThreadRow>, StoreError> {
        let id: ThreadId = words::parse(&row.id)?;
        let approval = match id {
            ThreadId::Approval(id) => match self.find_approval(id).await? {
                Some(approval) => Some(approval),
                None => return Ok(None),
            },
            ThreadId::Execution(_) => None,
        };
        let execution = self
            .find_execution(words::parse(&row.execution_id)?)
            .await?;
        Ok(execution.map(|execution| ThreadRow {
            id,
            approval,
            execution,
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
}

row! {
    struct Row {
        id: String,
        execution_id: String,
        since: i64,
        done_at: Option<i64>,
        snoozed_until: Option<i64>,
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::approval::{Approval, ApprovalStatus};
    use krake_domain::event::Event;
    use krake_domain::execution::ExecutionStatus;
    use krake_domain::failure::{Failure, FailureClass};
    use krake_domain::id::ExecutionId;

    use super::*;
    use crate::batch::Summary;
    use crate::fixture;

    const NOW: Timestamp = Timestamp(1_000);

    async fn stands(store: &Store, id: ExecutionId, status: ExecutionStatus, ended: Option<i64>) {
        let mut batch = fixture::batch(id, [fixture::done(1, 10)]);
        batch.summary = Some(Summary {
            ended_at: ended.map(Timestamp),
            ..fixture::summary(status, 1)
        });
        store.append(batch).await.unwrap();
    }

    async fn ask(store: &Store) -> Approval {
        let id = fixture::execution();
        let approval = fixture::approval(id);
        let mut batch = fixture::batch(
            id,
            [Event::ApprovalAsked {
                approval: Box::new(approval.clone()),
            }],
        );
        batch.summary = Some(fixture::summary(ExecutionStatus::Waiting, 0));
        store.append(batch).await.unwrap();
        approval
    }

    async fn list(store: &Store, state: Option<ThreadState>, now: Timestamp) -> Vec<ThreadId> {
        let filter = ThreadFilter {
            state,
            now,
            limit: 10,
        };
        let rows = store.list_threads(filter).await.unwrap();
        rows.iter().map(|row| row.id).collect()
    }

    #[tokio::test]
    async fn the_inbox_is_what_waits_and_what_ended_badly() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let [failed, stopped, well, old] = [0; 4].map(|_| fixture::execution());
        stands(&store, failed, ExecutionStatus::Failed, Some(7)).await;
        stands(&store, stopped, ExecutionStatus::Stopped, None).await;
        // What follows a stop, such as the start of another process, does not move it.
        let cause = Failure::new(FailureClass::LimitReached, "used up");
        let stop = Event::ExecutionStopped { cause };
        let events = [fixture::done(2, 10), stop, fixture::done(3, 10)];
        store.append(fixture::batch(stopped, events)).await.unwrap();
        stands(&store, well, ExecutionStatus::Done, Some(9)).await;
        stands(&store, old, ExecutionStatus::Stopped, Some(8)).await;
        let asked = ThreadId::Approval(ask(&store).await.id);
        let [failed, stopped, well, old] = [failed, stopped, well, old].map(ThreadId::Execution);

        let open = list(&store, None, NOW).await;
        assert_eq!(open[2..], [old, failed]);
        assert!(open[..2].contains(&asked) && open[..2].contains(&stopped));
        assert_eq!(store.threads_waiting(NOW).await.unwrap(), 2);
        let found = store.find_thread(stopped).await.unwrap().unwrap();
        assert!(found.needs_answer() && found.since == Timestamp(2));
        assert!(
            !store
                .find_thread(old)
                .await
                .unwrap()
                .unwrap()
                .needs_answer()
        );
        assert_eq!(store.find_thread(well).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_mark_holds_until_its_moment_or_until_what_it_is_about_moves_on() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let execution = fixture::execution();
        stands(&store, execution, ExecutionStatus::Stopped, None).await;
        let approval = ask(&store).await;
        let (stopped, asked) = (
            ThreadId::Execution(execution),
            ThreadId::Approval(approval.id),
        );
        let mut rows = Vec::new();
        for id in [stopped, asked] {
            rows.push(store.find_thread(id).await.unwrap().unwrap());
        }
        let mut commits = store.commits();
        let until = Timestamp(2_000);
        let snoozed = Some(Mark::Snoozed { until });
        store.mark_threads(&rows, snoozed).await.unwrap();
        assert_eq!(commits.recv().await.unwrap().tags, [Tag::Threads]);
        assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, []);
        assert_eq!(list(&store, Some(ThreadState::Snoozed), NOW).await.len(), 2);
        assert_eq!(list(&store, Some(ThreadState::Open), until).await.len(), 2);
        assert_eq!(store.threads_waiting(NOW).await.unwrap(), 0);
        assert_eq!(store.threads_waiting(until).await.unwrap(), 2);
        assert_eq!(store.next_thread_wakes().await.unwrap(), Some(until));

        // The limit was lifted and reached again: that is news.
        stands(&store, execution, ExecutionStatus::Running, None).await;
        assert_eq!(store.find_thread(stopped).await.unwrap(), None);
        stands(&store, execution, ExecutionStatus::Stopped, None).await;
        assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, [stopped]);
        // A new line of the same state is none.
        let row = store.find_thread(stopped).await.unwrap().unwrap();
        store.mark_threads(&[row], snoozed).await.unwrap();
        stands(&store, execution, ExecutionStatus::Stopped, None).await;
        assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, []);

        store.wake_threads(Timestamp(1_999)).await.unwrap();
        assert_eq!(list(&store, Some(ThreadState::Snoozed), NOW).await.len(), 2);
        store.wake_threads(until).await.unwrap();
        assert_eq!(store.next_thread_wakes().await.unwrap(), None);

        let asked = store.find_thread(asked).await.unwrap().unwrap();
        store.mark_threads(&[asked.clone()], snoozed).await.unwrap();
        let ended = Event::ApprovalEnded {
            approval: approval.id,
            status: ApprovalStatus::Expired,
        };
        let ended = fixture::batch(approval.execution, [ended]);
        store.append(ended).await.unwrap();
        assert_eq!(store.find_thread(asked.id).await.unwrap(), None);
        assert_eq!(store.next_thread_wakes().await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_is_done_is_found_among_what_is_done_and_can_be_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let execution = fixture::execution();
        stands(&store, execution, ExecutionStatus::Failed, Some(5)).await;
        let id = ThreadId::Execution(execution);
        let row = store.find_thread(id).await.unwrap().unwrap();
        let done = Some(Mark::Done { at: NOW });
        store
            .mark_threads(std::slice::from_ref(&row), done)
            .await
            .unwrap();
        assert_eq!(list(&store, None, NOW).await, []);
        assert_eq!(list(&store, Some(ThreadState::Done), NOW).await, [id]);
        assert_eq!(store.find_thread(id).await.unwrap().unwrap().mark, done);
        store.mark_threads(&[row], None).await.unwrap();
        assert_eq!(list(&store, None, NOW).await, [id]);
    }
}
