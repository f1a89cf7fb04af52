use krake_domain::session::Message;

use super::*;
use crate::fixture::imported;
use crate::session_import::ImportedSession;
use crate::store::Store;

const DAY: i64 = 24 * 3_600_000;

fn answer(name: Option<&str>, at: i64, model: &str, output: u64) -> Answer {
    Answer {
        spending: Spending {
            answer: name.map(str::to_owned),
            at: Some(Timestamp(at)),
            model: Some(model.to_owned()),
            usage: Usage {
                input: 10,
                output,
                ..Usage::default()
            },
        },
        at: Timestamp(at),
        above: 0,
        count: 1,
    }
}

fn session(native: &str, forked_from: Option<&str>, answers: Vec<Answer>) -> ImportedSession {
    ImportedSession {
        forked_from: forked_from.map(str::to_owned),
        answers,
        is_whole: true,
        messages: Vec::<Message>::new(),
        account_id: Some(native.to_owned()),
        ..imported(native, "/x")
    }
}

/// Answers and tokens by account, which here is the session.
async fn told(store: &Store) -> Vec<(String, u64, u64, u64)> {
    let spent = store
        .spent_between(Timestamp(0), Timestamp(10 * DAY), &[])
        .await
        .unwrap();
    let mut told: Vec<(String, u64, u64, u64)> = Vec::new();
    for one in spent {
        let account = one.account.unwrap_or_default();
        match told.iter_mut().find(|known| known.0 == account) {
            Some(known) => {
                known.1 += one.answers;
                known.2 += one.usage.input;
                known.3 += one.usage.output;
            }
            None => told.push((account, one.answers, one.usage.input, one.usage.output)),
        }
    }
    told.sort();
    told
}

fn line(session: &str, answers: u64, input: u64, output: u64) -> (String, u64, u64, u64) {
    (session.to_owned(), answers, input, output)
}

#[tokio::test]
async fn an_answer_in_several_sessions_counts_once_in_whichever_order_they_come() {
    let parent = || {
        let answers = vec![
            answer(Some("m1"), 1, "a", 5),
            answer(Some("m2"), DAY, "a", 7),
        ];
        session("parent", None, answers)
    };
    let fork = || {
        let answers = vec![
            answer(Some("m1"), 1, "a", 5),
            answer(Some("m2"), DAY, "a", 7),
            answer(Some("m3"), DAY + 1, "a", 100),
            answer(None, DAY + 2, "a", 1_000),
        ];
        session("fork", Some("parent"), answers)
    };
    for order in [[true, false], [false, true]] {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        // Twice: what is imported again changes nothing.
        for _ in 0..2 {
            for is_parent in order {
                let session = if is_parent { parent() } else { fork() };
                store.import_session(session).await.unwrap();
            }
        }
        assert_eq!(
            told(&store).await,
            [line("fork", 2, 20, 1_100), line("parent", 2, 20, 12)],
            "{order:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_grew_has_its_last_counts_and_pieces_without_answers_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    for output in [3, 9, 4] {
        let answers = vec![
            answer(Some("m1"), 1, "a", output),
            answer(None, 1, "b", output),
        ];
        store
            .import_session(session("s", None, answers))
            .await
            .unwrap();
    }
    // Unnamed answers are those of the last reading, a named one never shrinks.
    assert_eq!(told(&store).await, [line("s", 2, 20, 13)]);
    let piece = ImportedSession {
        answers: Vec::new(),
        is_whole: false,
        ..session("s", None, Vec::new())
    };
    store.import_session(piece).await.unwrap();
    assert_eq!(told(&store).await, [line("s", 2, 20, 13)]);
    let other = ImportedSession {
        source: "other".to_owned(),
        ..session("t", None, vec![answer(Some("m1"), 1, "a", 1)])
    };
    store.import_session(other).await.unwrap();
    assert_eq!(told(&store).await.len(), 2, "names are those of one tool");
}

#[tokio::test]
async fn sums_are_told_apart_by_quarter_model_and_size_and_many_answers_go_in() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let mut answers: Vec<Answer> = (0..600)
        .map(|n| answer(Some(&format!("m{n}")), QUARTER_MS * (n % 2), "a", 1))
        .collect();
    answers.push(answer(Some("b"), 0, "b", 1));
    answers.push(Answer {
        above: 200_000,
        ..answer(None, 0, "b", u64::MAX)
    });
    store
        .import_session(session("s", None, answers))
        .await
        .unwrap();
    let spent = store
        .spent_between(Timestamp(0), Timestamp(DAY), &[])
        .await
        .unwrap();
    let mut cells: Vec<_> = spent
        .iter()
        .map(|one| (one.model.as_deref(), one.above, one.answers))
        .collect();
    cells.sort_unstable();
    assert_eq!(
        cells,
        [
            (Some("a"), 0, 600),
            (Some("b"), 0, 1),
            (Some("b"), 200_000, 1),
        ]
    );
    assert_eq!(
        spent.iter().map(|one| one.usage.output).max(),
        Some(1_000_000_000_000)
    );
    let early = store
        .spent_between(Timestamp(0), Timestamp(QUARTER_MS), &[])
        .await
        .unwrap();
    assert_eq!(early.iter().map(|one| one.answers).sum::<u64>(), 302);
}

#[tokio::test]
async fn sessions_from_before_stand_as_one_sum_until_their_file_is_read_again() {
    use sqlx::Connection as _;
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    crate::schema::create_up_to(&mut db, 32).await.unwrap();
    for (id, forked_from, usage) in [
        (
            "ses_a",
            None,
            r#"{"input":5,"output":7,"cache_read":1,"cache_write":2,"reasoning":0}"#,
        ),
        (
            "ses_b",
            Some("a"),
            r#"{"input":5,"output":7,"cache_read":1,"cache_write":2,"reasoning":0}"#,
        ),
        (
            "ses_c",
            None,
            r#"{"input":0,"output":0,"cache_read":0,"cache_write":0,"reasoning":0}"#,
        ),
    ] {
        sqlx::query(
            "insert into sessions (id, workspace_id, source, native_id, path, started_at, ended_at,
             usage, raw_hash, raw_bytes, broken_lines, model, forked_from)
             values ($1, 'personal', 'claude_code', $1, '', 1, 1800001, $2, '', 0, 0, 'm', $3)",
        )
        .bind(id)
        .bind(usage)
        .bind(forked_from)
        .execute(&mut db)
        .await
        .unwrap();
    }
    sqlx::query(
        "insert into files (workspace_id, path, format, modified, bytes, broken_lines, read_at)
         values ('personal', '/x', 'claude_code', 9, 1, 0, 1)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    crate::schema::create(&mut db).await.unwrap();
    let sums: Vec<(String, i64, String, i64, i64, i64, i64)> = sqlx::query_as(
        "select session_id, quarter, model, input, output, cache_read, cache_write from usage",
    )
    .fetch_all(&mut db)
    .await
    .unwrap();
    assert_eq!(sums, [("ses_a".to_owned(), 2, "m".to_owned(), 5, 7, 1, 2)]);
    let modified: Option<i64> = sqlx::query_scalar("select modified from files")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(modified, None, "its file is read again");
}

#[tokio::test]
async fn answers_come_in_pieces_and_are_summed_up_with_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let piece = |native: &str, forked_from, answers, is_whole| ImportedSession {
        is_whole,
        ..session(native, forked_from, answers)
    };
    let import = |piece| async { store.import_session(piece).await.map(drop).unwrap() };
    // A fork was read first: what it repeats of its parent goes over, also its last one.
    let repeated = vec![answer(Some("m1"), 1, "a", 5)];
    import(piece("fork", Some("parent"), repeated, true)).await;
    assert_eq!(told(&store).await, [line("fork", 1, 10, 5)]);
    let first = vec![answer(Some("m1"), 1, "a", 5), answer(Some("m2"), 1, "a", 2)];
    import(piece("parent", None, first, false)).await;
    let second = vec![answer(Some("m2"), 1, "a", 7), answer(None, 1, "a", 1)];
    import(piece("parent", None, second, true)).await;
    assert_eq!(told(&store).await, [line("parent", 3, 30, 13)]);
    store.stop().await.unwrap();
}
