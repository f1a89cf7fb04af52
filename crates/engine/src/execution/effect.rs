use std::sync::Arc;
use std::time::Duration;

use krake_domain::hash::Hash;
use krake_domain::id::ApprovalId;
use krake_domain::plan::StepId;
use krake_domain::time::Timestamp;
use krake_domain::tool::EffectClass;
use serde_json::Value;

/// What the runtime must do, once the events of the same turn are durable.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the tool what the call would do; comes back as `Input::Assessed`.
    Assess {
        step: StepId,
        tool: String,
        args: Arc<Value>,
    },
    /// Do it; comes back as `Input::Finished`.
    Run {
        step: StepId,
        attempt: u32,
        tool: String,
        args: Arc<Value>,
        key: String,
        class: EffectClass,
        target_state: Option<Hash>,
        timeout: Duration,
    },
    /// Find out whether it happened; comes back as `Input::Looked`.
    Look {
        step: StepId,
        attempt: u32,
        tool: String,
        args: Arc<Value>,
        key: String,
        target_state: Option<Hash>,
    },
    /// Stop a running call; it still comes back as `Input::Finished`.
    CancelRun { step: StepId, attempt: u32 },
    /// Come back at that moment with `Input::TimerFired`.
    SetTimer { timer: Timer, at: Timestamp },
    /// Nothing can happen any more; the actor may end.
    Close,
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// The end of a `wait`.
    Wake { step: StepId, attempt: u32 },
    /// The time for the next attempt.
    Retry { step: StepId },
    /// The end of the time to answer.
    Expiry { approval: ApprovalId },
}
