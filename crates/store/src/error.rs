//! What can go wrong, sorted by what the caller can do about it.

use std::io;
use std::path::Path;

use sqlx::migrate::MigrateError;

/// A failure of the store. It clones, because one failed commit fails everybody who waited for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the data folder: talk to it, or stop it.
    #[error("the data folder is in use by process {}{}", shown(*pid), port.map(|port| format!(", port {port}")).unwrap_or_default())]
    Owned {
        /// 0 where the owner has not said.
        pid: u32,
        port: Option<u16>,
    },
    /// There is no database, or no row of that id.
    #[error("not found: {0}")]
    NotFound(String),
    /// This store was opened for reading.
    #[error("the data folder was opened read-only")]
    ReadOnly,
    /// A later start of Krake took over; nothing of this write was kept.
    #[error("another process took over this data folder; nothing was written")]
    Zombie,
    /// The store was stopped.
    #[error("the store has stopped")]
    Stopped,
    /// No space left. Nothing of this write was kept; the next one works when there is space again.
    #[error("no space left on the disk")]
    DiskFull,
    /// Another program held the database for longer than the bounded wait.
    #[error("the database is locked by another program")]
    Busy,
    /// The file is damaged: restore a backup; the damaged file is kept as it is.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The payload of this event was erased, so its execution cannot be folded any more.
    #[error("the payload of event {seq} was erased")]
    Erased { seq: u64 },
    /// The linked SQLite can lose acknowledged commits.
    #[error("SQLite {0} is too old: 3.51.3 or later is needed")]
    OldSqlite(String),
    /// A later version of Krake wrote this file.
    #[error("this data was written by a later version of Krake; update Krake to open it")]
    NewerSchema,
    /// An earlier version of Krake wrote this file; an owner migrates it, a reader cannot.
    #[error(
        "this data was written by an earlier version of Krake; start Krake once to bring it up to date"
    )]
    OlderSchema,
    /// The database is older than what this folder has seen: a restored backup, a lost `-wal`, a
    /// conflict copy. See [`crate::Store::accept_rollback`].
    #[error(
        "the database ends at event {found}, but this folder has seen event {seen}: it was rolled back or replaced"
    )]
    RolledBack { seen: u64, found: u64 },
    /// Not allowed to read or write a file of the data folder.
    #[error("{0}")]
    Permission(String),
    /// The disk answered with a fault. Whether the write was kept is known after the next read.
    #[error("input or output failed: {0}")]
    Io(String),
    /// Any other answer of SQLite, with its result code.
    #[error("SQLite error {code}: {message}")]
    Sql { code: i32, message: String },
}

impl StoreError {
    /// The failure of a file operation on `path`.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let text = format!("{}: {error}", path.display());
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Permission(text)
            }
            io::ErrorKind::NotFound => Self::NotFound(text),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Io(text),
        }
    }

    /// Whether the connection that said so must not be used again: after a failed sync nobody knows
    /// what is on the disk until the file is opened and read anew.
    pub(crate) fn spoils_connection(&self) -> bool {
        matches!(self, Self::Io(_) | Self::Corrupt(_) | Self::Permission(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(inner) => {
                let code = inner.code().and_then(|code| code.parse().ok()).unwrap_or(1);
                Self::from_code(code, inner.message())
            }
            sqlx::Error::Io(inner) => Self::Io(inner.to_string()),
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::PoolClosed => Self::Stopped,
            sqlx::Error::WorkerCrashed => Self::Io("the thread of the connection died".to_owned()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Sql {
                code: 1,
                message: error.to_string(),
            },
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => inner.into(),
            MigrateError::VersionMissing(_) => Self::NewerSchema,
            other => Self::Corrupt(other.to_string()),
        }
    }
}

impl StoreError {
    /// Decides on the primary result code (<https://www.sqlite.org/rescode.html>).
    fn from_code(code: i32, message: &str) -> Self {
        use libsqlite3_sys as c;
        match code & 0xff {
            // The only trigger that refuses anything is the guard of the epoch (0010_appended.sql).
            _ if code == c::SQLITE_CONSTRAINT_TRIGGER => Self::Zombie,
            c::SQLITE_FULL => Self::DiskFull,
            // The shared memory beside the log could not grow: there is no space for it either.
            _ if code == c::SQLITE_IOERR_SHMSIZE => Self::DiskFull,
            c::SQLITE_BUSY | c::SQLITE_LOCKED => Self::Busy,
            c::SQLITE_CORRUPT | c::SQLITE_NOTADB => Self::Corrupt(message.to_owned()),
            c::SQLITE_PERM | c::SQLITE_READONLY | c::SQLITE_CANTOPEN | c::SQLITE_AUTH => {
                Self::Permission(format!(
                    "the database cannot be opened or written: {message}"
                ))
            }
            c::SQLITE_IOERR => Self::Io(format!("{message} (SQLite code {code})")),
            _ => Self::Sql {
                code,
                message: message.to_owned(),
            },
        }
    }
}

fn shown(pid: u32) -> String {
    match pid {
        0 => "of unknown id".to_owned(),
        pid => pid.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide_and_texts_do_not() {
        let of = |code| StoreError::from_code(code, "database disk image is malformed");
        assert_eq!(of(13), StoreError::DiskFull);
        assert_eq!(of(10 | (19 << 8)), StoreError::DiskFull);
        assert_eq!(of(5 | (2 << 8)), StoreError::Busy);
        assert!(matches!(of(11), StoreError::Corrupt(_)));
        assert!(matches!(of(26), StoreError::Corrupt(_)));
        assert!(matches!(of(8), StoreError::Permission(_)));
        assert!(of(10 | (4 << 8)).spoils_connection());
        assert!(!of(13).spoils_connection());
        assert_eq!(
            of(19),
            StoreError::Sql {
                code: 19,
                message: "database disk image is malformed".to_owned()
            }
        );
    }
}
