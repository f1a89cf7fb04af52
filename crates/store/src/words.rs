//! How nouns are spelt in columns: ids and enums as their text, numbers as SQLite's integers.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::StoreError;

/// The word of an enum without data, as its serialised form says it.
pub(crate) fn spell<T: Serialize>(word: &T) -> String {
    match serde_json::to_value(word) {
        Ok(Value::String(text)) => text,
        other => unreachable!("only enums without data are spelt: {other:?}"),
    }
}

/// The enum of a word.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(text.to_owned()))
        .map_err(|error| StoreError::Corrupt(format!("`{text}`: {error}")))
}

/// An id or a hash from its text.
pub(crate) fn parse<T: FromStr>(text: &str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| StoreError::Corrupt(format!("`{text}`: {error}")))
}

/// A sequence number, an epoch or a size as SQLite keeps it.
pub(crate) fn number(number: u64) -> i64 {
    i64::try_from(number).expect("nothing here is counted to 2^63")
}

/// A count from a column that is never negative.
pub(crate) fn count<T: TryFrom<i64>>(number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Corrupt(format!("{number} is out of range")))
}
