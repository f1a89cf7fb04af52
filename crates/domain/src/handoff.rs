//! Work that one account passes on to the next: a briefing that waits to be claimed.

use serde::{Deserialize, Serialize};

use crate::briefing::Briefing;
use crate::delivery::Delivery;
use crate::id::{HandoffId, SnapshotId, WorkspaceId};
use crate::time::Timestamp;

/// One entry of the queue. It goes from preparing to pending to claimed to done; what nobody has
/// claimed can be taken back, and what cannot be prepared as it was asked for is not sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handoff {
    pub id: HandoffId,
    pub workspace: WorkspaceId,
    /// The project, as the caller names it.
    pub project: Option<String>,
    /// The folder that the work is in.
    pub folder: Option<String>,
    pub from_account: Option<String>,
    /// The account that it is meant for; anybody may claim it where it is absent.
    pub to_account: Option<String>,
    /// What the next account is to do.
    pub goal: Option<String>,
    pub state: HandoffState,
    pub briefing: Briefing,
    /// What the account before had used, in its own unit.
    pub credits_used: Option<f64>,
    pub snapshot: Option<SnapshotId>,
    /// Tokens of the whole history that the briefing stands for; absent where nobody measured it.
    #[serde(default)]
    pub history_tokens: Option<u64>,
    pub created_at: Timestamp,
    pub claimed_at: Option<Timestamp>,
    pub claimed_by: Option<String>,
    pub done_at: Option<Timestamp>,
    /// What came of it, as the one who ended it said.
    pub note: Option<String>,
    #[serde(default)]
    pub delivery: Delivery,
}

/// Where it stands.
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
pub enum HandoffState {
    /// Parts of it are still to happen; nobody can claim it.
    Preparing,
    /// Nobody has it yet.
    Pending,
    /// An account works on it.
    Claimed,
    Done,
    /// A person took it back before anybody claimed it.
    Withdrawn,
    /// The commit that was to go with it was refused, and nobody got it.
    NotSent,
}
