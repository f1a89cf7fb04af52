//! What a person lets Krake spend, and one call that spends it.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::id::{AccountId, BudgetId, CallId, WorkspaceId};
use crate::time::Timestamp;

/// What a budget counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[schemars(rename = "BudgetOver")]
pub enum Over {
    /// Every call.
    Everything,
    /// The calls of one account.
    Account { account_id: AccountId },
    /// The calls for one project.
    Project { project_id: String },
    /// The calls of one run, each run for itself.
    Run,
}

/// For how long it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetPeriod")]
pub enum Period {
    /// From midnight to midnight, UTC.
    Day,
    /// From the first of the month, UTC.
    Month,
    /// From the beginning on.
    Always,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BudgetUnit")]
pub enum Unit {
    Usd,
    Tokens,
}

/// One budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    pub id: BudgetId,
    pub workspace: WorkspaceId,
    pub over: Over,
    pub period: Period,
    pub unit: Unit,
    pub cap: Amount,
    pub created_at: Timestamp,
}

/// A call of a model that is about to be made: whose it is, and what it can cost at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    pub id: CallId,
    pub account: AccountId,
    pub project: Option<String>,
    /// The execution it belongs to.
    pub run: Option<String>,
    /// What it is for: `planner`, `check`.
    pub purpose: String,
    pub model: String,
    pub at: Timestamp,
    /// None: the price of the model is not known.
    pub most_usd: Option<Amount>,
    pub most_tokens: Amount,
}

/// A call that a budget refused. It was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedCall {
    pub id: CallId,
    pub at: Timestamp,
    pub budget: BudgetId,
    pub account: AccountId,
    pub project: Option<String>,
    /// The execution it was for.
    pub run: Option<String>,
    pub purpose: String,
    /// None: it was not asked which one, because nothing was left for any.
    pub model: Option<String>,
    pub reason: RefusedFor,
    /// The budget as it was then.
    pub unit: Unit,
    pub cap: Amount,
    /// What was spent or reserved then; none where the price was not known.
    pub spent: Option<Amount>,
    /// What the call could have cost at most; none where that is not known.
    pub wanted: Option<Amount>,
}

/// Why a budget refused a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusedFor {
    /// What is left is less than the call could cost.
    Spent,
    /// The budget counts money, and nobody knows what the call costs.
    PriceUnknown,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEnd {
    pub at: Timestamp,
    /// None: not told, or the price is not known.
    pub usd: Option<Amount>,
    pub input: Option<u64>,
    pub cache_read: Option<u64>,
    pub cache_write: Option<u64>,
    pub output: Option<u64>,
    /// `done`, or the class of the failure.
    pub outcome: String,
    pub took_ms: u64,
}

impl Over {
    /// Whether it counts that call.
    #[must_use]
    pub fn counts(&self, call: &PlannedCall) -> bool {
        match self {
            Self::Everything => true,
            Self::Account { account_id } => *account_id == call.account,
            Self::Project { project_id } => call.project.as_ref() == Some(project_id),
            Self::Run => call.run.is_some(),
        }
    }
}

impl Period {
    /// When the period that `now` lies in began.
    #[must_use]
    pub fn began(self, now: Timestamp) -> Timestamp {
        const DAY: i64 = 24 * 3_600_000;
        let midnight = now.0 - now.0.rem_euclid(DAY);
        match self {
            Self::Day => Timestamp(midnight),
            Self::Month => {
                let text = now.to_rfc3339();
                let first = text.get(..7).map(|month| format!("{month}-01T00:00:00Z"));
                first
                    .and_then(|first| Timestamp::from_rfc3339(&first))
                    .unwrap_or(Timestamp(midnight))
            }
            Self::Always => Timestamp(i64::MIN),
        }
    }

    /// When the next period begins; never where there is only one.
    #[must_use]
    pub fn ends(self, now: Timestamp) -> Option<Timestamp> {
        const DAY: i64 = 24 * 3_600_000;
        let began = self.began(now);
        match self {
            Self::Day => Some(Timestamp(began.0 + DAY)),
            // No month is longer than 31 days, and none is as long as 32.
            Self::Month => Some(self.began(Timestamp(began.0 + 32 * DAY))),
            Self::Always => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let at = |text: &str| Timestamp::from_rfc3339(text).unwrap();
        let now = at("2026-11-25T22:40:00Z");
        assert_eq!(Period::Day.began(now), at("2026-11-25T00:00:00Z"));
        assert_eq!(Period::Month.began(now), at("2026-11-01T00:00:00Z"));
        assert_eq!(
            Period::Day.began(at("1969-12-31T23:00:00Z")),
            at("1969-12-31T00:00:00Z")
        );
        assert!(Period::Always.began(now) < at("1970-01-01T00:00:00Z"));
        for (period, now, ends) in [
            (
                Period::Day,
                "2026-12-31T23:59:59Z",
                Some("2027-01-01T00:00:00Z"),
            ),
            (
                Period::Month,
                "2026-12-05T10:00:00Z",
                Some("2027-01-01T00:00:00Z"),
            ),
            (
                Period::Month,
                "2028-02-29T10:00:00Z",
                Some("2028-03-01T00:00:00Z"),
            ),
            (
                Period::Month,
                "2026-03-01T00:00:00Z",
                Some("2026-04-01T00:00:00Z"),
            ),
            (Period::Always, "2026-03-01T00:00:00Z", None),
        ] {
            assert_eq!(period.ends(at(now)), ends.map(at), "{now}");
        }
    }
}
