//! What a million tokens of an account's model cost, and who says so.

use krake_domain::account::Account;
use krake_domain::amount::Amount;
use krake_domain::own_price::{OwnPrice, own_price};
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Cost, Prices};
use krake_runtime::accounts::cost::cost_of;
use serde::Serialize;

use super::moment::Moment;
use crate::visible::visible_line;

/// A price, in USD for a million tokens.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PriceView {
    /// Absent: every model that has no price of its own.
    pub model: Option<String>,
    pub input: Amount,
    pub output: Amount,
    pub source: PriceSource,
    /// From when on it was said.
    pub since: Option<Moment>,
    /// The day of the table.
    pub as_of: Option<String>,
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// A person.
    ByHand,
    /// The dated table that ships with Krake.
    Table,
    /// It runs on this machine.
    OwnMachine,
}

impl PriceView {
    /// What the account's own model costs; none where nobody knows.
    #[must_use]
    pub fn of(account: &Account, now: Timestamp) -> Option<Self> {
        let model = account.model.as_deref().unwrap_or_default();
        if let Some(own) = own_price(&account.prices, model, now) {
            return Some(Self::said(own));
        }
        let (source, (input, output), as_of) = match cost_of(account, model, now) {
            Cost::Unknown => return None,
            Cost::Free => (PriceSource::OwnMachine, (Amount::ZERO, Amount::ZERO), None),
            Cost::Priced(price) => (
                PriceSource::Table,
                price.of_a_million(),
                Some(Prices::shipped().as_of.clone()),
            ),
        };
        Some(Self {
            model: account.model.as_deref().map(visible_line),
            input,
            output,
            source,
            since: None,
            as_of,
        })
    }

    /// What a person said, the last word on each model.
    #[must_use]
    pub fn all_said(account: &Account, now: Timestamp) -> Vec<Self> {
        let mut prices: Vec<&OwnPrice> = Vec::new();
        for price in account.prices.iter().filter(|price| price.since <= now) {
            match prices.iter_mut().find(|known| known.model == price.model) {
                Some(known) if known.since < price.since => *known = price,
                Some(_) => {}
                None => prices.push(price),
            }
        }
        prices.into_iter().map(Self::said).collect()
    }

    fn said(price: &OwnPrice) -> Self {
        Self {
            model: price.model.as_deref().map(visible_line),
            input: price.input,
            output: price.output,
            source: PriceSource::ByHand,
            since: Some(price.since.into()),
            as_of: None,
        }
    }
}
