//! Chat completions, at OpenAI and at everybody who speaks the same.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Reader, json, said, text_of};
use crate::answer::{AnswerEvent, BadCall, StopReason, ToolCall};
use crate::calls::Calls;
use crate::error::{ModelError, cut};
use crate::rate_limits::Spelling;
use crate::request::{Message, Request, ToolChoice};
use crate::usage::{Told, Usage};

pub(super) const SPELLING: Spelling = Spelling::First("x-ratelimit-");

pub(super) fn body(model: &str, request: &Request, at_home: bool) -> Value {
    let mut messages = Vec::new();
    if !request.system.is_empty() {
        messages.push(json!({ "role": "system", "content": request.system }));
    }
    request
        .messages
        .iter()
        .for_each(|message| push(message, &mut messages));
    let mut body = json!({
        "model": model,
        "stream": true,
        "stream_options": { "include_usage": true },
        "messages": messages,
    });
    // The newer models at home refuse the old name; many compatible servers know only that one.
    let length = if at_home {
        "max_completion_tokens"
    } else {
        "max_tokens"
    };
    body[length] = json!(request.max_tokens);
    if let Some(temperature) = request.temperature {
        body["temperature"] = json!(temperature);
    }
    if !request.tools.is_empty() {
        body["tools"] = request.tools.iter().map(tool).collect();
        body["tool_choice"] = match &request.choice {
            ToolChoice::Auto => json!("auto"),
            ToolChoice::Any => json!("required"),
            ToolChoice::Named(name) => json!({ "type": "function", "function": { "name": name } }),
            ToolChoice::None => json!("none"),
        };
    }
    body
}

/// A tool as this format and Ollama's write it.
pub(super) fn tool(tool: &crate::request::Offer) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.schema,
        },
    })
}

fn push(message: &Message, messages: &mut Vec<Value>) {
    match message {
        Message::User(text) => messages.push(json!({ "role": "user", "content": text })),
        Message::Assistant { text, calls } => {
            let mut said = json!({ "role": "assistant", "content": text });
            if !calls.is_empty() {
                said["tool_calls"] = calls.iter().map(call).collect();
            }
            messages.push(said);
        }
        Message::Results(results) => messages.extend(results.iter().map(
            |result| json!({ "role": "tool", "tool_call_id": result.id, "content": result.text }),
        )),
    }
}

fn call(call: &ToolCall) -> Value {
    let arguments = match &call.arguments {
        Ok(arguments) => Value::Object(arguments.clone()).to_string(),
        Err(BadCall::NotJson { text, .. } | BadCall::NotAnObject { text, .. }) => text.clone(),
        Err(BadCall::NoSuchTool) => "{}".to_owned(),
    };
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    })
}

pub(super) fn error(status: u16, body: &Value, retry_after: Option<Duration>) -> ModelError {
    // Some compatible servers wrap the error in a list, some send it as bare text.
    let body = body.get(0).unwrap_or(body);
    let error = &body["error"];
    let said = said(status, error.get("message").or(Some(error)));
    let code = text_of(error, "code").unwrap_or_default();
    let kind = text_of(error, "type").unwrap_or_default();
    let is = |word: &str| code == word || kind == word;
    if is("insufficient_quota") || status == 402 {
        // It comes as 429, and waiting would not help.
        return ModelError::OutOfCredit { said };
    }
    if is("context_length_exceeded") || status == 413 {
        return ModelError::ContextTooLong { said };
    }
    match status {
        429 => ModelError::RateLimited { retry_after, said },
        _ if is("rate_limit_exceeded") => ModelError::RateLimited { retry_after, said },
        503 | 529 => ModelError::Overloaded { retry_after, said },
        401 | 403 => ModelError::NoAccess { said },
        // Under status 200 nothing says whose fault it is: the other side's, then.
        200 | 408 | 409 | 500.. => ModelError::Unavailable { said },
        _ => ModelError::BadRequest { said },
    }
}

/// One answer while it arrives.
pub(super) struct Answering {
    calls: Calls,
    stop: Option<String>,
    refusal: String,
    input: Told,
    cache_read: Told,
    output: Told,
}

impl Answering {
    pub fn new(calls: Calls) -> Self {
        Self {
            calls,
            stop: None,
            refusal: String::new(),
            input: Told::Nothing,
            cache_read: Told::Nothing,
            output: Told::Nothing,
        }
    }

    fn choice(&mut self, choice: &Value, out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        let delta = &choice["delta"];
        if let Some(text) = text_of(delta, "content").filter(|text| !text.is_empty()) {
            out.push(AnswerEvent::Text(text.to_owned()));
        }
        if let Some(text) = text_of(delta, "refusal") {
            self.refusal.push_str(text);
        }
        for piece in delta["tool_calls"].as_array().into_iter().flatten() {
            let index = piece
                .get("index")
                .and_then(Value::as_u64)
                .ok_or_else(|| ModelError::bad_answer("a piece of a tool call has no index"))?;
            let function = &piece["function"];
            self.calls.piece(
                index,
                text_of(piece, "id"),
                text_of(function, "name"),
                text_of(function, "arguments").unwrap_or_default(),
            )?;
        }
        if let Some(reason) = text_of(choice, "finish_reason") {
            self.stop = Some(reason.to_owned());
        }
        Ok(())
    }

    fn count(&mut self, usage: &Value, out: &mut Vec<AnswerEvent>) {
        if !usage.is_object() {
            return;
        }
        self.input.update(usage.get("prompt_tokens"));
        self.output.update(usage.get("completion_tokens"));
        let cached = usage.pointer("/prompt_tokens_details/cached_tokens");
        self.cache_read.update(cached);
        out.push(AnswerEvent::Usage(Usage {
            input: self.input.known(),
            cache_read: self.cache_read.known(),
            // This format does not tell it.
            cache_write: None,
            output: self.output.known(),
        }));
    }

    fn ended(&self) -> Result<StopReason, ModelError> {
        let refused = |said: &str| ModelError::Refused { said: cut(said) };
        if !self.refusal.trim().is_empty() {
            return Err(refused(&self.refusal));
        }
        Ok(match self.stop.as_deref() {
            Some("stop") => StopReason::End,
            Some("tool_calls") => StopReason::ToolUse,
            Some("length") => StopReason::Length,
            Some("content_filter") => return Err(refused("a filter of the provider stopped it")),
            Some(other) => StopReason::Other(cut(other)),
            None => {
                return Err(ModelError::Incomplete {
                    why: "the answer ended without a reason".to_owned(),
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
        if data.trim() == "[DONE]" {
            return self.ended().map(Some);
        }
        let chunk = match json(data) {
            // Events with a name of their own are none of this format.
            Err(_) if !matches!(name, "message" | "error") => return Ok(None),
            read => read?,
        };
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            return Err(error(200, &chunk, None));
        }
        for choice in chunk["choices"].as_array().into_iter().flatten() {
            // One answer is asked for.
            if choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 {
                self.choice(choice, out)?;
            }
        }
        self.count(&chunk["usage"], out);
        Ok(None)
    }

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }
}
