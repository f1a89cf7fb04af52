//! Connections: what every one of them must promise, set and read back.
//!
//! SQLite takes an unknown or misspelt pragma without a word, and a setting belongs to a connection,
//! not to the file. So each connection is asked what it will really do before it is used.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Row};

use crate::error::StoreError;

/// Earlier versions can lose acknowledged commits in WAL mode (<https://www.sqlite.org/wal.html>).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
/// A checkpoint costs two further syncs and writes each page once that was written since the one before:
/// every 4,000 pages (16 MB) that is one in some hundred commits, and in an import much less to write.
const CHECKPOINT_PAGES: &str = "4000";
/// The write-ahead log is cut back to this after a checkpoint that emptied it.
const LARGEST_IDLE_LOG: &str = "16777216";
const CACHE: &str = "-2000";
/// An import writes all over the index: with less, SQLite reads pages again that it has just let go.
/// It is only filled by such writes.
const WRITER_CACHE: &str = "-16000";
const READERS: u32 = 4;

/// Opens the one writing connection.
pub(crate) async fn open_writer(database: &Path) -> Result<SqliteConnection, StoreError> {
    let options = base(database)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LARGEST_IDLE_LOG);
    let mut connection = options.connect().await?;
    check_version(&mut connection).await?;
    check_pragmas(&mut connection, false).await?;
    Ok(connection)
}

/// Opens a connection that copies the database or looks at a copy of it, and changes nothing.
pub(crate) async fn open_copier(database: &Path) -> Result<SqliteConnection, StoreError> {
    Ok(base(database).read_only(true).connect().await?)
}

/// A pool of readers, opened when they are first needed and kept: it has no timers.
pub(crate) fn readers(database: &Path) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .min_connections(0)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move {
                check_pragmas(connection, true)
                    .await
                    .map_err(|error| sqlx::Error::Configuration(Box::new(error)))
            })
        })
        .connect_lazy_with(
            base(database)
                .read_only(true)
                .synchronous(SqliteSynchronous::Full)
                .pragma("query_only", "on"),
        )
}

/// Refuses a linked SQLite that can lose commits.
async fn check_version(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let text: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(connection)
        .await?;
    if is_new_enough(&text) {
        Ok(())
    } else {
        Err(StoreError::OldSqlite(text))
    }
}

fn is_new_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    numbers.as_slice() >= OLDEST_SQLITE.as_slice()
}

fn base(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(database)
        .create_if_missing(false)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("busy_timeout", "5000")
        .pragma("trusted_schema", "off")
        .pragma("cache_size", CACHE)
        .pragma("mmap_size", "0")
        .disable_statement_logging()
}

/// Reads back what matters for durability and safety.
async fn check_pragmas(connection: &mut SqliteConnection, reader: bool) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "pragma journal_mode; pragma synchronous; pragma foreign_keys; pragma busy_timeout;
         pragma trusted_schema; pragma query_only",
    )
    .fetch_all(connection)
    .await?;
    let mode: String = rows
        .first()
        .ok_or_else(|| unkept("journal_mode"))?
        .try_get(0)?;
    if mode != "wal" {
        return Err(unkept("journal_mode"));
    }
    let wanted: [(&'static str, i64); 5] = [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
        ("query_only", i64::from(reader)),
    ];
    for (row, (name, value)) in rows.iter().skip(1).zip(wanted) {
        if row.try_get::<i64, _>(0)? != value {
            return Err(unkept(name));
        }
    }
    Ok(())
}

fn unkept(pragma: &str) -> StoreError {
    StoreError::Sql {
        code: 1,
        message: format!("SQLite did not keep the setting {pragma}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::store::Store;

    #[test]
    fn versions_compare_by_number() {
        for old in ["3.40.1", "3.51.2", "3.9.9", "", "3.51"] {
            assert!(!is_new_enough(old), "{old}");
        }
        for new in ["3.51.3", "3.51.10", "3.100.0", "4.0.0"] {
            assert!(is_new_enough(new), "{new}");
        }
    }

    #[tokio::test]
    async fn each_connection_keeps_its_settings_and_readers_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        std::fs::write(&path, "").unwrap();
        let mut writer = open_writer(&path).await.unwrap();
        sqlx::query("create table t (a integer) strict")
            .execute(&mut writer)
            .await
            .unwrap();
        let pool = readers(&path);
        let count: i64 = sqlx::query_scalar("select count(*) from t")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(count, 0);
        let refused = sqlx::query("insert into t values (1)").execute(&pool).await;
        assert!(matches!(
            StoreError::from(refused.unwrap_err()),
            StoreError::Permission(_)
        ));
        sqlx::query("pragma synchronous = normal")
            .execute(&mut writer)
            .await
            .unwrap();
        assert!(check_pragmas(&mut writer, false).await.is_err());
    }

    #[tokio::test]
    async fn the_log_stays_small_while_much_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        for _ in 0..5 {
            let events = (0..400).map(|number| fixture::done(number, 20_000));
            store.append(fixture::batch(id, events)).await.unwrap();
            let log = std::fs::metadata(dir.path().join("krake.db-wal")).unwrap();
            assert!(log.len() <= 24 << 20, "{} bytes", log.len());
        }
    }

    #[tokio::test]
    async fn a_reader_that_reads_for_long_blocks_no_writer() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        let small = || fixture::batch(id, [fixture::done(1, 10)]);
        store.append(small()).await.unwrap();
        let mut reader = store.readers().acquire().await.unwrap();
        sqlx::query("begin; select count(*) from journal")
            .execute(&mut *reader)
            .await
            .unwrap();
        for _ in 0..50 {
            store.append(small()).await.unwrap();
        }
        let seen: i64 = sqlx::query_scalar("select count(*) from journal")
            .fetch_one(&mut *reader)
            .await
            .unwrap();
        assert_eq!(seen, 1);
        assert_eq!(store.head().await.unwrap().seq, 51);
    }
}
