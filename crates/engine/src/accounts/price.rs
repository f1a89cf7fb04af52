//! What a call costs: from a dated table that ships with Krake. A model that is not in it, or is
//! asked elsewhere than at its own provider, has no known price, which is not a price of nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use krake_domain::amount::Amount;
use krake_domain::time::Timestamp;
use regex::Regex;
use serde::Deserialize;

/// The table with its date; `prices.LICENSE` lies beside it.
const SHIPPED: &str = include_str!("../../data/prices.json");

/// Prices of models, in USD.
#[derive(Debug, Deserialize)]
pub struct Prices {
    pub source: String,
    /// The day of the table: prices that changed later are not in it.
    pub as_of: String,
    providers: BTreeMap<String, Vec<Model>>,
    /// Sizes at which some price changes.
    #[serde(skip)]
    sizes: OnceLock<BTreeSet<u64>>,
}

#[derive(Debug, Deserialize)]
struct Model {
    #[serde(rename = "match")]
    names: Names,
    prices: Vec<Price>,
}

/// Which names of models are meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Names {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Lacks(String),
    #[serde(deserialize_with = "pattern")]
    Regex(Regex),
    Or(Vec<Names>),
    And(Vec<Names>),
}

/// USD for a million tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Price {
    /// From this day on (UTC); absent: always.
    from: Option<String>,
    #[serde(flatten)]
    base: Row,
    /// Other prices where more was read than so many tokens.
    #[serde(default)]
    above: BTreeMap<String, Above>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Row {
    input: Amount,
    output: Amount,
    cache_read: Option<Amount>,
    cache_write: Option<Amount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Above {
    input: Option<Amount>,
    output: Option<Amount>,
    cache_read: Option<Amount>,
    cache_write: Option<Amount>,
}

/// Tokens of a call as they were told: `input` is everything that was read, from a cache or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    pub input: Option<u64>,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
    pub output: Option<u64>,
}

/// What a price is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cost {
    /// It runs on a machine of the person's.
    Free,
    Priced(Price),
    Unknown,
}

impl Prices {
    /// The table that ships with Krake.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static TABLE: LazyLock<Prices> = LazyLock::new(|| {
            serde_json::from_str(SHIPPED).expect("the shipped table is read by a test")
        });
        &TABLE
    }

    /// The last size below this one at which the price of some model changes; 0 where there is none.
    /// Answers between two such sizes are priced alike, so their sums can be.
    #[must_use]
    pub fn size_below(&self, input: u64) -> u64 {
        let sizes = self.sizes.get_or_init(|| {
            let models = self.providers.values().flatten();
            let prices = models.flat_map(|model| &model.prices);
            let sizes = prices.flat_map(|price| price.above.keys());
            sizes.filter_map(|size| size.parse().ok()).collect()
        });
        sizes.range(..input).next_back().copied().unwrap_or(0)
    }

    /// The price of a model at its provider at a moment.
    #[must_use]
    pub fn find(&self, provider: &str, model: &str, at: Timestamp) -> Option<&Price> {
        let model = model.strip_prefix("models/").unwrap_or(model);
        let known = self.providers.get(provider)?;
        let found = known.iter().find(|known| known.names.holds(model))?;
        let day = at.to_rfc3339();
        let holds = |price: &&Price| {
            let from = price.from.as_deref();
            from.is_none_or(|from| from <= day.get(..10).unwrap_or_default())
        };
        found
            .prices
            .iter()
            .filter(holds)
            .max_by(|a, b| a.from.cmp(&b.from))
    }
}

impl Names {
    fn holds(&self, model: &str) -> bool {
        match self {
            Self::Equals(name) => model == name,
            Self::StartsWith(part) => model.starts_with(part),
            Self::EndsWith(part) => model.ends_with(part),
            Self::Contains(part) => model.contains(part.as_str()),
            Self::Lacks(part) => !model.to_ascii_lowercase().contains(part.as_str()),
            Self::Regex(pattern) => pattern.is_match(model),
            Self::Or(any) => any.iter().any(|one| one.holds(model)),
            Self::And(all) => all.iter().all(|one| one.holds(model)),
        }
    }
}

impl Price {
    /// The same for every size, from a cache or not.
    #[must_use]
    pub fn flat(input: Amount, output: Amount) -> Self {
        Self {
            from: None,
            base: Row {
                input,
                output,
                cache_read: None,
                cache_write: None,
            },
            above: BTreeMap::new(),
        }
    }

    /// What a million tokens cost that are read, and that are written, where few are.
    #[must_use]
    pub fn of_a_million(&self) -> (Amount, Amount) {
        (self.base.input, self.base.output)
    }

    /// What these tokens cost; none where it was not told how many there were. What is not told of
    /// a cache counts as if none was used, so that nothing is counted too low.
    #[must_use]
    pub fn cost(&self, tokens: Tokens) -> Option<Amount> {
        self.cost_at(tokens, tokens.input?)
    }

    /// What the sum of several answers cost, each of which read so many tokens or as many more as
    /// change no price.
    #[must_use]
    pub fn cost_at(&self, tokens: Tokens, size: u64) -> Option<Amount> {
        let (input, output) = (tokens.input?, tokens.output?);
        let row = self.row(size);
        let read = tokens.cache_read.unwrap_or(0).min(input);
        let write = tokens.cache_write.unwrap_or(0).min(input - read);
        let parts = [
            (input - read - write, row.input),
            (read, row.cache_read.unwrap_or(row.input)),
            (write, row.cache_write.unwrap_or(row.input).max(row.input)),
            (output, row.output),
        ];
        let sum = parts
            .into_iter()
            .map(|(tokens, price)| i128::from(tokens) * i128::from(price.micros()))
            .sum::<i128>();
        // Rounded up: a part of a millionth is not nothing.
        let micros = (sum + 999_999) / 1_000_000;
        Some(Amount::from_micros(
            i64::try_from(micros).unwrap_or(i64::MAX),
        ))
    }

    /// The most that a call of this size can cost: nothing from a cache, everything into one.
    #[must_use]
    pub fn most(&self, input: u64, output: u64) -> Amount {
        let tokens = Tokens {
            input: Some(input),
            cache_read: Some(0),
            cache_write: Some(input),
            output: Some(output),
        };
        self.cost(tokens).unwrap_or_default()
    }

    fn row(&self, input: u64) -> Row {
        let mut row = self.base.clone();
        let mut steps: Vec<(u64, &Above)> = self
            .above
            .iter()
            .filter_map(|(from, above)| Some((from.parse().ok()?, above)))
            .filter(|(from, _)| input > *from)
            .collect();
        steps.sort_by_key(|(from, _)| *from);
        for (_, above) in steps {
            row.input = above.input.unwrap_or(row.input);
            row.output = above.output.unwrap_or(row.output);
            row.cache_read = above.cache_read.or(row.cache_read);
            row.cache_write = above.cache_write.or(row.cache_write);
        }
        row
    }
}

impl Cost {
    /// What these tokens cost, where that is known.
    #[must_use]
    pub fn of(&self, tokens: Tokens) -> Option<Amount> {
        match self {
            Self::Free => Some(Amount::ZERO),
            Self::Priced(price) => price.cost(tokens),
            Self::Unknown => None,
        }
    }

    /// The most that a call of this size can cost, where that is known.
    #[must_use]
    pub fn most(&self, input: u64, output: u64) -> Option<Amount> {
        match self {
            Self::Free => Some(Amount::ZERO),
            Self::Priced(price) => Some(price.most(input, output)),
            Self::Unknown => None,
        }
    }
}

fn pattern<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Timestamp {
        Timestamp::from_rfc3339(&format!("{day}T12:00:00Z")).unwrap()
    }

    #[test]
    fn the_shipped_table_prices_the_usual_models_and_guesses_none() {
        let prices = Prices::shipped();
        let now = at("2026-11-25");
        for (provider, model) in [
            ("anthropic", "claude-sonnet-4-5"),
            ("anthropic", "claude-sonnet-4-5-20250929"),
            ("openai", "gpt-5-mini"),
            ("gemini", "gemini-2.5-flash"),
            ("gemini", "models/gemini-2.5-pro"),
        ] {
            assert!(prices.find(provider, model, now).is_some(), "{model}");
        }
        for (provider, model) in [
            ("anthropic", "a-new-model"),
            ("openai", ""),
            ("openai_compatible", "gpt-5-mini"),
            ("gemini", "gemini-2.5-pro-preview-tts-x"),
        ] {
            assert_eq!(prices.find(provider, model, now), None, "{model}");
        }
        assert_eq!(
            Cost::Unknown.of(Tokens {
                input: Some(1),
                output: Some(1),
                ..Tokens::default()
            }),
            None
        );
    }

    #[test]
    fn caches_tiers_and_days_are_counted() {
        let prices: Prices = serde_json::from_str(
            r#"{"source": "s", "as_of": "2026-01-01", "providers": {"p": [{"match": {"equals": "m"}, "prices": [
                {"input": "3", "output": "15", "cache_read": "0.3", "cache_write": "3.75",
                 "above": {"200000": {"input": "6", "output": "22.5"}}},
                {"from": "2026-06-01", "input": "1", "output": "2"}]}]}}"#,
        )
        .unwrap();
        let old = prices.find("p", "m", at("2026-05-31")).unwrap();
        let new = prices.find("p", "m", at("2026-06-01")).unwrap();
        let tokens = Tokens {
            input: Some(1_000),
            cache_read: Some(400),
            cache_write: Some(100),
            output: Some(200),
        };
        // 500 × 3 + 400 × 0.3 + 100 × 3.75 + 200 × 15 millionths
        assert_eq!(old.cost(tokens), Some(Amount::from_micros(4_995)));
        assert_eq!(new.cost(tokens), Some(Amount::from_micros(1_400)));
        let long = Tokens {
            input: Some(200_001),
            output: Some(0),
            ..Tokens::default()
        };
        assert_eq!(old.cost(long), Some(Amount::from_micros(1_200_006)));
        let untold = Tokens {
            output: None,
            ..tokens
        };
        assert_eq!(old.cost(untold), None);
        let absurd = Tokens {
            cache_read: Some(u64::MAX),
            cache_write: Some(9),
            ..tokens
        };
        assert!(old.cost(absurd).unwrap() <= old.most(1_000, 200));
        // A fraction of a millionth is rounded up.
        let tiny = Tokens {
            input: Some(1),
            output: Some(0),
            cache_read: Some(1),
            ..Tokens::default()
        };
        assert_eq!(old.cost(tiny), Some(Amount::from_micros(1)));
    }
}
