//! What the next account needs to know, each line with its sources.

use serde::{Deserialize, Serialize};

use crate::id::SessionId;
use crate::loss::Loss;

/// A briefing within a token budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Briefing {
    /// The rendered text, within the budget.
    pub text: String,
    /// Tokens of `text` by the offline estimator.
    pub tokens: u64,
    pub budget: u64,
    pub items: Vec<BriefingItem>,
    pub coverage: Coverage,
    /// The stored sessions that its lines cite, by their labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<Cited>,
}

/// A stored session under the label that citations have for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cited {
    /// `s2` in `[s2#12]`; empty in `[#12]`.
    pub label: String,
    pub session: SessionId,
}

/// How the text of a briefing is written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Headed sections, to paste or to keep as a file.
    #[default]
    Markdown,
    /// The items as one JSON document.
    Json,
    /// A block between marks, for a file such as `AGENTS.md`.
    AgentsMd,
    /// A message array with the briefing as the user's message, for the API of a provider.
    Messages,
}

/// One line of a briefing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BriefingItem {
    pub kind: ItemKind,
    pub text: String,
    /// At least one; a line without a source is not printed.
    pub sources: Vec<Source>,
    /// A model wrote the line, and it was held against its sources.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_model: bool,
}

/// The section that a line belongs to.
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
pub enum ItemKind {
    Goal,
    LastRequest,
    /// What a rule of the user keeps.
    Kept,
    Constraint,
    Decision,
    OpenItem,
    /// A path that a person pinned to the project: nobody need have edited it.
    Pinned,
    File,
    Command,
    Error,
    Change,
    /// What a person captured: a clipboard, a page, the output of a program. It is material, and no
    /// word of the user.
    Captured,
    Statement,
    /// A statement without the words that can be done without; the full text stands at its source.
    Shortened,
    /// Which session a label in the citations stands for, where several are cited.
    Session,
}

/// What a line rests on.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Source {
    pub kind: SourceKind,
    /// As printed between brackets: `#12` or an id, `a1b2c3d`, `src/x.rs:12`.
    #[serde(rename = "ref")]
    pub reference: String,
}

/// What a source points at.
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
pub enum SourceKind {
    Message,
    Commit,
    File,
    /// What a person wrote down of the project itself.
    Project,
}

/// How much of what was found is in the briefing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Coverage {
    /// Items that were candidates after duplicates were removed.
    pub candidates: u64,
    /// Items that fit into the budget.
    pub kept: u64,
    /// Share of the candidates' weight that was kept, 0 to 1.
    pub weight: f64,
    /// What must not be lost, measured on the text; absent where nobody measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<Loss>,
}
