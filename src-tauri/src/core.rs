//! The core behind the window: the data folder as its owner, and the loopback server inside.
//!
//! It is opened by the first call, so the window is there at once; where another process owns the
//! folder every call says so, and the next one looks again.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use krake_api::{ApiError, Code, Core as Behind, Ctx};
use krake_domain::principal::Principal;
use krake_runtime::watch::Places;
use krake_runtime::{Drive, Options, Runtime, StartError};
use krake_server::{Raise, ServeError, Served};
use krake_store::StoreError;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::other;

const USUAL_PORT: u16 = 4177;

/// What the window is told instead of an answer, in the shape of the door's errors.
pub type Refusal = Value;

/// The data folder and what runs in it.
pub struct Core {
    home: PathBuf,
    raise: Raise,
    state: Mutex<State>,
}

enum State {
    Closed,
    Open { runtime: Runtime, served: Served },
    Stopped,
}

impl Core {
    /// A core that is not open yet; `raise` brings the window to the front.
    #[must_use]
    pub fn new(home: PathBuf, raise: Raise) -> Self {
        Self {
            home,
            raise,
            state: Mutex::new(State::Closed),
        }
    }

    /// The surroundings of one call by the person before the window. Opens the folder if needed.
    ///
    /// # Errors
    /// The folder cannot be had, with what to do about it.
    pub async fn ctx(&self) -> Result<Ctx, Refusal> {
        let mut state = self.state.lock().await;
        if matches!(&*state, State::Open { runtime, .. } if runtime.store().is_lost())
            && let State::Open { runtime, served } = std::mem::replace(&mut *state, State::Closed)
        {
            // Slept while another process took over; it may have left meanwhile.
            served.stop().await;
            let _ = runtime.stop().await;
        }
        if let State::Closed = *state {
            *state = open(&self.home, self.raise.clone()).await?;
        }
        match &*state {
            State::Open { runtime, .. } => Ok(Ctx::new(
                Behind::Owner(runtime.clone()),
                Some(Principal::owner()),
            )),
            State::Closed | State::Stopped => {
                Err(refusal(&ApiError::new(Code::Stopping, "Krake is closing")))
            }
        }
    }

    /// Asks the process that has the folder to leave it; the next call opens it here.
    ///
    /// # Errors
    /// That process does not leave for another.
    pub async fn take_over(&self) -> Result<(), Refusal> {
        if other::leave(&self.home).await {
            return Ok(());
        }
        let error = ApiError::new(Code::Conflict, "that process does not leave for another")
            .hint("end it yourself, then try again");
        Err(refusal(&error))
    }

    /// Leaves the folder: answers that are on their way finish, attempts are written down.
    pub async fn stop(&self) {
        let before = std::mem::replace(&mut *self.state.lock().await, State::Stopped);
        if let State::Open { runtime, served } = before {
            served.stop().await;
            if let Err(error) = runtime.stop().await {
                tracing::warn!(%error, "the folder was not left cleanly; the next start checks it");
            }
        }
    }
}

/// An error of the door as the window reads it.
#[must_use]
pub fn refusal(error: &ApiError) -> Refusal {
    serde_json::to_value(error).unwrap_or_else(|_| json!({ "code": "internal" }))
}

async fn open(home: &Path, raise: Raise) -> Result<State, Refusal> {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::All,
        more_tools: Vec::new(),
    };
    let runtime = krake_runtime::start(options)
        .await
        .map_err(|error| not_opened(home, &error))?;
    match serve(&runtime, raise).await {
        Ok(served) => {
            runtime.watch(Places::of_user());
            Ok(State::Open { runtime, served })
        }
        Err(error) => {
            let refused = refusal(&ApiError::new(Code::Internal, error.to_string()));
            if let Err(error) = runtime.stop().await {
                tracing::warn!(%error, "the folder was not left cleanly");
            }
            Err(refused)
        }
    }
}

/// The command line and a second start find this process through its port, whichever it is.
async fn serve(runtime: &Runtime, raise: Raise) -> Result<Served, ServeError> {
    let on = |port| krake_server::Options {
        port,
        bind: Ipv4Addr::LOCALHOST.into(),
        raise: Some(raise.clone()),
        leave: None,
    };
    match krake_server::serve(runtime.clone(), on(wanted_port())).await {
        Err(ServeError::PortInUse(port)) => {
            tracing::info!("port {port} is taken, serving on a free one");
            krake_server::serve(runtime.clone(), on(0)).await
        }
        served => served,
    }
}

fn wanted_port() -> u16 {
    let named = std::env::var("KRAKE_PORT").ok();
    named
        .and_then(|text| text.parse().ok())
        .unwrap_or(USUAL_PORT)
}

fn not_opened(home: &Path, error: &StartError) -> Refusal {
    let (code, hint) = match error {
        StartError::Store(StoreError::Owned { .. }) => (
            "owned",
            "stop that process (`krake serve` ends with Ctrl-C), then try again; or open the address it printed in a browser",
        ),
        StartError::Store(StoreError::Corrupt(_)) => (
            "corrupt",
            "restore a backup; the damaged file is kept as it is",
        ),
        StartError::Store(StoreError::DiskFull) => ("disk_full", "make space, then try again"),
        StartError::Store(_) => (
            "internal",
            "look at the folder and its rights, then try again",
        ),
    };
    json!({
        "code": code,
        "message": format!("{}: {error}", home.display()),
        "hint": hint,
    })
}
