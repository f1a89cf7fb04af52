//! Which files of a store are transcripts, and where their sessions worked.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use krake_domain::project::Project;
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use krake_transcripts::Format;
use serde_json::Value;

use super::Place;
use crate::inner::places::{HEAD_BYTES, cwd, gemini_folder};

/// Folders below a store.
const DEEPEST: usize = 6;
/// The beginning that is read first.
const SHORT_HEAD: u64 = 16 << 10;

/// A transcript in a store.
pub struct StoreFile {
    pub root: Arc<Root>,
    pub path: InnerPath,
    pub format: Format,
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

impl StoreFile {
    /// Where it lies.
    pub fn place(&self) -> PathBuf {
        self.root.canonical().join(self.path.as_path())
    }
}

/// Beginnings of the names that Claude Code gives to the folders of these projects.
pub fn names(projects: &[Project]) -> Vec<String> {
    projects
        .iter()
        .filter_map(|project| project.folder.as_deref())
        .map(|folder| crate::inner::places::encoded(Path::new(folder)))
        .collect()
}

/// Whether Claude Code would keep the sessions of one of these projects in the folder of this file.
/// Others may lie there as well, and these elsewhere: where a session worked is what it says itself.
pub fn is_named_like(file: &StoreFile, names: &[String]) -> bool {
    let path = file.path.display();
    file.format != Format::ClaudeCode || names.iter().any(|name| path.starts_with(name))
}

/// Adds the transcripts below a folder of a store.
pub fn below(place: &Place, folder: &InnerPath, depth: usize, files: &mut Vec<StoreFile>) {
    let Ok(entries) = place.root.list(folder) else {
        return;
    };
    for entry in entries {
        match entry.kind {
            Kind::Folder if depth < DEEPEST => below(place, &entry.path, depth + 1, files),
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

/// Where the session of a file worked, as the folders of projects are kept.
pub async fn folder_of(file: &StoreFile, projects: &[Project]) -> Option<String> {
    let (root, path, format) = (file.root.clone(), file.path.clone(), file.format);
    let folders: Vec<String> = projects
        .iter()
        .filter_map(|project| project.folder.clone())
        .collect();
    let looked = tokio::task::spawn_blocking(move || {
        let written = written_in(&root, &path, format, &folders)?;
        // Where the folder really lies.
        let real = Root::open(Path::new(&written)).ok();
        let real = real.and_then(|root| root.canonical().to_str().map(str::to_owned));
        Some(real.unwrap_or(written))
    });
    looked.await.ok().flatten()
}

/// The folder that a session says it worked in, or that its own folder stands for, where that is one
/// of these or lies in one. Whoever counts sessions and whoever brings them in goes by this.
pub fn written_in(
    root: &Root,
    path: &InnerPath,
    format: Format,
    inside: &[String],
) -> Option<String> {
    if format == Format::GeminiCli {
        let top = path.as_path().components().next()?;
        let top = InnerPath::found(Path::new(top.as_os_str()));
        if let Some(folder) = gemini_folder(root, &top, inside) {
            return Some(folder);
        }
    }
    let told = |most: u64| {
        let head = root.read(path, most).ok()?.bytes;
        cwd(&head).or_else(|| directory(&head))
    };
    // Mostly the first lines tell, and there may be thousands of files.
    told(SHORT_HEAD).or_else(|| told(HEAD_BYTES))
}

/// Where Gemini CLI says that it worked, in the first line.
fn directory(head: &[u8]) -> Option<String> {
    let first = head.split(|byte| *byte == b'\n').next()?;
    let line: Value = serde_json::from_slice(first).ok()?;
    Some(line.get("directories")?.get(0)?.as_str()?.to_owned())
}
