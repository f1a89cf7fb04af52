use super::*;
use crate::fixture;

#[tokio::test]
async fn a_backup_is_whole_with_its_blobs_and_old_ones_go() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let run = fixture::execution();
    store
        .append(fixture::batch(run, [fixture::done(1, 90_000)]))
        .await
        .unwrap();
    let backup = store.back_up("one", "hand", Timestamp(1)).await.unwrap();
    assert_eq!((backup.seq, backup.blobs, backup.damaged_blobs), (1, 1, 0));
    let copy = backups(dir.path()).join("one").join(DATABASE);
    assert_eq!(check(&copy).await.unwrap(), (schema::newest(), 1));
    assert_eq!(hash_of(&copy).unwrap(), backup.hash);
    // The name is taken, and nothing of the second one is left.
    assert!(store.back_up("one", "hand", Timestamp(2)).await.is_err());
    for number in 0..4 {
        let name = format!("s{number}");
        store
            .back_up(&name, "schedule", Timestamp(10 + number))
            .await
            .unwrap();
    }
    assert_eq!(store.prune_backups(2).await.unwrap(), 2);
    let names: Vec<String> = store
        .list_backups()
        .into_iter()
        .map(|backup| backup.name)
        .collect();
    assert_eq!(names, ["s3", "s2", "one"]);
    store.remove_backup("one").await.unwrap();
    assert!(matches!(
        store.remove_backup("one").await,
        Err(StoreError::NotFound(_))
    ));
    assert_eq!(store.list_backups().len(), 2);
}

#[tokio::test]
async fn the_schedule_is_daily_until_somebody_says_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let usual = BackupSchedule { hours: 24, keep: 7 };
    assert_eq!(store.backup_schedule().await.unwrap(), usual);
    let other = BackupSchedule { hours: 0, keep: 3 };
    store.set_backup_schedule(other).await.unwrap();
    assert_eq!(store.backup_schedule().await.unwrap(), other);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    // A file in the place of the folder is in everybody's way, also in root's.
    fs::write(backups(dir.path()), "x").unwrap();
    let refused = store
        .back_up("one", "hand", Timestamp(1))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("backups"), "{refused}");
    fs::remove_file(backups(dir.path())).unwrap();
    store.back_up("one", "hand", Timestamp(1)).await.unwrap();
}
