//! Doing: actors and tasks that carry out what the engine decides, and the one place where the
//! parts of Krake meet.
//!
//! What it deliberately does not do: no decisions, no SQL, no HTTP shapes, no windows.
//! **Invariant:** nothing is acknowledged, shown or acted upon before the events that say so are
//! durable; and every task is started in [`tasks`].
//!
//! Reading order: [`start`] (the parts meet), [`handle`] (what others call), [`accounts`] (who is
//! asked, and their keys), [`actor`] (the life of one execution), [`perform`] (effects), [`import`]
//! (transcripts of other tools), [`secrets`] (what was found in them and is kept encrypted), [`meaning`] (the search by it), [`handoff`] (work that passes on), [`inner`] (tools that need the
//! product itself).

pub mod home;
mod rules;
mod start;
mod threads;

mod edit;
pub mod handle;
mod propose;
mod rerun;
mod revise;

pub mod accounts;
mod rescan;
mod secrets;

mod actor;
mod hub;
mod perform;
mod workbench;

pub mod backup;
mod block;
pub mod briefing;
pub mod capsule;
pub mod handoff;
pub mod import;
pub mod inner;
mod insights;
pub mod logs;
mod mailbox;
pub mod meaning;
mod new_text;
pub mod planner;
pub mod playbooks;

pub mod watch;

mod clock;
mod ids;
mod tasks;

pub use accounts::{AccountChange, AccountError, NewAccount};
pub use block::{BlockError, Written, write_block};
pub use handle::{AnswerError, CommandError, Control, Life, Progress, Runtime};
pub use logs::LogLine;
pub use new_text::{NewTextError, write_new};
pub use planner::{PlanAnswer, PlanRequest, Planned, plan_request};
pub use playbooks::{Playbook, Playbooks};
pub use propose::{NewExecution, ProposeError, absent_repository};
pub use rerun::{Again, RerunError};
pub use rescan::RescanStanding;
pub use revise::{Change, ReviseError};
pub use secrets::{Removed, SecretError, SecretStanding};
pub use start::{Drive, Options, StartError, builtin_catalog, open_reader, start};
pub use threads::{Triage, TriageError};
