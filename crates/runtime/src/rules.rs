//! Standing rules: those in force are at hand for every decision.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use krake_domain::event::{Event, Stamped};
use krake_domain::id::RuleId;
use krake_domain::principal::Principal;
use krake_domain::rule::Rule;

use crate::clock;
use crate::handle::{CommandError, Runtime};

/// The rules that this process goes by: read at the start, kept up as they are made and revoked.
///
/// **Invariant:** a rule that was revoked never comes into force again, in whatever order the two
/// pieces of news arrive here; both are durable before they do.
#[derive(Default)]
pub(crate) struct Rules(Mutex<Known>);

struct Known {
    in_force: Arc<[Rule]>,
    /// Only those that were revoked since this process began; a person revokes few.
    revoked: BTreeSet<RuleId>,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            in_force: Arc::new([]),
            revoked: BTreeSet::new(),
        }
    }
}

impl Rules {
    /// What a decision goes by.
    pub fn in_force(&self) -> Arc<[Rule]> {
        self.known().in_force.clone()
    }

    /// Rules that are durable hold from the next decision on.
    pub fn add(&self, made: Vec<Rule>) {
        if made.is_empty() {
            return;
        }
        let mut known = self.known();
        let Known { in_force, revoked } = &mut *known;
        let made = made.into_iter().filter(|rule| !revoked.contains(&rule.id));
        *in_force = in_force.iter().cloned().chain(made).collect();
    }

    /// From the next decision on this rule holds no more.
    fn revoke(&self, id: RuleId) {
        let mut known = self.known();
        known.revoked.insert(id);
        let others = known.in_force.iter().filter(|rule| rule.id != id);
        known.in_force = others.cloned().collect();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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
        self.deps().rules.revoke(id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::hash::Hash;
    use krake_domain::id::{ApprovalId, WorkspaceId};
    use krake_domain::rule::Pattern;
    use krake_domain::time::Timestamp;

    fn rule(number: u8) -> Rule {
        let hash = Hash::of_parts(&[&[number]]);
        Rule {
            id: RuleId::from_parts(Timestamp(0), hash),
            workspace: WorkspaceId::PERSONAL,
            tool: "fs.write".to_owned(),
            definition: Hash::ZERO,
            pattern: Pattern::Folder {
                folder: "/home/me/work".to_owned(),
            },
            created_at: Timestamp(0),
            by: Principal::owner(),
            approval: ApprovalId::from_parts(Timestamp(0), hash),
            expires_at: Timestamp(1),
        }
    }

    #[test]
    fn a_rule_that_was_revoked_before_it_arrived_here_never_holds() {
        let (kept, revoked) = (rule(1), rule(2));
        let rules = Rules::default();
        rules.revoke(revoked.id);
        rules.add(vec![kept.clone(), revoked]);
        assert_eq!(*rules.in_force(), *std::slice::from_ref(&kept));
        rules.revoke(kept.id);
        assert!(rules.in_force().is_empty());
    }
}
