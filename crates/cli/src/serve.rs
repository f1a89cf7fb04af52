//! `krake serve`: the core without a window. It owns the folder and drives everything unfinished.

use std::path::Path;
use std::time::Duration;

use krake_runtime::watch::Places;
use krake_runtime::{Drive, Options};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::args::Serve;
use crate::door::start_failed;
use crate::exit::{Exit, Stopped};
use crate::out::{Out, say};
use crate::signals::Signals;

/// What does not end in this time is left to the recovery of the next start.
const STOP_TIME: Duration = Duration::from_millis(2_800);

/// Serves until a signal, or the app, asks it to end, or another process has taken the folder over.
///
/// # Errors
/// The folder is owned by another process, or was lost to one; the port is taken.
pub async fn run(home: &Path, out: Out, args: Serve) -> Result<Exit, Stopped> {
    let mut signals = Signals::take()?;
    let options = Options {
        home: home.to_owned(),
        drive: Drive::All,
        more_tools: Vec::new(),
    };
    let runtime = krake_runtime::start(options).await.map_err(start_failed)?;
    let leave = CancellationToken::new();
    let options = krake_server::Options {
        port: args.port,
        bind: args.bind,
        raise: None,
        leave: Some(leave.clone()),
    };
    let served = match krake_server::serve(runtime.clone(), options).await {
        Ok(served) => served,
        Err(error) => {
            let _ = runtime.stop().await;
            return Err(Stopped::Other(error.into()));
        }
    };
    runtime.watch(Places::of_user());
    let address = served.address_with_token();
    out.answer(
        &json!({ "address": served.address(), "port": served.port, "open": address }),
        |_| address.clone(),
    )?;
    let lost = tokio::select! {
        () = signals.next() => None,
        () = leave.cancelled() => None,
        // Nothing that it does counts any more: it leaves the port and the calls to its heir.
        error = runtime.store().lost() => Some(error),
    };
    out.note("stopping");
    let stop = async {
        served.stop().await;
        runtime.stop().await
    };
    tokio::select! {
        stopped = stop => match stopped {
            Ok(()) => Ok(Exit::Done),
            Err(error) if lost.is_some() => Err(Stopped::Other(error.into())),
            Err(error) => Err(Stopped::Other(anyhow::Error::new(error).context("leaving the data folder"))),
        },
        () = tokio::time::sleep(STOP_TIME) => {
            say("krake: not everything ended in time; the next start recovers it");
            Ok(Exit::Failed)
        }
        () = signals.next() => Ok(Exit::Cancelled),
    }
}
