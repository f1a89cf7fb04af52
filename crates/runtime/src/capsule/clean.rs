//! The last look for secrets, over everything that goes out or comes in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use krake_engine::secrets::{Known, redact};
use krake_store::Clean;
use serde_json::Value;

/// No secret is shorter.
const SHORTEST: usize = 8;
const PRIVATE_KEY: &str = "PRIVATE KEY";
/// Parts of names that tell what stands beside them.
const TELLING: [&str; 7] = [
    "key",
    "secret",
    "token",
    "pass",
    "pwd",
    "credential",
    "bearer",
];

/// What looks for secrets and counts by kind what it replaced.
#[derive(Default)]
pub struct Sieve {
    known: Known,
    pub replaced: BTreeMap<String, u64>,
}

impl Sieve {
    /// Looks for these values too.
    pub fn knowing(known: Known) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    /// The text without secrets.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if text.len() < SHORTEST {
            return Cow::Borrowed(text);
        }
        let (clean, replaced) = redact(text, &self.known);
        for one in replaced {
            *self.replaced.entry(one.kind.to_owned()).or_default() += 1;
        }
        clean
    }

    /// Every text in a value; beside a name such as `password` also what only the name tells.
    pub fn value(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(clean) = self.text(text) {
                    *text = clean;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    self.value(field);
                    if let Value::String(text) = field
                        && tells(name)
                    {
                        self.named(name, text);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn named(&mut self, name: &str, text: &mut String) {
        let begin = format!("{name}=");
        let both = format!("{begin}{text}");
        if let Cow::Owned(clean) = self.text(&both)
            && let Some(rest) = clean.strip_prefix(&begin)
        {
            *text = rest.to_owned();
        }
    }

    /// Bytes line by line; what is no text stays as it is where it holds no secret.
    pub fn bytes<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        // A private key has lines of its own, which say nothing one by one.
        if let Ok(text) = std::str::from_utf8(bytes)
            && text.contains(PRIVATE_KEY)
            && let Cow::Owned(clean) = self.text(text)
        {
            return Cow::Owned(clean.into_bytes());
        }
        let mut clean: Option<Vec<u8>> = None;
        let mut at = 0;
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line);
            match (self.text(&text), &mut clean) {
                (Cow::Owned(text), Some(clean)) => clean.extend_from_slice(text.as_bytes()),
                (Cow::Owned(text), none) => {
                    let mut begun = bytes[..at].to_vec();
                    begun.extend_from_slice(text.as_bytes());
                    *none = Some(begun);
                }
                (Cow::Borrowed(_), Some(clean)) => clean.extend_from_slice(line),
                (Cow::Borrowed(_), None) => {}
            }
            at += line.len();
        }
        clean.map_or(Cow::Borrowed(bytes), Cow::Owned)
    }
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|part| name.contains(part))
}

/// The same for the store, which compares what is here with what would go out.
pub fn for_store() -> Clean {
    Arc::new(|value| Sieve::default().value(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_go_by_their_shape_and_by_the_name_beside_them_and_once_is_enough() {
        let mut sieve = Sieve::default();
        let mut value = json!({
            "text": "the key is sk-ant-api03-Zq8vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj",
            "tool": { "input": { "password": "Tr0ub4dor&3x", "user": "me" } },
            "tokens": 12,
        });
        sieve.value(&mut value);
        let text = value.to_string();
        assert!(
            !text.contains("Zq8vT2m") && !text.contains("Tr0ub4dor"),
            "{text}"
        );
        assert_eq!(value["tool"]["input"]["user"], "me");
        assert_eq!(sieve.replaced.values().sum::<u64>(), 2);
        let before = value.clone();
        let mut again = Sieve::default();
        again.value(&mut value);
        assert_eq!((value, again.replaced.len()), (before, 0));
    }

    #[test]
    fn bytes_without_secrets_are_the_same_bytes() {
        let mut sieve = Sieve::default();
        let bytes = b"one\n\xff\xfe\ntwo";
        assert!(matches!(sieve.bytes(bytes), Cow::Borrowed(_)));
        let dirty = b"\xff\nkey sk-ant-api03-Zq8vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj\nend";
        let clean = sieve.bytes(dirty);
        assert!(clean.starts_with(b"\xff\nkey [secret:") && clean.ends_with(b"]\nend"));
    }

    #[test]
    fn a_private_key_over_several_lines_is_one_secret() {
        let body = "Mk7fQ2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi0BvCqNtMk7fQ2mVx9TbL4cRz8Wn";
        let text = format!(
            "here:\n-----BEGIN {PRIVATE_KEY}-----\n{body}\n{body}\n-----END {PRIVATE_KEY}-----\n"
        );
        let mut sieve = Sieve::default();
        let clean = sieve.bytes(text.as_bytes()).into_owned();
        let clean = String::from_utf8(clean).unwrap();
        assert!(clean.starts_with("here:\n[secret:private_key:"), "{clean}");
        assert!(!clean.contains(&body[..9]), "{clean}");
        let again = Sieve::default().bytes(clean.as_bytes()).into_owned();
        assert_eq!(again, clean.as_bytes());
    }
}
