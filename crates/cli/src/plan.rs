//! `krake plan check`: whether a plan can run, and where and why it cannot; and how plans are shown.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::args::{Plan, PlanCommand};
use crate::columns::{columns, counted, field};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::{request, text};

/// `krake plan TEXT` and `krake plan check FILE`.
///
/// # Errors
/// The file cannot be read, or the request cannot be asked.
pub async fn run(home: &Path, out: Out, args: Plan) -> Result<Exit, Stopped> {
    let Some(PlanCommand::Check { file }) = args.command else {
        return request::only_plan(home, out, &args.text, &args.inputs).await;
    };
    let text = text::read(&file)?;
    let checked = match not_json(&file, &text) {
        Some(wrong) => wrong,
        None => check(home, json!({ "plan": text })).await?,
    };
    if checked["ok"] == true {
        show(out, &checked)
    } else {
        faults(out, &file, &text, &checked)
    }
}

/// Asks the door; no data folder is needed for that.
///
/// # Errors
/// There is no such playbook.
pub async fn check(home: &Path, input: Value) -> Result<Value, Stopped> {
    Door::look_without_data(home)
        .await?
        .call("plans.check", input)
        .await
}

/// What is wrong with a file that calls itself JSON and is none: YAML is more patient, and whoever
/// reads the file next may not be.
#[must_use]
pub fn not_json(file: &str, text: &str) -> Option<Value> {
    let is_json = Path::new(file)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let error = serde_json::from_str::<serde::de::IgnoredAny>(text)
        .err()
        .filter(|_| is_json)?;
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    Some(json!({
        "ok": false,
        "name": file,
        "steps": 0,
        "faults": [{
            "line": error.line(),
            "column": error.column(),
            "code": "syntax",
            "message": format!("not JSON: {message}"),
            "expected": "JSON, or a file whose name ends in `.yaml`",
        }],
    }))
}

/// Prints the faults, each with its place in the text.
///
/// # Errors
/// The output is closed.
pub fn faults(out: Out, file: &str, text: &str, checked: &Value) -> Result<Exit, Stopped> {
    if out.json {
        out.document(checked)?;
        return Ok(Exit::Failed);
    }
    let lines: Vec<&str> = text.lines().collect();
    for fault in checked["faults"].as_array().into_iter().flatten() {
        let (line, column) = (number(fault, "line"), number(fault, "column"));
        let mut said = format!("{file}:{line}:{column}: {}", field(fault, "message"));
        if let Some(expected) = fault.get("expected").and_then(Value::as_str) {
            said.push_str(&format!("; expected {expected}"));
        }
        out.line(&said)?;
        if !text.is_empty() {
            // A fault at the very end stands on a line that is not there.
            let excerpt = lines
                .get(line.saturating_sub(1))
                .copied()
                .unwrap_or_default();
            out.line(&excerpted(line, column, excerpt))?;
        }
    }
    Ok(Exit::Failed)
}

/// Prints what a correct plan would do.
///
/// # Errors
/// The output is closed.
pub fn show(out: Out, checked: &Value) -> Result<Exit, Stopped> {
    out.answer(checked, described)?;
    Ok(Exit::Done)
}

/// A correct plan for reading: its waves, its longest way, what asks, and what each step touches.
#[must_use]
pub fn described(checked: &Value) -> String {
    let mut lines = vec![format!(
        "{}: {}",
        field(checked, "name"),
        counted(number(checked, "steps"), "step")
    )];
    for (wave, steps) in checked["waves"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        lines.push(format!("  wave {}          {}", wave + 1, joined(steps)));
    }
    lines.push(format!(
        "  critical path   {}",
        joined(&checked["critical_path"]).replace(", ", " → ")
    ));
    for repeats in checked["repeats"].as_array().into_iter().flatten() {
        let over = match (&repeats["items"], &repeats["over"]) {
            (Value::Null, Value::String(list)) => list.clone(),
            (Value::Number(count), _) => counted(
                count
                    .as_u64()
                    .and_then(|n| usize::try_from(n).ok())
                    .unwrap_or(0),
                "item",
            ),
            (_, list) => list.to_string(),
        };
        lines.push(format!(
            "  for each        {}: {over}",
            field(repeats, "step")
        ));
    }
    for asks in checked["asks"].as_array().into_iter().flatten() {
        let (step, tool) = (field(asks, "step"), field(asks, "tool"));
        let mut steps = checked["preview"].as_array().into_iter().flatten();
        let is_own = steps.any(|one| field(one, "id") == step && field(one, "tool") == tool);
        let call = if is_own {
            step
        } else {
            format!("{step} (or else {tool})")
        };
        lines.push(format!(
            "  asks            {call}: {}",
            field(asks, "because")
        ));
    }
    let saved = number(checked, "saved_ms");
    if saved > 0 {
        lines.push(format!(
            "  side by side    saves about {:.1} s against one after another",
            Duration::from_millis(saved as u64).as_secs_f64()
        ));
    }
    lines.push(touched(checked));
    lines.join("\n")
}

/// What each step reads or writes.
fn touched(checked: &Value) -> String {
    let row = |step: &Value| {
        let asks = match step["asks"].as_str() {
            Some("always") => "asks",
            Some("perhaps") => "may ask",
            _ => "",
        };
        let cells = ["id", "tool", "effect"].map(|name| field(step, name));
        let mut row = vec![format!("  {}", cells[0])];
        row.extend_from_slice(&cells[1..]);
        row.push(asks.to_owned());
        row.push(field(step, "target"));
        row
    };
    // What is tried when the call before has failed stands below it.
    let steps = checked["preview"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = steps
        .flat_map(|step| {
            let others = step["alternatives"].as_array().into_iter().flatten();
            let others = others.map(|other| {
                let mut row = row(other);
                row[0] = "    or else".to_owned();
                row
            });
            std::iter::once(row(step)).chain(others).collect::<Vec<_>>()
        })
        .collect();
    columns(&["  step", "tool", "effect", "asks", "what"], &rows)
}

fn excerpted(line: usize, column: usize, text: &str) -> String {
    // A long line is cut around the place that is meant.
    let from = column.saturating_sub(60).min(text.chars().count());
    let cut: String = text
        .chars()
        .skip(from)
        .take(100)
        .map(|letter| if letter == '\t' { ' ' } else { letter })
        .collect();
    let caret = column.saturating_sub(from + 1);
    let gutter = format!("{line:>5} | ");
    format!("{gutter}{cut}\n{}| {}^", " ".repeat(6), " ".repeat(caret))
}

fn joined(list: &Value) -> String {
    let names: Vec<&str> = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    names.join(", ")
}

fn number(value: &Value, name: &str) -> usize {
    value
        .get(name)
        .and_then(Value::as_u64)
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_below_its_column() {
        let text = excerpted(3, 5, "abcd!f");
        let (line, caret) = text.split_once('\n').unwrap();
        assert_eq!(line.find('!'), caret.find('^'), "{text}");
        let long = format!("{}!", "x".repeat(200));
        let text = excerpted(3, 201, &long);
        let (line, caret) = text.split_once('\n').unwrap();
        assert_eq!(line.find('!'), caret.find('^'), "{text}");
    }
}
