//! `krake compression`: what briefings always keep, and what they never do.

use std::path::Path;

use krake_api::visible_line;
use serde_json::{Value, json};

use crate::args::{By, Compression, NewRule};
use crate::columns::{columns, field, items};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Compression) -> Result<Exit, Stopped> {
    match args {
        Compression::List { project } => {
            let door = Door::look(home).await?;
            let mut page = door.call("compression.list", json!({})).await?;
            if let Some(project) = project {
                let id = project_id(&door, &project).await?;
                if let Some(rules) = page["items"].as_array_mut() {
                    rules.retain(|rule| rule["project_id"].is_null() || rule["project_id"] == id);
                }
            }
            let projects = door.call("projects.list", json!({})).await?;
            out.answer(&page, |page| table(page, &projects))?;
        }
        Compression::Add(rule) => {
            let door = Door::write(home).await?;
            let added = add(&door, rule).await;
            door.close().await;
            out.answer(&added?, |rule| field(rule, "id"))?;
        }
        Compression::Remove { id } => {
            let door = Door::write(home).await?;
            let left = door.call("compression.remove", json!({ "id": id })).await;
            door.close().await;
            out.answer(&left?, |_| format!("{id} removed"))?;
        }
    }
    Ok(Exit::Done)
}

async fn add(door: &Door, rule: NewRule) -> Result<Value, Stopped> {
    let (effect, words) = match (rule.keep, rule.never) {
        (_, Some(words)) => ("never_keep", words),
        (words, None) => ("always_keep", words.unwrap_or_default()),
    };
    let subject = match rule.by {
        By::Text => json!({ "by": "pattern", "text": words }),
        By::File => json!({ "by": "file", "path": words }),
        By::Section => json!({ "by": "kind", "kind": words }),
    };
    // A rule may be for a project of another system; who types a name means one that is here.
    let project = match &rule.project {
        Some(project) => project_id(door, project).await?,
        None => Value::Null,
    };
    let input = json!({ "project_id": project, "effect": effect, "subject": subject });
    door.call("compression.add", input).await
}

/// The id of a project that is named by its name or its id.
async fn project_id(door: &Door, project: &str) -> Result<Value, Stopped> {
    let shown = door.call("projects.show", json!({ "id": project })).await?;
    Ok(shown["project"]["id"].clone())
}

fn table(page: &Value, projects: &Value) -> String {
    // A project of another system is called as it calls it.
    let name = |id: &str| {
        let found = items(projects).iter().find(|project| project["id"] == id);
        found.map_or_else(|| visible_line(id), |one| field(one, "name"))
    };
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|rule| {
            let subject = &rule["subject"];
            let what = match subject["by"].as_str() {
                Some("file") => format!("file {}", field(subject, "path")),
                Some("kind") => format!("section {}", field(subject, "kind")),
                _ => format!("text {}", field(subject, "text")),
            };
            let effect = match rule["effect"].as_str() {
                Some("never_keep") => "never",
                _ => "keep",
            };
            let whose = rule["project_id"]
                .as_str()
                .map_or_else(|| "all projects".to_owned(), name);
            vec![field(rule, "id"), effect.to_owned(), whose, what]
        })
        .collect();
    if rows.is_empty() {
        return "no rules".to_owned();
    }
    columns(&["id", "effect", "for", "what"], &rows)
}
