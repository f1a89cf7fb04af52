//! What briefings saved: tokens that the next account did not read again, and what a person did not
//! explain again. A briefing that is longer than its history saved nothing, whatever it kept.
//!
//! Tokens: those of the whole history less those of the briefing, for each handoff that an account
//! took. Cost: these tokens as input at the list price of the account that took it; credits: at what a
//! token cost it in sessions that told their credits. Minutes: what the briefing says that was
//! measured as kept, as if it had been typed. Nobody types the whole history, so it is not counted.

use krake_domain::amount::Amount;

use crate::accounts::{Price, Tokens};

/// About 40 words, which is what people type in a minute.
pub const TYPED_TOKENS_PER_MINUTE: f64 = 50.0;

/// A handoff that an account took.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delivered<'p> {
    pub briefing: u64,
    /// Tokens of the whole history; absent where nobody measured it.
    pub history: Option<u64>,
    /// The part of what must not be lost that the briefing holds, from 0 to 1.
    pub score: Option<f64>,
    /// Of the account that took it, where it is known.
    pub price: Option<&'p Price>,
    /// Of the account that took it, where its sessions told.
    pub credits_per_token: Option<f64>,
}

/// What they saved together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Saved {
    pub handoffs: u64,
    /// Handoffs whose history nobody measured: they are in none of the sums.
    pub unmeasured: u64,
    /// Handoffs whose briefing is no shorter than the history: they saved nothing and are in none of the
    /// sums.
    pub longer: u64,
    pub history: u64,
    pub briefings: u64,
    pub tokens: u64,
    pub usd: Amount,
    /// Measured handoffs to accounts whose price is not known.
    pub unpriced: u64,
    pub credits: f64,
    /// Measured handoffs to accounts that told no credits.
    pub uncredited: u64,
    pub minutes: f64,
}

/// The sums over these handoffs.
#[must_use]
pub fn saved(delivered: &[Delivered<'_>]) -> Saved {
    let mut sum = Saved::default();
    for one in delivered {
        sum.handoffs += 1;
        let (Some(history), Some(score)) = (one.history, one.score) else {
            sum.unmeasured += 1;
            continue;
        };
        if one.briefing >= history {
            sum.longer += 1;
            continue;
        }
        let tokens = history - one.briefing;
        sum.history = sum.history.saturating_add(history);
        sum.briefings = sum.briefings.saturating_add(one.briefing);
        sum.tokens = sum.tokens.saturating_add(tokens);
        let read = Tokens {
            input: Some(tokens),
            output: Some(0),
            ..Tokens::default()
        };
        match one.price.and_then(|price| price.cost(read)) {
            Some(usd) => sum.usd = sum.usd.plus(usd),
            None => sum.unpriced += 1,
        }
        match one.credits_per_token {
            Some(rate) => sum.credits += rate * float(tokens),
            None => sum.uncredited += 1,
        }
        sum.minutes += float(one.briefing) * score.clamp(0.0, 1.0) / TYPED_TOKENS_PER_MINUTE;
    }
    sum
}

#[expect(
    clippy::cast_precision_loss,
    reason = "minutes need no more digits than a float has"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Prices;

    #[test]
    fn history_less_briefing_is_saved_and_what_was_not_measured_is_in_no_sum() {
        let prices: Prices = serde_json::from_str(
            r#"{"source": "s", "as_of": "d", "providers": {"p": [{"match": {"equals": "m"},
                "prices": [{"input": "3", "output": "15"}]}]}}"#,
        )
        .unwrap();
        let price = prices.find("p", "m", krake_domain::time::Timestamp(0));
        let one = Delivered {
            briefing: 4_000,
            history: Some(304_000),
            score: Some(0.5),
            price,
            credits_per_token: Some(0.00001),
        };
        let short = Delivered {
            briefing: 100,
            history: Some(60),
            score: Some(1.0),
            price: None,
            credits_per_token: None,
        };
        let unmeasured = Delivered {
            history: None,
            ..one.clone()
        };
        let sum = saved(&[one, short, unmeasured]);
        assert_eq!((sum.handoffs, sum.unmeasured, sum.longer), (3, 1, 1));
        assert_eq!(
            (sum.history, sum.briefings, sum.tokens),
            (304_000, 4_000, 300_000)
        );
        assert_eq!((sum.usd, sum.unpriced), ("0.9".parse().unwrap(), 0));
        assert!((sum.credits - 3.0).abs() < 1e-9);
        assert_eq!(sum.uncredited, 0);
        // Nobody would have typed more than was said.
        assert!((sum.minutes - 40.0).abs() < 1e-9, "{}", sum.minutes);
        assert_eq!(saved(&[]), Saved::default());
    }
}
