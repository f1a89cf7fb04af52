//! Other arguments than those that were asked about.

use std::sync::Arc;

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;
use serde_json::{Value, json};

use super::sim::World;
use super::{Input, Refusal};

const READ_AND_SEND: &str = "{name: e, steps: [{id: look, tool: t.read}, {id: send, tool: t.strict, args: {to: '${{ steps.look.output.from }}'}}, {id: after, tool: t.pure, args: {x: '${{ steps.send.output }}'}}]}";

fn asked() -> (World, ApprovalId) {
    let mut world = World::new(READ_AND_SEND);
    world.verdict = None;
    world.run();
    let approval = *world.state.gates.keys().next().unwrap();
    (world, approval)
}

fn edit(approval: ApprovalId, args: Value, by: Principal) -> Input {
    Input::Edit {
        approval,
        args: Arc::new(args),
        by,
    }
}

#[test]
fn the_new_bytes_are_asked_about_and_taint_nothing() {
    let (mut world, old) = asked();
    world
        .input(edit(old, json!({"to": "me"}), Principal::owner()))
        .unwrap();
    world.go_on();
    assert_eq!(world.state.gates[&old].status, ApprovalStatus::Withdrawn);
    let (new, gate) = world.state.gates.iter().next_back().unwrap();
    let new = *new;
    assert_ne!(new, old);
    assert_eq!(gate.approval.args, r#"{"to":"me"}"#);
    assert!(
        !gate.approval.scopes.is_empty(),
        "it is a person's own word"
    );
    world.restart();
    let stale = Input::Answer {
        approval: old,
        verdict: Verdict::Approve,
        by: Principal::owner(),
    };
    assert_eq!(
        world.input(stale),
        Err(Refusal::Answered(ApprovalStatus::Withdrawn))
    );
    assert!(world.ledger.iter().all(|(step, ..)| step == "look"));
    world.verdict = Some(Verdict::Approve);
    world.go_on();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    assert!(world.state.steps[0].tainted && !world.state.steps[1].tainted);
    assert_eq!(world.state.args_of(1).unwrap(), json!({"to": "me"}));
}

#[test]
fn what_does_not_fit_the_tool_or_comes_from_a_machine_changes_nothing() {
    let (mut world, approval) = asked();
    let before = world.journal.len();
    for args in [json!({"too": "me"}), json!({"to": 3}), json!([])] {
        assert!(matches!(
            world.input(edit(approval, args, Principal::owner())),
            Err(Refusal::BadAnswer(_))
        ));
    }
    let machine = Principal::Machine {
        name: "model".to_owned(),
    };
    assert_eq!(
        world.input(edit(approval, json!({"to": "me"}), machine)),
        Err(Refusal::NotAPerson)
    );
    assert_eq!(world.journal.len(), before);
}

#[test]
fn where_the_policy_would_not_ask_the_edited_call_is_asked_about_all_the_same() {
    let plan = "{name: e, steps: [{id: a, tool: t.check, approval: always}]}";
    let mut world = World::new(plan);
    world.verdict = None;
    world.run();
    let first = *world.state.gates.keys().next().unwrap();
    world
        .input(edit(first, json!({"x": 1}), Principal::owner()))
        .unwrap();
    world.go_on();
    assert_eq!(world.state.gates.len(), 2);
    assert!(world.ledger.is_empty());
}
