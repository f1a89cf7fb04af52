//! Everything that happens, as a stream: first the tail of the journal, then live.
//!
//! **Invariant:** every journal event after the given one comes exactly once, in order. The bus is
//! subscribed to before the journal is read, and what the journal has given already is skipped.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use krake_domain::event::Record;
use krake_domain::id::ExecutionId;
use krake_runtime::LogLine;
use krake_store::{Commit, Store, Tag};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::command::EventStream;
use crate::context::Ctx;
use crate::error::ApiError;
use crate::event::{EventView, StreamItem, stream_name};
use crate::logs::LogView;

/// Read from the journal at once.
const CHUNK: u32 = 64;

/// Where to go on.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamEvents {
    /// Events after this sequence number; absent: only what happens from now on.
    pub after: Option<u64>,
    /// Only these names, with commas between: `progress,log,partial,approval,complete,change`.
    pub kinds: Option<String>,
}

/// One execution's events.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamExecution {
    pub id: ExecutionId,
    /// Events after this sequence number; 0 when absent: from its beginning.
    pub after: Option<u64>,
}

/// `events.stream`
pub async fn events(ctx: Ctx, input: StreamEvents) -> Result<EventStream, ApiError> {
    let live = Live::subscribe(&ctx);
    let mut tail = Tail::new(&ctx, live, input.after).await?;
    tail.kinds = input.kinds.map(|kinds| {
        kinds
            .split(',')
            .map(|kind| kind.trim().to_owned())
            .collect()
    });
    Ok(tail.into_stream())
}

/// `executions.stream`: ends after the event `complete`.
pub async fn execution(ctx: Ctx, input: StreamExecution) -> Result<EventStream, ApiError> {
    let live = Live::subscribe(&ctx);
    let row = ctx.row(input.id).await?;
    // What has ended tells only its past.
    let live = live.filter(|_| !row.summary.is_over());
    let mut tail = Tail::new(&ctx, live, Some(input.after.unwrap_or(0))).await?;
    tail.execution = Some(input.id);
    Ok(tail.into_stream())
}

/// What happens from now on. A process that only reads the folder sees nothing live.
struct Live {
    commits: Receiver<Arc<Commit>>,
    logs: Receiver<LogLine>,
}

struct Tail {
    store: Store,
    execution: Option<ExecutionId>,
    kinds: Option<Vec<String>>,
    /// The sequence number up to which the reader has everything.
    last: u64,
    catching_up: bool,
    ready: Ready,
    live: Option<Live>,
    over: bool,
}

/// What can be given before anything is waited for. It stays small for a reader that stopped
/// reading: views without their payloads, or a commit that is shared with all other readers.
enum Ready {
    Nothing,
    Past(std::vec::IntoIter<(&'static str, EventView)>),
    Commit { commit: Arc<Commit>, at: usize },
    One(StreamItem),
}

impl Live {
    fn subscribe(ctx: &Ctx) -> Option<Self> {
        let runtime = ctx.owner().ok()?;
        Some(Self {
            commits: runtime.store().commits(),
            logs: runtime.logs().subscribe(),
        })
    }
}

impl Tail {
    /// `live` was subscribed to before this reads where the journal stands.
    async fn new(ctx: &Ctx, live: Option<Live>, after: Option<u64>) -> Result<Self, ApiError> {
        let store = ctx.store()?.clone();
        let head = store.head().await?.seq;
        let mut tail = Self {
            store,
            execution: None,
            kinds: None,
            last: after.unwrap_or(head).min(head),
            catching_up: true,
            ready: Ready::Nothing,
            live,
            over: false,
        };
        if after.is_some_and(|after| after > head) {
            // An id of another data folder: going on after it would hide everything up to it.
            tail.reset();
        }
        Ok(tail)
    }

    fn into_stream(self) -> EventStream {
        Box::pin(
            stream::unfold(self, |mut tail| async move {
                tail.next().await.map(|item| (item, tail))
            })
            .fuse(),
        )
    }

    async fn next(&mut self) -> Option<StreamItem> {
        loop {
            while let Some(item) = self.take_ready() {
                if self.is_wanted(&item) {
                    return Some(item);
                }
            }
            if self.over {
                return None;
            }
            if self.catching_up {
                self.catch_up().await;
            } else {
                self.listen().await;
            }
        }
    }

    /// The next item that is there already.
    fn take_ready(&mut self) -> Option<StreamItem> {
        match std::mem::replace(&mut self.ready, Ready::Nothing) {
            Ready::Nothing => None,
            Ready::One(item) => Some(item),
            Ready::Past(mut views) => {
                let (name, view) = views.next()?;
                self.ready = Ready::Past(views);
                Some(self.give(StreamItem::of_view(name, &view)))
            }
            Ready::Commit { commit, mut at } => {
                while let Some(record) = commit.records.get(at) {
                    at += 1;
                    if self.is_new(record) {
                        self.ready = Ready::Commit {
                            commit: commit.clone(),
                            at,
                        };
                        return Some(self.give(StreamItem::of(record)));
                    }
                }
                self.beside(&commit)
            }
        }
    }

    async fn catch_up(&mut self) {
        match self
            .store
            .events_after(self.last, self.execution, CHUNK)
            .await
        {
            Ok(records) => {
                self.catching_up = records.len() == CHUNK as usize;
                self.over = !self.catching_up && self.live.is_none();
                let views: Vec<_> = records
                    .iter()
                    .map(|record| (stream_name(&record.event), EventView::of(record)))
                    .collect();
                self.ready = Ready::Past(views.into_iter());
            }
            Err(error) => {
                tracing::warn!(%error, "a stream could not read the journal");
                self.reset();
            }
        }
    }

    async fn listen(&mut self) {
        let Some(live) = &mut self.live else {
            self.over = true;
            return;
        };
        tokio::select! {
            // Journal first: a log line never runs ahead of the event that it belongs to.
            biased;
            commit = live.commits.recv() => match commit {
                Ok(commit) => self.ready = Ready::Commit { commit, at: 0 },
                Err(RecvError::Closed) => self.over = true,
                // The reader was slower than the bus keeps: it comes back with its last id.
                Err(RecvError::Lagged(_)) => self.reset(),
            },
            line = live.logs.recv() => match line {
                Ok(line) => self.take_line(&line),
                Err(RecvError::Closed) => self.over = true,
                Err(RecvError::Lagged(missed)) => {
                    self.ready = Ready::One(StreamItem {
                        id: None,
                        name: "log",
                        data: json!({ "missed": missed }),
                    });
                }
            },
        }
    }

    fn is_new(&self, record: &Record) -> bool {
        record.seq > self.last
            && self
                .execution
                .is_none_or(|execution| execution == record.execution)
    }

    /// Remembers how far the reader is; the last event of its execution ends the stream.
    fn give(&mut self, item: StreamItem) -> StreamItem {
        self.last = item.id.unwrap_or(self.last);
        if self.execution.is_some() && item.name == "complete" {
            self.over = true;
            self.ready = Ready::Nothing;
        }
        item
    }

    /// What a commit changed that is not in the journal.
    fn beside(&self, commit: &Commit) -> Option<StreamItem> {
        let beside: Vec<String> = commit
            .tags
            .iter()
            .filter_map(|tag| beside_journal(*tag))
            .collect();
        (self.execution.is_none() && !beside.is_empty()).then(|| StreamItem {
            id: None,
            name: "change",
            data: json!({ "tags": beside }),
        })
    }

    fn take_line(&mut self, line: &LogLine) {
        if self
            .execution
            .is_none_or(|execution| execution == line.execution)
        {
            self.ready = Ready::One(StreamItem {
                id: None,
                name: "log",
                data: serde_json::to_value(LogView::of(line)).expect("a view is plain data"),
            });
        }
    }

    fn is_wanted(&self, item: &StreamItem) -> bool {
        let listed = |kinds: &Vec<String>| kinds.iter().any(|kind| kind == item.name);
        item.name == "reset" || self.kinds.as_ref().is_none_or(listed)
    }

    fn reset(&mut self) {
        self.over = true;
        self.ready = Ready::One(StreamItem {
            id: None,
            name: "reset",
            data: json!({ "last": self.last }),
        });
    }
}

/// The tags of what is not in the journal; the others come with their events.
fn beside_journal(tag: Tag) -> Option<String> {
    match tag {
        Tag::Knowledge => Some("knowledge".to_owned()),
        Tag::Projects => Some("projects".to_owned()),
        Tag::Sessions => Some("sessions".to_owned()),
        Tag::Session(id) => Some(format!("session:{id}")),
        Tag::Limit(id) => Some(format!("limit:{id}")),
        // A revocation is not in the journal; what is said twice is only read twice.
        Tag::Threads => Some("threads".to_owned()),
        Tag::Rules => Some("policies".to_owned()),
        Tag::Accounts => Some("accounts".to_owned()),
        Tag::Budgets => Some("budgets".to_owned()),
        Tag::Snapshots => Some("snapshots".to_owned()),
        Tag::Handoffs => Some("handoffs".to_owned()),
        Tag::Recommendations => Some("recommendations".to_owned()),
        Tag::Capsules => Some("capsules".to_owned()),
        Tag::Secrets => Some("secrets".to_owned()),
        Tag::Meaning => Some("meaning".to_owned()),
        Tag::Backups => Some("backups".to_owned()),
        Tag::CompressionRules => Some("compression_rules".to_owned()),
        Tag::Executions | Tag::Execution(_) | Tag::Approvals => None,
    }
}

#[cfg(test)]
#[path = "stream_test.rs"]
mod tests;
