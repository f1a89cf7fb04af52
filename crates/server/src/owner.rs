//! `POST /api/owner/raise` and `POST /api/owner/leave`: what a second start of the app asks of the
//! process that owns the folder: to bring its window to the front, or to leave so that it can go on.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use krake_api::{Access, ApiError, Code};

use crate::carry::principal;
use crate::problem;
use crate::router::Shared;

/// Raises the window of this process; headless there is none.
pub async fn raise(State(shared): State<Shared>, request: Request) -> Response {
    let raise = shared.raise.as_ref().ok_or_else(|| {
        ApiError::new(Code::NotFound, "this process has no window").hint(
            "the data folder is owned by `krake serve`: stop it, or open its address in a browser",
        )
    });
    act(&shared, &request, raise, |raise| raise())
}

/// Asks this process to end as a signal would; only `krake serve` leaves for another.
pub async fn leave(State(shared): State<Shared>, request: Request) -> Response {
    let leave = shared.leave.as_ref().ok_or_else(|| {
        ApiError::new(Code::NotFound, "this process does not leave for another")
            .hint("close the window, or let the command that owns the data folder end")
    });
    act(&shared, &request, leave, |leave| leave.cancel())
}

fn act<T>(
    shared: &Shared,
    request: &Request,
    what: Result<&T, ApiError>,
    act: impl FnOnce(&T),
) -> Response {
    let who = principal(shared, request.headers());
    match Access::Person.check(who.as_ref()).and(what) {
        Ok(what) => {
            act(what);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => problem::answer(&error),
    }
}
