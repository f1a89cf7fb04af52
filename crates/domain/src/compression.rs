//! What a person wants a briefing to keep always, or never.

use serde::{Deserialize, Serialize};

use crate::briefing::ItemKind;
use crate::id::{CompressionRuleId, WorkspaceId};
use crate::time::Timestamp;

/// One rule, for one project or for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompressionRule {
    pub id: CompressionRuleId,
    pub workspace: WorkspaceId,
    /// The project, as the caller names it; absent: all.
    pub project: Option<String>,
    pub effect: Retention,
    pub subject: Subject,
    pub created_at: Timestamp,
}

/// What happens to what a rule speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    AlwaysKeep,
    NeverKeep,
}

/// What a rule speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Subject {
    /// Lines that hold this text, in small or large letters.
    Pattern { text: String },
    /// Lines that name this file, or a file below this folder.
    File { path: String },
    /// A section of the briefing.
    Kind { kind: ItemKind },
}
