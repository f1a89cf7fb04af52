//! Limits of the operating system: too small ones are told before they end a process in the middle.

use std::sync::OnceLock;

/// Files, sockets and pipes that a core holds at once while it does little, with room for children.
const FEWEST_HANDLES: u64 = 64;
/// What is asked for where the system lets a process choose: more than the server's connections. A
/// desktop's usual limit is 256 to 1,024.
#[cfg(unix)]
const ENOUGH_HANDLES: u64 = 4_096;
/// Stacks of threads and the allocator's arenas are reserved, not used; they count all the same.
const LEAST_ADDRESS_SPACE: u64 = 512 << 20;

/// A limit under which nothing is begun. The runtime and its threads would end the process where
/// they meet it, in the middle of whatever it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TooSmall {
    #[error(
        "this process may open {0} files, and Krake needs at least {FEWEST_HANDLES}: raise the limit, for example with `ulimit -n 1024`"
    )]
    Handles(u64),
    #[error(
        "this process may use {} MiB of address space, and Krake needs at least {}: raise the limit, for example with `ulimit -v unlimited`",
        .0 >> 20, LEAST_ADDRESS_SPACE >> 20
    )]
    AddressSpace(u64),
}

/// Raises the number of files that this process may open as far as it may and needs, and refuses
/// limits that are too small to begin. For the first line of a binary.
///
/// # Errors
/// A limit is too small, and this process may not raise it.
pub fn begin() -> Result<(), TooSmall> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let handles = getrlimit(Resource::Nofile);
        if let Some(now) = handles.current {
            let most = handles
                .maximum
                .unwrap_or(ENOUGH_HANDLES)
                .min(ENOUGH_HANDLES);
            let raised = Rlimit {
                current: Some(most),
                maximum: handles.maximum,
            };
            let now = if most > now && setrlimit(Resource::Nofile, raised).is_ok() {
                most
            } else {
                now
            };
            if now < FEWEST_HANDLES {
                return Err(TooSmall::Handles(now));
            }
        }
        if let Some(space) = getrlimit(Resource::As).current
            && space < LEAST_ADDRESS_SPACE
        {
            return Err(TooSmall::AddressSpace(space));
        }
    }
    Ok(())
}

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
