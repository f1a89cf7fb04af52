//! A failed step, and what a person may say to it.

use std::collections::VecDeque;

use krake_domain::approval::{ApprovalKind, Verdict};
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;

use super::sim::World;
use super::{Input, Refusal};

const ASKS: &str = "{name: f, steps: [{id: a, tool: t.read, on_error: ask}, {id: b, tool: t.pure, args: {x: '${{ default(steps.a.output, 0) }}'}}]}";
const USUAL: &str = "{name: f, steps: [{id: a, tool: t.read}, {id: b, tool: t.pure, needs: [a]}]}";

fn failing(text: &str, prefix: &str, class: FailureClass) -> World {
    let mut world = World::new(text);
    world.verdict = None;
    world.faults.insert(
        format!("{prefix}a"),
        VecDeque::from([Failure::new(class, "the door is locked")]),
    );
    world.run();
    world
}

fn asked(world: &World) -> ApprovalId {
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Waiting,
        "{}",
        world.story()
    );
    let (id, gate) = world.state.gates.iter().next_back().unwrap();
    assert_eq!(gate.approval.kind, ApprovalKind::Failed);
    let failure = gate.approval.failure.as_ref().unwrap();
    assert_eq!(failure.message, "the door is locked");
    *id
}

fn answer(world: &mut World, approval: ApprovalId, verdict: Verdict) {
    world
        .input(Input::Answer {
            approval,
            verdict,
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
}

#[test]
fn it_is_tried_again_as_often_as_a_person_says_so() {
    let mut world = failing(ASKS, "", FailureClass::NotFound);
    let again = VecDeque::from([Failure::new(FailureClass::NotFound, "the door is locked")]);
    world.faults.insert("a".to_owned(), again);
    let first = asked(&world);
    world.restart();
    answer(&mut world, first, Verdict::Approve);
    let second = asked(&world);
    assert!(
        world.state.gates[&second]
            .approval
            .because
            .contains("2 times"),
        "{}",
        world.story()
    );
    answer(&mut world, second, Verdict::Approve);
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
}

#[test]
fn it_is_left_out_and_what_needs_it_sees_null() {
    let mut world = failing(ASKS, "", FailureClass::BadOutput);
    let approval = asked(&world);
    answer(&mut world, approval, Verdict::Skip);
    assert_eq!(world.state.steps[0].status(), StepStatus::Skipped);
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}

#[test]
fn given_up_or_unanswered_it_fails_with_its_own_cause() {
    for expire in [false, true] {
        let mut world = failing(ASKS, "", FailureClass::NotFound);
        let approval = asked(&world);
        if expire {
            world.expire();
        } else {
            let no = Verdict::Reject {
                reason: String::new(),
            };
            answer(&mut world, approval, no);
        }
        assert_eq!(world.state.status(), ExecutionStatus::Failed);
        let cause = world.state.cause.as_ref().unwrap();
        assert_eq!(cause.class, FailureClass::NotFound);
        assert_eq!(cause.message, "step `a`: the door is locked");
    }
}

#[test]
fn without_a_word_in_the_plan_only_a_refused_access_asks() {
    asked(&failing(USUAL, "", FailureClass::NoAccess));
    for class in [FailureClass::NotFound, FailureClass::DiskFull] {
        assert_eq!(
            failing(USUAL, "", class).state.status(),
            ExecutionStatus::Failed
        );
    }
    for word in ["approval: never", "on_error: fail"] {
        let text = USUAL.replace("tool: t.read", &format!("tool: t.read, {word}"));
        let world = failing(&text, "", FailureClass::NoAccess);
        assert_eq!(world.state.status(), ExecutionStatus::Failed, "{word}");
    }
    // Refused before it ran: there is nothing that could be tried again by itself.
    let text = USUAL.replace("t.read", "t.unsafe");
    let world = failing(&text, "assess ", FailureClass::NoAccess);
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
}

#[test]
fn what_fails_before_it_runs_asks_where_the_plan_says_so() {
    let text = ASKS.replace("t.read", "t.unsafe");
    let mut world = failing(&text, "assess ", FailureClass::NotFound);
    let approval = asked(&world);
    answer(&mut world, approval, Verdict::Approve);
    // The call itself is another question.
    let (_, gate) = world.state.gates.iter().next_back().unwrap();
    assert_eq!(gate.approval.kind, ApprovalKind::Call);
    assert!(world.ledger.is_empty());
}

#[test]
fn a_rejected_call_is_not_asked_about_once_more() {
    let mut world = World::new("{name: f, steps: [{id: a, tool: t.unsafe, on_error: ask}]}");
    world.verdict = Some(Verdict::Reject {
        reason: "no".to_owned(),
    });
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    assert_eq!(world.state.gates.len(), 1);
}

#[test]
fn only_a_failed_step_is_skipped() {
    let mut world = World::new("{name: f, steps: [{id: a, tool: t.unsafe}]}");
    world.verdict = None;
    world.run();
    let approval = *world.state.gates.keys().next().unwrap();
    let skip = Input::Answer {
        approval,
        verdict: Verdict::Skip,
        by: Principal::owner(),
    };
    assert!(matches!(world.input(skip), Err(Refusal::BadVerdict(_))));
}
