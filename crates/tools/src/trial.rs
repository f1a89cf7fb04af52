//! What tests lend to a call in place of the runtime.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use krake_domain::blob::BlobRef;
use krake_domain::failure::Failure;
use krake_domain::hash::Hash;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::tool::{Call, Tool, Workbench};

/// A workbench on a temporary folder.
pub struct Bench {
    folder: tempfile::TempDir,
    lines: Mutex<Vec<String>>,
}

impl Workbench for Bench {
    fn log(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_owned());
    }

    fn spool_dir(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn keep(&self, file: &Path) -> Result<BlobRef, Failure> {
        let bytes = std::fs::read(file).unwrap();
        Ok(BlobRef {
            hash: Hash::of(&bytes),
            bytes: bytes.len() as u64,
        })
    }
}

/// A call with these arguments, for a target in that state.
pub fn call(args: Value, target_state: Option<Hash>) -> Call {
    on_bench(args, target_state, bench())
}

/// A call with these arguments, and what it has logged so far.
pub fn logged(args: Value) -> (Call, impl Fn() -> Vec<String>) {
    let bench = bench();
    let call = on_bench(args, None, bench.clone());
    (call, move || bench.lines.lock().unwrap().clone())
}

fn bench() -> Arc<Bench> {
    Arc::new(Bench {
        folder: tempfile::tempdir().unwrap(),
        lines: Mutex::default(),
    })
}

fn on_bench(args: Value, target_state: Option<Hash>, bench: Arc<Bench>) -> Call {
    Call {
        args,
        key: "key".to_owned(),
        target_state,
        cancel: CancellationToken::new(),
        workbench: bench,
    }
}

/// Runs the tool on these arguments.
pub async fn run(tool: &dyn Tool, args: Value) -> Result<Value, Failure> {
    tool.run(&call(args, None)).await
}
