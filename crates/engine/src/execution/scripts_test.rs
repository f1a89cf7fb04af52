//! Small plans, run under every way to die, to fail and to hear things twice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use krake_domain::approval::{ApprovalKind, Verdict};
use krake_domain::event::Event;
use krake_domain::execution::{ExecutionStatus, StepStatus};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::principal::Principal;
use krake_domain::rule::Scope;
use krake_domain::tool::{EffectClass, Finding};

use super::sim::{Death, World};
use super::sim_plans::{ALLOWED, CLASSES, COPING, EFFECTS, FAILING, GATES, PLANS};
use super::transition_test::uncrossed;
use super::{Input, Refusal};

/// What must hold at the end of every story.
fn assert_promises(world: &World, name: &str) {
    let status = world.state.status();
    assert!(
        status.is_ended() || matches!(status, ExecutionStatus::Waiting | ExecutionStatus::Stopped),
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

fn assert_fold(world: &World, name: &str) {
    let folded = super::fold(&world.journal).unwrap();
    assert_eq!(
        format!("{folded:?}"),
        format!("{:?}", world.state),
        "{name}: the fold is another state"
    );
}

/// Where somebody allows more as often as a limit stops it.
fn world(text: &str) -> World {
    let mut world = World::new(text);
    if text == ALLOWED {
        world.verdict = Some(Verdict::Allow {
            scope: Scope::Execution,
        });
    }
    world.grants = 40;
    world
}

fn undisturbed(text: &str) -> (usize, usize) {
    let mut world = world(text);
    world.run();
    assert_promises(&world, "undisturbed");
    (world.journal.len() + 5, world.ledger.len() * 3 + 20)
}

fn dies_everywhere() {
    for text in PLANS.into_iter().chain([FAILING]) {
        let (commits, effects) = undisturbed(text);
        for death in (1..=commits)
            .map(Death::AfterCommit)
            .chain((1..=effects).map(Death::AfterEffect))
        {
            let mut world = world(text);
            world.deaths = vec![death];
            world.run();
            assert_promises(&world, &format!("{death:?}"));
            assert_fold(&world, &format!("{death:?}"));
        }
        // Twice in every combination is a matter of minutes: the plans of the gates die once.
        let twice = if GATES.contains(&text) { 0 } else { commits };
        for (first, second) in
            (1..=twice).flat_map(|first| (1..=effects).map(move |second| (first, second)))
        {
            let mut world = world(text);
            world.deaths = vec![Death::AfterCommit(first), Death::AfterEffect(second)];
            world.run();
            assert_promises(&world, &format!("{first} then {second}"));
        }
    }
}

fn fails_everywhere() {
    for text in PLANS {
        let mut whole = world(text);
        whole.run();
        let ids: Vec<String> = whole
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
                        let mut world = world(text);
                        world.faults.insert(
                            format!("{prefix}{id}"),
                            VecDeque::from(vec![Failure::new(class, "made to fail"); times]),
                        );
                        world.run();
                        assert_promises(&world, &format!("{id} {class:?} × {times}"));
                        if times == 2 {
                            assert_fold(&world, &format!("{id} {class:?}"));
                        }
                    }
                }
            }
        }
    }
}

fn hears_everything_twice() {
    for text in PLANS {
        let mut world = world(text);
        world.deliver_twice = true;
        world.run();
        assert_promises(&world, "twice");
        assert_eq!(world.state.status(), ExecutionStatus::Done);
    }
}

fn is_cancelled_everywhere() {
    let unknown = || VecDeque::from([Failure::new(FailureClass::UnknownOutcome, "cut off")]);
    for text in PLANS.into_iter().chain([FAILING]) {
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
                let mut world = world(text);
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
}

/// What one execution adopts of another.
fn is_repeated() {
    for text in PLANS {
        let mut world = world(text);
        world.run();
        world.rerun(None).run();
    }
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
    // The arguments are changed before the answer, then once more, and between them a crash.
    let mut world = World::new(ALLOWED);
    world.verdict = None;
    world.run();
    for number in 0..2 {
        let approval = *world.state.gates.keys().next_back().unwrap();
        world
            .input(Input::Edit {
                approval,
                args: std::sync::Arc::new(serde_json::json!({ "n": number })),
                by: Principal::owner(),
            })
            .unwrap();
        world.restart();
        world.go_on();
    }
    world.verdict = Some(Verdict::Approve);
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    assert_promises(&world, "edited");
    // A failed step is left out.
    let mut world = World::new(COPING);
    world.verdict = Some(Verdict::Skip);
    world.faults.insert(
        "b".to_owned(),
        VecDeque::from([Failure::new(FailureClass::NotFound, "gone")]),
    );
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    // Nobody answers.
    let mut world = World::new(EFFECTS);
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    world.expire();
    world.go_on();
    assert_eq!(world.state.status(), ExecutionStatus::Failed);
    // A journal of the time when a limit gave up what ran and ended the execution.
    let mut world = World::new("{name: l, steps: [{id: a, tool: t.keyed}]}");
    world.input(Input::Start).unwrap();
    world.run_some(1);
    let given_up = Event::StepCancelled {
        step: world.state.plan.steps[0].id.clone(),
        unknown: true,
    };
    world.replay(given_up);
    assert_eq!(
        world.state.steps[0].status(),
        StepStatus::CancelledUnknown,
        "{}",
        world.story()
    );
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
    // What is found by looking, and a wait, are not what the plan says of them.
    for (tool, args) in [("t.check", "{}"), ("wait", "{ms: 5}")] {
        let mut world = World::new(&format!(
            "{{name: o, steps: [{{id: a, tool: {tool}, args: {args}, output: {{required: [nope]}}}}]}}"
        ));
        world.faults.insert(
            "a".to_owned(),
            VecDeque::from([Failure::new(FailureClass::UnknownOutcome, "cut off")]),
        );
        world.run();
        let cause = world.state.cause.as_ref().unwrap();
        assert_eq!(cause.class, FailureClass::BadOutput, "{}", world.story());
        assert_eq!(world.state.steps[0].attempts.len(), 1);
    }
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
    is_repeated();
    assert_eq!(uncrossed(), Vec::<String>::new());
}
