//! A person changes the arguments of a call that waits for an approval; it is asked about anew.

use std::sync::Arc;

use krake_domain::approval::{ApprovalKind, ApprovalStatus};
use krake_domain::event::Event;
use krake_domain::id::ApprovalId;
use krake_domain::principal::Principal;
use serde_json::Value;

use super::input::Refusal;
use super::state::State;
use super::{Env, Turn, verdict};

/// Withdraws the question and puts these arguments in place; they are a person's word, so they are
/// taken as they stand and taint nothing.
///
/// # Errors
/// The question does not wait, or the tool does not take such arguments.
pub(super) fn edit(
    state: &State,
    approval: ApprovalId,
    args: Arc<Value>,
    by: Principal,
    env: &Env<'_>,
    turn: &mut Turn,
) -> Result<(), Refusal> {
    let asked = &verdict::open(state, approval, &by, env)?.approval;
    if asked.kind != ApprovalKind::Call {
        return Err(Refusal::BadVerdict(
            "only a call that has not run can be edited",
        ));
    }
    env.schemas
        .check_args(&asked.tool, &args)
        .map_err(Refusal::BadAnswer)?;
    turn.events.push(Event::ApprovalEnded {
        approval,
        status: ApprovalStatus::Withdrawn,
    });
    turn.events.push(Event::ArgsEdited {
        step: asked.step.clone(),
        args,
        by,
    });
    Ok(())
}
