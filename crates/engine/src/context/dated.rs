//! Days as a text speaks of them: "yesterday", said on a known day, is a known day itself.
//!
//! A briefing is read later than what it quotes was said, so what is relative to the day of a message
//! is written out behind its words. It knows plain phrases of four languages, and leaves alone what can
//! mean two days.
//! **Invariant:** no word of the text is changed, and nothing is added that its message has no time for.

use std::borrow::Cow;
use std::fmt::Write as _;

use krake_domain::time::Timestamp;

/// How far away, and how exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Away {
    Days(i64),
    Weeks(i64),
    Months(i64),
    Years(i64),
    /// The nearest such day of the week before or after, Monday as 0.
    Weekday(i64, Side),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

use Away::{Days, Months, Weekday, Weeks, Years};

/// Phrases of one and two words, in small letters.
const PHRASES: [(&str, Away); 38] = [
    ("besok", Days(1)),
    ("bulan depan", Months(1)),
    ("bulan lalu", Months(-1)),
    ("gestern", Days(-1)),
    ("hari ini", Days(0)),
    ("heute", Days(0)),
    ("kemarin", Days(-1)),
    ("last month", Months(-1)),
    ("last night", Days(-1)),
    ("last week", Weeks(-1)),
    ("last year", Years(-1)),
    ("letzte woche", Weeks(-1)),
    ("letzten monat", Months(-1)),
    ("letztes jahr", Years(-1)),
    ("minggu depan", Weeks(1)),
    ("minggu lalu", Weeks(-1)),
    ("next month", Months(1)),
    ("next week", Weeks(1)),
    ("next year", Years(1)),
    ("nächste woche", Weeks(1)),
    ("nächsten monat", Months(1)),
    ("nächstes jahr", Years(1)),
    ("tahun depan", Years(1)),
    ("tahun lalu", Years(-1)),
    ("today", Days(0)),
    ("tomorrow", Days(1)),
    ("tonight", Days(0)),
    ("vorgestern", Days(-2)),
    ("yesterday", Days(-1)),
    ("übermorgen", Days(2)),
    ("אתמול", Days(-1)),
    ("בחודש שעבר", Months(-1)),
    ("בשבוע הבא", Weeks(1)),
    ("בשבוע שעבר", Weeks(-1)),
    ("בשנה שעברה", Years(-1)),
    ("היום", Days(0)),
    ("מחר", Days(1)),
    ("שלשום", Days(-2)),
];

const WEEKDAYS: [[&str; 2]; 7] = [
    ["monday", "montag"],
    ["tuesday", "dienstag"],
    ["wednesday", "mittwoch"],
    ["thursday", "donnerstag"],
    ["friday", "freitag"],
    ["saturday", "samstag"],
    ["sunday", "sonntag"],
];
/// How a stretch is called, from a day on.
const DAYS: [&str; 6] = ["day", "days", "hari", "tag", "tagen", "ימים"];
const WEEKS: [&str; 6] = ["minggu", "week", "weeks", "woche", "wochen", "שבועות"];
const MONTHS: [&str; 6] = ["bulan", "monat", "monaten", "month", "months", "חודשים"];
const YEARS: [&str; 6] = ["jahr", "jahren", "tahun", "year", "years", "שנים"];
/// Numbers in words: one to six.
const COUNTS: [[&str; 5]; 6] = [
    ["a", "an", "one", "einem", "einer"],
    ["two", "zwei", "dua", "שני", "שתי"],
    ["three", "drei", "tiga", "שלושה", "שלוש"],
    ["four", "vier", "empat", "ארבעה", "ארבע"],
    ["five", "fünf", "lima", "חמישה", "חמש"],
    ["six", "sechs", "enam", "שישה", "שש"],
];
const NAMES_OF_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The text with what is relative to the day on which it was said written out behind it:
/// `yesterday (7 May 2023)`, `last week (week of 1 May 2023)`, `next month (June 2023)`.
#[must_use]
pub fn dated(text: &str, said_at: Option<Timestamp>) -> Cow<'_, str> {
    let Some(today) = said_at.map(|at| at.0.div_euclid(DAY_MS)) else {
        return Cow::Borrowed(text);
    };
    let words = words(text);
    let mut dated = String::new();
    let mut from = 0;
    for at in 0..words.len() {
        let Some(away) = away(&words[..=at]) else {
            continue;
        };
        let end = words[at].end;
        let rest = &text[end..];
        let end = end
            + ["'s", "’s"]
                .iter()
                .find(|s| rest.starts_with(**s))
                .map_or(0, |s| s.len());
        dated.push_str(&text[from..end]);
        let _ = write!(dated, " ({})", written(today, away));
        from = end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    dated.push_str(&text[from..]);
    Cow::Owned(dated)
}

const DAY_MS: i64 = 86_400_000;

struct Word {
    end: usize,
    small: String,
    /// Only blanks stand between it and the word before.
    joined: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut begins = None;
    let mut ended = 0;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric(), begins) {
            (true, None) => begins = Some(at),
            (false, Some(from)) => {
                words.push(Word {
                    end: at,
                    small: text[from..at].to_lowercase(),
                    joined: text[ended..from].trim().is_empty(),
                });
                ended = at;
                begins = None;
            }
            _ => {}
        }
    }
    words
}

/// What the last of these words ends.
fn away(words: &[Word]) -> Option<Away> {
    let (last, before) = words.split_last()?;
    let find = |phrase: &str| PHRASES.iter().find(|(known, _)| *known == phrase);
    let one_before = before.last().filter(|_| last.joined);
    if let Some(one) = one_before {
        let phrase = format!("{} {}", one.small, last.small);
        if let Some((_, away)) = find(&phrase) {
            return Some(*away);
        }
        let side = match one.small.as_str() {
            "last" | "letzten" => Some(Side::Before),
            "next" | "nächsten" => Some(Side::After),
            _ => None,
        };
        let day = WEEKDAYS.iter().position(|day| day.contains(&&*last.small));
        if let (Some(side), Some(day)) = (side, day) {
            return Some(Weekday(i64::try_from(day).ok()?, side));
        }
    }
    if let Some((_, away)) = find(&last.small) {
        return Some(*away);
    }
    let [.., first, middle] = before else {
        return None;
    };
    if !last.joined || !middle.joined {
        return None;
    }
    match (&*first.small, &*middle.small, &*last.small) {
        (number, unit, "ago" | "lalu") => stretch(number, unit),
        ("vor" | "לפני", number, unit) => stretch(number, unit),
        _ => None,
    }
}

/// So many days, weeks, months or years back.
fn stretch(number: &str, unit: &str) -> Option<Away> {
    let in_words = COUNTS.iter().position(|words| words.contains(&number));
    let number = match in_words {
        Some(at) => i64::try_from(at).ok()? + 1,
        None => number.parse().ok().filter(|number| *number <= MOST_BACK)?,
    };
    Some(match unit {
        _ if DAYS.contains(&unit) => Days(-number),
        _ if WEEKS.contains(&unit) => Weeks(-number),
        _ if MONTHS.contains(&unit) => Months(-number),
        _ if YEARS.contains(&unit) => Years(-number),
        _ => return None,
    })
}

/// Larger numbers are no stretch of time that somebody counts back.
const MOST_BACK: i64 = 99;

fn written(today: i64, away: Away) -> String {
    let (year, month, _) = civil(today);
    let month_of = |by: i64| {
        let months = year * 12 + (month - 1) + by;
        let name = usize::try_from(months.rem_euclid(12)).map_or("", |at| NAMES_OF_MONTHS[at]);
        format!("{name} {}", months.div_euclid(12))
    };
    // The first of January 1970 was a Thursday.
    let weekday = (today + 3).rem_euclid(7);
    match away {
        Days(by) => day(today + by),
        Weeks(by) => format!("week of {}", day(today - weekday + by * 7)),
        Months(by) => month_of(by),
        Years(by) => (year + by).to_string(),
        Weekday(wanted, Side::Before) => day(today - 1 - (weekday - 1 - wanted).rem_euclid(7)),
        Weekday(wanted, Side::After) => day(today + 1 + (wanted - weekday - 1).rem_euclid(7)),
    }
}

fn day(number: i64) -> String {
    let (year, month, day) = civil(number);
    let name = usize::try_from(month - 1).map_or("", |at| NAMES_OF_MONTHS[at]);
    format!("{day} {name} {year}")
}

/// Year, month and day of a day counted from the first of January 1970. Years begin in March here, so
/// that the leap day is their last; 400 of them always have the same number of days.
fn civil(number: i64) -> (i64, i64, i64) {
    let days = number + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_relative_is_written_out() {
        // A Monday.
        let at = Timestamp::from_rfc3339("2023-05-08T13:56:00Z");
        let table = [
            ("I met her yesterday.", "I met her yesterday (7 May 2023)."),
            (
                "Yesterday's run broke.",
                "Yesterday's (7 May 2023) run broke.",
            ),
            (
                "We go there next month!",
                "We go there next month (June 2023)!",
            ),
            (
                "It was last week, I think",
                "It was last week (week of 1 May 2023), I think",
            ),
            (
                "Two weeks ago it rained",
                "Two weeks ago (week of 24 April 2023) it rained",
            ),
            ("10 years ago", "10 years ago (2013)"),
            (
                "last Friday and next Friday",
                "last Friday (5 May 2023) and next Friday (12 May 2023)",
            ),
            ("last Monday", "last Monday (1 May 2023)"),
            (
                "Vorgestern, vor drei Tagen",
                "Vorgestern (6 May 2023), vor drei Tagen (5 May 2023)",
            ),
            ("נפגשנו אתמול", "נפגשנו אתמול (7 May 2023)"),
            ("Kemarin saya pergi.", "Kemarin (7 May 2023) saya pergi."),
            ("the last, week by week", "the last, week by week"),
            ("On Friday it ends", "On Friday it ends"),
        ];
        for (text, written) in table {
            assert_eq!(dated(text, at), written);
        }
        assert_eq!(dated("yesterday", None), "yesterday");
    }

    #[test]
    fn days_are_counted_over_leap_years_and_before_1970() {
        for (at, day_before) in [
            ("2024-03-01T00:30:00Z", "29 February 2024"),
            ("2023-03-01T23:30:00Z", "28 February 2023"),
            ("2000-01-01T00:00:00Z", "31 December 1999"),
            ("1969-12-31T12:00:00Z", "30 December 1969"),
        ] {
            let said = dated("yesterday", Timestamp::from_rfc3339(at)).into_owned();
            assert_eq!(said, format!("yesterday ({day_before})"), "{at}");
        }
    }
}
