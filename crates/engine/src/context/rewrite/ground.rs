//! Whether a claim stands in what it cites.
//!
//! It does not understand the text: names and numbers must stand there as they are, most of the words
//! too, and nothing may be turned round: neither a negation nor how something ended.

use std::collections::BTreeMap;

use krake_domain::briefing::{BriefingItem, ItemKind, Source, SourceKind};
use krake_domain::rewriting::WhyDropped;
use krake_domain::session::MessageKind;

use super::super::calls::own_words;
use super::super::entity::each;
use super::super::escape::quoted;
use super::super::line::Line;
use super::super::spoken::negates;
use super::super::timeline::Timeline;
use super::super::words::{content, is_function_word, numbers, sentences, share, words};
use super::MODELS;
use super::answer::Claim;

/// The share of a line's words that must stand in what it cites.
const ENOUGH: f64 = 0.7;
/// Sentences that share that much of the most are what a line can rest on.
const NEARLY: f64 = 0.8;
/// Words of a source that are read; what stands behind was never shown.
const READ_BYTES: usize = 60_000;

/// How things end. Such a word is never another one for something else.
const ENDINGS: [&str; 22] = [
    "accept", "allow", "approv", "block", "broke", "delet", "denied", "disabl", "enabl", "fail",
    "fix", "forbid", "forbad", "merg", "pass", "reject", "releas", "remov", "revert", "succe",
    "undo", "work",
];

/// What can be cited.
pub struct Ground<'t> {
    timeline: &'t Timeline<'t>,
    places: BTreeMap<String, usize>,
    /// What was shown under each citation, with the kind of source.
    shown: BTreeMap<&'t str, (SourceKind, Vec<&'t str>)>,
}

type Refused = (WhyDropped, Option<String>);

impl<'t> Ground<'t> {
    #[must_use]
    pub fn of(timeline: &'t Timeline<'t>, items: &'t [BriefingItem]) -> Self {
        let places = (0..timeline.moments.len())
            .map(|place| (timeline.source(place).reference, place))
            .collect();
        let mut shown: BTreeMap<&str, (SourceKind, Vec<&str>)> = BTreeMap::new();
        for item in items {
            for source in &item.sources {
                let entry = shown
                    .entry(&source.reference)
                    .or_insert((source.kind, Vec::new()));
                entry.1.push(&item.text);
            }
        }
        Self {
            timeline,
            places,
            shown,
        }
    }

    /// The claim as a line.
    ///
    /// # Errors
    /// Why it is none.
    pub fn line(&self, claim: &Claim) -> Result<Line, Refused> {
        let mut sources = Vec::new();
        let mut cited = String::new();
        for reference in &claim.references {
            let unknown = || (WhyDropped::UnknownSource, Some(quoted(reference)));
            let (source, text) = self.source(reference).ok_or_else(unknown)?;
            if !sources.contains(&source) {
                sources.push(source);
                cited.push_str(&text);
                cited.push('\n');
            }
        }
        if sources.is_empty() {
            return Err((WhyDropped::NoSource, None));
        }
        let text = quoted(&claim.text);
        stands(&text, &cited)?;
        let cited = claim.references.iter();
        let places: Vec<usize> = cited
            .filter_map(|known| self.places.get(known).copied())
            .collect();
        // What was captured stays material in the words of a model, too.
        let is_material =
            !places.is_empty() && places.iter().all(|place| self.timeline.is_captured(*place));
        Ok(Line {
            kind: match claim.kind {
                _ if is_material => ItemKind::Captured,
                kind if MODELS.contains(&kind) => kind,
                _ => MODELS[4],
            },
            text,
            sources,
            weight: 1.0,
            list: false,
            place: places.into_iter().min().unwrap_or_default(),
        })
    }

    /// What a citation points at, and its words.
    fn source(&self, reference: &str) -> Option<(Source, String)> {
        let shown = self.shown.get(reference);
        let place = self.places.get(reference);
        let kind = shown.map_or(SourceKind::Message, |(kind, _)| *kind);
        if shown.is_none() && place.is_none() {
            return None;
        }
        let mut text = String::new();
        if let Some(place) = place {
            let message = self.timeline.at(*place);
            text.push_str(head(&message.text));
            text.push('\n');
            if message.kind == MessageKind::ToolCall {
                text.push_str(head(&own_words(message)));
                text.push('\n');
            }
        }
        for line in shown.into_iter().flat_map(|(_, lines)| lines) {
            text.push_str(line);
            text.push('\n');
        }
        let source = Source {
            kind,
            reference: reference.to_owned(),
        };
        Some((source, text))
    }
}

fn stands(text: &str, cited: &str) -> Result<(), Refused> {
    let known: Vec<String> = {
        let mut all: Vec<String> = words(cited).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let knows = |word: &str| {
        known
            .binary_search_by(|known| known.as_str().cmp(word))
            .is_ok()
    };
    let small = cited.to_lowercase();
    let mut missing: Option<String> = None;
    each(text, |name| {
        if missing.is_none() && !small.contains(&name.name.to_lowercase()) {
            missing = Some(name.name.into_owned());
        }
    });
    let number = || numbers(text).into_iter().find(|number| !knows(number));
    let proper = || named(text).into_iter().find(|word| !knows(word));
    if let Some(missing) = missing.or_else(number).or_else(proper) {
        return Err((WhyDropped::NotInSource, Some(missing)));
    }
    let wanted = content(text);
    let found = wanted.iter().filter(|word| knows(word)).count();
    if wanted.is_empty() || share(found, wanted.len()) < ENOUGH {
        let strange = wanted.into_iter().find(|word| !knows(word));
        return Err((WhyDropped::OtherWords, strange));
    }
    let ending = words(text)
        .filter_map(|word| ENDINGS.iter().find(|stem| word.starts_with(**stem)))
        .find(|stem| !known.iter().any(|word| word.starts_with(**stem)) && !is_told(stem, &known));
    if let Some(stem) = ending {
        return Err((WhyDropped::TurnedRound, Some((*stem).to_owned())));
    }
    if is_turned(text, cited) || is_swapped(text, cited) {
        return Err((WhyDropped::TurnedRound, None));
    }
    Ok(())
}

/// Words between two things of which the one is not the other: who reads them swapped reads the
/// opposite.
const BETWEEN: [&str; 10] = [
    "after", "before", "by", "from", "instead", "into", "over", "rather", "than", "to",
];

/// Whether two things stand in the text in the other order than in what it rests on: "Redis instead
/// of Memcached".
fn is_swapped(text: &str, cited: &str) -> bool {
    let known: Vec<_> = sentences(cited).flat_map(ordered).collect();
    sentences(text)
        .flat_map(ordered)
        .any(|(word, first, second)| {
            let swapped = (word, second, first);
            known.contains(&swapped) && !known.contains(&(swapped.0, swapped.2, swapped.1))
        })
}

/// What stands before and behind each word of [`BETWEEN`].
fn ordered(sentence: &str) -> Vec<(&'static str, String, String)> {
    let all: Vec<String> = words(sentence).collect();
    let tells = |word: &&String| !is_function_word(word) && !BETWEEN.contains(&word.as_str());
    let mut found = Vec::new();
    for (place, word) in all.iter().enumerate() {
        let Some(between) = BETWEEN.iter().find(|between| *between == word) else {
            continue;
        };
        let first = all[..place].iter().rev().find(tells);
        let second = all[place + 1..].iter().find(tells);
        if let (Some(first), Some(second)) = (first, second) {
            found.push((*between, first.clone(), second.clone()));
        }
    }
    found
}

/// Two words for one ending.
fn is_told(stem: &str, known: &[String]) -> bool {
    let other = match stem {
        "pass" | "succe" | "work" => ["ok", "green", "passed", "succeeded"].as_slice(),
        "fail" | "broke" => ["error", "failed", "broken", "exception"].as_slice(),
        _ => return false,
    };
    known.iter().any(|word| other.contains(&word.as_str()))
}

/// Whether the sentences that the text can rest on all have the other sign.
fn is_turned(text: &str, cited: &str) -> bool {
    let wanted = content(text);
    let mut best = 0;
    let near: Vec<(usize, bool)> = sentences(cited)
        .map(|sentence| {
            let said = content(sentence);
            let shared = wanted
                .iter()
                .filter(|word| said.binary_search(word).is_ok())
                .count();
            best = best.max(shared);
            (shared, negates(sentence))
        })
        .collect();
    let least = NEARLY * super::super::words::float(best);
    let sign = negates(text);
    !near
        .iter()
        .any(|(shared, negated)| super::super::words::float(*shared) >= least && *negated == sign)
}

/// Words with a capital letter inside a sentence, in small letters: names of people and products.
fn named(text: &str) -> Vec<String> {
    let mut begins = true;
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        if !begins && word.starts_with(char::is_uppercase) {
            found.extend(
                words(word)
                    .next()
                    .filter(|word| word.chars().nth(1).is_some()),
            );
        }
        begins = word.ends_with(['.', '!', '?', ':', '"', '“', '(']);
    }
    found
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(READ_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_things_in_the_other_order_are_the_opposite() {
        let source = "I decided to take Redis instead of Memcached because Redis keeps its data after \
                      a restart.\nThe rounding moved from the page to the cart.";
        for swapped in [
            "I decided to take Memcached instead of Redis because Memcached keeps its data after a restart.",
            "Took Memcached instead of Redis, which keeps its data.",
        ] {
            let refused = stands(swapped, source);
            assert_eq!(refused, Err((WhyDropped::TurnedRound, None)), "{swapped}");
        }
        for right in [
            "Redis instead of Memcached was decided, because Redis keeps its data after a restart.",
            "The rounding moved to the cart from the page.",
        ] {
            assert_eq!(stands(right, source), Ok(()), "{right}");
        }
    }
}
