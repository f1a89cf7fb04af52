//! Stored events are never reinterpreted: each version that was released must still be read.

use krake_domain::event::Event;
use serde_json::Value;

const VERSION_1: &str = include_str!("../golden/events-v1.jsonl");
/// A new kind makes the match below incomplete: give it a golden line, then count it here.
const KINDS: usize = 33;

#[test]
fn events_of_version_1_are_read_as_they_were_written() {
    let mut kinds = Vec::new();
    for line in VERSION_1.lines() {
        let event: Event =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let written: Value = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), written);
        assert_eq!(written["kind"], event.kind());
        assert!(place(&event) < KINDS);
        kinds.push(place(&event));
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (0..KINDS).collect::<Vec<_>>());
}

fn place(event: &Event) -> usize {
    match event {
        Event::ExecutionCreated { .. } => 0,
        Event::ExecutionStarted {} => 1,
        Event::ExecutionPaused { .. } => 2,
        Event::ExecutionResumed { .. } => 3,
        Event::CancelRequested { .. } => 4,
        Event::ExecutionRecovered { .. } => 5,
        Event::ExecutionEnded { .. } => 6,
        Event::StepAssessing { .. } => 7,
        Event::ApprovalAsked { .. } => 8,
        Event::ApprovalAnswered { .. } => 9,
        Event::ApprovalEnded { .. } => 10,
        Event::AttemptStarted { .. } => 11,
        Event::AttemptSucceeded { .. } => 12,
        Event::AttemptFailed { .. } => 13,
        Event::RetryScheduled { .. } => 14,
        Event::LookStarted { .. } => 15,
        Event::EffectAbsent { .. } => 16,
        Event::StepFailed { .. } => 17,
        Event::StepSkipped { .. } => 18,
        Event::StepCancelled { .. } => 19,
        Event::StepReturned { .. } => 20,
        Event::StepExpanded { .. } => 21,
        Event::StepGathered { .. } => 22,
        Event::ExecutionStopped { .. } => 23,
        Event::LimitsGranted { .. } => 24,
        Event::AlternativeChosen { .. } => 25,
        Event::ResultAdopted { .. } => 26,
        Event::RuleMade { .. } => 27,
        Event::ArgsEdited { .. } => 28,
        Event::PlanRevised { .. } => 29,
        Event::SecretRevealed { .. } => 30,
        Event::SecretsRescanned { .. } => 31,
        Event::MachineCalled { .. } => 32,
    }
}
