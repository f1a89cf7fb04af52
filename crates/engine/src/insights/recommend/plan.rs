//! A larger plan: an account ran into its limit again and again.

use krake_domain::time::Timestamp;

use super::thresholds::{HIT_DAYS, HIT_GAP_MS, LEAST_HITS};
use super::{Advice, Facts, LimitHits, Stamp};

const DAY_MS: i64 = 24 * 3_600_000;

pub(super) fn advise(facts: &Facts) -> Vec<Advice> {
    let since = Timestamp(facts.now.0 - HIT_DAYS * DAY_MS);
    let mut all = Vec::new();
    for limits in &facts.limits {
        let (hits, last) = hits(limits, since, facts.now);
        if let Some(last) = last.filter(|_| hits >= LEAST_HITS) {
            all.push(Advice::ChangePlan {
                account: limits.account,
                hits,
                days: u32::try_from(HIT_DAYS).unwrap_or_default(),
                last_at: Stamp(last),
            });
        }
    }
    all
}

/// How often a limit was reached, each time counted once, and when last.
fn hits(limits: &LimitHits, since: Timestamp, now: Timestamp) -> (u32, Option<Timestamp>) {
    let mut moments: Vec<Timestamp> = limits.at.clone();
    moments.retain(|at| (since..=now).contains(at));
    moments.sort_unstable();
    let (mut hits, mut last) = (0, None::<Timestamp>);
    for at in moments {
        if last.is_none_or(|last| at.0 - last.0 >= HIT_GAP_MS) {
            hits += 1;
        }
        last = Some(at);
    }
    (hits, last)
}
