//! How the command line ends: one code for each thing a script can do about it.

use std::process::ExitCode;

use krake_api::{ApiError, Code};
use krake_edge::EdgeError;
use serde_json::{Value, json};

/// The exit codes of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// The execution failed, a plan is wrong, or something else went wrong on the way.
    Failed,
    /// The command line itself is wrong; clap ends with the same code.
    Usage,
    /// A person must answer, and nobody is here to ask.
    Waits,
    NoAccess,
    Cancelled,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Waits => 3,
            Self::NoAccess => 4,
            Self::Cancelled => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command ended without its answer.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Edge(#[from] EdgeError),
    #[error("{message}")]
    Usage { message: String },
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
    /// The person took back what they were doing, before anything was done.
    #[error("given up")]
    GivenUp,
    /// Whoever reads our output has enough.
    #[error("the output was closed")]
    BrokenPipe,
}

impl Stopped {
    /// Wrong usage, in one sentence.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
        }
    }

    /// The same as one JSON document, for scripts.
    #[must_use]
    pub fn document(&self) -> Value {
        let error = match self {
            Self::Api(error) => json!(error),
            _ => json!({ "code": self.code(), "message": self.to_string() }),
        };
        json!({ "error": error })
    }

    /// A word to decide on.
    fn code(&self) -> &'static str {
        match self {
            Self::Api(error) => error.code.as_str(),
            Self::Usage { .. } => "wrong_usage",
            Self::Edge(EdgeError::NoAccess { .. } | EdgeError::NotTheOwner { .. }) => "no_access",
            Self::Edge(_) => "unreachable",
            Self::GivenUp => "cancelled",
            Self::Other(_) | Self::BrokenPipe => "failed",
        }
    }

    /// What can be done about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.hint.as_deref(),
            _ => None,
        }
    }

    /// The exit code.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Api(error) => match error.code {
                Code::NoAccess | Code::NoToken => Exit::NoAccess,
                Code::BadInput => Exit::Usage,
                _ => Exit::Failed,
            },
            Self::Edge(EdgeError::NoAccess { .. } | EdgeError::NotTheOwner { .. }) => {
                Exit::NoAccess
            }
            Self::Usage { .. } => Exit::Usage,
            Self::Edge(_) | Self::Other(_) => Exit::Failed,
            Self::GivenUp => Exit::Cancelled,
            Self::BrokenPipe => Exit::Done,
        }
    }
}
