//! Folders that AI tools on this machine worked in and that no project holds, for whoever begins.
//!
//! What it deliberately does not do: it brings nothing in and keeps nothing. Of each transcript it
//! reads the beginning, as whoever brings them in does: what is counted is what comes in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use krake_domain::project::Project;
use krake_domain::time::Timestamp;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_store::{Foreign, StoreError};
use krake_transcripts::Format;

use super::Place;
use super::files::{StoreFile, below, written_in};
use crate::handle::Runtime;
use crate::handoff::folder_of_work;
use crate::inner::places::Places;

/// Beginnings of transcripts that are read in one look, the newest.
const MOST_HEADS: usize = 2_000;
/// Folders that are told, those last worked in.
const MOST: usize = 12;

/// A folder that could become a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFolder {
    pub folder: String,
    /// The words of the formats of its sessions.
    pub tools: Vec<&'static str>,
    pub sessions: u64,
    pub last: Option<Timestamp>,
}

/// A session in a store of another tool.
struct Session {
    cwd: PathBuf,
    format: Format,
    at: Option<Timestamp>,
}

impl Runtime {
    /// Folders of work in the stores of other tools that no project holds, the last worked in first.
    ///
    /// # Errors
    /// Our own store cannot be read. What cannot be read of other tools is left out.
    pub async fn found_folders(&self, places: Places) -> Result<Vec<FoundFolder>, StoreError> {
        let rows = self.store().list_projects(None).await?;
        let projects: Vec<Project> = rows.into_iter().map(|row| row.project).collect();
        let mut sessions = Vec::new();
        for database in &places.goose {
            sessions.extend(self.of_goose(database).await);
        }
        let looked = tokio::task::spawn_blocking(move || {
            sessions.extend(of_files(&places));
            let home = std::env::home_dir().and_then(|home| Root::open(&home).ok());
            folders(sessions, home.as_ref().map(Root::canonical), &projects)
        });
        Ok(looked.await.unwrap_or_default())
    }

    async fn of_goose(&self, database: &Path) -> Vec<Session> {
        let spool = self.store().dir().join("spool");
        let name = format!("goose-{}", uuid::Uuid::now_v7());
        if !database.is_file() {
            return Vec::new();
        }
        let listed = async {
            let mut foreign = Foreign::copy(database, &spool, &name).await.ok()?;
            foreign.goose_sessions().await.ok()
        };
        let sessions = listed.await.unwrap_or_default();
        let session = |(_, folder, changed): (String, String, String)| Session {
            cwd: folder.into(),
            format: Format::Goose,
            at: Timestamp::from_rfc3339(&format!("{}Z", changed.trim().replacen(' ', "T", 1))),
        };
        sessions.into_iter().map(session).collect()
    }
}

fn of_files(places: &Places) -> Vec<Session> {
    let mut files = Vec::new();
    for (folder, format) in places.stores() {
        let Ok(root) = Root::open(&folder) else {
            continue;
        };
        let place = Place {
            root: Arc::new(root),
            format,
        };
        let top = InnerPath::found(Path::new(""));
        below(&place, &top, 0, &mut files);
    }
    files.sort_by_key(|file| std::cmp::Reverse(file.modified));
    // Of those that are too many to be read, one of the same folder tells.
    let mut known: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    let mut sessions = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let key = file.root.canonical().join(one_for_all(file));
        let folder = match number < MOST_HEADS {
            true => {
                let folder = folder_in(file);
                known.entry(key).or_insert_with(|| folder.clone());
                folder
            }
            false => known.get(&key).cloned().flatten(),
        };
        let at = file
            .modified
            .and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        sessions.extend(folder.map(|cwd| Session {
            cwd,
            format: file.format,
            at: at.map(|since| Timestamp(0).plus(since)),
        }));
    }
    sessions
}

/// The part of a path that the files of one folder of work mostly share.
fn one_for_all(file: &StoreFile) -> PathBuf {
    let path = file.path.as_path();
    match file.format {
        Format::ClaudeCode | Format::GeminiCli => path.components().take(1).collect(),
        _ => path.to_owned(),
    }
}

fn folder_in(file: &StoreFile) -> Option<PathBuf> {
    let anywhere = ["/".to_owned()];
    let folder = written_in(&file.root, &file.path, file.format, &anywhere)?;
    Some(folder.into())
}

fn folders(sessions: Vec<Session>, home: Option<&Path>, projects: &[Project]) -> Vec<FoundFolder> {
    let mut work: BTreeMap<PathBuf, Option<PathBuf>> = BTreeMap::new();
    let mut found: BTreeMap<String, (BTreeSet<&'static str>, u64, Option<Timestamp>)> =
        BTreeMap::new();
    for session in sessions {
        let folder = work
            .entry(session.cwd)
            .or_insert_with_key(|cwd| folder_of_work(cwd, home));
        let Some(folder) = folder.as_ref().and_then(|folder| folder.to_str()) else {
            continue;
        };
        if Project::holding(projects, folder).is_some() {
            continue;
        }
        let (tools, count, last) = found.entry(folder.to_owned()).or_default();
        tools.insert(session.format.as_str());
        *count += 1;
        *last = (*last).max(session.at);
    }
    let mut all: Vec<FoundFolder> = found
        .into_iter()
        .map(|(folder, (tools, sessions, last))| FoundFolder {
            folder,
            tools: tools.into_iter().collect(),
            sessions,
            last,
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.last));
    all.truncate(MOST);
    all
}
