//! Calls of models: reserved against every budget that counts them, then settled once.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, CallEnd, Over, PlannedCall, RefusedFor, Unit};
use krake_domain::id::{AccountId, BudgetId, CallId, WorkspaceId};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::budgets;
use crate::commit::Tag;
use crate::error::StoreError;
use crate::refused_calls::{self, refusal};
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Whether a call may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    Reserved,
    /// This budget has no room for it.
    Spent {
        budget: Budget,
        spent: Amount,
        wanted: Amount,
    },
    /// A budget in money counts it, and what it costs is not known.
    PriceUnknown {
        budget: Budget,
    },
}

/// What counts against a budget in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BudgetUse {
    /// Spent or reserved: what calls cost, else what they could have cost at most.
    pub counted: Amount,
    /// The part of it that calls which are being made now have reserved.
    pub reserved: Amount,
    /// The part of it that calls have ended for whose cost nobody told: it is the most they can have
    /// cost.
    pub at_most: Amount,
    /// Calls of which neither the cost nor the most is known. They were made before the budget was
    /// set, and count nothing.
    pub unpriced: u64,
}

/// What one account was used for since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountUse {
    pub calls: u64,
    pub done: u64,
    pub failed: u64,
    /// Of the calls whose cost is known.
    pub usd: Amount,
    /// Calls whose cost is not known.
    pub unpriced: u64,
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub output: u64,
    /// Of the calls that were done, together.
    pub took_ms: u64,
}

/// One call as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    pub id: CallId,
    pub account: AccountId,
    pub purpose: String,
    pub model: String,
    /// `reserved`, `done`, `lost` or `returned`.
    pub state: String,
    pub at: Timestamp,
    pub usd: Option<Amount>,
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub outcome: Option<String>,
    pub took_ms: Option<u64>,
}

impl Store {
    /// Reserves what the call can cost at most, in one transaction with the look at the budgets.
    /// Durable when this returns.
    pub async fn reserve_call(&self, call: PlannedCall) -> Result<Reserved, StoreError> {
        let epoch = self.epoch();
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let reserved = look(&mut *connection, &call).await?;
                let refused = match &reserved {
                    Reserved::Reserved => {
                        insert(connection, &call, epoch).await?;
                        transaction.changed(Tag::Accounts);
                        return Ok(reserved);
                    }
                    Reserved::Spent {
                        budget,
                        spent,
                        wanted,
                    } => refusal(&call, budget, RefusedFor::Spent, Some((*spent, *wanted))),
                    Reserved::PriceUnknown { budget } => {
                        refusal(&call, budget, RefusedFor::PriceUnknown, None)
                    }
                };
                refused_calls::keep(connection, &refused).await?;
                transaction.changed(Tag::Budgets);
                Ok(reserved)
            })
        })
        .await
    }

    /// Writes down how a reserved call ended; a second end changes nothing.
    pub async fn settle_call(&self, id: CallId, end: CallEnd) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let count = |tokens: Option<u64>| tokens.map(words::number);
                sqlx::query(
                    "update model_calls set state = 'done', usd = $2, input = $3, cache_read = $4,
                     cache_write = $5, output = $6, outcome = $7, took_ms = $8
                     where id = $1 and state = 'reserved'",
                )
                .bind(id.to_string())
                .bind(end.usd.map(Amount::micros))
                .bind(count(end.input))
                .bind(count(end.cache_read))
                .bind(count(end.cache_write))
                .bind(count(end.output))
                .bind(end.outcome)
                .bind(words::number(end.took_ms))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Gives a reservation back: the call certainly never reached the provider, or was refused.
    pub async fn return_call(&self, id: CallId, outcome: String) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "update model_calls set state = 'returned', outcome = $2
                     where id = $1 and state = 'reserved'",
                )
                .bind(id.to_string())
                .bind(outcome)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Settles the reservations of processes that have ended: whether those calls were made is not
    /// known, so they count with all that they could have cost. How many those were.
    pub async fn settle_lost_calls(&self) -> Result<u64, StoreError> {
        let epoch = words::number(self.epoch());
        self.write(move |transaction| {
            Box::pin(async move {
                let lost = sqlx::query(
                    "update model_calls set state = 'lost', outcome = 'process_ended'
                     where state = 'reserved' and epoch < $1",
                )
                .bind(epoch)
                .execute(&mut transaction.connection)
                .await?;
                Ok(lost.rows_affected())
            })
        })
        .await
    }

    /// What each account was used for since a moment.
    pub async fn use_since(
        &self,
        since: Timestamp,
    ) -> Result<BTreeMap<AccountId, AccountUse>, StoreError> {
        let rows: Vec<UseRow> = sqlx::query_as(
            "select account_id, count(*) as calls,
                    sum(case when outcome = 'done' then 1 else 0 end) as done,
                    sum(case when outcome <> 'done' then 1 else 0 end) as failed,
                    sum(coalesce(usd, 0)) as usd,
                    sum(case when usd is null and state = 'done' then 1 else 0 end) as unpriced,
                    sum(coalesce(input, 0)) as input,
                    sum(coalesce(cache_read, 0)) as cache_read,
                    sum(coalesce(cache_write, 0)) as cache_write,
                    sum(coalesce(output, 0)) as output,
                    sum(case when outcome = 'done' then took_ms else 0 end) as took_ms
             from model_calls where at >= $1 and state <> 'returned' group by account_id",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(UseRow::parse).collect()
    }

    /// The newest calls of one account.
    pub async fn list_calls(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<CallRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from model_calls where account_id = $1 order by at desc, id desc limit $2",
        )
        .bind(account.to_string())
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// What counts against each budget in the period that `now` lies in. A budget for each run has no
    /// sum.
    pub async fn spent_of_budgets(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(Budget, Option<BudgetUse>)>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        let mut all = Vec::new();
        for budget in budgets::all(&mut connection).await? {
            let spent = match budget.over {
                Over::Run => None,
                _ => Some(spent(&mut connection, &budget, now, None).await?),
            };
            all.push((budget, spent));
        }
        Ok(all)
    }

    /// The budget of that id, if there is one.
    pub async fn find_budget(&self, id: BudgetId) -> Result<Option<Budget>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        let all = budgets::all(&mut connection).await?;
        Ok(all.into_iter().find(|budget| budget.id == id))
    }
}

/// Whether every budget that counts the call has room for it.
async fn look(
    connection: &mut SqliteConnection,
    call: &PlannedCall,
) -> Result<Reserved, StoreError> {
    for budget in budgets::all(&mut *connection).await? {
        if !budget.over.counts(call) {
            continue;
        }
        let wanted = match (budget.unit, call.most_usd) {
            (Unit::Tokens, _) => call.most_tokens,
            (Unit::Usd, Some(usd)) => usd,
            (Unit::Usd, None) => return Ok(Reserved::PriceUnknown { budget }),
        };
        let run = call.run.as_deref();
        let spent = spent(&mut *connection, &budget, call.at, run)
            .await?
            .counted;
        if spent.plus(wanted) > budget.cap {
            return Ok(Reserved::Spent {
                budget,
                spent,
                wanted,
            });
        }
    }
    Ok(Reserved::Reserved)
}

/// What counts against a budget.
async fn spent(
    connection: &mut SqliteConnection,
    budget: &Budget,
    now: Timestamp,
    run: Option<&str>,
) -> Result<BudgetUse, StoreError> {
    let (account, project) = match &budget.over {
        Over::Account { account_id } => (Some(account_id.to_string()), None),
        Over::Project { project_id } => (None, Some(project_id.clone())),
        Over::Everything | Over::Run => (None, None),
    };
    let run = match budget.over {
        Over::Run => run.map(str::to_owned),
        _ => None,
    };
    let (counted, reserved, at_most, unpriced): (i64, i64, i64, i64) = sqlx::query_as(
        "select coalesce(sum(counted), 0),
                coalesce(sum(case when state = 'reserved' then counted end), 0),
                coalesce(sum(case when state <> 'reserved' and told is null then counted end), 0),
                coalesce(sum(told is null and most is null), 0)
         from (select state, told, most, coalesce(told, most, 0) as counted from (
             select state, case when $1 = 'usd' then usd else (input + output) * 1000000 end as told,
                    case when $1 = 'usd' then most_usd else most_tokens end as most
             from model_calls where state <> 'returned' and at >= $2
               and ($3 is null or account_id = $3) and ($4 is null or project_id = $4)
               and ($5 is null or run_id = $5)))",
    )
    .bind(words::spell(&budget.unit))
    .bind(budget.period.began(now).0)
    .bind(account)
    .bind(project)
    .bind(run)
    .fetch_one(connection)
    .await?;
    Ok(BudgetUse {
        counted: Amount::from_micros(counted),
        reserved: Amount::from_micros(reserved),
        at_most: Amount::from_micros(at_most),
        unpriced: words::count(unpriced)?,
    })
}

async fn insert(
    connection: &mut SqliteConnection,
    call: &PlannedCall,
    epoch: u64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into model_calls (id, workspace_id, account_id, project_id, run_id, purpose, model,
         state, epoch, at, most_usd, most_tokens)
         values ($1, $2, $3, $4, $5, $6, $7, 'reserved', $8, $9, $10, $11)",
    )
    .bind(call.id.to_string())
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(call.account.to_string())
    .bind(call.project.clone())
    .bind(call.run.clone())
    .bind(call.purpose.clone())
    .bind(call.model.clone())
    .bind(words::number(epoch))
    .bind(call.at.0)
    .bind(call.most_usd.map(Amount::micros))
    .bind(call.most_tokens.micros())
    .execute(connection)
    .await?;
    Ok(())
}

row! {
    struct UseRow {
        account_id: String,
        calls: i64,
        done: i64,
        failed: i64,
        usd: i64,
        unpriced: i64,
        input: i64,
        cache_read: i64,
        cache_write: i64,
        output: i64,
        took_ms: i64,
    }
}

impl UseRow {
    fn parse(self) -> Result<(AccountId, AccountUse), StoreError> {
        let used = AccountUse {
            calls: words::count(self.calls)?,
            done: words::count(self.done)?,
            failed: words::count(self.failed)?,
            usd: Amount::from_micros(self.usd),
            unpriced: words::count(self.unpriced)?,
            input: words::count(self.input)?,
            cache_read: words::count(self.cache_read)?,
            cache_write: words::count(self.cache_write)?,
            output: words::count(self.output)?,
            took_ms: words::count(self.took_ms)?,
        };
        Ok((words::parse(&self.account_id)?, used))
    }
}

row! {
    struct Row {
        id: String,
        account_id: String,
        purpose: String,
        model: String,
        state: String,
        at: i64,
        usd: Option<i64>,
        input: Option<i64>,
        output: Option<i64>,
        outcome: Option<String>,
        took_ms: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<CallRow, StoreError> {
        let count = |number: Option<i64>| number.map(words::count).transpose();
        Ok(CallRow {
            id: words::parse(&self.id)?,
            account: words::parse(&self.account_id)?,
            purpose: self.purpose,
            model: self.model,
            state: self.state,
            at: Timestamp(self.at),
            usd: self.usd.map(Amount::from_micros),
            input: count(self.input)?,
            output: count(self.output)?,
            outcome: self.outcome,
            took_ms: count(self.took_ms)?,
        })
    }
}

#[cfg(test)]
#[path = "model_calls_test.rs"]
mod tests;
