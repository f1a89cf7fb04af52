//! What was spent in a stretch of time: in sessions of other tools and by calls of Krake, never both.

use std::fmt::Write as _;

use krake_domain::amount::Amount;
use krake_domain::id::AccountId;
use krake_domain::session::Usage;
use krake_domain::spending::{QUARTER_MS, Shift, Spent, SpentBy};
use krake_domain::time::Timestamp;
use sqlx::AssertSqlSafe;

use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Calls of one model for one purpose since a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSum {
    pub account: AccountId,
    pub purpose: String,
    pub model: String,
    pub calls: u64,
    pub done: u64,
    /// Calls that were done and whose cost is known, and what they cost.
    pub priced: u64,
    pub usd: Amount,
}

/// Quarters of an hour have 900,000 milliseconds, and DAY stands for the day of a quarter. The same
/// columns for each of the queries.
const SESSIONS: &str = "select DAY(u.quarter) as day, s.account_id, s.project_id, nullif(u.model, '') as model,
        s.source, u.above, sum(u.answers) as answers, sum(u.input) as input, sum(u.output) as output,
        sum(u.cache_read) as cache_read, sum(u.cache_write) as cache_write,
        sum(u.reasoning) as reasoning, 0 as usd, 0 as unpriced, 0 as untold, null as credits
    from sessions as s cross join usage as u on u.session_id = s.id
    where u.quarter >= $1 and u.quarter < $2
    group by 1, 2, 3, 4, 5, 6";

/// Sessions in which something was answered and no tokens are told, and the credits of all.
const TOLD: &str = "select DAY(coalesce(ended_at, started_at) / 900000) as day, account_id, project_id, model,
        source, 0 as above, 0 as answers, 0 as input, 0 as output, 0 as cache_read, 0 as cache_write,
        0 as reasoning, 0 as usd, 0 as unpriced, sum(untold) as untold, sum(credits_used) as credits
    from (
        select *, session_type <> 'capture'
            and not exists (select 1 from usage where session_id = sessions.id)
            and not exists (select 1 from answers where session_id = sessions.id)
            and (source = 'krake' or forked_from is null) and (source = 'krake' or exists (
                select 1 from messages where session_id = sessions.id and role = 'assistant'
            )) as untold
        from sessions
        where coalesce(ended_at, started_at) >= $1 * 900000 and coalesce(ended_at, started_at) < $2 * 900000
    )
    where untold or credits_used is not null
    group by 1, 2, 3, 4, 5";

/// A call whose process ended may have been made: nothing of it is known, and it is counted.
const CALLS: &str = "select DAY(at / 900000) as day, account_id, project_id, model, null as source,
        0 as above, count(*) as answers,
        sum(max(0, coalesce(input, 0) - coalesce(cache_read, 0) - coalesce(cache_write, 0))) as input,
        sum(coalesce(output, 0)) as output, sum(coalesce(cache_read, 0)) as cache_read,
        sum(coalesce(cache_write, 0)) as cache_write, 0 as reasoning, sum(coalesce(usd, 0)) as usd,
        sum(usd is null) as unpriced, sum(input is null or output is null) as untold, null as credits
    from model_calls where at >= $1 * 900000 and at < $2 * 900000 and state <> 'returned'
    group by 1, 2, 3, 4";

impl Store {
    /// What was spent between two moments that begin quarters of an hour, by the days of a zone whose
    /// clocks stand like this.
    pub async fn spent_between(
        &self,
        from: Timestamp,
        until: Timestamp,
        shifts: &[Shift],
    ) -> Result<Vec<Spent>, StoreError> {
        let quarter = |at: Timestamp| at.0.div_euclid(QUARTER_MS);
        let mut all = Vec::new();
        for text in [SESSIONS, TOLD, CALLS] {
            let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(with_days(text, shifts)))
                .bind(quarter(from))
                .bind(quarter(until))
                .fetch_all(self.readers())
                .await?;
            for row in rows {
                all.push(row.parse()?);
            }
        }
        Ok(all)
    }

    /// What calls between two moments cost, as far as it is known.
    pub async fn calls_cost(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Amount, StoreError> {
        let micros: i64 = sqlx::query_scalar(
            "select coalesce(sum(usd), 0) from model_calls
             where at >= $1 and at < $2 and state <> 'returned'",
        )
        .bind(from.0)
        .bind(until.0)
        .fetch_one(self.readers())
        .await?;
        Ok(Amount::from_micros(micros))
    }

    /// Calls by account, purpose and model since a moment; those that cost nothing are left out.
    pub async fn calls_since(&self, since: Timestamp) -> Result<Vec<CallSum>, StoreError> {
        let rows: Vec<CallsRow> = sqlx::query_as(
            "select account_id, purpose, model, count(*) as calls,
                    sum(coalesce(outcome = 'done', 0)) as done,
                    sum(coalesce(outcome = 'done' and usd is not null, 0)) as priced,
                    sum(case when outcome = 'done' then coalesce(usd, 0) else 0 end) as usd
             from model_calls where at >= $1 and state in ('done', 'lost')
             group by 1, 2, 3 order by 1, 2, 3",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(CallsRow::parse).collect()
    }

    /// What a token cost each account in its own unit, in sessions that told both, by the account's
    /// id or word.
    pub async fn credits_a_token(&self) -> Result<Vec<(String, f64)>, StoreError> {
        Ok(sqlx::query_as(
            "select account_id, sum(credits_used) / sum(tokens) from (
                 select account_id, credits_used, (
                     select sum(input + output + cache_read + cache_write) from usage
                     where session_id = sessions.id
                 ) as tokens
                 from sessions where account_id is not null and credits_used > 0
             ) where tokens > 0 group by account_id order by account_id",
        )
        .fetch_all(self.readers())
        .await?)
    }
}

/// The query with the days of a zone: 96 quarters from midnight to midnight by its clocks.
fn with_days(text: &str, shifts: &[Shift]) -> String {
    let (Some(begin), Some(end)) = (text.find("DAY("), text.find(") as day")) else {
        unreachable!("each of the queries has a day");
    };
    let quarter = &text[begin + 4..end];
    let mut ahead = String::from("case");
    for (shift, next) in shifts.iter().zip(shifts.iter().skip(1)) {
        // Numbers only, so nothing of others is in the text.
        let _ = write!(
            ahead,
            " when {quarter} < {} then {}",
            next.from, shift.ahead
        );
    }
    let last = shifts.last().map_or(0, |shift| shift.ahead);
    let _ = write!(ahead, " when true then {last} end");
    format!(
        "{}({quarter} + {ahead}) / 96{}",
        &text[..begin],
        &text[end + 1..]
    )
}

row! {
    struct Row {
        day: i64,
        account_id: Option<String>,
        project_id: Option<String>,
        model: Option<String>,
        source: Option<String>,
        above: i64,
        answers: i64,
        input: i64,
        output: i64,
        cache_read: i64,
        cache_write: i64,
        reasoning: i64,
        usd: i64,
        unpriced: i64,
        untold: i64,
        credits: Option<f64>,
    }
}

impl Row {
    fn parse(self) -> Result<Spent, StoreError> {
        Ok(Spent {
            day: self.day,
            account: self.account_id,
            project: self.project_id,
            model: self.model,
            by: self.source.map_or(SpentBy::Call, SpentBy::Session),
            above: words::count(self.above)?,
            answers: words::count(self.answers)?,
            usage: Usage {
                input: words::count(self.input)?,
                output: words::count(self.output)?,
                cache_read: words::count(self.cache_read)?,
                cache_write: words::count(self.cache_write)?,
                reasoning: words::count(self.reasoning)?,
            },
            usd: Amount::from_micros(self.usd),
            unpriced: words::count(self.unpriced)?,
            untold: words::count(self.untold)?,
            credits: self.credits,
        })
    }
}

row! {
    struct CallsRow {
        account_id: String,
        purpose: String,
        model: String,
        calls: i64,
        done: i64,
        priced: i64,
        usd: i64,
    }
}

impl CallsRow {
    fn parse(self) -> Result<CallSum, StoreError> {
        Ok(CallSum {
            account: words::parse(&self.account_id)?,
            purpose: self.purpose,
            model: self.model,
            calls: words::count(self.calls)?,
            done: words::count(self.done)?,
            priced: words::count(self.priced)?,
            usd: Amount::from_micros(self.usd),
        })
    }
}

#[cfg(test)]
#[path = "spent_test.rs"]
mod tests;
