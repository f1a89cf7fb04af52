//! Reading single values of a plan file, each with its place and what was expected.

use krake_domain::plan::StepId;
use serde_json::Value;

use super::diagnostic::{Code, Diagnostic};
use super::nearest::nearest;
use super::source::{self, Kind, Node};

/// Collects faults while values are read.
#[derive(Default)]
pub(super) struct Reader {
    pub faults: Vec<Diagnostic>,
}

impl Reader {
    pub fn step_id(&mut self, node: &Node, key: &str) -> Option<StepId> {
        let id = match &node.kind {
            Kind::Scalar(Value::String(text)) => StepId::parse(text),
            Kind::Scalar(Value::Number(number)) => StepId::parse(&number.to_string()),
            _ => None,
        };
        if id.is_none() {
            self.wrong(
                node,
                key,
                "a step id of letters, digits, `-` and `_`, at most 64",
            );
        }
        id
    }

    pub fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        match &node.kind {
            Kind::Scalar(Value::String(text)) => Some(text.clone()),
            _ => {
                self.wrong(node, key, "a text");
                None
            }
        }
    }

    pub fn texts(&mut self, node: &Node, key: &str) -> Vec<String> {
        match &node.kind {
            Kind::List(items) => items
                .iter()
                .filter_map(|item| self.text(item, key))
                .collect(),
            _ => {
                self.wrong(node, key, "a list of texts");
                Vec::new()
            }
        }
    }

    pub fn whole(&mut self, node: &Node, key: &str, least: u64, most: u64) -> Option<u64> {
        let number = match &node.kind {
            Kind::Scalar(Value::Number(number)) => number
                .as_u64()
                .filter(|number| (least..=most).contains(number)),
            _ => None,
        };
        if number.is_none() {
            self.wrong(node, key, &format!("a whole number from {least} to {most}"));
        }
        number
    }

    pub fn word<T: Copy>(&mut self, node: &Node, key: &str, words: &[(&str, T)]) -> Option<T> {
        let found = match &node.kind {
            Kind::Scalar(Value::String(text)) => words
                .iter()
                .find(|(word, _)| word == text)
                .map(|(_, value)| *value),
            _ => None,
        };
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(node, key, &format!("one of {}", known.join(", ")));
        }
        found
    }

    pub fn object<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [(source::Key, Node)]> {
        match &node.kind {
            Kind::Object(fields) => Some(fields),
            _ => {
                self.wrong(node, key, "an object");
                None
            }
        }
    }

    pub fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
        not_built: &[&str],
    ) -> Option<&'n [(source::Key, Node)]> {
        let Kind::Object(fields) = &node.kind else {
            self.push(
                Diagnostic::new(
                    node.at,
                    Code::WrongType,
                    format!("{what} is {}", node.kind_in_words()),
                )
                .expected(format!("an object with {}", known.join(", "))),
            );
            return None;
        };
        for (key, _) in fields {
            if not_built.contains(&key.text.as_str()) {
                self.push(
                    Diagnostic::new(
                        key.at,
                        Code::NotBuilt,
                        format!("`{}` is not built in this version", key.text),
                    )
                    .expected(format!("only {}", known.join(", "))),
                );
            } else if !known.contains(&key.text.as_str()) {
                let hint = nearest(&key.text, known).map_or_else(
                    || known.join(", "),
                    |near| format!("`{near}` perhaps; known are {}", known.join(", ")),
                );
                self.push(
                    Diagnostic::new(
                        key.at,
                        Code::UnknownKey,
                        format!("{what} has no key `{}`", key.text),
                    )
                    .expected(hint),
                );
            }
        }
        Some(fields)
    }

    pub fn required<'n>(
        &mut self,
        node: &Node,
        fields: &'n [(source::Key, Node)],
        key: &str,
        what: &str,
    ) -> Option<&'n Node> {
        let found = get(fields, key);
        if found.is_none() {
            self.push(
                Diagnostic::new(
                    node.at,
                    Code::MissingKey,
                    format!("{what} here has no `{key}`"),
                )
                .expected(format!("`{key}: …`")),
            );
        }
        found
    }

    pub fn wrong(&mut self, node: &Node, key: &str, expected: &str) {
        let found = match &node.kind {
            Kind::Scalar(value) => value.to_string().chars().take(60).collect(),
            _ => node.kind_in_words().to_owned(),
        };
        self.push(
            Diagnostic::new(node.at, Code::WrongType, format!("`{key}` is {found}"))
                .expected(expected),
        );
    }

    pub fn push(&mut self, fault: Diagnostic) {
        self.faults.push(fault);
    }
}

/// The value of a key.
pub(super) fn get<'n>(fields: &'n [(source::Key, Node)], key: &str) -> Option<&'n Node> {
    fields
        .iter()
        .find(|(known, _)| known.text == key)
        .map(|(_, node)| node)
}
