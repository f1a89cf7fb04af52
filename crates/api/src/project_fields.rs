//! What may be said of a project, field by field.

use krake_domain::id::ProjectId;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_store::ProjectRow;

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::visible::visible_line;

/// The longest name; more is a text that was pasted into the wrong field.
pub const MOST_NAME_CHARS: usize = 120;
/// The longest description, objective or pinned path.
const MOST_TEXT_CHARS: usize = 20_000;

pub fn name(wanted: &str) -> Result<String, ApiError> {
    let name = wanted.trim();
    let bad = |expected: &str| ApiError::new(Code::BadInput, format!("field `name`: {expected}"));
    if name.is_empty() {
        return Err(bad("expected some text"));
    }
    if name.chars().count() > MOST_NAME_CHARS || name.chars().any(char::is_control) {
        return Err(bad("expected one line of at most 120 characters"));
    }
    if name.parse::<ProjectId>().is_ok() {
        return Err(bad("expected a name that is not an id"));
    }
    Ok(name.to_owned())
}

pub fn text(field: &str, text: String) -> Result<String, ApiError> {
    if text.chars().count() > MOST_TEXT_CHARS {
        return Err(ApiError::new(
            Code::BadInput,
            format!("field `{field}`: expected at most {MOST_TEXT_CHARS} characters"),
        ));
    }
    Ok(text)
}

pub fn pinned(paths: Vec<String>) -> Result<Vec<String>, ApiError> {
    paths
        .into_iter()
        .filter(|path| !path.trim().is_empty())
        .map(|path| {
            let path = text("pinned", path)?;
            match InnerPath::parse(path.trim().trim_end_matches('/')) {
                Ok(_) => Ok(path),
                Err(why) => Err(ApiError::new(
                    Code::BadInput,
                    format!(
                        "field `pinned`: expected paths in the project's folder; `{}`: {why}",
                        visible_line(&path)
                    ),
                )),
            }
        })
        .collect()
}

/// Where the folder lies, links resolved. A session belongs to one project, so no two have the same.
pub async fn own_folder(
    ctx: &Ctx,
    folder: String,
    own: Option<ProjectId>,
) -> Result<String, ApiError> {
    let folder = canonical(folder).await?;
    let rows = ctx.store()?.list_projects(None).await?;
    let has_it = |row: &&ProjectRow| {
        row.project.folder.as_ref() == Some(&folder) && Some(row.project.id) != own
    };
    match rows.iter().find(has_it) {
        None => Ok(folder),
        Some(row) => Err(ApiError::new(
            Code::Conflict,
            format!(
                "field `folder`: it is the folder of the project `{}`",
                visible_line(&row.project.name)
            ),
        )
        .hint("a folder below it or above it can be another project's")),
    }
}

/// Where the folder lies, links resolved.
async fn canonical(folder: String) -> Result<String, ApiError> {
    let opened = tokio::task::spawn_blocking(move || Root::open_written(&folder)).await;
    let bad = |why: String| ApiError::new(Code::BadInput, format!("field `folder`: {why}"));
    let root = opened
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?
        .map_err(|error| bad(visible_line(&error.to_string())))?;
    if root.canonical().parent().is_none() {
        return Err(bad("expected a folder, not everything".to_owned()));
    }
    match root.canonical().to_str() {
        Some(path) => Ok(path.to_owned()),
        None => Err(bad("its path is not Unicode".to_owned())),
    }
}
