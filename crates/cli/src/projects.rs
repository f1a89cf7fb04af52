//! `krake projects`: begin, list, show, change, forget.

use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use crate::args::{CommitWhen, ProjectFacts, ProjectStatus, Projects};
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Projects) -> Result<Exit, Stopped> {
    match args {
        Projects::Found => {
            let door = Door::look_or_begin(home).await?;
            let page = door.call("projects.found", json!({})).await;
            door.close().await;
            out.answer(&page?, found)?;
        }
        Projects::Add { name, facts } => {
            let mut input = given(facts);
            input.insert("name".to_owned(), name.into());
            let added = write(home, "projects.add", input.into()).await?;
            out.answer(&added, |project| field(project, "id"))?;
            if !added["folder"].is_null() {
                out.note("what AI tools keep of this folder comes in while the app or `krake serve` runs");
            }
        }
        Projects::List { status } => {
            let input = json!({ "status": status.map(word) });
            let page = Door::look(home).await?.call("projects.list", input).await?;
            let none = match status {
                None => {
                    "no projects yet: `krake projects found` lists folders that AI tools worked in"
                }
                Some(_) => "no projects",
            };
            out.answer(&page, |page| list(page, none))?;
        }
        Projects::Show { project } => {
            let shown = Door::look(home)
                .await?
                .call("projects.show", json!({ "id": project }))
                .await?;
            out.answer(&shown, detail)?;
        }
        Projects::Change {
            project,
            name,
            facts,
            done,
        } => change(home, out, project, name, facts, &done).await?,
        Projects::Branches { project } => {
            let input = json!({ "id": project });
            let listed = Door::look(home)
                .await?
                .call("projects.branches", input)
                .await?;
            out.answer(&listed, branches)?;
        }
        Projects::Switch { project, branch } => {
            let input = json!({ "id": project, "branch": branch });
            let state = write(home, "projects.switch", input).await?;
            out.answer(&state, git)?;
        }
        Projects::CommitRule {
            project,
            when,
            branch,
        } => {
            let input = json!({ "id": project, "when": when_word(when), "branch": branch });
            let rule = write(home, "projects.set_commit_rule", input).await?;
            out.answer(&rule, |rule| {
                let branch = match field(rule, "branch") {
                    branch if branch.is_empty() => "the branch that is checked out".to_owned(),
                    branch => branch,
                };
                format!("{}, on {branch}", field(rule, "when"))
            })?;
        }
        Projects::Remove { project } => {
            let removed = write(home, "projects.remove", json!({ "id": project })).await?;
            out.answer(&removed, |removed| {
                format!("{} removed", field(removed, "removed"))
            })?;
        }
    }
    Ok(Exit::Done)
}

async fn change(
    home: &Path,
    out: Out,
    project: String,
    name: Option<String>,
    facts: ProjectFacts,
    done: &[usize],
) -> Result<(), Stopped> {
    let mut input = given(facts);
    let door = Door::write(home).await?;
    if !done.is_empty() {
        let shown = door
            .call("projects.show", json!({ "id": project.clone() }))
            .await;
        match shown.and_then(|shown| reached(&shown["project"]["objectives"], done)) {
            Ok(objectives) => input.insert("objectives".to_owned(), objectives),
            Err(error) => {
                door.close().await;
                return Err(error);
            }
        };
    }
    input.insert("id".to_owned(), project.into());
    if let Some(name) = name {
        input.insert("name".to_owned(), name.into());
    }
    let changed = door.call("projects.change", input.into()).await;
    door.close().await;
    out.answer(&changed?, |project| field(project, "id"))
}

/// The objectives with these marked as reached.
fn reached(objectives: &Value, done: &[usize]) -> Result<Value, Stopped> {
    let mut objectives = objectives.clone();
    for number in done {
        let objective = number
            .checked_sub(1)
            .and_then(|place| objectives.get_mut(place));
        match objective {
            Some(objective) => objective["done"] = true.into(),
            None => {
                return Err(Stopped::usage(format!(
                    "--done {number}: the project has no such objective"
                )));
            }
        }
    }
    Ok(objectives)
}

async fn write(home: &Path, command: &str, input: Value) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    let answer = door.call(command, input).await;
    door.close().await;
    answer
}

/// The fields that were typed.
fn given(facts: ProjectFacts) -> Map<String, Value> {
    let mut input = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            input.insert(name.to_owned(), value);
        }
    };
    let listed = |list: Vec<String>| (!list.is_empty()).then(|| json!(list));
    put("description", facts.description.map(Value::from));
    put("status", facts.status.map(word));
    put(
        "folder",
        // The owner may run in another folder than the one that this was typed in.
        facts.folder.map(|folder| match folder.as_str() {
            "" => Value::from(""),
            folder => crate::run::absolute(folder).into(),
        }),
    );
    put("objectives", listed(facts.objectives));
    put("pinned", listed(facts.pinned));
    input
}

fn word(status: ProjectStatus) -> Value {
    let value = status.to_possible_value();
    value.map_or(Value::Null, |value| value.get_name().into())
}

fn when_word(when: CommitWhen) -> Value {
    let value = when.to_possible_value();
    value.map_or(Value::Null, |value| value.get_name().into())
}

fn branches(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|branch| {
            let mark = if branch["current"] == true { "*" } else { "" };
            vec![
                mark.to_owned(),
                field(branch, "name"),
                field(branch, "commit"),
                field(branch, "track"),
                field(branch, "subject"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no branches yet".to_owned();
    }
    columns(&["", "branch", "commit", "upstream", "last commit"], &rows)
}

/// Where a work tree stands, on one line.
fn git(git: &Value) -> String {
    let branch = match field(git, "branch") {
        branch if branch.is_empty() => "no branch".to_owned(),
        branch => branch,
    };
    let mut line = format!(
        "{branch} at {} {}, {} changed",
        field(git, "commit"),
        field(git, "subject"),
        field(git, "changed")
    );
    for word in ["ahead", "behind"] {
        let count = git[word].as_u64().unwrap_or_default();
        if count > 0 {
            line.push_str(&format!(", {count} {word}"));
        }
    }
    if let Some(what) = git["unfinished"].as_str() {
        line.push_str(&format!(", in the middle of a {what}"));
    }
    line
}

fn found(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|one| {
            let tools = one["tools"].as_array().into_iter().flatten();
            let tools: Vec<&str> = tools.filter_map(Value::as_str).collect();
            vec![
                field(one, "sessions"),
                time(one, "last_session_at"),
                tools.join(", "),
                field(one, "folder"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no folder beside those of projects: AI tools keep nothing else on this machine"
            .to_owned();
    }
    let table = columns(&["sessions", "last session", "tools", "folder"], &rows);
    format!("{table}\nbegin one: krake projects add --folder DIR")
}

fn list(page: &Value, none: &str) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                field(row, "status"),
                field(row, "sessions"),
                progress(row),
                time(row, "last_session_at"),
                field(row, "name"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return none.to_owned();
    }
    columns(
        &[
            "id",
            "status",
            "sessions",
            "reached",
            "last session",
            "name",
        ],
        &rows,
    )
}

fn progress(project: &Value) -> String {
    match &project["progress"] {
        Value::Object(reached) => format!("{}/{}", reached["done"], reached["total"]),
        _ => String::new(),
    }
}

fn detail(shown: &Value) -> String {
    let project = &shown["project"];
    let mut lines = vec![format!(
        "{}  {}  {}",
        field(project, "name"),
        field(project, "status"),
        field(project, "id")
    )];
    let mut put = |label: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("  {label:<12}{text}"));
        }
    };
    put("about", field(project, "description"));
    put("folder", field(project, "folder"));
    if shown["git"].is_object() {
        put("git", git(&shown["git"]));
    }
    put("no git", field(shown, "git_trouble"));
    put("commit", field(&shown["commit_rule"], "when"));
    if shown["has_own_secret_policy"] == true {
        put("secrets", field(shown, "secret_policy"));
    }
    let objectives = project["objectives"].as_array().into_iter().flatten();
    for (place, objective) in objectives.enumerate() {
        let mark = if objective["done"] == true { 'x' } else { ' ' };
        put(
            "objective",
            format!("{}. [{mark}] {}", place + 1, field(objective, "text")),
        );
    }
    for path in project["pinned"].as_array().into_iter().flatten() {
        put("pinned", path.as_str().unwrap_or_default().to_owned());
    }
    let sessions = crate::sessions::rows(&json!({ "items": shown["sessions"] }));
    if !sessions.is_empty() {
        lines.push(sessions);
    }
    lines.join("\n")
}
