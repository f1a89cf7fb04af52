//! `krake knowledge`: keep, list and search entries.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::Knowledge;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
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
            out.answer(&added?, |entry| field(entry, "id"))?;
        }
        Knowledge::List { category, limit } => {
            let input = json!({ "category": category, "limit": limit });
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
    }
    Ok(Exit::Done)
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
