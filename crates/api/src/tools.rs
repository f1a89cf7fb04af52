//! What may run: every tool of this build with its schemas and its effect class.

use krake_domain::tool::ToolSpec;
use serde::Deserialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::view::page::Page;

/// No fields.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// `tools.list`
pub async fn list(ctx: Ctx, _: Nothing) -> Result<Page<ToolSpec>, ApiError> {
    let items = ctx
        .catalog()
        .iter()
        .map(|entry| entry.spec.clone())
        .collect();
    Ok(Page { items, next: None })
}
