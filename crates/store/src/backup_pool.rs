//! The large results of all backups: those that no backup can bring back any more go with the last one
//! that could.

use std::collections::HashSet;
use std::path::Path;

use krake_domain::hash::Hash;
use sqlx::Connection as _;
use sqlx::sqlite::SqliteConnection;

use crate::backup::{self, DATABASE};
use crate::blobs::Blobs;
use crate::connection;
use crate::error::StoreError;
use crate::schema;
use crate::words;

/// Removes what neither the data folder nor a backup has use for; how many. Where one of the backups
/// cannot tell, all of it stays.
pub(crate) async fn prune(dir: &Path) -> Result<usize, StoreError> {
    let (pool, live) = (backup::pool(dir), Blobs::new(dir));
    let mut left: HashSet<Hash> = off_thread(move || {
        let live: HashSet<Hash> = live.list()?.into_iter().collect();
        let mut all = pool.list()?;
        all.retain(|hash| !live.contains(hash));
        Ok(all.into_iter().collect())
    })
    .await?;
    let folder = backup::backups(dir);
    let pool = backup::pool(dir);
    for made in backup::list(dir) {
        if left.is_empty() || made.is_damaged {
            return Ok(0);
        }
        let database = folder.join(&made.name).join(DATABASE);
        let mut connection = connection::open_copier(&database).await?;
        let named = keep_named(&mut connection, &pool, &mut left).await;
        connection.close().await?;
        named?;
    }
    for hash in &left {
        pool.remove(*hash)?;
    }
    Ok(left.len())
}

/// Takes those out that this database names in a row or in an event.
async fn keep_named(
    connection: &mut SqliteConnection,
    pool: &Blobs,
    left: &mut HashSet<Hash>,
) -> Result<(), StoreError> {
    let large = hashes(connection, "journal", "payload_blob").await?;
    let parts = hashes(connection, "file_parts", "kept_hash").await?;
    left.retain(|hash| !large.contains(hash) && !parts.contains(hash));
    for (table, column) in [("journal", "payload"), ("archived_events", "event")] {
        if !schema::has_table(connection, table).await? {
            continue;
        }
        for hash in left.clone() {
            let text =
                format!("select exists (select 1 from {table} where instr({column}, $1) > 0)");
            let told: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
                .bind(hash.to_string())
                .fetch_one(&mut *connection)
                .await?;
            if told {
                left.remove(&hash);
            }
        }
    }
    for payload in large {
        if left.is_empty() {
            break;
        }
        let bytes = pool.get(payload).await?;
        let text = String::from_utf8_lossy(&bytes);
        left.retain(|hash| !text.contains(&hash.to_string()));
    }
    Ok(())
}

async fn hashes(
    connection: &mut SqliteConnection,
    table: &str,
    column: &str,
) -> Result<HashSet<Hash>, StoreError> {
    if !schema::has_table(connection, table).await? {
        return Ok(HashSet::new());
    }
    let text = format!("select distinct {column} from {table} where {column} is not null");
    let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(text))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|hash| words::parse(hash)).collect()
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Io(error.to_string()))?
}
