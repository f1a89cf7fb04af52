//! Idempotency-Key: a command that is sent twice acts once and answers twice the same.

use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use krake_domain::time::Timestamp;
use krake_store::{Reservation, Store, StoreError};
use serde_json::Value;

use crate::command::{Command, Kind};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::schemas;
use crate::view::moment::now;

/// An answer as it is kept and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200 and a JSON document; errors are not kept but answered as errors.
    pub status: u16,
    pub body: String,
}

/// The key of a request: none on queries, where it changes nothing, and none where the answer holds a
/// secret, because answers under a key are kept.
///
/// # Errors
/// [`Code::BadInput`] when it is empty or longer than 255 letters.
pub fn key(command: &Command, given: Option<&str>) -> Result<Option<String>, ApiError> {
    match given {
        Some(text) if command.kind == Kind::Command && !schemas::answers_with_a_secret(command) => {
            if text.is_empty() || text.len() > 255 {
                return Err(ApiError::new(
                    Code::BadInput,
                    "header `Idempotency-Key`: expected 1 to 255 letters",
                ));
            }
            Ok(Some(text.to_owned()))
        }
        _ => Ok(None),
    }
}

/// Calls the command, or gives the answer that the same key was given before.
///
/// # Errors
/// What the command says; [`Code::KeyReused`] for another request under the same key,
/// [`Code::KeyUnfinished`] where the first one has not ended.
pub async fn once(
    ctx: Ctx,
    command: &'static Command,
    key: Option<String>,
    input: Value,
) -> Result<Reply, ApiError> {
    let Some(key) = key else {
        return call(ctx, command, input).await;
    };
    // A stranger or a machine without access must not be able to reserve keys.
    command.access.check(ctx.principal())?;
    let store = ctx.owner()?.store().clone();
    // What is secret leaves no trace, not even a hash that a passphrase could be guessed by.
    let shown = schemas::without_secrets(command, &input);
    let request = Hash::of(krake_domain::canonical_json(&shown).as_bytes());
    match store
        .reserve_reply(WorkspaceId::PERSONAL, &key, command.name, request, now())
        .await?
    {
        Reservation::Kept(kept) => {
            return Ok(Reply {
                status: kept.status,
                body: kept.body,
            });
        }
        Reservation::Conflict => {
            return Err(ApiError::new(
                Code::KeyReused,
                "this Idempotency-Key was used for another request",
            )
            .hint("use a new key for a new request"));
        }
        Reservation::InFlight => {
            return Err(ApiError::new(
                Code::KeyUnfinished,
                "the first request with this key is still being worked on",
            )
            .hint("send it again in a moment"));
        }
        Reservation::Interrupted => {
            return Err(ApiError::new(
                Code::KeyUnfinished,
                "the first request with this key was interrupted: it may have acted",
            )
            .hint("look whether it did, then send it with a new key if not"));
        }
        Reservation::Reserved => {}
    }
    // On its own task: a caller that hangs up does not leave the key reserved for ever.
    let acting = tokio::spawn(act(ctx, command, input, store, key));
    acting
        .await
        .map_err(|_| ApiError::new(Code::Internal, "the command broke off"))?
}

/// Forgets keys that were first used more than a week ago.
///
/// # Errors
/// The store refuses the write.
pub async fn forget_old(store: &Store) -> Result<(), StoreError> {
    let week_ago = Timestamp(now().0 - 7 * 24 * 3_600_000);
    let forgotten = store.forget_replies(week_ago).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "idempotency keys older than a week");
    }
    Ok(())
}

async fn act(
    ctx: Ctx,
    command: &'static Command,
    input: Value,
    store: Store,
    key: String,
) -> Result<Reply, ApiError> {
    match call(ctx, command, input).await {
        Ok(reply) => {
            let kept = krake_store::Reply {
                status: reply.status,
                body: reply.body.clone(),
            };
            store.keep_reply(&key, kept).await?;
            Ok(reply)
        }
        Err(error) => {
            // Refused before it acted: the same key may try again.
            store.release_reply(&key).await?;
            Err(error)
        }
    }
}

async fn call(ctx: Ctx, command: &Command, input: Value) -> Result<Reply, ApiError> {
    Ok(Reply {
        status: 200,
        body: command.call(ctx, input).await?.to_string(),
    })
}
