//! `krake audit`: check the journal's hash chain, or take it along.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Audit;
use crate::columns::{field, items};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group. A chain with a fault ends with 1.
///
/// # Errors
/// The folder cannot be read.
pub async fn run(home: &Path, out: Out, args: Audit) -> Result<Exit, Stopped> {
    let door = Door::look(home).await?;
    match args {
        Audit::Verify => {
            let audit = door.call("audit.verify", json!({})).await?;
            out.answer(&audit, verified)?;
            Ok(if audit["intact"] == true {
                Exit::Done
            } else {
                Exit::Failed
            })
        }
        Audit::Export { after } => {
            let mut after = json!(after);
            loop {
                let page = door
                    .call("audit.export", json!({ "after": after, "limit": 500 }))
                    .await?;
                for event in items(&page) {
                    out.text(&event.to_string())?;
                }
                after = page["next"].clone();
                if after.is_null() {
                    out.note(&format!(
                        "head {} {}",
                        page["head"]["seq"],
                        field(&page["head"], "hash")
                    ));
                    return Ok(Exit::Done);
                }
            }
        }
    }
}

fn verified(audit: &Value) -> String {
    let mut lines: Vec<String> = audit["faults"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|fault| format!("event {}: {}", fault["seq"], field(fault, "what")))
        .collect();
    let word = if audit["intact"] == true {
        "intact"
    } else {
        "broken"
    };
    lines.push(format!(
        "{word}: {} events, head {} {}",
        audit["events"],
        audit["head"]["seq"],
        field(&audit["head"], "hash")
    ));
    lines.push(field(audit, "limits"));
    lines.join("\n")
}
