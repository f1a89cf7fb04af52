//! How common a word is in general: what everybody says tells one conversation from no other.
//!
//! The list is of spoken English (`english/LICENSE.txt` says from where). A conversation in another
//! language is measured against itself: what it says most often is what that language says most often.
//! **Invariant:** the answer depends on the word and on the conversation alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Words with their Zipf frequency in tenths.
static WORDS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    include_str!("english/words.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(word, tenths)| (word, tenths.parse().unwrap_or(0)))
        .collect()
});

/// The Zipf frequency of what the list does not hold: below its rarest words, which stand at 2.4.
const UNLISTED: f64 = 2.0;
/// From here on a word is everyday talk: one in ten thousand and more, about the thousand commonest.
pub const EVERYDAY: f64 = 5.0;
/// The least share of a text in English that its thousand commonest words make up. They are four of
/// five words of talk; names, code and lists leave one of three.
const ENGLISH_SHARE: f64 = 0.35;
/// Words that are counted before a text says which language it is in.
const SAMPLE: usize = 20_000;

/// Frequencies for one conversation.
pub enum Frequency {
    English,
    /// Counts of the conversation itself, and of all its words together.
    Own(BTreeMap<String, usize>, usize),
}

impl Frequency {
    /// The frequencies that fit a conversation with these words.
    #[must_use]
    pub fn of(words: impl Iterator<Item = String>) -> Self {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let (mut all, mut everyday) = (0_usize, 0_usize);
        for word in words.take(SAMPLE) {
            all += 1;
            everyday += usize::from(english(&word) >= EVERYDAY);
            *counts.entry(word).or_default() += 1;
        }
        if super::words::share(everyday, all.max(1)) >= ENGLISH_SHARE {
            Self::English
        } else {
            Self::Own(counts, all)
        }
    }

    /// The Zipf frequency of a word in small letters: the logarithm of its count among a thousand
    /// million words. 7 is "the", 5 one word in ten thousand.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words are far below 2^52"
    )]
    pub fn zipf(&self, word: &str) -> f64 {
        match self {
            Self::English => english(word),
            // A word that stands once tells nothing about how often it is said elsewhere.
            Self::Own(counts, all) => match counts.get(word) {
                Some(count) if *count > 1 => {
                    9.0 + (*count as f64 / (*all).max(SMALL) as f64).log10()
                }
                _ => UNLISTED,
            },
        }
    }
}

/// In a text of fewer words than this, each word would look common.
const SMALL: usize = 100_000;

fn english(word: &str) -> f64 {
    WORDS
        .get(word)
        .map_or(UNLISTED, |tenths| f64::from(*tenths) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::words::words;

    #[test]
    fn the_list_is_complete_and_no_word_stands_twice() {
        let lines = include_str!("english/words.txt").lines();
        let tenths = |line: &str| line.split_once(' ').map(|(_, tenths)| tenths.parse::<u8>());
        let all: Vec<u8> = lines.map(|line| tenths(line).unwrap().unwrap()).collect();
        assert!(all.len() > 30_000 && all.iter().all(|tenths| (20..80).contains(tenths)));
        assert_eq!(WORDS.len(), all.len());
    }

    #[test]
    fn what_everybody_says_is_common_in_any_language() {
        let english = Frequency::of(words(
            "I think that we should go and see what they have for us",
        ));
        assert!(matches!(english, Frequency::English));
        assert!(english.zipf("think") > EVERYDAY && english.zipf("pendant") < EVERYDAY);
        let german = "Ich habe den Termin beim Zahnarzt und den Kuchen und die Rechnung vergessen. "
            .repeat(9) + "Der Leuchtturm steht auf Amrum.";
        let german = Frequency::of(words(&german));
        assert!(matches!(german, Frequency::Own(..)));
        assert!(german.zipf("und") > german.zipf("zahnarzt"));
        assert!(german.zipf("amrum") < EVERYDAY);
    }
}
