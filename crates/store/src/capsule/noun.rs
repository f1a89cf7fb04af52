//! One noun of a capsule: a line read strictly, a row as a line.

use serde_json::{Map, Value};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::nouns::NOUNS;
use crate::error::StoreError;

/// A kind of thing, one line each in `data/NAME.jsonl`.
#[derive(Debug)]
pub struct Noun {
    pub name: &'static str,
    /// Where its rows are added.
    pub(crate) table: &'static str,
    /// Where they are read: the table, or what stands for it.
    pub(crate) from: &'static str,
    /// What tells its rows apart, and their order.
    pub(crate) key: &'static str,
    pub(crate) columns: &'static [Column],
    /// A column besides the key that no two rows may share, so that one of them is renamed.
    pub(crate) unique: Option<&'static str>,
    /// Columns that two things may differ in and yet be the same.
    pub(crate) loose: &'static [&'static str],
    /// A column that people know it by.
    pub(crate) title: &'static str,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub optional: bool,
    /// The noun that it names a row of.
    pub refers: Option<&'static str>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Prefix and 26 letters.
    Id(&'static str),
    Text,
    Word(&'static [&'static str]),
    Whole,
    /// From 0 on, below 2^32.
    Count,
    /// From 0 on.
    Size,
    Flag,
    Real,
    /// A document; the function reads it strictly and writes it as this version does.
    Document(fn(Value) -> Result<Value, String>),
}

impl Noun {
    /// The noun of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        NOUNS.iter().find(|noun| noun.name == name)
    }

    /// What people know a line by.
    #[must_use]
    pub fn title_of(&self, line: &Value) -> String {
        match &line[self.title] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(", ")
    }

    /// A line as others wrote it, checked and brought into the form that this version writes.
    ///
    /// # Errors
    /// What is wrong with it, in words for people.
    pub fn read(&self, line: Value) -> Result<Value, String> {
        let Value::Object(mut fields) = line else {
            return Err("expected an object".to_owned());
        };
        let mut read = Map::new();
        for column in self.columns {
            let found = fields.remove(column.name).filter(|value| !value.is_null());
            let wrong = |why: String| format!("field `{}`: {why}", column.name);
            match found {
                Some(value) => {
                    read.insert(column.name.to_owned(), column.read(value).map_err(wrong)?);
                }
                None if column.optional => {}
                None => return Err(wrong("it is missing".to_owned())),
            }
        }
        match fields.keys().next() {
            None => Ok(Value::Object(read)),
            Some(name) => Err(format!("field `{name}` is not known to this version")),
        }
    }

    /// A row as a line.
    pub(crate) fn line(&self, row: &SqliteRow) -> Result<Value, StoreError> {
        let mut fields = Map::new();
        for column in self.columns {
            if let Some(value) = column.of_row(row)? {
                fields.insert(column.name.to_owned(), value);
            }
        }
        self.read(Value::Object(fields))
            .map_err(|why| StoreError::Corrupt(format!("a row of {}: {why}", self.table)))
    }
}

impl Column {
    fn read(&self, value: Value) -> Result<Value, String> {
        let whole = |least: i64, most: i64| {
            let fits = value
                .as_i64()
                .is_some_and(|number| (least..=most).contains(&number));
            if fits {
                Ok(())
            } else {
                Err(format!("expected a whole number from {least} to {most}"))
            }
        };
        let is_text = || match value.as_str() {
            Some(_) => Ok(()),
            None => Err("expected text".to_owned()),
        };
        match &self.kind {
            Kind::Id(prefix) => {
                let text = value.as_str().unwrap_or_default();
                if !is_id(prefix, text) {
                    return Err(format!("expected `{prefix}_` and 26 letters or digits"));
                }
            }
            Kind::Text => is_text()?,
            Kind::Word(words) => {
                if !words.iter().any(|word| value == *word) {
                    return Err(format!("expected one of {}", words.join(", ")));
                }
            }
            Kind::Whole => whole(i64::MIN, i64::MAX)?,
            Kind::Count => whole(0, i64::from(u32::MAX))?,
            Kind::Size => whole(0, i64::MAX)?,
            Kind::Flag => match value {
                Value::Bool(_) => {}
                _ => return Err("expected true or false".to_owned()),
            },
            Kind::Real => match value.as_f64() {
                // Written with a fraction always, so that 3 and 3.0 are one number.
                Some(number) => return Ok(Value::from(number)),
                None => return Err("expected a number".to_owned()),
            },
            Kind::Document(read) => return read(value),
        }
        Ok(value)
    }

    fn of_row(&self, row: &SqliteRow) -> Result<Option<Value>, StoreError> {
        Ok(match &self.kind {
            Kind::Whole | Kind::Count | Kind::Size => {
                row.try_get::<Option<i64>, _>(self.name)?.map(Value::from)
            }
            Kind::Flag => row
                .try_get::<Option<i64>, _>(self.name)?
                .map(|flag| Value::from(flag != 0)),
            Kind::Real => row.try_get::<Option<f64>, _>(self.name)?.map(Value::from),
            Kind::Document(_) => match row.try_get::<Option<String>, _>(self.name)? {
                Some(text) => Some(serde_json::from_str(&text).map_err(|error| {
                    StoreError::Corrupt(format!("column {}: {error}", self.name))
                })?),
                None => None,
            },
            Kind::Id(_) | Kind::Text | Kind::Word(_) => row
                .try_get::<Option<String>, _>(self.name)?
                .map(Value::from),
        })
    }
}

fn is_id(prefix: &str, text: &str) -> bool {
    let Some(letters) = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
    else {
        return false;
    };
    letters.len() == 26
        && letters.as_bytes()[0] <= b'7'
        && letters
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z'))
}

#[cfg(test)]
mod tests {
    use krake_domain::id::CompressionRuleId;

    use super::*;
    use crate::fixture::uuid;

    #[test]
    fn lines_of_others_are_read_strictly() {
        let noun = Noun::find("compression_rules").unwrap();
        let sound = serde_json::json!({
            "id": CompressionRuleId::from_uuid(uuid()), "effect": "never_keep",
            "subject": { "by": "file", "path": "a" }, "created_at": 3,
        });
        assert_eq!(noun.read(sound.clone()).unwrap(), sound);
        let with = |field: &str, value: Value| {
            let mut line = sound.clone();
            line[field] = value;
            noun.read(line).unwrap_err()
        };
        for (field, value) in [
            ("id", Value::from("crl_1")),
            ("id", Value::from("prj_00000000000000000000000001")),
            ("effect", Value::from("explode")),
            ("effect", Value::Null),
            ("subject", Value::from("x")),
            ("created_at", Value::from(1.5)),
            ("created_at", Value::from("now")),
            ("more", Value::from(1)),
        ] {
            let told = with(field, value);
            assert!(told.contains(field), "{told}");
        }
        assert!(noun.read(Value::from(3)).is_err());
    }
}
