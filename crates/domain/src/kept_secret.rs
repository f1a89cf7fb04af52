//! Secrets that were found in what came in, and what a person wants done with their words.

use serde::{Deserialize, Serialize};

use crate::id::{KeptSecretId, SessionId};
use crate::time::Timestamp;

/// What becomes of the words of a secret when a token takes their place.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SecretPolicy {
    /// They are gone from here; the file that they came from still holds them.
    #[default]
    Drop,
    /// They are kept, sealed under a key that rests in the vault.
    Encrypt,
}

impl SecretPolicy {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Encrypt => "encrypt",
        }
    }
}

/// A secret that is kept, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecret {
    pub id: KeptSecretId,
    /// `openai_key`, `private_key`, `password` …
    pub kind: String,
    /// What stands in its place. Two secrets may share one.
    pub token: String,
    /// The session that it was first found in.
    pub session: Option<SessionId>,
    /// The title of that session, where it is still here.
    pub title: Option<String>,
    pub found_at: Timestamp,
}
