//! Exports of many conversations: one at a time, so that a large export never lies in memory.

use std::io::Read;
use std::ops::ControlFlow;

use krake_domain::session::Transcript;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::format::Format;
use crate::reader::{TranscriptError, named};
use crate::{chatgpt, claude_ai};

/// Calls `take` with each conversation of an export (an array, or one conversation) until it says
/// stop. What is no conversation is counted; the count is the answer.
///
/// # Errors
/// [`TranscriptError::Broken`] where the document ends or breaks before its end; what came before
/// was given.
pub fn each_conversation(
    document: impl Read,
    format: Format,
    take: &mut dyn FnMut(Transcript) -> ControlFlow<()>,
) -> Result<u32, TranscriptError> {
    let mut json = serde_json::Deserializer::from_reader(document);
    let mut each = Each {
        format,
        take,
        others: 0,
        stopped: false,
    };
    let read = (&mut json).deserialize_any(&mut each);
    match read {
        Err(error) if !each.stopped => Err(TranscriptError::Broken {
            format: format.as_str(),
            because: error.to_string(),
        }),
        _ => Ok(each.others),
    }
}

struct Each<'t> {
    format: Format,
    take: &'t mut dyn FnMut(Transcript) -> ControlFlow<()>,
    others: u32,
    stopped: bool,
}

impl Each<'_> {
    /// Whether to go on.
    fn give(&mut self, value: &Value) -> bool {
        let read = match self.format {
            Format::ChatGpt => chatgpt::read(value),
            _ => claude_ai::read(value),
        };
        match read {
            Some(transcript) => {
                self.stopped = (self.take)(named(self.format, transcript)).is_break();
            }
            None => self.others = self.others.saturating_add(1),
        }
        !self.stopped
    }
}

impl<'de> Visitor<'de> for &mut Each<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of conversations, or one")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(value) = items.next_element::<Value>()? {
            if !self.give(&value) {
                // What follows is not read; the error only ends the reading.
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut value = serde_json::Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            // Some exports wrap the array: its conversations are taken one by one all the same.
            if key == "conversations" {
                fields.next_value_seed(Inner(&mut *self))?;
            } else {
                value.insert(key, fields.next_value()?);
            }
        }
        if value.contains_key("mapping") || value.contains_key("chat_messages") {
            self.give(&Value::Object(value));
        }
        Ok(())
    }
}

struct Inner<'e, 't>(&'e mut Each<'t>);

impl<'de> DeserializeSeed<'de> for Inner<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<(), D::Error> {
        inner.deserialize_any(self.0)
    }
}
