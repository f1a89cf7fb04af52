//! Streams lose nothing and repeat nothing, however often the client comes back.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;

use crate::world::{World, uneven};

struct Stream(Lines<BufReader<TcpStream>>);

#[derive(Debug, Clone, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: Value,
}

impl Stream {
    /// Opened, and answered by the server: from here on nothing is missed.
    async fn open(world: &World, path: &str, last: Option<u64>) -> Self {
        let last = last
            .map(|id| format!("Last-Event-ID: {id}\r\n"))
            .unwrap_or_default();
        // Without it the connection would outlive a stream that has ended.
        let more = format!("{last}Connection: close\r\n");
        let mut stream = world.connect().await;
        stream
            .write_all(world.request("GET", path, None, &more).as_bytes())
            .await
            .unwrap();
        let mut lines = BufReader::new(stream).lines();
        let status = lines.next_line().await.unwrap().unwrap();
        assert!(status.contains("200"), "{status}");
        while lines.next_line().await.unwrap().unwrap() != ": open" {}
        Self(lines)
    }

    async fn next(&mut self) -> Option<Event> {
        let mut event = Event {
            id: None,
            name: String::new(),
            data: Value::Null,
        };
        loop {
            let line = self.0.next_line().await.ok()??;
            match line.split_once(": ") {
                Some(("id", id)) => event.id = id.parse().ok(),
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                _ if line.is_empty() && !event.name.is_empty() => return Some(event),
                _ => {}
            }
        }
    }

    async fn until_complete(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            let last = event.name == "complete";
            events.push(event);
            if last {
                break;
            }
        }
        events
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_reconnects_at_every_event_sees_each_once() {
    let world = World::new().await;
    // Live from before the first event, never interrupted: what there is to see.
    let whole = Stream::open(&world, "/api/events/stream", None).await;
    let id = world.run(uneven()).await;
    let path = format!("/api/orchestrate/stream/{id}");
    let mut seen: Vec<Event> = Vec::new();
    while seen.last().is_none_or(|event| event.name != "complete") {
        let last = seen.last().and_then(|event| event.id);
        let mut stream = Stream::open(&world, &path, last).await;
        seen.push(stream.next().await.expect("an event before the end"));
    }
    let whole = whole.until_complete().await;
    assert_eq!(seen, whole);
    let ids: Vec<u64> = seen.iter().map(|event| event.id.unwrap()).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>(), "gapless");
    assert_eq!(seen.last().unwrap().data["status"], "done");
    assert!(
        seen[0].data["tags"]
            .as_array()
            .unwrap()
            .contains(&json!(format!("execution:{id}")))
    );

    // After its end the stream tells the past and ends, with the query as with the header.
    let past = Stream::open(&world, &format!("{path}?after=3"), None)
        .await
        .until_complete()
        .await;
    assert_eq!(past, seen[3..]);
    let mut nothing = Stream::open(&world, &path, ids.last().copied()).await;
    assert_eq!(nothing.next().await, None);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_beside_the_journal_and_only_wanted_kinds_arrive() {
    let world = World::new().await;
    let mut changes = Stream::open(&world, "/api/events/stream?kinds=change", None).await;
    let mut ends = Stream::open(&world, "/api/events/stream?kinds=complete", None).await;
    world.run(uneven()).await;
    let entry = json!({ "title": "t", "text": "words" });
    assert_eq!(
        world
            .call("POST", "/api/knowledge", Some(entry))
            .await
            .status,
        200
    );
    let change = changes.next().await.unwrap();
    assert_eq!(
        (change.id, change.data),
        (None, json!({ "tags": ["knowledge"] }))
    );
    assert_eq!(ends.next().await.unwrap().name, "complete");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_open_streams() {
    let world = World::new().await;
    let mut open = Stream::open(&world, "/api/events/stream", None).await;
    let begun = std::time::Instant::now();
    world.close().await;
    assert_eq!(open.next().await, None);
    assert!(begun.elapsed() < std::time::Duration::from_secs(3));
}
