//! Budgets: how much may be spent on what, how much is, and which calls they refused.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, Over, Period, RefusedCall, RefusedFor, Unit};
use krake_domain::id::{AccountId, BudgetId, CallId, WorkspaceId};
use krake_domain::time::Timestamp;
use krake_store::{BudgetUse, Store};
use serde::{Deserialize, Serialize};

use crate::account_limits::spent_today;
use crate::accounts::names;
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::tools::Nothing;
use crate::view::moment::{Moment, now};
use crate::view::page::{Page, limit};
use crate::visible::visible_line;

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

/// What a budget says from now on; what is absent stays.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBudget {
    pub id: BudgetId,
    pub over: Option<Over>,
    pub period: Option<Period>,
    pub unit: Option<Unit>,
    pub cap: Option<Amount>,
}

/// Which refused calls, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRefused {
    /// Those that this budget refused.
    pub budget_id: Option<BudgetId>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
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
    /// The name of the account or the project that it counts; absent where it counts none, or where
    /// that one is gone.
    pub name: Option<String>,
    pub period: Period,
    pub unit: Unit,
    pub cap: Amount,
    /// Spent or reserved in this period; absent where each run is counted for itself.
    pub spent: Option<Amount>,
    /// The part of `spent` that calls which are being made now have reserved.
    pub reserved: Option<Amount>,
    /// The part of `spent` of calls that have ended without anybody telling what they cost: the most
    /// that they can have cost.
    pub at_most: Option<Amount>,
    /// What is left in this period.
    pub left: Option<Amount>,
    /// Calls of this period whose cost is not known at all. They were made before the budget was set,
    /// and are in no sum.
    pub unpriced: u64,
    /// When it counts anew; absent where it never does.
    pub starts_anew: Option<Moment>,
    /// The newest call that it refused.
    pub refused: Option<RefusedView>,
    pub created_at: Moment,
}

/// A call that a budget refused. It was not made, and cost nothing.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
#[schemars(rename = "RefusedCall")]
pub struct RefusedView {
    pub id: CallId,
    pub at: Moment,
    pub budget_id: BudgetId,
    pub account_id: AccountId,
    /// The name of the account; absent where it is gone.
    pub account: Option<String>,
    pub project_id: Option<String>,
    /// The name of the project.
    pub project: Option<String>,
    /// The execution that it was for.
    pub execution_id: Option<String>,
    /// What it was for: `planner`, `briefing`, `check`.
    pub purpose: String,
    /// Absent where nothing was left for any.
    pub model: Option<String>,
    pub reason: RefusedFor,
    /// The budget as it was then.
    pub unit: Unit,
    pub cap: Amount,
    /// Spent or reserved then.
    pub spent: Option<Amount>,
    /// What the call could have cost at most; absent where that is not known.
    pub wanted: Option<Amount>,
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
    let store = ctx.store()?;
    Ok(Budgets {
        items: views(store).await?,
        today: spent_today(&ctx).await?,
    })
}

/// `budgets.refused`
pub async fn refused(ctx: Ctx, input: ListRefused) -> Result<Page<RefusedView>, ApiError> {
    let store = ctx.store()?;
    let most = limit(input.limit);
    let calls = store.list_refused_calls(input.budget_id, most).await?;
    let called = Names::load(store).await?;
    Ok(Page {
        items: calls.iter().map(|call| called.refused(call)).collect(),
        next: None,
    })
}

/// `budgets.add`
pub async fn add(ctx: Ctx, input: AddBudget) -> Result<BudgetView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let budget = Budget {
        id: BudgetId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        over: kept_over(store, input.over.unwrap_or(Over::Everything)).await?,
        period: input.period,
        unit: input.unit,
        cap: more_than_nothing(input.cap)?,
        created_at: now(),
    };
    store.add_budget(budget.clone()).await?;
    view(store, budget.id).await
}

/// `budgets.change`
pub async fn change(ctx: Ctx, input: ChangeBudget) -> Result<BudgetView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let mut budget = load(store, input.id).await?;
    if let Some(over) = input.over {
        budget.over = kept_over(store, over).await?;
    }
    if let Some(cap) = input.cap {
        budget.cap = more_than_nothing(cap)?;
    }
    budget.period = input.period.unwrap_or(budget.period);
    budget.unit = input.unit.unwrap_or(budget.unit);
    store.change_budget(budget).await?;
    view(store, input.id).await
}

/// `budgets.remove`
pub async fn remove(ctx: Ctx, input: BudgetRef) -> Result<BudgetView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    load(store, input.id).await?;
    let last = view(store, input.id).await?;
    store.remove_budget(input.id).await?;
    Ok(last)
}

async fn load(store: &Store, id: BudgetId) -> Result<Budget, ApiError> {
    let budget = store.find_budget(id).await?;
    budget.ok_or_else(|| ApiError::not_found("budget", id))
}

fn more_than_nothing(cap: Amount) -> Result<Amount, ApiError> {
    if cap == Amount::ZERO {
        return Err(
            ApiError::new(Code::BadInput, "field `cap`: expected more than 0")
                .hint("to ask an account for nothing, pause it"),
        );
    }
    Ok(cap)
}

/// What a budget counts, as it is kept: a project by its id, whatever it was called. A budget that
/// counts what is not there would never refuse anything, and look as if it did.
async fn kept_over(store: &Store, over: Over) -> Result<Over, ApiError> {
    match over {
        Over::Account { account_id } => {
            let found = store.find_account(account_id).await?;
            found.ok_or_else(|| ApiError::not_found("account", account_id))?;
            Ok(over)
        }
        Over::Project { project_id } => {
            let found = store.list_projects(None).await?.into_iter().find(|row| {
                row.project.id.to_string() == project_id || row.project.name == project_id
            });
            let found = found.ok_or_else(|| ApiError::not_found("project", &project_id))?;
            Ok(Over::Project {
                project_id: found.project.id.to_string(),
            })
        }
        Over::Everything | Over::Run => Ok(over),
    }
}

async fn views(store: &Store) -> Result<Vec<BudgetView>, ApiError> {
    let now = now();
    let called = Names::load(store).await?;
    let mut views = Vec::new();
    for (budget, used) in store.spent_of_budgets(now).await? {
        let refused = store.list_refused_calls(Some(budget.id), 1).await?;
        views.push(BudgetView {
            refused: refused.first().map(|call| called.refused(call)),
            name: called.counted(&budget.over),
            ..BudgetView::of(budget, used, now)
        });
    }
    Ok(views)
}

async fn view(store: &Store, id: BudgetId) -> Result<BudgetView, ApiError> {
    let all = views(store).await?;
    let found = all.into_iter().find(|view| view.id == id);
    found.ok_or_else(|| ApiError::not_found("budget", id))
}

/// What accounts and projects are called, for what refers to them by id.
struct Names {
    accounts: BTreeMap<AccountId, String>,
    projects: BTreeMap<String, String>,
}

impl Names {
    async fn load(store: &Store) -> Result<Self, ApiError> {
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        let projects = store.list_projects(None).await?.into_iter();
        Ok(Self {
            accounts: names(&accounts),
            projects: projects
                .map(|row| (row.project.id.to_string(), visible_line(&row.project.name)))
                .collect(),
        })
    }

    fn counted(&self, over: &Over) -> Option<String> {
        match over {
            Over::Account { account_id } => self.accounts.get(account_id).cloned(),
            Over::Project { project_id } => self.projects.get(project_id).cloned(),
            Over::Everything | Over::Run => None,
        }
    }

    fn refused(&self, call: &RefusedCall) -> RefusedView {
        let project = call.project.as_ref();
        RefusedView {
            id: call.id,
            at: call.at.into(),
            budget_id: call.budget,
            account_id: call.account,
            account: self.accounts.get(&call.account).cloned(),
            project_id: call.project.clone(),
            project: project.and_then(|id| self.projects.get(id).cloned()),
            execution_id: call.run.clone(),
            purpose: visible_line(&call.purpose),
            model: call.model.as_deref().map(visible_line),
            reason: call.reason,
            unit: call.unit,
            cap: call.cap,
            spent: call.spent,
            wanted: call.wanted,
        }
    }
}

impl BudgetView {
    fn of(budget: Budget, used: Option<BudgetUse>, now: Timestamp) -> Self {
        Self {
            id: budget.id,
            over: budget.over,
            name: None,
            period: budget.period,
            unit: budget.unit,
            cap: budget.cap,
            spent: used.map(|used| used.counted),
            reserved: used.map(|used| used.reserved),
            at_most: used.map(|used| used.at_most),
            left: used.map(|used| budget.cap.less(used.counted)),
            unpriced: used.map_or(0, |used| used.unpriced),
            starts_anew: budget.period.ends(now).map(Moment),
            refused: None,
            created_at: budget.created_at.into(),
        }
    }
}
