use krake_domain::approval::Verdict;
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::Failure;
use krake_domain::id::ApprovalId;
use krake_domain::plan::{Plan, StepId};
use krake_domain::principal::Principal;
use krake_domain::tool::{Assessment, Finding};
use serde_json::{Map, Value};
use std::sync::Arc;

use super::effect::Timer;

/// What can happen to an execution from outside.
#[derive(Debug, Clone)]
pub enum Input {
    Start,
    Pause {
        by: Principal,
    },
    Resume {
        by: Principal,
    },
    Cancel {
        by: Principal,
    },
    /// What has not started is to be another plan; it passed the check.
    Revise {
        /// The version that the change was made from: another one is not overwritten unseen.
        version: u32,
        plan: Box<Plan>,
        inputs: Map<String, Value>,
        roots: Vec<String>,
        by: Principal,
    },
    /// A process took the execution over.
    Recover {
        epoch: u64,
        after_crash: bool,
    },
    Assessed {
        step: StepId,
        result: Result<Assessment, Failure>,
    },
    Finished {
        step: StepId,
        attempt: u32,
        result: Result<Arc<Value>, Failure>,
    },
    Looked {
        step: StepId,
        attempt: u32,
        finding: Finding,
    },
    TimerFired {
        timer: Timer,
    },
    /// Other arguments for the call that an approval asks about.
    Edit {
        approval: ApprovalId,
        args: Arc<Value>,
        by: Principal,
    },
    Answer {
        approval: ApprovalId,
        verdict: Verdict,
        by: Principal,
    },
}

/// Why an input does not fit. Nothing has changed; the caller is told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the execution is {}", .0.as_str())]
    Status(ExecutionStatus),
    #[error("{0}")]
    Revision(String),
    #[error("the plan is at version {found}, and the change was made from version {from}")]
    Version { from: u32, found: u32 },
    #[error("there is no such approval")]
    NoSuchApproval,
    #[error("it was answered already")]
    Answered(krake_domain::approval::ApprovalStatus),
    #[error("the time to answer is over")]
    Expired,
    #[error("only a person may answer")]
    NotAPerson,
    #[error("this answer does not fit: {0}")]
    BadVerdict(&'static str),
    #[error("the answer does not fit: {0}")]
    BadAnswer(String),
}
