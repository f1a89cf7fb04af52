//! `POST /mcp`: the protocol over HTTP, behind the same guard and token as everything else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use krake_api::{ApiError, Code, Command};
use krake_domain::principal::Principal;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;

use super::MACHINE_NAME;
use super::carry::{Caller, Mcp, Pending};
use crate::carry::principal;
use crate::problem;
use crate::router::Shared;

/// The service for one running core. It keeps no sessions: every request stands for itself, in the
/// revision without a handshake as in those with one.
pub fn service(shared: &Shared) -> StreamableHttpService<Mcp, NeverSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_cancellation_token(shared.stop.clone());
    let shared = shared.clone();
    StreamableHttpService::new(
        move || Ok(Mcp::new(Here(shared.clone()))),
        Arc::new(NeverSessionManager::default()),
        config,
    )
}

/// Lets only the owner's token through: everything here reads what is private.
pub async fn only_the_owner(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if principal(&shared, request.headers()).is_none() {
        let error = ApiError::new(Code::NoToken, "this call needs the owner's token");
        return problem::answer(&error.hint(
            "send `Authorization: Bearer` with what stands in `api-token` of the data folder",
        ));
    }
    next.run(request).await
}

/// The core of this process.
struct Here(Shared);

impl Caller for Here {
    fn call(&self, command: &'static Command, input: Value) -> Pending<'_> {
        let ctx = self.0.ctx(Some(Principal::machine(MACHINE_NAME)));
        Box::pin(async move { Ok(command.call(ctx, input).await?) })
    }
}
