//! `krake accounts change`, `price` and `works-again`: what a person says about an account that is there.

use std::path::Path;

use serde_json::{Value, json};

use crate::account_add::{kept, tested_exit};
use crate::accounts::shown_lines;
use crate::args::AccountEdit;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::hidden;
use crate::named::id_of;
use crate::out::Out;
use crate::price_line::price_lines;
use crate::vault;

/// Changes what was said. Another key is read without an echo and tried at once: what the last try
/// said, it said of the key before.
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
            let test = edit.key && !edit.no_test;
            kept(&door, "accounts.change", input, test).await
        }
        Err(error) => Err(error),
    };
    door.close().await;
    let changed = changed?;
    if edit.key && !edit.no_test {
        return tested_exit(out, &changed);
    }
    out.answer(&changed, shown_lines)?;
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

/// Says or forgets what its models cost, where anything is said; shows what is known then.
///
/// # Errors
/// What the command says.
pub async fn price(
    home: &Path,
    out: Out,
    account: &str,
    said: Option<(&str, Value)>,
) -> Result<Exit, Stopped> {
    let Some((name, mut input)) = said else {
        let door = Door::look(home).await?;
        let id = id_of(&door, account).await?;
        let shown = door.call("accounts.show", json!({ "id": id })).await?;
        out.answer(&shown, |shown| price_lines(shown).join("\n"))?;
        return Ok(Exit::Done);
    };
    let door = Door::write(home).await?;
    let changed = match id_of(&door, account).await {
        Ok(id) => {
            input["id"] = json!(id);
            door.call(name, input).await
        }
        Err(error) => Err(error),
    };
    door.close().await;
    out.answer(&changed?, |shown| price_lines(shown).join("\n"))?;
    Ok(Exit::Done)
}
