use uuid::Uuid;

use super::*;
use crate::ImportedSession;
use crate::fixture;

fn safe() -> SafeRow {
    SafeRow {
        id: SafeId::from_uuid(Uuid::now_v7()),
        place: Place::File,
    }
}

fn sealed(safe: SafeRow, token: &str, words: &str) -> SealedSecret {
    SealedSecret {
        id: KeptSecretId::from_uuid(Uuid::now_v7()),
        safe: safe.id,
        kind: "password".to_owned(),
        token: token.to_owned(),
        digest: Hash::of(words.as_bytes()),
        sealed: vec![1, 2, 3],
        found_at: Timestamp(7),
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    (dir, store)
}

async fn keeping(store: &Store) -> SafeRow {
    let safe = safe();
    store.begin_safe(safe, Timestamp(1)).await.unwrap();
    store
        .set_secret_policy(SecretPolicy::Encrypt, Some(safe.id))
        .await
        .unwrap();
    safe
}

async fn import(store: &Store, native: &str, secrets: Vec<SealedSecret>) -> crate::Imported {
    let session = ImportedSession {
        title: Some(native.to_owned()),
        secrets,
        ..fixture::imported(native, "/x")
    };
    store.import_session(session).await.unwrap()
}

#[tokio::test]
async fn a_secret_is_kept_once_with_the_session_that_it_was_first_found_in() {
    let (_dir, store) = store().await;
    let safe = keeping(&store).await;
    assert_eq!(
        store.secret_policy().await.unwrap(),
        (SecretPolicy::Encrypt, Some(safe))
    );
    let first = import(&store, "s1", vec![sealed(safe, "[t:1]", "a")]).await;
    assert_eq!(first.kept_secrets, 1);
    // The same once more, and another one that falls on the same token.
    let two = vec![sealed(safe, "[t:1]", "a"), sealed(safe, "[t:1]", "b")];
    let second = import(&store, "s2", two).await;
    assert_eq!(second.kept_secrets, 1);
    let both = store
        .list_kept_secrets(Some("[t:1]".to_owned()), None, 10)
        .await
        .unwrap();
    let found: Vec<_> = both.iter().map(|one| one.title.as_deref()).collect();
    assert_eq!(found, [Some("s2"), Some("s1")]);
    assert_eq!(both[1].session, Some(first.session));
    let other = store.list_kept_secrets(Some("[t:2]".to_owned()), None, 10);
    assert_eq!(other.await.unwrap(), []);
    let rest = store.list_kept_secrets(None, Some(both[0].id), 10).await;
    assert_eq!(rest.unwrap(), both[1..]);
    let row = store.find_kept_secret(both[0].id).await.unwrap().unwrap();
    assert_eq!((row.safe, row.digest), (safe, Hash::of(b"b")));
    let loose = store
        .keep_secrets(vec![sealed(safe, "[t:3]", "c")], None)
        .await;
    assert_eq!(loose.unwrap(), 1);
    assert_eq!(store.count_kept_secrets().await.unwrap(), 3);
}

#[tokio::test]
async fn nothing_is_kept_once_a_person_wants_it_dropped() {
    let (_dir, store) = store().await;
    let stranger = safe();
    let imported = import(&store, "s0", vec![sealed(stranger, "[t:1]", "a")]).await;
    assert_eq!(imported.kept_secrets, 0);
    let safe = keeping(&store).await;
    import(&store, "s1", vec![sealed(safe, "[t:1]", "a")]).await;
    store
        .set_secret_policy(SecretPolicy::Drop, None)
        .await
        .unwrap();
    // Sealed by an import that began before.
    let late = import(&store, "s2", vec![sealed(safe, "[t:2]", "b")]).await;
    assert_eq!(late.kept_secrets, 0);
    assert_eq!(store.count_kept_secrets().await.unwrap(), 1);
    // What is kept can still be opened, and going on takes the same safe.
    assert_eq!(store.list_left_safes().await.unwrap(), []);
    assert_eq!(
        store.secret_policy().await.unwrap(),
        (SecretPolicy::Drop, Some(safe))
    );
}

#[tokio::test]
async fn a_safe_that_holds_nothing_and_gets_nothing_leaves() {
    let (_dir, store) = store().await;
    let safe = keeping(&store).await;
    import(&store, "s1", vec![sealed(safe, "[t:1]", "a")]).await;
    let id = store.list_kept_secrets(None, None, 1).await.unwrap()[0].id;
    assert_eq!(store.forget_kept_secrets(Some(vec![id])).await.unwrap(), 1);
    assert_eq!(store.forget_kept_secrets(Some(vec![id])).await.unwrap(), 0);
    assert_eq!(store.list_left_safes().await.unwrap(), [], "it gets more");
    import(&store, "s2", vec![sealed(safe, "[t:2]", "b")]).await;
    store
        .set_secret_policy(SecretPolicy::Drop, None)
        .await
        .unwrap();
    assert_eq!(store.forget_kept_secrets(None).await.unwrap(), 1);
    assert_eq!(store.list_left_safes().await.unwrap(), [safe]);
    assert_eq!(
        store.secret_policy().await.unwrap(),
        (SecretPolicy::Drop, None)
    );
    store.forget_safe(safe.id).await.unwrap();
    assert_eq!(store.list_left_safes().await.unwrap(), []);
}

#[tokio::test]
async fn a_safe_that_was_begun_and_never_used_is_found_by_the_next_start() {
    let (dir, store) = store().await;
    let (begun, given_up) = (safe(), safe());
    store.begin_safe(begun, Timestamp(1)).await.unwrap();
    store.begin_safe(given_up, Timestamp(1)).await.unwrap();
    store.give_up_safe(given_up.id).await.unwrap();
    assert_eq!(store.list_left_safes().await.unwrap(), [given_up]);
    store.stop().await.unwrap();
    let later = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(later.list_left_safes().await.unwrap(), [begun, given_up]);
}

#[tokio::test]
async fn a_project_goes_by_its_own_word_where_it_has_one() {
    let (_dir, store) = store().await;
    let (shop, blog) = (
        fixture::project("shop", "/shop"),
        fixture::project("blog", "/blog"),
    );
    for project in [&shop, &blog] {
        store.add_project(project.clone()).await.unwrap();
    }
    let safe = safe();
    store.begin_safe(safe, Timestamp(1)).await.unwrap();
    let encrypt = Some(SecretPolicy::Encrypt);
    store
        .set_project_secret_policy(shop.id, encrypt, Some(safe.id))
        .await
        .unwrap();
    assert_eq!(
        store.secret_policy().await.unwrap(),
        (SecretPolicy::Drop, Some(safe)),
        "for all it is as it was"
    );
    let kept = async |folder: &str, native: &str| {
        let session = ImportedSession {
            secrets: vec![sealed(safe, native, native)],
            ..fixture::imported(native, folder)
        };
        store.import_session(session).await.unwrap()
    };
    let in_shop = kept("/shop/src", "a").await;
    assert_eq!(in_shop.kept_secrets, 1);
    assert_eq!(kept("/blog", "b").await.kept_secrets, 0);
    assert_eq!(kept("/else", "c").await.kept_secrets, 0);
    // What stands in no message goes by what stands beside it.
    let beside = |near| store.keep_secrets(vec![sealed(safe, "d", "d")], near);
    assert_eq!(beside(None).await.unwrap(), 0);
    assert_eq!(beside(Some(in_shop.session)).await.unwrap(), 1);

    // The other way round: kept everywhere, dropped in one.
    store
        .set_secret_policy(SecretPolicy::Encrypt, None)
        .await
        .unwrap();
    let drop = Some(SecretPolicy::Drop);
    store
        .set_project_secret_policy(blog.id, drop, None)
        .await
        .unwrap();
    store
        .set_project_secret_policy(shop.id, None, None)
        .await
        .unwrap();
    assert_eq!(
        store.project_secret_policies().await.unwrap(),
        [(blog.id, SecretPolicy::Drop)]
    );
    assert_eq!(kept("/blog", "e").await.kept_secrets, 0);
    assert_eq!(kept("/shop", "f").await.kept_secrets, 1);
    let gone = krake_domain::id::ProjectId::from_uuid(fixture::uuid());
    let refused = store.set_project_secret_policy(gone, drop, None).await;
    assert!(
        matches!(refused, Err(StoreError::NotFound(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_key_that_only_one_project_needed_leaves_with_it() {
    let (_dir, store) = store().await;
    let shop = fixture::project("shop", "/shop");
    store.add_project(shop.clone()).await.unwrap();
    let safe = safe();
    store.begin_safe(safe, Timestamp(1)).await.unwrap();
    let encrypt = Some(SecretPolicy::Encrypt);
    store
        .set_project_secret_policy(shop.id, encrypt, Some(safe.id))
        .await
        .unwrap();
    store
        .set_secret_policy(SecretPolicy::Drop, None)
        .await
        .unwrap();
    assert_eq!(store.list_left_safes().await.unwrap(), [], "it is needed");
    store.remove_project(shop.id).await.unwrap();
    assert_eq!(store.project_secret_policies().await.unwrap(), []);
    assert_eq!(store.list_left_safes().await.unwrap(), [safe]);
}

#[tokio::test]
async fn a_key_leaves_when_the_only_project_that_needed_it_takes_its_word_back() {
    let (_dir, store) = store().await;
    let shop = fixture::project("shop", "/shop");
    store.add_project(shop.clone()).await.unwrap();
    let safe = safe();
    store.begin_safe(safe, Timestamp(1)).await.unwrap();
    for policy in [Some(SecretPolicy::Encrypt), None] {
        store
            .set_project_secret_policy(shop.id, policy, policy.map(|_| safe.id))
            .await
            .unwrap();
    }
    assert_eq!(store.list_left_safes().await.unwrap(), [safe]);
}
