//! The seam between the engine's decisions and the hands: what every tool can be asked.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use krake_domain::blob::BlobRef;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::tool::{Assessment, EffectClass, Finding, ToolSpec};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// A boxed future, so that tools of all kinds fit into one registry.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A hand: one thing that can be done, with its schema and its effect class.
pub trait Tool: Send + Sync {
    /// The definition. Always the same for the life of the process.
    fn spec(&self) -> &ToolSpec;

    /// What the call would do, found out without doing it. Asked before every call that is not
    /// `pure` or `read`; what it says is what a person is shown.
    ///
    /// # Errors
    /// The arguments cannot be carried out at all (a path that escapes, a repository that is none).
    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>>;

    /// Does it. Stops soon after `call.cancel` fires and then answers [`FailureClass::Cancelled`].
    ///
    /// # Errors
    /// A failure whose class says what can be done about it.
    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>>;

    /// After a crash or a timeout of a `checkable` call: did it happen? Reads only.
    ///
    /// # Errors
    /// The world could not be looked at; the engine treats it as [`Finding::Unclear`].
    fn look<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Finding, Failure>> {
        let _ = call;
        Box::pin(async {
            Ok(Finding::Unclear {
                because: "this tool cannot find out whether it happened".to_owned(),
            })
        })
    }
}

/// One call of a tool.
pub struct Call {
    /// The arguments, references resolved, valid by the tool's schema.
    pub args: Value,
    /// The idempotency key: the same for every attempt of the step.
    pub key: String,
    /// The target as it was assessed; a tool that finds another state answers
    /// [`FailureClass::TargetChanged`] and does nothing.
    pub target_state: Option<Hash>,
    pub cancel: CancellationToken,
    pub workbench: Arc<dyn Workbench>,
}

/// What the runtime lends to a running call.
pub trait Workbench: Send + Sync {
    /// A line for the log of this attempt; it is streamed, and kept in a file.
    fn log(&self, line: &str);

    /// A folder for temporary files, on the same file system as the kept results.
    fn spool_dir(&self) -> PathBuf;

    /// Moves a finished temporary file to the kept results, synced, named by its content.
    ///
    /// # Errors
    /// [`FailureClass::DiskFull`] or [`FailureClass::Internal`].
    fn keep(&self, file: &Path) -> Result<BlobRef, Failure>;
}

/// The assessment of a call that only computes or looks.
#[must_use]
pub fn harmless(
    class: EffectClass,
    target: impl Into<String>,
    summary: impl Into<String>,
) -> Assessment {
    Assessment {
        class,
        target: target.into(),
        summary: summary.into(),
        reversible: true,
        writes_under: None,
        reaches: None,
        target_state: None,
        diff: None,
    }
}

/// Reads the arguments into a tool's own type.
///
/// # Errors
/// [`FailureClass::BadInput`] with the field named.
pub fn parse_args<T: serde::de::DeserializeOwned>(args: &Value) -> Result<T, Failure> {
    T::deserialize(args)
        .map_err(|error| Failure::new(FailureClass::BadInput, format!("arguments: {error}")))
}
