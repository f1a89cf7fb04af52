//! `krake inbox`: what waits for a person and what ended badly, in one list, and a person's order in it.

use std::path::Path;

use krake_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::args::{Inbox, State};
use crate::ask;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Inbox) -> Result<Exit, Stopped> {
    match args {
        Inbox::List { state, limit } => {
            let input = json!({ "state": state.map(State::as_str), "limit": limit });
            let page = Door::look(home).await?.call("threads.list", input).await?;
            out.answer(&page, |page| list(page, state))?;
        }
        Inbox::Show { id } => {
            let door = Door::look(home).await?;
            let shown = door.call("threads.show", json!({ "id": id })).await?;
            out.answer(&shown, show)?;
        }
        Inbox::Done { ids } => {
            triage(home, out, "threads.done", json!({ "ids": ids }), "done").await?;
        }
        Inbox::Snooze { ids, span, until } => {
            let until = until.unwrap_or_else(|| {
                let now = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp(0)
                    .plus(now + span.unwrap_or_default())
                    .to_rfc3339()
            });
            let input = json!({ "ids": ids, "until": until });
            triage(home, out, "threads.snooze", input, "snoozed").await?;
        }
        Inbox::Wake { ids } => {
            triage(home, out, "threads.wake", json!({ "ids": ids }), "open").await?;
        }
    }
    Ok(Exit::Done)
}

async fn triage(
    home: &Path,
    out: Out,
    name: &str,
    input: Value,
    word: &str,
) -> Result<(), Stopped> {
    let door = Door::write(home).await?;
    let marked = door.call(name, input).await;
    door.close().await;
    out.answer(&marked?, |page| {
        let lines = items(page).iter().map(|thread| {
            let until = match thread["snoozed_until"].is_null() {
                true => String::new(),
                false => format!(" until {}", time(thread, "snoozed_until")),
            };
            format!("{} {word}{until}", field(thread, "id"))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn list(page: &Value, state: Option<State>) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|thread| {
            vec![
                field(thread, "id"),
                field(thread, "kind").replace('_', " "),
                stands(thread),
                time(thread, "since"),
                field(&thread["execution"], "name"),
                what(thread),
            ]
        })
        .collect();
    if rows.is_empty() {
        return match state {
            Some(State::Snoozed) => "nothing is snoozed",
            Some(State::Done) => "nothing is done",
            Some(State::Open) | None => "nothing waits for you",
        }
        .to_owned();
    }
    columns(&["id", "kind", "", "since", "execution", "what"], &rows)
}

fn stands(thread: &Value) -> String {
    if !thread["snoozed_until"].is_null() {
        format!("until {}", time(thread, "snoozed_until"))
    } else if !thread["done_at"].is_null() {
        "done".to_owned()
    } else if thread["needs_answer"] == true {
        "waits for you".to_owned()
    } else {
        "to look at".to_owned()
    }
}

/// What is asked, else how the execution ended.
fn what(thread: &Value) -> String {
    match &thread["approval"] {
        Value::Null => field(&thread["execution"], "title"),
        approval => field(approval, "summary"),
    }
}

fn show(thread: &Value) -> String {
    let mut lines = Vec::new();
    let execution = field(&thread["execution"], "id");
    if thread["approval"].is_null() {
        lines.push(format!(
            "{execution}  {}  {}",
            field(&thread["execution"], "status"),
            field(&thread["execution"], "name")
        ));
        lines.push(format!("  why      {}", what(thread)));
        lines.push(format!("  since    {}", field(thread, "since")));
    } else {
        lines.push(ask::shown(&thread["approval"]));
    }
    lines.push(format!("  inbox    {}", stands(thread)));
    let next = match thread["kind"].as_str() {
        Some("failed") => format!("krake executions rerun {execution}"),
        Some("stopped") => format!("krake executions resume {execution}"),
        _ => format!("krake approvals show {}", field(thread, "id")),
    };
    lines.push(format!("  next     {next}"));
    lines.join("\n")
}
