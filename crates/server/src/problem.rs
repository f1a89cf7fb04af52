//! Errors as problem details (RFC 9457).

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use krake_api::{ApiError, Code};
use serde_json::{Value, json};

/// The problem document of an error.
pub fn document(error: &ApiError) -> Value {
    let mut problem = json!({
        "type": format!("https://krake.app/errors/{}", error.code.as_str()),
        "title": title(error.code),
        "status": error.code.status(),
        "detail": error.message,
        "code": error.code.as_str(),
    });
    if let Some(hint) = &error.hint {
        problem["hint"] = json!(hint);
    }
    if let Some(details) = &error.details {
        problem["details"] = Value::clone(details);
    }
    problem
}

/// The answer that carries it.
pub fn answer(error: &ApiError) -> Response {
    let mut response = Response::new(Body::from(document(error).to_string()));
    *response.status_mut() =
        StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    match error.code {
        Code::NoToken => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Code::Busy | Code::Stopping => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        _ => {}
    }
    response
}

/// The code in words: `plan_invalid` is "Plan invalid".
fn title(code: Code) -> String {
    let words = code.as_str().replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
