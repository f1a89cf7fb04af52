//! A number of some unit, exact to a millionth: money, credits, tokens, percent.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

const MICROS: i64 = 1_000_000;

/// How much, without its unit. Sums end at the largest number instead of turning over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// The text is no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number such as 12 or 0.25, with at most six digits after the point")]
pub struct BadAmount;

impl Amount {
    pub const ZERO: Self = Self(0);

    /// From millionths.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: u64) -> Self {
        Self(i64::try_from(number).map_or(i64::MAX, |number| number.saturating_mul(MICROS)))
    }

    /// In millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left; never below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// The part of `whole` that this is, from 0 to 1; none of nothing.
    #[must_use]
    pub fn part_of(self, whole: Self) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a part needs no more digits than a float has"
        )]
        (whole.0 > 0).then(|| (self.0 as f64 / whole.0 as f64).clamp(0.0, 1.0))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (
            self.0.unsigned_abs() / 1_000_000,
            self.0.unsigned_abs() % 1_000_000,
        );
        let sign = if self.0 < 0 { "-" } else { "" };
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{rest:06}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl FromStr for Amount {
    type Err = BadAmount;

    fn from_str(text: &str) -> Result<Self, BadAmount> {
        let text = text.trim();
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(rest) || rest.len() > 6 {
            return Err(BadAmount);
        }
        if text.ends_with('.') {
            return Err(BadAmount);
        }
        let whole: i64 = whole.parse().map_err(|_| BadAmount)?;
        let rest: i64 = format!("{rest:0<6}").parse().map_err(|_| BadAmount)?;
        whole
            .checked_mul(MICROS)
            .and_then(|micros| micros.checked_add(rest))
            .map(Self)
            .ok_or(BadAmount)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

/// A text, or a whole number; floats have been rounded by whoever wrote them.
struct Number;

impl Visitor<'_> for Number {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as text, such as \"0.25\", or a whole number")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount::whole(number))
    }
}

impl schemars::JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,6})?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        for (text, micros) in [
            ("0", 0),
            ("12", 12_000_000),
            ("0.25", 250_000),
            ("1.000001", 1_000_001),
            ("9000000000000", 9_000_000_000_000_000_000),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.micros(), micros);
            assert_eq!(amount.to_string(), text);
            let json = serde_json::to_string(&amount).unwrap();
            assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "1e3",
            "1,5",
            "0.0000001",
            "9999999999999",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Amount>("0.1").is_err());
        assert_eq!(
            serde_json::from_str::<Amount>("3").unwrap(),
            Amount::whole(3)
        );
    }

    #[test]
    fn sums_end_and_parts_are_parts() {
        let most = Amount::from_micros(i64::MAX);
        assert_eq!(most.plus(Amount::whole(1)), most);
        assert_eq!(Amount::whole(u64::MAX), most);
        assert_eq!(Amount::whole(1).less(Amount::whole(2)), Amount::ZERO);
        assert_eq!(Amount::whole(1).part_of(Amount::whole(4)), Some(0.25));
        assert_eq!(Amount::whole(9).part_of(Amount::whole(4)), Some(1.0));
        assert_eq!(Amount::whole(1).part_of(Amount::ZERO), None);
    }
}
