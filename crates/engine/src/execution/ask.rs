//! Questions to a person, bound to the exact bytes that would run.

use std::time::Duration;

use krake_domain::approval::{Approval, ApprovalKind};
use krake_domain::canonical_json;
use krake_domain::event::Event;
use krake_domain::failure::Failure;
use krake_domain::hash::Hash;
use krake_domain::id::ApprovalId;
use krake_domain::question::Question;
use krake_domain::rule::Scope;
use krake_domain::tool::{Assessment, EffectClass};
use serde_json::Value;

use super::advance::fail;
use super::begin::{no_such_tool, plain};
use super::effect::{Effect, Timer};
use super::state::State;
use super::{Env, Turn, fatigue};

/// How long a person may take to answer.
const TIME_TO_ANSWER: Duration = Duration::from_secs(24 * 3_600);
/// How long it may stay open whether an effect happened.
const TIME_TO_SETTLE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// Stands before the words for a call that may be behind us already.
const PERHAPS_DONE: &str = "may have happened already: ";

/// What a person is wanted for.
pub(super) struct Wanted {
    pub kind: ApprovalKind,
    pub assessment: Assessment,
    pub because: String,
    pub question: Option<Question>,
    pub failure: Option<Failure>,
    pub scopes: Vec<Scope>,
}

impl Wanted {
    /// A question of that kind, its words still missing.
    pub fn of(kind: ApprovalKind) -> Self {
        Self {
            kind,
            assessment: plain(EffectClass::Read, ""),
            because: String::new(),
            question: None,
            failure: None,
            scopes: Vec::new(),
        }
    }
}

/// Asks a person whether a call, whose outcome is unknown, may run again.
pub(super) fn ask_unknown(
    state: &State,
    place: usize,
    because: String,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    let class = state.steps[place]
        .attempt()
        .map_or(EffectClass::Unsafe, |attempt| attempt.class);
    let before = state.steps[place]
        .attempt()
        .and_then(|attempt| attempt.approval)
        .and_then(|id| state.gates.get(&id));
    let mut assessment = before.map_or_else(
        || plain(class, state.tool_of(place)),
        |gate| gate.approval.assessment.clone(),
    );
    if !assessment.summary.starts_with(PERHAPS_DONE) {
        assessment.summary = format!("{PERHAPS_DONE}{}", assessment.summary);
    }
    let args = state.args_of(place).unwrap_or(Value::Null);
    let wanted = Wanted {
        assessment,
        because,
        ..Wanted::of(ApprovalKind::UnknownOutcome)
    };
    ask(state, place, &args, wanted, env, turn);
}

pub(super) fn ask(
    state: &State,
    place: usize,
    args: &Value,
    wanted: Wanted,
    env: &Env<'_>,
    turn: &mut Turn,
) {
    if fatigue::is_too_much(state, wanted.kind, turn) {
        return fatigue::hold(state, place, turn);
    }
    let Wanted {
        kind,
        assessment,
        because,
        question,
        failure,
        scopes,
    } = wanted;
    let step = &state.plan.steps[place];
    let tool = state.tool_of(place);
    let Some(entry) = env.catalog.find(tool) else {
        return fail(state, place, no_such_tool(tool), turn);
    };
    let because = match &state.steps[place].chosen_because {
        Some(chosen) => format!(
            "{because}; this is alternative {} of the step: {chosen}",
            state.steps[place].alternative
        ),
        None => because,
    };
    let expires_at = env.now.plus(match kind {
        ApprovalKind::Call | ApprovalKind::Question | ApprovalKind::Failed => TIME_TO_ANSWER,
        ApprovalKind::UnknownOutcome => TIME_TO_SETTLE,
    });
    let args = canonical_json(args);
    let binding = Approval::binding(
        state.id,
        &step.id,
        tool,
        entry.definition,
        &args,
        &assessment,
        expires_at,
    );
    let number = (state.gates.len() as u64).to_le_bytes();
    let id = ApprovalId::from_parts(
        env.now,
        Hash::of_parts(&[
            state.id.uuid().as_bytes(),
            step.id.as_str().as_bytes(),
            &number,
        ]),
    );
    turn.events.push(Event::ApprovalAsked {
        approval: Box::new(Approval {
            id,
            execution: state.id,
            step: step.id.clone(),
            kind,
            tool: tool.to_owned(),
            args,
            binding,
            definition: entry.definition,
            assessment,
            because,
            question,
            failure,
            scopes,
            asked_at: env.now,
            expires_at,
        }),
    });
    turn.effects.push(Effect::SetTimer {
        timer: Timer::Expiry { approval: id },
        at: expires_at,
    });
    fatigue::hold_after(state, kind, turn);
}
