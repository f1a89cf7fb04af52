//! Turning texts into numbers that lie near each other where the texts mean the same.
//!
//! **Invariant:** what comes out has one vector for each text, in their order, all equally long, of
//! finite numbers, and of length one; anything else is an error.

use std::time::Duration;

use krake_domain::meaning::MOST_DIMENSIONS;
use krake_edge::http::{Method, Request as Call, Target};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::caps::Caps;
use crate::error::ModelError;
use crate::model::{Model, from_http, head_of, in_body, now};
use crate::rate_limits::RateLimits;
use crate::retry::Attempts;
use crate::setting::Setting;
use crate::usage::Usage;
use crate::wire::is_packed;

/// Texts of one call: the least of what providers take.
pub const MOST_TEXTS: usize = 100;
/// Bytes of all texts of one call.
pub const MOST_TEXT_BYTES: usize = 256 << 10;

/// What a text is for: some models treat a question in another way than what is to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Text,
    Question,
}

/// The numbers of each text in order, and what was told beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    pub vectors: Vec<Vec<f32>>,
    pub usage: Usage,
    pub limits: RateLimits,
}

impl Embedded {
    /// How many numbers a text has; 0 where no text was given.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.vectors.first().map_or(0, Vec::len)
    }
}

impl Model {
    /// Turns texts into numbers.
    ///
    /// # Errors
    /// See [`ModelError`]. More texts than one call takes are a bad request. No message holds the key.
    pub async fn embed(
        &self,
        texts: &[String],
        side: Side,
        caps: Caps,
        cancel: &CancellationToken,
    ) -> Result<Embedded, ModelError> {
        let bytes: usize = texts.iter().map(String::len).sum();
        if texts.len() > MOST_TEXTS || bytes > MOST_TEXT_BYTES {
            return Err(ModelError::BadRequest {
                said: format!("expected at most {MOST_TEXTS} texts of {MOST_TEXT_BYTES} bytes"),
            });
        }
        let mut attempts = Attempts::within(caps.total);
        loop {
            let left = attempts.left();
            match self.embed_once(texts, side, caps, left, cancel).await {
                Ok(embedded) => return Ok(embedded),
                Err(error) => attempts.again(self.without_key(error), cancel).await?,
            }
        }
    }

    async fn embed_once(
        &self,
        texts: &[String],
        side: Side,
        caps: Caps,
        left: Duration,
        cancel: &CancellationToken,
    ) -> Result<Embedded, ModelError> {
        let wire = self.setting.wire;
        let call = self.embedding_call(texts, side, caps, left, cancel)?;
        let response = self.client.send(call).await.map_err(from_http)?;
        let head = head_of(&response);
        let now = now();
        let body = response.collect().await.map_err(in_body)?.body;
        if head.status != 200 || is_packed(&head) || head.media_type() != "application/json" {
            let mut body = body.to_vec();
            if let Some(key) = &self.setting.key {
                // Before anything is cut: half a key would not be found any more.
                body = key.cross_out(&String::from_utf8_lossy(&body)).into_bytes();
            }
            return Err(wire.error(&head, &body, now));
        }
        let (vectors, usage) = wire.embeddings(&body).map_err(|unread| {
            // Some say what is wrong under status 200.
            let said: Option<Value> = serde_json::from_slice(&body).ok();
            match said {
                Some(said) if said.get("error").is_some() => wire.error(&head, &body, now),
                _ => unread,
            }
        })?;
        Ok(Embedded {
            vectors: checked(vectors, texts.len())?,
            usage,
            limits: wire.limits(&head, now),
        })
    }

    fn embedding_call(
        &self,
        texts: &[String],
        side: Side,
        caps: Caps,
        left: Duration,
        cancel: &CancellationToken,
    ) -> Result<Call, ModelError> {
        let Setting {
            wire,
            base,
            key,
            at_home,
            reach,
            ..
        } = &self.setting;
        let path = wire
            .embedding_path(&self.name)
            .ok_or_else(|| ModelError::BadRequest {
                said: "this provider has no call that turns texts into numbers".to_owned(),
            })?;
        let target = Target::parse(&format!("{base}{path}")).map_err(from_http)?;
        let mut call = Call::new(Method::POST, target, *reach, cancel.clone());
        call.redirects = 0;
        call.limits.answer = caps.begin;
        call.limits.idle = caps.idle;
        call.limits.total = left;
        call.limits.body_bytes = caps.total_bytes as u64;
        for (name, value) in wire.headers() {
            let value = if *name == "accept" {
                "application/json"
            } else {
                value
            };
            call.header(name, value).map_err(from_http)?;
        }
        if let Some(key) = key {
            let (name, prefix) = wire.key_header();
            call.secret_header(name, prefix, key).map_err(from_http)?;
        }
        let body = wire.embedding_body(&self.name, texts, side, *at_home);
        call.body = body.to_string().into();
        Ok(call)
    }
}

/// The vectors at length one, if they are what was asked for.
fn checked(mut vectors: Vec<Vec<f32>>, texts: usize) -> Result<Vec<Vec<f32>>, ModelError> {
    if vectors.len() != texts {
        return Err(ModelError::bad_answer(format!(
            "{} vectors for {texts} texts",
            vectors.len()
        )));
    }
    let long = vectors.first().map_or(0, Vec::len);
    for vector in &mut vectors {
        if vector.len() != long {
            return Err(ModelError::bad_answer(format!(
                "vectors of {long} and of {} numbers in one answer",
                vector.len()
            )));
        }
        if vector.is_empty() || vector.len() > MOST_DIMENSIONS {
            return Err(ModelError::bad_answer(format!(
                "a vector of {} numbers, expected 1 to {MOST_DIMENSIONS}",
                vector.len()
            )));
        }
        let length = vector
            .iter()
            .map(|number| f64::from(*number).powi(2))
            .sum::<f64>()
            .sqrt();
        if !length.is_finite() || length == 0.0 {
            return Err(ModelError::bad_answer(
                "a vector without a length, or of numbers that are none",
            ));
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is between -1 and 1")]
        for number in vector {
            *number = (f64::from(*number) / length) as f32;
        }
    }
    Ok(vectors)
}
