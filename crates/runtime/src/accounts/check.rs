//! Whether accounts can be reached: each is asked for its list of models.

use std::time::Instant;

use futures_util::StreamExt as _;
use krake_domain::account::{Account, AccountStatus, Check, CheckOutcome};
use krake_domain::id::{AccountId, WorkspaceId};
use krake_llm::{Caps, Message, ModelError, Probed, Request, ToolChoice, probe};
use tokio_util::sync::CancellationToken;

use super::call::Purpose;
use super::{AccountError, limits};
use crate::clock;
use crate::handle::Runtime;

/// Accounts that are asked at the same time.
const AT_ONCE: usize = 8;

impl Runtime {
    /// Tries to reach an account and keeps what came of it, with what its answer told of limits.
    ///
    /// # Errors
    /// There is no such account, it is not called, or the disk refused. That it could not be
    /// reached is no error but the outcome.
    pub async fn check_account(&self, id: AccountId) -> Result<Check, AccountError> {
        let account = self.load_account(id).await?;
        if !account.provider.is_called() {
            return Err(AccountError::NotCalled(account.provider));
        }
        self.check(&account).await
    }

    /// Tries every account that is called and in use; how many those were.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn check_accounts(&self) -> Result<usize, AccountError> {
        let all = self.store().list_accounts(WorkspaceId::PERSONAL).await?;
        let called: Vec<Account> = all
            .into_iter()
            .filter(|account| {
                account.provider.is_called() && account.status == AccountStatus::Active
            })
            .collect();
        let count = called.len();
        let mut checks = futures_util::stream::iter(called)
            .map(|account| async move { self.check(&account).await })
            .buffer_unordered(AT_ONCE);
        while let Some(check) = checks.next().await {
            match check {
                // For want of a budget this one was not asked; the others are.
                Ok(_) | Err(AccountError::Budget(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    async fn check(&self, account: &Account) -> Result<Check, AccountError> {
        let begun = Instant::now();
        let asked = match self.way_of(account).await {
            Ok(setting) => {
                let cancel = self.stopping().child_token();
                match probe(&setting, self.client(), &cancel).await {
                    // Some compatible servers list no models; one token tells as much.
                    Err(ModelError::BadRequest { .. }) if account.model.is_some() => {
                        self.ask_one_token(account, &cancel).await
                    }
                    probed => probed.map_err(AccountError::Model),
                }
            }
            Err(AccountError::Store(error)) => return Err(error.into()),
            Err(error) => Err(error),
        };
        let (outcome, said) = match &asked {
            Ok(probed) => (CheckOutcome::Reached, reached(account, probed)),
            Err(AccountError::Model(error)) => (sorted(error), error.to_string()),
            // Nobody was asked; that says nothing about the account.
            Err(error @ AccountError::Budget(_)) => return Err(error.clone()),
            Err(AccountError::Vault(error)) => (CheckOutcome::NoKey, error.in_full()),
            Err(error) => (CheckOutcome::NoKey, error.to_string()),
        };
        let check = Check {
            at: clock::now(),
            outcome,
            said,
            took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        self.store().keep_check(account.id, check.clone()).await?;
        let seen = match &asked {
            Ok(probed) => limits::of_headers(&probed.limits),
            Err(_) => Vec::new(),
        };
        self.store().keep_limits(account.id, seen).await?;
        Ok(check)
    }
}

impl Runtime {
    /// The cheapest question there is, reserved like any other.
    async fn ask_one_token(
        &self,
        account: &Account,
        cancel: &CancellationToken,
    ) -> Result<Probed, AccountError> {
        let request = Request {
            system: String::new(),
            messages: vec![Message::User("hi".to_owned())],
            tools: Vec::new(),
            choice: ToolChoice::None,
            max_tokens: 1,
            temperature: None,
        };
        let purpose = Purpose {
            word: "check".to_owned(),
            ..Purpose::default()
        };
        let asked = self.ask_account(account, &purpose, &request, Caps::default(), cancel);
        let answered = asked.await?;
        Ok(Probed {
            models: vec![answered.model],
            limits: answered.answer.limits,
        })
    }
}

fn reached(account: &Account, probed: &Probed) -> String {
    let count = probed.models.len();
    match &account.model {
        Some(model) if !probed.models.contains(model) => {
            format!("{count} models, `{model}` not among them")
        }
        _ => format!("{count} models"),
    }
}

/// What a failure means for the health of the account.
pub(crate) fn sorted(error: &ModelError) -> CheckOutcome {
    match error {
        ModelError::NoAccess { .. } => CheckOutcome::NoAccess,
        ModelError::RateLimited { .. } | ModelError::Overloaded { .. } => CheckOutcome::RateLimited,
        ModelError::OutOfCredit { .. } => CheckOutcome::OutOfCredit,
        ModelError::BadAnswer { .. }
        | ModelError::BadRequest { .. }
        | ModelError::TooLarge { .. } => CheckOutcome::Unreadable,
        _ => CheckOutcome::Unreachable,
    }
}
