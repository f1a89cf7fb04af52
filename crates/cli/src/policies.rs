//! `krake policies`: standing rules, and how to take one back.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Policies;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Policies) -> Result<Exit, Stopped> {
    match args {
        Policies::List => {
            let page = Door::look(home)
                .await?
                .call("policies.list", json!({}))
                .await?;
            out.answer(&page, list)?;
        }
        Policies::Revoke { id } => {
            let door = Door::write(home).await?;
            let revoked = door.call("policies.revoke", json!({ "id": id })).await;
            door.close().await;
            out.answer(&revoked?, |_| format!("{id} revoked"))?;
        }
    }
    Ok(Exit::Done)
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            let state = if row["in_force"] == true {
                "in force"
            } else if row["revoked_at"].is_null() {
                "expired"
            } else {
                "revoked"
            };
            let pattern = &row["pattern"];
            let what = ["target", "folder"]
                .into_iter()
                .find_map(|name| pattern[name].as_str())
                .unwrap_or_default();
            let below = if pattern["kind"] == "exact" {
                ""
            } else {
                " and below"
            };
            vec![
                field(row, "id"),
                state.to_owned(),
                field(row, "tool"),
                field(row, "times_used"),
                time(row, "expires_at"),
                format!("{what}{below}"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no rules".to_owned();
    }
    columns(&["id", "state", "tool", "used", "expires", "what"], &rows)
}
