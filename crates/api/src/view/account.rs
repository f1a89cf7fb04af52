//! An account as it is shown: never a key, always who said what about its limits, and when.

use krake_domain::account::{Account, AccountStatus, Check, CheckOutcome, OpenAiFormat, Provider};
use krake_domain::amount::Amount;
use krake_domain::draft::RunOut;
use krake_domain::id::AccountId;
use krake_domain::limit::{LimitSource, Span};
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Forecast, Health, health};
use krake_store::{AccountUse, CallRow};
use serde::Serialize;

use super::moment::Moment;
use super::price::PriceView;
use super::ran_out::RanOutView;
use crate::visible::visible_line;

/// One account with what is known about it now.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AccountView {
    pub id: AccountId,
    pub name: String,
    pub email: Option<String>,
    pub provider: Provider,
    pub plan: Option<String>,
    /// What it is best at, in the person's words.
    pub specialization: Option<String>,
    pub tags: Vec<String>,
    pub status: AccountStatus,
    /// Where it is called, where that is not the provider's own place.
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub format: Option<OpenAiFormat>,
    /// What its model costs; absent: nobody knows, which is not nothing.
    pub price: Option<PriceView>,
    /// What a person said about prices, the last word on each model.
    pub prices: Vec<PriceView>,
    /// Whether the vault keeps a key for it.
    pub has_key: bool,
    /// Whether Krake can call it by itself.
    pub is_called: bool,
    pub health: Health,
    /// The last try to reach it.
    pub check: Option<CheckView>,
    /// Its limits, the newest look at each.
    pub limits: Vec<LimitView>,
    /// A log said that it ran out, and that still lasts.
    pub ran_out: Option<RanOutView>,
    /// Since midnight, UTC.
    pub today: UseView,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// What came of a try to reach it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CheckView {
    pub at: Moment,
    pub outcome: CheckOutcome,
    pub said: String,
    pub took_ms: u64,
}

/// One limit.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct LimitView {
    pub span: Span,
    /// `requests`, `tokens`, `percent`, `credits`, `USD`: the provider's own.
    pub unit: String,
    pub limit: Option<Amount>,
    /// What is left now, as far as is known.
    pub remaining: Option<Amount>,
    /// The used part, from 0 to 1.
    pub used: Option<f64>,
    pub resets_at: Option<Moment>,
    pub seen_at: Moment,
    pub source: LimitSource,
    /// Units an hour.
    pub per_hour: Option<f64>,
    /// When nothing is left, if it goes on like this.
    pub runs_out_at: Option<Moment>,
    /// Whether that is before it is filled again.
    pub before_reset: bool,
}

/// What an account was used for in a stretch of time.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UseView {
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
}

/// One call.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CallView {
    pub at: Moment,
    pub purpose: String,
    pub model: String,
    /// `reserved`, `done`, `lost` (its process ended) or `returned` (it cost nothing).
    pub state: String,
    pub outcome: Option<String>,
    /// Absent: not known.
    pub usd: Option<Amount>,
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub took_ms: Option<u64>,
}

impl AccountView {
    /// The account as it stands at `now`.
    #[must_use]
    pub fn of(
        account: &Account,
        forecasts: &[Forecast],
        ran_out: Option<&RunOut>,
        today: AccountUse,
        now: Timestamp,
    ) -> Self {
        let line = |text: &Option<String>| text.as_deref().map(visible_line);
        Self {
            id: account.id,
            name: visible_line(&account.name),
            email: line(&account.email),
            provider: account.provider,
            plan: line(&account.plan),
            specialization: line(&account.specialization),
            tags: account.tags.iter().map(|tag| visible_line(tag)).collect(),
            status: account.status,
            base_url: line(&account.base_url),
            model: line(&account.model),
            format: account.format,
            price: account
                .provider
                .is_called()
                .then(|| PriceView::of(account, now))
                .flatten(),
            prices: PriceView::all_said(account, now),
            has_key: account.credential.is_some(),
            is_called: account.provider.is_called(),
            health: health(account, forecasts, ran_out, now),
            check: account.check.as_ref().map(CheckView::from),
            limits: forecasts
                .iter()
                .map(|one| LimitView::of(one, now))
                .collect(),
            ran_out: ran_out.map(RanOutView::from),
            today: today.into(),
            created_at: account.created_at.into(),
            updated_at: account.updated_at.into(),
        }
    }
}

impl From<&Check> for CheckView {
    fn from(check: &Check) -> Self {
        Self {
            at: check.at.into(),
            outcome: check.outcome,
            // A provider's words are others' words.
            said: visible_line(&check.said),
            took_ms: check.took_ms,
        }
    }
}

impl LimitView {
    fn of(forecast: &Forecast, now: Timestamp) -> Self {
        let seen = &forecast.seen;
        Self {
            span: seen.span,
            unit: visible_line(&seen.unit),
            limit: seen.limit,
            remaining: seen.remaining_at(now),
            used: forecast.used,
            resets_at: seen.resets_at.map(Moment),
            seen_at: seen.seen_at.into(),
            source: seen.source,
            per_hour: forecast.per_hour,
            runs_out_at: forecast.runs_out_at.map(Moment),
            before_reset: forecast.before_reset,
        }
    }
}

impl From<AccountUse> for UseView {
    fn from(used: AccountUse) -> Self {
        let AccountUse {
            calls,
            done,
            failed,
            usd,
            unpriced,
            input,
            cache_read,
            cache_write,
            output,
            took_ms: _,
        } = used;
        Self {
            calls,
            done,
            failed,
            usd,
            unpriced,
            input,
            cache_read,
            cache_write,
            output,
        }
    }
}

impl From<CallRow> for CallView {
    fn from(call: CallRow) -> Self {
        Self {
            at: call.at.into(),
            purpose: visible_line(&call.purpose),
            model: visible_line(&call.model),
            state: call.state,
            outcome: call.outcome,
            usd: call.usd,
            input: call.input,
            output: call.output,
            took_ms: call.took_ms,
        }
    }
}
