//! A yes that reaches beyond one call, and where it ends.

use std::collections::VecDeque;

use krake_domain::approval::{ApprovalKind, Verdict};
use krake_domain::event::{AllowedBy, Event};
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;
use krake_domain::rule::{Pattern, Scope};
use krake_domain::time::Timestamp;
use krake_domain::tool::Assessment;

use super::sim::{Death, World};
use super::{Input, Refusal};

const TWICE: &str = "{name: r, steps: [{id: a, tool: t.asks}, {id: b, tool: t.asks, needs: [a]}]}";
const LOOKING: &str = "{name: r, steps: [{id: look, tool: t.read}, {id: a, tool: t.asks, args: {x: '${{ steps.look.output }}'}}]}";

fn asked(text: &str) -> (World, ApprovalId) {
    let mut world = World::new(text);
    world.verdict = None;
    world.run();
    let approval = waiting(&world);
    (world, approval)
}

fn waiting(world: &World) -> ApprovalId {
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Waiting,
        "{}",
        world.story()
    );
    *world.state.gates.keys().next_back().unwrap()
}

fn allow(world: &mut World, approval: ApprovalId, scope: Scope) -> Result<(), Refusal> {
    world.input(Input::Answer {
        approval,
        verdict: Verdict::Allow { scope },
        by: Principal::owner(),
    })?;
    world.go_on();
    Ok(())
}

fn allowed_by(world: &World, place: usize) -> Option<AllowedBy> {
    world.state.steps[place].attempt().unwrap().allowed_by
}

#[test]
fn for_the_rest_of_this_execution_and_no_other() {
    let (mut world, approval) = asked(TWICE);
    allow(&mut world, approval, Scope::Execution).unwrap();
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    assert_eq!(world.state.gates.len(), 1);
    assert_eq!(allowed_by(&world, 0), None, "it consumed the approval");
    assert_eq!(allowed_by(&world, 1), Some(AllowedBy::Answer { approval }));
    assert!(world.rules.is_empty());
}

#[test]
fn a_rule_holds_in_the_next_execution_until_it_expires_or_the_tool_changes() {
    let (mut world, approval) = asked(TWICE);
    allow(&mut world, approval, Scope::Always).unwrap();
    let [rule] = &world.rules[..] else {
        panic!("{:?}", world.rules)
    };
    let rule = rule.clone();
    assert!(world.kinds().contains(&"rule_made"));
    let by_rule = Some(AllowedBy::Rule { rule: rule.id });
    assert_eq!(allowed_by(&world, 1), by_rule);
    let run = |change: &dyn Fn(&mut World)| {
        let mut world = World::new(TWICE);
        world.verdict = None;
        world.rules = vec![rule.clone()];
        change(&mut world);
        world.run();
        world
    };
    let next = run(&|_| {});
    assert_eq!(next.state.status(), ExecutionStatus::Done);
    assert_eq!(
        allowed_by(&next, 0),
        Some(AllowedBy::Rule { rule: rule.id })
    );
    let asks: [&dyn Fn(&mut World); 4] = [
        &|world| world.now = rule.expires_at,
        &|world| world.rules.clear(),
        &|world| world.target = "another target".to_owned(),
        &|world| world.rules[0].definition = krake_domain::hash::Hash::ZERO,
    ];
    for change in asks {
        waiting(&run(change));
    }
    assert!(rule.expires_at > Timestamp(89 * 86_400_000));
}

#[test]
fn no_yes_reaches_beyond_what_cannot_be_taken_back_or_came_from_others() {
    for text in ["{name: r, steps: [{id: m, tool: t.unsafe}]}", LOOKING] {
        let (mut world, approval) = asked(text);
        assert!(world.state.gates[&approval].approval.scopes.is_empty());
        for scope in [Scope::Execution, Scope::Always, Scope::AlwaysUnder] {
            assert!(matches!(
                allow(&mut world, approval, scope),
                Err(Refusal::BadVerdict(_))
            ));
        }
        assert!(world.rules.is_empty());
        assert!(world.ledger.iter().all(|(step, ..)| step == "look"));
    }
    // A rule from before does not help either.
    let (mut world, approval) = asked(TWICE);
    allow(&mut world, approval, Scope::Always).unwrap();
    let rules = world.rules.clone();
    let mut world = World::new(LOOKING);
    world.verdict = None;
    world.rules = rules;
    world.run();
    waiting(&world);
}

#[test]
fn a_yes_to_a_look_at_the_network_is_for_once() {
    for text in [
        "{name: r, steps: [{id: look, tool: t.read}, {id: a, tool: t.unsafe, approval: always, needs: [look]}, {id: b, tool: t.unsafe, needs: [a], args: {headers: '${{ steps.look.output }}'}}]}",
        "{name: r, planned_by: model, steps: [{id: look, tool: t.read}, {id: a, tool: t.unsafe, needs: [look]}, {id: b, tool: t.unsafe, needs: [a], args: {headers: '${{ steps.look.output }}'}}]}",
    ] {
        let mut world = World::new(text);
        world.verdict = None;
        world.looks_at = Some("https://a.example".to_owned());
        world.target = "GET https://a.example/x".to_owned();
        world.run();
        let approval = waiting(&world);
        let asked = world.state.gates[&approval].approval.clone();
        assert_eq!(asked.scopes, [], "{text}");
        for scope in [Scope::Execution, Scope::Always, Scope::AlwaysUnder] {
            assert!(allow(&mut world, approval, scope).is_err(), "{scope:?}");
        }
        // As if it had been said for the whole execution all the same.
        world.state.allowed.push(super::Allowed {
            approval,
            tool: asked.tool.clone(),
            definition: asked.definition,
            pattern: Pattern::of(Scope::Execution, &asked.assessment).unwrap(),
        });
        world
            .input(Input::Answer {
                approval,
                verdict: Verdict::Approve,
                by: Principal::owner(),
            })
            .unwrap();
        world.go_on();
        waiting(&world);
        assert_eq!(world.state.gates.len(), 2, "what was read may be in it");
        assert!(world.ledger.iter().all(|(step, ..)| step != "b"));
    }
}

#[test]
fn a_plan_that_asks_each_time_outranks_a_rule_and_not_the_person_in_this_execution() {
    let always = TWICE.replace("tool: t.asks", "tool: t.asks, approval: always");
    let (mut world, approval) = asked(&always);
    assert_eq!(
        world.state.gates[&approval].approval.scopes,
        [Scope::Execution]
    );
    allow(&mut world, approval, Scope::Execution).unwrap();
    assert_eq!(world.state.status(), ExecutionStatus::Done);
    let (mut made, approval) = asked(TWICE);
    allow(&mut made, approval, Scope::Always).unwrap();
    let mut world = World::new(&always);
    world.verdict = None;
    world.rules = made.rules.clone();
    world.run();
    waiting(&world);
}

#[test]
fn the_journal_alone_knows_what_was_allowed_here() {
    let (mut world, approval) = asked(TWICE);
    world
        .input(Input::Answer {
            approval,
            verdict: Verdict::Allow {
                scope: Scope::Execution,
            },
            by: Principal::owner(),
        })
        .unwrap();
    world.restart();
    world.go_on();
    // What was cut off by the restart is looked at; the second step runs without a question.
    assert_eq!(
        world.state.status(),
        ExecutionStatus::Done,
        "{}",
        world.story()
    );
    assert!(
        world.journal.iter().all(|record| !matches!(
            &record.event,
            Event::ApprovalAsked { approval } if approval.step.as_str() == "b" && approval.kind == ApprovalKind::Call
        )),
        "{}",
        world.story()
    );
}

#[test]
fn a_target_without_folder_has_no_wider_scope() {
    let (world, approval) = asked(TWICE);
    let asked = &world.state.gates[&approval].approval;
    assert_eq!(asked.scopes, [Scope::Execution, Scope::Always]);
    let call = Assessment {
        writes_under: Some("/work/notes".to_owned()),
        ..asked.assessment.clone()
    };
    assert!(
        super::rules::scopes(krake_domain::plan::ApprovalMode::Policy, &call, false)
            .contains(&Scope::AlwaysUnder)
    );
}

#[test]
fn what_is_sent_again_says_on_whose_word() {
    let deaths = (1..=20).map(|commit| vec![Death::AfterCommit(commit)]);
    for deaths in deaths.chain([vec![]]) {
        let mut world = World::new(
            "{name: k, steps: [{id: a, tool: t.keyed, approval: always}, {id: b, tool: t.keyed, approval: always, needs: [a]}]}",
        );
        world.verdict = Some(Verdict::Allow {
            scope: Scope::Execution,
        });
        world.faults.insert(
            "b".to_owned(),
            VecDeque::from([Failure::new(FailureClass::Unavailable, "down")]),
        );
        world.deaths = deaths;
        world.run();
        assert_eq!(world.state.status(), ExecutionStatus::Done);
        let attempts = &world.state.steps[1].attempts;
        assert!(attempts.len() > 1);
        for attempt in attempts {
            assert!(
                matches!(attempt.allowed_by, Some(AllowedBy::Answer { .. })),
                "{attempt:?}"
            );
        }
    }
}
