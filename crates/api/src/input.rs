//! From what a caller sent to one typed input: names normalised, texts of an address typed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::command::Command;
use crate::error::{ApiError, Code};
use crate::schemas;

/// Reads the input of a command; an unknown field or a wrong type is named.
///
/// # Errors
/// [`Code::BadInput`].
pub fn read<I: DeserializeOwned>(value: Value) -> Result<I, ApiError> {
    I::deserialize(&value).map_err(|error| {
        let text = error.to_string();
        let named = wrong_field::<I>(&value).filter(|name| !text.contains(&format!("`{name}`")));
        let text = match named {
            Some(name) => format!("field `{}`: {text}", crate::visible(&name)),
            None => text,
        };
        ApiError::new(Code::BadInput, text)
    })
}

/// The field without which the input could be read, or would only lack that field.
fn wrong_field<I: DeserializeOwned>(value: &Value) -> Option<String> {
    let fields = value.as_object()?;
    let is_wrong = |name: &&String| {
        let mut others = fields.clone();
        others.remove(*name);
        match I::deserialize(&Value::Object(others)) {
            Ok(_) => true,
            Err(error) => error.to_string() == format!("missing field `{name}`"),
        }
    };
    fields.keys().find(is_wrong).cloned()
}

/// Field names as the command knows them: `executionId` becomes `execution_id` where the command
/// has such a field.
///
/// # Errors
/// [`Code::BadInput`] when the input is no object or a field is there under both names.
pub fn normalise(command: &Command, value: Value) -> Result<Value, ApiError> {
    let fields = match value {
        Value::Object(fields) => fields,
        Value::Null => Map::new(),
        _ => {
            return Err(ApiError::new(
                Code::BadInput,
                "expected a JSON object with the fields of the call",
            ));
        }
    };
    let known = known_fields(command);
    let mut read = Map::with_capacity(fields.len());
    for (name, value) in fields {
        let name = match snake(&name) {
            Some(snake) if !known.contains_key(&name) && known.contains_key(&snake) => snake,
            _ if is_execution_id(&name)
                && !known.contains_key(&name)
                && known.contains_key("id") =>
            {
                "id".to_owned()
            }
            _ => name,
        };
        if read.contains_key(&name) {
            return Err(ApiError::new(
                Code::BadInput,
                format!("field `{name}` is given twice"),
            ));
        }
        read.insert(name, value);
    }
    Ok(Value::Object(read))
}

/// A text of a path or a query as the type that the command's schema states for this field.
///
/// # Errors
/// [`Code::BadInput`] where the text is not of that type.
pub fn typed(command: &Command, name: &str, text: &str) -> Result<Value, ApiError> {
    let known = known_fields(command);
    let kind = known
        .get(name)
        .or_else(|| known.get(&snake(name)?))
        .copied()
        .unwrap_or(FieldKind::Text);
    let bad = |expected: &str| {
        ApiError::new(
            Code::BadInput,
            format!(
                "field `{name}`: expected {expected}, found `{}`",
                crate::visible(text)
            ),
        )
    };
    match kind {
        FieldKind::Text => Ok(Value::String(text.to_owned())),
        FieldKind::Integer => text
            .parse::<u64>()
            .map(Value::from)
            .map_err(|_| bad("a whole number from 0")),
        FieldKind::Number => text
            .parse::<f64>()
            .map(Value::from)
            .map_err(|_| bad("a number")),
        FieldKind::Boolean => text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| bad("`true` or `false`")),
        FieldKind::Other => serde_json::from_str(text).map_err(|_| bad("JSON")),
    }
}

/// What an address must be read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FieldKind {
    Text,
    Integer,
    Number,
    Boolean,
    Other,
}

type Fields = &'static HashMap<String, FieldKind>;

fn known_fields(command: &Command) -> Fields {
    static KNOWN: LazyLock<Mutex<HashMap<&'static str, Fields>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // Leaked once for each entry of a table that lives as long as the process.
    known
        .entry(command.name)
        .or_insert_with(|| Box::leak(Box::new(fields_of(command))))
}

fn fields_of(command: &Command) -> HashMap<String, FieldKind> {
    let (schema, definitions) = schemas::input_of(command);
    schemas::properties(&schema)
        .map(|(name, property)| (name.clone(), kind_of(property, &definitions)))
        .collect()
}

fn kind_of(property: &Value, definitions: &Map<String, Value>) -> FieldKind {
    if let Some(target) = schemas::reference(property) {
        return definitions
            .get(target)
            .map_or(FieldKind::Other, |to| kind_of(to, definitions));
    }
    let choices = property.get("anyOf").or_else(|| property.get("oneOf"));
    if let Some(choices) = choices.and_then(Value::as_array) {
        return choices
            .iter()
            .find(|choice| choice.get("type").and_then(Value::as_str) != Some("null"))
            .map_or(FieldKind::Other, |choice| kind_of(choice, definitions));
    }
    let first = match property.get("type") {
        Some(Value::Array(types)) => types
            .iter()
            .find_map(|one| one.as_str().filter(|word| *word != "null")),
        other => other.and_then(Value::as_str),
    };
    match first {
        Some("integer") => FieldKind::Integer,
        Some("number") => FieldKind::Number,
        Some("boolean") => FieldKind::Boolean,
        Some("string") => FieldKind::Text,
        // A choice of words without a type (an enum of constants).
        None if property.get("enum").is_some() || property.get("const").is_some() => {
            FieldKind::Text
        }
        _ => FieldKind::Other,
    }
}

/// Routes call it `id`; the systems that Krake replaces, and some clients, spell it out.
fn is_execution_id(name: &str) -> bool {
    matches!(name, "execution_id" | "executionId")
}

/// `executionId` → `execution_id`; nothing for names without capitals.
fn snake(name: &str) -> Option<String> {
    if !name.chars().any(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
            snake.push(letter.to_ascii_lowercase());
        } else {
            snake.push(letter);
        }
    }
    Some(snake)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        #[expect(dead_code, reason = "only read")]
        id: krake_domain::id::ExecutionId,
        #[expect(dead_code, reason = "only read")]
        limit: Option<u32>,
    }

    #[test]
    fn a_wrong_field_is_named_once() {
        let id = "exe_01jd3v5q4qf7cr7r00000000r5";
        for (value, expected) in [
            (
                json!({ "id": id, "limit": "many" }),
                "field `limit`: invalid type",
            ),
            (json!({ "id": 7 }), "field `id`: invalid type"),
            (json!({ "id": "x" }), "field `id`: `x` is not"),
            (json!({ "limit": 1 }), "missing field `id`"),
            (json!({ "id": id, "limt": 1 }), "unknown field `limt`"),
        ] {
            let said = read::<Input>(value.clone()).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{value}: {said}");
        }
    }
}
