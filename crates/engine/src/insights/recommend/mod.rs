//! What could be done better, each with the numbers that it rests on.

mod account;
mod budget;
mod model;
mod plan;
mod playbook;
pub mod thresholds;

use krake_domain::amount::Amount;
use krake_domain::id::{AccountId, SessionId};
use krake_domain::limit::Span;
use krake_domain::time::Timestamp;
use serde::Serialize;

use crate::accounts::Forecast;

/// Everything that recommendations rest on.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub now: Timestamp,
    pub accounts: Vec<AccountFacts>,
    pub limits: Vec<LimitHits>,
    pub calls: Vec<CallRecord>,
    pub weeks: WeekSpent,
    /// Newest first or last: the order says nothing.
    pub sessions: Vec<Session>,
}

/// An account, as far as recommendations ask.
#[derive(Debug, Clone)]
pub struct AccountFacts {
    pub id: AccountId,
    /// A person wants it used.
    pub active: bool,
    /// Krake calls it by itself; the others are used in their own apps.
    pub called: bool,
    /// A log said so, and that still lasts.
    pub ran_out: bool,
    pub forecasts: Vec<Forecast>,
}

/// When an account ran into its limit.
#[derive(Debug, Clone)]
pub struct LimitHits {
    pub account: AccountId,
    pub at: Vec<Timestamp>,
}

/// How calls of one model for one purpose went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    pub account: AccountId,
    pub purpose: String,
    pub model: String,
    pub calls: u64,
    pub done: u64,
    /// Calls that were done and whose cost is known, and what they cost together.
    pub priced: u64,
    pub usd: Amount,
}

/// What Krake's own calls cost in the last seven days, and in the seven before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WeekSpent {
    pub last: Amount,
    pub before: Amount,
    /// A budget in money counts every call already.
    pub has_budget: bool,
}

/// What was asked and run in one session.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub at: Timestamp,
    pub requests: Vec<String>,
    /// In their order.
    pub commands: Vec<String>,
}

/// One recommendation, with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Advice {
    /// Go on with another account: this one runs out before it is filled again.
    UseAccount {
        from: AccountId,
        span: Span,
        /// The used part of the window, from 0 to 1.
        used: f64,
        runs_out_at: Stamp,
        resets_at: Option<Stamp>,
        to: AccountId,
        /// The part that is left of the other's tightest window, from 0 to 1.
        left: f64,
    },
    /// Ask a cheaper model that does as well.
    UseModel {
        purpose: String,
        from: ModelRecord,
        to: ModelRecord,
    },
    /// A larger plan: the account ran into its limit again and again.
    ChangePlan {
        account: AccountId,
        hits: u32,
        days: u32,
        last_at: Stamp,
    },
    /// Make a playbook of what was done again and again.
    MakePlaybook {
        repeated: Repeated,
        /// What was asked, or the commands in their order.
        lines: Vec<String>,
        sessions: Vec<SessionId>,
        days: u32,
    },
    /// Set a budget: what calls cost grows.
    SetBudget {
        last_week: Amount,
        week_before: Amount,
        /// For a day, in USD.
        cap: Amount,
    },
}

/// What was repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    Request,
    Commands,
}

/// A moment as it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub Timestamp);

/// A model with what was measured of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ModelRecord {
    pub account: AccountId,
    pub model: String,
    pub calls: u64,
    pub done: u64,
    /// What a call cost on average.
    pub usd_a_call: Amount,
}

/// All recommendations that the facts carry, the most pressing first.
#[must_use]
pub fn recommend(facts: &Facts) -> Vec<Advice> {
    let mut all = account::advise(facts);
    all.extend(plan::advise(facts));
    all.extend(budget::advise(facts));
    all.extend(model::advise(facts));
    all.extend(playbook::advise(facts));
    all
}

impl Advice {
    /// Its name: the same advice about the same things has the same one, whatever the numbers are.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::UseAccount { from, to, span, .. } => {
                let span = serde_json::to_value(span).unwrap_or_default();
                format!(
                    "use_account:{from}:{}:{to}",
                    span.as_str().unwrap_or_default()
                )
            }
            Self::UseModel { purpose, from, to } => format!(
                "use_model:{purpose}:{}/{}:{}/{}",
                from.account, from.model, to.account, to.model
            ),
            Self::ChangePlan { account, .. } => format!("change_plan:{account}"),
            Self::MakePlaybook { lines, .. } => {
                let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
                let hash = krake_domain::hash::Hash::of_parts(&lines).to_string();
                format!("make_playbook:{}", &hash[..16])
            }
            Self::SetBudget { .. } => "set_budget".to_owned(),
        }
    }
}

impl Serialize for Stamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339())
    }
}

impl schemars::JsonSchema for Stamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Stamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests;
