//! Accounts that ran out, and a person who knows that one of them works again.

use std::collections::BTreeMap;

use krake_domain::draft::{RunOut, RunOutSource};
use krake_domain::id::{AccountId, DraftId};
use krake_domain::limit::{LimitSeen, LimitSource, Span};
use krake_domain::time::Timestamp;
use krake_engine::accounts::ran_out;

use super::AccountError;
use crate::clock;
use crate::handle::Runtime;

impl Runtime {
    /// The accounts that a log said ran out, where that still lasts at `now`.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub async fn ran_out(
        &self,
        now: Timestamp,
    ) -> Result<BTreeMap<AccountId, RunOut>, AccountError> {
        Ok(ran_out(&self.store().drafts_in_force().await?, now))
    }

    /// Takes a person's word that an account works again: what was drafted because it ran out is over,
    /// and of each window that was seen used up nobody knows what is left. Credit that a provider says
    /// is gone comes back by a test, which asks that provider.
    ///
    /// # Errors
    /// There is no such account, or the disk refused.
    pub async fn works_again(&self, id: AccountId) -> Result<(), AccountError> {
        self.load_account(id).await?;
        let (now, store) = (clock::now(), self.store());
        let drafts = store.drafts_in_force().await?;
        let over: Vec<DraftId> = drafts
            .iter()
            .filter(|draft| draft.run_out.account == Some(id))
            .filter(|draft| draft.run_out.source != RunOutSource::Credit)
            .map(|draft| draft.id)
            .collect();
        store.drafts_are_over(over, now).await?;
        let mut newest = store.newest_limits().await?;
        let used_up = newest.remove(&id).unwrap_or_default();
        let unknown = used_up
            .into_iter()
            .filter(|look| look.is_used_up(now) && look.span != Span::Minute)
            .map(|look| LimitSeen {
                remaining: None,
                resets_at: None,
                seen_at: now,
                source: LimitSource::Manual,
                ..look
            });
        Ok(store.keep_limits(id, unknown.collect()).await?)
    }
}
