//! Limits of the operating system that end a process unless it asks to be told instead.

use std::sync::OnceLock;

/// Makes a write beyond the file size limit (`ulimit -f`) an error instead of the end of the
/// process. Safe to call often; does nothing outside a tokio runtime and where no such limit exists.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        static HANDLED: OnceLock<()> = OnceLock::new();
        if HANDLED.get().is_some() || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        // A handler that was installed once stays for the life of the process, so the listener
        // itself need not be kept. Children start with the default action again.
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ)) {
            Ok(_) => _ = HANDLED.set(()),
            Err(error) => tracing::warn!(%error, "a file size limit would end this process"),
        }
    }
}

/// The same number on Linux (all but MIPS), macOS and the BSDs.
#[cfg(unix)]
const SIGXFSZ: i32 = 25;
