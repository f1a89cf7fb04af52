//! Whether an account can be reached: its list of models is asked for, which costs nothing.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use krake_domain::time::Timestamp;
use krake_edge::http::{Client, Method, Request, Target};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::error::{ModelError, cut};
use crate::model::{from_http, head_of};
use crate::rate_limits::RateLimits;
use crate::setting::Setting;

/// Somebody looks at a dialog and waits.
const PATIENCE: Duration = Duration::from_secs(15);
const MOST_BYTES: u64 = 8 << 20;

/// What the provider answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The models that the key may use, in the provider's order.
    pub models: Vec<String>,
    pub limits: RateLimits,
}

/// Asks once. A failure is told as it is and not tried again.
///
/// # Errors
/// See [`ModelError`]. No message holds the key.
pub async fn probe(
    setting: &Setting,
    client: &Client,
    cancel: &CancellationToken,
) -> Result<Probed, ModelError> {
    let probed = ask(setting, client, cancel).await;
    probed.map_err(|error| match &setting.key {
        Some(key) => error.map_words(|words| key.cross_out(words)),
        None => error,
    })
}

async fn ask(
    setting: &Setting,
    client: &Client,
    cancel: &CancellationToken,
) -> Result<Probed, ModelError> {
    let wire = setting.wire;
    let address = format!("{}{}", setting.base, wire.list_path());
    let target = Target::parse(&address).map_err(from_http)?;
    let mut request = Request::new(Method::GET, target, setting.reach, cancel.clone());
    request.redirects = 0;
    request.limits.answer = PATIENCE;
    request.limits.idle = PATIENCE;
    request.limits.total = PATIENCE;
    request.limits.body_bytes = MOST_BYTES;
    for (name, value) in wire.headers() {
        let value = if *name == "accept" {
            "application/json"
        } else {
            value
        };
        request.header(name, value).map_err(from_http)?;
    }
    if let Some(key) = &setting.key {
        let (name, prefix) = wire.key_header();
        request
            .secret_header(name, prefix, key)
            .map_err(from_http)?;
    }
    let response = client.send(request).await.map_err(from_http)?;
    let head = head_of(&response);
    let now = now();
    let body = response.collect().await.map_err(from_http)?.body;
    if head.status != 200 {
        let mut body = body.to_vec();
        if let Some(key) = &setting.key {
            body = key.cross_out(&String::from_utf8_lossy(&body)).into_bytes();
        }
        return Err(wire.error(&head, &body, now));
    }
    let read: Option<Value> = serde_json::from_slice(&body).ok();
    match read.and_then(|body| wire.listed(&body)) {
        Some(models) => Ok(Probed {
            models: models.iter().map(|name| cut(name)).collect(),
            limits: wire.limits(&head, now),
        }),
        None => Err(ModelError::bad_answer(format!(
            "status 200 with {} instead of a list of models; is a proxy or a login page in between?",
            head.media_type()
        ))),
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
