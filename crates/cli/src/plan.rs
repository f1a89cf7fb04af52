//! `krake plan check`: whether a plan can run, and where and why it cannot.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Plan;
use crate::columns::field;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::text;

/// Runs the group.
///
/// # Errors
/// The file cannot be read.
pub async fn run(home: &Path, out: Out, args: Plan) -> Result<Exit, Stopped> {
    let Plan::Check { file } = args;
    let text = text::read(&file)?;
    let checked = check(home, json!({ "plan": text })).await?;
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
    out.answer(checked, |checked| {
        let mut lines = vec![format!(
            "{}: {} steps",
            field(checked, "name"),
            checked["steps"]
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
                (Value::Number(count), _) => format!("{count} items"),
                (_, list) => list.to_string(),
            };
            lines.push(format!(
                "  for each        {}: {over}",
                field(repeats, "step")
            ));
        }
        for asks in checked["asks"].as_array().into_iter().flatten() {
            lines.push(format!(
                "  asks            {}: {}",
                field(asks, "step"),
                field(asks, "because")
            ));
        }
        lines.join("\n")
    })?;
    Ok(Exit::Done)
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
