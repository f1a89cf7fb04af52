//! Who may call a command. Every entry of the table states one of these rules.

use krake_domain::principal::Principal;

use crate::error::{ApiError, Code};

/// The rule of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody who reaches the port, without a token.
    Public,
    /// Any principal: it only looks.
    Reader,
    /// Any principal: it changes something that policy and approvals still stand before.
    Writer,
    /// Only a person: it answers for one.
    Person,
}

impl Access {
    /// Whether this principal may pass; `None` is a caller without a token.
    ///
    /// # Errors
    /// [`Code::NoToken`] or [`Code::NoAccess`].
    pub fn check(self, who: Option<&Principal>) -> Result<(), ApiError> {
        match (self, who) {
            (Self::Public, _) | (Self::Reader | Self::Writer, Some(_)) => Ok(()),
            (Self::Person, Some(principal)) if principal.is_person() => Ok(()),
            (Self::Person, Some(_)) => Err(only_a_person()),
            (_, None) => Err(ApiError::new(Code::NoToken, "this call needs the owner's token")
                .hint("send `Authorization: Bearer …` with the content of `api-token` in the data folder")),
        }
    }
}

/// The answer to a machine that tries to decide for a person.
#[must_use]
pub fn only_a_person() -> ApiError {
    ApiError::new(Code::NoAccess, "only a person may do this")
        .hint("answer in the window, with `krake approvals`, or with the owner's own token")
}
