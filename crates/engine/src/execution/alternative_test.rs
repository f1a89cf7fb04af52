//! Stories of steps that have another way.

use std::collections::VecDeque;

use krake_domain::approval::Verdict;
use krake_domain::event::Event;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::Finding;

use super::sim::{Death, World};

fn plan(tool: &str) -> String {
    format!(
        "{{name: a, steps: [{{id: a, tool: {tool}, args: {{n: 0}}, retry: {{max: 1, backoff_ms: 100}}, alternatives: [{{tool: t.keyed, args: {{n: 1}}}}, {{tool: t.pure, args: {{n: 2}}}}]}}]}}"
    )
}

fn failing(tool: &str, classes: &[FailureClass]) -> World {
    let mut world = World::new(&plan(tool));
    let failures = classes.iter().map(|class| Failure::new(*class, "no luck"));
    world.faults.insert("a".to_owned(), failures.collect());
    world.run();
    world
}

fn chosen(world: &World) -> Vec<u32> {
    let events = world.journal.iter().map(|record| &record.event);
    events
        .filter_map(|event| match event {
            Event::AlternativeChosen { number, .. } => Some(*number),
            _ => None,
        })
        .collect()
}

#[test]
fn the_next_way_is_tried_when_the_retries_are_used_up_and_counts_anew() {
    use FailureClass::{RateLimited, Unavailable};
    let world = failing(
        "t.read",
        &[Unavailable, Unavailable, RateLimited, RateLimited],
    );
    insta::assert_snapshot!(world.story(), @r#"
      0 execution_created
      0 execution_started
      0 attempt_started a
      1 attempt_failed a "no luck"
      1 retry_scheduled a "not available; attempt 2 of 2 follows"
    101 attempt_started a
    102 attempt_failed a "no luck"
    102 alternative_chosen a "`t.read` gave up: no luck; `t.keyed` is tried instead"
    102 step_assessing a
    103 attempt_started a
    104 attempt_failed a "no luck"
    104 retry_scheduled a "too many calls; attempt 2 of 2 follows"
    204 attempt_started a
    205 attempt_failed a "no luck"
    205 alternative_chosen a "`t.keyed` gave up: no luck; `t.pure` is tried instead"
    205 attempt_started a
    206 attempt_succeeded a {"from":"a"}
    206 execution_ended  {"a":{"from":"a"}}
    "#);
    assert_eq!(world.state.call_of(0).tool, "t.pure");
    assert_eq!(world.state.args_of(0).unwrap()["n"], 2);
    let used: Vec<u32> = world.state.steps[0]
        .attempts
        .iter()
        .map(|attempt| attempt.alternative)
        .collect();
    assert_eq!(used, [0, 0, 1, 1, 2]);
}

#[test]
fn each_class_of_failure_has_its_answer() {
    use FailureClass as F;
    for (class, goes_on) in [
        (F::RateLimited, true),
        (F::Timeout, true),
        (F::Unavailable, true),
        (F::BadOutput, true),
        (F::NotFound, true),
        (F::NoAccess, true),
        (F::TooLarge, true),
        (F::BadInput, false),
        (F::TargetChanged, false),
        (F::Rejected, false),
        (F::Cancelled, false),
        (F::UnknownOutcome, false),
        (F::DiskFull, false),
        (F::Internal, false),
    ] {
        let world = failing("t.read", &[class; 3]);
        assert_eq!(!chosen(&world).is_empty(), goes_on, "{class:?}");
    }
}

#[test]
fn no_other_way_is_taken_while_it_may_have_happened() {
    use FailureClass as F;
    for tool in ["t.keyed", "t.check", "t.unsafe"] {
        for class in [F::NotFound, F::NoAccess, F::RateLimited] {
            let times = if class == F::RateLimited { 2 } else { 1 };
            let world = failing(tool, &vec![class; times]);
            assert_eq!(chosen(&world), [1], "{tool} {class:?}");
        }
        for class in [
            F::Timeout,
            F::Unavailable,
            F::BadOutput,
            F::TooLarge,
            F::UnknownOutcome,
        ] {
            let mut world = World::new(&plan(tool));
            let failure = Failure::new(class, "no luck");
            world
                .faults
                .insert("a".to_owned(), VecDeque::from(vec![failure; 5]));
            world.findings.insert(
                "a".to_owned(),
                Finding::Unclear {
                    because: "fog".to_owned(),
                },
            );
            world.run();
            assert_eq!(chosen(&world), [0_u32; 0], "{tool} {class:?}");
        }
    }
    // The last attempt was turned away, but the one before it may have happened.
    let world = failing("t.keyed", &[F::Timeout, F::NotFound]);
    assert_eq!(chosen(&world), [0_u32; 0]);
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    // The same after a crash.
    let mut world = World::new(&plan("t.keyed"));
    world.deaths = vec![Death::AfterEffect(2)];
    world.faults.insert(
        "a".to_owned(),
        VecDeque::from([Failure::new(F::NotFound, "gone")]),
    );
    world.run();
    assert_eq!(world.state.steps[0].attempts.len(), 2, "{}", world.story());
}

#[test]
fn another_way_has_another_key_and_is_asked_about_for_itself() {
    let mut world = World::new(
        "{name: a, steps: [{id: a, tool: t.unsafe, approval: always, alternatives: [{tool: t.keyed}]}]}",
    );
    world.faults.insert(
        "a".to_owned(),
        VecDeque::from([Failure::new(FailureClass::NotFound, "gone")]),
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    let keys: Vec<&str> = world.state.steps[0]
        .attempts
        .iter()
        .map(|attempt| attempt.key.as_str())
        .collect();
    assert_ne!(keys[0], keys[1]);
    let tools: Vec<&str> = world
        .state
        .gates
        .values()
        .map(|gate| gate.approval.tool.as_str())
        .collect();
    assert_eq!(tools.len(), 2);
    assert!(tools.contains(&"t.unsafe") && tools.contains(&"t.keyed"));
    // No is no, whatever other ways there are.
    let mut world = World::new(&plan("t.unsafe"));
    world.verdict = Some(Verdict::Reject {
        reason: String::new(),
    });
    world.run();
    assert_eq!(chosen(&world), [0_u32; 0]);
    assert!(world.ledger.is_empty());
}
