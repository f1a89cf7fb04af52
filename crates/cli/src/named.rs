//! What is called by its name, and what is said where there is no such thing.
//!
//! **Invariant:** one refusal for all of them, the one that the core gives: the code `not_found`, and
//! the exit code of what failed. Wrong usage is only a line that cannot be read as it stands.

use krake_api::{ApiError, visible_line};
use serde_json::json;

use crate::columns::{field, items};
use crate::door::Door;
use crate::exit::Stopped;

/// The id of an account that is named by its id, or by its name in any case; where the case tells two
/// apart, by just that name.
///
/// # Errors
/// There is no such account.
pub async fn id_of(door: &Door, word: &str) -> Result<String, Stopped> {
    if word.starts_with("acc_") {
        return Ok(word.to_owned());
    }
    let page = door.call("accounts.list", json!({})).await?;
    let lower = word.to_lowercase();
    let alike: Vec<String> = items(&page)
        .iter()
        .filter(|account| field(account, "name").to_lowercase() == lower)
        .map(|account| field(account, "id"))
        .collect();
    let exact = items(&page)
        .iter()
        .find(|account| field(account, "name") == word)
        .map(|account| field(account, "id"));
    match (exact, alike.as_slice()) {
        (Some(id), _) => Ok(id),
        (None, [id]) => Ok(id.clone()),
        (None, _) => Err(no_such("account", word, "`krake accounts list` shows them")),
    }
}

/// There is no such thing; `hint` says where those stand that there are.
#[must_use]
pub fn no_such(noun: &str, word: &str, hint: &str) -> Stopped {
    ApiError::not_found(noun, visible_line(word))
        .hint(hint)
        .into()
}
