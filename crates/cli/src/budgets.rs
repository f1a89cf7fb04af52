//! `krake budgets`: what may be spent, and what is.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Budgets;
use crate::columns::{columns, field, items};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Budgets) -> Result<Exit, Stopped> {
    match args {
        Budgets::List => {
            let door = Door::look(home).await?;
            let page = door.call("budgets.list", json!({})).await?;
            out.answer(&page, list)?;
        }
        Budgets::Add {
            cap,
            unit,
            per,
            account,
            project,
            each_run,
        } => {
            let over = match (account, project, each_run) {
                (Some(account), None, false) => {
                    json!({ "kind": "account", "account_id": account })
                }
                (None, Some(project), false) => {
                    json!({ "kind": "project", "project_id": project })
                }
                (None, None, true) => json!({ "kind": "run" }),
                (None, None, false) => json!({ "kind": "everything" }),
                _ => {
                    return Err(Stopped::usage(
                        "use one of --account, --project and --each-run",
                    ));
                }
            };
            let input = json!({ "over": over, "period": per, "unit": unit, "cap": cap });
            let door = Door::write(home).await?;
            let added = door.call("budgets.add", input).await;
            door.close().await;
            out.answer(&added?, |budget| field(budget, "id"))?;
        }
        Budgets::Remove { id } => {
            let door = Door::write(home).await?;
            let removed = door.call("budgets.remove", json!({ "id": id })).await;
            door.close().await;
            out.answer(&removed?, |budget| {
                format!("{} removed", field(budget, "id"))
            })?;
        }
    }
    Ok(Exit::Done)
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|budget| {
            let over = &budget["over"];
            let which = ["account_id", "project_id"]
                .into_iter()
                .find_map(|name| over[name].as_str())
                .unwrap_or_default();
            vec![
                field(budget, "id"),
                format!("{} {which}", field(over, "kind")).trim().to_owned(),
                field(budget, "period"),
                format!("{} {}", field(budget, "cap"), field(budget, "unit")),
                field(budget, "spent"),
            ]
        })
        .collect();
    let today = format!(
        "spent today: {} USD, as far as prices are known",
        field(page, "today")
    );
    if rows.is_empty() {
        return format!("no budgets\n{today}");
    }
    let table = columns(&["id", "counts", "per", "cap", "spent or reserved"], &rows);
    format!("{table}\n{today}")
}
