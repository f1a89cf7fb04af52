//! The stream of events into the window. The window has one at a time: a page that was loaded again
//! opens a new one, and the old one ends instead of talking to nobody.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt as _;
use krake_api::{EventStream, StreamItem};
use serde_json::{Value, json};
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;

/// The stream that the window follows now.
#[derive(Clone, Default)]
pub struct Follows(Arc<Mutex<CancellationToken>>);

impl Follows {
    /// Ends the stream before and begins this one.
    pub fn begin(&self, events: EventStream, channel: Channel<Value>) {
        let token = CancellationToken::new();
        let before = std::mem::replace(&mut *self.current(), token.clone());
        before.cancel();
        tracing::debug!("the window follows what happens");
        tauri::async_runtime::spawn(send(events, channel, token));
    }

    /// Ends the stream, for a window that closes.
    pub fn end(&self) {
        self.current().cancel();
    }

    fn current(&self) -> std::sync::MutexGuard<'_, CancellationToken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn send(mut events: EventStream, channel: Channel<Value>, token: CancellationToken) {
    loop {
        let next = tokio::select! {
            biased;
            () = token.cancelled() => return,
            next = events.next() => next,
        };
        let ended = next.is_none();
        // Null tells the window that the core ended the stream.
        let value = next.map_or(Value::Null, |item| message(&item));
        if channel.send(value).is_err() || ended {
            return;
        }
    }
}

fn message(item: &StreamItem) -> Value {
    json!({ "id": item.id, "name": item.name, "data": item.data })
}
