//! Nobody is asked more than can be read.

use std::collections::VecDeque;

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::principal::Principal;

use super::Input;
use super::sim::World;

fn flood(tool: &str, args: &str, count: usize) -> String {
    let steps: Vec<String> = (0..count)
        .map(|number| format!("{{id: s{number}, tool: {tool}, args: {args}}}"))
        .collect();
    format!("{{name: flood, steps: [{}]}}", steps.join(", "))
}

fn open(world: &World) -> usize {
    world
        .state
        .gates
        .values()
        .filter(|gate| gate.status == ApprovalStatus::Waiting)
        .count()
}

#[test]
fn more_than_twenty_questions_pause_it_with_the_reason_and_it_goes_on_after_the_answers() {
    for (tool, args) in [("t.unsafe", "{}"), ("ask.user", "{question: Why?}")] {
        let mut world = World::new(&flood(tool, args, 45));
        world.verdict = None;
        world.run();
        assert_eq!(world.state.status(), ExecutionStatus::Paused, "{tool}");
        assert_eq!(open(&world), 20, "{tool}");
        assert!(world.state.held.as_ref().unwrap().contains("20 questions"));
        world.restart();
        world.go_on();
        assert_eq!(open(&world), 20, "{tool}");
        // Resumed without an answer it asks nothing more.
        let resume = || Input::Resume {
            by: Principal::owner(),
        };
        world.input(resume()).unwrap();
        world.go_on();
        assert_eq!(
            (open(&world), world.state.status()),
            (20, ExecutionStatus::Paused)
        );
        world.verdict = Some(Verdict::Approve);
        for _ in 0..3 {
            world.go_on();
            if world.state.status() == ExecutionStatus::Paused {
                world.input(resume()).unwrap();
            }
        }
        world.go_on();
        assert_eq!(world.state.status(), ExecutionStatus::Done, "{tool}");
        assert_eq!(world.state.held, None);
    }
}

#[test]
fn twenty_are_asked_and_wait() {
    let mut world = World::new(&flood("t.unsafe", "{}", 20));
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Waiting);
    assert_eq!(open(&world), 20);
}

#[test]
fn once_it_is_held_nothing_starts_in_the_same_turn() {
    let mut text = flood("ask.user", "{question: Why?}", 21);
    text.truncate(text.len() - 2);
    let mut world = World::new(&format!("{text}, {{id: r, tool: t.read}}]}}"));
    world.verdict = None;
    world.run();
    assert_eq!(world.state.status(), ExecutionStatus::Paused);
    assert_eq!(world.kinds().last(), Some(&"execution_paused"));
    assert!(world.ledger.is_empty(), "{}", world.story());
}

#[test]
fn what_failed_is_asked_about_and_pauses_it_when_twenty_are_open() {
    let text = flood("t.read", "{}", 45)
        .replace("t.read,", "t.read, on_error: ask,")
        .replace("name: flood", "name: flood, limits: {parallel: 4}");
    for prefix in ["", "assess "] {
        let text = match prefix {
            "" => text.clone(),
            _ => text.replace("t.read", "t.unsafe"),
        };
        let mut world = World::new(&text);
        world.verdict = None;
        for number in 0..45 {
            let gone = Failure::new(FailureClass::NotFound, "gone");
            world
                .faults
                .insert(format!("{prefix}s{number}"), VecDeque::from([gone]));
        }
        world.run();
        assert_eq!(world.state.status(), ExecutionStatus::Paused);
        // What was at work may still fail, and is asked about as well.
        assert!((20..24).contains(&open(&world)), "{}", open(&world));
        assert!(world.state.held.as_ref().unwrap().contains("20 questions"));
        world.verdict = Some(Verdict::Approve);
        for _ in 0..20 {
            world.go_on();
            if world.state.status() == ExecutionStatus::Paused {
                let by = Principal::owner();
                world.input(Input::Resume { by }).unwrap();
            }
        }
        assert_eq!(world.state.status(), ExecutionStatus::Done, "{prefix}");
    }
}
