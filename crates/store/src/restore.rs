//! Putting a backup in place of the database, so that a kill at any moment leaves the old state or
//! the new one.
//!
//! The wish is a small file in the data folder, and whoever takes the folder over carries it out
//! before the database is opened. The state before is backed up; the copy is laid beside the database
//! and moved over it in one rename; every step can be repeated.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Connection as _;

use crate::backup::{self, DATABASE, PLAYBOOKS};
use crate::blobs::{Blobs, sync_folder};
use crate::connection;
use crate::error::StoreError;
use crate::folder;
use crate::head;
use crate::schema;
use crate::store::Store;

const WISH: &str = "restore.json";
const BESIDE: &str = "krake.db.restoring";

/// A backup that is to be put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restoring {
    /// The backup's name.
    pub backup: String,
    /// The name that the state before is backed up under.
    pub before: String,
    pub at: Timestamp,
    phase: Phase,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Wanted,
    /// Everything lies ready; the epoch is that of the state before.
    Ready {
        epoch: i64,
    },
    /// The backup is the database; what is unfinished in it has not been paused.
    Switched,
    /// It could not be put back, and everything is as it was.
    Failed {
        why: String,
    },
}

impl Restoring {
    /// Why it was given up.
    #[must_use]
    pub fn failed(&self) -> Option<&str> {
        match &self.phase {
            Phase::Failed { why } => Some(why),
            _ => None,
        }
    }
}

/// What waits in a data folder to be put back, or could not be.
#[must_use]
pub fn restore_waits(dir: &Path) -> Option<Restoring> {
    let text = fs::read(dir.join(WISH)).ok()?;
    serde_json::from_slice(&text).ok()
}

impl Store {
    /// Writes down that a backup is to be put back by whoever takes the folder over next.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NewerSchema`], [`StoreError::Corrupt`] for a backup that
    /// is not as it was made.
    pub async fn want_restore(
        dir: &Path,
        name: &str,
        before: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sound(dir, name).await?;
        let wish = Restoring {
            backup: name.to_owned(),
            before: before.to_owned(),
            at,
            phase: Phase::Wanted,
        };
        write(dir, &wish)
    }

    /// Takes the wish back, where nothing of it has begun.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] where none waits.
    pub fn forget_restore(dir: &Path) -> Result<(), StoreError> {
        match restore_waits(dir).map(|wish| wish.phase) {
            Some(Phase::Wanted | Phase::Failed { .. }) => unlink(&dir.join(WISH)),
            _ => Err(StoreError::NotFound("a backup that waits".to_owned())),
        }
    }

    /// What was unfinished in the restored state is paused: the restore is over.
    ///
    /// # Errors
    /// The wish cannot be removed.
    pub fn restore_is_over(&self) -> Result<(), StoreError> {
        unlink(&self.dir().join(WISH))
    }
}

/// Carries out what waits. True where the database is one that was put back just now and what is
/// unfinished in it has not been paused. The caller holds the folder's lock.
pub(crate) async fn go_on(dir: &Path) -> Result<bool, StoreError> {
    let Some(mut wish) = restore_waits(dir) else {
        return Ok(false);
    };
    if wish.phase == Phase::Wanted {
        wish.phase = match prepare(dir, &wish).await {
            Ok(epoch) => Phase::Ready { epoch },
            // A full disk or a damaged backup must not keep the folder closed.
            Err(error) => {
                tracing::error!(%error, backup = wish.backup, "the backup was not put back");
                let _ = fs::remove_file(dir.join(BESIDE));
                Phase::Failed {
                    why: error.to_string(),
                }
            }
        };
        match (write(dir, &wish), &wish.phase) {
            // What was given up and could not be noted is tried again by the next start.
            (Err(_), Phase::Failed { .. }) => {}
            (written, _) => written?,
        }
    }
    if let Phase::Ready { epoch } = wish.phase {
        switch(dir, &wish, epoch).await?;
        wish.phase = Phase::Switched;
        write(dir, &wish)?;
    }
    Ok(wish.phase == Phase::Switched)
}

/// Lays the copy beside the database and backs the state before up; the epoch of that.
async fn prepare(dir: &Path, wish: &Restoring) -> Result<i64, StoreError> {
    let from = sound(dir, &wish.backup).await?;
    let beside = dir.join(BESIDE);
    let failed = |error: io::Error| StoreError::file(&beside, &error);
    let copying = (from, beside.clone());
    tokio::task::spawn_blocking(move || {
        let (from, to) = copying;
        drop(folder::open_private(&to)?);
        fs::copy(&from, &to).map_err(|error| StoreError::file(&to, &error))?;
        backup::synced(&to)
    })
    .await
    .map_err(|error| StoreError::Io(error.to_string()))??;
    sync_folder(dir).map_err(failed)?;
    let (pool, blobs) = (backup::pool(dir), Blobs::new(dir));
    tokio::task::spawn_blocking(move || blobs.heal_from(&pool))
        .await
        .map_err(|error| StoreError::Io(error.to_string()))??;
    if backup::find(dir, &wish.before).is_ok() || !folder::database(dir).exists() {
        return Ok(epoch_of(dir).await.unwrap_or(0));
    }
    match save_present(dir, wish).await {
        Ok(epoch) => Ok(epoch),
        Err(StoreError::Corrupt(why)) => {
            tracing::warn!(
                why,
                "the database before is damaged, and is set aside as it is"
            );
            backup::set_damaged_aside(dir, &wish.before, wish.at)?;
            Ok(0)
        }
        Err(error) => Err(error),
    }
}

/// Folds the log into the file, so that a moment without the log is a whole state, and backs it up.
async fn save_present(dir: &Path, wish: &Restoring) -> Result<i64, StoreError> {
    let mut connection = connection::open_writer(&folder::database(dir)).await?;
    let epoch: Result<i64, sqlx::Error> = sqlx::query_scalar("select epoch from owner")
        .fetch_one(&mut connection)
        .await;
    let folded = sqlx::query("pragma wal_checkpoint(truncate)")
        .execute(&mut connection)
        .await;
    connection.close().await?;
    folded?;
    backup::make(dir, &wish.before, "restore", wish.at).await?;
    Ok(epoch?)
}

async fn epoch_of(dir: &Path) -> Result<i64, StoreError> {
    let mut connection = connection::open_copier(&folder::database(dir)).await?;
    let epoch = sqlx::query_scalar("select epoch from owner")
        .fetch_one(&mut connection)
        .await;
    connection.close().await?;
    Ok(epoch?)
}

/// Moves the copy over the database. Everything here can be done twice.
async fn switch(dir: &Path, wish: &Restoring, epoch: i64) -> Result<(), StoreError> {
    let (beside, database) = (dir.join(BESIDE), folder::database(dir));
    if beside.exists() {
        // A log that is left would be read into the other database.
        for name in ["krake.db-wal", "krake.db-shm"] {
            unlink(&dir.join(name))?;
        }
        let failed = |error: io::Error| StoreError::file(&database, &error);
        sync_folder(dir).map_err(failed)?;
        fs::rename(&beside, &database).map_err(failed)?;
        sync_folder(dir).map_err(failed)?;
    }
    // The folder has seen events that this database has not: that is what was asked for.
    head::set_aside(dir)?;
    let from = backup::backups(dir).join(&wish.backup).join(PLAYBOOKS);
    backup::copy_playbooks(&from, &dir.join(PLAYBOOKS))?;
    let mut connection = connection::open_writer(&database).await?;
    let raised = sqlx::query("update owner set epoch = max(epoch, $1), clean = 0")
        .bind(epoch)
        .execute(&mut connection)
        .await;
    connection.close().await?;
    raised?;
    Ok(())
}

/// The database of a backup, where it is as it was made and this version can read it.
async fn sound(dir: &Path, name: &str) -> Result<PathBuf, StoreError> {
    let found = backup::find(dir, name)?;
    if found.is_damaged {
        return Err(StoreError::Corrupt(format!(
            "backup {name} is a damaged database that was set aside"
        )));
    }
    if found.schema > schema::newest() {
        return Err(StoreError::NewerSchema);
    }
    let path = backup::backups(dir).join(name).join(DATABASE);
    if backup::hash_of(&path)? != found.hash {
        return Err(StoreError::Corrupt(format!(
            "backup {name} is not as it was made"
        )));
    }
    backup::check(&path).await?;
    Ok(path)
}

fn write(dir: &Path, wish: &Restoring) -> Result<(), StoreError> {
    let path = dir.join(WISH);
    let beside = path.with_extension("new");
    let text = serde_json::to_vec(wish).expect("plain data");
    let failed = |error: io::Error| StoreError::file(&path, &error);
    drop(folder::open_private(&beside)?);
    fs::write(&beside, text).map_err(failed)?;
    backup::synced(&beside)?;
    fs::rename(&beside, &path).map_err(failed)?;
    sync_folder(dir).map_err(failed)
}

fn unlink(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::file(path, &error))
        }
        _ => match path.parent() {
            Some(folder) => sync_folder(folder).map_err(|error| StoreError::file(path, &error)),
            None => Ok(()),
        },
    }
}

#[cfg(test)]
#[path = "restore_test.rs"]
mod tests;
