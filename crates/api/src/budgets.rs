//! Budgets: how much may be spent on what, and how much is.

use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, Over, Period, Unit};
use krake_domain::id::{BudgetId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::account_limits::spent_today;
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::tools::Nothing;
use crate::view::moment::{Moment, now};

/// A new budget.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBudget {
    /// What it counts; everything when absent.
    pub over: Option<Over>,
    /// `day`, `month` or `always`.
    pub period: Period,
    /// `usd` or `tokens`.
    pub unit: Unit,
    pub cap: Amount,
}

/// Names one budget.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetRef {
    pub id: BudgetId,
}

/// A budget, and how far it is spent.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BudgetView {
    pub id: BudgetId,
    pub over: Over,
    pub period: Period,
    pub unit: Unit,
    pub cap: Amount,
    /// Spent or reserved in this period; absent where each run is counted for itself.
    pub spent: Option<Amount>,
    pub created_at: Moment,
}

/// All budgets.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Budgets {
    pub items: Vec<BudgetView>,
    /// USD of all calls since midnight, UTC, as far as their cost is known.
    pub today: Amount,
}

/// `budgets.list`
pub async fn list(ctx: Ctx, _: Nothing) -> Result<Budgets, ApiError> {
    let all = ctx.store()?.spent_of_budgets(now()).await?;
    Ok(Budgets {
        items: all
            .into_iter()
            .map(|(budget, spent)| BudgetView::of(budget, spent))
            .collect(),
        today: spent_today(&ctx).await?,
    })
}

/// `budgets.add`
pub async fn add(ctx: Ctx, input: AddBudget) -> Result<BudgetView, ApiError> {
    ctx.person()?;
    if input.cap == Amount::ZERO {
        return Err(
            ApiError::new(Code::BadInput, "field `cap`: expected more than 0")
                .hint("to ask an account for nothing, pause it"),
        );
    }
    let store = ctx.owner()?.store();
    let budget = Budget {
        id: BudgetId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        over: input.over.unwrap_or(Over::Everything),
        period: input.period,
        unit: input.unit,
        cap: input.cap,
        created_at: now(),
    };
    store.add_budget(budget.clone()).await?;
    let all = store.spent_of_budgets(now()).await?;
    let spent = all.into_iter().find(|(known, _)| known.id == budget.id);
    Ok(BudgetView::of(budget, spent.and_then(|(_, spent)| spent)))
}

/// `budgets.remove`
pub async fn remove(ctx: Ctx, input: BudgetRef) -> Result<BudgetView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let budget = store.find_budget(input.id).await?;
    let budget = budget.ok_or_else(|| ApiError::not_found("budget", input.id))?;
    store.remove_budget(input.id).await?;
    Ok(BudgetView::of(budget, None))
}

impl BudgetView {
    fn of(budget: Budget, spent: Option<Amount>) -> Self {
        Self {
            id: budget.id,
            over: budget.over,
            period: budget.period,
            unit: budget.unit,
            cap: budget.cap,
            spent,
            created_at: budget.created_at.into(),
        }
    }
}
