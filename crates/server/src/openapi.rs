//! `GET /openapi.json`: made from the table once and kept as text.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| krake_api::openapi::document(krake_api::table()).to_string());

/// The document.
pub async fn document() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}
