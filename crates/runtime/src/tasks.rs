//! The task room: every task of the product is started here and belongs to a kind that says what
//! its end means.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where tasks live. Clones share the room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    actors: TaskTracker,
    effects: TaskTracker,
    /// Fires when the runtime stops: actors finish what they hold and end.
    pub stopping: CancellationToken,
    /// Fires when the time for a clean end is over: effects are dropped, and with them their children.
    pub dropping: CancellationToken,
}

impl Tasks {
    /// An execution's actor. It ends by itself, or soon after `stopping` fires.
    pub fn actor(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.actors.spawn(task);
    }

    /// An effect. It reports to its actor; after `dropping` nobody waits for the report.
    pub fn effect(&self, task: impl Future<Output = ()> + Send + 'static) {
        let dropping = self.dropping.clone();
        self.effects.spawn(async move {
            tokio::select! {
                () = task => {}
                () = dropping.cancelled() => {}
            }
        });
    }

    /// Waits until all effects have ended.
    pub async fn effects_ended(&self) {
        self.effects.close();
        self.effects.wait().await;
    }

    /// Waits until all actors have ended.
    pub async fn actors_ended(&self) {
        self.actors.close();
        self.actors.wait().await;
    }
}
