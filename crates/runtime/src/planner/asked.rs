//! Who is asked for a plan: the model that the environment names, else an account.

use krake_domain::account::Account;
use krake_engine::accounts::Need;
use krake_llm::{Answer, Caps, Model, ModelError, Request};
use tokio_util::sync::CancellationToken;

use super::model::{DraftError, ModelUsed};
use crate::accounts::call::{Answered, Purpose};
use crate::handle::Runtime;

const PURPOSE: &str = "planner";

/// One of the two ways to an answer.
pub(super) enum Asked<'r> {
    Environment(Model),
    /// The first question chooses the account, and the second goes to the same one.
    Accounts {
        runtime: &'r Runtime,
        chosen: Option<Account>,
        /// Accounts that gave no answer before it; nothing goes to another one in silence.
        passed_over: Vec<String>,
    },
}

impl Asked<'_> {
    /// Asks, and says whom and at what cost.
    pub async fn ask(
        &mut self,
        request: &Request,
        caps: Caps,
        cancel: &CancellationToken,
    ) -> Result<(Answer, ModelUsed), DraftError> {
        match self {
            Self::Environment(model) => {
                let asked = model.ask(request, caps, cancel, &mut |_| {}).await;
                match asked {
                    Ok(answer) => {
                        let used = ModelUsed::once(
                            model.wire().as_str(),
                            model.name(),
                            &model.place(),
                            answer.usage,
                        );
                        Ok((answer, used))
                    }
                    Err(error) => Err(failed(model.name(), &model.place(), error)),
                }
            }
            Self::Accounts {
                runtime,
                chosen,
                passed_over,
            } => {
                let purpose = purpose();
                let answered = match chosen {
                    Some(account) => {
                        let asked = runtime.ask_account(account, &purpose, request, caps, cancel);
                        Some(asked.await?)
                    }
                    None => {
                        let asked = runtime.ask_accounts(need(), &purpose, request, caps, cancel);
                        asked.await?
                    }
                };
                let Answered {
                    account,
                    model,
                    place,
                    provider,
                    answer,
                    tried,
                } = answered.ok_or_else(|| DraftError::NoAccount {
                    why: "the last one was taken away".to_owned(),
                })?;
                passed_over.extend(tried.iter().map(|(before, why)| {
                    let (before, after) = (&before.name, &account.name);
                    format!("the account {before} was asked first ({why}), then {after}")
                }));
                *chosen = Some(account);
                let used = ModelUsed::once(provider, &model, &place, answer.usage);
                Ok((answer, used))
            }
        }
    }

    /// Who was asked before the one that answered, and why that did not help.
    pub fn passed_over(&self) -> &[String] {
        match self {
            Self::Environment(_) => &[],
            Self::Accounts { passed_over, .. } => passed_over,
        }
    }
}

/// What planning needs of an account.
pub(super) fn need() -> Need {
    Need {
        purpose: PURPOSE.to_owned(),
        called: true,
        ..Need::default()
    }
}

/// What the calls of planning are for.
pub(super) fn purpose() -> Purpose {
    Purpose {
        word: PURPOSE.to_owned(),
        ..Purpose::default()
    }
}

/// The model's fault with its name and place.
pub(super) fn failed(model: &str, place: &str, error: ModelError) -> DraftError {
    DraftError::Model {
        model: model.to_owned(),
        place: place.to_owned(),
        error,
    }
}
