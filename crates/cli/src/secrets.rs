//! `krake secrets`: what becomes of the words of secrets that imports find, and one look at one.
//!
//! **Invariant:** words go to a terminal that a person sits at, and nowhere else.

use std::io::IsTerminal as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::args::Secrets;
use crate::columns::{columns, counted, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::{ask, rescan, vault};

/// Secrets that are listed at once.
const PAGE: u64 = 500;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Secrets) -> Result<Exit, Stopped> {
    match args {
        Secrets::Policy {
            policy: None,
            project,
            forget,
        } => {
            if forget {
                return Err(Stopped::usage(
                    "--forget goes with `drop`; `krake secrets forget --all` forgets at any time",
                ));
            }
            let door = Door::look(home).await?;
            match project {
                Some(project) => {
                    let input = json!({ "id": project });
                    let shown = door.call("projects.show", input).await?;
                    out.answer(&of_project(&shown), project_line)?;
                }
                None => {
                    let mut shown = door.call("secrets.policy", json!({})).await?;
                    shown["rescan"] = rescan::standing(&door).await?;
                    out.answer(&shown, standing_lines)?;
                }
            }
        }
        Secrets::Policy {
            policy: Some(policy),
            project: Some(project),
            ..
        } => set_own(home, out, &policy, &project).await?,
        Secrets::Policy {
            policy: Some(policy),
            project: None,
            forget,
        } => set(home, out, &policy, forget).await?,
        Secrets::Rescan { no_wait } => return rescan::run(home, out, no_wait).await,
        Secrets::List { token } => {
            let door = Door::look(home).await?;
            list(&door, out, token).await?;
        }
        Secrets::Reveal { secret } => reveal(home, out, &secret).await?,
        Secrets::Forget { ids, all } => {
            if all && ask::is_possible() && !ask::yes_or_no("forget all of them? [y/N] ").await? {
                return Err(Stopped::GivenUp);
            }
            let input = match all {
                true => json!({ "all": true }),
                false => json!({ "ids": ids }),
            };
            let door = Door::write(home).await?;
            let shown = door.call("secrets.forget", input).await;
            door.close().await;
            out.answer(&shown?, forgotten)?;
        }
    }
    Ok(Exit::Done)
}

/// Whoever pipes words somewhere has them in a file or in a log next.
///
/// # Errors
/// No person sits at a terminal here.
pub fn only_on_a_terminal() -> Result<(), Stopped> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Stopped::usage(
        "a secret is shown on a terminal only, to the person who sits there; nothing was revealed",
    ))
}

async fn set(home: &Path, out: Out, policy: &str, forget: bool) -> Result<(), Stopped> {
    let door = vault::write(home).await?;
    let input = json!({ "policy": policy, "forget": forget });
    let set = door.call("secrets.set_policy", input).await;
    let set = offered(&door, set, policy).await;
    door.close().await;
    let set = set?;
    out.answer(&set, policy_lines)?;
    if policy == "drop" && set["kept"].as_u64().unwrap_or(0) > 0 {
        out.note("what is kept stays so: `krake secrets forget --all` forgets it");
    }
    Ok(())
}

async fn set_own(home: &Path, out: Out, policy: &str, project: &str) -> Result<(), Stopped> {
    let door = vault::write(home).await?;
    let set = async {
        let input = json!({ "policy": policy, "project_id": project });
        door.call("secrets.set_policy", input).await?;
        door.call("projects.show", json!({ "id": project })).await
    };
    let shown = set.await;
    door.close().await;
    out.answer(&of_project(&shown?), project_line)
}

/// What of a project is said about secrets.
fn of_project(shown: &Value) -> Value {
    json!({
        "project_id": shown["project"]["id"],
        "project": shown["project"]["name"],
        "policy": shown["secret_policy"],
        "is_own": shown["has_own_secret_policy"],
    })
}

fn project_line(own: &Value) -> String {
    let what = match own["policy"].as_str() {
        Some("encrypt") => "kept encrypted",
        _ => "dropped",
    };
    let why = match own["is_own"].as_bool() {
        Some(true) => "its own policy",
        _ => "as for all",
    };
    format!(
        "{}: secrets that are found are {what} ({why})",
        field(own, "project")
    )
}

/// Whoever wants nothing kept any more is asked about what is.
async fn offered(door: &Door, set: Result<Value, Stopped>, policy: &str) -> Result<Value, Stopped> {
    let set = set?;
    let kept = set["kept"].as_u64().unwrap_or(0);
    if policy != "drop" || kept == 0 || !ask::is_possible() {
        return Ok(set);
    }
    let kept = counted(usize::try_from(kept).unwrap_or(usize::MAX), "secret");
    let question = format!("{kept} kept from before: forget them too? [y/N] ");
    match ask::yes_or_no(&question).await? {
        true => door.call("secrets.forget", json!({ "all": true })).await,
        false => Ok(set),
    }
}

async fn list(door: &Door, out: Out, token: Option<String>) -> Result<(), Stopped> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let input = json!({ "token": token, "after": after, "limit": PAGE });
        let page = door.call("secrets.list", input).await?;
        all.extend_from_slice(items(&page));
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    out.answer(&json!({ "items": all, "next": null }), |page| {
        let rows = items(page);
        match rows.is_empty() {
            true => "no secrets are kept".to_owned(),
            false => rows_of(rows),
        }
    })
}

async fn reveal(home: &Path, out: Out, secret: &str) -> Result<(), Stopped> {
    only_on_a_terminal()?;
    let door = vault::write(home).await?;
    let revealed = async {
        let id = match secret.starts_with('[') {
            true => only_one(&door, secret).await?,
            false => secret.to_owned(),
        };
        door.call("secrets.reveal", json!({ "id": id })).await
    };
    let revealed = revealed.await;
    door.close().await;
    let revealed = revealed?;
    out.note(&format!(
        "{}, found {}",
        field(&revealed["secret"], "token"),
        place(&revealed["secret"])
    ));
    out.answer(&revealed, |revealed| {
        revealed["words"].as_str().unwrap_or_default().to_owned()
    })
}

/// The secret that a token stands for, where it stands for one.
async fn only_one(door: &Door, token: &str) -> Result<String, Stopped> {
    let input = json!({ "token": token, "limit": PAGE });
    let page = door.call("secrets.list", input).await?;
    match items(&page) {
        [one] => Ok(field(one, "id")),
        [] => Err(Stopped::usage(format!("nothing is kept for {token}"))),
        more => Err(Stopped::usage(format!(
            "{} secrets share this token; say which one by its id:\n{}",
            more.len(),
            rows_of(more)
        ))),
    }
}

fn rows_of(secrets: &[Value]) -> String {
    let rows: Vec<Vec<String>> = secrets
        .iter()
        .map(|secret| {
            vec![
                field(secret, "id"),
                field(secret, "kind"),
                field(secret, "token"),
                time(secret, "found_at"),
                field(secret, "session_id"),
                field(secret, "session_title"),
            ]
        })
        .collect();
    columns(&["id", "kind", "token", "found", "session", "title"], &rows)
}

fn place(secret: &Value) -> String {
    let session = field(secret, "session_id");
    let at = time(secret, "found_at");
    match session.is_empty() {
        true => at,
        false => format!("{at} in {session} {}", field(secret, "session_title")),
    }
}

fn standing_lines(shown: &Value) -> String {
    let mut lines = vec![policy_lines(shown)];
    lines.extend(rescan::standing_lines(&shown["rescan"]));
    lines.join("\n")
}

fn policy_lines(shown: &Value) -> String {
    let kept = counted(
        usize::try_from(shown["kept"].as_u64().unwrap_or(0)).unwrap_or(usize::MAX),
        "secret",
    );
    let mut lines = vec![match shown["policy"].as_str() {
        Some("encrypt") if shown["place"] == "file" => {
            "secrets that are found are kept, sealed under a key in the encrypted vault".to_owned()
        }
        Some("encrypt") => {
            "secrets that are found are kept, sealed under a key in the keychain".to_owned()
        }
        _ => "secrets that are found are dropped".to_owned(),
    }];
    for own in shown["projects"].as_array().into_iter().flatten() {
        let what = match own["policy"].as_str() {
            Some("encrypt") => "kept encrypted",
            _ => "dropped",
        };
        lines.push(format!("  in {}: {what}", field(own, "project")));
    }
    lines.push(format!("  {kept} kept"));
    let because = field(shown, "because");
    if !because.is_empty() {
        lines.push(format!("  none can be kept now: {because}"));
    }
    if shown["forgotten"].as_u64().unwrap_or(0) > 0 {
        lines.push(format!("  {}", forgotten(shown)));
    }
    lines.join("\n")
}

fn forgotten(shown: &Value) -> String {
    let count = shown["forgotten"].as_u64().unwrap_or(0);
    let mut line = format!(
        "{} forgotten",
        counted(usize::try_from(count).unwrap_or(usize::MAX), "secret")
    );
    if shown["key_left"] == true {
        line += "; the key that nothing needs any more is taken out of the vault at a later start";
    }
    line
}
