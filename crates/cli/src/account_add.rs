//! `krake accounts add`, and what came of the first try to reach an account.
//!
//! **Invariant:** a key comes from a prompt without echo, from stdin or from the environment, and
//! never from the arguments, which every process of the machine can read.

use std::path::Path;

use krake_runtime::accounts::found::found_keys;
use serde_json::{Value, json};

use crate::accounts::shown_lines;
use crate::args::AccountAdd;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::hidden;
use crate::out::Out;
use crate::vault;

/// Adds what was asked for and says what came of the first try to reach it.
///
/// # Errors
/// Something is missing, or what the command says.
pub async fn add(home: &Path, out: Out, add: AccountAdd) -> Result<Exit, Stopped> {
    if add.from_env {
        return from_environment(home, out, !add.no_test).await;
    }
    let provider = add.provider.as_deref().ok_or_else(|| {
        Stopped::usage("--provider is missing, for example `--provider anthropic`")
    })?;
    let name = add
        .name
        .as_deref()
        .ok_or_else(|| Stopped::usage("the name of the account is missing"))?;
    let mut input = add.facts.given();
    input["name"] = json!(name);
    input["provider"] = json!(provider);
    input["tags"] = json!(add.tags);
    // Where the core would refuse the rest anyway, nobody is asked for a key.
    let key_use = krake_domain::account::Provider::meant(provider).map(|known| known.key());
    let takes_key = !add.no_key && key_use != Some(krake_domain::account::KeyUse::Never);
    if takes_key {
        let key = hidden::read("key (not shown): ").await?;
        if !key.trim().is_empty() {
            input["key"] = Value::String(key);
        }
    }
    let door = vault::write(home).await?;
    let added = kept(&door, "accounts.add", input, !add.no_test).await;
    door.close().await;
    tested_exit(out, &added?)
}

/// Keeps an account and tries it where that is wanted and it is called at all. What the test says is
/// told; what was kept stays either way.
///
/// # Errors
/// It was not kept.
pub async fn kept(door: &Door, name: &str, input: Value, test: bool) -> Result<Value, Stopped> {
    let kept = door.call(name, input).await?;
    if !test || kept["is_called"] != true {
        return Ok(kept);
    }
    door.call("accounts.test", json!({ "id": kept["id"] }))
        .await
}

/// Shows the account; ends well where it answered, or is not called at all.
///
/// # Errors
/// The output is closed.
pub fn tested_exit(out: Out, account: &Value) -> Result<Exit, Stopped> {
    out.answer(account, shown_lines)?;
    Ok(exit_of(account))
}

fn exit_of(account: &Value) -> Exit {
    match account["check"]["outcome"].as_str() {
        None | Some("reached") => Exit::Done,
        Some("no_access" | "no_key") => Exit::NoAccess,
        Some(_) => Exit::Failed,
    }
}

/// Adds an account for each key that lies in the environment of this command, at the place that the
/// environment names for it.
async fn from_environment(home: &Path, out: Out, test: bool) -> Result<Exit, Stopped> {
    let variable = |name: &str| std::env::var(name).ok();
    let found = found_keys(variable);
    if found.is_empty() {
        return Err(Stopped::usage(
            "no key found: none of ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY and GOOGLE_API_KEY is set",
        ));
    }
    let door = vault::write(home).await?;
    let mut added = Vec::new();
    let mut failed = None;
    for key in found {
        let input = json!({
            "name": format!("{} ({})", key.provider.as_str(), key.variable),
            "provider": key.provider.as_str(),
            "base_url": key.base_url,
            "key": variable(key.variable),
        });
        match kept(&door, "accounts.add", input, test).await {
            Ok(account) => added.push(account),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    door.close().await;
    let worst = added.iter().map(exit_of).max_by_key(|exit| exit.code());
    if !added.is_empty() {
        out.answer(&json!({ "items": added }), |all| {
            let all = all["items"].as_array().into_iter().flatten();
            all.map(shown_lines).collect::<Vec<_>>().join("\n")
        })?;
        out.note("the variables still hold the keys; take them out of your shell's files if nothing else needs them");
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(worst.unwrap_or(Exit::Done)),
    }
}
