//! A question to a person whose answer is a word: free text, one of several, or yes and no.

use serde::{Deserialize, Serialize};

/// The answers to a question that wants a yes or a no.
pub const YES_NO: [&str; 2] = ["yes", "no"];
/// The longest answer, in characters.
pub const LONGEST_ANSWER: usize = 10_000;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Question {
    pub text: String,
    pub kind: QuestionKind,
    /// The answers of a choice; for a text suggestions; for a confirmation `yes` and `no`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What an empty answer means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// Which answers fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// Any text that is not empty.
    Text,
    /// One of the choices, as it is written.
    Choice,
    /// `yes` or `no`.
    Confirm,
}

impl Question {
    /// The answer that a text means.
    ///
    /// # Errors
    /// It does not fit; in words for people.
    pub fn read(&self, text: &str) -> Result<String, String> {
        let given = text.trim();
        let given = match (&self.default, given) {
            (Some(default), "") => default,
            _ => given,
        };
        let listed = || self.choices.join(", ");
        match self.kind {
            QuestionKind::Text if given.is_empty() => Err("the answer is empty".to_owned()),
            QuestionKind::Text if given.chars().count() > LONGEST_ANSWER => Err(format!(
                "the answer is longer than {LONGEST_ANSWER} characters"
            )),
            QuestionKind::Text => Ok(given.to_owned()),
            QuestionKind::Choice | QuestionKind::Confirm => self
                .choices
                .iter()
                .find(|choice| choice.as_str() == given)
                .cloned()
                .ok_or_else(|| format!("expected one of {}", listed())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: QuestionKind, default: Option<&str>) -> Question {
        Question {
            text: "?".to_owned(),
            kind,
            choices: vec!["red".to_owned(), "green".to_owned()],
            default: default.map(str::to_owned),
        }
    }

    #[test]
    fn only_what_fits_is_an_answer() {
        let choice = question(QuestionKind::Choice, None);
        assert_eq!(choice.read(" red\n"), Ok("red".to_owned()));
        assert!(choice.read("Red").unwrap_err().contains("red, green"));
        assert!(choice.read("").is_err());
        let text = question(QuestionKind::Text, None);
        assert_eq!(text.read("blue"), Ok("blue".to_owned()));
        assert!(text.read(" \n").is_err());
        assert!(text.read(&"x".repeat(LONGEST_ANSWER + 1)).is_err());
    }

    #[test]
    fn nothing_said_means_the_default() {
        for kind in [QuestionKind::Choice, QuestionKind::Text] {
            assert_eq!(
                question(kind, Some("green")).read(""),
                Ok("green".to_owned())
            );
        }
    }
}
