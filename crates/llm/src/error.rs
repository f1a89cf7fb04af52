//! What can go wrong with a model, sorted by what the caller can do about it.

use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};

/// One closed set for all providers. `said` holds the provider's own words, cut and without the
/// key; whoever shows them makes hidden characters visible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Too many calls or tokens for this key; waiting helps.
    #[error("the provider limits the rate of calls: {said}")]
    RateLimited {
        retry_after: Option<Duration>,
        said: String,
    },
    /// The provider has no room for anybody; waiting helps.
    #[error("the provider is overloaded: {said}")]
    Overloaded {
        retry_after: Option<Duration>,
        said: String,
    },
    /// Nobody answers, or the other side answers with a fault of its own.
    #[error("the model cannot be reached: {said}")]
    Unavailable { said: String },
    /// The key is missing, wrong, or may not do this.
    #[error("the provider refuses the key: {said}")]
    NoAccess { said: String },
    /// The account has nothing left; waiting does not help.
    #[error("the account has no credit left: {said}")]
    OutOfCredit { said: String },
    /// The provider does not take this request, for example because it has no such model.
    #[error("the provider does not take the request: {said}")]
    BadRequest { said: String },
    #[error("the request is longer than the model can read: {said}")]
    ContextTooLong { said: String },
    /// The model or its provider declined to answer.
    #[error("the model declined: {said}")]
    Refused { said: String },
    /// The answer ended before its end marker, or at the largest length that was asked for.
    #[error("the answer is not complete: {why}")]
    Incomplete { why: String },
    /// What came is not an answer in the documented form.
    #[error("the answer cannot be read: {why}")]
    BadAnswer { why: String },
    /// A cap of ours, named.
    #[error("the answer is too large: more than {cap} {what}")]
    TooLarge { what: &'static str, cap: u64 },
    #[error("cancelled")]
    Cancelled,
    #[error("{what} took longer than {} ms", after.as_millis())]
    Timeout { what: &'static str, after: Duration },
}

impl ModelError {
    /// Its rung of the recovery ladder. A model call changes nothing outside, so none of these
    /// leaves an outcome unknown.
    #[must_use]
    pub fn class(&self) -> FailureClass {
        match self {
            Self::RateLimited { .. } => FailureClass::RateLimited,
            Self::Overloaded { .. } | Self::Unavailable { .. } | Self::Incomplete { .. } => {
                FailureClass::Unavailable
            }
            Self::NoAccess { .. } | Self::OutOfCredit { .. } => FailureClass::NoAccess,
            Self::BadRequest { .. } | Self::ContextTooLong { .. } | Self::Refused { .. } => {
                FailureClass::BadInput
            }
            Self::BadAnswer { .. } => FailureClass::BadOutput,
            Self::TooLarge { .. } => FailureClass::TooLarge,
            Self::Cancelled => FailureClass::Cancelled,
            Self::Timeout { .. } => FailureClass::Timeout,
        }
    }

    /// How long the other side asked to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// The same with other words, where it repeats words of others.
    pub(crate) fn map_words(mut self, change: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::RateLimited { said, .. }
            | Self::Overloaded { said, .. }
            | Self::Unavailable { said }
            | Self::NoAccess { said }
            | Self::OutOfCredit { said }
            | Self::BadRequest { said }
            | Self::ContextTooLong { said }
            | Self::Refused { said }
            | Self::Incomplete { why: said }
            | Self::BadAnswer { why: said } => *said = change(said),
            Self::TooLarge { .. } | Self::Cancelled | Self::Timeout { .. } => {}
        }
        self
    }

    pub(crate) fn bad_answer(why: impl Into<String>) -> Self {
        Self::BadAnswer { why: why.into() }
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        let wait = error.retry_after().map(|wait| wait.as_millis());
        Self {
            retry_after_ms: wait.map(|ms| u64::try_from(ms).unwrap_or(u64::MAX)),
            ..Self::new(error.class(), error.to_string())
        }
    }
}

/// The provider's words, short enough for a message.
pub(crate) fn cut(text: &str) -> String {
    const MOST: usize = 500;
    let text = text.trim();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_was_told_reaches_the_ladder() {
        let failure = Failure::from(ModelError::RateLimited {
            retry_after: Some(Duration::from_millis(1500)),
            said: "slow down".into(),
        });
        assert_eq!(failure.class, FailureClass::RateLimited);
        assert_eq!(failure.retry_after_ms, Some(1500));
        let failure = Failure::from(ModelError::OutOfCredit {
            said: "no money".into(),
        });
        assert_eq!(
            (failure.class, failure.retry_after_ms),
            (FailureClass::NoAccess, None)
        );
    }

    #[test]
    fn long_words_are_cut_between_letters() {
        assert_eq!(cut("  short "), "short");
        let long = cut(&"ü".repeat(600));
        assert_eq!(long.chars().count(), 502);
    }
}
