//! How fast a limit is used up, and whether it lasts until it is filled again.

use std::time::Duration;

use krake_domain::amount::Amount;
use krake_domain::limit::{LimitSeen, Span};
use krake_domain::time::Timestamp;

/// What the looks at one limit come to at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// The newest look, from whichever source.
    pub seen: LimitSeen,
    /// How long ago that was.
    pub age: Duration,
    /// The used part now, from 0 to 1.
    pub used: Option<f64>,
    /// Units an hour, from the looks of this window; none while nothing was used between two of
    /// them, or they are too close together to say.
    pub per_hour: Option<f64>,
    /// When nothing is left, if it goes on like this.
    pub runs_out_at: Option<Timestamp>,
    /// Whether that is before it is filled again.
    pub before_reset: bool,
}

/// Closer looks tell rounding and not a rate.
const LEAST_BETWEEN_MS: i64 = 60_000;

/// The newest look at each limit, with what the earlier ones tell about its use. The looks are of
/// one account, in any order. Limits of a minute are seen and not forecast: they are full again
/// before anybody could act.
#[must_use]
pub fn forecast(looks: &[LimitSeen], now: Timestamp) -> Vec<Forecast> {
    let mut kinds: Vec<(Span, &str)> = looks
        .iter()
        .map(|look| (look.span, look.unit.as_str()))
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
        .into_iter()
        .filter_map(|(span, unit)| {
            let mut of_kind: Vec<&LimitSeen> = looks
                .iter()
                .filter(|look| look.span == span && look.unit == unit)
                .collect();
            of_kind.sort_by_key(|look| (look.seen_at, look.source));
            one(&of_kind, now)
        })
        .collect()
}

fn one(looks: &[&LimitSeen], now: Timestamp) -> Option<Forecast> {
    let newest = *looks.last()?;
    let per_hour = match newest.span {
        Span::Minute => None,
        _ => rate(looks, newest, now),
    };
    let left = newest.remaining_at(now);
    let runs_out_at = match (per_hour, newest.remaining) {
        (Some(rate), Some(left)) if !newest.has_reset(now) => {
            let ms = amount(left) / rate * 3_600_000.0;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "bounded on the line itself"
            )]
            Some(Timestamp(newest.seen_at.0 + ms.min(1e13) as i64))
        }
        _ => None,
    };
    let before_reset = match (runs_out_at, newest.resets_at) {
        (Some(out), Some(reset)) => out < reset,
        // A balance is not filled again by itself.
        (Some(_), None) => newest.span == Span::Balance,
        _ => false,
    };
    Some(Forecast {
        age: now.since(newest.seen_at),
        used: left.and_then(|_| newest.used_part(now)),
        seen: newest.clone(),
        per_hour,
        runs_out_at,
        before_reset,
    })
}

/// Units an hour between the first and the newest look of the window that the newest one is in.
fn rate(looks: &[&LimitSeen], newest: &LimitSeen, now: Timestamp) -> Option<f64> {
    let began = window_begin(newest, now)?;
    let left_now = newest.remaining?;
    // Backwards as long as less was used: a look that had less left is of a window before.
    let mut oldest: Option<&LimitSeen> = None;
    let mut least = left_now;
    for look in looks.iter().rev() {
        let Some(left) = look.remaining else { continue };
        if look.seen_at < began || left < least || look.limit != newest.limit {
            break;
        }
        least = left;
        oldest = Some(look);
    }
    // A window that was seen once began full: its limit is a look at its beginning.
    let (from, at) = match (oldest, newest.span.milliseconds(), newest.resets_at) {
        (Some(oldest), ..) if oldest.seen_at < newest.seen_at => {
            (oldest.remaining?, oldest.seen_at)
        }
        (_, Some(_), Some(_)) => (newest.limit?, began),
        _ => return None,
    };
    let elapsed = newest.seen_at.0 - at.0;
    let used = amount(from.less(left_now));
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of a month fit exactly"
    )]
    (elapsed >= LEAST_BETWEEN_MS && used > 0.0).then(|| used / (elapsed as f64 / 3_600_000.0))
}

/// When the window of that look began: before its reset by its length; for what has no reset, long ago.
fn window_begin(look: &LimitSeen, now: Timestamp) -> Option<Timestamp> {
    const MONTH_MS: i64 = 30 * 24 * 3_600_000;
    match (look.span.milliseconds(), look.resets_at) {
        (Some(_), Some(reset)) if reset <= now => None,
        (Some(length), Some(reset)) => Some(Timestamp(reset.0 - length)),
        (Some(length), None) => Some(Timestamp(look.seen_at.0 - length)),
        (None, _) => Some(Timestamp(look.seen_at.0 - MONTH_MS)),
    }
}

fn amount(amount: Amount) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
    {
        amount.micros() as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::limit::LimitSource;

    const HOUR: i64 = 3_600_000;

    fn look(span: Span, at: i64, left: u64, resets: Option<i64>) -> LimitSeen {
        LimitSeen {
            span,
            unit: "percent".to_owned(),
            limit: Some(Amount::whole(100)),
            remaining: Some(Amount::whole(left)),
            resets_at: resets.map(Timestamp),
            seen_at: Timestamp(at),
            source: LimitSource::ToolLog,
        }
    }

    fn only(looks: &[LimitSeen], now: i64) -> Forecast {
        let mut all = forecast(looks, Timestamp(now));
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn what_is_used_faster_than_it_is_filled_runs_out_before() {
        // 23 % an hour, 54 left after two hours: out at 4.35 h, reset at 5 h.
        let looks = [
            look(Span::FiveHours, HOUR, 77, Some(5 * HOUR)),
            look(Span::FiveHours, 2 * HOUR, 54, Some(5 * HOUR)),
        ];
        let seen = only(&looks, 3 * HOUR);
        assert_eq!(seen.per_hour, Some(23.0));
        assert!(seen.before_reset);
        let out = seen.runs_out_at.unwrap().0;
        assert_eq!(out / 60_000, 4 * 60 + 20);
        assert_eq!(seen.age, Duration::from_millis(HOUR as u64));
        assert_eq!(seen.used, Some(0.46));

        let slow = [
            look(Span::FiveHours, HOUR, 99, Some(5 * HOUR)),
            look(Span::FiveHours, 4 * HOUR, 90, Some(5 * HOUR)),
        ];
        assert!(!only(&slow, 4 * HOUR).before_reset);
    }

    #[test]
    fn a_window_that_was_seen_once_began_full() {
        let seen = only(
            &[look(Span::FiveHours, 2 * HOUR, 20, Some(5 * HOUR))],
            2 * HOUR,
        );
        assert_eq!(seen.per_hour, Some(40.0));
        assert!(seen.before_reset);
        // Without a reset nobody knows when it began.
        let seen = only(&[look(Span::FiveHours, 2 * HOUR, 20, None)], 2 * HOUR);
        assert_eq!((seen.per_hour, seen.runs_out_at), (None, None));
    }

    #[test]
    fn the_window_before_does_not_count_and_one_that_is_over_is_full() {
        let looks = [
            look(Span::FiveHours, HOUR, 10, Some(2 * HOUR)),
            look(Span::FiveHours, 3 * HOUR, 100, Some(7 * HOUR)),
            look(Span::FiveHours, 4 * HOUR, 80, Some(7 * HOUR)),
        ];
        assert_eq!(only(&looks, 4 * HOUR).per_hour, Some(20.0));
        let over = only(&looks, 8 * HOUR);
        assert_eq!(
            (over.used, over.per_hour, over.before_reset),
            (Some(0.0), None, false)
        );
    }

    #[test]
    fn a_balance_runs_out_and_a_minute_is_not_forecast() {
        let looks = [
            look(Span::Balance, 0, 60, None),
            look(Span::Balance, 10 * HOUR, 50, None),
            look(Span::Minute, 10 * HOUR, 1, Some(10 * HOUR + 30_000)),
        ];
        let all = forecast(&looks, Timestamp(10 * HOUR));
        assert_eq!(all[0].seen.span, Span::Minute);
        assert_eq!(all[0].per_hour, None);
        assert_eq!(all[1].runs_out_at, Some(Timestamp(60 * HOUR)));
        assert!(all[1].before_reset);
        // Nothing was used, or too little time has passed: no rate.
        let same = [
            look(Span::Balance, 0, 50, None),
            look(Span::Balance, HOUR, 50, None),
        ];
        assert_eq!(only(&same, HOUR).per_hour, None);
        let close = [
            look(Span::Balance, 0, 50, None),
            look(Span::Balance, 9_000, 40, None),
        ];
        assert_eq!(only(&close, HOUR).per_hour, None);
    }
}
