//! Questions of a plan: asked once, answered once, by a person.

use krake_domain::approval::{ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;
use serde_json::json;

use super::sim::World;
use super::{Input, Refusal};

const CHOICE: &str = "{name: q, steps: [{id: read, tool: t.read}, {id: which, tool: ask.user, args: {question: 'Take ${{ steps.read.output.from }}?', choices: [left, right]}}, {id: go, tool: t.pure, args: {x: '${{ steps.which.output.answer }}'}}]}";

fn asked(text: &str) -> (World, ApprovalId) {
    let mut world = World::new(text);
    world.verdict = None;
    world.run();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Waiting,
        "{}",
        world.story()
    );
    let approval = *world.state.gates.keys().next().unwrap();
    (world, approval)
}

fn answer(approval: ApprovalId, text: &str, by: Principal) -> Input {
    Input::Answer {
        approval,
        verdict: Verdict::Answer {
            text: text.to_owned(),
        },
        by,
    }
}

#[test]
fn the_answer_is_the_output_and_taints_nothing() {
    let (mut world, approval) = asked(CHOICE);
    let gate = &world.state.gates[&approval].approval;
    assert_eq!(gate.kind, ApprovalKind::Question);
    assert_eq!(gate.question.as_ref().unwrap().text, "Take read?");
    assert!(gate.because.contains("others wrote"), "{}", gate.because);
    world.restart();
    world
        .input(answer(approval, "right", Principal::owner()))
        .unwrap();
    world.go_on();
    insta::assert_snapshot!(world.story(), @r#"
    0 execution_created
    0 execution_started
    0 attempt_started read
    1 attempt_succeeded read {"from":"read"}
    1 approval_asked  "the plan asks; the question holds text that others wrote"
    1 execution_recovered
    1 approval_answered
    1 attempt_started which
    1 attempt_succeeded which {"answer":"right"}
    1 attempt_started go
    2 attempt_succeeded go {"from":"go"}
    2 execution_ended  {"go":{"from":"go"}}
    "#);
    let which = &world.state.steps[1];
    assert_eq!(**which.output.as_ref().unwrap(), json!({"answer": "right"}));
    assert!(world.state.steps[0].tainted && !which.tainted && !world.state.steps[2].tainted);
    assert!(world.state.gates[&approval].consumed);
}

#[test]
fn what_does_not_fit_is_refused_and_the_question_stays() {
    let (mut world, approval) = asked(CHOICE);
    let machine = Principal::Machine {
        name: "model".to_owned(),
    };
    assert_eq!(
        world.input(answer(approval, "left", machine)),
        Err(Refusal::NotAPerson)
    );
    assert_eq!(
        world.input(answer(approval, "up", Principal::owner())),
        Err(Refusal::BadAnswer("expected one of left, right".to_owned()))
    );
    for verdict in [Verdict::Approve, Verdict::Happened] {
        let input = Input::Answer {
            approval,
            verdict,
            by: Principal::owner(),
        };
        assert!(matches!(world.input(input), Err(Refusal::BadVerdict(_))));
    }
    world
        .input(answer(approval, "left", Principal::owner()))
        .unwrap();
    assert_eq!(
        world.input(answer(approval, "right", Principal::owner())),
        Err(Refusal::Answered(ApprovalStatus::Approved))
    );
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}

#[test]
fn only_a_question_takes_an_answer() {
    let (mut world, approval) = asked("{name: m, steps: [{id: mail, tool: t.unsafe}]}");
    let input = answer(approval, "yes", Principal::owner());
    assert!(matches!(world.input(input), Err(Refusal::BadVerdict(_))));
}

#[test]
fn nobody_answers_or_somebody_refuses() {
    let (mut world, _) = asked(CHOICE);
    world.expire();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    let (mut world, approval) = asked(CHOICE);
    world
        .input(Input::Answer {
            approval,
            verdict: Verdict::Reject {
                reason: "ask somebody else".to_owned(),
            },
            by: Principal::owner(),
        })
        .unwrap();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    assert!(
        world
            .state
            .cause
            .as_ref()
            .unwrap()
            .message
            .contains("somebody else")
    );
}

#[test]
fn a_question_that_contradicts_itself_fails_with_the_place() {
    let mut world = World::new(
        "{name: q, steps: [{id: q, tool: ask.user, args: {question: x, kind: choice}}]}",
    );
    world.run();
    let cause = world.state.cause.as_ref().unwrap();
    assert!(cause.message.contains("args.choices"), "{cause}");
}

#[test]
fn what_others_wrote_and_a_person_only_picked_stays_theirs() {
    let plan = |args: &str| {
        format!(
            "{{name: q, steps: [{{id: read, tool: t.read}}, {{id: which, tool: ask.user, args: {{question: x, {args}}}}}]}}"
        )
    };
    for (args, text, tainted) in [
        (
            "choices: ['${{ steps.read.output.from }}', own]",
            "read",
            true,
        ),
        (
            "kind: text, choices: ['${{ steps.read.output.from }}']",
            "read",
            true,
        ),
        (
            "kind: text, choices: ['${{ steps.read.output.from }}']",
            "my own",
            false,
        ),
        ("default: '${{ steps.read.output.from }}'", "", true),
        ("default: '${{ steps.read.output.from }}'", "my own", false),
        (
            "kind: confirm, default: '${{ default(steps.read.output.no, \"yes\") }}'",
            "yes",
            false,
        ),
    ] {
        let (mut world, approval) = asked(&plan(args));
        world
            .input(answer(approval, text, Principal::owner()))
            .unwrap();
        world.go_on();
        assert_eq!(world.state.status(), ExecutionStatus::Done);
        assert_eq!(world.state.steps[1].tainted, tainted, "{args} {text}");
    }
    let by_model = plan("choices: [one, two]").replace("{name: q", "{name: q, planned_by: model");
    let (mut world, approval) = asked(&by_model);
    world
        .input(answer(approval, "one", Principal::owner()))
        .unwrap();
    assert!(world.state.steps[1].tainted);
}

#[test]
fn an_answer_that_the_plan_cannot_use_is_refused() {
    let (mut world, approval) = asked(
        "{name: q, steps: [{id: q, tool: ask.user, args: {question: How many?}, output: {properties: {answer: {pattern: '^[0-9]+$'}}}}]}",
    );
    let refused = world.input(answer(approval, "many", Principal::owner()));
    assert!(
        matches!(&refused, Err(Refusal::BadAnswer(why)) if why.contains("output.answer")),
        "{refused:?}"
    );
    world
        .input(answer(approval, "12", Principal::owner()))
        .unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}
