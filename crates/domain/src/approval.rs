//! A gate: what a person is asked, bound to the exact bytes that will run.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::hash::Hash;
use crate::id::{ApprovalId, ExecutionId};
use crate::plan::StepId;
use crate::principal::Principal;
use crate::question::Question;
use crate::rule::Scope;
use crate::time::Timestamp;
use crate::tool::Assessment;

/// What kind of answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// May this call run?
    Call,
    /// A crash or a timeout hid whether this call happened. Approve: run it again. Reject: do not.
    UnknownOutcome,
    /// The plan asks for a person's word; the answer is the step's output.
    Question,
    /// A step failed and nothing more helps by itself. Approve: try again. Reject: it fails.
    Failed,
}

/// What is asked. Single use: consumed in the transaction that writes the intent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    pub id: ApprovalId,
    pub execution: ExecutionId,
    pub step: StepId,
    pub kind: ApprovalKind,
    pub tool: String,
    /// Canonical JSON of the arguments: these bytes run, and these bytes are shown.
    pub args: String,
    /// See [`Approval::binding`].
    pub binding: Hash,
    pub definition: Hash,
    pub assessment: Assessment,
    /// Why it is asked: the rule that asks, in plain words.
    pub because: String,
    /// What is asked, where the answer is more than yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// What went wrong, where a step failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// How far a yes may reach beyond this call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Approval {
    /// The hash of everything that must not change between the question and the run.
    #[must_use]
    pub fn binding(
        execution: ExecutionId,
        step: &StepId,
        tool: &str,
        definition: Hash,
        args: &str,
        assessment: &Assessment,
        expires_at: Timestamp,
    ) -> Hash {
        Hash::of_parts(&[
            execution.uuid().as_bytes(),
            step.as_str().as_bytes(),
            tool.as_bytes(),
            &definition.0,
            args.as_bytes(),
            assessment.target.as_bytes(),
            &assessment.target_state.unwrap_or(Hash::ZERO).0,
            &expires_at.0.to_le_bytes(),
        ])
    }
}

/// A person's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Run it, once, as shown.
    Approve,
    /// Run it as shown, and what is like it within this scope without asking.
    Allow { scope: Scope },
    /// Do not run it.
    Reject {
        #[serde(default)]
        reason: String,
    },
    /// Only for an unknown outcome: it did happen, go on with no output.
    Happened,
    /// Only for a question: the person's word.
    Answer { text: String },
    /// Only for a failed step: go on without it; what needs it runs and sees null.
    Skip,
}

/// Where an approval stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalStatus {
    Waiting,
    Approved,
    Rejected,
    Expired,
    /// The execution ended or the call changed before it was answered.
    Withdrawn,
}

/// An answer with who and when, as journaled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    pub by: Principal,
    pub at: Timestamp,
}
