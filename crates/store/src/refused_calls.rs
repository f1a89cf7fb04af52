//! Calls that a budget refused: kept for a while, so that whoever wonders why nothing came finds out.

use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, PlannedCall, RefusedCall, RefusedFor};
use krake_domain::id::{BudgetId, CallId, WorkspaceId};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Who asks again and again is refused again and again; the newest tell what there is to tell.
const MOST_KEPT: i64 = 200;

impl Store {
    /// Keeps that nothing was asked, because a budget had nothing left.
    pub async fn keep_refused_call(&self, call: RefusedCall) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                keep(&mut transaction.connection, &call).await?;
                transaction.changed(Tag::Budgets);
                Ok(())
            })
        })
        .await
    }

    /// The newest calls that budgets refused, or this one did.
    pub async fn list_refused_calls(
        &self,
        budget: Option<BudgetId>,
        limit: u32,
    ) -> Result<Vec<RefusedCall>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from refused_calls where $1 is null or budget_id = $1
             order by at desc, id desc limit $2",
        )
        .bind(budget.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }
}

/// The refusal of a call that was about to be made.
pub(crate) fn refusal(
    call: &PlannedCall,
    budget: &Budget,
    reason: RefusedFor,
    spent_and_wanted: Option<(Amount, Amount)>,
) -> RefusedCall {
    RefusedCall {
        id: call.id,
        at: call.at,
        budget: budget.id,
        account: call.account,
        project: call.project.clone(),
        run: call.run.clone(),
        purpose: call.purpose.clone(),
        model: Some(call.model.clone()),
        reason,
        unit: budget.unit,
        cap: budget.cap,
        spent: spent_and_wanted.map(|(spent, _)| spent),
        wanted: spent_and_wanted.map(|(_, wanted)| wanted),
    }
}

pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    call: &RefusedCall,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into refused_calls (id, workspace_id, at, budget_id, account_id, project_id, run_id,
         purpose, model, reason, unit, cap, spent, wanted)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(call.id.to_string())
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(call.at.0)
    .bind(call.budget.to_string())
    .bind(call.account.to_string())
    .bind(call.project.clone())
    .bind(call.run.clone())
    .bind(call.purpose.clone())
    .bind(call.model.clone())
    .bind(words::spell(&call.reason))
    .bind(words::spell(&call.unit))
    .bind(call.cap.micros())
    .bind(call.spent.map(Amount::micros))
    .bind(call.wanted.map(Amount::micros))
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "delete from refused_calls where budget_id = $1 and id not in (
             select id from refused_calls where budget_id = $1 order by at desc, id desc limit $2)",
    )
    .bind(call.budget.to_string())
    .bind(MOST_KEPT)
    .execute(connection)
    .await?;
    Ok(())
}

row! {
    struct Row {
        id: String,
        at: i64,
        budget_id: String,
        account_id: String,
        project_id: Option<String>,
        run_id: Option<String>,
        purpose: String,
        model: Option<String>,
        reason: String,
        unit: String,
        cap: i64,
        spent: Option<i64>,
        wanted: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<RefusedCall, StoreError> {
        let id: CallId = words::parse(&self.id)?;
        Ok(RefusedCall {
            id,
            at: Timestamp(self.at),
            budget: words::parse(&self.budget_id)?,
            account: words::parse(&self.account_id)?,
            project: self.project_id,
            run: self.run_id,
            purpose: self.purpose,
            model: self.model,
            reason: words::read(&self.reason)?,
            unit: words::read(&self.unit)?,
            cap: Amount::from_micros(self.cap),
            spent: self.spent.map(Amount::from_micros),
            wanted: self.wanted.map(Amount::from_micros),
        })
    }
}
