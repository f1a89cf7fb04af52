//! What others call: one handle, cheap to clone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::execution::ExecutionStatus;
use krake_domain::id::{ApprovalId, ExecutionId};
use krake_domain::principal::Principal;
use krake_domain::tool::Catalog;
use krake_edge::http::Client;
use krake_engine::execution::{Input, Refusal, State};
use krake_store::{Commit, Store, StoreError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::actor::{self, AskError, Mailbox, Message};
use crate::logs::Logs;
use crate::planner::model::Models;
use crate::playbooks::Playbooks;
use crate::propose::{NewExecution, ProposeError, propose};
use crate::rerun::{Again, RerunError, rerun};
use crate::revise::{self, Change, ReviseError};
use crate::start::{self, Deps};
use crate::watch::{Places, Watch, Watched};

/// How long running hands may take to end when the process stops; what is still open then is
/// ambiguous, and the next start deals with it by effect class.
const TIME_TO_END: Duration = Duration::from_millis(2_200);

/// A started runtime.
#[derive(Clone)]
pub struct Runtime {
    deps: Arc<Deps>,
}

/// What can be asked of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Start,
    Pause,
    /// Goes on after a pause; one that a limit stopped is allowed as much again, and one that a crash
    /// left behind is taken up again.
    Resume,
    Cancel,
}

/// How far a living execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub done: u32,
    pub failed: u32,
    /// Approvals that wait for a person.
    pub waiting: u32,
}

/// Where an execution lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// In this process, which is this far.
    Here(Progress),
    /// This process drives all that is unfinished, and will come to it.
    Awaited,
    /// In no process that is known here.
    Nowhere,
}

/// Why a command had no effect.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommandError {
    #[error("there is no such execution")]
    NotFound,
    #[error("the execution is {}", .0.as_str())]
    Conflict(ExecutionStatus),
    #[error("only a person may do this")]
    NotAPerson,
    #[error("Krake is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an answer had no effect.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AnswerError {
    #[error("there is no such approval")]
    NotFound,
    /// Somebody answered first, or it ended.
    #[error("it was answered already")]
    Conflict(ApprovalStatus),
    #[error("the time to answer is over")]
    Expired,
    #[error("only a person may answer")]
    NotAPerson,
    #[error("{0}")]
    BadVerdict(&'static str),
    /// A question that takes other answers; the text says which.
    #[error("{0}")]
    BadAnswer(String),
    #[error("Krake is stopping")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Runtime {
    pub(crate) fn new(deps: Arc<Deps>) -> Self {
        Self { deps }
    }

    pub(crate) fn deps(&self) -> &Arc<Deps> {
        &self.deps
    }

    /// Readers of everything that is durable.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.deps.store
    }

    /// The tools of this process.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.deps.catalog
    }

    /// Plans kept for reuse.
    #[must_use]
    pub fn playbooks(&self) -> &Playbooks {
        &self.deps.playbooks
    }

    /// The model that plans are asked of where no playbook fits.
    #[must_use]
    pub fn models(&self) -> &Models {
        self.deps.models.get_or_init(Models::from_environment)
    }

    /// The same runtime with these models instead of those that the environment names; they stay
    /// once somebody has asked for them.
    #[must_use]
    pub fn with_models(self, models: Models) -> Self {
        let _ = self.deps.models.set(models);
        self
    }

    /// Follows the stores of other tools: sessions that belong to a project's folder come in by
    /// themselves, until this process stops. For the processes that stay.
    pub fn watch(&self, places: Places) {
        let watch = Watch::new(
            self.deps.store.clone(),
            self.deps.known_keys.clone(),
            places,
            self.stopping(),
            self.deps.watched.clone(),
        );
        self.deps.tasks.actor(watch.run());
    }

    /// What the watcher does.
    #[must_use]
    pub fn watched(&self) -> Watched {
        self.deps.watched.borrow().clone()
    }

    /// The client of every call to a provider.
    pub(crate) fn client(&self) -> &Client {
        self.deps.client.get_or_init(Client::new)
    }

    /// Fires when this process stops: for what is worked on outside of executions.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.deps.tasks.stopping.clone()
    }

    /// Logs of attempts, live and by offset.
    #[must_use]
    pub fn logs(&self) -> &Logs {
        &self.deps.logs
    }

    /// Every durable commit from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Commit>> {
        self.deps.store.commits()
    }

    /// What is wrong with the storage, if anything: the last fault, in words for people.
    #[must_use]
    pub fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.deps.watch_trouble()
    }

    /// Executions that live in this process.
    #[must_use]
    pub fn living(&self) -> usize {
        self.deps.hub.len()
    }

    /// Writes a new execution down and, if asked to, starts it. Durable when this returns.
    ///
    /// # Errors
    /// The inputs do not fit, the plan is no graph, or the disk refused; then nothing was written.
    pub async fn propose(&self, new: NewExecution) -> Result<ExecutionId, ProposeError> {
        propose(&self.deps, new).await
    }

    /// Writes a new execution down that adopts the results of this state's execution and runs the
    /// rest again. Durable when this returns.
    ///
    /// # Errors
    /// It still runs, has no such step, or the new one cannot be written.
    pub async fn rerun(&self, state: &State, again: Again) -> Result<ExecutionId, RerunError> {
        rerun(&self.deps, state, again).await
    }

    /// Starts, pauses, resumes or cancels. Durable when this returns.
    ///
    /// # Errors
    /// The command does not fit the status, which has not changed then.
    pub async fn command(
        &self,
        id: ExecutionId,
        control: Control,
        by: Principal,
    ) -> Result<(), CommandError> {
        let woken = self.deps.hub.find(id).is_none();
        let mailbox = self.living_or_woken(id).await?;
        if control == Control::Resume
            && woken
            && !matches!(
                self.status(id).await?,
                ExecutionStatus::Paused | ExecutionStatus::Stopped
            )
        {
            // Taking it up again was the command.
            return Ok(());
        }
        let input = match control {
            Control::Start => Input::Start,
            Control::Pause => Input::Pause { by },
            Control::Resume => Input::Resume { by },
            Control::Cancel => Input::Cancel { by },
        };
        match ask(&mailbox, input).await {
            Ok(()) => Ok(()),
            Err(Some(AskError::Refused(Refusal::Status(status)))) => {
                Err(CommandError::Conflict(status))
            }
            Err(Some(AskError::Store(error))) => Err(CommandError::Store(error)),
            Err(Some(AskError::Refused(Refusal::NotAPerson))) => Err(CommandError::NotAPerson),
            Err(Some(AskError::Refused(_))) => Err(CommandError::Stopping),
            // The execution may have ended between the look and the question.
            Err(None) => match self.deps.store.find_execution(id).await? {
                Some(row) if row.summary.is_over() => {
                    Err(CommandError::Conflict(row.summary.status))
                }
                _ => Err(CommandError::Stopping),
            },
        }
    }

    /// Changes what has not started. Durable when this returns; gives the version of the plan.
    ///
    /// # Errors
    /// It is neither proposed nor paused, or the change would touch what has started.
    pub async fn revise(&self, id: ExecutionId, change: Change) -> Result<u32, ReviseError> {
        let mailbox = self.living_or_woken(id).await?;
        let state = self.state(id).await?;
        let from = change.version.unwrap_or_else(|| state.version());
        let input = revise::input(&state, change)?;
        match ask(&mailbox, input).await {
            Ok(()) => Ok(from.saturating_add(1)),
            Err(Some(AskError::Refused(refusal @ Refusal::Version { found, .. }))) => {
                Err(ReviseError::Outdated {
                    refusal,
                    version: found,
                })
            }
            Err(Some(AskError::Refused(Refusal::Status(status)))) => {
                Err(CommandError::Conflict(status).into())
            }
            Err(Some(AskError::Refused(refusal))) => Err(ReviseError::Refused(refusal.to_string())),
            Err(Some(AskError::Store(error))) => Err(CommandError::Store(error).into()),
            Err(None) => Err(CommandError::Stopping.into()),
        }
    }

    /// Answers an approval as `by`. The first answer wins; durable when this returns.
    ///
    /// # Errors
    /// The answer had no effect; the variants say why.
    pub async fn answer(
        &self,
        approval: ApprovalId,
        verdict: Verdict,
        by: Principal,
    ) -> Result<(), AnswerError> {
        if !by.is_person() {
            return Err(AnswerError::NotAPerson);
        }
        let row = self
            .deps
            .store
            .find_approval(approval)
            .await?
            .ok_or(AnswerError::NotFound)?;
        if row.status != ApprovalStatus::Waiting {
            return Err(AnswerError::Conflict(row.status));
        }
        let input = Input::Answer {
            approval,
            verdict,
            by,
        };
        self.tell(row.approval.execution, approval, input).await
    }

    /// Hands an input about an approval to its execution, and says what became of it.
    pub(crate) async fn tell(
        &self,
        execution: ExecutionId,
        approval: ApprovalId,
        input: Input,
    ) -> Result<(), AnswerError> {
        let mailbox = self
            .living_or_woken(execution)
            .await
            .map_err(|error| match error {
                CommandError::Store(error) => AnswerError::Store(error),
                CommandError::Stopping => AnswerError::Stopping,
                CommandError::NotAPerson => AnswerError::NotAPerson,
                CommandError::NotFound | CommandError::Conflict(_) => {
                    AnswerError::Conflict(ApprovalStatus::Waiting)
                }
            })?;
        match ask(&mailbox, input).await {
            Ok(()) => Ok(()),
            Err(Some(AskError::Refused(refusal))) => Err(match refusal {
                Refusal::NoSuchApproval => AnswerError::NotFound,
                Refusal::Answered(status) => AnswerError::Conflict(status),
                Refusal::Expired => AnswerError::Expired,
                Refusal::NotAPerson => AnswerError::NotAPerson,
                Refusal::BadVerdict(why) => AnswerError::BadVerdict(why),
                Refusal::BadAnswer(why) => AnswerError::BadAnswer(why),
                Refusal::Status(_) | Refusal::Revision(_) | Refusal::Version { .. } => {
                    AnswerError::Conflict(ApprovalStatus::Withdrawn)
                }
            }),
            Err(Some(AskError::Store(error))) => Err(AnswerError::Store(error)),
            // The execution may have ended between the look and the question.
            Err(None) => match self
                .deps
                .store
                .find_approval(approval)
                .await?
                .map(|row| row.status)
            {
                Some(status) if status != ApprovalStatus::Waiting => {
                    Err(AnswerError::Conflict(status))
                }
                _ => Err(AnswerError::Stopping),
            },
        }
    }

    /// The state of an execution as of its last commit, from its actor or from the journal.
    ///
    /// # Errors
    /// There is no such execution, or the journal cannot be read.
    pub async fn state(&self, id: ExecutionId) -> Result<Arc<State>, CommandError> {
        if let Some(mailbox) = self.deps.hub.find(id)
            && let Some(state) = mailbox.ask(Message::Look).await
        {
            return Ok(state);
        }
        actor::load(&self.deps, id)
            .await?
            .map(Arc::new)
            .ok_or(CommandError::NotFound)
    }

    /// How far a living execution is; none where it does not live in this process.
    #[must_use]
    pub fn progress(&self, id: ExecutionId) -> Option<Progress> {
        let live = self.deps.hub.find(id)?.progress;
        Some(Progress {
            done: live.done.load(Ordering::Relaxed),
            failed: live.failed.load(Ordering::Relaxed),
            waiting: live.waiting.load(Ordering::Relaxed),
        })
    }

    /// Where an execution lives, as far as this process knows.
    #[must_use]
    pub fn life(&self, id: ExecutionId) -> Life {
        match self.progress(id) {
            Some(progress) => Life::Here(progress),
            None if self.deps.drives_all => Life::Awaited,
            None => Life::Nowhere,
        }
    }

    /// Waits until the execution ends, waits for a person, or stands still, whichever comes first,
    /// and returns which. For one command that drives one execution.
    ///
    /// # Errors
    /// There is no such execution, or the journal cannot be read.
    pub async fn settled(&self, id: ExecutionId) -> Result<ExecutionStatus, CommandError> {
        let mut commits = self.subscribe();
        loop {
            let state = self.state(id).await?;
            let status = state.status();
            if state.ended_at.is_some()
                || state.is_at_rest()
                || matches!(
                    status,
                    ExecutionStatus::Waiting | ExecutionStatus::Paused | ExecutionStatus::Proposed
                )
            {
                return Ok(status);
            }
            loop {
                match commits.recv().await {
                    Ok(commit) if commit.tags.contains(&krake_store::Tag::Execution(id)) => break,
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => break,
                    Err(broadcast::error::RecvError::Closed) => return Err(CommandError::Stopping),
                }
            }
        }
    }

    /// Ends: nothing new starts, running hands get a moment to finish, the folder is freed. At most
    /// about three seconds.
    ///
    /// # Errors
    /// The clean mark could not be written; the next start then checks the database.
    pub async fn stop(self) -> Result<(), StoreError> {
        let tasks = &self.deps.tasks;
        tasks.stopping.cancel();
        let in_time = tokio::time::timeout(TIME_TO_END, tasks.actors_ended())
            .await
            .is_ok();
        tasks.dropping.cancel();
        if !in_time {
            tasks.actors_ended().await;
        }
        tasks.effects_ended().await;
        self.deps.store.stop().await
    }

    async fn status(&self, id: ExecutionId) -> Result<ExecutionStatus, CommandError> {
        self.state(id).await.map(|state| state.status())
    }

    async fn living_or_woken(&self, id: ExecutionId) -> Result<Mailbox, CommandError> {
        if self.deps.tasks.stopping.is_cancelled() {
            return Err(CommandError::Stopping);
        }
        if let Some(mailbox) = self.deps.hub.find(id) {
            return Ok(mailbox);
        }
        let row = self
            .deps
            .store
            .find_execution(id)
            .await?
            .ok_or(CommandError::NotFound)?;
        if row.summary.is_over() {
            return Err(CommandError::Conflict(row.summary.status));
        }
        start::wake(&self.deps, id).await?;
        self.deps.hub.find(id).ok_or(CommandError::Stopping)
    }
}

/// None: the actor has ended.
async fn ask(mailbox: &Mailbox, input: Input) -> Result<(), Option<AskError>> {
    let answer = mailbox.ask(|reply| Message::Ask(input, reply)).await;
    answer.ok_or(None)?.map_err(Some)
}
