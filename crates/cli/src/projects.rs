//! `krake projects`: begin, list, show, change, forget.

use std::path::Path;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use crate::args::{CommitWhen, ProjectFacts, ProjectLists, ProjectStatus, Projects};
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
            lists,
        } => change(home, out, project, name, facts, lists).await?,
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
    lists: ProjectLists,
) -> Result<(), Stopped> {
    let mut input = given(facts);
    input.insert("id".to_owned(), project.clone().into());
    if let Some(name) = name {
        input.insert("name".to_owned(), name.into());
    }
    let door = Door::write(home).await?;
    let changed = match with_lists(&door, &project, &mut input, lists).await {
        Ok(()) => door.call("projects.change", input.into()).await,
        Err(error) => Err(error),
    };
    door.close().await;
    out.answer(&changed?, |project| field(project, "id"))
}

/// What is added joins what the project has; what is reached or taken away is found in it.
async fn with_lists(
    door: &Door,
    project: &str,
    input: &mut Map<String, Value>,
    lists: ProjectLists,
) -> Result<(), Stopped> {
    let is_changed = |name: &str| input.contains_key(name);
    let (objectives, pins) = (
        is_changed("objectives") || !lists.done.is_empty() || !lists.dropped.is_empty(),
        is_changed("pinned") || !lists.unpinned.is_empty(),
    );
    if !objectives && !pins {
        return Ok(());
    }
    let shown = door.call("projects.show", json!({ "id": project })).await?;
    let mut join = |name: &str, mut all: Vec<Value>| {
        let added = input.get(name).and_then(Value::as_array).cloned();
        for one in added.unwrap_or_default() {
            if !all
                .iter()
                .any(|known| *known == one || known["text"] == one)
            {
                all.push(one);
            }
        }
        input.insert(name.to_owned(), all.into());
    };
    if objectives {
        let now = reached(&shown["project"]["objectives"], &lists.done)?;
        join("objectives", without(now, &lists.dropped)?);
    }
    if pins {
        let now = items_of(&shown["project"]["pinned"]);
        if let Some(other) = lists
            .unpinned
            .iter()
            .find(|path| !now.contains(&json!(path)))
        {
            return Err(Stopped::usage(format!(
                "--unpin {other}: the project has no such path"
            )));
        }
        let kept = now.into_iter().filter(|path| {
            let is_it = |gone: &String| path.as_str() == Some(gone);
            !lists.unpinned.iter().any(is_it)
        });
        join("pinned", kept.collect());
    }
    Ok(())
}

fn items_of(list: &Value) -> Vec<Value> {
    list.as_array().cloned().unwrap_or_default()
}

/// The objectives without these, counted as they were shown.
fn without(objectives: Vec<Value>, dropped: &[usize]) -> Result<Vec<Value>, Stopped> {
    let is_there = |number: &usize| (1..=objectives.len()).contains(number);
    if let Some(number) = dropped.iter().find(|number| !is_there(number)) {
        return Err(Stopped::usage(format!(
            "--drop {number}: the project has no such objective"
        )));
    }
    let all = (1..).zip(objectives);
    let kept = all.filter(|(number, _)| !dropped.contains(number));
    Ok(kept.map(|(_, objective)| objective).collect())
}

/// The objectives with these marked as reached.
fn reached(objectives: &Value, done: &[usize]) -> Result<Vec<Value>, Stopped> {
    let mut objectives = items_of(objectives);
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
