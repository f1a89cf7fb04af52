//! From what a sentence mentions to the inputs of one playbook, each value with where it came from.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Found;
use super::lexicon::{LEXICON, stem};
use super::mention::Mention;
use super::phrase::Phrase;
use super::shape::Reading;
use super::slot::{Slot, Takes};
use crate::execution::check_schema;

/// Silent words between the name of an input and its value: `the goal is …`.
const MOST_BETWEEN: usize = 3;

/// The inputs that a sentence gives.
#[derive(Debug, Default)]
pub(super) struct Filled {
    pub values: Map<String, Value>,
    pub found: Vec<Found>,
    /// Mentions that became a value, by place.
    pub used: BTreeSet<usize>,
    /// Tokens that only said which input is meant, or in what unit.
    pub cues: BTreeSet<usize>,
    /// Tokens that are words and yet a value: a name that an input's pattern takes.
    pub words: BTreeSet<usize>,
    /// Values that an input would take but that its schema refuses.
    pub refused: Vec<String>,
}

/// Fills what can be filled.
pub(super) fn fill(phrase: &Phrase<'_>, slots: &[Slot]) -> Filled {
    let mut filled = Filled::default();
    for slot in slots {
        filled.named(phrase, slot);
    }
    for slot in slots {
        filled.measured(phrase, slot);
    }
    for slot in order(slots) {
        filled.by_shape(phrase, slot);
    }
    filled.ends_of_a_range(phrase, slots);
    for slot in slots {
        filled.chosen(phrase, slot);
        filled.patterned(phrase, slot);
    }
    filled.quoted(phrase, slots);
    filled
}

/// Inputs whose values look special come before those that take nearly anything.
fn order(slots: &[Slot]) -> Vec<&Slot> {
    let rank = |slot: &&Slot| match slot.takes {
        Takes::Url | Takes::Account => 0,
        Takes::Range | Takes::Date => 1,
        Takes::File => 2,
        Takes::Path => 3,
        Takes::Revision => 4,
        _ => 5,
    };
    let mut order: Vec<&Slot> = slots
        .iter()
        .filter(|slot| {
            !matches!(
                slot.takes,
                Takes::Number { .. } | Takes::Text | Takes::Nothing
            )
        })
        .collect();
    order.sort_by_key(rank);
    order
}

impl Filled {
    /// `budget 3k`, `the goal is "…"`, `goal: …`, `budget=2000`.
    fn named(&mut self, phrase: &Phrase<'_>, slot: &Slot) {
        let Some(end) = cue(phrase, slot) else {
            return;
        };
        let words = slot.words.len().max(1);
        for (place, mention) in phrase.mentions.iter().enumerate() {
            let between = end..mention.first;
            let is_near = mention.first >= end
                && between.len() <= MOST_BETWEEN
                && between
                    .clone()
                    .all(|at| LEXICON.is_silent(&phrase.tokens[at].word));
            if is_near
                && !self.used.contains(&place)
                && let Some(value) = value_of(slot, mention, true)
            {
                self.give(slot, value, &mention.text, place);
                self.cues.extend(end - words..end);
                if is_unit(phrase, slot, mention.end) {
                    self.cues.insert(mention.end);
                }
                return;
            }
        }
        // `goal: finish the login page` takes the rest of the sentence.
        let is_free = matches!(slot.takes, Takes::Text);
        if is_free && phrase.tokens.get(end).is_some_and(|token| token.opens) {
            let rest = phrase.rest(end).to_owned();
            if self.put(slot, rest.as_str().into(), &rest) {
                self.cues.extend(end - words..phrase.tokens.len());
            }
        }
    }

    /// `2000 tokens`, `a timeout of 5 seconds`: a number beside a word of the input's description.
    fn measured(&mut self, phrase: &Phrase<'_>, slot: &Slot) {
        if !matches!(slot.takes, Takes::Number { .. }) || self.values.contains_key(&slot.name) {
            return;
        }
        for (place, mention) in phrase.mentions.iter().enumerate() {
            if is_unit(phrase, slot, mention.end)
                && !self.used.contains(&place)
                && let Some(value) = value_of(slot, mention, false)
            {
                self.give(slot, value, &mention.text, place);
                self.cues.insert(mention.end);
                return;
            }
        }
    }

    fn by_shape(&mut self, phrase: &Phrase<'_>, slot: &Slot) {
        for (place, mention) in phrase.mentions.iter().enumerate() {
            if self.used.contains(&place) {
                continue;
            }
            if !slot.many && self.values.contains_key(&slot.name) {
                return;
            }
            if let Some(value) = value_of(slot, mention, false) {
                self.give(slot, value, &mention.text, place);
            }
        }
    }

    /// A range of commits for a playbook that asks for its two ends.
    fn ends_of_a_range(&mut self, phrase: &Phrase<'_>, slots: &[Slot]) {
        let named = |name: &str| {
            slots.iter().find(|slot| {
                slot.name == name && matches!(slot.takes, Takes::Text | Takes::Revision)
            })
        };
        let (Some(from), Some(to)) = (named("from"), named("to")) else {
            return;
        };
        for (place, mention) in phrase.mentions.iter().enumerate() {
            let range = mention.read(|reading| match reading {
                Reading::Range(range) => Some(range.clone()),
                _ => None,
            });
            if self.used.contains(&place) || self.values.contains_key("from") {
                continue;
            }
            if let Some((start, end)) = range.as_deref().and_then(|range| range.split_once("..")) {
                self.give(from, start.into(), &mention.text, place);
                let end = end.trim_start_matches('.');
                if !end.is_empty() {
                    self.put(to, end.into(), &mention.text);
                }
            }
        }
    }

    fn chosen(&mut self, phrase: &Phrase<'_>, slot: &Slot) {
        let Takes::Choice(choices) = &slot.takes else {
            return;
        };
        for (place, token) in phrase.tokens.iter().enumerate() {
            let choice = choices
                .iter()
                .find(|choice| choice.to_lowercase() == token.word);
            if let Some(choice) = choice.filter(|_| !self.values.contains_key(&slot.name)) {
                self.put(slot, choice.as_str().into(), token.text);
                self.cues.insert(place);
            }
        }
    }

    /// The one word of the sentence that an input's pattern takes: a name in capitals, a code.
    fn patterned(&mut self, phrase: &Phrase<'_>, slot: &Slot) {
        let Takes::Pattern(pattern) = &slot.takes else {
            return;
        };
        if self.values.contains_key(&slot.name) {
            return;
        }
        let is_mentioned = |place: usize| {
            let mut mentions = phrase.mentions.iter();
            mentions.any(|mention| (mention.first..mention.end).contains(&place))
        };
        let mut fits = phrase.tokens.iter().enumerate().filter(|(place, token)| {
            !token.opens
                && !LEXICON.is_silent(&token.word)
                && !is_mentioned(*place)
                && pattern.is_match(token.text)
        });
        if let (Some((place, token)), None) = (fits.next(), fits.next())
            && self.put(slot, token.text.into(), token.text)
        {
            self.cues.insert(place);
            self.words.insert(place);
        }
    }

    /// A text in quotes belongs to the one input that takes any text, where there is one.
    fn quoted(&mut self, phrase: &Phrase<'_>, slots: &[Slot]) {
        let free = |required: bool| {
            let mut free = slots
                .iter()
                .filter(|slot| matches!(slot.takes, Takes::Text) && (slot.required || !required));
            free.next().filter(|_| free.next().is_none())
        };
        let Some(slot) = free(true).or_else(|| free(false)) else {
            return;
        };
        for (place, mention) in phrase.mentions.iter().enumerate() {
            let is_open = !self.used.contains(&place) && !self.values.contains_key(&slot.name);
            if is_open && mention.readings == [Reading::Quote] {
                self.give(slot, mention.text.as_str().into(), &mention.text, place);
            }
        }
    }

    fn give(&mut self, slot: &Slot, value: Value, text: &str, mention: usize) {
        if self.put(slot, value, text) {
            self.used.insert(mention);
        }
    }

    /// Keeps a value that its schema takes.
    fn put(&mut self, slot: &Slot, value: Value, text: &str) -> bool {
        let items = slot.schema.get("items").filter(|_| slot.many);
        let schema = items.unwrap_or(&slot.schema);
        if let Err(fault) = check_schema(schema, &value, &format!("`{}`", slot.name)) {
            self.refused.push(fault);
            return false;
        }
        if slot.many {
            let list = self.values.entry(slot.name.clone());
            if let Value::Array(list) = list.or_insert_with(|| Value::Array(Vec::new()))
                && !list.contains(&value)
            {
                list.push(value);
            }
        } else {
            self.values.insert(slot.name.clone(), value);
        }
        self.found.push(Found {
            input: slot.name.clone(),
            text: text.to_owned(),
        });
        true
    }
}

/// Whether the word there says in what the input counts: `tokens`, `seconds`.
fn is_unit(phrase: &Phrase<'_>, slot: &Slot, place: usize) -> bool {
    let is_number = matches!(slot.takes, Takes::Number { .. });
    let word = phrase.tokens.get(place).map(|token| stem(&token.word));
    is_number && word.is_some_and(|word| slot.about.contains(&word) || slot.words.contains(&word))
}

/// The place after the words of the input's name, where they stand in the sentence.
fn cue(phrase: &Phrase<'_>, slot: &Slot) -> Option<usize> {
    let words = &slot.words;
    if words.is_empty() {
        return None;
    }
    (0..phrase.tokens.len()).find_map(|start| {
        let end = start + words.len();
        let here = phrase.tokens.get(start..end)?;
        let fits = here
            .iter()
            .zip(words)
            .all(|(token, word)| !token.quoted && stem(&token.word) == *word);
        fits.then_some(end)
    })
}

/// The value of a mention for a slot; one that was named may be any text.
fn value_of(slot: &Slot, mention: &Mention, named: bool) -> Option<Value> {
    let by_reading = mention.read(|reading| slot.value(&mention.text, reading));
    by_reading.or_else(|| {
        let takes_any =
            named && matches!(slot.takes, Takes::Text | Takes::Account | Takes::Revision);
        (takes_any && !slot.many).then(|| mention.text.as_str().into())
    })
}
