//! Tokens, credits and cost by day, account, project or model.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::session::Usage;
use krake_domain::spending::{Spent, SpentBy};
use serde::{Deserialize, Serialize};

use super::zone::Day;
use crate::accounts::{Prices, Tokens};

/// What the sums are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "InsightsBy")]
pub enum By {
    Day,
    Account,
    Project,
    Model,
}

/// What one kind of work came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    pub answers: u64,
    pub usage: Usage,
    /// Of the answers whose price is known.
    pub usd: Amount,
    /// Answers whose price is not known.
    pub unpriced: u64,
    /// Calls or sessions that do not tell their tokens.
    pub untold: u64,
}

/// Everything of one group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// The day, or the account, project or model; absent: it is not known.
    pub key: Option<String>,
    /// Calls that Krake made.
    pub calls: Part,
    /// Answers in sessions of other tools, at list prices.
    pub sessions: Part,
    /// As somebody told, each account in its own unit; absent where nobody did.
    pub credits: Option<f64>,
}

impl Sum {
    /// Both kinds of work together.
    #[must_use]
    pub fn both(&self) -> Part {
        let (calls, sessions) = (self.calls, self.sessions);
        Part {
            answers: calls.answers + sessions.answers,
            usage: calls.usage.plus(sessions.usage),
            usd: calls.usd.plus(sessions.usd),
            unpriced: calls.unpriced + sessions.unpriced,
            untold: calls.untold + sessions.untold,
        }
    }

    fn add(&mut self, spent: &Spent, prices: &Prices) {
        let part = match spent.by {
            SpentBy::Call => &mut self.calls,
            SpentBy::Session(_) => &mut self.sessions,
        };
        part.answers += spent.answers;
        part.usage = part.usage.plus(spent.usage);
        part.untold += spent.untold;
        match list_price(spent, prices) {
            Listed::Told => {
                part.usd = part.usd.plus(spent.usd);
                part.unpriced += spent.unpriced;
            }
            Listed::At(usd) => part.usd = part.usd.plus(usd),
            Listed::Unknown => part.unpriced += spent.answers,
        }
        if let Some(told) = spent.credits {
            self.credits = Some(self.credits.unwrap_or_default() + told);
        }
    }
}

/// The sums of each group: every day between the two, or what there is, most tokens first.
#[must_use]
pub fn sums(spent: &[Spent], by: By, days: (Day, Day), prices: &Prices) -> Vec<Sum> {
    let mut groups: BTreeMap<Option<String>, Sum> = BTreeMap::new();
    if by == By::Day {
        let all = days
            .0
            .to(days.1)
            .map(|day| (Some(day.to_string()), Sum::default()));
        groups.extend(all);
    }
    for one in spent {
        let key = match by {
            By::Day => Some(Day::number(one.day).to_string()),
            By::Account => one.account.clone(),
            By::Project => one.project.clone(),
            By::Model => one.model.clone(),
        };
        groups.entry(key).or_default().add(one, prices);
    }
    let named = groups.into_iter().map(|(key, sum)| Sum { key, ..sum });
    let mut sums: Vec<Sum> = named.collect();
    if by != By::Day {
        // Stable: what is alike stays in the order of its names.
        sums.sort_by_key(|sum| std::cmp::Reverse(sum.both().usage.total()));
    }
    sums
}

/// Everything in one sum.
#[must_use]
pub fn whole(spent: &[Spent], prices: &Prices) -> Sum {
    let mut whole = Sum::default();
    for one in spent {
        whole.add(one, prices);
    }
    whole
}

enum Listed {
    /// The call itself knows what it cost.
    Told,
    At(Amount),
    Unknown,
}

/// What answers of a session cost at the list prices of whoever stands behind its tool.
fn list_price(spent: &Spent, prices: &Prices) -> Listed {
    let SpentBy::Session(source) = &spent.by else {
        return Listed::Told;
    };
    if spent.answers == 0 {
        return Listed::At(Amount::ZERO);
    }
    let provider = match source.as_str() {
        "claude_code" => "anthropic",
        "codex" => "openai",
        "gemini_cli" => "gemini",
        // Others ask whom the person sets.
        _ => return Listed::Unknown,
    };
    let model = spent.model.as_deref().unwrap_or_default();
    let Some(price) = prices.find(provider, model, Day::number(spent.day).noon()) else {
        return Listed::Unknown;
    };
    let tokens = Tokens {
        input: Some(spent.usage.read()),
        cache_read: Some(spent.usage.cache_read),
        cache_write: Some(spent.usage.cache_write),
        output: Some(spent.usage.output),
    };
    let cost = price.cost_at(tokens, spent.above.saturating_add(1));
    cost.map_or(Listed::Unknown, Listed::At)
}

#[cfg(test)]
#[path = "sums_test.rs"]
mod tests;
