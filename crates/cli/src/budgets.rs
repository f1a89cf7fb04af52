//! `krake budgets`: what may be spent, and what is.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::{BudgetOver, Budgets};
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::named::id_of;
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
            over,
        } => {
            // A run is over by itself, and may last longer than a day.
            let usual = if over.each_run { "always" } else { "day" };
            let per = per.unwrap_or_else(|| usual.to_owned());
            let over = over_of(over).unwrap_or_else(|| json!({ "kind": "everything" }));
            let input = json!({ "over": over, "period": per, "unit": unit, "cap": cap });
            let added = write(home, "budgets.add", input).await?;
            out.answer(&added, |budget| field(budget, "id"))?;
        }
        Budgets::Change {
            id,
            cap,
            unit,
            per,
            over,
        } => {
            let input = json!({
                "id": id, "over": over_of(over), "period": per, "unit": unit, "cap": cap,
            });
            let changed = write(home, "budgets.change", input).await?;
            let one = json!({ "items": [changed.clone()] });
            out.answer(&changed, |_| table(&one))?;
        }
        Budgets::Refused { id } => {
            let door = Door::look(home).await?;
            let page = door
                .call("budgets.refused", json!({ "budget_id": id }))
                .await?;
            out.answer(&page, refused)?;
        }
        Budgets::Remove { id } => {
            let removed = write(home, "budgets.remove", json!({ "id": id })).await?;
            out.answer(&removed, |budget| {
                format!("{} removed", field(budget, "id"))
            })?;
        }
    }
    Ok(Exit::Done)
}

async fn write(home: &Path, name: &str, mut input: Value) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    // An account may be called by its name.
    let account = input["over"]["account_id"].as_str().map(str::to_owned);
    let known = match account {
        Some(word) => id_of(&door, &word)
            .await
            .map(|id| input["over"]["account_id"] = json!(id)),
        None => Ok(()),
    };
    let answer = match known {
        Ok(()) => door.call(name, input).await,
        Err(unknown) => Err(unknown),
    };
    door.close().await;
    answer
}

/// What was said about which calls count; none where nothing was.
fn over_of(over: BudgetOver) -> Option<Value> {
    match over {
        BudgetOver {
            account: Some(account),
            ..
        } => Some(json!({ "kind": "account", "account_id": account })),
        BudgetOver {
            project: Some(project),
            ..
        } => Some(json!({ "kind": "project", "project_id": project })),
        BudgetOver { each_run: true, .. } => Some(json!({ "kind": "run" })),
        BudgetOver {
            everything: true, ..
        } => Some(json!({ "kind": "everything" })),
        _ => None,
    }
}

fn list(page: &Value) -> String {
    let today = format!(
        "spent today: {} USD, as far as prices are known",
        field(page, "today")
    );
    if items(page).is_empty() {
        return format!("no budgets\n{today}");
    }
    format!("{}\n{today}", table(page))
}

fn table(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|budget| {
            let over = &budget["over"];
            let id = ["account_id", "project_id"]
                .into_iter()
                .find_map(|name| over[name].as_str())
                .unwrap_or_default();
            let which = budget["name"].as_str().unwrap_or(id);
            let unpriced = match budget["unpriced"].as_u64() {
                None | Some(0) => String::new(),
                Some(calls) => format!(" + {calls} calls of unknown price"),
            };
            vec![
                field(budget, "id"),
                format!("{} {which}", field(over, "kind")).trim().to_owned(),
                field(budget, "period"),
                format!("{} {}", field(budget, "cap"), field(budget, "unit")),
                format!("{}{unpriced}", field(budget, "spent")),
                field(budget, "reserved"),
                field(budget, "left"),
                time(budget, "starts_anew"),
            ]
        })
        .collect();
    columns(
        &[
            "id",
            "counts",
            "per",
            "cap",
            "spent or reserved",
            "reserved",
            "left",
            "starts anew",
        ],
        &rows,
    )
}

fn refused(page: &Value) -> String {
    let lines: Vec<String> = items(page).iter().map(refused_line).collect();
    if lines.is_empty() {
        return "no budget refused a call".to_owned();
    }
    lines.join("\n")
}

fn refused_line(call: &Value) -> String {
    let unit = field(call, "unit");
    let why = if call["reason"] == "price_unknown" {
        format!("the price of {} is not known", field(call, "model"))
    } else {
        let wanted = match call["wanted"].as_str() {
            Some(wanted) => format!("; the call can cost up to {wanted}"),
            None => String::new(),
        };
        format!(
            "{} {unit} are spent or reserved{wanted}",
            field(call, "spent")
        )
    };
    let account = call["account"].as_str().or(call["account_id"].as_str());
    let mut line = format!(
        "{}  {} by {}: not made, the budget {} is {} {unit} and {why}",
        time(call, "at"),
        field(call, "purpose"),
        account.unwrap_or_default(),
        field(call, "budget_id"),
        field(call, "cap"),
    );
    for (word, name) in [("for", "project"), ("in", "execution_id")] {
        if let Some(text) = call[name].as_str() {
            line.push_str(&format!(", {word} {text}"));
        }
    }
    line
}
