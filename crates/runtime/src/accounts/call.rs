//! A call by an account: reserved against the budgets, made, and settled, whatever becomes of it.
//!
//! **Invariant:** no request leaves before its reservation is durable, and each reservation ends:
//! settled, given back, or, where this process dies, counted in full by the next one.

use std::time::Instant;

use krake_domain::account::{Account, Check, CheckOutcome};
use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, CallEnd, Over, Period, PlannedCall, Unit};
use krake_domain::id::CallId;
use krake_engine::accounts::{Cost, Need, Tokens};
use krake_llm::{Answer, AnswerEvent, Caps, Model, ModelError, RateLimits, Request, Usage};
use krake_store::{Reserved, Store};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::cost::cost_of;
use super::{AccountError, check, limits};
use crate::clock;
use crate::handle::Runtime;
use crate::tasks::Tasks;

/// So many accounts are tried for one question.
const MOST_TRIED: usize = 3;

/// What a call is for.
#[derive(Debug, Clone, Default)]
pub struct Purpose {
    pub word: String,
    pub project: Option<String>,
    pub run: Option<String>,
}

/// The most tokens that a call can take.
#[derive(Debug, Clone, Copy)]
pub(super) struct MostTokens {
    pub input: u64,
    pub output: u64,
}

/// An answer, and whose it is.
#[derive(Debug)]
pub struct Answered {
    pub account: Account,
    pub model: String,
    pub place: String,
    pub provider: &'static str,
    pub answer: Answer,
    /// Accounts that were tried before, and why they gave none.
    pub tried: Vec<(Account, String)>,
}

impl Runtime {
    /// Asks the account that the person's rules and what is known put first; where it is limited,
    /// dry or cannot be reached, the next one. Nothing is asked twice of one account here.
    ///
    /// # Errors
    /// None can be used (none: there is no account at all that could), or the last one failed.
    pub async fn ask_accounts(
        &self,
        mut need: Need,
        purpose: &Purpose,
        request: &Request,
        caps: Caps,
        cancel: &CancellationToken,
    ) -> Result<Option<Answered>, AccountError> {
        need.called = true;
        let mut tried: Vec<(Account, String)> = Vec::new();
        loop {
            let (choice, candidates) = self.choose_account(&need).await?;
            let Some(id) = choice.first() else {
                if tried.is_empty() {
                    self.keep_refusal(&choice, &candidates, purpose).await?;
                }
                return match tried.pop() {
                    Some((_, why)) => Err(AccountError::NoneLeft(why)),
                    None => Ok(None),
                };
            };
            let account = candidates
                .into_iter()
                .map(|candidate| candidate.account)
                .find(|account| account.id == id)
                .ok_or(AccountError::NotFound)?;
            match self
                .ask_account(&account, purpose, request, caps, cancel)
                .await
            {
                Ok(answered) => return Ok(Some(Answered { tried, ..answered })),
                Err(error) if goes_on(&error) && tried.len() + 1 < MOST_TRIED => {
                    need.without.push(account.id);
                    tried.push((account, error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks this account.
    ///
    /// # Errors
    /// A budget has no room, its key cannot be had, or the model failed.
    pub async fn ask_account(
        &self,
        account: &Account,
        purpose: &Purpose,
        request: &Request,
        caps: Caps,
        cancel: &CancellationToken,
    ) -> Result<Answered, AccountError> {
        let setting = self.way_of(account).await?;
        let model = Model::find(&setting, self.client().clone(), cancel).await?;
        let cost = cost_of(account, model.name(), clock::now());
        let reach = MostTokens {
            // A token has two bytes or more of what is sent, in every script.
            input: model.bytes_of(request).div_ceil(2) as u64,
            output: u64::from(request.max_tokens),
        };
        let open = self
            .reserve(account, purpose, model.name(), reach, &cost)
            .await?;
        let begun = Instant::now();
        let mut usage = Usage::default();
        let asked = model
            .ask(request, caps, cancel, &mut |event| match event {
                AnswerEvent::Usage(told) => usage = *told,
                // A repetition starts over.
                AnswerEvent::Limits(_) => usage = Usage::default(),
                _ => {}
            })
            .await;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &asked {
            Err(error) if costs_nothing(error) => open.give_back(word(error)).await?,
            asked => {
                let outcome = asked.as_ref().err().map_or("done", |error| word(error));
                open.settle(end(usage, &cost, outcome, took_ms)).await?;
            }
        }
        let told = asked.as_ref().map(|answer| &answer.limits);
        self.learn(account, told).await?;
        Ok(Answered {
            account: account.clone(),
            model: model.name().to_owned(),
            place: model.place(),
            provider: model.wire().as_str(),
            answer: asked?,
            tried: Vec::new(),
        })
    }

    pub(super) async fn reserve(
        &self,
        account: &Account,
        purpose: &Purpose,
        model: &str,
        MostTokens { input, output }: MostTokens,
        cost: &Cost,
    ) -> Result<Open, AccountError> {
        let id = CallId::from_uuid(Uuid::now_v7());
        let planned = PlannedCall {
            id,
            account: account.id,
            project: purpose.project.clone(),
            run: purpose.run.clone(),
            purpose: purpose.word.clone(),
            model: model.to_owned(),
            at: clock::now(),
            most_usd: cost.most(input, output),
            most_tokens: Amount::whole(input.saturating_add(output)),
        };
        match self.store().reserve_call(planned).await? {
            Reserved::Reserved => Ok(Open {
                id: Some(id),
                store: self.store().clone(),
                tasks: self.deps().tasks.clone(),
            }),
            Reserved::Spent {
                budget,
                spent,
                wanted,
            } => Err(AccountError::Budget(format!(
                "{}; this call can cost up to {wanted}",
                words_of(&budget, spent)
            ))),
            Reserved::PriceUnknown { budget } => Err(AccountError::Budget(format!(
                "a budget of {} USD counts this call, and the price of `{model}` is not known; `krake accounts price` says it",
                budget.cap,
            ))),
        }
    }

    /// Keeps what a call tells about the account.
    pub(super) async fn learn(
        &self,
        account: &Account,
        asked: Result<&RateLimits, &ModelError>,
    ) -> Result<(), AccountError> {
        let now = clock::now();
        let store = self.store();
        let (seen, outcome) = match asked {
            Ok(told) => {
                let newest = store.newest_limits().await?.remove(&account.id);
                let mut seen = limits::open_again(newest.unwrap_or_default(), now);
                seen.extend(limits::of_headers(told));
                (seen, CheckOutcome::Reached)
            }
            Err(error @ ModelError::RateLimited { .. }) => {
                let refusal = limits::of_refusal(error.retry_after(), now);
                (vec![refusal], CheckOutcome::RateLimited)
            }
            Err(error @ (ModelError::OutOfCredit { .. } | ModelError::NoAccess { .. })) => {
                (Vec::new(), check::sorted(error))
            }
            // What passes says nothing lasting about the account.
            Err(_) => return Ok(()),
        };
        store.keep_limits(account.id, seen).await?;
        let known = account.check.as_ref().map(|check| check.outcome);
        if known != Some(outcome) {
            let said = asked.err().map(ToString::to_string);
            let said = said.unwrap_or_else(|| "it answered".to_owned());
            let check = Check {
                at: now,
                outcome,
                said,
                took_ms: 0,
            };
            store.keep_check(account.id, check).await?;
        }
        Ok(())
    }
}

/// A reservation that is not settled yet. Dropped, because its caller went away, it is settled as
/// cancelled: what it has cost until then is not known.
pub(super) struct Open {
    id: Option<CallId>,
    store: Store,
    tasks: Tasks,
}

impl Open {
    pub(super) async fn settle(mut self, end: CallEnd) -> Result<(), AccountError> {
        match self.id.take() {
            Some(id) => Ok(self.store.settle_call(id, end).await?),
            None => Ok(()),
        }
    }

    pub(super) async fn give_back(mut self, outcome: &str) -> Result<(), AccountError> {
        match self.id.take() {
            Some(id) => Ok(self.store.return_call(id, outcome.to_owned()).await?),
            None => Ok(()),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let store = self.store.clone();
        self.tasks.effect(async move {
            let end = end(Usage::default(), &Cost::Unknown, "cancelled", 0);
            if let Err(error) = store.settle_call(id, end).await {
                tracing::warn!(call = %id, %error, "the next start settles this call");
            }
        });
    }
}

/// A budget and what of it is spent, in words.
pub(super) fn words_of(budget: &Budget, spent: Amount) -> String {
    let unit = match budget.unit {
        Unit::Usd => "USD",
        Unit::Tokens => "tokens",
    };
    let period = match budget.period {
        Period::Day => " today",
        Period::Month => " this month",
        Period::Always => "",
    };
    let over = match &budget.over {
        Over::Everything => "all accounts".to_owned(),
        Over::Account { account_id } => format!("account {account_id}"),
        Over::Project { project_id } => format!("project {project_id}"),
        Over::Run => "each run".to_owned(),
    };
    format!(
        "the budget of {} {unit} for {over} has {spent} {unit} spent or reserved{period}",
        budget.cap
    )
}

pub(super) fn end(usage: Usage, cost: &Cost, outcome: &str, took_ms: u64) -> CallEnd {
    let Usage {
        input,
        cache_read,
        cache_write,
        output,
    } = usage;
    let tokens = Tokens {
        input,
        cache_read,
        cache_write,
        output,
    };
    CallEnd {
        at: clock::now(),
        // Of an answer that was cut only a part is known, so all of the reservation counts.
        usd: (outcome == "done").then(|| cost.of(tokens)).flatten(),
        input: (outcome == "done").then_some(input).flatten(),
        cache_read,
        cache_write,
        output: (outcome == "done").then_some(output).flatten(),
        outcome: outcome.to_owned(),
        took_ms,
    }
}

/// Whether another account may be asked instead.
fn goes_on(error: &AccountError) -> bool {
    match error {
        AccountError::Model(error) => matches!(
            error,
            ModelError::RateLimited { .. }
                | ModelError::Overloaded { .. }
                | ModelError::Unavailable { .. }
                | ModelError::OutOfCredit { .. }
                | ModelError::NoAccess { .. }
        ),
        // Another account may be local, or under no budget.
        AccountError::Budget(_) | AccountError::Vault(_) => true,
        _ => false,
    }
}

/// The provider refused it, or never had it: nobody is billed.
pub(super) fn costs_nothing(error: &ModelError) -> bool {
    matches!(
        error,
        ModelError::RateLimited { .. }
            | ModelError::Overloaded { .. }
            | ModelError::NoAccess { .. }
            | ModelError::OutOfCredit { .. }
            | ModelError::BadRequest { .. }
            | ModelError::ContextTooLong { .. }
    )
}

pub(super) fn word(error: &ModelError) -> &'static str {
    match error {
        ModelError::RateLimited { .. } => "rate_limited",
        ModelError::Overloaded { .. } => "overloaded",
        ModelError::Unavailable { .. } => "unavailable",
        ModelError::NoAccess { .. } => "no_access",
        ModelError::OutOfCredit { .. } => "out_of_credit",
        ModelError::BadRequest { .. } => "bad_request",
        ModelError::ContextTooLong { .. } => "context_too_long",
        ModelError::Refused { .. } => "refused",
        ModelError::Incomplete { .. } => "incomplete",
        ModelError::BadAnswer { .. } => "bad_answer",
        ModelError::TooLarge { .. } => "too_large",
        ModelError::Cancelled => "cancelled",
        ModelError::Timeout { .. } => "timeout",
    }
}
