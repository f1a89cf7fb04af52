//! Another model: it was asked for the same purpose, did as well and cost less.

use std::collections::BTreeSet;

use krake_domain::amount::Amount;

use super::thresholds::{LEAST_CALLS, MOST_COST, MOST_LESS_DONE};
use super::{Advice, CallRecord, Facts, ModelRecord};

pub(super) fn advise(facts: &Facts) -> Vec<Advice> {
    let purposes: BTreeSet<&str> = facts.calls.iter().map(|one| one.purpose.as_str()).collect();
    purposes
        .into_iter()
        .filter_map(|purpose| {
            let of_purpose = facts.calls.iter().filter(|one| one.purpose == purpose);
            let known: Vec<ModelRecord> = of_purpose.filter_map(record).collect();
            let from = known.iter().max_by_key(|one| one.calls)?;
            let to = known.iter().filter(|one| is_better(one, from));
            let to = to.min_by_key(|one| one.usd_a_call)?;
            Some(Advice::UseModel {
                purpose: purpose.to_owned(),
                from: from.clone(),
                to: to.clone(),
            })
        })
        .collect()
}

/// What was measured, where that is enough.
fn record(calls: &CallRecord) -> Option<ModelRecord> {
    if calls.calls < LEAST_CALLS || calls.priced < LEAST_CALLS {
        return None;
    }
    let each = calls.usd.micros() / i64::try_from(calls.priced).ok()?;
    Some(ModelRecord {
        account: calls.account,
        model: calls.model.clone(),
        calls: calls.calls,
        done: calls.done,
        usd_a_call: Amount::from_micros(each),
    })
}

fn is_better(one: &ModelRecord, than: &ModelRecord) -> bool {
    let cost = one.usd_a_call.part_of(than.usd_a_call);
    let cheaper = cost.is_some_and(|part| part <= MOST_COST);
    cheaper && done_part(one) + MOST_LESS_DONE >= done_part(than)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a part needs no more digits than a float has"
)]
fn done_part(record: &ModelRecord) -> f64 {
    record.done as f64 / record.calls.max(1) as f64
}
