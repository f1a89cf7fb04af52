//! What is written down: the events of the journal.
//!
//! State is the fold of these. A stored event is never reinterpreted: a change of meaning is a new
//! kind or a new version, and golden files of each version must still replay.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::approval::{Answer, Approval, ApprovalStatus};
use crate::execution::{ExecutionStatus, Rerun};
use crate::failure::Failure;
use crate::hash::Hash;
use crate::id::{ApprovalId, ExecutionId, KeptSecretId, RuleId, WorkspaceId};
use crate::plan::{Plan, StepId};
use crate::principal::Principal;
use crate::rule::Rule;
use crate::time::Timestamp;
use crate::tool::EffectClass;

/// The version that this build writes.
pub const EVENT_VERSION: u32 = 1;

/// One thing that happened to one execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    ExecutionCreated {
        plan: Box<Plan>,
        /// Values of the inputs, defaults filled in, checked against their schemas.
        inputs: Map<String, Value>,
        /// Name of the playbook or path of the file, for people.
        source: String,
        /// Folders that a person named for this run; writes elsewhere ask.
        roots: Vec<String>,
        by: Principal,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rerun: Option<Box<Rerun>>,
    },
    ExecutionStarted {},
    ExecutionPaused {
        by: Principal,
        /// Why, where Krake itself paused it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    ExecutionResumed {
        by: Principal,
    },
    CancelRequested {
        by: Principal,
    },
    /// A limit of the plan is used up: running hands finish, nothing new starts.
    ExecutionStopped {
        cause: Failure,
    },
    /// Somebody allows so much beyond what was allowed before.
    LimitsGranted {
        attempts: u32,
        time_s: u64,
        by: Principal,
    },
    /// What has not started yet was changed by somebody.
    PlanRevised {
        plan: Box<Plan>,
        inputs: Map<String, Value>,
        roots: Vec<String>,
        /// The plan that the execution was created with is version 1.
        version: u32,
        by: Principal,
    },
    /// A process with this epoch took over; what was running was interrupted.
    ExecutionRecovered {
        epoch: u64,
        /// The process before this one ended without a clean stop.
        after_crash: bool,
    },
    ExecutionEnded {
        status: ExecutionStatus,
        output: Arc<Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<Failure>,
    },
    StepAssessing {
        step: StepId,
    },
    /// It goes back to the ready ones without having run: the execution was paused meanwhile.
    StepReturned {
        step: StepId,
    },
    ApprovalAsked {
        approval: Box<Approval>,
    },
    ApprovalAnswered {
        approval: ApprovalId,
        answer: Answer,
    },
    /// The answer before made a standing rule; the list of rules follows from this.
    RuleMade {
        rule: Box<Rule>,
    },
    /// A person put other arguments in place of those that were asked about.
    ArgsEdited {
        step: StepId,
        args: Arc<Value>,
        by: Principal,
    },
    /// It ended without an answer: expired or withdrawn.
    ApprovalEnded {
        approval: ApprovalId,
        status: ApprovalStatus,
    },
    /// The intent. For an effect that changes the world it is durable before the effect begins.
    AttemptStarted {
        step: StepId,
        /// From 1; each start of the step counts, also after a crash.
        attempt: u32,
        epoch: u64,
        args_hash: Hash,
        definition: Hash,
        /// The same for every attempt of this step: receivers deduplicate by it.
        key: String,
        class: EffectClass,
        /// Consumed by this attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<ApprovalId>,
        /// No person was asked for this one: it lies within what a person allowed before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        allowed_by: Option<AllowedBy>,
        /// The state of the target that was assessed; the hand refuses another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target_state: Option<Hash>,
        /// For `wait`: when it ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wakes_at: Option<Timestamp>,
    },
    AttemptSucceeded {
        step: StepId,
        attempt: u32,
        output: Arc<Value>,
        /// The output holds, or rests on, text that others wrote.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tainted: bool,
    },
    AttemptFailed {
        step: StepId,
        attempt: u32,
        failure: Failure,
    },
    /// The ladder's choice after a failure that may pass.
    RetryScheduled {
        step: StepId,
        at: Timestamp,
        because: String,
    },
    /// After a crash: the world is asked whether the effect of this attempt happened.
    LookStarted {
        step: StepId,
        attempt: u32,
    },
    /// The world answered that it did not happen; the step starts again with the same approval.
    EffectAbsent {
        step: StepId,
        attempt: u32,
    },
    /// The step does not run: its output is the one that it had in the execution that this one
    /// repeats.
    ResultAdopted {
        step: StepId,
        output: Arc<Value>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tainted: bool,
    },
    /// The call before has failed for good; this one of the step's alternatives is tried now.
    AlternativeChosen {
        step: StepId,
        /// From 1.
        number: u32,
        because: String,
    },
    /// A `for_each` step has its list: for item number 3 the step `b[3]` is there from now on. The
    /// items are written down and not only the way to them, so that no later version of the
    /// expressions can find others.
    StepExpanded {
        step: StepId,
        items: Arc<Vec<Value>>,
    },
    /// Everything that it does for its items has ended; its output is the list of their outputs.
    StepGathered {
        step: StepId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        tainted: bool,
    },
    StepFailed {
        step: StepId,
        failure: Failure,
    },
    StepSkipped {
        step: StepId,
        /// Its own condition was false: what needs it still runs and sees `null`.
        condition: bool,
        because: String,
    },
    StepCancelled {
        step: StepId,
        /// The effect may have happened.
        unknown: bool,
    },
    /// A person looked at a secret that is kept encrypted. It belongs to no execution.
    SecretRevealed {
        secret: KeptSecretId,
        /// What stands in its place in the text; never the secret.
        token: String,
        by: Principal,
    },
    /// All that is stored was looked through once more for secrets. It belongs to no execution.
    SecretsRescanned {
        /// Which time that was.
        rescan: u64,
        /// The revision of the rules that it went by.
        rules: u32,
        begun_at: Timestamp,
        /// Messages that were looked at, and those that were changed.
        messages: u64,
        changed_messages: u64,
        sessions: u64,
        /// Other rows, and raw parts, that were changed.
        records: u64,
        parts: u64,
        /// Secrets by kind; never their words.
        replaced: BTreeMap<String, u64>,
        by: Principal,
    },
    /// A machine calls a command that changes something: written before the command acts, so a call
    /// that is refused then stands here too. It belongs to no execution.
    MachineCalled {
        /// The name in the table, for example `knowledge.add`.
        command: String,
        /// The `id` that it is called with, where it changes what is there already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        by: Principal,
    },
}

/// What a person allowed before, as an attempt names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum AllowedBy {
    /// A yes for the rest of the execution, given to this approval.
    Answer {
        approval: ApprovalId,
    },
    Rule {
        rule: RuleId,
    },
}

impl Event {
    /// The word in the journal's `kind` column.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ExecutionCreated { .. } => "execution_created",
            Self::ExecutionStarted {} => "execution_started",
            Self::ExecutionPaused { .. } => "execution_paused",
            Self::ExecutionResumed { .. } => "execution_resumed",
            Self::PlanRevised { .. } => "plan_revised",
            Self::CancelRequested { .. } => "cancel_requested",
            Self::ExecutionStopped { .. } => "execution_stopped",
            Self::LimitsGranted { .. } => "limits_granted",
            Self::ExecutionRecovered { .. } => "execution_recovered",
            Self::ExecutionEnded { .. } => "execution_ended",
            Self::StepAssessing { .. } => "step_assessing",
            Self::StepReturned { .. } => "step_returned",
            Self::ApprovalAsked { .. } => "approval_asked",
            Self::ApprovalAnswered { .. } => "approval_answered",
            Self::RuleMade { .. } => "rule_made",
            Self::ArgsEdited { .. } => "args_edited",
            Self::ApprovalEnded { .. } => "approval_ended",
            Self::AttemptStarted { .. } => "attempt_started",
            Self::AttemptSucceeded { .. } => "attempt_succeeded",
            Self::AttemptFailed { .. } => "attempt_failed",
            Self::RetryScheduled { .. } => "retry_scheduled",
            Self::LookStarted { .. } => "look_started",
            Self::EffectAbsent { .. } => "effect_absent",
            Self::ResultAdopted { .. } => "result_adopted",
            Self::AlternativeChosen { .. } => "alternative_chosen",
            Self::StepExpanded { .. } => "step_expanded",
            Self::StepGathered { .. } => "step_gathered",
            Self::StepFailed { .. } => "step_failed",
            Self::StepSkipped { .. } => "step_skipped",
            Self::StepCancelled { .. } => "step_cancelled",
            Self::SecretRevealed { .. } => "secret_revealed",
            Self::SecretsRescanned { .. } => "secrets_rescanned",
            Self::MachineCalled { .. } => "machine_called",
        }
    }
}

/// An event with the moment at which it was decided. `apply` sees both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    pub at: Timestamp,
    pub event: Event,
}

/// An event as it lies in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Global, gapless, from 1: the id of the event in every stream.
    pub seq: u64,
    pub workspace: WorkspaceId,
    pub execution: ExecutionId,
    pub at: Timestamp,
    pub event: Event,
}
