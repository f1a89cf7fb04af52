//! `krake snapshot`: freeze the context, compare it, bring it back.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Snapshot;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::handoff::absolute;
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Snapshot) -> Result<Exit, Stopped> {
    match args {
        Snapshot::Create {
            name,
            folder,
            project,
        } => {
            let folder = folder.as_deref().map(absolute).transpose()?;
            let input = json!({ "name": name, "folder": folder, "project_id": project });
            let door = Door::write(home).await?;
            let made = door.call("snapshots.create", input).await;
            door.close().await;
            out.answer(&made?, |made| field(made, "id"))?;
        }
        Snapshot::List { project, limit } => {
            let input = json!({ "limit": limit, "project_id": project });
            let page = Door::look(home)
                .await?
                .call("snapshots.list", input)
                .await?;
            out.answer(&page, list)?;
        }
        Snapshot::Diff { id, other } => {
            let input = json!({ "id": id, "other": other });
            let diff = Door::look(home)
                .await?
                .call("snapshots.diff", input)
                .await?;
            out.answer(&diff, changes)?;
        }
        Snapshot::Restore { id } => {
            let door = Door::write(home).await?;
            let restored = door.call("snapshots.restore", json!({ "id": id })).await;
            door.close().await;
            out.answer(&restored?, told)?;
        }
    }
    Ok(Exit::Done)
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                time(row, "created_at"),
                field(row, "sessions"),
                field(row, "messages"),
                field(row, "knowledge"),
                name(row),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no snapshots".to_owned();
    }
    columns(
        &["id", "created", "sessions", "messages", "entries", "name"],
        &rows,
    )
}

/// What a person called it, or what it was made before.
fn name(row: &Value) -> String {
    let name = field(row, "name");
    match row["occasion"].as_str() {
        Some("handoff") => "before a handoff".to_owned(),
        Some("restore") => format!("before the restore of {name}"),
        _ => name,
    }
}

fn changes(diff: &Value) -> String {
    let mut lines = Vec::new();
    for kind in ["sessions", "knowledge"] {
        for changed in diff[kind].as_array().into_iter().flatten() {
            let more = changed["more"]
                .as_i64()
                .map_or_else(String::new, |more| format!(" ({more:+} messages)"));
            let is = |what: &str| changed[what].as_bool();
            let change = match (&changed["change"], is("superseded"), is("withdrawn")) {
                (Value::String(word), Some(_), Some(true)) if word == "changed" => {
                    "withdrawn".to_owned()
                }
                (Value::String(word), Some(gone), _) if word == "changed" => match gone {
                    true => "superseded".to_owned(),
                    false => "counts again".to_owned(),
                },
                _ => field(changed, "change"),
            };
            lines.push(format!(
                "{change} {} {}{more}",
                field(changed, "id"),
                field(changed, "title")
            ));
        }
    }
    if lines.is_empty() {
        return "nothing is different".to_owned();
    }
    lines.join("\n")
}

fn told(restored: &Value) -> String {
    let missing = restored["missing_sessions"].as_array().map_or(0, Vec::len);
    let mut text = format!(
        "{} entries back, {} as they were, {} that came later withdrawn; the state before is {}",
        field(restored, "added"),
        field(restored, "changed"),
        field(restored, "withdrawn"),
        field(restored, "before")
    );
    if missing > 0 {
        text.push_str(&format!(
            "; {missing} sessions do not hold what was frozen any more: import them again"
        ));
    }
    text
}
