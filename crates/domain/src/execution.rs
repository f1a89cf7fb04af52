//! Where an execution and its steps stand.

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;
use crate::plan::StepId;

/// What an execution repeats: it adopts the results of another one and runs the rest again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Rerun {
    pub execution: ExecutionId,
    /// The step that a person wanted to run again; absent: whatever had not ended well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StepId>,
    /// Steps of which a call of an `unsafe` tool was made, here or in an execution before: where one
    /// runs again, a person is asked whatever the plan says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks_again: Vec<StepId>,
}

/// The state of an execution, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExecutionStatus {
    /// Written down, not started: somebody looks at the plan.
    Proposed,
    Running,
    /// Nothing runs, and at least one step waits for a person.
    Waiting,
    /// Running steps finish, nothing new starts.
    Paused,
    /// Cancellation was asked for and running steps are being stopped.
    Cancelling,
    Done,
    Failed,
    Cancelled,
    /// A limit of the plan stopped it; somebody may allow more, or cancel it.
    Stopped,
}

impl ExecutionStatus {
    /// Whether nothing can happen any more. One that a limit stopped can go on; journals of the
    /// first version end with that status, and there the moment of the end says so.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The word used in the database and on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Stopped => "stopped",
        }
    }
}

/// The state of one step, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Its needs are not done yet.
    Pending,
    /// Its needs are done; it starts when a place is free.
    Ready,
    /// The tool looks at what the call would do.
    Assessing,
    /// A person is asked.
    WaitingApproval,
    Running,
    /// A failed attempt will be repeated at a known time.
    WaitingRetry,
    /// After a crash: the world is asked whether the effect happened.
    Looking,
    Done,
    Failed,
    /// A need failed, or its condition was false.
    Skipped,
    Cancelled,
    /// Cancelled while its effect may have happened.
    CancelledUnknown,
}

impl StepStatus {
    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Failed | Self::Skipped | Self::Cancelled | Self::CancelledUnknown
        )
    }
}
