use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use krake_domain::approval::{Answer, Approval, ApprovalStatus};
use krake_domain::event::{AllowedBy, Event, Stamped};
use krake_domain::execution::{ExecutionStatus, Rerun, StepStatus};
use krake_domain::failure::Failure;
use krake_domain::hash::Hash;
use krake_domain::id::{ApprovalId, ExecutionId, WorkspaceId};
use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use krake_domain::time::Timestamp;
use krake_domain::tool::EffectClass;
use serde_json::{Map, Value};

use super::FoldError;
use super::revise::Revision;
use super::rules::Allowed;
use super::step_phase::StepPhase;
use super::stop::Grant;
use crate::plan::graph::Graph;

/// Everything that is known about one execution: the fold of its events.
#[derive(Debug, Clone)]
pub struct State {
    pub id: ExecutionId,
    pub workspace: WorkspaceId,
    pub plan: Arc<Plan>,
    pub graph: Arc<Graph>,
    pub inputs: Map<String, Value>,
    pub source: String,
    pub roots: Vec<String>,
    pub by: Principal,
    /// Every version of the plan as it was written, the one that holds last.
    pub revisions: Vec<Revision>,
    /// What it repeats.
    pub rerun: Option<Rerun>,
    pub phase: Phase,
    /// By position in the plan.
    pub steps: Vec<StepState>,
    pub gates: BTreeMap<ApprovalId, Gate>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub output: Arc<Value>,
    pub cause: Option<Failure>,
    /// The process that drives it.
    pub epoch: u64,
    /// Attempts of all steps together.
    pub attempts: u32,
    /// Why it is paused, where Krake itself paused it.
    pub held: Option<String>,
    /// What a person allowed for the rest of this execution.
    pub allowed: Vec<Allowed>,
    /// What was allowed beyond the plan's limits, in order.
    pub grants: Vec<Grant>,
    /// Time in which nothing moved because a person was asked, or held it.
    pub waited: Duration,
    pub(super) idle_since: Option<Timestamp>,
    /// Ready steps, the longest remaining way first.
    pub(super) ready: BTreeSet<(Reverse<u64>, usize)>,
    pub(super) interrupted: BTreeSet<usize>,
    /// `for_each` steps whose instances have all ended.
    pub(super) gathering: BTreeSet<usize>,
    pub(super) count: Count,
}

/// How many steps stand where; kept by `apply` so that no decision counts them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    /// Not ended.
    pub open: usize,
    /// A hand is at work.
    pub busy: usize,
    /// Something will happen without a person.
    pub moving: usize,
    /// A person is asked.
    pub gated: usize,
    pub done: usize,
    pub failed: usize,
}

/// Where the execution stands, as far as events set it; see [`State::status`] for what people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Proposed,
    Running,
    Paused,
    /// By a limit: as if paused, until somebody allows more.
    Stopped,
    Cancelling,
    Ended(ExecutionStatus),
}

/// One step.
#[derive(Debug, Clone)]
pub struct StepState {
    pub phase: StepPhase,
    pub attempts: Vec<Attempt>,
    /// A person put these in place of the plan's arguments.
    pub edited: Option<Arc<Value>>,
    pub output: Option<Arc<Value>>,
    pub failure: Option<Failure>,
    /// Why it was skipped, waits for a repetition or for a person.
    pub because: Option<String>,
    pub tainted: bool,
    /// It was skipped because its own condition was false.
    pub(super) by_condition: bool,
    /// Which call it is at: 0 for its own, else the number of the alternative.
    pub alternative: u32,
    /// Why an alternative was chosen.
    pub chosen_because: Option<String>,
    /// Attempts at the calls before this one.
    pub(super) attempts_before: usize,
    /// The list of a `for_each` step, as soon as it has one.
    pub items: Option<Arc<Vec<Value>>>,
    /// How often a process ended abnormally while it ran.
    pub crashes: u32,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// Needs that have not ended; then, of a `for_each` step, instances that have not.
    pub(super) missing: usize,
}

/// One attempt at a step.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub number: u32,
    /// Which call it was: 0 for the step's own, else the number of the alternative.
    pub alternative: u32,
    pub class: EffectClass,
    pub key: String,
    pub args_hash: Hash,
    pub definition: Hash,
    pub approval: Option<ApprovalId>,
    pub allowed_by: Option<AllowedBy>,
    pub target_state: Option<Hash>,
    pub wakes_at: Option<Timestamp>,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: Outcome,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Running,
    Succeeded,
    Failed(Failure),
    /// The process ended while it ran.
    Interrupted,
    Cancelled,
}

/// A question to a person, with its answer.
#[derive(Debug, Clone)]
pub struct Gate {
    pub approval: Approval,
    /// Position of the step.
    pub place: usize,
    pub status: ApprovalStatus,
    pub answer: Option<Answer>,
    /// An attempt took it; it can never be taken again.
    pub consumed: bool,
}

impl State {
    /// The version of the plan that holds now, from 1.
    #[must_use]
    pub fn version(&self) -> u32 {
        u32::try_from(self.revisions.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn create(
        id: ExecutionId,
        workspace: WorkspaceId,
        first: &Stamped,
    ) -> Result<Self, FoldError> {
        let Event::ExecutionCreated {
            plan,
            inputs,
            source,
            roots,
            by,
            rerun,
        } = &first.event
        else {
            return Err(FoldError::NotCreated(first.event.kind()));
        };
        let graph = Graph::build(plan).map_err(|errors| {
            FoldError::Plan(errors.first().map_or_else(String::new, ToString::to_string))
        })?;
        let mut state = Self {
            id,
            workspace,
            plan: Arc::new((**plan).clone()),
            inputs: inputs.clone(),
            source: source.clone(),
            roots: roots.clone(),
            by: by.clone(),
            revisions: vec![Revision {
                plan: Arc::new((**plan).clone()),
                inputs: inputs.clone(),
                by: by.clone(),
                at: first.at,
            }],
            rerun: rerun.as_deref().cloned(),
            phase: Phase::Proposed,
            steps: Vec::with_capacity(graph.len()),
            gates: BTreeMap::new(),
            created_at: first.at,
            started_at: None,
            ended_at: None,
            output: Arc::new(Value::Null),
            cause: None,
            epoch: 0,
            attempts: 0,
            held: None,
            allowed: Vec::new(),
            grants: Vec::new(),
            waited: Duration::ZERO,
            idle_since: None,
            ready: BTreeSet::new(),
            interrupted: BTreeSet::new(),
            gathering: BTreeSet::new(),
            count: Count {
                open: graph.len(),
                ..Count::default()
            },
            graph: Arc::new(graph),
        };
        for place in 0..state.graph.len() {
            let missing = state.graph.node(place).needs.len();
            state.steps.push(StepState::new(missing));
            if missing == 0 {
                state.set_phase(place, StepPhase::Ready { approval: None });
            }
        }
        Ok(state)
    }

    /// The state of a new execution, from the event that creates it.
    ///
    /// # Errors
    /// The event is another one, or its plan is no graph.
    pub fn begin(
        id: ExecutionId,
        workspace: WorkspaceId,
        first: &Stamped,
    ) -> Result<Self, FoldError> {
        Self::create(id, workspace, first)
    }

    /// The same, with what was decided at the same moment.
    ///
    /// # Errors
    /// The first event is another one, or its plan is no graph.
    pub fn begin_with(
        id: ExecutionId,
        workspace: WorkspaceId,
        events: &[Stamped],
    ) -> Result<Self, FoldError> {
        let (first, more) = events.split_first().ok_or(FoldError::Empty)?;
        let mut state = Self::create(id, workspace, first)?;
        for event in more {
            super::apply::apply(&mut state, event.at, &event.event);
        }
        Ok(state)
    }

    /// What people see.
    #[must_use]
    pub fn status(&self) -> ExecutionStatus {
        match self.phase {
            Phase::Proposed => ExecutionStatus::Proposed,
            Phase::Running if self.is_idle() => ExecutionStatus::Waiting,
            Phase::Running => ExecutionStatus::Running,
            Phase::Paused => ExecutionStatus::Paused,
            Phase::Stopped => ExecutionStatus::Stopped,
            Phase::Cancelling => ExecutionStatus::Cancelling,
            Phase::Ended(status) => status,
        }
    }

    /// Steps that have ended well.
    #[must_use]
    pub fn done(&self) -> usize {
        self.count.done
    }

    /// Steps that have failed for good.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count.failed
    }

    /// Steps at which a person is asked.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.count.gated
    }

    /// How long it has been at work at `now`; what waits for a person, or is held, is not counted.
    #[must_use]
    pub fn at_work(&self, now: Timestamp) -> Duration {
        let until = self.ended_at.unwrap_or(now);
        let idle = self
            .idle_since
            .map_or(Duration::ZERO, |since| until.since(since));
        self.started_at
            .map_or(Duration::ZERO, |start| until.since(start))
            .saturating_sub(self.waited + idle)
    }

    /// The arguments of a step with every reference replaced.
    ///
    /// # Errors
    /// A reference leads nowhere or does not fit, in words for people.
    pub fn args_of(&self, place: usize) -> Result<Value, String> {
        if let Some(edited) = &self.steps[place].edited {
            return Ok((**edited).clone());
        }
        self.call_of(place)
            .args
            .fill(&self.at(place))
            .map_err(|error| format!("args: {error}"))
    }

    /// Nothing moves, because a person is asked or because it is held.
    pub(super) fn is_still(&self) -> bool {
        match self.phase {
            Phase::Running => self.is_idle(),
            Phase::Paused | Phase::Stopped => self.count.busy == 0,
            _ => false,
        }
    }

    /// Nothing moves and a person is asked.
    pub(super) fn is_idle(&self) -> bool {
        self.count.moving == 0 && self.count.gated > 0
    }

    pub(super) fn set_phase(&mut self, place: usize, phase: StepPhase) {
        let old = std::mem::replace(&mut self.steps[place].phase, phase);
        let count = &mut self.count;
        for (number, was, is) in [
            (&mut count.open, !old.is_ended(), !phase.is_ended()),
            (&mut count.busy, old.is_busy(), phase.is_busy()),
            (&mut count.moving, old.is_moving(), phase.is_moving()),
            (&mut count.gated, old.is_gated(), phase.is_gated()),
            (
                &mut count.done,
                old == StepPhase::Done,
                phase == StepPhase::Done,
            ),
            (
                &mut count.failed,
                old == StepPhase::Failed,
                phase == StepPhase::Failed,
            ),
        ] {
            *number = *number + usize::from(is) - usize::from(was);
        }
        let entry = (Reverse(self.graph.node(place).remaining_ms), place);
        match (
            matches!(old, StepPhase::Ready { .. }),
            matches!(phase, StepPhase::Ready { .. }),
        ) {
            (false, true) => {
                self.ready.insert(entry);
            }
            (true, false) => {
                self.ready.remove(&entry);
            }
            _ => {}
        }
        self.keep_gathering(place, old, phase);
        match (
            old == StepPhase::Interrupted,
            phase == StepPhase::Interrupted,
        ) {
            (false, true) => {
                self.interrupted.insert(place);
            }
            (true, false) => {
                self.interrupted.remove(&place);
            }
            _ => {}
        }
    }

    fn keep_gathering(&mut self, place: usize, old: StepPhase, phase: StepPhase) {
        if old == StepPhase::Expanded {
            self.gathering.remove(&place);
        }
        if phase == StepPhase::Expanded && self.steps[place].missing == 0 {
            self.gathering.insert(place);
        }
        if old.is_ended() || !phase.is_ended() {
            return;
        }
        if let Some((whole, _)) = self.graph.node(place).instance_of {
            let step = &mut self.steps[whole];
            step.missing = step.missing.saturating_sub(1);
            if step.missing == 0 && step.phase == StepPhase::Expanded {
                self.gathering.insert(whole);
            }
        }
    }
}

impl StepState {
    pub(super) fn new(missing: usize) -> Self {
        Self {
            phase: StepPhase::Pending,
            attempts: Vec::new(),
            edited: None,
            output: None,
            failure: None,
            because: None,
            tainted: false,
            by_condition: false,
            alternative: 0,
            chosen_because: None,
            attempts_before: 0,
            items: None,
            crashes: 0,
            started_at: None,
            ended_at: None,
            missing,
        }
    }

    /// The attempt that runs or ran last.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// What people see.
    #[must_use]
    pub fn status(&self) -> StepStatus {
        self.phase.status()
    }
}
