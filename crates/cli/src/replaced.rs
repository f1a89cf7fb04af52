//! What a call says about secrets that it found in a text.

use serde_json::Value;

/// `1 github token, 2 password`; nothing where there was none.
#[must_use]
pub fn replaced(answer: &Value) -> Option<String> {
    let found: Vec<String> = answer["redactions"]
        .as_object()?
        .iter()
        .map(|(kind, times)| format!("{times} {}", kind.replace('_', " ")))
        .collect();
    (!found.is_empty()).then(|| format!("secrets replaced by tokens: {}", found.join(", ")))
}
