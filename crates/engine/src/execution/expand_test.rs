//! Stories of steps that run once for each item.

use std::collections::VecDeque;

use krake_domain::approval::{ApprovalKind, Verdict};
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::StepId;
use krake_domain::principal::Principal;
use serde_json::{Value, json};

use super::Input;
use super::sim::{Death, World};

fn status(world: &World, id: &str) -> StepStatus {
    world.state.steps[world.state.graph.find(id).unwrap()].status()
}

fn output(world: &World, id: &str) -> Value {
    let step = &world.state.steps[world.state.graph.find(id).unwrap()];
    step.output.as_deref().cloned().unwrap_or_default()
}

fn fails(world: &mut World, step: &str, times: usize) {
    let failure = Failure::new(FailureClass::BadInput, format!("{step} broke"));
    world
        .faults
        .insert(step.to_owned(), VecDeque::from(vec![failure; times]));
}

#[test]
fn each_item_is_a_step_of_its_own_and_the_list_of_outputs_is_the_output() {
    let mut world = World::new(
        "
name: each
limits: { parallel: 2 }
steps:
  - { id: a, tool: t.pure }
  - { id: b, tool: t.pure, for_each: ['${{ steps.a.output.from }}', y, z], when: '${{ item != \"y\" }}', args: { of: 'it is ${{ item }}' } }
  - { id: c, tool: t.pure, args: { first: '${{ steps.b.output[2].from }}' } }
",
    );
    world.run();
    insta::assert_snapshot!(world.story(), @r#"
    0 execution_created
    0 execution_started
    0 attempt_started a
    1 attempt_succeeded a {"from":"a"}
    1 step_expanded b
    1 attempt_started b[0]
    1 step_skipped b[1] "its condition `item != \"y\"` is false"
    1 attempt_started b[2]
    2 attempt_succeeded b[0] {"from":"b[0]"}
    3 attempt_succeeded b[2] {"from":"b[2]"}
    3 step_gathered b
    3 attempt_started c
    4 attempt_succeeded c {"from":"c"}
    4 execution_ended  {"c":{"from":"c"}}
    "#);
    assert_eq!(
        output(&world, "b"),
        json!([{"from": "b[0]"}, null, {"from": "b[2]"}])
    );
    let place = world.state.graph.find("b[2]").unwrap();
    assert_eq!(
        world.state.args_of(place).unwrap(),
        json!({"of": "it is z"})
    );
    let place = world.state.graph.find("c").unwrap();
    assert_eq!(
        world.state.args_of(place).unwrap(),
        json!({"first": "b[2]"})
    );
}

#[test]
fn an_empty_list_gives_an_empty_list_at_once() {
    let mut world = World::new(
        "{name: e, steps: [{id: b, tool: t.unsafe, for_each: [], args: {x: '${{ item }}'}}, {id: c, tool: t.pure, needs: [b]}]}",
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(output(&world, "b"), json!([]));
    assert!(world.ledger.is_empty() || world.ledger.iter().all(|(step, ..)| step == "c"));
}

#[test]
fn what_is_no_list_and_what_is_too_long_fail_with_the_reason() {
    for (each, limit, said) in [
        (
            "'${{ steps.a.output.from }}'",
            9,
            "for_each: expected a list, found a text",
        ),
        (
            "'${{ steps.a.output.nope }}'",
            9,
            "for_each: there is no `steps.a.output.nope`",
        ),
        (
            "'${{ steps.l.output }}'",
            6,
            "for_each: its list has 2 items; with the 5 steps that are there these are more than the 6 of `limits.steps`",
        ),
    ] {
        let mut world = World::new(&format!(
            "{{name: n, limits: {{steps: {limit}}}, steps: [{{id: a, tool: t.pure}}, {{id: l, tool: t.pure, for_each: [1, 2]}}, {{id: b, tool: t.pure, for_each: {each}}}]}}"
        ));
        world.run();
        assert_eq!(world.state.status(), ExecutionStatus::Failed, "{each}");
        let cause = world.state.cause.as_ref().unwrap();
        assert_eq!(cause.message, format!("step `b`: {said}"));
        assert_eq!(cause.class, FailureClass::BadInput);
        assert_eq!(status(&world, "l"), StepStatus::Done);
    }
}

#[test]
fn one_failed_item_does_not_stop_the_others_and_the_step_says_how_many() {
    let plan = |on_error: &str| {
        format!(
            "{{name: f, steps: [{{id: b, tool: t.check, on_error: {on_error}, for_each: [1, 2, 3, 4]}}, {{id: c, tool: t.pure, args: {{x: '${{{{ steps.b.output }}}}'}}}}]}}"
        )
    };
    let mut world = World::new(&plan("fail"));
    fails(&mut world, "b[1]", 1);
    fails(&mut world, "b[2]", 1);
    world.run();
    let cause = world.state.cause.as_ref().unwrap();
    assert_eq!(
        cause.message,
        "step `b`: 2 of 4 items failed; the first was `b[1]`: b[1] broke"
    );
    assert_eq!(world.ledger.len(), 2, "the others went on");
    assert_eq!(status(&world, "c"), StepStatus::Skipped);

    let mut world = World::new(&plan("continue"));
    fails(&mut world, "b[1]", 1);
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(
        output(&world, "b"),
        json!([{"from": "b[0]"}, null, {"from": "b[2]"}, {"from": "b[3]"}])
    );
    assert_eq!(status(&world, "c"), StepStatus::Done);
}

#[test]
fn items_are_retried_asked_and_interrupted_each_for_itself() {
    let mut world = World::new(
        "{name: i, steps: [{id: b, tool: t.unsafe, for_each: [1, 2]}, {id: r, tool: t.read, for_each: [1, 2]}]}",
    );
    world.faults.insert(
        "r[1]".to_owned(),
        VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
    );
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    assert_eq!(status(&world, "r"), StepStatus::Done);
    let attempts = |id: &str| {
        world.state.steps[world.state.graph.find(id).unwrap()]
            .attempts
            .len()
    };
    assert_eq!((attempts("r[0]"), attempts("r[1]")), (1, 2));
    let asked: Vec<StepId> = world
        .state
        .gates
        .values()
        .map(|gate| gate.approval.step.clone())
        .collect();
    let b = StepId::parse("b").unwrap();
    assert_eq!(asked.len(), 2);
    assert!(asked.contains(&b.instance(0)) && asked.contains(&b.instance(1)));
    // The process dies while both run: a person is asked about each, and nothing is done twice.
    world.verdict = Some(Verdict::Approve);
    assert!(world.answer_all());
    world.deaths = (1..=99).map(Death::AfterEffect).take(20).collect();
    world.verdict = None;
    world.run_some(1);
    assert!(world.state.gates.len() > 2, "{}", world.story());
}

#[test]
fn a_pause_lets_the_items_that_run_finish_and_starts_no_other() {
    let mut world = World::new(
        "{name: p, limits: {parallel: 1}, steps: [{id: b, tool: t.read, for_each: [1, 2]}]}",
    );
    world.input(Input::Start).unwrap();
    let by = Principal::owner;
    world.input(Input::Pause { by: by() }).unwrap();
    world.go_on();
    assert_eq!(
        (
            status(&world, "b[0]"),
            status(&world, "b[1]"),
            status(&world, "b")
        ),
        (StepStatus::Done, StepStatus::Ready, StepStatus::Running)
    );
    world.restart();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Paused);
    world.input(Input::Resume { by: by() }).unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(world.ledger.len(), 2);
}

#[test]
fn the_critical_path_runs_through_the_item_that_takes_longest() {
    let mut world = World::new(
        "{name: c, steps: [{id: a, tool: wait, args: {ms: 1}}, {id: b, tool: wait, for_each: [5, 70, 6], args: {ms: '${{ item }}'}, needs: [a]}, {id: z, tool: wait, args: {ms: 1}, needs: [b]}]}",
    );
    world.run();
    let state = &world.state;
    let length = |place: usize| {
        let step = &state.steps[place];
        u64::try_from(step.ended_at.unwrap().0 - step.started_at.unwrap().0).unwrap()
    };
    let path = state.graph.critical_path(&length);
    let names: Vec<&str> = path
        .iter()
        .map(|place| state.plan.steps[*place].id.as_str())
        .collect();
    assert_eq!(names, ["a", "b[1]", "b", "z"]);
    let waves = state.graph.waves();
    assert_eq!(
        waves,
        [vec![0], vec![1], vec![2]],
        "instances are not listed"
    );
}

#[test]
fn the_list_of_outputs_may_not_be_larger_than_an_output() {
    let mut world = World::new("{name: l, steps: [{id: b, tool: t.pure, for_each: [1, 2, 3]}]}");
    world.large = Some(4 << 20);
    world.run();
    let cause = world.state.cause.as_ref().unwrap();
    assert_eq!(cause.class, FailureClass::TooLarge);
    assert!(cause.message.contains("outputs of its 3 items"), "{cause}");
}

#[test]
fn two_lists_that_fail_together_skip_what_needs_both_once() {
    let mut world = World::new(super::sim_plans::FAILING);
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    assert_eq!(status(&world, "c"), StepStatus::Skipped);
    let skipped = world
        .kinds()
        .iter()
        .filter(|kind| **kind == "step_skipped")
        .count();
    assert_eq!(skipped, 2, "c and d: {}", world.story());
}

#[test]
fn lists_that_come_in_the_same_turn_count_together() {
    let mut world = World::new(
        "{name: n, limits: {steps: 5}, steps: [{id: a, tool: t.pure, for_each: [1, 2]}, {id: b, tool: t.pure, for_each: [1, 2]}]}",
    );
    world.run();
    let cause = world.state.cause.as_ref().unwrap();
    assert_eq!(
        cause.message,
        "step `b`: for_each: its list has 2 items; with the 4 steps that are there these are more than the 5 of `limits.steps`"
    );
    assert_eq!(world.state.steps.len(), 4);
}

#[test]
fn items_share_the_arguments_of_their_step_and_what_an_output_must_be() {
    let mut world = World::new(
        "{name: s, steps: [{id: b, tool: t.pure, for_each: [1, 2], args: {big: [text, '${{ item }}']}, alternatives: [{tool: t.read, args: {n: '${{ item }}'}}], output: {required: [from]}}]}",
    );
    let gone = Failure::new(FailureClass::NotFound, "gone");
    world
        .faults
        .insert("b[1]".to_owned(), VecDeque::from([gone]));
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    let place = |id: &str| world.state.graph.find(id).unwrap();
    let args = |id: &str| world.state.args_of(place(id)).unwrap();
    assert_eq!(args("b[0]"), json!({"big": ["text", 1]}));
    assert_eq!(args("b[1]"), json!({"n": 2}));
    for id in ["b[0]", "b[1]"] {
        let copied = &world.state.plan.steps[place(id)];
        assert!(
            copied.args.is_empty() && copied.alternatives.is_empty(),
            "{copied:?}"
        );
    }
    let mut world = World::new(
        "{name: s, steps: [{id: b, tool: t.pure, for_each: [1], output: {required: [nope]}}]}",
    );
    world.run();
    let cause = world.state.cause.as_ref().unwrap();
    assert_eq!(cause.class, FailureClass::BadOutput);
}

#[test]
fn a_list_that_cannot_be_read_is_asked_about_where_the_plan_says_so() {
    let mut world = World::new(
        "{name: l, steps: [{id: a, tool: t.pure}, {id: b, tool: t.pure, on_error: ask, alternatives: [{tool: t.read}], for_each: '${{ steps.a.output.nope }}'}, {id: c, tool: t.pure, args: {x: '${{ default(steps.b.output, 0) }}'}}]}",
    );
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    let gate = world.state.gates.values().next().unwrap();
    assert_eq!(gate.approval.kind, ApprovalKind::Failed);
    world.verdict = Some(Verdict::Skip);
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_eq!(status(&world, "b"), StepStatus::Skipped);
}
