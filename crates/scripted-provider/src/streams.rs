//! Answers of an honest model in each format.

use serde_json::{Value, json};

use super::reply::Reply;

/// What a model says in one turn.
#[derive(Debug, Clone)]
pub enum Say {
    Text(String),
    Call { name: String, arguments: Value },
}

impl Say {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn call(name: &str, arguments: Value) -> Self {
        Self::Call {
            name: name.to_owned(),
            arguments,
        }
    }
}

/// The formats under one name each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Anthropic,
    OpenAi,
    Ollama,
    Responses,
    Gemini,
}

impl Format {
    pub const ALL: [Self; 5] = [
        Self::Anthropic,
        Self::OpenAi,
        Self::Ollama,
        Self::Responses,
        Self::Gemini,
    ];
    /// Those that the environment can name.
    pub const NAMED: [Self; 3] = [Self::Anthropic, Self::OpenAi, Self::Ollama];

    /// A whole turn as this format sends it.
    pub fn reply(self, says: &[Say]) -> Reply {
        match self {
            Self::Anthropic => Reply::events(anthropic(says)),
            Self::OpenAi => Reply::events(openai(says)),
            Self::Ollama => Reply::lines(ollama(says)),
            Self::Responses => Reply::events(responses(says)),
            Self::Gemini => Reply::events(gemini(says)),
        }
    }
}

/// 25 tokens in, 89 out.
pub fn anthropic(says: &[Say]) -> String {
    let mut events = vec![json!({
        "type": "message_start",
        "message": {
            "id": "msg_01", "type": "message", "role": "assistant", "content": [], "model": "m",
            "stop_reason": null, "stop_sequence": null,
            "usage": { "input_tokens": 25, "output_tokens": 1 },
        },
    })];
    for (index, say) in says.iter().enumerate() {
        let (block, deltas) = match say {
            Say::Text(text) => (
                json!({ "type": "text", "text": "" }),
                halves(text)
                    .map(|half| json!({ "type": "text_delta", "text": half }))
                    .to_vec(),
            ),
            Say::Call { name, arguments } => (
                json!({ "type": "tool_use", "id": format!("toolu_{index}"), "name": name, "input": {} }),
                halves(&arguments.to_string())
                    .map(|half| json!({ "type": "input_json_delta", "partial_json": half }))
                    .to_vec(),
            ),
        };
        events
            .push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        events.push(json!({ "type": "ping" }));
        for delta in deltas {
            events.push(json!({ "type": "content_block_delta", "index": index, "delta": delta }));
        }
        events.push(json!({ "type": "content_block_stop", "index": index }));
    }
    let reason = if calls(says) { "tool_use" } else { "end_turn" };
    events.push(json!({
        "type": "message_delta",
        "delta": { "stop_reason": reason, "stop_sequence": null },
        "usage": { "output_tokens": 89 },
    }));
    events.push(json!({ "type": "message_stop" }));
    events
        .iter()
        .map(|event| {
            format!(
                "event: {}\ndata: {event}\n\n",
                event["type"].as_str().unwrap()
            )
        })
        .collect()
}

/// 25 tokens in, 89 out.
pub fn openai(says: &[Say]) -> String {
    let chunk = |delta: Value, reason: Value| {
        json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }], "usage": null,
        })
    };
    let mut chunks = vec![chunk(
        json!({ "role": "assistant", "content": null }),
        Value::Null,
    )];
    let mut index = 0;
    for say in says {
        match say {
            Say::Text(text) => chunks
                .extend(halves(text).map(|half| chunk(json!({ "content": half }), Value::Null))),
            Say::Call { name, arguments } => {
                let call = |call: Value| chunk(json!({ "tool_calls": [call] }), Value::Null);
                chunks.push(call(json!({
                    "index": index, "id": format!("call_{index}"), "type": "function",
                    "function": { "name": name, "arguments": "" },
                })));
                chunks.extend(halves(&arguments.to_string()).map(|half| {
                    call(json!({ "index": index, "function": { "arguments": half } }))
                }));
                index += 1;
            }
        }
    }
    let reason = if calls(says) { "tool_calls" } else { "stop" };
    chunks.push(chunk(json!({}), json!(reason)));
    chunks.push(json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [],
        "usage": { "prompt_tokens": 25, "completion_tokens": 89, "total_tokens": 114,
                   "prompt_tokens_details": { "cached_tokens": 0 } },
    }));
    let mut text: String = chunks
        .iter()
        .map(|chunk| format!("data: {chunk}\n\n"))
        .collect();
    text.push_str("data: [DONE]\n\n");
    text
}

/// 25 tokens in, 89 out.
pub fn ollama(says: &[Say]) -> String {
    let line = |message: Value| json!({ "model": "m", "created_at": "2026-11-25T12:00:00Z", "message": message, "done": false });
    let mut lines: Vec<Value> = says
        .iter()
        .flat_map(|say| match say {
            Say::Text(text) => halves(text)
                .map(|half| line(json!({ "role": "assistant", "content": half })))
                .to_vec(),
            Say::Call { name, arguments } => vec![line(json!({
                "role": "assistant", "content": "",
                "tool_calls": [{ "function": { "name": name, "arguments": arguments } }],
            }))],
        })
        .collect();
    lines.push(json!({
        "model": "m", "created_at": "2026-11-25T12:00:01Z",
        "message": { "role": "assistant", "content": "" },
        "done": true, "done_reason": "stop", "total_duration": 9, "load_duration": 1,
        "prompt_eval_count": 25, "prompt_eval_duration": 2, "eval_count": 89, "eval_duration": 5,
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// 25 tokens in, 89 out.
pub fn responses(says: &[Say]) -> String {
    let mut events = vec![json!({
        "type": "response.created",
        "response": { "id": "resp_1", "object": "response", "status": "in_progress", "output": [] },
    })];
    for (index, say) in says.iter().enumerate() {
        let at = |kind: &str, mut fields: Value| {
            fields["type"] = json!(kind);
            fields["output_index"] = json!(index);
            fields
        };
        match say {
            Say::Text(text) => {
                let item = |status: &str| json!({ "item": { "type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": [] } });
                events.push(at("response.output_item.added", item("in_progress")));
                events.push(at(
                    "response.content_part.added",
                    json!({ "content_index": 0, "part": { "type": "output_text", "text": "" } }),
                ));
                for half in halves(text) {
                    events.push(at(
                        "response.output_text.delta",
                        json!({ "content_index": 0, "delta": half, "obfuscation": "xx" }),
                    ));
                }
                events.push(at(
                    "response.output_text.done",
                    json!({ "content_index": 0, "text": text }),
                ));
                events.push(at("response.output_item.done", item("completed")));
            }
            Say::Call { name, arguments } => {
                let item = |arguments: &str| json!({ "item": { "type": "function_call", "id": format!("fc_{index}"), "call_id": format!("call_{index}"), "name": name, "arguments": arguments, "status": "completed" } });
                events.push(at("response.output_item.added", item("")));
                for half in halves(&arguments.to_string()) {
                    events.push(at(
                        "response.function_call_arguments.delta",
                        json!({ "delta": half }),
                    ));
                }
                events.push(at(
                    "response.function_call_arguments.done",
                    json!({ "arguments": arguments.to_string() }),
                ));
                events.push(at(
                    "response.output_item.done",
                    item(&arguments.to_string()),
                ));
            }
        }
    }
    events.push(json!({
        "type": "response.completed",
        "response": {
            "id": "resp_1", "object": "response", "status": "completed", "error": null,
            "usage": { "input_tokens": 25, "input_tokens_details": { "cached_tokens": 0 },
                       "output_tokens": 89, "total_tokens": 114 },
        },
    }));
    events
        .iter_mut()
        .zip(0..)
        .map(|(event, number)| {
            event["sequence_number"] = json!(number);
            format!(
                "event: {}\ndata: {event}\n\n",
                event["type"].as_str().unwrap()
            )
        })
        .collect()
}

/// 25 tokens in, 89 out.
pub fn gemini(says: &[Say]) -> String {
    let chunk = |part: Value| {
        json!({
            "candidates": [{ "content": { "role": "model", "parts": [part] }, "index": 0 }],
            "usageMetadata": { "promptTokenCount": 25, "totalTokenCount": 25 },
            "modelVersion": "m", "responseId": "r1",
        })
    };
    let mut chunks = vec![chunk(json!({ "text": "I must think.", "thought": true }))];
    for say in says {
        match say {
            Say::Text(text) => {
                chunks.extend(halves(text).map(|half| chunk(json!({ "text": half }))))
            }
            Say::Call { name, arguments } => chunks.push(chunk(json!({
                "functionCall": { "name": name, "args": arguments },
                "thoughtSignature": "c2ln",
            }))),
        }
    }
    chunks.push(json!({
        "candidates": [{ "content": { "role": "model", "parts": [{ "text": "" }] }, "finishReason": "STOP", "index": 0 }],
        "usageMetadata": { "promptTokenCount": 25, "candidatesTokenCount": 80, "thoughtsTokenCount": 9,
                           "totalTokenCount": 114 },
    }));
    chunks
        .iter()
        .map(|chunk| format!("data: {chunk}\r\n\r\n"))
        .collect()
}

fn calls(says: &[Say]) -> bool {
    says.iter().any(|say| matches!(say, Say::Call { .. }))
}

/// The text in two pieces that are cut between letters.
fn halves(text: &str) -> [String; 2] {
    let letters = text.chars().count() / 2;
    let at = text.char_indices().nth(letters).map_or(0, |(at, _)| at);
    [text[..at].to_owned(), text[at..].to_owned()]
}
