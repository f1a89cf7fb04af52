//! Tokens of a rollout: rises of a counter that is written again and again.

use krake_domain::session::Usage;
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::blocks::count;

/// The counter of a session, and what it rose by since the session's own beginning.
#[derive(Clone, Default)]
pub struct Counter {
    last: Usage,
    pub spent: Usage,
}

impl Counter {
    /// Takes a reading; what it rose by. What a fork repeats of its parent only sets where its own
    /// rises begin.
    pub fn read(&mut self, total: &Value, replayed: bool) -> Usage {
        let now = reading(total);
        let before = std::mem::replace(&mut self.last, now);
        if replayed {
            return Usage::default();
        }
        let rise = Usage {
            input: now.input.saturating_sub(before.input),
            output: now.output.saturating_sub(before.output),
            cache_read: now.cache_read.saturating_sub(before.cache_read),
            cache_write: 0,
            reasoning: now.reasoning.saturating_sub(before.reasoning),
        };
        self.spent = self.spent.plus(rise);
        rise
    }
}

/// A fork begins with its parent's lines, written in one burst.
#[derive(Clone, Default)]
pub struct Replay {
    pub forked: bool,
    last: Option<Timestamp>,
    over: bool,
}

/// A pause between two lines that no burst has, in milliseconds.
const BURST_GAP_MS: i64 = 1_000;

impl Replay {
    /// Takes the moment of the next line.
    pub fn pass(&mut self, at: Option<Timestamp>) {
        if let (Some(last), Some(at)) = (self.last, at) {
            self.over |= at.0.saturating_sub(last.0) >= BURST_GAP_MS;
        }
        self.last = at.or(self.last);
    }

    /// Whether the lines are still those of the parent.
    pub fn is_on(&self) -> bool {
        self.forked && !self.over
    }
}

fn reading(total: &Value) -> Usage {
    let cached = count(total, "cached_input_tokens");
    Usage {
        // The counter's input includes what was read from the cache.
        input: count(total, "input_tokens").saturating_sub(cached),
        output: count(total, "output_tokens"),
        cache_read: cached,
        cache_write: 0,
        reasoning: count(total, "reasoning_output_tokens"),
    }
}
