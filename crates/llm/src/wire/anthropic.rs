//! Anthropic's Messages API, version 2023-06-01.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Reader, json, said, text_of};
use crate::answer::{AnswerEvent, StopReason};
use crate::calls::Calls;
use crate::error::ModelError;
use crate::rate_limits::Spelling;
use crate::request::{Message, Request, ToolChoice};
use crate::usage::{Told, Usage};

pub(super) const SPELLING: Spelling = Spelling::Last("anthropic-ratelimit-");

pub(super) fn body(model: &str, request: &Request) -> Value {
    let mut body = json!({
        "model": model,
        "max_tokens": request.max_tokens,
        "stream": true,
        "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
    });
    if !request.system.is_empty() {
        body["system"] = json!(request.system);
    }
    if let Some(temperature) = request.temperature {
        body["temperature"] = json!(temperature);
    }
    if !request.tools.is_empty() {
        let offer = |tool: &crate::request::Offer| json!({ "name": tool.name, "description": tool.description, "input_schema": tool.schema });
        body["tools"] = request.tools.iter().map(offer).collect();
        body["tool_choice"] = match &request.choice {
            ToolChoice::Auto => json!({ "type": "auto" }),
            ToolChoice::Any => json!({ "type": "any", "disable_parallel_tool_use": true }),
            ToolChoice::Named(name) => {
                json!({ "type": "tool", "name": name, "disable_parallel_tool_use": true })
            }
            ToolChoice::None => json!({ "type": "none" }),
        };
    }
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::User(text) => json!({ "role": "user", "content": text }),
        Message::Assistant { text, calls } => {
            let mut blocks = Vec::with_capacity(calls.len() + 1);
            if !text.is_empty() {
                blocks.push(json!({ "type": "text", "text": text }));
            }
            for call in calls {
                // What could not be read cannot be handed back; the result says what was wrong.
                let input = call.arguments.clone().unwrap_or_else(|_| Map::new());
                blocks.push(
                    json!({ "type": "tool_use", "id": call.id, "name": call.name, "input": input }),
                );
            }
            json!({ "role": "assistant", "content": blocks })
        }
        Message::Results(results) => {
            let blocks: Vec<Value> = results
                .iter()
                .map(|result| {
                    json!({
                        "type": "tool_result",
                        "tool_use_id": result.id,
                        "content": result.text,
                        "is_error": result.is_error,
                    })
                })
                .collect();
            json!({ "role": "user", "content": blocks })
        }
    }
}

pub(super) fn error(status: u16, body: &Value, retry_after: Option<Duration>) -> ModelError {
    let error = &body["error"];
    let said = said(status, error.get("message"));
    match (text_of(error, "type").unwrap_or_default(), status) {
        ("rate_limit_error", _) | (_, 429) => ModelError::RateLimited { retry_after, said },
        ("overloaded_error", _) | (_, 503 | 529) => ModelError::Overloaded { retry_after, said },
        ("billing_error", _) | (_, 402) => ModelError::OutOfCredit { said },
        ("authentication_error" | "permission_error", _) | (_, 401 | 403) => {
            ModelError::NoAccess { said }
        }
        ("request_too_large", _) | (_, 413) => ModelError::ContextTooLong { said },
        ("api_error" | "timeout_error", _) | (_, 408 | 409 | 500..) => {
            ModelError::Unavailable { said }
        }
        _ => ModelError::BadRequest { said },
    }
}

/// One answer while it arrives.
pub(super) struct Answering {
    calls: Calls,
    begun: bool,
    /// By index; a block that was closed stays, so that its index is not taken again.
    blocks: BTreeMap<u64, (Block, bool)>,
    counts: Counts,
    stop: Option<String>,
    refusal: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Block {
    Text,
    Call,
    /// Thinking, a server's own tools, and what is not known yet.
    Other,
}

#[derive(Default)]
struct Counts {
    input: Told,
    cache_read: Told,
    cache_write: Told,
    output: Told,
}

impl Answering {
    pub fn new(calls: Calls) -> Self {
        Self {
            calls,
            begun: false,
            blocks: BTreeMap::new(),
            counts: Counts::default(),
            stop: None,
            refusal: None,
        }
    }

    fn block_start(&mut self, event: &Value, out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        let index = index(event)?;
        let content = &event["content_block"];
        if !self.begun || self.blocks.contains_key(&index) {
            let why = format!("block {index} begins where none can begin");
            return Err(ModelError::bad_answer(why));
        }
        let block = match text_of(content, "type") {
            Some("text") => Block::Text,
            Some("tool_use") => Block::Call,
            _ => Block::Other,
        };
        self.blocks.insert(index, (block, true));
        match block {
            Block::Text => push_text(content, "text", out),
            Block::Call => {
                self.calls
                    .piece(index, text_of(content, "id"), text_of(content, "name"), "")?;
                if let Some(input) = content.get("input") {
                    self.calls.value(index, input.clone())?;
                }
            }
            Block::Other => {}
        }
        Ok(())
    }

    fn block_delta(&mut self, event: &Value, out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        let block = self.open_block(event)?;
        let delta = &event["delta"];
        match (block, text_of(delta, "type")) {
            (Block::Text, Some("text_delta")) => push_text(delta, "text", out),
            (Block::Call, Some("input_json_delta")) => {
                let piece = text_of(delta, "partial_json").unwrap_or_default();
                self.calls.piece(index(event)?, None, None, piece)?;
            }
            (_, Some("text_delta" | "input_json_delta")) if block != Block::Other => {
                return Err(ModelError::bad_answer("a piece does not fit its block"));
            }
            _ => {}
        }
        Ok(())
    }

    fn open_block(&self, event: &Value) -> Result<Block, ModelError> {
        let index = index(event)?;
        match self.blocks.get(&index) {
            Some((block, true)) => Ok(*block),
            _ => Err(ModelError::bad_answer(format!(
                "a piece of block {index}, which is not open"
            ))),
        }
    }

    fn count(&mut self, usage: &Value, out: &mut Vec<AnswerEvent>) {
        if !usage.is_object() {
            return;
        }
        let counts = &mut self.counts;
        counts.input.update(usage.get("input_tokens"));
        counts.output.update(usage.get("output_tokens"));
        counts
            .cache_read
            .update(usage.get("cache_read_input_tokens"));
        counts
            .cache_write
            .update(usage.get("cache_creation_input_tokens"));
        let (read, write) = (counts.cache_read.or_zero(), counts.cache_write.or_zero());
        // What came from a cache or went into one is not part of `input_tokens`.
        let parts = [counts.input.known(), read, write];
        out.push(AnswerEvent::Usage(Usage {
            input: parts
                .into_iter()
                .try_fold(0, |sum: u64, part| Some(sum.saturating_add(part?))),
            cache_read: read,
            cache_write: write,
            output: counts.output.known(),
        }));
    }

    fn ended(&self) -> Result<StopReason, ModelError> {
        if self.blocks.values().any(|(_, open)| *open) {
            return Err(ModelError::bad_answer("the message ended within a block"));
        }
        Ok(match self.stop.as_deref() {
            Some("end_turn" | "stop_sequence") => StopReason::End,
            Some("tool_use") => StopReason::ToolUse,
            Some("max_tokens" | "model_context_window_exceeded") => StopReason::Length,
            Some("pause_turn") => StopReason::Paused,
            Some("refusal") => {
                let said = self.refusal.clone();
                return Err(ModelError::Refused {
                    said: said.unwrap_or_else(|| "without a reason".to_owned()),
                });
            }
            Some(other) => StopReason::Other(crate::error::cut(other)),
            None => {
                return Err(ModelError::Incomplete {
                    why: "the message ended without a reason".to_owned(),
                });
            }
        })
    }
}

impl Reader for Answering {
    fn read(
        &mut self,
        name: &str,
        data: &str,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<Option<StopReason>, ModelError> {
        const KNOWN: &[&str] = &[
            "message",
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
            "error",
        ];
        let event = match json(data) {
            Err(_) if !KNOWN.contains(&name) => return Ok(None),
            read => read?,
        };
        match text_of(&event, "type").unwrap_or(name) {
            "message_start" if self.begun => {
                return Err(ModelError::bad_answer("the message begins twice"));
            }
            "message_start" => {
                self.begun = true;
                self.count(&event["message"]["usage"], out);
            }
            "content_block_start" => self.block_start(&event, out)?,
            "content_block_delta" => self.block_delta(&event, out)?,
            "content_block_stop" => {
                self.open_block(&event)?;
                if let Some((_, open)) = self.blocks.get_mut(&index(&event)?) {
                    *open = false;
                }
            }
            "message_delta" => {
                let delta = &event["delta"];
                if let Some(reason) = text_of(delta, "stop_reason") {
                    self.stop = Some(reason.to_owned());
                }
                let details = &delta["stop_details"];
                if let Some(why) = text_of(details, "explanation") {
                    self.refusal = Some(crate::error::cut(why));
                }
                self.count(&event["usage"], out);
            }
            "message_stop" => return self.ended().map(Some),
            // Under status 200, at any time.
            "error" => return Err(error(200, &event, None)),
            _ => {}
        }
        Ok(None)
    }

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }
}

fn index(event: &Value) -> Result<u64, ModelError> {
    event
        .get("index")
        .and_then(Value::as_u64)
        .ok_or_else(|| ModelError::bad_answer("a piece of a block has no index"))
}

fn push_text(value: &Value, field: &str, out: &mut Vec<AnswerEvent>) {
    if let Some(text) = text_of(value, field).filter(|text| !text.is_empty()) {
        out.push(AnswerEvent::Text(text.to_owned()));
    }
}
