//! Which account is asked: everything that is known is gathered, and the engine ranks it.

use std::time::Duration;

use krake_domain::account::Account;
use krake_domain::budget::{Budget, Over};
use krake_domain::id::WorkspaceId;
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Candidate, Choice, Forecast, Need, Record, Rule, forecast, route};
use krake_store::{AccountUse, BudgetUse};

use super::AccountError;
use super::cost::cost_of;
use crate::clock;
use crate::handle::Runtime;

/// Looks at limits as far back as they tell a rate.
const LOOKS: Duration = Duration::from_secs(35 * 24 * 3_600);
/// Calls as far back as they tell how an account does now.
const RECORD: Duration = Duration::from_secs(7 * 24 * 3_600);
/// What a usual call is, for comparing prices.
const USUAL_INPUT: u64 = 10_000;
const USUAL_OUTPUT: u64 = 1_000;

impl Runtime {
    /// All accounts in the order in which they would be asked.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn choose_account(
        &self,
        need: &Need,
    ) -> Result<(Choice, Vec<Candidate>), AccountError> {
        let (mut choices, candidates) = self.choose_accounts(std::slice::from_ref(need)).await?;
        let choice = choices.pop().unwrap_or(Choice { ranked: Vec::new() });
        Ok((choice, candidates))
    }

    /// The same for several needs, each with its own order, from one look at what is known.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn choose_accounts(
        &self,
        needs: &[Need],
    ) -> Result<(Vec<Choice>, Vec<Candidate>), AccountError> {
        let now = clock::now();
        let store = self.store();
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        let mut limits = store.limits_since(back(now, LOOKS)).await?;
        let used = store.use_since(back(now, RECORD)).await?;
        let budgets = store.spent_of_budgets(now).await?;
        let mut ran_out = self.ran_out(now).await?;
        let candidates: Vec<Candidate> = accounts
            .into_iter()
            .map(|account| {
                let looks = limits.remove(&account.id).unwrap_or_default();
                let used = used.get(&account.id).copied().unwrap_or_default();
                Candidate {
                    forecasts: forecast(&looks, now),
                    ran_out: ran_out.remove(&account.id),
                    record: record(used),
                    price: price(&account, now),
                    // What Krake does not call costs no budget anything.
                    no_budget: spent(&budgets, &account)
                        .filter(|_| account.provider.is_called())
                        .map(|(budget, used)| super::call::words_of(budget, used.counted)),
                    account,
                }
            })
            .collect();
        let rules = self.routing().await?;
        let choices = needs
            .iter()
            .map(|need| route(&candidates, &rules, need, now));
        Ok((choices.collect(), candidates))
    }

    /// The person's rules, first to last.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn routing(&self) -> Result<Vec<Rule>, AccountError> {
        let rules = self.store().list_routing().await?;
        let read = rules.iter().map(|rule| {
            serde_json::from_str(rule).map_err(|error| {
                krake_store::StoreError::Corrupt(format!("a rule for accounts: {error}"))
            })
        });
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// Puts these rules in place of the ones that are there.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn set_routing(&self, rules: &[Rule]) -> Result<(), AccountError> {
        let rules = rules
            .iter()
            .map(|rule| serde_json::to_string(rule).expect("plain data"));
        Ok(self.store().set_routing(rules.collect()).await?)
    }

    /// The limits of one account as they stand at `now`.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn forecasts_of(
        &self,
        account: &Account,
        now: Timestamp,
    ) -> Result<Vec<Forecast>, AccountError> {
        Ok(forecast(&self.store().list_limits(account.id).await?, now))
    }
}

fn back(now: Timestamp, by: Duration) -> Timestamp {
    Timestamp(now.0 - i64::try_from(by.as_millis()).unwrap_or(0))
}

fn record(used: AccountUse) -> Record {
    Record {
        done: used.done,
        failed: used.failed,
        took_ms: used.took_ms.checked_div(used.done),
        in_flight: used.calls.saturating_sub(used.done + used.failed),
    }
}

fn price(account: &Account, now: Timestamp) -> Option<krake_domain::amount::Amount> {
    let setting = super::way(account).ok()??;
    let model = setting.model.as_deref().unwrap_or_default();
    cost_of(account, model, now).most(USUAL_INPUT, USUAL_OUTPUT)
}

/// The first budget that is spent and counts this account.
pub(super) fn spent<'a>(
    budgets: &'a [(Budget, Option<BudgetUse>)],
    account: &Account,
) -> Option<(&'a Budget, BudgetUse)> {
    budgets.iter().find_map(|(budget, used)| {
        let counts = match &budget.over {
            Over::Everything => true,
            Over::Account { account_id } => *account_id == account.id,
            Over::Project { .. } | Over::Run => false,
        };
        let used = used.filter(|used| counts && used.counted >= budget.cap)?;
        Some((budget, used))
    })
}
