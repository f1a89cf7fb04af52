//! Goose keeps all its sessions in one database: those of a project are taken out of a copy of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use krake_domain::project::Project;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_store::{Foreign, Store, StoreError};
use krake_transcripts::Format;
use tokio_util::sync::CancellationToken;

use crate::accounts::known::KnownKeys;
use crate::import::{Found, ImportError, Report, import_found};

/// What was seen of Goose's databases.
#[derive(Default)]
pub struct Goose {
    files: HashMap<PathBuf, Vec<Option<(u64, SystemTime)>>>,
    /// When each session was last changed, in Goose's own words.
    sessions: HashMap<String, String>,
}

/// What its sessions are brought into.
pub struct Ours<'a> {
    pub store: &'a Store,
    pub known_keys: &'a KnownKeys,
    pub projects: &'a [Project],
    pub stopping: &'a CancellationToken,
}

impl Goose {
    /// Takes the sessions of these projects that changed; how many messages were new.
    ///
    /// # Errors
    /// Our own store cannot write. A database that cannot be read is tried again at the next look.
    pub async fn look(&mut self, database: &Path, ours: &Ours<'_>) -> Result<u64, StoreError> {
        let state = state(database).await;
        if state[0].is_none() || self.files.get(database) == Some(&state) {
            return Ok(0);
        }
        let spool = ours.store.dir().join("spool");
        let name = format!("goose-{}", uuid::Uuid::now_v7());
        let mut foreign = match Foreign::copy(database, &spool, &name).await {
            Ok(foreign) => foreign,
            Err(error) => {
                tracing::debug!(%error, "the database of Goose cannot be read now");
                return Ok(0);
            }
        };
        let sessions = match foreign.goose_sessions().await {
            Ok(sessions) => sessions,
            Err(error) => {
                tracing::debug!(%error, "the database of Goose has another form");
                return Ok(0);
            }
        };
        let mut new_messages = 0;
        for (id, folder, changed) in sessions {
            let is_ours = Project::holding(ours.projects, &real(folder).await).is_some();
            if !is_ours || self.sessions.get(&id) == Some(&changed) || ours.stopping.is_cancelled()
            {
                continue;
            }
            let Ok(export) = foreign.goose_session(&id).await else {
                continue;
            };
            let shown = format!("{}#{id}", database.display());
            new_messages += import(ours, &spool, shown, export.to_string()).await?;
            self.sessions.insert(id, changed);
        }
        self.files.insert(database.to_owned(), state);
        Ok(new_messages)
    }
}

async fn import(
    ours: &Ours<'_>,
    spool: &Path,
    shown: String,
    export: String,
) -> Result<u64, StoreError> {
    let name = format!("goose-{}.json", uuid::Uuid::now_v7());
    let (folder, file) = (spool.to_owned(), spool.join(&name));
    let written = tokio::task::spawn_blocking({
        let file = file.clone();
        move || std::fs::write(&file, export).map(|()| Root::open(&folder))
    });
    let root = match written.await {
        Ok(Ok(Ok(root))) => root,
        other => {
            return Err(StoreError::Io(format!(
                "the spool cannot be written: {other:?}"
            )));
        }
    };
    let found = Found {
        root: Arc::new(root),
        path: InnerPath::found(Path::new(&name)),
        shown,
        format: Some(Format::Goose),
        is_passing: false,
    };
    let wish = ours.known_keys.wish(None).await?;
    let mut report = Report::default();
    let outcome = import_found(ours.store, &found, &wish, ours.stopping, &mut report).await;
    let _ = tokio::task::spawn_blocking(move || std::fs::remove_file(file)).await;
    match outcome {
        Err(ImportError::Store(error)) => Err(error),
        _ => Ok(report.new_messages),
    }
}

/// Sizes and times of the database and its log: when they are the same, so is what lies in them.
async fn state(database: &Path) -> Vec<Option<(u64, SystemTime)>> {
    let files = ["", "-wal"].map(|ending| {
        let mut file = database.as_os_str().to_owned();
        file.push(ending);
        PathBuf::from(file)
    });
    let looked = tokio::task::spawn_blocking(move || {
        let of = |file: &PathBuf| {
            let metadata = std::fs::metadata(file).ok()?;
            Some((metadata.len(), metadata.modified().ok()?))
        };
        files.iter().map(of).collect()
    });
    looked.await.unwrap_or_else(|_| vec![None])
}

/// Where a folder really lies, as the folders of projects are kept.
async fn real(folder: String) -> String {
    let looked = tokio::task::spawn_blocking(move || {
        let root = Root::open(Path::new(&folder)).ok();
        root.and_then(|root| root.canonical().to_str().map(str::to_owned))
            .unwrap_or(folder)
    });
    looked.await.unwrap_or_default()
}
