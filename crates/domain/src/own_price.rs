//! What the models of an account cost, in the words of a person: of a server at an address of its own
//! nobody else knows it.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::time::Timestamp;

/// One price, from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPrice {
    /// Absent: every model that has none of its own.
    pub model: Option<String>,
    pub since: Timestamp,
    /// USD for a million tokens that are read; nothing on hardware of one's own.
    pub input: Amount,
    /// The same for those that are written.
    pub output: Amount,
}

/// What a model costs at a moment: what was said of it last, else what was said last of all models.
#[must_use]
pub fn own_price<'p>(prices: &'p [OwnPrice], model: &str, at: Timestamp) -> Option<&'p OwnPrice> {
    let holds = |price: &&OwnPrice| {
        price.since <= at && price.model.as_deref().is_none_or(|named| named == model)
    };
    prices
        .iter()
        .filter(holds)
        .max_by_key(|price| (price.model.is_some(), price.since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_on_the_very_model_holds() {
        let price = |model: Option<&str>, since, input| OwnPrice {
            model: model.map(str::to_owned),
            since: Timestamp(since),
            input: Amount::whole(input),
            output: Amount::ZERO,
        };
        let prices = [
            price(None, 10, 1),
            price(Some("m"), 20, 2),
            price(Some("m"), 30, 3),
            price(None, 40, 4),
        ];
        let found = |model, at| {
            let found = own_price(&prices, model, Timestamp(at));
            found.map(|price| price.input.micros() / 1_000_000)
        };
        assert_eq!(found("m", 9), None);
        assert_eq!(found("m", 10), Some(1));
        assert_eq!(found("m", 25), Some(2));
        assert_eq!(found("m", 50), Some(3));
        assert_eq!(found("n", 50), Some(4));
        assert_eq!(own_price(&[], "m", Timestamp(50)), None);
    }
}
