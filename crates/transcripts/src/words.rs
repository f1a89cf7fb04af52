//! Words that come again and again, such as names of models and tools, each kept once.

use std::collections::HashMap;

use crate::ids::number;
use crate::shelf::Fixed;

/// A word among those that were met, in four bytes; also that there is none.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Word(u32);

impl Word {
    pub fn or(self, other: Self) -> Self {
        if self.0 == 0 { other } else { self }
    }
}

impl Fixed for Word {
    const BYTES: usize = 4;

    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
    }

    fn read(from: &mut &[u8]) -> Self {
        Self(u32::read(from))
    }
}

#[derive(Default)]
pub struct Words {
    all: Vec<String>,
    by_text: HashMap<String, Word>,
}

impl Words {
    /// The word for a text.
    pub fn meet(&mut self, text: &str) -> Word {
        if let Some(word) = self.by_text.get(text) {
            return *word;
        }
        self.all.push(text.to_owned());
        let word = Word(number(self.all.len()));
        self.by_text.insert(text.to_owned(), word);
        word
    }

    /// The text of a word.
    pub fn text(&self, word: Word) -> Option<&str> {
        let place = usize::try_from(word.0).ok()?.checked_sub(1)?;
        self.all.get(place).map(String::as_str)
    }
}
