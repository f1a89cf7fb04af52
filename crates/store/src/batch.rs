//! What is appended: events of one execution and its line in the list, and how they are made ready.
//!
//! Serialising and hashing happens here, in the task of the caller, so that the writer only chains
//! and binds.

use std::sync::Arc;

use krake_domain::approval::{ApprovalStatus, Verdict};
use krake_domain::event::{AllowedBy, Event, Stamped};
use krake_domain::execution::ExecutionStatus;
use krake_domain::hash::Hash;
use krake_domain::id::{ApprovalId, ExecutionId, RuleId, WorkspaceId};
use krake_domain::rule::Rule;
use krake_domain::time::Timestamp;

use crate::blobs::Blobs;
use crate::error::StoreError;

/// A larger payload lies in a blob of its own.
const LARGEST_INLINE: usize = 32 * 1024;

/// Events of one execution, all or nothing, with the execution's line in the list of executions.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub workspace: WorkspaceId,
    pub execution: ExecutionId,
    pub events: Vec<Stamped>,
    /// Written in the same transaction; absent: the line stays as it is.
    pub summary: Option<Summary>,
}

/// An execution in a list, as folded by its actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub name: String,
    pub title: String,
    pub source: String,
    pub status: ExecutionStatus,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub steps_total: u32,
    pub steps_done: u32,
    pub steps_failed: u32,
    /// Approvals that wait for a person.
    pub waiting: u32,
}

impl Summary {
    /// Whether nothing can happen any more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ended_at.is_some()
    }
}

/// A batch that only lacks its place in the chain.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub workspace: WorkspaceId,
    pub execution: ExecutionId,
    pub workspace_text: Arc<str>,
    pub execution_text: Arc<str>,
    pub entries: Vec<Entry>,
    pub gates: Vec<Gate>,
    pub rules: Vec<RuleChange>,
    pub summary: Option<Summary>,
    /// The events again, for those who listen to commits.
    pub events: Vec<Stamped>,
}

/// One row of the journal without its place.
#[derive(Debug)]
pub(crate) struct Entry {
    pub kind: &'static str,
    pub at: i64,
    pub payload: Payload,
    pub payload_hash: Hash,
}

/// Where the payload lies.
#[derive(Debug)]
pub(crate) enum Payload {
    Inline(Arc<str>),
    Blob(Hash),
}

/// What an approval event means for the list of approvals.
#[derive(Debug)]
pub(crate) struct Gate {
    pub approval: ApprovalId,
    pub status: ApprovalStatus,
    /// Position of the event in its batch.
    pub place: usize,
}

impl Batch {
    /// Serialises, hashes, and puts large payloads where they outlive a crash.
    pub(crate) async fn prepare(&self, blobs: &Blobs) -> Result<Prepared, StoreError> {
        let mut entries = Vec::with_capacity(self.events.len());
        for stamped in &self.events {
            entries.push(entry(stamped, blobs).await?);
        }
        let gates = self.events.iter().enumerate();
        Ok(Prepared {
            workspace: self.workspace,
            execution: self.execution,
            workspace_text: self.workspace.to_string().into(),
            execution_text: self.execution.to_string().into(),
            entries,
            gates: gates
                .filter_map(|(place, stamped)| gate(place, &stamped.event))
                .collect(),
            rules: self.events.iter().filter_map(rule_change).collect(),
            summary: self.summary.clone(),
            events: self.events.clone(),
        })
    }
}

/// What an event means for the list of rules.
#[derive(Debug)]
pub(crate) enum RuleChange {
    Made(Box<Rule>),
    Used { rule: RuleId, at: Timestamp },
}

impl Prepared {
    /// Whether it is events and a line, and no other list follows from them.
    pub(crate) fn is_plain(&self) -> bool {
        self.gates.is_empty() && self.rules.is_empty()
    }

    /// How much of a group this batch takes up, in events and in pages of payload.
    pub(crate) fn weight(&self) -> usize {
        let pages = |entry: &Entry| match &entry.payload {
            Payload::Inline(text) => text.len() / 4_096,
            Payload::Blob(_) => 0,
        };
        self.entries.len() + self.entries.iter().map(pages).sum::<usize>()
    }
}

async fn entry(stamped: &Stamped, blobs: &Blobs) -> Result<Entry, StoreError> {
    let text = serde_json::to_string(&stamped.event).expect("an event is plain data");
    let payload_hash = Hash::of(text.as_bytes());
    let payload = if text.len() > LARGEST_INLINE {
        Payload::Blob(blobs.put(text.into_bytes()).await?.hash)
    } else {
        Payload::Inline(text.into())
    };
    Ok(Entry {
        kind: stamped.event.kind(),
        at: stamped.at.0,
        payload,
        payload_hash,
    })
}

fn rule_change(stamped: &Stamped) -> Option<RuleChange> {
    match &stamped.event {
        Event::RuleMade { rule } => Some(RuleChange::Made(rule.clone())),
        Event::AttemptStarted {
            allowed_by: Some(AllowedBy::Rule { rule }),
            ..
        } => Some(RuleChange::Used {
            rule: *rule,
            at: stamped.at,
        }),
        _ => None,
    }
}

fn gate(place: usize, event: &Event) -> Option<Gate> {
    let (approval, status) = match event {
        Event::ApprovalAsked { approval } => (approval.id, ApprovalStatus::Waiting),
        Event::ApprovalAnswered { approval, answer } => {
            let status = match answer.verdict {
                Verdict::Approve
                | Verdict::Allow { .. }
                | Verdict::Happened
                | Verdict::Answer { .. }
                | Verdict::Skip => ApprovalStatus::Approved,
                Verdict::Reject { .. } => ApprovalStatus::Rejected,
            };
            (*approval, status)
        }
        Event::ApprovalEnded { approval, status } => (*approval, *status),
        _ => return None,
    };
    Some(Gate {
        approval,
        status,
        place,
    })
}
