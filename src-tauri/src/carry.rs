//! Calls of the window to the table of commands. Every name of the table is a command here; beside
//! them only the wish to take the folder over from its owner exists.

use std::str::FromStr as _;
use std::sync::Arc;

use krake_api::{Command, Kind};
use serde_json::Value;
use tauri::ipc::{Channel, Invoke, InvokeBody, InvokeError, InvokeMessage, JavaScriptChannelId};
use tauri::{Manager as _, Runtime};

use crate::core::{Core, refusal};
use crate::follow::Follows;

/// For a window that has no core yet: asks the owner of the folder to leave it.
const TAKE_OVER: &str = "owner.leave";

/// Answers a call; `false` where there is no such command.
pub fn carry<R: Runtime>(invoke: Invoke<R>) -> bool {
    if invoke.message.command() == TAKE_OVER {
        let Invoke {
            message, resolver, ..
        } = invoke;
        let core = message.webview_ref().state::<Arc<Core>>().inner().clone();
        resolver.respond_async(async move { core.take_over().await.map_err(InvokeError) });
        return true;
    }
    let Some(command) = krake_api::find(invoke.message.command()) else {
        return false;
    };
    let Invoke {
        message, resolver, ..
    } = invoke;
    let core = message.webview_ref().state::<Arc<Core>>().inner().clone();
    let input = field(&message, "input").unwrap_or_else(|| Value::Object(Default::default()));
    if command.kind != Kind::Stream {
        resolver.respond_async(call(core, command, input));
        return true;
    }
    let Some(channel) = channel(&message) else {
        resolver.reject("a stream needs a channel");
        return true;
    };
    let follows = message.webview_ref().state::<Follows>().inner().clone();
    resolver.respond_async(follow(core, command, input, channel, follows));
    true
}

async fn call(
    core: Arc<Core>,
    command: &'static Command,
    input: Value,
) -> Result<Value, InvokeError> {
    let ctx = core.ctx().await.map_err(InvokeError)?;
    command
        .call(ctx, input)
        .await
        .map_err(|error| InvokeError(refusal(&error)))
}

async fn follow(
    core: Arc<Core>,
    command: &'static Command,
    input: Value,
    channel: Channel<Value>,
    follows: Follows,
) -> Result<(), InvokeError> {
    let ctx = core.ctx().await.map_err(InvokeError)?;
    let events = command
        .open(ctx, input)
        .await
        .map_err(|error| InvokeError(refusal(&error)))?;
    follows.begin(events, channel);
    Ok(())
}

fn channel<R: Runtime>(message: &InvokeMessage<R>) -> Option<Channel<Value>> {
    let id = field(message, "channel")?;
    let id = JavaScriptChannelId::from_str(id.as_str()?).ok()?;
    Some(id.channel_on(message.webview()))
}

fn field<R: Runtime>(message: &InvokeMessage<R>, name: &str) -> Option<Value> {
    match message.payload() {
        InvokeBody::Json(fields) => fields.get(name).filter(|value| !value.is_null()).cloned(),
        InvokeBody::Raw(_) => None,
    }
}
