//! What is seen of the limits of accounts: in answers, in refusals, and by a person.

use std::time::Duration;

use krake_domain::amount::Amount;
use krake_domain::id::AccountId;
use krake_domain::limit::{LimitSeen, LimitSource, Span};
use krake_domain::time::Timestamp;
use krake_engine::accounts::span_of_header;
use krake_llm::RateLimits;

use super::AccountError;
use crate::clock;
use crate::handle::Runtime;

/// The unit of what a refusal takes away.
const REFUSED: &str = "calls";

/// What a person read somewhere.
pub struct ManualLimit {
    pub span: Span,
    pub unit: String,
    pub limit: Option<Amount>,
    pub remaining: Amount,
    pub resets_at: Option<Timestamp>,
}

impl Runtime {
    /// Keeps what a person says is left.
    ///
    /// # Errors
    /// There is no such account, or the disk refused.
    pub async fn note_limit(&self, id: AccountId, told: ManualLimit) -> Result<(), AccountError> {
        self.load_account(id).await?;
        let seen = LimitSeen {
            span: told.span,
            unit: told.unit,
            limit: told.limit,
            remaining: Some(told.remaining),
            resets_at: told.resets_at,
            seen_at: clock::now(),
            source: LimitSource::Manual,
        };
        Ok(self.store().keep_limits(id, vec![seen]).await?)
    }
}

/// What the headers of an answer told.
pub(crate) fn of_headers(limits: &RateLimits) -> Vec<LimitSeen> {
    limits
        .windows
        .iter()
        .filter(|window| window.remaining.is_some())
        .map(|window| LimitSeen {
            span: span_of_header(&window.name, window.resets_at, limits.at),
            unit: window.name.clone(),
            limit: window.limit.map(Amount::whole),
            remaining: window.remaining.map(Amount::whole),
            resets_at: window.resets_at,
            seen_at: limits.at,
            source: LimitSource::Headers,
        })
        .collect()
}

/// The windows of refusals that an answer at `now` shows to be open again: nobody knows what is left
/// of them.
pub(crate) fn open_again(newest: Vec<LimitSeen>, now: Timestamp) -> Vec<LimitSeen> {
    newest
        .into_iter()
        .filter(|look| look.source == LimitSource::Refusal && look.is_used_up(now))
        .map(|look| LimitSeen {
            remaining: None,
            resets_at: None,
            seen_at: now,
            source: LimitSource::Headers,
            ..look
        })
        .collect()
}

/// Whether this look says that an account answered after it had refused.
pub(crate) fn is_answer_after_refusal(look: &LimitSeen) -> bool {
    look.unit == REFUSED && look.source == LimitSource::Headers && look.remaining.is_none()
}

/// What a refusal for too many calls told: nothing is left until it may be tried again.
pub(crate) fn of_refusal(retry_after: Option<Duration>, now: Timestamp) -> LimitSeen {
    // Without a word from the provider it is tried again in a minute.
    let wait = retry_after.unwrap_or(Duration::from_secs(60));
    let span = match wait.as_secs() {
        0..=600 => Span::Minute,
        601..=18_000 => Span::FiveHours,
        _ => Span::Day,
    };
    LimitSeen {
        span,
        unit: REFUSED.to_owned(),
        limit: None,
        remaining: Some(Amount::ZERO),
        resets_at: Some(now.plus(wait)),
        seen_at: now,
        source: LimitSource::Refusal,
    }
}
