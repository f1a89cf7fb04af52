//! A playbook as the planner sees it: the words that it is known by, the sentences that ask for it,
//! and the values that it takes.

use std::collections::{BTreeMap, BTreeSet};

use krake_domain::plan::Plan;

use super::fill::{Filled, fill};
use super::lexicon::{LEXICON, stem};
use super::phrase::{Phrase, Unit};
use super::shape::Reading;
use super::slot::Slot;

/// Example sentences and input texts beyond this are not read.
const MOST_EXAMPLES: usize = 50;
const MOST_LETTERS: usize = 500;

/// One playbook, prepared.
#[derive(Debug)]
pub(super) struct Profile {
    pub name: String,
    pub description: String,
    pub lines: Vec<Line>,
    /// How much a word that the playbook uses counts, by stem.
    pub stems: BTreeMap<String, f64>,
    pub meanings: BTreeMap<u16, f64>,
    /// What its sentences tell somebody to do.
    pub verbs: BTreeSet<String>,
    /// Question words that its examples begin with.
    pub questions: BTreeSet<String>,
    pub slots: Vec<Slot>,
}

/// A sentence that asks for it, or its name, or its description.
#[derive(Debug)]
pub(super) struct Line {
    pub text: String,
    pub source: LineSource,
    pub units: Vec<Unit>,
    pub kinds: BTreeSet<MentionKind>,
    /// Inputs that it gives a value.
    pub gives: BTreeSet<String>,
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineSource {
    Example,
    Name,
    Description,
}

/// What kind of value a sentence mentions, whatever the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MentionKind {
    Url,
    Path,
    Range,
    Date,
}

impl Profile {
    pub fn of(name: &str, plan: &Plan) -> Self {
        let mut profile = Self {
            name: name.to_owned(),
            description: plan.description.clone(),
            lines: Vec::new(),
            stems: BTreeMap::new(),
            meanings: BTreeMap::new(),
            verbs: BTreeSet::new(),
            questions: BTreeSet::new(),
            slots: plan
                .inputs
                .iter()
                .map(|(name, schema)| Slot::of(name, schema))
                .collect(),
        };
        for example in plan.examples.iter().take(MOST_EXAMPLES) {
            profile.line(example, LineSource::Example);
        }
        let spoken = name.replace(['-', '_', '.'], " ");
        profile.line(&spoken, LineSource::Name);
        profile.line(&plan.description, LineSource::Description);
        for slot in &profile.slots {
            for stem in &slot.about {
                profile.stems.entry(stem.clone()).or_insert(0.5);
            }
            for meaning in stands_for(slot.kind.as_deref()) {
                profile.meanings.entry(*meaning).or_insert(0.8);
            }
        }
        for step in &plan.steps {
            if let Some(name) = &step.name {
                profile.words(&Phrase::read(short(name), &|_, _| None).units, 0.7);
            }
        }
        profile
    }

    fn line(&mut self, text: &str, source: LineSource) {
        let text = short(text);
        let mut phrase = Phrase::read(text, &|_, _| None);
        let filled = match source {
            LineSource::Example => fill(&phrase, &self.slots),
            LineSource::Name | LineSource::Description => Filled::default(),
        };
        // A value of an example is no word of the playbook: another one stands for it just as well.
        phrase
            .units
            .retain(|unit| !filled.words.contains(&unit.first));
        let weight = match source {
            LineSource::Example | LineSource::Name => 1.0,
            LineSource::Description => 0.9,
        };
        self.words(&phrase.units, weight);
        if source != LineSource::Name {
            self.verbs
                .extend(phrase.verbs.iter().map(|verb| verb.stem.clone()));
            // `Counts the lines …`: a description begins with what it does.
            let first = phrase.units.first().filter(|unit| unit.first == 0);
            self.verbs.extend(
                first
                    .into_iter()
                    .flat_map(|unit| unit.stems.first())
                    .cloned(),
            );
            self.questions
                .extend(phrase.questions().map(ToOwned::to_owned));
        }
        // What only names an input counts in no sentence, so it counts in no line either.
        phrase
            .units
            .retain(|unit| !filled.cues.contains(&unit.first));
        self.lines.push(Line {
            text: text.to_owned(),
            source,
            kinds: kinds(&phrase),
            gives: filled.values.into_iter().map(|(name, _)| name).collect(),
            units: phrase.units,
        });
    }

    fn words(&mut self, units: &[Unit], weight: f64) {
        let raise = |known: &mut f64| *known = known.max(weight);
        for unit in units {
            for stem in &unit.stems {
                raise(self.stems.entry(stem.clone()).or_default());
                for meaning in LEXICON.meanings(stem) {
                    raise(self.meanings.entry(*meaning).or_default());
                }
            }
            for meaning in &unit.meanings {
                raise(self.meanings.entry(*meaning).or_default());
            }
        }
    }
}

/// The kinds of values that a sentence mentions.
pub(super) fn kinds(phrase: &Phrase<'_>) -> BTreeSet<MentionKind> {
    let kind = |reading: &Reading| match reading {
        Reading::Url(_) => Some(MentionKind::Url),
        Reading::Path => Some(MentionKind::Path),
        Reading::Range(_) => Some(MentionKind::Range),
        Reading::Date(_) => Some(MentionKind::Date),
        _ => None,
    };
    phrase
        .mentions
        .iter()
        .filter_map(|mention| mention.read(kind))
        .collect()
}

/// The meanings that a value of this slot stands for: a path to a repository is a repository.
pub(super) fn stands_for(slot: Option<&str>) -> &'static [u16] {
    match slot {
        Some(word @ ("repo" | "url")) => LEXICON.meanings(&stem(word)),
        Some("path") => LEXICON.meanings(&stem("folder")),
        _ => &[],
    }
}

fn short(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(MOST_LETTERS)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}
