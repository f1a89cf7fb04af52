//! Which files of a store are transcripts, and where their sessions worked.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use krake_domain::project::Project;
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use krake_transcripts::Format;

use super::Place;
use crate::inner::places::{HEAD_BYTES, cwd, gemini_folder};

/// Folders below a store.
const DEEPEST: usize = 6;

/// A transcript in a store.
pub struct StoreFile {
    pub root: Arc<Root>,
    pub path: InnerPath,
    pub format: Format,
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

/// Beginnings of the names that Claude Code gives to the folders of these projects.
pub fn names(projects: &[Project]) -> Vec<String> {
    projects
        .iter()
        .filter_map(|project| project.folder.as_deref())
        .map(|folder| crate::inner::places::encoded(Path::new(folder)))
        .collect()
}

/// Adds the transcripts below a folder of a store; folders of other projects are passed over.
pub fn below(
    place: &Place,
    folder: &InnerPath,
    depth: usize,
    names: &[String],
    files: &mut Vec<StoreFile>,
) {
    let Ok(entries) = place.root.list(folder) else {
        return;
    };
    for entry in entries {
        match entry.kind {
            Kind::Folder if depth < DEEPEST => {
                let other_project = depth == 0
                    && place.format == Format::ClaudeCode
                    && !names
                        .iter()
                        .any(|name| entry.path.display().starts_with(name));
                if !other_project {
                    below(place, &entry.path, depth + 1, names, files);
                }
            }
            Kind::File if is_transcript(&entry.path, place.format) => files.push(StoreFile {
                root: place.root.clone(),
                path: entry.path,
                format: place.format,
                bytes: entry.bytes,
                modified: entry.modified,
            }),
            _ => {}
        }
    }
}

/// By its name.
pub fn is_transcript(path: &InnerPath, format: Format) -> bool {
    let shown = path.display();
    match format {
        Format::GeminiCli => {
            shown.contains("/chats/") && (shown.ends_with(".jsonl") || shown.ends_with(".json"))
        }
        Format::Codex => {
            shown.ends_with(".jsonl")
                && (shown.starts_with("sessions/") || shown.starts_with("archived_sessions/"))
        }
        _ => shown.ends_with(".jsonl"),
    }
}

/// Where the session of a file worked.
pub async fn folder_of(file: &StoreFile, projects: &[Project]) -> Option<String> {
    let (root, path, format) = (file.root.clone(), file.path.clone(), file.format);
    let folders: Vec<String> = projects
        .iter()
        .filter_map(|project| project.folder.clone())
        .collect();
    let looked = tokio::task::spawn_blocking(move || {
        if format == Format::GeminiCli {
            let top = path.as_path().components().next()?;
            let project = InnerPath::found(Path::new(top.as_os_str()));
            return gemini_folder(&root, &project, &folders);
        }
        let written = cwd(&root.read(&path, HEAD_BYTES).ok()?.bytes)?;
        // Where the folder really lies, as the folders of projects are kept.
        let real = Root::open(Path::new(&written)).ok();
        let real = real.and_then(|root| root.canonical().to_str().map(str::to_owned));
        Some(real.unwrap_or(written))
    });
    looked.await.ok().flatten()
}
