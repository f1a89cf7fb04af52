//! `krake sessions`: list, show, start, end.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Sessions;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Messages that are asked for at once.
const PAGE: u32 = 500;

/// What to do where nothing is yet.
const NO_SESSIONS: &str = "no sessions yet: `krake projects found` lists folders that AI tools worked \
                           in, `krake import FILE` takes one in";

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Sessions) -> Result<Exit, Stopped> {
    match args {
        Sessions::List {
            project,
            account,
            limit,
            cursor,
        } => {
            let is_all = project.is_none() && account.is_none() && cursor.is_none();
            let input = json!({
                "project_id": project, "account_id": account, "limit": limit, "cursor": cursor,
            });
            let page = Door::look(home).await?.call("sessions.list", input).await?;
            out.answer(&page, |page| match rows(page) {
                rows if rows.is_empty() && is_all => NO_SESSIONS.to_owned(),
                rows if rows.is_empty() => "no sessions".to_owned(),
                rows => rows,
            })?;
        }
        Sessions::Show { id, from, limit } => show(home, out, &id, from, limit).await?,
        Sessions::Start {
            project,
            account,
            session_type,
            objectives,
            title,
        } => {
            let input = json!({
                "project_id": project, "account_id": account, "session_type": session_type,
                "objectives": objectives, "title": title,
            });
            let door = Door::write(home).await?;
            let started = door.call("sessions.start", input).await;
            door.close().await;
            out.answer(&started?, |session| field(session, "id"))?;
        }
        Sessions::Change {
            id,
            project,
            account,
            title,
        } => {
            if project.is_none() && account.is_none() && title.is_none() {
                return Err(Stopped::usage(
                    "nothing to change: give --project, --account or --title",
                ));
            }
            let input = json!({
                "id": id, "project_id": project, "account_id": account, "title": title,
            });
            let door = Door::write(home).await?;
            let changed = door.call("sessions.change", input).await;
            door.close().await;
            out.answer(&changed?, |session| rows(&json!({ "items": [session] })))?;
        }
        Sessions::End {
            id,
            credits_used,
            at,
        } => {
            let input = json!({
                "id": id, "credits_used": credits_used, "end": at.is_none(), "ended_at": at,
            });
            let door = Door::write(home).await?;
            let ended = door.call("sessions.change", input).await;
            door.close().await;
            out.answer(&ended?, |session| {
                format!(
                    "{} ended {}",
                    field(session, "id"),
                    time(session, "ended_at")
                )
            })?;
        }
    }
    Ok(Exit::Done)
}

async fn show(home: &Path, out: Out, id: &str, from: u64, limit: u32) -> Result<(), Stopped> {
    let door = Door::look(home).await?;
    let session = door.call("sessions.show", json!({ "id": id })).await?;
    let mut messages = Vec::new();
    let (mut cursor, mut left) = (Some(from), limit);
    while let Some(next) = cursor.filter(|_| left > 0) {
        let input = json!({ "id": id, "cursor": next, "limit": left.min(PAGE) });
        let mut page = door.call("sessions.messages", input).await?;
        cursor = page["next"].as_u64();
        if let Some(items) = page["items"].as_array_mut() {
            left = left.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
            messages.append(items);
        }
    }
    let shown = json!({ "session": session, "messages": messages, "next": cursor });
    out.answer(&shown, |shown| {
        let mut lines = vec![rows(&json!({ "items": [shown["session"]] }))];
        lines.extend(shown["messages"].as_array().into_iter().flatten().map(line));
        if let Some(next) = shown["next"].as_u64() {
            lines.push(format!("… more: --from {next}"));
        }
        lines.join("\n")
    })
}

/// One message: where it stands, who speaks, what it is, and what it says.
fn line(message: &Value) -> String {
    let kind = field(message, "kind");
    let mut head = format!(
        "[#{}] {}",
        field(message, "position"),
        field(message, "role")
    );
    if kind != "text" {
        head = format!("{head} {kind}");
    }
    let tool = field(message, "tool");
    if !tool.is_empty() {
        head = format!("{head} {tool}");
    }
    if message["error"] == true {
        head.push_str(" failed");
    }
    let text = message["text"].as_str().unwrap_or_default();
    let more = if message["cut"] == true { " …" } else { "" };
    format!("{head}\n{}{more}", text.trim_end())
}

/// Sessions as lines of a table; nothing where there are none.
pub fn rows(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                field(row, "source"),
                field(row, "messages"),
                time(row, "started_at"),
                time(row, "ended_at"),
                field(row, "account_id"),
                if row["limited"] == true {
                    "limit reached"
                } else {
                    ""
                }
                .to_owned(),
                field(row, "title"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    columns(
        &[
            "id", "from", "messages", "started", "ended", "account", "state", "title",
        ],
        &rows,
    )
}
