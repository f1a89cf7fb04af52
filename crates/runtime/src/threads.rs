//! The inbox: marks of a person, and the moment at which what sleeps comes back.

use std::sync::Arc;

use krake_domain::thread::{Mark, ThreadId};
use krake_domain::time::Timestamp;
use krake_store::{StoreError, Tag, ThreadRow};
use tokio::sync::broadcast::error::RecvError;

use crate::actor::sleep_until;
use crate::clock;
use crate::handle::Runtime;
use crate::start::Deps;

/// What a person wants with threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Triage {
    Done,
    Snooze {
        until: Timestamp,
    },
    /// Back among what is open, neither done nor asleep.
    Wake,
}

/// Why no thread was marked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TriageError {
    /// Nothing waits under that id, or wants to be looked at.
    #[error("there is no thread `{0}`: it was answered, or went on")]
    NotFound(ThreadId),
    #[error("`{0}` waits for an answer, and nothing goes on without one")]
    NeedsAnswer(ThreadId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Runtime {
    /// Marks all of these threads or none; durable when this returns.
    ///
    /// # Errors
    /// One of them is gone, or wants more than a mark.
    pub async fn triage(
        &self,
        ids: &[ThreadId],
        triage: Triage,
    ) -> Result<Vec<ThreadRow>, TriageError> {
        let store = self.store();
        let mut threads = Vec::with_capacity(ids.len());
        for id in ids {
            let thread = store.find_thread(*id).await?;
            let thread = thread.ok_or(TriageError::NotFound(*id))?;
            if triage == Triage::Done && thread.needs_answer() {
                return Err(TriageError::NeedsAnswer(*id));
            }
            threads.push(thread);
        }
        let mark = match triage {
            Triage::Done => Some(Mark::Done { at: clock::now() }),
            Triage::Snooze { until } => Some(Mark::Snoozed { until }),
            Triage::Wake => None,
        };
        store.mark_threads(&threads, mark).await?;
        for thread in &mut threads {
            thread.mark = mark;
        }
        Ok(threads)
    }
}

/// Whoever runs an execution again has looked at how it ended.
pub(crate) async fn looked_at(deps: &Deps, id: ThreadId) -> Result<(), StoreError> {
    match deps.store.find_thread(id).await? {
        Some(thread) if !thread.needs_answer() => {
            let mark = Mark::Done { at: clock::now() };
            deps.store.mark_threads(&[thread], Some(mark)).await
        }
        _ => Ok(()),
    }
}

/// Wakes what has slept long enough, and tells when an account is filled again, for as long as the
/// process lives. What asks for the inbox in between sees by the clock alone how it stands; this tells
/// those who only listen.
pub(crate) async fn wake_sleepers(deps: Arc<Deps>) {
    let mut commits = deps.store.commits();
    let mut told = clock::now();
    loop {
        let wakes = deps
            .store
            .next_thread_moves(told)
            .await
            .unwrap_or_else(|error| {
                // It is woken by the clock of whoever looks; the next mark tries again.
                tracing::warn!(%error, "what sleeps in the inbox cannot be read");
                None
            });
        if wakes.is_some_and(|at| at <= clock::now()) {
            let now = clock::now();
            if let Err(error) = deps.store.wake_threads(now).await {
                tracing::warn!(%error, "what sleeps in the inbox could not be woken");
            } else {
                told = now;
                continue;
            }
        }
        let marked = async {
            loop {
                match commits.recv().await {
                    Ok(commit) if commit.tags.contains(&Tag::Threads) => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                }
            }
        };
        tokio::select! {
            () = deps.tasks.stopping.cancelled() => return,
            goes_on = marked => if !goes_on { return },
            () = sleep_until(wakes), if wakes.is_some_and(|at| at > clock::now()) => {}
        }
    }
}
