//! What a project says of itself: objectives, pinned paths, and the files with instructions in its folder.

use std::path::Path;

use krake_domain::failure::Failure;
use krake_domain::id::ProjectId;
use krake_domain::project::Project;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_engine::context::{BRIEFING, Fact, KNOWLEDGE, put_block};
use krake_engine::secrets::{Known, redact};
use krake_store::Store;
use krake_tools::define::blocking;

use crate::inner::from_store;

/// Files that AI tools read instructions from.
const INSTRUCTIONS: [&str; 3] = ["AGENTS.md", "CLAUDE.md", "GEMINI.md"];
/// Of a longer file its beginning.
const MOST_BYTES: u64 = 64 << 10;

/// The facts of a project; none of one that there is not.
pub(super) async fn of_project(store: &Store, id: ProjectId) -> Result<Vec<Fact>, Failure> {
    let rows = store.list_projects(None).await;
    let mut rows = rows.map_err(|error| from_store(&error))?.into_iter();
    let Some(row) = rows.find(|row| row.project.id == id) else {
        return Ok(Vec::new());
    };
    blocking(move || Ok(facts(row.project))).await
}

fn facts(project: Project) -> Vec<Fact> {
    let pinned = project.pinned.into_iter();
    let mut facts: Vec<Fact> = pinned.map(|path| Fact::Pinned { path }).collect();
    let open = project.objectives.into_iter().filter(|one| !one.done);
    facts.extend(open.map(|one| Fact::Objective { text: one.text }));
    let root = project
        .folder
        .and_then(|folder| Root::open(Path::new(&folder)).ok());
    let files = root.iter().flat_map(|root| {
        INSTRUCTIONS.iter().filter_map(|name| {
            let text = instructions(root, name)?;
            Some(Fact::Instructions {
                path: (*name).to_owned(),
                text,
            })
        })
    });
    facts.extend(files);
    facts
}

/// What people wrote into the file, without what Krake put there and without secrets. A file that is
/// not there, is no text or has lost a mark tells nothing.
fn instructions(root: &Root, name: &str) -> Option<String> {
    let head = root.read(&InnerPath::parse(name).ok()?, MOST_BYTES).ok()?;
    let text = String::from_utf8_lossy(&head.bytes).into_owned();
    let own = [BRIEFING, KNOWLEDGE]
        .into_iter()
        .try_fold(text, |text, marks| put_block(&text, marks, "").ok())?;
    let (clean, _) = redact(&own, &Known::default());
    (!clean.trim().is_empty()).then(|| clean.into_owned())
}
