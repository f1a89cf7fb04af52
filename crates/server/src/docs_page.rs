//! `GET /docs`: a page to read and try the API with, from files of our own and without network.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use krake_api::{ApiError, Code};

use crate::problem;

/// The page.
pub async fn page() -> Response {
    (
        [(CONTENT_TYPE, "text/html; charset=utf-8")],
        include_str!("docs/page.html"),
    )
        .into_response()
}

/// Its script and its style.
pub async fn file(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "page.js" => (
            [(CONTENT_TYPE, "text/javascript; charset=utf-8")],
            include_str!("docs/page.js"),
        )
            .into_response(),
        "page.css" => (
            [(CONTENT_TYPE, "text/css; charset=utf-8")],
            include_str!("docs/page.css"),
        )
            .into_response(),
        _ => problem::answer(&ApiError::new(Code::NotFound, "there is no such file")),
    }
}
