//! A thread of the inbox: something that waits for a person's answer, or wants to be looked at.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ApprovalId, DraftId, ExecutionId, HandoffId};
use crate::time::Timestamp;

/// What a thread is about; a thread has no id of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThreadId {
    /// What a person is asked.
    Approval(ApprovalId),
    /// One that ended badly, or that a limit stopped.
    Execution(ExecutionId),
    /// A handoff that was drafted because an account ran out.
    Draft(DraftId),
    /// A handoff that nobody has claimed yet.
    Handoff(HandoffId),
}

/// What a person said about a thread. It holds until what it is about moves on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Looked at; only where no answer is wanted.
    Done { at: Timestamp },
    /// Not before this moment. What expires does so all the same.
    Snoozed { until: Timestamp },
}

/// Where a thread stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadState {
    Open,
    Snoozed,
    Done,
}

/// Why a text names no thread.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no thread: expected the id of an approval (`apr_…`), of an execution (`exe_…`), of a draft (`dft_…`) or of a handoff (`hnd_…`)"
)]
pub struct ThreadIdError {
    text: String,
}

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Approval(id) => id.fmt(f),
            Self::Execution(id) => id.fmt(f),
            Self::Draft(id) => id.fmt(f),
            Self::Handoff(id) => id.fmt(f),
        }
    }
}

impl FromStr for ThreadId {
    type Err = ThreadIdError;
    fn from_str(text: &str) -> Result<Self, ThreadIdError> {
        let approval = text.parse().map(Self::Approval);
        approval
            .or_else(|_| text.parse().map(Self::Execution))
            .or_else(|_| text.parse().map(Self::Draft))
            .or_else(|_| text.parse().map(Self::Handoff))
            .map_err(|_| ThreadIdError {
                text: text.chars().take(80).collect(),
            })
    }
}

impl Serialize for ThreadId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ThreadId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for ThreadId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ThreadId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(apr|exe|dft|hnd)_[0-9a-hjkmnp-tv-z]{26}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_the_id_of_what_it_is_about() {
        for text in [
            "apr_01jd3v5q4qf7cr7r00000000r5",
            "exe_01jd3v5q4qf7cr7r00000000r5",
            "dft_01jd3v5q4qf7cr7r00000000r5",
            "hnd_01jd3v5q4qf7cr7r00000000r5",
        ] {
            assert_eq!(text.parse::<ThreadId>().unwrap().to_string(), text);
        }
        let refused = "rul_01jd3v5q4qf7cr7r00000000r5".parse::<ThreadId>();
        assert!(refused.unwrap_err().to_string().contains("no thread"));
    }
}
