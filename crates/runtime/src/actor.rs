//! The life of one execution: inputs in, one commit for everything that waits, effects out.
//!
//! Queue: bounded; who sends waits when it is full. Nothing is dropped.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use krake_domain::event::{Event, Stamped};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use krake_domain::time::Timestamp;
use krake_engine::execution::{Effect, Env, Input, Refusal, State, Timer, drive, fold};
use krake_store::{Batch, StoreError, Summary};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::rules;
use crate::start::Deps;

/// Inputs that may wait; senders wait beyond that.
const QUEUE: usize = 1_024;
/// Inputs that go into one commit at most.
const MOST_AT_ONCE: usize = 512;
/// How long to wait before a write is tried again that the disk refused.
const PAUSE_AFTER_FAULT: Duration = Duration::from_secs(1);

/// A way to talk to an actor.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    pub sender: mpsc::Sender<Message>,
    pub progress: Arc<LiveProgress>,
}

/// How far an execution is, readable without asking its actor.
#[derive(Debug, Default)]
pub(crate) struct LiveProgress {
    pub done: AtomicU32,
    pub failed: AtomicU32,
    pub waiting: AtomicU32,
}

impl LiveProgress {
    fn follow(&self, state: &State) {
        self.done.store(count(state.done()), Ordering::Relaxed);
        self.failed.store(count(state.failed()), Ordering::Relaxed);
        self.waiting
            .store(count(state.waiting()), Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub(crate) enum Message {
    /// A result or a timer: comes back after a fault of the disk.
    Input(Input),
    /// From outside: answered once it is durable or refused.
    Ask(Input, oneshot::Sender<Result<(), AskError>>),
    /// The state as of the last commit.
    Look(oneshot::Sender<Arc<State>>),
}

/// Why an input from outside did not take effect.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum AskError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) struct Actor {
    deps: Arc<Deps>,
    state: State,
    mailbox: Mailbox,
    inbox: mpsc::Receiver<Message>,
    /// Inputs that a fault of the disk threw back.
    thrown_back: Vec<Input>,
    /// When they are tried again.
    again_at: Option<Instant>,
    timers: BTreeSet<(Timestamp, Timer)>,
    running: HashMap<(StepId, u32), CancellationToken>,
    /// What the list of executions shows; written again only when it changes.
    listed: Option<(ExecutionStatus, u32, usize)>,
    closing: bool,
}

/// Why the loop of an actor ends.
enum End {
    /// The execution has ended, or the process stops.
    Closed,
    /// Another process owns the folder, or the journal cannot be read: this actor must not act.
    Lost(StoreError),
}

/// Makes the mailbox and the actor of an execution. It does nothing until it is run.
pub(crate) fn create(deps: Arc<Deps>, state: State) -> (Mailbox, Actor) {
    let (sender, inbox) = mpsc::channel(QUEUE);
    let mailbox = Mailbox {
        sender,
        progress: Arc::default(),
    };
    mailbox.progress.follow(&state);
    let actor = Actor {
        deps,
        state,
        mailbox: mailbox.clone(),
        inbox,
        thrown_back: Vec::new(),
        again_at: None,
        timers: BTreeSet::new(),
        running: HashMap::new(),
        listed: None,
        closing: false,
    };
    (mailbox, actor)
}

impl Actor {
    /// Writes the first events, starts, and then lives. `ready` is answered as soon as the creation
    /// is durable.
    pub async fn create_and_run(
        mut self,
        mut events: Vec<Stamped>,
        ready: oneshot::Sender<Result<(), StoreError>>,
    ) {
        let mut effects = Vec::new();
        self.take(Input::Start, &mut events, &mut effects)
            .expect("a new execution can start");
        let committed = self.commit(events).await;
        let failed = committed.is_err();
        let _ = ready.send(committed);
        if failed {
            return self.deps.hub.leave(self.state.id);
        }
        self.perform(effects);
        self.run(None).await;
    }

    /// Lives until the execution ends or the process stops. `first` is the input that wakes it.
    pub async fn run(mut self, first: Option<Input>) {
        let id = self.state.id;
        if let Some(input) = first {
            self.thrown_back.push(input);
        }
        let end = loop {
            match self.turn().await {
                Ok(()) => {}
                Err(end) => break end,
            }
        };
        self.deps.hub.leave(id);
        for token in self.running.values() {
            token.cancel();
        }
        if let End::Lost(error) = end {
            tracing::error!(execution = %id, %error, "this execution is given up by this process");
            self.deps.trouble(&error);
        }
    }

    /// One wait and one commit.
    async fn turn(&mut self) -> Result<(), End> {
        let mut messages: Vec<Message> = Vec::new();
        if self.again_at.is_none_or(|at| at <= Instant::now()) {
            self.again_at = None;
            messages.extend(self.thrown_back.drain(..).map(Message::Input));
        }
        if messages.is_empty() {
            let wake = self.next_wake();
            let again_at = self.again_at;
            let stopping = self.deps.tasks.stopping.clone();
            let dropping = self.deps.tasks.dropping.clone();
            let hold = stopping.is_cancelled();
            tokio::select! {
                biased;
                () = dropping.cancelled() => return Err(End::Closed),
                () = stopping.cancelled(), if !hold => return self.leave_if_idle(),
                count = self.inbox.recv_many(&mut messages, MOST_AT_ONCE) => if count == 0 { return Err(End::Closed) },
                () = sleep_until(wake), if wake.is_some() && !hold => {}
                () = tokio::time::sleep_until(again_at.unwrap_or_else(Instant::now)), if again_at.is_some() => {}
            }
        }
        let due = self.due_timers();
        let mut events = Vec::new();
        let mut effects = Vec::new();
        let mut asks = Vec::new();
        let mut inputs = Vec::new();
        let mut looks = Vec::new();
        for message in messages.into_iter().chain(
            due.into_iter()
                .map(|timer| Message::Input(Input::TimerFired { timer })),
        ) {
            match message {
                Message::Look(reply) => looks.push(reply),
                Message::Ask(input, reply) => {
                    // A refusal too may rest on what is not durable yet.
                    let taken = self.take(input, &mut events, &mut effects);
                    asks.push((reply, taken));
                }
                Message::Input(input) => {
                    self.forget_running(&input);
                    inputs.push(input.clone());
                    // An input that no longer fits comes from an attempt that was given up.
                    let _ = self.take(input, &mut events, &mut effects);
                }
            }
        }
        match self.commit(events).await {
            Ok(()) => {
                for (reply, taken) in asks {
                    let _ = reply.send(taken.map_err(AskError::from));
                }
                self.perform(effects);
            }
            Err(error) => {
                for (reply, _) in asks {
                    let _ = reply.send(Err(AskError::Store(error.clone())));
                }
                self.throw_back(&error, inputs).await?;
            }
        }
        for reply in looks {
            let _ = reply.send(Arc::new(self.state.clone()));
        }
        if self.closing || (self.deps.tasks.stopping.is_cancelled() && self.running.is_empty()) {
            return Err(End::Closed);
        }
        Ok(())
    }

    /// Decides on one input; the state is then ahead of the journal until the commit.
    fn take(
        &mut self,
        input: Input,
        events: &mut Vec<Stamped>,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        let now = clock::now();
        let rules = self.deps.rules.in_force();
        let env = Env {
            now,
            epoch: self.deps.store.epoch(),
            hold: self.deps.tasks.stopping.is_cancelled(),
            catalog: &self.deps.catalog,
            schemas: &self.deps.schemas,
            rules: &rules,
        };
        let turn = drive(&mut self.state, input, &env)?;
        events.extend(
            turn.events
                .into_iter()
                .map(|event| Stamped { at: now, event }),
        );
        effects.extend(turn.effects);
        Ok(())
    }

    async fn commit(&mut self, events: Vec<Stamped>) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let has_intent = tracing::enabled!(target: "krake::point", tracing::Level::TRACE);
        let points = if has_intent {
            points(&events)
        } else {
            Vec::new()
        };
        reach(&points, "before");
        let made = rules::made(&events);
        let listed = (
            self.state.status(),
            count(self.state.waiting()),
            self.state.revisions.len(),
        );
        let summary = (self.listed != Some(listed)).then(|| summary(&self.state));
        self.deps
            .store
            .append(Batch {
                workspace: self.state.workspace,
                execution: self.state.id,
                events,
                summary,
            })
            .await?;
        reach(&points, "after");
        self.deps.rules.add(made);
        self.listed = Some(listed);
        self.deps.no_trouble();
        self.mailbox.progress.follow(&self.state);
        Ok(())
    }

    /// The write failed, so the state is thrown away and folded again from what is durable. Results
    /// come back as inputs after a pause.
    async fn throw_back(&mut self, error: &StoreError, inputs: Vec<Input>) -> Result<(), End> {
        if matches!(
            error,
            StoreError::Zombie | StoreError::Corrupt(_) | StoreError::Stopped
        ) {
            return Err(End::Lost(error.clone()));
        }
        self.deps.trouble(error);
        let id = self.state.id;
        let records = self
            .deps
            .store
            .load_execution(id)
            .await
            .map_err(End::Lost)?;
        self.state =
            fold(&records).map_err(|fault| End::Lost(StoreError::Corrupt(fault.to_string())))?;
        self.listed = None;
        self.thrown_back.extend(inputs);
        self.again_at = Some(Instant::now() + PAUSE_AFTER_FAULT);
        if self.deps.tasks.stopping.is_cancelled() {
            Err(End::Closed)
        } else {
            Ok(())
        }
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::SetTimer { timer, at } => {
                    self.timers.insert((at, timer));
                }
                Effect::CancelRun { step, attempt } => {
                    if let Some(token) = self.running.get(&(step, attempt)) {
                        token.cancel();
                    }
                }
                Effect::Close => self.closing = true,
                Effect::Run {
                    ref step, attempt, ..
                }
                | Effect::Look {
                    ref step, attempt, ..
                } => {
                    let token = CancellationToken::new();
                    self.running.insert((step.clone(), attempt), token.clone());
                    self.deps
                        .perform(self.state.id, effect, token, self.mailbox.sender.clone());
                }
                Effect::Assess { .. } => self.deps.perform(
                    self.state.id,
                    effect,
                    CancellationToken::new(),
                    self.mailbox.sender.clone(),
                ),
            }
        }
    }

    fn forget_running(&mut self, input: &Input) {
        if let Input::Finished { step, attempt, .. } | Input::Looked { step, attempt, .. } = input {
            self.running.remove(&(step.clone(), *attempt));
        }
    }

    fn next_wake(&self) -> Option<Timestamp> {
        self.timers.first().map(|(at, _)| *at)
    }

    fn due_timers(&mut self) -> Vec<Timer> {
        let now = clock::now();
        let mut due = Vec::new();
        while let Some((at, _)) = self.timers.first() {
            if *at > now {
                break;
            }
            due.extend(self.timers.pop_first().map(|(_, timer)| timer));
        }
        due
    }

    fn leave_if_idle(&self) -> Result<(), End> {
        if self.running.is_empty() {
            Err(End::Closed)
        } else {
            Ok(())
        }
    }
}

/// The line in the list of executions.
pub(crate) fn summary(state: &State) -> Summary {
    Summary {
        name: state.plan.name.clone(),
        title: title(state),
        source: state.source.clone(),
        status: state.status(),
        created_at: state.created_at,
        started_at: state.started_at,
        ended_at: state.ended_at,
        steps_total: count(state.steps.len()),
        steps_done: count(state.done()),
        steps_failed: count(state.failed()),
        waiting: count(state.waiting()),
    }
}

/// One written line: what went wrong or is asked, else what the plan works on.
fn title(state: &State) -> String {
    if let Some(cause) = &state.cause {
        return cause.message.clone();
    }
    if let Some(because) = &state.held {
        return because.clone();
    }
    let waiting = state
        .gates
        .values()
        .find(|gate| gate.status == krake_domain::approval::ApprovalStatus::Waiting);
    if let Some(gate) = waiting {
        return gate.approval.assessment.summary.clone();
    }
    let plan = &state.plan;
    let places = plan.inputs.iter().filter(|(_, schema)| {
        matches!(
            schema.get("slot").and_then(serde_json::Value::as_str),
            Some("path" | "repo" | "url")
        )
    });
    let values: Vec<&str> = places
        .filter_map(|(name, _)| state.inputs.get(name)?.as_str())
        .filter(|value| !value.is_empty())
        .collect();
    if values.is_empty() {
        plan.description.clone()
    } else {
        values.join(", ")
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Sleeps until the wall clock says so. The caller looks at the clock again: it may have been set.
pub(crate) async fn sleep_until(at: Option<Timestamp>) {
    let at = at.unwrap_or(Timestamp(i64::MAX));
    tokio::time::sleep(at.since(clock::now()).min(Duration::from_secs(3_600))).await;
}

/// Names for the moments around a commit; an observer of the trace can act on them.
fn points(events: &[Stamped]) -> Vec<&'static str> {
    let mut points = Vec::new();
    for stamped in events {
        let point = match &stamped.event {
            Event::AttemptStarted { .. } => "intent",
            Event::AttemptSucceeded { .. } | Event::AttemptFailed { .. } => "result",
            Event::ApprovalAsked { .. } => "question",
            Event::ApprovalAnswered { .. } => "answer",
            Event::ExecutionRecovered { .. } => "recovery",
            Event::ExecutionCreated { .. } => "creation",
            Event::ExecutionEnded { .. } => "end",
            _ => continue,
        };
        if !points.contains(&point) {
            points.push(point);
        }
    }
    points
}

fn reach(points: &[&'static str], when: &'static str) {
    for point in points {
        tracing::trace!(target: "krake::point", when, point);
    }
}

/// What is folded from the journal for somebody who asks, where no actor lives.
pub(crate) async fn load(deps: &Deps, id: ExecutionId) -> Result<Option<State>, StoreError> {
    let records = deps.store.load_execution(id).await?;
    if records.is_empty() {
        return Ok(None);
    }
    fold(&records)
        .map(Some)
        .map_err(|fault| StoreError::Corrupt(fault.to_string()))
}
