//! What was spent, by day, account, project and model, and what briefings saved.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::id::WorkspaceId;
use krake_domain::session::Usage;
use krake_domain::spending::{Spent, SpentBy};
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Cost, Price, Prices, Traces, account_of_session};
use krake_engine::insights::{
    By, Day, Delivered, Part, Sum, TYPED_TOKENS_PER_MINUTE, Zone, saved, sums, whole,
};
use krake_runtime::accounts::cost::cost_of;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::held_account::held_id_or_label;
use crate::view::moment::now;
use crate::visible::visible_line;

/// Days of a range when the caller does not say.
const USUAL_DAYS: i32 = 30;
/// No range is longer.
const MOST_DAYS: usize = 3_660;

/// Which days, whose, and told apart by what.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InsightsWish {
    /// The first day, such as 2026-11-01; 29 days before the last when absent.
    pub from: Option<String>,
    /// The last day; today when absent.
    pub to: Option<String>,
    /// The time zone that days are of, such as Europe/Berlin; UTC when absent.
    pub zone: Option<String>,
    /// `day` when absent.
    pub by: Option<By>,
    /// Only this account, by its id, its name or the word that sessions have.
    pub account_id: Option<String>,
    /// Only this project, by its id or its name.
    pub project_id: Option<String>,
    pub model: Option<String>,
}

/// Which days.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedWish {
    /// The first day, such as 2026-11-01; 29 days before the last when absent.
    pub from: Option<String>,
    /// The last day; today when absent.
    pub to: Option<String>,
    /// The time zone that days are of; UTC when absent.
    pub zone: Option<String>,
}

/// What was spent in a range of days.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct InsightsUsage {
    pub from: String,
    pub to: String,
    pub zone: String,
    pub by: By,
    /// Every day in order, or accounts, projects or models, most tokens first.
    pub rows: Vec<SumView>,
    pub total: SumView,
    /// Where list prices come from, and of which day they are.
    pub prices: String,
}

/// One group.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SumView {
    /// The day, or the account, project or model; absent: it is not known.
    pub key: Option<String>,
    /// Its name for people.
    pub label: Option<String>,
    /// Calls that Krake made, at what they cost.
    pub calls: PartView,
    /// Answers in sessions of other tools, at list prices: a subscription costs what it costs.
    pub sessions: PartView,
    /// Both together.
    pub both: PartView,
    /// As somebody told for sessions, each account in its own unit; absent where nobody told any.
    pub credits: Option<f64>,
}

/// What one kind of work came to. Nothing is counted in both kinds.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PartView {
    pub answers: u64,
    /// Input that was neither read from a cache nor written into one.
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub output: u64,
    /// All of them.
    pub tokens: u64,
    /// Calls or sessions that do not tell their tokens.
    pub untold: u64,
    /// Whether there are any: the counts are then "at least".
    pub tokens_at_least: bool,
    /// Of the answers whose price is known; absent where none is.
    pub usd: Option<Amount>,
    /// Answers whose price is not known.
    pub unpriced: u64,
    /// Whether some price or count is not known: the cost is then "at least".
    pub usd_at_least: bool,
}

/// What briefings saved in a range of days.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct InsightsSaved {
    pub from: String,
    pub to: String,
    pub zone: String,
    /// Handoffs that an account took.
    pub handoffs: u64,
    /// Handoffs whose history or loss nobody measured: they are in no sum.
    pub unmeasured: u64,
    /// Handoffs whose briefing is no shorter than the history: they saved nothing and are in no sum.
    pub longer: u64,
    /// Tokens of all histories, and of the briefings that stood for them.
    pub history_tokens: u64,
    pub briefing_tokens: u64,
    /// Tokens of the histories less those of the briefings.
    pub tokens: u64,
    /// These tokens as input, at the list price of the account that took the handoff; absent where none
    /// is known.
    pub usd: Option<Amount>,
    /// Handoffs to accounts whose price is not known: the sum is "at least" where there are any.
    pub unpriced: u64,
    /// These tokens at what a token cost the account in sessions that told their credits; absent where
    /// none did.
    pub credits: Option<f64>,
    /// Handoffs to accounts that told no credits.
    pub uncredited: u64,
    /// Tokens of the briefings that were measured as kept, as if they had been typed.
    pub minutes: f64,
    /// How many tokens a person types in a minute.
    pub typed_tokens_per_minute: f64,
}

/// A range of days in a zone.
pub(crate) struct Range {
    pub zone: Zone,
    pub from: Day,
    pub to: Day,
}

/// `insights.usage`
pub async fn usage(ctx: Ctx, wish: InsightsWish) -> Result<InsightsUsage, ApiError> {
    let range = Range::read(wish.from, wish.to, wish.zone, now())?;
    let by = wish.by.unwrap_or(By::Day);
    let project = crate::projects::kept_as(&ctx, wish.project_id.as_deref()).await?;
    let accounts = ctx.store()?.list_accounts(WorkspaceId::PERSONAL).await?;
    let account = held_id_or_label(&ctx, wish.account_id).await?;
    let (from, until) = range.moments();
    let shifts = range.zone.shifts(from, until);
    let mut spent = ctx.store()?.spent_between(from, until, &shifts).await?;
    for one in &mut spent {
        if let (None, SpentBy::Session(source)) = (&one.account, &one.by) {
            let traces = Traces {
                named: None,
                format: source,
                tells_of_a_plan: false,
            };
            let account = account_of_session(&accounts, traces);
            one.account = account.map(|account| account.id.to_string());
        }
    }
    let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    spent.retain(|one| {
        is(&account, &one.account) && is(&project, &one.project) && is(&wish.model, &one.model)
    });
    let names = names(&ctx, by).await?;
    let days = (range.from, range.to);
    Ok(InsightsUsage {
        rows: rows(&spent, by, days, &names),
        total: SumView::of(whole(&spent, Prices::shipped()), None),
        from: range.from.to_string(),
        to: range.to.to_string(),
        zone: range.zone.name().to_owned(),
        by,
        prices: prices(),
    })
}

/// `insights.saved`
pub async fn saved_by_briefings(ctx: Ctx, wish: SavedWish) -> Result<InsightsSaved, ApiError> {
    let range = Range::read(wish.from, wish.to, wish.zone, now())?;
    let (from, until) = range.moments();
    let store = ctx.store()?;
    let taken = store.handoffs_taken(from, until).await?;
    let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
    let rates: BTreeMap<String, f64> = store.credits_a_token().await?.into_iter().collect();
    let priced: Vec<Option<Price>> = taken
        .iter()
        .map(|handoff| {
            let by = handoff.claimed_by.as_deref()?;
            let account = accounts
                .iter()
                .find(|account| account.id.to_string() == by || account.name == by)?;
            let at = handoff.claimed_at.unwrap_or(until);
            match cost_of(account, account.model.as_deref()?, at) {
                Cost::Priced(price) => Some(price),
                Cost::Free | Cost::Unknown => None,
            }
        })
        .collect();
    let delivered: Vec<Delivered<'_>> = taken
        .iter()
        .zip(&priced)
        .map(|(handoff, price)| Delivered {
            briefing: handoff.briefing.tokens,
            history: handoff.history_tokens,
            score: handoff
                .briefing
                .coverage
                .loss
                .as_ref()
                .map(|loss| loss.score),
            price: price.as_ref(),
            credits_per_token: handoff
                .claimed_by
                .as_ref()
                .and_then(|by| rates.get(by).copied()),
        })
        .collect();
    let sum = saved(&delivered);
    let measured = sum.handoffs - sum.unmeasured - sum.longer;
    // Where all that was measured saved nothing, nothing is what is known.
    let is_nothing = measured == 0 && sum.longer > 0;
    Ok(InsightsSaved {
        from: range.from.to_string(),
        to: range.to.to_string(),
        zone: range.zone.name().to_owned(),
        handoffs: sum.handoffs,
        unmeasured: sum.unmeasured,
        longer: sum.longer,
        history_tokens: sum.history,
        briefing_tokens: sum.briefings,
        tokens: sum.tokens,
        usd: (measured > sum.unpriced || is_nothing).then_some(sum.usd),
        unpriced: sum.unpriced,
        credits: (measured > sum.uncredited || is_nothing).then_some(sum.credits),
        uncredited: sum.uncredited,
        minutes: sum.minutes,
        typed_tokens_per_minute: TYPED_TOKENS_PER_MINUTE,
    })
}

/// Where prices come from, for people.
pub(crate) fn prices() -> String {
    let table = Prices::shipped();
    format!("{}, prices of {}", table.source, table.as_of)
}

/// The names of accounts or projects, by their ids.
async fn names(ctx: &Ctx, by: By) -> Result<BTreeMap<String, String>, ApiError> {
    let store = ctx.store()?;
    Ok(match by {
        By::Account => {
            let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
            let named = accounts
                .into_iter()
                .map(|one| (one.id.to_string(), one.name));
            named.collect()
        }
        By::Project => {
            let projects = store.list_projects(None).await?;
            let named = projects.into_iter();
            named
                .map(|row| (row.project.id.to_string(), row.project.name))
                .collect()
        }
        By::Day | By::Model => BTreeMap::new(),
    })
}

fn rows(
    spent: &[Spent],
    by: By,
    days: (Day, Day),
    names: &BTreeMap<String, String>,
) -> Vec<SumView> {
    sums(spent, by, days, Prices::shipped())
        .into_iter()
        .map(|sum| {
            let label = sum.key.as_ref().map(|key| names.get(key).unwrap_or(key));
            let label = label.map(|label| visible_line(label));
            SumView::of(sum, label)
        })
        .collect()
}

impl Range {
    /// The days that are meant.
    ///
    /// # Errors
    /// One is no day, the zone is not known, or there are too many days.
    pub(crate) fn read(
        from: Option<String>,
        to: Option<String>,
        zone: Option<String>,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let zone = read_zone(zone)?;
        let day = |field: &str, text: String| {
            text.parse::<Day>()
                .map_err(|error| bad(format!("field `{field}`: {error}")))
        };
        let to = match to {
            Some(text) => day("to", text)?,
            None => zone.day_of(now),
        };
        let from = match from {
            Some(text) => day("from", text)?,
            None => to.plus(1 - USUAL_DAYS),
        };
        if from > to {
            return Err(bad(format!(
                "field `from`: expected a day that is not after {to}"
            )));
        }
        if from.to(to).nth(MOST_DAYS).is_some() {
            return Err(bad(format!(
                "field `from`: expected at most {MOST_DAYS} days"
            )));
        }
        Ok(Self { zone, from, to })
    }

    /// The first moment of the first day, and the first after the last.
    pub(crate) fn moments(&self) -> (Timestamp, Timestamp) {
        let after = self.to.plus(1);
        (self.zone.begin_of(self.from), self.zone.begin_of(after))
    }
}

/// The zone of that name.
///
/// # Errors
/// There is none of that name.
pub(crate) fn read_zone(name: Option<String>) -> Result<Zone, ApiError> {
    let name = name.unwrap_or_else(|| "UTC".to_owned());
    Zone::named(&name).ok_or_else(|| {
        bad(format!(
            "field `zone`: expected a time zone such as Europe/Berlin, found `{}`",
            crate::visible(&name)
        ))
    })
}

fn bad(told: String) -> ApiError {
    ApiError::new(Code::BadInput, told)
}

impl SumView {
    fn of(sum: Sum, label: Option<String>) -> Self {
        Self {
            label,
            calls: sum.calls.into(),
            sessions: sum.sessions.into(),
            both: sum.both().into(),
            credits: sum.credits,
            key: sum.key.as_deref().map(visible_line),
        }
    }
}

impl From<Part> for PartView {
    fn from(part: Part) -> Self {
        let Usage {
            input,
            output,
            cache_read,
            cache_write,
            reasoning: _,
        } = part.usage;
        let is_priced = part.answers > part.unpriced;
        let is_nothing = part.answers == 0 && part.untold == 0;
        Self {
            answers: part.answers,
            input,
            cache_read,
            cache_write,
            output,
            tokens: part.usage.total(),
            untold: part.untold,
            tokens_at_least: part.untold > 0,
            usd: (is_priced || is_nothing).then_some(part.usd),
            unpriced: part.unpriced,
            // Whoever does not tell tokens tells no cost either.
            usd_at_least: part.unpriced > 0 || part.untold > 0,
        }
    }
}
