//! Messages are found as they are kept: whatever is appended, changed or taken out.

use krake_domain::search::{Search, Term};
use krake_domain::session::{MessageKind, Role, ToolUse};

use super::*;
use crate::connection::open_writer;
use crate::message_words::index_backlog;
use crate::{fixture, folder, schema, search};

async fn database(dir: &std::path::Path) -> SqliteConnection {
    let path = folder::make_database(dir).unwrap();
    let mut connection = open_writer(&path).await.unwrap();
    schema::create(&mut connection).await.unwrap();
    connection
}

async fn session(connection: &mut SqliteConnection) -> SessionId {
    let id = SessionId::from_uuid(fixture::uuid());
    sqlx::query(
        "insert into sessions (id, workspace_id, source, native_id, path, usage, raw_hash,
         raw_bytes, broken_lines) values ($1, 'personal', 'neutral', $1, '', '{}', '', 0, 0)",
    )
    .bind(id.to_string())
    .execute(connection)
    .await
    .unwrap();
    id
}

fn said(id: &str, text: &str) -> Message {
    Message {
        native_id: Some(id.to_owned()),
        text: text.to_owned(),
        ..Message::default()
    }
}

/// Which messages a word finds, in whatever column, best first.
async fn found(connection: &mut SqliteConnection, word: &str) -> Vec<String> {
    let search = Search {
        terms: vec![Term {
            text: word.to_owned(),
            beginning: false,
        }],
        ..Search::default()
    };
    let hits = search::find(connection, &search, 0, 50).await.unwrap();
    hits.into_iter()
        .map(|hit| hit.message.native_id.unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn a_message_is_found_by_its_neighbours_also_when_they_come_later() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let id = session(&mut db).await;
    let all = [
        said("a", "Which lake did you see?"),
        said("b", "Toba, in the rain."),
        said("c", "Was it cold?"),
    ];
    let workspace = WorkspaceId::PERSONAL;
    assert_eq!(keep(&mut db, id, workspace, 0, &all[..1]).await, Ok(1));
    assert_eq!(found(&mut db, "toba").await, [""; 0]);
    assert_eq!(keep(&mut db, id, workspace, 0, &all).await, Ok(2));
    // Its own word counts most, then that of the message before.
    assert_eq!(found(&mut db, "toba").await, ["b", "c", "a"]);
    assert_eq!(found(&mut db, "lakes").await, ["a", "b"]);
    assert_eq!(keep(&mut db, id, workspace, 0, &all).await, Ok(0));
    assert_eq!(found(&mut db, "toba").await, ["b", "c", "a"]);
}

#[tokio::test]
async fn a_session_may_come_in_pieces() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let (whole, pieces) = (session(&mut db).await, session(&mut db).await);
    let all: Vec<Message> = (0..9)
        .map(|n| said(&n.to_string(), &format!("word{n}")))
        .collect();
    let workspace = WorkspaceId::PERSONAL;
    keep(&mut db, whole, workspace, 0, &all).await.unwrap();
    // The last piece first: what comes between them has neighbours on both sides.
    for (from, to) in [(0, 3), (6, 9), (3, 6)] {
        let kept = keep(&mut db, pieces, workspace, from as u64, &all[from..to]).await;
        assert_eq!(kept, Ok(3));
    }
    for n in 0..9 {
        let mut ids = found(&mut db, &format!("word{n}")).await;
        ids.sort();
        let beside = [n - 1, n, n + 1].into_iter().filter(|n| (0..9).contains(n));
        let twice: Vec<String> = beside
            .flat_map(|n| [n.to_string(), n.to_string()])
            .collect();
        assert_eq!(ids, twice, "word{n}");
    }
}

#[tokio::test]
async fn what_changed_is_found_by_its_new_words_and_not_by_its_old_ones() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let id = session(&mut db).await;
    let workspace = WorkspaceId::PERSONAL;
    let old = [said("a", "hello"), said("b", "the token is zanzibar")];
    keep(&mut db, id, workspace, 0, &old).await.unwrap();
    let new = [said("a", "hello"), said("b", "the token is [secret]")];
    assert_eq!(keep(&mut db, id, workspace, 0, &new).await, Ok(0));
    assert_eq!(found(&mut db, "zanzibar").await, [""; 0]);
    assert_eq!(found(&mut db, "secret").await, ["b", "a"]);
    let kept: Vec<String> = sqlx::query_scalar("select message from messages")
        .fetch_all(&mut db)
        .await
        .unwrap();
    assert!(!kept.concat().contains("zanzibar"), "{kept:?}");
}

#[tokio::test]
async fn a_message_that_is_gone_is_not_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let id = session(&mut db).await;
    let all = [
        said("a", "the lake"),
        said("b", "the hill"),
        said("c", "a lake"),
    ];
    keep(&mut db, id, WorkspaceId::PERSONAL, 0, &all)
        .await
        .unwrap();
    assert_eq!(found(&mut db, "lake").await.len(), 3);
    sqlx::query("delete from messages where position = 0")
        .execute(&mut db)
        .await
        .unwrap();
    assert_eq!(found(&mut db, "lake").await, ["c", "b"]);
    assert_eq!(found(&mut db, "hill").await, ["b", "c"]);
}

#[tokio::test]
async fn names_are_found_by_the_words_in_them_and_by_a_part() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let id = session(&mut db).await;
    let mut call = said("call", "Bash: rg parseLineItems src/cart/total.rs");
    call.role = Role::Assistant;
    call.kind = MessageKind::ToolCall;
    call.tool = Some(ToolUse {
        name: "Bash".to_owned(),
        ..ToolUse::default()
    });
    let all = [call, said("other", &"x ".repeat(900)), said("last", "no")];
    keep(&mut db, id, WorkspaceId::PERSONAL, 0, &all)
        .await
        .unwrap();
    for word in [
        "parseLineItems",
        "items",
        "total.rs",
        "cart",
        "neitem",
        "bash",
    ] {
        let first = found(&mut db, word).await;
        assert_eq!(first.first().map(String::as_str), Some("call"), "{word}");
    }
    assert_eq!(found(&mut db, "neitemx").await, [""; 0]);
}

#[tokio::test]
async fn messages_of_an_older_file_are_found_after_it_was_opened() {
    let dir = tempfile::tempdir().unwrap();
    let path = folder::make_database(dir.path()).unwrap();
    let mut db = open_writer(&path).await.unwrap();
    schema::create_up_to(&mut db, 11).await.unwrap();
    let id = session(&mut db).await;
    for (position, text) in ["the first", "the vulcano", "the last"].iter().enumerate() {
        let message = Message {
            at: (position == 1).then_some(krake_domain::time::Timestamp(7)),
            sidechain: position == 1,
            ..said(&position.to_string(), text)
        };
        sqlx::query(
            "insert into messages (session_id, key, workspace_id, position, role, kind, message)
             values ($1, $2, 'personal', $2, 'user', 'text', $3)",
        )
        .bind(id.to_string())
        .bind(i64::try_from(position).unwrap())
        .bind(serde_json::to_string(&message).unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    }
    schema::create(&mut db).await.unwrap();
    index_backlog(&mut db).await.unwrap();
    index_backlog(&mut db).await.unwrap();
    assert_eq!(found(&mut db, "vulcano").await, ["1", "2", "0"]);
    let columns: Vec<(i64, Option<i64>, bool)> =
        sqlx::query_as("select number, at, sidechain from messages order by number")
            .fetch_all(&mut db)
            .await
            .unwrap();
    assert_eq!(
        columns,
        [(1, None, false), (2, Some(7), true), (3, None, false)]
    );
}

#[tokio::test]
async fn a_message_without_an_id_that_only_moved_in_its_file_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let mut db = database(dir.path()).await;
    let id = session(&mut db).await;
    let at = |place: u64, text: &str| Message {
        text: text.to_owned(),
        raw: Some((place, 9)),
        ..Message::default()
    };
    let workspace = WorkspaceId::PERSONAL;
    let before = [at(0, "a long secret"), at(14, "answer")];
    assert_eq!(keep(&mut db, id, workspace, 0, &before).await, Ok(2));
    let after = [at(0, "a token"), at(8, "answer"), at(15, "more")];
    // Another text is another message; the answer is the one that it was.
    assert_eq!(keep(&mut db, id, workspace, 0, &after).await, Ok(2));
    let answers: i64 =
        sqlx::query_scalar("select count(*) from messages where message like '%answer%'")
            .fetch_one(&mut db)
            .await
            .unwrap();
    assert_eq!(answers, 1);
    assert_eq!(keep(&mut db, id, workspace, 0, &after).await, Ok(0));
}
