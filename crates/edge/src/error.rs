//! What can go wrong on the way out, sorted by what the caller can do about it.

use std::io;
use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};

/// One closed set for files, processes and the loopback. `what` names the thing in the caller's
/// words: a path, a program, an address.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The path cannot name anything inside a root, whatever lies there.
    #[error("`{path}` is not a path inside the root: {why}")]
    BadPath { path: String, why: &'static str },
    /// A link on the way leads out of the root.
    #[error("`{path}` leads out of the root `{root}` through a link")]
    Escapes { path: String, root: String },
    /// Something is there, but of another kind.
    #[error("{what} is {found}, expected {expected}")]
    WrongKind {
        what: String,
        expected: &'static str,
        found: &'static str,
    },
    #[error("{what} does not exist")]
    NotFound { what: String },
    #[error("no access to {what}: {why}")]
    NoAccess { what: String, why: String },
    /// The target is not in the state that the caller expected; nothing was written.
    #[error("{what} changed since it was looked at")]
    Changed { what: String },
    /// No space, no quota, or over the file size limit of this process.
    #[error("no room to write {what}: {why}")]
    DiskFull { what: String, why: String },
    #[error("{what} is larger than {cap} bytes")]
    TooLarge { what: String, cap: u64 },
    #[error("{what} took longer than {} ms", after.as_millis())]
    TimedOut { what: String, after: Duration },
    #[error("{what} was cancelled")]
    Cancelled { what: String },
    /// Nobody answers there.
    #[error("{what} cannot be reached: {why}")]
    Unavailable { what: String, why: String },
    /// Somebody answers, but not in the agreed form.
    #[error("{what} sent an answer that cannot be read: {why}")]
    BadAnswer { what: String, why: String },
    /// Whoever listens there could not prove that it holds the token; the token was not sent.
    #[error(
        "whoever listens on {what} is not the owner of this data folder; the token was not sent"
    )]
    NotTheOwner { what: String },
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
}

impl EdgeError {
    /// Sorts an error of the operating system.
    #[must_use]
    pub fn from_io(what: impl Into<String>, source: io::Error) -> Self {
        let what = what.into();
        let why = plain(&source.to_string());
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { what },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NoAccess { what, why }
            }
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull { what, why },
            io::ErrorKind::NotADirectory => Self::WrongKind {
                what,
                expected: "a folder on the way",
                found: "a file",
            },
            io::ErrorKind::IsADirectory => Self::WrongKind {
                what,
                expected: "a file",
                found: "a folder",
            },
            _ if cfg!(unix) && source.raw_os_error() == Some(ELOOP) => Self::WrongKind {
                what,
                expected: "a file or a folder",
                found: "a link that leads to itself",
            },
            _ => Self::Io { what, source },
        }
    }
}

impl From<EdgeError> for Failure {
    fn from(error: EdgeError) -> Self {
        let class = match &error {
            EdgeError::BadPath { .. } | EdgeError::Escapes { .. } | EdgeError::WrongKind { .. } => {
                FailureClass::BadInput
            }
            EdgeError::NotFound { .. } => FailureClass::NotFound,
            EdgeError::NoAccess { .. } | EdgeError::NotTheOwner { .. } => FailureClass::NoAccess,
            EdgeError::Changed { .. } => FailureClass::TargetChanged,
            EdgeError::DiskFull { .. } => FailureClass::DiskFull,
            EdgeError::TooLarge { .. } => FailureClass::TooLarge,
            EdgeError::TimedOut { .. } => FailureClass::Timeout,
            EdgeError::Cancelled { .. } => FailureClass::Cancelled,
            EdgeError::Unavailable { .. } | EdgeError::Io { .. } => FailureClass::Unavailable,
            EdgeError::BadAnswer { .. } => FailureClass::BadOutput,
        };
        Self::new(class, error.to_string())
    }
}

/// `std` has no stable name for a link that leads to itself.
const ELOOP: i32 = if cfg!(target_os = "linux") { 40 } else { 62 };

/// The reason alone, without the number that `std` appends to it.
pub(crate) fn plain(text: &str) -> String {
    let end = text.find(" (os error ").unwrap_or(text.len());
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_file_size_limit_are_the_same_to_the_caller() {
        for kind in [
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
        ] {
            let failure = Failure::from(EdgeError::from_io("notes.md", kind.into()));
            assert_eq!(failure.class, FailureClass::DiskFull);
            assert!(failure.message.contains("notes.md"), "{}", failure.message);
        }
    }

    #[test]
    fn reasons_carry_no_error_numbers() {
        let error = EdgeError::from_io("x", io::Error::from_raw_os_error(13));
        assert_eq!(error.to_string(), "no access to x: Permission denied");
    }
}
