//! The choice of statements: what adds most for its tokens, again and again.
//!
//! A submodular function under a budget (Lin and Bilmes, 2011): names count once, words with falling
//! worth, gains are weighed by cost to a power below 1. Gains only fall, so a heap with stale values
//! finds the best piece without looking at all of them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use krake_domain::briefing::ItemKind;

use super::draft::Draft;
use super::line::Line;
use super::names::Names;
use super::statements::{Unit, Units};
use super::timeline::Timeline;

/// What a further mention of a word is worth of the one before.
const SATURATION: f64 = 0.45;
/// Worth of a word beside that of names, where tools were used.
const WORD_SHARE: f64 = 0.0015;
/// What names are worth in a piece that says nothing about them: the lists hold them for less.
const BARE: f64 = 0.4;
/// Below 1, so that a long piece is not passed over for many short ones.
const COST_POWER: f64 = 0.85;
/// A citation and the marks of a line, in tokens.
const LINE_TOKENS: f64 = 7.0;
/// A line of statements is not longer than this.
const LINE_CHARS: usize = 360;

/// Fills the draft with statements until it has no more than `reserve` tokens left.
pub fn fill(
    draft: &mut Draft<'_>,
    timeline: &Timeline<'_>,
    names: &Names,
    units: &Units,
    chat: bool,
    reserve: u64,
) {
    let mut taken = Taken {
        uses: vec![0; units.word_weights.len()],
        word_share: if chat { 0.02 } else { WORD_SHARE },
    };
    let mut heap: BinaryHeap<Ranked> = units
        .list
        .iter()
        .enumerate()
        .map(|(number, unit)| Ranked {
            rate: taken.rate(draft, names, units, unit),
            number,
        })
        .collect();
    while let Some(best) = heap.pop() {
        let room = draft.left().saturating_sub(reserve);
        if best.rate <= 0.0 || room < 12 {
            break;
        }
        let unit = &units.list[best.number];
        let rate = taken.rate(draft, names, units, unit);
        if heap.peek().is_some_and(|next| rate < next.rate) {
            heap.push(Ranked {
                rate,
                number: best.number,
            });
            continue;
        }
        let line = Line {
            list: false,
            kind: ItemKind::Statement,
            text: unit.text.clone(),
            sources: vec![timeline.source(unit.place)],
            weight: rate,
            place: unit.place,
        };
        if draft
            .extend(&line, room, LINE_CHARS)
            .or_else(|| draft.take(line, room))
            .is_some()
        {
            for word in &unit.words {
                taken.uses[*word] += 1;
            }
        }
    }
}

/// Lists names that nothing in the draft mentions, together where a message holds several of them.
pub fn list_names(draft: &mut Draft<'_>, timeline: &Timeline<'_>, names: &Names, most_tokens: u64) {
    let mut holders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for number in names.ranked() {
        let name = names.get(number);
        if name.worth < LEAST_WORTH {
            break;
        }
        if !draft.covers(number) {
            for place in &name.seen {
                holders.entry(*place).or_default().push(number);
            }
        }
    }
    let mut left = most_tokens.min(draft.left());
    while left > LIST_TOKENS {
        let best = holders
            .iter()
            .map(|(place, held)| (*place, rate_of_list(draft, names, held)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let Some((place, rate)) = best.filter(|(_, rate)| *rate > 0.0) else {
            break;
        };
        let held = holders.remove(&place).unwrap_or_default();
        let line = list(draft, timeline, names, place, &held, left, rate);
        if let Some(cost) = line.and_then(|line| draft.take(line, left)) {
            left -= cost.min(left);
        }
    }
}

/// Names with a smaller chance are not listed.
const LEAST_WORTH: f64 = 0.004;
/// Tokens of a list without its names.
const LIST_TOKENS: u64 = 6;
/// Names of one list.
const LIST_NAMES: usize = 14;

fn uncovered<'n>(draft: &Draft<'_>, held: &'n [usize]) -> impl Iterator<Item = usize> + 'n {
    let open: Vec<usize> = held
        .iter()
        .copied()
        .filter(|name| !draft.covers(*name))
        .take(LIST_NAMES)
        .collect();
    open.into_iter()
}

/// The best worth for its tokens that a list of the first names of a message can have.
#[expect(clippy::cast_precision_loss, reason = "costs are far below 2^52")]
fn rate_of_list(draft: &Draft<'_>, names: &Names, held: &[usize]) -> f64 {
    let (mut worth, mut cost, mut best) = (0.0, LIST_TOKENS as f64, 0.0_f64);
    for name in uncovered(draft, held) {
        worth += names.get(name).worth;
        cost += names.get(name).cost as f64 + 1.0;
        best = best.max(worth / cost);
    }
    best
}

/// The list of a message: names are added while they are worth their tokens as much as the whole.
#[expect(clippy::cast_precision_loss, reason = "costs are far below 2^52")]
fn list(
    draft: &Draft<'_>,
    timeline: &Timeline<'_>,
    names: &Names,
    place: usize,
    held: &[usize],
    left: u64,
    rate: f64,
) -> Option<Line> {
    let mut line = Line {
        kind: ItemKind::Statement,
        text: String::new(),
        sources: vec![timeline.source(place)],
        weight: 0.0,
        list: true,
        place,
    };
    for number in uncovered(draft, held) {
        let name = names.get(number);
        let own_rate = name.worth / (name.cost as f64 + 1.0);
        let mut longer = line.clone();
        if !longer.text.is_empty() {
            longer.text.push_str(", ");
        }
        longer.text.push_str(&super::escape::inline(&name.text));
        longer.weight += name.worth;
        if longer.cost() > left || (!line.text.is_empty() && own_rate < rate * 0.5) {
            break;
        }
        line = longer;
    }
    (!line.text.is_empty()).then_some(line)
}

struct Taken {
    uses: Vec<i32>,
    word_share: f64,
}

impl Taken {
    #[expect(clippy::cast_precision_loss, reason = "costs are far below 2^52")]
    fn rate(&self, draft: &Draft<'_>, names: &Names, units: &Units, unit: &Unit) -> f64 {
        let of_names: f64 = unit
            .names
            .iter()
            .filter(|name| !draft.covers(**name))
            .map(|name| names.get(*name).worth)
            .sum();
        let of_names = if unit.tells {
            of_names
        } else {
            of_names * BARE
        };
        let of_words: f64 = unit
            .words
            .iter()
            .map(|word| units.word_weights[*word] * SATURATION.powi(self.uses[*word]))
            .sum();
        let gain = of_names + self.word_share * of_words + unit.bonus;
        gain / (unit.cost as f64 + LINE_TOKENS).powf(COST_POWER)
    }
}

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
