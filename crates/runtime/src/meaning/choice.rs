//! Choosing the model: what would be sent to whom at what price, then the choice, then the way back.

use krake_domain::account::{Account, Provider};
use krake_domain::amount::Amount;
use krake_domain::id::AccountId;
use krake_domain::meaning::MeaningModel;
use krake_engine::accounts::Tokens;
use krake_engine::context::tokens;
use krake_llm::{Setting, Side, probe};
use krake_store::StoreError;

use super::{MeaningError, PURPOSE, asked_for};
use crate::accounts::cost::cost_of;
use crate::accounts::{AccountError, way};
use crate::clock;
use crate::handle::Runtime;

/// So many of the newest texts tell how many tokens a byte is.
const SAMPLE: u32 = 200;
/// Before a model has answered once, how many numbers it gives is not known.
const USUAL_DIMENSION: u32 = 768;

/// What would be sent, to whom, and at what price. Nothing has been sent.
#[derive(Debug, Clone)]
pub struct MeaningPreview {
    pub account: Account,
    pub model: String,
    /// Whom the texts go to: scheme, host and port.
    pub place: String,
    pub stays_here: bool,
    pub messages: u64,
    /// By the offline estimator, from a sample.
    pub tokens: u64,
    /// What it will cost about; absent: the price is not known.
    pub usd: Option<Amount>,
}

impl Runtime {
    /// What would be sent. No text is sent; an Ollama is asked for its list.
    ///
    /// # Errors
    /// There is no such account, it has no such call, or its Ollama has no such model.
    pub async fn preview_meaning(
        &self,
        account: AccountId,
        model: &str,
    ) -> Result<MeaningPreview, MeaningError> {
        let account = self.load_account(account).await?;
        let setting = usable(&account, model)?;
        if account.provider == Provider::Ollama {
            self.look_for(&account, &setting, model).await?;
        }
        let (messages, bytes) = self.store().meant_load(USUAL_DIMENSION).await?;
        let tokens = self.estimate(bytes).await?;
        let cost = cost_of(&account, model, clock::now());
        Ok(MeaningPreview {
            model: model.to_owned(),
            place: setting.place(),
            stays_here: setting.stays_here(),
            messages,
            tokens,
            usd: cost.of(Tokens {
                input: Some(tokens),
                output: Some(0),
                ..Tokens::default()
            }),
            account,
        })
    }

    /// Takes this model from now on, once it has answered. What another one gave is dropped.
    ///
    /// # Errors
    /// As for the preview, or the model does not answer as it should; then all is as it was.
    pub async fn choose_meaning(
        &self,
        account: AccountId,
        model: &str,
    ) -> Result<(), MeaningError> {
        let account = self.load_account(account).await?;
        let setting = usable(&account, model)?;
        if account.provider == Provider::Ollama {
            self.look_for(&account, &setting, model).await?;
        }
        let cancel = self.stopping().child_token();
        let text = ["Krake".to_owned()];
        let asked = self.embed(&account, model, PURPOSE, &text, Side::Text, &cancel);
        let dimension = asked.await?.dimension();
        let chosen = MeaningModel {
            account: account.id,
            model: model.to_owned(),
            place: setting.place(),
            dimension: u32::try_from(dimension).unwrap_or(u32::MAX),
            is_paused: false,
            chosen_at: clock::now(),
        };
        self.store().choose_meaning_model(chosen).await?;
        self.wake_worker();
        Ok(())
    }

    /// Goes on by words alone, and drops all numbers.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn leave_meaning(&self) -> Result<(), StoreError> {
        self.store().drop_meaning_model().await?;
        self.wake_worker();
        Ok(())
    }

    /// Sends no further texts for now, or goes on; also where something was in the way.
    ///
    /// # Errors
    /// [`MeaningError::Off`].
    pub async fn pause_meaning(&self, is_paused: bool) -> Result<(), MeaningError> {
        match self.store().pause_meaning(is_paused).await {
            Err(StoreError::NotFound(_)) => Err(MeaningError::Off),
            done => {
                done?;
                self.wake_worker();
                Ok(())
            }
        }
    }

    /// Whether an Ollama has the model. It is never told to get one.
    async fn look_for(
        &self,
        account: &Account,
        setting: &Setting,
        model: &str,
    ) -> Result<(), MeaningError> {
        let way = self.way_of(&asked_for(account, model)).await?;
        let cancel = self.stopping().child_token();
        let probed = probe(&way, self.client(), &cancel).await;
        let models = probed.map_err(AccountError::Model)?.models;
        let is = |name: &String| name == model || name.strip_suffix(":latest") == Some(model);
        if models.iter().any(is) {
            return Ok(());
        }
        Err(MeaningError::NotThere {
            model: model.to_owned(),
            place: setting.place(),
        })
    }

    async fn estimate(&self, bytes: u64) -> Result<u64, StoreError> {
        let newest = self.store().newest_messages(SAMPLE).await?;
        let texts = self.store().meant_texts(&newest).await?;
        let seen: usize = texts.iter().map(|meant| meant.text.len()).sum();
        let counted: u64 = texts.iter().map(|meant| tokens(&meant.text)).sum();
        if seen == 0 {
            return Ok(0);
        }
        let whole = u128::from(bytes) * u128::from(counted) / seen as u128;
        Ok(u64::try_from(whole).unwrap_or(u64::MAX))
    }
}

/// Where texts would go.
fn usable(account: &Account, model: &str) -> Result<Setting, MeaningError> {
    let setting = way(&asked_for(account, model))?;
    let setting = setting.ok_or(MeaningError::NoSuchCall(account.provider))?;
    if setting.wire.embedding_path(model).is_none() {
        return Err(MeaningError::NoSuchCall(account.provider));
    }
    Ok(setting)
}
