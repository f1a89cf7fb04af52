use krake_domain::plan::{Limits, Plan, Step};
use serde_json::{Map, Value, json};

use super::yaml;

/// The order in which a person writes a plan and its steps; what is not listed comes last.
const PLAN: &[&str] = &[
    "name",
    "description",
    "planned_by",
    "examples",
    "inputs",
    "limits",
    "steps",
    "output",
];
const STEP: &[&str] = &[
    "id",
    "name",
    "tool",
    "needs",
    "when",
    "for_each",
    "args",
    "approval",
    "on_error",
    "retry",
    "timeout_ms",
    "alternatives",
    "output",
];

/// A plan as the text of a plan file, in YAML; what has its default is left out. Reading it gives
/// the same plan.
#[must_use]
pub fn to_text(plan: &Plan) -> String {
    let mut fields = fields_of(plan);
    fields.remove("limits");
    if plan.limits != Limits::default() {
        let limits = &plan.limits;
        fields.insert(
            "limits".to_owned(),
            json!({ "steps": limits.steps, "attempts": limits.attempts, "time": limits.time_s, "parallel": limits.parallel }),
        );
    }
    let steps = plan.steps.iter().map(step).collect();
    fields.insert("steps".to_owned(), Value::Array(steps));
    yaml::text(&fields, &|path| match path {
        [] => PLAN,
        [steps, _] if steps == "steps" => STEP,
        _ => &[],
    })
}

fn step(step: &Step) -> Value {
    let mut fields = fields_of(step);
    if let Some(when) = &step.when {
        fields.insert(
            "when".to_owned(),
            Value::String(format!("${{{{ {when} }}}}")),
        );
    }
    for (name, default) in [
        ("approval", json!("policy")),
        ("retry", json!(krake_domain::plan::Retry::default())),
    ] {
        if fields.get(name) == Some(&default) {
            fields.remove(name);
        }
    }
    Value::Object(fields)
}

fn fields_of(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parse;

    #[test]
    fn what_is_written_reads_as_the_same_plan() {
        for text in [
            "{name: a, planned_by: model, steps: [{id: a, tool: wait}]}",
            "{name: a, steps: [{id: a, tool: t, on_error: fail}, {id: b, tool: t, on_error: continue}, {id: c, tool: t, on_error: ask}, {id: d, tool: t}]}",
            "{name: 'b: \"x\"', description: 'd ${{ x }}', examples: [one], inputs: {n: {type: integer, default: 1}}, limits: {steps: 7, attempts: 8, time: 9, parallel: 3}, steps: [{id: a, name: A, tool: t, args: {x: '${{ inputs.n }}', y: '$${{ no }}', z: [1, null, 1.5]}, needs: [b], when: '${{ inputs.n == \"}}\" }}', approval: never, retry: {max: 0, backoff_ms: 1, factor: 1.5}, timeout_ms: 5, on_error: continue, output: {type: object}}, {id: b, tool: t, when: false, approval: always, for_each: '${{ inputs.n }}', alternatives: [{tool: u, args: {i: '${{ item }}'}}]}, {id: c, tool: t, for_each: [1, '${{ inputs.n }}']}], output: {a: '${{ steps.a.output }}'}}",
        ] {
            let plan = parse(text)
                .unwrap_or_else(|faults| panic!("{faults:?}"))
                .plan;
            let written = to_text(&plan);
            let again = parse(&written).unwrap_or_else(|faults| panic!("{faults:?}\n{written}"));
            assert_eq!(again.plan, plan, "{written}");
        }
    }

    #[test]
    fn it_looks_as_a_person_writes_it() {
        let text = "{name: notes, inputs: {path: {type: string, slot: path}}, steps: [{id: read, tool: fs.read, args: {root: '${{ inputs.path }}', path: a.txt}}, {id: write, needs: [read], tool: fs.write, args: {root: '${{ inputs.path }}', path: b.txt, text: \"# Notes\\n\\n- it's one\\n\", list: [], deep: [[1, two], {a: {}}]}, alternatives: [{tool: t, args: {}}]}], output: {all: '${{ steps.read.output }}'}}";
        let plan = parse(text)
            .unwrap_or_else(|faults| panic!("{faults:?}"))
            .plan;
        insta::assert_snapshot!(to_text(&plan));
    }
}
