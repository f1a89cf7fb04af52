//! `krake db`: what is done to the database itself.

use std::path::Path;

use krake_runtime::StartError;
use krake_store::Store;
use serde_json::json;

use crate::args::Db;
use crate::door::start_failed;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// The folder is owned by a running process, or cannot be written.
pub fn run(home: &Path, out: Out, args: &Db) -> Result<Exit, Stopped> {
    match args {
        Db::AcceptRollback => {
            Store::accept_rollback(home).map_err(|error| start_failed(StartError::Store(error)))?;
            let kept = home.join("journal.head.before-rollback");
            out.answer(&json!({ "accepted": true, "kept": kept }), |_| {
                "accepted: the database as it is now is the one to go on with\n\
                 what ran after it is forgotten: look at `krake executions list`, and cancel what must not run again before `krake serve` or the app goes on"
                    .to_owned()
            })?;
            Ok(Exit::Done)
        }
    }
}
