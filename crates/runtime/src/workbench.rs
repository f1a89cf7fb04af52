//! What a running call is lent: its log, a folder for large results, a way to keep them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_store::StoreError;
use krake_tools::tool::Workbench;

use crate::logs::Log;
use crate::start::Deps;

pub(crate) struct Bench {
    deps: Arc<Deps>,
    log: Log,
}

impl Bench {
    pub fn new(deps: &Arc<Deps>, execution: ExecutionId, step: &StepId, attempt: u32) -> Self {
        Self {
            deps: deps.clone(),
            log: deps.logs.open(execution, step, attempt),
        }
    }
}

impl Workbench for Bench {
    fn log(&self, line: &str) {
        self.log.write(line);
    }

    fn spool_dir(&self) -> PathBuf {
        self.deps.store.dir().join("spool")
    }

    fn keep(&self, file: &Path) -> Result<BlobRef, Failure> {
        let blobs = self.deps.store.blobs().clone();
        let file = file.to_path_buf();
        // Tools call this from a task; the store's own file work is blocking underneath.
        let kept = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async move { blobs.keep(&file).await })
        });
        kept.map_err(|error| match error {
            StoreError::DiskFull => {
                Failure::new(FailureClass::DiskFull, "no space left to keep the result")
            }
            other => Failure::new(
                FailureClass::Internal,
                format!("the result could not be kept: {other}"),
            ),
        })
    }
}
