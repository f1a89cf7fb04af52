//! Wrong plans: each is refused with the place, what is wrong, and what would be right.

use krake_domain::tool::{Catalog, EffectClass, ToolSpec};
use serde_json::json;

use super::{check, parse};
use crate::execution::wait_spec;

fn catalog() -> Catalog {
    let tool = |name: &str, args: serde_json::Value, output: serde_json::Value| ToolSpec {
        name: name.to_owned(),
        description: String::new(),
        args_schema: args,
        output_schema: output,
        class: EffectClass::Read,
        asks: false,
        untrusted_output: false,
        timeout_ms: 1_000,
    };
    let read = json!({ "type": "object", "properties": { "root": { "type": "string" }, "path": { "type": "string" }, "max_bytes": { "type": ["integer", "null"] } }, "required": ["root", "path"], "additionalProperties": false });
    let text = json!({ "type": "object", "properties": { "text": { "type": "string" }, "bytes": { "type": "integer" } } });
    Catalog::new(
        [tool("fs.read", read, text), wait_spec()],
        &["shell.run", "llm.complete"],
    )
}

/// The faults of a plan, one line each.
fn faults(text: &str) -> String {
    let found = match parse(text) {
        Ok(parsed) => check(&parsed, &catalog()).map(|_| ()).unwrap_err(),
        Err(found) => found,
    };
    found
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn unknown_keys_and_keys_that_are_not_built() {
    insta::assert_snapshot!(faults(
        "
name: keys
colour: red
limits: { steps: 5, money: 3 }
steps:
  - { id: a, tool: wait, args: { ms: 1 }, need: [b], cache: { ttl_s: 1 } }
  - { id: b, tool: wait, args: { ms: 1 }, on_error: asks }
"
    ));
}

#[test]
fn tools_that_are_unknown_or_not_built() {
    insta::assert_snapshot!(faults(
        "
name: tools
steps:
  - { id: a, tool: fs.raed, args: {} }
  - { id: b, tool: shell.run, args: {} }
"
    ));
}

#[test]
fn needs_that_are_missing_and_cycles_named_step_by_step() {
    insta::assert_snapshot!(faults(
        "
name: needs
steps:
  - { id: fetch, tool: wait, args: { ms: 1 }, needs: [feth] }
  - { id: read, tool: fs.read, args: { root: ., path: '${{ steps.fetsh.output.x }}' } }
"
    ));
    insta::assert_snapshot!(faults(
        "
name: cycle
steps:
  - { id: z, tool: wait, args: { ms: 1 } }
  - { id: a, tool: wait, args: { ms: 1 }, needs: [c] }
  - { id: b, tool: wait, args: { ms: 1 }, needs: [a, z] }
  - { id: c, tool: fs.read, args: { root: ., path: '${{ steps.b.output.path }}' } }
"
    ));
}

#[test]
fn wrong_types_with_what_was_expected() {
    insta::assert_snapshot!(faults(
        "
name: types
inputs: { count: { type: integer, slot: number }, list: { type: array } }
steps:
  - { id: a, tool: wait, args: { ms: soon } }
  - { id: b, tool: fs.read, args: { root: 7, path: x, size: 3 } }
  - { id: c, tool: fs.read, args: { root: '${{ inputs.list }}' } }
  - { id: d, tool: wait, args: { ms: '${{ steps.b.output.text }}' } }
  - { id: e, tool: wait, args: { ms: '${{ steps.b.output.bytes }}' }, timeout_ms: -1 }
"
    ));
    insta::assert_snapshot!(faults("
name: types
inputs: { count: { type: integer }, list: { type: array } }
steps:
  - { id: a, tool: wait, args: { ms: soon } }
  - { id: b, tool: fs.read, args: { root: 7, path: x, size: 3 } }
  - { id: c, tool: fs.read, args: { root: '${{ inputs.list }}' } }
  - { id: d, tool: wait, args: { ms: '${{ steps.b.output.text }}' } }
  - { id: e, tool: wait, args: { ms: '${{ steps.b.output.bytes }}' }, when: '${{ inputs.nope == 1 }}' }
"));
}

#[test]
fn a_time_limit_that_nothing_would_heed_is_refused() {
    let text = "
name: limits
steps:
  - { id: a, tool: wait, args: { ms: 1000 }, timeout_ms: 10 }
  - { id: b, tool: fs.read, args: { root: /, path: x }, timeout_ms: 10 }
";
    let said = faults(text);
    assert!(
        said.contains("4:") && said.contains("`wait` ends when its `ms` are over"),
        "{said}"
    );
    assert_eq!(said.trim().lines().count(), 1, "{said}");
}

#[test]
fn references_that_cannot_be_read() {
    insta::assert_snapshot!(faults(
        "
name: references
steps:
  - { id: a, tool: wait, args: { ms: '${{ 1 + }}' } }
  - { id: b, tool: wait, args: { ms: 1 }, when: '${{ steps.a.result }}' }
  - { id: c, tool: wait, args: { ms: 1 }, when: sometimes }
output: { x: '${{ steps.nobody.output }}' }
"
    ));
}

#[test]
fn lists_that_are_none_and_items_of_no_list() {
    insta::assert_snapshot!(faults(
        "
name: lists
inputs: { path: { type: string }, sites: { type: array, items: { type: string } } }
steps:
  - { id: a, tool: fs.read, args: { root: ., path: x }, for_each: '${{ inputs.path }}' }
  - { id: b, tool: fs.read, args: { root: ., path: x }, for_each: '${{ item.more }}' }
  - { id: c, tool: fs.read, args: { root: ., path: 'x ${{ item }}' } }
  - { id: d, tool: wait, args: { ms: 1 }, when: '${{ item == 1 }}' }
  - { id: e, tool: wait, args: { ms: '${{ item }}' }, for_each: '${{ inputs.sites }}' }
  - { id: f, tool: wait, args: { ms: '${{ item.ms }}' }, for_each: [{ ms: 5 }, { ms: soon }, { ms: null }] }
  - { id: g, tool: wait, args: { ms: '${{ item.ms }}' }, for_each: [{ ms: soon }] }
  - { id: h, tool: fs.read, args: { root: ., path: x }, for_each: '${{ steps.f.output }}' }
  - { id: i, tool: wait, args: { ms: '${{ steps.h.output[0].text }}' } }
  - { id: j, tool: wait, args: { ms: '${{ steps.h.output }}' } }
  - { id: k, tool: wait, args: { ms: '${{ item.text }}' }, for_each: '${{ steps.h.output }}' }
  - { id: l, tool: wait, args: { ms: 1 }, for_each: '${{ steps.nobody.output }}' }
output: '${{ item }}'
"
    ));
    insta::assert_snapshot!(faults(
        "
name: lists
limits: { steps: 3 }
steps:
  - { id: a, tool: wait, args: { ms: 1 }, for_each: [1, '${{ inputs.nope }}', 3] }
  - { id: b, tool: wait, args: { ms: 1 }, for_each: 7 }
  - { id: c, tool: wait, args: { ms: 1 }, for_each: 'all' }
"
    ));
    insta::assert_snapshot!(faults(
        "
name: lists
limits: { steps: 3 }
steps:
  - { id: a, tool: wait, args: { ms: 1 }, for_each: [1, '${{ inputs.nope }}', 3] }
  - { id: b, tool: wait, args: { ms: 1 }, for_each: ['${{ 1 + }}'] }
"
    ));
}

#[test]
fn alternatives_that_cannot_be_called() {
    insta::assert_snapshot!(faults(
        "
name: alternatives
steps:
  - { id: a, tool: wait, args: { ms: 1 }, alternatives: [{ agent: codex }, { account: other }] }
  - { id: b, tool: wait, args: { ms: 1 }, alternatives: { tool: wait } }
  - { id: c, tool: wait, args: { ms: 1 }, alternatives: [{ args: {} }, { tool: wait, tols: 1 }] }
"
    ));
    insta::assert_snapshot!(faults(
        "
name: alternatives
steps:
  - id: a
    tool: fs.read
    args: { root: ., path: x }
    alternatives:
      - { tool: fs.raed }
      - { tool: llm.complete }
      - { tool: wait, args: { ms: soon } }
      - { tool: wait, args: { ms: '${{ inputs.nope }}' } }
      - { tool: wait, args: { ms: '${{ item }}' } }
      - { tool: wait, args: { ms: '${{ steps.nobody.output }}' } }
  - { id: b, tool: wait, args: { ms: '${{ steps.a.output.text }}' } }
"
    ));
}

#[test]
fn what_is_missing_or_there_twice() {
    insta::assert_snapshot!(faults(
        "
steps:
  - { tool: wait, args: { ms: 1 } }
  - { id: a }
  - { id: 'a b', tool: wait }
"
    ));
    insta::assert_snapshot!(faults(
        "{name: twice, steps: [{id: a, tool: wait, args: {ms: 1}}, {id: a, tool: wait, args: {ms: 1}}]}"
    ));
    insta::assert_snapshot!(faults("name: empty\nsteps: []\n"));
}

#[test]
fn a_plan_of_ten_thousand_steps_needs_a_raised_limit() {
    let steps = |count: usize| {
        (0..count)
            .map(|number| format!("  - {{ id: s{number}, tool: wait, args: {{ ms: 1 }} }}\n"))
            .collect::<String>()
    };
    insta::assert_snapshot!(faults(&format!("name: many\nsteps:\n{}", steps(10_000))));
    let raised = format!(
        "name: many\nlimits: {{ steps: 10000 }}\nsteps:\n{}",
        steps(10_000)
    );
    assert!(check(&parse(&raised).unwrap(), &catalog()).is_ok());
}
