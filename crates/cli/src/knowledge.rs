//! `krake knowledge`: keep, find and correct entries, and hand them on.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Knowledge;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::replaced::replaced;
use crate::text;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Knowledge) -> Result<Exit, Stopped> {
    match args {
        Knowledge::Add {
            title,
            text,
            category,
            sources,
        } => {
            let text = match text {
                Some(text) => text,
                None => text::read("-")?,
            };
            let door = Door::write(home).await?;
            let input =
                json!({ "title": title, "text": text, "category": category, "sources": sources });
            let added = door.call("knowledge.add", input).await;
            door.close().await;
            kept(out, &added?)?;
        }
        Knowledge::List {
            category,
            all,
            limit,
        } => {
            let input = json!({ "category": category, "current": !all, "limit": limit });
            let page = Door::look(home)
                .await?
                .call("knowledge.list", input)
                .await?;
            out.answer(&page, list)?;
        }
        Knowledge::Search { query, limit } => {
            let input = json!({ "query": query, "limit": limit });
            let page = Door::look(home)
                .await?
                .call("knowledge.search", input)
                .await?;
            out.answer(&page, list)?;
        }
        Knowledge::Show { id } => {
            let door = Door::look(home).await?;
            let shown = door.call("knowledge.show", json!({ "id": id })).await?;
            out.answer(&shown, whole)?;
        }
        Knowledge::Supersede {
            id,
            text,
            title,
            category,
            sources,
        } => {
            let text = text.map(|text| match text.as_str() {
                "-" => text::read("-"),
                _ => Ok(text),
            });
            let text = text.transpose()?;
            if text.is_none() && title.is_none() && category.is_none() && sources.is_empty() {
                return Err(Stopped::usage(
                    "nothing to correct: give a text, --title, --category or --source",
                ));
            }
            let sources = (!sources.is_empty()).then_some(sources);
            let input = json!({
                "id": id, "text": text, "title": title, "category": category, "sources": sources,
            });
            let door = Door::write(home).await?;
            let entry = door.call("knowledge.supersede", input).await;
            door.close().await;
            kept(out, &entry?)?;
        }
        Knowledge::Write { path, category } => {
            let path = std::path::absolute(&path)
                .map_err(|error| Stopped::usage(format!("{}: {error}", path.display())))?;
            let input = json!({ "path": path.to_string_lossy(), "category": category });
            let door = Door::look(home).await?;
            let written = door.call("knowledge.write", input).await?;
            out.answer(&written, |written| {
                let path = field(written, "path");
                match (written["changed"].as_bool(), &written["entries"]) {
                    (Some(true), entries) => format!("{path}: {entries} entries"),
                    _ => format!("{path}: as it was"),
                }
            })?;
        }
    }
    Ok(Exit::Done)
}

fn kept(out: Out, entry: &Value) -> Result<(), Stopped> {
    out.answer(entry, |entry| field(entry, "id"))?;
    if let Some(found) = replaced(entry) {
        out.note(&found);
    }
    Ok(())
}

/// An entry as it is read, and below it what it replaced.
fn whole(shown: &Value) -> String {
    let entry = &shown["entry"];
    let mut text = format!(
        "{}\n{}, {}\n\n{}\n",
        field(entry, "title"),
        field(entry, "category"),
        time(entry, "created_at"),
        field(entry, "text")
    );
    let sources = entry["sources"].as_array().into_iter().flatten();
    let sources: Vec<&str> = sources.filter_map(Value::as_str).collect();
    if !sources.is_empty() {
        text.push_str(&format!("\nfrom {}\n", sources.join(" ")));
    }
    if let Some(by) = entry["superseded_by"].as_str() {
        text.push_str(&format!("\nreplaced by {by}\n"));
    }
    if entry["withdrawn_at"].is_string() {
        text.push_str(&format!(
            "\nwithdrawn {}: an earlier snapshot was brought back\n",
            time(entry, "withdrawn_at")
        ));
    }
    for older in shown["older"].as_array().into_iter().flatten() {
        let (id, at) = (field(older, "id"), time(older, "created_at"));
        text.push_str(&format!(
            "\nbefore: {id}, {at}, {}\n",
            field(older, "title")
        ));
    }
    text.trim_end().to_owned()
}

fn list(page: &Value) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                field(row, "category"),
                time(row, "created_at"),
                field(row, "title"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no entries".to_owned();
    }
    columns(&["id", "category", "created", "title"], &rows)
}
