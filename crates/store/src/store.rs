//! The store as others hold it: a cheap handle on the writer's queue and the readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use krake_domain::event::Record;
use sqlx::sqlite::SqlitePool;
use tokio::sync::{Mutex, broadcast, mpsc, oneshot, watch};

use crate::batch::Batch;
use crate::blobs::Blobs;
use crate::commit::Commit;
use crate::error::StoreError;
use crate::folder::Owner;
use crate::job::Job;
use crate::search_both::Held;
use crate::transaction::{Asked, Transaction};

/// How long a stop waits for readers that are still reading.
const LONGEST_FAREWELL: Duration = Duration::from_secs(2);

/// One data folder, owned or opened for reading.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub dir: PathBuf,
    pub epoch: u64,
    pub was_clean: bool,
    pub was_restored: bool,
    pub readers: SqlitePool,
    pub blobs: Blobs,
    /// Absent where the folder was opened for reading.
    pub jobs: Option<mpsc::Sender<Job>>,
    pub ended: Arc<OnceLock<StoreError>>,
    pub commits: broadcast::Sender<Arc<Commit>>,
    /// The outcome of the quick check, once it is known.
    pub checked: watch::Receiver<Option<Result<(), StoreError>>>,
    /// Numbers of messages, while somebody searches by meaning.
    pub held: Mutex<Held>,
}

impl Store {
    /// The number of this start; every write carries it.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.inner.epoch
    }

    /// The data folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Whether the last owner stopped as it should, so that no effect can be in doubt.
    #[must_use]
    pub fn was_clean(&self) -> bool {
        self.inner.was_clean
    }

    /// Whether a backup was put in place, and what was unfinished in it has not been paused yet.
    #[must_use]
    pub fn was_restored(&self) -> bool {
        self.inner.was_restored
    }

    /// Large results.
    #[must_use]
    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// What is committed from now on. A listener that falls more than 1,024 commits behind is told so
    /// and reads the journal from where it was.
    #[must_use]
    pub fn commits(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.inner.commits.subscribe()
    }

    /// Tells other processes where the owner of this folder is found.
    pub async fn announce(&self, port: Option<u16>) -> Result<(), StoreError> {
        self.queue()?;
        let owner = Owner {
            pid: std::process::id(),
            port,
            epoch: self.epoch(),
        };
        owner.announce(self.dir())
    }

    /// Waits for the check that follows an unclean stop; at once where none was needed. Effects other
    /// than `read` wait for it.
    pub fn quick_check(&self) -> impl Future<Output = Result<(), StoreError>> + Send + 'static {
        let mut checked = self.inner.checked.clone();
        async move {
            let outcome = checked.wait_for(Option::is_some).await;
            match outcome.as_deref() {
                Ok(Some(result)) => result.clone(),
                _ => Err(StoreError::Stopped),
            }
        }
    }

    /// Appends the events of a batch, all or none; the records as they lie in the journal. Resolves
    /// when the commit is durable. After [`StoreError::Io`] whether it was kept is known by reading.
    pub async fn append(&self, batch: Batch) -> Result<Vec<Record>, StoreError> {
        let jobs = self.queue()?;
        if batch.events.is_empty() && batch.summary.is_none() {
            return Ok(Vec::new());
        }
        let _naming = self.blobs().naming();
        let prepared = batch.prepare(self.blobs()).await?;
        let (reply, answer) = oneshot::channel();
        let job = Job::Append {
            batch: Box::new(prepared),
            reply,
        };
        jobs.send(job).await.map_err(|_| self.why_ended())?;
        let first = answer.await.map_err(|_| self.why_ended())??;
        Ok(batch.into_records(first))
    }

    /// Stops the writer after what waits, marks the end as clean, and frees the folder. A store that
    /// was opened for reading only closes its connections.
    pub async fn stop(&self) -> Result<(), StoreError> {
        // A reader that does not end in time only keeps the log from being emptied.
        let _ = tokio::time::timeout(LONGEST_FAREWELL, self.inner.readers.close()).await;
        let Some(jobs) = &self.inner.jobs else {
            return Ok(());
        };
        let (reply, answer) = oneshot::channel();
        jobs.send(Job::Stop(reply))
            .await
            .map_err(|_| self.why_ended())?;
        answer.await.map_err(|_| self.why_ended())?
    }

    /// Resolves when this process has lost the folder to another, with the word for it; never where
    /// it only stops, or only looks.
    pub async fn lost(&self) -> StoreError {
        if let Some(jobs) = &self.inner.jobs {
            jobs.closed().await;
            if let Some(error) = self.inner.ended.get() {
                return error.clone();
            }
        }
        std::future::pending().await
    }

    /// Whether this process has lost the folder to another.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.inner.ended.get().is_some()
    }

    /// Runs a write of plain nouns in a transaction of its own.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StoreError>>
            + Send
            + 'static,
        T: Send + 'static,
    {
        let jobs = self.queue()?;
        let (reply, answer) = oneshot::channel();
        jobs.send(Job::Write(Box::new(Asked::new(work, reply))))
            .await
            .map_err(|_| self.why_ended())?;
        answer.await.map_err(|_| self.why_ended())?
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    pub(crate) fn queue(&self) -> Result<&mpsc::Sender<Job>, StoreError> {
        self.inner.jobs.as_ref().ok_or(StoreError::ReadOnly)
    }

    fn why_ended(&self) -> StoreError {
        let known = self.inner.ended.get();
        known.cloned().unwrap_or(StoreError::Stopped)
    }
}
