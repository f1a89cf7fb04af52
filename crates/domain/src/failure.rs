//! Why an attempt failed, sorted by what can be done about it.

use serde::{Deserialize, Serialize};

/// The rung of the recovery ladder that a failure starts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Too many calls: wait as told, then again.
    RateLimited,
    /// No answer in time; the effect may have happened.
    Timeout,
    /// The other side is not there or answers with a fault of its own.
    Unavailable,
    /// The arguments or the input are wrong: repeating does not help.
    BadInput,
    /// The output does not match its schema.
    BadOutput,
    /// The output is larger than may be kept.
    TooLarge,
    /// Not allowed: a permission, a key, a locked file.
    NoAccess,
    /// What is asked for does not exist.
    NotFound,
    /// The target changed between the look and the effect: look again.
    TargetChanged,
    /// A person said no, or the question expired.
    Rejected,
    /// Stopped on request.
    Cancelled,
    /// The effect may or may not have happened.
    UnknownOutcome,
    /// A limit of the plan is used up; somebody may allow more. Older journals say `cancelled`.
    LimitReached,
    /// No space left on the disk.
    DiskFull,
    /// A fault in Krake itself.
    Internal,
}

/// One failure: a class to decide on and a text for people.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, thiserror::Error,
)]
#[error("{message}")]
pub struct Failure {
    pub class: FailureClass,
    /// A sentence that says what was wrong and where; control characters escaped when shown.
    pub message: String,
    /// How long to wait, as told by the other side, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl Failure {
    /// A failure of that class.
    #[must_use]
    pub fn new(class: FailureClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            retry_after_ms: None,
        }
    }
}
