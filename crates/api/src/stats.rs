//! What there is and what runs, in numbers.

use std::collections::BTreeMap;

use krake_domain::account::{Account, AccountStatus};
use krake_domain::amount::Amount;
use krake_domain::budget::{Over, Period, Unit};
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::limit::{LimitSeen, Span};
use krake_domain::time::Timestamp;
use krake_engine::accounts::{forecast, health};
use krake_store::Store;
use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::view::moment::{Moment, now};
use crate::visible::visible_line;

/// Numbers of one data folder.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StatsView {
    /// Executions that are at work.
    pub running: u64,
    /// Threads of the inbox that wait for a person and do not sleep: questions, what a limit of a plan
    /// stopped, and accounts that ran out.
    pub waiting: u64,
    /// Executions by status; a status that none has is absent.
    pub executions: BTreeMap<String, u64>,
    /// Sessions that were imported.
    pub sessions: u64,
    /// Projects that are active, and all.
    pub projects: u64,
    pub all_projects: u64,
    /// Accounts, and those that can work now.
    pub accounts: u64,
    pub accounts_usable: u64,
    /// What is left of balances, each unit for itself; empty where nobody saw any.
    pub credits: Vec<CreditsView>,
    pub today: TodayView,
    /// Knowledge entries; only those that are current are counted.
    pub knowledge: u64,
    /// What is wrong with the storage; absent when nothing is.
    pub trouble: Option<String>,
}

/// What is left of one unit over all accounts that tell it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CreditsView {
    /// `USD`, `credits`: the provider's own.
    pub unit: String,
    pub remaining: Amount,
    pub accounts: u64,
    /// The oldest look that it rests on.
    pub seen_at: Moment,
}

/// What Krake's own calls cost since midnight, UTC.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TodayView {
    pub calls: u64,
    /// Of the calls whose cost is known.
    pub usd: Amount,
    /// Whether the cost of some call is not known.
    pub at_least: bool,
    /// The tightest daily budget in USD that counts every call.
    pub cap: Option<Amount>,
}

/// `stats`
pub async fn stats(ctx: Ctx, _: Nothing) -> Result<StatsView, ApiError> {
    let now = now();
    let runtime = ctx.runtime()?;
    let counts = runtime.store().counts().await?;
    let executions: BTreeMap<String, u64> = counts
        .executions
        .iter()
        .map(|(status, count)| (status.as_str().to_owned(), *count))
        .collect();
    let accounts = runtime.store().list_accounts(WorkspaceId::PERSONAL).await?;
    let looks = runtime.store().newest_limits().await?;
    let ran_out = runtime.ran_out(now).await?;
    let usable = accounts.iter().filter(|account| {
        let looks = looks.get(&account.id).map_or(&[][..], Vec::as_slice);
        let ran_out = ran_out.get(&account.id);
        health(account, &forecast(looks, now), ran_out, now).can_work()
    });
    Ok(StatsView {
        running: executions.get("running").copied().unwrap_or(0)
            + executions.get("cancelling").copied().unwrap_or(0),
        waiting: runtime.store().threads_waiting(now).await?,
        executions,
        sessions: counts.sessions,
        projects: counts.projects,
        all_projects: counts.all_projects,
        accounts: accounts.len() as u64,
        accounts_usable: usable.count() as u64,
        credits: credits(&accounts, &looks, now),
        today: today(runtime.store(), now).await?,
        knowledge: counts.knowledge,
        trouble: runtime.trouble().borrow().clone(),
    })
}

/// What is left on the balances of active accounts, summed by unit.
fn credits(
    accounts: &[Account],
    looks: &BTreeMap<AccountId, Vec<LimitSeen>>,
    now: Timestamp,
) -> Vec<CreditsView> {
    let mut by_unit: BTreeMap<&str, CreditsView> = BTreeMap::new();
    let active = accounts
        .iter()
        .filter(|account| account.status == AccountStatus::Active);
    let of_active = active
        .filter_map(|account| looks.get(&account.id))
        .flatten();
    for look in of_active.filter(|look| look.span == Span::Balance) {
        let Some(remaining) = look.remaining_at(now) else {
            continue;
        };
        let sum = by_unit.entry(&look.unit).or_insert_with(|| CreditsView {
            unit: visible_line(&look.unit),
            remaining: Amount::ZERO,
            accounts: 0,
            seen_at: look.seen_at.into(),
        });
        sum.remaining = sum.remaining.plus(remaining);
        sum.accounts += 1;
        sum.seen_at = sum.seen_at.min(look.seen_at.into());
    }
    by_unit.into_values().collect()
}

async fn today(store: &Store, now: Timestamp) -> Result<TodayView, ApiError> {
    let mut today = TodayView {
        calls: 0,
        usd: Amount::ZERO,
        at_least: false,
        cap: None,
    };
    let since = Period::Day.began(now);
    for used in store.use_since(since).await?.values() {
        today.calls += used.calls;
        today.usd = today.usd.plus(used.usd);
        today.at_least |= used.unpriced > 0;
    }
    let daily = store.spent_of_budgets(now).await?.into_iter();
    let caps = daily.filter(|(budget, _)| {
        budget.over == Over::Everything && budget.period == Period::Day && budget.unit == Unit::Usd
    });
    today.cap = caps.map(|(budget, _)| budget.cap).min();
    Ok(today)
}
