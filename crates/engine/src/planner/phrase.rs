//! A sentence as the planner sees it: what it speaks of, what it tells somebody to do, what it
//! mentions, and whether it means the opposite.

use super::lexicon::{Idiom, LEXICON, stem};
use super::mention::{Mention, mentions};
use super::token::{Token, tokens};

/// Words between the parts of an idiom: `hand ~/work/foo over`.
const MOST_BETWEEN: usize = 4;

/// Words whose questions have answers of their own kind: a number, a reason, a time, a person.
const QUESTIONS: &[&str] = &["how", "why", "when", "who"];

/// A sentence, read.
#[derive(Debug)]
pub(super) struct Phrase<'t> {
    text: &'t str,
    pub tokens: Vec<Token<'t>>,
    pub mentions: Vec<Mention>,
    /// The words that say something, in their order.
    pub units: Vec<Unit>,
    /// What somebody is told to do.
    pub verbs: Vec<Verb>,
    /// The word that turns it around.
    pub negation: Option<String>,
}

/// A word, or words that mean something together.
#[derive(Debug)]
pub(super) struct Unit {
    /// As typed.
    pub text: String,
    pub stems: Vec<String>,
    pub meanings: Vec<u16>,
    /// How much it says by itself: 1 for most words.
    pub weight: f64,
    /// It was mistyped; this is what it was read as.
    pub read_as: Option<String>,
    /// The token that it begins with.
    pub first: usize,
}

/// An action that somebody is told to do.
#[derive(Debug)]
pub(super) struct Verb {
    pub text: String,
    pub stem: String,
    pub meanings: Vec<u16>,
    /// It can be nothing else here; a noun of the same letters is not enough.
    pub certain: bool,
}

impl<'t> Phrase<'t> {
    /// Reads a sentence; `correct` may say what a mistyped word was meant to be.
    pub fn read(text: &'t str, correct: &dyn Fn(&Token<'_>, &str) -> Option<String>) -> Self {
        let tokens = tokens(text);
        let mentions = mentions(text, &tokens);
        let words = Words::of(&tokens, &mentions, correct);
        let (units, idioms) = words.units();
        Self {
            text,
            verbs: words.verbs(&idioms),
            negation: words.negation(),
            units,
            tokens,
            mentions,
        }
    }

    /// The text from this token on, as typed.
    pub fn rest(&self, place: usize) -> &'t str {
        let from = self.tokens.get(place).map_or(self.text.len(), |token| {
            token.text.as_ptr() as usize - self.text.as_ptr() as usize
        });
        self.text[from..].trim_end()
    }

    /// The first word, where it asks in a way that needs an answer of its own kind.
    pub fn question(&self) -> Option<&str> {
        let first = self.tokens.first()?.word.as_str();
        QUESTIONS.contains(&first).then_some(first)
    }

    /// The words that ask so, wherever they stand: `tell me how many …`.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        let words = self.tokens.iter().filter(|token| !token.quoted);
        words
            .map(|token| token.word.as_str())
            .filter(|word| QUESTIONS.contains(word))
    }
}

struct Words<'a, 't> {
    tokens: &'a [Token<'t>],
    stems: Vec<String>,
    read_as: Vec<Option<String>>,
    mentioned: Vec<bool>,
}

/// An idiom that was found, and the tokens of it.
struct Spotted<'l> {
    idiom: &'l Idiom,
    places: Vec<usize>,
}

impl<'a, 't> Words<'a, 't> {
    fn of(
        tokens: &'a [Token<'t>],
        mentions: &[Mention],
        correct: &dyn Fn(&Token<'_>, &str) -> Option<String>,
    ) -> Self {
        let mut mentioned = vec![false; tokens.len()];
        for mention in mentions {
            mentioned[mention.first..mention.end].fill(true);
        }
        let mut stems: Vec<String> = tokens.iter().map(|token| stem(&token.word)).collect();
        let mut read_as = vec![None; tokens.len()];
        for (place, token) in tokens.iter().enumerate() {
            if !mentioned[place]
                && let Some(meant) = correct(token, &stems[place])
            {
                stems[place].clone_from(&meant);
                read_as[place] = Some(meant);
            }
        }
        Self {
            tokens,
            stems,
            read_as,
            mentioned,
        }
    }

    fn units(&self) -> (Vec<Unit>, Vec<Spotted<'static>>) {
        let mut units = Vec::new();
        let mut idioms = Vec::new();
        let mut taken = vec![false; self.tokens.len()];
        for place in 0..self.tokens.len() {
            if taken[place] || self.mentioned[place] {
                continue;
            }
            if let Some(spotted) = self.idiom(place, &taken) {
                for place in &spotted.places {
                    taken[*place] = true;
                }
                units.push(self.unit_of(&spotted));
                idioms.push(spotted);
            } else if !self.is_silent(place) {
                units.push(self.unit(place));
            }
        }
        (units, idioms)
    }

    fn unit(&self, place: usize) -> Unit {
        let stem = &self.stems[place];
        let meanings = LEXICON.meanings(stem).to_vec();
        let for_somebody = place > 0
            && self.tokens[place].is_capitalised()
            && matches!(self.tokens[place - 1].word.as_str(), "to" | "for" | "with");
        let weight = if LEXICON.is_light(stem) {
            0.3
        } else if LEXICON.is_people(stem) || (for_somebody && !LEXICON.knows(stem)) {
            0.25
        } else if LEXICON.is_verb(stem) {
            1.5
        } else {
            1.0
        };
        Unit {
            text: self.tokens[place].text.to_owned(),
            stems: vec![stem.clone()],
            meanings,
            weight,
            read_as: self.read_as[place].clone(),
            first: place,
        }
    }

    fn unit_of(&self, spotted: &Spotted<'_>) -> Unit {
        let texts: Vec<&str> = spotted
            .places
            .iter()
            .map(|place| self.tokens[*place].text)
            .collect();
        let stems: Vec<String> = spotted
            .places
            .iter()
            .filter(|place| !self.is_silent(**place))
            .map(|place| self.stems[*place].clone())
            .collect();
        let first = spotted.places[0];
        let is_light = LEXICON.is_light(&self.stems[first]) && !spotted.idiom.is_verb;
        Unit {
            text: texts.join(" "),
            stems,
            meanings: spotted.idiom.meanings.clone(),
            weight: if is_light { 0.3 } else { 1.0 },
            read_as: None,
            first,
        }
    }

    fn idiom(&self, place: usize, taken: &[bool]) -> Option<Spotted<'static>> {
        LEXICON.idioms(&self.stems[place]).iter().find_map(|idiom| {
            let mut places = vec![place];
            for wanted in &idiom.rest {
                let from = places.last()? + 1;
                let next = (from..self.tokens.len().min(from + MOST_BETWEEN)).find(|next| {
                    !taken[*next] && !self.mentioned[*next] && self.stems[*next] == *wanted
                })?;
                let is_between = |skipped: usize| {
                    self.mentioned[skipped]
                        || self.is_silent(skipped)
                        || LEXICON.is_people(&self.stems[skipped])
                };
                // A clause ends an idiom.
                let whole =
                    (from..=next).all(|at| !self.tokens[at].opens || self.mentioned[at - 1]);
                if !whole || !(from..next).all(is_between) {
                    return None;
                }
                places.push(next);
            }
            Some(Spotted { idiom, places })
        })
    }

    fn verbs(&self, idioms: &[Spotted<'_>]) -> Vec<Verb> {
        (0..self.tokens.len())
            .filter(|place| !self.mentioned[*place] && self.is_told(*place))
            .filter_map(
                |place| match idioms.iter().find(|spotted| spotted.places[0] == place) {
                    Some(spotted) => spotted.idiom.is_verb.then(|| Verb {
                        text: self.unit_of(spotted).text,
                        stem: self.stems[place].clone(),
                        meanings: spotted.idiom.meanings.clone(),
                        certain: true,
                    }),
                    None => self.verb(place),
                },
            )
            .collect()
    }

    fn verb(&self, place: usize) -> Option<Verb> {
        let stem = &self.stems[place];
        if self.is_silent(place) {
            return None;
        }
        let next = place + 1;
        let has_object = next < self.tokens.len()
            && !self.tokens[next].opens
            && (self.mentioned[next] || LEXICON.is_determiner(&self.tokens[next].word));
        let certain = LEXICON.is_verb(stem) || (LEXICON.is_either(stem) && has_object);
        (certain || has_object).then(|| Verb {
            text: self.tokens[place].text.to_owned(),
            stem: stem.clone(),
            meanings: LEXICON.meanings(stem).to_vec(),
            certain,
        })
    }

    /// Whether the word stands where somebody is told what to do: at the start of a clause, after
    /// `can you`, after `to`, after `and`.
    fn is_told(&self, place: usize) -> bool {
        let mut before = place;
        loop {
            if self.tokens[before].opens {
                return true;
            }
            let Some(previous) = before
                .checked_sub(1)
                .map(|at| self.tokens[at].word.as_str())
            else {
                return true;
            };
            match previous {
                "to" | "and" | "then" | "or" | "let's" | "lets" => return true,
                "please" | "pls" | "plz" | "kindly" | "just" | "also" | "now" | "bitte"
                | "quickly" => {
                    before -= 1;
                }
                "you" | "we" | "i" | "somebody" | "someone" | "krake" => {
                    let modal = before
                        .checked_sub(2)
                        .map(|at| self.tokens[at].word.as_str());
                    return matches!(
                        modal,
                        Some(
                            "can"
                                | "could"
                                | "will"
                                | "would"
                                | "shall"
                                | "should"
                                | "may"
                                | "must"
                        )
                    );
                }
                _ => return false,
            }
        }
    }

    /// A request that says what should not be: `don't check …`. Inside a question the word belongs
    /// to what is asked: `see whether it is not reachable`.
    fn negation(&self) -> Option<String> {
        for (place, token) in self.tokens.iter().enumerate() {
            if self.mentioned[place] {
                continue;
            }
            if matches!(token.word.as_str(), "whether" | "if") {
                return None;
            }
            if LEXICON.is_negation(&token.word) {
                return Some(token.text.to_owned());
            }
        }
        None
    }

    fn is_silent(&self, place: usize) -> bool {
        let meant = self.read_as[place].as_deref();
        LEXICON.is_silent(meant.unwrap_or(&self.tokens[place].word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Phrase<'_> {
        Phrase::read(text, &|_, _| None)
    }

    #[test]
    fn what_somebody_is_told_to_do_is_told_from_what_is_named() {
        for (text, expected) in [
            ("delete the repository", vec!["delete"]),
            ("please merge develop into main", vec!["merge"]),
            ("could you commit it", vec!["commit"]),
            ("release v1.3", vec!["release"]),
            ("release notes v1.3", vec![]),
            ("read it, and push the rest", vec!["read", "push"]),
            ("I want you to burn the house", vec!["burn"]),
            ("take https://a.example down", vec!["take down"]),
            ("what is open in ~/x", vec![]),
        ] {
            let verbs: Vec<String> = read(text).verbs.into_iter().map(|verb| verb.text).collect();
            assert_eq!(verbs, expected, "{text}");
        }
    }

    #[test]
    fn the_opposite_is_noticed_and_a_question_is_not_the_opposite() {
        for text in [
            "don't brief ~/x",
            "never check it",
            "stop checking a.example",
        ] {
            assert!(read(text).negation.is_some(), "{text}");
        }
        for text in [
            "see whether a.example is not up",
            "check it",
            "what is new in 'not now'",
        ] {
            assert!(read(text).negation.is_none(), "{text}");
        }
    }
}
