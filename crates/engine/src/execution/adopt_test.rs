//! Stories of executions that repeat another one.

use std::collections::VecDeque;

use krake_domain::approval::Verdict;
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::StepId;
use krake_domain::principal::Principal;
use serde_json::{Map, json};

use super::sim::World;
use super::sim_plans::PLANS;
use super::{Input, NotAdopted, adopt};

fn fail(world: &mut World, step: &str) {
    let failure = Failure::new(FailureClass::BadInput, "broken");
    world
        .faults
        .insert(step.to_owned(), VecDeque::from([failure]));
}

fn ran(world: &World, before: usize) -> Vec<&str> {
    let mut steps: Vec<&str> = world.ledger[before..]
        .iter()
        .map(|(step, ..)| step.as_str())
        .collect();
    steps.sort_unstable();
    steps
}

const CHAIN: &str = "{name: c, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.read, needs: [a]}, {id: c, tool: t.keyed, args: {x: '${{ steps.b.output.from }}'}}, {id: no, tool: t.keyed, when: 'false', needs: [a]}, {id: d, tool: t.keyed, needs: [no]}]}";

#[test]
fn what_failed_runs_again_and_what_ended_well_does_not() {
    let mut first = World::new(&CHAIN.replace("'false'", "'${{ false }}'"));
    fail(&mut first, "b");
    first.run();
    assert_eq!(first.state.status(), ExecutionStatus::Failed);
    let before = first.ledger.len();
    let mut again = first.rerun(None);
    again.run();
    insta::assert_snapshot!(again.story(), @r#"
    0 execution_created
    0 result_adopted a {"from":"a"}
    0 step_skipped no "its condition `false` is false"
    0 result_adopted d {"from":"d"}
    0 execution_started
    0 attempt_started b
    1 attempt_succeeded b {"from":"b"}
    1 step_assessing c
    2 attempt_started c
    3 attempt_succeeded c {"from":"c"}
    3 execution_ended  {"c":{"from":"c"},"d":{"from":"d"}}
    "#);
    assert_eq!(ran(&again, before), ["b", "c"]);
    assert_eq!(again.state.status(), ExecutionStatus::Done);
    assert_eq!(
        again.state.rerun.as_ref().unwrap().execution,
        first.state.id
    );
}

#[test]
fn from_a_step_runs_it_and_everything_behind_it() {
    let mut first = World::new(&CHAIN.replace("'false'", "'${{ false }}'"));
    first.run();
    let before = first.ledger.len();
    for (from, expected) in [
        ("b", vec!["b", "c"]),
        ("a", vec!["a", "b", "c", "d"]),
        ("c", vec!["c"]),
        ("no", vec!["d"]),
    ] {
        let mut again = first.rerun(Some(from));
        again.run();
        assert_eq!(ran(&again, before), expected, "{from}");
        assert_eq!(again.state.status(), ExecutionStatus::Done);
    }
}

#[test]
fn of_a_list_only_the_items_that_failed_run_again() {
    let mut first = World::new(
        "{name: l, steps: [{id: b, tool: t.keyed, for_each: [1, 2, 3]}, {id: c, tool: t.pure, args: {x: '${{ steps.b.output }}'}}]}",
    );
    fail(&mut first, "b[1]");
    first.run();
    let before = first.ledger.len();
    let mut again = first.rerun(None);
    again.run();
    assert_eq!(ran(&again, before), ["b[1]", "c"]);
    assert_eq!(
        **again.state.steps[0].output.as_ref().unwrap(),
        json!([{"from": "b[0]"}, {"from": "b[1]"}, {"from": "b[2]"}])
    );
    // Then one item of a step that ended well, and then the whole step.
    let before = again.ledger.len();
    let mut once_more = again.rerun(Some("b"));
    once_more.run();
    assert_eq!(ran(&once_more, before), ["b[0]", "b[1]", "b[2]", "c"]);
    let before = once_more.ledger.len();
    let mut one = once_more.rerun(Some("b[2]"));
    one.run();
    assert_eq!(ran(&one, before), ["b[2]", "c"]);
}

#[test]
fn an_unsafe_step_that_ran_asks_again_whatever_the_plan_says() {
    let mut first = World::new(
        "{name: u, steps: [{id: mail, tool: t.unsafe}, {id: all, tool: t.unsafe, for_each: [1]}]}",
    );
    first.run();
    assert_eq!(first.state.status(), ExecutionStatus::Done);
    // As if the person had said `never` when the plan was made.
    for step in ["mail", "all"] {
        let mut again = first.rerun(Some(step));
        let place = again.state.graph.find(step).unwrap();
        std::sync::Arc::make_mut(&mut again.state.plan).steps[place].approval =
            krake_domain::plan::ApprovalMode::Never;
        again.verdict = None;
        again.run();
        assert_eq!(
            again.state.status(),
            ExecutionStatus::Waiting,
            "{}",
            again.story()
        );
        let gate = again.state.gates.values().next().unwrap();
        let because = &gate.approval.because;
        assert!(because.starts_with("it ran before, in exe_"), "{because}");
        assert_eq!(again.ledger.len(), 2, "nothing ran");
    }
}

#[test]
fn a_repetition_of_a_repetition_still_knows_what_was_made() {
    let mut first =
        World::new("{name: u, steps: [{id: mail, tool: t.unsafe}, {id: b, tool: t.read}]}");
    fail(&mut first, "b");
    first.run();
    // Adopted in the second execution, or asked about there and rejected.
    for from in [None, Some("mail")] {
        let mut second = first.rerun(from);
        second.verdict = Some(Verdict::Reject {
            reason: String::new(),
        });
        second.run();
        let mut third = second.rerun(Some("mail"));
        third.verdict = None;
        third.run();
        let gate = third.state.gates.values().next().unwrap();
        let because = &gate.approval.because;
        assert!(because.starts_with("it ran before, in exe_"), "{because}");
    }
}

#[test]
fn what_a_person_left_out_runs_again() {
    for (text, fault) in [
        (
            "{name: s, steps: [{id: a, tool: t.read, on_error: ask}, {id: b, tool: t.pure, args: {x: '${{ default(steps.a.output, 0) }}'}}]}",
            "a",
        ),
        (
            "{name: s, steps: [{id: a, tool: t.check, on_error: ask}, {id: b, tool: t.pure, args: {x: '${{ default(steps.a.output, 0) }}'}}]}",
            "assess a",
        ),
        (
            "{name: s, steps: [{id: a, tool: t.read, on_error: ask, for_each: [1, 2]}, {id: b, tool: t.pure, args: {x: '${{ steps.a.output }}'}}]}",
            "a[1]",
        ),
    ] {
        let mut first = World::new(text);
        fail(&mut first, fault);
        first.verdict = Some(Verdict::Skip);
        first.run();
        assert_eq!(first.state.status(), ExecutionStatus::Done, "{fault}");
        let before = first.ledger.len();
        let mut again = first.rerun(None);
        again.run();
        let failed = fault.trim_start_matches("assess ");
        assert_eq!(ran(&again, before), [failed, "b"], "{}", again.story());
    }
}

#[test]
fn only_what_rests_is_run_again_and_only_from_a_step_that_exists() {
    let mut first =
        World::new("{name: p, steps: [{id: a, tool: t.read}, {id: b, tool: t.read, needs: [a]}]}");
    let nothing = Map::new();
    let refused = |world: &World| adopt(&world.state, None, &nothing).err();
    let running = |status| Some(NotAdopted::StillRuns(status));
    assert_eq!(refused(&first), running(ExecutionStatus::Proposed));
    first.input(Input::Start).unwrap();
    assert_eq!(refused(&first), running(ExecutionStatus::Running));
    first
        .input(Input::Pause {
            by: Principal::owner(),
        })
        .unwrap();
    assert_eq!(refused(&first), Some(NotAdopted::StillAtWork));
    first.go_on();
    let nope = StepId::parse("nope").unwrap();
    assert_eq!(
        adopt(&first.state, Some(&nope), &nothing).err(),
        Some(NotAdopted::NoSuchStep(nope))
    );
    let mut again = first.rerun(None);
    again.run();
    assert_eq!(again.state.status(), ExecutionStatus::Done);
    assert_eq!(ran(&again, 1), ["b"]);
    assert_eq!(again.state.steps[0].status(), StepStatus::Done);
}

#[test]
fn what_reads_a_changed_input_runs_again() {
    let mut first = World::new(
        "{name: i, inputs: {n: {type: integer, default: 1}}, steps: [{id: a, tool: t.pure, args: {n: '${{ inputs.n }}'}}, {id: b, tool: t.pure}, {id: c, tool: t.pure, needs: [a]}]}",
    );
    first.state.inputs.insert("n".to_owned(), json!(1));
    first.run();
    let inputs = json!({"n": 2});
    let adoption = adopt(&first.state, None, inputs.as_object().unwrap()).unwrap();
    assert_eq!(adoption.events.len(), 1, "only b: {:?}", adoption.events);
}

#[test]
fn every_sample_plan_can_be_repeated_from_every_step_and_from_every_failure() {
    for text in PLANS {
        let mut whole = World::new(text);
        whole.grants = 40;
        whole.run();
        for step in &whole.state.plan.steps {
            let mut again = whole.rerun(Some(step.id.as_str()));
            again.run();
            assert_eq!(again.state.status(), ExecutionStatus::Done, "{}", step.id);
            let mut first = World::new(text);
            first.grants = 40;
            fail(&mut first, step.id.as_str());
            first.run();
            let done = first.state.done();
            let mut again = first.rerun(None);
            assert!(again.state.done() <= done);
            again.run();
            assert_eq!(again.state.status(), ExecutionStatus::Done, "{}", step.id);
            let folded = super::fold(&again.journal).unwrap();
            assert_eq!(format!("{folded:?}"), format!("{:?}", again.state));
        }
    }
}
