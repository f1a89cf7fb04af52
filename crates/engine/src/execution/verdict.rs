//! The answer to a question: which fits, and what follows from it.

use std::sync::Arc;

use krake_domain::approval::{Answer, Approval, ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;
use serde_json::Value;

use super::advance::fail;
use super::decide::succeed;
use super::input::Refusal;
use super::state::{Gate, State};
use super::{Env, Turn, failed, question, rules};

/// The answer of a person, with what follows from it at once.
///
/// # Errors
/// It does not fit, comes too late, or not from a person.
pub(super) fn answer(
    state: &State,
    approval: ApprovalId,
    verdict: Verdict,
    by: Principal,
    env: &Env<'_>,
    turn: &mut Turn,
) -> Result<(), Refusal> {
    let gate = open(state, approval, &by, env)?;
    let verdict = fitting(&gate.approval, verdict)?;
    turn.events.push(Event::ApprovalAnswered {
        approval,
        answer: Answer {
            verdict: verdict.clone(),
            by: by.clone(),
            at: env.now,
        },
    });
    match verdict {
        Verdict::Approve => {}
        Verdict::Allow { scope } => rules::make(state, &gate.approval, scope, &by, env, turn),
        Verdict::Reject { reason } => {
            let message = match reason.trim() {
                "" => "rejected".to_owned(),
                _ => format!("rejected: {reason}"),
            };
            // What failed before fails with its own cause.
            let failure = gate.approval.failure.clone();
            let failure = failure.unwrap_or_else(|| Failure::new(FailureClass::Rejected, message));
            fail(state, gate.place, failure, turn);
        }
        Verdict::Happened => {
            let attempt = state.steps[gate.place]
                .attempt()
                .map_or(0, |attempt| attempt.number);
            succeed(state, gate.place, attempt, Arc::new(Value::Null), env, turn);
        }
        Verdict::Skip => failed::skip(gate, turn),
        Verdict::Answer { text } => question::answered(state, gate, text, env, turn)?,
    }
    Ok(())
}

/// The question, if it is open and this principal may answer it.
///
/// # Errors
/// There is none, it was answered, its time is over, or a machine answers.
pub(super) fn open<'s>(
    state: &'s State,
    approval: ApprovalId,
    by: &Principal,
    env: &Env<'_>,
) -> Result<&'s Gate, Refusal> {
    let gate = state.gates.get(&approval).ok_or(Refusal::NoSuchApproval)?;
    if !by.is_person() {
        return Err(Refusal::NotAPerson);
    }
    if gate.status != ApprovalStatus::Waiting {
        return Err(Refusal::Answered(gate.status));
    }
    if gate.approval.expires_at <= env.now {
        return Err(Refusal::Expired);
    }
    Ok(gate)
}

/// The verdict as it is written down, if it answers what was asked.
fn fitting(asked: &Approval, verdict: Verdict) -> Result<Verdict, Refusal> {
    use ApprovalKind as Kind;
    match (asked.kind, verdict) {
        (Kind::UnknownOutcome, Verdict::Happened) => Ok(Verdict::Happened),
        (_, Verdict::Happened) => Err(Refusal::BadVerdict(
            "`happened` answers only a question about an unknown outcome",
        )),
        (_, Verdict::Allow { scope }) => match asked.scopes.contains(&scope) {
            true => Ok(Verdict::Allow { scope }),
            false => Err(Refusal::BadVerdict(
                "a yes to this cannot reach so far: see its `scopes`",
            )),
        },
        (Kind::Question, Verdict::Approve) => Err(Refusal::BadVerdict(
            "the plan asks a question: it wants an answer, not an approval",
        )),
        (_, Verdict::Answer { text }) => match &asked.question {
            Some(question) => question
                .read(&text)
                .map(|text| Verdict::Answer { text })
                .map_err(Refusal::BadAnswer),
            None => Err(Refusal::BadVerdict(
                "only a question takes an answer: approve or reject this",
            )),
        },
        (Kind::Failed, Verdict::Skip) => Ok(Verdict::Skip),
        (_, Verdict::Skip) => Err(Refusal::BadVerdict(
            "only a failed step can be left out: approve or reject this",
        )),
        (_, verdict @ (Verdict::Approve | Verdict::Reject { .. })) => Ok(verdict),
    }
}
