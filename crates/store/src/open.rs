//! Opening a data folder: as its owner, or for reading.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, broadcast, mpsc, watch};

use crate::blobs::Blobs;
use crate::connection;
use crate::error::StoreError;
use crate::folder::{self, Lock, Owner};
use crate::head::{self, Head, HeadFile};
use crate::journal;
use crate::message_words;
use crate::restore;
use crate::schema;
use crate::statements::Texts;
use crate::store::{Inner, Store};
use crate::words;
use crate::writer::Writer;

/// Jobs that may wait for the writer; who comes later waits for a place.
const QUEUE: usize = 1_024;
/// Commits that a slow listener may fall behind.
const COMMITS: usize = 1_024;

impl Store {
    /// Takes the folder over: lock, checks, migrations, a new epoch, the writer.
    ///
    /// [`StoreError::Owned`] where another process has it, [`StoreError::RolledBack`] where the
    /// database is not the one that this folder has seen.
    pub async fn open_owner(dir: &Path) -> Result<Self, StoreError> {
        let lock = Lock::take(dir)?;
        let was_restored = restore::go_on(dir).await?;
        // Before the owner's own announcement replaces it: a rolled back database has forgotten
        // epochs that a sleeping process may still carry.
        let last_announced = Owner::find(dir).map_or(0, |owner| owner.epoch);
        let path = folder::make_database(dir)?;
        let mut connection = connection::open_writer(&path).await?;
        check_rollback(dir, &mut connection).await?;
        schema::migrate(dir, &mut connection).await?;
        message_words::index_backlog(&mut connection).await?;
        let (epoch, was_clean) = take_over(&mut connection, last_announced).await?;
        let head = journal::head(&mut connection).await?;
        let readers = connection::readers(&path);
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (commits, _) = broadcast::channel(COMMITS);
        let ended = Arc::new(OnceLock::new());
        let writer = Writer {
            connection: Some(connection),
            head_file: HeadFile::open(dir)?,
            _lock: lock,
            dir: dir.to_owned(),
            epoch,
            head,
            texts: Texts::default(),
            commits: commits.clone(),
            ended: Arc::clone(&ended),
            jobs: queue,
        };
        let store = Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                epoch,
                was_clean,
                was_restored,
                checked: start_check(&readers, was_clean),
                readers,
                blobs: Blobs::new(dir),
                jobs: Some(jobs),
                ended,
                commits,
                held: Mutex::default(),
            }),
        };
        store.announce(None).await?;
        tokio::spawn(writer.run());
        Ok(store)
    }

    /// Opens the folder for reading, beside an owner or without one.
    pub async fn open_reader(dir: &Path) -> Result<Self, StoreError> {
        let path = folder::database(dir);
        match std::fs::metadata(&path) {
            Ok(file) if file.len() > 0 => {}
            Ok(_) => return Err(StoreError::NotFound(path.display().to_string())),
            Err(error) => return Err(StoreError::file(&path, &error)),
        }
        let readers = connection::readers(&path);
        schema::check(&readers).await?;
        let (epoch, clean): (i64, bool) = sqlx::query_as("select epoch, clean from owner")
            .fetch_one(&readers)
            .await?;
        let (commits, _) = broadcast::channel(1);
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                epoch: words::count(epoch)?,
                was_clean: clean,
                was_restored: false,
                checked: watch::channel(Some(Ok(()))).1,
                readers,
                blobs: Blobs::new(dir),
                jobs: None,
                ended: Arc::new(OnceLock::new()),
                commits,
                held: Mutex::default(),
            }),
        })
    }

    /// A person says that the rolled back database is the one to go on with. What the folder
    /// remembered is set aside, not deleted; every execution in flight is in doubt.
    pub fn accept_rollback(dir: &Path) -> Result<(), StoreError> {
        let _lock = Lock::take(dir)?;
        head::set_aside(dir)
    }
}

/// Compares the journal with the head that the side file remembers.
async fn check_rollback(dir: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let Some(seen) = head::remembered(dir).filter(|head| head.seq > 0) else {
        return Ok(());
    };
    let (found, hash) = if schema::has_table(connection, "journal").await? {
        let hash: Option<Vec<u8>> = sqlx::query_scalar("select hash from journal where seq = $1")
            .bind(words::number(seen.seq))
            .fetch_optional(&mut *connection)
            .await?;
        (journal::head(connection).await?, hash)
    } else {
        (Head::EMPTY, None)
    };
    match hash {
        Some(hash) if hash == seen.hash.0 => Ok(()),
        _ => Err(StoreError::RolledBack {
            seen: seen.seq,
            found: found.seq,
        }),
    }
}

/// Raises the epoch and takes the clean mark away; the new epoch and whether the mark was there.
async fn take_over(
    connection: &mut SqliteConnection,
    last_announced: u64,
) -> Result<(u64, bool), StoreError> {
    let was_clean: bool = sqlx::query_scalar("select clean from owner")
        .fetch_one(&mut *connection)
        .await?;
    let epoch: i64 = sqlx::query_scalar(
        "update owner set epoch = max(epoch, $1) + 1, clean = 0 returning epoch",
    )
    .bind(words::number(last_announced))
    .fetch_one(connection)
    .await?;
    Ok((words::count(epoch)?, was_clean))
}

/// After an unclean stop the file is checked beside the recovery.
fn start_check(
    readers: &SqlitePool,
    was_clean: bool,
) -> watch::Receiver<Option<Result<(), StoreError>>> {
    let (tell, checked) = watch::channel(was_clean.then_some(Ok(())));
    if !was_clean {
        let readers = readers.clone();
        tokio::spawn(async move {
            let outcome = quick_check(&readers).await;
            if let Err(error) = &outcome {
                tracing::error!(%error, "the check after an unclean stop found a fault");
            }
            let _ = tell.send(Some(outcome));
        });
    }
    checked
}

async fn quick_check(readers: &SqlitePool) -> Result<(), StoreError> {
    let faults: Vec<String> = sqlx::query_scalar("pragma quick_check(20)")
        .fetch_all(readers)
        .await?;
    if faults == ["ok"] {
        Ok(())
    } else {
        Err(StoreError::Corrupt(faults.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use krake_domain::execution::ExecutionStatus;
    use krake_domain::id::ExecutionId;

    async fn append(store: &Store, execution: ExecutionId) -> Result<u64, StoreError> {
        let batch = fixture::batch(execution, [fixture::done(1, 10)]);
        Ok(store.append(batch).await?[0].seq)
    }

    #[tokio::test]
    async fn a_second_owner_is_refused_and_a_clean_stop_frees_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            Store::open_reader(dir.path()).await.err(),
            Some(StoreError::NotFound(_))
        ));
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert!(store.was_clean());
        store.announce(Some(4177)).await.unwrap();
        assert_eq!(
            Store::open_owner(dir.path()).await.err(),
            Some(StoreError::Owned {
                pid: std::process::id(),
                port: Some(4177)
            })
        );
        append(&store, fixture::execution()).await.unwrap();
        store.stop().await.unwrap();
        assert_eq!(Owner::find(dir.path()), None);
        assert_eq!(
            append(&store, fixture::execution()).await,
            Err(StoreError::Stopped)
        );
        let wal = std::fs::metadata(dir.path().join("krake.db-wal"));
        assert!(wal.map_or(0, |file| file.len()) == 0);

        let next = Store::open_owner(dir.path()).await.unwrap();
        assert_eq!(next.epoch(), store.epoch() + 1);
        assert!(next.was_clean());
        next.quick_check().await.unwrap();
    }

    #[tokio::test]
    async fn an_unclean_end_keeps_what_was_acknowledged_and_is_checked() {
        let dir = tempfile::tempdir().unwrap();
        let id = fixture::execution();
        let store = Store::open_owner(dir.path()).await.unwrap();
        append(&store, id).await.unwrap();
        fixture::abandon(store).await;
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert!(!store.was_clean());
        store.quick_check().await.unwrap();
        assert_eq!(store.load_execution(id).await.unwrap().len(), 1);
        assert_eq!(append(&store, id).await, Ok(2));
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
    }

    #[tokio::test]
    async fn a_zombie_writes_nothing_however_much_it_tries_to() {
        // One for each way in which a group is written.
        for size in [1, 40, 700] {
            let dir = tempfile::tempdir().unwrap();
            let id = fixture::execution();
            let zombie = Store::open_owner(dir.path()).await.unwrap();
            append(&zombie, id).await.unwrap();
            std::fs::remove_file(dir.path().join("owner.lock")).unwrap();
            let owner = Store::open_owner(dir.path()).await.unwrap();
            let mut batch = fixture::batch(id, (0..size).map(|n| fixture::done(n, 10)));
            batch.summary = Some(fixture::summary(ExecutionStatus::Done, size));
            assert_eq!(zombie.append(batch).await, Err(StoreError::Zombie));
            assert_eq!(append(&zombie, id).await, Err(StoreError::Zombie));
            assert_eq!(zombie.stop().await, Err(StoreError::Zombie));
            assert_eq!(append(&owner, id).await, Ok(2));
            assert_eq!(owner.load_execution(id).await.unwrap().len(), 2);
            assert_eq!(owner.find_execution(id).await.unwrap(), None);
            assert!(Owner::find(dir.path()).is_some());
        }
    }

    #[tokio::test]
    async fn a_zombie_writes_no_plain_noun_and_does_not_stop_its_heir() {
        let dir = tempfile::tempdir().unwrap();
        let zombie = Store::open_owner(dir.path()).await.unwrap();
        std::fs::remove_file(dir.path().join("owner.lock")).unwrap();
        let owner = Store::open_owner(dir.path()).await.unwrap();
        assert_eq!(
            zombie
                .forget_replies(krake_domain::time::Timestamp(0))
                .await,
            Err(StoreError::Zombie)
        );
        assert_eq!(
            owner.forget_replies(krake_domain::time::Timestamp(0)).await,
            Ok(0)
        );
    }

    #[tokio::test]
    async fn a_lost_log_or_an_old_backup_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let id = fixture::execution();
        let store = Store::open_owner(dir.path()).await.unwrap();
        append(&store, id).await.unwrap();
        store.stop().await.unwrap();
        let backup = std::fs::read(dir.path().join("krake.db")).unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        for _ in 0..3 {
            append(&store, id).await.unwrap();
        }
        fixture::abandon(store).await;
        std::fs::write(dir.path().join("krake.db"), &backup).unwrap();
        for name in ["krake.db-wal", "krake.db-shm"] {
            let _ = std::fs::remove_file(dir.path().join(name));
        }
        let rolled_back = Some(StoreError::RolledBack { seen: 4, found: 1 });
        assert_eq!(Store::open_owner(dir.path()).await.err(), rolled_back);
        assert_eq!(Store::open_owner(dir.path()).await.err(), rolled_back);
        Store::accept_rollback(dir.path()).unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert_eq!(append(&store, id).await, Ok(2));
        // Higher than the epoch that the backup has forgotten.
        assert_eq!(store.epoch(), 3);
    }

    #[tokio::test]
    async fn damage_is_an_error_or_a_fault_and_never_a_panic() {
        let dir = tempfile::tempdir().unwrap();
        let id = fixture::execution();
        let store = Store::open_owner(dir.path()).await.unwrap();
        for _ in 0..40 {
            append(&store, id).await.unwrap();
        }
        let original = store.load_execution(id).await.unwrap();
        store.stop().await.unwrap();
        let path = dir.path().join("krake.db");
        let sound = std::fs::read(&path).unwrap();
        let mut noticed = 0;
        for place in (0..sound.len()).step_by(sound.len() / 60) {
            let mut damaged = sound.clone();
            let end = (place + 700).min(damaged.len());
            damaged[place..end]
                .iter_mut()
                .for_each(|byte| *byte ^= 0x55);
            std::fs::write(&path, &damaged).unwrap();
            for name in ["krake.db-wal", "krake.db-shm"] {
                let _ = std::fs::remove_file(dir.path().join(name));
            }
            // For reading: the file must not change between two looks.
            let Ok(store) = Store::open_reader(dir.path()).await else {
                noticed += 1;
                continue;
            };
            let quick = quick_check(store.readers()).await;
            let audit = store.verify_journal().await;
            let load = store.load_execution(id).await;
            let _ = store.list_executions(Default::default()).await;
            let fits = audit.is_ok_and(|audit| audit.faults.is_empty() && audit.events == 40);
            if quick.is_ok() && fits {
                // Only bytes that hold nothing were hit.
                assert_eq!(load.unwrap(), original, "unnoticed damage at {place}");
            } else {
                noticed += 1;
            }
        }
        assert!(noticed > 10, "only {noticed} damages were noticed");
        std::fs::write(
            &path,
            b"this is not a database at all, but a long text instead",
        )
        .unwrap();
        assert!(matches!(
            Store::open_owner(dir.path()).await.err(),
            Some(StoreError::Corrupt(_))
        ));
    }
}
