//! A plan as it can be looked at before it runs: each step with its arguments as far as the inputs
//! fill them, and in words what it touches.

use krake_domain::plan::Plan;
use serde_json::{Map, Value};

use super::graph::{Graph, guess_ms};
use crate::expr::{Expr, Part, Scope, Template};

/// The longest text of a target, in characters.
const MOST_TARGET: usize = 200;
/// Items of a list whose targets are said; more are counted.
const MOST_ITEMS: usize = 5;

/// One step, looked at. Its place is its position in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What only a run can know stands as `‹step›` or `‹input›`.
    pub args: Value,
    /// What it touches, in words: a file, an address, a command. Empty where its arguments say nothing.
    pub target: String,
    /// How long it is taken to last.
    pub guess_ms: u64,
    /// What its alternatives would touch, in their order.
    pub alternatives: Vec<String>,
}

/// Looks at every step. `inputs` may be incomplete; defaults count.
#[must_use]
pub fn preview(plan: &Plan, graph: &Graph, inputs: &Map<String, Value>) -> Vec<Preview> {
    let known = Known {
        plan,
        inputs,
        item: None,
    };
    let look = |(place, step)| {
        let node = graph.node(place);
        let args = seen(&node.args, &known);
        let list = node.for_each.as_ref().map(|list| seen(list, &known));
        let touches = |template: &Template| match &list {
            Some(Value::Array(items)) => target_of_each(template, &known, items),
            _ => target(&seen(template, &known)),
        };
        Preview {
            target: touches(&node.args),
            alternatives: node
                .alternatives
                .iter()
                .map(|other| touches(other))
                .collect(),
            args,
            guess_ms: guess_ms(step),
        }
    };
    plan.steps.iter().enumerate().map(look).collect()
}

/// How much sooner a plan ends when its steps run as its graph allows, by guess.
#[must_use]
pub fn saved_ms(plan: &Plan, graph: &Graph) -> u64 {
    let one_by_one: u64 = plan.steps.iter().map(guess_ms).fold(0, u64::saturating_add);
    let path = graph.critical_path(&|place| guess_ms(&plan.steps[place]));
    let longest = path
        .iter()
        .map(|place| guess_ms(&plan.steps[*place]))
        .fold(0, u64::saturating_add);
    one_by_one.saturating_sub(longest)
}

#[derive(Clone, Copy)]
struct Known<'a> {
    plan: &'a Plan,
    inputs: &'a Map<String, Value>,
    item: Option<&'a Value>,
}

impl Scope for Known<'_> {
    fn input(&self, name: &str) -> Option<&Value> {
        let default = || self.plan.inputs.get(name)?.get("default");
        self.inputs.get(name).or_else(default)
    }

    fn output(&self, _: &str) -> Option<&Value> {
        None
    }

    fn item(&self) -> Option<&Value> {
        self.item
    }
}

fn seen(template: &Template, known: &Known<'_>) -> Value {
    match template {
        Template::Plain(value) => value.clone(),
        Template::Whole(expr) => match expr.eval(known) {
            Ok(value) => value.into_owned(),
            Err(_) => Value::String(unknown(expr)),
        },
        Template::Text(parts) => {
            let part = |part: &Part| match part {
                Part::Plain(text) => text.clone(),
                Part::Expr(expr) => match expr.eval(known).as_deref() {
                    Ok(Value::String(text)) => text.clone(),
                    Ok(value) => value.to_string(),
                    Err(_) => unknown(expr),
                },
            };
            Value::String(parts.iter().map(part).collect())
        }
        Template::List(items) => items.iter().map(|item| seen(item, known)).collect(),
        Template::Object(fields) => {
            let fields = fields.iter();
            let filled = fields.map(|(name, item)| (name.clone(), seen(item, known)));
            Value::Object(filled.collect())
        }
    }
}

/// What a value that is not there yet will come from.
fn unknown(expr: &Expr) -> String {
    let mut names = Vec::new();
    expr.each_step(&mut |step| names.push(step));
    if names.is_empty() && expr.names_item() {
        names.push("item");
    }
    if names.is_empty() {
        expr.each_input(&mut |input| names.push(input));
    }
    names.dedup();
    format!("‹{}›", names.join(", "))
}

/// What a step for each item touches, where its list is known already.
fn target_of_each(args: &Template, known: &Known<'_>, items: &[Value]) -> String {
    let targets: Vec<String> = items
        .iter()
        .take(MOST_ITEMS)
        .map(|item| {
            let item = Some(item);
            target(&seen(args, &Known { item, ..*known }))
        })
        .collect();
    let more = items.len() - targets.len();
    let listed = targets.join(", ");
    if more > 0 {
        format!("{listed} and {more} more")
    } else {
        listed
    }
}

/// The words for what a call touches, from the names that arguments have everywhere.
fn target(args: &Value) -> String {
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let listed = |name: &str| {
        let items = args.get(name).and_then(Value::as_array)?;
        let words: Vec<String> = items.iter().map(plain).collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let place = match (text("root"), text("path")) {
        (Some(root), Some(path)) if path != "." => Some(joined(root, path)),
        (Some(one), _) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    };
    let found = listed("argv")
        .or_else(|| {
            text("url").map(|url| match text("method") {
                Some(method) => format!("{method} {url}"),
                None => url.to_owned(),
            })
        })
        .or_else(|| listed("urls"))
        .or(place)
        .unwrap_or_else(|| the_rest(args));
    if found.chars().count() <= MOST_TARGET {
        return found;
    }
    let short: String = found.chars().take(MOST_TARGET).collect();
    format!("{short}…")
}

fn joined(root: &str, path: &str) -> String {
    let is_windows = root.contains('\\') && !root.contains('/');
    let line = if is_windows { '\\' } else { '/' };
    format!("{}{line}{path}", root.trim_end_matches(['/', '\\']))
}

/// Short values with their names, for calls that touch no place.
fn the_rest(args: &Value) -> String {
    let fields = args.as_object().into_iter().flatten();
    let short = fields.filter(|(_, value)| {
        let text = value.as_str();
        text.is_some_and(|text| !text.is_empty() && text.len() <= 80 && !text.contains('\n'))
            || value.is_number()
    });
    let words: Vec<String> = short
        .map(|(name, value)| format!("{name}: {}", plain(value)))
        .collect();
    words.join(", ")
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::parse;
    use serde_json::json;

    const PLAN: &str = r#"
name: x
inputs:
  path: { type: string, default: "." }
  urls: { type: array }
steps:
  - { id: a, tool: git.log, args: { root: "${{ inputs.path }}", max: 3 } }
  - { id: b, tool: wait, args: { ms: 20 } }
  - { id: c, tool: http.request, args: { method: GET, url: "${{ inputs.urls[0] }}" } }
  - id: d
    tool: fs.write
    args: { root: "${{ inputs.path }}", path: out.md, text: "Found: ${{ steps.a.output.total }}" }
  - { id: e, tool: shell.run, args: { argv: [make, "${{ basename(inputs.path) }}"] } }
  - { id: g, tool: http.request, for_each: "${{ inputs.urls }}", args: { url: "${{ item }}/x" } }
  - { id: f, tool: knowledge.add, args: { category: note, title: "Of ${{ inputs.path }}" } }
"#;

    fn looked(inputs: Value) -> Vec<(String, Value)> {
        let plan = parse(PLAN).unwrap().plan;
        let graph = Graph::build(&plan).unwrap();
        let looks = preview(&plan, &graph, inputs.as_object().unwrap());
        looks
            .into_iter()
            .map(|look| (look.target, look.args))
            .collect()
    }

    #[test]
    fn targets_are_said_as_far_as_the_inputs_go() {
        let looks = looked(json!({"path": "~/work/foo", "urls": ["https://a.example"]}));
        let targets: Vec<&str> = looks.iter().map(|(target, _)| target.as_str()).collect();
        assert_eq!(
            targets,
            [
                "~/work/foo",
                "ms: 20",
                "GET https://a.example",
                "~/work/foo/out.md",
                "make foo",
                "https://a.example/x",
                "category: note, title: Of ~/work/foo"
            ]
        );
        assert_eq!(looks[3].1["text"], "Found: ‹a›");
    }

    #[test]
    fn what_is_not_given_is_marked_and_defaults_count() {
        let looks = looked(json!({}));
        assert_eq!(looks[0].0, ".");
        assert_eq!(looks[2].0, "GET ‹urls›");
        assert_eq!(looks[5].0, "‹item›/x");
    }

    #[test]
    fn side_by_side_saves_all_but_the_longest_way() {
        let plan = parse(PLAN).unwrap().plan;
        let graph = Graph::build(&plan).unwrap();
        // Seven steps of which `d` waits for `a`: six guesses of a second and 20 ms, less two.
        assert_eq!(saved_ms(&plan, &graph), 4_020);
    }
}
