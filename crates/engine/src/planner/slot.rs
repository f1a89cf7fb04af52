//! An input of a playbook as something that a sentence can fill.

use regex::Regex;
use serde_json::{Number, Value};

use super::lexicon::{LEXICON, stem};
use super::mention::mentions;
use super::shape::{Reading, readings};
use super::token::tokens;

/// One input.
#[derive(Debug)]
pub(super) struct Slot {
    pub name: String,
    /// The words of the name, by stem.
    pub words: Vec<String>,
    /// The words of its description, for units such as `tokens` and `seconds`.
    pub about: Vec<String>,
    pub schema: Value,
    /// As the playbook says it.
    pub kind: Option<String>,
    pub takes: Takes,
    /// It is a list.
    pub many: bool,
    /// It has no default.
    pub required: bool,
}

/// What a value must look like.
#[derive(Debug)]
pub(super) enum Takes {
    Url,
    Path,
    File,
    Range,
    Revision,
    Date,
    Account,
    Number {
        whole: bool,
    },
    Choice(Vec<String>),
    Pattern(Box<Regex>),
    Text,
    /// Flags and objects: nothing that a sentence says by a word.
    Nothing,
}

impl Slot {
    pub fn of(name: &str, schema: &Value) -> Self {
        let many = is_type(schema, "array");
        let one = if many {
            schema.get("items").unwrap_or(schema)
        } else {
            schema
        };
        let text =
            |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let kind = text(schema, "slot").or_else(|| text(one, "slot"));
        let about = text(schema, "description").unwrap_or_default();
        let words: Vec<String> = name
            .split(['_', '-'])
            .filter(|word| word.len() > 2 || word.len() == name.len())
            .map(|word| stem(&word.to_lowercase()))
            .collect();
        Self {
            takes: takes(kind.as_deref(), one, &about),
            name: name.to_owned(),
            words,
            about: tokens(&about)
                .iter()
                .filter(|token| token.is_word() && !LEXICON.is_silent(&token.word))
                .map(|token| stem(&token.word))
                .collect(),
            kind,
            many,
            required: schema.get("default").is_none(),
            schema: schema.clone(),
        }
    }

    /// The value that this reading gives, if it is what the input takes.
    pub fn value(&self, text: &str, reading: &Reading) -> Option<Value> {
        match (&self.takes, reading) {
            (Takes::Url, Reading::Url(url)) => Some(url.as_str().into()),
            (Takes::Path, Reading::Path)
            | (Takes::File, Reading::File)
            | (Takes::Revision, Reading::Revision)
            | (Takes::Account, Reading::Address) => Some(text.into()),
            (Takes::Path, Reading::File) if self.kind.as_deref() == Some("path") => {
                Some(text.into())
            }
            (Takes::Range, Reading::Range(value)) | (Takes::Date, Reading::Date(value)) => {
                Some(value.as_str().into())
            }
            (Takes::Number { whole: true }, Reading::Number(number)) => whole(*number),
            (Takes::Number { whole: false }, Reading::Number(number)) => {
                Number::from_f64(*number).map(Value::Number)
            }
            (Takes::Pattern(pattern), Reading::Range(value) | Reading::Date(value)) => {
                pattern.is_match(value).then(|| value.as_str().into())
            }
            (Takes::Pattern(pattern), _) => pattern.is_match(text).then(|| text.into()),
            _ => None,
        }
    }
}

fn takes(kind: Option<&str>, schema: &Value, about: &str) -> Takes {
    let choices = schema.get("enum").and_then(Value::as_array);
    if let Some(choices) = choices {
        return Takes::Choice(
            choices
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        );
    }
    match kind {
        Some("url") => return Takes::Url,
        Some("path" | "repo") => return Takes::Path,
        Some("date") => return Takes::Date,
        Some("account") => return Takes::Account,
        _ => {}
    }
    if is_type(schema, "integer") || is_type(schema, "number") {
        let whole = !is_type(schema, "number");
        return Takes::Number { whole };
    }
    if is_type(schema, "boolean") || is_type(schema, "object") || is_type(schema, "array") {
        return Takes::Nothing;
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Ok(pattern) = Regex::new(pattern)
        // A pattern that any word fits says nothing about what is meant.
        && !pattern.is_match("word")
    {
        return Takes::Pattern(Box::new(pattern));
    }
    sample(schema, about).unwrap_or(Takes::Text)
}

/// What the input's own sample values look like: its default, its examples, those in its description.
fn sample(schema: &Value, about: &str) -> Option<Takes> {
    let given = schema.get("default").into_iter();
    let examples = schema
        .get("examples")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut texts: Vec<String> = given
        .chain(examples)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    texts.extend(
        mentions(about, &tokens(about))
            .into_iter()
            .map(|mention| mention.text),
    );
    texts.iter().find_map(|text| {
        readings(text)
            .into_iter()
            .find_map(|reading| match reading {
                Reading::File => Some(Takes::File),
                Reading::Range(_) => Some(Takes::Range),
                Reading::Revision => Some(Takes::Revision),
                Reading::Date(_) => Some(Takes::Date),
                _ => None,
            })
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "only numbers that are whole and small pass"
)]
fn whole(number: f64) -> Option<Value> {
    (number.fract() == 0.0 && number.abs() < 1e15).then(|| Value::from(number as i64))
}

fn is_type(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(kinds)) => kinds.iter().any(|one| one == kind),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_input_takes_what_its_schema_and_its_samples_say() {
        for (schema, expected) in [
            (json!({"type": "string", "slot": "repo"}), "Path"),
            (
                json!({"type": "array", "items": {"type": "string"}, "slot": "url"}),
                "Url",
            ),
            (json!({"type": "integer"}), "Number"),
            (json!({"type": "string", "default": "NOTES.md"}), "File"),
            (
                json!({"type": "string", "description": "Such as v1.2..HEAD."}),
                "Range",
            ),
            (
                json!({"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}),
                "Pattern",
            ),
            (json!({"type": "string", "pattern": ".*"}), "Text"),
            (json!({"enum": ["a", "b"]}), "Choice"),
            (json!({"type": "boolean"}), "Nothing"),
            (json!({"type": "string"}), "Text"),
        ] {
            let takes = format!("{:?}", Slot::of("x", &schema).takes);
            assert!(takes.starts_with(expected), "{schema}: {takes}");
        }
    }
}
