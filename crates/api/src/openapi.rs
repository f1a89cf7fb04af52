//! The OpenAPI 3.1 document, made from the table of commands and never written by hand.

use serde_json::{Map, Value, json};

use crate::command::{Command, Kind};
use crate::error::Code;
use crate::schemas::{self, Schemas};

/// The document for these commands.
#[must_use]
pub fn document(table: &[Command]) -> Value {
    let Schemas {
        definitions,
        commands,
    } = schemas::collect(table);
    let mut paths = Map::new();
    for (command, (input, output)) in table.iter().zip(&commands) {
        let path = paths.entry(command.path).or_insert_with(|| json!({}));
        path[command.method.as_str().to_ascii_lowercase()] = operation(command, input, output);
    }
    paths.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Krake",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The loopback API of one data folder. Errors are problem details with a `code`; each code has a page in docs/errors.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "owner": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "owner": { "type": "http", "scheme": "bearer", "description": "The content of `api-token` in the data folder." },
            },
            "schemas": with_problem(definitions),
        },
    })
}

fn operation(command: &Command, input: &Value, output: &Value) -> Value {
    let mut operation = json!({
        "operationId": command.name,
        "summary": command.about,
        "tags": [command.name.split('.').next().unwrap_or(command.name)],
        "responses": {
            "200": answer(command, output),
            "default": {
                "description": "A problem: what was wrong, and what can be done.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
    });
    let parameters = parameters(command, input);
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if command.method.has_body() {
        operation["requestBody"] = json!({
            "content": { "application/json": { "schema": body(command, input) } },
        });
    }
    if command.access == crate::access::Access::Public {
        operation["security"] = json!([]);
    }
    operation
}

fn answer(command: &Command, output: &Value) -> Value {
    let content = if command.kind == Kind::Stream {
        "text/event-stream"
    } else {
        "application/json"
    };
    json!({ "description": "The answer.", "content": { content: { "schema": output } } })
}

fn parameters(command: &Command, input: &Value) -> Vec<Value> {
    let mut parameters: Vec<Value> = schemas::properties(input)
        .filter_map(|(name, schema)| {
            let in_path = in_path(command, name);
            (in_path || !command.method.has_body()).then(|| {
                json!({
                    "name": name,
                    "in": if in_path { "path" } else { "query" },
                    "required": in_path || schemas::is_required(input, name),
                    "schema": schema,
                })
            })
        })
        .collect();
    if command.kind == Kind::Command {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The same key with the same body gets the same answer, and the command runs once.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if command.kind == Kind::Stream {
        parameters.push(json!({
            "name": "Last-Event-ID",
            "in": "header",
            "required": false,
            "description": "Goes on after this event; the same as `after`.",
            "schema": { "type": "integer" },
        }));
    }
    parameters
}

/// The input without what stands in the path.
fn body(command: &Command, input: &Value) -> Value {
    let mut body = input.clone();
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !in_path(command, name));
    }
    if let Some(required) = body.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|name| in_path(command, name)));
    }
    body
}

fn in_path(command: &Command, name: &str) -> bool {
    command.path.contains(&format!("{{{name}}}"))
}

fn with_problem(mut definitions: Map<String, Value>) -> Map<String, Value> {
    definitions.insert(
        "Problem".to_owned(),
        json!({
            "type": "object",
            "description": "RFC 9457 problem details.",
            "properties": {
                "type": { "type": "string" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "code": { "type": "string", "enum": Code::ALL.map(Code::as_str) },
                "hint": { "type": "string" },
                "details": {},
            },
            "required": ["type", "title", "status", "detail", "code"],
        }),
    );
    definitions
}
