//! From a request in plain words to a playbook with its inputs, offline.
//!
//! What it deliberately does not do: it runs nothing, asks no model, and knows no playbook by name:
//! everything comes from their names, descriptions, examples and inputs.
//! **Invariant:** the same request and the same playbooks give the same answer, and what is not
//! understood is said, never guessed over.
//!
//! Reading order: [`lexicon`] (words), [`token`] and [`mention`] (a sentence in pieces), [`phrase`]
//! (what it says), [`profile`] and [`slot`] (what a playbook answers to), [`fill`] (values),
//! [`judge`] (how well they fit), [`library`] (all playbooks).

mod lexicon;
mod typo;

mod mention;
mod shape;
mod token;

mod phrase;

mod profile;
mod slot;

mod fill;
mod judge;

mod library;
pub use library::Library;

#[cfg(test)]
mod sentences_test;

use serde_json::{Map, Value};

use judge::{Verdict, judge};
use phrase::Phrase;
use profile::LineSource;

/// Less sure than this, and nothing is proposed.
const SURE: f64 = 0.6;
/// Two playbooks nearer to each other than this are one question too many.
const APART: f64 = 0.05;
/// What is left of the confidence for each value that is only assumed.
const LESS_SURE: f64 = 0.9;
/// Playbooks that are named when none fits.
const MOST_NEAREST: usize = 3;
/// A playbook with less in common is not worth naming.
const WORTH_NAMING: f64 = 0.1;

/// The longest request that is read, in bytes.
pub const MOST_REQUEST: usize = 4_000;

/// What comes of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// One playbook fits.
    Planned(Proposal),
    /// None does, or more than one.
    Unsure(Unsure),
}

/// A playbook with the values that the request gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub playbook: String,
    /// Why this one, in a sentence.
    pub because: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Values of its inputs, with those that were given beside the request.
    pub inputs: Map<String, Value>,
    /// Where each value of the request stands in it.
    pub found: Vec<Found>,
    /// Inputs without a default that nobody gave.
    pub missing: Vec<String>,
    /// Inputs that keep their default, although sentences that ask for the playbook give them a value.
    pub assumed: Vec<String>,
    /// Words and values of the request that have no place in the playbook.
    pub unknown: Vec<String>,
    /// Values that an input does not take, and why.
    pub refused: Vec<String>,
    /// The other playbooks that came near.
    pub nearest: Vec<Near>,
}

/// No playbook that is sure enough.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsure {
    /// Why none, in a sentence.
    pub because: String,
    /// Words and values that no playbook has a place for.
    pub unknown: Vec<String>,
    /// The best first.
    pub nearest: Vec<Near>,
}

/// A value and the words that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub input: String,
    pub text: String,
}

/// A playbook that has something in common with a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    pub playbook: String,
    pub description: String,
    /// A sentence that asks for it.
    pub example: String,
    /// From 0 to 1.
    pub score: f64,
    /// Why it was not taken.
    pub because: Option<String>,
}

/// Finds the playbook that a request asks for. `given` are values that came beside the request:
/// they come before those that the request says.
#[must_use]
pub fn match_request(text: &str, given: &Map<String, Value>, library: &Library) -> Answer {
    let phrase = Phrase::read(text, &|token, stem| library.correct(token, stem));
    let is_given = |name: &str| given.contains_key(name);
    let mut verdicts: Vec<Verdict<'_>> = library
        .profiles
        .iter()
        .filter(|profile| {
            given
                .keys()
                .all(|name| profile.slots.iter().any(|slot| slot.name == *name))
        })
        .map(|profile| judge(&phrase, profile, library, &is_given))
        .collect();
    verdicts.sort_by(|a, b| {
        let fits = |verdict: &Verdict<'_>| verdict.forbidden.is_none();
        (fits(b).cmp(&fits(a)))
            .then(b.score.total_cmp(&a.score))
            .then_with(|| a.profile.name.cmp(&b.profile.name))
    });
    let second = verdicts
        .get(1)
        .filter(|verdict| verdict.forbidden.is_none());
    let second = second.map_or(0.0, |verdict| verdict.score);
    match verdicts.first() {
        Some(best)
            if best.forbidden.is_none() && best.score >= SURE && best.score - second >= APART =>
        {
            Answer::Planned(proposal(&phrase, given, &verdicts))
        }
        _ => Answer::Unsure(unsure(&phrase, &verdicts)),
    }
}

fn proposal(phrase: &Phrase<'_>, given: &Map<String, Value>, verdicts: &[Verdict<'_>]) -> Proposal {
    let best = &verdicts[0];
    let mut inputs = best.filled.values.clone();
    let mut found = best.filled.found.clone();
    for (name, value) in given {
        inputs.insert(name.clone(), value.clone());
        found.retain(|one| one.input != *name);
    }
    let assumed: Vec<String> = best
        .profile
        .slots
        .iter()
        .filter(|slot| !slot.required && !inputs.contains_key(&slot.name))
        .filter(|slot| {
            best.nearest
                .is_some_and(|line| line.gives.contains(&slot.name))
        })
        .map(|slot| slot.name.clone())
        .collect();
    let missing = best
        .profile
        .slots
        .iter()
        .filter(|slot| slot.required && !inputs.contains_key(&slot.name));
    Proposal {
        playbook: best.profile.name.clone(),
        because: because(phrase, best),
        confidence: rounded(
            best.score * LESS_SURE.powi(i32::try_from(assumed.len()).unwrap_or(i32::MAX)),
        ),
        assumed,
        missing: missing.map(|slot| slot.name.clone()).collect(),
        inputs,
        found,
        unknown: best.unknown.clone(),
        refused: best.filled.refused.clone(),
        nearest: nearest(&verdicts[1..]),
    }
}

fn because(phrase: &Phrase<'_>, best: &Verdict<'_>) -> String {
    let mut text = match best.nearest {
        Some(line) => match line.source {
            LineSource::Example => format!("it is like the example “{}”", line.text),
            LineSource::Name => "it says the playbook's name".to_owned(),
            LineSource::Description => format!("it is what the playbook does: “{}”", line.text),
        },
        None => "its words fit".to_owned(),
    };
    let corrected = phrase.units.iter().filter_map(|unit| {
        let meant = unit.read_as.as_ref()?;
        Some(format!("; “{}” was read as “{meant}…”", unit.text))
    });
    text.extend(corrected);
    text
}

fn unsure(phrase: &Phrase<'_>, verdicts: &[Verdict<'_>]) -> Unsure {
    let near = nearest(verdicts);
    let best = verdicts.first().filter(|_| !near.is_empty());
    let second = verdicts.get(1);
    let because = match (best, second) {
        _ if phrase.negation.is_some() => best
            .and_then(|verdict| verdict.forbidden.clone())
            .unwrap_or_else(|| "it says what should not happen".to_owned()),
        (None, _) => "no playbook has anything in common with it".to_owned(),
        (Some(best), Some(second))
            if best.forbidden.is_none()
                && second.forbidden.is_none()
                && best.score >= SURE
                && best.score - second.score < APART =>
        {
            format!(
                "it fits {} and {} alike",
                best.profile.name, second.profile.name
            )
        }
        (Some(best), _) => {
            let why = best.forbidden.clone();
            let why = why.unwrap_or_else(|| "too little of it was understood".to_owned());
            format!("the nearest is {}, but {why}", best.profile.name)
        }
    };
    let unknown = match best {
        Some(best) => best.unknown.clone(),
        None => phrase.units.iter().map(|unit| unit.text.clone()).collect(),
    };
    Unsure {
        because,
        unknown,
        nearest: near,
    }
}

/// The best first, whatever forbids them.
fn nearest(verdicts: &[Verdict<'_>]) -> Vec<Near> {
    let mut near: Vec<&Verdict<'_>> = verdicts
        .iter()
        .filter(|verdict| verdict.score >= WORTH_NAMING)
        .collect();
    near.sort_by(|a, b| b.score.total_cmp(&a.score));
    let near = near.into_iter().take(MOST_NEAREST);
    near.map(|verdict| {
        let mut lines = verdict.profile.lines.iter();
        let example = verdict
            .nearest
            .filter(|line| line.source == LineSource::Example)
            .or_else(|| lines.find(|line| line.source == LineSource::Example));
        Near {
            playbook: verdict.profile.name.clone(),
            description: verdict.profile.description.clone(),
            example: example.map(|line| line.text.clone()).unwrap_or_default(),
            score: rounded(verdict.score),
            because: verdict.forbidden.clone(),
        }
    })
    .collect()
}

fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
