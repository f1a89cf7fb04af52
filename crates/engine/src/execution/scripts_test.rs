//! Small plans, run under every way to die, to fail and to hear things twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use krake_domain::approval::{ApprovalKind, Verdict};
use krake_domain::event::Event;
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::principal::Principal;
use krake_domain::tool::{EffectClass, Finding};
use serde_json::json;

use super::sim::{Death, World};
use super::transition_test::uncrossed;
use super::{Input, Refusal};

const UNEVEN: &str = "
name: uneven
steps:
  - { id: a, tool: wait, args: { ms: 100 } }
  - { id: b, tool: wait, args: { ms: 500 } }
  - { id: c, tool: wait, args: { ms: 500 }, needs: [a] }
  - { id: d, tool: wait, args: { ms: 100 }, needs: [b] }
  - { id: e, tool: wait, args: { ms: 50 }, needs: [c, d] }
";
const DIAMOND: &str = "
name: diamond
steps:
  - { id: root, tool: t.read }
  - { id: left, tool: t.pure, args: { x: '${{ steps.root.output.from }}' } }
  - { id: right, tool: t.read, args: { x: '${{ steps.root.output }}' } }
  - { id: join, tool: t.pure, args: { x: ['${{ steps.left.output.from }}', '${{ steps.right.output.from }}'] } }
";
const EFFECTS: &str = "
name: effects
steps:
  - { id: look, tool: t.read }
  - { id: send, tool: t.keyed, needs: [look] }
  - { id: book, tool: t.check, needs: [look] }
  - { id: mail, tool: t.unsafe, needs: [send] }
  - { id: note, tool: t.keyed, approval: always, needs: [book, mail] }
";
const BRANCHES: &str = "
name: branches
steps:
  - { id: a, tool: t.read, retry: { max: 1, backoff_ms: 10 } }
  - { id: b, tool: t.pure, needs: [a] }
  - { id: c, tool: t.check, needs: [b] }
  - { id: x, tool: t.read, on_error: continue }
  - { id: y, tool: t.pure, args: { v: '${{ default(steps.x.output, 0) }}' } }
  - { id: never, tool: t.pure, when: '${{ steps.y.output.from == \"z\" }}' }
  - { id: last, tool: t.pure, needs: [never, y] }
";
const PLANS: [&str; 4] = [UNEVEN, DIAMOND, EFFECTS, BRANCHES];
const CLASSES: [FailureClass; 9] = [
    FailureClass::RateLimited,
    FailureClass::Timeout,
    FailureClass::Unavailable,
    FailureClass::BadInput,
    FailureClass::NoAccess,
    FailureClass::TargetChanged,
    FailureClass::Rejected,
    FailureClass::UnknownOutcome,
    FailureClass::Cancelled,
];

/// What must hold at the end of every story.
fn assert_promises(world: &World, name: &str) {
    let status = world.state.status();
    assert!(
        status.is_ended() || status == ExecutionStatus::Waiting,
        "{name}: {status:?}\n{}",
        world.story()
    );
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut once: BTreeMap<&str, usize> = BTreeMap::new();
    for (step, key, class) in &world.ledger {
        match class {
            EffectClass::Keyed => {
                keys.entry(step).or_default().insert(key);
            }
            EffectClass::Checkable | EffectClass::Unsafe => *once.entry(step).or_default() += 1,
            EffectClass::Pure | EffectClass::Read => {}
        }
    }
    assert!(
        keys.values().all(|keys| keys.len() == 1),
        "{name}: a logical effect under two keys"
    );
    let again = |step: &str| {
        world
            .state
            .gates
            .values()
            .filter(|gate| {
                gate.approval.step.as_str() == step
                    && gate.approval.kind == ApprovalKind::UnknownOutcome
                    && gate.consumed
            })
            .count()
    };
    assert!(
        once.iter().all(|(step, times)| *times <= 1 + again(step)),
        "{name}: an effect happened twice: {once:?}\n{}",
        world.story()
    );
    let mut done = BTreeSet::new();
    for record in &world.journal {
        match &record.event {
            Event::AttemptSucceeded { step, .. } => {
                assert!(done.insert(step.clone()), "{name}: {step} succeeded twice")
            }
            Event::AttemptStarted { step, .. } => {
                assert!(!done.contains(step), "{name}: finished {step} ran again")
            }
            _ => {}
        }
    }
}

fn undisturbed(text: &str) -> (usize, usize) {
    let mut world = World::new(text);
    world.run();
    assert_promises(&world, "undisturbed");
    (world.journal.len() + 5, world.ledger.len() * 3 + 20)
}

fn dies_everywhere() {
    for text in PLANS {
        let (commits, effects) = undisturbed(text);
        for death in (1..=commits)
            .map(Death::AfterCommit)
            .chain((1..=effects).map(Death::AfterEffect))
        {
            let mut world = World::new(text);
            world.deaths = vec![death];
            world.run();
            assert_promises(&world, &format!("{death:?}"));
        }
        for (first, second) in
            (1..=commits).flat_map(|first| (1..=effects).map(move |second| (first, second)))
        {
            let mut world = World::new(text);
            world.deaths = vec![Death::AfterCommit(first), Death::AfterEffect(second)];
            world.run();
            assert_promises(&world, &format!("{first} then {second}"));
        }
    }
}

fn fails_everywhere() {
    for text in PLANS {
        let ids: Vec<String> = World::new(text)
            .state
            .plan
            .steps
            .iter()
            .map(|step| step.id.to_string())
            .collect();
        for id in &ids {
            for class in CLASSES {
                for times in [1, 2, 9] {
                    for prefix in ["", "assess "] {
                        let mut world = World::new(text);
                        world.faults.insert(
                            format!("{prefix}{id}"),
                            VecDeque::from(vec![Failure::new(class, "made to fail"); times]),
                        );
                        world.run();
                        assert_promises(&world, &format!("{id} {class:?} × {times}"));
                    }
                }
            }
        }
    }
}

fn hears_everything_twice() {
    for text in PLANS {
        let mut world = World::new(text);
        world.deliver_twice = true;
        world.run();
        assert_promises(&world, "twice");
        assert_eq!(world.state.status(), ExecutionStatus::Done);
    }
}

fn is_cancelled_everywhere() {
    let unknown = || VecDeque::from([Failure::new(FailureClass::UnknownOutcome, "cut off")]);
    for text in PLANS {
        for (after, obedient, unclear) in (0..20).flat_map(|after| {
            [
                (after, false, false),
                (after, true, false),
                (after, false, true),
                (after, true, true),
            ]
        }) {
            for (verdict, restart) in [(None, false), (Some(Verdict::Approve), false), (None, true)]
            {
                let mut world = World::new(text);
                (world.verdict, world.obedient) = (verdict, obedient);
                world.faults.insert(
                    "a".to_owned(),
                    VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
                );
                if obedient && !unclear {
                    world.faults.insert(
                        "book".to_owned(),
                        VecDeque::from([Failure::new(FailureClass::Timeout, "no answer")]),
                    );
                }
                if unclear {
                    world.findings.insert(
                        "book".to_owned(),
                        Finding::Unclear {
                            because: "fog".to_owned(),
                        },
                    );
                    world.faults.insert("book".to_owned(), unknown());
                    world.faults.insert("mail".to_owned(), unknown());
                }
                world.input(Input::Start).unwrap();
                world.run_some(after);
                if restart && !world.state.status().is_ended() {
                    world.restart();
                }
                if world
                    .input(Input::Cancel {
                        by: Principal::owner(),
                    })
                    .is_ok()
                {
                    if restart && !world.state.status().is_ended() {
                        world.restart();
                    }
                    world.go_on();
                    assert!(world.state.status().is_ended(), "{}", world.story());
                    assert_promises(&world, "cancelled");
                }
            }
        }
    }
    // Stopped by a limit while something runs that may have happened.
    let mut world = World::new(
        "{name: l, limits: {attempts: 1}, steps: [{id: a, tool: t.keyed}, {id: b, tool: t.keyed}]}",
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
}

fn odd_ends() {
    // A look that finds nothing out; a person then says that it happened, or says no.
    for verdict in [
        Verdict::Happened,
        Verdict::Reject {
            reason: "no".to_owned(),
        },
        Verdict::Approve,
    ] {
        let mut world = World::new(EFFECTS);
        world.verdict = Some(verdict);
        world.findings.insert(
            "book".to_owned(),
            Finding::Unclear {
                because: "fog".to_owned(),
            },
        );
        world.faults.insert(
            "book".to_owned(),
            VecDeque::from([Failure::new(FailureClass::UnknownOutcome, "cut off")]),
        );
        world.input(Input::Start).unwrap();
        world.run_some(8);
        let _ = world.answer_all();
    }
    // Nobody answers.
    let mut world = World::new(EFFECTS);
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    world.expire();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    // A tool that the next version lacks.
    for tool in ["t.keyed", "t.check", "t.unsafe", "t.read"] {
        for after in 0..14 {
            let mut world = World::new(EFFECTS);
            world.findings.insert(
                "book".to_owned(),
                Finding::Unclear {
                    because: "fog".to_owned(),
                },
            );
            world.faults.insert(
                "look".to_owned(),
                VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
            );
            world.input(Input::Start).unwrap();
            world.run_some(after);
            world.remove_tool(tool);
            world.restart();
            world.go_on();
            assert!(
                world.state.status().is_ended(),
                "{tool} {after}\n{}",
                world.story()
            );
        }
    }
    // The target changed twice: assessed anew each time.
    let mut world = World::new(EFFECTS);
    world.faults.insert(
        "book".to_owned(),
        VecDeque::from(vec![
            Failure::new(FailureClass::TargetChanged, "changed");
            2
        ]),
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    // Paused while a tool looks at what it would do.
    let mut world = World::new("{name: p, steps: [{id: a, tool: t.unsafe}]}");
    world.input(Input::Start).unwrap();
    world
        .input(Input::Pause {
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    assert_eq!(world.state.steps[0].status(), StepStatus::Ready);
    assert_eq!(
        world.input(Input::Pause {
            by: Principal::owner()
        }),
        Err(Refusal::Status(ExecutionStatus::Paused))
    );
    world
        .input(Input::Resume {
            by: Principal::owner(),
        })
        .unwrap();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
}

#[test]
fn every_promise_holds_and_every_arrow_is_crossed() {
    dies_everywhere();
    fails_everywhere();
    hears_everything_twice();
    is_cancelled_everywhere();
    odd_ends();
    assert_eq!(uncrossed(), Vec::<String>::new());
}

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
fn limits_stop_with_the_cap_named() {
    let mut world = World::new(
        "{name: l, limits: {attempts: 2}, steps: [{id: a, tool: t.pure}, {id: b, tool: t.pure, needs: [a]}, {id: c, tool: t.pure, needs: [b]}]}",
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Stopped);
    assert!(
        world
            .state
            .cause
            .as_ref()
            .unwrap()
            .message
            .contains("2 attempts")
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
fn a_retry_beyond_the_limit_fails_with_the_cap_named() {
    let mut world = World::new("{name: l, limits: {attempts: 1}, steps: [{id: a, tool: t.read}]}");
    world.faults.insert(
        "a".to_owned(),
        VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    assert!(
        world
            .state
            .cause
            .as_ref()
            .unwrap()
            .message
            .contains("1 attempts"),
        "{}",
        world.story()
    );
}
