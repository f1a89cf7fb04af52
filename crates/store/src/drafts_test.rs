//! A limit is drafted once, answered once, and over when its account goes on.

use super::*;
use crate::fixture::{draft, handoff, imported, project};

fn message(role: Role, kind: MessageKind, text: &str) -> Message {
    Message {
        role,
        kind,
        text: text.to_owned(),
        at: Some(Timestamp(50)),
        ..Message::default()
    }
}

#[tokio::test]
async fn a_limit_of_a_session_is_drafted_once_and_over_when_the_account_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    store
        .add_project(project("shop", "/work/shop"))
        .await
        .unwrap();
    let mut session = imported("a", "/work/shop");
    session.messages = vec![
        message(Role::User, MessageKind::Text, "go"),
        message(Role::Assistant, MessageKind::Limit, "limit reached"),
    ];
    let id = store.import_session(session.clone()).await.unwrap().session;
    // What belongs to no project can go on elsewhere as well; what is over cannot.
    let mut elsewhere = imported("b", "/else");
    elsewhere.messages = session.messages.clone();
    let other = store.import_session(elsewhere).await.unwrap().session;
    let mut both = [id, other];
    both.sort_by_key(ToString::to_string);
    assert_eq!(store.sessions_at_a_limit(Timestamp(2)).await.unwrap(), both);
    let mut over = project("over", "/else");
    over.status = krake_domain::project::ProjectStatus::Done;
    store.add_project(over).await.unwrap();
    assert_eq!(store.sessions_at_a_limit(Timestamp(2)).await.unwrap(), [id]);
    assert_eq!(store.sessions_at_a_limit(Timestamp(3)).await.unwrap(), []);
    assert_eq!(store.last_message(id).await.unwrap().unwrap().0, 1);

    let made = draft(id, 40);
    assert!(store.add_draft(made.clone()).await.unwrap());
    assert!(!store.add_draft(draft(id, 40)).await.unwrap());
    assert_eq!(store.find_draft(made.id).await.unwrap(), Some(made.clone()));

    // Asking again is no going on; an answer is.
    session
        .messages
        .push(message(Role::User, MessageKind::Text, "continue"));
    store.import_session(session.clone()).await.unwrap();
    assert_eq!(
        store.drafts_in_force().await.unwrap(),
        std::slice::from_ref(&made)
    );
    session
        .messages
        .push(message(Role::Assistant, MessageKind::Text, "on it"));
    store.import_session(session).await.unwrap();
    assert_eq!(store.drafts_in_force().await.unwrap(), []);
    let over = store.find_draft(made.id).await.unwrap().unwrap();
    assert_eq!(over.over_at, Some(Timestamp(50)));
    assert!(!store.reject_draft(made.id, "no".to_owned()).await.unwrap());
}

#[tokio::test]
async fn a_no_is_said_once_and_keeps_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let session = store
        .import_session(imported("a", "/x"))
        .await
        .unwrap()
        .session;
    let made = draft(session, 40);
    store.add_draft(made.clone()).await.unwrap();
    let reason = "I wait for the reset".to_owned();
    assert!(store.reject_draft(made.id, reason.clone()).await.unwrap());
    assert!(
        !store
            .reject_draft(made.id, "again".to_owned())
            .await
            .unwrap()
    );
    let found = store.find_draft(made.id).await.unwrap().unwrap();
    assert_eq!(
        (found.state, found.reason),
        (DraftState::Rejected, Some(reason))
    );
}

#[tokio::test]
async fn what_a_person_put_back_stays_with_an_open_draft() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let session = store.import_session(imported("a", "/x")).await.unwrap();
    let made = draft(session.session, 40);
    store.add_draft(made.clone()).await.unwrap();
    let wanted = vec!["Money is in cents.".to_owned()];
    assert!(store.want_in_draft(made.id, wanted.clone()).await.unwrap());
    let found = store.find_draft(made.id).await.unwrap().unwrap();
    assert_eq!(found.wanted, wanted);
    assert_eq!(store.drafts_in_force().await.unwrap()[0].wanted, wanted);
    // A briefing that was made without it came too late.
    assert!(!store.brief_draft(made.clone()).await.unwrap());
    assert!(store.brief_draft(found).await.unwrap());
    assert!(store.want_in_draft(made.id, Vec::new()).await.unwrap());
    let found = store.find_draft(made.id).await.unwrap().unwrap();
    assert_eq!(found.wanted, [""; 0]);
    let no = "no".to_owned();
    assert!(store.reject_draft(made.id, no).await.unwrap());
    assert!(!store.want_in_draft(made.id, wanted).await.unwrap());
}

#[tokio::test]
async fn the_drafts_of_a_project_go_out_together_and_come_back_together() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let shop = project("shop", "/x");
    store.add_project(shop.clone()).await.unwrap();
    let mut made = Vec::new();
    for (native, place) in [("a", Some(shop.id)), ("b", Some(shop.id)), ("c", None)] {
        let session = store
            .import_session(imported(native, "/else"))
            .await
            .unwrap();
        let each = Draft {
            project: place,
            ..draft(session.session, 40)
        };
        store.add_draft(each.clone()).await.unwrap();
        made.push(each.id);
    }
    let mut handoff = handoff();
    handoff.delivery.draft = Some(made[1]);
    assert!(store.add_handoff(handoff.clone()).await.unwrap());
    let states = async || {
        let drafts = store.drafts_in_force().await.unwrap();
        drafts.iter().map(|draft| draft.state).collect::<Vec<_>>()
    };
    use DraftState::{HandedOver, Open};
    assert_eq!(states().await, [HandedOver, HandedOver, Open]);
    store
        .withdraw_handoff(handoff.id, Timestamp(60))
        .await
        .unwrap();
    assert_eq!(states().await, [Open, Open, Open]);
}

#[tokio::test]
async fn an_answer_shows_that_its_account_works_unless_a_limit_came_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let said = |role, kind, at| Message {
        at: Some(Timestamp(at)),
        ..message(role, kind, "words")
    };
    let mut ids = Vec::new();
    for (native, messages) in [
        (
            "answered",
            vec![said(Role::Assistant, MessageKind::ToolCall, 60)],
        ),
        ("asked", vec![said(Role::User, MessageKind::Text, 60)]),
        (
            "ran_out",
            vec![
                said(Role::Assistant, MessageKind::Text, 60),
                said(Role::Assistant, MessageKind::Limit, 60),
            ],
        ),
        (
            "went_on",
            vec![
                said(Role::Assistant, MessageKind::Limit, 60),
                said(Role::Assistant, MessageKind::Text, 70),
            ],
        ),
        ("before", vec![said(Role::Assistant, MessageKind::Text, 40)]),
    ] {
        let mut session = imported(native, "/x");
        session.messages = messages;
        session.ended_at = Some(Timestamp(80));
        ids.push(store.import_session(session).await.unwrap().session);
    }
    let mut expected = vec![(ids[0], Timestamp(60)), (ids[3], Timestamp(70))];
    expected.sort_by_key(|(id, _)| id.to_string());
    let found = store.sessions_that_answered(Timestamp(50)).await.unwrap();
    assert_eq!(found, expected);
    assert!(!store.is_drafted(ids[2], 1).await.unwrap());
    store.add_draft(draft(ids[2], 60)).await.unwrap();
    assert!(store.is_drafted(ids[2], 1).await.unwrap());
    assert!(!store.is_drafted(ids[2], 0).await.unwrap());
}

#[tokio::test]
async fn a_draft_without_a_project_gets_one_once_and_its_briefing_anew_while_it_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let session = store.import_session(imported("a", "/x")).await.unwrap();
    let made = draft(session.session, 40);
    assert_eq!(made.project, None);
    store.add_draft(made.clone()).await.unwrap();
    let (shop, blog) = (project("shop", "/x"), project("blog", "/y"));
    for each in [&shop, &blog] {
        store.add_project(each.clone()).await.unwrap();
    }
    let placed = Draft {
        project: Some(shop.id),
        history_tokens: Some(9_000),
        trouble: Some("nothing fits".to_owned()),
        ..made.clone()
    };
    let mut commits = store.commits();
    assert!(store.brief_draft(placed.clone()).await.unwrap());
    assert_eq!(commits.recv().await.unwrap().tags, [Tag::Threads]);
    let found = store.find_draft(made.id).await.unwrap();
    assert_eq!(found, Some(placed.clone()));
    let other = Draft {
        project: Some(blog.id),
        ..placed.clone()
    };
    assert!(!store.brief_draft(other).await.unwrap(), "it has one");
    let again = Draft {
        history_tokens: Some(9_500),
        ..placed
    };
    assert!(store.brief_draft(again.clone()).await.unwrap());
    assert_eq!(
        store.find_draft(made.id).await.unwrap(),
        Some(again.clone())
    );
    store.reject_draft(made.id, "no".to_owned()).await.unwrap();
    assert!(!store.brief_draft(again).await.unwrap(), "it is answered");
}
