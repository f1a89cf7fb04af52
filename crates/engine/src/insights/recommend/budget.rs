//! A budget: what calls cost grows, and nothing holds it.

use krake_domain::amount::Amount;

use super::thresholds::{LEAST_GROWTH, LEAST_WEEK_MICROS};
use super::{Advice, Facts};

/// Whole cents, in millionths.
const CENT: i64 = 10_000;

pub(super) fn advise(facts: &Facts) -> Option<Advice> {
    let weeks = facts.weeks;
    let (last, before) = (weeks.last.micros(), weeks.before.micros());
    // Half as much again: in whole numbers, so that the edge is where it is said to be.
    #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
    let growth = (LEAST_GROWTH * 10.0) as i64;
    let grows = before > 0 && last.saturating_mul(10) >= before.saturating_mul(growth);
    if weeks.has_budget || last < LEAST_WEEK_MICROS || !grows {
        return None;
    }
    // What a day of the last week cost, and half as much again, in whole cents.
    let a_day = last.saturating_mul(3) / 14;
    let cap = Amount::from_micros(a_day.saturating_add(CENT - 1) / CENT * CENT);
    Some(Advice::SetBudget {
        last_week: weeks.last,
        week_before: weeks.before,
        cap,
    })
}
