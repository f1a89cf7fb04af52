//! The one error of the door: a code to decide on, a sentence to read, a hint to act on.

use serde::{Deserialize, Serialize};

/// What went wrong, sorted by what the caller can do. Each has a page in `docs/errors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    BadInput,
    NotJson,
    TooLarge,
    TooDeep,
    NoToken,
    NoAccess,
    WrongHost,
    WrongOrigin,
    NotFound,
    NoRoute,
    WrongMethod,
    Conflict,
    AlreadyAnswered,
    Expired,
    PlanInvalid,
    PlanningUnavailable,
    ModelFailed,
    VaultLocked,
    VaultDenied,
    VaultMissing,
    BudgetSpent,
    CommitFailed,
    KeyReused,
    KeyUnfinished,
    ReadOnly,
    OwnershipLost,
    Stopping,
    Busy,
    DiskFull,
    Corrupt,
    Internal,
}

impl Code {
    /// Every code, for the tests and the documents that must cover all of them.
    pub const ALL: [Self; 31] = [
        Self::BadInput,
        Self::NotJson,
        Self::TooLarge,
        Self::TooDeep,
        Self::NoToken,
        Self::NoAccess,
        Self::WrongHost,
        Self::WrongOrigin,
        Self::NotFound,
        Self::NoRoute,
        Self::WrongMethod,
        Self::Conflict,
        Self::AlreadyAnswered,
        Self::Expired,
        Self::PlanInvalid,
        Self::PlanningUnavailable,
        Self::ModelFailed,
        Self::VaultLocked,
        Self::VaultDenied,
        Self::VaultMissing,
        Self::BudgetSpent,
        Self::CommitFailed,
        Self::KeyReused,
        Self::KeyUnfinished,
        Self::ReadOnly,
        Self::OwnershipLost,
        Self::Stopping,
        Self::Busy,
        Self::DiskFull,
        Self::Corrupt,
        Self::Internal,
    ];

    /// The HTTP status that carries it.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadInput | Self::TooDeep => 400,
            Self::NoToken => 401,
            Self::BudgetSpent => 402,
            Self::NoAccess | Self::WrongOrigin | Self::VaultDenied => 403,
            Self::NotFound | Self::NoRoute => 404,
            Self::WrongMethod => 405,
            Self::Conflict | Self::AlreadyAnswered | Self::Expired | Self::CommitFailed => 409,
            Self::KeyReused | Self::KeyUnfinished | Self::ReadOnly => 409,
            Self::TooLarge => 413,
            Self::NotJson => 415,
            Self::WrongHost => 421,
            Self::PlanInvalid | Self::PlanningUnavailable => 422,
            Self::VaultLocked => 423,
            Self::VaultMissing => 424,
            Self::Corrupt | Self::Internal => 500,
            Self::ModelFailed => 502,
            Self::OwnershipLost | Self::Stopping | Self::Busy => 503,
            Self::DiskFull => 507,
        }
    }

    /// The word on the wire and the name of the page.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "bad_input",
            Self::NotJson => "not_json",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::NoToken => "no_token",
            Self::NoAccess => "no_access",
            Self::WrongHost => "wrong_host",
            Self::WrongOrigin => "wrong_origin",
            Self::NotFound => "not_found",
            Self::NoRoute => "no_route",
            Self::WrongMethod => "wrong_method",
            Self::Conflict => "conflict",
            Self::AlreadyAnswered => "already_answered",
            Self::Expired => "expired",
            Self::PlanInvalid => "plan_invalid",
            Self::PlanningUnavailable => "planning_unavailable",
            Self::ModelFailed => "model_failed",
            Self::VaultLocked => "vault_locked",
            Self::VaultDenied => "vault_denied",
            Self::VaultMissing => "vault_missing",
            Self::BudgetSpent => "budget_spent",
            Self::CommitFailed => "commit_failed",
            Self::KeyReused => "key_reused",
            Self::KeyUnfinished => "key_unfinished",
            Self::ReadOnly => "read_only",
            Self::OwnershipLost => "ownership_lost",
            Self::Stopping => "stopping",
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::Corrupt => "corrupt",
            Self::Internal => "internal",
        }
    }
}

/// What every command answers when it cannot do what was asked.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema, thiserror::Error,
)]
#[error("{message}")]
pub struct ApiError {
    pub code: Code,
    /// What was wrong and where: names the field and what was expected.
    pub message: String,
    /// What can be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Facts to decide on: the state that is there, the positions in a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<serde_json::Value>>,
}

impl ApiError {
    /// An error of that code.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            details: None,
        }
    }

    /// The same with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with facts to decide on.
    #[must_use]
    pub fn details(mut self, details: serde_json::Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// What is asked for does not exist.
    #[must_use]
    pub fn not_found(noun: &str, id: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("there is no {noun} `{id}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_page_and_its_word() {
        for code in Code::ALL {
            let page = format!(
                "{}/../../docs/errors/{}.md",
                env!("CARGO_MANIFEST_DIR"),
                code.as_str()
            );
            let text =
                std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{page}: {error}"));
            assert!(
                text.starts_with(&format!("# {}\n", code.as_str())),
                "{page}"
            );
            assert!(text.contains("## What to do"), "{page}");
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn the_list_of_codes_is_whole() {
        let schema = schemars::schema_for!(Code);
        let words = schema.get("enum").unwrap().as_array().unwrap();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
