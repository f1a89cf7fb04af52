//! What recommendations rest on, gathered: the engine decides what they are.

use std::collections::BTreeMap;
use std::time::Duration;

use krake_domain::account::{Account, AccountStatus};
use krake_domain::budget::{Budget, Over, Unit};
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::session::MessageKind;
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Traces, account_of_session, forecast, ran_out};
use krake_engine::context::command_of;
use krake_engine::insights::thresholds::{CALL_DAYS, HIT_DAYS, SESSION_DAYS};
use krake_engine::insights::{
    AccountFacts, Advice, CallRecord, Facts, LimitHits, Session, WeekSpent, recommend,
};
use krake_store::{CallSum, LimitReached, SaidInSession, StoreError};

use crate::clock;
use crate::handle::Runtime;

const DAY_MS: i64 = 24 * 3_600_000;
/// Looks at limits as far back as they tell a rate.
const LOOKS: Duration = Duration::from_secs(35 * 24 * 3_600);

impl Runtime {
    /// What could be done better, from what is known now.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn recommendations(&self) -> Result<Vec<Advice>, StoreError> {
        let now = clock::now();
        let store = self.store();
        let back = |days: i64| Timestamp(now.0 - days * DAY_MS);
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        let facts = Facts {
            now,
            limits: hits(store.limits_reached_since(back(HIT_DAYS)).await?, &accounts),
            accounts: self.account_facts(accounts, now).await?,
            calls: calls(store.calls_since(back(CALL_DAYS)).await?),
            weeks: self.weeks(now).await?,
            sessions: sessions(store.said_since(back(SESSION_DAYS)).await?),
        };
        let told = tokio::task::spawn_blocking(move || recommend(&facts)).await;
        Ok(told.unwrap_or_default())
    }

    async fn account_facts(
        &self,
        accounts: Vec<Account>,
        now: Timestamp,
    ) -> Result<Vec<AccountFacts>, StoreError> {
        let since = Timestamp(now.0 - i64::try_from(LOOKS.as_millis()).unwrap_or(0));
        let mut looks = self.store().limits_since(since).await?;
        let ran_out = ran_out(&self.store().drafts_in_force().await?, now);
        let facts = accounts.into_iter().map(|account| AccountFacts {
            id: account.id,
            ran_out: ran_out.contains_key(&account.id),
            active: account.status == AccountStatus::Active,
            called: account.provider.is_called(),
            forecasts: forecast(&looks.remove(&account.id).unwrap_or_default(), now),
        });
        Ok(facts.collect())
    }

    async fn weeks(&self, now: Timestamp) -> Result<WeekSpent, StoreError> {
        let back = |days: i64| Timestamp(now.0 - days * DAY_MS);
        let store = self.store();
        let budgets = store.spent_of_budgets(now).await?;
        let in_usd = |budget: &Budget| budget.over == Over::Everything && budget.unit == Unit::Usd;
        Ok(WeekSpent {
            last: store
                .calls_cost(back(7), now.plus(Duration::from_secs(1)))
                .await?,
            before: store.calls_cost(back(14), back(7)).await?,
            has_budget: budgets.iter().any(|(budget, _)| in_usd(budget)),
        })
    }
}

/// Limits by account; a session of which nobody can tell the account tells nothing about a plan.
fn hits(told: Vec<LimitReached>, accounts: &[Account]) -> Vec<LimitHits> {
    let mut by_account: BTreeMap<AccountId, Vec<Timestamp>> = BTreeMap::new();
    for limit in told {
        let account = match &limit.account {
            Some(account) => account.parse().ok(),
            None => {
                let traces = Traces {
                    named: None,
                    format: &limit.source,
                    tells_of_a_plan: true,
                };
                account_of_session(accounts, traces).map(|account| account.id)
            }
        };
        if let Some(account) = account {
            by_account.entry(account).or_default().push(limit.at);
        }
    }
    let hits = by_account.into_iter();
    hits.map(|(account, at)| LimitHits { account, at })
        .collect()
}

fn calls(sums: Vec<CallSum>) -> Vec<CallRecord> {
    let record = |sum: CallSum| CallRecord {
        account: sum.account,
        purpose: sum.purpose,
        model: sum.model,
        calls: sum.calls,
        done: sum.done,
        priced: sum.priced,
        usd: sum.usd,
    };
    sums.into_iter().map(record).collect()
}

fn sessions(said: Vec<SaidInSession>) -> Vec<Session> {
    said.into_iter()
        .map(|said| {
            let mut session = Session {
                id: said.session,
                at: said.at,
                requests: Vec::new(),
                commands: Vec::new(),
            };
            for message in &said.messages {
                match message.kind {
                    MessageKind::Text => session.requests.push(message.text.clone()),
                    _ => session.commands.extend(command_of(message)),
                }
            }
            session
        })
        .collect()
}
