//! What can go wrong with a call, sorted by what the caller can do about it.

use std::net::IpAddr;
use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};

/// Where a call was when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Lookup,
    Connect,
    /// Waiting for the header of the answer.
    Answer,
    /// Nothing came for too long in the middle of the body.
    Idle,
    /// The whole took too long.
    Total,
}

/// The closed set. Texts name origins and never a whole URL, a header's value or a body, which may
/// hold secrets; only [`HttpError::BadUrl`] repeats what the caller gave.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("`{url}` is no address that can be called: {why}")]
    BadUrl { url: String, why: String },
    #[error("the header `{name}` cannot be sent: {why}")]
    BadHeader { name: String, why: &'static str },
    /// The rule of addresses says no.
    #[error("{host} was not called: {address} is {why}")]
    Refused {
        host: String,
        address: IpAddr,
        why: &'static str,
    },
    #[error("a secret that is bound to {bound} was not sent to {asked}")]
    SecretElsewhere { bound: String, asked: String },
    #[error("{host} is not known: {why}")]
    Dns { host: String, why: String },
    #[error("no connection to {origin}: {why}")]
    Connect { origin: String, why: String },
    /// Somebody answers and is not who was asked for, or no encryption could be agreed on.
    #[error("no trusted connection to {origin}: {why}")]
    Tls { origin: String, why: String },
    #[error("{origin} took longer than {} ms{}", after.as_millis(), in_phase(*phase))]
    Timeout {
        origin: String,
        phase: Phase,
        after: Duration,
        sent: bool,
    },
    /// The connection ended before the answer did.
    #[error("the answer of {origin} was cut off: {why}")]
    Cut { origin: String, why: String },
    /// Somebody answers, but not in HTTP, or not in the encoding that it names.
    #[error("{origin} sent an answer that cannot be read: {why}")]
    BadAnswer { origin: String, why: String },
    #[error("the {part} of the answer of {origin} is larger than {cap} bytes")]
    TooLarge {
        origin: String,
        part: &'static str,
        cap: u64,
    },
    #[error("the redirect of {from} was not followed: {why}")]
    Redirect { from: String, why: String },
    #[error("the call to {origin} was cancelled")]
    Cancelled { origin: String, sent: bool },
}

impl HttpError {
    /// Whether the other side can have received the request, and so can have acted on it.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::BadUrl { .. }
            | Self::BadHeader { .. }
            | Self::Refused { .. }
            | Self::SecretElsewhere { .. }
            | Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. } => false,
            Self::Timeout { sent, .. } | Self::Cancelled { sent, .. } => *sent,
            // Redirects are followed for calls that change nothing.
            Self::Cut { .. }
            | Self::BadAnswer { .. }
            | Self::TooLarge { .. }
            | Self::Redirect { .. } => true,
        }
    }

    /// The failure of a step. `changes` says whether the call was to change anything at the other
    /// side: then what may have arrived has an unknown outcome.
    #[must_use]
    pub fn into_failure(self, changes: bool) -> Failure {
        let class = match &self {
            Self::Cancelled { .. } => FailureClass::Cancelled,
            _ if changes && self.may_have_arrived() => FailureClass::UnknownOutcome,
            // Trying again leads to the same rule, so nobody is asked whether to.
            Self::BadUrl { .. }
            | Self::BadHeader { .. }
            | Self::Refused { .. }
            | Self::SecretElsewhere { .. }
            | Self::Redirect { .. } => FailureClass::BadInput,
            Self::Timeout { .. } => FailureClass::Timeout,
            Self::Dns { .. } | Self::Connect { .. } | Self::Tls { .. } | Self::Cut { .. } => {
                FailureClass::Unavailable
            }
            Self::BadAnswer { .. } => FailureClass::BadOutput,
            Self::TooLarge { .. } => FailureClass::TooLarge,
        };
        Failure::new(class, self.to_string())
    }
}

fn in_phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Lookup => " to be found",
        Phase::Connect => " to be connected to",
        Phase::Answer => " to begin its answer",
        Phase::Idle => " to send the next piece of its answer",
        Phase::Total => " in all",
    }
}
