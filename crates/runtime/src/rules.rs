//! Standing rules: those in force are at hand for every decision.

use krake_domain::event::{Event, Stamped};
use krake_domain::id::RuleId;
use krake_domain::principal::Principal;
use krake_domain::rule::Rule;

use crate::clock;
use crate::handle::{CommandError, Runtime};
use crate::start::Deps;

/// The rules that these events make.
pub(crate) fn made(events: &[Stamped]) -> Vec<Rule> {
    events
        .iter()
        .filter_map(|stamped| match &stamped.event {
            Event::RuleMade { rule } => Some((**rule).clone()),
            _ => None,
        })
        .collect()
}

impl Deps {
    /// Rules that have just become durable hold from the next decision on.
    pub(crate) fn add_rules(&self, made: Vec<Rule>) {
        if made.is_empty() {
            return;
        }
        self.rules.send_modify(|rules| {
            *rules = rules.iter().cloned().chain(made).collect();
        });
    }
}

impl Runtime {
    /// Takes a rule back. From the next decision on it holds no more; durable when this returns.
    ///
    /// # Errors
    /// There is no such rule, or the disk refused.
    pub async fn revoke_rule(&self, id: RuleId, by: Principal) -> Result<(), CommandError> {
        let store = self.store();
        if store.find_rule(id).await?.is_none() {
            return Err(CommandError::NotFound);
        }
        store.revoke_rule(id, by, clock::now()).await?;
        self.deps().rules.send_modify(|rules| {
            *rules = rules.iter().filter(|rule| rule.id != id).cloned().collect();
        });
        Ok(())
    }
}
