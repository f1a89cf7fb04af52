//! One event of the journal as streams carry it, and what its commit changed.

use krake_domain::approval::ApprovalKind;
use krake_domain::event::{AllowedBy, Event, Record};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::{ApprovalId, ExecutionId};
use krake_domain::plan::StepId;
use krake_domain::rule::Scope;
use serde::Serialize;
use serde_json::Value;

use crate::view::moment::Moment;
use crate::visible::visible_line;

/// One item of a stream. Only journal events carry an id.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamItem {
    /// The sequence number in the journal.
    pub id: Option<u64>,
    /// `progress`, `approval` or `complete` for events of the journal; `log` and `partial` for what
    /// is not kept in it; `change` for what changed beside it; `reset` when the reader was too slow.
    pub name: &'static str,
    pub data: Value,
}

/// An event of the journal, small: what is large is fetched by a query.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct EventView {
    pub seq: u64,
    pub at: Moment,
    pub execution_id: ExecutionId,
    /// The kind in the journal, for example `attempt_started`.
    pub kind: String,
    /// One sentence for people; hidden characters are written out.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<StepId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<ApprovalId>,
    /// How the execution ended; only in its last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ExecutionStatus>,
    /// What changed: answers of queries that provide one of these tags are old.
    pub tags: Vec<String>,
}

impl EventView {
    /// The view of a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let subject = Subject::of(&record.event);
        Self {
            seq: record.seq,
            at: record.at.into(),
            execution_id: record.execution,
            kind: record.event.kind().to_owned(),
            message: sentence(&record.event),
            step: subject.step,
            attempt: subject.attempt,
            approval_id: subject.approval,
            status: match &record.event {
                Event::ExecutionEnded { status, .. } => Some(*status),
                _ => None,
            },
            tags: tags(record),
        }
    }
}

impl StreamItem {
    /// The item that carries a record.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        Self::of_view(stream_name(&record.event), &EventView::of(record))
    }

    /// The item that carries a view of an event.
    #[must_use]
    pub fn of_view(name: &'static str, view: &EventView) -> Self {
        Self {
            id: Some(view.seq),
            name,
            data: serde_json::to_value(view).expect("a view is plain data"),
        }
    }
}

/// The name of the stream event that carries an event of the journal.
#[must_use]
pub fn stream_name(event: &Event) -> &'static str {
    match event {
        Event::ApprovalAsked { .. }
        | Event::ApprovalAnswered { .. }
        | Event::ApprovalEnded { .. } => "approval",
        Event::ExecutionEnded { .. } => "complete",
        _ => "progress",
    }
}

/// What a record changed. The same for a record that was just written and for one read again.
#[must_use]
pub fn tags(record: &Record) -> Vec<String> {
    match record.event {
        Event::SecretRevealed { .. } | Event::SecretsRescanned { .. } => {
            return vec!["secrets".to_owned()];
        }
        // What the command changes says so itself.
        Event::MachineCalled { .. } => return Vec::new(),
        _ => {}
    }
    let mut tags = vec![
        "executions".to_owned(),
        format!("execution:{}", record.execution),
    ];
    if stream_name(&record.event) == "approval" {
        tags.push("approvals".to_owned());
    }
    if moves_threads(&record.event) {
        tags.push("threads".to_owned());
    }
    let uses_rule = |event: &Event| {
        matches!(
            event,
            Event::RuleMade { .. }
                | Event::AttemptStarted {
                    allowed_by: Some(AllowedBy::Rule { .. }),
                    ..
                }
        )
    };
    if uses_rule(&record.event) {
        tags.push("policies".to_owned());
    }
    tags
}

/// Whether something begins or ends to wait for a person, or to want a look.
fn moves_threads(event: &Event) -> bool {
    stream_name(event) != "progress"
        || matches!(
            event,
            Event::ExecutionStopped { .. }
                | Event::LimitsGranted { .. }
                | Event::CancelRequested { .. }
        )
}

#[derive(Default)]
struct Subject {
    step: Option<StepId>,
    attempt: Option<u32>,
    approval: Option<ApprovalId>,
}

impl Subject {
    fn of(event: &Event) -> Self {
        use Event as E;
        let of_step = |step: &StepId, attempt: Option<u32>| Self {
            step: Some(step.clone()),
            attempt,
            approval: None,
        };
        match event {
            E::ExecutionCreated { .. }
            | E::ExecutionStarted {}
            | E::ExecutionPaused { .. }
            | E::ExecutionResumed { .. }
            | E::CancelRequested { .. }
            | E::ExecutionStopped { .. }
            | E::LimitsGranted { .. }
            | E::RuleMade { .. }
            | E::SecretRevealed { .. }
            | E::SecretsRescanned { .. }
            | E::MachineCalled { .. }
            | E::PlanRevised { .. }
            | E::ExecutionRecovered { .. }
            | E::ExecutionEnded { .. } => Self::default(),
            E::ApprovalAsked { approval } => Self {
                step: Some(approval.step.clone()),
                attempt: None,
                approval: Some(approval.id),
            },
            E::ApprovalAnswered { approval, .. } | E::ApprovalEnded { approval, .. } => Self {
                approval: Some(*approval),
                ..Self::default()
            },
            E::AttemptStarted { step, attempt, .. }
            | E::AttemptSucceeded { step, attempt, .. }
            | E::AttemptFailed { step, attempt, .. }
            | E::LookStarted { step, attempt }
            | E::EffectAbsent { step, attempt } => of_step(step, Some(*attempt)),
            E::StepAssessing { step }
            | E::StepReturned { step }
            | E::ArgsEdited { step, .. }
            | E::RetryScheduled { step, .. }
            | E::ResultAdopted { step, .. }
            | E::AlternativeChosen { step, .. }
            | E::StepExpanded { step, .. }
            | E::StepGathered { step, .. }
            | E::StepFailed { step, .. }
            | E::StepSkipped { step, .. }
            | E::StepCancelled { step, .. } => of_step(step, None),
        }
    }
}

/// How far a yes reaches, in words.
pub(crate) fn reach(scope: Scope) -> &'static str {
    match scope {
        Scope::Execution => "also for the rest of this execution",
        Scope::Always => "from now on for this target",
        Scope::AlwaysUnder => "from now on for its folder",
    }
}

fn counted(number: usize, thing: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {thing}{end}")
}

fn sentence(event: &Event) -> String {
    use Event as E;
    let text = match event {
        E::ExecutionCreated {
            plan,
            source,
            rerun,
            ..
        } => match rerun {
            Some(rerun) => format!("created to run {} again", rerun.execution),
            None => format!(
                "created from {source}: {}",
                counted(plan.steps.len(), "step")
            ),
        },
        E::ExecutionStarted {} => "started".to_owned(),
        E::ExecutionPaused {
            because: Some(because),
            ..
        } => format!("paused: {because}"),
        E::ArgsEdited { step, .. } => format!("{step}: a person changed its arguments"),
        E::ExecutionPaused { .. } => "paused: running steps finish, nothing new starts".to_owned(),
        E::ExecutionResumed { .. } => "resumed".to_owned(),
        E::CancelRequested { .. } => "cancel asked for: running steps are being stopped".to_owned(),
        E::ExecutionStopped { cause } => format!("stopped by a limit: {cause}"),
        E::LimitsGranted {
            attempts, time_s, ..
        } => format!(
            "allowed {} and {time_s} s more",
            counted(*attempts as usize, "attempt")
        ),
        E::PlanRevised { version, plan, .. } => {
            format!(
                "the plan was changed: version {version}, {}",
                counted(plan.steps.len(), "step")
            )
        }
        E::ExecutionRecovered { .. } => "taken over after an interruption".to_owned(),
        E::ExecutionEnded { status, cause, .. } => match cause {
            Some(cause) => format!("{}: {cause}", status.as_str()),
            None => status.as_str().to_owned(),
        },
        E::StepAssessing { step } => format!("{step}: looking at what the call would do"),
        E::StepReturned { step } => format!("{step}: not started, the execution is paused"),
        E::ApprovalAsked { approval } if approval.kind == ApprovalKind::Question => {
            format!("{}: asks: {}", approval.step, approval.assessment.summary)
        }
        E::ApprovalAsked { approval } if approval.kind == ApprovalKind::Failed => {
            let failure = approval
                .failure
                .as_ref()
                .map_or("", |failure| &failure.message);
            format!(
                "{}: failed and waits for a person: {failure}",
                approval.step
            )
        }
        E::ApprovalAsked { approval } => {
            format!(
                "{}: waits for a person: {}",
                approval.step, approval.assessment.summary
            )
        }
        E::ApprovalAnswered { answer, .. } => match &answer.verdict {
            krake_domain::approval::Verdict::Approve => "approved".to_owned(),
            krake_domain::approval::Verdict::Allow { scope } => {
                format!("approved, {}", reach(*scope))
            }
            krake_domain::approval::Verdict::Answer { text } => format!("answered: {text}"),
            krake_domain::approval::Verdict::Happened => "answered: it did happen".to_owned(),
            krake_domain::approval::Verdict::Skip => "answered: go on without it".to_owned(),
            krake_domain::approval::Verdict::Reject { reason } if reason.is_empty() => {
                "rejected".to_owned()
            }
            krake_domain::approval::Verdict::Reject { reason } => format!("rejected: {reason}"),
        },
        E::ApprovalEnded { status, .. } => match status {
            krake_domain::approval::ApprovalStatus::Expired => "the question expired".to_owned(),
            _ => "the question was withdrawn".to_owned(),
        },
        E::SecretRevealed { secret, token, .. } => {
            format!("a person looked at the secret {token} ({secret})")
        }
        E::SecretsRescanned {
            changed_messages,
            sessions,
            replaced,
            ..
        } => {
            let secrets: u64 = replaced.values().sum();
            format!(
                "what is stored was looked through once more: {secrets} secrets replaced, {changed_messages} messages of {sessions} sessions changed"
            )
        }
        E::MachineCalled { command, id, by } => {
            let about = id.as_ref().map_or_else(String::new, |id| format!(" {id}"));
            format!("{} calls {command}{about}", by.name())
        }
        E::RuleMade { rule } => format!("a rule was made: {} ({})", rule.tool, rule.id),
        E::AttemptStarted {
            step,
            allowed_by: Some(allowed),
            ..
        } => match allowed {
            AllowedBy::Answer { .. } => {
                format!("{step}: runs, allowed for the rest of this execution")
            }
            AllowedBy::Rule { rule } => format!("{step}: runs, allowed by the rule {rule}"),
        },
        E::AttemptStarted {
            step, attempt: 1, ..
        } => format!("{step}: runs"),
        E::AttemptStarted { step, attempt, .. } => format!("{step}: runs, attempt {attempt}"),
        E::AttemptSucceeded { step, .. } => format!("{step}: done"),
        E::AttemptFailed { step, failure, .. } => format!("{step}: attempt failed: {failure}"),
        E::RetryScheduled { step, because, .. } => {
            format!("{step}: will be tried again: {because}")
        }
        E::LookStarted { step, .. } => format!("{step}: looking whether the effect happened"),
        E::EffectAbsent { step, .. } => format!("{step}: the effect did not happen"),
        E::ResultAdopted { step, .. } => format!("{step}: its result is adopted"),
        E::AlternativeChosen { step, because, .. } => format!("{step}: {because}"),
        E::StepExpanded { step, items } if items.len() == 1 => format!("{step}: runs for 1 item"),
        E::StepExpanded { step, items } => {
            format!("{step}: runs for each of {} items", items.len())
        }
        E::StepGathered { step, .. } => format!("{step}: done for all items"),
        E::StepFailed { step, failure } => format!("{step}: failed: {failure}"),
        E::StepSkipped { step, because, .. } => format!("{step}: skipped: {because}"),
        E::StepCancelled {
            step,
            unknown: true,
        } => format!("{step}: cancelled, its effect may have happened"),
        E::StepCancelled {
            step,
            unknown: false,
        } => format!("{step}: cancelled"),
    };
    visible_line(&text)
}
