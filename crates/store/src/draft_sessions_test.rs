//! A session joins a draft once, brings what it knows of the reset, and can end it for all.

use krake_domain::draft::{Draft, Met};
use krake_domain::id::SessionId;
use krake_domain::session::{Message, MessageKind, Role};
use krake_domain::time::Timestamp;

use crate::fixture::{draft, imported};
use crate::store::Store;

/// A store with a draft of the first of three sessions, whose second joined it at 60.
async fn joined(dir: &std::path::Path) -> (Store, Draft, [SessionId; 3]) {
    let store = Store::open_owner(dir).await.unwrap();
    let mut ids = Vec::new();
    for native in ["a", "b", "c"] {
        let session = store.import_session(imported(native, "/x")).await.unwrap();
        ids.push(session.session);
    }
    let ids: [SessionId; 3] = ids.try_into().unwrap();
    let mut made = draft(ids[0], 40);
    (made.run_out.resets_at, made.run_out.resets_zone) = (None, None);
    store.add_draft(made.clone()).await.unwrap();
    assert!(join(&store, &made, ids[1], 60, None).await);
    (store, made, ids)
}

async fn join(store: &Store, to: &Draft, session: SessionId, at: i64, resets: Option<i64>) -> bool {
    let met = Met {
        session,
        position: 1,
        at: Timestamp(at),
    };
    let resets = resets.map(|at| (Timestamp(at), Some("Europe/Berlin".to_owned())));
    store.join_draft(to.id, met, resets).await.unwrap()
}

/// The session gets an answer at that moment, after its limit.
async fn goes_on(store: &Store, native: &str, at: Option<i64>) {
    let said = |kind, at: Option<i64>| Message {
        role: Role::Assistant,
        kind,
        text: "words".to_owned(),
        at: at.map(Timestamp),
        ..Message::default()
    };
    let mut session = imported(native, "/x");
    session.messages = vec![
        said(MessageKind::Text, Some(1)),
        said(MessageKind::Limit, Some(40)),
        said(MessageKind::Text, at),
    ];
    store.import_session(session).await.unwrap();
}

#[tokio::test]
async fn a_session_joins_once_and_tells_the_reset_that_nobody_told() {
    let dir = tempfile::tempdir().unwrap();
    let (store, made, ids) = joined(dir.path()).await;
    assert!(
        !join(&store, &made, ids[1], 60, Some(900)).await,
        "it is known"
    );
    assert!(store.is_drafted(ids[1], 1).await.unwrap());
    assert!(!store.is_drafted(ids[2], 1).await.unwrap());
    assert!(join(&store, &made, ids[2], 50, Some(900)).await);
    let found = store.find_draft(made.id).await.unwrap().unwrap();
    let order: Vec<SessionId> = found.joined.iter().map(|met| met.session).collect();
    assert_eq!(order, [ids[2], ids[1]]);
    assert_eq!(found.run_out.resets_at, Some(Timestamp(900)));
    assert_eq!(found.run_out.resets_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(store.drafts_in_force().await.unwrap(), [found]);
}

#[tokio::test]
async fn an_answer_ends_it_for_all_unless_another_session_met_the_limit_later() {
    for (native, at, is_over) in [
        ("a", Some(59), false),
        ("a", Some(61), true),
        ("b", Some(61), true),
        ("b", None, true),
        ("c", Some(70), false),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (store, made, _) = joined(dir.path()).await;
        goes_on(&store, native, at).await;
        let found = store.find_draft(made.id).await.unwrap().unwrap();
        assert_eq!(found.over_at.is_some(), is_over, "{native} {at:?}");
    }
}

#[tokio::test]
async fn nobody_joins_what_was_handed_over_or_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let (store, made, ids) = joined(dir.path()).await;
    store
        .drafts_are_over(vec![made.id], Timestamp(70))
        .await
        .unwrap();
    assert!(!join(&store, &made, ids[2], 80, None).await);
    assert_eq!(store.drafts_in_force().await.unwrap(), []);
    let over = store.find_draft(made.id).await.unwrap().unwrap();
    assert_eq!(over.joined.len(), 1, "who met it stays told");
}
