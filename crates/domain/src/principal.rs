//! Who asks.

use serde::{Deserialize, Serialize};

/// A person (window, terminal, owner's token) or a machine (issued token, MCP, webhook, model).
/// Only a person answers approvals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Principal {
    Person { name: String },
    Machine { name: String },
}

impl Principal {
    /// The person who owns this data folder.
    #[must_use]
    pub fn owner() -> Self {
        Self::Person {
            name: "owner".to_owned(),
        }
    }

    /// Something that acts for the person and is none.
    #[must_use]
    pub fn machine(name: impl Into<String>) -> Self {
        Self::Machine { name: name.into() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person { name } | Self::Machine { name } => name,
        }
    }

    /// Whether this principal may answer for a person.
    #[must_use]
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person { .. })
    }
}
