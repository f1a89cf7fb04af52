//! An account at a provider: a key that Krake may call with, or a subscription that a person uses
//! in its own app.

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, CredentialId, WorkspaceId};
use crate::own_price::OwnPrice;
use crate::time::Timestamp;

/// Who answers, and how it is spoken to.
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
pub enum Provider {
    Anthropic,
    #[serde(rename = "openai")]
    OpenAi,
    Gemini,
    /// Anybody who speaks chat completions, at a base address of its own.
    #[serde(rename = "openai_compatible")]
    OpenAiCompatible,
    Ollama,
    /// A Claude subscription, in its app or its command-line tool.
    ClaudeApp,
    #[serde(rename = "chatgpt_app")]
    ChatGptApp,
    GeminiApp,
    Other,
}

/// Whether a provider is called with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    Needed,
    Possible,
    /// Krake does not call it.
    Never,
}

impl Provider {
    pub const ALL: [Self; 9] = [
        Self::Anthropic,
        Self::OpenAi,
        Self::Gemini,
        Self::OpenAiCompatible,
        Self::Ollama,
        Self::ClaudeApp,
        Self::ChatGptApp,
        Self::GeminiApp,
        Self::Other,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
            Self::OpenAiCompatible => "openai_compatible",
            Self::Ollama => "ollama",
            Self::ClaudeApp => "claude_app",
            Self::ChatGptApp => "chatgpt_app",
            Self::GeminiApp => "gemini_app",
            Self::Other => "other",
        }
    }

    /// The provider that a person means: its word in any case, or the name of its app.
    #[must_use]
    pub fn meant(text: &str) -> Option<Self> {
        let word: String = text
            .trim()
            .chars()
            .map(|c| match c {
                ' ' | '-' => '_',
                c => c.to_ascii_lowercase(),
            })
            .collect();
        let known = Self::ALL.into_iter().find(|known| known.as_str() == word);
        known.or(match word.as_str() {
            "claude" | "claude_ai" | "claude.ai" | "claude_code" => Some(Self::ClaudeApp),
            "chatgpt" | "codex" => Some(Self::ChatGptApp),
            "google" | "google_gemini" => Some(Self::Gemini),
            _ => None,
        })
    }

    #[must_use]
    pub fn key(self) -> KeyUse {
        match self {
            Self::Anthropic | Self::OpenAi | Self::Gemini => KeyUse::Needed,
            // A server on this machine often has none.
            Self::OpenAiCompatible | Self::Ollama => KeyUse::Possible,
            Self::ClaudeApp | Self::ChatGptApp | Self::GeminiApp | Self::Other => KeyUse::Never,
        }
    }

    /// Whether Krake can call it.
    #[must_use]
    pub fn is_called(self) -> bool {
        self.key() != KeyUse::Never
    }
}

/// Which of OpenAI's two formats is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenAiFormat {
    Chat,
    Responses,
}

/// Whether a person wants it used.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    #[default]
    Active,
    /// Kept, and chosen for nothing.
    Paused,
}

/// What came of the last try to reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub at: Timestamp,
    pub outcome: CheckOutcome,
    /// In words, without the key.
    pub said: String,
    pub took_ms: u64,
}

/// How a check ended, sorted by what can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Reached,
    /// The provider refuses the key.
    NoAccess,
    RateLimited,
    OutOfCredit,
    Unreachable,
    /// It answers something else than documented.
    Unreadable,
    /// The key cannot be had: the keychain is locked, gone, or does not give it.
    NoKey,
}

/// One account. Its secret is not in it, only the name under which the vault keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub workspace: WorkspaceId,
    /// Unique in its workspace.
    pub name: String,
    pub email: Option<String>,
    pub provider: Provider,
    /// What was bought: `Pro`, `Max`, `pay as you go`.
    pub plan: Option<String>,
    /// What it is best at, in the person's words.
    pub specialization: Option<String>,
    pub tags: Vec<String>,
    pub status: AccountStatus,
    /// Where it is called, where that is not the provider's own place.
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub format: Option<OpenAiFormat>,
    /// What its models cost, where a person said it.
    pub prices: Vec<OwnPrice>,
    pub credential: Option<CredentialId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub check: Option<Check>,
}

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "VaultPlace")]
pub enum Place {
    /// The keychain of the system.
    Keychain,
    /// The encrypted file in the data folder.
    File,
}

impl Place {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keychain => "keychain",
            Self::File => "file",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_meant_and_is_the_word_on_the_wire() {
        for provider in Provider::ALL {
            let word = serde_json::to_value(provider).unwrap();
            assert_eq!(word, provider.as_str());
            assert_eq!(Provider::meant(provider.as_str()), Some(provider));
        }
        for (text, meant) in [
            (" ChatGPT ", Provider::ChatGptApp),
            ("OpenAI-compatible", Provider::OpenAiCompatible),
            ("Claude AI", Provider::ClaudeApp),
            ("Google", Provider::Gemini),
        ] {
            assert_eq!(Provider::meant(text), Some(meant), "{text}");
        }
        assert_eq!(Provider::meant("sk-ant-api03-x"), None);
    }
}
