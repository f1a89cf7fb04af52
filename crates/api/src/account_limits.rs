//! What accounts may use, what they were used for, and which of them is asked.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::limit::Span;
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Choice, Need, Prices, Rule, Standing};
use krake_runtime::accounts::limits::ManualLimit;
use serde::{Deserialize, Serialize};

use crate::account_text::{filled, plain};
use crate::accounts::{AccountRef, midnight, names, view};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::tools::Nothing;
use crate::view::account::{AccountView, CallView, UseView};
use crate::view::moment::{Moment, now};
use crate::view::reason::{ReasonView, reasons};

const DAY_MS: i64 = 24 * 3_600_000;

/// What a person read about a limit.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteLimit {
    pub id: AccountId,
    /// `minute`, `five_hours`, `day`, `week`, `month` or `balance`.
    pub span: Span,
    /// The provider's own: `percent`, `messages`, `credits`, `USD`.
    pub unit: String,
    pub limit: Option<Amount>,
    pub remaining: Amount,
    /// RFC 3339.
    pub resets_at: Option<String>,
}

/// What an account was used for.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AccountUsage {
    pub account: AccountView,
    /// The last seven and thirty days, up to now.
    pub week: UseView,
    pub month: UseView,
    /// The newest calls.
    pub calls: Vec<CallView>,
    /// Every look at its limits, oldest first.
    pub looks: Vec<LookView>,
    /// Where prices come from, and of which day they are.
    pub prices: String,
}

/// One look at one limit.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LookView {
    pub span: Span,
    pub unit: String,
    pub limit: Option<Amount>,
    pub remaining: Option<Amount>,
    pub seen_at: Moment,
}

/// What the account is needed for.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseAccount {
    /// `planner`, `handoff`, or another word.
    pub purpose: Option<String>,
    /// Words about the work, for example `code`.
    pub words: Option<String>,
    /// Only accounts that Krake can call by itself.
    pub called: Option<bool>,
    /// Not this one.
    pub without: Option<AccountId>,
}

/// All accounts, the best first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AccountChoice {
    /// The account that would be asked.
    pub first: Option<AccountId>,
    pub ranked: Vec<RankedAccount>,
}

/// One account in its place.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RankedAccount {
    pub id: AccountId,
    pub name: String,
    pub usable: bool,
    /// What put it there, in the order in which it counted; why it is not used, where it is not. In
    /// English, with times in UTC.
    pub because: Vec<String>,
    /// The same as data, for whoever has a language and a time zone.
    pub reasons: Vec<ReasonView>,
}

/// The rules by which accounts are chosen, first to last.
#[derive(Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Routing {
    pub rules: Vec<Rule>,
}

/// `accounts.note_limit`
pub async fn note(ctx: Ctx, input: NoteLimit) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let resets_at = match input.resets_at.as_deref() {
        Some(text) => Some(Timestamp::from_rfc3339(text).ok_or_else(|| {
            ApiError::new(
                Code::BadInput,
                "field `resets_at`: expected a time such as 2026-11-25T16:20:00Z",
            )
        })?),
        None => None,
    };
    let told = ManualLimit {
        span: input.span,
        unit: filled("unit", &input.unit)?,
        limit: input.limit,
        remaining: input.remaining,
        resets_at,
    };
    let runtime = ctx.owner()?;
    runtime.note_limit(input.id, told).await?;
    view(runtime, input.id).await
}

/// `accounts.usage`
pub async fn usage(ctx: Ctx, input: AccountRef) -> Result<AccountUsage, ApiError> {
    let now = now();
    let runtime = ctx.runtime()?;
    let store = runtime.store();
    let account = view(runtime, input.id).await?;
    let since = |days: i64| async move {
        let used = store.use_since(Timestamp(now.0 - days * DAY_MS)).await?;
        Ok::<UseView, ApiError>(used.get(&input.id).copied().unwrap_or_default().into())
    };
    let calls = store.list_calls(input.id, 50).await?;
    let looks = store.list_limits(input.id).await?;
    let table = Prices::shipped();
    Ok(AccountUsage {
        account,
        week: since(7).await?,
        month: since(30).await?,
        calls: calls.into_iter().map(CallView::from).collect(),
        looks: looks
            .into_iter()
            .map(|look| LookView {
                span: look.span,
                unit: crate::visible::visible_line(&look.unit),
                limit: look.limit,
                remaining: look.remaining,
                seen_at: look.seen_at.into(),
            })
            .collect(),
        prices: format!("{}, prices of {}", table.source, table.as_of),
    })
}

/// `accounts.choose`
pub async fn choose(ctx: Ctx, input: ChooseAccount) -> Result<AccountChoice, ApiError> {
    let text = |field: &str, text: Option<String>| plain(field, &text.unwrap_or_default());
    let need = Need {
        purpose: text("purpose", input.purpose)?,
        words: text("words", input.words)?,
        called: input.called.unwrap_or(false),
        without: input.without.into_iter().collect(),
    };
    let runtime = ctx.runtime()?;
    let (choice, _) = runtime.choose_account(&need).await?;
    let accounts = runtime.store().list_accounts(WorkspaceId::PERSONAL).await?;
    Ok(AccountChoice {
        first: choice.first(),
        ranked: ranked(&choice, &names(&accounts)),
    })
}

/// The accounts of a choice in their order, each with its reasons.
pub fn ranked(choice: &Choice, names: &BTreeMap<AccountId, String>) -> Vec<RankedAccount> {
    let shown = choice.ranked.iter().map(|ranked| {
        let reasons = reasons(ranked);
        RankedAccount {
            id: ranked.account,
            name: names.get(&ranked.account).cloned().unwrap_or_default(),
            usable: ranked.standing == Standing::Usable,
            because: reasons.iter().map(ToString::to_string).collect(),
            reasons,
        }
    });
    shown.collect()
}

/// `accounts.rules`
pub async fn rules(ctx: Ctx, _: Nothing) -> Result<Routing, ApiError> {
    Ok(Routing {
        rules: ctx.runtime()?.routing().await?,
    })
}

/// `accounts.set_rules`
pub async fn set_rules(ctx: Ctx, input: Routing) -> Result<Routing, ApiError> {
    ctx.person()?;
    if input.rules.len() > 100 {
        return Err(ApiError::new(
            Code::BadInput,
            "field `rules`: expected at most 100",
        ));
    }
    for rule in &input.rules {
        filled("accounts", &rule.accounts)?;
        plain("when", rule.when.as_deref().unwrap_or_default())?;
    }
    let runtime = ctx.owner()?;
    runtime.set_routing(&input.rules).await?;
    rules(ctx, Nothing {}).await
}

/// What was spent since midnight, over all accounts.
pub async fn spent_today(ctx: &Ctx) -> Result<Amount, ApiError> {
    let used = ctx.store()?.use_since(midnight(now())).await?;
    Ok(used
        .values()
        .fold(Amount::ZERO, |sum, one| sum.plus(one.usd)))
}
