//! How well a sentence fits one playbook: evidence in both directions, and what forbids it.

use std::collections::BTreeSet;

use super::fill::{Filled, fill};
use super::lexicon::{LEXICON, stem};
use super::library::Library;
use super::phrase::{Phrase, Unit};
use super::profile::{Line, LineSource, MentionKind, Profile, kinds, stands_for};
use super::shape::Reading;

/// What an exact word, an alike word and a corrected word are worth.
const ALIKE: f64 = 0.9;
const CORRECTED: f64 = 0.9;
/// What a kind of value that a sentence mentions weighs beside its words.
const KIND: f64 = 0.5;
/// What is left of the score for each value that no input takes.
const VALUE_UNUSED: f64 = 0.85;
/// What is left of the score when an input without a default is not given.
const INPUT_MISSING: f64 = 0.75;

/// The judgement on one playbook.
pub(super) struct Verdict<'l> {
    pub profile: &'l Profile,
    pub score: f64,
    /// The line of the playbook that the sentence is nearest to.
    pub nearest: Option<&'l Line>,
    /// Why it must not be this one, whatever the score.
    pub forbidden: Option<String>,
    /// Words and values of the sentence that this playbook has no place for.
    pub unknown: Vec<String>,
    pub filled: Filled,
}

/// Judges one playbook.
pub(super) fn judge<'l>(
    phrase: &Phrase<'_>,
    profile: &'l Profile,
    library: &Library,
    given: &dyn Fn(&str) -> bool,
) -> Verdict<'l> {
    let filled = fill(phrase, &profile.slots);
    let sentence = Sentence {
        phrase,
        profile,
        library,
        filled: &filled,
    };
    let (understood, mut unknown) = sentence.understood();
    let (covered, nearest) = sentence.nearest_line();
    let unused = sentence.unused();
    let missing = profile
        .slots
        .iter()
        .any(|slot| slot.required && !filled.values.contains_key(&slot.name) && !given(&slot.name));
    let mut score = understood * (0.55 + 0.45 * covered);
    score *= VALUE_UNUSED.powi(i32::try_from(unused.len()).unwrap_or(i32::MAX));
    if missing {
        score *= INPUT_MISSING;
    }
    // Half of a sentence in common is what near misses have.
    let forbidden = sentence.forbidden().or_else(|| {
        (understood < 0.5 || covered < 0.55).then(|| "too little of it was understood".to_owned())
    });
    unknown.extend(unused);
    Verdict {
        score,
        nearest,
        forbidden,
        unknown,
        profile,
        filled,
    }
}

struct Sentence<'a, 't, 'l> {
    phrase: &'a Phrase<'t>,
    profile: &'l Profile,
    library: &'a Library,
    filled: &'a Filled,
}

impl<'l> Sentence<'_, '_, 'l> {
    /// How much of the sentence the playbook knows, from 0 to 1, and which words it does not.
    fn understood(&self) -> (f64, Vec<String>) {
        let (mut known, mut all) = (0.0, 0.0);
        let mut unknown = Vec::new();
        for unit in self.units() {
            let quality = self.quality(unit);
            if quality > 0.0 {
                let weight = unit.weight.min(1.0) * self.library.rarity(&unit.stems);
                known += weight * quality;
                all += weight;
            } else {
                all += unit.weight;
                unknown.push(unit.text.clone());
            }
        }
        let (named, named_weight) = self.words_of_files();
        known += named;
        all += named_weight;
        let share = if all > 0.0 { known / all } else { 0.0 };
        (share, unknown)
    }

    /// Words in the name of a file say something where they are known, and nothing else.
    fn words_of_files(&self) -> (f64, f64) {
        let files = self
            .phrase
            .mentions
            .iter()
            .filter(|mention| mention.readings.contains(&Reading::File));
        let known = files
            .flat_map(|mention| mention.text.split(|letter: char| !letter.is_alphabetic()))
            .filter(|word| word.len() > 3 && self.knows(&stem(&word.to_lowercase())) > 0.0)
            .count();
        #[expect(clippy::cast_precision_loss, reason = "a sentence has few words")]
        let weight = known.min(2) as f64;
        (weight, weight)
    }

    fn units(&self) -> impl Iterator<Item = &Unit> {
        let is_cue = |unit: &&Unit| !self.filled.cues.contains(&unit.first);
        self.phrase.units.iter().filter(is_cue)
    }

    /// How well the playbook knows this word: 0 where it does not.
    fn quality(&self, unit: &Unit) -> f64 {
        let stems: Vec<f64> = unit
            .stems
            .iter()
            .map(|stem| self.stem_weight(stem))
            .collect();
        let exact = stems.iter().copied().fold(f64::INFINITY, f64::min);
        let exact = if stems.is_empty() { 0.0 } else { exact };
        let alike = self.meaning_weight(&unit.meanings) * ALIKE;
        let corrected = if unit.read_as.is_some() {
            CORRECTED
        } else {
            1.0
        };
        exact.max(alike) * corrected
    }

    fn knows(&self, stem: &str) -> f64 {
        let alike = self.meaning_weight(LEXICON.meanings(stem)) * ALIKE;
        self.stem_weight(stem).max(alike)
    }

    fn stem_weight(&self, stem: &str) -> f64 {
        self.profile.stems.get(stem).copied().unwrap_or(0.0)
    }

    fn meaning_weight(&self, meanings: &[u16]) -> f64 {
        let weights = meanings
            .iter()
            .filter_map(|one| self.profile.meanings.get(one));
        weights.copied().fold(0.0, f64::max)
    }

    /// The line of the playbook of which the sentence says most, with how much.
    fn nearest_line(&self) -> (f64, Option<&'l Line>) {
        let said = Said::of(self);
        let mut best = (0.0, None);
        for line in &self.profile.lines {
            let share = said.share(line, self.library);
            if share > best.0 {
                best = (share, Some(line));
            }
        }
        best
    }

    /// Values that no input takes, and those that an input's schema refuses.
    fn unused(&self) -> Vec<String> {
        let mentions = self.phrase.mentions.iter().enumerate();
        let is_loose = |first: usize| !self.filled.cues.contains(&first);
        mentions
            .filter(|(place, mention)| !self.filled.used.contains(place) && is_loose(mention.first))
            .map(|(_, mention)| mention.text.clone())
            .collect()
    }

    fn forbidden(&self) -> Option<String> {
        if let Some(word) = &self.phrase.negation {
            return Some(format!("`{word}` says what should not happen"));
        }
        if let Some(word) = self.phrase.question()
            && !self.profile.questions.contains(word)
        {
            return Some(format!("no playbook answers a question with `{word}`"));
        }
        let unheard = self.phrase.verbs.iter().find(|verb| {
            // `commit the changes` is not what a playbook does that speaks of commits.
            let as_noun = self.stem_weight(&verb.stem) > 0.0;
            let known = self.profile.verbs.contains(&verb.stem)
                || (as_noun && !verb.certain)
                || (!as_noun && self.meaning_weight(&verb.meanings) > 0.0);
            !known
        });
        unheard.map(|verb| format!("it does not do what `{}` asks for", verb.text))
    }
}

/// What a sentence says, for lines of a playbook to be found in it.
struct Said {
    stems: BTreeSet<String>,
    meanings: BTreeSet<u16>,
    kinds: BTreeSet<MentionKind>,
}

impl Said {
    fn of(sentence: &Sentence<'_, '_, '_>) -> Self {
        let mut said = Self {
            stems: BTreeSet::new(),
            meanings: BTreeSet::new(),
            kinds: kinds(sentence.phrase),
        };
        for unit in sentence.units() {
            for stem in &unit.stems {
                said.stems.insert(stem.clone());
                said.meanings.extend(LEXICON.meanings(stem));
            }
            said.meanings.extend(&unit.meanings);
        }
        for mention in &sentence.phrase.mentions {
            let words = mention.text.split(|letter: char| !letter.is_alphabetic());
            if mention.readings.contains(&Reading::File) {
                said.stems
                    .extend(words.map(|word| stem(&word.to_lowercase())));
            }
        }
        for slot in &sentence.profile.slots {
            let stood_for = stands_for(slot.kind.as_deref());
            if sentence.filled.values.contains_key(&slot.name) {
                said.meanings.extend(stood_for);
            } else if stood_for.iter().any(|one| said.meanings.contains(one)) {
                // `this repository` is the folder that the caller stands in.
                said.kinds.insert(MentionKind::Path);
            }
        }
        said
    }

    /// How much of a line it says, from 0 to 1.
    fn share(&self, line: &Line, library: &Library) -> f64 {
        let (mut said, mut all) = (0.0, 0.0);
        for unit in &line.units {
            let weight = unit.weight.min(1.0) * library.rarity(&unit.stems);
            all += weight;
            said += weight * self.quality(unit);
        }
        for kind in &line.kinds {
            all += KIND;
            said += if self.kinds.contains(kind) { KIND } else { 0.0 };
        }
        let trust = if line.source == LineSource::Description {
            0.9
        } else {
            1.0
        };
        if all > 0.0 { trust * said / all } else { 0.0 }
    }

    #[expect(clippy::cast_precision_loss, reason = "an idiom has few words")]
    fn quality(&self, unit: &Unit) -> f64 {
        let hits = unit
            .stems
            .iter()
            .filter(|stem| self.stems.contains(*stem))
            .count();
        let exact = hits as f64 / unit.stems.len().max(1) as f64;
        let mut meanings = unit.meanings.iter();
        let alike = if meanings.any(|one| self.meanings.contains(one)) {
            ALIKE
        } else {
            0.0
        };
        exact.max(alike)
    }
}
