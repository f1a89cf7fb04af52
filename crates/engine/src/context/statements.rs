//! What was said and done, cut into pieces that can stand alone.

use std::collections::{BTreeMap, HashMap};

use krake_domain::session::{Message, MessageKind, Role};

use super::calls::{Act, act, first_line, own_words};
use super::escape::quoted;
use super::estimate::tokens;
use super::frequency::{EVERYDAY, Frequency};
use super::names::Names;
use super::shorten::shorten;
use super::timeline::Timeline;
use super::when::says_when;
use super::words::{clip, is_function_word, sentences, words};

/// One piece: a sentence, a stretch of a long one, or a call.
#[derive(Clone)]
pub struct Unit {
    pub place: usize,
    pub text: String,
    /// Numbers of the names in it.
    pub names: Vec<usize>,
    /// Numbers of the words in it, each once.
    pub words: Vec<usize>,
    /// Whether it says something about its names; a bare line of code or a path does not.
    pub tells: bool,
    /// Worth that does not shrink with what was chosen before.
    pub bonus: f64,
    pub cost: u64,
}

/// All pieces, and what each of their words weighs.
pub struct Units {
    pub list: Vec<Unit>,
    pub word_weights: Vec<f64>,
}

impl Units {
    /// The same pieces without the words that can be done without.
    #[must_use]
    pub fn shortened(&self) -> Vec<Unit> {
        let shortened = |unit: &Unit| {
            let text = shorten(&unit.text);
            Unit {
                cost: tokens(&text),
                text,
                ..unit.clone()
            }
        };
        self.list.iter().map(shortened).collect()
    }
}

/// Words of a piece: a long sentence of technical prose.
const PIECE_WORDS: usize = 24;
/// Words of a stretch of a chat: two such sentences, so that a question stands beside its answer.
const TURN_WORDS: usize = 48;
/// Words around a name, where the sentence around it is long: a clause on each side.
const WINDOW_WORDS: usize = 15;
/// Names that get a window of their own: more than the largest briefing can print.
const WINDOWS: usize = 400;

/// Cuts the timeline. In a chat, the words carry the worth; where tools were used, the names do.
#[must_use]
pub fn units(timeline: &Timeline<'_>, names: &Names, chat: bool, goal: Option<&str>) -> Units {
    let mut pieces = Pieces {
        names,
        seen: HashMap::new(),
        list: Vec::new(),
    };
    let frequency = if chat {
        Frequency::of(
            timeline
                .moments
                .iter()
                .flat_map(|moment| words(&moment.message.text)),
        )
    } else {
        Frequency::English
    };
    for place in 0..timeline.moments.len() {
        let message = timeline.at(place);
        match message.kind {
            MessageKind::Meta | MessageKind::ToolResult | MessageKind::Limit => {}
            MessageKind::ToolCall => pieces.add(place, &clip(&call(message), PIECE_WORDS), 0.0),
            MessageKind::Text | MessageKind::Thinking | MessageKind::Summary if chat => {
                for turn in turns(&message.text, &frequency) {
                    pieces.add(place, &turn, 0.0);
                }
            }
            MessageKind::Text | MessageKind::Thinking | MessageKind::Summary => {
                for sentence in sentences(&message.text) {
                    let bonus = bonus(timeline, place, sentence);
                    for piece in chunks(sentence) {
                        pieces.add(place, &piece, bonus);
                    }
                }
            }
        }
    }
    if !chat {
        for number in names.ranked().into_iter().take(WINDOWS) {
            let name = names.get(number);
            let Some(place) = name.last_own.or(name.seen.last().copied()) else {
                continue;
            };
            if let Some(window) = window(&own_words(timeline.at(place)), &name.text) {
                pieces.add(place, &window, 0.0);
            }
        }
    }
    weigh(pieces.list, chat.then_some(&frequency), goal)
}

struct Pieces<'n> {
    names: &'n Names,
    seen: HashMap<String, usize>,
    list: Vec<Unit>,
}

impl Pieces<'_> {
    /// The same words said again replace the earlier: the later place is the one to cite.
    fn add(&mut self, place: usize, text: &str, bonus: f64) {
        let text = quoted(text);
        let key: String = words(&text).collect::<Vec<_>>().join(" ");
        if key.len() < 8 {
            return;
        }
        if let Some(at) = self.seen.get(&key) {
            let unit = &mut self.list[*at];
            unit.place = unit.place.max(place);
            return;
        }
        self.seen.insert(key, self.list.len());
        let names = self.names.within(&text);
        let tells = tells(
            &text,
            names.iter().map(|name| self.names.get(*name).text.as_str()),
        );
        let cost = tokens(&text);
        self.list.push(Unit {
            place,
            text,
            names,
            words: Vec::new(),
            tells,
            bonus,
            cost,
        });
    }
}

/// A call in words: the command itself, or the tool with what it was given.
fn call(message: &Message) -> String {
    if let Act::Shell { command, .. } = act(message) {
        return first_line(&command).to_owned();
    }
    let said = own_words(message);
    match &message.tool {
        Some(tool) if !said.trim().is_empty() => format!("{}: {said}", tool.name),
        _ => String::new(),
    }
}

/// What one turn of a chat says: its sentences together, without questions to the partner and
/// without those of everyday words only, in stretches that can be chosen one by one.
fn turns(text: &str, frequency: &Frequency) -> Vec<String> {
    let mut turns: Vec<String> = Vec::new();
    let telling = |sentence: &&str| {
        let question = sentence.ends_with('?');
        let rare = words(sentence)
            .filter(|word| {
                word.len() > 2 && !is_function_word(word) && frequency.zipf(word) < EVERYDAY
            })
            .count();
        // A number is as telling as a rare word; a question has to bring more than it asks for.
        let number = sentence.contains(|letter: char| letter.is_ascii_digit());
        rare + usize::from(number) >= if question { 3 } else { 2 }
    };
    for sentence in sentences(text).filter(telling) {
        for piece in chunks(sentence) {
            match turns.last_mut() {
                Some(turn)
                    if turn.split_whitespace().count() + piece.split_whitespace().count()
                        <= TURN_WORDS =>
                {
                    turn.push(' ');
                    turn.push_str(&piece);
                }
                _ => turns.push(piece),
            }
        }
    }
    turns
}

fn chunks(sentence: &str) -> Vec<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    if words.len() <= PIECE_WORDS + 6 {
        return vec![clip(sentence, PIECE_WORDS + 6)];
    }
    words
        .chunks(PIECE_WORDS)
        .map(|chunk| clip(&chunk.join(" "), PIECE_WORDS))
        .collect()
}

/// The words around the last mention of a name; `None` where the line is short anyway.
#[must_use]
pub fn window(text: &str, name: &str) -> Option<String> {
    let last_part = name.rsplit('/').next().unwrap_or(name);
    let line = text.lines().rev().find(|line| line.contains(last_part))?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| word.contains(last_part))?;
    if words.len() <= WINDOW_WORDS + 4 && words.len() > 3 {
        return Some(words.join(" "));
    }
    let from = at.saturating_sub(WINDOW_WORDS / 2);
    let to = (from + WINDOW_WORDS).min(words.len());
    Some(clip(&words[from..to].join(" "), WINDOW_WORDS))
}

/// What a sentence is worth for its place and its form. The words said right after a result are what
/// the account read out of it; the last words of a turn report it; a sentence that gives a reason
/// holds what cannot be read off the files. The three add up, and a user's word counts as one of them.
fn bonus(timeline: &Timeline<'_>, place: usize, sentence: &str) -> f64 {
    const STEP: f64 = 0.02;
    let message = timeline.at(place);
    let beside = |at: Option<usize>| {
        at.and_then(|at| timeline.moments.get(at))
            .map(|moment| moment.message)
    };
    let before = beside(place.checked_sub(1));
    let after = beside(Some(place + 1));
    let reads = before.is_some_and(|before| before.kind == MessageKind::ToolResult);
    let reports = message.kind == MessageKind::Text
        && after.is_none_or(|after| after.role == Role::User && after.kind == MessageKind::Text);
    let reasons =
        words(sentence).any(|word| matches!(word.as_str(), "because" | "therefore" | "but"));
    let speaks = (message.role == Role::User && !timeline.is_captured(place))
        || message.kind == MessageKind::Summary;
    [reads, reports, reasons, speaks]
        .into_iter()
        .map(|holds| if holds { STEP } else { 0.0 })
        .sum()
}

/// Numbers the words and weighs them. Beside tools the rare ones carry more. In a chat it is what is
/// rarely said elsewhere, and more so what this chat comes back to, up to what stands in every tenth
/// turn.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of words are far below 2^52"
)]
fn weigh(mut list: Vec<Unit>, chat: Option<&Frequency>, goal: Option<&str>) -> Units {
    // Each word of a session is looked up here: words by their numbers, and numbers by their words.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut spelled: Vec<String> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    for unit in &mut list {
        for word in words(&unit.text)
            .filter(|word| !is_function_word(word) && word.chars().nth(1).is_some())
        {
            let number = match numbers.get(&word) {
                Some(number) => *number,
                None => {
                    counts.push(0);
                    spelled.push(word.clone());
                    numbers.insert(word, spelled.len() - 1);
                    spelled.len() - 1
                }
            };
            if !unit.words.contains(&number) {
                unit.words.push(number);
                counts[number] += 1;
            }
        }
    }
    let mut proper: BTreeMap<String, usize> = BTreeMap::new();
    if chat.is_some() {
        for unit in &list {
            for word in named_words(&unit.text) {
                *proper.entry(word).or_default() += 1;
            }
        }
        for unit in &mut list {
            unit.bonus += if says_when(&unit.text) { WHEN } else { 0.0 };
            let counts = unit.text.contains(|letter: char| letter.is_ascii_digit());
            unit.bonus += if counts { HOW_MANY } else { 0.0 };
        }
    }
    let total = list.len().max(1) as f64;
    let mut word_weights = vec![0.0; counts.len()];
    for (number, word) in spelled.iter().enumerate() {
        let count = counts[number].max(1) as f64;
        word_weights[number] = match chat {
            None => (total / count).ln().max(0.5),
            Some(frequency) => {
                let named = proper
                    .get(word)
                    .is_some_and(|named| *named * 2 > counts[number]);
                let common = frequency.zipf(word);
                let common = if named { common.min(NAMED) } else { common };
                let rare = (COMMONEST - common).max(0.0);
                rare * (1.0 + 0.35 * count.min(total * 0.1).max(1.0).ln())
            }
        };
    }
    for word in goal.into_iter().flat_map(words) {
        if let Some(number) = numbers.get(&word).filter(|_| !is_function_word(&word)) {
            word_weights[*number] *= 4.0;
        }
    }
    Units { list, word_weights }
}

/// The Zipf frequency of the commonest words, which weigh nothing.
const COMMONEST: f64 = 7.0;
/// A name is rare at least like this, also where it is an everyday word.
const NAMED: f64 = 3.0;
/// What a piece of a chat is worth more that says when something happens, or a number: that is what
/// nobody can guess. A rare word is worth a tenth ([`super::fill`] weighs the words).
const WHEN: f64 = 0.5;
const HOW_MANY: f64 = 0.2;

/// A piece tells something when words stand beside its names and are bound together: code and paths
/// have hardly any function words. In note form, twice as many words make up for them.
pub fn tells<'t>(text: &str, names: impl Iterator<Item = &'t str>) -> bool {
    let named: Vec<String> = names.flat_map(words).collect();
    let beside = words(text)
        .filter(|word| word.chars().all(char::is_alphabetic) && word.chars().nth(1).is_some())
        .filter(|word| !is_function_word(word) && !named.contains(word))
        .count();
    let bound = words(text).any(|word| is_function_word(&word));
    beside >= if bound { 2 } else { 4 }
}

/// Words with a capital letter that no sentence begins with.
fn named_words(text: &str) -> Vec<String> {
    let mut begins = true;
    let mut found = Vec::new();
    for word in text.split_whitespace() {
        if !begins && word.starts_with(char::is_uppercase) {
            found.extend(words(word).next());
        }
        begins = word.ends_with(['.', '!', '?', ':']);
    }
    found.sort_unstable();
    found.dedup();
    found
}
