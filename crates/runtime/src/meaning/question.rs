//! What a question means, while somebody waits: asked once, remembered for a while, and never waited
//! for longer than a search may take.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::time::Duration;

use krake_domain::meaning::MeaningModel;
use krake_domain::time::Timestamp;
use krake_llm::Side;
use krake_store::StoreError;
use tokio::sync::oneshot;

use super::{Doing, PURPOSE};
use crate::accounts::AccountError;
use crate::handle::Runtime;

/// A search waits no longer; what comes later serves the next one.
const PATIENCE: Duration = Duration::from_millis(1_500);
const MOST_KNOWN: usize = 64;

/// What the model said of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// No model is chosen.
    Off,
    Numbers(Vec<f32>),
    /// Why there are none; words find alone.
    No(String),
}

/// Questions that were asked a moment ago, newest last.
#[derive(Debug, Default)]
pub(super) struct Known(VecDeque<(Timestamp, String, Vec<f32>)>);

impl Known {
    fn find(&self, model: &MeaningModel, text: &str) -> Option<Vec<f32>> {
        let known = self
            .0
            .iter()
            .find(|(of, asked, _)| *of == model.chosen_at && asked == text);
        known.map(|(_, _, numbers)| numbers.clone())
    }

    fn add(&mut self, model: &MeaningModel, text: String, numbers: Vec<f32>) {
        if self.0.len() == MOST_KNOWN {
            self.0.pop_front();
        }
        self.0.push_back((model.chosen_at, text, numbers));
    }
}

impl Runtime {
    /// The numbers of a question, if the model gives them soon enough.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn ask_meaning(&self, text: &str) -> Result<Asked, StoreError> {
        let Some(model) = self.store().meaning_model().await? else {
            return Ok(Asked::Off);
        };
        if let Some(numbers) = self.known_question(&model, text) {
            return Ok(Asked::Numbers(numbers));
        }
        if self.store().meaning_progress(&model).await?.there == 0 {
            return Ok(Asked::No("no message has its numbers yet".to_owned()));
        }
        match &*self.deps().meaning.doing.borrow() {
            // Whoever was told to wait or refused is not asked for every search.
            Doing::Waiting { why, .. } | Doing::Stuck { why } => return Ok(Asked::No(why.clone())),
            Doing::Resting | Doing::Working => {}
        }
        let (reply, answer) = oneshot::channel();
        let (runtime, text) = (self.clone(), text.to_owned());
        self.deps().tasks.effect(async move {
            let asked = runtime.numbers_of(&model, text).await;
            // Who does not wait any more finds it next time.
            let _ = reply.send(asked);
        });
        Ok(match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(Ok(numbers))) => Asked::Numbers(numbers),
            Ok(Ok(Err(error))) => Asked::No(error.to_string()),
            Ok(Err(_)) => Asked::No("Krake is stopping".to_owned()),
            Err(_) => Asked::No(format!(
                "the model did not answer within {} ms",
                PATIENCE.as_millis()
            )),
        })
    }

    async fn numbers_of(
        &self,
        model: &MeaningModel,
        text: String,
    ) -> Result<Vec<f32>, AccountError> {
        let account = self.agreed_account(model).await?;
        let cancel = self.stopping().child_token();
        let texts = [text];
        let asked = self.embed(
            &account,
            &model.model,
            PURPOSE,
            &texts,
            Side::Question,
            &cancel,
        );
        let numbers = asked.await?.vectors.pop().unwrap_or_default();
        let [text] = texts;
        let mut known = self
            .deps()
            .meaning
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.add(model, text, numbers.clone());
        Ok(numbers)
    }

    fn known_question(&self, model: &MeaningModel, text: &str) -> Option<Vec<f32>> {
        let known = self
            .deps()
            .meaning
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.find(model, text)
    }
}
