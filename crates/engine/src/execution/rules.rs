//! What a person allowed beyond one call: for the rest of an execution, or as a standing rule.

use std::time::Duration;

use krake_domain::approval::Approval;
use krake_domain::event::Event;
use krake_domain::hash::Hash;
use krake_domain::id::{ApprovalId, RuleId};
use krake_domain::plan::{ApprovalMode, Author};
use krake_domain::principal::Principal;
use krake_domain::rule::{Pattern, Rule, Scope};
use krake_domain::tool::{Assessment, EffectClass};

use super::begin::reads_taint;
use super::state::{Attempt, State};
use super::{AllowedBy, Env, Turn};

/// A rule holds so long, unless it is revoked.
const TIME_OF_A_RULE: Duration = Duration::from_secs(90 * 24 * 3_600);

/// A yes for the rest of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    pub approval: ApprovalId,
    pub tool: String,
    pub definition: Hash,
    pub pattern: Pattern,
}

/// On whose word an attempt starts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leave {
    /// Consumed by the attempt.
    pub approval: Option<ApprovalId>,
    pub allowed_by: Option<AllowedBy>,
}

impl From<Option<ApprovalId>> for Leave {
    fn from(approval: Option<ApprovalId>) -> Self {
        Self {
            approval,
            allowed_by: None,
        }
    }
}

/// A repetition goes on under the same word.
impl From<&Attempt> for Leave {
    fn from(attempt: &Attempt) -> Self {
        Self {
            approval: attempt.approval,
            allowed_by: attempt.allowed_by,
        }
    }
}

impl From<AllowedBy> for Leave {
    fn from(allowed_by: AllowedBy) -> Self {
        Self {
            approval: None,
            allowed_by: Some(allowed_by),
        }
    }
}

/// How far a yes to this call may reach. Never beyond the call where it cannot be taken back, where
/// nobody could find out whether it happened, where it speaks to the network (a target does not name
/// everything that is sent), or where its arguments come from text of others: also a call that only
/// looks can carry out what was read before.
pub(super) fn scopes(mode: ApprovalMode, call: &Assessment, tainted: bool) -> Vec<Scope> {
    let bounded = call.class != EffectClass::Unsafe && call.reversible && call.reaches.is_none();
    if tainted || !bounded {
        return Vec::new();
    }
    // A plan that wants to ask each time outranks a standing rule, and not the person who was asked
    // in this very execution.
    let standing = mode == ApprovalMode::Policy;
    [Scope::Execution, Scope::Always, Scope::AlwaysUnder]
        .into_iter()
        .filter(|scope| *scope == Scope::Execution || standing)
        .filter(|scope| Pattern::of(*scope, call).is_some())
        .collect()
}

/// The yes that covers this call, if one was given before.
pub(super) fn allowed_by(
    state: &State,
    place: usize,
    definition: Hash,
    call: &Assessment,
    env: &Env<'_>,
) -> Option<AllowedBy> {
    let step = &state.plan.steps[place];
    let mut possible = scopes(step.approval, call, reads_taint(state, place));
    if state.plan.planned_by == Author::Model {
        // A standing rule was made for what people plan.
        possible.retain(|scope| *scope == Scope::Execution);
    }
    let here = state.allowed.iter().find(|allowed| {
        possible.contains(&Scope::Execution)
            && allowed.tool == state.tool_of(place)
            && allowed.definition == definition
            && allowed.pattern.covers(call)
    });
    if let Some(allowed) = here {
        return Some(AllowedBy::Answer {
            approval: allowed.approval,
        });
    }
    env.rules
        .iter()
        .find(|rule| {
            possible.contains(&Scope::Always)
                && rule.workspace == state.workspace
                && rule.tool == state.tool_of(place)
                && rule.definition == definition
                && env.now < rule.expires_at
                && rule.pattern.covers(call)
        })
        .map(|rule| AllowedBy::Rule { rule: rule.id })
}

/// The rule that an answer with a standing scope makes.
pub(super) fn make(
    state: &State,
    asked: &Approval,
    scope: Scope,
    by: &Principal,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let pattern = match scope {
        Scope::Execution => None,
        Scope::Always | Scope::AlwaysUnder => Pattern::of(scope, &asked.assessment),
    };
    let Some(pattern) = pattern else {
        return;
    };
    turn.events.push(Event::RuleMade {
        rule: Box::new(Rule {
            id: RuleId::from_parts(
                env.now,
                Hash::of_parts(&[b"krake rule", asked.id.uuid().as_bytes()]),
            ),
            workspace: state.workspace,
            tool: asked.tool.clone(),
            definition: asked.definition,
            pattern,
            created_at: env.now,
            by: by.clone(),
            approval: asked.id,
            expires_at: env.now.plus(TIME_OF_A_RULE),
        }),
    });
}
