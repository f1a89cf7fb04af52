//! The owner that runs elsewhere: found, made to prove itself, and called through its HTTP routes,
//! which are derived from the same table that a call in this process uses.

use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use krake_api::{ApiError, Command, Kind};
use krake_edge::EdgeError;
use krake_edge::loopback::{Loopback, Method};
use krake_server::Token;
use krake_store::Owner;
use serde_json::Value;

use crate::door::{Event, Events};
use crate::exit::Stopped;

/// Longer than the planner takes at most, so that its own error arrives.
const PLANNING: Duration = Duration::from_secs(240);

/// Enough for a folder of many large files on a slow disk.
const IMPORTING: Duration = Duration::from_secs(6 * 3_600);

/// The running owner of this folder, once it has proved that it is.
///
/// # Errors
/// Something answers on its port that cannot prove it: the token was not sent.
pub async fn owner(home: &Path) -> Result<Option<Loopback>, Stopped> {
    let Some(port) = Owner::find(home).and_then(|owner| owner.port) else {
        return Ok(None);
    };
    let Ok(token) = Token::load(home) else {
        return Ok(None);
    };
    let client = Loopback::new(port, token.reveal().to_owned());
    match client.verify_owner().await {
        Ok(_) => Ok(Some(client)),
        // A stale announcement: its process ended without a farewell, and perhaps a stranger has
        // taken the port since. The lock decides who may own the folder, not this file.
        Err(
            EdgeError::Unavailable { .. }
            | EdgeError::NotTheOwner { .. }
            | EdgeError::BadAnswer { .. },
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Calls a command there.
///
/// # Errors
/// What the command says, or what stands between.
pub async fn call(client: &Loopback, command: &Command, input: Value) -> Result<Value, Stopped> {
    let method = match command.method {
        krake_api::Method::Get => Method::GET,
        krake_api::Method::Post => Method::POST,
        krake_api::Method::Patch => Method::PATCH,
        krake_api::Method::Delete => Method::DELETE,
    };
    let (path, body) = route(command, input)?;
    let body = command.method.has_body().then_some(&body);
    let client = match command.name {
        // A model may be asked behind these two, twice, and takes its time.
        "plans.propose" | "executions.orchestrate" => client.clone().with_time_limit(PLANNING),
        "imports.path" => client.clone().with_time_limit(IMPORTING),
        _ => client.clone(),
    };
    let answer = client.request(method, &path, body, &[]).await?;
    let value = answer.json()?;
    if answer.status < 400 {
        Ok(value)
    } else {
        Err(problem(&value).into())
    }
}

/// Opens a stream there.
///
/// # Errors
/// As [`call`].
pub async fn open(client: &Loopback, command: &Command, input: Value) -> Result<Events, Stopped> {
    let (path, _) = route(command, input)?;
    let events = client.stream(&path, None).await.map_err(unpack)?;
    Ok(Box::pin(events.map(|event| {
        let event = event?;
        Ok(Event {
            id: event.id.and_then(|id| id.parse().ok()),
            name: event.event,
            data: serde_json::from_str(&event.data).unwrap_or(Value::Null),
        })
    })))
}

/// The address of a call, and what is left for its body.
fn route(command: &Command, input: Value) -> Result<(String, Value), Stopped> {
    let Value::Object(mut fields) = input else {
        return Err(Stopped::Other(anyhow::anyhow!(
            "the input of `{}` is no object",
            command.name
        )));
    };
    let mut path = String::new();
    for part in command.path.split('/').skip(1) {
        path.push('/');
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => {
                let value = fields.remove(name).ok_or_else(|| {
                    Stopped::usage(format!("field `{name}`: `{}` needs it", command.name))
                })?;
                path.push_str(&encode(&text(value)));
            }
            None => path.push_str(part),
        }
    }
    if !command.method.has_body() || command.kind == Kind::Stream {
        let query: Vec<String> = std::mem::take(&mut fields)
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| format!("{name}={}", encode(&text(value))))
            .collect();
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
    }
    Ok((path, Value::Object(fields)))
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// Everything but letters, digits and `-._~` as `%xx`.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                write!(encoded, "%{byte:02X}").expect("a String takes all");
            }
            encoded
        })
}

/// Problem details as the error that they were.
fn problem(value: &Value) -> ApiError {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let code = value
        .get("code")
        .and_then(|code| serde_json::from_value(code.clone()).ok());
    ApiError {
        code: code.unwrap_or(krake_api::Code::Internal),
        message: text("detail").unwrap_or_else(|| value.to_string()),
        hint: text("hint"),
        details: value.get("details").cloned().map(Box::new),
    }
}

/// The problem inside an answer to a stream that was refused.
fn unpack(error: EdgeError) -> Stopped {
    if let EdgeError::BadAnswer { why, .. } = &error
        && let Some(start) = why.find('{')
        && let Ok(value) = serde_json::from_str::<Value>(&why[start..])
        && value.get("code").is_some()
    {
        return problem(&value).into();
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_becomes_its_address_and_its_body() {
        let list = krake_api::find("knowledge.search").unwrap();
        let (path, body) = route(list, json!({"query": "a b&c", "limit": 5})).unwrap();
        assert_eq!(path, "/api/knowledge/search?query=a%20b%26c&limit=5");
        assert_eq!(body, json!({}));
        let reject = krake_api::find("approvals.reject").unwrap();
        let (path, body) = route(
            reject,
            json!({"id": "exe_1", "approval_id": "apr_1", "reason": "no"}),
        )
        .unwrap();
        assert_eq!(path, "/api/orchestrate/exe_1/approvals/apr_1/reject");
        assert_eq!(body, json!({"reason": "no"}));
    }
}
