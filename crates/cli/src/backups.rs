//! `krake backup`: copies of the data folder, made and put back.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Backup;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Backup) -> Result<Exit, Stopped> {
    match args {
        Backup::Now => {
            let made = write(home, "backups.make", json!({})).await?;
            out.answer(&made, |made| field(made, "name"))?;
        }
        Backup::List => {
            let backups = match Door::look(home).await {
                Ok(door) => door.call("backups.list", json!({})).await?,
                Err(error) => without_database(home, error)?,
            };
            out.answer(&backups, list)?;
            for note in notes(&backups) {
                out.note(&note);
            }
        }
        Backup::Restore { name } => restore(home, out, &name).await?,
        Backup::Keep => {
            let backups = write(home, "backups.forget_restore", json!({})).await?;
            out.answer(&backups, |_| "no backup is put back".to_owned())?;
        }
        Backup::Every { hours, keep } => {
            let input = json!({ "hours": hours, "keep": keep });
            let backups = write(home, "backups.schedule", input).await?;
            out.answer(&backups, schedule)?;
        }
        Backup::Remove { name } => {
            let backups = write(home, "backups.remove", json!({ "name": name })).await?;
            out.answer(&backups, |_| format!("removed {name}"))?;
        }
    }
    Ok(Exit::Done)
}

/// Backups are needed most where the database cannot be opened.
fn without_database(home: &Path, error: Stopped) -> Result<Value, Stopped> {
    let found = krake_store::backups_in(home);
    if found.is_empty() {
        return Err(error);
    }
    let items: Vec<Value> = found
        .iter()
        .map(|backup| {
            json!({
                "name": backup.name, "made_at": backup.made_at.to_rfc3339(), "why": backup.why,
                "bytes": backup.bytes, "is_damaged": backup.is_damaged,
            })
        })
        .collect();
    Ok(json!({ "items": items, "trouble": format!("the database cannot be opened: {error}") }))
}

async fn write(home: &Path, name: &str, input: Value) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    let answer = door.call(name, input).await;
    door.close().await;
    answer
}

/// With a running owner it waits for the next start; without one this process takes the folder over,
/// and with that puts the backup back.
async fn restore(home: &Path, out: Out, name: &str) -> Result<(), Stopped> {
    let door = Door::look_without_data(home).await?;
    if door.is_remote() {
        let backups = door
            .call("backups.restore", json!({ "name": name }))
            .await?;
        return out.answer(&backups, |_| {
            format!("Krake runs: {name} is put back when it starts next\nuntil then `krake backup keep` takes that back")
        });
    }
    krake_runtime::backup::want_restore(home, name)
        .await
        .map_err(|error| Stopped::Other(error.into()))?;
    let door = Door::write(home).await?;
    let backups = door.call("backups.list", json!({})).await;
    door.close().await;
    let backups = backups?;
    if let Some(why) = backups["restore_failed"].as_str() {
        return Err(Stopped::Other(anyhow::anyhow!(
            "{name} was not put back, and everything is as it was: {why}"
        )));
    }
    out.answer(&backups, |backups| {
        let before = items(backups).first().map(|newest| field(newest, "name"));
        format!(
            "put back {name}; the state before is {}\nwhat was unfinished in it is paused: look at `krake executions list --status paused`",
            before.unwrap_or_default()
        )
    })
}

fn list(backups: &Value) -> String {
    let rows: Vec<Vec<String>> = items(backups)
        .iter()
        .map(|row| {
            let why = match row["is_damaged"].as_bool() {
                Some(true) => "damaged, set aside".to_owned(),
                _ => field(row, "why"),
            };
            vec![
                field(row, "name"),
                time(row, "made_at"),
                field(row, "bytes"),
                why,
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no backups".to_owned();
    }
    columns(&["name", "made", "bytes", "by"], &rows)
}

fn schedule(backups: &Value) -> String {
    match backups["hours"].as_u64() {
        Some(0) | None => "no backup is made by itself".to_owned(),
        Some(hours) => format!(
            "one every {hours} hours while the app or `krake serve` runs; the newest {} are kept",
            field(backups, "keep")
        ),
    }
}

fn notes(backups: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    if backups["hours"].is_u64() {
        notes.push(schedule(backups));
    }
    for (name, text) in [
        ("trouble", "not well: "),
        ("restoring", "put back at the next start: "),
        ("restore_failed", "a backup was not put back: "),
    ] {
        notes.extend(backups[name].as_str().map(|told| format!("{text}{told}")));
    }
    notes
}
