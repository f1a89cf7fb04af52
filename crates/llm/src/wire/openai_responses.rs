//! OpenAI's Responses: one item for each thing said or called, and typed events.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Reader, json, openai_chat, text_of};
use crate::answer::{AnswerEvent, BadCall, StopReason, ToolCall};
use crate::calls::Calls;
use crate::error::{ModelError, cut};
use crate::request::{Message, Offer, Request, ToolChoice};
use crate::usage::{Told, Usage};

pub(super) fn body(model: &str, request: &Request) -> Value {
    let mut input = Vec::new();
    request
        .messages
        .iter()
        .for_each(|message| push(message, &mut input));
    let mut body = json!({
        "model": model,
        "stream": true,
        // Nothing is left behind at the provider beyond what its terms keep anyway.
        "store": false,
        "input": input,
        "max_output_tokens": request.max_tokens,
    });
    if !request.system.is_empty() {
        body["instructions"] = json!(request.system);
    }
    if let Some(temperature) = request.temperature {
        body["temperature"] = json!(temperature);
    }
    if !request.tools.is_empty() {
        body["tools"] = request.tools.iter().map(tool).collect();
        body["tool_choice"] = match &request.choice {
            ToolChoice::Auto => json!("auto"),
            ToolChoice::Any => json!("required"),
            ToolChoice::Named(name) => json!({ "type": "function", "name": name }),
            ToolChoice::None => json!("none"),
        };
    }
    body
}

fn tool(tool: &Offer) -> Value {
    json!({
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.schema,
        // The strict form takes only a part of JSON Schema.
        "strict": false,
    })
}

fn push(message: &Message, input: &mut Vec<Value>) {
    match message {
        Message::User(text) => input.push(json!({ "role": "user", "content": text })),
        Message::Assistant { text, calls } => {
            if !text.is_empty() {
                input.push(json!({ "role": "assistant", "content": text }));
            }
            input.extend(calls.iter().map(call));
        }
        Message::Results(results) => input.extend(results.iter().map(|result| {
            json!({ "type": "function_call_output", "call_id": result.id, "output": result.text })
        })),
    }
}

fn call(call: &ToolCall) -> Value {
    let arguments = match &call.arguments {
        Ok(arguments) => Value::Object(arguments.clone()).to_string(),
        Err(BadCall::NotJson { text, .. } | BadCall::NotAnObject { text, .. }) => text.clone(),
        Err(BadCall::NoSuchTool) => "{}".to_owned(),
    };
    json!({ "type": "function_call", "call_id": call.id, "name": call.name, "arguments": arguments })
}

pub(super) fn error(status: u16, body: &Value, retry_after: Option<Duration>) -> ModelError {
    openai_chat::error(status, body, retry_after)
}

/// One answer while it arrives.
pub(super) struct Answering {
    calls: Calls,
    refusal: String,
}

impl Answering {
    pub fn new(calls: Calls) -> Self {
        Self {
            calls,
            refusal: String::new(),
        }
    }

    fn item(&mut self, event: &Value, is_whole: bool) -> Result<(), ModelError> {
        let item = &event["item"];
        if text_of(item, "type") != Some("function_call") {
            return Ok(());
        }
        let index = index(event)?;
        let (id, name) = (text_of(item, "call_id"), text_of(item, "name"));
        self.calls.piece(index, id, name, "")?;
        match text_of(item, "arguments") {
            Some(text) if is_whole => self.calls.whole(index, text),
            _ => Ok(()),
        }
    }

    fn ended(
        &self,
        response: &Value,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<StopReason, ModelError> {
        count(&response["usage"], out);
        let refused = |said: &str| ModelError::Refused { said: cut(said) };
        if !self.refusal.trim().is_empty() {
            return Err(refused(&self.refusal));
        }
        match text_of(response, "status") {
            Some("completed") => Ok(StopReason::End),
            Some("incomplete") => {
                let reason = response
                    .pointer("/incomplete_details/reason")
                    .and_then(Value::as_str);
                match reason {
                    Some("max_output_tokens") => Ok(StopReason::Length),
                    Some("content_filter") => Err(refused("a filter of the provider stopped it")),
                    other => Ok(StopReason::Other(cut(other.unwrap_or("incomplete")))),
                }
            }
            Some("cancelled") => Err(ModelError::Incomplete {
                why: "it was cancelled at the provider".to_owned(),
            }),
            other => Err(ModelError::bad_answer(format!(
                "it ended with the status `{}`",
                cut(other.unwrap_or_default())
            ))),
        }
    }
}

impl Reader for Answering {
    fn read(
        &mut self,
        name: &str,
        data: &str,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<Option<StopReason>, ModelError> {
        let is_known =
            |name: &str| matches!(name, "message" | "error") || name.starts_with("response.");
        let event = match json(data) {
            Err(_) if !is_known(name) => return Ok(None),
            read => read?,
        };
        match text_of(&event, "type").unwrap_or(name) {
            "response.output_item.added" => self.item(&event, false)?,
            "response.output_item.done" => self.item(&event, true)?,
            "response.function_call_arguments.delta" => {
                let piece = text_of(&event, "delta").unwrap_or_default();
                self.calls.piece(index(&event)?, None, None, piece)?;
            }
            "response.function_call_arguments.done" => {
                if let Some(text) = text_of(&event, "arguments") {
                    self.calls.whole(index(&event)?, text)?;
                }
            }
            "response.output_text.delta" => {
                if let Some(text) = text_of(&event, "delta").filter(|text| !text.is_empty()) {
                    out.push(AnswerEvent::Text(text.to_owned()));
                }
            }
            "response.refusal.delta" => {
                let piece = text_of(&event, "delta").unwrap_or_default();
                self.refusal.push_str(piece);
            }
            "response.completed" | "response.incomplete" => {
                return self.ended(&event["response"], out).map(Some);
            }
            "response.failed" => return Err(failed(&event["response"]["error"])),
            // Bare, or wrapped as the other format wraps it.
            "error" => return Err(failed(event.get("error").unwrap_or(&event))),
            _ => {}
        }
        Ok(None)
    }

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }
}

/// A failure under status 200.
fn failed(error: &Value) -> ModelError {
    match text_of(error, "code") {
        Some(code) if code.starts_with("invalid_") || code == "unsupported_parameter" => {
            ModelError::BadRequest {
                said: super::said(200, error.get("message")),
            }
        }
        _ => openai_chat::error(200, &json!({ "error": error }), None),
    }
}

fn count(usage: &Value, out: &mut Vec<AnswerEvent>) {
    if !usage.is_object() {
        return;
    }
    let told = |path: &str| Told::read(usage.pointer(path)).known();
    out.push(AnswerEvent::Usage(Usage {
        input: told("/input_tokens"),
        cache_read: told("/input_tokens_details/cached_tokens"),
        cache_write: told("/input_tokens_details/cache_write_tokens"),
        output: told("/output_tokens"),
    }));
}

fn index(event: &Value) -> Result<u64, ModelError> {
    event
        .get("output_index")
        .and_then(Value::as_u64)
        .ok_or_else(|| ModelError::bad_answer("a piece of a tool call has no index"))
}
