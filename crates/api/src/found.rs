//! Folders that AI tools on this machine worked in and that no project holds, to begin with.

use krake_runtime::watch::{FoundFolder, Places};
use serde::Serialize;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::projects::called_like;
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::view::page::Page;
use crate::visible::visible_line;

/// A folder that could become a project.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FoundFolderView {
    pub folder: String,
    /// What the project would be called.
    pub name: String,
    /// The tools whose sessions were found, such as `claude_code`.
    pub tools: Vec<String>,
    pub sessions: u64,
    pub last_session_at: Option<Moment>,
}

/// `projects.found`: for persons, because it names folders that nobody gave Krake.
pub async fn found(ctx: Ctx, _: Nothing) -> Result<Page<FoundFolderView>, ApiError> {
    let folders = ctx.runtime()?.found_folders(Places::of_user()).await?;
    Ok(Page {
        items: folders.into_iter().map(FoundFolderView::from).collect(),
        next: None,
    })
}

impl From<FoundFolder> for FoundFolderView {
    fn from(found: FoundFolder) -> Self {
        Self {
            name: visible_line(called_like(&found.folder)),
            folder: visible_line(&found.folder),
            tools: found.tools.into_iter().map(str::to_owned).collect(),
            sessions: found.sessions,
            last_session_at: found.last.map(Moment),
        }
    }
}
