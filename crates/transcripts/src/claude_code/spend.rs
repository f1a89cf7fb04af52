//! Tokens of a session, each answer counted once.

use std::collections::{BTreeMap, HashMap, HashSet};

use krake_domain::session::Usage;
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::blocks::count;

/// Usage by answer. An answer is split over lines that repeat its usage, and the counts of the later
/// lines may be higher because it was still being written: the highest of each count is kept.
#[derive(Clone, Default)]
pub struct Spend {
    answers: HashMap<(String, String), Spending>,
    ids: HashSet<String>,
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

impl Spend {
    /// Notes the usage of one line. A subagent replays answers of its parent under new request ids;
    /// those were counted already.
    pub fn note(&mut self, part: &Part<'_>, usage: &Value) {
        let spending = Spending {
            answer: part.answer.map(str::to_owned),
            at: part.at,
            model: part.model.map(str::to_owned),
            usage: read(usage),
        };
        let Some(answer) = part.answer else {
            self.nameless.push(spending);
            return;
        };
        let key = (
            answer.to_owned(),
            part.request.unwrap_or_default().to_owned(),
        );
        if let Some(known) = self.answers.get_mut(&key) {
            known.usage = known.usage.most(spending.usage);
            known.model = known.model.take().or(spending.model);
        } else if self.ids.insert(key.0.clone()) || !part.sidechain {
            self.answers.insert(key, spending);
        }
    }

    /// The sum over all answers.
    pub fn total(&self) -> Usage {
        self.nameless
            .iter()
            .chain(self.answers.values())
            .fold(Usage::default(), |sum, one| sum.plus(one.usage))
    }

    /// What each answer took, under one name where it was requested several times.
    pub fn each(self) -> Vec<Spending> {
        let mut named: BTreeMap<String, Spending> = BTreeMap::new();
        for ((answer, _), one) in self.answers {
            let known = named.entry(answer.clone()).or_insert_with(|| Spending {
                answer: Some(answer),
                ..Spending::default()
            });
            known.at = known.at.into_iter().chain(one.at).min();
            known.model = known.model.take().max(one.model);
            known.usage = known.usage.plus(one.usage);
        }
        let is_spent = |one: &Spending| one.usage != Usage::default();
        let all = self.nameless.into_iter().chain(named.into_values());
        all.filter(is_spent).collect()
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
        let each = spend.each();
        let names: Vec<_> = each
            .iter()
            .filter_map(|one| one.answer.as_deref())
            .collect();
        assert_eq!(names, ["m1", "m2"]);
        let sum = each
            .iter()
            .fold(Usage::default(), |sum, one| sum.plus(one.usage));
        assert_eq!(sum, total);
    }
}
