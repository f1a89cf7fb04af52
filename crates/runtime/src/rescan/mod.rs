//! Looking through all that is stored once more for secrets, with the rules and the keys that are known
//! today: begun by a person, done in the background in pieces, gone on with after a crash.
//!
//! What it deliberately does not do: it never begins by itself, and it changes no event of the journal,
//! no log of a step and no playbook; what holds a secret there is counted and named.
//! **Invariant:** texts and the mark of how far it is change in the same transaction, so nothing is
//! passed over and nothing is counted twice, wherever it is cut off.

mod clean;
mod elsewhere;
mod pieces;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use krake_domain::event::{Event, Stamped};
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::principal::Principal;
use krake_domain::rescan::{Rescan, RescanStage};
use krake_domain::time::Timestamp;
use krake_engine::secrets::RULES;
use krake_store::{Batch, StoreError};

use crate::clock;
use crate::handle::Runtime;
use crate::start::Deps;

/// How it stands with what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescanStanding {
    /// The last one, done or under way.
    pub last: Option<Rescan>,
    /// Whether it goes on in the process that was asked.
    pub is_working: bool,
    /// Messages there are, while it is under way.
    pub messages: Option<u64>,
    /// The revision of today's rules.
    pub rules: u32,
    /// By which rules all that is stored was looked through. Nothing: some of it by none that is known.
    pub stored_by: Option<u32>,
    /// Keys of accounts that were added after that.
    pub keys_since: u64,
    /// Backups from before the end of one that changed something: they hold what it replaced.
    pub backups: Vec<String>,
    /// The same for copies that were made before the tables were changed, by where they lie.
    pub copies: Vec<String>,
}

/// Whether somebody works at it in this process.
#[derive(Debug, Default)]
pub(crate) struct Room(Mutex<bool>);

impl Room {
    /// Whether the place was free, and is taken now.
    fn enter(&self) -> bool {
        !std::mem::replace(&mut *self.working(), true)
    }

    fn leave(&self) {
        *self.working() = false;
    }

    fn is_taken(&self) -> bool {
        *self.working()
    }

    fn working(&self) -> MutexGuard<'_, bool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Runtime {
    /// Begins one for a person, or joins the one that is under way.
    ///
    /// # Errors
    /// The store refuses the write.
    pub async fn rescan(&self, by: Principal) -> Result<(), StoreError> {
        self.store().begin_rescan(RULES, by, clock::now()).await?;
        start(self.deps());
        Ok(())
    }

    /// How it stands.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn rescan_standing(&self) -> Result<RescanStanding, StoreError> {
        let store = self.store();
        let last = store.last_rescan().await?;
        let stored_by = store.stored_by_rules().await?;
        let is_open = last.as_ref().is_some_and(|last| last.ended_at.is_none());
        let (backups, copies) = match &last {
            Some(last) if last.found.has_changed() => {
                elsewhere::from_before(store.dir(), last.ended_at).await?
            }
            _ => (Vec::new(), Vec::new()),
        };
        let is_working = self.deps().rescans.is_taken();
        Ok(RescanStanding {
            is_working,
            messages: match is_open {
                true => Some(store.count_messages().await?),
                false => None,
            },
            rules: RULES,
            stored_by: stored_by.map(|(rules, _)| rules),
            keys_since: match stored_by {
                Some((_, since)) => store.keys_since(since).await?,
                None => 0,
            },
            backups,
            copies,
            last,
        })
    }
}

/// Goes on with one that was begun, where nobody does so yet.
pub(crate) fn start(deps: &Arc<Deps>) {
    if deps.rescans.enter() {
        deps.tasks.actor(work(deps.clone()));
    }
}

/// The same at the start of the process.
pub(crate) async fn resume(deps: Arc<Deps>) {
    match deps.store.last_rescan().await {
        Ok(Some(last)) if last.ended_at.is_none() => start(&deps),
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(%error, "whether stored text is to be looked through is unknown")
        }
    }
}

/// Works until nothing is left of it, it cannot go on, or the process stops.
async fn work(deps: Arc<Deps>) {
    loop {
        let outcome = work_through(&deps).await;
        if let Err(error) = &outcome {
            tracing::warn!(%error, "looking through what is stored stands still");
            say(&deps, error).await;
        }
        deps.rescans.leave();
        // A person may have begun the next one between the end and here.
        if deps.tasks.stopping.is_cancelled() || !is_left(&deps).await || !deps.rescans.enter() {
            return;
        }
    }
}

async fn is_left(deps: &Deps) -> bool {
    let last = deps.store.last_rescan().await.ok().flatten();
    last.is_some_and(|last| last.ended_at.is_none() && last.trouble.is_none())
}

async fn say(deps: &Deps, error: &StoreError) {
    let told = async {
        if let Some(last) = deps.store.last_rescan().await? {
            deps.store.stop_rescan(last.id, error.to_string()).await?;
        }
        Ok::<_, StoreError>(())
    };
    if let Err(error) = told.await {
        deps.trouble(&error);
    }
}

async fn work_through(deps: &Arc<Deps>) -> Result<(), StoreError> {
    let Some(mut rescan) = deps.store.resume_rescan(RULES).await? else {
        return Ok(());
    };
    let seeker = clean::Seeker::of(deps).await?;
    rescan.found.missing_keys = seeker.missing_keys;
    while rescan.stage != RescanStage::Ended {
        if deps.tasks.stopping.is_cancelled() {
            return Ok(());
        }
        tracing::trace!(target: "krake::point", when = "before", point = "rescan", stage = ?rescan.stage);
        match rescan.stage {
            RescanStage::Messages => pieces::messages(deps, &mut rescan, &seeker).await?,
            RescanStage::Records => pieces::records(deps, &mut rescan, &seeker).await?,
            RescanStage::Parts => pieces::parts(deps, &mut rescan, &seeker).await?,
            RescanStage::Journal => pieces::journal(deps, &mut rescan, &seeker).await?,
            RescanStage::Index => pieces::index(deps, &mut rescan).await?,
            RescanStage::File => {
                pieces::file(deps, &mut rescan).await?;
                end(deps, &mut rescan).await?;
            }
            RescanStage::Ended => {}
        }
    }
    Ok(())
}

/// The journal says what was done, once, also where a crash comes between that and the end.
async fn end(deps: &Deps, rescan: &mut Rescan) -> Result<(), StoreError> {
    let at = clock::now();
    if !deps.store.rescan_was_told(rescan.id).await? {
        deps.store.append(told(rescan, at)).await?;
    }
    deps.store.end_rescan(rescan.clone(), at).await?;
    rescan.stage = RescanStage::Ended;
    Ok(())
}

fn told(rescan: &Rescan, at: Timestamp) -> Batch {
    let found = &rescan.found;
    let event = Event::SecretsRescanned {
        rescan: rescan.id,
        rules: rescan.rules,
        begun_at: rescan.begun_at,
        messages: found.messages,
        changed_messages: found.changed_messages,
        sessions: found.sessions,
        records: found.records,
        parts: found.changed_parts,
        replaced: found.replaced.clone(),
        by: rescan.by.clone(),
    };
    Batch {
        workspace: WorkspaceId::PERSONAL,
        execution: ExecutionId::NONE,
        events: vec![Stamped { at, event }],
        summary: None,
    }
}
