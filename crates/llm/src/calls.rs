//! Tool calls while their pieces arrive. Strict: what does not fit together is refused, because a
//! call that was put together wrongly would be a call that nobody asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::answer::{BadCall, ToolCall};
use crate::error::ModelError;

/// The calls of one answer, by the index that the provider gives them.
#[derive(Debug)]
pub(crate) struct Calls {
    drafts: BTreeMap<u64, Draft>,
    /// Names of the tools that were offered.
    offered: BTreeSet<String>,
    most: usize,
}

#[derive(Debug, Default)]
struct Draft {
    id: Option<String>,
    name: Option<String>,
    /// Arguments as text in pieces.
    text: String,
    /// Arguments that came as a value.
    value: Option<Value>,
    mark: Option<String>,
}

impl Calls {
    pub fn new(offered: BTreeSet<String>, most: usize) -> Self {
        Self {
            drafts: BTreeMap::new(),
            offered,
            most,
        }
    }

    pub fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Adds what a piece says about the call with this index; the first piece opens it.
    pub fn piece(
        &mut self,
        index: u64,
        id: Option<&str>,
        name: Option<&str>,
        text: &str,
    ) -> Result<(), ModelError> {
        let draft = self.draft(index)?;
        set(&mut draft.id, id, index, "id")?;
        set(&mut draft.name, name, index, "name")?;
        draft.text.push_str(text);
        Ok(())
    }

    /// Arguments that came as a value; pieces of text come before it.
    pub fn value(&mut self, index: u64, value: Value) -> Result<(), ModelError> {
        self.draft(index)?.value = Some(value);
        Ok(())
    }

    /// The arguments as a whole: the same as the pieces together, or in place of them where there
    /// were none.
    pub fn whole(&mut self, index: u64, text: &str) -> Result<(), ModelError> {
        let draft = self.draft(index)?;
        if draft.text.is_empty() {
            text.clone_into(&mut draft.text);
        } else if draft.text != text {
            let why = format!("the arguments of tool call {index} are not the sum of their pieces");
            return Err(ModelError::bad_answer(why));
        }
        Ok(())
    }

    /// What the provider wants to see again with this call.
    pub fn mark(&mut self, index: u64, mark: &str) -> Result<(), ModelError> {
        self.draft(index)?.mark = Some(mark.to_owned());
        Ok(())
    }

    /// Every call, in the provider's order.
    pub fn finish(&mut self) -> Result<Vec<ToolCall>, ModelError> {
        let drafts = std::mem::take(&mut self.drafts);
        let mut ids = BTreeSet::new();
        let mut calls = Vec::with_capacity(drafts.len());
        for (index, draft) in drafts {
            let missing = |what| ModelError::bad_answer(format!("tool call {index} has no {what}"));
            let id = draft.id.ok_or_else(|| missing("id"))?;
            let name = draft.name.ok_or_else(|| missing("name"))?;
            if !ids.insert(id.clone()) {
                let why = format!("two tool calls have the id `{id}`");
                return Err(ModelError::bad_answer(why));
            }
            let arguments = if self.offered.contains(&name) {
                arguments(draft.text, draft.value)
            } else {
                Err(BadCall::NoSuchTool)
            };
            calls.push(ToolCall {
                id,
                name,
                arguments,
                mark: draft.mark,
            });
        }
        Ok(calls)
    }

    fn draft(&mut self, index: u64) -> Result<&mut Draft, ModelError> {
        if !self.drafts.contains_key(&index) && self.drafts.len() >= self.most {
            return Err(ModelError::TooLarge {
                what: "tool calls",
                cap: self.most as u64,
            });
        }
        Ok(self.drafts.entry(index).or_default())
    }
}

/// Sets a field once; saying the same again is fine, another value is not.
fn set(
    field: &mut Option<String>,
    value: Option<&str>,
    index: u64,
    what: &str,
) -> Result<(), ModelError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else {
        return Ok(());
    };
    match field {
        None => *field = Some(value.to_owned()),
        Some(known) if known == value => {}
        Some(known) => {
            let why = format!("tool call {index} changes its {what} from `{known}` to `{value}`");
            return Err(ModelError::bad_answer(why));
        }
    }
    Ok(())
}

fn arguments(text: String, value: Option<Value>) -> Result<Map<String, Value>, BadCall> {
    let value = match value {
        Some(value) if text.is_empty() => value,
        // Nothing at all means no arguments.
        _ if text.trim().is_empty() => return Ok(Map::new()),
        // `serde_json` refuses more than 128 levels.
        _ => match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                let why = error.to_string();
                return Err(BadCall::NotJson { text, why });
            }
        },
    };
    let found = match value {
        Value::Object(fields) => return Ok(fields),
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
    };
    Err(BadCall::NotAnObject {
        text: if text.is_empty() {
            value.to_string()
        } else {
            text
        },
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn calls() -> Calls {
        Calls::new(["weather".to_owned()].into(), 2)
    }

    #[test]
    fn interleaved_pieces_are_joined_by_their_index() {
        let mut calls = calls();
        calls
            .piece(1, Some("b"), Some("weather"), "{\"city\":")
            .unwrap();
        calls.piece(0, Some("a"), Some("weather"), "").unwrap();
        calls.piece(1, None, None, "\"Rome\"}").unwrap();
        calls.piece(0, Some("a"), Some(""), " ").unwrap();
        let whole = calls.finish().unwrap();
        assert_eq!(whole[0].id, "a");
        assert_eq!(whole[0].arguments, Ok(Map::new()));
        assert_eq!(
            Value::Object(whole[1].arguments.clone().unwrap()),
            json!({"city": "Rome"})
        );
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        type Pieces<'p> = &'p [(u64, Option<&'p str>, Option<&'p str>)];
        let table: [(Pieces<'_>, &str); 5] = [
            (&[(0, None, Some("weather"))], "call 0 has no id"),
            (&[(0, Some(""), Some("weather"))], "call 0 has no id"),
            (&[(3, Some("a"), None)], "call 3 has no name"),
            (
                &[
                    (0, Some("a"), Some("weather")),
                    (1, Some("a"), Some("weather")),
                ],
                "the id `a`",
            ),
            (
                &[(0, Some("a"), Some("weather")), (0, Some("b"), None)],
                "changes its id from `a` to `b`",
            ),
        ];
        for (pieces, expected) in table {
            let mut calls = calls();
            let fed = pieces
                .iter()
                .try_for_each(|(index, id, name)| calls.piece(*index, *id, *name, "{}"));
            let error = fed.and_then(|()| calls.finish()).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
        let mut calls = calls();
        calls.piece(0, None, None, "").unwrap();
        calls.piece(1, None, None, "").unwrap();
        assert!(matches!(
            calls.piece(2, None, None, ""),
            Err(ModelError::TooLarge { cap: 2, .. })
        ));
    }

    #[test]
    fn arguments_that_are_no_object_are_told_to_the_model() {
        let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        for (name, text, why) in [
            ("weather", "{\"city\": \"Ber", "not JSON"),
            ("weather", "{} {}", "not JSON"),
            ("weather", "[1]", "a list"),
            ("weather", "\"{}\"", "a text"),
            ("weather", "null", "null"),
            ("weather", deep.as_str(), "recursion limit"),
            ("rm", "{}", "no tool of that name"),
        ] {
            let mut calls = calls();
            calls.piece(0, Some("a"), Some(name), text).unwrap();
            let call = calls.finish().unwrap().remove(0);
            let fault = call.arguments.unwrap_err();
            assert!(fault.to_string().contains(why), "{fault}");
        }
    }
}
