//! Days as a person has them: from midnight to midnight in their time zone, 23 to 25 hours long.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};
use krake_domain::spending::{QUARTER_MS, Shift};
use krake_domain::time::Timestamp;

/// A time zone by its name in the database that ships with Krake.
#[derive(Debug, Clone)]
pub struct Zone {
    zone: TimeZone,
    name: String,
}

/// A day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as 2026-11-25")]
pub struct BadDay;

impl Zone {
    /// The zone of that name, such as `Europe/Berlin`; `UTC` is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        Some(Self {
            name: zone.iana_name().unwrap_or(name).to_owned(),
            zone,
        })
    }

    /// Its name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When its clocks are changed, and by how much.
    pub(crate) fn rules(&self) -> &TimeZone {
        &self.zone
    }

    /// The day that a moment is in.
    #[must_use]
    pub fn day_of(&self, at: Timestamp) -> Day {
        let at = jiff::Timestamp::from_millisecond(at.0);
        Day(self.zone.to_datetime(at.unwrap_or_default()).date())
    }

    /// The first moment of a day. Where midnight is skipped, the day begins when the clock goes on.
    #[must_use]
    pub fn begin_of(&self, day: Day) -> Timestamp {
        let begun = self.zone.to_ambiguous_timestamp(day.0.at(0, 0, 0, 0));
        Timestamp(
            begun
                .compatible()
                .map_or(0, jiff::Timestamp::as_millisecond),
        )
    }
}

impl Zone {
    /// How its clocks stand between two moments.
    #[must_use]
    pub fn shifts(&self, from: Timestamp, until: Timestamp) -> Vec<Shift> {
        let quarters = |seconds: i32| i64::from(seconds).div_euclid(900);
        let begun = jiff::Timestamp::from_millisecond(from.0).unwrap_or_default();
        let mut shifts = vec![Shift {
            from: from.0.div_euclid(QUARTER_MS),
            ahead: quarters(self.zone.to_offset(begun).seconds()),
        }];
        for change in self.zone.following(begun) {
            let at = change.timestamp().as_millisecond();
            if at >= until.0 {
                break;
            }
            shifts.push(Shift {
                from: at.div_euclid(QUARTER_MS),
                ahead: quarters(change.offset().seconds()),
            });
        }
        shifts
    }
}

impl Day {
    /// The day so many days after 1970-01-01; that day itself where the calendar has none.
    #[must_use]
    pub fn number(days: i64) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self(epoch.checked_add(days.days()).unwrap_or(epoch))
    }

    /// A moment of it for whoever asks for prices of a day: its noon, UTC.
    #[must_use]
    pub fn noon(self) -> Timestamp {
        let noon = TimeZone::UTC.to_timestamp(self.0.at(12, 0, 0, 0));
        Timestamp(noon.map_or(0, jiff::Timestamp::as_millisecond))
    }

    /// The day so many days later, or earlier where that is below zero; the same where the calendar ends.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        let by: Span = days.days();
        Self(self.0.checked_add(by).unwrap_or(self.0))
    }

    /// The days from this one to the other, both counted; none where the other is earlier.
    pub fn to(self, last: Self) -> impl Iterator<Item = Self> {
        let next = move |day: &Self| Some(day.plus(1)).filter(|next| next > day);
        std::iter::successors(Some(self), next).take_while(move |day| *day <= last)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let form = |(place, byte): (usize, u8)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        };
        if text.len() != 10 || !text.bytes().enumerate().all(form) {
            return Err(BadDay);
        }
        text.parse().map(Self).map_err(|_| BadDay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_over_a_change_of_the_clock_have_23_and_25_hours() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let hours = |text: &str| {
            let (begun, ended) = (
                berlin.begin_of(day(text)),
                berlin.begin_of(day(text).plus(1)),
            );
            (ended.0 - begun.0) / 3_600_000
        };
        assert_eq!(
            ["2026-03-28", "2026-03-29", "2026-10-25", "2026-10-26"].map(hours),
            [24, 23, 25, 24]
        );
        // 23:30 UTC is another day there, in summer and in winter at another hour.
        for (moment, expected) in [
            ("2026-03-28T22:59:59Z", "2026-03-28"),
            ("2026-03-28T23:00:00Z", "2026-03-29"),
            ("2026-03-29T21:59:59Z", "2026-03-29"),
            ("2026-03-29T22:00:00Z", "2026-03-30"),
            ("2026-10-25T22:59:59Z", "2026-10-25"),
            ("2026-10-25T23:00:00Z", "2026-10-26"),
        ] {
            assert_eq!(berlin.day_of(at(moment)).to_string(), expected, "{moment}");
        }
    }

    #[test]
    fn every_day_begins_with_a_quarter_of_an_hour_also_where_midnight_is_skipped() {
        for name in [
            "Asia/Kathmandu",
            "Africa/Cairo",
            "America/Havana",
            "Australia/Eucla",
            "UTC",
        ] {
            let zone = Zone::named(name).unwrap();
            for day in day("2024-01-01").to(day("2026-12-31")) {
                let begun = zone.begin_of(day);
                assert_eq!(
                    begun.0 % krake_domain::spending::QUARTER_MS,
                    0,
                    "{name} {day}"
                );
                assert_eq!(zone.day_of(begun), day, "{name} {day}");
                assert_ne!(zone.day_of(Timestamp(begun.0 - 1)), day, "{name} {day}");
            }
        }
    }

    #[test]
    fn shifts_say_when_the_clock_goes_on_and_back() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let quarter = |text: &str| at(text).0 / QUARTER_MS;
        let shifts = berlin.shifts(at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"));
        let told: Vec<(i64, i64)> = shifts.iter().map(|one| (one.from, one.ahead)).collect();
        assert_eq!(
            told,
            [
                (quarter("2026-01-01T00:00:00Z"), 4),
                (quarter("2026-03-29T01:00:00Z"), 8),
                (quarter("2026-10-25T01:00:00Z"), 4),
            ]
        );
        let kathmandu = Zone::named("Asia/Kathmandu").unwrap();
        assert_eq!(kathmandu.shifts(Timestamp(0), Timestamp(1))[0].ahead, 22);
        let now = at("2026-01-01T00:00:00Z");
        assert_eq!(kathmandu.shifts(now, now)[0].ahead, 23);
        assert_eq!(Day::number(20_541).to_string(), "2026-03-29");
        assert_eq!(day("2026-03-29").noon(), at("2026-03-29T12:00:00Z"));
    }

    #[test]
    fn what_is_no_zone_and_no_day_is_none() {
        assert!(Zone::named("Europe/Atlantis").is_none());
        for text in [
            "",
            "2026-2-3",
            "2026-02-30",
            "26-11-25",
            "2026-11-25T00:00",
            "+026-11-25",
        ] {
            assert_eq!(text.parse::<Day>(), Err(BadDay), "{text}");
        }
        assert_eq!(day("2026-01-02").to(day("2026-01-01")).count(), 0);
        assert_eq!(day("2026-02-27").to(day("2026-03-01")).count(), 3);
    }
}
