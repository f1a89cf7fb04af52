//! Limits stop an execution, and it goes on when somebody allows more.

use std::collections::VecDeque;

use krake_domain::event::Event;
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::principal::Principal;
use krake_domain::time::Timestamp;
use serde_json::Value;

use super::sim::World;
use super::{Input, Phase, Refusal};

const CHAIN: &str = "{name: l, limits: {attempts: 2}, steps: [{id: a, tool: t.pure}, {id: b, tool: t.pure, needs: [a]}, {id: c, tool: t.pure, needs: [b]}]}";

fn resume() -> Input {
    Input::Resume {
        by: Principal::owner(),
    }
}

#[test]
fn limits_stop_with_the_cap_named() {
    let mut world = World::new(CHAIN);
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
    let cause = world.state.cause.as_ref().unwrap();
    assert!(cause.message.contains("2 attempts"), "{cause}");
    assert_eq!(world.state.ended_at, None);
}

#[test]
fn resume_allows_as_much_again_and_finished_steps_stay_finished() {
    let mut world = World::new(CHAIN);
    world.run();
    world.input(resume()).unwrap();
    world.go_on();
    insta::assert_snapshot!(world.story(), @r#"
    0 execution_created
    0 execution_started
    0 attempt_started a
    1 attempt_succeeded a {"from":"a"}
    1 attempt_started b
    2 attempt_succeeded b {"from":"b"}
    2 execution_stopped
    2 limits_granted
    2 execution_resumed
    2 attempt_started c
    3 attempt_succeeded c {"from":"c"}
    3 execution_ended  {"c":{"from":"c"}}
    "#);
    assert_eq!(world.state.attempts_allowed(), 4);
    assert_eq!(world.state.cause, None);
}

#[test]
fn what_runs_finishes_and_nothing_new_starts() {
    let mut world = World::new(
        "{name: l, limits: {attempts: 2}, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.keyed}, {id: c, tool: t.keyed}, {id: d, tool: t.pure, needs: [a]}]}",
    );
    world.run();
    let statuses: Vec<StepStatus> = world.state.steps.iter().map(|step| step.status()).collect();
    assert_eq!(
        statuses
            .iter()
            .filter(|status| **status == StepStatus::Done)
            .count(),
        2,
        "{}",
        world.story()
    );
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
    assert!(world.state.is_at_rest());
    // Another process takes over: it stays stopped until it is told.
    world.restart();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
    assert_eq!(world.ledger.len(), 2);
    world.input(resume()).unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}

#[test]
fn what_ran_when_a_stopped_process_died_is_dealt_with_after_the_resume() {
    let mut world = World::new(
        "{name: l, limits: {attempts: 1}, steps: [{id: a, tool: t.check}, {id: b, tool: t.keyed, needs: [a]}]}",
    );
    world.input(Input::Start).unwrap();
    world.run_some(1);
    assert_eq!(world.state.status(), ExecutionStatus::Running);
    world.restart();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Stopped,
        "{}",
        world.story()
    );
    assert!(world.ledger.is_empty());
    world.input(resume()).unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(world.ledger.len(), 2);
}

#[test]
fn a_retry_beyond_the_limit_stops_and_is_made_after_the_resume() {
    let mut world = World::new("{name: l, limits: {attempts: 1}, steps: [{id: a, tool: t.read}]}");
    world.faults.insert(
        "a".to_owned(),
        VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
    );
    world.run();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Stopped,
        "{}",
        world.story()
    );
    assert_eq!(world.state.steps[0].status(), StepStatus::WaitingRetry);
    world.input(resume()).unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}

#[test]
fn time_that_it_stands_still_is_not_work_and_the_grant_counts_from_here() {
    let mut world = World::new(
        "{name: t, limits: {time: 1}, steps: [{id: w, tool: wait, args: {ms: 9000}}, {id: a, tool: wait, args: {ms: 500}, needs: [w]}, {id: b, tool: t.pure, needs: [a]}]}",
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
    let cause = world.state.cause.as_ref().unwrap();
    assert!(cause.message.contains("1 s"), "{cause}");
    world.now = Timestamp(world.now.0 + 86_400_000);
    world.input(resume()).unwrap();
    world.go_on();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    assert_eq!(world.state.time_allowed_s(), 10);
}

#[test]
fn cancel_ends_what_a_limit_stopped() {
    let mut world = World::new(CHAIN);
    world.run();
    assert_eq!(
        world.input(Input::Pause {
            by: Principal::owner()
        }),
        Err(Refusal::Status(ExecutionStatus::Stopped))
    );
    world
        .input(Input::Cancel {
            by: Principal::owner(),
        })
        .unwrap();
    assert_eq!(world.state.status(), ExecutionStatus::Cancelled);
    assert_eq!(
        world.input(resume()),
        Err(Refusal::Status(ExecutionStatus::Cancelled))
    );
}

#[test]
fn what_ended_as_stopped_in_an_old_journal_stays_ended() {
    let mut world = World::new(CHAIN);
    world.input(Input::Start).unwrap();
    let old = Event::ExecutionEnded {
        status: ExecutionStatus::Stopped,
        output: std::sync::Arc::new(Value::Null),
        cause: Some(Failure::new(FailureClass::Cancelled, "used up")),
    };
    world.replay(old);
    assert_eq!(world.state.phase, Phase::Ended(ExecutionStatus::Stopped));
    assert!(world.state.ended_at.is_some());
    let before = world.journal.len();
    for input in [
        resume(),
        Input::Cancel {
            by: Principal::owner(),
        },
    ] {
        assert_eq!(
            world.input(input),
            Err(Refusal::Status(ExecutionStatus::Stopped))
        );
    }
    world
        .input(Input::Recover {
            epoch: 9,
            after_crash: true,
        })
        .unwrap();
    assert_eq!(world.journal.len(), before);
}
