//! Another account: this one runs out before it is filled again, while another has enough left.

use krake_domain::time::Timestamp;

use super::thresholds::{LEAST_LEFT, LEAST_USED, OLDEST_LOOK_MS};
use super::{AccountFacts, Advice, Facts, Stamp};
use crate::accounts::Forecast;

pub(super) fn advise(facts: &Facts) -> Vec<Advice> {
    let active = || facts.accounts.iter().filter(|account| account.active);
    let short = active().filter_map(|account| Some((account, runs_out(account, facts.now)?)));
    short
        .filter_map(|(from, (forecast, used))| {
            let others = active().filter(|other| {
                other.id != from.id && other.called == from.called && !other.ran_out
            });
            let left = others.filter_map(|other| Some((left_of(other)?, other.id)));
            let (left, to) = left.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?;
            Some(Advice::UseAccount {
                from: from.id,
                span: forecast.seen.span,
                used,
                runs_out_at: Stamp(forecast.runs_out_at?),
                resets_at: forecast.seen.resets_at.map(Stamp),
                to,
                left,
            })
        })
        .collect()
}

/// The window that runs out first, and its used part. One that should be used up by now and was not
/// seen so tells that the forecast was wrong.
fn runs_out(account: &AccountFacts, now: Timestamp) -> Option<(&Forecast, f64)> {
    let holds = |one: &&Forecast| {
        let is_fresh = now.0 - one.seen.seen_at.0 <= OLDEST_LOOK_MS;
        let is_ahead = one.runs_out_at.is_some_and(|out| out >= now);
        one.before_reset && is_fresh && (is_ahead || one.used == Some(1.0))
    };
    let early = account.forecasts.iter().filter(holds);
    let used = early.filter_map(|one| Some((one, one.used?)));
    used.filter(|(_, used)| *used >= LEAST_USED)
        .min_by_key(|(one, _)| one.runs_out_at)
}

/// What its tightest window has left, where that is known and enough.
fn left_of(account: &AccountFacts) -> Option<f64> {
    if account.forecasts.iter().any(|one| one.before_reset) {
        return None;
    }
    let used = account.forecasts.iter().filter_map(|one| one.used);
    let left = used.map(|used| 1.0 - used).min_by(f64::total_cmp)?;
    (left >= LEAST_LEFT).then_some(left)
}
