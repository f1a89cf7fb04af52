//! `krake mcp`: other AI tools ask Krake over the standard streams. A running owner answers where
//! there is one; else each call opens the folder for itself and lets it go again.
//!
//! **Invariant:** whoever comes this way is a machine, whichever process answers.

use std::path::{Path, PathBuf};

use krake_api::{Command, Kind};
use krake_server::mcp::{Caller, MACHINE_NAME, Pending, Refusal, over_stdio};
use serde_json::Value;

use crate::door::Door;
use crate::exit::{Exit, Stopped};

/// Serves until the client closes our standard input.
///
/// # Errors
/// The client does not speak the protocol.
pub async fn run(home: &Path) -> Result<Exit, Stopped> {
    let caller = PerCall {
        home: home.to_owned(),
    };
    over_stdio(caller)
        .await
        .map_err(|error| Stopped::Other(anyhow::anyhow!("the Model Context Protocol: {error}")))?;
    Ok(Exit::Done)
}

/// A client may stay for days, so nothing is held between two calls.
struct PerCall {
    home: PathBuf,
}

impl Caller for PerCall {
    fn call(&self, command: &'static Command, input: Value) -> Pending<'_> {
        Box::pin(async move { self.through_the_door(command, input).await.map_err(refusal) })
    }
}

impl PerCall {
    async fn through_the_door(
        &self,
        command: &'static Command,
        input: Value,
    ) -> Result<Value, Stopped> {
        let door = match command.kind {
            Kind::Command => Door::write(&self.home).await?,
            Kind::Query | Kind::Stream => Door::look_at_what_is_there(&self.home).await?,
        };
        let door = door.for_machine(MACHINE_NAME);
        let answer = door.call(command.name, input).await;
        door.close().await;
        answer
    }
}

fn refusal(stopped: Stopped) -> Refusal {
    match stopped {
        Stopped::Api(error) => error.into(),
        other => Refusal {
            code: "unavailable".to_owned(),
            message: other.to_string(),
            hint: other.hint().map(str::to_owned),
        },
    }
}
