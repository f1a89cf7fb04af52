//! The built UI, carried inside the binary; where it was not built, a page that says so.

use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use krake_api::{ApiError, Code};

use crate::problem;

include!(concat!(env!("OUT_DIR"), "/ui_files.rs"));

const NOT_BUILT: &str = include_str!("not_built.html");

/// A file of the UI; every other address that a browser opens is one that the UI itself understands,
/// so its page. Programs, which ask for no page, are told that nothing is there.
pub fn answer(method: &Method, path: &str, wants_page: bool) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut response =
            problem::answer(&ApiError::new(Code::WrongMethod, "files are only read"));
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = path.trim_start_matches('/');
    if let Some((_, bytes)) = FILES.iter().find(|(file, _)| *file == name) {
        return file(name, bytes);
    }
    // An address with a file's ending that we do not have is a mistake, not a screen of the UI.
    if name
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.'))
    {
        return problem::answer(&ApiError::new(Code::NotFound, "there is no such file"));
    }
    if !wants_page && !name.is_empty() {
        return problem::answer(&ApiError::new(Code::NoRoute, "nothing is served here"));
    }
    match FILES.iter().find(|(file, _)| *file == "index.html") {
        Some((name, bytes)) => file(name, bytes),
        None => file("not_built.html", NOT_BUILT.as_bytes()),
    }
}

fn file(name: &str, bytes: &'static [u8]) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    // Names under assets hold the hash of the content: they never change.
    if name.starts_with("assets/") {
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
    }
    response
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
