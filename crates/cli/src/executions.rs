//! `krake executions`: look at executions and steer them.

use std::path::Path;

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::args::{Approve, Executions};
use crate::columns::{columns, counted, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::follow::follow;
use crate::out::Out;
use crate::run::{self, Sent};
use crate::{plan, text};

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Executions) -> Result<Exit, Stopped> {
    match args {
        Executions::List {
            status,
            text,
            limit,
            cursor,
        } => {
            let status = status.map(|status| status.as_str());
            let input = json!({ "status": status, "text": text, "limit": limit, "cursor": cursor });
            let door = Door::look(home).await?;
            let page = door.call("executions.list", input).await?;
            out.answer(&page, list)?;
            if let Some(row) = items(&page).iter().find(|row| row["undriven"] == true) {
                let id = field(row, "id");
                out.note(&format!("{id} is driven {}", nobody(&id)));
            }
        }
        Executions::Show { id } => {
            let door = Door::look(home).await?;
            let shown = door.call("executions.show", json!({ "id": id })).await?;
            out.answer(&shown, show)?;
        }
        Executions::Trace { id } => {
            let trace = Door::look(home)
                .await?
                .call("executions.trace", json!({ "id": id }))
                .await?;
            out.answer(&trace, spans)?;
        }
        Executions::Metrics { id } => {
            let metrics = Door::look(home)
                .await?
                .call("executions.metrics", json!({ "id": id }))
                .await?;
            out.answer(&metrics, measured)?;
        }
        Executions::Logs { id, follow } => return logs(home, out, &id, follow).await,
        Executions::Start(drive) => {
            return steer(
                home,
                out,
                "executions.start",
                &drive.id,
                Some(drive.approve),
            )
            .await;
        }
        Executions::Resume(drive) => {
            return steer(
                home,
                out,
                "executions.resume",
                &drive.id,
                Some(drive.approve),
            )
            .await;
        }
        Executions::Rerun {
            drive,
            from,
            detach,
        } => {
            let input = json!({ "id": drive.id, "from": from });
            let sent = Sent {
                name: "executions.rerun",
                input,
                detach,
                approve: drive.approve,
            };
            return run::send(home, out, sent).await;
        }
        Executions::Plan { id, version } => {
            let plan = Door::look(home)
                .await?
                .call("executions.plan", json!({ "id": id, "version": version }))
                .await?;
            if out.json {
                out.document(&plan)?;
            } else {
                let text = plan["text"].as_str().unwrap_or_default();
                let of = field(&plan, "execution_id");
                out.text(&format!(
                    "{MADE_FROM}{of}, version {}\n{text}",
                    plan["version"]
                ))?;
            }
        }
        Executions::Revise { id, file, version } => {
            return revise(home, out, &id, &file, version).await;
        }
        Executions::Pause { id } => return steer(home, out, "executions.pause", &id, None).await,
        Executions::Cancel { id } => {
            return steer(home, out, "executions.cancel", &id, Some(Approve::Deny)).await;
        }
    }
    Ok(Exit::Done)
}

/// Sends the command; where this process is the owner, it stays until nothing moves any more.
async fn steer(
    home: &Path,
    out: Out,
    name: &str,
    id: &str,
    stay: Option<Approve>,
) -> Result<Exit, Stopped> {
    let door = Door::write(home).await?;
    let begun = door.now().await?;
    let sent = match door.call(name, json!({ "id": id })).await {
        Ok(sent) => sent,
        Err(error) => {
            door.close().await;
            return Err(error);
        }
    };
    match stay {
        Some(approve) if !door.is_remote() => {
            let exit = follow(home, door, out, id, approve, begun).await?;
            // That is what was asked for.
            Ok(if name == "executions.cancel" && exit == Exit::Cancelled {
                Exit::Done
            } else {
                exit
            })
        }
        _ => {
            out.answer(&sent, |sent| format!("{id} {}", field(sent, "status")))?;
            door.close().await;
            Ok(Exit::Done)
        }
    }
}

async fn revise(
    home: &Path,
    out: Out,
    id: &str,
    file: &str,
    version: Option<u32>,
) -> Result<Exit, Stopped> {
    let text = text::read(file)?;
    let version = version.or_else(|| made_from(&text, id));
    let checked = plan::check(home, json!({ "plan": text })).await?;
    if checked["ok"] != true {
        return plan::faults(out, file, &text, &checked);
    }
    let door = Door::write(home).await?;
    let sent = door
        .call(
            "executions.revise",
            json!({ "id": id, "plan": text, "version": version }),
        )
        .await;
    door.close().await;
    out.answer(&sent?, |sent| {
        format!("{id} plan version {}", sent["version"])
    })?;
    Ok(Exit::Done)
}

/// Stands before the plan of an execution, so that a change of it knows what it was made from.
const MADE_FROM: &str = "# plan of ";

/// The version of this execution's plan that the text says it was made from.
fn made_from(text: &str, id: &str) -> Option<u32> {
    let (of, version) = text
        .lines()
        .next()?
        .strip_prefix(MADE_FROM)?
        .split_once(", version ")?;
    if of == id {
        version.trim().parse().ok()
    } else {
        None
    }
}

async fn logs(home: &Path, out: Out, id: &str, stay: bool) -> Result<Exit, Stopped> {
    let door = Door::look(home).await?;
    if !stay {
        let mut after = Value::Null;
        loop {
            let page = door
                .call(
                    "executions.logs",
                    json!({ "id": id, "after": after, "limit": 500 }),
                )
                .await?;
            for line in items(&page) {
                out.answer(line, log_line)?;
            }
            after = page["next"].clone();
            if after.is_null() {
                return Ok(Exit::Done);
            }
        }
    }
    let mut events = door
        .open("executions.stream", json!({ "id": id, "after": 0 }))
        .await?;
    while let Some(event) = events.next().await {
        let event = event?;
        let line = json!({ "event": event.name, "id": event.id, "data": event.data });
        out.answer(&line, |_| {
            let said = if event.name == "log" {
                field(&event.data, "text")
            } else {
                field(&event.data, "message")
            };
            format!("{}  {said}", time(&event.data, "at"))
        })?;
    }
    Ok(Exit::Done)
}

fn log_line(line: &Value) -> String {
    let step = match line["level"] == "output" {
        true => format!("{} | ", field(line, "step")),
        false => String::new(),
    };
    format!("{}  {step}{}", time(line, "at"), field(line, "text"))
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            let progress = format!("{}/{}", row["steps_done"], row["steps_total"]);
            vec![
                field(row, "id"),
                match row["undriven"] == true {
                    true => format!("{}, undriven", field(row, "status")),
                    false => field(row, "status"),
                },
                progress,
                time(row, "created_at"),
                field(row, "name"),
                field(row, "title"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no executions".to_owned();
    }
    let mut text = columns(
        &["id", "status", "steps", "created", "name", "title"],
        &rows,
    );
    if let Some(next) = page["next"].as_str() {
        text.push_str(&format!("\nmore: --cursor {next}"));
    }
    text
}

/// Said beside what looks as if it ran.
fn nobody(id: &str) -> String {
    format!(
        "by no process now: `krake executions resume {id}` goes on with it, and so does the start of the app or of `krake serve`"
    )
}

fn show(shown: &Value) -> String {
    let head = &shown["execution"];
    let mut lines = vec![
        format!(
            "{}  {}  {}",
            field(head, "id"),
            field(head, "status"),
            field(head, "name")
        ),
        format!("  source   {}", field(head, "source")),
        format!("  created  {}", field(head, "created_at")),
        format!("  ended    {}", field(head, "ended_at")),
    ];
    if head["undriven"] == true {
        lines.push(format!("  driven   {}", nobody(&field(head, "id"))));
    }
    if shown["plan_version"] != 1 {
        lines.push(format!("  plan     version {}", shown["plan_version"]));
    }
    if !shown["rerun_of"].is_null() {
        let again = &shown["rerun_of"];
        let from = again["from"]
            .as_str()
            .map_or_else(String::new, |step| format!(" from {step}"));
        lines.push(format!("  repeats  {}{from}", field(again, "execution")));
    }
    if !shown["cause"].is_null() {
        lines.push(format!("  cause    {}", field(&shown["cause"], "message")));
    }
    for grant in shown["allowance"]["grants"]
        .as_array()
        .into_iter()
        .flatten()
    {
        lines.push(format!(
            "  allowed  {} and {} s more by {} at {}",
            counted(
                grant["attempts"]
                    .as_u64()
                    .map_or(0, |n| usize::try_from(n).unwrap_or(0)),
                "attempt"
            ),
            grant["time_s"],
            field(&grant["by"], "name"),
            field(grant, "at")
        ));
    }
    let rows: Vec<Vec<String>> = shown["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|step| {
            let tries = step["attempts"].as_array().map_or(0, Vec::len).to_string();
            let why = if !step["failure"].is_null() {
                field(&step["failure"], "message")
            } else if !step["alternative"].is_null() {
                field(&step["alternative"], "because")
            } else if !step["items"].is_null() {
                let items = &step["items"];
                format!("{} of {} items done", items["done"], items["total"])
            } else if step["adopted"] == true {
                "its result is adopted".to_owned()
            } else {
                field(step, "because")
            };
            let indent = if step["instance_of"].is_null() {
                ""
            } else {
                "  "
            };
            vec![
                format!("{indent}{}", field(step, "id")),
                field(step, "status"),
                field(step, "tool"),
                tries,
                why,
            ]
        })
        .collect();
    lines.push(columns(&["step", "status", "tool", "tries", "why"], &rows));
    lines.join("\n")
}

fn measured(metrics: &Value) -> String {
    let path: Vec<&str> = metrics["critical_path"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut lines = vec![
        format!("wall            {} ms", metrics["wall_ms"]),
        format!("one by one      {} ms", metrics["run_ms"]),
        format!("saved           {} ms", metrics["saved_ms"]),
        format!("for a person    {} ms", metrics["waited_for_person_ms"]),
        format!("for a retry     {} ms", metrics["waited_for_retry_ms"]),
        format!(
            "critical path   {} ms  {}",
            metrics["critical_path_ms"],
            path.join(" → ")
        ),
    ];
    let rows: Vec<Vec<String>> = metrics["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|step| {
            let critical = if step["critical"] == true { "yes" } else { "" };
            vec![
                field(step, "step"),
                field(step, "attempts"),
                field(step, "run_ms"),
                critical.to_owned(),
            ]
        })
        .collect();
    lines.push(columns(&["step", "tries", "ms", "critical"], &rows));
    lines.join("\n")
}

fn spans(trace: &Value) -> String {
    let rows: Vec<Vec<String>> = trace["spans"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|span| {
            vec![
                field(span, "started_at"),
                field(span, "ended_at"),
                field(span, "status"),
                field(span, "name"),
            ]
        })
        .collect();
    columns(&["from", "until", "status", "span"], &rows)
}
