//! Backups as a person and a schedule want them, and what a restored folder begins with.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use krake_domain::event::{Event, Stamped};
use krake_domain::principal::Principal;
use krake_domain::time::Timestamp;
use krake_engine::execution::{Env, Input, drive, fold};
use krake_store::{Backup, Batch, Store, StoreError, Tag};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, watch};

use crate::actor;
use crate::clock::now;
use crate::handle::Runtime;
use crate::start::Deps;

/// What comes before a backup that makes itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waits {
    /// The first one waits until there is something in the folder.
    first: Duration,
    /// One that is overdue waits until the start is over.
    overdue: Duration,
    /// After one that failed.
    again: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10 * 60),
            overdue: Duration::from_secs(2 * 60),
            again: Duration::from_secs(15 * 60),
        }
    }
}

/// A machine that slept does not count the hours, so the clock is looked at now and then.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// What backups do in this process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackingUp {
    pub is_making: bool,
    /// Why the last one was not made.
    pub trouble: Option<String>,
}

/// One at a time, and how it goes.
#[derive(Debug, Default)]
pub(crate) struct Backups {
    one: Mutex<()>,
    state: watch::Sender<BackingUp>,
}

impl Runtime {
    /// Makes a backup now.
    ///
    /// # Errors
    /// The disk is full, the folder cannot be written, or the copy is not sound.
    pub async fn back_up(&self) -> Result<Backup, StoreError> {
        make(self.deps(), "hand").await
    }

    /// What backups do.
    #[must_use]
    pub fn backing_up(&self) -> BackingUp {
        self.deps().backups.state.borrow().clone()
    }
}

/// Writes down that a backup is to be put back when the folder is taken over next.
///
/// # Errors
/// There is no such backup, or it is not as it was made.
pub async fn want_restore(home: &Path, name: &str) -> Result<(), StoreError> {
    let at = now();
    Store::want_restore(home, name, &name_of(at), at).await
}

/// The name of a backup of this moment.
fn name_of(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    text.chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .collect()
}

async fn make(deps: &Deps, why: &str) -> Result<Backup, StoreError> {
    let _one = deps.backups.one.lock().await;
    let _making = Making::begin(&deps.backups.state);
    let at = now();
    let made = deps.store.back_up(&name_of(at), why, at).await;
    let trouble = match &made {
        Ok(backup) if backup.damaged_blobs > 0 => Some(format!(
            "{} large results are damaged in the data folder and could not be copied",
            backup.damaged_blobs
        )),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    if let Some(trouble) = &trouble {
        tracing::warn!(trouble, "a backup was not made as it should");
    }
    deps.backups
        .state
        .send_modify(|state| state.trouble = trouble);
    made
}

/// Says that one is being made, until it is made or nobody waits for it any more.
struct Making<'a>(&'a watch::Sender<BackingUp>);

impl<'a> Making<'a> {
    fn begin(state: &'a watch::Sender<BackingUp>) -> Self {
        state.send_modify(|state| state.is_making = true);
        Self(state)
    }
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.is_making = false);
    }
}

/// Makes backups when they are due, for as long as the process lives.
pub(crate) async fn keep_up(deps: Arc<Deps>, waits: Waits) {
    let begun = now();
    let mut commits = deps.store.commits();
    let mut not_before = begun.plus(waits.overdue);
    loop {
        let due = match due(&deps, begun.plus(waits.first)).await {
            Ok(due) => due,
            Err(error) => {
                tracing::warn!(%error, "when the next backup is due cannot be read");
                None
            }
        };
        let due = due.map(|due| due.max(not_before));
        if due.is_some_and(|due| due <= now()) {
            not_before = now().plus(waits.again);
            if make(&deps, "schedule").await.is_ok()
                && let Ok(schedule) = deps.store.backup_schedule().await
                && let Err(error) = deps.store.prune_backups(schedule.keep).await
            {
                tracing::warn!(%error, "an old backup could not be removed");
            }
            continue;
        }
        let wait = due.map_or(LOOK, |due| due.since(now()).min(LOOK));
        let changed = async {
            loop {
                match commits.recv().await {
                    Ok(commit) if commit.tags.contains(&Tag::Backups) => return true,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return true,
                    Err(RecvError::Closed) => return false,
                }
            }
        };
        tokio::select! {
            () = deps.tasks.stopping.cancelled() => return,
            goes_on = changed => if !goes_on { return },
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// When the next one is due, the first one at `first`; never where nobody wants any.
async fn due(deps: &Deps, first: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let schedule = deps.store.backup_schedule().await?;
    if schedule.hours == 0 {
        return Ok(None);
    }
    let every = Duration::from_secs(u64::from(schedule.hours) * 3_600);
    let store = deps.store.clone();
    let last = tokio::task::spawn_blocking(move || store.list_backups())
        .await
        .map_err(|error| StoreError::Io(error.to_string()))?
        .into_iter()
        .find(|backup| !backup.is_damaged);
    Ok(Some(match last {
        Some(last) => last.made_at.min(now()).plus(every),
        None => first,
    }))
}

/// What was unfinished in a backup that was put back is paused: what it did since then is not known
/// here, so a person says how it goes on.
pub(crate) async fn pause_restored(deps: &Deps) -> Result<(), StoreError> {
    if !deps.store.was_restored() {
        return Ok(());
    }
    for id in deps.store.unfinished().await? {
        let records = deps.store.load_execution(id).await?;
        let mut state = fold(&records).map_err(|fault| StoreError::Corrupt(fault.to_string()))?;
        let at = now();
        let rules = deps.rules.in_force();
        let env = Env {
            now: at,
            epoch: deps.store.epoch(),
            hold: true,
            catalog: &deps.catalog,
            schemas: &deps.schemas,
            rules: &rules,
        };
        let by = Principal::Machine {
            name: "restore".to_owned(),
        };
        // One that is paused or stopped waits for a person already.
        let Ok(turn) = drive(&mut state, Input::Pause { by }, &env) else {
            continue;
        };
        let events = turn.events.into_iter().map(|mut event| {
            if let Event::ExecutionPaused { because, .. } = &mut event {
                *because = Some(
                    "a backup was put back, and what was done after it is not known here"
                        .to_owned(),
                );
            }
            Stamped { at, event }
        });
        let batch = Batch {
            workspace: state.workspace,
            execution: id,
            events: events.collect(),
            summary: Some(actor::summary(&state)),
        };
        deps.store.append(batch).await?;
    }
    deps.store.restore_is_over()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::start::{Drive, Options, start};
    use krake_store::BackupSchedule;

    #[tokio::test(flavor = "multi_thread")]
    async fn backups_make_themselves_when_they_are_due_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            home: folder.path().join("home"),
            drive: Drive::Named,
            more_tools: Vec::new(),
        };
        let runtime = start(options).await.unwrap();
        let (deps, store) = (runtime.deps().clone(), runtime.store().clone());
        let first = Timestamp(7);
        assert_eq!(due(&deps, first).await.unwrap(), Some(first));
        let schedule = |hours| BackupSchedule { hours, keep: 1 };
        store.set_backup_schedule(schedule(0)).await.unwrap();
        assert_eq!(due(&deps, first).await.unwrap(), None);
        store.set_backup_schedule(schedule(1)).await.unwrap();
        store
            .back_up("old", "schedule", Timestamp(1))
            .await
            .unwrap();
        let hour = Duration::from_secs(3_600);
        assert_eq!(
            due(&deps, first).await.unwrap(),
            Some(Timestamp(1).plus(hour))
        );
        let mut commits = runtime.subscribe();
        let waits = Waits {
            first: Duration::ZERO,
            overdue: Duration::ZERO,
            again: Duration::ZERO,
        };
        let keeping = tokio::spawn(keep_up(deps.clone(), waits));
        let made = loop {
            commits.recv().await.unwrap();
            let backups = store.list_backups();
            if backups.len() == 1 && backups[0].name != "old" {
                break backups[0].clone();
            }
        };
        assert_eq!(made.why, "schedule");
        let next = due(&deps, first).await.unwrap();
        assert_eq!(next, Some(made.made_at.plus(hour)));
        runtime.stop().await.unwrap();
        keeping.await.unwrap();
    }
}
