//! What a machine calls stands in the journal before it acts, whichever shell it came through.
//!
//! What it deliberately does not do: it says nothing of persons, whose word the commands themselves
//! journal where it decides something, and keeps no input but an id: the rest may be long or private.
//! **Invariant:** nothing is changed by a machine without a line that names it.

use krake_domain::event::{Event, Stamped};
use krake_domain::id::{ExecutionId, WorkspaceId, is_id};
use krake_domain::principal::Principal;
use krake_store::Batch;
use serde_json::Value;

use crate::command::{Command, Kind};
use crate::context::Ctx;
use crate::error::ApiError;
use crate::view::moment::now;

/// What the journal says of this call; nothing where a person calls, or where it only looks.
pub(crate) fn event(command: &Command, who: Option<&Principal>, input: &Value) -> Option<Event> {
    let by = who.filter(|who| !who.is_person())?;
    (command.kind == Kind::Command).then(|| Event::MachineCalled {
        command: command.name.to_owned(),
        id: input["id"]
            .as_str()
            .filter(|id| is_id(id))
            .map(str::to_owned),
        by: by.clone(),
    })
}

/// Writes it down.
///
/// # Errors
/// This process does not own the folder, or the store refuses the write: then nothing has begun.
pub(crate) async fn journal(ctx: &Ctx, event: Event) -> Result<(), ApiError> {
    let batch = Batch {
        workspace: WorkspaceId::PERSONAL,
        execution: ExecutionId::NONE,
        events: vec![Stamped { at: now(), event }],
        summary: None,
    };
    ctx.owner()?.store().append(batch).await?;
    Ok(())
}
