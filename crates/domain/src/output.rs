//! What a step may return.

use serde_json::Value;

/// The largest output that is kept in the journal, in bytes of JSON.
pub const MOST_BYTES: usize = 8 << 20;

/// About how long the JSON text of a value is, without building it.
#[must_use]
pub fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Value::Object(fields) => {
            fields
                .iter()
                .map(|(name, item)| name.len() + size(item) + 4)
                .sum::<usize>()
                + 2
        }
        _ => 8,
    }
}
