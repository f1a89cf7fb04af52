//! What went wrong below the door, as the door says it.

use krake_edge::vault::VaultError;
use krake_engine::execution::NotAdopted;
use krake_runtime::handoff::DeliverError;
use krake_runtime::{
    AccountError, AnswerError, CommandError, ProposeError, RerunError, ReviseError, SecretError,
    TriageError,
};
use krake_store::StoreError;
use serde_json::json;

use crate::access::only_a_person;
use crate::drafts::answered;
use crate::error::{ApiError, Code};
use crate::visible::visible;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotFound(_) => Code::NotFound,
            StoreError::ReadOnly => Code::ReadOnly,
            StoreError::Zombie | StoreError::Owned { .. } => Code::OwnershipLost,
            StoreError::Stopped => Code::Stopping,
            StoreError::DiskFull => Code::DiskFull,
            StoreError::Busy => Code::Busy,
            StoreError::Corrupt(_) | StoreError::Erased { .. } | StoreError::RolledBack { .. } => {
                Code::Corrupt
            }
            _ => Code::Internal,
        };
        let fault = Self::new(code, error.to_string());
        match error {
            StoreError::Corrupt(_) => fault.hint(
                "stop Krake, look with `krake backup list`, and put a backup in its place with `krake backup restore`; the damaged file is kept",
            ),
            _ => fault,
        }
    }
}

impl From<ProposeError> for ApiError {
    fn from(error: ProposeError) -> Self {
        match error {
            ProposeError::Store(error) => error.into(),
            ProposeError::Inputs(_) | ProposeError::Absent(_) => {
                Self::new(Code::BadInput, error.to_string())
            }
            ProposeError::Plan(_) => Self::new(Code::PlanInvalid, error.to_string()),
            ProposeError::Stopping => Self::new(Code::Stopping, error.to_string()),
        }
    }
}

impl From<RerunError> for ApiError {
    fn from(error: RerunError) -> Self {
        match error {
            RerunError::Propose(error) => error.into(),
            RerunError::NotAdopted(NotAdopted::StillRuns(status)) => {
                Self::new(Code::Conflict, error.to_string()).details(json!({ "status": status }))
            }
            RerunError::NotAdopted(NotAdopted::StillAtWork) => {
                Self::new(Code::Conflict, error.to_string())
            }
            RerunError::NotAdopted(NotAdopted::NoSuchStep(_)) => {
                Self::new(Code::BadInput, format!("field `from`: {error}"))
            }
        }
    }
}

impl From<ReviseError> for ApiError {
    fn from(error: ReviseError) -> Self {
        match error {
            ReviseError::Command(error) => error.into(),
            ReviseError::Inputs(_) | ReviseError::Absent(_) => {
                Self::new(Code::BadInput, error.to_string())
            }
            ReviseError::Outdated { version, .. } => Self::new(Code::Conflict, error.to_string())
                .hint("look at the plan as it is now, and change that")
                .details(json!({ "version": version })),
            ReviseError::Refused(_) => Self::new(Code::Conflict, error.to_string())
                .hint("what has started stays as it is; `executions rerun` makes a new execution"),
        }
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Store(error) => error.into(),
            CommandError::NotFound => Self::new(Code::NotFound, error.to_string()),
            CommandError::Conflict(status) => {
                Self::new(Code::Conflict, error.to_string()).details(json!({ "status": status }))
            }
            CommandError::NotAPerson => only_a_person(),
            CommandError::Stopping => Self::new(Code::Stopping, error.to_string()),
        }
    }
}

impl From<TriageError> for ApiError {
    fn from(error: TriageError) -> Self {
        match error {
            TriageError::Store(error) => error.into(),
            TriageError::NotFound(_) => Self::new(Code::NotFound, error.to_string()),
            TriageError::NeedsAnswer(_) => Self::new(Code::Conflict, error.to_string())
                .hint("answer it, or snooze it until later"),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::Vault(error) => error.into(),
            AccountError::NotFound => Self::new(Code::NotFound, error.to_string()),
            AccountError::Paused => Self::new(Code::Conflict, error.to_string()),
            AccountError::NameTaken => Self::new(Code::Conflict, format!("field `name`: {error}")),
            AccountError::KeyNeeded(_) | AccountError::KeyNotUsed(_) | AccountError::BadKey(_) => {
                Self::new(Code::BadInput, format!("field `key`: {error}"))
            }
            AccountError::NotCalled(_) => Self::new(Code::BadInput, error.to_string())
                .hint("it can ask accounts with a key, and those of a server of your own"),
            AccountError::Setting(_) => Self::new(Code::BadInput, error.to_string()),
            AccountError::Budget(_) => Self::new(Code::BudgetSpent, error.to_string())
                .hint("`krake budgets list` shows what is spent; a person may set another budget"),
            AccountError::Model(_) | AccountError::NoneLeft(_) => Self::new(
                Code::ModelFailed,
                crate::visible::visible_line(&error.to_string()),
            ),
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        match error {
            SecretError::Store(error) => error.into(),
            SecretError::Vault(error) => error.into(),
            SecretError::NotFound | SecretError::KeyGone => {
                Self::new(Code::NotFound, error.to_string())
            }
        }
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        let code = match &error {
            VaultError::Locked { .. } | VaultError::WrongPassphrase => Code::VaultLocked,
            VaultError::Denied { .. } => Code::VaultDenied,
            VaultError::Missing { .. } => Code::VaultMissing,
            VaultError::Absent => Code::NotFound,
            VaultError::TooLarge { .. } => Code::TooLarge,
            VaultError::WeakPassphrase { .. } | VaultError::Io { .. } => Code::BadInput,
            VaultError::Exists => Code::Conflict,
            VaultError::Broken { .. } => Code::Corrupt,
        };
        let mut told = Self::new(code, crate::visible::visible_line(&error.to_string()));
        if let Some(way) = error.way_out() {
            told = told.hint(way);
        }
        match error.detail() {
            Some(detail) => told.details(json!({
                "detail": crate::visible::visible_line(detail)
            })),
            None => told,
        }
    }
}

impl From<AnswerError> for ApiError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Store(error) => error.into(),
            AnswerError::NotFound => Self::new(Code::NotFound, error.to_string()),
            AnswerError::Conflict(_) => Self::new(Code::AlreadyAnswered, error.to_string()),
            AnswerError::Expired => Self::new(Code::Expired, error.to_string()),
            AnswerError::NotAPerson => only_a_person(),
            AnswerError::BadVerdict(_) | AnswerError::BadAnswer(_) => {
                Self::new(Code::BadInput, error.to_string())
            }
            AnswerError::Stopping => Self::new(Code::Stopping, error.to_string()),
        }
    }
}

impl From<DeliverError> for ApiError {
    fn from(error: DeliverError) -> Self {
        match error {
            DeliverError::Answered => answered(),
            DeliverError::Stopping => Self::new(Code::Stopping, error.to_string()),
            DeliverError::Store(error) => error.into(),
            DeliverError::NotCommitted { ref said } => {
                Self::new(Code::CommitFailed, visible(&error.to_string()).into_owned())
                    .hint(
                        "mend it and hand over again, or hand over without a commit (`--no-commit`, `commit` as `no`)",
                    )
                    .details(json!({ "detail": visible(said) }))
            }
        }
    }
}
