//! All routes: one for each entry of the table, and what is served beside it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, any_service, delete, get, patch, post};
use krake_api::{ApiError, Code, Command, Core, Ctx, Method};
use krake_domain::principal::Principal;
use krake_runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::carry::{carry, principal};
use crate::guard::{Guard, guard};
use crate::headers::secure;
use crate::serve::Raise;
use crate::token::Token;
use crate::{docs_page, mcp, openapi, owner, problem, ui};

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct Shared {
    pub runtime: Runtime,
    pub token: Arc<Token>,
    pub raise: Option<Raise>,
    /// Fires when somebody asks this process to leave the folder.
    pub leave: Option<CancellationToken>,
    /// Fires when the server stops: streams end.
    pub stop: CancellationToken,
}

impl Shared {
    /// The surroundings of one call.
    pub fn ctx(&self, principal: Option<Principal>) -> Ctx {
        let token = self.token.clone();
        Ctx::new(Core::Owner(self.runtime.clone()), principal)
            .with_proof(Arc::new(move |challenge| token.proof(challenge)))
    }
}

/// The router for a listener on this port.
pub fn router(shared: Shared, port: u16) -> Router {
    let mut router = Router::new()
        .route("/api/owner/raise", post(owner::raise))
        .route("/api/owner/leave", post(owner::leave))
        .route("/mcp", tools_for_others(&shared))
        .route("/openapi.json", get(openapi::document))
        .route("/docs", get(docs_page::page))
        .route("/docs/{file}", get(docs_page::file));
    for command in krake_api::table() {
        router = router.route(command.path, route(command));
    }
    router
        .fallback(fallback)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Guard::new(port), guard))
        .layer(from_fn(secure))
        .with_state(shared)
}

fn route(command: &'static Command) -> MethodRouter<Shared> {
    let handler = move |state: State<Shared>, params: RawPathParams, request: Request| {
        carry(command, state, params, request)
    };
    match command.method {
        Method::Get => get(handler),
        Method::Post => post(handler),
        Method::Patch => patch(handler),
        Method::Delete => delete(handler),
    }
}

fn tools_for_others(shared: &Shared) -> MethodRouter<Shared> {
    any_service(mcp::service(shared)).layer(from_fn_with_state(shared.clone(), mcp::only_the_owner))
}

/// Outside the table: a file of the UI, or its page for every address that the UI makes.
async fn fallback(State(shared): State<Shared>, uri: Uri, request: Request) -> Response {
    let path = uri.path();
    if path != "/api" && !path.starts_with("/api/") {
        let accepts = request.headers().get(axum::http::header::ACCEPT);
        let wants_page = accepts
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("text/html"));
        return ui::answer(request.method(), path, wants_page);
    }
    // Without a token one does not even learn which routes there are.
    problem::answer(&match principal(&shared, request.headers()) {
        Some(_) => ApiError::new(
            Code::NoRoute,
            format!("there is no route {}", krake_api::visible(path)),
        )
        .hint("see /docs for all routes"),
        None => ApiError::new(Code::NoToken, "this call needs the owner's token"),
    })
}

async fn wrong_method(uri: Uri, request: Request) -> Response {
    problem::answer(&ApiError::new(
        Code::WrongMethod,
        format!(
            "{} does not take {}",
            krake_api::visible(uri.path()),
            request.method()
        ),
    ))
}
