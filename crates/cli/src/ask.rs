//! An approval on the terminal: the exact bytes that will run, then one question.

use std::io::{IsTerminal as _, Write as _};

use serde_json::Value;

use crate::columns::field;
use crate::exit::Stopped;
use crate::out::say;

/// A person's answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Approve,
    Reject { reason: String },
}

/// Whether somebody sits there to be asked.
#[must_use]
pub fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The approval in full, as text. Everything in it is visible already.
#[must_use]
pub fn shown(approval: &Value) -> String {
    let mut lines = vec![
        format!(
            "{}  step {} of {}",
            field(approval, "id"),
            field(approval, "step"),
            field(approval, "execution_name")
        ),
        format!("  what     {}", field(approval, "summary")),
        format!(
            "  tool     {} ({})",
            field(approval, "tool"),
            field(approval, "class")
        ),
        format!("  target   {}", field(approval, "target")),
        format!("  why      {}", field(approval, "because")),
        format!(
            "  undo     {}",
            if approval["reversible"] == true {
                "possible"
            } else {
                "not possible"
            }
        ),
        format!("  expires  {}", field(approval, "expires_at")),
        format!("  status   {}", field(approval, "status")),
        "  arguments".to_owned(),
    ];
    lines.extend(
        arguments(approval)
            .lines()
            .map(|line| format!("    {line}")),
    );
    if let Some(diff) = approval.get("diff").and_then(Value::as_str) {
        lines.push("  diff".to_owned());
        lines.extend(diff.lines().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// Shows it and asks on the terminal; an empty answer and the end of the input mean no.
///
/// # Errors
/// The terminal cannot be read.
pub async fn ask(approval: &Value) -> Result<Answer, Stopped> {
    say(&shown(approval));
    let unknown = approval["kind"] == "unknown_outcome";
    loop {
        let question = if unknown {
            "run it again? [y/N/r=reason] "
        } else {
            "approve? [y/N/r=reason] "
        };
        let line = tokio::task::spawn_blocking(move || read_line(question))
            .await
            .map_err(|error| Stopped::Other(error.into()))??;
        match read(&line) {
            Some(answer) => return Ok(answer),
            None => say("answer y, n, or r=why not"),
        }
    }
}

/// One question that is answered by yes or no; an empty answer and the end of the input mean no.
///
/// # Errors
/// The terminal cannot be read.
pub async fn yes_or_no(question: &'static str) -> Result<bool, Stopped> {
    let line = tokio::task::spawn_blocking(move || read_line(question))
        .await
        .map_err(|error| Stopped::Other(error.into()))??;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn read(line: &str) -> Option<Answer> {
    let line = line.trim();
    match line {
        "y" | "Y" | "yes" => Some(Answer::Approve),
        "" | "n" | "N" | "no" => Some(Answer::Reject {
            reason: String::new(),
        }),
        _ => line.strip_prefix("r=").map(|reason| Answer::Reject {
            reason: reason.trim().to_owned(),
        }),
    }
}

fn read_line(question: &str) -> Result<String, Stopped> {
    let mut err = std::io::stderr();
    let _ = write!(err, "{question}").and_then(|()| err.flush());
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| Stopped::Other(error.into()))?;
    Ok(line)
}

/// The arguments indented for reading: the value of the exact bytes, hidden characters as escapes.
fn arguments(approval: &Value) -> String {
    let text = field(approval, "args");
    let indented =
        serde_json::from_str::<Value>(&text).and_then(|value| serde_json::to_string_pretty(&value));
    indented.map_or(text, |indented| {
        krake_api::visible_json(&indented).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_clear_yes_approves() {
        assert_eq!(read("y\n"), Some(Answer::Approve));
        for line in ["\n", "", "n", "no"] {
            assert_eq!(
                read(line),
                Some(Answer::Reject {
                    reason: String::new()
                })
            );
        }
        assert_eq!(
            read("r= too early "),
            Some(Answer::Reject {
                reason: "too early".to_owned()
            })
        );
        assert_eq!(read("yes please"), None);
    }

    #[test]
    fn hidden_characters_of_arguments_stay_visible_when_indented() {
        let text = shown(&json!({"args": "{\"a\":\"x\\u202ey\"}", "summary": "s"}));
        assert!(text.contains("\"x\\u202ey\""), "{text}");
    }
}
