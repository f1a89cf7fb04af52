//! The writer: the one task that owns the one writing connection.
//!
//! It takes the first job that waits and, with it, everything else that waits; no timer, no polling.
//! Those who wait hear of a commit only when it is durable. After a fault of the disk the connection
//! is thrown away, and the head of the journal is read anew: a sync that failed is never repeated and
//! called good.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::batch::Prepared;
use crate::commit::Commit;
use crate::connection;
use crate::error::StoreError;
use crate::folder::{self, Lock, Owner};
use crate::group::{Group, commit_of};
use crate::head::{Head, HeadFile};
use crate::job::{Job, Reply};
use crate::journal;
use crate::statements::Texts;
use crate::transaction::{Transaction, Work};
use crate::words;

/// A group takes no more than about this many events, each counted with every 4 KiB of its payload:
/// what is written at once stays below some 16 MB.
const LARGEST_GROUP: usize = 4_096;

/// The writer's state. The fields are dropped in this order: the connection before the lock, and the
/// queue last, so that whoever sees the queue closed finds the folder free.
pub(crate) struct Writer {
    pub connection: Option<SqliteConnection>,
    pub head_file: HeadFile,
    pub _lock: Lock,
    pub dir: PathBuf,
    pub epoch: u64,
    pub head: Head,
    pub texts: Texts,
    pub commits: broadcast::Sender<Arc<Commit>>,
    /// Why the queue is closed, where it was not a stop.
    pub ended: Arc<OnceLock<StoreError>>,
    pub jobs: mpsc::Receiver<Job>,
}

impl Writer {
    /// Works until it is stopped, all handles are gone, or another process took over.
    pub(crate) async fn run(mut self) {
        let mut next = None;
        loop {
            let job = match next.take() {
                Some(job) => Some(job),
                None => self.jobs.recv().await,
            };
            let went_on = match job {
                Some(Job::Append { batch, reply }) => {
                    let (batches, replies) = self.gather(*batch, reply, &mut next);
                    self.append(batches, replies).await
                }
                Some(Job::Write(write)) => self.write(write).await,
                Some(Job::Rewrite(reply)) => self.write_file(true, reply).await,
                Some(Job::EmptyLog(reply)) => self.write_file(false, reply).await,
                Some(Job::Stop(reply)) => return self.stop(reply).await,
                #[cfg(test)]
                Some(Job::Abandon) => {
                    // Waits for the thread of the connection, so that tests can touch the files.
                    let connection = self.connection.take().expect("open in tests");
                    return connection.close().await.expect("closes");
                }
                #[cfg(test)]
                Some(Job::Pragma(text, reply)) => {
                    let connection = self.connection.as_mut().expect("open in tests");
                    sqlx::query(text).execute(connection).await.expect(text);
                    let _ = reply.send(());
                    true
                }
                None => return,
            };
            if !went_on {
                return;
            }
        }
    }

    /// Everything that waits, up to a limit. A job of another kind ends the group and comes next.
    fn gather(
        &mut self,
        batch: Prepared,
        reply: Reply,
        next: &mut Option<Job>,
    ) -> (Vec<Prepared>, Vec<Reply>) {
        let mut weight = batch.weight();
        let (mut batches, mut replies) = (vec![batch], vec![reply]);
        while weight < LARGEST_GROUP {
            match self.jobs.try_recv() {
                Ok(Job::Append { batch, reply }) => {
                    weight += batch.weight();
                    batches.push(*batch);
                    replies.push(reply);
                }
                Ok(other) => {
                    *next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        (batches, replies)
    }

    /// Commits a group; where SQLite refuses one of its rows, each batch on its own, so that only the
    /// batch that is wrong fails. False when the writer must end.
    async fn append(&mut self, batches: Vec<Prepared>, replies: Vec<Reply>) -> bool {
        let outcome = self.commit_group(&batches).await;
        if batches.len() == 1 || !matches!(outcome, Err(StoreError::Sql { .. })) {
            return self.answer(outcome, batches, replies);
        }
        for (batch, reply) in batches.into_iter().zip(replies) {
            let outcome = self.commit_group(std::slice::from_ref(&batch)).await;
            if !self.answer(outcome, vec![batch], vec![reply]) {
                return false;
            }
        }
        true
    }

    /// Replies to those who wait, then publishes. False when the writer must end.
    fn answer(
        &self,
        outcome: Result<u64, StoreError>,
        batches: Vec<Prepared>,
        replies: Vec<Reply>,
    ) -> bool {
        match outcome {
            Ok(first) => {
                let mut seq = first;
                for (batch, reply) in batches.iter().zip(replies) {
                    let _ = reply.send(Ok(seq));
                    seq += batch.entries.len() as u64;
                }
                self.publish(commit_of(batches, first));
                true
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
                self.goes_on_after(&error)
            }
        }
    }

    /// Makes a group durable; the sequence number of its first event.
    async fn commit_group(&mut self, batches: &[Prepared]) -> Result<u64, StoreError> {
        let mut connection = self.take_connection().await?;
        let first = self.head.seq + 1;
        let group = Group::chain(batches, self.head);
        let epoch = words::number(self.epoch);
        let outcome = group.write(&mut connection, &mut self.texts, epoch).await;
        let head = group.head;
        self.settle(connection, outcome).await?;
        self.head = head;
        if let Err(error) = self.head_file.write(head) {
            // The events are durable; only the memory beside them is older than it could be.
            tracing::warn!(%error, "the head of the journal could not be remembered");
        }
        Ok(first)
    }

    /// Runs one transaction of plain nouns. False when the writer must end.
    async fn write(&mut self, mut work: Box<dyn Work>) -> bool {
        let outcome = self.commit_work(work.as_mut()).await;
        let goes_on = outcome
            .as_ref()
            .err()
            .is_none_or(|error| self.goes_on_after(error));
        let commit = outcome.as_ref().ok().cloned();
        work.tell(outcome.map(|_| ()));
        if let Some(commit) = commit {
            self.publish(commit);
        }
        goes_on
    }

    async fn commit_work(&mut self, work: &mut dyn Work) -> Result<Commit, StoreError> {
        let mut transaction = Transaction::on(self.take_connection().await?);
        let outcome = match begin(&mut transaction.connection, self.epoch).await {
            Ok(()) => work.write(&mut transaction).await,
            Err(error) => Err(error),
        };
        let (mut connection, tags) = transaction.into_parts();
        let outcome = match outcome {
            Ok(()) => sqlx::query("commit")
                .execute(&mut connection)
                .await
                .map(|_| ())
                .map_err(StoreError::from),
            Err(error) => Err(error),
        };
        self.settle(connection, outcome).await?;
        Ok(Commit {
            records: Vec::new(),
            tags,
        })
    }

    /// Bytes of what was deleted or moved lie in free places of the file, also of what was deleted long
    /// ago; a file that is written anew has none (<https://sqlite.org/lang_vacuum.html>). The log holds
    /// pages of before until it is emptied.
    /// False when the writer must end.
    async fn write_file(
        &mut self,
        anew: bool,
        reply: oneshot::Sender<Result<bool, StoreError>>,
    ) -> bool {
        let outcome = match self.take_connection().await {
            Ok(mut connection) => match write_file(&mut connection, self.epoch, anew).await {
                Ok(emptied) => self.settle(connection, Ok(())).await.map(|()| emptied),
                Err(error) => self.settle(connection, Err(error)).await.map(|()| false),
            },
            Err(error) => Err(error),
        };
        let error = outcome.as_ref().err();
        let goes_on = error.is_none_or(|error| self.goes_on_after(error));
        let _ = reply.send(outcome);
        goes_on
    }

    /// Another process took over: nothing that we write counts any more.
    fn goes_on_after(&self, error: &StoreError) -> bool {
        if *error == StoreError::Zombie {
            let _ = self.ended.set(StoreError::Zombie);
            return false;
        }
        true
    }

    /// Marks the end as clean, leaves one file that holds everything, and frees the folder.
    async fn stop(mut self, reply: oneshot::Sender<Result<(), StoreError>>) {
        let result = self.stop_cleanly().await;
        Owner::withdraw(&self.dir, self.epoch);
        // The folder is free before the caller hears of it.
        drop(self);
        let _ = reply.send(result);
    }

    async fn stop_cleanly(&mut self) -> Result<(), StoreError> {
        let mut connection = self.take_connection().await?;
        let marked = sqlx::query("update owner set clean = 1 where epoch = $1")
            .bind(words::number(self.epoch))
            .execute(&mut connection)
            .await?;
        if marked.rows_affected() == 0 {
            return Err(StoreError::Zombie);
        }
        self.head_file.write(self.head)?;
        self.head_file.sync()?;
        // A reader in another process may hold the log; then it stays, and that is no fault.
        let _ = sqlx::query("pragma wal_checkpoint(truncate)")
            .execute(&mut connection)
            .await;
        connection.close().await?;
        Ok(())
    }

    /// The connection, opened anew after a fault, with the head as it really is.
    async fn take_connection(&mut self) -> Result<SqliteConnection, StoreError> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let mut connection = connection::open_writer(&folder::database(&self.dir)).await?;
        self.head = journal::head(&mut connection).await?;
        Ok(connection)
    }

    /// Puts the connection back after a success or a clean rollback, and throws it away else.
    async fn settle(
        &mut self,
        mut connection: SqliteConnection,
        outcome: Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Err(error) = &outcome else {
            self.connection = Some(connection);
            return outcome;
        };
        if error.spoils_connection() {
            tracing::error!(%error, "the connection is thrown away and the database opened anew");
        } else if is_rolled_back(&mut connection).await {
            self.connection = Some(connection);
        }
        outcome
    }

    fn publish(&self, commit: Commit) {
        // Nobody listens: nobody has to hear of it.
        let _ = self.commits.send(Arc::new(commit));
    }
}

/// Starts a transaction that no other epoch can own.
async fn begin(connection: &mut SqliteConnection, epoch: u64) -> Result<(), StoreError> {
    sqlx::query("begin immediate")
        .execute(&mut *connection)
        .await?;
    let now: i64 = sqlx::query_scalar("select epoch from owner")
        .fetch_one(connection)
        .await?;
    if now == words::number(epoch) {
        Ok(())
    } else {
        Err(StoreError::Zombie)
    }
}

async fn write_file(
    connection: &mut SqliteConnection,
    epoch: u64,
    anew: bool,
) -> Result<bool, StoreError> {
    begin(connection, epoch).await?;
    sqlx::query("rollback").execute(&mut *connection).await?;
    if anew {
        sqlx::query("vacuum").execute(&mut *connection).await?;
    }
    let (busy, ..): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)")
        .fetch_one(connection)
        .await?;
    Ok(busy == 0)
}

/// Rolls back what is open. SQLite has sometimes done so itself, and then says that nothing is open;
/// a transaction that can be begun proves that the connection is free either way.
async fn is_rolled_back(connection: &mut SqliteConnection) -> bool {
    let _ = sqlx::query("rollback").execute(&mut *connection).await;
    sqlx::query("begin; rollback")
        .execute(connection)
        .await
        .is_ok()
}

#[cfg(test)]
mod tests {
    use crate::error::StoreError;
    use crate::fixture;
    use crate::store::Store;

    #[tokio::test]
    async fn a_full_disk_fails_the_write_and_space_heals_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        let small = || fixture::batch(id, [fixture::done(1, 10)]);
        let large = || fixture::batch(id, (0..600).map(|number| fixture::done(number, 9_000)));
        store.append(small()).await.unwrap();
        fixture::pragma(&store, "pragma max_page_count = 120").await;
        for _ in 0..3 {
            assert_eq!(store.append(large()).await, Err(StoreError::DiskFull));
        }
        assert_eq!(store.append(small()).await.unwrap()[0].seq, 2);
        fixture::pragma(&store, "pragma max_page_count = 1000000").await;
        assert_eq!(store.append(large()).await.unwrap()[0].seq, 3);
        assert_eq!(store.load_execution(id).await.unwrap().len(), 602);
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
    }

    #[tokio::test]
    async fn a_connection_that_failed_is_opened_anew_and_the_head_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        let small = || fixture::batch(id, [fixture::done(1, 10)]);
        store.append(small()).await.unwrap();
        fixture::pragma(&store, "pragma query_only = on").await;
        let refused = store.append(small()).await;
        assert!(matches!(refused, Err(StoreError::Permission(_))));
        assert_eq!(store.append(small()).await.unwrap()[0].seq, 2);
        fixture::pragma(&store, "pragma query_only = on").await;
        let moment = krake_domain::time::Timestamp(0);
        let refused = store.forget_replies(moment).await;
        assert!(matches!(refused, Err(StoreError::Permission(_))));
        assert_eq!(store.forget_replies(moment).await, Ok(0));
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
    }

    #[tokio::test]
    async fn what_waits_is_written_before_a_stop() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        let appends = (0..50).map(|number| {
            let store = store.clone();
            let batch = fixture::batch(id, [fixture::done(number, 10)]);
            tokio::spawn(async move { store.append(batch).await })
        });
        let appends: Vec<_> = appends.collect();
        tokio::task::yield_now().await;
        store.stop().await.unwrap();
        let mut kept = 0;
        for append in appends {
            match append.await.unwrap() {
                Ok(_) => kept += 1,
                Err(error) => assert_eq!(error, StoreError::Stopped),
            }
        }
        let reader = Store::open_reader(dir.path()).await.unwrap();
        assert_eq!(reader.load_execution(id).await.unwrap().len(), kept);
        assert_eq!(kept, 50);
    }
}
