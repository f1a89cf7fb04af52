//! `krake vault`: where keys rest, and the encrypted file for systems without a keychain.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Vault;
use crate::columns::field;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::{ask, hidden};

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Vault) -> Result<Exit, Stopped> {
    let (name, input) = match args {
        Vault::Show => {
            let door = Door::look(home).await?;
            let shown = door.call("vault.show", json!({})).await?;
            out.answer(&shown, lines)?;
            return Ok(Exit::Done);
        }
        Vault::Create => (
            "vault.create",
            json!({ "passphrase": new_passphrase().await? }),
        ),
        Vault::Unlock => {
            let passphrase = passphrase("passphrase of the vault (not shown): ").await?;
            ("vault.unlock", json!({ "passphrase": passphrase }))
        }
    };
    let door = Door::write(home).await?;
    let shown = door.call(name, input).await;
    door.close().await;
    out.answer(&shown?, lines)?;
    Ok(Exit::Done)
}

/// The way to the core for a command that needs keys: where this process is the owner and the
/// vault is a locked file, the person is asked for its passphrase first.
///
/// # Errors
/// The folder cannot be opened, or the passphrase is wrong.
pub async fn write(home: &Path) -> Result<Door, Stopped> {
    let door = Door::write(home).await?;
    if !matches!(door, Door::Owner { .. }) || !ask::is_possible() {
        return Ok(door);
    }
    let opened = async {
        let shown = door.call("vault.show", json!({})).await?;
        if shown["place"] != "file" || shown["file"]["state"] != "locked" {
            return Ok(());
        }
        let passphrase = hidden::read("passphrase of the vault (not shown): ").await?;
        let input = json!({ "passphrase": passphrase });
        door.call("vault.unlock", input).await.map(drop)
    };
    let opened: Result<(), Stopped> = opened.await;
    match opened {
        Ok(()) => Ok(door),
        Err(error) => {
            door.close().await;
            Err(error)
        }
    }
}

/// From the file that the environment names, else from the person or stdin.
async fn passphrase(question: &'static str) -> Result<String, Stopped> {
    match std::env::var_os(krake_edge::vault::PASSPHRASE_FILE) {
        Some(file) if !file.is_empty() => {
            let text = crate::text::read(&file.to_string_lossy())?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        _ => hidden::read(question).await,
    }
}

/// Typed twice, because nobody sees it.
async fn new_passphrase() -> Result<String, Stopped> {
    let first = passphrase("new passphrase, at least 8 letters (not shown): ").await?;
    if ask::is_possible() && std::env::var_os(krake_edge::vault::PASSPHRASE_FILE).is_none() {
        let second = hidden::read("once more: ").await?;
        if first != second {
            return Err(Stopped::usage("the two are not the same; nothing was made"));
        }
    }
    Ok(first)
}

fn lines(vault: &Value) -> String {
    let place = |name: &str| {
        let place = &vault[name];
        let because = field(place, "because");
        let state = field(place, "state");
        if because.is_empty() {
            state
        } else {
            format!("{state}: {because}")
        }
    };
    let mut lines = vec![
        format!("new keys go to the {}", field(vault, "place")),
        format!("  keychain  {}", place("keychain")),
        format!("  file      {}", place("file")),
    ];
    // What is in the way of new keys; how the other place stands is no concern of theirs.
    let used = &vault[field(vault, "place").as_str()];
    if let Some(next) = used["next"].as_str() {
        lines.push(format!("  next      {next}"));
    }
    for found in vault["found"].as_array().into_iter().flatten() {
        lines.push(format!(
            "  found     {} ({}): `krake accounts add --from-env` keeps it",
            field(found, "variable"),
            field(found, "provider")
        ));
    }
    lines.join("\n")
}
