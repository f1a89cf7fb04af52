//! Lists of names that nothing else in a briefing mentions, each under what was being done.
//!
//! A list holds more names for its tokens than statements do, and says less about them.

use std::collections::BTreeMap;

use krake_domain::briefing::ItemKind;
use krake_domain::session::{MessageKind, Role};

use super::draft::Draft;
use super::escape::{inline, quoted};
use super::line::Line;
use super::names::Names;
use super::timeline::Timeline;
use super::words::{clip, content, is_function_word, sentences};

/// Lists names that nothing in the draft mentions, together where a message holds several of them.
pub fn list_names(draft: &mut Draft<'_>, timeline: &Timeline<'_>, names: &Names, most_tokens: u64) {
    let mut holders: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for number in names.ranked() {
        let name = names.get(number);
        if name.worth < LEAST_WORTH {
            break;
        }
        if !draft.covers(number) && !draft.refuses(ItemKind::Statement, &name.text) {
            for place in &name.seen {
                holders.entry(*place).or_default().push(number);
            }
        }
    }
    let mut left = most_tokens.min(draft.left());
    let labelled = draft.limit() >= LABELLED_FROM;
    let label_tokens = if labelled { LABEL_TOKENS } else { 0.0 };
    while left > LIST_TOKENS {
        let best = holders
            .iter()
            .map(|(place, held)| (*place, rate_of_list(draft, names, held, label_tokens)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let Some((place, rate)) = best.filter(|(_, rate)| *rate > 0.0) else {
            break;
        };
        let held = holders.remove(&place).unwrap_or_default();
        let head = head(timeline, place, labelled);
        let Some((line, listed)) = list(draft, names, head, &held, left, rate) else {
            continue;
        };
        if let Some(cost) = draft.take(line, left) {
            left -= cost.min(left);
            for name in listed {
                draft.cover(name);
            }
        }
    }
}

/// A name joins a list while it is worth its tokens at this share of the whole.
const LEAST_RATE: f64 = 0.3;
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
fn rate_of_list(draft: &Draft<'_>, names: &Names, held: &[usize], label_tokens: f64) -> f64 {
    let (mut worth, mut cost, mut best) = (0.0, LIST_TOKENS as f64 + label_tokens, 0.0_f64);
    for name in uncovered(draft, held) {
        worth += names.get(name).worth;
        cost += names.get(name).cost as f64 + 1.0;
        best = best.max(worth / cost);
    }
    best
}

/// A list without its names yet.
fn head(timeline: &Timeline<'_>, place: usize, labelled: bool) -> Line {
    let mut line = Line {
        kind: ItemKind::Statement,
        text: String::new(),
        sources: vec![timeline.source(place)],
        weight: 0.0,
        list: true,
        place,
    };
    if let Some((said_at, label)) = label(timeline, place).filter(|_| labelled) {
        line.text = label;
        if said_at != place {
            line.sources.push(timeline.source(said_at));
        }
    }
    line
}

/// The list of a message: names are added while they are worth their tokens as much as the whole.
#[expect(clippy::cast_precision_loss, reason = "costs are far below 2^52")]
fn list(
    draft: &Draft<'_>,
    names: &Names,
    mut line: Line,
    held: &[usize],
    left: u64,
    rate: f64,
) -> Option<(Line, Vec<usize>)> {
    let mut listed = Vec::new();
    let bare = line.text.len();
    for number in uncovered(draft, held) {
        let name = names.get(number);
        let own_rate = name.worth / (name.cost as f64 + 1.0);
        let mut longer = line.clone();
        if !longer.text.is_empty() {
            longer.text.push_str(if longer.text.len() == bare {
                ": "
            } else {
                ", "
            });
        }
        longer.text.push_str(&inline(&name.text));
        longer.weight += name.worth;
        if longer.cost() > left || (line.text.len() > bare && own_rate < rate * LEAST_RATE) {
            break;
        }
        line = longer;
        listed.push(number);
    }
    (!listed.is_empty()).then_some((line, listed))
}

/// What the account said it was doing when a message came: a list of names alone says nothing about
/// them.
fn label(timeline: &Timeline<'_>, place: usize) -> Option<(usize, String)> {
    (place.saturating_sub(LABEL_BEFORE)..=place)
        .rev()
        .find_map(|at| {
            let message = timeline.at(at);
            let says = message.role == Role::Assistant
                && matches!(message.kind, MessageKind::Text | MessageKind::Thinking);
            if !says || !timeline.same_session(at, place) {
                return None;
            }
            let sentence = sentences(&message.text)
                .filter(|sentence| content(sentence).len() >= 3)
                .last()?;
            Some((at, quoted(&in_short(sentence))))
        })
}

/// A sentence as a heading: without the words that open what an account is about to do, and not ending
/// on a word that waits for the next.
fn in_short(sentence: &str) -> String {
    let bare = |word: &str| {
        word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .to_lowercase()
    };
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let opening = words
        .iter()
        .take_while(|word| OPENS.binary_search(&bare(word).as_str()).is_ok())
        .count();
    let clipped = clip(&words[opening..].join(" "), LABEL_WORDS);
    let mut said: Vec<&str> = clipped.split(' ').collect();
    while said.len() > 1
        && said.last().is_some_and(|word| {
            let word = bare(word);
            word.is_empty() || is_function_word(&word)
        })
    {
        said.pop();
    }
    said.join(" ")
        .trim_end_matches(['.', ',', ':', ';'])
        .to_owned()
}

/// Words before the verb of "Now let me look at the tests".
const OPENS: [&str; 22] = [
    "actually", "also", "first", "going", "good", "great", "hmm", "i", "i'll", "i'm", "let",
    "let's", "me", "need", "next", "now", "ok", "okay", "perfect", "then", "to", "will",
];

/// Below this budget names stand alone: more of them fit.
const LABELLED_FROM: u64 = 800;
/// Tokens of a label with its own citation.
const LABEL_TOKENS: f64 = 12.0;
/// Words of a label, and how many messages before the names it may stand.
const LABEL_WORDS: usize = 9;
const LABEL_BEFORE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_says_what_was_being_done_and_ends_on_a_word_that_says_something() {
        assert!(OPENS.is_sorted());
        let table = [
            (
                "Now let me look at the tests of the cart to see whether they hold.",
                "look at the tests of the cart to see",
            ),
            ("Hmm, I need to update the cart as:", "update the cart"),
            ("The cause is the rounding.", "The cause is the rounding"),
            ("Let me", ""),
        ];
        for (sentence, label) in table {
            assert_eq!(in_short(sentence), label, "{sentence}");
        }
    }
}
