//! `krake import` and `krake capture`: what others wrote, into a project.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::args::{Capture, Import};
use crate::columns::{columns, field, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::replaced::replaced;
use crate::text;

/// Files that are named each where they were left out for the same cause.
const NAMED: usize = 4;

/// `krake import`
///
/// # Errors
/// There is nothing at this path, or what the command says.
pub async fn import(home: &Path, out: Out, args: Import) -> Result<Exit, Stopped> {
    if !Path::new(&args.path).exists() {
        return Err(Stopped::usage(format!(
            "{}: there is no such file or folder",
            args.path
        )));
    }
    if args.path.ends_with(".krake") {
        return Err(Stopped::usage(format!(
            "{} is a capsule: `krake restore` takes it in, and `krake restore --preview` says what would come in",
            args.path
        )));
    }
    let input = json!({
        "path": crate::run::absolute(&args.path), "project_id": args.project,
        "account_id": args.account, "format": args.format,
    });
    let door = Door::write(home).await?;
    let report = door.call("imports.path", input).await;
    door.close().await;
    let report = report?;
    out.answer(&report, shown)?;
    if let (Some(note), Some(project)) = (stays(&report), &args.project) {
        out.note(&format!("{note} --project {}", quoted(project)));
    }
    for note in notes(&report) {
        out.note(&note);
    }
    let nothing = report["sessions"].as_array().is_none_or(Vec::is_empty);
    if nothing && Path::new(&args.path).is_dir() {
        out.note(&format!(
            "to take in what AI tools keep of this folder: krake projects add --folder {}",
            args.path
        ));
    }
    Ok(if nothing { Exit::Failed } else { Exit::Done })
}

/// `krake capture`
///
/// # Errors
/// There is no text, or no such project.
pub async fn capture(home: &Path, out: Out, args: Capture) -> Result<Exit, Stopped> {
    let words = args.text.join(" ");
    let text = match words.as_str() {
        "" | "-" => text::read("-")?,
        _ => words,
    };
    let input = json!({
        "project_id": args.project, "text": text, "title": args.title,
        "account_id": args.account, "origin": args.origin,
    });
    let door = Door::write(home).await?;
    let report = door.call("capture", input).await;
    door.close().await;
    let report = report?;
    out.answer(&report, |report| field(&report["sessions"][0], "id"))?;
    for note in notes(&report) {
        out.note(&note);
    }
    Ok(Exit::Done)
}

fn shown(report: &Value) -> String {
    let sessions = report["sessions"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = sessions
        .map(|row| {
            vec![
                field(row, "id"),
                field(row, "source"),
                field(row, "messages"),
                field(row, "new_messages"),
                time(row, "ended_at"),
                field(row, "title"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "nothing was imported".to_owned();
    }
    columns(&["id", "from", "messages", "new", "ended", "title"], &rows)
}

/// Which sessions are in another project and stay there, up to the name of the one that was asked for.
fn stays(report: &Value) -> Option<String> {
    let sessions = report["sessions"].as_array().into_iter().flatten();
    let kept: Vec<&Value> = sessions.filter(|one| one["kept_in"].is_object()).collect();
    let first = kept.first()?;
    let (id, project) = (field(first, "id"), field(&first["kept_in"], "name"));
    let how = format!("to move it: krake sessions change {id}");
    Some(match kept.len() {
        1 => format!("{id} stays in the project `{project}`; {how}"),
        many => format!(
            "{many} sessions stay in the projects that they are in, such as {id} in `{project}`; {how}"
        ),
    })
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    match !name.is_empty() && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

/// What a person should know beside the list.
fn notes(report: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    let broken = report["broken_lines"].as_u64().unwrap_or(0);
    if broken > 0 {
        notes.push(format!(
            "{broken} lines could not be read; their bytes are kept"
        ));
    }
    if let Some(found) = replaced(report) {
        notes.push(format!(
            "{found} (`krake secrets policy` says what becomes of them)"
        ));
    }
    let kept = report["kept_secrets"].as_u64().unwrap_or(0);
    if kept > 0 {
        notes.push(format!(
            "kept the words of {kept} encrypted: `krake secrets list`"
        ));
    }
    let lost = report["lost_secrets"].as_u64().unwrap_or(0);
    if lost > 0 {
        notes.push(format!(
            "dropped the words of {lost} that were to be kept: {}",
            field(report, "lost_because")
        ));
    }
    notes.extend(left_out(report));
    notes
}

/// What was left out: each by its name, or many of one cause by their number.
fn left_out(report: &Value) -> Vec<String> {
    let mut by_cause: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for left in report["skipped"].as_array().into_iter().flatten() {
        let paths = by_cause.entry(field(left, "why")).or_default();
        paths.push(field(left, "path"));
    }
    let mut notes = Vec::new();
    for (why, paths) in by_cause {
        if paths.len() <= NAMED {
            notes.extend(paths.iter().map(|path| format!("left out {path}: {why}")));
        } else {
            let many = paths.len();
            notes.push(format!(
                "left out {many} files, such as {}: {why}",
                paths[0]
            ));
        }
    }
    let more = report["more_skipped"].as_u64().unwrap_or(0);
    if more > 0 {
        notes.push(format!("left out {more} more"));
    }
    notes
}
