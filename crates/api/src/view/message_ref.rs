//! A session, or one message of it, as other answers name them.

use std::borrow::Cow;

use krake_domain::id::SessionId;
use serde::de::{Deserialize, Deserializer, Error as _};

/// `ses_…`, or `ses_…#12` for the message at that position, which is the id that a search gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageRef {
    pub session: SessionId,
    pub position: Option<u64>,
}

impl MessageRef {
    /// What the text names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (session, position) = match text.split_once('#') {
            Some((session, position)) => (session, Some(position.parse().ok()?)),
            None => (text, None),
        };
        Some(Self {
            session: session.parse().ok()?,
            position,
        })
    }
}

impl<'de> Deserialize<'de> for MessageRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{}` names no message: expected `ses_…` or `ses_…#12`; the label of a briefing, as in `s1#12`, stands for a session that the briefing names beside its text",
                crate::visible::visible_line(&text)
            ))
        })
    }
}

/// Inline: to a client it is a text, as the id of a session is.
impl schemars::JsonSchema for MessageRef {
    fn schema_name() -> Cow<'static, str> {
        "MessageRef".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^ses_[0-9a-hjkmnp-tv-z]{26}(#[0-9]{1,12})?$",
            "description": "A session, or a message of it: `ses_…` or `ses_…#12`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_and_a_message_are_told_apart_and_anything_else_is_refused() {
        let id = "ses_01jd3v5q4qf7cr7r00000000r5";
        let read = |text: &str| serde_json::from_value::<MessageRef>(text.into());
        let session = id.parse().unwrap();
        let named = |position| MessageRef { session, position };
        assert_eq!(read(id).unwrap(), named(None));
        assert_eq!(read(&format!("{id}#12")).unwrap(), named(Some(12)));
        for wrong in ["s1#12", "#12", &format!("{id}#"), &format!("{id}#-1"), "x"] {
            let said = read(wrong).unwrap_err().to_string();
            assert!(said.contains("expected `ses_…`"), "{said}");
        }
    }
}
