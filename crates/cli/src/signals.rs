//! Ctrl-C and the request to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Both signals that ask a process to end.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// From here on they no longer end the process by themselves.
    ///
    /// # Errors
    /// The operating system refuses the handlers.
    pub fn take() -> Result<Self, crate::exit::Stopped> {
        let take = |kind| signal(kind).map_err(|error| crate::exit::Stopped::Other(error.into()));
        Ok(Self {
            interrupt: take(SignalKind::interrupt())?,
            terminate: take(SignalKind::terminate())?,
        })
    }

    /// Resolves at the next one.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
