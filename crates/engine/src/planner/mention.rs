//! What a sentence mentions beside its words: values, with every way to read them, in their order.

use super::shape::{Reading, is_revision, readings};
use super::token::Token;

/// A value and the pieces of the sentence that it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mention {
    /// As typed.
    pub text: String,
    pub readings: Vec<Reading>,
    /// The first token of it, and the first one after it.
    pub first: usize,
    pub end: usize,
}

impl Mention {
    /// The reading that `wanted` picks.
    pub fn read<T>(&self, wanted: impl Fn(&Reading) -> Option<T>) -> Option<T> {
        self.readings.iter().find_map(wanted)
    }
}

/// Every mention, none overlapping another.
pub(super) fn mentions(text: &str, tokens: &[Token<'_>]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let rest = &tokens[at..];
        let (length, readings) = if let Some(range) = range(rest) {
            (range.0, vec![Reading::Range(range.1)])
        } else if let Some(date) = date(rest) {
            (date.0, vec![Reading::Date(date.1)])
        } else {
            (1, single(&tokens[at]))
        };
        if !readings.is_empty() {
            found.push(Mention {
                text: typed(text, &rest[..length]),
                readings,
                first: at,
                end: at + length,
            });
        }
        at += length;
    }
    found
}

fn single(token: &Token<'_>) -> Vec<Reading> {
    let mut read = readings(token.text);
    if token.quoted && read.is_empty() {
        read.push(Reading::Quote);
    }
    read
}

/// `from A to B`, `between A and B`, `since A`: a stretch of history in words.
fn range(tokens: &[Token<'_>]) -> Option<(usize, String)> {
    let word = |place: usize| tokens.get(place).map(|token| token.word.as_str());
    let point = |place: usize| {
        tokens
            .get(place)
            .filter(|token| is_revision(token.text))
            .map(|token| token.text)
    };
    match word(0)? {
        "from" if matches!(word(2), Some("to" | "until" | "through")) => {
            Some((4, format!("{}..{}", point(1)?, point(3)?)))
        }
        "between" if word(2) == Some("and") => Some((4, format!("{}..{}", point(1)?, point(3)?))),
        "since" | "after" => Some((2, format!("{}..HEAD", point(1)?))),
        _ => None,
    }
}

/// `yesterday`, `since last week`, `the past 30 days`, `3 weeks ago`, `since Monday`, `since 1 March`.
fn date(tokens: &[Token<'_>]) -> Option<(usize, String)> {
    let word = |place: usize| tokens.get(place).map(|token| token.word.as_str());
    if let Some("since" | "after" | "from") = word(0) {
        let (length, date) = date(tokens.get(1..)?).or_else(|| named_day(&tokens[1..]))?;
        return Some((length + 1, date));
    }
    if let (Some("the"), Some("last" | "past" | "previous")) = (word(0), word(1)) {
        let (length, date) = date(&tokens[1..])?;
        return Some((length + 1, date));
    }
    if let [Reading::Date(day)] = readings(tokens[0].text).as_slice() {
        return Some((1, day.clone()));
    }
    match word(0)? {
        day @ ("yesterday" | "today") => Some((1, day.to_owned())),
        "last" | "past" | "previous" | "this" => {
            let counted = word(1).and_then(count);
            let place = if counted.is_some() { 2 } else { 1 };
            if let Some(unit) = word(place).and_then(unit) {
                return Some((place + 1, ago(counted.unwrap_or(1), unit)));
            }
            let (length, day) = named_day(tokens.get(1..)?)?;
            Some((length + 1, day))
        }
        first => {
            let counted = count(first)?;
            let unit = word(1).and_then(unit)?;
            (word(2) == Some("ago")).then(|| (3, ago(counted, unit)))
        }
    }
}

/// A day of the week, or a day of the year in words.
fn named_day(tokens: &[Token<'_>]) -> Option<(usize, String)> {
    const DAYS: &[&str] = &["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"];
    const MONTHS: &[&str] = &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = |place: usize| tokens.get(place).map(|token| token.word.as_str());
    let first = word(0)?;
    if first
        .strip_suffix("day")
        .is_some_and(|day| DAYS.contains(&day))
    {
        return Some((1, first.to_owned()));
    }
    let is_month = |word: &str| MONTHS.contains(&word);
    let is_day = |word: &str| {
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        digits
            .parse::<u8>()
            .is_ok_and(|day| (1..=31).contains(&day))
    };
    let second = word(1).unwrap_or_default();
    let (day_first, month_first) = (
        is_day(first) && is_month(second),
        is_month(first) && is_day(second),
    );
    if !day_first && !month_first {
        return is_month(first).then(|| (1, first.to_owned()));
    }
    let year =
        word(2).filter(|year| year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()));
    let length = 2 + usize::from(year.is_some());
    let words: Vec<&str> = tokens[..length].iter().map(|token| token.text).collect();
    Some((length, words.join(" ")))
}

fn count(word: &str) -> Option<u32> {
    const NUMBERS: &[&str] = &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let written = || NUMBERS.iter().position(|number| *number == word);
    word.parse()
        .ok()
        .or_else(|| u32::try_from(written()? + 1).ok())
        .or_else(|| matches!(word, "a" | "an").then_some(1))
}

fn unit(word: &str) -> Option<&'static str> {
    ["minute", "hour", "day", "week", "month", "year"]
        .into_iter()
        .find(|unit| word.strip_suffix('s').unwrap_or(word) == *unit)
}

fn ago(count: u32, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// The stretch of the text that these tokens cover.
fn typed(text: &str, tokens: &[Token<'_>]) -> String {
    let at = |part: &str| part.as_ptr() as usize - text.as_ptr() as usize;
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => {
            text[at(first.text)..at(last.text) + last.text.len()].to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn dates_and_ranges(text: &str) -> Vec<(String, String)> {
        mentions(text, &tokens(text))
            .into_iter()
            .filter_map(|mention| {
                let value = mention.read(|reading| match reading {
                    Reading::Date(value) | Reading::Range(value) => Some(value.clone()),
                    _ => None,
                })?;
                Some((mention.text, value))
            })
            .collect()
    }

    #[test]
    fn stretches_of_time_and_of_history_are_read_from_words() {
        for (text, typed, value) in [
            ("changes since yesterday", "since yesterday", "yesterday"),
            (
                "from the last 30 days",
                "from the last 30 days",
                "30 days ago",
            ),
            ("since 3 weeks ago", "since 3 weeks ago", "3 weeks ago"),
            ("since last week", "since last week", "1 week ago"),
            (
                "covering the past two months",
                "the past two months",
                "2 months ago",
            ),
            ("since Monday", "since Monday", "monday"),
            ("since 1 March 2026", "since 1 March 2026", "1 March 2026"),
            ("since 2026-01-31?", "since 2026-01-31", "2026-01-31"),
            ("from v1.2 to v1.3 into", "from v1.2 to v1.3", "v1.2..v1.3"),
            (
                "between v1.2 and v1.3?",
                "between v1.2 and v1.3",
                "v1.2..v1.3",
            ),
            ("since v2.0.1", "since v2.0.1", "v2.0.1..HEAD"),
        ] {
            let expected = vec![(typed.to_owned(), value.to_owned())];
            assert_eq!(dates_and_ranges(text), expected, "{text}");
        }
        for text in [
            "this is the last one",
            "march on",
            "two things",
            "since we met",
        ] {
            assert!(dates_and_ranges(text).is_empty(), "{text}");
        }
    }
}
