//! Tokens of a session, each answer counted once.

use std::collections::{HashMap, HashSet};

use krake_domain::session::Usage;
use serde_json::Value;

use crate::blocks::count;

/// Usage by answer. An answer is split over lines that repeat its usage, and the counts of the later
/// lines may be higher because it was still being written: the highest of each count is kept.
#[derive(Clone, Default)]
pub struct Spend {
    answers: HashMap<(String, String), Usage>,
    ids: HashSet<String>,
    nameless: Usage,
}

impl Spend {
    /// Notes the usage of one line. A subagent replays answers of its parent under new request ids;
    /// those were counted already.
    pub fn note(
        &mut self,
        answer: Option<&str>,
        request: Option<&str>,
        sidechain: bool,
        usage: &Value,
    ) {
        let usage = read(usage);
        let Some(answer) = answer else {
            self.nameless = each(self.nameless, usage, u64::saturating_add);
            return;
        };
        let key = (answer.to_owned(), request.unwrap_or_default().to_owned());
        if let Some(known) = self.answers.get_mut(&key) {
            *known = each(*known, usage, u64::max);
        } else if self.ids.insert(key.0.clone()) || !sidechain {
            self.answers.insert(key, usage);
        }
    }

    /// The sum over all answers.
    pub fn total(&self) -> Usage {
        self.answers.values().fold(self.nameless, |sum, usage| {
            each(sum, *usage, u64::saturating_add)
        })
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

fn each(a: Usage, b: Usage, of: fn(u64, u64) -> u64) -> Usage {
    Usage {
        input: of(a.input, b.input),
        output: of(a.output, b.output),
        cache_read: of(a.cache_read, b.cache_read),
        cache_write: of(a.cache_write, b.cache_write),
        reasoning: of(a.reasoning, b.reasoning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn split_answers_and_replays_count_once_and_absurd_counts_not_at_all() {
        let mut spend = Spend::default();
        spend.note(
            Some("m1"),
            Some("r1"),
            false,
            &json!({"input_tokens": 10, "output_tokens": 1}),
        );
        spend.note(
            Some("m1"),
            Some("r1"),
            false,
            &json!({"input_tokens": 10, "output_tokens": 7}),
        );
        spend.note(
            Some("m1"),
            Some("r9"),
            true,
            &json!({"input_tokens": 10, "output_tokens": 7}),
        );
        spend.note(
            Some("m2"),
            Some("r2"),
            true,
            &json!({"input_tokens": 5, "output_tokens": -1}),
        );
        spend.note(
            Some("m3"),
            None,
            false,
            &json!({"input_tokens": 9_223_372_036_854_775_807_u64}),
        );
        let total = spend.total();
        assert_eq!((total.input, total.output), (15, 7));
    }
}
