//! Questions that no account was asked, because what a budget leaves is nothing: written down like the
//! calls that a budget refuses, so that a person finds both in one place.

use krake_domain::budget::{RefusedCall, RefusedFor};
use krake_domain::id::CallId;
use krake_engine::accounts::{Candidate, Choice, Standing, Why};
use uuid::Uuid;

use super::AccountError;
use super::call::Purpose;
use super::choose::spent;
use crate::clock;
use crate::handle::Runtime;

impl Runtime {
    /// Writes down the budget that kept the first account of a choice from being asked; nothing where
    /// another reason did, or where some account can be asked.
    ///
    /// # Errors
    /// The disk refused.
    pub(crate) async fn keep_refusal(
        &self,
        choice: &Choice,
        candidates: &[Candidate],
        purpose: &Purpose,
    ) -> Result<(), AccountError> {
        if choice.first().is_some() {
            return Ok(());
        }
        let for_budget =
            |standing: &Standing| matches!(standing, Standing::Refused(Why::Budget(_)));
        let first = choice.ranked.iter().find(|one| for_budget(&one.standing));
        let candidate = first.and_then(|first| {
            let mut all = candidates.iter();
            all.find(|candidate| candidate.account.id == first.account)
        });
        let Some(candidate) = candidate else {
            return Ok(());
        };
        let now = clock::now();
        let budgets = self.store().spent_of_budgets(now).await?;
        let Some((budget, used)) = spent(&budgets, &candidate.account) else {
            return Ok(());
        };
        let refused = RefusedCall {
            id: CallId::from_uuid(Uuid::now_v7()),
            at: now,
            budget: budget.id,
            account: candidate.account.id,
            project: purpose.project.clone(),
            run: purpose.run.clone(),
            purpose: purpose.word.clone(),
            model: None,
            reason: RefusedFor::Spent,
            unit: budget.unit,
            cap: budget.cap,
            spent: Some(used.counted),
            wanted: None,
        };
        Ok(self.store().keep_refused_call(refused).await?)
    }
}
