//! What a model may not say in a plan, taken out before anybody reads it.
//!
//! Taken out and not refused: an honest model that writes too much still gives a plan that runs
//! under the usual gates, and of a hostile one nothing is left but calls that a person is asked
//! about. What was taken out is said.

use krake_domain::plan::Retry;
use krake_domain::tool::Catalog;
use serde_json::{Map, Value, json};

/// The plan with the mark of its author and without what only a person may set; and what was taken
/// out, each kind once.
pub(super) fn narrow(mut plan: Map<String, Value>, catalog: &Catalog) -> (Value, Vec<String>) {
    let mut notes = Notes::default();
    for (key, why) in [
        (
            "limits",
            "the plan runs under the default limits; the model wanted others",
        ),
        (
            "examples",
            "the model may not say which requests find the plan",
        ),
    ] {
        if plan.remove(key).is_some() {
            notes.add(why);
        }
    }
    if let Some(Value::Array(steps)) = plan.get_mut("steps") {
        for step in steps.iter_mut().filter_map(Value::as_object_mut) {
            narrow_step(step, catalog, &mut notes);
        }
    }
    plan.insert("planned_by".to_owned(), json!("model"));
    (Value::Object(plan), notes.0)
}

fn narrow_step(step: &mut Map<String, Value>, catalog: &Catalog, notes: &mut Notes) {
    if step.get("approval").is_some_and(|mode| mode == "never") {
        step.remove("approval");
        notes.add("the model wanted steps that ask nobody; they ask like all others");
    }
    for (key, why) in [
        (
            "alternatives",
            "the model wanted other calls in place of a step's own; nobody would have seen them",
        ),
        (
            "for_each",
            "the model wanted a step for each item of a list; it runs once",
        ),
        (
            "output",
            "the model may not say what the output of a step must be",
        ),
    ] {
        if step.remove(key).is_some() {
            notes.add(why);
        }
    }
    if step.get("on_error").is_some_and(|then| then == "ask") {
        step.remove("on_error");
        notes.add("the model wanted a question where a step fails; it fails like all others");
    }
    let usual = step
        .get("tool")
        .and_then(Value::as_str)
        .and_then(|name| catalog.find(name))
        .map_or(0, |entry| entry.spec.timeout_ms);
    let above = |value: Option<&Value>, most: u64| {
        value.is_some_and(|value| value.as_u64().is_none_or(|number| number > most))
    };
    if above(step.get("timeout_ms"), usual) {
        step.remove("timeout_ms");
        notes.add("the model wanted more time for a step than its tool usually has");
    }
    let most = u64::from(Retry::default().max);
    if above(step.get("retry").and_then(|retry| retry.get("max")), most) {
        step.remove("retry");
        notes.add("the model wanted more repetitions of a step than usual");
    }
}

#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn add(&mut self, note: &str) {
        if !self.0.iter().any(|known| known == note) {
            self.0.push(note.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(plan: Value) -> (Value, Vec<String>) {
        narrow(plan.as_object().unwrap().clone(), &crate::builtin_catalog())
    }

    #[test]
    fn what_only_a_person_may_set_is_taken_out_and_said_once() {
        let (plan, notes) = narrowed(json!({
            "name": "p",
            "planned_by": "person",
            "limits": { "steps": 20_000 },
            "examples": ["pay the rent"],
            "steps": [
                { "id": "a", "tool": "fs.write", "approval": "never", "timeout_ms": 999_999_999, "retry": { "max": 100 } },
                { "id": "b", "tool": "fs.write", "approval": "never", "timeout_ms": "x" },
            ],
        }));
        assert_eq!(
            plan,
            json!({
                "name": "p",
                "planned_by": "model",
                "steps": [{ "id": "a", "tool": "fs.write" }, { "id": "b", "tool": "fs.write" }],
            })
        );
        assert_eq!(notes.len(), 5, "{notes:?}");
    }

    #[test]
    fn what_no_model_is_offered_is_taken_out_and_said() {
        let (plan, notes) = narrowed(json!({ "name": "p", "steps": [{
            "id": "a", "tool": "fs.read", "args": {}, "for_each": [1, 2], "on_error": "ask",
            "alternatives": [{ "tool": "fs.write" }], "output": { "type": "object" },
        }, { "id": "b", "tool": "fs.read", "on_error": "continue" }] }));
        assert_eq!(
            plan["steps"],
            json!([
                { "id": "a", "tool": "fs.read", "args": {} },
                { "id": "b", "tool": "fs.read", "on_error": "continue" },
            ])
        );
        assert_eq!(notes.len(), 4, "{notes:?}");
    }

    #[test]
    fn what_is_stricter_stays() {
        let step = json!({
            "id": "a", "tool": "fs.read", "approval": "always", "timeout_ms": 1000, "retry": { "max": 0 },
        });
        let (plan, notes) = narrowed(json!({ "name": "p", "steps": [step.clone()] }));
        assert_eq!(plan["steps"][0], step);
        assert_eq!(notes, [""; 0]);
    }
}
