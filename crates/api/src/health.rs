//! Whether it is alive, and which build answers.

use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};

/// Asks for a proof that the listener holds the owner's token, before a client sends it.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskHealth {
    /// 64 hexadecimal digits.
    pub challenge: Option<String>,
}

/// The answer of a living process.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HealthView {
    /// Always `ok`; a process that cannot work does not answer.
    pub status: &'static str,
    pub version: &'static str,
    /// Rises at each start of an owner.
    pub epoch: u64,
    /// Executions that are alive in this process: they run, or wait for something.
    pub living: usize,
    /// The proof for the challenge; absent without one.
    pub proof: Option<String>,
}

/// `health`
pub async fn health(ctx: Ctx, input: AskHealth) -> Result<HealthView, ApiError> {
    let proof = match input.challenge {
        None => None,
        Some(text) if krake_edge::proof::is_challenge(&text) => ctx.prove(&text),
        Some(_) => {
            return Err(ApiError::new(
                Code::BadInput,
                "field `challenge`: expected 64 hexadecimal digits",
            ));
        }
    };
    Ok(HealthView {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        epoch: ctx.store()?.epoch(),
        living: ctx.runtime()?.living(),
        proof,
    })
}
