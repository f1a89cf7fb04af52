//! A stream of the door as server-sent events.
//!
//! The stream is pulled: while a client does not read, nothing is made for it and its connection
//! holds at most one item. What it then misses in the bus ends the stream with `reset`.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use krake_api::{EventStream, StreamItem};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A comment after so much silence keeps proxies and half-open connections honest.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The answer that carries `events` until they end or `stop` fires.
pub fn answer(events: EventStream, stop: CancellationToken) -> Response {
    // The first bytes tell the client that the stream stands, before anything happens.
    let opening = stream::once(std::future::ready(": open\n\n".to_owned()));
    let text = opening.chain(with_heartbeat(events).take_until(stop.cancelled_owned()));
    let mut response = Response::new(Body::from_stream(text.map(Ok::<_, Infallible>)));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

fn with_heartbeat(events: EventStream) -> impl futures_util::Stream<Item = String> {
    stream::unfold(events, async |mut events| {
        match timeout(HEARTBEAT, events.next()).await {
            Ok(None) => None,
            Ok(Some(item)) => Some((encode(&item), events)),
            Err(_) => Some((": still here\n\n".to_owned(), events)),
        }
    })
}

/// One event in the form of the standard. JSON text holds no line breaks.
fn encode(item: &StreamItem) -> String {
    match item.id {
        Some(id) => format!("id: {id}\nevent: {}\ndata: {}\n\n", item.name, item.data),
        None => format!("event: {}\ndata: {}\n\n", item.name, item.data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn data_stays_on_one_line() {
        let item = StreamItem {
            id: Some(7),
            name: "log",
            data: json!({"line": "a\nb\r\n: c"}),
        };
        assert_eq!(
            encode(&item),
            "id: 7\nevent: log\ndata: {\"line\":\"a\\nb\\r\\n: c\"}\n\n"
        );
    }
}
