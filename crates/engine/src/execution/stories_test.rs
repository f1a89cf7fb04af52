//! Single stories, told by their journals.

use krake_domain::approval::Verdict;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::FailureClass;
use krake_domain::principal::Principal;
use serde_json::json;

use super::sim::{Death, World};
use super::sim_plans::{PLANS, UNEVEN};
use super::{Input, Refusal};

#[test]
fn dataflow_and_not_level_batches() {
    let mut world = World::new(UNEVEN);
    world.run();
    insta::assert_snapshot!(world.story(), @r#"
      0 execution_created
      0 execution_started
      0 attempt_started a
      0 attempt_started b
    100 attempt_succeeded a {}
    100 attempt_started c
    500 attempt_succeeded b {}
    500 attempt_started d
    600 attempt_succeeded c {}
    600 attempt_succeeded d {}
    600 attempt_started e
    650 attempt_succeeded e {}
    650 execution_ended  {"e":{}}
    "#);
}

#[test]
fn a_crash_during_an_unsafe_effect_asks_and_never_repeats() {
    let mut world = World::new("{name: m, steps: [{id: mail, tool: t.unsafe}]}");
    world.deaths = vec![Death::AfterEffect(2)];
    world.verdict = None;
    world.run();
    world.verdict = Some(Verdict::Approve);
    assert!(world.answer_all());
    world.verdict = None;
    world.go_on();
    insta::assert_snapshot!(world.story(), @r#"
         0 execution_created
         0 execution_started
         0 step_assessing mail
         1 approval_asked  "after a crash nobody could find out whether it happened"
         1 approval_answered
         1 attempt_started mail
         2 execution_recovered
         2 approval_asked  "Krake ended while this step ran; it may have happened or not"
    "#);
    assert_eq!(world.ledger.len(), 1);
}

#[test]
fn a_step_that_kills_the_process_five_times_is_parked() {
    let mut world = World::new("{name: poison, steps: [{id: a, tool: t.read}]}");
    world.verdict = None;
    world.deaths = (1..=20).map(Death::AfterEffect).collect();
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    assert_eq!(world.state.steps[0].attempts.len(), 5);
}

#[test]
fn only_the_first_answer_of_a_person_counts() {
    let mut world = World::new("{name: m, steps: [{id: mail, tool: t.unsafe}]}");
    world.verdict = None;
    world.run();
    let approval = *world.state.gates.keys().next().unwrap();
    let answer = |verdict, by| Input::Answer {
        approval,
        verdict,
        by,
    };
    assert_eq!(
        world.input(answer(
            Verdict::Approve,
            Principal::Machine {
                name: "model".to_owned()
            }
        )),
        Err(Refusal::NotAPerson)
    );
    assert_eq!(
        world
            .input(answer(Verdict::Happened, Principal::owner()))
            .unwrap_err(),
        Refusal::BadVerdict("`happened` answers only a question about an unknown outcome")
    );
    world
        .input(answer(
            Verdict::Reject {
                reason: "not today".to_owned(),
            },
            Principal::owner(),
        ))
        .unwrap();
    assert!(
        world
            .input(answer(Verdict::Approve, Principal::owner()))
            .is_err()
    );
    assert!(world.ledger.is_empty());
    assert_eq!(
        world.state.cause.as_ref().unwrap().message,
        "step `mail`: rejected: not today"
    );
}

#[test]
fn a_changed_definition_voids_the_approval() {
    let mut world = World::new("{name: m, steps: [{id: a, tool: t.unsafe}]}");
    world.verdict = None;
    world.run();
    let approval = *world.state.gates.keys().next().unwrap();
    let mut specs: Vec<_> = world
        .catalog
        .iter()
        .map(|entry| entry.spec.clone())
        .collect();
    specs.iter_mut().for_each(|spec| spec.description.push('!'));
    world.catalog = krake_domain::tool::Catalog::new(specs, &[]);
    world
        .input(Input::Answer {
            approval,
            verdict: Verdict::Approve,
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    assert!(world.ledger.is_empty());
    assert!(
        world.kinds().ends_with(&[
            "approval_answered",
            "approval_ended",
            "step_assessing",
            "approval_asked"
        ]),
        "{:?}",
        world.kinds()
    );
}

#[test]
fn output_that_does_not_match_is_a_failure() {
    let mut world = World::new(
        "{name: o, steps: [{id: a, tool: t.pure, output: {type: object, required: [nope]}}]}",
    );
    world.run();
    assert_eq!(
        world.state.steps[0].failure.as_ref().unwrap().class,
        FailureClass::BadOutput
    );
}

#[test]
fn the_fold_of_the_journal_is_the_live_state() {
    for text in PLANS {
        let mut world = World::new(text);
        world.grants = 9;
        world.run();
        let folded = super::fold(&world.journal).unwrap();
        assert_eq!(format!("{folded:?}"), format!("{:?}", world.state));
    }
}

#[test]
fn what_the_plan_returns() {
    let mut world = World::new(
        "{name: r, steps: [{id: a, tool: t.pure}], output: {x: '${{ steps.a.output.from }}'}}",
    );
    world.run();
    assert_eq!(*world.state.output, json!({"x": "a"}));
}

#[test]
fn an_answer_after_its_time_is_refused() {
    let mut world = World::new("{name: m, steps: [{id: mail, tool: t.unsafe}]}");
    world.verdict = None;
    world.run();
    let (approval, gate) = world.state.gates.iter().next().unwrap();
    let (approval, expires_at) = (*approval, gate.approval.expires_at);
    world.now = expires_at;
    let answer = Input::Answer {
        approval,
        verdict: Verdict::Approve,
        by: Principal::owner(),
    };
    assert_eq!(world.input(answer), Err(Refusal::Expired));
    assert!(world.ledger.is_empty());
}
