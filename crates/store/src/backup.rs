//! Backups: copies of the whole database, made while Krake works, with the large results and the
//! user's playbooks beside them.
//!
//! A backup is a folder below `backups/`, named by its moment. It is made under another name and
//! renamed when everything in it is on the disk, so a name that can be seen is a whole backup. The
//! large results lie in one place for all backups, each once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::backup_pool;
use crate::blobs::{Blobs, sync_folder};
use crate::commit::Tag;
use crate::connection;
use crate::error::StoreError;
use crate::folder;
use crate::journal;
use crate::schema;
use crate::store::Store;
use crate::words;

const FOLDER: &str = "backups";
/// Where the large results of all backups lie.
const POOL: &str = "blobs";
const MAKING: &str = ".making-";
pub(crate) const DATABASE: &str = "krake.db";
const FACTS: &str = "backup.json";
pub(crate) const PLAYBOOKS: &str = "playbooks";

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// The name of its folder.
    pub name: String,
    pub made_at: Timestamp,
    /// `schedule`, `hand` or `restore`.
    pub why: String,
    /// Of the database.
    pub bytes: u64,
    /// Of the database's file.
    pub hash: Hash,
    /// The last migration.
    pub schema: i64,
    /// The last event of the journal.
    pub seq: u64,
    /// Large results that it can bring back.
    pub blobs: u64,
    /// Large results that were damaged already.
    pub damaged_blobs: u64,
    /// The database was damaged and could only be set aside; it cannot be put back.
    #[serde(default)]
    pub is_damaged: bool,
}

/// How often a backup is made by itself, and how many of those are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupSchedule {
    /// 0: never.
    pub hours: u32,
    pub keep: u32,
}

impl Default for BackupSchedule {
    fn default() -> Self {
        Self { hours: 24, keep: 7 }
    }
}

impl Store {
    /// Makes a backup of the state as it is now. Writers go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::Permission`], or the copy is not sound; then there is
    /// no backup of that name.
    pub async fn back_up(
        &self,
        name: &str,
        why: &str,
        at: Timestamp,
    ) -> Result<Backup, StoreError> {
        let backup = make(self.dir(), name, why, at).await?;
        self.say_backups_changed().await?;
        Ok(backup)
    }

    /// The backups of this folder, newest first. Blocks for as long as it takes to read a few small
    /// files.
    #[must_use]
    pub fn list_backups(&self) -> Vec<Backup> {
        list(self.dir())
    }

    /// Removes a backup, and the large results that only it could bring back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_backup(&self, name: &str) -> Result<(), StoreError> {
        let backup = find(self.dir(), name)?;
        remove(self.dir(), &backup.name)?;
        self.prune_pool().await;
        self.say_backups_changed().await
    }

    /// Removes the oldest of those that were made by themselves, down to `keep`.
    ///
    /// # Errors
    /// One cannot be removed.
    pub async fn prune_backups(&self, keep: u32) -> Result<u32, StoreError> {
        let by_schedule = list(self.dir())
            .into_iter()
            .filter(|backup| backup.why == "schedule");
        let mut removed = 0;
        for old in by_schedule.skip(keep as usize) {
            remove(self.dir(), &old.name)?;
            removed += 1;
        }
        if removed > 0 {
            self.prune_pool().await;
            self.say_backups_changed().await?;
        }
        Ok(removed)
    }

    /// What cannot be pruned now takes up space until the next one is removed.
    async fn prune_pool(&self) {
        if let Err(error) = backup_pool::prune(self.dir()).await {
            tracing::warn!(%error, "large results of removed backups stay");
        }
    }

    /// When backups are made by themselves.
    pub async fn backup_schedule(&self) -> Result<BackupSchedule, StoreError> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("select hours, keep from backup_schedule where workspace_id = $1")
                .bind(WorkspaceId::PERSONAL.to_string())
                .fetch_optional(self.readers())
                .await?;
        match row {
            None => Ok(BackupSchedule::default()),
            Some((hours, keep)) => Ok(BackupSchedule {
                hours: words::count(hours)?,
                keep: words::count(keep)?,
            }),
        }
    }

    /// Sets when they are made.
    pub async fn set_backup_schedule(&self, schedule: BackupSchedule) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "insert into backup_schedule (workspace_id, hours, keep) values ($1, $2, $3)
                     on conflict (workspace_id) do update set hours = excluded.hours,
                     keep = excluded.keep",
                )
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(schedule.hours)
                .bind(schedule.keep)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Backups);
                Ok(())
            })
        })
        .await
    }

    /// A transaction that only says so: backups are files, and those who show them hear of commits.
    async fn say_backups_changed(&self) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.changed(Tag::Backups);
            Box::pin(std::future::ready(Ok(())))
        })
        .await
    }
}

/// The backups of a data folder whose database need not be sound, newest first. Blocks.
#[must_use]
pub fn backups_in(dir: &Path) -> Vec<Backup> {
    list(dir)
}

/// Where backups lie.
pub(crate) fn backups(dir: &Path) -> PathBuf {
    dir.join(FOLDER)
}

/// The large results of all backups.
pub(crate) fn pool(dir: &Path) -> Blobs {
    Blobs::at(backups(dir).join(POOL))
}

/// Copies the database of a data folder; whoever calls owns the folder or runs beside its owner.
pub(crate) async fn make(
    dir: &Path,
    name: &str,
    why: &str,
    at: Timestamp,
) -> Result<Backup, StoreError> {
    let (made, place) = begin(dir, name)?;
    let database = made.join(DATABASE);
    // An empty file that is closed to others is an accepted target.
    drop(folder::open_private(&database)?);
    let mut connection = connection::open_copier(&folder::database(dir)).await?;
    let target = database.to_string_lossy().replace('\'', "''");
    let copied = sqlx::raw_sql(AssertSqlSafe(format!("vacuum into '{target}'")))
        .execute(&mut connection)
        .await;
    let closed = connection.close().await;
    copied?;
    closed?;
    let (schema, seq) = check(&database).await?;
    let (from, to) = (Blobs::new(dir), pool(dir));
    folder::make_private_folder(&backups(dir))?;
    let copied = tokio::task::spawn_blocking(move || to.copy_from(&from))
        .await
        .map_err(|error| StoreError::Io(error.to_string()))??;
    copy_playbooks(&dir.join(PLAYBOOKS), &made.join(PLAYBOOKS))?;
    let backup = Backup {
        name: name.to_owned(),
        made_at: at,
        why: why.to_owned(),
        bytes: fs::metadata(&database).map_or(0, |file| file.len()),
        hash: hash_of(&database)?,
        schema,
        seq,
        blobs: copied.blobs,
        damaged_blobs: copied.damaged.len() as u64,
        is_damaged: false,
    };
    finish(&made, &place, &backup)?;
    Ok(backup)
}

/// Sets a database aside that cannot be read any more, with its log.
pub(crate) fn set_damaged_aside(
    dir: &Path,
    name: &str,
    at: Timestamp,
) -> Result<Backup, StoreError> {
    let (made, place) = begin(dir, name)?;
    for file in ["krake.db", "krake.db-wal"] {
        let from = dir.join(file);
        if from.exists() {
            let to = made.join(file);
            fs::copy(&from, &to).map_err(|error| StoreError::file(&to, &error))?;
            synced(&to)?;
        }
    }
    copy_playbooks(&dir.join(PLAYBOOKS), &made.join(PLAYBOOKS))?;
    let backup = Backup {
        name: name.to_owned(),
        made_at: at,
        why: "restore".to_owned(),
        bytes: fs::metadata(made.join(DATABASE)).map_or(0, |file| file.len()),
        hash: Hash::ZERO,
        schema: 0,
        seq: 0,
        blobs: 0,
        damaged_blobs: 0,
        is_damaged: true,
    };
    finish(&made, &place, &backup)?;
    Ok(backup)
}

/// An empty folder to make a backup in, and the place that it gets. What was left by one that was cut
/// off is removed.
fn begin(dir: &Path, name: &str) -> Result<(PathBuf, PathBuf), StoreError> {
    let folder = backups(dir);
    folder::make_private_folder(&folder)?;
    let (made, place) = (folder.join(format!("{MAKING}{name}")), folder.join(name));
    if place.exists() {
        return Err(StoreError::Io(format!("there is a backup {name} already")));
    }
    let left = fs::read_dir(&folder).map_err(|error| StoreError::file(&folder, &error))?;
    for left in left.flatten() {
        if left.file_name().to_string_lossy().starts_with(MAKING) {
            let path = left.path();
            fs::remove_dir_all(&path).map_err(|error| StoreError::file(&path, &error))?;
        }
    }
    folder::make_private_folder(&made)?;
    Ok((made, place))
}

fn finish(made: &Path, place: &Path, backup: &Backup) -> Result<(), StoreError> {
    let facts = made.join(FACTS);
    let text = serde_json::to_vec_pretty(backup).expect("plain data");
    folder::replace(&facts, &text)?;
    synced(&facts)?;
    synced(&made.join(DATABASE))?;
    let folder = place.parent().expect("a backup lies in a folder");
    let failed = |error: io::Error| StoreError::file(place, &error);
    sync_folder(made).map_err(failed)?;
    fs::rename(made, place).map_err(failed)?;
    sync_folder(folder).map_err(failed)
}

/// Opens a copy and has all of it checked; its last migration and its last event.
pub(crate) async fn check(database: &Path) -> Result<(i64, u64), StoreError> {
    let mut connection = connection::open_copier(database).await?;
    let checked = check_open(&mut connection).await;
    connection.close().await?;
    checked
}

async fn check_open(connection: &mut SqliteConnection) -> Result<(i64, u64), StoreError> {
    let faults: Vec<String> = sqlx::query_scalar("pragma integrity_check(20)")
        .fetch_all(&mut *connection)
        .await?;
    if faults != ["ok"] {
        return Err(StoreError::Corrupt(faults.join("; ")));
    }
    let version = schema::version(&mut *connection).await?;
    let head = journal::head(connection).await?;
    Ok((version, head.seq))
}

/// The backup of that name.
pub(crate) fn find(dir: &Path, name: &str) -> Result<Backup, StoreError> {
    list(dir)
        .into_iter()
        .find(|backup| backup.name == name)
        .ok_or_else(|| StoreError::NotFound(format!("backup {name}")))
}

pub(crate) fn list(dir: &Path) -> Vec<Backup> {
    let entries = fs::read_dir(backups(dir)).into_iter().flatten().flatten();
    let mut found: Vec<Backup> = entries
        .filter_map(|entry| {
            let text = fs::read(entry.path().join(FACTS)).ok()?;
            let backup: Backup = serde_json::from_slice(&text).ok()?;
            // One that was copied under another name is found under that.
            let name = entry.file_name().to_string_lossy().into_owned();
            (!name.starts_with('.')).then_some(Backup { name, ..backup })
        })
        .collect();
    found.sort_by(|one, other| (other.made_at, &other.name).cmp(&(one.made_at, &one.name)));
    found
}

fn remove(dir: &Path, name: &str) -> Result<(), StoreError> {
    let folder = backups(dir);
    let (place, leaving) = (folder.join(name), folder.join(format!("{MAKING}{name}")));
    let failed = |error: io::Error| StoreError::file(&place, &error);
    // Out of the list at once; what is cut off after that is cleared by the next backup.
    fs::rename(&place, &leaving).map_err(failed)?;
    fs::remove_dir_all(&leaving).map_err(failed)
}

/// The files of a folder, each as a whole, on the disk when this returns.
pub(crate) fn copy_playbooks(from: &Path, to: &Path) -> Result<(), StoreError> {
    let Ok(entries) = fs::read_dir(from) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file {
            continue;
        }
        folder::make_private_folder(to)?;
        let place = to.join(entry.file_name());
        let failed = |error: io::Error| StoreError::file(&place, &error);
        let text = fs::read(entry.path()).map_err(failed)?;
        if fs::read(&place).is_ok_and(|there| there == text) {
            continue;
        }
        let beside = to.join(format!(".{}.new", entry.file_name().to_string_lossy()));
        fs::write(&beside, &text).map_err(failed)?;
        synced(&beside)?;
        fs::rename(&beside, &place).map_err(failed)?;
        sync_folder(to).map_err(failed)?;
    }
    Ok(())
}

pub(crate) fn synced(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::file(path, &error))
}

pub(crate) fn hash_of(path: &Path) -> Result<Hash, StoreError> {
    let mut hasher = blake3::Hasher::new();
    File::open(path)
        .and_then(|file| hasher.update_reader(file).map(|_| ()))
        .map_err(|error| StoreError::file(path, &error))?;
    Ok(Hash(*hasher.finalize().as_bytes()))
}

#[cfg(test)]
#[path = "backup_test.rs"]
mod tests;
