//! Sessions come in once, belong where their folder lies, and say when their account ran out.

use super::*;
use crate::fixture::{imported, uuid};
use crate::session_import::ImportedSession;
use krake_domain::session::{MessageKind, Role};

fn message(native: Option<&str>, text: &str) -> Message {
    Message {
        native_id: native.map(str::to_owned),
        role: Role::Assistant,
        kind: MessageKind::ToolCall,
        text: text.to_owned(),
        at: Some(Timestamp(5)),
        ..Message::default()
    }
}

fn session(native: &str, cwd: &str, messages: Vec<Message>) -> ImportedSession {
    ImportedSession {
        messages,
        ..imported(native, cwd)
    }
}

#[tokio::test]
async fn an_import_can_be_repeated_and_adds_only_what_is_new() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    // Two messages of one line share its id; one has none.
    let mut messages = vec![
        message(Some("m1"), "a"),
        message(Some("m1"), "b"),
        message(None, "c"),
    ];
    messages.extend((0..600).map(|n| message(Some(&format!("x{n}")), "more")));
    let first = session("s1", "/work/app", messages.clone());
    let done = store.import_session(first.clone()).await.unwrap();
    assert_eq!((done.session, done.new_messages), (first.id, 603));
    messages.push(message(None, "new"));
    let again = session("s1", "/work/app", messages.clone());
    let done = store.import_session(again).await.unwrap();
    assert_eq!((done.session, done.new_messages), (first.id, 1));
    assert_eq!(store.load_messages(first.id).await.unwrap(), messages);

    let other = session("s2", "/work/apple", Vec::new());
    store.import_session(other.clone()).await.unwrap();
    for (cwd, expected) in [
        (None, 2),
        (Some("/work/app"), 1),
        (Some("/work/app/"), 1),
        (Some("/work"), 2),
        (Some("/"), 2),
        (Some("/wor"), 0),
    ] {
        let rows = store.list_sessions(cwd).await.unwrap();
        assert_eq!(rows.len(), expected, "{cwd:?}");
    }
    let rows = store.list_sessions(Some("/work/app")).await.unwrap();
    assert_eq!((rows[0].messages, rows[0].usage.input), (604, 7));
}

#[tokio::test]
async fn a_session_in_pieces_is_the_session_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let messages: Vec<Message> = (0..10)
        .map(|n| message((n % 2 == 0).then(|| format!("m{n}")).as_deref(), "text"))
        .collect();
    for piece in [0..4, 4..10] {
        let first = piece.start as u64;
        let part = ImportedSession {
            first,
            ..session("s", "/x", messages[piece].to_vec())
        };
        store.import_session(part).await.unwrap();
    }
    let mut whole = session("s", "/x", messages.clone());
    whole.messages[3].sidechain = true;
    let done = store.import_session(whole.clone()).await.unwrap();
    assert_eq!(done.new_messages, 0);
    let page = store.page_messages(done.session, 3, 2).await.unwrap();
    assert_eq!(
        page,
        [(3, whole.messages[3].clone()), (4, messages[4].clone())]
    );
    assert_eq!(store.load_messages(done.session).await.unwrap().len(), 10);
}

#[tokio::test]
async fn a_recorded_session_is_listed_by_project_and_account_and_ends() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let id = SessionId::from_uuid(uuid());
    let recorded = RecordedSession {
        id,
        workspace: WorkspaceId::PERSONAL,
        project: None,
        account_id: Some("acc_x".to_owned()),
        session_type: "debugging".to_owned(),
        title: None,
        objectives: vec![Objective {
            text: "find it".to_owned(),
            done: false,
        }],
        started_at: Timestamp(5),
    };
    store.record_session(recorded).await.unwrap();
    for native in ["a", "b", "c"] {
        store.import_session(imported(native, "/x")).await.unwrap();
    }
    let by_account = SessionFilter {
        account_id: Some("acc_x".to_owned()),
        limit: 10,
        ..SessionFilter::default()
    };
    let rows = store.page_sessions(&by_account).await.unwrap();
    assert_eq!((rows.len(), rows[0].id), (1, id));
    assert_eq!(rows[0].objectives[0].text, "find it");
    let mut seen = Vec::new();
    let mut page = SessionFilter {
        limit: 2,
        ..SessionFilter::default()
    };
    loop {
        let rows = store.page_sessions(&page).await.unwrap();
        seen.extend(rows.iter().map(|row| row.id));
        match rows.last() {
            Some(last) => page.after = Some(last.id),
            None => break,
        }
    }
    assert_eq!((seen.len(), seen[0]), (4, id));
    let change = SessionChange {
        ended_at: Some(Timestamp(9)),
        credits_used: Some(1.5),
        ..SessionChange::default()
    };
    store.change_session(id, change).await.unwrap();
    let row = store.find_session(id).await.unwrap().unwrap();
    assert_eq!(
        (row.ended_at, row.credits_used, row.session_type.as_str()),
        (Some(Timestamp(9)), Some(1.5), "debugging")
    );
    let nobody = SessionId::from_uuid(uuid());
    assert_eq!(store.find_session(nobody).await.unwrap(), None);
    assert!(matches!(
        store.change_session(nobody, SessionChange::default()).await,
        Err(StoreError::NotFound(_))
    ));
}

#[tokio::test]
async fn an_account_that_ran_into_its_limit_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let mut commits = store.commits();
    let mut limit = message(Some("m2"), "resets 17:10");
    limit.kind = MessageKind::Limit;
    let whole = [message(Some("m1"), "a"), limit, message(Some("m3"), "b")];
    let (mut told, mut limited) = (Vec::new(), Vec::new());
    for end in [1, 2, 2, 3] {
        let part = session("s1", "/x", whole[..end].to_vec());
        store.import_session(part).await.unwrap();
        let commit = commits.recv().await.unwrap();
        let is_limit = |tag: &Tag| matches!(tag, Tag::Limit(_));
        told.push(commit.tags.iter().any(is_limit));
        let shown = store.list_sessions(None).await.unwrap();
        limited.push(shown[0].limited);
    }
    assert_eq!(told, [false, true, false, false]);
    assert_eq!(
        limited,
        [false, true, true, false],
        "it works again after the reset"
    );
}
