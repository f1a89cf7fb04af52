//! Secrets out of what comes in, before anything of it is kept or sent.

use std::borrow::Cow;
use std::collections::BTreeMap;

use krake_domain::session::{Message, Transcript};
use serde_json::Value;

use super::{Known, Originals, Replaced, replace};

/// What looks for secrets, and counts by kind what it replaced.
pub struct Cleaner<'k> {
    known: &'k Known,
    pub replaced: BTreeMap<String, u32>,
    /// The words of what was replaced, where somebody wants them.
    pub originals: Originals,
}

impl<'k> Cleaner<'k> {
    /// Looks for these values beside what has the shape of a secret.
    #[must_use]
    pub fn new(known: &'k Known) -> Self {
        Self {
            known,
            replaced: BTreeMap::new(),
            originals: Originals::default(),
        }
    }

    /// The same, and what it finds goes to `originals`.
    #[must_use]
    pub fn collecting(known: &'k Known, originals: Originals) -> Self {
        Self {
            originals,
            ..Self::new(known)
        }
    }

    /// The text without secrets.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let (clean, replaced) = replace(text, self.known, &mut self.originals);
        self.count(replaced);
        clean
    }

    /// The bytes without secrets; bytes that are no text stay as they are where there is none.
    pub fn bytes<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let clean = match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => match self.text(text) {
                Cow::Borrowed(_) => None,
                Cow::Owned(clean) => Some(clean),
            },
            Cow::Owned(text) => match self.text(&text) {
                Cow::Borrowed(_) => None,
                Cow::Owned(clean) => Some(clean),
            },
        };
        clean.map_or(Cow::Borrowed(bytes), |clean| Cow::Owned(clean.into_bytes()))
    }

    /// Looks once more at a message as it reads after all escapes are gone; whether there was
    /// anything left to replace.
    pub fn message(&mut self, message: &mut Message) -> bool {
        let mut found = self.in_place(&mut message.text);
        if let Some(tool) = &mut message.tool {
            found |= self.value(&mut tool.input);
        }
        found
    }

    /// Looks once more at a message that is stored, the way its line was looked through when it came: as
    /// it is written, then as it reads. So a secret gets the token that its file would give it.
    pub fn stored(&mut self, message: &mut Message) -> bool {
        let mut text = Value::String(std::mem::take(&mut message.text));
        let mut found = self.written(&mut text);
        if let Value::String(text) = text {
            message.text = text;
        }
        if let Some(tool) = &mut message.tool {
            found |= self.written(&mut tool.input);
        }
        self.message(message) | found
    }

    /// The same for a document that is stored as JSON.
    pub fn document(&mut self, value: &mut Value) -> bool {
        self.written(value) | self.value(value)
    }

    /// The same for a whole transcript.
    pub fn transcript(&mut self, transcript: &mut Transcript) {
        self.about(transcript);
        for message in &mut transcript.messages {
            self.message(message);
        }
    }

    /// The same for what a transcript says of itself.
    pub fn about(&mut self, transcript: &mut Transcript) {
        for text in [&mut transcript.title, &mut transcript.git_branch]
            .into_iter()
            .flatten()
        {
            self.in_place(text);
        }
    }

    /// As it is written in JSON, where a name tells what stands beside it.
    fn written(&mut self, value: &mut Value) -> bool {
        let text = value.to_string();
        let (clean, replaced) = replace(&text, self.known, &mut self.originals);
        if replaced.is_empty() {
            return false;
        }
        // What does not fit between the quotes is looked for in the texts themselves.
        let Ok(clean) = serde_json::from_str(&clean) else {
            return false;
        };
        *value = clean;
        self.count(replaced);
        true
    }

    fn count(&mut self, replaced: Vec<Replaced>) {
        for one in replaced {
            *self.replaced.entry(one.kind.to_owned()).or_default() += 1;
        }
    }

    fn in_place(&mut self, text: &mut String) -> bool {
        match self.text(text) {
            Cow::Borrowed(_) => false,
            Cow::Owned(clean) => {
                *text = clean;
                true
            }
        }
    }

    fn value(&mut self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => self.in_place(text),
            Value::Array(items) => items
                .iter_mut()
                .fold(false, |found, item| self.value(item) | found),
            Value::Object(fields) => fields
                .values_mut()
                .fold(false, |found, field| self.value(field) | found),
            _ => false,
        }
    }
}
