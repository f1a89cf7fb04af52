use super::*;
use crate::fixture;

async fn filled(dir: &Path) -> Store {
    let store = Store::open_owner(dir).await.unwrap();
    let run = fixture::execution();
    store
        .append(fixture::batch(run, [fixture::done(1, 90_000)]))
        .await
        .unwrap();
    store
}

async fn more(store: &Store) {
    let run = fixture::execution();
    store
        .append(fixture::batch(
            run,
            [fixture::done(2, 10), fixture::done(3, 10)],
        ))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_backup_is_put_back_with_its_blobs_and_the_state_before_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    store.back_up("good", "hand", Timestamp(1)).await.unwrap();
    more(&store).await;
    let epoch = store.epoch();
    store.stop().await.unwrap();
    fs::remove_dir_all(dir.path().join("blobs")).unwrap();

    Store::want_restore(dir.path(), "good", "before", Timestamp(2))
        .await
        .unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert!(store.was_restored() && !store.was_clean());
    assert!(store.epoch() > epoch);
    assert_eq!(store.head().await.unwrap().seq, 1);
    assert_eq!(store.verify_journal().await.unwrap().faults, []);
    assert_eq!(store.events_after(0, None, 9).await.unwrap().len(), 1);
    store.restore_is_over().unwrap();
    fixture::abandon(store).await;

    // And back again to what was before.
    Store::want_restore(dir.path(), "before", "before2", Timestamp(3))
        .await
        .unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(store.head().await.unwrap().seq, 3);
}

#[tokio::test]
async fn each_step_can_be_cut_off_and_done_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    store.back_up("good", "hand", Timestamp(1)).await.unwrap();
    more(&store).await;
    fixture::abandon(store).await;
    let wish = |phase| Restoring {
        backup: "good".to_owned(),
        before: "before".to_owned(),
        at: Timestamp(2),
        phase,
    };
    // Cut off while the copy was written.
    fs::write(dir.path().join(BESIDE), "half").unwrap();
    write(dir.path(), &wish(Phase::Wanted)).unwrap();
    let epoch = prepare(dir.path(), &wish(Phase::Wanted)).await.unwrap();
    // Cut off before it was noted that everything lies ready: once more, and the first backup of
    // the state before is the one that counts.
    assert_eq!(
        prepare(dir.path(), &wish(Phase::Wanted)).await.unwrap(),
        epoch
    );
    write(dir.path(), &wish(Phase::Ready { epoch })).unwrap();
    // Cut off between the log and the rename, and after the rename.
    for name in ["krake.db-wal", "krake.db-shm"] {
        unlink(&dir.path().join(name)).unwrap();
    }
    switch(dir.path(), &wish(Phase::Wanted), epoch)
        .await
        .unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(store.head().await.unwrap().seq, 1);
    assert!(store.was_restored());
    fixture::abandon(store).await;
    // As long as nobody said that it is over, a start says so again.
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert!(store.was_restored());
    let before = backup::find(dir.path(), "before").unwrap();
    assert_eq!(before.seq, 3);
}

#[tokio::test]
async fn a_backup_that_is_not_as_it_was_made_is_refused_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    store.back_up("good", "hand", Timestamp(1)).await.unwrap();
    more(&store).await;
    store.stop().await.unwrap();
    let want = |name: &'static str| Store::want_restore(dir.path(), name, "before", Timestamp(2));
    assert!(matches!(want("none").await, Err(StoreError::NotFound(_))));
    want("good").await.unwrap();
    Store::forget_restore(dir.path()).unwrap();
    assert_eq!(restore_waits(dir.path()), None);
    want("good").await.unwrap();
    // Damaged after it was wished for: the folder opens with what it has, and says why.
    let copy = backup::backups(dir.path()).join("good").join(DATABASE);
    let mut bytes = fs::read(&copy).unwrap();
    bytes[5_000] ^= 0xff;
    fs::write(&copy, bytes).unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(store.head().await.unwrap().seq, 3);
    assert!(!store.was_restored());
    let wish = restore_waits(dir.path()).unwrap();
    assert!(wish.failed().unwrap().contains("not as it was made"));
    store.stop().await.unwrap();
    assert!(matches!(want("good").await, Err(StoreError::Corrupt(_))));
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_and_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path()).await;
    store.back_up("good", "hand", Timestamp(1)).await.unwrap();
    store.stop().await.unwrap();
    let rubbish = vec![b'x'; 20_000];
    fs::write(dir.path().join("krake.db"), &rubbish).unwrap();
    assert!(Store::open_owner(dir.path()).await.is_err());
    Store::want_restore(dir.path(), "good", "before", Timestamp(2))
        .await
        .unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(store.head().await.unwrap().seq, 1);
    let aside = backup::backups(dir.path()).join("before/krake.db");
    assert_eq!(fs::read(aside).unwrap(), rubbish);
    assert!(backup::find(dir.path(), "before").unwrap().is_damaged);
}
