//! The way to the core: the owner that runs elsewhere, this process as the owner, or a look into
//! the folder without one. Commands are called by name and look the same in all three.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::{Stream, StreamExt as _};
use krake_api::{ApiError, Command, Core, Ctx, Kind};
use krake_domain::principal::Principal;
use krake_edge::EdgeError;
use krake_edge::loopback::{Loopback, Method};
use krake_runtime::{Drive, Options, Runtime, StartError};
use krake_server::{Served, Token};
use krake_store::{Owner, StoreError};
use serde_json::{Value, json};

use crate::columns::items;
use crate::exit::Stopped;

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
            Self::Remote(client) => call_remote(client, command, input).await,
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
            Self::Remote(client) => {
                let (path, _) = route(command, input)?;
                let events = client.stream(&path, None).await.map_err(unpack)?;
                Ok(Box::pin(events.map(|event| {
                    let event = event?;
                    Ok(Event {
                        id: event.id.and_then(|id| id.parse().ok()),
                        name: event.event,
                        data: serde_json::from_str(&event.data).unwrap_or(Value::Null),
                    })
                })))
            }
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

/// The running owner of this folder, once it has proved that it is.
///
/// # Errors
/// Something answers on its port that cannot prove it: the token was not sent.
pub async fn owner(home: &Path) -> Result<Option<Loopback>, Stopped> {
    let Some(port) = Owner::find(home).and_then(|owner| owner.port) else {
        return Ok(None);
    };
    let Ok(token) = Token::load(home) else {
        return Ok(None);
    };
    let client = Loopback::new(port, token.reveal().to_owned());
    match client.verify_owner().await {
        Ok(_) => Ok(Some(client)),
        // A stale announcement: its process ended without a farewell, and perhaps a stranger has
        // taken the port since. The lock decides who may own the folder, not this file.
        Err(
            EdgeError::Unavailable { .. }
            | EdgeError::NotTheOwner { .. }
            | EdgeError::BadAnswer { .. },
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn call_remote(client: &Loopback, command: &Command, input: Value) -> Result<Value, Stopped> {
    let method = if command.method == krake_api::Method::Get {
        Method::GET
    } else {
        Method::POST
    };
    let (path, body) = route(command, input)?;
    let body = (command.method == krake_api::Method::Post).then_some(&body);
    let answer = client.request(method, &path, body, &[]).await?;
    let value = answer.json()?;
    if answer.status < 400 {
        Ok(value)
    } else {
        Err(problem(&value).into())
    }
}

/// The address of a call, and what is left for its body.
fn route(command: &Command, input: Value) -> Result<(String, Value), Stopped> {
    let Value::Object(mut fields) = input else {
        return Err(Stopped::Other(anyhow::anyhow!(
            "the input of `{}` is no object",
            command.name
        )));
    };
    let mut path = String::new();
    for part in command.path.split('/').skip(1) {
        path.push('/');
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => path.push_str(&encode(&text(fields.remove(name).unwrap_or_default()))),
            None => path.push_str(part),
        }
    }
    if command.method == krake_api::Method::Get || command.kind == Kind::Stream {
        let query: Vec<String> = std::mem::take(&mut fields)
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}={}", encode(&text(value))))
            .collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
    }
    Ok((path, Value::Object(fields)))
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Everything but letters, digits and `-._~` as `%xx`.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                write!(encoded, "%{byte:02X}").expect("a String takes all");
            }
            encoded
        })
}

/// Problem details as the error that they were.
fn problem(value: &Value) -> ApiError {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let code = value
        .get("code")
        .and_then(|code| serde_json::from_value(code.clone()).ok());
    ApiError {
        code: code.unwrap_or(krake_api::Code::Internal),
        message: text("detail").unwrap_or_else(|| value.to_string()),
        hint: text("hint"),
        details: value.get("details").cloned(),
    }
}

/// The problem inside an answer to a stream that was refused.
fn unpack(error: EdgeError) -> Stopped {
    if let EdgeError::BadAnswer { why, .. } = &error
        && let Some(start) = why.find('{')
        && let Ok(value) = serde_json::from_str::<Value>(&why[start..])
        && value.get("code").is_some()
    {
        return problem(&value).into();
    }
    error.into()
}

fn command(name: &str) -> Result<&'static Command, Stopped> {
    krake_api::find(name)
        .with_context(|| format!("the table has no command `{name}`"))
        .map_err(Stopped::Other)
}

/// Why the folder cannot be opened, with the way out.
pub fn start_failed(error: StartError) -> Stopped {
    let missing = matches!(error, StartError::Store(StoreError::NotFound(_)));
    let error = anyhow::Error::new(error);
    Stopped::Other(if missing {
        error.context("there is no data folder yet: `krake run` or `krake serve` makes one")
    } else {
        error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_becomes_its_address_and_its_body() {
        let list = command("knowledge.search").unwrap();
        let (path, body) = route(list, json!({"query": "a b&c", "limit": 5})).unwrap();
        assert_eq!(path, "/api/knowledge/search?query=a%20b%26c&limit=5");
        assert_eq!(body, json!({}));
        let reject = command("approvals.reject").unwrap();
        let (path, body) = route(
            reject,
            json!({"id": "exe_1", "approval_id": "apr_1", "reason": "no"}),
        )
        .unwrap();
        assert_eq!(path, "/api/orchestrate/exe_1/approvals/apr_1/reject");
        assert_eq!(body, json!({"reason": "no"}));
    }
}
