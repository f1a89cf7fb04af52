//! The choice of statements: what adds most for its tokens, again and again.
//!
//! A submodular function under a budget (Lin and Bilmes, 2011): names count once, words with falling
//! worth, gains are weighed by cost to a power below 1. Gains only fall, so a heap with stale values
//! finds the best piece without looking at all of them.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use krake_domain::briefing::ItemKind;
use krake_domain::session::MessageKind;

use super::dated::dated;
use super::draft::Draft;
use super::escape::quoted;
use super::line::Line;
use super::names::Names;
use super::statements::{Unit, Units};
use super::timeline::Timeline;
use super::words::sentences;

/// What a further mention of a word is worth of the one before.
const SATURATION: f64 = 0.45;
/// Worth of a word beside that of names: where tools were used, and in a chat, where names are few.
const WORD_SHARE: f64 = 0.0015;
const WORD_SHARE_IN_CHAT: f64 = 0.02;
/// What names are worth in a piece that says nothing about them: the lists hold them for less.
const BARE: f64 = 0.4;
/// What a name that stands there bare is worth in a piece that says something about it.
const TOLD: f64 = 0.5;
/// Below 1, so that a long piece is not passed over for many short ones.
const COST_POWER: f64 = 0.85;
/// A citation and the marks of a line, in tokens.
const LINE_TOKENS: f64 = 7.0;
/// A line of statements is not longer than this.
const LINE_CHARS: usize = 360;

/// The choice, which remembers what was said from one call to the next.
pub struct Fill<'a> {
    timeline: &'a Timeline<'a>,
    names: &'a Names,
    units: &'a Units,
    /// How often each word was said.
    uses: Vec<i32>,
    word_share: f64,
}

impl<'a> Fill<'a> {
    /// Nothing is chosen yet.
    #[must_use]
    pub fn new(timeline: &'a Timeline<'a>, names: &'a Names, units: &'a Units, chat: bool) -> Self {
        Self {
            timeline,
            names,
            units,
            uses: vec![0; units.word_weights.len()],
            word_share: if chat { WORD_SHARE_IN_CHAT } else { WORD_SHARE },
        }
    }

    /// Adds statements until the draft has no more than `reserve` tokens left.
    pub fn statements(&mut self, draft: &mut Draft<'_>, reserve: u64) {
        self.choose(draft, &self.units.list, ItemKind::Statement, reserve);
    }

    /// Adds what is left to say in its short form.
    pub fn shortened(&mut self, draft: &mut Draft<'_>) {
        self.choose(draft, &self.units.shortened(), ItemKind::Shortened, 0);
    }

    fn choose(&mut self, draft: &mut Draft<'_>, list: &[Unit], kind: ItemKind, reserve: u64) {
        let mut heap: BinaryHeap<Ranked> = list
            .iter()
            .enumerate()
            .map(|(number, unit)| Ranked {
                rate: self.rate(draft, unit),
                number,
            })
            .collect();
        while let Some(best) = heap.pop() {
            let room = draft.left().saturating_sub(reserve);
            if best.rate <= 0.0 || room < LEAST_ROOM {
                break;
            }
            let unit = &list[best.number];
            if unit.cost > room {
                continue;
            }
            let rate = self.rate(draft, unit);
            if heap.peek().is_some_and(|next| rate < next.rate) {
                heap.push(Ranked {
                    rate,
                    number: best.number,
                });
                continue;
            }
            let line = self.line(unit.place, &unit.text, kind, rate);
            let taken = draft
                .extend(&line, room, LINE_CHARS)
                .or_else(|| draft.take(line, room));
            if taken.is_some() {
                for word in &unit.words {
                    self.uses[*word] += 1;
                }
            }
        }
    }

    /// Adds all that was said and is not told yet, where there is room for all of it: a short talk needs
    /// no choice.
    pub fn whole(&mut self, draft: &mut Draft<'_>) {
        let said = |place: &usize| self.timeline.at(*place).kind == MessageKind::Text;
        let mut untold = Vec::new();
        let mut cost = 0;
        for place in (0..self.timeline.moments.len()).filter(said) {
            let line = |text: &str| self.line(place, &quoted(text), ItemKind::Statement, 0.0);
            let sentences = sentences(&self.timeline.at(place).text);
            let rest: Vec<&str> = sentences
                .filter(|sentence| !draft.holds(&line(sentence)))
                .collect();
            if !rest.is_empty() {
                let line = line(&rest.join(" "));
                cost += line.cost();
                untold.push(line);
            }
            if cost > draft.left() {
                return;
            }
        }
        for line in untold {
            let room = draft.left();
            draft.put(line, room);
        }
    }

    fn line(&self, place: usize, text: &str, kind: ItemKind, weight: f64) -> Line {
        Line {
            list: false,
            kind: match self.timeline.is_captured(place) {
                true => ItemKind::Captured,
                false => kind,
            },
            text: dated(text, self.timeline.at(place).at).into_owned(),
            sources: vec![self.timeline.source(place)],
            weight,
            place,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "costs are far below 2^52")]
    fn rate(&self, draft: &Draft<'_>, unit: &Unit) -> f64 {
        let of_names: f64 = unit
            .names
            .iter()
            .filter(|name| !draft.tells_of(**name))
            .map(|name| {
                let worth = self.names.get(*name).worth;
                match (draft.covers(*name), unit.tells) {
                    (false, _) => worth,
                    (true, true) => worth * TOLD,
                    (true, false) => 0.0,
                }
            })
            .sum();
        if !unit.tells && of_names == 0.0 {
            return 0.0;
        }
        let of_names = if unit.tells {
            of_names
        } else {
            of_names * BARE
        };
        let of_words: f64 = unit
            .words
            .iter()
            .map(|word| self.units.word_weights[*word] * SATURATION.powi(self.uses[*word]))
            .sum();
        let gain = of_names + self.word_share * of_words + unit.bonus;
        gain / (unit.cost as f64 + LINE_TOKENS).powf(COST_POWER)
    }
}

/// Fewer tokens hold no line.
const LEAST_ROOM: u64 = 12;

/// A piece by its gain for its cost; among equals the earlier first.
struct Ranked {
    rate: f64,
    number: usize,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rate
            .total_cmp(&other.rate)
            .then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

#[cfg(test)]
mod tests {
    use krake_domain::briefing::Briefing;
    use krake_domain::session::{Message, Role, Transcript};

    use super::super::{Request, SessionInput, brief};
    use super::*;

    /// What user and account say by turns, in 600 tokens.
    fn briefed<'t>(said: impl Iterator<Item = &'t str>) -> Briefing {
        let roles = [Role::User, Role::Assistant].into_iter().cycle();
        let messages = said.zip(roles).map(|(text, role)| Message {
            role,
            kind: MessageKind::Text,
            text: text.to_owned(),
            ..Message::default()
        });
        let transcript = Transcript {
            messages: messages.collect(),
            ..Transcript::default()
        };
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        brief(&Request {
            sessions: &sessions,
            facts: &[],
            budget: 600,
            goal: None,
            rules: &[],
        })
    }

    #[test]
    fn a_talk_that_fits_is_told_whole_and_one_that_does_not_is_chosen_from() {
        let said = [
            "what is 2+2?",
            "4",
            "and twice that?",
            "8. Is that all?",
            "ok",
        ];
        let whole = briefed(said.into_iter());
        for text in said {
            let lines = whole.items.iter().filter(|item| item.text == text);
            assert_eq!(lines.count(), 1, "{text}\n{}", whole.text);
        }
        let long = ["what is 2+2?", "4"]
            .into_iter()
            .chain(["?", "4"].into_iter().cycle().take(400));
        let chosen = briefed(long);
        assert!(
            !chosen.text.contains("- 4 [") && chosen.tokens <= 600,
            "{}",
            chosen.text
        );
    }
}
