//! The stores of other tools, followed: what belongs to a project comes in by itself.
//!
//! A reconciler: it looks at everything when it begins, when projects change and every now and then,
//! and at single files when the operating system tells of them. Looking twice changes nothing.
//! **Invariant:** one file at a time is read, and nothing is written into another tool's store.

mod files;
mod found;
mod goose;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use krake_domain::id::{ProjectId, WorkspaceId};
use krake_domain::project::{Project, ProjectStatus};
use krake_edge::follow::{Change, Follow};
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use krake_store::{SortedFile, Store, StoreError, Tag};
use krake_transcripts::Format;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use files::{StoreFile, below, folder_of, is_named_like, is_transcript, names};
use goose::{Goose, Ours};

use crate::accounts::known::KnownKeys;
use crate::import::{Found, ImportError, Report, Tail, Wish, import_followed, moment};
pub use crate::inner::places::Places;
pub use found::FoundFolder;

/// A look at everything, for what the operating system did not tell.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// Changes within this time are one: tools write a line in several steps.
const SETTLE: Duration = Duration::from_millis(400);
/// A file is not read again before so many times the time that reading it took.
const REST: u32 = 20;
/// Files whose ends are remembered: more are hardly written at the same time.
const MOST_TAILS: usize = 16;

/// What the watcher does, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    /// It runs in this process.
    pub is_running: bool,
    /// The first look at everything goes on.
    pub is_scanning: bool,
    /// Stores that are there, with the word of their format.
    pub stores: Vec<(String, String)>,
    /// Files that belong to a project.
    pub files: u64,
    pub new_messages: u64,
    /// Why changes are only seen every now and then.
    pub trouble: Option<String>,
}

/// A file of a store, as it was seen.
struct Seen {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Where its session worked; absent where nobody knows.
    folder: Option<String>,
    not_before: Instant,
    belongs: bool,
    /// What is known of its end, of the few that were written last.
    tail: Option<Tail>,
}

/// What lay at the paths that were looked at.
enum Looked {
    Files,
    /// One of them is a folder.
    NewFolder,
}

/// A store of another tool.
struct Place {
    root: Arc<Root>,
    format: Format,
}

pub(crate) struct Watch {
    store: Store,
    known_keys: KnownKeys,
    places: Places,
    stopping: CancellationToken,
    status: Arc<watch::Sender<Watched>>,
    seen: HashMap<PathBuf, Seen>,
    /// Files that changed before their rest was over, and when it is.
    resting: BTreeMap<PathBuf, Instant>,
    goose: Goose,
}

impl Watch {
    pub fn new(
        store: Store,
        known_keys: KnownKeys,
        places: Places,
        stopping: CancellationToken,
        status: Arc<watch::Sender<Watched>>,
    ) -> Self {
        Self {
            store,
            known_keys,
            places,
            stopping,
            status,
            seen: HashMap::new(),
            resting: BTreeMap::new(),
            goose: Goose::default(),
        }
    }

    /// Runs until the process stops.
    pub async fn run(mut self) {
        self.status.send_modify(|status| status.is_running = true);
        let mut follow = self.follow();
        let mut commits = self.store.commits();
        loop {
            if let Err(error) = self.look_at_everything(&mut follow).await {
                tracing::warn!(%error, "sessions of other tools could not be brought in");
            }
            let again = tokio::time::sleep(LOOK_AGAIN);
            tokio::pin!(again);
            loop {
                let changed = tokio::select! {
                    () = self.stopping.cancelled() => return,
                    () = &mut again => break,
                    commit = commits.recv() => match commit {
                        Ok(commit) if commit.tags.contains(&Tag::Projects) => break,
                        Ok(_) => continue,
                        Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => break,
                        Err(_) => return,
                    },
                    change = next(&mut follow) => Some(change),
                    () = until(self.resting.values().min().copied()) => None,
                };
                let mut paths = self.rested();
                match changed {
                    Some(Change::At(path)) => _ = paths.insert(path),
                    Some(Change::Missed) => break,
                    None => {}
                }
                let settled = tokio::time::sleep(SETTLE);
                tokio::pin!(settled);
                loop {
                    tokio::select! {
                        () = &mut settled => break,
                        change = next(&mut follow) => match change {
                            Change::At(path) => _ = paths.insert(path),
                            Change::Missed => break,
                        },
                    }
                }
                match self.look_at(paths).await {
                    // What was written into it before it was followed was told by nobody.
                    Ok(Looked::NewFolder) => break,
                    Ok(Looked::Files) => {}
                    Err(error) => {
                        tracing::warn!(%error, "a session of another tool could not be brought in");
                    }
                }
            }
        }
    }

    /// Files whose rest is over.
    fn rested(&mut self) -> BTreeSet<PathBuf> {
        let now = Instant::now();
        let over: BTreeSet<PathBuf> = self
            .resting
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(path, _)| path.clone())
            .collect();
        self.resting.retain(|path, _| !over.contains(path));
        over
    }

    fn follow(&self) -> Option<Follow> {
        match Follow::begin() {
            Ok(follow) => Some(follow),
            Err(error) => {
                self.trouble(&error.to_string());
                None
            }
        }
    }

    fn trouble(&self, why: &str) {
        self.status
            .send_modify(|status| status.trouble = Some(why.to_owned()));
    }

    /// Looks at every file of every store: first those that lie where a project's would, the latest
    /// first. Of the others the beginning is read once.
    async fn look_at_everything(&mut self, follow: &mut Option<Follow>) -> Result<(), StoreError> {
        let projects = self.projects().await?;
        let places = self.open_places(follow).await;
        if projects.is_empty() {
            self.status.send_modify(|status| status.files = 0);
            return Ok(());
        }
        self.status.send_modify(|status| status.is_scanning = true);
        let names = names(&projects);
        let listed = tokio::task::spawn_blocking(move || {
            let mut files = Vec::new();
            for place in &places {
                below(place, &InnerPath::found(Path::new("")), 0, &mut files);
            }
            files.sort_by_key(|file| {
                (
                    !is_named_like(file, &names),
                    std::cmp::Reverse(file.modified),
                )
            });
            files
        });
        let files = listed.await.unwrap_or_default();
        if self.seen.is_empty() {
            self.seen = self.seen_before(&files, &projects).await?;
        }
        for file in files {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
            self.consider(file, &projects).await?;
            tokio::task::yield_now().await;
        }
        self.look_at_goose(&projects).await?;
        let belonging = self.seen.values().filter(|seen| seen.belongs).count();
        self.status.send_modify(|status| {
            status.is_scanning = false;
            status.files = belonging as u64;
        });
        Ok(())
    }

    /// Files that are as they were when a process before this one read them, and whose sessions are
    /// here: there may be thousands, and nothing in them is new.
    async fn seen_before(
        &self,
        files: &[StoreFile],
        projects: &[Project],
    ) -> Result<HashMap<PathBuf, Seen>, StoreError> {
        let sorted = self.store.list_sorted_files(WorkspaceId::PERSONAL).await?;
        let sorted: HashMap<&str, &SortedFile> =
            sorted.iter().map(|one| (one.path.as_str(), one)).collect();
        let seen = |file: &StoreFile| {
            let known = sorted.get(file.root.shown(&file.path).as_str())?;
            let is_same =
                known.bytes == file.bytes && known.modified == file.modified.and_then(moment);
            let seen = Seen {
                bytes: file.bytes,
                modified: file.modified,
                folder: None,
                not_before: Instant::now(),
                belongs: projects.iter().any(|one| one.id == known.project),
                tail: None,
            };
            is_same.then(|| (file.place(), seen))
        };
        Ok(files.iter().filter_map(seen).collect())
    }

    /// Looks at single files.
    async fn look_at(&mut self, paths: BTreeSet<PathBuf>) -> Result<Looked, StoreError> {
        let mut looked = Looked::Files;
        let projects = self.projects().await?;
        let places = self.open_places(&mut None).await;
        let is_goose = |path: &PathBuf| {
            let folders = self.places.goose.iter().filter_map(|file| file.parent());
            folders.into_iter().any(|folder| path.starts_with(folder))
        };
        if paths.iter().any(is_goose) {
            self.look_at_goose(&projects).await?;
        }
        for path in paths {
            let place = places.iter().find_map(|place| {
                let inner = path.strip_prefix(place.root.canonical()).ok()?;
                Some((place, InnerPath::found(inner)))
            });
            let Some((place, inner)) = place else {
                continue;
            };
            let (root, format) = (place.root.clone(), place.format);
            let entry = tokio::task::spawn_blocking({
                let (root, inner) = (root.clone(), inner.clone());
                move || root.find_unfollowed(&inner)
            });
            let Ok(Ok(Some(entry))) = entry.await else {
                continue;
            };
            if entry.kind == Kind::Folder {
                looked = Looked::NewFolder;
            }
            if entry.kind == Kind::File && is_transcript(&inner, format) {
                let file = StoreFile {
                    root,
                    path: inner,
                    format,
                    bytes: entry.bytes,
                    modified: entry.modified,
                };
                self.consider(file, &projects).await?;
            }
        }
        Ok(looked)
    }

    async fn look_at_goose(&mut self, projects: &[Project]) -> Result<(), StoreError> {
        for database in &self.places.goose {
            let ours = Ours {
                store: &self.store,
                known_keys: &self.known_keys,
                projects,
                stopping: &self.stopping,
            };
            let new_messages = self.goose.look(database, &ours).await?;
            self.status
                .send_modify(|status| status.new_messages += new_messages);
        }
        Ok(())
    }

    /// Imports the file where it belongs to a project and changed since it was seen.
    async fn consider(&mut self, file: StoreFile, projects: &[Project]) -> Result<(), StoreError> {
        let path = file.place();
        let known = self.seen.get(&path);
        let is_same = known.is_some_and(|seen| {
            seen.bytes == file.bytes && seen.modified == file.modified && seen.belongs
        });
        if is_same {
            return Ok(());
        }
        if let Some(seen) = known.filter(|seen| Instant::now() < seen.not_before) {
            self.resting.insert(path, seen.not_before);
            return Ok(());
        }
        let is_as_it_was = |seen: &&Seen| {
            seen.bytes == file.bytes
                && seen.modified == file.modified
                // What a folder of Gemini CLI stands for is told by the projects.
                && file.format != Format::GeminiCli
        };
        let folder = match known {
            Some(seen) if seen.folder.is_some() => seen.folder.clone(),
            Some(seen) if is_as_it_was(&seen) => None,
            _ => folder_of(&file, projects).await,
        };
        let holder = folder
            .as_deref()
            .and_then(|folder| Project::holding(projects, folder));
        let belongs = holder.is_some();
        let begun = Instant::now();
        let mut tail = self.seen.get_mut(&path).and_then(|seen| seen.tail.take());
        if belongs {
            let project = holder.map(|project| project.id);
            self.import(&file, folder.clone(), project, &mut tail)
                .await?;
        }
        let seen = Seen {
            bytes: file.bytes,
            modified: file.modified,
            folder,
            not_before: Instant::now() + begun.elapsed() * REST,
            belongs,
            tail,
        };
        self.seen.insert(path, seen);
        self.forget_tails();
        Ok(())
    }

    /// Keeps the ends of the files that were written last.
    fn forget_tails(&mut self) {
        let with_tails = self.seen.iter().filter(|(_, seen)| seen.tail.is_some());
        let mut by_age: Vec<_> = with_tails
            .map(|(path, seen)| (seen.modified, path.clone()))
            .collect();
        by_age.sort();
        for (_, path) in by_age.iter().rev().skip(MOST_TAILS) {
            if let Some(seen) = self.seen.get_mut(path) {
                seen.tail = None;
            }
        }
    }

    async fn import(
        &self,
        file: &StoreFile,
        cwd: Option<String>,
        project: Option<ProjectId>,
        tail: &mut Option<Tail>,
    ) -> Result<(), StoreError> {
        let found = Found {
            root: file.root.clone(),
            path: file.path.clone(),
            shown: file.root.shown(&file.path),
            format: Some(file.format),
            is_passing: false,
        };
        let wish = Wish {
            cwd,
            ..self.known_keys.wish(project).await?
        };
        let mut report = Report::default();
        let outcome = import_followed(&self.store, &found, &wish, tail, &mut report).await;
        match outcome {
            Err(ImportError::Store(error)) => return Err(error),
            Err(error) => tracing::debug!(%error, path = %found.shown, "a session was left out"),
            Ok(()) => {}
        }
        self.status
            .send_modify(|status| status.new_messages += report.new_messages);
        Ok(())
    }

    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let rows = self.store.list_projects(None).await?;
        Ok(rows
            .into_iter()
            .map(|row| row.project)
            .filter(|project| project.folder.is_some() && project.status != ProjectStatus::Done)
            .collect())
    }

    /// The stores that are there; a tool that was installed meanwhile is followed from now on.
    async fn open_places(&self, follow: &mut Option<Follow>) -> Vec<Place> {
        let wanted: Vec<(PathBuf, Format)> = self.places.stores();
        let opened = tokio::task::spawn_blocking(move || {
            let open = |(folder, format): (PathBuf, Format)| {
                let root = Arc::new(Root::open(&folder).ok()?);
                Some(Place { root, format })
            };
            wanted.into_iter().filter_map(open).collect::<Vec<_>>()
        });
        let places = opened.await.unwrap_or_default();
        let goose = self.places.goose.iter().filter(|file| file.is_file());
        let goose = goose.filter_map(|file| file.parent());
        let stores: Vec<(String, String)> = places
            .iter()
            .map(|place| (place.root.canonical(), place.format))
            .chain(goose.map(|folder| (folder, Format::Goose)))
            .map(|(folder, format)| (folder.display().to_string(), format.as_str().to_owned()))
            .collect();
        if let Some(follow) = follow {
            let known = self.status.borrow().stores.clone();
            for store in &stores {
                if !known.contains(store)
                    && let Err(error) = follow.add(Path::new(&store.0))
                {
                    self.trouble(&error.to_string());
                }
            }
            self.status.send_modify(|status| status.stores = stores);
        }
        places
    }
}

/// Waits for this moment; for ever where there is none.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

/// The next change; never where nothing is followed.
async fn next(follow: &mut Option<Follow>) -> Change {
    match follow {
        Some(follow) => follow.next().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
