//! The way to the core: the owner that runs elsewhere, this process as the owner, or a look into
//! the folder without one. Commands are called by name and look the same in all three.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::{Stream, StreamExt as _};
use krake_api::{Command, Core, Ctx};
use krake_domain::principal::Principal;
use krake_edge::loopback::Loopback;
use krake_runtime::{Drive, Options, Runtime, StartError};
use krake_server::Served;
use krake_store::StoreError;
use serde_json::{Value, json};

use crate::columns::items;
use crate::exit::Stopped;
use crate::remote::{self, owner};

/// How long a starting or stopping owner may keep the folder to itself.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// An open door.
pub enum Door {
    /// Another process owns the folder.
    Remote(Loopback),
    /// This process owns it, and serves others meanwhile.
    Owner {
        ctx: Ctx,
        runtime: Runtime,
        served: Served,
    },
    /// Nobody owns it, or it is not there: only looked at.
    Reader(Ctx),
}

/// One event of a stream.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: Option<u64>,
    pub name: String,
    pub data: Value,
}

/// Events until the other side ends them.
pub type Events = std::pin::Pin<Box<dyn Stream<Item = Result<Event, Stopped>> + Send>>;

impl Door {
    /// For queries: never writes and never takes the lock.
    ///
    /// # Errors
    /// There is no data folder yet, or it cannot be read.
    pub async fn look(home: &Path) -> Result<Self, Stopped> {
        if let Some(client) = owner(home).await? {
            return Ok(Self::Remote(client));
        }
        let reader = krake_runtime::open_reader(home)
            .await
            .map_err(start_failed)?;
        Ok(Self::Reader(Ctx::new(
            Core::Reader(reader),
            Some(Principal::owner()),
        )))
    }

    /// For those who begin: a query where there is a data folder; where there is none it is made, and
    /// the answer is that of an empty one.
    ///
    /// # Errors
    /// As [`Door::look`] and [`Door::write`].
    pub async fn look_or_begin(home: &Path) -> Result<Self, Stopped> {
        if let Some(client) = owner(home).await? {
            return Ok(Self::Remote(client));
        }
        match krake_runtime::open_reader(home).await {
            Ok(reader) => Ok(Self::Reader(Ctx::new(
                Core::Reader(reader),
                Some(Principal::owner()),
            ))),
            Err(StartError::Store(StoreError::NotFound(_))) => Self::write(home).await,
            Err(error) => Err(start_failed(error)),
        }
    }

    /// For what this build can do, whether or not there is a data folder.
    ///
    /// # Errors
    /// As [`owner`].
    pub async fn look_without_data(home: &Path) -> Result<Self, Stopped> {
        if let Some(client) = owner(home).await? {
            return Ok(Self::Remote(client));
        }
        Ok(Self::Reader(Ctx::new(
            Core::bare(home),
            Some(Principal::owner()),
        )))
    }

    /// For queries of any kind: with the data where there is some, else without.
    ///
    /// # Errors
    /// The data cannot be read.
    pub async fn look_at_what_is_there(home: &Path) -> Result<Self, Stopped> {
        if let Some(client) = owner(home).await? {
            return Ok(Self::Remote(client));
        }
        let core = match krake_runtime::open_reader(home).await {
            Ok(reader) => Core::Reader(reader),
            Err(StartError::Store(StoreError::NotFound(_))) => Core::bare(home),
            Err(error) => return Err(start_failed(error)),
        };
        Ok(Self::Reader(Ctx::new(core, Some(Principal::owner()))))
    }

    /// For commands that write: the running owner, else this process becomes it and drives only
    /// the executions that it names.
    ///
    /// # Errors
    /// The folder stays owned by a process that does not answer, or cannot be opened.
    pub async fn write(home: &Path) -> Result<Self, Stopped> {
        let begun = Instant::now();
        loop {
            if let Some(client) = owner(home).await? {
                return Ok(Self::Remote(client));
            }
            let options = Options {
                home: home.to_owned(),
                drive: Drive::Named,
                more_tools: Vec::new(),
            };
            match krake_runtime::start(options).await {
                Ok(runtime) => return Self::own(runtime).await,
                // The owner is just starting or stopping: it will answer, or let go.
                Err(StartError::Store(StoreError::Owned { .. })) if begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(error) => return Err(start_failed(error)),
            }
        }
    }

    /// The owner that runs elsewhere, or an error that says how to start one.
    ///
    /// # Errors
    /// Nobody owns the folder.
    pub async fn running(home: &Path, what: &str) -> Result<Self, Stopped> {
        match owner(home).await? {
            Some(client) => Ok(Self::Remote(client)),
            None => Err(Stopped::usage(format!(
                "{what} needs a running owner: start the app or `krake serve` first, or leave it out"
            ))),
        }
    }

    async fn own(runtime: Runtime) -> Result<Self, Stopped> {
        // Others who want to answer or to cancel find this process through its port.
        let options = krake_server::Options {
            port: 0,
            ..Default::default()
        };
        let served = krake_server::serve(runtime.clone(), options)
            .await
            .map_err(|error| Stopped::Other(error.into()))?;
        let ctx = Ctx::new(Core::Owner(runtime.clone()), Some(Principal::owner()));
        Ok(Self::Owner {
            ctx,
            runtime,
            served,
        })
    }

    /// The same door for a machine: what comes through it is no person's word, and is journaled so.
    #[must_use]
    pub fn for_machine(self, name: &'static str) -> Self {
        match self {
            Self::Remote(client) => Self::Remote(client.with_header(krake_server::MACHINE, name)),
            Self::Owner {
                ctx,
                runtime,
                served,
            } => Self::Owner {
                ctx: ctx.for_machine(name),
                runtime,
                served,
            },
            Self::Reader(ctx) => Self::Reader(ctx.for_machine(name)),
        }
    }

    /// Whether another process does the work.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        matches!(self, Self::Remote(_))
    }

    /// Calls a command of the table by its name.
    ///
    /// # Errors
    /// What the command says, or what stands between.
    pub async fn call(&self, name: &str, input: Value) -> Result<Value, Stopped> {
        let command = command(name)?;
        match self {
            Self::Remote(client) => remote::call(client, command, input).await,
            Self::Owner { ctx, .. } | Self::Reader(ctx) => {
                Ok(command.call(ctx.clone(), input).await?)
            }
        }
    }

    /// Opens a stream of the table by its name.
    ///
    /// # Errors
    /// As [`Door::call`].
    pub async fn open(&self, name: &str, input: Value) -> Result<Events, Stopped> {
        let command = command(name)?;
        match self {
            Self::Remote(client) => remote::open(client, command, input).await,
            Self::Owner { ctx, .. } | Self::Reader(ctx) => {
                let events = command.open(ctx.clone(), input).await?;
                Ok(Box::pin(events.map(|item| {
                    Ok(Event {
                        id: item.id,
                        name: item.name.to_owned(),
                        data: item.data,
                    })
                })))
            }
        }
    }

    /// The journal's last sequence number: what comes after it is new.
    ///
    /// # Errors
    /// As [`Door::call`].
    pub async fn now(&self) -> Result<u64, Stopped> {
        let head = self.call("audit.head", json!({})).await?;
        Ok(head["seq"].as_u64().unwrap_or(0))
    }

    /// Takes up an execution that nobody drives; one that is paused stays so.
    ///
    /// # Errors
    /// It has ended, or the journal cannot be read.
    pub async fn take_up(&self, id: &str) -> Result<(), Stopped> {
        let shown = self.call("executions.show", json!({ "id": id })).await?;
        if matches!(
            shown["execution"]["status"].as_str(),
            Some("running" | "waiting" | "cancelling")
        ) {
            self.call("executions.resume", json!({ "id": id })).await?;
        }
        Ok(())
    }

    /// Whether this process is the owner and some execution moves in it.
    ///
    /// # Errors
    /// As [`Door::call`].
    pub async fn drives_something(&self) -> Result<bool, Stopped> {
        let Self::Owner { runtime, .. } = self else {
            return Ok(false);
        };
        if runtime.living() == 0 {
            return Ok(false);
        }
        let running = self
            .call(
                "executions.list",
                json!({ "status": "running", "limit": 500 }),
            )
            .await?;
        let ids = items(&running)
            .iter()
            .filter_map(|row| row["id"].as_str()?.parse().ok());
        // What a crash left behind runs nowhere until somebody takes it up.
        Ok(ids.into_iter().any(|id| runtime.progress(id).is_some()))
    }

    /// Leaves the folder as a clean stop does; a remote owner is left alone.
    pub async fn close(self) {
        if let Self::Owner {
            runtime, served, ..
        } = self
        {
            served.stop().await;
            if let Err(error) = runtime.stop().await {
                tracing::warn!(%error, "the folder was not left cleanly; the next start checks it");
            }
        }
    }
}

fn command(name: &str) -> Result<&'static Command, Stopped> {
    krake_api::find(name)
        .with_context(|| format!("the table has no command `{name}`"))
        .map_err(Stopped::Other)
}

/// Why the folder cannot be opened, with the way out.
pub fn start_failed(error: StartError) -> Stopped {
    let StartError::Store(cause) = &error;
    let way_out = match cause {
        StoreError::NotFound(_) => {
            return Stopped::Other(anyhow::anyhow!(
                "there is no data folder yet: the app, `krake serve` or any command that writes makes \
                 one; `krake projects found` is a way to begin"
            ));
        }
        StoreError::RolledBack { .. } => {
            "put the newer database back, or go on with this one by `krake db accept-rollback`"
        }
        StoreError::Corrupt(_) => {
            "look with `krake backup list` and put a backup in its place with `krake backup restore` (the damaged file is kept), or start with another folder by `--home`"
        }
        _ => return Stopped::Other(error.into()),
    };
    Stopped::Other(anyhow::Error::new(error).context(way_out))
}
