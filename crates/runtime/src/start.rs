//! The one place where the parts meet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use krake_domain::handoff::HandoffState;
use krake_domain::id::ExecutionId;
use krake_domain::tool::Catalog;
use krake_edge::http::Client;
use krake_edge::vault::Vault;
use krake_engine::execution::{Input, Schemas, ask_user_spec, fold, wait_spec};
use krake_engine::secrets::RULES;
use krake_store::{HandoffFilter, Store, StoreError};
use krake_tools::tool::Tool;
use tokio::sync::{Semaphore, watch};

use crate::accounts::known::KnownKeys;
use crate::accounts::tool_logs;
use crate::backup::{self, Backups};
use crate::handle::Runtime;
use crate::hub::Hub;
use crate::logs::Logs;
use crate::planner::model::Models;
use crate::playbooks::Playbooks;
use crate::rules::Rules;
use crate::secrets::Safes;
use crate::tasks::Tasks;
use crate::watch::Watched;
use crate::{accounts, actor, capsule, handoff, inner, meaning, rescan, secrets, threads};

/// Hands at work at the same time, over all executions.
const PLACES: usize = 256;

/// How to start.
pub struct Options {
    /// The data folder; it is made if it is missing.
    pub home: PathBuf,
    pub drive: Drive,
    /// Tools beside the built-in ones.
    pub more_tools: Vec<Arc<dyn Tool>>,
}

/// Which executions this process drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// All unfinished ones: the desktop and `krake serve`.
    All,
    /// Only those that it is asked to: one command.
    Named,
}

/// Why there is no runtime.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the parts of a runtime share.
pub(crate) struct Deps {
    pub store: Store,
    pub catalog: Arc<Catalog>,
    pub schemas: Schemas,
    pub tools: BTreeMap<String, Arc<dyn Tool>>,
    pub hub: Hub,
    pub tasks: Tasks,
    pub logs: Logs,
    pub places: Semaphore,
    pub playbooks: Playbooks,
    /// Set by the first look into the environment, or by whoever knows better before that.
    pub models: OnceLock<Models>,
    pub rules: Rules,
    /// Whether everything that is unfinished is driven here.
    pub drives_all: bool,
    /// What the watcher of other tools' stores does.
    pub watched: Arc<watch::Sender<Watched>>,
    pub vault: Vault,
    pub known_keys: KnownKeys,
    pub safes: Safes,
    /// Made when it is first needed: it reads what this machine trusts.
    pub client: OnceLock<Client>,
    pub backups: Backups,
    pub meaning: meaning::Room,
    pub rescans: rescan::Room,
    trouble: watch::Sender<Option<String>>,
}

impl Deps {
    /// Remembers what is wrong with the storage, for the banner; said once in the log.
    pub fn trouble(&self, error: &StoreError) {
        let text = error.to_string();
        let is_news = self.trouble.send_if_modified(|known| {
            let is_news = known.as_ref() != Some(&text);
            known.clone_from(&Some(text));
            is_news
        });
        if is_news {
            tracing::warn!(%error, "the journal cannot be written; what waits is tried again");
        }
    }

    /// Something was written again.
    pub fn no_trouble(&self) {
        self.trouble
            .send_if_modified(|known| known.take().is_some());
    }

    pub fn watch_trouble(&self) -> watch::Receiver<Option<String>> {
        self.trouble.subscribe()
    }
}

/// Takes the data folder as its owner and goes on with what was unfinished.
///
/// # Errors
/// Another process owns the folder, or the database cannot be used; see [`StoreError`].
pub async fn start(options: Options) -> Result<Runtime, StartError> {
    let store = Store::open_owner(&options.home).await?;
    crate::import::clear_spool(&options.home).await;
    let rules = store.rules_in_force(crate::clock::now()).await?;
    let deps = Arc::new(meet(store, options.more_tools, options.drive == Drive::All));
    deps.rules.add(rules);
    backup::pause_restored(&deps).await?;
    if let Err(error) = capsule::settle_playbooks(&deps.store).await {
        tracing::warn!(%error, "playbooks of an import wait to be written");
    }
    let lost = deps.store.settle_lost_calls().await?;
    if lost > 0 {
        tracing::warn!(lost, "calls of models whose end is not known count in full");
    }
    deps.store.note_rules(RULES, crate::clock::now()).await?;
    if options.drive == Drive::All {
        let sweeping = deps.clone();
        deps.tasks.effect(async move {
            accounts::sweep(&sweeping).await;
            secrets::sweep(&sweeping).await;
        });
        let (unfinished, waking) = (deps.store.unfinished().await?, deps.clone());
        // Beside the start: whoever asks for one of them before its turn wakes it.
        deps.tasks
            .actor(async move { wake_all(&waking, unfinished).await });
        deps.tasks.actor(threads::wake_sleepers(deps.clone()));
        deps.tasks.actor(rescan::resume(deps.clone()));
        let runtime = Runtime::new(deps.clone());
        let preparing = HandoffFilter::in_state(HandoffState::Preparing);
        let sent = deps.store.list_handoffs(preparing);
        let sent = sent.await?.into_iter().map(|handoff| handoff.id).collect();
        deps.tasks
            .effect(handoff::finish_all(runtime.clone(), sent));
        deps.tasks.actor(meaning::keep_up(runtime.clone()));
        deps.tasks.actor(tool_logs::follow(runtime.clone()));
        deps.tasks.actor(handoff::follow(runtime));
        deps.tasks
            .actor(backup::keep_up(deps.clone(), backup::Waits::default()));
    }
    Ok(Runtime::new(deps))
}

/// Opens the data folder for looking only; commands that write are refused by the store.
///
/// # Errors
/// There is no database, or it cannot be read.
pub async fn open_reader(home: &Path) -> Result<Runtime, StartError> {
    let store = Store::open_reader(home).await?;
    Ok(Runtime::new(Arc::new(meet(store, Vec::new(), false))))
}

/// The tools that every installation has, for checks that need no data folder.
#[must_use]
pub fn builtin_catalog() -> Catalog {
    let specs = krake_tools::builtin()
        .into_iter()
        .map(|tool| tool.spec().clone())
        .chain(inner::specs())
        .chain([wait_spec(), ask_user_spec()]);
    Catalog::new(specs, krake_tools::PLANNED)
}

fn meet(store: Store, more: Vec<Arc<dyn Tool>>, drives_all: bool) -> Deps {
    let vault = Vault::new(store.dir());
    let known_keys = KnownKeys::new(store.clone(), vault.clone());
    let tools: BTreeMap<String, Arc<dyn Tool>> = krake_tools::builtin()
        .into_iter()
        .chain(inner::inner_tools(store.clone(), known_keys.clone()))
        .chain(more)
        .map(|tool| (tool.spec().name.clone(), tool))
        .collect();
    let catalog = Catalog::new(
        tools
            .values()
            .map(|tool| tool.spec().clone())
            .chain([wait_spec(), ask_user_spec()]),
        krake_tools::PLANNED,
    );
    let safes = known_keys.safes().clone();
    Deps {
        schemas: Schemas::new(&catalog),
        catalog: Arc::new(catalog),
        tools,
        hub: Hub::default(),
        tasks: Tasks::default(),
        logs: Logs::new(store.dir()),
        places: Semaphore::new(PLACES),
        playbooks: Playbooks::new(store.dir()),
        models: OnceLock::new(),
        rules: Rules::default(),
        drives_all,
        watched: Arc::new(watch::Sender::new(Watched::default())),
        vault,
        known_keys,
        safes,
        client: OnceLock::new(),
        backups: Backups::default(),
        meaning: meaning::Room::default(),
        rescans: rescan::Room::default(),
        trouble: watch::Sender::new(None),
        store,
    }
}

async fn wake_all(deps: &Arc<Deps>, unfinished: Vec<ExecutionId>) {
    for id in unfinished {
        if deps.tasks.stopping.is_cancelled() {
            return;
        }
        if let Err(error) = wake(deps, id).await {
            tracing::error!(execution = %id, %error, "this execution could not be taken up again");
            deps.trouble(&error);
        }
    }
}

/// Brings an unfinished execution to life: its state is folded, and the engine decides how to go on.
pub(crate) async fn wake(deps: &Arc<Deps>, id: ExecutionId) -> Result<(), StoreError> {
    if deps.hub.find(id).is_some() {
        return Ok(());
    }
    let records = deps.store.load_execution(id).await?;
    let state = fold(&records).map_err(|fault| StoreError::Corrupt(fault.to_string()))?;
    let (mailbox, actor) = actor::create(deps.clone(), state);
    if deps.hub.enter(id, mailbox).is_ok() {
        let recover = Input::Recover {
            epoch: deps.store.epoch(),
            after_crash: !deps.store.was_clean(),
        };
        deps.tasks.actor(actor.run(Some(recover)));
    }
    Ok(())
}
