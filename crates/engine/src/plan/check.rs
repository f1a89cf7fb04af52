use std::collections::BTreeSet;

use krake_domain::plan::Step;
use krake_domain::position::Position;
use krake_domain::tool::Catalog;
use serde_json::Value;

use super::check_args::ArgChecker;
use super::check_own;
use super::diagnostic::{Code, Diagnostic};
use super::graph::{Graph, GraphError};
use super::nearest::nearest;
use super::parse::Parsed;
use crate::expr::{Expr, Template};

/// Checks a plan against the tools that exist. Every fault is found, in the order of the text.
///
/// # Errors
/// The faults, each with line and column and what was expected.
pub fn check(parsed: &Parsed, catalog: &Catalog) -> Result<Graph, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let plan = &parsed.plan;
    let count = plan.steps.len();
    if count > plan.limits.steps as usize {
        let message = format!(
            "the plan has {count} steps, and its limit is {}",
            plan.limits.steps
        );
        let most = krake_domain::plan::Limits::MOST_STEPS;
        faults.push(
            Diagnostic::new(parsed.place(&["steps"]), Code::Limit, message).expected(format!(
                "fewer steps, or `limits: {{ steps: … }}` up to {most}"
            )),
        );
    }
    let graph = match Graph::build(plan) {
        Ok(graph) => Some(graph),
        Err(errors) => {
            faults.extend(errors.iter().map(|error| graph_fault(parsed, error)));
            None
        }
    };
    for (place, step) in plan.steps.iter().enumerate() {
        check_step(parsed, place, step, catalog, &mut faults);
    }
    if let Some(output) = &plan.output {
        check_output(parsed, output, &mut faults);
    }
    faults.sort_by_key(|fault| fault.at);
    match graph {
        Some(graph) if faults.is_empty() => Ok(graph),
        _ => Err(faults),
    }
}

fn graph_fault(parsed: &Parsed, error: &GraphError) -> Diagnostic {
    match error {
        GraphError::Duplicate(id) => {
            let second = parsed
                .plan
                .steps
                .iter()
                .enumerate()
                .filter(|(_, step)| step.id == *id)
                .nth(1);
            Diagnostic::new(
                at(parsed, second.map_or(0, |(place, _)| place), &["id"]),
                Code::Duplicate,
                error.to_string(),
            )
            .expected("an id of its own for each step")
        }
        GraphError::MissingNeed { step, need } => {
            let place = place_of(parsed, step.as_str());
            let ids: Vec<&str> = parsed
                .plan
                .steps
                .iter()
                .map(|step| step.id.as_str())
                .collect();
            let listed = parsed.plan.steps[place]
                .needs
                .iter()
                .position(|listed| listed.as_str() == need);
            let position = match listed {
                Some(number) => at(parsed, place, &["needs", &number.to_string()]),
                None => reference_place(parsed, place, &|expr| mentions_step(expr, need)),
            };
            let fault = Diagnostic::new(position, Code::MissingNeed, error.to_string());
            fault.expected(nearest(need, &ids).map_or_else(
                || "the id of a step of this plan".to_owned(),
                |near| format!("`{near}` perhaps"),
            ))
        }
        GraphError::Cycle(steps) => {
            let place = steps
                .first()
                .map_or(0, |step| place_of(parsed, step.as_str()));
            Diagnostic::new(at(parsed, place, &["id"]), Code::Cycle, error.to_string())
                .expected("at least one of them without that need")
        }
        GraphError::Args { step, error: inner } => {
            let mut path = vec!["args"];
            path.extend(inner.path.iter().map(String::as_str));
            let position = at(parsed, place_of(parsed, step.as_str()), &path);
            Diagnostic::new(
                position,
                Code::BadReference,
                format!(
                    "args.{}: {}, at character {}",
                    inner.path.join("."),
                    inner.error.message,
                    inner.offset + 1
                ),
            )
        }
        GraphError::Alternative {
            step,
            number,
            error: inner,
        } => {
            let number = number.to_string();
            let mut path = vec!["alternatives", number.as_str(), "args"];
            path.extend(inner.path.iter().map(String::as_str));
            Diagnostic::new(
                at(parsed, place_of(parsed, step.as_str()), &path),
                Code::BadReference,
                format!(
                    "{}: {}, at character {}",
                    path.join("."),
                    inner.error.message,
                    inner.offset + 1
                ),
            )
        }
        GraphError::ForEach { step, error: inner } => {
            let mut path = vec!["for_each"];
            path.extend(inner.path.iter().map(String::as_str));
            Diagnostic::new(
                at(parsed, place_of(parsed, step.as_str()), &path),
                Code::BadReference,
                format!(
                    "for_each: {}, at character {}",
                    inner.error.message,
                    inner.offset + 1
                ),
            )
        }
        GraphError::When { step, error: inner } => Diagnostic::new(
            at(parsed, place_of(parsed, step.as_str()), &["when"]),
            Code::BadReference,
            format!("when: {}, at character {}", inner.message, inner.offset + 1),
        ),
    }
}

fn check_step(
    parsed: &Parsed,
    place: usize,
    step: &Step,
    catalog: &Catalog,
    faults: &mut Vec<Diagnostic>,
) {
    check_call(parsed, place, step, None, catalog, faults);
    for number in 0..step.alternatives.len() {
        check_call(parsed, place, step, Some(number), catalog, faults);
    }
    check_inputs(parsed, place, step, faults);
    check_items(parsed, place, step, catalog, faults);
}

/// The step's own call, or the alternative of that number.
fn check_call(
    parsed: &Parsed,
    place: usize,
    step: &Step,
    alternative: Option<usize>,
    catalog: &Catalog,
    faults: &mut Vec<Diagnostic>,
) {
    let (tool, args) = match alternative.and_then(|number| step.alternatives.get(number)) {
        Some(other) => (&other.tool, &other.args),
        None => (&step.tool, &step.args),
    };
    let number = alternative.map(|number| number.to_string());
    let here = |key: &'static str| match &number {
        Some(number) => at(parsed, place, &["alternatives", number, key]),
        None => at(parsed, place, &[key]),
    };
    let Some(entry) = catalog.find(tool) else {
        let (code, message) = if catalog.is_planned(tool) {
            let message = format!("tool `{tool}` is known but not built in this version");
            (Code::NotBuilt, message)
        } else {
            (Code::UnknownTool, format!("there is no tool `{tool}`"))
        };
        let names: Vec<&str> = catalog
            .iter()
            .map(|entry| entry.spec.name.as_str())
            .collect();
        let expected = nearest(tool, &names).map_or_else(
            || format!("one of {}", names.join(", ")),
            |near| format!("`{near}` perhaps"),
        );
        return faults.push(Diagnostic::new(here("tool"), code, message).expected(expected));
    };
    for (key, message, expected) in check_own::faults(step, tool, alternative) {
        let place = at(parsed, place, &[key]);
        faults.push(Diagnostic::new(place, Code::NotBuilt, message).expected(expected));
    }
    if let Ok(template) = Template::parse(&Value::Object(args.clone())) {
        let mut checker = ArgChecker {
            parsed,
            place,
            alternative,
            catalog,
            faults,
        };
        checker.object(
            &entry.spec.args_schema,
            &entry.spec.args_schema,
            &template,
            &mut Vec::new(),
        );
    }
}

fn check_inputs(parsed: &Parsed, place: usize, step: &Step, faults: &mut Vec<Diagnostic>) {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut note = |expr: &Expr| {
        expr.each_input(&mut |name| {
            names.insert(name.to_owned());
        })
    };
    for (_, value) in templates(step) {
        if let Ok(template) = Template::parse(&value) {
            template.each_expr(&mut |expr| note(expr));
        }
    }
    if let Some(Ok(expr)) = step.when.as_deref().map(Expr::parse) {
        note(&expr);
    }
    for name in names {
        if !parsed.plan.inputs.contains_key(&name) {
            let position = reference_place(parsed, place, &|expr| mentions_input(expr, &name));
            faults.push(missing_input(parsed, position, &name));
        }
    }
}

/// `item` is known where there is a list, and the list is one.
fn check_items(
    parsed: &Parsed,
    place: usize,
    step: &Step,
    catalog: &Catalog,
    faults: &mut Vec<Diagnostic>,
) {
    let Some(list) = &step.for_each else {
        let in_when = step.when.as_deref().map(Expr::parse);
        let names_item = |value: &Value| Template::parse(value).is_ok_and(|all| all.names_item());
        if templates(step).iter().any(|(_, value)| names_item(value))
            || matches!(in_when, Some(Ok(when)) if when.names_item())
        {
            faults.push(
                Diagnostic::new(
                    reference_place(parsed, place, &Expr::names_item),
                    Code::BadReference,
                    format!(
                        "step `{}` has no `for_each`, so there is no `item`",
                        step.id
                    ),
                )
                .expected("`for_each: ${{ … }}` on this step"),
            );
        }
        return;
    };
    let Ok(template) = Template::parse(list) else {
        return;
    };
    let position = at(parsed, place, &["for_each"]);
    if template.names_item() {
        let message = "`item` is an item of this very list, so the list cannot name it";
        faults.push(
            Diagnostic::new(position, Code::BadReference, message)
                .expected("inputs, or outputs of other steps"),
        );
        return;
    }
    let most = parsed.plan.limits.steps as usize;
    if let Value::Array(items) = list
        && parsed.plan.steps.len() + items.len() > most
    {
        let message = format!(
            "the list has {} items; with the {} steps of the plan these are more than its limit of {most}",
            items.len(),
            parsed.plan.steps.len()
        );
        faults.push(
            Diagnostic::new(position, Code::Limit, message).expected(format!(
                "a shorter list, or `limits: {{ steps: … }}` up to {}",
                krake_domain::plan::Limits::MOST_STEPS
            )),
        );
    }
    let mut checker = ArgChecker {
        parsed,
        place,
        alternative: None,
        catalog,
        faults,
    };
    checker.list(&template);
}

fn check_output(parsed: &Parsed, output: &Value, faults: &mut Vec<Diagnostic>) {
    let template = match Template::parse(output) {
        Ok(template) => template,
        Err(error) => {
            let mut path = vec!["output"];
            path.extend(error.path.iter().map(String::as_str));
            return faults.push(Diagnostic::new(
                parsed.place(&path),
                Code::BadReference,
                format!("output: {}", error.error),
            ));
        }
    };
    if template.names_item() {
        let message = "`output` names `item`, which is known only in a step with `for_each`";
        faults.push(Diagnostic::new(
            parsed.place(&["output"]),
            Code::BadReference,
            message,
        ));
    }
    template.each_expr(&mut |expr| {
        expr.each_input(&mut |name| {
            if !parsed.plan.inputs.contains_key(name) {
                faults.push(missing_input(parsed, parsed.place(&["output"]), name));
            }
        });
        expr.each_step(&mut |name| {
            if !parsed
                .plan
                .steps
                .iter()
                .any(|step| step.id.as_str() == name)
            {
                faults.push(Diagnostic::new(
                    parsed.place(&["output"]),
                    Code::MissingNeed,
                    format!("`output` names step `{name}`, which is not in the plan"),
                ));
            }
        });
    });
}

fn missing_input(parsed: &Parsed, position: Position, name: &str) -> Diagnostic {
    let known: Vec<&str> = parsed.plan.inputs.keys().map(String::as_str).collect();
    let expected = if known.is_empty() {
        "an entry under `inputs`".to_owned()
    } else {
        format!("one of {}", known.join(", "))
    };
    Diagnostic::new(
        position,
        Code::BadReference,
        format!("the plan has no input `{name}`"),
    )
    .expected(expected)
}

fn place_of(parsed: &Parsed, step: &str) -> usize {
    parsed
        .plan
        .steps
        .iter()
        .position(|known| known.id.as_str() == step)
        .unwrap_or(0)
}

pub(super) fn at(parsed: &Parsed, place: usize, path: &[&str]) -> Position {
    let number = place.to_string();
    let mut whole = vec!["steps", number.as_str()];
    whole.extend(path);
    parsed.place(&whole)
}

/// Where the first text stands that holds a reference of that kind.
fn reference_place(parsed: &Parsed, place: usize, wanted: &dyn Fn(&Expr) -> bool) -> Position {
    let step = &parsed.plan.steps[place];
    if step
        .when
        .as_deref()
        .and_then(|text| Expr::parse(text).ok())
        .is_some_and(|expr| wanted(&expr))
    {
        return at(parsed, place, &["when"]);
    }
    for (from, value) in templates(step) {
        let mut path = Vec::new();
        if find_text(&value, wanted, &mut path) {
            let places: Vec<&str> = from.iter().chain(&path).map(String::as_str).collect();
            return at(parsed, place, &places);
        }
    }
    at(parsed, place, &["args"])
}

/// Everything in a step that may hold references, but its condition, with the keys that lead there.
fn templates(step: &Step) -> Vec<(Vec<String>, Value)> {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let mut all = vec![(keys(&["args"]), Value::Object(step.args.clone()))];
    all.extend(
        step.for_each
            .clone()
            .map(|list| (keys(&["for_each"]), list)),
    );
    let others = step.alternatives.iter().enumerate();
    all.extend(others.map(|(number, other)| {
        let from = keys(&["alternatives", &number.to_string(), "args"]);
        (from, Value::Object(other.args.clone()))
    }));
    all
}

fn find_text(value: &Value, wanted: &dyn Fn(&Expr) -> bool, path: &mut Vec<String>) -> bool {
    match value {
        Value::String(_) => {
            let mut found = false;
            if let Ok(template) = Template::parse(value) {
                template.each_expr(&mut |expr| found |= wanted(expr));
            }
            found
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .any(|(number, item)| within(number.to_string(), item, wanted, path)),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, item)| within(name.clone(), item, wanted, path)),
        _ => false,
    }
}

fn within(
    name: String,
    value: &Value,
    wanted: &dyn Fn(&Expr) -> bool,
    path: &mut Vec<String>,
) -> bool {
    path.push(name);
    let found = find_text(value, wanted, path);
    if !found {
        path.pop();
    }
    found
}

fn mentions_step(expr: &Expr, id: &str) -> bool {
    let mut found = false;
    expr.each_step(&mut |name| found |= name == id);
    found
}

fn mentions_input(expr: &Expr, id: &str) -> bool {
    let mut found = false;
    expr.each_input(&mut |name| found |= name == id);
    found
}
