//! Which account is asked: a ranking with its reasons, from what is known and nothing else.
//!
//! The order is fixed: the person's rules, whether anybody answered, what budgets and windows leave,
//! what an account is best at, how its calls went, what they cost, how long they took.

use krake_domain::account::{Account, AccountStatus, CheckOutcome};
use krake_domain::amount::Amount;
use krake_domain::draft::RunOut;
use krake_domain::id::AccountId;
use krake_domain::limit::Span;
use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::forecast::Forecast;

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AccountRule")]
pub struct Rule {
    pub kind: RuleKind,
    /// The accounts that are meant: by id, by a word of their tags or by the word of their provider.
    pub accounts: String,
    /// Only for work whose purpose or words hold this; absent: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// What a rule does with the accounts that it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountRuleKind")]
pub enum RuleKind {
    /// Before others.
    First,
    /// After others.
    Last,
    /// Not at all.
    Never,
}

/// What the work needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Need {
    /// `planner`, `handoff`, or another word for what it is.
    pub purpose: String,
    /// Words about it: `code`, `German texts`.
    pub words: String,
    /// Only accounts that Krake can call by itself.
    pub called: bool,
    /// Not these: they have just failed, or hand over.
    pub without: Vec<AccountId>,
}

/// An account with what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub account: Account,
    pub forecasts: Vec<Forecast>,
    /// What a log said, where that still lasts.
    pub ran_out: Option<RunOut>,
    pub record: Record,
    /// What a usual call costs, where that is known.
    pub price: Option<Amount>,
    /// Why no budget lets it be called.
    pub no_budget: Option<String>,
}

/// How its calls went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Record {
    pub done: u64,
    pub failed: u64,
    /// Of the calls that were done, on average.
    pub took_ms: Option<u64>,
    /// Calls that are being made now.
    pub in_flight: u64,
}

/// All candidates, the best first; those that cannot be used come last, with why.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub ranked: Vec<Ranked>,
}

/// One account in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub account: AccountId,
    pub standing: Standing,
    /// What put it there, in the order in which it counted.
    pub reasons: Vec<Reason>,
}

/// Whether it can be used.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    Usable,
    Refused(Why),
}

/// Why an account is not used.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    Paused,
    NotCalled,
    Excluded,
    /// By this rule, counted from 0.
    Rule(usize),
    Budget(String),
    UsedUp {
        span: Span,
        resets_at: Option<Timestamp>,
    },
    /// A log said so.
    RanOut(RunOut),
    /// The last check said so.
    Check(CheckOutcome),
}

/// One thing that counted.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// By this rule, counted from 0.
    Rule(RuleKind, usize),
    /// The last check got no answer that can be read; the next may.
    NotReached(CheckOutcome),
    /// The tightest window, and the part of it that is left.
    Left {
        span: Span,
        left: f64,
    },
    RunsOutEarly {
        span: Span,
    },
    /// Nobody saw a limit.
    NoLimitSeen,
    BestAt,
    Measured {
        done: u64,
        calls: u64,
    },
    InFlight(u64),
    Price(Option<Amount>),
    /// It is paid for already: a subscription that is used in its own app.
    InPlan,
    Latency(u64),
}

impl Choice {
    /// The account to ask first.
    #[must_use]
    pub fn first(&self) -> Option<AccountId> {
        let first = self.ranked.first()?;
        (first.standing == Standing::Usable).then_some(first.account)
    }
}

/// Ranks the candidates. The same arguments give the same choice.
#[must_use]
pub fn route(candidates: &[Candidate], rules: &[Rule], need: &Need, now: Timestamp) -> Choice {
    let mut usable = Vec::new();
    let mut refused = Vec::new();
    for candidate in candidates {
        let account = &candidate.account;
        match refusal(candidate, rules, need, now) {
            Some(why) => refused.push(Ranked {
                account: account.id,
                standing: Standing::Refused(why),
                reasons: Vec::new(),
            }),
            None => {
                let (place, reasons) = weigh(candidate, rules, need);
                let ranked = Ranked {
                    account: account.id,
                    standing: Standing::Usable,
                    reasons,
                };
                usable.push(((place, account.name.as_str(), account.id), ranked));
            }
        }
    }
    usable.sort_by_key(|(key, _)| *key);
    let mut ranked: Vec<Ranked> = usable.into_iter().map(|(_, ranked)| ranked).collect();
    ranked.extend(refused);
    Choice { ranked }
}

fn refusal(candidate: &Candidate, rules: &[Rule], need: &Need, now: Timestamp) -> Option<Why> {
    let account = &candidate.account;
    if account.status == AccountStatus::Paused {
        return Some(Why::Paused);
    }
    if need.called && !account.provider.is_called() {
        return Some(Why::NotCalled);
    }
    if need.without.contains(&account.id) {
        return Some(Why::Excluded);
    }
    let rule = rule_for(account, rules, need);
    if let Some((place, RuleKind::Never)) = rule {
        return Some(Why::Rule(place));
    }
    if let Some(reason) = &candidate.no_budget {
        return Some(Why::Budget(reason.clone()));
    }
    let used_up = candidate
        .forecasts
        .iter()
        .find(|forecast| forecast.seen.is_used_up(now));
    if let Some(forecast) = used_up {
        return Some(Why::UsedUp {
            span: forecast.seen.span,
            resets_at: forecast.seen.resets_at,
        });
    }
    if let Some(run_out) = &candidate.ran_out {
        return Some(Why::RanOut(run_out.clone()));
    }
    let outcome = account.check.as_ref().map(|check| check.outcome)?;
    let is_lasting = matches!(
        outcome,
        CheckOutcome::NoAccess | CheckOutcome::OutOfCredit | CheckOutcome::NoKey
    );
    is_lasting.then_some(Why::Check(outcome))
}

/// Smaller is better, field by field.
type Place = (i8, bool, u8, bool, u64, u64, i64, u64);

fn weigh(candidate: &Candidate, rules: &[Rule], need: &Need) -> (Place, Vec<Reason>) {
    let mut reasons = Vec::new();
    let by_rule = match rule_for(&candidate.account, rules, need) {
        Some((place, kind)) => {
            reasons.push(Reason::Rule(kind, place));
            let depth = i8::try_from(place.min(100)).unwrap_or(100);
            match kind {
                RuleKind::First => depth - 101,
                RuleKind::Last | RuleKind::Never => 1,
            }
        }
        None => 0,
    };
    let outcome = candidate.account.check.as_ref().map(|check| check.outcome);
    let unreached = outcome.filter(|outcome| {
        matches!(
            outcome,
            CheckOutcome::Unreachable | CheckOutcome::Unreadable
        )
    });
    reasons.extend(unreached.map(Reason::NotReached));
    let room = room(candidate, &mut reasons);
    let is_best = is_best_at(&candidate.account, need);
    if is_best {
        reasons.push(Reason::BestAt);
    }
    let record = candidate.record;
    let calls = record.done + record.failed;
    if calls > 0 {
        reasons.push(Reason::Measured {
            done: record.done,
            calls,
        });
    }
    if record.in_flight > 0 {
        reasons.push(Reason::InFlight(record.in_flight));
    }
    let price = match candidate.account.provider.is_called() {
        true => candidate.price,
        false => Some(Amount::ZERO),
    };
    reasons.push(match candidate.account.provider.is_called() {
        true => Reason::Price(price),
        false => Reason::InPlan,
    });
    if let Some(took) = record.took_ms {
        reasons.push(Reason::Latency(took));
    }
    let place = (
        by_rule,
        unreached.is_some(),
        room,
        !is_best,
        failing(record),
        record.in_flight,
        // An unknown price is no low one.
        price.map_or(i64::MAX, Amount::micros),
        // What was never measured is thought to be as fast as most are.
        record.took_ms.unwrap_or(5_000) / 500,
    );
    (place, reasons)
}

/// How much its windows leave, in three steps; finer ones would let rounding decide.
fn room(candidate: &Candidate, reasons: &mut Vec<Reason>) -> u8 {
    let tightest = tightest_of(candidate, |span| span != Span::Minute);
    let early = candidate.forecasts.iter().find(|one| one.before_reset);
    if let Some(early) = early {
        reasons.push(Reason::RunsOutEarly {
            span: early.seen.span,
        });
    }
    match tightest {
        Some((forecast, left)) => {
            let span = forecast.seen.span;
            reasons.push(Reason::Left { span, left });
            match left {
                left if left < 0.1 => 2,
                left if left < 0.4 || early.is_some() => 1,
                _ => 0,
            }
        }
        None if early.is_some() => 1,
        // A minute is over before it matters who of several is asked first; it is told all the same.
        None => {
            reasons.push(match tightest_of(candidate, |span| span == Span::Minute) {
                Some((forecast, left)) => Reason::Left {
                    span: forecast.seen.span,
                    left,
                },
                None => Reason::NoLimitSeen,
            });
            0
        }
    }
}

/// The window of these lengths of which the smallest part is left, and that part.
fn tightest_of(candidate: &Candidate, is_meant: impl Fn(Span) -> bool) -> Option<(&Forecast, f64)> {
    candidate
        .forecasts
        .iter()
        .filter(|forecast| is_meant(forecast.seen.span))
        .filter_map(|forecast| Some((forecast, 1.0 - forecast.used?)))
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
}

/// In twentieths; a few calls move an account only a little from what most of them do.
fn failing(record: Record) -> u64 {
    let calls = record.done + record.failed;
    (record.failed * 20 + 10) / (calls + 10)
}

fn is_best_at(account: &Account, need: &Need) -> bool {
    let wanted = words(&format!("{} {}", need.purpose, need.words));
    let special = account.specialization.as_deref().unwrap_or_default();
    let best = words(&format!("{special} {}", account.tags.join(" ")));
    best.iter().any(|word| wanted.contains(word))
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
        .map(str::to_lowercase)
        .collect()
}

/// The first rule that means this account and holds for this work.
fn rule_for(account: &Account, rules: &[Rule], need: &Need) -> Option<(usize, RuleKind)> {
    let place = rules.iter().position(|rule| {
        let holds = rule.when.as_deref().is_none_or(|when| {
            let text = format!("{} {}", need.purpose, need.words).to_lowercase();
            text.contains(&when.trim().to_lowercase())
        });
        holds && rule.means(account)
    })?;
    Some((place, rules[place].kind))
}

impl Rule {
    /// Whether the rule speaks of that account.
    #[must_use]
    pub fn means(&self, account: &Account) -> bool {
        let word = self.accounts.trim();
        word == account.id.to_string()
            || word.eq_ignore_ascii_case(account.provider.as_str())
            || word.eq_ignore_ascii_case(&account.name)
            || account
                .tags
                .iter()
                .any(|tag| tag.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
#[path = "route_test.rs"]
mod tests;
