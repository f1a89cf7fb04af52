//! `POST /api/owner/raise`: a second start of the app brings the first one's window to the front.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use krake_api::{Access, ApiError, Code};

use crate::carry::principal;
use crate::problem;
use crate::router::Shared;

/// Raises the window of this process; headless there is none.
pub async fn raise(State(shared): State<Shared>, request: Request) -> Response {
    let who = principal(&shared, request.headers());
    if let Err(error) = Access::Person.check(who.as_ref()) {
        return problem::answer(&error);
    }
    match &shared.raise {
        Some(raise) => {
            raise();
            StatusCode::NO_CONTENT.into_response()
        }
        None => problem::answer(
            &ApiError::new(Code::NotFound, "this process has no window")
                .hint("the data folder is owned by `krake serve`: stop it, or open its address in a browser"),
        ),
    }
}
