//! Which model an Ollama has that can call tools.

use std::time::Duration;

use krake_edge::http::{Client, Method, Request, Target};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::error::ModelError;
use crate::model::from_http;
use crate::setting::Setting;
use crate::wire::{listed, shows_tools};

/// Somebody sits there and waits, and the machine is near.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many models are asked what they can.
const MOST_ASKED: usize = 20;
const MOST_BYTES: u64 = 8 << 20;

/// The first model of its list that can call tools.
pub(crate) async fn first_with_tools(
    client: &Client,
    setting: &Setting,
    cancel: &CancellationToken,
) -> Result<String, ModelError> {
    let tags = call(client, setting, "/api/tags", None, cancel).await?;
    let models = listed(&tags);
    for model in models.iter().take(MOST_ASKED) {
        // One that sends the request elsewhere is used only where somebody names it.
        if model.leaves_the_machine() {
            continue;
        }
        let body = json!({ "model": model.name });
        let shown = call(client, setting, "/api/show", Some(body), cancel).await?;
        if shows_tools(&shown) {
            return Ok(model.name.clone());
        }
    }
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let said = if names.is_empty() {
        "Ollama has no model".to_owned()
    } else {
        format!("none of its models can call tools: {}", names.join(", "))
    };
    Err(ModelError::BadRequest { said })
}

async fn call(
    client: &Client,
    setting: &Setting,
    path: &str,
    body: Option<Value>,
    cancel: &CancellationToken,
) -> Result<Value, ModelError> {
    let target = Target::parse(&format!("{}{path}", setting.base)).map_err(from_http)?;
    let method = if body.is_some() {
        Method::POST
    } else {
        Method::GET
    };
    let mut request = Request::new(method, target, setting.reach, cancel.clone());
    request.redirects = 0;
    request.limits.connect = PATIENCE;
    request.limits.answer = PATIENCE;
    request.limits.idle = PATIENCE;
    request.limits.total = PATIENCE;
    request.limits.body_bytes = MOST_BYTES;
    if let Some(body) = body {
        request
            .header("content-type", "application/json")
            .map_err(from_http)?;
        request.body = body.to_string().into();
    }
    let response = client.send(request).await.map_err(from_http)?;
    let answer = response.collect().await.map_err(from_http)?;
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match (answer.status, body) {
        (200, Some(body)) if body.get("error").is_none() => Ok(body),
        (status, _) => Err(ModelError::BadAnswer {
            why: format!("status {status} at {path}; is that Ollama?"),
        }),
    }
}
