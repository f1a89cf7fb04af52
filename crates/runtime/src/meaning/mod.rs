//! Search by meaning: a model that a person chose, the numbers that it gives for messages in the
//! background, and the numbers of a question while somebody waits.
//!
//! What it deliberately does not do: it downloads no model, chooses none, and goes to no other account
//! where the chosen one gives no answer.
//! **Invariant:** no text leaves before a person chose the account and the model, and none goes to
//! another place than the one that was said then.

mod choice;
mod question;
mod worker;

use std::sync::Mutex;

use krake_domain::account::{Account, AccountStatus, Provider};
use krake_domain::meaning::{MeaningModel, MeaningProgress};
use krake_domain::time::Timestamp;
use krake_store::StoreError;
use tokio::sync::{Notify, watch};

pub use choice::MeaningPreview;
pub use question::Asked;
pub(crate) use worker::keep_up;

use crate::accounts::{AccountError, way};
use crate::handle::Runtime;
use question::Known;

/// The word for it in the list of calls.
const PURPOSE: &str = "search";

/// What the worker does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Doing {
    /// There is nothing to do, or nobody wants it.
    #[default]
    Resting,
    Working,
    /// The provider asks for patience, or does not answer.
    Waiting {
        until: Timestamp,
        why: String,
    },
    /// A person can do something about it; it is tried again now and then.
    Stuck {
        why: String,
    },
}

/// How the search by meaning stands.
#[derive(Debug, Clone)]
pub struct Standing {
    pub model: MeaningModel,
    /// Absent: it was removed.
    pub account: Option<Account>,
    /// Whether no text leaves this machine.
    pub stays_here: bool,
    pub progress: MeaningProgress,
    pub doing: Doing,
    /// Whether the process that was asked is one that makes the numbers.
    pub is_made_here: bool,
}

/// Why the search by meaning is not as it was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MeaningError {
    #[error("{} has no call that turns texts into numbers", .0.as_str())]
    NoSuchCall(Provider),
    #[error("Ollama at {place} has no model `{model}`")]
    NotThere { model: String, place: String },
    #[error("no model is chosen")]
    Off,
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<StoreError> for MeaningError {
    fn from(error: StoreError) -> Self {
        Self::Account(error.into())
    }
}

/// What this process knows about it.
#[derive(Debug, Default)]
pub(crate) struct Room {
    doing: watch::Sender<Doing>,
    /// A person did something that the worker should look at.
    wake: Notify,
    known: Mutex<Known>,
}

impl Runtime {
    /// How it stands; none where it is off.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn meaning(&self) -> Result<Option<Standing>, StoreError> {
        let Some(model) = self.store().meaning_model().await? else {
            return Ok(None);
        };
        let account = self.store().find_account(model.account).await?;
        let progress = self.store().meaning_progress(&model).await?;
        let asked_for = account
            .as_ref()
            .map(|account| asked_for(account, &model.model));
        let setting = asked_for.and_then(|account| way(&account).ok().flatten());
        Ok(Some(Standing {
            stays_here: setting.is_some_and(|setting| setting.stays_here()),
            account,
            progress,
            doing: self.deps().meaning.doing.borrow().clone(),
            is_made_here: self.deps().drives_all,
            model,
        }))
    }

    /// A person did something: the worker looks, and does not wait for what was in the way.
    fn wake_worker(&self) {
        let room = &self.deps().meaning;
        if self.deps().drives_all {
            room.doing.send_replace(Doing::Working);
        }
        room.wake.notify_one();
    }

    /// The account of the choice, if it still leads where the person agreed to.
    async fn agreed_account(&self, model: &MeaningModel) -> Result<Account, AccountError> {
        let account = self.load_account(model.account).await?;
        if account.status != AccountStatus::Active {
            return Err(AccountError::Paused);
        }
        let setting = way(&asked_for(&account, &model.model))?;
        let setting = setting.ok_or(AccountError::NotCalled(account.provider))?;
        if setting.place() != model.place {
            return Err(AccountError::Setting(krake_llm::BadSetting::OtherPlace {
                bound: model.place.clone(),
                asked: setting.place(),
            }));
        }
        Ok(account)
    }
}

/// The account as it is asked with this model.
fn asked_for(account: &Account, model: &str) -> Account {
    Account {
        model: Some(model.to_owned()),
        ..account.clone()
    }
}
