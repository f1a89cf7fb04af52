//! What the answers of a session took, as its lines tell it.

use std::collections::BTreeMap;

use krake_domain::session::{Transcript, Usage};
use krake_domain::spending::{QUARTER_MS, Spending};
use krake_domain::time::Timestamp;
use krake_engine::accounts::Prices;
use krake_store::Answer;

use super::present::Present;

/// Answers with a name wait for the next piece; those without are summed up to the end of the file,
/// where those that nothing tells apart later are one.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    named: Vec<Answer>,
    nameless: BTreeMap<(i64, Option<String>, u64), Answer>,
    /// The format tells what answers took.
    are_told: bool,
}

impl Answers {
    /// Takes answers, each as a whole: the last word on one holds. One without a moment is counted at
    /// `end`, and what lies ahead as it counts for its session.
    pub fn note(&mut self, spending: Vec<Spending>, end: Timestamp, present: Present) {
        self.are_told |= !spending.is_empty();
        for spending in spending {
            let answer = Answer {
                at: spending.at.map_or(end, |at| present.count(at)),
                above: Prices::shipped().size_below(spending.usage.read()),
                count: 1,
                spending,
            };
            if answer.spending.answer.is_none() {
                self.sum(answer);
                continue;
            }
            // The lines of an answer mostly stand one behind the other.
            match self.named.last_mut() {
                Some(last) if last.spending.answer == answer.spending.answer => *last = answer,
                _ => self.named.push(answer),
            }
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.named.len()
    }

    /// Those that wait.
    pub fn take(&mut self) -> Vec<Answer> {
        std::mem::take(&mut self.named)
    }

    /// All that are left once the file is read to its end.
    pub fn rest(&mut self, about: &Transcript, end: Timestamp) -> Vec<Answer> {
        let mut rest = self.take();
        rest.extend(self.nameless.values().cloned());
        // Some formats tell only the sum of a session.
        if !self.are_told && about.usage != Usage::default() {
            rest.push(Answer {
                at: end,
                above: 0,
                count: 1,
                spending: Spending {
                    model: about.model.clone(),
                    usage: about.usage,
                    ..Spending::default()
                },
            });
        }
        rest
    }

    fn sum(&mut self, answer: Answer) {
        let quarter = answer.at.0.div_euclid(QUARTER_MS);
        let key = (quarter, answer.spending.model.clone(), answer.above);
        match self.nameless.get_mut(&key) {
            Some(sum) => {
                sum.count = sum.count.saturating_add(1);
                sum.spending.usage = sum.spending.usage.plus(answer.spending.usage);
            }
            None => drop(self.nameless.insert(key, answer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(answer: Option<&str>, at: i64, output: u64) -> Spending {
        Spending {
            answer: answer.map(str::to_owned),
            at: Some(Timestamp(at)),
            usage: Usage {
                output,
                ..Usage::default()
            },
            ..Spending::default()
        }
    }

    #[test]
    fn the_last_word_on_an_answer_holds_and_nameless_ones_are_one() {
        let (mut answers, end) = (Answers::default(), Timestamp(10 * QUARTER_MS));
        let now = Present::new(end);
        answers.note(vec![spent(Some("a"), 1, 5), spent(None, 2, 7)], end, now);
        answers.note(vec![spent(Some("a"), 1, 6), spent(None, 3, 1)], end, now);
        assert_eq!(answers.len(), 1);
        let told = |all: Vec<Answer>| {
            all.into_iter()
                .map(|one| (one.spending.answer, one.count, one.spending.usage.output))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(answers.take()), [(Some("a".to_owned()), 1, 6)]);
        answers.note(vec![spent(None, i64::MAX, 2)], end, now);
        let whole = Transcript {
            usage: spent(None, 0, 99).usage,
            ..Transcript::default()
        };
        assert_eq!(
            told(answers.rest(&whole, end)),
            [(None, 2, 8), (None, 1, 2)]
        );
        assert_eq!(told(Answers::default().rest(&whole, end)), [(None, 1, 99)]);
    }
}
