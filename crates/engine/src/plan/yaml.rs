//! Values as YAML text for reading and editing: blocks, short lists on one line, texts of several lines
//! as they are.
//!
//! **Invariant:** the text reads as the same value. What has no plain form stands as a JSON string,
//! which YAML reads as well.

use serde_json::{Map, Value};

/// Longest list on one line, in characters.
const MOST_FLOW: usize = 72;

/// The keys of the object at a path that come first, in their order.
pub(super) type Order<'a> = &'a dyn Fn(&[String]) -> &'static [&'static str];

/// A value for people, texts of several lines as they are.
#[must_use]
pub fn readable(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => text(fields, &|_| &[]),
        Value::Array(items) if !items.is_empty() => {
            let mut writer = Writer {
                text: String::new(),
                path: Vec::new(),
                order: &|_| &[],
            };
            writer.items(items, 0);
            writer.text
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An object as a document.
pub(super) fn text(fields: &Map<String, Value>, order: Order<'_>) -> String {
    let mut writer = Writer {
        text: String::new(),
        path: Vec::new(),
        order,
    };
    writer.fields(fields, 0, 0);
    writer.text
}

struct Writer<'a> {
    text: String,
    path: Vec<String>,
    order: Order<'a>,
}

impl Writer<'_> {
    /// The first key may stand on a line that has begun already: `began` columns are there.
    fn fields(&mut self, fields: &Map<String, Value>, indent: usize, mut began: usize) {
        let first = (self.order)(&self.path);
        let listed = first.iter().filter_map(|name| fields.get_key_value(*name));
        let others = fields
            .iter()
            .filter(|(name, _)| !first.contains(&name.as_str()));
        for (name, value) in listed.chain(others) {
            self.indent(indent - began);
            began = 0;
            self.text.push_str(&scalar(name));
            self.text.push(':');
            self.path.push(name.clone());
            self.value(value, indent);
            self.path.pop();
        }
    }

    /// What stands behind a key that is indented so far.
    fn value(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                self.text.push('\n');
                self.fields(fields, indent + 2, 0);
            }
            Value::Array(items) if !items.is_empty() => match flow(items) {
                Some(line) => self.line(&line),
                None => {
                    self.text.push('\n');
                    self.items(items, indent + 2);
                }
            },
            Value::String(text) if is_block(text) => self.block(text, indent + 2),
            other => self.line(&inline(other)),
        }
    }

    fn items(&mut self, items: &[Value], indent: usize) {
        for (number, item) in items.iter().enumerate() {
            self.indent(indent);
            self.text.push('-');
            self.path.push(number.to_string());
            match item {
                Value::Object(fields) if !fields.is_empty() => {
                    self.text.push(' ');
                    self.fields(fields, indent + 2, indent + 2);
                }
                other => self.value(other, indent),
            }
            self.path.pop();
        }
    }

    /// The lines as they are.
    fn block(&mut self, text: &str, indent: usize) {
        self.text.push_str(if text.ends_with('\n') {
            " |\n"
        } else {
            " |-\n"
        });
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.indent(indent);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn line(&mut self, text: &str) {
        self.text.push(' ');
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn indent(&mut self, columns: usize) {
        self.text.extend(std::iter::repeat_n(' ', columns));
    }
}

/// Words and numbers side by side.
fn flow(items: &[Value]) -> Option<String> {
    let is_short = |item: &Value| !item.is_array() && !item.is_object();
    let line = format!(
        "[{}]",
        items.iter().map(inline).collect::<Vec<_>>().join(", ")
    );
    (items.iter().all(is_short) && line.chars().count() <= MOST_FLOW).then_some(line)
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().all(is_harmless) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        escaped(text)
    }
}

/// A JSON string in which nothing that YAML would fold, break or refuse stands as itself.
fn escaped(text: &str) -> String {
    let json = Value::from(text).to_string();
    json.chars().fold(String::new(), |mut all, letter| {
        if letter.is_ascii_graphic() || letter == ' ' || is_harmless(letter) {
            all.push(letter);
        } else {
            all.push_str(&format!("\\U{:08x}", u32::from(letter)));
        }
        all
    })
}

/// Words that cannot be taken for anything else.
fn is_plain(text: &str) -> bool {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_./-".contains(letter);
    let means_more = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .split(' ')
            .all(|word| !word.is_empty() && word.chars().all(is_word))
        && !means_more.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether the character stands for itself on a line, whoever reads it.
fn is_harmless(letter: char) -> bool {
    !letter.is_control()
        && !matches!(
            letter,
            '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'
        )
        && u32::from(letter) & 0xfffe != 0xfffe
}

/// Whether its lines can stand as they are: none begins or ends with a space, and at most one line
/// ends the text.
fn is_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !lines.is_empty()
        && !lines.starts_with(['\n', ' '])
        && !lines.ends_with('\n')
        && lines
            .split('\n')
            .all(|line| !line.ends_with(' ') && line.chars().all(is_harmless))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::plan::source;

    fn reads_as_itself(value: &Value) {
        let fields = value.as_object().unwrap();
        let written = text(fields, &|_| &[]);
        let read = source::read(&written).unwrap_or_else(|fault| panic!("{fault:?}\n{written}"));
        assert_eq!(&read.value(), value, "{written}");
    }

    #[test]
    fn what_looks_like_something_else_keeps_its_kind() {
        for odd in [
            "",
            " ",
            "true",
            "No",
            "null",
            "~",
            "1",
            "1.5",
            "0x1f",
            ".5",
            "1e3",
            "- a",
            "a: b",
            "a #b",
            "#",
            "*a",
            "&a",
            "!a",
            "|",
            ">",
            "%",
            "@",
            "`",
            "'",
            "\"",
            "a\tb",
            "a\n",
            "\n",
            "\n\n",
            "a\nb",
            " a\nb",
            "a\n b\n",
            "a\n\nb\n",
            "a\n\n",
            "a \nb",
            "\ta\n",
            "\r\n",
            "---",
            "...",
            "a\n---\nb\n",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "\u{7f}",
            "\u{202e}x",
            "😀",
            "<<",
            "=",
            "?",
            "? a",
            "{",
            "[",
            "${{ inputs.a }}",
            "2026-11-25",
        ] {
            reads_as_itself(
                &json!({ "a": odd, "list": [odd, [odd]], odd: { "b": [{ "c": odd }] } }),
            );
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[a-z \n:#'\"-]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_as_itself(value in value()) {
            reads_as_itself(&json!({ "all": value }));
        }
    }
}
