//! The wire formats, one file each: how a request is written, how an answer is read, what its
//! errors mean.
//!
//! What it deliberately does not do: no network and no policy.
//! **Invariant:** unknown fields, unknown events and unknown words are passed over, because every
//! provider adds some without a new version; what contradicts itself is refused.

mod anthropic;
mod embedding;
mod gemini;
mod ollama;
mod openai_chat;
mod openai_responses;

pub(crate) use ollama::leaves_the_machine;
pub use ollama::{Listed, listed, shows_tools};

use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::{AnswerEvent, StopReason};
use crate::calls::Calls;
use crate::error::{ModelError, cut};
use crate::head::Head;
use crate::rate_limits::RateLimits;
use crate::request::Request;
use crate::wait;

/// A way to speak to models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// The Messages API.
    Anthropic,
    /// Chat completions, at OpenAI and everybody who speaks it.
    #[serde(rename = "openai")]
    OpenAiChat,
    /// Responses, at OpenAI.
    #[serde(rename = "openai_responses")]
    OpenAiResponses,
    /// generateContent.
    Gemini,
    /// `/api/chat` of Ollama.
    Ollama,
}

/// Reads the events of one answer.
pub(crate) trait Reader: Send {
    /// Takes one event; the reason to stop once the end marker came.
    fn read(
        &mut self,
        name: &str,
        data: &str,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<Option<StopReason>, ModelError>;

    /// The calls that were put together.
    fn calls(&mut self) -> &mut Calls;
}

impl Wire {
    /// The word for it in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAiChat => "openai",
            Self::OpenAiResponses => "openai_responses",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// The path of the call below the base address.
    #[must_use]
    pub fn path(self, model: &str) -> String {
        match self {
            Self::Anthropic => "/v1/messages".to_owned(),
            Self::OpenAiChat => "/chat/completions".to_owned(),
            Self::OpenAiResponses => "/responses".to_owned(),
            Self::Gemini => gemini::path(model),
            Self::Ollama => "/api/chat".to_owned(),
        }
    }

    /// The path below the base address that lists models, which costs nothing.
    #[must_use]
    pub fn list_path(self) -> &'static str {
        match self {
            Self::Anthropic => "/v1/models?limit=1000",
            Self::OpenAiChat | Self::OpenAiResponses => "/models",
            Self::Gemini => "/models?pageSize=1000",
            Self::Ollama => "/api/tags",
        }
    }

    /// The names in such a list; none where it is no list.
    #[must_use]
    pub fn listed(self, body: &Value) -> Option<Vec<String>> {
        let (field, names) = match self {
            Self::Anthropic | Self::OpenAiChat | Self::OpenAiResponses => ("data", ["id", "id"]),
            Self::Gemini => ("models", ["name", "name"]),
            Self::Ollama => ("models", ["model", "name"]),
        };
        let models = body.get(field)?.as_array()?.iter();
        let name = |model: &Value| {
            let [first, second] = names;
            let name = text_of(model, first).or_else(|| text_of(model, second))?;
            Some(name.strip_prefix("models/").unwrap_or(name).to_owned())
        };
        Some(models.filter_map(name).collect())
    }

    /// The header that carries the key, and what stands before it.
    #[must_use]
    pub fn key_header(self) -> (&'static str, &'static str) {
        match self {
            Self::Anthropic => ("x-api-key", ""),
            // Never in the address, where its query form would end up in logs.
            Self::Gemini => ("x-goog-api-key", ""),
            Self::OpenAiChat | Self::OpenAiResponses | Self::Ollama => ("authorization", "Bearer "),
        }
    }

    /// Headers of every call, beside the key.
    #[must_use]
    pub fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Anthropic => &[
                ("anthropic-version", "2023-06-01"),
                ("content-type", "application/json"),
                ("accept", "text/event-stream"),
            ],
            Self::OpenAiChat | Self::OpenAiResponses | Self::Gemini => &[
                ("content-type", "application/json"),
                ("accept", "text/event-stream"),
            ],
            Self::Ollama => &[
                ("content-type", "application/json"),
                ("accept", "application/x-ndjson"),
            ],
        }
    }

    /// The body of a streaming call. `at_home`: the provider itself, not somebody compatible.
    #[must_use]
    pub fn body(self, model: &str, request: &Request, at_home: bool) -> Value {
        match self {
            Self::Anthropic => anthropic::body(model, request),
            Self::OpenAiChat => openai_chat::body(model, request, at_home),
            Self::OpenAiResponses => openai_responses::body(model, request),
            Self::Gemini => gemini::body(request),
            Self::Ollama => ollama::body(model, request),
        }
    }

    /// What an answer means that is no stream: an error status, or a page that somebody in between
    /// put there.
    #[must_use]
    pub fn error(self, head: &Head, body: &[u8], now: Timestamp) -> ModelError {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        match head.status {
            200..300 if packing(head).is_some() => ModelError::bad_answer(format!(
                "it is packed ({}), and nothing is unpacked",
                cut(packing(head).unwrap_or_default())
            )),
            200..300 if body.get("error").is_none() => {
                let kind = head.media_type();
                let kind = if kind.is_empty() {
                    "no type".to_owned()
                } else {
                    kind
                };
                ModelError::bad_answer(format!(
                    "status {} with {kind} instead of an answer; is a proxy or a login page in between?",
                    head.status
                ))
            }
            300..400 => ModelError::bad_answer(format!(
                "status {}: it sends elsewhere, and the key is not taken there",
                head.status
            )),
            _ => {
                let wait = wait::told(head, &body, now);
                match self {
                    Self::Anthropic => anthropic::error(head.status, &body, wait),
                    Self::OpenAiChat => openai_chat::error(head.status, &body, wait),
                    Self::OpenAiResponses => openai_responses::error(head.status, &body, wait),
                    Self::Gemini => gemini::error(head.status, &body, wait),
                    Self::Ollama => ollama::error(head.status, &body, wait),
                }
            }
        }
    }

    /// Whether this head begins a stream that the assembler reads.
    #[must_use]
    pub fn begins_stream(self, head: &Head) -> bool {
        let kind = head.media_type();
        head.status == 200
            && packing(head).is_none()
            && match self {
                Self::Anthropic | Self::OpenAiChat | Self::OpenAiResponses | Self::Gemini => {
                    kind == "text/event-stream"
                }
                Self::Ollama => kind == "application/x-ndjson",
            }
    }

    /// What the headers say is left.
    #[must_use]
    pub fn limits(self, head: &Head, now: Timestamp) -> RateLimits {
        match self {
            Self::Anthropic => RateLimits::read(head, anthropic::SPELLING, now),
            Self::OpenAiChat | Self::OpenAiResponses => {
                RateLimits::read(head, openai_chat::SPELLING, now)
            }
            Self::Gemini | Self::Ollama => RateLimits {
                at: now,
                windows: Vec::new(),
            },
        }
    }

    pub(crate) fn is_line_json(self) -> bool {
        self == Self::Ollama
    }

    pub(crate) fn reader(self, calls: Calls) -> Box<dyn Reader> {
        match self {
            Self::Anthropic => Box::new(anthropic::Answering::new(calls)),
            Self::OpenAiChat => Box::new(openai_chat::Answering::new(calls)),
            Self::OpenAiResponses => Box::new(openai_responses::Answering::new(calls)),
            Self::Gemini => Box::new(gemini::Answering::new(calls)),
            Self::Ollama => Box::new(ollama::Answering::new(calls)),
        }
    }
}

/// Whether the body is packed.
pub(crate) fn is_packed(head: &Head) -> bool {
    packing(head).is_some()
}

/// How the body is packed; no request asks for that.
fn packing(head: &Head) -> Option<&str> {
    head.header("content-encoding")
        .filter(|name| !name.eq_ignore_ascii_case("identity"))
}

/// An event's data as JSON.
fn json(data: &str) -> Result<Value, ModelError> {
    serde_json::from_str(data)
        .map_err(|error| ModelError::bad_answer(format!("an event is not JSON: {error}")))
}

/// The message of an error, or the status where there is none.
fn said(status: u16, message: Option<&Value>) -> String {
    match message.and_then(Value::as_str).map(cut) {
        Some(text) if !text.is_empty() => text,
        _ => format!("status {status}"),
    }
}

fn text_of<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}
