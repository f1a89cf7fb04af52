use krake_domain::account::Provider;
use krake_domain::budget::{CallEnd, PlannedCall};
use krake_domain::id::{CallId, SessionId, WorkspaceId};
use krake_domain::session::{Message, MessageKind, Role};

use super::*;
use crate::fixture::{account, imported, uuid};
use crate::session_import::ImportedSession;
use crate::sessions::{RecordedSession, SessionChange};

const DAY: i64 = 24 * 3_600_000;

fn said(role: Role, at: i64) -> Message {
    Message {
        role,
        kind: MessageKind::Text,
        text: "x".to_owned(),
        at: Some(Timestamp(at)),
        ..Message::default()
    }
}

async fn between(store: &Store, from: i64, until: i64) -> Vec<Spent> {
    store
        .spent_between(Timestamp(from), Timestamp(until), &[])
        .await
        .unwrap()
}

#[tokio::test]
async fn sessions_that_tell_no_tokens_are_counted_and_what_nobody_answered_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let silent = ImportedSession {
        messages: vec![said(Role::User, 1), said(Role::Assistant, 2)],
        source: "markdown".to_owned(),
        ended_at: Some(Timestamp(DAY)),
        ..imported("silent", "/x")
    };
    let unanswered = ImportedSession {
        messages: vec![said(Role::User, 1)],
        ended_at: Some(Timestamp(DAY)),
        ..imported("unanswered", "/x")
    };
    let captured = ImportedSession {
        session_type: "capture".to_owned(),
        ..silent.clone()
    };
    for (number, session) in [silent, unanswered, captured].into_iter().enumerate() {
        let session = ImportedSession {
            id: SessionId::from_uuid(uuid()),
            native_id: number.to_string(),
            answers: Vec::new(),
            is_whole: true,
            ..session
        };
        store.import_session(session).await.unwrap();
    }
    let spent = between(&store, DAY, 2 * DAY).await;
    assert_eq!(spent.len(), 1);
    assert_eq!((spent[0].untold, spent[0].answers), (1, 0));
    assert_eq!(spent[0].credits, None);
    assert_eq!(spent[0].by, SpentBy::Session("markdown".to_owned()));
    assert_eq!(between(&store, 0, DAY).await, []);
}

#[tokio::test]
async fn credits_are_those_that_were_told_for_sessions() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let id = SessionId::from_uuid(uuid());
    let recorded = RecordedSession {
        id,
        workspace: WorkspaceId::PERSONAL,
        project: None,
        account_id: Some("acc_1".to_owned()),
        session_type: "work".to_owned(),
        title: None,
        objectives: Vec::new(),
        started_at: Timestamp(1),
    };
    store.record_session(recorded).await.unwrap();
    let change = SessionChange {
        ended_at: Some(Timestamp(DAY)),
        credits_used: Some(2.5),
        ..SessionChange::default()
    };
    store.change_session(id, change).await.unwrap();
    let spent = between(&store, DAY, 2 * DAY).await;
    assert_eq!(spent.len(), 1);
    assert_eq!((spent[0].credits, spent[0].untold), (Some(2.5), 1));
    assert_eq!(spent[0].account.as_deref(), Some("acc_1"));
    assert_eq!(store.credits_a_token().await.unwrap(), []);
}

#[tokio::test]
async fn calls_are_told_with_what_is_not_known_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let account = account("One", Provider::Anthropic).id;
    let plan = |purpose: &str, at: i64| PlannedCall {
        id: CallId::from_uuid(uuid()),
        account,
        project: None,
        run: None,
        purpose: purpose.to_owned(),
        model: "m".to_owned(),
        at: Timestamp(at),
        most_usd: Some(Amount::whole(1)),
        most_tokens: Amount::whole(1_000),
    };
    let end = |usd: Option<&str>, outcome: &str| CallEnd {
        at: Timestamp(2),
        usd: usd.map(|usd| usd.parse().unwrap()),
        input: (outcome == "done").then_some(100),
        cache_read: Some(60),
        cache_write: Some(10),
        output: (outcome == "done").then_some(7),
        outcome: outcome.to_owned(),
        took_ms: 5,
    };
    let calls = [
        (plan("planner", 1), Some(end(Some("0.02"), "done"))),
        (plan("planner", 2), Some(end(None, "done"))),
        (plan("planner", 3), Some(end(None, "timeout"))),
        (plan("check", 4), None),
    ];
    for (call, end) in calls {
        let id = call.id;
        store.reserve_call(call).await.unwrap();
        if let Some(end) = end {
            store.settle_call(id, end).await.unwrap();
        }
    }
    let returned = plan("planner", 5);
    let id = returned.id;
    store.reserve_call(returned).await.unwrap();
    store.return_call(id, "refused".to_owned()).await.unwrap();
    let spent = between(&store, 0, DAY).await;
    assert_eq!(spent.len(), 1);
    let sum = &spent[0];
    assert_eq!(sum.by, SpentBy::Call);
    assert_eq!((sum.answers, sum.unpriced, sum.untold), (4, 3, 2));
    // Of the third call only what a cache gave is known.
    assert_eq!(
        (
            sum.usage.input,
            sum.usage.cache_read,
            sum.usage.cache_write,
            sum.usage.output
        ),
        (60, 180, 30, 14)
    );
    assert_eq!(sum.usd, "0.02".parse().unwrap());
    let sums = store.calls_since(Timestamp(0)).await.unwrap();
    assert_eq!(sums.len(), 1, "a call that still runs tells nothing");
    assert_eq!((sums[0].calls, sums[0].done, sums[0].priced), (3, 2, 1));
    assert_eq!(store.calls_since(Timestamp(4)).await.unwrap(), []);
}

#[tokio::test]
async fn days_follow_the_clocks_of_a_zone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let quarter = |number: i64| {
        let usage = Usage {
            output: 1,
            ..Usage::default()
        };
        crate::usage::Answer {
            spending: krake_domain::spending::Spending {
                answer: Some(number.to_string()),
                usage,
                ..krake_domain::spending::Spending::default()
            },
            at: Timestamp(number * QUARTER_MS),
            above: 0,
            count: 1,
        }
    };
    // The clock goes an hour on at quarter 100: the day that began at 92 ends at 184.
    let shifts = [
        Shift { from: 0, ahead: 4 },
        Shift {
            from: 100,
            ahead: 8,
        },
    ];
    let session = ImportedSession {
        answers: [91, 92, 99, 100, 183, 184].map(quarter).to_vec(),
        is_whole: true,
        ..imported("s", "/x")
    };
    store.import_session(session).await.unwrap();
    let spent = store
        .spent_between(Timestamp(0), Timestamp(10 * DAY), &shifts)
        .await
        .unwrap();
    let mut days: Vec<(i64, u64)> = spent.iter().map(|one| (one.day, one.answers)).collect();
    days.sort_unstable();
    assert_eq!(days, [(0, 1), (1, 4), (2, 1)]);
}
