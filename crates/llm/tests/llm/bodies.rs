//! Requests as each format writes them.

use krake_llm::{BadCall, Message, Request, ToolCall, ToolChoice, ToolResult, Wire};
use serde_json::{Value, json};

use crate::assembling::request;

/// A second turn after a call that could not be read.
fn second_turn() -> Request {
    let mut request = request();
    request.choice = ToolChoice::Named("get_weather".to_owned());
    request.tools.truncate(1);
    let good = json!({ "city": "Berlin" }).as_object().unwrap().clone();
    let call = |id: &str, arguments| ToolCall {
        id: id.to_owned(),
        name: "get_weather".to_owned(),
        arguments,
        mark: None,
    };
    let bad = Err(BadCall::NotJson {
        text: "{\"city".to_owned(),
        why: "EOF".to_owned(),
    });
    let result = |id: &str, is_error| ToolResult {
        id: id.to_owned(),
        name: "get_weather".to_owned(),
        text: "sunny?".to_owned(),
        is_error,
    };
    request.messages.push(Message::Assistant {
        text: "a moment".to_owned(),
        calls: vec![call("c1", Ok(good)), call("c2", bad)],
    });
    request.messages.push(Message::Results(vec![
        result("c1", false),
        result("c2", true),
    ]));
    request
}

#[test]
fn anthropic() {
    assert_eq!(
        Wire::Anthropic.body("m", &second_turn(), true),
        json!({
            "model": "m", "max_tokens": 1000, "stream": true, "system": "Be brief.",
            "messages": [
                { "role": "user", "content": "weather in Berlin?" },
                { "role": "assistant", "content": [
                    { "type": "text", "text": "a moment" },
                    { "type": "tool_use", "id": "c1", "name": "get_weather", "input": { "city": "Berlin" } },
                    { "type": "tool_use", "id": "c2", "name": "get_weather", "input": {} },
                ] },
                { "role": "user", "content": [
                    { "type": "tool_result", "tool_use_id": "c1", "content": "sunny?", "is_error": false },
                    { "type": "tool_result", "tool_use_id": "c2", "content": "sunny?", "is_error": true },
                ] },
            ],
            "tools": [{ "name": "get_weather", "description": "Tell the weather of a city.", "input_schema": { "type": "object" } }],
            "tool_choice": { "type": "tool", "name": "get_weather", "disable_parallel_tool_use": true },
        })
    );
}

#[test]
fn openai_at_home_and_elsewhere() {
    let mut body = Wire::OpenAiChat.body("m", &second_turn(), true);
    assert_eq!(
        body,
        json!({
            "model": "m", "stream": true, "stream_options": { "include_usage": true },
            "max_completion_tokens": 1000,
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "weather in Berlin?" },
                { "role": "assistant", "content": "a moment", "tool_calls": [
                    { "id": "c1", "type": "function", "function": { "name": "get_weather", "arguments": "{\"city\":\"Berlin\"}" } },
                    { "id": "c2", "type": "function", "function": { "name": "get_weather", "arguments": "{\"city" } },
                ] },
                { "role": "tool", "tool_call_id": "c1", "content": "sunny?" },
                { "role": "tool", "tool_call_id": "c2", "content": "sunny?" },
            ],
            "tools": [{ "type": "function", "function": { "name": "get_weather", "description": "Tell the weather of a city.", "parameters": { "type": "object" } } }],
            "tool_choice": { "type": "function", "function": { "name": "get_weather" } },
        })
    );
    let fields = body.as_object_mut().unwrap();
    fields.remove("max_completion_tokens");
    fields.insert("max_tokens".to_owned(), json!(1000));
    assert_eq!(Wire::OpenAiChat.body("m", &second_turn(), false), body);
}

#[test]
fn ollama_asks_for_a_window_that_holds_it() {
    let mut body = Wire::Ollama.body("m", &second_turn(), true);
    assert_eq!(
        body["options"],
        json!({ "num_predict": 1000, "num_ctx": 4096 })
    );
    body.as_object_mut().unwrap().remove("options");
    assert_eq!(
        body,
        json!({
            "model": "m", "stream": true,
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "weather in Berlin?" },
                { "role": "assistant", "content": "a moment", "tool_calls": [
                    { "function": { "name": "get_weather", "arguments": { "city": "Berlin" } } },
                    { "function": { "name": "get_weather", "arguments": {} } },
                ] },
                { "role": "tool", "tool_name": "get_weather", "content": "sunny?" },
                { "role": "tool", "tool_name": "get_weather", "content": "sunny?" },
            ],
            "tools": [{ "type": "function", "function": { "name": "get_weather", "description": "Tell the weather of a city.", "parameters": { "type": "object" } } }],
        })
    );
    let mut long = request();
    long.system = "x".repeat(60_000);
    let window =
        |request: &Request| Wire::Ollama.body("m", request, true)["options"]["num_ctx"].clone();
    assert_eq!(window(&long), json!(24_576));
    long.system = "x".repeat(6_000_000);
    assert_eq!(window(&long), json!(65_536));
}

#[test]
fn a_wish_for_no_tool_and_a_temperature() {
    let mut request = request();
    request.temperature = Some(0.0);
    request.choice = ToolChoice::None;
    let body = Wire::Anthropic.body("m", &request, true);
    assert_eq!(
        (&body["temperature"], &body["tool_choice"]),
        (&json!(0.0), &json!({ "type": "none" }))
    );
    let body = Wire::OpenAiChat.body("m", &request, true);
    assert_eq!(
        (&body["temperature"], &body["tool_choice"]),
        (&json!(0.0), &json!("none"))
    );
    request.choice = ToolChoice::Any;
    let body = Wire::Anthropic.body("m", &request, true);
    assert_eq!(body["tool_choice"]["type"], "any");
    let body = Wire::OpenAiChat.body("m", &request, true);
    assert_eq!(body["tool_choice"], "required");
    request.tools.clear();
    let body = Wire::Anthropic.body("m", &request, true);
    assert_eq!(
        (&body["tools"], &body["tool_choice"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn responses_writes_items() {
    let body = Wire::OpenAiResponses.body("m", &second_turn(), true);
    assert_eq!(body["instructions"], "Be brief.");
    assert_eq!(body["store"], false);
    assert_eq!(body["max_output_tokens"], 1_000);
    assert_eq!(
        body["tool_choice"],
        json!({ "type": "function", "name": "get_weather" })
    );
    assert_eq!(body["tools"][0]["name"], "get_weather");
    assert_eq!(
        body["input"],
        json!([
            { "role": "user", "content": "weather in Berlin?" },
            { "role": "assistant", "content": "a moment" },
            { "type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": "{\"city\":\"Berlin\"}" },
            { "type": "function_call", "call_id": "c2", "name": "get_weather", "arguments": "{\"city" },
            { "type": "function_call_output", "call_id": "c1", "output": "sunny?" },
            { "type": "function_call_output", "call_id": "c2", "output": "sunny?" },
        ])
    );
}

#[test]
fn gemini_hands_marks_back_and_keeps_its_own_ids_to_itself() {
    let mut request = second_turn();
    if let Message::Assistant { calls, .. } = &mut request.messages[1] {
        calls[0].mark = Some("sig==".to_owned());
        calls[1].id = "krake_call_1".to_owned();
    }
    if let Message::Results(results) = &mut request.messages[2] {
        results[1].id = "krake_call_1".to_owned();
    }
    let body = Wire::Gemini.body("m", &request, true);
    assert_eq!(body["systemInstruction"]["parts"][0]["text"], "Be brief.");
    assert_eq!(
        body["generationConfig"],
        json!({ "maxOutputTokens": 1_000 })
    );
    assert_eq!(
        body["toolConfig"]["functionCallingConfig"],
        json!({ "mode": "ANY", "allowedFunctionNames": ["get_weather"] })
    );
    assert_eq!(body.get("model"), None, "it stands in the address");
    let call = |args: Value| json!({ "name": "get_weather", "args": args });
    let mut first = call(json!({ "city": "Berlin" }));
    first["id"] = json!("c1");
    assert_eq!(
        body["contents"],
        json!([
            { "role": "user", "parts": [{ "text": "weather in Berlin?" }] },
            { "role": "model", "parts": [
                { "text": "a moment" },
                { "functionCall": first, "thoughtSignature": "sig==" },
                { "functionCall": call(json!({})) },
            ] },
            { "role": "user", "parts": [
                { "functionResponse": { "name": "get_weather", "response": { "result": "sunny?" }, "id": "c1" } },
                { "functionResponse": { "name": "get_weather", "response": { "error": "sunny?" } } },
            ] },
        ])
    );
}
