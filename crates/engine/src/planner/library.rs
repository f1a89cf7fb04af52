//! All playbooks, prepared for sentences: done once for a set of playbooks, asked often.

use std::collections::BTreeMap;

use krake_domain::plan::Plan;

use super::lexicon::LEXICON;
use super::profile::Profile;
use super::token::Token;
use super::typo::{meant, swapped};

/// The playbooks that sentences are matched with.
#[derive(Debug, Default)]
pub struct Library {
    pub(super) profiles: Vec<Profile>,
    /// In how many playbooks a word stands.
    spread: BTreeMap<String, u32>,
}

impl Library {
    /// Prepares these playbooks, each with the name to call it by.
    pub fn of<'p>(playbooks: impl IntoIterator<Item = (&'p str, &'p Plan)>) -> Self {
        let profiles: Vec<Profile> = playbooks
            .into_iter()
            .map(|(name, plan)| Profile::of(name, plan))
            .collect();
        let mut spread = BTreeMap::new();
        for profile in &profiles {
            for stem in profile.stems.keys() {
                *spread.entry(stem.clone()).or_default() += 1;
            }
        }
        Self { profiles, spread }
    }

    /// How much words tell one playbook from another: 1 where one has them, less where many do.
    pub(super) fn rarity(&self, stems: &[String]) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "there are few playbooks")]
        let all = self.profiles.len().max(1) as f64;
        let rarity = |stem: &String| {
            let holders = f64::from(self.spread.get(stem).copied().unwrap_or(1));
            ((1.0 + all / holders).ln() / (1.0 + all).ln()).max(0.3)
        };
        stems.iter().map(rarity).fold(0.3, f64::max)
    }

    /// What a word of a request was meant to be, where it is no word that anybody knows.
    pub(super) fn correct(&self, token: &Token<'_>, stem: &str) -> Option<String> {
        let is_name = token.is_capitalised() && !token.opens;
        let is_known =
            LEXICON.is_silent(&token.word) || LEXICON.knows(stem) || self.spread.contains_key(stem);
        if is_known || is_name || !token.is_word() {
            return None;
        }
        // The words of the playbooks come first: it is they that are asked for.
        // Only words with its first letter can be meant.
        let first = stem.chars().next()?;
        let near = self.spread.range(first.to_string()..);
        let near = near.map(|(known, _)| known.as_str());
        meant(stem, near.take_while(|known| known.starts_with(first)))
            .or_else(|| meant(stem, LEXICON.stems()))
            .or_else(|| swapped(&token.word, LEXICON.silent()))
            .map(str::to_owned)
    }
}
