//! Stories of plans that were changed on the way.

use std::collections::VecDeque;

use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use serde_json::json;

use super::sim::World;
use super::sim_plans::PLANS;
use super::{Input, Refusal};
use crate::plan::parse;

fn plan(text: &str) -> Plan {
    parse(text)
        .unwrap_or_else(|faults| panic!("{faults:?}"))
        .plan
}

fn revise(world: &mut World, text: &str) -> Result<(), Refusal> {
    let version = world.state.version();
    revise_from(world, version, text)
}

fn revise_from(world: &mut World, version: u32, text: &str) -> Result<(), Refusal> {
    world.input(Input::Revise {
        version,
        plan: Box::new(plan(text)),
        inputs: world.state.inputs.clone(),
        roots: vec![],
        by: Principal::owner(),
    })
}

fn paused(text: &str) -> World {
    let mut world = World::new(text);
    world.input(Input::Start).unwrap();
    world
        .input(Input::Pause {
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    world
}

fn resume(world: &mut World) {
    world
        .input(Input::Resume {
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    let folded = super::fold(&world.journal).unwrap();
    assert_eq!(format!("{folded:?}"), format!("{:?}", world.state));
}

fn refused(result: Result<(), Refusal>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn of_a_proposed_plan_everything_may_change() {
    let mut world = World::new("{name: a, steps: [{id: a, tool: t.read}]}");
    revise(
        &mut world,
        "{name: b, steps: [{id: x, tool: t.pure}, {id: y, tool: t.pure, needs: [x]}]}",
    )
    .unwrap();
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(world.state.plan.name, "b");
    assert_eq!(world.ledger.len(), 2);
    assert_eq!(world.state.revisions.len(), 2);
    assert_eq!(world.state.revisions[0].plan.name, "a");
}

#[test]
fn a_change_that_was_made_from_an_older_version_overwrites_nothing() {
    let mut world = World::new("{name: a, steps: [{id: a, tool: t.read}]}");
    revise(&mut world, "{name: mine, steps: [{id: a, tool: t.read}]}").unwrap();
    let theirs = "{name: theirs, steps: [{id: a, tool: t.read}]}";
    assert_eq!(
        revise_from(&mut world, 1, theirs),
        Err(Refusal::Version { from: 1, found: 2 })
    );
    assert_eq!(world.state.plan.name, "mine");
    revise_from(&mut world, 2, theirs).unwrap();
    assert_eq!(world.state.version(), 3);
}

#[test]
fn the_rest_of_a_paused_plan_may_change_and_what_started_may_not() {
    const FIRST: &str = "{name: p, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.unsafe, needs: [a]}, {id: c, tool: t.pure, needs: [b]}]}";
    let mut world = paused(FIRST);
    assert_eq!(
        world.state.steps[0].status(),
        StepStatus::Ready,
        "it was only looked at"
    );
    resume(&mut world);
    let mut world = World::new(FIRST);
    world.verdict = None;
    world.run();
    world
        .input(Input::Pause {
            by: Principal::owner(),
        })
        .unwrap();
    for (text, said) in [
        (
            "{name: p, steps: [{id: c, tool: t.pure}]}",
            "step `a` has started and must stay",
        ),
        (
            "{name: p, steps: [{id: a, tool: t.read}, {id: b, tool: t.unsafe, needs: [a]}]}",
            "step `a` has started and must stay as it is",
        ),
        (
            "{name: p, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.unsafe, args: {x: 1}, needs: [a]}]}",
            "step `b` has started and must stay as it is",
        ),
        (
            "{name: p, limits: {steps: 1}, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.unsafe, needs: [a]}]}",
            "with the 0 items that are there the plan has more than the 1 steps of `limits.steps`",
        ),
    ] {
        assert_eq!(refused(revise(&mut world, text)), said);
    }
    // Another order, one step less, two more; the question that waits is still the same one.
    revise(
        &mut world,
        "{name: q, steps: [{id: new, tool: t.keyed, needs: [b]}, {id: b, tool: t.unsafe, needs: [a]}, {id: a, tool: t.keyed}, {id: side, tool: t.read}]}",
    )
    .unwrap();
    world.restart();
    world.verdict = Some(krake_domain::approval::Verdict::Approve);
    resume(&mut world);
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    let mut ran: Vec<&str> = world
        .ledger
        .iter()
        .map(|(step, ..)| step.as_str())
        .collect();
    ran.sort_unstable();
    assert_eq!(ran, ["a", "b", "new", "side"]);
    assert_eq!(refused(revise(&mut world, FIRST)), "the execution is done");
}

#[test]
fn items_that_are_there_stay_and_a_failed_need_is_no_need() {
    const EACH: &str = "{name: e, limits: {parallel: 1}, steps: [{id: b, tool: t.read, for_each: [1, 2, 3]}, {id: c, tool: t.pure, needs: [b]}]}";
    let mut world = paused(EACH);
    revise(
        &mut world,
        "{name: e, limits: {parallel: 9}, steps: [{id: d, tool: t.pure, args: {x: '${{ steps.b.output[2].from }}'}}, {id: b, tool: t.read, for_each: [1, 2, 3]}]}",
    )
    .unwrap();
    resume(&mut world);
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    assert_eq!(world.ledger.len(), 4);
    assert_eq!(world.state.output["d"], json!({"from": "d"}));

    let mut world = World::new(
        "{name: f, steps: [{id: a, tool: t.read}, {id: w, tool: wait, args: {ms: 99}}, {id: z, tool: t.pure, needs: [w]}]}",
    );
    world.faults.insert(
        "a".to_owned(),
        VecDeque::from([Failure::new(FailureClass::BadInput, "no")]),
    );
    world.input(Input::Start).unwrap();
    world
        .input(Input::Pause {
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    assert_eq!(
        refused(revise(
            &mut world,
            "{name: f, steps: [{id: a, tool: t.read}, {id: w, tool: wait, args: {ms: 99}}, {id: z, tool: t.pure, needs: [a]}]}"
        )),
        "step `z` needs `a`, which did not end well"
    );
}

#[test]
fn every_sample_plan_can_be_paused_and_revised_to_itself_at_every_moment() {
    for text in PLANS {
        for after in 0..25 {
            let mut world = World::new(text);
            world.grants = 40;
            world.input(Input::Start).unwrap();
            world.run_some(after);
            if world
                .input(Input::Pause {
                    by: Principal::owner(),
                })
                .is_err()
            {
                continue;
            }
            revise(&mut world, text).unwrap_or_else(|why| panic!("{after}: {why}"));
            resume(&mut world);
            assert_eq!(
                world.state.status(),
                ExecutionStatus::Done,
                "{after}: {}",
                world.story()
            );
        }
    }
}
