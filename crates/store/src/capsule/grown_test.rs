use super::super::tests::{all, fill, message, nothing, outs, pieces, take_in};
use super::super::{Below, CapsuleScope, Out, Piece, Verdict};
use crate::fixture::imported;
use crate::store::Store;
use crate::{Answer, ImportedSession};
use krake_domain::session::Usage;
use krake_domain::spending::{Shift, Spending};
use krake_domain::time::Timestamp;

/// With every beginning of every session, as whoever reads a capsule notes those that may be here.
fn pieces_with_beginnings(outs: &[Out]) -> Vec<Piece> {
    let mut pieces = pieces(outs);
    for piece in &mut pieces {
        let Piece::Line(arriving) = piece else {
            continue;
        };
        let mut below = Below::default();
        for out in outs {
            if let Out::Message { session, line } = out
                && arriving.line["id"] == *session
            {
                below.add(line);
                arriving.prefixes.push(below.lines());
            }
        }
    }
    pieces
}

/// Text of the messages of the only session there is.
async fn texts(store: &Store) -> Vec<String> {
    let sessions = store.list_sessions(None).await.unwrap();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
    let messages = store.load_messages(sessions[0].id).await.unwrap();
    messages.into_iter().map(|one| one.text).collect()
}

/// So many answers of ten tokens each, a day apart.
fn answers(count: usize) -> Vec<Answer> {
    (0..count)
        .map(|number| Answer {
            spending: Spending {
                answer: Some(format!("answer {number}")),
                usage: Usage {
                    input: 10,
                    ..Usage::default()
                },
                ..Spending::default()
            },
            at: Timestamp(i64::try_from(number).unwrap() * 86_400_000),
            above: 0,
            count: 1,
        })
        .collect()
}

/// Tokens by day, and how many answers there are.
async fn spent(store: &Store) -> Vec<(i64, u64)> {
    let (from, until) = (Timestamp(0), Timestamp(30 * 86_400_000));
    let shifts = [Shift { from: 0, ahead: 0 }];
    let rows = store.spent_between(from, until, &shifts).await.unwrap();
    let mut days: Vec<(i64, u64)> = rows
        .into_iter()
        .map(|row| (row.day, row.usage.input))
        .collect();
    days.sort_unstable();
    days
}

async fn grow(store: &Store, more: &[&str]) {
    let mut messages = vec![message("a", Some("a")), message("b", None)];
    messages.extend(more.iter().map(|text| message(text, None)));
    let session = ImportedSession {
        title: Some("about native".to_owned()),
        messages,
        answers: answers(1 + more.len()),
        is_whole: true,
        ..imported("native", "/x")
    };
    store.import_session(session).await.unwrap();
}

/// A session of two messages on two machines.
async fn both() -> (Vec<tempfile::TempDir>, Store, Store) {
    let dirs = vec![tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let first = Store::open_owner(dirs[0].path()).await.unwrap();
    let second = Store::open_owner(dirs[1].path()).await.unwrap();
    fill(&first, "native", &["a".to_owned(), "b".to_owned()]).await;
    let made = outs(&first, CapsuleScope::Everything).await;
    take_in(&second, pieces_with_beginnings(&made)).await;
    (dirs, first, second)
}

#[tokio::test]
async fn a_session_that_grew_elsewhere_is_extended_and_shortened_again() {
    let (_dirs, first, second) = both().await;
    let (before, spent_before) = (all(&second).await, spent(&second).await);
    grow(&first, &["c", "d"]).await;
    let made = outs(&first, CapsuleScope::Everything).await;
    let (id, judgement) = take_in(&second, pieces_with_beginnings(&made)).await;
    let counts = judgement.counts["sessions"];
    assert_eq!((counts.new, counts.grown, counts.kept_both), (0, 1, 0));
    assert_eq!(judgement.differing, []);
    assert_eq!(texts(&second).await, ["a", "b", "c", "d"]);
    // Both sides hold the same again, and a second time there is nothing to do.
    assert_eq!(all(&second).await, all(&first).await);
    assert_eq!(spent(&second).await, spent(&first).await);
    assert_eq!(spent(&second).await.len(), 3);
    let (_, again) = take_in(&second, pieces_with_beginnings(&made)).await;
    assert_eq!(again.counts["sessions"].equal, 1, "{again:?}");
    let undone = second
        .undo_capsule_import(id, Timestamp(20), nothing())
        .await
        .unwrap();
    assert_eq!((undone.kept.len(), undone.shortened["sessions"]), (0, 1));
    assert_eq!(all(&second).await, before);
    assert_eq!(spent(&second).await, spent_before);
}

#[tokio::test]
async fn what_went_on_here_after_it_was_extended_stays() {
    let (_dirs, first, second) = both().await;
    grow(&first, &["c"]).await;
    let made = outs(&first, CapsuleScope::Everything).await;
    let (id, _) = take_in(&second, pieces_with_beginnings(&made)).await;
    grow(&second, &["c", "mine"]).await;
    let undone = second
        .undo_capsule_import(id, Timestamp(20), nothing())
        .await
        .unwrap();
    assert_eq!(undone.kept[0].why, "it was changed since");
    assert_eq!(texts(&second).await, ["a", "b", "c", "mine"]);
}

#[tokio::test]
async fn a_session_that_went_on_on_both_sides_is_kept_twice_and_that_is_said() {
    let (_dirs, first, second) = both().await;
    grow(&first, &["there"]).await;
    grow(&second, &["here"]).await;
    let made = outs(&first, CapsuleScope::Everything).await;
    let (_, judgement) = take_in(&second, pieces_with_beginnings(&made)).await;
    assert_eq!(
        judgement.differing[0].why,
        "it went on differently here and there"
    );
    let counts = judgement.counts["sessions"];
    assert_eq!((counts.grown, counts.kept_both), (0, 1));
    let sessions = second.list_sessions(None).await.unwrap();
    assert_eq!(sessions.len(), 2);
}

#[test]
fn only_what_is_equal_brings_nothing() {
    let brings = [
        Verdict::New,
        Verdict::Equal,
        Verdict::Grown,
        Verdict::KeptBoth,
    ]
    .map(Verdict::brings);
    assert_eq!(brings, [true, false, true, true]);
}
