//! The life of executions on a real data folder, with hands that misbehave.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod hands;

use std::path::Path;
use std::time::Duration;

use hands::Hand;
use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::FailureClass;
use krake_domain::id::{ApprovalId, ExecutionId, WorkspaceId};
use krake_domain::principal::Principal;
use krake_engine::plan::{check, parse};
use krake_runtime::{
    AnswerError, CommandError, Control, Drive, NewExecution, Options, Runtime, open_reader, start,
};
use krake_store::ApprovalFilter;
use serde_json::Map;

async fn runtime(home: &Path, drive: Drive) -> Runtime {
    let more_tools = Hand::all();
    start(Options {
        home: home.to_path_buf(),
        drive,
        more_tools,
    })
    .await
    .unwrap()
}

async fn begin(runtime: &Runtime, text: &str, start: bool) -> ExecutionId {
    let parsed = parse(text).unwrap();
    check(&parsed, runtime.catalog()).unwrap();
    let new = NewExecution {
        plan: parsed.plan,
        inputs: Map::new(),
        source: "test".to_owned(),
        folder: None,
        by: Principal::owner(),
        workspace: WorkspaceId::PERSONAL,
        start,
    };
    runtime.propose(new).await.unwrap()
}

async fn settled(runtime: &Runtime, id: ExecutionId) -> ExecutionStatus {
    tokio::time::timeout(Duration::from_secs(30), runtime.settled(id))
        .await
        .expect("it settles")
        .unwrap()
}

fn failure(state: &krake_engine::execution::State) -> FailureClass {
    state.steps[0].failure.as_ref().unwrap().class
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposed_execution_waits_for_the_word() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    let id = begin(
        &runtime,
        "{name: p, steps: [{id: a, tool: wait, args: {ms: 1}}]}",
        false,
    )
    .await;
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Proposed);
    assert!(matches!(
        runtime
            .command(id, Control::Pause, Principal::owner())
            .await,
        Err(CommandError::Conflict(ExecutionStatus::Proposed))
    ));
    runtime
        .command(id, Control::Start, Principal::owner())
        .await
        .unwrap();
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Done);
    assert!(matches!(
        runtime
            .command(id, Control::Cancel, Principal::owner())
            .await,
        Err(CommandError::Conflict(ExecutionStatus::Done))
    ));
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paused_means_that_nothing_new_starts() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    let id = begin(&runtime, "{name: p, steps: [{id: a, tool: hand.until_told}, {id: b, tool: wait, args: {ms: 1}, needs: [a]}]}", true).await;
    runtime
        .command(id, Control::Pause, Principal::owner())
        .await
        .unwrap();
    Hand::tell();
    hands::until(|| async {
        runtime.state(id).await.unwrap().steps[0].status() == StepStatus::Done
    })
    .await;
    let state = runtime.state(id).await.unwrap();
    assert_eq!(
        (state.status(), state.steps[1].status()),
        (ExecutionStatus::Paused, StepStatus::Ready)
    );
    runtime
        .command(id, Control::Resume, Principal::owner())
        .await
        .unwrap();
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Done);
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hand_that_ignores_its_cancellation_is_dropped_and_its_outcome_is_unknown() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    let id = begin(
        &runtime,
        "{name: c, steps: [{id: a, tool: hand.deaf}]}",
        true,
    )
    .await;
    hands::until(|| async {
        runtime.state(id).await.unwrap().steps[0].status() == StepStatus::Running
    })
    .await;
    runtime
        .command(id, Control::Cancel, Principal::owner())
        .await
        .unwrap();
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Cancelled);
    assert_eq!(
        runtime.state(id).await.unwrap().steps[0].status(),
        StepStatus::CancelledUnknown
    );
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_a_flood_and_a_silence_are_failures_of_the_step() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    for (tool, class) in [
        ("hand.panics", FailureClass::Internal),
        ("hand.floods", FailureClass::TooLarge),
        ("hand.silent", FailureClass::Timeout),
    ] {
        let id = begin(
            &runtime,
            &format!(
                "{{name: f, steps: [{{id: a, tool: {tool}, timeout_ms: 50, retry: {{max: 0}}}}]}}"
            ),
            true,
        )
        .await;
        assert_eq!(
            settled(&runtime, id).await,
            ExecutionStatus::Failed,
            "{tool}"
        );
        assert_eq!(failure(&runtime.state(id).await.unwrap()), class, "{tool}");
    }
    runtime.stop().await.unwrap();
}

/// The questions of an execution that wait for an answer.
async fn waiting(runtime: &Runtime, execution: ExecutionId) -> Vec<ApprovalId> {
    let filter = ApprovalFilter {
        status: Some(ApprovalStatus::Waiting),
        execution: Some(execution),
        limit: 10,
    };
    let rows = runtime.store().list_approvals(filter).await.unwrap();
    rows.iter().map(|row| row.approval.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_thousand_answers_one_wins() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    let id = begin(
        &runtime,
        "{name: q, steps: [{id: a, tool: hand.counts}]}",
        true,
    )
    .await;
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Waiting);
    let approval = waiting(&runtime, id).await[0];
    let answers: Vec<_> = (0..1_000)
        .map(|number| {
            let runtime = runtime.clone();
            let verdict = if number % 2 == 0 {
                Verdict::Approve
            } else {
                Verdict::Reject {
                    reason: String::new(),
                }
            };
            tokio::spawn(async move { runtime.answer(approval, verdict, Principal::owner()).await })
        })
        .collect();
    let mut won = 0;
    for answer in answers {
        match answer.await.unwrap() {
            Ok(()) => won += 1,
            Err(AnswerError::Conflict(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(won, 1);
    let machine = Principal::Machine {
        name: "model".to_owned(),
    };
    assert!(matches!(
        runtime.answer(approval, Verdict::Approve, machine).await,
        Err(AnswerError::NotAPerson)
    ));
    let status = settled(&runtime, id).await;
    assert_eq!(
        Hand::count() > 0,
        status == ExecutionStatus::Done,
        "{status:?}"
    );
    assert!(Hand::count() <= 1);
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_running_hands_finish_and_the_next_start_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let first = runtime(home.path(), Drive::All).await;
    let id = begin(
        &first,
        "{name: s, steps: [{id: a, tool: hand.slow}, {id: b, tool: hand.slow, needs: [a]}]}",
        true,
    )
    .await;
    hands::until(|| async {
        first.state(id).await.unwrap().steps[0].status() == StepStatus::Running
    })
    .await;
    first.stop().await.unwrap();
    let reader = open_reader(home.path()).await.unwrap();
    let state = reader.state(id).await.unwrap();
    assert_eq!(
        (state.steps[0].status(), state.steps[1].status()),
        (StepStatus::Done, StepStatus::Ready)
    );
    reader.stop().await.unwrap();
    let second = runtime(home.path(), Drive::All).await;
    assert_eq!(settled(&second, id).await, ExecutionStatus::Done);
    let attempts: Vec<usize> = second
        .state(id)
        .await
        .unwrap()
        .steps
        .iter()
        .map(|step| step.attempts.len())
        .collect();
    assert_eq!(attempts, [1, 1]);
    second.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_drives_only_what_it_names() {
    let home = tempfile::tempdir().unwrap();
    let first = runtime(home.path(), Drive::All).await;
    let plan = "{name: n, steps: [{id: a, tool: wait, args: {ms: 400}}]}";
    let (one, other) = (
        begin(&first, plan, true).await,
        begin(&first, plan, true).await,
    );
    first.stop().await.unwrap();
    let second = runtime(home.path(), Drive::Named).await;
    second
        .command(one, Control::Resume, Principal::owner())
        .await
        .unwrap();
    assert_eq!(settled(&second, one).await, ExecutionStatus::Done);
    assert_eq!(
        second.state(other).await.unwrap().status(),
        ExecutionStatus::Running
    );
    assert_eq!(second.living(), 0);
    second.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_playbook_is_found_and_a_broken_one_says_why() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    assert!(
        runtime
            .playbooks()
            .find("brief-repo")
            .unwrap()
            .parsed
            .is_ok()
    );
    std::fs::create_dir_all(runtime.playbooks().folder()).unwrap();
    std::fs::write(
        runtime.playbooks().folder().join("mine.yaml"),
        "{name: mine, steps: [{id: a, tool: wait, args: {ms: 1}}]}",
    )
    .unwrap();
    std::fs::write(runtime.playbooks().folder().join("broken.yaml"), "name: [").unwrap();
    assert!(runtime.playbooks().find("mine").unwrap().parsed.is_ok());
    assert!(runtime.playbooks().find("broken").unwrap().parsed.is_err());
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_are_streamed_and_fetched_again_by_offset() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    let mut live = runtime.logs().subscribe();
    let id = begin(
        &runtime,
        "{name: l, steps: [{id: a, tool: hand.talks}]}",
        true,
    )
    .await;
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Done);
    let (first, second) = (live.recv().await.unwrap(), live.recv().await.unwrap());
    assert_eq!(
        (first.text.as_str(), first.offset, second.text.as_str()),
        ("first line", 0, "second line")
    );
    let step = first.step.clone();
    let whole = runtime.logs().read(id, &step, 1, 0, 1_000).unwrap();
    assert_eq!(whole.text, "first line\nsecond line\n");
    assert_eq!(
        runtime
            .logs()
            .read(id, &step, 1, second.offset, 1_000)
            .unwrap()
            .text,
        "second line\n"
    );
    runtime.stop().await.unwrap();
}

#[test]
fn the_shipped_playbooks_pass_the_check() {
    let catalog = krake_runtime::builtin_catalog();
    let home = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let krake = start(Options {
            home: home.path().to_path_buf(),
            drive: Drive::Named,
            more_tools: vec![],
        })
        .await
        .unwrap();
        for playbook in krake.playbooks().list() {
            let parsed = playbook.parsed.as_ref().unwrap();
            assert!(check(parsed, &catalog).is_ok(), "{}", playbook.name);
        }
        krake.stop().await.unwrap();
    });
}

/// Makes the commit of an answer take long enough that others are refused meanwhile.
struct SlowAnswers;

/// An answer is about to be written.
static BEING_WRITTEN: tokio::sync::Notify = tokio::sync::Notify::const_new();

impl tracing::Subscriber for SlowAnswers {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "krake::point"
    }

    fn event(&self, event: &tracing::Event<'_>) {
        let mut seen = Seen::default();
        event.record(&mut seen);
        if seen.is_before && seen.is_answer {
            BEING_WRITTEN.notify_one();
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[derive(Default)]
struct Seen {
    is_before: bool,
    is_answer: bool,
}

impl tracing::field::Visit for Seen {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.is_before |= field.name() == "when" && value == "before";
        self.is_answer |= field.name() == "point" && value == "answer";
    }

    fn record_debug(&mut self, _: &tracing::field::Field, _: &dyn std::fmt::Debug) {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_too_late_finds_the_winner() {
    let home = tempfile::tempdir().unwrap();
    let runtime = runtime(home.path(), Drive::All).await;
    tracing::subscriber::set_global_default(SlowAnswers).unwrap();
    let plan = "{name: q, steps: [{id: a, tool: hand.counts}, {id: b, tool: hand.counts}]}";
    let id = begin(&runtime, plan, true).await;
    assert_eq!(settled(&runtime, id).await, ExecutionStatus::Waiting);
    let [first, second] = &waiting(&runtime, id).await[..] else {
        panic!("both steps ask");
    };
    let answer = |approval: ApprovalId| {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            let answer = runtime
                .answer(approval, Verdict::Approve, Principal::owner())
                .await;
            let row = runtime.store().find_approval(approval).await.unwrap();
            (answer.is_ok(), row.unwrap().status)
        })
    };
    // While the first answer is written, those to the second question come together.
    let before = answer(*first);
    BEING_WRITTEN.notified().await;
    let together = [answer(*second), answer(*second), answer(*second)];
    assert!(before.await.unwrap().0);
    let mut won = 0;
    for one in together {
        let (is_winner, found) = one.await.unwrap();
        won += u32::from(is_winner);
        assert_eq!(found, ApprovalStatus::Approved);
    }
    assert_eq!(won, 1);
    runtime.stop().await.unwrap();
}
