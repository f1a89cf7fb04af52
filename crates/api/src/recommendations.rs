//! What could be done better: each recommendation with its evidence, and what a person said to it.

use std::collections::BTreeMap;

use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::time::Timestamp;
use krake_engine::insights::{Advice, Repeated};
use krake_store::RecommendationMark;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::moment::{Moment, now};
use crate::view::reason::span_word;
use crate::visible::visible_line;

/// A later moment is taken for a slip of the keys.
const LONGEST_SNOOZE: std::time::Duration = std::time::Duration::from_secs(366 * 86_400);
/// Names are short; this is far beyond the longest.
const MOST_KEY_CHARS: usize = 1_000;

/// Which recommendations.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecommendations {
    /// Also those that were dismissed or snoozed.
    pub all: Option<bool>,
}

/// Names one recommendation.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecommendationRef {
    /// As `insights.recommendations` lists it.
    pub key: String,
}

/// A recommendation that is to come back later.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeRecommendation {
    /// As `insights.recommendations` lists it.
    pub key: String,
    /// RFC 3339, with any offset; at most a year from now.
    pub until: String,
}

/// Recommendations, the most pressing first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Recommendations {
    pub items: Vec<RecommendationView>,
    /// How many were dismissed or sleep.
    pub hidden: u64,
}

/// One recommendation.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RecommendationView {
    /// The same advice about the same things has the same key, whatever its numbers are.
    pub key: String,
    pub advice: Advice,
    /// Names of the accounts in it, by their ids.
    pub names: BTreeMap<String, String>,
    /// What to do, in a sentence.
    pub says: String,
    /// What it rests on.
    pub because: String,
    /// It was dismissed.
    pub dismissed: bool,
    /// It sleeps until then.
    pub snoozed_until: Option<Moment>,
}

/// `insights.recommendations`
pub async fn list(ctx: Ctx, input: ListRecommendations) -> Result<Recommendations, ApiError> {
    let runtime = ctx.runtime()?;
    let advice = runtime.recommendations().await?;
    let marks = runtime.store().recommendation_marks().await?;
    let accounts = runtime.store().list_accounts(WorkspaceId::PERSONAL).await?;
    let names: BTreeMap<AccountId, String> = accounts
        .into_iter()
        .map(|account| (account.id, visible_line(&account.name)))
        .collect();
    let now = now();
    let all = advice.into_iter().map(|advice| {
        let mark = marks.get(&advice.key()).copied();
        RecommendationView::of(advice, mark, &names, now)
    });
    let (shown, hidden): (Vec<_>, Vec<_>) =
        all.partition(|one| !one.dismissed && one.snoozed_until.is_none());
    let count = hidden.len() as u64;
    let mut items = shown;
    if input.all.unwrap_or(false) {
        items.extend(hidden);
    }
    Ok(Recommendations {
        items,
        hidden: count,
    })
}

/// `insights.dismiss`
pub async fn dismiss(ctx: Ctx, input: RecommendationRef) -> Result<Recommendations, ApiError> {
    let mark = RecommendationMark {
        until: None,
        at: now(),
    };
    say(ctx, input.key, Some(mark)).await
}

/// `insights.snooze`
pub async fn snooze(ctx: Ctx, input: SnoozeRecommendation) -> Result<Recommendations, ApiError> {
    let bad = |what: &str| ApiError::new(Code::BadInput, format!("field `until`: {what}"));
    let until = Timestamp::from_rfc3339(&input.until)
        .ok_or_else(|| bad("expected a moment such as `2026-11-27T09:00:00+01:00`"))?;
    if until <= now() {
        return Err(bad("expected a moment that is still to come"));
    }
    if until > now().plus(LONGEST_SNOOZE) {
        return Err(bad("expected a moment within a year"));
    }
    let mark = RecommendationMark {
        until: Some(until),
        at: now(),
    };
    say(ctx, input.key, Some(mark)).await
}

/// `insights.restore`
pub async fn restore(ctx: Ctx, input: RecommendationRef) -> Result<Recommendations, ApiError> {
    say(ctx, input.key, None).await
}

async fn say(
    ctx: Ctx,
    key: String,
    mark: Option<RecommendationMark>,
) -> Result<Recommendations, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    if key.chars().count() > MOST_KEY_CHARS {
        return Err(ApiError::new(
            Code::BadInput,
            "field `key`: expected the key of a recommendation",
        ));
    }
    let known = runtime
        .store()
        .recommendation_marks()
        .await?
        .contains_key(&key);
    // Only what is recommended now, or was marked before, is marked: a slip of the keys is told.
    if !known
        && !runtime
            .recommendations()
            .await?
            .iter()
            .any(|one| one.key() == key)
    {
        return Err(ApiError::not_found("recommendation", visible_line(&key)));
    }
    runtime.store().mark_recommendation(key, mark).await?;
    list(ctx, ListRecommendations { all: None }).await
}

impl RecommendationView {
    fn of(
        advice: Advice,
        mark: Option<RecommendationMark>,
        names: &BTreeMap<AccountId, String>,
        now: Timestamp,
    ) -> Self {
        let name = |id: &AccountId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
        let (says, because) = words(&advice, &name);
        let named = accounts_of(&advice).into_iter();
        Self {
            key: advice.key(),
            says,
            because,
            names: named.map(|id| (id.to_string(), name(&id))).collect(),
            dismissed: mark.is_some_and(|mark| mark.until.is_none()),
            snoozed_until: mark
                .and_then(|mark| mark.until)
                .filter(|until| *until > now)
                .map(Moment),
            advice: visible(advice),
        }
    }
}

fn accounts_of(advice: &Advice) -> Vec<AccountId> {
    match advice {
        Advice::UseAccount { from, to, .. } => vec![*from, *to],
        Advice::UseModel { from, to, .. } => vec![from.account, to.account],
        Advice::ChangePlan { account, .. } => vec![*account],
        Advice::MakePlaybook { .. } | Advice::SetBudget { .. } => Vec::new(),
    }
}

/// Words of others are written out.
fn visible(advice: Advice) -> Advice {
    match advice {
        Advice::MakePlaybook {
            repeated,
            lines,
            sessions,
            days,
        } => Advice::MakePlaybook {
            repeated,
            lines: lines.iter().map(|line| visible_line(line)).collect(),
            sessions,
            days,
        },
        other => other,
    }
}

/// What to do and why, for a terminal.
fn words(advice: &Advice, name: &dyn Fn(&AccountId) -> String) -> (String, String) {
    match advice {
        Advice::UseAccount {
            from,
            span,
            used,
            runs_out_at,
            resets_at,
            to,
            left,
        } => {
            let reset = resets_at.map(|at| format!(", filled again {}", Moment(at.0).in_words()));
            (
                format!("go on with {} instead of {}", name(to), name(from)),
                format!(
                    "{}: {:.0} % of its {} used, out {}{}; {}: {:.0} % left",
                    name(from),
                    used * 100.0,
                    span_word(*span),
                    Moment(runs_out_at.0).in_words(),
                    reset.unwrap_or_default(),
                    name(to),
                    left * 100.0
                ),
            )
        }
        Advice::UseModel { purpose, from, to } => (
            format!(
                "ask {} of {} for `{}` instead of {}",
                visible_line(&to.model),
                name(&to.account),
                visible_line(purpose),
                visible_line(&from.model)
            ),
            format!(
                "{} of {} calls went well at {} USD each, against {} of {} at {} USD",
                to.done, to.calls, to.usd_a_call, from.done, from.calls, from.usd_a_call
            ),
        ),
        Advice::ChangePlan {
            account,
            hits,
            days,
            last_at,
        } => (
            format!("think about a larger plan for {}", name(account)),
            format!(
                "it ran into its limit {hits} times in {days} days, last {}",
                last_at.0.to_rfc3339()
            ),
        ),
        Advice::MakePlaybook {
            repeated,
            lines,
            sessions,
            days,
        } => {
            let lines: Vec<String> = lines.iter().map(|line| visible_line(line)).collect();
            let (what, how) = match repeated {
                Repeated::Request => ("asked", lines.join(" ")),
                Repeated::Commands => ("run", lines.join(" ; ")),
            };
            (
                format!("make a playbook of: {how}"),
                format!("{what} in {} sessions on {days} days", sessions.len()),
            )
        }
        Advice::SetBudget {
            last_week,
            week_before,
            cap,
        } => (
            format!("set a budget of {cap} USD a day"),
            format!(
                "calls cost {last_week} USD in the last 7 days, {week_before} USD in the 7 before"
            ),
        ),
    }
}
