//! What was learned and is worth keeping.

use serde::{Deserialize, Serialize};

use crate::id::{KnowledgeId, WorkspaceId};
use crate::time::Timestamp;

/// One entry of the knowledge base. Corrections supersede; nothing is silently deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeEntry {
    pub id: KnowledgeId,
    pub workspace: WorkspaceId,
    /// `pattern`, `solution`, `practice`, `handoff` or a word of the user's own.
    pub category: String,
    pub title: String,
    pub text: String,
    /// Where it comes from, each in the form of a citation (`[#12]`, `[a1b2c3d]`, `[src/x.rs:12]`) or a path.
    pub sources: Vec<String>,
    pub created_at: Timestamp,
    /// The entry that replaced this one.
    pub superseded_by: Option<KnowledgeId>,
    /// When a restore took it out of what is current, because it came later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}
