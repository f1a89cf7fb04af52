//! `-i key=value`: each text as the type that the plan's own schema states.

use serde_json::{Map, Value};

use crate::exit::Stopped;

/// The values for the inputs `schemas`.
///
/// # Errors
/// An input that the plan does not have, or a text that is not of its type.
pub fn typed(
    schemas: &Map<String, Value>,
    given: &[(String, String)],
) -> Result<Map<String, Value>, Stopped> {
    let mut values = Map::new();
    for (name, text) in given {
        let schema = schemas.get(name).ok_or_else(|| unknown(name, schemas))?;
        let value = value(name, schema, text)?;
        if values.insert(name.clone(), value).is_some() {
            return Err(Stopped::usage(format!("input `{name}` is given twice")));
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

fn unknown(name: &str, schemas: &Map<String, Value>) -> Stopped {
    let known: Vec<&str> = schemas.keys().map(String::as_str).collect();
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    Stopped::usage(format!("the plan has no input `{name}`; it has {known}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schemas() -> Map<String, Value> {
        let schemas = json!({
            "count": {"type": "integer"},
            "name": {"type": "string"},
            "tags": {"type": "array"},
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
        assert!(
            give("count", "twelve")
                .unwrap_err()
                .to_string()
                .contains("expected integer")
        );
        assert!(
            give("nmae", "x")
                .unwrap_err()
                .to_string()
                .contains("count, name")
        );
    }
}
