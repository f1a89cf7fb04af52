//! How an account is, in one word: from its status, its limits, what logs said, and the last try to
//! reach it.

use krake_domain::account::{Account, AccountStatus, CheckOutcome};
use krake_domain::draft::RunOut;
use krake_domain::limit::Span;
use krake_domain::time::Timestamp;
use serde::Serialize;

use super::forecast::Forecast;

/// The worst that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nobody has tried to reach it, and no limit was seen.
    Unknown,
    Healthy,
    /// At this rate it is used up before it is filled again.
    RunsOutEarly,
    /// Used up for a minute or so.
    RateLimited,
    UsedUp,
    /// A log said that it ran out, and no window of it tells until when.
    RanOut,
    OutOfCredit,
    NoAccess,
    Unreachable,
    Unreadable,
    NoKey,
    Paused,
}

impl Health {
    /// Whether work can be given to it now.
    #[must_use]
    pub fn can_work(self) -> bool {
        matches!(self, Self::Unknown | Self::Healthy | Self::RunsOutEarly)
    }
}

/// The health of an account at a moment.
#[must_use]
pub fn health(
    account: &Account,
    forecasts: &[Forecast],
    ran_out: Option<&RunOut>,
    now: Timestamp,
) -> Health {
    if account.status == AccountStatus::Paused {
        return Health::Paused;
    }
    let check = account.check.as_ref();
    let by_check = check.map(|check| match check.outcome {
        CheckOutcome::Reached | CheckOutcome::RateLimited => Health::Healthy,
        CheckOutcome::NoAccess => Health::NoAccess,
        CheckOutcome::OutOfCredit => Health::OutOfCredit,
        CheckOutcome::Unreachable => Health::Unreachable,
        CheckOutcome::Unreadable => Health::Unreadable,
        CheckOutcome::NoKey => Health::NoKey,
    });
    if let Some(bad) = by_check.filter(|health| *health != Health::Healthy) {
        return bad;
    }
    let used_up = |is_minute: bool| {
        forecasts
            .iter()
            .any(|one| (one.seen.span == Span::Minute) == is_minute && one.seen.is_used_up(now))
    };
    // A check that was refused for its rate says so until a minute later.
    let just_refused = check.is_some_and(|check| {
        check.outcome == CheckOutcome::RateLimited && now.0 - check.at.0 < 60_000
    });
    if used_up(false) {
        Health::UsedUp
    } else if ran_out.is_some() {
        Health::RanOut
    } else if used_up(true) || just_refused {
        Health::RateLimited
    } else if forecasts.iter().any(|one| one.before_reset) {
        Health::RunsOutEarly
    } else if by_check.is_some() || !forecasts.is_empty() {
        Health::Healthy
    } else {
        Health::Unknown
    }
}
