use krake_domain::execution::StepStatus;
use krake_domain::id::ApprovalId;
use krake_domain::time::Timestamp;

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepPhase {
    Pending,
    /// With the approval that the next attempt consumes.
    Ready {
        approval: Option<ApprovalId>,
    },
    /// A `for_each` step whose instances are at work; nothing is done for itself.
    Expanded,
    Assessing,
    WaitingApproval {
        approval: ApprovalId,
    },
    /// `wait`: the engine's own timer, no hand is at work.
    Running {
        wait: bool,
    },
    /// Between a failed attempt and the rung of the ladder that follows in the same turn.
    Failing,
    WaitingRetry {
        at: Timestamp,
    },
    /// It ran when a process ended; what follows depends on its effect class.
    Interrupted,
    Looking,
    Done,
    Failed,
    Skipped,
    Cancelled,
    CancelledUnknown,
}

impl StepPhase {
    /// What people see.
    #[must_use]
    pub fn status(self) -> StepStatus {
        match self {
            Self::Pending => StepStatus::Pending,
            Self::Ready { .. } | Self::Interrupted => StepStatus::Ready,
            Self::Assessing => StepStatus::Assessing,
            Self::WaitingApproval { .. } => StepStatus::WaitingApproval,
            Self::Running { .. } | Self::Failing | Self::Expanded => StepStatus::Running,
            Self::WaitingRetry { .. } => StepStatus::WaitingRetry,
            Self::Looking => StepStatus::Looking,
            Self::Done => StepStatus::Done,
            Self::Failed => StepStatus::Failed,
            Self::Skipped => StepStatus::Skipped,
            Self::Cancelled => StepStatus::Cancelled,
            Self::CancelledUnknown => StepStatus::CancelledUnknown,
        }
    }

    pub(super) fn is_ended(self) -> bool {
        self.status().is_ended()
    }

    pub(super) fn is_busy(self) -> bool {
        matches!(
            self,
            Self::Assessing | Self::Running { wait: false } | Self::Looking | Self::Failing
        )
    }

    pub(super) fn is_moving(self) -> bool {
        !self.is_ended() && !self.is_gated() && !matches!(self, Self::Pending | Self::Expanded)
    }

    pub(super) fn is_gated(self) -> bool {
        matches!(self, Self::WaitingApproval { .. })
    }
}
