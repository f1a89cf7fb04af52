//! What is known about words beside the playbooks' own: `words.txt`, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The sections of the list, by stem unless said otherwise.
pub(super) struct Lexicon {
    /// Words that carry no meaning of their own here, as typed.
    silent: BTreeSet<&'static str>,
    determiners: BTreeSet<&'static str>,
    negations: BTreeSet<&'static str>,
    light: BTreeSet<String>,
    people: BTreeSet<String>,
    verbs: BTreeSet<String>,
    either: BTreeSet<String>,
    meanings: BTreeMap<String, Vec<u16>>,
    /// First stem → the rest of each phrase, with what it means.
    phrases: BTreeMap<String, Vec<Idiom>>,
}

/// Words that mean something together.
pub(super) struct Idiom {
    pub rest: Vec<String>,
    pub meanings: Vec<u16>,
    pub is_verb: bool,
}

/// Read once; the text is part of the program.
pub(super) static LEXICON: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("words.txt")));

impl Lexicon {
    fn read(text: &'static str) -> Self {
        let mut lexicon = Self {
            silent: BTreeSet::new(),
            determiners: BTreeSet::new(),
            negations: BTreeSet::new(),
            light: BTreeSet::new(),
            people: BTreeSet::new(),
            verbs: BTreeSet::new(),
            either: BTreeSet::new(),
            meanings: BTreeMap::new(),
            phrases: BTreeMap::new(),
        };
        let mut section = "";
        let mut meaning = 0;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
                continue;
            }
            meaning += 1;
            for entry in entries(line) {
                lexicon.add(section, entry, meaning);
            }
        }
        lexicon
    }

    fn add(&mut self, section: &str, entry: &'static str, meaning: u16) {
        if entry.contains(' ') {
            return self.add_idiom(section, entry, meaning);
        }
        match section {
            "silent" => drop(self.silent.insert(entry)),
            "determiner" => drop(self.determiners.insert(entry)),
            "negation" => drop(self.negations.insert(entry)),
            "light" => drop(self.light.insert(stem(entry))),
            "people" => drop(self.people.insert(stem(entry))),
            "verb" => drop(self.verbs.insert(stem(entry))),
            "either" => drop(self.either.insert(stem(entry))),
            _ => {
                let known = self.meanings.entry(stem(entry)).or_default();
                if known.last() != Some(&meaning) {
                    known.push(meaning);
                }
            }
        }
    }

    fn add_idiom(&mut self, section: &str, entry: &str, meaning: u16) {
        let mut stems = entry.split(' ').map(stem);
        let Some(first) = stems.next() else {
            return;
        };
        let rest: Vec<String> = stems.collect();
        let known = self.phrases.entry(first).or_default();
        let is_verb = section == "verb";
        let meanings = if is_verb { Vec::new() } else { vec![meaning] };
        match known.iter_mut().find(|idiom| idiom.rest == rest) {
            Some(idiom) => {
                idiom.is_verb |= is_verb;
                idiom.meanings.extend(meanings);
            }
            None => {
                known.push(Idiom {
                    rest,
                    meanings,
                    is_verb,
                });
                // The longest is tried first.
                known.sort_by_key(|idiom| std::cmp::Reverse(idiom.rest.len()));
            }
        }
    }

    /// Whether the word, as typed in lower case, says nothing by itself.
    pub fn is_silent(&self, word: &str) -> bool {
        self.silent.contains(word) || self.negations.contains(word)
    }

    /// Words that say nothing by themselves, as typed.
    pub fn silent(&self) -> impl Iterator<Item = &str> {
        self.silent.iter().copied()
    }

    /// Whether an object follows a verb through this word.
    pub fn is_determiner(&self, word: &str) -> bool {
        self.determiners.contains(word)
    }

    /// Whether it turns the request around.
    pub fn is_negation(&self, word: &str) -> bool {
        self.negations.contains(word) || word.ends_with("n't") || word.ends_with("n’t")
    }

    /// A verb that fits nearly every request, and so tells little.
    pub fn is_light(&self, stem: &str) -> bool {
        self.light.contains(stem)
    }

    /// Somebody for whom it is done.
    pub fn is_people(&self, stem: &str) -> bool {
        self.people.contains(stem)
    }

    /// A verb wherever it stands.
    pub fn is_verb(&self, stem: &str) -> bool {
        self.verbs.contains(stem) && !self.either.contains(stem)
    }

    /// A verb where an object follows, else a noun or an adjective.
    pub fn is_either(&self, stem: &str) -> bool {
        self.either.contains(stem)
    }

    /// The meanings of a word; words that share one are alike.
    pub fn meanings(&self, stem: &str) -> &[u16] {
        self.meanings.get(stem).map_or(&[], Vec::as_slice)
    }

    /// Phrases that begin with this word, the longest first.
    pub fn idioms(&self, first: &str) -> &[Idiom] {
        self.phrases.get(first).map_or(&[], Vec::as_slice)
    }

    /// Words that somebody may have mistyped.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        let sections = self.meanings.keys().chain(&self.verbs).chain(&self.people);
        sections.chain(self.phrases.keys()).map(String::as_str)
    }

    /// Whether the word is known at all, so that it is no typing mistake.
    pub fn knows(&self, stem: &str) -> bool {
        self.meanings.contains_key(stem)
            || self.verbs.contains(stem)
            || self.either.contains(stem)
            || self.people.contains(stem)
            || self.light.contains(stem)
            || self.phrases.contains_key(stem)
    }
}

/// The words of a line; what stands in quotes is one entry.
fn entries(line: &'static str) -> impl Iterator<Item = &'static str> {
    line.split('"').enumerate().flat_map(|(place, part)| {
        let quoted = place % 2 == 1;
        let whole = quoted.then_some(part);
        let words = if quoted { "" } else { part };
        whole.into_iter().chain(words.split_whitespace())
    })
}

/// A word without the endings of English: `checks`, `checking` and `checked` are one.
pub(super) fn stem(word: &str) -> String {
    let word = word
        .strip_suffix("'s")
        .or_else(|| word.strip_suffix("’s"))
        .unwrap_or(word);
    if !word.is_ascii() || word == "news" {
        return word.to_owned();
    }
    let base = without_plural(word);
    let base = match base.strip_suffix("ing").or_else(|| base.strip_suffix("ed")) {
        Some(short) if short.len() >= 4 && short.bytes().any(is_vowel) => undoubled(short),
        _ => base,
    };
    let base = match base.strip_suffix('e') {
        Some(short) if short.len() >= 4 => short.to_owned(),
        _ => base,
    };
    match base.strip_suffix('y') {
        Some(short) if short.len() >= 3 => format!("{short}i"),
        _ => base,
    }
}

fn without_plural(word: &str) -> String {
    if let Some(short) = word.strip_suffix("ies").filter(|short| short.len() >= 3) {
        return format!("{short}y");
    }
    for ending in ["sses", "shes", "ches", "xes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    let is_plural = word.len() > 3
        && word.ends_with('s')
        && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    word[..word.len() - usize::from(is_plural)].to_owned()
}

fn undoubled(short: &str) -> String {
    let bytes = short.as_bytes();
    let doubled = bytes.len() > 3
        && bytes[bytes.len() - 1] == bytes[bytes.len() - 2]
        && !b"lsz".contains(&bytes[bytes.len() - 1]);
    short[..short.len() - usize::from(doubled)].to_owned()
}

fn is_vowel(letter: u8) -> bool {
    b"aeiouy".contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for forms in [
            ["check", "checks", "checking"],
            ["write", "writes", "writing"],
            ["commit", "committed", "commits"],
            ["repository", "repositories", "repository"],
            ["release", "releases", "released"],
            ["note", "notes", "note's"],
            ["site", "sites", "site's"],
        ] {
            let stems: BTreeSet<String> = forms.iter().map(|form| stem(form)).collect();
            assert_eq!(stems.len(), 1, "{forms:?}: {stems:?}");
        }
        assert_ne!(stem("news"), stem("new"));
        assert_ne!(stem("status"), stem("state"));
    }

    #[test]
    fn alike_words_share_a_meaning_and_others_do_not() {
        let share = |a: &str, b: &str| {
            let b = LEXICON.meanings(&stem(b));
            LEXICON.meanings(&stem(a)).iter().any(|one| b.contains(one))
        };
        assert!(share("recap", "summary"));
        assert!(share("offline", "reachable"));
        assert!(!share("delete", "check"));
        assert!(
            LEXICON
                .idioms("sum")
                .iter()
                .any(|idiom| idiom.rest == ["up"])
        );
    }
}
