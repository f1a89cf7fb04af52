//! `krake tools` and `krake playbooks`: what this build can run.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Playbooks;
use crate::columns::{columns, field, items};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// `krake tools list`
///
/// # Errors
/// The output is closed.
pub async fn tools(home: &Path, out: Out) -> Result<Exit, Stopped> {
    let page = Door::look_without_data(home)
        .await?
        .call("tools.list", json!({}))
        .await?;
    out.answer(&page, |page| {
        let row = |tool: &Value| {
            let asks = if tool["asks"] == true { "yes" } else { "" };
            vec![
                field(tool, "name"),
                field(tool, "class"),
                asks.to_owned(),
                field(tool, "description"),
            ]
        };
        columns(
            &["tool", "class", "asks", "what it does"],
            &items(page).iter().map(row).collect::<Vec<_>>(),
        )
    })?;
    Ok(Exit::Done)
}

/// `krake playbooks`
///
/// # Errors
/// There is no such playbook.
pub async fn playbooks(home: &Path, out: Out, args: Playbooks) -> Result<Exit, Stopped> {
    let door = Door::look_without_data(home).await?;
    match args {
        Playbooks::List => {
            let page = door.call("playbooks.list", json!({})).await?;
            out.answer(&page, |page| {
                let row = |one: &Value| {
                    let mut faults = one["faults"].as_array().into_iter().flatten();
                    let mut cells = vec![field(one, "name")];
                    match faults.next() {
                        None => cells.extend([field(one, "steps"), field(one, "description")]),
                        Some(fault) => cells.extend([
                            "broken".to_owned(),
                            format!(
                                "{}:{}:{}: {}",
                                field(one, "path"),
                                fault["line"],
                                fault["column"],
                                field(fault, "message")
                            ),
                        ]),
                    }
                    cells
                };
                columns(
                    &["playbook", "steps", "what it does"],
                    &items(page).iter().map(row).collect::<Vec<_>>(),
                )
            })?;
        }
        Playbooks::Show { name } => {
            let shown = door.call("playbooks.show", json!({ "name": name })).await?;
            out.answer(&shown, |shown| {
                shown["text"]
                    .as_str()
                    .unwrap_or_default()
                    .trim_end()
                    .to_owned()
            })?;
        }
    }
    Ok(Exit::Done)
}
