//! Context as it was at one moment: which sessions with which messages, and what was known.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{KnowledgeId, SessionId, SnapshotId, WorkspaceId};
use crate::time::Timestamp;

/// A frozen context. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub id: SnapshotId,
    pub workspace: WorkspaceId,
    pub project: Option<String>,
    /// Sessions of this folder and below; absent: all.
    pub folder: Option<String>,
    pub name: String,
    /// Why Krake froze it by itself; absent: a person did.
    pub occasion: Option<Occasion>,
    pub created_at: Timestamp,
    pub sessions: Vec<FrozenSession>,
    pub knowledge: Vec<FrozenEntry>,
}

/// What Krake freezes a context before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    Handoff,
    /// Of the snapshot whose name this one bears.
    Restore,
}

/// A session as it was. Messages are only ever added, so their number and hash say which they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FrozenSession {
    pub id: SessionId,
    pub title: Option<String>,
    pub messages: u64,
    /// Over the messages in order.
    pub hash: Hash,
}

/// An entry of the knowledge base as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenEntry {
    pub id: KnowledgeId,
    pub category: String,
    pub title: String,
    pub text: String,
    pub sources: Vec<String>,
    pub created_at: Timestamp,
    pub superseded_by: Option<KnowledgeId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// What is different from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SnapshotDiff {
    pub sessions: Vec<Changed<SessionId>>,
    pub knowledge: Vec<Changed<KnowledgeId>>,
}

/// One thing that is different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "Changed{I}")]
pub struct Changed<I> {
    pub id: I,
    pub title: String,
    pub change: Change,
    /// Messages more than before, of a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<i64>,
    /// Whether another took its place, of an entry that changed or came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded: Option<bool>,
    /// Whether a restore withdrew it, of an entry that changed or came. It counts where it is neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<bool>,
}

/// How it is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Removed,
    Changed,
}
