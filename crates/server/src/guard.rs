//! What stands before every route: the exact authorities and origins that may speak with us.
//!
//! A page of another site can make a browser send requests to loopback, under its own name
//! (`Origin`) or, after rebinding its name to 127.0.0.1, under ours (`Host`). Both are refused
//! before anything else of the request is looked at.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::middleware::Next;
use axum::response::Response;
use krake_api::{ApiError, Code};

use crate::problem;

/// The allow-lists for one port.
#[derive(Debug, Clone)]
pub struct Guard {
    authorities: [String; 3],
    origins: [String; 5],
}

impl Guard {
    /// The names under which a listener on this port may be called.
    pub fn new(port: u16) -> Self {
        Self {
            authorities: ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")),
            origins: [
                format!("http://127.0.0.1:{port}"),
                format!("http://localhost:{port}"),
                format!("http://[::1]:{port}"),
                "tauri://localhost".to_owned(),
                "http://tauri.localhost".to_owned(),
            ],
        }
    }

    fn check(&self, request: &Request) -> Result<(), ApiError> {
        let host = only(request.headers(), &HOST)?.ok_or_else(wrong_host)?;
        // A request line may name an authority of its own; it must be one of ours as well.
        let named = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        if !self.is_ours(host) || named.is_some_and(|named| !self.is_ours(named)) {
            return Err(wrong_host());
        }
        match only(request.headers(), &ORIGIN)? {
            Some(origin) if !self.origins.iter().any(|known| known == origin) => Err(
                ApiError::new(Code::WrongOrigin, "pages of this origin may not call Krake"),
            ),
            _ => Ok(()),
        }
    }

    fn is_ours(&self, authority: &str) -> bool {
        self.authorities.iter().any(|known| known == authority)
    }
}

/// The layer around the router.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => problem::answer(&error),
    }
}

/// The header's only value; a second one, or one that is no text, is refused.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ApiError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(wrong_host());
    }
    first
        .map(|value| value.to_str().map_err(|_| wrong_host()))
        .transpose()
}

fn wrong_host() -> ApiError {
    ApiError::new(
        Code::WrongHost,
        "this server answers only to its own loopback address",
    )
}
