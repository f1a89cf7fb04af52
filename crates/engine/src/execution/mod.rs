//! The life of an execution: `decide` says what happens next, `apply` is the only way state changes.
//!
//! What it deliberately does not do: it runs nothing. Effects go out as data, results come back as
//! the next input, in the live run and after a crash alike.
//! **Invariant:** the state of an execution is the fold of its events, and nothing else.

mod adopt;
#[cfg(test)]
mod adopt_test;
mod advance;
mod alternative;
#[cfg(test)]
mod alternative_test;
mod apply;
mod ask;
mod begin;
mod decide;
mod edit;
#[cfg(test)]
mod edit_test;
mod effect;
mod expand;
#[cfg(test)]
mod expand_test;
mod failed;
#[cfg(test)]
mod failed_test;
mod fatigue;
#[cfg(test)]
mod fatigue_test;
mod gate;
mod input;
mod ladder;
mod question;
#[cfg(test)]
mod question_test;
mod revise;
#[cfg(test)]
mod revise_test;
mod rules;
#[cfg(test)]
mod rules_test;
mod schemas;
mod scope;
#[cfg(test)]
mod scripts_test;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod sim_plans;
#[cfg(test)]
mod sim_tools;
mod state;
mod step_phase;
mod stop;
#[cfg(test)]
mod stop_test;
#[cfg(test)]
mod stories_test;
mod timers;
mod transition;
#[cfg(test)]
mod transition_test;
mod verdict;
mod wait;

pub use adopt::{Adoption, NotAdopted, adopt};
pub use alternative::Call;
pub use effect::{Effect, Timer};
pub use input::{Input, Refusal};
pub(crate) use question::ASK_USER;
pub use question::ask_user_spec;
pub use revise::Revision;
pub use rules::Allowed;
pub use schemas::Schemas;
pub(crate) use schemas::check as check_schema;
pub use state::{Attempt, Gate, Outcome, Phase, State, StepState};
pub use step_phase::StepPhase;
pub use stop::Grant;
pub use transition::ARROWS;
pub use wait::wait_spec;

use krake_domain::event::{AllowedBy, Event, Record, Stamped};
use krake_domain::rule::Rule;
use krake_domain::time::Timestamp;
use krake_domain::tool::Catalog;

/// What a decision may look at beside the state and the input.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    pub now: Timestamp,
    /// The process that decides.
    pub epoch: u64,
    /// The process is stopping: what runs may end, nothing new starts.
    pub hold: bool,
    pub catalog: &'a Catalog,
    pub schemas: &'a Schemas,
    /// The standing rules in force.
    pub rules: &'a [Rule],
}

/// What a decision leads to: first the events are made durable, then the effects are performed.
#[derive(Debug, Default)]
pub struct Turn {
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
}

/// Decides on an input, applies the events, and goes on as far as no effect is needed.
///
/// The state is then ahead of the journal until the events are durable; a caller who cannot make
/// them durable drops the state and folds it again.
///
/// # Errors
/// The input does not fit the state; nothing has changed.
pub fn drive(state: &mut State, input: Input, env: &Env<'_>) -> Result<Turn, Refusal> {
    let mut turn = decide::decide(state, input, env)?;
    for event in &turn.events {
        apply::apply(state, env.now, event);
    }
    loop {
        let more = advance::advance(state, env);
        if more.events.is_empty() {
            return Ok(turn);
        }
        for event in &more.events {
            apply::apply(state, env.now, event);
        }
        turn.events.extend(more.events);
        turn.effects.extend(more.effects);
    }
}

/// The state after these records; the first must be `execution_created`.
///
/// # Errors
/// The records do not begin an execution, or its plan cannot be read by this version.
pub fn fold(records: &[Record]) -> Result<State, FoldError> {
    let first = records.first().ok_or(FoldError::Empty)?;
    let mut state = State::create(
        first.execution,
        first.workspace,
        &Stamped {
            at: first.at,
            event: first.event.clone(),
        },
    )?;
    for record in &records[1..] {
        apply::apply(&mut state, record.at, &record.event);
    }
    Ok(state)
}

/// Why records cannot be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error("the execution has no events")]
    Empty,
    #[error("the first event is `{0}`, expected `execution_created`")]
    NotCreated(&'static str),
    #[error("the plan in the journal cannot be read: {0}")]
    Plan(String),
}
