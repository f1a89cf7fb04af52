//! Ollama's own chat: one JSON object on each line, arguments as objects.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Reader, json, openai_chat, said, text_of};
use crate::answer::{AnswerEvent, StopReason};
use crate::calls::Calls;
use crate::error::{ModelError, cut};
use crate::request::{Message, Request};
use crate::usage::{Told, Usage};

/// The window that is asked for is a multiple of this, and no larger than the last.
const WINDOW_STEP: u64 = 4_096;
const LARGEST_WINDOW: u64 = 65_536;

pub(super) fn body(model: &str, request: &Request) -> Value {
    let mut messages = Vec::new();
    if !request.system.is_empty() {
        messages.push(json!({ "role": "system", "content": request.system }));
    }
    request
        .messages
        .iter()
        .for_each(|message| push(message, &mut messages));
    let mut body = json!({ "model": model, "stream": true, "messages": messages });
    if !request.tools.is_empty() {
        // There is no way to name the tool that must be called.
        body["tools"] = request.tools.iter().map(openai_chat::tool).collect();
    }
    let mut options = json!({ "num_predict": request.max_tokens });
    if let Some(temperature) = request.temperature {
        options["temperature"] = json!(temperature);
    }
    options["num_ctx"] = json!(window(&body, request.max_tokens));
    body["options"] = options;
    body
}

/// The default window is small, and what does not fit is dropped without a word: ask for enough.
fn window(body: &Value, max_tokens: u32) -> u64 {
    // A token has about three bytes of JSON or more.
    let wanted = body.to_string().len() as u64 / 3 + u64::from(max_tokens);
    (wanted.div_ceil(WINDOW_STEP) * WINDOW_STEP).min(LARGEST_WINDOW)
}

fn push(message: &Message, messages: &mut Vec<Value>) {
    match message {
        Message::User(text) => messages.push(json!({ "role": "user", "content": text })),
        Message::Assistant { text, calls } => {
            let calls: Vec<Value> = calls
                .iter()
                .map(|call| {
                    let arguments = call.arguments.clone().unwrap_or_else(|_| Map::new());
                    json!({ "function": { "name": call.name, "arguments": arguments } })
                })
                .collect();
            messages.push(json!({ "role": "assistant", "content": text, "tool_calls": calls }));
        }
        Message::Results(results) => messages.extend(results.iter().map(
            |result| json!({ "role": "tool", "tool_name": result.name, "content": result.text }),
        )),
    }
}

pub(super) fn error(status: u16, body: &Value, retry_after: Option<Duration>) -> ModelError {
    let said = said(status, body.get("error"));
    match status {
        429 => ModelError::RateLimited { retry_after, said },
        503 => ModelError::Overloaded { retry_after, said },
        401 | 403 => ModelError::NoAccess { said },
        402 => ModelError::OutOfCredit { said },
        413 => ModelError::ContextTooLong { said },
        200 | 408 | 500.. => ModelError::Unavailable { said },
        _ => ModelError::BadRequest { said },
    }
}

/// A model that is on the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
}

impl Listed {
    /// Whether it only passes the request on to a machine elsewhere.
    #[must_use]
    pub fn leaves_the_machine(&self) -> bool {
        leaves_the_machine(&self.name)
    }
}

/// Whether a model of this name runs elsewhere although it is asked here.
pub(crate) fn leaves_the_machine(name: &str) -> bool {
    name.ends_with("-cloud") || name.ends_with(":cloud")
}

/// The models of an answer of `/api/tags`, in its order.
#[must_use]
pub fn listed(body: &Value) -> Vec<Listed> {
    body["models"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|model| text_of(model, "model").or_else(|| text_of(model, "name")))
        .map(|name| Listed {
            name: name.to_owned(),
        })
        .collect()
}

/// Whether an answer of `/api/show` says that the model can call tools.
#[must_use]
pub fn shows_tools(body: &Value) -> bool {
    body["capabilities"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|word| word == "tools")
}

/// One answer while it arrives.
pub(super) struct Answering {
    calls: Calls,
}

impl Answering {
    pub fn new(calls: Calls) -> Self {
        Self { calls }
    }

    fn call(&mut self, call: &Value) -> Result<(), ModelError> {
        let index = self.calls.len() as u64;
        let function = &call["function"];
        // Most versions give calls no id.
        let own = format!("call_{index}");
        let id = text_of(call, "id").unwrap_or(&own);
        self.calls
            .piece(index, Some(id), text_of(function, "name"), "")?;
        match function.get("arguments") {
            Some(arguments) => self.calls.value(index, arguments.clone()),
            None => Ok(()),
        }
    }
}

impl Reader for Answering {
    fn read(
        &mut self,
        _: &str,
        data: &str,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<Option<StopReason>, ModelError> {
        let line = json(data)?;
        if line.get("error").is_some() {
            return Err(error(200, &line, None));
        }
        let message = &line["message"];
        if let Some(text) = text_of(message, "content").filter(|text| !text.is_empty()) {
            out.push(AnswerEvent::Text(text.to_owned()));
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            self.call(call)?;
        }
        if line["done"] != true {
            return Ok(None);
        }
        out.push(AnswerEvent::Usage(Usage {
            input: Told::read(line.get("prompt_eval_count")).known(),
            cache_read: None,
            cache_write: None,
            output: Told::read(line.get("eval_count")).known(),
        }));
        Ok(Some(match text_of(&line, "done_reason") {
            None | Some("stop") => StopReason::End,
            Some("length") => StopReason::Length,
            Some("load" | "unload") => {
                return Err(ModelError::Incomplete {
                    why: "the model was loaded or unloaded instead of asked".to_owned(),
                });
            }
            Some(other) => StopReason::Other(cut(other)),
        }))
    }

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }
}
