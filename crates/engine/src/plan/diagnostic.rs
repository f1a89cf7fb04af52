use std::fmt;

use krake_domain::position::Position;
use serde::{Deserialize, Serialize};

/// One fault of a plan's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub at: Position,
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// The kind of fault; the wire and the documentation use these words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Syntax,
    TooLarge,
    WrongType,
    UnknownKey,
    NotBuilt,
    MissingKey,
    Duplicate,
    UnknownTool,
    MissingNeed,
    Cycle,
    BadReference,
    BadArgs,
    BadSchema,
    Limit,
}

impl Diagnostic {
    pub(super) fn new(at: Position, code: Code, message: impl Into<String>) -> Self {
        Self {
            at,
            code,
            message: message.into(),
            expected: None,
        }
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)?;
        match &self.expected {
            Some(expected) => write!(f, "; expected {expected}"),
            None => Ok(()),
        }
    }
}
