//! What an answer cost in tokens, as far as the provider says so credibly.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// More than this in one call is a fault of the provider, not a bill.
const MOST_TOKENS: u64 = 1_000_000_000;

/// Tokens of one call. What was not told, or told absurdly, is unknown and never zero.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Usage {
    /// Everything that the model read, from a cache or not.
    pub input: Option<u64>,
    /// Of the input: read from a cache.
    pub cache_read: Option<u64>,
    /// Of the input: written to a cache.
    pub cache_write: Option<u64>,
    /// Everything that the model wrote, thinking included.
    pub output: Option<u64>,
}

impl Usage {
    /// Both calls together; unknown as soon as one of them is.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let add = |a: Option<u64>, b: Option<u64>| Some(a?.saturating_add(b?));
        Self {
            input: add(self.input, other.input),
            cache_read: add(self.cache_read, other.cache_read),
            cache_write: add(self.cache_write, other.cache_write),
            output: add(self.output, other.output),
        }
    }
}

/// One number as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Told {
    #[default]
    Nothing,
    Tokens(u64),
    Nonsense,
}

impl Told {
    pub fn read(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Nothing,
            Some(value) => match value.as_u64() {
                Some(tokens) if tokens <= MOST_TOKENS => Self::Tokens(tokens),
                _ => Self::Nonsense,
            },
        }
    }

    /// What a later word says replaces the earlier one; silence leaves it.
    pub fn update(&mut self, value: Option<&Value>) {
        match Self::read(value) {
            Self::Nothing => {}
            told => *self = told,
        }
    }

    pub fn known(self) -> Option<u64> {
        match self {
            Self::Tokens(tokens) => Some(tokens),
            Self::Nothing | Self::Nonsense => None,
        }
    }

    /// For parts of a sum that providers leave out where they are zero.
    pub fn or_zero(self) -> Option<u64> {
        match self {
            Self::Nothing => Some(0),
            told => told.known(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absurd_numbers_are_unknown() {
        for (told, known) in [
            (json!(25), Some(25)),
            (json!(0), Some(0)),
            (json!(-1), None),
            (json!(9_223_372_036_854_775_808_u64), None),
            (json!(1.5), None),
            (json!("25"), None),
            (json!(null), None),
        ] {
            assert_eq!(Told::read(Some(&told)).known(), known, "{told}");
        }
        let mut told = Told::Tokens(1);
        told.update(None);
        assert_eq!(told, Told::Tokens(1));
        told.update(Some(&json!(-1)));
        assert_eq!((told.known(), told.or_zero()), (None, None));
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown() {
        let told = Usage {
            input: Some(1),
            output: Some(2),
            ..Usage::default()
        };
        let sum = told.plus(Usage {
            input: Some(10),
            ..Usage::default()
        });
        assert_eq!((sum.input, sum.output), (Some(11), None));
    }
}
