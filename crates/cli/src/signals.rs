//! Ctrl-C and the request to end.

use crate::exit::Stopped;

/// Both signals that ask a process to end.
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
    #[cfg(windows)]
    terminate: tokio::signal::windows::CtrlShutdown,
}

impl Signals {
    /// From here on they no longer end the process by themselves.
    ///
    /// # Errors
    /// The operating system refuses the handlers.
    pub fn take() -> Result<Self, Stopped> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        let refused = |error: std::io::Error| Stopped::Other(error.into());
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt()).map_err(refused)?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate()).map_err(refused)?,
            #[cfg(windows)]
            interrupt: tokio::signal::windows::ctrl_c().map_err(refused)?,
            #[cfg(windows)]
            terminate: tokio::signal::windows::ctrl_shutdown().map_err(refused)?,
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
