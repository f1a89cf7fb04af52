//! `krake accounts change` and `works-again`: what a person says about an account that is there.

use std::path::Path;

use serde_json::{Value, json};

use crate::accounts::{id_of, shown_lines};
use crate::args::AccountEdit;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::hidden;
use crate::out::Out;
use crate::vault;

/// Changes what was said; another key is read without an echo.
///
/// # Errors
/// Nothing was said, or what the command says.
pub async fn change(home: &Path, out: Out, edit: AccountEdit) -> Result<Exit, Stopped> {
    let mut input = edit.facts.given();
    for (name, value) in [("name", &edit.name), ("status", &edit.status)] {
        if let Some(value) = value {
            input[name] = json!(value);
        }
    }
    if edit.no_tags || !edit.tags.is_empty() {
        input["tags"] = json!(edit.tags);
    }
    if edit.key {
        let key = hidden::read("key (not shown): ").await?;
        if key.trim().is_empty() {
            return Err(Stopped::usage("the key is empty"));
        }
        input["key"] = Value::String(key);
    }
    if input == json!({}) {
        return Err(Stopped::usage(
            "say what is to change, for example `--plan Pro`",
        ));
    }
    let door = vault::write(home).await?;
    let changed = match id_of(&door, &edit.account).await {
        Ok(id) => {
            input["id"] = json!(id);
            door.call("accounts.change", input).await
        }
        Err(error) => Err(error),
    };
    door.close().await;
    out.answer(&changed?, shown_lines)?;
    Ok(Exit::Done)
}

/// Takes the person's word for it.
///
/// # Errors
/// What the command says.
pub async fn works_again(home: &Path, out: Out, account: &str) -> Result<Exit, Stopped> {
    let door = Door::write(home).await?;
    let works = match id_of(&door, account).await {
        Ok(id) => door.call("accounts.works_again", json!({ "id": id })).await,
        Err(error) => Err(error),
    };
    door.close().await;
    out.answer(&works?, shown_lines)?;
    Ok(Exit::Done)
}
