//! `krake handoff`: brief the next account, and the queue in which briefings wait.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::args::{Handoff, NewHandoff, SendHandoff};
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::replaced::replaced;
use crate::{prose, transcript_file};

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Handoff) -> Result<Exit, Stopped> {
    match args {
        Handoff::Create(wish) => {
            let with = wish.with.clone();
            let mut input = input(out, wish)?;
            let door = Door::write(home).await?;
            let made = create(&door, out, &mut input, with).await;
            door.close().await;
            let made = made?;
            out.answer(&made, |made| field(made, "id"))?;
            out.note(&measured(&made));
            told(out, &made);
        }
        Handoff::Send(wish) => {
            let made = write(home, "handoffs.send", sending(&wish)).await?;
            out.answer(&made, sent)?;
            out.note(&measured(&made));
        }
        Handoff::Plan { project, to } => {
            let input = json!({ "project_id": project, "to_account_id": to });
            let plan = Door::look(home).await?.call("handoffs.plan", input).await?;
            out.answer(&plan, planned)?;
        }
        Handoff::Withdraw { id } => {
            let taken = write(home, "handoffs.withdraw", json!({ "id": id })).await?;
            out.answer(&taken, |_| format!("{id} withdrawn"))?;
        }
        Handoff::List {
            state,
            project,
            limit,
        } => {
            let input = json!({ "state": state, "project_id": project, "limit": limit });
            let door = Door::look(home).await?;
            let page = door.call("handoffs.list", input).await?;
            let accounts = door.call("accounts.list", json!({})).await?;
            out.answer(&page, |page| list(page, &accounts))?;
        }
        Handoff::Show { id } => {
            let input = json!({ "id": id });
            let found = Door::look(home).await?.call("handoffs.show", input).await?;
            out.answer(&found, briefing)?;
            if found["state"] == "not_sent" {
                out.note(&format!("it was not sent:\n{}", parts(&found)));
            }
        }
        Handoff::Claim { id, by } => {
            let claimed = write(
                home,
                "handoffs.claim",
                json!({ "id": id, "account_id": by }),
            )
            .await?;
            out.answer(&claimed, briefing)?;
        }
        Handoff::Done { id, note, take_out } => {
            let ended = write(home, "handoffs.done", json!({ "id": id, "note": note })).await?;
            out.answer(&ended, |_| format!("{id} done"))?;
            if take_out {
                let taken = write(home, "handoffs.take_out", json!({ "id": id })).await?;
                if taken["changed"] != true {
                    out.note("no file holds its briefing any more");
                }
            }
            told(out, &ended);
        }
    }
    Ok(Exit::Done)
}

fn told(out: Out, answer: &Value) {
    if let Some(found) = replaced(answer) {
        out.note(&found);
    }
}

async fn create(
    door: &Door,
    out: Out,
    input: &mut Value,
    with: Option<String>,
) -> Result<Value, Stopped> {
    if let Some(with) = with {
        let wish = json!({
            "context": input["context"], "folder": input["folder"],
            "project_id": input["project_id"], "goal": input["goal"], "budget": input["budget"],
            "wanted": input["wanted"], "with": with,
        });
        let written = prose::written(door, out, wish).await?;
        input["answer"] = written["model"]["answer"].clone();
    }
    door.call("handoffs.create", input.clone()).await
}

async fn write(home: &Path, name: &str, input: Value) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    let answer = door.call(name, input).await;
    door.close().await;
    answer
}

fn input(out: Out, wish: NewHandoff) -> Result<Value, Stopped> {
    let session = wish.session.as_deref();
    let context = wish.input.as_deref();
    let context = context.map(|file| transcript_file::context(out, file, session));
    let context = context.transpose()?;
    let folder = match (&context, wish.folder, &wish.project) {
        (Some(_), ..) => None,
        // A project knows its sessions.
        (None, None, Some(_)) => None,
        (None, folder, _) => Some(absolute(folder.as_deref().unwrap_or("."))?),
    };
    Ok(json!({
        "context": context,
        "folder": folder,
        "project_id": wish.project,
        "from_account_id": wish.from,
        "to_account_id": wish.to,
        "goal": wish.goal,
        "budget": wish.budget,
        "wanted": wish.keep,
    }))
}

fn sending(wish: &SendHandoff) -> Value {
    json!({
        "project_id": wish.project,
        "to_account_id": wish.to,
        "goal": wish.goal,
        "budget": wish.budget,
        "wanted": wish.keep,
        "write_file": !wish.no_file,
        "commit": wish.commit.word(),
        "commit_paths": wish.commit.chosen(),
        "commit_branch": wish.commit.branch,
    })
}

/// A handoff that went out, with what came of its parts.
pub fn sent(handoff: &Value) -> String {
    let id = field(handoff, "id");
    let mut lines = vec![id.clone(), parts(handoff)];
    let parts = handoff["parts"].as_array().into_iter().flatten();
    let file = parts
        .filter(|part| part["part"] == "file" && part["ok"] == true)
        .map(|part| field(part, "said"))
        .next();
    let folder = file.as_deref().map(Path::new).and_then(Path::parent);
    lines.push(match folder {
        Some(folder) => format!(
            "  next     start the next tool in {}; or krake handoff claim {id} prints the briefing",
            folder.display()
        ),
        None => format!("  next     krake handoff claim {id} prints the briefing"),
    });
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// What came of each part, a line each.
pub fn parts(handoff: &Value) -> String {
    let lines = handoff["parts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| {
            let word = match part["ok"] == true {
                true => "",
                false => "failed: ",
            };
            format!("  {:<9}{word}{}", field(part, "part"), field(part, "said"))
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// What would happen, before anybody says yes.
fn planned(plan: &Value) -> String {
    let mut lines = Vec::new();
    match &plan["file"] {
        Value::Null => lines.push("file      none: the project has no folder".to_owned()),
        file => {
            let how = match file["exists"] == true {
                true => "only what stands between its marks changes",
                false => "it is made",
            };
            lines.push(format!("file      {}, {how}", field(file, "path")));
        }
    }
    let trouble = field(plan, "git_trouble");
    if !trouble.is_empty() {
        lines.push(format!("no git    {trouble}"));
    }
    let git = &plan["git"];
    if git.is_object() {
        let rule = match plan["rule"]["when"].as_str() {
            Some(when) => when.to_owned(),
            None => "nobody was asked yet".to_owned(),
        };
        let branch = match field(plan, "branch") {
            branch if branch.is_empty() => field(git, "branch"),
            branch => branch,
        };
        lines.push(format!("commit    {rule}; it would go on {branch}"));
        let blocked = field(plan, "blocked");
        if !blocked.is_empty() {
            lines.push(format!("blocked   {blocked}"));
        }
        for file in plan["files"].as_array().into_iter().flatten() {
            let mark = match file["touched"] == true {
                true => "proposed",
                false => "left out",
            };
            lines.push(format!(
                "{mark}  {}  {}",
                field(file, "state"),
                field(file, "path")
            ));
        }
        if plan["more"].as_u64().unwrap_or_default() > 0 {
            lines.push(format!("          and {} more files", plan["more"]));
        }
    }
    lines.join("\n")
}

/// The folder as sessions name it.
pub fn absolute(folder: &str) -> Result<String, Stopped> {
    let path = std::path::absolute(folder).with_context(|| format!("the folder {folder}"))?;
    let path = path.canonicalize().unwrap_or(path);
    Ok(path.to_string_lossy().into_owned())
}

fn briefing(handoff: &Value) -> String {
    handoff["briefing"]["text"]
        .as_str()
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

fn measured(handoff: &Value) -> String {
    let share = handoff["score"].as_f64().unwrap_or_default() * 100.0;
    format!(
        "{} of {} tokens; kept {share:.0} % of what must not be lost",
        field(handoff, "tokens"),
        field(handoff, "budget")
    )
}

/// A share with a bar of ten, so that a list shows how it goes over time.
fn kept(score: f64) -> String {
    let full = (0..10)
        .filter(|tenth| score * 10.0 >= f64::from(*tenth) + 0.5)
        .count();
    format!(
        "{}{} {:>3.0} %",
        "█".repeat(full),
        "·".repeat(10 - full),
        score * 100.0
    )
}

fn list(page: &Value, accounts: &Value) -> String {
    // An id of another system, or of an account that is gone, stays as it is.
    let name = |id: String| {
        let account = items(accounts)
            .iter()
            .find(|account| field(account, "id") == id);
        account.map_or(id, |account| field(account, "name"))
    };
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            let score = row["score"].as_f64();
            vec![
                field(row, "id"),
                field(row, "state"),
                time(row, "created_at"),
                name(field(row, "from_account_id")),
                name(field(row, "to_account_id")),
                score.map_or_else(String::new, kept),
                field(row, "goal"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no handoffs".to_owned();
    }
    columns(
        &["id", "state", "created", "from", "to", "kept", "goal"],
        &rows,
    )
}
