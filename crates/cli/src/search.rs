//! `krake search`: messages by words, phrases and filters, of the data folder or of one file.

use std::io::BufRead as _;
use std::path::Path;

use anyhow::Context as _;
use krake_api::search::HitView;
use krake_store::MessageIndex;
use serde_json::{Value, json};

use crate::args::Search;
use crate::columns::{field, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::text;

/// The largest transcript that is held in memory at once.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// Searches and prints.
///
/// # Errors
/// What is asked cannot be read, or there is nothing to search.
pub async fn run(home: &Path, out: Out, args: Search) -> Result<Exit, Stopped> {
    let query = args.query.join(" ");
    let Some(file) = &args.input else {
        let query = match &args.project {
            Some(project) => format!("project:\"{}\" {query}", project.replace('"', " ")),
            None => query,
        };
        let input = json!({ "query": query, "limit": args.limit, "words_only": args.words });
        let door = way(home, args.words).await?;
        let found = door.call("search", input).await;
        door.close().await;
        let found = found?;
        if let Some(why) = found["meaning"]["why"].as_str() {
            out.note(&format!("found by words alone: {why}"));
        }
        out.answer(&found, shown)?;
        return Ok(Exit::Done);
    };
    if args.batch && file == "-" {
        return Err(Stopped::usage(
            "--batch reads its queries from stdin, so --input needs a file",
        ));
    }
    let mut index = index(out, file).await?;
    if args.batch {
        return batch(out, &mut index, args.limit).await;
    }
    let found = json!({ "hits": find(&mut index, &query, args.limit).await? });
    out.answer(&found, shown)?;
    Ok(Exit::Done)
}

/// What is asked of a model is written down before, so where meaning is asked this process must be
/// the owner, or find one.
async fn way(home: &Path, words: bool) -> Result<Door, Stopped> {
    let door = Door::look(home).await?;
    if words || door.is_remote() {
        return Ok(door);
    }
    let meaning = door.call("meaning.show", json!({})).await?;
    if meaning["state"] == "off" {
        return Ok(door);
    }
    drop(door);
    Door::write(home).await
}

async fn index(out: Out, file: &str) -> Result<MessageIndex, Stopped> {
    let bytes = text::bytes(file, MOST_BYTES)?;
    let transcript = krake_transcripts::read(&bytes, None)
        .map_err(|error| Stopped::usage(format!("{file}: {error}")))?;
    if transcript.broken_lines > 0 {
        out.note(&format!(
            "{file}: {} lines could not be read",
            transcript.broken_lines
        ));
    }
    MessageIndex::of(&transcript)
        .await
        .context("indexing the messages")
        .map_err(Stopped::Other)
}

/// The hits as they are printed, under the ids that the file itself gives, else `#12`.
async fn find(index: &mut MessageIndex, query: &str, limit: u32) -> Result<Vec<Value>, Stopped> {
    let wanted =
        krake_engine::search::parse(query).map_err(|fault| Stopped::usage(fault.to_string()))?;
    let hits = index
        .search(&wanted, limit)
        .await
        .context("searching the messages")?;
    hits.iter()
        .map(|hit| {
            let mut view =
                serde_json::to_value(HitView::of(hit, &wanted)).context("writing a hit down")?;
            if let Some(fields) = view.as_object_mut() {
                // One file is neither a session nor a project of the data folder.
                for name in ["session", "title", "project", "folder", "by_meaning"] {
                    fields.remove(name);
                }
            }
            view["id"] = match &hit.message.native_id {
                Some(id) => id.as_str().into(),
                None => format!("#{}", hit.position).into(),
            };
            Ok(view)
        })
        .collect()
}

async fn batch(out: Out, index: &mut MessageIndex, limit: u32) -> Result<Exit, Stopped> {
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line.context("reading the queries")?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why: &str| Stopped::usage(format!("line {number} of stdin: {why}"));
        let question: Value =
            serde_json::from_str(&line).map_err(|error| wrong(&error.to_string()))?;
        let query = question["query"]
            .as_str()
            .ok_or_else(|| wrong("expected {\"qid\", \"query\"}"))?;
        let hits = find(index, query, limit)
            .await
            .map_err(|stopped| wrong(&stopped.to_string()))?;
        let ids: Vec<&Value> = hits.iter().map(|hit| &hit["id"]).collect();
        out.document(&json!({ "qid": question["qid"], "ids": ids }))?;
    }
    Ok(Exit::Done)
}

fn shown(found: &Value) -> String {
    let list = |name: &str| found[name].as_array().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for hit in list("hits") {
        let said = [
            field(&hit, "id"),
            field(&hit, "role"),
            time(&hit, "at"),
            field(&hit, "title"),
            match (&hit["by_meaning"], &hit["beside"]) {
                (Value::Bool(true), _) => "(by meaning)".to_owned(),
                (_, Value::Bool(true)) => "(beside a match)".to_owned(),
                _ => String::new(),
            },
        ];
        let said: Vec<String> = said.into_iter().filter(|text| !text.is_empty()).collect();
        lines.push(said.join("  "));
        lines.push(format!("    {}", field(&hit, "snippet")));
    }
    for title in list("sessions") {
        lines.push(format!(
            "session  {}  {}",
            field(&title, "session"),
            field(&title, "title")
        ));
    }
    for entry in list("knowledge") {
        lines.push(format!(
            "knowledge  {}  {}",
            field(&entry, "id"),
            field(&entry, "title")
        ));
    }
    if lines.is_empty() {
        return "nothing found".to_owned();
    }
    lines.join("\n")
}
