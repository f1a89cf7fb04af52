//! `krake approvals`: what waits for a person, and the person's answer.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::{Approvals, Approve, Reach};
use crate::ask;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::follow::follow;
use crate::out::Out;
use crate::text;

/// Runs the group.
///
/// # Errors
/// What the command says; an answer that came too late names the one that won.
pub async fn run(home: &Path, out: Out, args: Approvals) -> Result<Exit, Stopped> {
    match args {
        Approvals::List { all } => {
            let status = if all { Value::Null } else { json!("waiting") };
            let page = Door::look(home)
                .await?
                .call("approvals.list", json!({ "status": status }))
                .await?;
            out.answer(&page, list)?;
            Ok(Exit::Done)
        }
        Approvals::Show { id } => {
            let shown = Door::look(home)
                .await?
                .call("approvals.show", json!({ "approval_id": id }))
                .await?;
            out.answer(&shown, ask::shown)?;
            Ok(Exit::Done)
        }
        Approvals::Approve {
            id,
            happened,
            scope,
        } => {
            let scope = match scope {
                Reach::Once => "once",
                Reach::Execution => "execution",
                Reach::Always => "always",
                Reach::AlwaysUnder => "always_under",
            };
            answer(
                home,
                out,
                "approvals.approve",
                &id,
                json!({ "happened": happened, "scope": scope }),
            )
            .await
        }
        Approvals::Edit { id, args } => edit(home, out, &id, &args).await,
        Approvals::Skip { id } => answer(home, out, "approvals.skip", &id, json!({})).await,
        Approvals::Answer { id, text } => {
            answer(
                home,
                out,
                "approvals.answer",
                &id,
                json!({ "answer": text }),
            )
            .await
        }
        Approvals::Reject { id, reason } => {
            answer(
                home,
                out,
                "approvals.reject",
                &id,
                json!({ "reason": reason }),
            )
            .await
        }
    }
}

/// Answers; where this process is the owner, it drives the execution on until it ends or waits again.
async fn answer(
    home: &Path,
    out: Out,
    name: &str,
    id: &str,
    mut input: Value,
) -> Result<Exit, Stopped> {
    let did = done(name, &input);
    let door = Door::write(home).await?;
    let begun = door.now().await?;
    let answered = async {
        let asked = door
            .call("approvals.show", json!({ "approval_id": id }))
            .await?;
        let execution = field(&asked, "execution_id");
        input["id"] = json!(execution);
        input["approval_id"] = json!(id);
        let answered = door.call(name, input).await?;
        Ok::<_, Stopped>((execution, answered))
    };
    match answered.await {
        Err(error) => {
            door.close().await;
            Err(error)
        }
        Ok((execution, answered)) if door.is_remote() => {
            out.answer(&answered, |_| format!("{id} {did}"))?;
            out.note(&format!("{execution} goes on in the Krake that runs"));
            Ok(Exit::Done)
        }
        Ok((execution, _)) => {
            out.note(&format!(
                "{id} {did}; no Krake runs, so this command goes on with {execution} until it ends or asks again"
            ));
            let exit = follow(home, door, out, &execution, Approve::Ask, begun).await?;
            // A rejection that was carried out is done; how the execution took it was printed.
            Ok(if name == "approvals.reject" && exit == Exit::Failed {
                Exit::Done
            } else {
                exit
            })
        }
    }
}

/// What an answer that was taken has done. The status of an approval knows only yes and no.
fn done(name: &str, input: &Value) -> &'static str {
    match name {
        "approvals.skip" => "skipped",
        "approvals.answer" => "answered",
        "approvals.reject" => "rejected",
        _ if input["happened"] == true => "taken as happened",
        _ => "approved",
    }
}

/// Puts other arguments in place and names the new question.
async fn edit(home: &Path, out: Out, id: &str, file: &str) -> Result<Exit, Stopped> {
    let args: Value = serde_json::from_str(&text::read(file)?)
        .map_err(|error| Stopped::usage(format!("{file}: {error}")))?;
    if !args.is_object() {
        return Err(Stopped::usage(format!("{file}: expected a JSON object")));
    }
    let door = Door::write(home).await?;
    let edited = async {
        let asked = door
            .call("approvals.show", json!({ "approval_id": id }))
            .await?;
        let input = json!({ "id": asked["execution_id"], "approval_id": id, "args": args });
        door.call("approvals.edit", input).await
    };
    let edited = edited.await;
    door.close().await;
    out.answer(&edited?, |edited| match edited["approval_id"].as_str() {
        Some(new) => format!("{id} withdrawn\n{new} waiting"),
        None => format!("{id} withdrawn; what follows is not asked yet"),
    })?;
    Ok(Exit::Done)
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                field(row, "status"),
                time(row, "asked_at"),
                field(row, "execution_name"),
                field(row, "summary"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "nothing waits".to_owned();
    }
    columns(&["id", "status", "asked", "execution", "what"], &rows)
}
