//! Texts to numbers by an account: reserved, asked and settled as every other call.

use std::time::Instant;

use krake_domain::account::Account;
use krake_llm::{Caps, Embedded, Model, ModelError, Side, Usage};
use tokio_util::sync::CancellationToken;

use super::AccountError;
use super::call::{MostTokens, Purpose, costs_nothing, end, word};
use super::cost::cost_of;
use crate::clock;
use crate::handle::Runtime;

/// Tokens that a model puts around each text.
const AROUND: u64 = 4;

impl Runtime {
    /// Asks this model of the account what the texts mean.
    ///
    /// # Errors
    /// A budget has no room, its key cannot be had, or the model failed.
    pub(crate) async fn embed(
        &self,
        account: &Account,
        model: &str,
        word_of: &str,
        texts: &[String],
        side: Side,
        cancel: &CancellationToken,
    ) -> Result<Embedded, AccountError> {
        let asked_for = Account {
            model: Some(model.to_owned()),
            ..account.clone()
        };
        let setting = self.way_of(&asked_for).await?;
        let model = Model::find(&setting, self.client().clone(), cancel).await?;
        let cost = cost_of(account, model.name(), clock::now());
        let purpose = Purpose {
            word: word_of.to_owned(),
            ..Purpose::default()
        };
        let most = most_tokens(texts);
        let reach = MostTokens {
            input: most,
            output: 0,
        };
        let open = self
            .reserve(account, &purpose, model.name(), reach, &cost)
            .await?;
        let begun = Instant::now();
        let asked = model.embed(texts, side, Caps::default(), cancel).await;
        let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &asked {
            Err(error) if costs_nothing(error) => open.give_back(word(error)).await?,
            asked => {
                let usage = asked.as_ref().map_or(Usage::default(), |one| one.usage);
                let outcome = asked.as_ref().err().map_or("done", |error| word(error));
                open.settle(end(usage, &cost, outcome, took_ms)).await?;
            }
        }
        let told: Result<_, &ModelError> = asked.as_ref().map(|embedded| &embedded.limits);
        self.learn(account, told).await?;
        Ok(asked?)
    }
}

/// What the texts can be at most: a token has two bytes or more, in every script.
fn most_tokens(texts: &[String]) -> u64 {
    let of = |text: &String| text.len().div_ceil(2) as u64 + AROUND;
    texts.iter().map(of).sum()
}
