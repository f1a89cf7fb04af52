//! Looking through everything that is stored once more for secrets, with what is known today.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::ExecutionId;
use crate::principal::Principal;
use crate::time::Timestamp;

/// One time that all of it is looked through, done or under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rescan {
    pub id: u64,
    /// The revision of the rules that it goes by.
    pub rules: u32,
    /// The person who began it.
    pub by: Principal,
    pub begun_at: Timestamp,
    /// Absent while something is left to do.
    pub ended_at: Option<Timestamp>,
    pub stage: RescanStage,
    /// How far it is in its stage, in that stage's own words.
    pub place: String,
    pub found: Findings,
    /// Why it stands still; it goes on when Krake starts next, or when a person says so.
    pub trouble: Option<String>,
}

/// What is done, in this order.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RescanStage {
    Messages,
    /// Titles, knowledge, handoffs and whatever else holds text of people.
    Records,
    /// The bytes that sessions were read from.
    Parts,
    /// What only can be looked at: the journal, results and logs of steps.
    Journal,
    /// What the search has of texts that are gone is taken out of its index.
    Index,
    /// The database is written anew, so that what was deleted is in no free place of it.
    File,
    Ended,
}

/// What it came to so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Messages that were looked at.
    pub messages: u64,
    pub changed_messages: u64,
    /// Sessions with a message or a title that was changed.
    pub sessions: u64,
    /// Other rows that were changed.
    pub records: u64,
    /// Raw parts that were looked at.
    pub parts: u64,
    pub changed_parts: u64,
    /// Secrets that were replaced in messages and other rows, by kind.
    pub replaced: BTreeMap<String, u64>,
    /// Secrets whose words are kept from now on.
    pub kept: u64,
    /// Secrets whose words should have been kept and could not be.
    pub lost: u64,
    pub lost_because: Option<String>,
    /// Accounts whose keys could not be had, so that nobody looked for them.
    pub missing_keys: u64,
    pub left: Left,
}

/// What holds a secret and was not changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Left {
    /// Events of the journal.
    pub events: u64,
    /// Executions that they belong to; the first of them.
    pub executions: Vec<ExecutionId>,
    /// Large results of steps.
    pub results: u64,
    /// Logs of steps, by where they lie in the data folder; the first of them.
    pub logs: Vec<String>,
    pub more_logs: u64,
    /// Playbooks, by the names of their files.
    pub playbooks: Vec<String>,
    /// Raw parts that could not be read.
    pub unreadable: u64,
    /// The log of the database could not be emptied, because another program was reading.
    pub log: bool,
}

impl Findings {
    /// Whether anything was changed.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.changed_messages + self.records + self.changed_parts > 0
    }

    /// Counts what was replaced in a text.
    pub fn count(&mut self, replaced: &BTreeMap<String, u32>) {
        for (kind, times) in replaced {
            *self.replaced.entry(kind.clone()).or_default() += u64::from(*times);
        }
    }
}
