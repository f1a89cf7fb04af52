//! Every name in the sessions, with the measured chance that the next account needs it.

use std::collections::HashMap;

use krake_domain::session::{MessageKind, Role};

use super::calls::own_words;
use super::entity::{Sort, each};
use super::estimate::tokens;
use super::timeline::Timeline;
use super::written::defined;

/// The names of a timeline, by a number from 0.
#[derive(Default)]
pub struct Names {
    list: Vec<Name>,
    by_text: HashMap<String, usize>,
}

/// One name and what is known about its use.
pub struct Name {
    pub text: String,
    /// Tokens of the text.
    pub cost: u64,
    /// The chance, 0 to 1, that it will be needed from memory.
    pub worth: f64,
    /// The last place where the account itself used it.
    pub last_own: Option<usize>,
    /// The last places where it stands, newest last.
    pub seen: Vec<usize>,
    sort: Sort,
    counts: Counts,
    first: usize,
    in_first_request: bool,
    in_error: bool,
    edited: bool,
}

#[derive(Default)]
struct Counts {
    messages: f64,
    own: f64,
    calls: f64,
    users: f64,
}

/// Characters of a message that are searched for names; what lies behind can be read again.
const SEARCHED_BYTES: usize = 20_000;
/// Places that are remembered for each name.
const SEEN: usize = 12;

impl Names {
    /// Finds and weighs the names; `edited` are the paths of edited files.
    #[must_use]
    pub fn of(timeline: &Timeline<'_>, edited: &[&str]) -> Self {
        let mut names = Self::default();
        let first_request = timeline.texts(Role::User).next();
        for place in 0..timeline.moments.len() {
            let message = timeline.at(place);
            if message.kind == MessageKind::Meta {
                continue;
            }
            let own = message.role == Role::Assistant;
            let text = own_words(message);
            each(head(&text), |found| {
                let name = names.enter(found.sort, &found.name, place);
                let fresh = name.seen.last() != Some(&place);
                if !fresh {
                    return;
                }
                name.counts.messages += 1.0;
                if own {
                    name.counts.own += 1.0;
                    name.last_own = Some(place);
                    name.counts.calls += f64::from(u8::from(message.kind == MessageKind::ToolCall));
                }
                name.counts.users += f64::from(u8::from(
                    message.role == Role::User && !timeline.is_captured(place),
                ));
                name.in_first_request |= first_request == Some(place);
                name.in_error |= message.error;
                if name.seen.len() == SEEN {
                    name.seen.remove(0);
                }
                name.seen.push(place);
            });
            if own {
                for word in defined(message) {
                    each(word, |found| names.define(found.sort, &found.name, place));
                }
            }
        }
        for path in edited {
            each(path, |found| {
                if let Some(at) = names.by_text.get(found.name.as_ref()) {
                    names.list[*at].edited = true;
                }
            });
        }
        let length = timeline.moments.len();
        for name in &mut names.list {
            name.worth = worth(name, length);
        }
        names
    }

    /// The numbers of the names in a text, each once, in order.
    #[must_use]
    pub fn within(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        each(text, |name| {
            if let Some(at) = self.by_text.get(name.name.as_ref())
                && !found.contains(at)
            {
                found.push(*at);
            }
        });
        found
    }

    /// The name of that number.
    #[must_use]
    pub fn get(&self, number: usize) -> &Name {
        &self.list[number]
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Numbers of the names, the most worthy first.
    #[must_use]
    pub fn ranked(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..self.list.len()).collect();
        numbers.sort_by(|a, b| {
            self.list[*b]
                .worth
                .total_cmp(&self.list[*a].worth)
                .then(a.cmp(b))
        });
        numbers
    }

    /// Notes a name that the account brings into the world at that place; one that was there before
    /// is only changed.
    fn define(&mut self, sort: Sort, text: &str, place: usize) {
        let name = self.enter(sort, text, place);
        if name.seen.is_empty() {
            name.counts.messages = 1.0;
            name.counts.own = 1.0;
            name.last_own = Some(place);
            name.seen.push(place);
        }
    }

    fn enter(&mut self, sort: Sort, text: &str, place: usize) -> &mut Name {
        let at = match self.by_text.get(text) {
            Some(at) => *at,
            None => {
                self.by_text.insert(text.to_owned(), self.list.len());
                self.list.push(Name {
                    text: text.to_owned(),
                    cost: tokens(text),
                    worth: 0.0,
                    last_own: None,
                    seen: Vec::new(),
                    sort,
                    counts: Counts::default(),
                    first: place,
                    in_first_request: false,
                    in_error: false,
                    edited: false,
                });
                self.list.len() - 1
            }
        };
        &mut self.list[at]
    }
}

/// The chance that a name is needed: a logistic regression over 30,718 names of public agent runs,
/// of which 3.9 % were written again from memory. The negative signs hold beside the terms for how
/// recently the account used the name.
#[expect(clippy::cast_precision_loss, reason = "places are far below 2^52")]
fn worth(name: &Name, length: usize) -> f64 {
    let n = length.max(1) as f64;
    let last = name.seen.last().copied().unwrap_or(name.first);
    let recency = |place: usize| (-((length - place.min(length)) as f64) / 40.0).exp();
    let flag = |set: bool| f64::from(u8::from(set));
    let sort = match name.sort {
        Sort::Path => -0.26,
        Sort::Ident => -0.45,
        Sort::Number => -1.02,
        Sort::Reference => -0.71,
        Sort::Flag => 1.40,
        Sort::Url => -2.68,
    };
    let score = -5.15
        + 0.66 * name.counts.messages.ln_1p()
        + 0.82 * name.counts.own.ln_1p()
        + 0.41 * name.counts.calls.ln_1p()
        - 0.69 * name.counts.users.ln_1p()
        + 1.32 * recency(last)
        + 1.80 * name.last_own.map_or(0.0, recency)
        - 1.26 * ((last - name.first) as f64 / n)
        - 0.82 * flag(name.edited)
        + 0.20 * flag(name.in_error)
        - 0.37 * flag(last + 5 >= length)
        + 2.05 * flag(name.in_first_request)
        + sort
        + 0.48 * (name.text.len() as f64 / 20.0);
    1.0 / (1.0 + (-score).exp())
}

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(SEARCHED_BYTES)]
}
