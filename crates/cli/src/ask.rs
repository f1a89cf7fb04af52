//! An approval on the terminal: the exact bytes that will run, then one question.

use std::io::IsTerminal as _;

use serde_json::Value;

use crate::columns::field;
use crate::exit::Stopped;
use crate::keyboard::Keyboard;
use crate::out::say;

/// A person's answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    Approve,
    Reject {
        reason: String,
    },
    /// Go on without a failed step.
    Skip,
    /// What nobody knew: it did happen.
    Happened,
    /// To a question of the plan.
    Say {
        text: String,
    },
}

/// Whether somebody sits there to be asked.
#[must_use]
pub fn is_possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The approval in full, as text. Everything in it is visible already.
#[must_use]
pub fn shown(approval: &Value) -> String {
    let head = format!(
        "{}  step {} of {}",
        field(approval, "id"),
        field(approval, "step"),
        field(approval, "execution_name")
    );
    if approval["kind"] == "question" {
        return word_shown(head, approval);
    }
    let mut lines = vec![
        head,
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
    if !approval["failure"].is_null() {
        lines.insert(
            1,
            format!("  failed   {}", field(&approval["failure"], "message")),
        );
    }
    let scopes: Vec<&str> = approval["scopes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !scopes.is_empty() {
        lines.insert(1, format!("  scopes   once, {}", scopes.join(", ")));
    }
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
pub async fn ask(keyboard: &mut Keyboard, approval: &Value) -> Result<Answer, Stopped> {
    say(&shown(approval));
    if approval["kind"] == "question" {
        return ask_word(keyboard, &approval["question"]).await;
    }
    let failed = approval["kind"] == "failed";
    let unknown = approval["kind"] == "unknown_outcome";
    let question = match approval["kind"].as_str() {
        Some("unknown_outcome") => "run it again, or did it happen? [y/h/N/r=reason] ",
        Some("failed") => "try it again, or go on without it? [y/s/N/r=reason] ",
        _ => "approve? [y/N/r=reason] ",
    };
    loop {
        let line = keyboard.line(question).await?;
        if failed && line.trim() == "s" {
            return Ok(Answer::Skip);
        }
        if unknown && line.trim() == "h" {
            return Ok(Answer::Happened);
        }
        match read(&line) {
            Some(answer) => return Ok(answer),
            None if unknown => {
                say("answer y to run it again, h if it did happen, n, or r=why not");
            }
            None => say("answer y, n, or r=why not"),
        }
    }
}

/// One question that is answered by yes or no; an empty answer and the end of the input mean no.
///
/// # Errors
/// The terminal cannot be read.
pub async fn yes_or_no(question: &str) -> Result<bool, Stopped> {
    let line = Keyboard::default().line(question).await?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// The question of a plan with its answers, as text.
fn word_shown(head: String, approval: &Value) -> String {
    let question = &approval["question"];
    let mut lines = vec![head];
    lines.extend(
        field(question, "text")
            .lines()
            .map(|line| format!("  {line}")),
    );
    for (place, choice) in choices(question).iter().enumerate() {
        lines.push(format!("    {}. {choice}", place + 1));
    }
    lines.push(format!("  why      {}", field(approval, "because")));
    lines.push(format!("  expires  {}", field(approval, "expires_at")));
    lines.push(format!("  status   {}", field(approval, "status")));
    lines.join("\n")
}

/// Asks until an answer fits; the end of the input means no.
async fn ask_word(keyboard: &mut Keyboard, question: &Value) -> Result<Answer, Stopped> {
    let default = question["default"].as_str().unwrap_or_default().to_owned();
    let prompt = if default.is_empty() {
        "answer: ".to_owned()
    } else {
        format!("answer [{default}]: ")
    };
    loop {
        let line = keyboard.line(&prompt).await?;
        if line.is_empty() {
            return Ok(Answer::Reject {
                reason: "the input ended before the answer".to_owned(),
            });
        }
        match word(question, &line) {
            Some(text) => return Ok(Answer::Say { text }),
            None if question["kind"] == "text" => say("answer with some text"),
            None => say(&format!(
                "answer with one of {}",
                choices(question).join(", ")
            )),
        }
    }
}

/// The answer that a line means: a choice may be given by its number, yes and no by their letter.
fn word(question: &Value, line: &str) -> Option<String> {
    let line = line.trim();
    let choices = choices(question);
    if line.is_empty() {
        // The core knows the default's exact bytes.
        return question["default"].is_string().then(String::new);
    }
    let meant = || {
        let number: usize = line.parse().ok()?;
        choices.get(number.checked_sub(1)?).cloned()
    };
    let listed = choices.iter().find(|choice| *choice == line).cloned();
    match question["kind"].as_str() {
        Some("confirm") => listed.or_else(|| {
            let short = line.to_lowercase();
            choices
                .iter()
                .find(|choice| short.len() == 1 && choice.starts_with(&short))
                .cloned()
        }),
        Some("choice") => listed.or_else(meant),
        _ => Some(line.to_owned()),
    }
}

fn choices(question: &Value) -> Vec<String> {
    question["choices"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.as_str().map(str::to_owned))
        .collect()
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
    fn a_word_is_one_of_the_choices_or_its_number() {
        let choice = json!({"kind": "choice", "choices": ["red", "2"], "default": "red"});
        assert_eq!(word(&choice, "2\n"), Some("2".to_owned()));
        assert_eq!(word(&choice, "1\n"), Some("red".to_owned()));
        assert_eq!(word(&choice, "\n"), Some(String::new()));
        assert_eq!(word(&choice, "3\n"), None);
        let confirm = json!({"kind": "confirm", "choices": ["yes", "no"], "default": null});
        assert_eq!(word(&confirm, "Y\n"), Some("yes".to_owned()));
        assert_eq!(word(&confirm, "\n"), None);
        assert_eq!(word(&confirm, "maybe\n"), None);
        let text = json!({"kind": "text", "choices": ["a"], "default": null});
        assert_eq!(word(&text, " b \n"), Some("b".to_owned()));
    }

    #[test]
    fn hidden_characters_of_arguments_stay_visible_when_indented() {
        let text = shown(&json!({"args": "{\"a\":\"x\\u202ey\"}", "summary": "s"}));
        assert!(text.contains("\"x\\u202ey\""), "{text}");
    }
}
