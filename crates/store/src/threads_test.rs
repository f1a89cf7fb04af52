use krake_domain::approval::{Approval, ApprovalStatus};
use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ExecutionId;

use super::*;
use crate::batch::Summary;
use crate::fixture;

const NOW: Timestamp = Timestamp(1_000);

async fn stands(store: &Store, id: ExecutionId, status: ExecutionStatus, ended: Option<i64>) {
    let mut batch = fixture::batch(id, [fixture::done(1, 10)]);
    batch.summary = Some(Summary {
        ended_at: ended.map(Timestamp),
        ..fixture::summary(status, 1)
    });
    store.append(batch).await.unwrap();
}

async fn ask(store: &Store) -> Approval {
    let id = fixture::execution();
    let approval = fixture::approval(id);
    let mut batch = fixture::batch(
        id,
        [Event::ApprovalAsked {
            approval: Box::new(approval.clone()),
        }],
    );
    batch.summary = Some(fixture::summary(ExecutionStatus::Waiting, 0));
    store.append(batch).await.unwrap();
    approval
}

async fn list(store: &Store, state: Option<ThreadState>, now: Timestamp) -> Vec<ThreadId> {
    let filter = ThreadFilter {
        state,
        now,
        limit: 10,
    };
    let rows = store.list_threads(filter).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_inbox_is_what_waits_and_what_ended_badly() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let [failed, stopped, well, old] = [0; 4].map(|_| fixture::execution());
    stands(&store, failed, ExecutionStatus::Failed, Some(7)).await;
    stands(&store, stopped, ExecutionStatus::Stopped, None).await;
    // What follows a stop, such as the start of another process, does not move it.
    let cause = Failure::new(FailureClass::LimitReached, "used up");
    let stop = Event::ExecutionStopped { cause };
    let events = [fixture::done(2, 10), stop, fixture::done(3, 10)];
    store.append(fixture::batch(stopped, events)).await.unwrap();
    stands(&store, well, ExecutionStatus::Done, Some(9)).await;
    stands(&store, old, ExecutionStatus::Stopped, Some(8)).await;
    let asked = ThreadId::Approval(ask(&store).await.id);
    let [failed, stopped, well, old] = [failed, stopped, well, old].map(ThreadId::Execution);

    let open = list(&store, None, NOW).await;
    assert_eq!(open[2..], [old, failed]);
    assert!(open[..2].contains(&asked) && open[..2].contains(&stopped));
    assert_eq!(store.threads_waiting(NOW).await.unwrap(), 2);
    let found = store.find_thread(stopped).await.unwrap().unwrap();
    assert!(found.needs_answer() && found.since == Timestamp(2));
    assert!(
        !store
            .find_thread(old)
            .await
            .unwrap()
            .unwrap()
            .needs_answer()
    );
    assert_eq!(store.find_thread(well).await.unwrap(), None);
}

#[tokio::test]
async fn a_mark_holds_until_its_moment_or_until_what_it_is_about_moves_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let execution = fixture::execution();
    stands(&store, execution, ExecutionStatus::Stopped, None).await;
    let approval = ask(&store).await;
    let (stopped, asked) = (
        ThreadId::Execution(execution),
        ThreadId::Approval(approval.id),
    );
    let mut rows = Vec::new();
    for id in [stopped, asked] {
        rows.push(store.find_thread(id).await.unwrap().unwrap());
    }
    let mut commits = store.commits();
    let until = Timestamp(2_000);
    let snoozed = Some(Mark::Snoozed { until });
    store.mark_threads(&rows, snoozed).await.unwrap();
    assert_eq!(commits.recv().await.unwrap().tags, [Tag::Threads]);
    assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, []);
    assert_eq!(list(&store, Some(ThreadState::Snoozed), NOW).await.len(), 2);
    assert_eq!(list(&store, Some(ThreadState::Open), until).await.len(), 2);
    assert_eq!(store.threads_waiting(NOW).await.unwrap(), 0);
    assert_eq!(store.threads_waiting(until).await.unwrap(), 2);
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), Some(until));

    // The limit was lifted and reached again: that is news.
    stands(&store, execution, ExecutionStatus::Running, None).await;
    assert_eq!(store.find_thread(stopped).await.unwrap(), None);
    stands(&store, execution, ExecutionStatus::Stopped, None).await;
    assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, [stopped]);
    // A new line of the same state is none.
    let row = store.find_thread(stopped).await.unwrap().unwrap();
    store.mark_threads(&[row], snoozed).await.unwrap();
    stands(&store, execution, ExecutionStatus::Stopped, None).await;
    assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, []);

    store.wake_threads(Timestamp(1_999)).await.unwrap();
    assert_eq!(list(&store, Some(ThreadState::Snoozed), NOW).await.len(), 2);
    store.wake_threads(until).await.unwrap();
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), None);

    let asked = store.find_thread(asked).await.unwrap().unwrap();
    store
        .mark_threads(std::slice::from_ref(&asked), snoozed)
        .await
        .unwrap();
    let ended = Event::ApprovalEnded {
        approval: approval.id,
        status: ApprovalStatus::Expired,
    };
    let ended = fixture::batch(approval.execution, [ended]);
    store.append(ended).await.unwrap();
    assert_eq!(store.find_thread(asked.id).await.unwrap(), None);
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_done_is_found_among_what_is_done_and_can_be_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let execution = fixture::execution();
    stands(&store, execution, ExecutionStatus::Failed, Some(5)).await;
    let id = ThreadId::Execution(execution);
    let row = store.find_thread(id).await.unwrap().unwrap();
    let done = Some(Mark::Done { at: NOW });
    store
        .mark_threads(std::slice::from_ref(&row), done)
        .await
        .unwrap();
    assert_eq!(list(&store, None, NOW).await, []);
    assert_eq!(list(&store, Some(ThreadState::Done), NOW).await, [id]);
    assert_eq!(store.find_thread(id).await.unwrap().unwrap().mark, done);
    store.mark_threads(&[row], None).await.unwrap();
    assert_eq!(list(&store, None, NOW).await, [id]);
}

#[tokio::test]
async fn a_draft_and_a_handoff_that_nobody_has_are_threads_until_somebody_acts() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let session = store
        .import_session(fixture::imported("a", "/x"))
        .await
        .unwrap()
        .session;
    let draft = fixture::draft(session, 40);
    store.add_draft(draft.clone()).await.unwrap();
    let drafted = ThreadId::Draft(draft.id);
    assert_eq!(list(&store, None, NOW).await, [drafted]);
    let row = store.find_thread(drafted).await.unwrap().unwrap();
    assert!(!row.needs_answer() && row.since == Timestamp(40));
    let until = Timestamp(2_000);
    let snoozed = Some(Mark::Snoozed { until });
    store.mark_threads(&[row], snoozed).await.unwrap();
    assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, []);

    let mut handoff = fixture::handoff();
    handoff.delivery.draft = Some(draft.id);
    assert!(store.add_handoff(handoff.clone()).await.unwrap());
    let sent = ThreadId::Handoff(handoff.id);
    assert_eq!(list(&store, None, NOW).await, [sent]);
    let again = krake_domain::handoff::Handoff {
        id: krake_domain::id::HandoffId::from_uuid(fixture::uuid()),
        ..handoff.clone()
    };
    assert!(
        !store.add_handoff(again).await.unwrap(),
        "one answer to one draft"
    );
    let row = store.find_thread(sent).await.unwrap().unwrap();
    let done = Some(Mark::Done { at: NOW });
    store.mark_threads(&[row], done).await.unwrap();
    assert_eq!(list(&store, Some(ThreadState::Done), NOW).await, [sent]);

    // Taken back, the draft is open once more, and nobody has said anything to it.
    store.withdraw_handoff(handoff.id, NOW).await.unwrap();
    assert_eq!(list(&store, Some(ThreadState::Open), NOW).await, [drafted]);
    let second = krake_domain::handoff::Handoff {
        id: krake_domain::id::HandoffId::from_uuid(fixture::uuid()),
        ..handoff
    };
    assert!(store.add_handoff(second.clone()).await.unwrap());
    store.claim_handoff(second.id, None, NOW).await.unwrap();
    assert_eq!(list(&store, None, NOW).await, []);
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), None);
}

#[tokio::test]
async fn an_account_that_ran_out_waits_for_a_person_until_it_is_answered_or_filled_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let session = store.import_session(fixture::imported("a", "/x")).await;
    let session = session.unwrap().session;
    let mut draft = fixture::draft(session, 40);
    draft.run_out.resets_at = Some(Timestamp(3_000));
    store.add_draft(draft.clone()).await.unwrap();
    let failed = fixture::execution();
    stands(&store, failed, ExecutionStatus::Failed, Some(900)).await;
    let id = ThreadId::Draft(draft.id);
    // Before what only wants a look, although that is newer.
    let all = [id, ThreadId::Execution(failed)];
    assert_eq!(list(&store, None, NOW).await, all);
    let waits = async |now| {
        let row = store.find_thread(id).await.unwrap();
        let count = store.threads_waiting(now).await.unwrap();
        (row.is_some_and(|row| row.waits(now)), count)
    };
    assert_eq!(waits(NOW).await, (true, 1));
    let row = store.find_thread(id).await.unwrap().unwrap();
    let mark = async |mark| {
        let rows = std::slice::from_ref(&row);
        store.mark_threads(rows, mark).await.unwrap();
    };
    let until = Timestamp(2_000);
    mark(Some(Mark::Snoozed { until })).await;
    assert_eq!(waits(NOW).await, (true, 0), "it sleeps");
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), Some(until));
    assert_eq!(waits(until).await, (true, 1));
    mark(Some(Mark::Done { at: NOW })).await;
    assert_eq!(waits(NOW).await, (false, 0), "somebody looked at it");
    mark(None).await;

    // The account can go on by itself: whoever shows the number hears of it once.
    let filled = Timestamp(3_000);
    assert_eq!(store.next_thread_moves(NOW).await.unwrap(), Some(filled));
    assert_eq!(waits(filled).await, (false, 0));
    let mut commits = store.commits();
    store.wake_threads(filled).await.unwrap();
    assert_eq!(commits.recv().await.unwrap().tags, [Tag::Threads]);
    assert_eq!(store.next_thread_moves(filled).await.unwrap(), None);

    let no = "I wait for the reset".to_owned();
    store.reject_draft(draft.id, no).await.unwrap();
    assert_eq!(waits(NOW).await, (false, 0));
}
