//! Nobody is asked more than can be read.

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::execution::ExecutionStatus;
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
