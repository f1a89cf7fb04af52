//! What a person said once about commits of a project before its work is handed over.

use serde::{Deserialize, Serialize};

/// The branch that is offered where a person named none.
pub const USUAL_BRANCH: &str = "krake/handoff-{date}-{time}";

/// Whether, and where to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRule {
    pub when: CommitWhen,
    /// The name of the branch, with `{date}`, `{time}` and `{account}`; empty: the one that is
    /// checked out.
    pub branch: String,
}

/// When a commit is made.
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
pub enum CommitWhen {
    Never,
    /// A person is asked at each handoff.
    Ask,
    Always,
}
