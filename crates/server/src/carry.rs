//! One request to one command and back.

use axum::body::{Body, to_bytes};
use axum::extract::{RawPathParams, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use krake_api::{ApiError, Code, Command, Kind, Reply, input, reply};
use krake_domain::principal::Principal;
use serde_json::{Map, Value};

use crate::problem;
use crate::router::Shared;
use crate::sse;

/// The header by which whoever holds the owner's token speaks for a machine, with that machine's name.
/// It takes rights away and gives none: without the token it is nothing.
pub const MACHINE: &str = "krake-machine";

/// The largest body that is read.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// Carries a request to `command`.
pub async fn carry(
    command: &'static Command,
    State(shared): State<Shared>,
    params: RawPathParams,
    request: Request,
) -> Response {
    match answer(command, &shared, &params, request).await {
        Ok(response) => response,
        Err(error) => problem::answer(&error),
    }
}

/// Who sends these headers: the owner, a machine that the owner's token is lent to, or nobody we know.
pub fn principal(shared: &Shared, headers: &HeaderMap) -> Option<Principal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let given = values.next()?.as_bytes().strip_prefix(b"Bearer ")?;
    let is_owner = values.next().is_none() && shared.token.matches(given);
    is_owner.then(|| match headers.get(MACHINE) {
        // Whatever it says, and also where it says nothing that can be read.
        Some(name) => Principal::machine(machine_name(name)),
        None => Principal::owner(),
    })
}

/// The name goes into the journal, so it is a short word.
fn machine_name(value: &HeaderValue) -> &str {
    let is_word = |name: &&str| {
        let letters = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        (1..=64).contains(&name.len()) && letters
    };
    value.to_str().ok().filter(is_word).unwrap_or("unnamed")
}

async fn answer(
    command: &'static Command,
    shared: &Shared,
    params: &RawPathParams,
    request: Request,
) -> Result<Response, ApiError> {
    let principal = principal(shared, request.headers());
    // Before the body is read: a stranger costs us nothing.
    command.access.check(principal.as_ref())?;
    let ctx = shared.ctx(principal);
    let mut fields = Map::new();
    for (name, text) in params {
        fields.insert(name.to_owned(), input::typed(command, name, text)?);
    }
    for (name, text) in query(&request)? {
        let value = input::typed(command, &name, &text)?;
        put(&mut fields, name, value)?;
    }
    if command.kind == Kind::Stream {
        if let Some(last) = last_event_id(request.headers())? {
            fields.insert("after".to_owned(), last.into());
        }
        let events = command.open(ctx, Value::Object(fields)).await?;
        return Ok(sse::answer(events, shared.stop.clone()));
    }
    let key = reply::key(command, header(request.headers(), "idempotency-key")?)?;
    if command.method.has_body() {
        for (name, value) in body(request).await? {
            put(&mut fields, name, value)?;
        }
    }
    let Reply { status, body } = reply::once(ctx, command, key, Value::Object(fields)).await?;
    Ok(json(status, body))
}

fn json(status: u16, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status < 400 {
        "application/json"
    } else {
        "application/problem+json"
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn put(fields: &mut Map<String, Value>, name: String, value: Value) -> Result<(), ApiError> {
    match fields.insert(name.clone(), value) {
        None => Ok(()),
        Some(_) => Err(ApiError::new(
            Code::BadInput,
            format!("field `{}` is given twice", krake_api::visible(&name)),
        )),
    }
}

fn query(request: &Request) -> Result<Vec<(String, String)>, ApiError> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map(|query| query.0)
        .map_err(|error| {
            ApiError::new(Code::BadInput, format!("the query of the address: {error}"))
        })
}

/// The fields of the body; an absent body has none.
async fn body(request: Request) -> Result<Map<String, Value>, ApiError> {
    let too_large = || ApiError::new(Code::TooLarge, "the body is larger than 10 MiB");
    let headers = request.headers();
    let stated =
        header(headers, CONTENT_LENGTH.as_str())?.and_then(|text| text.parse::<usize>().ok());
    if stated.is_some_and(|bytes| bytes > MOST_BYTES) {
        return Err(too_large());
    }
    let is_json = header(headers, CONTENT_TYPE.as_str())?.is_some_and(|kind| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
    });
    if !is_json && stated.is_some_and(|bytes| bytes > 0) {
        return Err(not_json());
    }
    let bytes = to_bytes(request.into_body(), MOST_BYTES)
        .await
        .map_err(|_| too_large())?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    if !is_json {
        return Err(not_json());
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(ApiError::new(
            Code::BadInput,
            "the body must be a JSON object",
        )),
        Err(error) if error.to_string().starts_with("recursion limit") => Err(ApiError::new(
            Code::TooDeep,
            "the body is nested deeper than 128 levels",
        )),
        Err(error) => Err(ApiError::new(
            Code::BadInput,
            format!("the body is not JSON: {error}"),
        )),
    }
}

fn not_json() -> ApiError {
    ApiError::new(Code::NotJson, "the body must be sent as application/json")
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    header(headers, "last-event-id")?
        .filter(|text| !text.is_empty())
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::new(
                    Code::BadInput,
                    "header `Last-Event-ID`: expected a sequence number",
                )
            })
        })
        .transpose()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ApiError> {
    headers
        .get(name)
        .map(|value| {
            value.to_str().map_err(|_| {
                ApiError::new(Code::BadInput, format!("header `{name}` is not plain text"))
            })
        })
        .transpose()
}
