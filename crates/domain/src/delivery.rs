//! How a handoff goes out: what was planned before anything happened, and what came of each part.
//! After a crash each part is looked at first, so that nothing happens twice.

use serde::{Deserialize, Serialize};

use crate::id::{DraftId, SnapshotId};
use crate::time::Timestamp;

/// The parts of one handoff, in the order in which they happen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Delivery {
    /// The draft that it answers.
    pub draft: Option<DraftId>,
    /// What is committed first: where that is refused, nothing else happens.
    pub commit: Option<PlannedCommit>,
    pub snapshot: Option<SnapshotId>,
    /// The file that gets the briefing between its marks.
    pub file: Option<String>,
    /// Whether there was no such file before, or one for an earlier briefing alone: it goes with its
    /// briefing.
    pub makes_file: bool,
    pub done: Vec<PartDone>,
}

/// A commit as a person allowed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCommit {
    pub folder: String,
    /// The branch that begins with it; absent: the one that is checked out.
    pub branch: Option<String>,
    pub message: String,
    /// Relative to the folder; nothing else gets into it.
    pub paths: Vec<String>,
}

/// One part.
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
#[schemars(rename = "DeliveryPart")]
pub enum Part {
    Commit,
    Snapshot,
    File,
}

/// What came of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartDone {
    pub part: Part,
    pub at: Timestamp,
    /// Whether it stands.
    pub ok: bool,
    /// The id, the commit or the path; why not, where it does not stand.
    pub said: String,
}

impl Delivery {
    /// Whether anything is still to happen with this part.
    #[must_use]
    pub fn is_left(&self, part: Part) -> bool {
        let is_planned = match part {
            Part::Snapshot => self.snapshot.is_some(),
            Part::Commit => self.commit.is_some(),
            Part::File => self.file.is_some(),
        };
        is_planned && self.done.iter().all(|done| done.part != part)
    }

    /// What was said where the commit was refused that a person asked for.
    #[must_use]
    pub fn not_committed(&self) -> Option<&str> {
        let refused = |done: &&PartDone| done.part == Part::Commit && !done.ok;
        self.done
            .iter()
            .find(refused)
            .map(|done| done.said.as_str())
    }
}
