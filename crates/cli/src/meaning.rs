//! `krake meaning`: the search by meaning, switched on by a person who knows what is sent.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::args::Meaning;
use crate::ask;
use crate::columns::{field, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::{Out, say};
use crate::vault;

const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Meaning) -> Result<Exit, Stopped> {
    match args {
        Meaning::Show { wait } => {
            let door = Door::look(home).await?;
            let mut shown = door.call("meaning.show", json!({})).await?;
            while wait && shown["state"] == "making" {
                tokio::time::sleep(LOOK_AGAIN).await;
                shown = door.call("meaning.show", json!({})).await?;
            }
            out.answer(&shown, lines)?;
        }
        Meaning::Set {
            account,
            model,
            yes,
            preview,
        } => {
            let input = json!({ "account": account, "model": model });
            return set(home, out, input, yes, preview).await;
        }
        Meaning::Off => {
            let shown = write(home, "meaning.off").await?;
            out.answer(&shown, lines)?;
        }
        Meaning::Pause => {
            let shown = write(home, "meaning.pause").await?;
            out.answer(&shown, lines)?;
        }
        Meaning::Resume => {
            let shown = write(home, "meaning.resume").await?;
            out.answer(&shown, lines)?;
        }
    }
    Ok(Exit::Done)
}

async fn write(home: &Path, name: &str) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    let shown = door.call(name, json!({})).await;
    door.close().await;
    shown
}

async fn set(
    home: &Path,
    out: Out,
    input: Value,
    yes: bool,
    preview: bool,
) -> Result<Exit, Stopped> {
    let door = vault::write(home).await?;
    let chosen = async {
        let would = door.call("meaning.preview", input.clone()).await?;
        if preview {
            return Ok(Some(would));
        }
        say(&sends(&would));
        if !yes {
            if !ask::is_possible() {
                return Err(Stopped::usage(
                    "nothing was changed: say yes to this with --yes",
                ));
            }
            if !ask::yes_or_no("switch it on? [y/N] ").await? {
                return Ok(None);
            }
        }
        door.call("meaning.set", input).await.map(Some)
    };
    let chosen = chosen.await;
    door.close().await;
    match chosen? {
        Some(would) if preview => out.answer(&would, sends)?,
        Some(shown) => out.answer(&shown, lines)?,
        None => {
            out.note("nothing was changed");
            return Ok(Exit::Cancelled);
        }
    }
    Ok(Exit::Done)
}

/// What would be sent, before anybody says yes.
fn sends(would: &Value) -> String {
    let where_to = if would["stays_here"] == true {
        format!("{}: it stays on this machine", field(would, "place"))
    } else {
        field(would, "place")
    };
    let price = match would["usd"].as_str() {
        Some("0") => "free".to_owned(),
        Some(usd) => format!("about {usd} USD"),
        None => "its price is not known".to_owned(),
    };
    format!(
        "sends the first {} letters of {} messages, about {} tokens, to {} ({} at {where_to}); {price}\n\
         later each new message and each search in words",
        would["letters"],
        would["messages"],
        would["tokens"],
        field(would, "account"),
        field(would, "model"),
    )
}

fn lines(shown: &Value) -> String {
    let chosen = &shown["chosen"];
    if chosen.is_null() {
        return "off: messages are found by their words alone".to_owned();
    }
    let place = if chosen["stays_here"] == true {
        "on this machine".to_owned()
    } else {
        field(chosen, "place")
    };
    let account = match chosen["account"].as_str() {
        Some(name) => krake_api::visible_line(name),
        None => "an account that was removed".to_owned(),
    };
    let mut lines = vec![
        format!(
            "{}: {} of {} messages can be found by meaning",
            state(shown),
            shown["there"],
            shown["messages"]
        ),
        format!("{} of {account}, {place}", field(chosen, "model")),
    ];
    if shown["passed_over"].as_u64().unwrap_or_default() > 0 {
        lines.push(format!(
            "{} have no words, or were not taken",
            shown["passed_over"]
        ));
    }
    if shown["why"].is_string() {
        lines.push(field(shown, "why"));
    }
    if shown["until"].is_string() {
        lines.push(format!("tried again at {}", time(shown, "until")));
    }
    lines.join("\n")
}

fn state(shown: &Value) -> &'static str {
    match shown["state"].as_str().unwrap_or_default() {
        "making" => "in the making",
        "ready" => "ready",
        "paused" => "paused",
        "waiting" => "waiting",
        "stuck" => "stopped",
        "not_running" => "goes on while the app or `krake serve` runs",
        _ => "off",
    }
}
