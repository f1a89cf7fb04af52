//! `-i key=value`: each text as the type that the plan's own schema states.

use serde_json::{Map, Value, json};

use crate::door::absolute;
use crate::exit::Stopped;

/// The values for the inputs `schemas`. Paths become absolute here, because the process that runs
/// the plan may stand in another folder; `.` as a default means the folder of whoever asks.
///
/// # Errors
/// An input that the plan does not have, or a text that is not of its type.
pub fn typed(schemas: &Map<String, Value>, given: &[(String, String)]) -> Result<Map<String, Value>, Stopped> {
    let mut values = Map::new();
    for (name, text) in given {
        let schema = schemas.get(name).ok_or_else(|| unknown(name, schemas))?;
        let value = if is_path(schema) { absolute(text) } else { value(name, schema, text)? };
        if values.insert(name.clone(), value).is_some() {
            return Err(Stopped::usage(format!("input `{name}` is given twice")));
        }
    }
    for (name, schema) in schemas {
        if is_path(schema) && schema.get("default") == Some(&json!(".")) && !values.contains_key(name) {
            values.insert(name.clone(), absolute("."));
        }
    }
    Ok(values)
}

fn value(name: &str, schema: &Value, text: &str) -> Result<Value, Stopped> {
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let read: Option<Value> = serde_json::from_str(text).ok();
    let fits = |value: &Value| {
        kinds.iter().any(|kind| match *kind {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        })
    };
    match read {
        Some(value) if fits(&value) => Ok(value),
        _ if kinds.is_empty() || kinds.contains(&"string") => Ok(Value::String(text.to_owned())),
        _ => Err(Stopped::usage(format!(
            "input `{name}`: expected {}, found `{text}`",
            kinds.join(" or ")
        ))),
    }
}

fn is_path(schema: &Value) -> bool {
    matches!(schema.get("slot").and_then(Value::as_str), Some("path" | "repo"))
}

fn unknown(name: &str, schemas: &Map<String, Value>) -> Stopped {
    let known: Vec<&str> = schemas.keys().map(String::as_str).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Stopped::usage(format!("the plan has no input `{name}`; it has {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas() -> Map<String, Value> {
        let schemas = json!({
            "count": {"type": "integer"},
            "name": {"type": "string"},
            "tags": {"type": "array"},
            "path": {"type": "string", "slot": "path", "default": "."},
        });
        schemas.as_object().unwrap().clone()
    }

    fn give(key: &str, value: &str) -> Result<Map<String, Value>, Stopped> {
        typed(&schemas(), &[(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn texts_take_the_type_of_the_schema() {
        assert_eq!(give("count", "12").unwrap()["count"], 12);
        assert_eq!(give("name", "12").unwrap()["name"], "12");
        assert_eq!(give("tags", "[\"a\"]").unwrap()["tags"], json!(["a"]));
        assert!(give("count", "twelve").unwrap_err().to_string().contains("expected integer"));
        assert!(give("nmae", "x").unwrap_err().to_string().contains("count, name"));
    }

    #[test]
    fn paths_are_absolute_given_or_not() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(give("name", "x").unwrap()["path"], here.to_string_lossy().as_ref());
        assert_eq!(give("path", "sub").unwrap()["path"], here.join("sub").to_string_lossy().as_ref());
    }
}
