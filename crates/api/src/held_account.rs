//! The account that a caller names.
//!
//! **Invariant:** what is kept of it is its id. A name that nobody holds is refused, else work would
//! be counted for, or handed to, an account that there is not.

use krake_domain::account::Account;
use krake_domain::id::WorkspaceId;

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::visible::visible_line;

/// The account of that id or name; `field` is how the caller named it.
///
/// # Errors
/// [`Code::NotFound`] where nobody holds such an account.
pub async fn held(ctx: &Ctx, field: &str, word: &str) -> Result<Account, ApiError> {
    let word = word.trim();
    find(ctx, word).await?.ok_or_else(|| {
        ApiError::new(
            Code::NotFound,
            format!(
                "field `{field}`: there is no account `{}`",
                visible_line(word)
            ),
        )
        .hint("`krake accounts list` shows them")
    })
}

/// The id of the account, where one is named.
///
/// # Errors
/// As [`held`].
pub async fn held_id(
    ctx: &Ctx,
    field: &str,
    word: Option<String>,
) -> Result<Option<String>, ApiError> {
    match named(word) {
        Some(word) => Ok(Some(held(ctx, field, &word).await?.id.to_string())),
        None => Ok(None),
    }
}

/// The same where another system may name an account of its own: that one stays the label it is.
///
/// # Errors
/// The store cannot be read.
pub async fn held_id_or_label(ctx: &Ctx, word: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(word) = named(word) else {
        return Ok(None);
    };
    let found = find(ctx, &word).await?;
    Ok(Some(found.map_or(word, |account| account.id.to_string())))
}

/// By its id, or by its name in any case; where the case tells two apart, by just that name.
async fn find(ctx: &Ctx, word: &str) -> Result<Option<Account>, ApiError> {
    let accounts = ctx.store()?.list_accounts(WorkspaceId::PERSONAL).await?;
    let lower = word.to_lowercase();
    let mut alike: Vec<Account> = accounts
        .into_iter()
        .filter(|account| account.id.to_string() == word || account.name.to_lowercase() == lower)
        .collect();
    let exact = alike
        .iter()
        .position(|account| account.id.to_string() == word || account.name == word);
    Ok(match (exact, alike.len()) {
        (Some(place), _) => Some(alike.swap_remove(place)),
        (None, 1) => alike.pop(),
        (None, _) => None,
    })
}

fn named(word: Option<String>) -> Option<String> {
    let word = word.map(|word| word.trim().to_owned());
    word.filter(|word| !word.is_empty())
}
