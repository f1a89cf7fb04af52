//! Gemini's generateContent, as a stream of whole answers that add up.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Reader, json, said, text_of};
use crate::answer::{AnswerEvent, StopReason};
use crate::calls::Calls;
use crate::error::{ModelError, cut};
use crate::request::{Message, Request, ToolChoice};
use crate::usage::{Told, Usage};

/// Calls mostly come without an id; ours are not told back.
const OWN_ID: &str = "krake_call_";

pub(super) fn path(model: &str) -> String {
    let model = model.strip_prefix("models/").unwrap_or(model);
    format!("/models/{model}:streamGenerateContent?alt=sse")
}

pub(super) fn body(request: &Request) -> Value {
    let mut body = json!({
        "contents": request.messages.iter().map(content).collect::<Vec<_>>(),
        "generationConfig": { "maxOutputTokens": request.max_tokens },
    });
    if let Some(temperature) = request.temperature {
        body["generationConfig"]["temperature"] = json!(temperature);
    }
    if !request.system.is_empty() {
        body["systemInstruction"] = json!({ "parts": [{ "text": request.system }] });
    }
    if !request.tools.is_empty() {
        let declared: Vec<Value> = request
            .tools
            .iter()
            .map(|tool| {
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "parametersJsonSchema": tool.schema,
                })
            })
            .collect();
        body["tools"] = json!([{ "functionDeclarations": declared }]);
        let choice = match &request.choice {
            ToolChoice::Auto => json!({ "mode": "AUTO" }),
            ToolChoice::Any => json!({ "mode": "ANY" }),
            ToolChoice::Named(name) => json!({ "mode": "ANY", "allowedFunctionNames": [name] }),
            ToolChoice::None => json!({ "mode": "NONE" }),
        };
        body["toolConfig"] = json!({ "functionCallingConfig": choice });
    }
    body
}

fn content(message: &Message) -> Value {
    match message {
        Message::User(text) => json!({ "role": "user", "parts": [{ "text": text }] }),
        Message::Assistant { text, calls } => {
            let mut parts = Vec::with_capacity(calls.len() + 1);
            if !text.is_empty() {
                parts.push(json!({ "text": text }));
            }
            for call in calls {
                let args = call.arguments.clone().unwrap_or_else(|_| Map::new());
                let mut part = json!({ "functionCall": { "name": call.name, "args": args } });
                put_id(&mut part["functionCall"], &call.id);
                if let Some(mark) = &call.mark {
                    part["thoughtSignature"] = json!(mark);
                }
                parts.push(part);
            }
            json!({ "role": "model", "parts": parts })
        }
        Message::Results(results) => {
            let parts: Vec<Value> = results
                .iter()
                .map(|result| {
                    let field = if result.is_error { "error" } else { "result" };
                    let mut part = json!({
                        "functionResponse": { "name": result.name, "response": { field: result.text } },
                    });
                    put_id(&mut part["functionResponse"], &result.id);
                    part
                })
                .collect();
            json!({ "role": "user", "parts": parts })
        }
    }
}

fn put_id(part: &mut Value, id: &str) {
    if !id.starts_with(OWN_ID) {
        part["id"] = json!(id);
    }
}

pub(super) fn error(status: u16, body: &Value, retry_after: Option<Duration>) -> ModelError {
    let body = body.get(0).unwrap_or(body);
    let error = &body["error"];
    let said = said(status, error.get("message"));
    let bad_key = error["details"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|detail| text_of(detail, "reason") == Some("API_KEY_INVALID"));
    if bad_key {
        // It comes as 400.
        return ModelError::NoAccess { said };
    }
    match (text_of(error, "status").unwrap_or_default(), status) {
        ("RESOURCE_EXHAUSTED", _) | (_, 429) => ModelError::RateLimited { retry_after, said },
        ("UNAVAILABLE", _) | (_, 503 | 529) => ModelError::Overloaded { retry_after, said },
        ("UNAUTHENTICATED" | "PERMISSION_DENIED", _) | (_, 401 | 403) => {
            ModelError::NoAccess { said }
        }
        (_, 402) => ModelError::OutOfCredit { said },
        (_, 413) => ModelError::ContextTooLong { said },
        ("INTERNAL" | "DEADLINE_EXCEEDED", _) | (_, 408 | 409 | 500..) => {
            ModelError::Unavailable { said }
        }
        _ => ModelError::BadRequest { said },
    }
}

/// One answer while it arrives.
pub(super) struct Answering {
    calls: Calls,
}

impl Answering {
    pub fn new(calls: Calls) -> Self {
        Self { calls }
    }

    fn part(&mut self, part: &Value, out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        if let Some(call) = part.get("functionCall") {
            let index = self.calls.len() as u64;
            let own = format!("{OWN_ID}{index}");
            let id = text_of(call, "id").unwrap_or(&own);
            self.calls
                .piece(index, Some(id), text_of(call, "name"), "")?;
            if let Some(mark) = text_of(part, "thoughtSignature") {
                self.calls.mark(index, mark)?;
            }
            if let Some(args) = call.get("args") {
                self.calls.value(index, args.clone())?;
            }
        } else if part["thought"] != true
            && let Some(text) = text_of(part, "text").filter(|text| !text.is_empty())
        {
            out.push(AnswerEvent::Text(text.to_owned()));
        }
        Ok(())
    }
}

impl Reader for Answering {
    fn read(
        &mut self,
        name: &str,
        data: &str,
        out: &mut Vec<AnswerEvent>,
    ) -> Result<Option<StopReason>, ModelError> {
        let chunk = match json(data) {
            Err(_) if name != "message" => return Ok(None),
            read => read?,
        };
        let whole = chunk.get(0).unwrap_or(&chunk);
        if whole.get("error").is_some_and(|error| !error.is_null()) {
            let status = whole.pointer("/error/code").and_then(Value::as_u64);
            let status = status.and_then(|code| u16::try_from(code).ok());
            return Err(error(status.unwrap_or(500), &chunk, None));
        }
        if let Some(reason) = chunk
            .pointer("/promptFeedback/blockReason")
            .and_then(Value::as_str)
        {
            return Err(ModelError::Refused {
                said: format!("the request was blocked ({})", cut(reason)),
            });
        }
        count(&chunk["usageMetadata"], out);
        let Some(candidate) = chunk["candidates"].get(0) else {
            return Ok(None);
        };
        let parts = candidate
            .pointer("/content/parts")
            .and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.part(part, out)?;
        }
        match text_of(candidate, "finishReason") {
            // There is no end marker: the reason to finish is one.
            Some(reason) => stop(reason, candidate),
            None => Ok(None),
        }
    }

    fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }
}

fn stop(reason: &str, candidate: &Value) -> Result<Option<StopReason>, ModelError> {
    let told = text_of(candidate, "finishMessage").map(cut);
    Ok(Some(match reason {
        "FINISH_REASON_UNSPECIFIED" => return Ok(None),
        "STOP" => StopReason::End,
        "MAX_TOKENS" => StopReason::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
            return Err(ModelError::Refused {
                said: told.unwrap_or_else(|| format!("it stopped for {reason}")),
            });
        }
        "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
            return Err(ModelError::bad_answer(format!(
                "the provider could not read the model's call ({reason})"
            )));
        }
        other => StopReason::Other(cut(other)),
    }))
}

fn count(usage: &Value, out: &mut Vec<AnswerEvent>) {
    if !usage.is_object() {
        return;
    }
    let told = |name: &str| Told::read(usage.get(name));
    let sum = |first: Told, second: Told| Some(first.known()?.saturating_add(second.or_zero()?));
    out.push(AnswerEvent::Usage(Usage {
        input: sum(told("promptTokenCount"), told("toolUsePromptTokenCount")),
        cache_read: told("cachedContentTokenCount").or_zero(),
        // This format does not tell it.
        cache_write: None,
        output: sum(told("candidatesTokenCount"), told("thoughtsTokenCount")),
    }));
}
