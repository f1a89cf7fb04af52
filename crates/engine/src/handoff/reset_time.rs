//! When a limit is filled again, where a tool says it by the clock: "resets 5pm (Europe/Berlin)",
//! "resets Oct 3, 5pm", "will reset at 9:30 AM".

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp as Instant, ToSpan as _};
use krake_domain::time::Timestamp;
use regex::{Captures, Regex};

use crate::insights::Zone;

/// No limit lasts longer. A date that is further off has just passed: tools round what they write.
const MOST_MS: i64 = 32 * 24 * 3_600_000;

static RESETS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b reset s? \s+ (?: (?:at|on) \s+ )?
        (?: (?<month> jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec ) [a-z]* \.? \s+
            (?<day> \d{1,2} ) (?: , | \s+ at )? \s+ )?
        (?<hour> \d{1,2} ) (?: : (?<minute> \d{2} ) )? (?: \s? (?<half> [ap] ) m \b )?
        (?: \s* \( (?<zone> [a-z0-9_+/-]+ ) \) )?",
    )
    .expect("a fixed pattern")
});

/// A moment, and the zone that was taken for it where the words name none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetTime {
    pub at: Timestamp,
    /// The name of the zone that was assumed.
    pub assumed: Option<String>,
}

/// The first such moment after `at`. Words without a zone are taken to be of `here`, the zone of this
/// machine, because the tool that wrote them runs on it. None where no time of day stands there, or
/// one in a zone that nobody knows.
#[must_use]
pub fn reset_time(text: &str, at: Timestamp, here: &Zone) -> Option<ResetTime> {
    // The last one: whoever quotes another message says their own after it.
    let told = RESETS.captures_iter(text).last()?;
    let time = time_of_day(&told)?;
    let (zone, assumed) = match told.name("zone") {
        Some(name) => (Zone::named(name.as_str())?, None),
        None => (here.clone(), Some(here.name().to_owned())),
    };
    let now = Instant::from_millisecond(at.0).ok()?;
    let rules = zone.rules();
    let today = rules.to_datetime(now).date();
    let days: Vec<Date> = match month_and_day(&told) {
        // Today it may have passed, and tomorrow a clock may skip it.
        None => (0..3)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .collect(),
        Some((month, day)) => (today.year()..=today.year() + 1)
            .filter_map(|year| Date::new(year, month, day).ok())
            .collect(),
    };
    let next = days
        .into_iter()
        .flat_map(|day| moments(rules, day, time))
        .find(|it| *it > now)?;
    let next = Timestamp(next.as_millisecond());
    (next.0 - at.0 <= MOST_MS).then_some(ResetTime { at: next, assumed })
}

fn time_of_day(told: &Captures<'_>) -> Option<Time> {
    let number = |name: &str| told.name(name)?.as_str().parse::<i8>().ok();
    let (hour, minute) = (number("hour")?, number("minute"));
    let hour = match told.name("half").map(|half| half.as_str()) {
        Some(half) if (1..=12).contains(&hour) => {
            hour % 12
                + if half.eq_ignore_ascii_case("p") {
                    12
                } else {
                    0
                }
        }
        Some(_) => return None,
        // A bare number is anything: "resets 3 limits".
        None => minute.map(|_| hour)?,
    };
    Time::new(hour, minute.unwrap_or(0), 0, 0).ok()
}

fn month_and_day(told: &Captures<'_>) -> Option<(i8, i8)> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let month = told.name("month")?.as_str().to_lowercase();
    let number = (1_i8..).zip(MONTHS).find(|(_, name)| *name == month)?.0;
    Some((number, told.name("day")?.as_str().parse().ok()?))
}

/// When clocks of that zone show that time on that day: once; twice on the day they go back; and
/// where they skip it, when they would have.
fn moments(rules: &TimeZone, day: Date, time: Time) -> Vec<Instant> {
    let shown = rules.to_ambiguous_timestamp(day.to_datetime(time));
    let all = match shown.offset() {
        AmbiguousOffset::Fold { .. } => vec![shown.earlier(), shown.later()],
        _ => vec![shown.compatible()],
    };
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, at: &str, here: &str) -> Option<(String, Option<String>)> {
        let at = Timestamp::from_rfc3339(at).unwrap();
        let here = Zone::named(here).unwrap();
        let reset = reset_time(text, at, &here)?;
        Some((
            reset.at.to_rfc3339().replace(":00.000Z", "Z"),
            reset.assumed,
        ))
    }

    #[track_caller]
    fn is(text: &str, at: &str, reset: &str) {
        let found = told(text, at, "UTC").map(|(at, _)| at);
        assert_eq!(found.as_deref(), Some(reset), "{text}");
    }

    #[test]
    fn a_named_zone_is_exact_and_a_missing_one_is_assumed_to_be_this_machines() {
        let at = "2026-11-26T03:12:00Z";
        let berlin = "You've hit your limit · resets 5pm (Europe/Berlin)";
        assert_eq!(
            told(berlin, at, "Asia/Tokyo"),
            Some(("2026-11-26T16:00Z".to_owned(), None))
        );
        let bare = "5-hour limit reached ∙ resets 5pm";
        let assumed = Some("Asia/Tokyo".to_owned());
        assert_eq!(
            told(bare, at, "Asia/Tokyo"),
            Some(("2026-11-26T08:00Z".to_owned(), assumed))
        );
        assert_eq!(told("resets 5pm (Middle/Earth)", at, "UTC"), None);
        is(
            "limit will reset at 1pm (Etc/GMT+5).",
            at,
            "2026-11-26T18:00Z",
        );
    }

    #[test]
    fn each_form_that_tools_write_is_read() {
        let at = "2026-11-26T09:40:00Z";
        is(
            "Session limit reached ∙ resets 8:30pm",
            at,
            "2026-11-26T20:30Z",
        );
        is(
            "Session limit reached ∙ resets 5:00 PM\nUpgrade",
            at,
            "2026-11-26T17:00Z",
        );
        is("Limits will reset at 9:30 AM.", at, "2026-11-27T09:30Z");
        is("resets 17:05", at, "2026-11-26T17:05Z");
        is(
            "Weekly limit reached · resets 10am (Asia/Seoul) · /upgrade",
            at,
            "2026-11-27T01:00Z",
        );
        is(
            "it said resets 1pm, now it resets 2pm",
            at,
            "2026-11-26T14:00Z",
        );
    }

    #[test]
    fn noon_and_midnight_are_where_the_clock_has_them() {
        is("resets 12am", "2026-11-26T09:40:00Z", "2026-11-27T00:00Z");
        is("resets 12pm", "2026-11-26T09:40:00Z", "2026-11-26T12:00Z");
        is(
            "resets 12:50pm (UTC)",
            "2026-11-26T12:50:00Z",
            "2026-11-27T12:50Z",
        );
        is(
            "resets 12:50am (Asia/Singapore)",
            "2026-11-26T16:49:00Z",
            "2026-11-26T16:50Z",
        );
    }

    #[test]
    fn a_date_is_of_this_year_or_the_next() {
        is(
            "resets Oct 3, 5pm",
            "2026-09-28T08:00:00Z",
            "2026-10-03T17:00Z",
        );
        is(
            "resets Jan 2, 4am (UTC)",
            "2026-12-30T08:00:00Z",
            "2027-01-02T04:00Z",
        );
        is(
            "resets January 2 at 4:15am",
            "2026-12-30T08:00:00Z",
            "2027-01-02T04:15Z",
        );
        // A zone in which the year is over already.
        is(
            "resets Jan 1, 9am (Pacific/Auckland)",
            "2026-12-31T12:00:00Z",
            "2026-12-31T20:00Z",
        );
        is("resets 1am", "2026-12-31T08:00:00Z", "2027-01-01T01:00Z");
        // It has just passed: nobody waits a year for it.
        assert_eq!(
            told("resets Oct 3, 5pm", "2026-10-03T17:00:20Z", "UTC"),
            None
        );
        assert_eq!(
            told("resets Feb 30, 5pm", "2026-02-26T17:00:20Z", "UTC"),
            None
        );
    }

    #[test]
    fn clocks_that_are_changed_are_followed() {
        let zone = "(Europe/Berlin)";
        // The evening before clocks go on: nine hours on, and not ten.
        is(
            &format!("resets 8am {zone}"),
            "2026-03-28T21:00:00Z",
            "2026-03-29T06:00Z",
        );
        // 2:30 is skipped that night.
        is(
            &format!("resets 2:30am {zone}"),
            "2026-03-28T21:00:00Z",
            "2026-03-29T01:30Z",
        );
        // And comes twice when they go back.
        is(
            &format!("resets 2:30am {zone}"),
            "2026-10-24T21:00:00Z",
            "2026-10-25T00:30Z",
        );
        is(
            &format!("resets 2:30am {zone}"),
            "2026-10-25T00:45:00Z",
            "2026-10-25T01:30Z",
        );
        is(
            &format!("resets 2:30am {zone}"),
            "2026-10-25T01:45:00Z",
            "2026-10-26T01:30Z",
        );
    }

    #[test]
    fn what_says_no_time_of_day_says_nothing() {
        for text in [
            "",
            "limit reached",
            "resets soon",
            "resets in 3 hours",
            "resets 5",
            "resets 3 limits",
            "resets 13pm",
            "resets 0am",
            "resets 25:00",
            "resets 5:75pm",
            "presets 5pm",
            "Feb 3, 5pm",
        ] {
            assert_eq!(told(text, "2026-11-26T09:40:00Z", "UTC"), None, "{text}");
        }
        let last = reset_time(
            "resets 5pm",
            Timestamp(i64::MAX),
            &Zone::named("UTC").unwrap(),
        );
        assert_eq!(last, None);
    }
}
