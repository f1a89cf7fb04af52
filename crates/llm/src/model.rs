//! Asking a model: one call, its answer as it arrives, and at most two repetitions where they help.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use krake_domain::time::Timestamp;
use krake_edge::http::{Client, HttpError, Method, Phase, Request as Call, Response};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, AnswerEvent};
use crate::assemble::Assembler;
use crate::caps::Caps;
use crate::error::ModelError;
use crate::head::Head;
use crate::ollama;
use crate::request::Request;
use crate::retry::Attempts;
use crate::setting::Setting;
use crate::wire::Wire;

/// An error body longer than this says nothing more.
const MOST_ERROR_BYTES: usize = 64 << 10;

/// A model that can be asked.
#[derive(Clone)]
pub struct Model {
    pub(crate) setting: Setting,
    pub(crate) name: String,
    pub(crate) client: Client,
}

impl Model {
    /// The model of this setting. Only where the setting names none, somebody is asked: Ollama,
    /// for its list.
    ///
    /// # Errors
    /// Ollama does not answer, or has no model that can call tools.
    pub async fn find(
        setting: &Setting,
        client: Client,
        cancel: &CancellationToken,
    ) -> Result<Self, ModelError> {
        let name = match &setting.model {
            Some(name) => name.clone(),
            None if setting.wire != Wire::Ollama => {
                return Err(ModelError::BadRequest {
                    said: "no model is named for this account".to_owned(),
                });
            }
            None => ollama::first_with_tools(&client, setting, cancel).await?,
        };
        Ok(Self {
            setting: setting.clone(),
            name,
            client,
        })
    }

    /// The provider's name for it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How it is spoken to.
    #[must_use]
    pub fn wire(&self) -> Wire {
        self.setting.wire
    }

    /// Whom the request goes to: scheme, host and port.
    #[must_use]
    pub fn place(&self) -> String {
        self.setting.place()
    }

    /// How long the body of that request is, for an estimate of its cost.
    #[must_use]
    pub fn bytes_of(&self, request: &Request) -> usize {
        let Setting { wire, at_home, .. } = &self.setting;
        wire.body(&self.name, request, *at_home).to_string().len()
    }

    /// Asks and waits for the whole answer; `watch` sees it arrive. A repetition starts over, which
    /// `watch` sees by a second [`AnswerEvent::Limits`].
    ///
    /// # Errors
    /// See [`ModelError`]. No message holds the key.
    pub async fn ask(
        &self,
        request: &Request,
        caps: Caps,
        cancel: &CancellationToken,
        watch: &mut (dyn FnMut(&AnswerEvent) + Send),
    ) -> Result<Answer, ModelError> {
        let mut attempts = Attempts::within(caps.total);
        loop {
            let left = attempts.left();
            match self.call(request, caps, left, cancel, watch).await {
                Ok(answer) => return Ok(answer),
                Err(error) => attempts.again(self.without_key(error), cancel).await?,
            }
        }
    }

    async fn call(
        &self,
        request: &Request,
        caps: Caps,
        left: Duration,
        cancel: &CancellationToken,
        watch: &mut (dyn FnMut(&AnswerEvent) + Send),
    ) -> Result<Answer, ModelError> {
        let wire = self.setting.wire;
        let call = self.written(request, caps, left, cancel)?;
        let mut response = self.client.send(call).await.map_err(from_http)?;
        let head = head_of(&response);
        if !wire.begins_stream(&head) {
            let mut body = beginning(&mut response).await?;
            if let Some(key) = &self.setting.key {
                // Before anything is cut: half a key would not be found any more.
                body = key.cross_out(&String::from_utf8_lossy(&body)).into_bytes();
            }
            return Err(wire.error(&head, &body, now()));
        }
        let mut answer = Answer::default();
        let mut told = |event: AnswerEvent| {
            watch(&event);
            answer.take(event);
        };
        told(AnswerEvent::Limits(wire.limits(&head, now())));
        let mut assembler = Assembler::new(wire, request, caps);
        let mut alive = Instant::now();
        while !assembler.is_done() {
            let silent = ModelError::Timeout {
                what: "the next part of the answer",
                after: caps.idle,
            };
            let chunk = tokio::time::timeout_at(alive + caps.idle, response.chunk())
                .await
                .map_err(|_| silent)?;
            let Some(bytes) = chunk.map_err(in_body)? else {
                break;
            };
            let before = assembler.events();
            let mut events = Vec::new();
            let fed = assembler.feed(&bytes, &mut events);
            events.into_iter().for_each(&mut told);
            fed?;
            if assembler.events() > before {
                alive = Instant::now();
            }
        }
        assembler.end()?;
        Ok(answer)
    }

    fn written(
        &self,
        request: &Request,
        caps: Caps,
        left: Duration,
        cancel: &CancellationToken,
    ) -> Result<Call, ModelError> {
        let Setting {
            wire,
            target,
            key,
            at_home,
            reach,
            ..
        } = &self.setting;
        let mut call = Call::new(Method::POST, target.clone(), *reach, cancel.clone());
        call.redirects = 0;
        call.limits.answer = caps.begin;
        call.limits.idle = caps.idle;
        call.limits.total = left;
        call.limits.body_bytes = caps.total_bytes as u64;
        for (name, value) in wire.headers() {
            call.header(name, value).map_err(from_http)?;
        }
        if let Some(key) = key {
            let (name, prefix) = wire.key_header();
            call.secret_header(name, prefix, key).map_err(from_http)?;
        }
        call.body = wire.body(&self.name, request, *at_home).to_string().into();
        Ok(call)
    }

    /// Providers repeat keys in their messages.
    pub(crate) fn without_key(&self, error: ModelError) -> ModelError {
        match &self.setting.key {
            Some(key) => error.map_words(|words| key.cross_out(words)),
            None => error,
        }
    }
}

pub(crate) fn head_of(response: &Response) -> Head {
    let headers = response.headers.iter().filter_map(|(name, value)| {
        // A value that is no text says nothing to us.
        Some((name.as_str(), value.to_str().ok()?))
    });
    Head::new(response.status, headers)
}

/// As much of an error's body as is worth reading.
async fn beginning(response: &mut Response) -> Result<Vec<u8>, ModelError> {
    let mut body = Vec::new();
    while body.len() < MOST_ERROR_BYTES {
        match response.chunk().await {
            Ok(Some(bytes)) => body.extend_from_slice(&bytes),
            Ok(None) => break,
            Err(HttpError::Cancelled { .. }) => return Err(ModelError::Cancelled),
            // The status alone says enough.
            Err(_) => break,
        }
    }
    Ok(body)
}

/// What went wrong on the way there.
pub(crate) fn from_http(error: HttpError) -> ModelError {
    let said = error.to_string();
    match error {
        HttpError::Cancelled { .. } => ModelError::Cancelled,
        HttpError::Timeout { phase, after, .. } => ModelError::Timeout {
            what: match phase {
                Phase::Lookup | Phase::Connect => "the way to the model",
                Phase::Answer => "the beginning of the answer",
                Phase::Idle => "the next part of the answer",
                Phase::Total => "the answer",
            },
            after,
        },
        HttpError::TooLarge { part, cap, .. } => ModelError::TooLarge {
            what: if part == "header" {
                "bytes of header"
            } else {
                "bytes"
            },
            cap,
        },
        HttpError::BadAnswer { .. } | HttpError::Redirect { .. } => {
            ModelError::BadAnswer { why: said }
        }
        HttpError::SecretElsewhere { .. } | HttpError::BadHeader { .. } => {
            ModelError::NoAccess { said }
        }
        HttpError::BadUrl { .. } => ModelError::BadRequest { said },
        HttpError::Refused { .. }
        | HttpError::Dns { .. }
        | HttpError::Connect { .. }
        | HttpError::Tls { .. }
        | HttpError::Cut { .. } => ModelError::Unavailable { said },
    }
}

/// What went wrong once the answer had begun.
pub(crate) fn in_body(error: HttpError) -> ModelError {
    match error {
        HttpError::Cut { why, .. } => ModelError::Incomplete { why },
        other => from_http(other),
    }
}

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
