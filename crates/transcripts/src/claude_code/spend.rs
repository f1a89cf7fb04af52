//! Tokens of a session, each answer counted once.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use krake_domain::session::Usage;
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::blocks::count;
use crate::ids::{Ids, Mark};
use crate::shelf::{Fixed, Row, Shelf, taken};
use crate::words::{Word, Words};

/// Usage by answer. An answer is split over lines that repeat its usage, and the counts of the later
/// lines may be higher because it was still being written: the highest of each count is kept.
///
/// What an answer took so far is told after each of its lines, and only ever rises, so the names of
/// answers are held no longer than until somebody asks.
#[derive(Default)]
pub struct Spend {
    answers: Ids,
    /// The first request of each answer, by its place.
    first: Row<Option<Request>>,
    /// Further ones, by the answer and the request.
    further: BTreeMap<(u32, NonZeroU64), Request>,
    models: Words,
    total: Usage,
    /// Answers that took something since somebody asked.
    changed: BTreeMap<String, u32>,
    nameless: Vec<Spending>,
}

/// One line of an answer.
#[derive(Default)]
pub struct Part<'l> {
    pub answer: Option<&'l str>,
    pub request: Option<&'l str>,
    pub sidechain: bool,
    pub at: Option<Timestamp>,
    pub model: Option<&'l str>,
}

/// What one request for an answer took.
struct Request {
    /// A quarter of the hash of its id.
    id: NonZeroU64,
    at: i64,
    model: Word,
    counts: [Count; 4],
}

/// A count below 2^40 in five bytes.
type Count = [u8; 5];

impl Request {
    /// Stands for no moment: before all others, and nobody writes it down.
    const NO_MOMENT: i64 = i64::MIN;

    fn at(&self) -> Option<Timestamp> {
        (self.at != Self::NO_MOMENT).then_some(Timestamp(self.at))
    }

    fn usage(&self) -> Usage {
        let [input, output, cache_read, cache_write] = self.counts.map(|count| {
            let mut bytes = [0; 8];
            bytes[..5].copy_from_slice(&count);
            u64::from_le_bytes(bytes)
        });
        Usage {
            input,
            output,
            cache_read,
            cache_write,
            reasoning: 0,
        }
    }
}

impl Fixed for Option<Request> {
    const BYTES: usize = 40;

    fn write(&self, to: &mut Vec<u8>) {
        let Some(request) = self else {
            return to.extend_from_slice(&[0; Self::BYTES]);
        };
        to.extend_from_slice(&request.id.get().to_le_bytes());
        to.extend_from_slice(&request.at.to_le_bytes());
        request.model.write(to);
        to.extend_from_slice(request.counts.as_flattened());
    }

    fn read(from: &mut &[u8]) -> Self {
        let id = u64::from_le_bytes(taken(from));
        let request = Request {
            id: NonZeroU64::new(id)?,
            at: i64::from_le_bytes(taken(from)),
            model: Word::read(from),
            counts: [taken(from), taken(from), taken(from), taken(from)],
        };
        Some(request)
    }
}

fn counts(usage: Usage) -> [Count; 4] {
    [
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write,
    ]
    .map(|count| *count.to_le_bytes().first_chunk().expect("eight bytes"))
}

impl Spend {
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            answers: Ids::on(shelf),
            first: Row::on(shelf),
            ..Self::default()
        }
    }

    /// The place of an answer.
    pub fn answer(&mut self, id: &str) -> u32 {
        let place = self.answers.meet(id);
        while self.first.len() < self.answers.len() {
            self.first.push(&None);
        }
        place
    }

    /// How many answers have places.
    pub fn answers(&self) -> usize {
        self.answers.len()
    }

    /// Notes the usage of one line. A subagent replays answers of its parent under new request ids;
    /// those were counted already.
    pub fn note(&mut self, part: &Part<'_>, usage: &Value) {
        let usage = read(usage);
        let Some(answer) = part.answer else {
            self.total = self.total.plus(usage);
            self.nameless.push(Spending {
                answer: None,
                at: part.at,
                model: part.model.map(str::to_owned),
                usage,
            });
            return;
        };
        let place = self.answer(answer);
        let id = Mark::of(part.request.unwrap_or_default()).short();
        let id = NonZeroU64::new(id).unwrap_or(NonZeroU64::MIN);
        let model = part
            .model
            .map_or(Word::default(), |model| self.models.meet(model));
        let first = self.first.get(place as usize).flatten();
        let is_first = first.as_ref().is_none_or(|first| first.id == id);
        let known = match is_first {
            true => first,
            false => self.further.remove(&(place, id)),
        };
        let request = match known {
            Some(known) => {
                let (before, now) = (known.usage(), known.usage().most(usage));
                self.total = self.total.plus(more(now, before));
                Request {
                    model: known.model.or(model),
                    counts: counts(now),
                    ..known
                }
            }
            None if !is_first && part.sidechain => return,
            None => {
                self.total = self.total.plus(usage);
                Request {
                    id,
                    at: part.at.map_or(Request::NO_MOMENT, |at| at.0),
                    model,
                    counts: counts(usage),
                }
            }
        };
        match is_first {
            true => self.first.set(place as usize, &Some(request)),
            false => drop(self.further.insert((place, id), request)),
        }
        if !self.changed.contains_key(answer) {
            self.changed.insert(answer.to_owned(), place);
        }
    }

    /// The sum over all answers.
    pub fn total(&self) -> Usage {
        self.total
    }

    /// What each answer took that took something since the last call, under one name where it was
    /// requested several times.
    pub fn drain(&mut self) -> Vec<Spending> {
        if self.changed.is_empty() && self.nameless.is_empty() {
            return Vec::new();
        }
        let mut all = std::mem::take(&mut self.nameless);
        for (answer, place) in std::mem::take(&mut self.changed) {
            let first = self.first.get(place as usize).flatten();
            let mut sum = Spending {
                answer: Some(answer),
                ..Spending::default()
            };
            let ids = (place, NonZeroU64::MIN)..=(place, NonZeroU64::MAX);
            let further = self.further.range(ids).map(|(_, request)| request);
            for request in first.iter().chain(further) {
                sum.at = sum.at.into_iter().chain(request.at()).min();
                let model = self.models.text(request.model).map(str::to_owned);
                sum.model = sum.model.max(model);
                sum.usage = sum.usage.plus(request.usage());
            }
            all.push(sum);
        }
        all.retain(|one| one.usage != Usage::default());
        all
    }
}

/// What was added, where no count fell.
fn more(now: Usage, before: Usage) -> Usage {
    Usage {
        input: now.input - before.input,
        output: now.output - before.output,
        cache_read: now.cache_read - before.cache_read,
        cache_write: now.cache_write - before.cache_write,
        reasoning: 0,
    }
}

fn read(usage: &Value) -> Usage {
    Usage {
        input: count(usage, "input_tokens"),
        output: count(usage, "output_tokens"),
        cache_read: count(usage, "cache_read_input_tokens"),
        cache_write: count(usage, "cache_creation_input_tokens"),
        reasoning: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn part<'l>(answer: &'l str, request: Option<&'l str>, sidechain: bool) -> Part<'l> {
        Part {
            answer: Some(answer),
            request,
            sidechain,
            ..Part::default()
        }
    }

    #[test]
    fn split_answers_and_replays_count_once_and_absurd_counts_not_at_all() {
        let mut spend = Spend::default();
        for (part, usage) in [
            (
                part("m1", Some("r1"), false),
                json!({"input_tokens": 10, "output_tokens": 1}),
            ),
            (
                part("m1", Some("r1"), false),
                json!({"input_tokens": 10, "output_tokens": 7}),
            ),
            (
                part("m1", Some("r9"), true),
                json!({"input_tokens": 10, "output_tokens": 7}),
            ),
            (
                part("m2", Some("r2"), true),
                json!({"input_tokens": 5, "output_tokens": -1}),
            ),
            (
                part("m3", None, false),
                json!({"input_tokens": 9_223_372_036_854_775_807_u64}),
            ),
        ] {
            spend.note(&part, &usage);
        }
        let total = spend.total();
        assert_eq!((total.input, total.output), (15, 7));
        let each = spend.drain();
        let names: Vec<_> = each
            .iter()
            .filter_map(|one| one.answer.as_deref())
            .collect();
        assert_eq!(names, ["m1", "m2"]);
        let sum = each
            .iter()
            .fold(Usage::default(), |sum, one| sum.plus(one.usage));
        assert_eq!(sum, total);
        assert_eq!(spend.drain(), []);
    }

    #[test]
    fn what_changed_is_told_again_as_a_whole_and_the_rest_is_not() {
        let mut spend = Spend::default();
        let mut take = |answer, request, output| {
            let part = Part {
                at: Some(Timestamp(output)),
                ..part(answer, Some(request), false)
            };
            spend.note(&part, &json!({ "output_tokens": output }));
            let told = spend.drain().into_iter();
            told.map(|one| (one.answer.unwrap(), one.usage.output, one.at.unwrap().0))
                .collect::<Vec<_>>()
        };
        assert_eq!(take("m1", "r1", 5), [("m1".to_owned(), 5, 5)]);
        assert_eq!(take("m2", "r2", 3), [("m2".to_owned(), 3, 3)]);
        assert_eq!(take("m1", "r1", 9), [("m1".to_owned(), 9, 5)]);
        // Requested once more, both count.
        assert_eq!(take("m1", "r3", 4), [("m1".to_owned(), 13, 4)]);
        assert_eq!(take("m1", "r3", 6), [("m1".to_owned(), 15, 4)]);
        assert_eq!(spend.total().output, 9 + 6 + 3);
    }
}
