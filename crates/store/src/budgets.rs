//! Budgets, and the rules by which accounts are chosen.

use krake_domain::amount::Amount;
use krake_domain::budget::Budget;
use krake_domain::id::{BudgetId, WorkspaceId};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// Sets a budget; it counts what was spent before as well.
    pub async fn add_budget(&self, budget: Budget) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let over = serde_json::to_string(&budget.over).expect("plain data");
                sqlx::query(
                    "insert into budgets (id, workspace_id, over, period, unit, cap, created_at)
                     values ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(budget.id.to_string())
                .bind(budget.workspace.to_string())
                .bind(over)
                .bind(words::spell(&budget.period))
                .bind(words::spell(&budget.unit))
                .bind(budget.cap.micros())
                .bind(budget.created_at.0)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Budgets);
                Ok(())
            })
        })
        .await
    }

    /// Puts what a budget says in place of what it said; what was spent stays counted.
    pub async fn change_budget(&self, budget: Budget) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let over = serde_json::to_string(&budget.over).expect("plain data");
                let changed = sqlx::query(
                    "update budgets set over = $2, period = $3, unit = $4, cap = $5 where id = $1",
                )
                .bind(budget.id.to_string())
                .bind(over)
                .bind(words::spell(&budget.period))
                .bind(words::spell(&budget.unit))
                .bind(budget.cap.micros())
                .execute(&mut transaction.connection)
                .await?;
                if changed.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("budget {}", budget.id)));
                }
                transaction.changed(Tag::Budgets);
                Ok(())
            })
        })
        .await
    }

    /// Takes a budget away.
    pub async fn remove_budget(&self, id: BudgetId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let gone = sqlx::query("delete from budgets where id = $1")
                    .bind(id.to_string())
                    .execute(&mut transaction.connection)
                    .await?;
                if gone.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("budget {id}")));
                }
                transaction.changed(Tag::Budgets);
                Ok(())
            })
        })
        .await
    }

    /// The rules by which accounts are chosen, first to last, each as its JSON.
    pub async fn list_routing(&self) -> Result<Vec<String>, StoreError> {
        let rules = sqlx::query_scalar(
            "select rule from routing where workspace_id = $1 order by position",
        )
        .bind(WorkspaceId::PERSONAL.to_string())
        .fetch_all(self.readers())
        .await?;
        Ok(rules)
    }

    /// Puts these rules in place of the ones that are there.
    pub async fn set_routing(&self, rules: Vec<String>) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let workspace = WorkspaceId::PERSONAL.to_string();
                sqlx::query("delete from routing where workspace_id = $1")
                    .bind(workspace.clone())
                    .execute(&mut transaction.connection)
                    .await?;
                for (position, rule) in (0_i64..).zip(rules) {
                    sqlx::query(
                        "insert into routing (workspace_id, position, rule) values ($1, $2, $3)",
                    )
                    .bind(workspace.clone())
                    .bind(position)
                    .bind(rule)
                    .execute(&mut transaction.connection)
                    .await?;
                }
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }
}

/// Every budget, oldest first.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<Vec<Budget>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as("select * from budgets order by id")
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(Row::parse).collect()
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        over: String,
        period: String,
        unit: String,
        cap: i64,
        created_at: i64,
    }
}

impl Row {
    fn parse(self) -> Result<Budget, StoreError> {
        Ok(Budget {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            over: serde_json::from_str(&self.over)
                .map_err(|error| StoreError::Corrupt(format!("a budget: {error}")))?,
            period: words::read(&self.period)?,
            unit: words::read(&self.unit)?,
            cap: Amount::from_micros(self.cap),
            created_at: Timestamp(self.created_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rules_are_replaced_as_a_whole_and_keep_their_order() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let rules = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        store.set_routing(rules(&["{}", "[]", "3"])).await.unwrap();
        assert_eq!(store.list_routing().await.unwrap(), ["{}", "[]", "3"]);
        store.set_routing(rules(&["1"])).await.unwrap();
        assert_eq!(store.list_routing().await.unwrap(), ["1"]);
        let unknown = BudgetId::from_parts(Timestamp(1), krake_domain::hash::Hash::ZERO);
        let removed = store.remove_budget(unknown).await;
        assert!(matches!(removed, Err(StoreError::NotFound(_))));
    }
}
