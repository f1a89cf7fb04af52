//! What a durable commit tells the rest of the program.

use krake_domain::event::Record;
use krake_domain::id::{ExecutionId, SessionId};

/// One durable commit: what was appended, and which views may have changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// In order of their sequence numbers, gapless; empty where plain nouns were written.
    pub records: Vec<Record>,
    pub tags: Vec<Tag>,
}

/// What changed. The transaction collects these as it writes, so no write can forget them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// The list of executions.
    Executions,
    /// One execution.
    Execution(ExecutionId),
    /// The list of approvals.
    Approvals,
    Knowledge,
    /// The list of projects, or one of them.
    Projects,
    /// The list of sessions.
    Sessions,
    /// One session: its facts or its messages.
    Session(SessionId),
    /// An account ran into its limit in this session.
    Limit(SessionId),
    /// Standing rules.
    Rules,
    /// Marks of the inbox.
    Threads,
    /// Accounts, their limits and their use.
    Accounts,
    Budgets,
    Snapshots,
    /// What a briefing always or never keeps.
    CompressionRules,
    /// The queue of handoffs.
    Handoffs,
    /// What a person said to recommendations.
    Recommendations,
    /// Imports of capsules.
    Capsules,
    /// Kept secrets, and whether they are kept.
    Secrets,
    /// The model of the search by meaning, and how far it is.
    Meaning,
    /// Backups, and when they are made.
    Backups,
}

/// The tags of one transaction, each once.
#[derive(Debug, Default)]
pub(crate) struct Tags(Vec<Tag>);

impl Tags {
    pub(crate) fn add(&mut self, tag: Tag) {
        // From the end: events of one execution follow each other, so the first look finds it.
        if !self.0.iter().rev().any(|known| *known == tag) {
            self.0.push(tag);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Tag> {
        self.0
    }
}
