//! `krake export` and `krake restore`: a project or everything out into one file, and back in.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::{Export, Restore, RestoreCommand};
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// `krake export`
///
/// # Errors
/// Something lies there, or what the command says.
pub async fn export(home: &Path, out: Out, args: Export) -> Result<Exit, Stopped> {
    let path = crate::run::absolute(&args.to.to_string_lossy());
    let input = json!({ "path": path, "project_id": args.project });
    let door = Door::write(home).await?;
    let made = door.call("capsules.export", input).await;
    door.close().await;
    let made = made?;
    out.answer(&made, |made| field(made, "path"))?;
    let capsule = &made["capsule"];
    out.note(&format!(
        "{} bytes, content hash {}",
        field(&made, "bytes"),
        field(capsule, "content_hash")
    ));
    for (kind, count) in capsule["replaced"].as_object().into_iter().flatten() {
        out.note(&format!(
            "replaced {count} of {kind}: no secret that is recognised leaves"
        ));
    }
    for left in capsule["left_out"].as_array().into_iter().flatten() {
        out.note(&format!("left out {}", left.as_str().unwrap_or_default()));
    }
    Ok(Exit::Done)
}

/// `krake restore`
///
/// # Errors
/// It is no sound capsule, or what the command says.
pub async fn restore(home: &Path, out: Out, args: Restore) -> Result<Exit, Stopped> {
    match (args.command, args.file) {
        (Some(RestoreCommand::List), _) => {
            let door = Door::look(home).await?;
            let imports = door.call("capsules.imports", json!({})).await?;
            out.answer(&imports, list)?;
        }
        (Some(RestoreCommand::Undo { id }), _) => {
            let door = Door::write(home).await?;
            let undone = door.call("capsules.undo", json!({ "id": id })).await;
            door.close().await;
            out.answer(&undone?, told)?;
        }
        (None, file) => {
            let file = file.unwrap_or_default();
            if !file.is_file() {
                return Err(Stopped::usage(format!(
                    "{}: there is no such file",
                    file.display()
                )));
            }
            let input = json!({ "path": crate::run::absolute(&file.to_string_lossy()) });
            let name = match args.preview {
                true => "capsules.preview",
                false => "capsules.import",
            };
            let door = Door::write(home).await?;
            let looked = door.call(name, input).await;
            door.close().await;
            let looked = looked?;
            out.answer(&looked, verdicts)?;
            for note in differing(&looked) {
                out.note(&note);
            }
            if let Some(id) = looked["import_id"].as_str() {
                out.note(&format!("taken back by `krake restore undo {id}`"));
            }
        }
    }
    Ok(Exit::Done)
}

fn list(imports: &Value) -> String {
    let rows: Vec<Vec<String>> = items(imports)
        .iter()
        .map(|row| {
            vec![
                field(row, "id"),
                time(row, "imported_at"),
                field(row, "brought"),
                time(row, "undone_at"),
                field(row, "file"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no capsule was taken in".to_owned();
    }
    columns(&["id", "taken in", "brought", "taken back", "file"], &rows)
}

fn verdicts(looked: &Value) -> String {
    let nouns = looked["nouns"].as_array().into_iter().flatten();
    let rows: Vec<Vec<String>> = nouns
        .map(|row| {
            vec![
                field(row, "noun"),
                field(row, "new"),
                field(row, "equal"),
                field(row, "grown"),
                field(row, "kept_both"),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "the capsule is empty".to_owned();
    }
    columns(
        &[
            "what",
            "new",
            "here already",
            "goes on",
            "kept on both sides",
        ],
        &rows,
    )
}

fn differing(looked: &Value) -> Vec<String> {
    let mut notes: Vec<String> = looked["differing"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            format!(
                "{} {} {}: {}; it comes in as {}",
                field(one, "noun"),
                field(one, "id"),
                field(one, "title"),
                field(one, "why"),
                field(one, "kept_as")
            )
        })
        .collect();
    let more = looked["more_differing"].as_u64().unwrap_or(0);
    if more > 0 {
        notes.push(format!("and {more} more that differ"));
    }
    notes
}

fn told(undone: &Value) -> String {
    let removed = undone["removed"].as_object().into_iter().flatten();
    let removed: Vec<String> = removed
        .map(|(noun, count)| format!("{count} {noun}"))
        .collect();
    let mut lines = vec![match removed.is_empty() {
        true => "nothing was removed".to_owned(),
        false => format!("removed {}", removed.join(", ")),
    }];
    let shortened = undone["shortened"].as_object().into_iter().flatten();
    lines.extend(shortened.map(|(noun, count)| format!("as before: {count} {noun}")));
    for kept in undone["kept"].as_array().into_iter().flatten() {
        lines.push(format!(
            "kept {} {} {}: {}",
            field(kept, "noun"),
            field(kept, "id"),
            field(kept, "title"),
            field(kept, "why")
        ));
    }
    lines.join("\n")
}
