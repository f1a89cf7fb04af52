//! What the writer's queue carries.

use tokio::sync::oneshot;

use crate::batch::Prepared;
use crate::error::StoreError;
use crate::transaction::Work;

/// What the writer is asked to do.
pub(crate) enum Job {
    Append {
        batch: Box<Prepared>,
        reply: Reply,
    },
    Write(Box<dyn Work>),
    /// Writes the file anew and empties the log; whether that is empty.
    Rewrite(oneshot::Sender<Result<bool, StoreError>>),
    /// Empties the log; whether that is empty.
    EmptyLog(oneshot::Sender<Result<bool, StoreError>>),
    Stop(oneshot::Sender<Result<(), StoreError>>),
    /// Ends without a mark.
    #[cfg(test)]
    Abandon,
    #[cfg(test)]
    Pragma(&'static str, oneshot::Sender<()>),
}

/// Tells the sequence number of the first event, when it is durable.
pub(crate) type Reply = oneshot::Sender<Result<u64, StoreError>>;
